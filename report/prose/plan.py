"""Section 9: design, data quality, and the statistical methods that were used.

Not here: what was found (`patients`, `efficacy`, `safety`), and the sentences of methods
(`analysis.analyse.methods_used`).
"""

from __future__ import annotations

from trial_report.analysis.analyse.methods_used import methods_used
from trial_report.analysis.display.endpoint_methods import (
    DATA,
    ESTIMATES,
    TESTS,
    all_endpoints,
    endpoint_methods,
    family,
)
from trial_report.analysis.display.event_words import emergent_rule
from trial_report.analysis.display.exposed import exposure_rules
from trial_report.analysis.display.sides import rule_of_sides
from trial_report.analysis.display.tables.collected import TABLE as COLLECTED_TABLE
from trial_report.analysis.display.tables.cutoff import TABLE as CUTOFF_TABLE
from trial_report.analysis.display.tables.cutoff import count_key
from trial_report.analysis.display.tables.quality import delivered, found
from trial_report.analysis.display.time_to_event import LAST_CONTACT, START_RULES, STARTS, rule_of
from trial_report.analysis.display.treatment import never_treated
from trial_report.analysis.results.formatting import STANDARD, fmt_number, in_words, join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num, show, text
from trial_report.report.cells.pieces import Mixed
from trial_report.report.prose.columns import numbers, size_columns
from trial_report.report.prose.words import (
    Block,
    Inline,
    as_of,
    ask,
    cited,
    counted,
    definitions,
    lines_of,
    lower_first,
    name_of,
    no_efficacy,
    own_words,
    paragraphs,
    prose_date,
    ref,
    say,
    sentences,
    upper_first,
)
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.analysis import Survival
from trial_report.schemas.study.effect import is_tested
from trial_report.schemas.study.measures import Endpoint


def design() -> Inline:
    """The design in sentences: phases, groups, visits."""
    definition = kit.book().definition
    visits = join_words(v.label for v in definition.follow_up_visits)
    groups = in_words(len(definition.groups))
    arms = "treatment group was" if len(definition.groups) == 1 else "treatment groups were"
    phases = definition.phases.levels if definition.phases else ()
    return sentences(
        say("The design was {}.", lower_first(definition.study.design)),
        say("The study had {} phases: {}.", in_words(len(phases)), join_words(p.label for p in phases))
        if phases and not all(p.label in definition.study.design for p in phases)
        else None,
        say("{} {} planned ({}).", groups.capitalize(), arms, ref("treatments.table")),
        say("After the first dose, {} were seen at {}.", definition.study.subjects, visits) if visits else None,
    )


def objectives() -> Block | Mixed:
    """The objectives with their estimands; a sentence in a study that states none."""
    book = kit.book()
    if not book.definition.objectives:
        return paragraphs(say("The definition of the study states no estimands."))
    words = say("Each objective with its endpoint and, as ICH E9(R1) asks, its estimand")
    return cited(words, "iche9r1", ":") + show("objectives.table")


def variables() -> Block:
    """The endpoints, where there are any, and the schedule of assessments."""
    if "endpoints.table" not in kit.book().outputs:
        said = say("{} is the schedule of assessments with its windows.", ref("schedule.table"))
        return paragraphs(said) + _safety() + show("schedule.table")
    said = say(
        "{} lists the endpoints, and {} the schedule of assessments with its windows.",
        ref("endpoints.table"),
        ref("schedule.table"),
    )
    return paragraphs(said) + show("endpoints.table") + _assessed() + _safety() + show("schedule.table")


def _assessed() -> Block:
    """How each endpoint was measured, as far as the definition says it."""
    definition = kit.book().definition
    every: tuple[Endpoint | Survival, ...] = (*definition.endpoints, *definition.survival)
    endpoints = [e for e in every if e.assessed]
    return definitions((e.label, text(e.assessed)) for e in endpoints) if endpoints else Block("", "")


def _safety() -> Block:
    """What safety was judged by: adverse events and how they were elicited, laboratory tests and vital signs."""
    definition = kit.book().definition
    events = definition.adverse_events
    unsaid = "How adverse events were elicited, and from when on, is not provided."
    said = [("Adverse events", own_words(f"{events.assessed or unsaid} Graded by: {events.grading}."))]
    for name, measured in (("Laboratory tests", definition.laboratory), ("Vital signs", definition.vital_signs)):
        if measured:
            said.append((name, own_words(f"{upper_first('; '.join(name_of(one) for one in measured))}.")))
    return definitions(said)


def escalation_rule() -> Block:
    """The rule of the dose escalation, its DLT window and definitions; nothing in a study without."""
    definition = kit.book().definition
    rule = definition.escalation
    if rule is None:
        return Block("", "")
    if "fig.escalation" in kit.book().outputs:
        seen = say("{} shows the cohorts as they were treated.", ref("fig.escalation"))
    else:
        seen = text("")
    return paragraphs(
        say(
            "Doses were to be escalated by the {} rule in cohorts of three, in the order of {}, beginning with {}. "
            "Dose-limiting toxicities were assessed over the {} days after the first dose. ",
            rule.rule,
            ref("treatments.table"),
            definition.groups[0].label,
            fmt_number(rule.dlt_window_days),
        )
        + seen,
        sentences(
            text(f"{rule.spacing.rstrip('.')}.") if rule.spacing else None,
            say("Each step was decided by {}.", rule.decided_by.rstrip("."))
            if rule.decided_by
            else say("Who decided on each step is not provided."),
            say("The decisions, cohort by cohort, are in {}.", ref("esc.cohorts")),
        ),
        say("Definition of a dose-limiting toxicity: {}.", rule.dlt_definition.rstrip(".")),
    )


def data_quality() -> Block:
    """What was checked, and what was found."""
    book = kit.book()
    records = sum(delivered(book).values())
    findings = found(book.problems)
    said = say(
        "Before anything was computed, all {} records of {} domains were checked against the schemas of the domains "
        "and across domains. No error was left; the checks gave {} and {} ({}).",
        fmt_number(records, thousands=True),
        fmt_number(len(book.domains)),
        counted(findings["warning"], "warning", "warnings"),
        counted(findings["accepted"], "accepted finding", "accepted findings"),
        ref("quality.table"),
    )
    drawn = say("{} shows how data became results.", ref("fig.dataflow"))
    return paragraphs(sentences(said, drawn))


def collected() -> Block | Mixed:
    """What was collected and is not reported, with its table: nothing may be left out unsaid."""
    if COLLECTED_TABLE not in kit.book().outputs:
        return paragraphs(say("Every test and every domain that was delivered is read by an analysis of this report."))
    said = say("Data that were collected and not analyzed are in {}.", ref(COLLECTED_TABLE))
    return paragraphs(said) + show(COLLECTED_TABLE)


def cut_off() -> Block | Mixed:
    """What lay after the data cut-off and was taken out, with its table."""
    book = kit.book()
    day = prose_date(book.definition.study.data_cutoff)
    if as_of():
        return paragraphs(
            say(
                "This document shows the study as of {}, before its data cut-off. What lay after that day was taken "
                "out before anything was counted: neither it nor how much of it there was is told. What had begun by "
                "that day stands as it was delivered, with what was entered or corrected later.",
                day,
            )
        )
    if CUTOFF_TABLE not in book.outputs:
        return paragraphs(say("The data were cut off on {}; no record is later.", day))
    said = say(
        "The data were cut off on {} before anything was computed, and what lay after that day counts nowhere in this "
        "report. Records taken out: {}; ends taken as ongoing: {}; deaths not yet known: {} ({}).",
        day,
        *(num(count_key(level)) for level in ("DROPPED", "ENDS", "DEATHS")),
        ref(CUTOFF_TABLE),
    )
    return paragraphs(said) + show(CUTOFF_TABLE)


def analysis_sets() -> Block:
    """Each analysis set with its definition, its size, and by which treatment it is analysed."""
    definition = kit.book().definition
    columns = size_columns(definition)
    return definitions(
        (
            one.label,
            say(
                "{} N\u00a0=\u00a0{}. Analysed by {}.",
                one.definition,
                numbers(ask("sets", one.id), "N", columns),
                definition.treatment_words(one.id),
            ),
        )
        for one in definition.analysis_sets
    )


def _visits(definition: StudyDefinition) -> list[str]:
    """How a value comes to a visit, by its day or by the number that it was recorded under, for the measurements that
    have it so; and which of several is analysed.
    """
    ways = {
        "window": "to the visit in whose analysis window its day lies (see the schedule of assessments), whatever "
        "visit it was recorded at",
        "recorded": "to the visit that it was recorded at, whatever its day",
    }
    others = [p for p in definition.parameters if definition.assigned_by(p) != definition.assign]
    other = "recorded" if definition.assign == "window" else "window"
    named = ", ".join(p.label for p in others)
    exception = [f"Visits of {named}: each value belongs {ways[other]}."] if others else []
    bare = [v.label for v in definition.visits if v.day is None]
    choice = "of several at one visit the one closest to the target day is analysed, of two equally close the later"
    undated = f" (at {', '.join(bare)}, which {'has' if len(bare) == 1 else 'have'} no target day, the last)"
    planned = any(p.planned for p in definition.parameters)
    only = " A value at a visit at which the measurement was not planned belongs to none." if planned else ""
    unbounded = [v.label for v in definition.visits if v.analysis_window is None]
    only += f" A value recorded at {join_words(unbounded, 'or')} belongs there." if unbounded else ""
    return [
        f"Visits: each value belongs {ways[definition.assign]}; {choice}{undated if bare else ''}.{only} What is not "
        "analysed is listed with its reason.",
        *exception,
    ]


def derivations() -> Block:
    """How days, baseline, visits, dates and treatment emergence were derived, as the definition says."""
    definition = kit.book().definition
    events = definition.adverse_events
    missing = (
        "a missing relationship counts as related"
        if events.missing_relationship_is_related
        else "a missing relationship counts as not related"
    )
    return lines_of(
        [
            "Study day: the day of first dose is day 1, the day before it is day −1; there is no day 0.",
            *_without_treatment(),
            "Baseline: the last value that is not missing before the first dose"
            + (
                "; a value of the same day at the baseline visit precedes the dose."
                if definition.baseline.same_day
                else "."
            ),
            *_visits(definition),
            "Percent change: the change in percent of the absolute value of the baseline; it does not exist for a "
            "baseline of zero.",
            "A result reported as below a limit of quantification is analysed as half of that limit.",
            *rule_of_sides(kit.book()),
            *exposure_rules(kit.book()),
            f"Treatment-emergent: {emergent_rule(definition)}. A partial date of onset is completed so "
            "that an event that may have begun on treatment counts as treatment-emergent; completed dates are flagged.",
            f"Coding and grading: {events.dictionary}; {events.grading}. Coded terms keep the spelling of the "
            "dictionary. Related means a relationship recorded as "
            f"{join_words([r.lower() for r in events.related], 'or')}; {missing}.",
            *_times_to_event(),
        ]
    )


def _without_treatment() -> list[str]:
    """What stands for the first dose of who was randomised and never treated, where there is such a subject."""
    book = kit.book()
    if not never_treated(book):
        return []
    return [
        f"{book.definition.study.subjects.capitalize()} who were assigned to a treatment and never treated: the day of "
        "randomisation stands for that of first dose, in study days, baseline, changes and visits."
    ]


def _times_to_event() -> list[str]:
    """Where the time of each endpoint starts and ends, what its starts are, and what the last contact is."""
    definition = kit.book().definition
    starts = {definition.origin(one) for one in definition.survival} - {"first_dose"}
    starts |= {"randomisation"} if never_treated(kit.book()) else set()
    partial = "A partial date of an event is taken to be the earliest possible date, but not before the start."
    return [
        *(
            f"{one.label} (analysed by {definition.treatment_words(one.analysis_set)}): {rule_of(definition, one)} "
            f"{partial}"
            for one in definition.survival
        ),
        *(f"Day of {STARTS[one]}: {rule}." for one, rule in START_RULES.items() if one in starts),
        LAST_CONTACT,
    ]


def hypotheses() -> Block:
    """Of each primary endpoint the null hypothesis and the primary analysis; then the order of the tests."""
    definition = kit.book().definition
    primary = [e for e in definition.endpoints if e.role == "primary"]
    tested = [e for e in primary if is_tested(e)]
    if not tested:
        return paragraphs(say("This report tests no hypothesis of efficacy."))
    alike: dict[str, list[str]] = {}
    for endpoint in primary:
        alike.setdefault(_hypothesis(definition, endpoint), []).append(endpoint.label)
    said = [("; ".join(labels), own_words(words)) for words, labels in alike.items()]
    return definitions([*said, ("Order of tests", own_words(" ".join(family(definition))))])


def _hypothesis(definition: StudyDefinition, endpoint: Endpoint) -> str:
    at = join_words(definition.visit(v).label for v in definition.in_order(endpoint.visits))
    where = f"in the {lower_first(definition.analysis_set(endpoint.analysis_set).label)}"
    if not is_tested(endpoint):
        return f"No hypothesis is tested; the endpoint is described at {at} {where}."
    what = "change from baseline" if endpoint.measure == "change" else "value"
    if endpoint.comparison == "none":
        pooled = ", all groups together" if definition.treatment.total and len(definition.groups) > 1 else ""
        null = f"the null hypothesis, at each of {at}, is that the {what} is zero in the mean"
        test = f"{TESTS[endpoint.test]} of observed values {where}{pooled}"
        if endpoint.promised is None:
            return f"{upper_first(null)}; the alternative is two-sided. Primary analysis: {test}."
        return (
            f"Primary analysis: the change in {endpoint.promised.label}, as the design asks, estimated at {at} by "
            f"{ESTIMATES[endpoint.test]}; it is not tested. Supplementary analysis: {test}; {null}, and the "
            "alternative is two-sided."
        )
    control = next((g.label for g in definition.groups if g.code == endpoint.control), "control")
    if endpoint.comparison == "proportions":
        return (
            f"The null hypothesis, at each of {at}, is that the proportion with yes is the same with {control} as with "
            f"the group compared; the alternative is two-sided. Primary analysis: comparison of proportions {where}."
        )
    return (
        f"The null hypothesis, at each of {at}, is that the mean {what} is the same with {control} as with the group "
        f"compared; the alternative is two-sided. Primary analysis: analysis of covariance of "
        f"{DATA[endpoint.comparison_data]} {where}."
    )


def methods() -> Block:
    """A sentence a method that a result of this report was computed with; the table says software and source."""
    used = methods_used(kit.book().results.reset_index(), kit.book().definition)
    return definitions((m.name, own_words(m.sentence)) for m in used)


def endpoint_models() -> Block:
    """What was done with each endpoint: set, treatment, data, and the terms of every model."""
    book = kit.book()
    if not book.definition.endpoints:
        return paragraphs(no_efficacy())
    every = [("All endpoints", own_words(" ".join(all_endpoints(book.definition))))]
    shared: dict[str, list[str]] = {}
    for endpoint in book.definition.endpoints:
        for said in endpoint_methods(book, endpoint):
            shared.setdefault(said, []).append(endpoint.label)
    # What holds for several endpoints is said once, before what holds for one.
    of_whom: dict[tuple[str, ...], list[str]] = {}
    for said, labels in shared.items():
        of_whom.setdefault(tuple(labels), []).append(said)
    own = [
        ("; ".join(labels), own_words(" ".join(said)))
        for labels, said in sorted(of_whom.items(), key=lambda one: -len(one[0]))
    ]
    return definitions([*every, *own])


def presentation() -> Inline:
    """The standard of printing, and the software that was used."""
    software = join_words(f"{name} {version}" for name, version in kit.book().run.get("versions", {}).items())
    return sentences(own_words(STANDARD), say("Computed with {}.", software) if software else None)
