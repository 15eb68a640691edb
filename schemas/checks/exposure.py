"""Checks of exposure: how often a dose was given."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import frequency
from schemas.checks.registry import Finding, check
from schemas.domains.tables import Domains
from schemas.study import StudyDefinition


@check(
    "EX-054",
    "error",
    "A frequency of dosing is not known: how many doses the record holds cannot be told.",
    "Write a term of CDISC codelist FREQ (C71113) in EXDOSFRQ.",
    uses=("EX.EXDOSFRQ",),
)
def frequency_is_known(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    unknown = ~frequency.is_known(domains["EX"]["EXDOSFRQ"])
    yield Finding("EX", unknown, "EXDOSFRQ", expected=frequency.EXPECTED)
