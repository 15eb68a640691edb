"""Narratives (ICH E3, 12.3.2): deaths, serious events, dose-limiting toxicities, events of special interest, others.

Other significant events are told apart and shortly (`others`): `significant` says which they are.

Not here: the words for an event (`event_words`), and the listing of events (`listings.safety`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from trial_report.analysis.analyse.exposure import LARGE, fmt_power
from trial_report.analysis.derive.records import text
from trial_report.analysis.display.at_time import dose_in_words, medication, medicines
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.course import courses
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.event_words import action, ended, known, relation, same_day, severity_of, term_inside
from trial_report.analysis.display.exposed import single_dose
from trial_report.analysis.display.listings.safety import grave, of_interest
from trial_report.analysis.display.therapy import begun_for, lasting, told
from trial_report.analysis.display.treatment import treatment_of
from trial_report.analysis.results.formatting import fmt_number, in_words, join_words
from trial_report.schemas.codelists.units import printed_unit

NOTHING = "No death, no serious adverse event and no dose-limiting toxicity was reported."
NOTHING_SERIOUS = "No death and no serious adverse event was reported."
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


LONGEST = pd.Timedelta(days=28)
"""How long after the onset of an event another that begins is told beside it."""


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
    return [_case(book, subject, events, _death(book, subject)) for subject in cases.to_dict("records")]


def others(book: Book, events: pd.DataFrame) -> list[Narrative]:
    """A short narrative for each subject with one of these events, in order of USUBJID."""
    adsl = book.datasets["ADSL"]
    cases = adsl.loc[adsl["USUBJID"].isin(events["USUBJID"])].sort_values("USUBJID")
    return [_case(book, subject, events, []) for subject in cases.to_dict("records")]


def _case(book: Book, subject: dict[Any, Any], events: pd.DataFrame, death: list[str]) -> Narrative:
    said = [_event(book, event) for event in _sorted(events, subject["USUBJID"])]
    return Narrative(_title(book, subject), (_background(book, subject), *said, *death))


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
        past = _past(history.loc[history["USUBJID"] == subject["USUBJID"]])
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


def _past(history: pd.DataFrame) -> list[str]:
    """The terms of a medical history, each with the year in which it began, where that was recorded."""
    named = history["MHDECOD"].fillna(history["MHTERM"]) if "MHDECOD" in history.columns else history["MHTERM"]
    since = text(history, "MHSTDTC").str.extract(r"^(\d{4})", expand=False)
    terms = pd.DataFrame({"TERM": named, "SINCE": since}).dropna(subset=["TERM"]).drop_duplicates("TERM")
    return [
        term_inside(str(term)) + (f" ({year})" if known(year) else "")
        for term, year in zip(terms["TERM"], terms["SINCE"], strict=True)
    ]


def _event(book: Book, event: dict[str, Any]) -> str:
    """What happened, when, how severe, why serious; values; whether related; what was done; how it ended."""
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
    said += courses(book, event)
    said += _beside(book, event)
    said.append(relation(book.definition, event))
    # After one administration there is nothing left to change.
    if (done := action(event)) is not None and not (event["AEACN"] == "NOT APPLICABLE" and single_dose(book)):
        said.append(done)
    given = begun_for(book, event)
    if known(event["ASTDT"]) and (taken := medicines(book, event["USUBJID"], event["ASTDT"])) is not None:
        for_it = {one.name for one in given or ()}
        said.append(f"Concomitant medication at onset: {medication([one for one in taken if one not in for_it])}.")
    if given:
        said += told(given)
    elif event.get("AECONTRT") in ("Y", "N"):
        said.append("The event was treated." if event["AECONTRT"] == "Y" else "The event was not treated.")
    return " ".join([*said, ended(event, book.spelling, lasting(given))])


def _beside(book: Book, event: dict[str, Any]) -> list[str]:
    """The other events of the subject at the onset, or begun before this one ended (within four weeks)."""
    if not known(event["ASTDT"]):
        return []
    adae, onset = book.datasets["ADAE"], event["ASTDT"]
    until = min(event["AENDT"], onset + LONGEST) if known(event["AENDT"]) else onset + LONGEST
    own = adae.loc[(adae["USUBJID"] == event["USUBJID"]) & (adae["AESEQ"] != event["AESEQ"])]
    near = own.loc[(own["ASTDT"] <= until) & (own["AENDT"].isna() | (own["AENDT"] >= onset))]
    if near.empty:
        return []
    near = near.sort_values(["ASTDT", "AESEQ"])
    names = near["AEDECOD"].fillna(near["AETERM"]).map(lambda term: term_inside(str(term)))
    since = near["ASTDY"].map(lambda day: f" (from day {fmt_number(day)})", na_action="ignore")
    since = since.where(near["ASTDTF"].isna()).astype("str").fillna("")
    return [f"Other adverse events at that time: {join_words(list(dict.fromkeys(names + since)))}."]


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
