"""Section 12 one by one: each severe event, and each value that was called clinically significant.

Not here: counts and rates of such events (`safety`), and narratives (`analysis.display.narratives`).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from trial_report.analysis.display.at_time import dose_in_words, events, medication, medicines
from trial_report.analysis.display.event_words import in_a_line, known
from trial_report.analysis.display.figures._read import short_ids
from trial_report.analysis.display.treatment import treatment_of
from trial_report.analysis.results.formatting import fmt_number, in_words
from trial_report.report.cells import kit
from trial_report.report.prose.safety import overview_count, severe_nouns
from trial_report.report.prose.words import (
    Block,
    Inline,
    absent,
    after_number,
    led_by,
    left_out,
    name_of,
    paragraphs,
    ref,
    say,
    sentences,
    upper_first,
    was_were,
)
from trial_report.schemas.study.measures import Parameter

MOST_NAMED = 12
"""How many events, or values, are told one by one; of more a listing is named."""


def severe_events() -> Block:
    """Each event of the grade that counts as severe: who, what, when, how long, whether related, how it ended."""
    book = kit.book()
    if absent("AE") is not None or not overview_count("SEVERE"):
        return Block("", "")
    events = book.datasets["ADAE"]
    heavy = events.loc[
        (events["TRTEMFL"] == "Y") & (events["ATOXGRN"] >= book.definition.adverse_events.severe_from).fillna(False)
    ].sort_values(["USUBJID", "ASTDT", "AESEQ"])
    one, several = severe_nouns()
    if len(heavy) > MOST_NAMED:
        form = "There were {} {}; {} lists them among all events, and {} counts them by term."
        return paragraphs(say(form, fmt_number(len(heavy)), several, ref("lst.ae"), ref("ae.grade")))
    people = book.datasets["ADSL"].set_index("USUBJID")
    lines = [say("{}: {}.", _subject(event["USUBJID"], people), in_a_line(book, event)) for event in _records(heavy)]
    begun = say("The {} {}:", one if len(heavy) == 1 else several, was_were(len(heavy)))
    return led_by(begun, lines)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _subject(identifier: str, people: pd.DataFrame) -> str:
    """A subject in a list: "Patient 01-012 (2.0 × 10⁸ cells)"."""
    book = kit.book()
    given = treatment_of(book.definition, people.loc[identifier].to_dict())
    name = short_ids(book).get(identifier, identifier)
    return f"{upper_first(book.definition.study.subject)} {name} ({given})"


def significant_values(category: str = "LABORATORY") -> Block:
    """Each value after the first dose that was called clinically significant, with its baseline and what followed.

    `category`: "LABORATORY" or "VITAL SIGNS". Nothing where that was never recorded.
    """
    book = kit.book()
    values = book.datasets.get("ADBDS")
    if values is None or not (values["PARCAT1"] == category).any():
        if category != "LABORATORY":
            return Block("", "")
        return paragraphs(left_out("laboratory") or say("The study had no laboratory evaluation."))
    own = values.loc[values["PARCAT1"] == category]
    judged = own["CLSIG"].notna().any()
    if not judged:
        if category != "LABORATORY":
            return Block("", "")
        return paragraphs(say("Whether a value was clinically significant was not recorded."))
    chosen = own.loc[(own["CLSIG"] == "Y") & (own["POSTFL"] == "Y")].sort_values(["USUBJID", "PARAMCD", "ADT"])
    if chosen.empty:
        return paragraphs(say("No value after the first dose was judged clinically significant."))
    count = len(chosen)
    who = chosen["USUBJID"].nunique()
    study = book.definition.study
    begun = say(
        "{} after the first dose, of {} {}, {} judged clinically significant" + (":" if count <= MOST_NAMED else "."),
        upper_first(f"{in_words(count)} {'value' if count == 1 else 'values'}"), in_words(who),
        study.subject if who == 1 else study.subjects, was_were(count),
    )  # fmt: skip
    if count > MOST_NAMED:
        return paragraphs(begun)
    people = book.datasets["ADSL"].set_index("USUBJID")
    lines = [_on_a_day(values, own, people) for _, values in chosen.groupby(["USUBJID", "ADT"], sort=False)]
    unknown = None if "CM" in book.domains else absent("CM")
    return led_by(sentences(unknown, begun), lines)


def _on_a_day(values: pd.DataFrame, every: pd.DataFrame, people: pd.DataFrame) -> Inline:
    """The values of one subject and day, the dose and medicines at that time, and the adverse events around it."""
    book = kit.book()
    parameters = {p.paramcd: p for p in (*book.definition.laboratory, *book.definition.vital_signs)}
    subject, day = str(values["USUBJID"].iloc[0]), values["ADT"].iloc[0]
    measured = [_value(value, parameters[value["PARAMCD"]], every) for value in _records(values)]
    said = [say("{}: on day {}{}, {}.", _subject(subject, people), fmt_number(values["ADY"].iloc[0]),
                _visit(values["AVISIT"].iloc[0]), "; and ".join(measured))]  # fmt: skip
    given, taken = dose_in_words(book, subject, day), medicines(book, subject, day)
    if given is not None:
        said.append(say("This was {}.", given))
    if taken is not None:
        said.append(say("Concomitant medication on that day: {}.", medication(taken)))
    if "AE" in book.domains:
        found = events(book, subject, day)
        if found:
            form = "Adverse event{} on that day or begun in the week after: {}."
            told_of = "; ".join(in_a_line(book, one) for one in found)
            said.append(say(form, "" if len(found) == 1 else "s", told_of))
        else:
            said.append(say("No adverse event was recorded for that day or the week after."))
    return sentences(*said)


def _visit(identifier: object) -> str:
    """ " (Visit 3)"; empty where a value belongs to no visit."""
    labels = {visit.id: visit.label for visit in kit.book().definition.visits}
    return f" ({labels[str(identifier)]})" if known(identifier) and str(identifier) in labels else ""


def _value(value: dict[str, Any], parameter: Parameter, every: pd.DataFrame) -> str:
    """A value with its side of the range, the baseline, and the last value that the subject had later."""
    unit = after_number(parameter)
    said = f"{name_of(parameter)} {value['AVALC']}{unit}"
    sides = {"HIGH": "above", "LOW": "below"}
    limits = [limit for limit in (value["ANRLO"], value["ANRHI"]) if known(limit)]
    span = f"{' to '.join(f'{limit:g}' for limit in limits)}{unit}" if len(limits) == 2 else ""
    if known(value["ANRIND"]) and value["ANRIND"] in sides:
        said += f", {sides[value['ANRIND']]} the reference range" + (f" ({span})" if span else "")
    elif span:
        said += f" (reference range {span})"
    before = (
        f"baseline {fmt_number(value['BASE'], parameter.decimals)}{unit}" if known(value["BASE"]) else "no baseline"
    )
    own = every.loc[(every["USUBJID"] == value["USUBJID"]) & (every["PARAMCD"] == value["PARAMCD"])]
    later = own.loc[(own["ADT"] > value["ADT"]) & own["AVAL"].notna()].sort_values("ADT")
    if later.empty:
        return f"{said}, {before}, no later value"
    last = later.iloc[-1]
    return f"{said}, {before}, last value {last['AVALC']}{unit} on day {fmt_number(last['ADY'])}"
