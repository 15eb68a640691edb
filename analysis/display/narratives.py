"""Narratives of deaths, serious events, dose-limiting toxicities and events of special interest (ICH E3, 12.3.2).

Not here: the words for an event (`event_words`), and the listing of events (`listings.safety`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from trial_report.analysis.analyse.exposure import LARGE, fmt_power
from trial_report.analysis.display.at_time import dose_in_words, medication, medicines
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.event_words import action, ended, known, relation, same_day, severity_of, term_inside
from trial_report.analysis.display.listings.safety import grave, of_interest
from trial_report.analysis.display.treatment import treatment_of
from trial_report.analysis.results.formatting import fmt_number, in_words, join_words
from trial_report.schemas.codelists.units import printed_unit

NOTHING = "No death, no serious adverse event and no dose-limiting toxicity was reported; there are no narratives."
NOTHING_SERIOUS = "No death and no serious adverse event was reported; there are no narratives."
"""The same of a study without escalation, which knows no dose-limiting toxicity."""

SERIOUS_AS = {
    "AESDTH": "resulted in death",
    "AESLIFE": "was life-threatening",
    "AESHOSP": "required or prolonged hospitalization",
    "AESDISAB": "resulted in persistent or significant disability or incapacity",
    "AESCONG": "was a congenital anomaly or birth defect",
    "AESMIE": "was medically important for another reason",
}
"""Why an event was serious, by the variable that says so (ICH E2A), as it is told of one that is over."""


@dataclass(frozen=True)
class Narrative:
    """A case: the subject as title, and paragraphs of plain text."""

    title: str
    paragraphs: tuple[str, ...]


def narratives(book: Book) -> list[Narrative]:
    """A narrative for each subject who died, or had a serious event, a DLT or one of special interest; often none.

    In order of USUBJID.
    """
    adae, adsl = book.datasets["ADAE"], book.datasets["ADSL"]
    events = grave(book).of(adae)
    died = adsl["DTHFL"] == "Y"
    cases = adsl.loc[died | adsl["USUBJID"].isin(events["USUBJID"])].sort_values("USUBJID")
    return [
        Narrative(
            _title(book, subject),
            (
                _background(book, subject),
                *(_event(book, event) for event in _sorted(events, subject["USUBJID"])),
                *_death(book, subject),
            ),
        )
        for subject in cases.to_dict("records")
    ]


def paragraphs(book: Book) -> list[str]:
    """All narratives as paragraphs, each case headed by its title; one sentence where there is none."""
    cases = narratives(book)
    return [text for case in cases for text in (case.title, *case.paragraphs)] or [nothing(book)]


def nothing(book: Book) -> str:
    """The sentence where there is no case."""
    if "AE" not in book.domains:
        return f"{not_delivered(['AE'])} There are no narratives."
    return NOTHING if book.definition.escalation else NOTHING_SERIOUS


def summary(book: Book) -> str:
    """How many narratives there are, in a sentence."""
    count = len(narratives(book))
    if not count:
        return nothing(book)
    verb = "narrative follows" if count == 1 else "narratives follow"
    return f"{in_words(count).capitalize()} {verb}."


def _sorted(events: pd.DataFrame, subject: str) -> list[dict[str, Any]]:
    own = events.loc[events["USUBJID"] == subject].sort_values(["ASTDT", "AESEQ"])
    return [{str(name): value for name, value in row.items()} for row in own.to_dict("records")]


def _title(book: Book, subject: dict[Any, Any]) -> str:
    return f"{subject['USUBJID']} ({treatment_of(book.definition, subject)})"


def _background(book: Book, subject: dict[Any, Any]) -> str:
    """Who the subject is, what was known of it, and what it was given."""
    noun = book.definition.study.subject
    sex = {"M": "male ", "F": "female "}.get(str(subject["SEX"]), "")
    age = f"{fmt_number(subject['AGE'])}-year-old " if known(subject["AGE"]) else ""
    who = f"This {age}{sex}{noun}"
    history = book.domains.get("MH")
    past: list[str] = []
    if history is not None:
        own = history.loc[history["USUBJID"] == subject["USUBJID"]]
        named = own["MHDECOD"].fillna(own["MHTERM"]) if "MHDECOD" in own.columns else own["MHTERM"]
        past = [term_inside(str(term)) for term in dict.fromkeys(named.dropna())]
    background = f"{who} had no recorded medical history"
    if past:
        background = f"The recorded medical history of {who[:1].lower()}{who[1:]} lists {join_words(past)}"
    if history is None:
        background = f"The medical history of this {age}{sex}{noun} was not delivered"
    if not known(subject["TRTSDT"]):
        return f"{background}. No treatment was given."
    dose = subject["DOSEA"]
    unit = printed_unit(next((g.unit for g in book.definition.groups if g.unit), None))
    amount = fmt_power(dose) if known(dose) and abs(dose) >= LARGE else fmt_number(dose)
    given = f" (total dose: {f'{amount} {unit}'.strip()})" if known(dose) and dose else ""
    first = book.spelling.date(subject["TRTSDT"].strftime("%Y-%m-%d"))
    return f"{background}. The first dose was given on {first}{given}."


def _event(book: Book, event: dict[str, Any]) -> str:
    """What happened, when, how severe, why serious, whether related, what was done, how it ended."""
    coded, reported = str(event["AEDECOD"]), str(event["AETERM"])
    if not known(event["AEDECOD"]):
        coded = reported
    name = term_inside(coded)
    if coded.casefold() != reported.casefold():
        name += f" (reported as “{reported}”)"
    begun = f"On {book.spelling.date(str(event['AESTDTC']))}" if known(event.get("AESTDTC")) else "On an unknown date"
    if known(event["AESTDTC"]) and len(str(event["AESTDTC"])) < len("2021-01-01"):
        begun = f"In {book.spelling.date(str(event['AESTDTC']))}"
    if known(event["ASTDY"]):
        imputed = ", imputed" if known(event["ASTDTF"]) else ""
        begun += f" (study day {fmt_number(event['ASTDY'])}{imputed})"
    verb = "occurred" if same_day(event) or event["AEOUT"] == "FATAL" else "began"
    dosed = dose_in_words(book, event["USUBJID"], event["ASTDT"]) if known(event["ASTDT"]) else None
    said = [f"{begun}, {f'{dosed}, ' if dosed else ''}{name}{severity_of(book.definition, event)} {verb}."]
    criteria = [words for variable, words in SERIOUS_AS.items() if event.get(variable) == "Y"]
    if event["AESER"] == "Y":
        said.append(f"It was serious{f', as it {join_words(criteria)}' if criteria else ''}.")
    if event["DLTFL"] == "Y":
        said.append("It was a dose-limiting toxicity.")
    if event["AEDECOD"] in of_interest(book):
        said.append("It was of special interest by the protocol.")
    said.append(relation(book.definition, event))
    if (done := action(event)) is not None:
        said.append(done)
    if known(event["ASTDT"]) and (taken := medicines(book, event["USUBJID"], event["ASTDT"])) is not None:
        said.append(f"Concomitant medication at onset: {medication(taken)}.")
    if event.get("AECONTRT") in ("Y", "N"):
        said.append("It was treated." if event["AECONTRT"] == "Y" else "It was not treated.")
    return " ".join([*said, ended(event, book.spelling)])


def _death(book: Book, subject: dict[Any, Any]) -> list[str]:
    if subject["DTHFL"] != "Y":
        return []
    dated = known(subject["DTHDT"])
    when = f"on {book.spelling.date(subject['DTHDT'].strftime('%Y-%m-%d'))}" if dated else "on an unknown date"
    day = ""
    if dated and known(subject["TRTSDT"]):
        elapsed = (subject["DTHDT"] - subject["TRTSDT"]).days
        # There is no day 0.
        day = f" (study day {fmt_number(elapsed + (elapsed >= 0))})"
    return [f"The {book.definition.study.subject} died {when}{day}."]
