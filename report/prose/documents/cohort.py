"""The cohort review of a dose escalation: who was dosed, toxicities, safety so far, and what the rule asks for.

Not here: dose escalation in the study report (`report.prose.safety`), and the rule (`analysis.methods.escalation`).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pandas as pd

from trial_report.analysis.analyse.escalation import OUTLOOK, cohort_where, pending
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.listings._common import day, described, listed, one, read, whole, with_day
from trial_report.analysis.display.table import Column, Table
from trial_report.analysis.display.tables.escalation import (
    cohorts,
    escalated,
    in_order_of_treatment,
    is_highest_tested,
    why_no_mtd,
)
from trial_report.analysis.results.formatting import DIGITS, MISSING, fmt_number, in_words
from trial_report.analysis.results.where import Where
from trial_report.report.cells import kit
from trial_report.report.cells.kit import join, num
from trial_report.report.cells.pieces import KitError
from trial_report.report.prose import front
from trial_report.report.prose.columns import group_name
from trial_report.report.prose.documents.frame import own_table, signatures
from trial_report.report.prose.words import (
    Block,
    Inline,
    ask,
    lines_of,
    lower_first,
    paragraphs,
    prose_date,
    say,
    sentences,
    worded,
)
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.design import Escalation

PROGRAM = "cohort"
ROLES = ("Principal investigator", "Medical monitor of the sponsor", "Statistician", "Safety physician")
NO_ESCALATION = "the study has no dose escalation, so there is no cohort to review: another document shows its data"


def rule() -> Escalation:
    """The study's escalation. Raises KitError for a study that has none."""
    found = kit.book().definition.escalation
    if found is None:
        raise KitError(NO_ESCALATION)
    return found


def _level(code: str = TOTAL) -> Answer:
    return ask("esc.level", kit.book().definition.safety_set, "NDLT", group=code)


def _count(at: Answer, statistic: str) -> int:
    return int(at.value(statistic) or 0) if at.has(statistic) else 0


def _people(count: int) -> str:
    study = kit.book().definition.study
    return study.subject if count == 1 else study.subjects


def status() -> Inline:
    """How many were treated in the escalation, at which levels, how many can be judged, and how many are waited for."""
    book, escalation = kit.book(), rule()
    phases = book.definition.phases
    phase = next((p.label for p in phases.levels if p.code == escalation.phase), "") if phases else ""
    total = _level()
    if not _count(total, "N"):
        return say("As of {}, nobody has been treated in {}.", prose_date(book.definition.study.data_cutoff), phase)
    reached = [g.code for g in book.definition.groups if _count(_level(g.code), "N")]
    by_level = join([say("{} at {}", num(_level(code), "N"), named(code)) for code in reached])
    had, waiting, evaluable = (_count(total, name) for name in ("n", "pending", "evaluable"))
    toxic = num(total, "n") if had else worded(total, "n", "none")
    judged = say(
        "A dose-limiting toxicity (DLT) occurred in {} of {} evaluable {}; a {} is evaluable who had one, or was "
        "observed for the {} days of the DLT window without one.",
        toxic, num(total, "evaluable"), _people(evaluable), _people(1),
        fmt_number(escalation.dlt_window_days),
    )  # fmt: skip
    left = None
    if waiting:
        few = waiting < len(DIGITS)
        number_of = worded(total, "pending", in_words(waiting).capitalize()) if few else num(total, "pending")
        left = say("{} {} {} still in the DLT window.", number_of, _people(waiting), "is" if waiting == 1 else "are")
    return sentences(
        say("As of {}, {} {} have been treated in {}: {}." if _count(total, "N") > 1
            else "As of {}, {} {} has been treated in {}: {}.",
            prose_date(book.definition.study.data_cutoff), num(total, "N"), _people(_count(total, "N")), phase,
            by_level),
        judged,
        left,
    )  # fmt: skip


def named(code: str) -> str:
    """A dose level inside a sentence: "dose level 1 (10 mg)" for the label "Dose level 1: 10 mg"."""
    label = next(g.label for g in kit.book().definition.groups if g.code == code)
    name, colon, dose = label.partition(": ")
    return f"{lower_first(name)} ({dose})" if colon else group_name(code)


def decision() -> Block:
    """What the rule asks for at this moment, in words; where it waits, what it will ask for by what is waited for."""
    book, escalation = kit.book(), rule()
    treated = in_order_of_treatment(book)
    if not treated:
        first = named(book.definition.groups[0].code)
        return paragraphs(say("The {} rule begins with three {} at {}.", escalation.rule, _people(3), first))
    last = treated[-1]
    code, number = str(last.question.group), str(last.question.level)
    found = sentences(say("The latest cohort is cohort {}, at {}.", number, named(code)), _seen(last))
    waiting = _count(_level(code), "pending")
    if last.row("decision")["text"] == "pending":
        number_of = num(_level(code), "pending") + " " if waiting > 1 else say("")
        wait = say(
            "The {} rule waits for the {}{} still in the DLT window, and what it will ask for depends on the outcome:",
            escalation.rule, number_of, _people(waiting),
        )  # fmt: skip
        outlook = ask(OUTLOOK, book.definition.safety_set, "NDLT", group=code)
        ways = [
            say("{}: {}.", _with(more, waiting), _asked(outlook.at(level=str(more)))) for more in range(waiting + 1)
        ]
        return paragraphs(sentences(found, wait)) + lines_of(ways) + paragraphs(*_departures(treated))
    asked = say("The {} rule asks to {}.", escalation.rule, _asked(last))
    same = None
    if waiting:
        form = "Whatever becomes of the {} still in the DLT window at this level, it asks for the same."
        same = say(form, _people(waiting))
    return paragraphs(sentences(found, asked, same), *_departures(treated))


def _seen(at: Answer) -> Inline:
    """How many evaluable had a toxicity at the level of a cohort."""
    hit, evaluable = _count(at, "total_dlts"), _count(at, "total_evaluable")
    if not evaluable:
        return say("Nobody at this level is evaluable yet.")
    if evaluable == 1:
        had = "a" if hit else "no"
        return say("The {} evaluable {} at this level had {} DLT.", num(at, "total_evaluable"), _people(1), had)
    count = num(at, "total_dlts") if hit else worded(at, "total_dlts", "none")
    return say("At this level, a DLT occurred in {} of {} evaluable {}.", count, num(at, "total_evaluable"), _people(2))


def _with(more: int, of: int) -> str:
    if of == 1:
        return "With a DLT" if more else "Without a DLT"
    if not more:
        return "Without a DLT among them"
    return f"With a DLT in {'all' if more == of else in_words(more)} of them"


def _asked(ruling: Answer) -> Inline:
    """What a ruling asks for, from its rows decision, next_level and more_needed."""
    what, more = ruling.row("decision")["text"], _count(ruling, "more_needed")
    if what == "stop":
        why = str(ruling.row("reason")["text"]).partition(": ")[2]
        if why.startswith("too toxic, and ") and why.endswith("evaluable"):
            why = "this level is too toxic and enough are evaluable at the one below"
        end = say("treat no further cohort, as {}", why) if why else say("treat no further cohort")
        ended = _found().row("state")["text"] == "complete"
        return end + "; " + _mtd() if ended and ruling.question.analysis != OUTLOOK else end
    form = {
        "escalate": "escalate, and treat {} {} at {}",
        "expand": "treat {} more {} at the same level",
        "de-escalate": "de-escalate, and treat {} more {} at {}",
        "not enough data": "treat {} more {} at the same level before it decides",
    }[str(what)]
    count = num(ruling, "more_needed")
    if form.count("{}") == 2:
        return say(form, count, _people(more))
    label = ruling.text("next_level")
    code = next(g.code for g in kit.book().definition.groups if g.label == label)
    return say(form, count, _people(more), named(code))


def _found() -> Answer:
    return ask("esc.mtd", kit.book().definition.safety_set, "NDLT")


def _mtd() -> Inline:
    code = _found().row("mtd")["text"]
    if not isinstance(code, str):
        return say("the maximum tolerated dose: {}", why_no_mtd(kit.book()))
    if is_highest_tested(kit.book(), code):
        return say("the maximum tolerated dose was not reached; the highest dose tested is {}", named(code))
    return say("the maximum tolerated dose by the rule is {}", named(code))


def _departures(treated: list[Answer]) -> list[Inline]:
    """Which cohorts were not treated where the rule had asked after the one before."""
    off = [str(after.question.level) for one, after in pairwise(treated) if one.text("followed") == "no"]
    if not off:
        return []
    who = "Cohort {} was" if len(off) == 1 else "Cohorts {} were"
    return [say(f"{who} not treated where the rule had asked.", join(off))]


def cohort_table() -> Block:
    """The cohorts with the rule's decision after each."""
    definition = kit.book().definition
    population, size = escalated(definition)
    made = cohorts(kit.book())
    waits = " Pending: the rule waits for those still in the window." if _count(_level(), "pending") else ""
    notes = (f"DLT: dose-limiting toxicity within {fmt_number(rule().dlt_window_days)} days of first dose; "
             f"{MISSING}: none.{waits}",)  # fmt: skip
    table = replace(made, notes=notes, said=())
    return own_table("doc.cohorts", "Cohorts and decisions by the rule", table, PROGRAM, population=population,
                     size=size)  # fmt: skip


def dosed() -> Block:
    """Who was treated in the escalation: cohort, level, first dose, the end of the window, and how each stands."""
    book, escalation = kit.book(), rule()
    where = cohort_where(book.definition, escalation)
    frame = _treated(where)
    columns = [
        Column("COHORT", "Cohort", "center", 0.7),
        Column("LEVEL", "Dose level", width=1.1),
        Column("USUBJID", one(book.definition), width=1.5),
        Column("WHO", "Age, sex", width=0.9),
        Column("FIRST", "First dose", "center", 1.0),
        Column("LAST", "Last contact\n(day)", "center", 1.3),
        Column("STATE", "Dose-limiting toxicity", width=2.0),
    ]
    notes = [f"The window for dose-limiting toxicity is {fmt_number(escalation.dlt_window_days)} days from first dose."]
    nobody = f"Nobody has been treated in the escalation as of {prose_date(book.definition.study.data_cutoff)}."
    made = listed(frame, columns, "ADSL", where, notes=notes, empty=nobody)
    population, size = escalated(book.definition)
    return own_table("doc.dosed", "Who was treated", made, PROGRAM, population=population, size=size, kind="listing")


def _treated(where: Where) -> pd.DataFrame:
    book = kit.book()
    definition = book.definition
    variable = definition.treatment_variable(definition.safety_set)
    adsl = where.of(book.datasets["ADSL"]).sort_values(["TRTSDT", "USUBJID"], kind="stable")
    frame = described(book, adsl, definition.safety_set)
    cut = pd.Timestamp(definition.study.data_cutoff)
    ends = frame["TRTSDT"] + pd.Timedelta(days=rule().dlt_window_days - 1)
    waiting = frame.index.isin(pending(Where()).of(frame).index)
    state = "not evaluable: left on " + day(frame["EOSDT"])
    state = state.fillna("not evaluable")
    state = state.mask(waiting & (ends > cut), "in the window to " + day(ends))
    state = state.mask(waiting & (ends <= cut), "window over on " + day(ends) + ", not yet seen since")
    state = state.mask(frame["DLTEVFL"] == "Y", "none").mask(frame["NDLT"].fillna(0) > 0, "yes")
    names = {g.code: g.short for g in definition.groups}
    sex = frame["SEX"].map({"M": "male", "F": "female"}).fillna("")
    return frame.assign(
        COHORT=whole(frame["COHORT"]),
        LEVEL=frame[variable].map(names),
        WHO=whole(frame["AGE"]).fillna("") + ", " + sex,
        FIRST=day(frame["TRTSDT"]),
        LAST=with_day(day(frame["LSTCTDT"]), (frame["LSTCTDT"] - frame["TRTSDT"]).dt.days + 1),
        STATE=state.str.capitalize(),
    )


def toxicities() -> Block:
    """Each dose-limiting toxicity: who, at which level, what, when, how bad, how it ended; a sentence where none is."""
    book = kit.book()
    rule()
    adae = book.datasets["ADAE"]
    if (adae["DLTFL"] == "Y").any():
        return own_table("doc.dlts", "Dose-limiting toxicities", _toxic(), PROGRAM,
                         population=escalated(book.definition)[0], size=escalated(book.definition)[1],
                         kind="listing")  # fmt: skip
    total = _level()
    return paragraphs(say("No dose-limiting toxicity has been reported ({} of {} evaluable {}).", num(total, "n"),
                          num(total, "evaluable"), _people(_count(total, "evaluable"))))  # fmt: skip


def _toxic() -> Table:
    book = kit.book()
    definition = book.definition
    where = Where().eq(DLTFL="Y")
    adae = where.of(book.datasets["ADAE"]).sort_values(["ASTDT", "USUBJID"], kind="stable")
    variable = definition.treatment_variable(definition.safety_set)
    people = book.datasets["ADSL"][["USUBJID", variable, "COHORT"]]
    own = adae.drop(columns=[variable, "COHORT"], errors="ignore").merge(people, on="USUBJID", how="left")
    names = {g.code: g.short for g in definition.groups}
    frame = own.assign(
        COHORT=whole(own["COHORT"]),
        LEVEL=own[variable].map(names),
        TERM=read(own["AETERM"]),
        ON=with_day(day(own["ASTDT"]), own["ASTDY"]),
        GRADE=whole(own["ATOXGRN"]),
        OUTCOME=read(own["AEOUT"]),
    )
    columns = [
        Column("COHORT", "Cohort", "center", 0.7), Column("LEVEL", "Dose level", width=1.1),
        Column("USUBJID", one(definition), width=1.5), Column("TERM", "Event", width=1.9),
        Column("ON", "Begin (day)", "center", 1.3), Column("GRADE", "Grade", "center", 0.6),
        Column("OUTCOME", "Outcome", width=1.6),
    ]  # fmt: skip
    return listed(frame, columns, "ADAE", where, empty="None.")


def title() -> Block:
    """The head of the document. Raises KitError for a study without an escalation."""
    rule()
    return front.title("Cohort review", cover=False)


def definition() -> Block:
    """What a dose-limiting toxicity is in this study."""
    return paragraphs(say("Definition: {}.", rule().dlt_definition.rstrip(".")))


def resolution() -> Block:
    """What the meeting decides, to be written by hand, and the lines to sign on."""
    choices = lines_of([
        say("as the rule asks"),
        say("otherwise (level, number of {} and reason): {}", _people(2), "_" * 48),
    ])  # fmt: skip
    return paragraphs(say("The meeting decided:")) + choices + signatures(ROLES)
