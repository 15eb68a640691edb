"""The values that an adverse event is of, from baseline to the end: "hemoglobin was 126 g/L at baseline, 96 on day 87".

Which measurements an event is of is a code list (`schemas.codelists.event_values`); values of unscheduled visits are
told too. Of a long course the value before the event, the farthest from baseline in it, and the last stand for all.

Not here: values that were judged clinically significant, each (`report.prose.one_by_one`).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.event_words import known, term
from trial_report.analysis.display.parameter_words import after_number, name_of
from trial_report.analysis.results.formatting import fmt_number, join_words
from trial_report.schemas.codelists.event_values import measured_by
from trial_report.schemas.study.measures import Parameter

MOST = 8
"""Values of one measurement that are all told."""
BEFORE = pd.Timedelta(days=7)
"""How long before the start of an event a value may have been taken that the event is of."""


def parameters_of(book: Book, named: str) -> list[Parameter]:
    """The measurements of the definition that an event of this term is of."""
    codes = measured_by(named)
    definition = book.definition
    return [one for one in (*definition.laboratory, *definition.vital_signs) if one.testcd in codes]


def values_of(book: Book, subject: str, parameter: Parameter) -> pd.DataFrame:
    """The values of a subject that have a day, in order; the baseline is the first that is told."""
    every = book.datasets.get("ADBDS")
    if every is None:
        return pd.DataFrame(columns=["ADT", "POSTFL"])
    own = every.loc[(every["USUBJID"] == subject) & (every["PARAMCD"] == parameter.paramcd)]
    own = own.loc[own["AVALC"].notna() & own["ADT"].notna() & ((own["ABLFL"] == "Y") | (own["POSTFL"] == "Y"))]
    if "DTYPE" in own.columns:
        own = own.loc[own["DTYPE"].isna()]
    return own.sort_values(["ADT", "VISITNUM"], kind="stable")


def in_event(taken: pd.Series, start: pd.Series, end: pd.Series) -> pd.Series:
    """Which values were taken in an event, or within a week before its start; an end that is not known is none."""
    return ((taken >= start - BEFORE) | start.isna()) & ((taken <= end) | end.isna())


def courses(book: Book, event: dict[str, Any]) -> list[str]:
    """A sentence for each measurement that the event is of and that has a value after the first dose."""
    said = []
    for parameter in parameters_of(book, term(event)):
        values = values_of(book, str(event["USUBJID"]), parameter)
        if (values["POSTFL"] == "Y").any():
            ends = [pd.Series(event[name], index=values.index, dtype="datetime64[us]") for name in ("ASTDT", "AENDT")]
            said.append(course(parameter, few(values, in_event(values["ADT"], *ends))))
    return said


def course(parameter: Parameter, values: pd.DataFrame) -> str:
    """ "Hemoglobin was 126 g/L at baseline, 119 on day 8 and 96 on day 87."."""
    unit, name = after_number(parameter), name_of(parameter)
    at = values["ADY"].map(lambda day: f"on day {fmt_number(day)}", na_action="ignore").fillna("on an unknown day")
    at = at.mask(values["ABLFL"] == "Y", "at baseline")
    first, *rest = [f"{value}{{}} {when}" for value, when in zip(values["AVALC"], at, strict=True)]
    parts = [first.format(unit), *(one.format("%" if unit == "%" else "") for one in rest)]
    return f"{name[:1].upper()}{name[1:]} was {join_words(parts)}."


def few(values: pd.DataFrame, within: pd.Series) -> pd.DataFrame:
    """All values where they are few; else baseline, the last before, the farthest, the first after, and the last."""
    if len(values) <= MOST:
        return values
    base = values.loc[values["ABLFL"] == "Y"]
    reference = base["AVAL"].iloc[0] if len(base) else values["AVAL"].iloc[0]
    inside = values.loc[within & (values["ABLFL"] != "Y")]
    kept = list(base.index[:1]) + [values.index[-1]]
    if len(inside):
        kept.append((inside["AVAL"] - reference).abs().idxmax())
        kept.append(inside.index[-1])
        before = values.loc[values["ADT"] < inside["ADT"].iloc[0]]
        later = values.loc[values["ADT"] > inside["ADT"].iloc[-1]]
        kept += [*before.index[-1:], *later.index[:1]]
    return values.loc[values.index.isin([one for one in kept if known(one)])]
