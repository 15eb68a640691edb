"""Narratives of deaths, serious adverse events and dose-limiting toxicities, written from the data (ICH E3, 12.3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from trial_report.analysis.analyse.adverse_events.events import CRITERIA
from trial_report.analysis.analyse.exposure import LARGE, fmt_power
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.listings.safety import grave
from trial_report.analysis.display.severity import named, worded
from trial_report.analysis.display.tables._grid import inside, sentence, subjects
from trial_report.analysis.display.treatment import treatment_of
from trial_report.analysis.results.formatting import fmt_number, in_words, join_words
from trial_report.schemas.codelists.units import printed_unit

NOTHING = "No death, no serious adverse event and no dose-limiting toxicity was reported; there are no narratives."
NOTHING_SERIOUS = "No death and no serious adverse event was reported; there are no narratives."
"""The same of a study without escalation, which knows no dose-limiting toxicity."""


@dataclass(frozen=True)
class Narrative:
    """A case: the subject as title, and paragraphs of plain text."""

    title: str
    paragraphs: tuple[str, ...]


def narratives(book: Book) -> list[Narrative]:
    """A narrative for each subject who died, or had a serious event or a DLT, in order of USUBJID; often none."""
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
                *_death(subject),
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


def _known(value: object) -> bool:
    return not pd.isna(value)  # type: ignore[call-overload]


def _date(value: Any) -> str:
    return str(value.strftime("%Y-%m-%d"))


def _background(book: Book, subject: dict[Any, Any]) -> str:
    """Who the subject is, what was known of it, and what it was given."""
    noun = subjects(book.definition).removesuffix("s")
    sex = {"M": "male ", "F": "female "}.get(str(subject["SEX"]), "")
    age = f"{fmt_number(subject['AGE'])}-year-old " if _known(subject["AGE"]) else ""
    who = f"This {age}{sex}{noun}"
    history = book.domains.get("MH")
    known: list[str] = []
    if history is not None:
        own = history.loc[history["USUBJID"] == subject["USUBJID"]]
        named = own["MHDECOD"].fillna(own["MHTERM"]) if "MHDECOD" in own.columns else own["MHTERM"]
        known = [sentence(str(term)) for term in dict.fromkeys(named.dropna())]
    background = f"{who} had a history of {join_words(known)}" if known else f"{who} had no recorded medical history"
    if history is None:
        background = f"The medical history of this {age}{sex}{noun} was not delivered"
    if not _known(subject["TRTSDT"]):
        return f"{background}. No treatment was given." if history is None else f"{background} and was not treated."
    dose = subject["DOSEA"]
    unit = printed_unit(next((g.unit for g in book.definition.groups if g.unit), None))
    amount = fmt_power(dose) if _known(dose) and abs(dose) >= LARGE else fmt_number(dose)
    given = f"{amount} {unit}".strip() if _known(dose) else "study treatment"
    return f"{background}. The first dose was given on {_date(subject['TRTSDT'])} (total dose: {given})."


def _event(book: Book, event: dict[str, Any]) -> str:
    """What happened, when, how severe, why serious, whether related, what was done, how it ended."""
    term, reported = sentence(str(event["AEDECOD"])), str(event["AETERM"])
    name = term if term.lower() == reported.lower() else f"{term} (reported as “{reported}”)"
    begun = f"On {event['AESTDTC']}" if _known(event.get("AESTDTC")) else "On an unknown date"
    if _known(event["ASTDY"]):
        imputed = ", imputed" if _known(event["ASTDTF"]) else ""
        begun += f" (study day {fmt_number(event['ASTDY'])}{imputed})"
    grade = ""
    if _known(event["ATOXGRN"]):
        said_grade = named(book.definition, int(event["ATOXGRN"]))
        grade = f", {inside(said_grade)}," if worded(book.definition) else f" of {inside(said_grade)}"
    said = [f"{begun}, {name}{grade} began."]
    criteria = [label[0].lower() + label[1:] for variable, label in CRITERIA.items() if event.get(variable) == "Y"]
    if event["AESER"] == "Y":
        said.append(f"It was serious{f' ({join_words(criteria)})' if criteria else ''}.")
    if event["DLTFL"] == "Y":
        said.append("It was a dose-limiting toxicity.")
    relation = event.get(book.definition.adverse_events.relationship_variable)
    recorded = f"recorded as {inside(str(relation))}" if _known(relation) else "relationship not recorded"
    said.append(f"It counts as {'related' if event['AREL'] == 'Y' else 'not related'} to study treatment ({recorded}).")
    if _known(event["AEACN"]):
        said.append(f"Action taken with study treatment: {inside(str(event['AEACN']))}.")
    if event.get("AECONTRT") in ("Y", "N"):
        said.append("The event was treated." if event["AECONTRT"] == "Y" else "The event was not treated.")
    outcome = inside(str(event["AEOUT"])) if _known(event["AEOUT"]) else "not recorded"
    ended = f" on {event['AEENDTC']}" if _known(event.get("AEENDTC")) else ""
    if ended and _known(event["AENDY"]):
        ended += f" (study day {fmt_number(event['AENDY'])})"
    said.append(f"Outcome: {outcome}{ended}.")
    return " ".join(said)


def _death(subject: dict[Any, Any]) -> list[str]:
    if subject["DTHFL"] != "Y":
        return []
    when = f" on {_date(subject['DTHDT'])}" if _known(subject["DTHDT"]) else " on an unknown date"
    day = ""
    if _known(subject["DTHDT"]) and _known(subject["TRTSDT"]):
        elapsed = (subject["DTHDT"] - subject["TRTSDT"]).days
        # There is no day 0.
        day = f" (study day {fmt_number(elapsed + (elapsed >= 0))})"
    return [f"Death{when}{day}."]
