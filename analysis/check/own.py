"""The checks that a study's own code declares, as those of the house are carried out.

Not here: the checks of the house (`schemas.checks.run`), and the reading of a study's code (`declare.own`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandera.errors as pandera_errors
import pandera.pandas as pa

from trial_report import declare
from trial_report.declare.own import OwnCode, refuse, run
from trial_report.schemas.checks.registry import OWN, Check, Finding
from trial_report.schemas.domains.tables import Domains, lent
from trial_report.schemas.study import StudyDefinition

_ID = re.compile(rf"{OWN}[A-Z0-9-]+")


def checks_of(own: OwnCode) -> list[Check]:
    """The checks of a study's own code. Raises OwnCodeError for an id that does not begin with OWN-."""
    return [_check(one) for one in own.declared.checks.values()]


def _check(declared: declare.Check) -> Check:
    if not _ID.fullmatch(declared.id):
        raise refuse(declared, f"is declared as the check '{declared.id}': an id of a study's own begins with {OWN}")
    if declared.severity not in ("error", "warning"):
        raise refuse(declared, f"has the severity '{declared.severity}': it is 'error' or 'warning'")

    def carried_out(domains: Domains, definition: StudyDefinition) -> Iterable[Finding]:
        if declared.domain:
            return _held_to(declared, domains)
        return _findings(declared, domains, definition)

    return Check(
        declared.id, declared.severity, declared.meaning, declared.remedy, declared.uses, carried_out,
        declared.acceptable,
    )  # fmt: skip


def _findings(declared: declare.Check, domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    """What the function finds: a generator fails where it is read, so it is read inside `run`."""
    found = run(declared, lent(domains), definition, then=lambda given: None if given is None else list(given))
    for one in found or ():
        if not isinstance(one, Finding):
            raise refuse(declared, f"gives {type(one).__name__}, and not a declare.Finding")
        if one.domain not in domains:
            raise refuse(declared, f"finds something in {one.domain}, which was not delivered")
        if one.rows is not None and len(one.rows) != len(domains[one.domain]):
            raise refuse(declared, f"gives a mask of {len(one.rows)} rows for {one.domain}, which has another number")
        yield one


def _held_to(declared: declare.Check, domains: Domains) -> Iterator[Finding]:
    """The rows of a domain that a Pandera model, schema or check does not hold of, a finding a column."""
    schema, frame = schema_of(declared), domains[declared.domain]
    try:
        schema.validate(frame.copy(deep=False), lazy=True)
    except pandera_errors.SchemaErrors as error:
        cases = error.failure_cases
        for column, of_column in cases.groupby(cases["column"].astype("str"), sort=True):
            rows = np.isin(np.arange(len(frame)), frame.index.get_indexer(of_column["index"].dropna()))
            name = str(column) if str(column) in frame else ""
            expected = ", ".join(dict.fromkeys(of_column["check"].astype("str")))
            found = frame[name] if name else None
            yield Finding(declared.domain, rows if rows.any() else None, name, found, expected)


def schema_of(declared: declare.Check) -> pa.DataFrameSchema:
    """The Pandera schema that was declared: itself, that of a model, or one with the check alone."""
    given: Any = declared.function
    if isinstance(given, type) and issubclass(given, pa.DataFrameModel):
        return given.to_schema()
    if isinstance(given, pa.DataFrameSchema):
        return given
    if isinstance(given, pa.Check):
        return pa.DataFrameSchema(checks=[given])
    made = run(declared)
    if isinstance(made, pa.DataFrameSchema):
        return made
    if isinstance(made, pa.Check):
        return pa.DataFrameSchema(checks=[made])
    raise refuse(declared, "is declared as a check of a domain: it is a Pandera model, or gives a schema or a check")
