"""Section 12: exposure, adverse events, serious events, dose finding, laboratory, vital signs."""

from __future__ import annotations

from analysis.display.narratives import NOTHING
from analysis.display.narratives import narratives as cases
from report import kit
from report.kit import num, show, text
from report.prose.words import (
    Block,
    Inline,
    definitions,
    join,
    key,
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
    stem_of,
    subjects,
    worded,
)


def _population() -> str:
    return kit.book().definition.safety_set


def _who() -> str:
    return kit.book().definition.study.subjects


def _overview(kind: str) -> str:
    return stem_of(key("ae.overview", _population(), "USUBJID", "n", level=kind))


def _count(kind: str) -> float:
    return kit.book().value(_overview(kind) + "/n") or 0


def adverse_events_in_short() -> Inline:
    """The overview in two sentences, for the synopsis."""
    return sentences(
        say(
            "At least one treatment-emergent adverse event was reported for {}; {} events in all.",
            subjects(_overview("EMERGENT")),
            num(_overview("EMERGENT") + "/events"),
        ),
        serious_in_short(),
    )


def serious_in_short() -> Inline:
    """Serious events and deaths in a sentence; zero in words."""
    if _count("SERIOUS") == 0:
        return _zero("SERIOUS", "No serious adverse event was reported")
    return say("Serious adverse events were reported for {}.", subjects(_overview("SERIOUS")))


def _zero(kind: str, words: str) -> Inline:
    """A sentence about nothing, with the zero that it states."""
    return say(
        words + " ({} of {} {}).",
        num(_overview(kind) + "/n"),
        num(_overview("EMERGENT")[: -len("EMERGENT")] + "-/N"),
        _who(),
    )


def adverse_events() -> Inline:
    """Treatment-emergent, serious, related, severe, leading to withdrawal; events before treatment."""
    grade = str(kit.book().definition.adverse_events.severe_from)
    said = [
        adverse_events_in_short(),
        say(
            "An event related to treatment was reported for {}, an event of grade {} or higher for {}, and an event "
            "leading to discontinuation of treatment for {}.",
            subjects(_overview("RELATED")),
            grade,
            subjects(_overview("SEVERE")),
            subjects(_overview("WITHDRAWN")),
        ),
    ]
    if _count("BEFORE") > 0:
        said.append(say("Events that began before treatment, in {}, are not counted.", subjects(_overview("BEFORE"))))
    return sentences(*said)


def frequent_events() -> Inline:
    """The most frequent preferred terms."""
    results = kit.book().results
    frequent = results.loc[
        (results["analysis"] == "ae.frequent") & (results["group"] == "TOTAL") & (results["statistic"] == "n")
    ]
    if frequent.empty:
        return say("No event was frequent ({}).", ref("ae.soc_pt"))
    top = frequent.sort_values(["value", "level"], ascending=[False, True]).head(3)
    terms = [
        say("{} in {}", lower_first(str(row.level)), subjects(str(name).removesuffix("/n")))
        for name, row in top.iterrows()
    ]
    return say(
        "The most frequent events were {} ({}). All events by system organ class and preferred term are in {}.",
        join(terms),
        ref("fig.ae"),
        ref("ae.soc_pt"),
    )


def event_analysis() -> Inline:
    """Where severity, relationship, rates and time are shown."""
    stem = key("ae.rate", _population(), "AEDECOD", "rate", level="ANY").removesuffix("/rate")
    return sentences(
        say(
            "Events by worst grade are in {}, by relationship to treatment in {}, by action taken and outcome in {}, "
            "and the time to the first event in {}.",
            refs(["ae.worst", "ae.grade"]),
            ref("ae.relationship"),
            ref("ae.action"),
            ref("ae.time"),
        ),
        say(
            "The incidence rate of a first event was {} per 100 patient-years ({} {} to {}; {}).",
            num(f"{stem}/rate"),
            level_text(),
            num(f"{stem}/ci_low"),
            num(f"{stem}/ci_high"),
            ref("ae.rate"),
        ),
    )


def serious_events() -> Inline:
    """Deaths and serious events; with the tables and the listing that show them, right also when empty."""
    deaths = stem_of(key("ae.deaths", _population(), "DTHFL", "n", level="ANY"))
    died = say("Of the {} treated, {} died.", _who(), share(deaths))
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
    sets = (one.id for one in book.definition.analysis_sets if one.criteria.dlt_evaluable)
    stem = stem_of(key("ae.dlt", next(sets, _population()), "DLTEVFL", "n", level="ANY"))
    said = say("Dose-limiting toxicities: {} of {} evaluable {}.", num(f"{stem}/n"), num(f"{stem}/N"), _who())
    return sentences(said, _mtd())


def _mtd() -> Inline:
    results = kit.book().results
    found = results.loc[(results["analysis"] == "esc.mtd") & (results["statistic"] == "mtd") & results["level"].isna()]
    name = found.index[0]
    if isinstance(found["text"].iloc[0], str):
        return say("The maximum tolerated dose by the rule was {}.", num(str(name)))
    return say("A maximum tolerated dose was not determined.")


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
    found = cases(kit.book())
    if not found:
        return paragraphs(text(NOTHING))
    whole = Block("", "")
    for case in found:
        first, *rest = case.paragraphs
        whole = whole + definitions([(case.title, text(first))]) + paragraphs(*map(text, rest))
    return whole


def abnormal_values() -> Inline:
    """Where individual laboratory values are listed."""
    if not kit.book().definition.laboratory:
        return say("The study had no laboratory evaluation.")
    return say("Values outside the reference range, or judged clinically significant, are in {}; all values are in {}.",
               ref("lst.lab.abnormal"), ref("lst.lab"))  # fmt: skip


def laboratory() -> Inline:
    """Where laboratory values over time, shifts and extremes are shown, and how many met the criteria of Hy's law."""
    book = kit.book()
    if not book.definition.laboratory:
        return say("The study had no laboratory evaluation.")
    said = [
        say("Values and changes over time are in {}.", refs(made("fig.lab", "lab.by_visit."))),
        say("Shifts from baseline are in {}, the extremes after the first dose in {}.",
            refs(made("lab.shift", "lab.grade")), refs(made("lab.worst"))),
    ]  # fmt: skip
    stem = stem_of(key("lab.hy", _population(), "HY", "n", level="BOTH"))
    if book.has(f"{stem}/n"):
        count = f"{stem}/n"
        said.append(
            say(
                "{} of {} {} had both a transaminase and a bilirubin value above the limits of Hy's law after the "
                "first dose ({}).",
                num(count) if book.value(count) else worded(count, "None"),
                num(_size_of(stem)),
                _who(),
                refs(made("lab.hy", "fig.edish")),
            )
        )
    return sentences(*said)


def _size_of(stem: str) -> str:
    """The key of the N that a count is part of: its own level's, or that of the group."""
    own = f"{stem}/N"
    return own if kit.book().has(own) else f"{stem_of(stem)}/-/N"


def vital_signs() -> Inline:
    """Where vital signs are shown."""
    if not kit.book().definition.vital_signs:
        return say("The study had no evaluation of vital signs.")
    return say("Values and changes over time are in {}, the extremes after the first dose in {}; {} lists all values.",
               refs(made("fig.vs", "vs.by_visit.")), ref("vs.worst"), ref("lst.vs"))  # fmt: skip


def exposure() -> Inline:
    """Dose given and follow-up."""
    book = kit.book()
    population = _population()

    def row(variable: str, statistic: str) -> Inline:
        return num(key("exposure", population, variable, statistic))

    years = key("exposure", population, "FUPDUR", "sum", level="YEARS")
    return say(
        "In all, {} {} were treated. The median follow-up from first dose was {} days (range {} to {}), in total {} "
        "patient-years ({}). {}",
        num(key("sets", population, "USUBJID", "N")),
        book.definition.study.subjects,
        row("FUPDUR", "median"),
        row("FUPDUR", "min"),
        row("FUPDUR", "max"),
        num(years),
        ref("exposure.table"),
        say(
            "{} shows treatment, visits and adverse events of each {}.",
            ref("fig.swimmer"),
            book.definition.study.subject,
        )
        if "fig.swimmer" in book.outputs
        else "",
    )
