"""Validates the domains against their Pandera models and says, as findings of checks, what fails.

Not here: what a variable may hold, which is said where the models are built (`schemas.domains.model`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
import pandera.pandas as pa

from trial_report.schemas.checks.privacy import is_identifying
from trial_report.schemas.checks.registry import CHECKS, Check, Finding
from trial_report.schemas.codelists.alike import most_like
from trial_report.schemas.codelists.terms import CODELISTS
from trial_report.schemas.domains.model import model
from trial_report.schemas.domains.needs import is_identifier, needed, uses
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import of_each
from trial_report.schemas.domains.variables import observation_class, variables
from trial_report.schemas.study import StudyDefinition

Found = Iterator[tuple[Check, Finding]]

_PANDERA = {"not_nullable": "--005", "multiple_fields_uniqueness": "--010"}
_EXPECTED = {"--005": "a value", "--010": "each number once in a subject"}


def check_columns(domains: Domains, definition: StudyDefinition, domain: str) -> Found:
    """What is missing from, and what does not belong in, a domain's header."""
    known = variables(domain, domains.sdtmig)
    if not known:
        return
    delivered = list(domains.sources[domain].columns)
    missing = _missing(domains, definition, domain)
    for name in (name for name in delivered if name not in known and not is_identifying(name)):
        # A misspelt column is one mistake, so that the variable it stands for is not reported as missing too.
        meant = _meant(name, list(missing))
        missing.pop(meant, None)
        expected = meant or "a variable of the domain, or a qualifier in SUPP--"
        yield CHECKS["--003"], Finding(domain, variable=name, value=name, expected=expected)
    for name in (name for name in delivered if name in known and known[name].remark):
        expected = f"no {name}: {known[name].remark}"
        yield CHECKS["--018"], Finding(domain, variable=name, value=name, expected=expected)
    for name, (check, reader) in missing.items():
        expected = f"a column {name}" + (f", which is read by {reader}" if reader else "")
        yield CHECKS[check], Finding(domain, variable=name, expected=expected)


def _missing(domains: Domains, definition: StudyDefinition, domain: str) -> dict[str, tuple[str, str]]:
    """Variables that are not there and should be → the check that says so, and who cannot do without them."""
    known = variables(domain, domains.sdtmig)
    # A qualifier of SUPP-- stands on the rows as well.
    there = {*domains.sources[domain].columns, *domains.sources[domain].merged}
    wanted = needed(definition, domain, there)
    found = {name: ("--001", reader) for name, reader in wanted.items()}
    read = {use.variable for use in uses(definition) if use.domain == domain}
    for name, variable in known.items():
        if variable.core == "Perm" or name in there or name in found:
            continue
        stops = is_identifier(domain, name) or (variable.core == "Req" and name in read)
        found[name] = ("--001" if stops else "--002", "")
    return found


def _meant(name: str, missing: list[str]) -> str:
    plain = name.strip().upper()
    return plain if plain in missing else most_like(plain, missing)


def check_values(domains: Domains, definition: StudyDefinition, domain: str) -> Found:
    """Every value of a domain that its Pandera model refuses."""
    if observation_class(domain) in {"", "Other"}:
        return
    frame = domains[domain]
    schema = model(domain, None, domains.sdtmig)
    read = {use.variable for use in uses(definition) if use.domain == domain}
    present = [name for name in schema.columns if domains.has(domain, name)]
    for name in present:
        if schema.columns[name].dtype is None and frame[name].dtype != "str":
            yield CHECKS["--017"], Finding(domain, variable=name, value=str(frame[name].dtype), expected="text")
    try:
        _part(domain, domains.sdtmig, tuple(present)).validate(frame[present], lazy=True)
    except pa.errors.SchemaErrors as failed:
        for error in failed.schema_errors:
            check, finding = _finding(domains, domain, schema, error)
            if check.id == "--005" and finding.variable not in read and not is_identifier(domain, finding.variable):
                check = CHECKS["--019"]
            yield check, finding


@cache
def _part(domain: str, guide: str, present: tuple[str, ...]) -> pa.DataFrameSchema:
    """The model of the variables that are there; what is not, or does not belong, was said once, of the header."""
    schema = model(domain, None, guide)
    return pa.DataFrameSchema(
        {name: schema.columns[name] for name in present},
        strict=schema.strict,
        unique=schema.unique if set(schema.unique or ()) <= set(present) else None,
        report_duplicates=schema.report_duplicates,
    )


def _finding(
    domains: Domains, domain: str, schema: pa.DataFrameSchema, error: pa.errors.SchemaError
) -> tuple[Check, Finding]:
    is_check = isinstance(error.check, pa.Check)
    name = str(error.check.name) if is_check else str(error.check).partition("(")[0]
    id = _PANDERA.get(name, name)
    column = str(getattr(error.schema, "name", ""))
    variable = column if column in schema.columns else str(schema.unique[-1]) if schema.unique else ""
    cases = error.failure_cases
    if id not in CHECKS or not hasattr(cases, "columns") or "index" not in cases.columns:
        reason = str(error).splitlines()[0][:200]
        # Pandera reports a check that raised as a failure of the column; a wrong type is the only other such failure.
        failed = "--017" if id.startswith("dtype") else "CHECK-001"
        return CHECKS[failed], Finding(domain, variable=variable, value=reason)
    rows = np.zeros(len(domains[domain]), dtype=bool)
    rows[cases["index"].dropna().to_numpy().astype(np.int64)] = True
    expected: str | pd.Series = _EXPECTED.get(id, "")
    if is_check and error.check.description:
        expected = str(error.check.description)
        if id in ("--006", "--007"):
            expected = _nearest(domains[domain][variable][rows], variables(domain)[variable].codelist, expected)
    return CHECKS[id], Finding(domain, rows, variable, expected=expected)


def _nearest(values: pd.Series, codelist: str, words: str) -> pd.Series:
    """What was expected in the place of each value: the codelist, and the term that the value probably means."""
    known = CODELISTS[codelist]

    def said(text: str) -> str:
        meant = known.meant(text)
        return f"{meant}, or {words[2:]}" if meant else words

    return of_each(values, lambda found: found.map(said).astype("str"), words).astype("str")
