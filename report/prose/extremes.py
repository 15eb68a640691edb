"""The lowest and the highest value of each vital sign, of whom and when; and events that no visit fell into.

A reader who finds 37.1 °C as the highest temperature beside an event of fever of 38.2 °C must be told why.

Not here: mean changes (`measured`), and each value that was judged clinically significant (`one_by_one`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trial_report.analysis.analyse.adverse_events.events import EMERGENT
from trial_report.analysis.display.course import in_event, parameters_of
from trial_report.analysis.display.event_words import term_inside
from trial_report.analysis.display.figures._read import short_ids
from trial_report.analysis.results.formatting import fmt_number, in_words, join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.prose.columns import outcome_columns
from trial_report.report.prose.words import Inline, after_number, ask, join, name_of, say, sentences
from trial_report.schemas.study.measures import Parameter

ALL_TOLD = 10
"""How many measurements are each told, where one column is."""
NAMED = 3
"""How many subjects of one value, or of one kind of event, are named."""


def extremes(analysis: str, parameters: Sequence[Parameter]) -> Inline | None:
    """The lowest and the highest value of anybody after the first dose; None of many measurements or groups."""
    definition = kit.book().definition
    columns = outcome_columns(definition)
    if len(columns) > 1 or len(parameters) > ALL_TOLD:
        return None
    said = []
    for one in parameters:
        low, high = (
            ask(f"{analysis}.worst", definition.safety_set, one.paramcd, level=level, group=columns[0])
            for level in ("MIN", "MAX")
        )
        if low.known("min") and high.known("max"):
            unit = after_number(one)
            form = "{} {}" + unit + " ({}) and {}" + unit + " ({})"
            said.append(say(form, name_of(one), num(low, "min"), _of_whom(one, low.value("min")), num(high, "max"),
                            _of_whom(one, high.value("max"))))  # fmt: skip
    if not said:
        return None
    form = "The lowest and the highest single value at a visit after the first dose were: {}."
    return say(form, join(said, last="; and ", between="; "))


def _of_whom(parameter: Parameter, value: float | None) -> str:
    """ "patient 01-012 on day 57, in the event of hypertension", "patients A and B", "four patients"."""
    book = kit.book()
    study, names = book.definition.study, short_ids(book)
    values = book.datasets["ADBDS"]
    own = values.loc[(values["PARAMCD"] == parameter.paramcd) & (values["POSTFL"] == "Y") & values["AVAL"].notna()]
    own = own.loc[np.isclose(own["AVAL"], float("nan") if value is None else value)]
    who = sorted(own["USUBJID"].unique())
    if len(who) != 1:
        return (
            f"{study.subjects} {join_words([names.get(one, one) for one in who])}"
            if len(who) <= NAMED
            else (f"{in_words(len(who))} {study.subjects}")
        )
    days = own["ADY"].dropna().unique()
    when = f" on day {fmt_number(days[0])}" if len(days) == 1 else ""
    events = _events_of([parameter])
    there = events.loc[events["USUBJID"] == who[0]].merge(own[["USUBJID", "ADT"]], on="USUBJID")
    there = there.loc[in_event(there["ADT"], there["ASTDT"], there["AENDT"])]
    during = f", in the event of {term_inside(str(there['TERM'].iloc[0]))}" if len(there) else ""
    return f"{study.subject} {names.get(who[0], who[0])}{when}{during}"


def _events_of(parameters: Sequence[Parameter]) -> pd.DataFrame:
    """The treatment-emergent events that are of one of the measurements, with their TERM and PARAMCD."""
    book = kit.book()
    columns = ["USUBJID", "ASTDT", "AENDT", "TERM", "PARAMCD"]
    if "AE" not in book.domains:
        return pd.DataFrame(columns=columns)
    events = EMERGENT.of(book.datasets["ADAE"])
    named = events["AEDECOD"].fillna(events["AETERM"]).astype("str")
    wanted = {one.paramcd for one in parameters}
    codes = {term: [p.paramcd for p in parameters_of(book, term) if p.paramcd in wanted] for term in named.unique()}
    found = events.assign(TERM=named, PARAMCD=named.map(codes)).explode("PARAMCD")
    return found.loc[found["PARAMCD"].notna(), columns]


def between_visits(parameters: Sequence[Parameter]) -> Inline | None:
    """Events of a measurement in which it was not taken, as no visit fell into them; None where there is none."""
    book = kit.book()
    events = _events_of(parameters).drop_duplicates().reset_index(drop=True)
    events = events.loc[events["ASTDT"].notna() & events["AENDT"].notna()]
    if events.empty or len(outcome_columns(book.definition)) > 1:
        return None
    values = book.datasets["ADBDS"]
    taken = values.loc[values["AVAL"].notna(), ["USUBJID", "PARAMCD", "ADT"]]
    pairs = events.reset_index().merge(taken, on=["USUBJID", "PARAMCD"])
    within = pairs.loc[(pairs["ADT"] >= pairs["ASTDT"]) & (pairs["ADT"] <= pairs["AENDT"]), "index"]
    lost = events.loc[~events.index.isin(within)]
    if lost.empty:
        return None
    study, names = book.definition.study, short_ids(book)
    said = []
    for (term, code), own in lost.groupby(["TERM", "PARAMCD"], sort=True):
        label = next(name_of(one) for one in parameters if one.paramcd == code)
        who = sorted(own["USUBJID"].unique())
        noun = study.subject if len(who) == 1 else study.subjects
        called = (
            f"{noun} {join_words([names.get(one, one) for one in who])}"
            if len(who) <= NAMED
            else (f"{in_words(len(who))} {noun}")
        )
        event = "event" if len(own) == 1 else "events"
        said.append(say(f"No visit fell into the {event} of {{}} of {{}}, so that no {{}} of that time was recorded.",
                        term_inside(str(term)), called, label))  # fmt: skip
    return sentences(*said)
