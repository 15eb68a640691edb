"""What stood around a day of a subject: the dose given, medicines taken and adverse events under way.

Medicines and events are meant by what their dates can mean: a partial start may be as early, a partial end as late as
it can, and a course without an end goes on.

Not here: the words for an event (`event_words`), and counts of medicines (`analyse.medication`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from trial_report.analysis.analyse.exposure import DOSES, LARGE, fmt_power
from trial_report.analysis.derive.dates import span
from trial_report.analysis.derive.records import happened, number, text
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.event_words import known, term_inside
from trial_report.analysis.display.exposed import fmt_dose
from trial_report.analysis.results.formatting import fmt_number, join_words
from trial_report.schemas.codelists.units import printed_unit

FOLLOWING = 7
"""Days after a value in which an adverse event that begins is told beside it."""
OFTEN = {"QD": "once daily", "BID": "twice daily", "TID": "three times daily", "QW": "once weekly"}
"""Frequencies that stand in a sentence in words; others as they were recorded."""
BEFORE = ("CMENRF", "CMENRTPT")
UNCODED = ("UNCODED", "NOT CODED")
ABBREVIATED = 3
"""Letters of the longest word in capitals that is taken for an abbreviation, but for these:"""
JOINING = ("AND", "OF", "FOR", "THE", "OR", "WITH", "IN", "ALL", "NON", "OIL", "ANTI", "TO", "ON", "BY", "NOT")
SHORT = 6
"""Letters of the longest name of a treatment in capitals that is taken for an abbreviation."""


@dataclass(frozen=True)
class Dose:
    """The dose that was the last one begun on or before a day; `since`: days since it ended, 0 while it goes on."""

    amount: str
    since: int


def medicines(book: Book, subject: str, day: pd.Timestamp) -> list[str] | None:
    """The medicines that a subject took on a day, by name in order of the alphabet; None where CM was not delivered."""
    frame = book.domains.get("CM")
    if frame is None:
        return None
    own = frame.loc[(frame["USUBJID"] == subject) & happened(frame, "CM")]
    start, end = span(text(own, "CMSTDTC"))["first"], span(text(own, "CMENDTC"))["last"]
    past = pd.Series(False, index=own.index)
    for name in BEFORE:
        past |= (text(own, name) == "BEFORE").fillna(False).astype(bool)
    past &= end.isna() & (start.isna() | (start < day))
    taken = (start.isna() | (start <= day)) & (end.isna() | (end >= day)) & ~past
    coded = text(own, "CMDECOD")
    coded = coded.mask(coded.str.upper().isin(UNCODED))
    names = coded.fillna(text(own, "CMTRT")).loc[taken].dropna()
    return sorted({named_inside(str(name)) for name in names}, key=str.casefold)


def medication(names: list[str]) -> str:
    """The medicines in a sentence, or that none was recorded; a name that holds a comma is kept apart."""
    if not names:
        return "none recorded"
    return "; ".join(names) if any("," in name for name in names) else join_words(names)


def named_inside(name: str) -> str:
    """A medicine or its class inside a sentence: small but for letters that stand alone and for abbreviations.

    "vitamin E", "ASA", "HMG COA reductase inhibitors", "platelet aggregation inhibitors excl. heparin".
    """
    if not name.isupper():
        return term_inside(name)
    return " ".join(one if _is_abbreviation(one) else one.lower() for one in name.split(" "))


def _is_abbreviation(word: str) -> bool:
    """Whether a word in capitals is short, no joining word, or alone in brackets: "(ARBS),"."""
    bare = word.rstrip(",;")
    return (len(bare) <= ABBREVIATED and bare not in JOINING) or (bare[:1] == "(" and bare[-1:] == ")")


def dose(book: Book, subject: str, day: pd.Timestamp) -> Dose | None:
    """The last dose begun by a day; None where none was, or where neither EX nor EC was delivered."""
    name = next((one for one in DOSES if one in book.domains), None)
    if name is None:
        return None
    frame = book.domains[name]
    own = frame.loc[(frame["USUBJID"] == subject) & happened(frame, name)]
    start, end = span(text(own, f"{name}STDTC"))["first"], span(text(own, f"{name}ENDTC"))["last"]
    begun = own.assign(START=start, END=end).loc[start <= day]
    if begun.empty:
        return None
    latest = begun.loc[begun["START"] == begun["START"].max()]
    last = latest.iloc[-1]
    once = text(latest, f"{name}DOSFRQ").iloc[-1] == "ONCE"
    ended = last["START"] if once else last["END"]
    goes_on = not once and (not known(ended) or ended >= day)
    return Dose(_amount(latest, name), 0 if goes_on else int((day - ended).days))


def _amount(frame: pd.DataFrame, name: str) -> str:
    """ "xanomeline 54 mg once daily", of one record, or of several of the same day; of placebo the name alone."""
    said = []
    for value, unit, often, what in zip(
        number(frame, f"{name}DOSE"), text(frame, f"{name}DOSU"), text(frame, f"{name}DOSFRQ"),
        text(frame, f"{name}TRT"), strict=True,
    ):  # fmt: skip
        amount = ""
        if known(value) and value:
            amount = fmt_power(value) if abs(value) >= LARGE else fmt_dose(value)
            amount += f" {printed_unit(unit)}" if known(unit) else ""
        rhythm = OFTEN.get(str(often), str(often)) if amount and known(often) and often != "ONCE" else ""
        treatment = _treatment(str(what)) if known(what) else "study treatment"
        said.append(" ".join(part for part in (treatment, amount, rhythm) if part))
    return join_words(dict.fromkeys(said))


def _treatment(name: str) -> str:
    """A treatment inside a sentence: a word in capitals is small, unless it is as short as an abbreviation."""
    return name.lower() if name.isupper() and len(name) > SHORT else name


def dose_in_words(book: Book, subject: str, day: pd.Timestamp) -> str | None:
    """ "8 days after the dose (product 2 × 10⁸ cells)", "on treatment with xanomeline 54 mg"; None where not known."""
    found = dose(book, subject, day)
    if found is None:
        return None
    single = _single(book, subject)
    if found.since == 0:
        return f"on the day of the dose ({found.amount})" if single else f"on treatment with {found.amount}"
    days = "1 day" if found.since == 1 else f"{fmt_number(found.since)} days"
    return f"{days} after the {'dose' if single else 'last dose'} ({found.amount})"


def _single(book: Book, subject: str) -> bool:
    """Whether a subject was given one administration, no more."""
    adsl = book.datasets["ADSL"]
    return bool((adsl.loc[adsl["USUBJID"] == subject, "NADMIN"] == 1).fillna(False).any())


def events(book: Book, subject: str, day: pd.Timestamp) -> list[dict[str, Any]]:
    """The adverse events of a subject that were under way on a day, or that began within the week after it."""
    frame = book.datasets["ADAE"]
    own = frame.loc[(frame["USUBJID"] == subject) & frame["ASTDT"].notna()]
    near = (own["ASTDT"] - day).dt.days <= FOLLOWING
    chosen = own.loc[near & (own["AENDT"].isna() | (own["AENDT"] >= day))].sort_values(["ASTDT", "AESEQ"])
    return [{str(name): value for name, value in row.items()} for row in chosen.to_dict("records")]
