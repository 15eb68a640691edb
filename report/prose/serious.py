"""Section 12.3: deaths, serious events, other significant events; their narratives, and what there is to discuss.

Not here: what a narrative says (`analysis.display.narratives`), and dose-limiting toxicities (`escalated`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from trial_report.analysis.display.event_words import term, term_inside
from trial_report.analysis.display.figures._read import short_ids
from trial_report.analysis.display.narratives import Narrative, nothing, others
from trial_report.analysis.display.narratives import narratives as cases
from trial_report.analysis.display.significant import significant
from trial_report.analysis.display.spelling import unbroken
from trial_report.analysis.results.formatting import in_words, join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import text
from trial_report.report.prose.columns import in_all
from trial_report.report.prose.safety import by_group, overview_count, population, serious_in_short, severe_nouns
from trial_report.report.prose.words import (
    Block,
    Inline,
    absent,
    ask,
    counted,
    definitions,
    own_words,
    paragraphs,
    people_first,
    ref,
    say,
    sentences,
    subjects,
)

MOST_TOLD = 12
"""Of how many subjects other significant events are told one by one; of more a listing is named."""


def deaths() -> Inline:
    """Who died, of any cause (ICH E3, 12.3.1.1)."""
    died = ask("ae.deaths", population(), "DTHFL", level="ANY")
    if not in_all(died, "n") or not by_group():
        said = people_first(died) + say(" died")
    else:
        said = say("Deaths were recorded for {}", subjects(died))
    return sentences(said + say(" ({}).", ref("ae.deaths")), absent("AE"))


def serious_events() -> Inline:
    """Serious events, with the tables and the listing that show them, right also when empty (ICH E3, 12.3.1.2)."""
    lost = absent("AE")
    if lost is not None:
        return sentences(lost, say("Whether there were serious adverse events is not known."))
    shown = say("Serious adverse events are counted in {} and listed in {}.", ref("ae.serious"), ref("lst.sae"))
    if not overview_count("SERIOUS"):
        shown = say("See {}.", ref("ae.serious"))
    return sentences(serious_in_short(), shown)


def _others() -> pd.DataFrame:
    """The other significant events."""
    return significant(kit.book())


def _rule() -> Inline:
    """Which events are called significant."""
    one, several = severe_nouns()
    severe = several.removeprefix("events ") if several.startswith("events ") else one.removesuffix(" event")
    form = "Other significant adverse events are, in this report, treatment-emergent events that were not serious and "
    form += "(1) were {}, (2) led to a reduction, an interruption or the end of study treatment, or (3) go with a "
    return say(form + "laboratory value or vital sign that was judged clinically significant.", severe)


def other_significant() -> Inline:
    """What counts as an other significant event, which there were, and where they are told (ICH E3, 12.3.1.3)."""
    lost = absent("AE")
    if lost is not None:
        return lost
    events = _others()
    if events.empty:
        return sentences(_rule(), say("There was no such event."))
    study, people = kit.book().definition.study, events["USUBJID"].nunique()
    many = counted(len(events), "such event", "such events")
    who = counted(people, study.subject, study.subjects)
    listed = say(" {} lists those that are severe or changed study treatment.", ref("lst.significant"))
    if people > MOST_TOLD:
        return sentences(_rule(), say("There were {} in {}.", many, who) + listed)
    names = short_ids(kit.book())
    each = join_words([f"{term_inside(term(event))} ({study.subject} {names.get(event['USUBJID'], event['USUBJID'])})"
                       for event in records(events)])  # fmt: skip
    form = "There was {} in {}: {}." if len(events) == 1 else "There were {} in {}: {}."
    return sentences(_rule(), say(form, many, who, each), say("Each is described in Section 12.3.2.") + listed)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows, each by the names of its variables."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def narratives() -> Block:
    """A case a death, serious event, dose-limiting toxicity or event of special interest; one sentence for none."""
    book = kit.book()
    found, lost = cases(book), absent("AE")
    if not found:
        return paragraphs(own_words(nothing(book)))
    whole = paragraphs(lost) if lost is not None else Block("", "")
    return whole + _told(found)


def significant_narratives() -> Block:
    """A short case for each subject with another significant event; of many, where they are listed."""
    book = kit.book()
    if absent("AE") is not None:
        return Block("", "")
    events = _others()
    if events.empty:
        return paragraphs(say("There was no other significant adverse event (Section 12.3.1.3)."))
    people = events["USUBJID"].nunique()
    if people > MOST_TOLD:
        form = "The other significant events of {} {} are not described one by one; {} lists them."
        return paragraphs(say(form, in_words(people), book.definition.study.subjects, ref("lst.significant")))
    begun = paragraphs(
        say("Other significant adverse events (Section 12.3.1.3), by {}:", book.definition.study.subject)
    )
    return begun + _told(others(book, events))


def _told(found: Sequence[Narrative]) -> Block:
    whole = Block("", "")
    for case in found:
        first, *rest = case.paragraphs
        whole = whole + definitions([(case.title, text(unbroken(first)))])
        whole = whole + paragraphs(*(text(unbroken(one)) for one in rest))
    return whole


def serious_discussion() -> Inline:
    """What the authors did not discuss, in counts; or that there was nothing to discuss."""
    book, lost = kit.book(), absent("AE")
    if lost is not None:
        return lost
    grave, events = cases(book), _others()
    if not grave and events.empty:
        return say(
            "There was no event of this kind to discuss; all other adverse events are described in Section 12.2."
        )
    if grave and events.empty:
        return say("The events are listed in 12.3.1 and described in 12.3.2; no further discussion is provided.")
    related = int((events["AREL"] == "Y").sum())
    open_ = int(events["AEOUT"].isin(OPEN).sum())
    study = book.definition.study
    form = "Of the other significant events, {} in {}, {} at least possibly related to study treatment and {} not "
    form += "resolved at the last report; no further discussion is provided."
    begun = "Deaths and serious adverse events are described in Section 12.3.2." if grave else NO_GRAVE
    return sentences(
        say(begun),
        say(form, in_words(len(events)), counted(events["USUBJID"].nunique(), study.subject, study.subjects),
            _counted_as(related, "counts as", "count as"), _counted_as(open_, "had", "had")),
    )  # fmt: skip


NO_GRAVE = "There was no death and no serious adverse event."
OPEN = ("NOT RECOVERED/NOT RESOLVED", "RECOVERING/RESOLVING", "UNKNOWN")
"""Outcomes of events that are not known to have ended."""


def _counted_as(count: int, one: str, several: str) -> str:
    """ "none counts as", "one counts as", "three count as"."""
    return f"{in_words(count) if count else 'none'} {one if count < 2 else several}"
