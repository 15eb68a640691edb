"""Section 12 one by one: each severe event, and each value that was called clinically significant.

Not here: counts and rates of such events (`safety`), and narratives (`analysis.display.narratives`).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from trial_report.analysis.display.at_time import dose_in_words, events, medication, medicines
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.course import course, few, values_of
from trial_report.analysis.display.event_line import in_a_line
from trial_report.analysis.display.event_words import known, term, term_inside
from trial_report.analysis.display.figures._read import short_ids
from trial_report.analysis.display.significant import significant
from trial_report.analysis.display.treatment import treatment_of
from trial_report.analysis.results.formatting import fmt_number, in_words, join_words
from trial_report.report.cells import kit
from trial_report.report.prose.safety import overview_count, severe_nouns
from trial_report.report.prose.serious import MOST_TOLD, records
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
    """Which events of the grade that counts as severe there were, in whom; narratives tell each (12.3.2)."""
    book = kit.book()
    if absent("AE") is not None or not overview_count("SEVERE"):
        return Block("", "")
    events = book.datasets["ADAE"]
    heavy = events.loc[
        (events["TRTEMFL"] == "Y") & (events["ATOXGRN"] >= book.definition.adverse_events.severe_from).fillna(False)
    ].sort_values(["USUBJID", "ASTDT", "AESEQ"])
    one, several = severe_nouns()
    if heavy["USUBJID"].nunique() > MOST_TOLD:
        form = "There were {} {}; {} lists those that were not serious, {} the serious ones, and {} counts all by term."
        return paragraphs(
            say(form, fmt_number(len(heavy)), several, ref("lst.significant"), ref("lst.sae"), ref("ae.grade"))
        )
    study, names = book.definition.study, short_ids(book)
    each = [
        f"{term_inside(term(event))} "
        f"({study.subject} {names.get(event['USUBJID'], event['USUBJID'])}"
        f"{', serious' if event['AESER'] == 'Y' else ''})"
        for event in records(heavy)
    ]
    form = "The {} {} {}; {} in Section 12.3.2."
    them = "it is described" if len(heavy) == 1 else "each is described"
    return paragraphs(say(form, one if len(heavy) == 1 else several, was_were(len(heavy)), join_words(each), them))


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
    laboratory = category == "LABORATORY"
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
        return paragraphs(sentences(begun, say("{} marks them.", ref("lst.lab.abnormal" if laboratory else "lst.vs"))))
    people = book.datasets["ADSL"].set_index("USUBJID")
    lines = [_on_a_day(values, people) for _, values in chosen.groupby(["USUBJID", "ADT"], sort=False)]
    unknown = None if "CM" in book.domains else absent("CM")
    return led_by(sentences(unknown, begun), lines)


def _on_a_day(values: pd.DataFrame, people: pd.DataFrame) -> Inline:
    """The values of one subject and day, the course of each, and the events and medicines of that time."""
    book = kit.book()
    parameters = {p.paramcd: p for p in (*book.definition.laboratory, *book.definition.vital_signs)}
    subject, day = str(values["USUBJID"].iloc[0]), values["ADT"].iloc[0]
    measured = [_value(value, parameters[value["PARAMCD"]]) for value in records(values)]
    said = [say("{}: on day {}{}, {}.", _subject(subject, people), fmt_number(values["ADY"].iloc[0]),
                _visit(values["AVISIT"].iloc[0]), join_words(measured))]  # fmt: skip
    given, taken = dose_in_words(book, subject, day), medicines(book, subject, day)
    found = events(book, subject, day) if "AE" in book.domains else None
    told_elsewhere = significant(book) if found else pd.DataFrame(columns=["USUBJID", "AESEQ"])
    narrated = told_elsewhere.loc[told_elsewhere["USUBJID"] == subject, "AESEQ"]
    if given is not None:
        said.append(say("The value was taken {}.", given) if len(values) == 1 else say("They were taken {}.", given))
    own = [one for one in found or [] if bool((narrated == one["AESEQ"]).any())]
    if own and told_elsewhere["USUBJID"].nunique() <= MOST_TOLD:
        names = join_words([term_inside(str(one["AEDECOD"])) for one in own])
        said.append(say("The adverse event ({}) is described in Section 12.3.2.", names) if len(own) == 1
                    else say("The adverse events ({}) are described in Section 12.3.2.", names))  # fmt: skip
        return sentences(*said)
    said += [say("{}", _course(book, value, parameters[value["PARAMCD"]])) for value in records(values)]
    if taken is not None:
        said.append(say("Concomitant medication on that day: {}.", medication(taken)))
    if found:
        form = "Adverse event{} on that day or begun in the week after: {}."
        said.append(say(form, "" if len(found) == 1 else "s", "; ".join(in_a_line(book, one) for one in found)))
    elif found is not None:
        said.append(say("No adverse event was recorded for that day or the week after."))
    return sentences(*said)


def _visit(identifier: object) -> str:
    """ " (Visit 3)"; empty where a value belongs to no visit."""
    labels = {visit.id: visit.label for visit in kit.book().definition.visits}
    return f" ({labels[str(identifier)]})" if known(identifier) and str(identifier) in labels else ""


def _value(value: dict[str, Any], parameter: Parameter) -> str:
    """A value with its side of the range, and how many times the limit where that is what it is graded by."""
    unit = after_number(parameter)
    said = f"{name_of(parameter)} was {value['AVALC']}{unit}"
    sides = {"HIGH": "above", "LOW": "below"}
    limits = [limit for limit in (value["ANRLO"], value["ANRHI"]) if known(limit)]
    span = f"{' to '.join(f'{limit:g}' for limit in limits)}{unit}" if len(limits) == 2 else ""
    if known(value["ANRIND"]) and value["ANRIND"] in sides:
        times = ""
        if getattr(parameter, "ctcae_multiples_high", None) and value["ANRIND"] == "HIGH" and known(value["AVAL"]):
            times = f", {fmt_number(value['AVAL'] / value['ANRHI'], 1)} times the upper limit"
        said += f", {sides[value['ANRIND']]} the reference range" + (f" ({span}{times})" if span else "")
    elif span:
        said += f" (reference range {span})"
    return said


def _course(book: Book, value: dict[str, Any], parameter: Parameter) -> str:
    """The values of the measurement from baseline on; that there was none before or after is seen in it."""
    whole = values_of(book, str(value["USUBJID"]), parameter)
    if len(whole) < 2:
        return f"There is no other value of {name_of(parameter)}."
    return course(parameter, few(whole, whole["ADT"] == value["ADT"]))
