"""Section 11.4: what was found for each endpoint, written from the results.

Not here: covariates, missing data and multiplicity (`issues`), and who responded (`response`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from trial_report.analysis.analyse.further import name_of
from trial_report.analysis.analyse.repeated import REPEATED, as_repeated, is_repeated
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.time_to_event import start
from trial_report.analysis.results.formatting import join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.cells.pieces import heading
from trial_report.report.prose.columns import in_all, outcome_columns, told
from trial_report.report.prose.comparisons import compared, counted_of
from trial_report.report.prose.decisions import decision
from trial_report.report.prose.estimates import (
    at_visit,
    estimate_of,
    found_of,
    interval,
    limits,
    mean_of,
    p_value,
    unit_of,
    value_of,
    visits_told,
    what_of,
    without_baseline,
)
from trial_report.report.prose.shifts import shifted
from trial_report.report.prose.words import (
    Block,
    Inline,
    ask,
    join,
    left_out,
    level_text,
    lower_first,
    made,
    no_efficacy,
    paragraphs,
    refs,
    say,
    sentences,
    shown_if,
    upper_first,
    worded,
)
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.analysis import Survival
from trial_report.schemas.study.effect import is_tested
from trial_report.schemas.study.measures import Endpoint, FurtherAnalysis


def endpoint_line(endpoint: Endpoint, *, last: bool = False) -> Inline:
    """The endpoint's result with its name in front, for the synopsis; what was promised at its ``last`` visit alone."""
    return say("{}: {}", endpoint.label, endpoint_sentence(endpoint, inside=True, last=last))


def endpoint_sentence(endpoint: Endpoint, inside: bool = False, *, last: bool = False) -> Inline:
    """The endpoint's result at each tested visit: over all subjects, by group, or against control where compared.

    Inside another sentence, as in the synopsis, a comparison is told of the last tested visit alone.
    """
    if endpoint.comparison != "none":
        return compared(endpoint, inside)
    if endpoint.kind == "ordinal":
        return shifted(endpoint, inside)
    if endpoint.kind == "binary":
        return _binary_sentence(endpoint, inside)
    if endpoint.measure == "value" or without_baseline(endpoint):
        return _values(endpoint, inside)
    if len(outcome_columns(kit.book().definition)) > 1:
        return _changed_by_group(endpoint, inside)
    promised = endpoint.promised
    if promised is None:
        return _changed(endpoint, inside)
    return sentences(_promised(endpoint, promised, inside, last), _changed(endpoint, inside, pooled=True))


def _promised(endpoint: Endpoint, one: FurtherAnalysis, inside: bool, last: bool) -> Inline | None:
    """What the protocol asked of the endpoint: the change with its interval, and which visits' intervals exclude 0."""
    definition = kit.book().definition
    own = endpoint.as_in(one)
    code = outcome_columns(definition)[0]
    at = {visit: found_of(own, visit, name_of(one), group=code) for visit in visits_told(own, last)}
    known = [visit for visit, found in at.items() if found.known("estimate")]
    who = f"{one.label}{_all_in(own, one)}"
    if not known:
        return say("{} {}, the change could not be estimated.", "in" if inside else "In", who)
    unit = unit_of(endpoint)
    said = [
        say(
            "{}" + unit + " ({}; n\u00a0=\u00a0{}) at {}",
            num(at[v], "estimate"),
            interval(at[v]),
            num(at[v], "n"),
            definition.visit(v).label,
        )
        for v in known
    ]
    before = found_of(own, definition.baseline_visit.id, name_of(one), "AVAL", code)
    mean = (
        say("the mean at baseline was {}" + unit + " (n\u00a0=\u00a0{}); ", num(before, "mean"), num(before, "n"))
        if before.known("mean")
        else say("")
    )
    change = say("the {} from baseline was {}.", what_of(endpoint), join(said))
    return sentences(
        say("{} {}, {}{}", "in" if inside else "In", who, mean, change),
        None if inside else _excludes(at, known),
    )


def _all_in(own: Endpoint, one: FurtherAnalysis) -> str:
    """ " (all in Dose level 3)" where everybody of a phase was in one of several groups."""
    groups = kit.book().definition.groups
    size = ask(name_of(one), own.analysis_set, own.paramcd)
    held = [g for g in groups if size.at(group=g.code).value("N")]
    return f" (all in {held[0].label})" if len(held) == 1 < len(groups) else ""


def _excludes(at: Mapping[str, Answer], known: Sequence[str]) -> Inline | None:
    """At which visits the interval excludes a change of 0, and at which it does not."""
    definition = kit.book().definition
    limited = [v for v in known if at[v].known("ci_low")]
    outside = [v for v in limited if (at[v].value("ci_low") or 0) > 0 or (at[v].value("ci_high") or 0) < 0]
    inside = [v for v in limited if v not in outside]
    if not limited:
        return None
    without, with_it = (join_words(definition.visit(v).label for v in some) for some in (outside, inside))
    if not inside:
        return say("The interval excludes 0 at {}.", without)
    if not outside:
        return say("The interval includes 0 at {}.", with_it)
    return say("The interval excludes 0 at {}, and includes it at {}.", without, with_it)


def _values(endpoint: Endpoint, inside: bool) -> Inline:
    """The mean at each tested visit, and in the synopsis at the last, of an endpoint without a baseline."""
    codes = outcome_columns(kit.book().definition)
    said: list[Inline] = []
    for visit in visits_told(endpoint, inside):
        value = value_of(endpoint, visit)
        known = [c for c in codes if value.at(group=c).known("mean")]
        if known:
            said.append(
                say(
                    "{} the mean was {}.",
                    at_visit(visit, inside),
                    told(partial(mean_of, endpoint, value, "mean"), known),
                )
            )
    if (inside or endpoint.measure == "value") and said:
        return sentences(*said)
    return sentences(say("No value was recorded before the first dose; there is no change from baseline."), *said)


def _changed(endpoint: Endpoint, inside: bool, pooled: bool = False) -> Inline:
    """The change over all; ``pooled``: said to be over all phases and groups, after what was promised."""
    book = kit.book()
    code = outcome_columns(book.definition)[0]

    at = {v: found_of(endpoint, v, group=code) for v in (visits_told(endpoint, inside) if pooled else endpoint.visits)}
    visits = [v for v in at if at[v].has("estimate")]
    known = [v for v in visits if at[v].known("estimate")]
    said = [
        say("{}" + unit_of(endpoint) + " ({}; n\u00a0=\u00a0{}) at {}", num(at[v], "estimate"), limits(at[v]),
            num(_sized(endpoint, v, code), "n"), book.definition.visit(v).label)
        for v in known
    ]  # fmt: skip
    first = book.definition.baseline_visit.id
    mean = value_of(endpoint, first, code)
    lost = _lost([v for v in visits if v not in known])
    if not said:
        return sentences(lost)
    begun = "pooled over phases and groups, " if pooled or _pools(book.definition) else ""
    form = "the mean at baseline was {}" + unit_of(endpoint) + " (n\u00a0=\u00a0{}); the {} from baseline was {}."
    words = begun + form if inside and not pooled else upper_first(begun + form)
    return sentences(say(words, num(mean, "mean"), num(mean, "n"), what_of(endpoint), join(said)), lost)


def _sized(endpoint: Endpoint, visit: str, group: str) -> Answer:
    """What the results say of what is analysed of an endpoint at a visit: its n is that of the estimate."""
    return found_of(endpoint, visit, "eff.by_visit", endpoint.analysed, group)


def _pools(definition: StudyDefinition) -> bool:
    """Whether other endpoints are told of a part of the study first, so that what is of all has to be called so."""
    return any(endpoint.promised for endpoint in definition.endpoints)


def _lost(visits: list[str]) -> Inline | None:
    labels = [kit.book().definition.visit(v).label for v in visits]
    return say("The change could not be estimated at {}.", join_words(labels)) if labels else None


def _changed_by_group(endpoint: Endpoint, inside: bool) -> Inline:
    """The change in each group; a sentence a visit, and in the synopsis the last visit alone."""
    book = kit.book()
    codes = outcome_columns(book.definition)
    said: list[Inline] = []
    visits = visits_told(endpoint, inside)
    for visit in visits:
        test = found_of(endpoint, visit)
        known = [c for c in codes if test.at(group=c).known("estimate")]
        if known:
            told_of = told(partial(estimate_of, endpoint, test), known)
            said.append(say("{} the {} from baseline was {}.", at_visit(visit, inside), what_of(endpoint), told_of))
    lost = [v for v in visits if not any(found_of(endpoint, v, group=c).known("estimate") for c in codes)]
    return sentences(*said, _lost(lost))


def _further(endpoint: Endpoint) -> list[Inline]:
    """The same analysis in other sets or phases, of other data or by the mixed model: a paragraph each."""
    if endpoint.comparison == "none":
        return _within(endpoint)
    said = [
        say("{}: {} See {}.", upper_first(one.label), compared(endpoint.as_in(one), True, name_of(one)),
            refs(made(f"eff.further.{endpoint.paramcd.lower()}.{one.id.lower()}")))
        for one in endpoint.further
    ]  # fmt: skip
    if is_repeated(endpoint):
        found = compared(as_repeated(endpoint), True, REPEATED)
        said.append(say("Mixed model for repeated measures: {} See {}.", found,
                        refs(made(f"eff.mmrm.{endpoint.paramcd.lower()}"))))  # fmt: skip
    return said


def _within(endpoint: Endpoint) -> list[Inline]:
    """The change in every further analysis but the promised one, which was told before."""
    told_of = [one for one in endpoint.further if not one.promised]
    if endpoint.kind != "numeric" or endpoint.measure == "value" or not told_of:
        return []
    definition = kit.book().definition
    last, code = definition.last_visit(endpoint.visits), outcome_columns(definition)[0]
    said = []
    for one in told_of:
        at = found_of(endpoint.as_in(one), last, name_of(one), group=code)
        if at.known("estimate"):
            found = say(
                "{}" + unit_of(endpoint) + " ({}; n\u00a0=\u00a0{})", num(at, "estimate"), interval(at), num(at, "n")
            )
            said.append(say("{} {}", found, _where(one)))
    if not said:
        return []
    form = "In further analyses the {} at {} was {} ({})."
    return [say(form, what_of(endpoint), kit.book().definition.visit(last).label, join(said),
                refs(made("eff.further_within")))]  # fmt: skip


def _where(one: FurtherAnalysis) -> str:
    """ "in Phase 1", "in the per-protocol set"; of a label that names neither its words in brackets."""
    definition = kit.book().definition
    labels = {s.label for s in definition.analysis_sets} if one.analysis_set else set()
    if one.label in labels:
        return f"in the {lower_first(one.label)}"
    phases = definition.phases.levels if definition.phases else ()
    if one.phases and one.analysis_set:
        named = join_words(phase.label for phase in phases if phase.code in one.phases)
        return f"in {named} in the {lower_first(definition.analysis_set(one.analysis_set).label)}"
    if any(one.label == phase.label for phase in phases):
        return f"in {one.label}"
    return f"({lower_first(one.label)})"


def _counted_again(asked: Answer, code: str, _: bool) -> Inline:
    """As `counted_of`, after the noun was said."""
    return counted_of(asked, code)


def _binary_sentence(endpoint: Endpoint, inside: bool) -> Inline:
    """ "Healing was recorded in none of 9 patients at Visit 4 and 1 of 9 at Visit 12."; inside without its name."""
    definition = kit.book().definition
    said: list[Inline] = []
    for visit in endpoint.visits:
        asked = found_of(endpoint, visit, "eff.by_visit", "YES")
        told_of = told(partial(_counted_again if said else counted_of, asked))
        said.append(say("{} at {}", told_of, definition.visit(visit).label))
    between = "; " if len(outcome_columns(definition)) > 1 else ", "
    last = "; " if len(outcome_columns(definition)) > 1 else " and "
    whole = join(said, last, between)
    return say("recorded in {}.", whole) if inside else say("{} was recorded in {}.", endpoint.name, whole)


def efficacy_by_endpoint() -> Block:
    """A section an endpoint: what was found, with its figure; the tables are in section 14.2."""
    book = kit.book()
    whole = Block("", "")
    if made("eff.primary"):
        lead = say("{} shows the primary endpoints by phase and treatment group.", refs(["eff.primary"]))
        whole = paragraphs(lead) + shown_if("eff.primary")
    place = 0
    for place, endpoint in enumerate(book.definition.endpoints, 1):
        code = endpoint.paramcd.lower()
        of_groups = ("eff.comparison", f"eff.ancova.{code}") if endpoint.kind == "numeric" else ("eff.proportions",)
        tests = made(*of_groups) if endpoint.comparison != "none" else made("eff.tests", "eff.tests_by_group")[:1]
        by_phase = f"fig.phases.{code}"
        drawn = by_phase if by_phase in book.outputs else f"fig.profile.{code}"
        primary = endpoint.role == "primary"
        tables = made(f"eff.by_visit.{code}", f"eff.category.{code}", f"eff.shift.{code}")
        shown = [*tables, *made(*dict.fromkeys([drawn, f"fig.profile.{code}"]), f"fig.waterfall.{code}")]
        tests = tests if is_tested(endpoint) else []
        words = sentences(
            endpoint_sentence(endpoint),
            decision(endpoint),
            say("See {}.", refs([*tests, *shown])) if shown else None,
        )
        whole = whole + heading(4, f"11.4.1.{place} {endpoint.label}", f"sec-endpoint-{code}")
        whole = whole + paragraphs(words, *_further(endpoint)) + (shown_if(drawn) if primary else Block("", ""))
    for number, survival in enumerate(book.definition.survival, place + 1):
        whole = whole + heading(4, f"11.4.1.{number} {survival.label}", f"sec-endpoint-{survival.paramcd.lower()}")
        whole = whole + paragraphs(time_to_event(survival))
    lost = left_out("endpoints", "survival")
    if lost is not None:
        return whole + paragraphs(lost)
    if not (book.definition.endpoints or book.definition.survival):
        return paragraphs(no_efficacy())
    return whole


def time_to_event(survival: Survival, inside: bool = False) -> Inline:
    """How many had the event, the median time, and the test between groups; in each column that is told.

    Inside another sentence, as in the synopsis, no table is named.
    """
    book = kit.book()
    asked = ask("tte", survival.analysis_set, survival.paramcd)

    def events(code: str, first: bool) -> Inline:
        at = asked.at(group=code)
        noun = f" {book.definition.study.subjects}" if first else ""
        count = num(at, "events") if at.value("events") else worded(at, "events", "none")
        return say("{} of {}" + noun, count, num(at, "n"))

    def without(code: str, first: bool) -> Inline:
        at = asked.at(group=code)
        noun = f" {book.definition.study.subjects}" if first else ""
        share = say(" ({} {}% to {}%)", level_text(), num(at, "pct_low"), num(at, "pct_high"))
        return say("{} of the {}" + noun + "{}", worded(at, "events", "none"), num(at, "n"), share)

    def median(code: str, _: bool) -> Inline:
        at = asked.at(group=code)
        if not at.known("median"):
            return say("not reached")
        low, high = (num(at, name) for name in ("ci_low", "ci_high"))
        upper = high if at.known("ci_high") else say("not reached")
        return say("{} days ({} {} to {})", num(at, "median"), level_text(), low, upper)

    shown = refs(made(f"tte.{survival.paramcd.lower()}", f"fig.km.{survival.paramcd.lower()}"))
    if not in_all(asked, "events"):
        if inside:
            return say("an event in {}.", told(without))
        return say("An event of this endpoint occurred in {}. See {}.", told(without), shown)
    test = asked.at(level="LOGRANK")
    tested = len(outcome_columns(book.definition)) > 1 and test.known("p")
    begun, end = ("the event", "") if inside else ("The event", " ({})")
    form = begun + " occurred in {}; the median time to it from {} was {}" + end + "."
    found: tuple[Inline | str, ...] = (
        told(events),
        start(book.definition, survival),
        told(median),
        *([] if inside else [shown]),
    )
    return sentences(
        say(form, *found),
        say("The log-rank test between the groups gave p\u00a0{}.", p_value(test)) if tested else None,
    )
