"""Dose finding in sentences: dose-limiting toxicities, the maximum tolerated dose, the escalation cohort by cohort.

Not here: how the rule works (`plan`), and adverse events (`safety`).
"""

from __future__ import annotations

from trial_report.analysis.display.tables._evaluable import several_doses
from trial_report.analysis.results.formatting import in_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num, show, text
from trial_report.report.prose.columns import told
from trial_report.report.prose.safety import population, who
from trial_report.report.prose.words import (
    Block,
    Inline,
    ask,
    counted,
    level_text,
    made,
    paragraphs,
    ref,
    refs,
    say,
    sentences,
    shown_if,
    upper_first,
    was_were,
)
from trial_report.schemas.study import TOTAL


def dose_finding_in_short() -> Inline:
    """DLTs and MTD in a sentence; empty in a study without escalation."""
    book = kit.book()
    rule = book.definition.escalation
    if rule is None:
        return text("")
    evaluable = next((one.id for one in book.definition.analysis_sets if one.criteria.dlt_evaluable), None)
    # Without a set of those evaluable, the rates of the escalation's own levels say the same.
    asked = ask("ae.dlt", evaluable, "DLTEVFL", level="ANY") if evaluable else ask("esc.level", population(), "NDLT")
    size = "N" if evaluable else "evaluable"

    several = several_doses(book)

    def one(code: str, first: bool) -> Inline:
        at = asked.at(group=code)
        counted = say("{} of {}" + (f" evaluable {who()}" if first else ""), num(at, "n"), num(at, size))
        # One interval of several doses would take one rate for all of them.
        if not at.known("pct_low") or (several and code == TOTAL):
            return counted
        return say("{} ({} {}% to {}%)", counted, level_text(), num(at, "pct_low"), num(at, "pct_high"))

    named = next((g.label for g in book.definition.groups if g.code == rule.recommended), None)
    return sentences(
        say("Dose-limiting toxicities: {}" + (" over all dose levels." if several else "."), told(one)),
        _mtd(),
        say("The recommended dose is {}.", named) if named else None,
    )


def _mtd() -> Inline:
    """The maximum tolerated dose by the rule; where no dose was too toxic it was not reached."""
    book = kit.book()
    results = book.results
    found = results.loc[(results["analysis"] == "esc.mtd") & (results["statistic"] == "mtd") & results["level"].isna()]
    name, code = num(str(found.index[0])), found["text"].iloc[0]
    if not isinstance(code, str):
        return say("A maximum tolerated dose was not determined.")
    asked = ask("esc.level", population(), "NDLT")
    tested = [g for g in book.definition.groups if asked.at(group=g.code).value("evaluable")]
    at = next((asked.at(group=g.code) for g in tested if g.code == code), None)
    if at is None:
        return say("The maximum tolerated dose by the rule was {}.", name)
    seen = say("{} of {} evaluable {}; {} {}% to {}%", num(at, "n"), num(at, "evaluable"), who(), level_text(),
               num(at, "pct_low"), num(at, "pct_high"))  # fmt: skip
    if tested[-1].code == code:
        form = "No dose was too toxic: the maximum tolerated dose was not reached; the highest dose tested is {} ({})."
        return say(form, name, seen)
    return say("The maximum tolerated dose by the rule was {} ({}).", name, seen)


def _escalated() -> Inline:
    """What was planned, and what came of it: levels, cohorts, who was in them."""
    definition = kit.book().definition
    levels = ask("esc.level", population(), "NDLT")
    opened = [g for g in definition.groups if levels.at(group=g.code).has("N") and levels.at(group=g.code).value("N")]
    cohorts = ask("esc.cohort", population(), "COHORT")
    planned = counted(len(definition.groups), "dose level was planned", "dose levels were planned")
    if not cohorts.has("cohorts"):
        return say("{}.", upper_first(planned))
    return say("{}, and {} {} opened: {} {} were treated in {} cohorts.", upper_first(planned), in_words(len(opened)),
               was_were(len(opened)), num(cohorts, "N"), who(), num(cohorts, "cohorts"))  # fmt: skip


def dose_finding() -> Block:
    """The escalation cohort by cohort, DLT rates, the MTD and the rule's operating characteristics."""
    book = kit.book()
    if book.definition.escalation is None:
        return paragraphs(say("Not applicable: no doses were escalated in this study."))
    drawn = made("esc.oc", "fig.oc")
    words = sentences(
        _escalated(),
        dose_finding_in_short(),
        say(
            "{} shows the decision after each cohort, {} the rate of dose-limiting toxicities by dose level.",
            ref("esc.cohorts"),
            refs([*made("ae.dlt"), "esc.levels"]),
        ),
        say("The operating characteristics of the design, by exact enumeration, are in {}.", refs(drawn))
        if drawn
        else None,
    )
    return paragraphs(words) + shown_if("fig.escalation") + show("esc.cohorts")
