"""Section 12: exposure, adverse events, serious events, dose finding, laboratory, vital signs."""

from __future__ import annotations

from trial_report.analysis.display import severity
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.narratives import NOTHING
from trial_report.analysis.display.narratives import narratives as cases
from trial_report.analysis.display.tables._grid import sentence
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num, show, text
from trial_report.report.prose.columns import in_all, numbers, outcome_columns, size_columns, told
from trial_report.report.prose.words import (
    Block,
    Inline,
    absent,
    ask,
    definitions,
    join,
    left_out,
    level_text,
    lower_first,
    made,
    paragraphs,
    ref,
    refs,
    say,
    sentences,
    share,
    shown_if,
    subjects,
    worded,
)
from trial_report.schemas.results import split_level


def _population() -> str:
    return kit.book().definition.safety_set


def _who() -> str:
    return kit.book().definition.study.subjects


def _overview(kind: str) -> Answer:
    return ask("ae.overview", _population(), level=kind)


def _count(kind: str) -> float:
    return in_all(_overview(kind), "n")


def _by_group() -> bool:
    return len(outcome_columns(kit.book().definition)) > 1


def adverse_events_in_short() -> Inline:
    """The overview in two sentences, for the synopsis."""
    lost = absent("AE")
    if lost is not None:
        return sentences(lost, say("Whether there were adverse events is not known."))
    reported, events = subjects(_overview("EMERGENT")), numbers(_overview("EMERGENT"), "events")
    form = "At least one treatment-emergent adverse event was reported for {}; {} events in all."
    if _by_group():
        form = "At least one treatment-emergent adverse event was reported for {}. The numbers of events were {}."
    return sentences(say(form, reported, events), serious_in_short())


def serious_in_short() -> Inline:
    """Serious events and deaths in a sentence; zero in words."""
    if _count("SERIOUS") == 0:
        return _zero("SERIOUS", "No serious adverse event was reported")
    return say("Serious adverse events were reported for {}.", subjects(_overview("SERIOUS")))


def _zero(kind: str, words: str) -> Inline:
    """A sentence about nothing, with the zero that it states."""

    def one(code: str, first: bool) -> Inline:
        at = _overview(kind).at(group=code)
        counts = num(at, "n"), num(at.at(level=None), "N")
        return say("{} of {}" + (f" {_who()}" if first else ""), *counts)

    return say(words + " ({}).", told(one))


def adverse_events() -> Inline:
    """Treatment-emergent, serious, related, severe, leading to withdrawal; events before treatment."""
    lost = absent("AE")
    if lost is not None:
        return sentences(lost, say("Whether there were adverse events is not known ({}).", ref("ae.overview")))
    counts = [subjects(_overview(kind)) for kind in ("RELATED", "SEVERE", "WITHDRAWN")]
    withdrawn, comma = "an event leading to discontinuation of treatment", ";" if _by_group() else ","
    said = [adverse_events_in_short()]
    if _count("WITHDRAWN") or _recorded("AEACN"):
        form = f"An event related to treatment was reported for {{}}{comma} {{}} for {{}}{comma} and {{}} for {{}}."
        said.append(say(form, counts[0], _severe(), counts[1], withdrawn, counts[2]))
    else:
        form = f"An event related to treatment was reported for {{}}{comma} and {{}} for {{}}."
        said.append(say(form, counts[0], _severe(), counts[1]))
        said.append(say("What was done with study treatment because of an event is not recorded."))
    if _count("BEFORE") > 0:
        said.append(say("Events that began before treatment, in {}, are not counted.", subjects(_overview("BEFORE"))))
    return sentences(*said)


def _recorded(variable: str) -> bool:
    """Whether any adverse event has a value of that variable; with no event there is nothing to record."""
    events = kit.book().datasets["ADAE"]
    return events.empty or (variable in events and bool(events[variable].notna().any()))


def _severe() -> str:
    """What the overview counts as severe: the words of a scale of words, else a grade and higher."""
    definition = kit.book().definition
    words = severity.severe(definition)
    return f"a {words} event" if words else f"an event of grade {definition.adverse_events.severe_from} or higher"


def frequent_events() -> Inline:
    """The most frequent preferred terms."""
    lost = absent("AE")
    if lost is not None:
        return sentences(lost, say("No adverse event can be shown."))
    results = kit.book().results
    columns = outcome_columns(kit.book().definition)
    frequent = results.loc[
        (results["analysis"] == "ae.frequent") & results["group"].isin(columns) & (results["statistic"] == "n")
    ]
    if frequent.empty:
        return say("No event was frequent ({}).", ref("ae.soc_pt"))
    counts = frequent.groupby("level")["value"].sum().reset_index()
    top = counts.sort_values(["value", "level"], ascending=[False, True])["level"].head(3)
    found = [ask("ae.frequent", _population(), "AEDECOD", level=level) for level in top.astype("str")]
    terms = [
        say("{} in {}", lower_first(sentence(split_level(level)[0])), subjects(one))
        for level, one in zip(top.astype("str"), found, strict=True)
    ]
    between = "; " if _by_group() else ", "
    return say(
        "The most frequent events were {} ({}). All events by system organ class and preferred term are in {}.",
        join(terms, last="; and " if _by_group() else " and ", between=between),
        ref("fig.ae"),
        ref("ae.soc_pt"),
    )


def frequent_events_drawn() -> Block:
    """The figure of frequent events; nothing where events were not delivered."""
    return shown_if("fig.ae")


def event_analysis() -> Inline:
    """Where severity, relationship, rates and time are shown."""
    lost = absent("AE")
    if lost is not None:
        return lost
    asked = ask("ae.rate", _population(), "AEDECOD", level="ANY")

    def rate(code: str, _: bool) -> Inline:
        at = asked.at(group=code)
        return say("{} ({} {} to {})", num(at, "rate"), level_text(), num(at, "ci_low"), num(at, "ci_high"))

    return sentences(
        say(
            "Events by worst grade are in {}, by relationship to treatment in {}, by action taken and outcome in {}, "
            "and the time to the first event in {}.",
            refs(["ae.worst", "ae.grade"]),
            ref("ae.relationship"),
            ref("ae.action"),
            ref("ae.time"),
        ),
        say("The incidence rate of a first event per 100 patient-years was {} ({}).", told(rate), ref("ae.rate"))
        if _by_group()
        else say("The incidence rate of a first event was {} ({} {} to {}; {}).", *_rate_of(asked), ref("ae.rate")),
    )


def _rate_of(asked: Answer) -> tuple[Inline, Inline | str, Inline, Inline]:
    at = asked.at(group=outcome_columns(kit.book().definition)[0])
    rate = num(at, "rate") + " per 100 patient-years"
    return rate, level_text(), num(at, "ci_low"), num(at, "ci_high")


def serious_events() -> Inline:
    """Deaths and serious events; with the tables and the listing that show them, right also when empty."""
    deaths = ask("ae.deaths", _population(), "DTHFL", level="ANY")
    if _by_group():
        died = say("Deaths were recorded for {}.", subjects(deaths))
    else:
        died = say("Of the {} treated, {} died.", _who(), share(deaths))
    lost = absent("AE")
    if lost is not None:
        return sentences(died, lost, say("Deaths are in {}.", ref("ae.deaths")))
    shown = say(
        "Deaths and serious adverse events are summarised in {} and listed in {}.",
        refs(["ae.deaths", "ae.serious"]),
        ref("lst.sae"),
    )
    return sentences(died, serious_in_short(), shown)


def dose_finding_in_short() -> Inline:
    """DLTs and MTD in a sentence; empty in a study without escalation."""
    book = kit.book()
    rule = book.definition.escalation
    if rule is None:
        return text("")
    evaluable = next((one.id for one in book.definition.analysis_sets if one.criteria.dlt_evaluable), None)
    # Without a set of those evaluable, the rates of the escalation's own levels say the same.
    asked = ask("ae.dlt", evaluable, "DLTEVFL", level="ANY") if evaluable else ask("esc.level", _population(), "NDLT")
    size = "N" if evaluable else "evaluable"

    def one(code: str, first: bool) -> Inline:
        at = asked.at(group=code)
        counted = say("{} of {}" + (f" evaluable {_who()}" if first else ""), num(at, "n"), num(at, size))
        if not at.known("pct_low"):
            return counted
        return say("{} ({} {}% to {}%)", counted, level_text(), num(at, "pct_low"), num(at, "pct_high"))

    named = next((g.label for g in book.definition.groups if g.code == rule.recommended), None)
    return sentences(
        say("Dose-limiting toxicities: {}.", told(one)),
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
    asked = ask("esc.level", _population(), "NDLT")
    tested = [g for g in book.definition.groups if asked.at(group=g.code).value("evaluable")]
    at = next((asked.at(group=g.code) for g in tested if g.code == code), None)
    if at is None:
        return say("The maximum tolerated dose by the rule was {}.", name)
    seen = say("{} of {} evaluable {}; {} {}% to {}%", num(at, "n"), num(at, "evaluable"), _who(), level_text(),
               num(at, "pct_low"), num(at, "pct_high"))  # fmt: skip
    if tested[-1].code == code:
        form = (
            "No dose was too toxic, so that a maximum tolerated dose was not reached; {}, the highest dose tested ({}),"
        )
        return say(form + " stands for it by the rule.", name, seen)
    return say("The maximum tolerated dose by the rule was {} ({}).", name, seen)


def dose_finding() -> Block:
    """The escalation cohort by cohort, DLT rates, the MTD and the rule's operating characteristics."""
    book = kit.book()
    if book.definition.escalation is None:
        return paragraphs(say("The study had no dose escalation."))
    drawn = made("esc.oc", "fig.oc")
    words = sentences(
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


def narratives() -> Block:
    """A case a death, serious event or dose-limiting toxicity, written from the data; one sentence where none is."""
    found, lost = cases(kit.book()), absent("AE")
    if not found and lost is None:
        escalated = kit.book().definition.escalation is not None
        return paragraphs(text(NOTHING if escalated else "No death and no serious adverse event was reported."))
    whole = paragraphs(lost) if lost is not None else Block("", "")
    for case in found:
        first, *rest = case.paragraphs
        whole = whole + definitions([(case.title, text(first))]) + paragraphs(*map(text, rest))
    return whole


def _unmeasured(kind: str, words: str) -> Inline:
    """Says that nothing was measured; or that what was planned was not delivered, which is not the same."""
    return left_out(kind) or say(words)


def abnormal_values() -> Inline:
    """Where individual laboratory values are listed."""
    if not kit.book().definition.laboratory:
        return _unmeasured("laboratory", "The study had no laboratory evaluation.")
    return say("Values outside the reference range, or judged clinically significant, are in {}; all values are in {}.",
               ref("lst.lab.abnormal"), ref("lst.lab"))  # fmt: skip


def laboratory() -> Inline:
    """Where laboratory values over time, shifts and extremes are shown, and how many met the criteria of Hy's law."""
    book = kit.book()
    if not book.definition.laboratory:
        return _unmeasured("laboratory", "The study had no laboratory evaluation.")
    said = [
        say("Values and changes over time are in {}.", refs(made("fig.lab", "lab.by_visit."))),
        say("Shifts from baseline are in {}, the extremes after the first dose in {}.",
            refs(made("lab.shift", "lab.grade")), refs(made("lab.worst"))),
    ]  # fmt: skip
    hy = _hy_law()
    return sentences(*said, hy)


def _hy_law() -> Inline | None:
    """How many met the criteria of Hy's law; None where their tests were not done."""
    both = ask("lab.hy", _population(), "HY", level="BOTH")
    columns = outcome_columns(kit.book().definition)
    if not both.at(group=columns[0]).has("n"):
        return None
    # The N that a count is part of: its own level's, or that of the group.
    of = both if both.at(group=columns[0]).has("N") else both.at(level=None)

    def one(code: str, first: bool) -> Inline:
        at = both.at(group=code)
        said = num(at, "n") if at.value("n") else worded(at, "n", "None" if first else "none")
        return say("{} of {}" + (f" {_who()}" if first else ""), said, num(of.at(group=code), "N"))

    return say(
        "{} had both a transaminase and a bilirubin value above the limits of Hy's law after the first dose ({}).",
        told(one),
        refs(made("lab.hy", "fig.edish")),
    )


def vital_signs() -> Inline:
    """Where vital signs are shown."""
    if not kit.book().definition.vital_signs:
        return _unmeasured("vital_signs", "The study had no evaluation of vital signs.")
    return say("Values and changes over time are in {}, the extremes after the first dose in {}; {} lists all values.",
               refs(made("fig.vs", "vs.by_visit.")), ref("vs.worst"), ref("lst.vs"))  # fmt: skip


def exposure() -> Inline:
    """Dose given and follow-up."""
    book = kit.book()
    definition, population = book.definition, _population()
    followed = ask("exposure", population, "FUPDUR")
    years = followed.at(level="YEARS")
    treated, who, shown = ask("sets", population), definition.study.subjects, ref("exposure.table")

    def each(code: str, _: bool) -> Inline:
        at = followed.at(group=code)
        return say("{} (range {} to {})", num(at, "median"), num(at, "min"), num(at, "max"))

    def each_treated(code: str, first: bool) -> Inline:
        return num(treated.at(group=code), "N") + (f" {who}" if first else "")

    if _by_group():
        columns = size_columns(definition)
        said = sentences(
            say("In all, {} {} were treated.", num(treated.at(group=columns[0]), "N"), who)
            if len(columns) == 1
            else say("Treated were {}.", told(each_treated)),
            say("The median follow-up from first dose in days was {}; the sum in patient-years was {} ({}).",
                told(each), numbers(years, "sum"), shown),
        )  # fmt: skip
    else:
        code = outcome_columns(definition)[0]
        at = followed.at(group=code)
        said = say(
            "In all, {} {} were treated. The median follow-up from first dose was {} days (range {} to {}), in total "
            "{} patient-years ({}).",
            num(treated.at(group=code), "N"), who, num(at, "median"), num(at, "min"), num(at, "max"),
            num(years.at(group=code), "sum"), shown,
        )  # fmt: skip
    drawn = made("fig.swimmer", "fig.swimmer.")
    seen = say("{} {} treatment, visits and adverse events of each {}.", refs(drawn),
               "shows" if len(drawn) == 1 else "show", definition.study.subject) if drawn else None  # fmt: skip
    return sentences(said, seen)
