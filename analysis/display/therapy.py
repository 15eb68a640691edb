"""The medicines that were begun for an adverse event: those whose indication is the event, begun no earlier than it.

A medicine of the same indication that was taken before, as of a disease that was known, is none of them. What a study
links by RELREC alone is not found.

Not here: what was taken on a day for whatever reason (`at_time`), and counts of medicines (`analyse.medication`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from trial_report.analysis.derive.dates import span
from trial_report.analysis.derive.records import happened, number, text
from trial_report.analysis.display.at_time import OFTEN, UNCODED, named_inside
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.event_words import is_partial, known
from trial_report.analysis.display.exposed import fmt_dose
from trial_report.analysis.results.formatting import fmt_number, join_words
from trial_report.schemas.codelists.event_values import plain
from trial_report.schemas.codelists.units import printed_unit

GOES_ON = ("ONGOING", "AFTER", "DURING/AFTER")
"""What CMENRTPT and CMENRF say of a medicine that was not stopped."""


@dataclass(frozen=True)
class Given:
    """A medicine: name, dose in words, when it was given, and whether it was still taken at the last report."""

    name: str
    amount: str
    begun: str
    ended: str | None
    goes_on: bool


def begun_for(book: Book, event: dict[str, Any]) -> list[Given] | None:
    """The medicines begun for an event, in order of their start; None where CM was not delivered."""
    frame = book.domains.get("CM")
    if frame is None:
        return None
    own = frame.loc[(frame["USUBJID"] == event["USUBJID"]) & happened(frame, "CM")]
    terms = {plain(str(event[name])) for name in ("AEDECOD", "AETERM") if known(event.get(name))}
    indications = text(own, "CMINDC").fillna("").map(lambda words: plain(str(words)))
    own = own.loc[indications.isin(terms)]
    if own.empty:
        return []
    days = span(text(own, "CMSTDTC"))
    began = span(pd.Series([event.get("AESTDTC")], dtype="str"))["first"].iloc[0]
    if known(began):
        own = own.loc[(days["last"] >= began).fillna(False)]
    order = days["first"].loc[own.index].sort_values(kind="stable").index
    return [_given(book, {str(k): v for k, v in row.items()}) for row in own.loc[order].to_dict("records")]


def _given(book: Book, row: dict[str, Any]) -> Given:
    one = pd.DataFrame([row])
    coded = text(one, "CMDECOD").iloc[0]
    called = row["CMTRT"] if not known(coded) or str(coded).upper() in UNCODED else coded
    value, unit, often = number(one, "CMDOSE").iloc[0], text(one, "CMDOSU").iloc[0], text(one, "CMDOSFRQ").iloc[0]
    amount = ""
    if known(value) and value:
        amount = f"{fmt_dose(value)} {printed_unit(unit)}" if known(unit) else fmt_dose(value)
        amount += f" {OFTEN.get(str(often), str(often))}" if known(often) and often != "ONCE" else ""
    said = {str(text(one, name).iloc[0]) for name in ("CMENRTPT", "CMENRF") if known(text(one, name).iloc[0])}
    end = text(one, "CMENDTC").iloc[0]
    return Given(
        named_inside(str(called)),
        amount,
        _when(book, text(one, "CMSTDTC").iloc[0], number(one, "CMSTDY").iloc[0]),
        _when(book, end, number(one, "CMENDY").iloc[0]) if known(end) else None,
        not known(end) and bool(said & set(GOES_ON)),
    )


def _when(book: Book, collected: object, day: object) -> str:
    """ "day 57"; a date that is not whole as it was collected."""
    if known(day) and not is_partial(collected):
        return f"day {fmt_number(float(str(day)))}"
    return book.spelling.date(str(collected)) if known(collected) else "an unknown date"


def told(given: list[Given]) -> list[str]:
    """A sentence a medicine: "Iron 80 mg was begun for it on day 57 and was still taken at the last report."."""
    said = []
    for one in given:
        what = f"{one.name} {one.amount}".strip()
        what = f"{what[:1].upper()}{what[1:]}"
        if one.ended == one.begun:
            said.append(f"{what} was given for it {_on(one.begun)}.")
        elif one.ended is not None:
            said.append(f"{what} was given for it from {one.begun} to {one.ended}.")
        elif one.goes_on:
            said.append(f"{what} was begun for it {_on(one.begun)} and was still taken at the last report.")
        else:
            said.append(f"{what} was begun for it {_on(one.begun)}; its end was not recorded.")
    return said


def _on(when: str) -> str:
    """ "on day 57", "in October 2021"."""
    return f"on {when}" if when.startswith(("day", "an unknown")) else f"in {when}"


def lasting(given: list[Given] | None) -> str:
    """Which of the medicines were not stopped: "while amlodipine was continued"; empty for none."""
    names = [one.name for one in given or () if one.goes_on]
    return f"while {join_words(names)} {'was' if len(names) == 1 else 'were'} continued" if names else ""
