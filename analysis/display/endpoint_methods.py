"""What was done with each endpoint, in words: set, treatment, terms of every model, data, intervals (section 9.7).

A statistician has to be able to compute each number again from these sentences and the analysis datasets; so variables
are named beside their labels.

Not here: what is said of a method whatever the endpoint (`analyse.methods_used`), and the prose of section 9.7
(`report.prose.plan`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trial_report.analysis.analyse.efficacy_comparison import control_of, pairs_of
from trial_report.analysis.analyse.efficacy_proportions import question_of
from trial_report.analysis.analyse.efficacy_tests import tested_within
from trial_report.analysis.analyse.multiplicity import in_family
from trial_report.analysis.analyse.repeated import REPEATED, is_repeated
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.sides import side_notes
from trial_report.analysis.display.spelling import small_first
from trial_report.analysis.display.tables._efficacy import ask, population_of, restriction
from trial_report.analysis.display.tables._grid import set_label
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import fmt_number, join_words
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.effect import is_tested
from trial_report.schemas.study.measures import Endpoint, FurtherAnalysis

TESTS = {"paired_t": "the paired t test", "wilcoxon_signed_rank": "the exact Wilcoxon signed-rank test"}
ESTIMATES = {
    "paired_t": "the mean with its t interval",
    "wilcoxon_signed_rank": "the Hodges–Lehmann estimate with its exact interval",
}
DATA = {"observed": "observed values", "locf": "the last observation carried forward"}
OPERATORS = {"<=": "at most", "<": "below", ">=": "at least", ">": "above", "==": "equal to"}
MEASURES = {"value": "the value", "change": "the change from baseline", "percent_change": "the percent change"}
CLASSES = {"SITEID": "site", "COUNTRY": "country", "SEX": "sex", "RACE": "race", "ETHNIC": "ethnicity"}


def endpoint_methods(book: Book, endpoint: Endpoint) -> list[str]:
    """The sentences about one endpoint."""
    definition = book.definition
    return [
        _analysed(definition, endpoint),
        *side_notes(book, [endpoint]),
        *_within(definition, endpoint),
        *_ancova(definition, endpoint),
        *_repeated(book, endpoint),
        *_responders(definition, endpoint),
        *_proportions(definition, endpoint),
        *_levels(definition, endpoint),
        *_missing(book, endpoint),
        *_dose(definition, endpoint),
        *_subgroups(definition, endpoint),
        *_further(definition, endpoint),
    ]


def all_endpoints(definition: StudyDefinition) -> list[str]:
    """What holds for all endpoints: from how many values on there is inference."""
    least = definition.inference_from
    return [
        f"Intervals of means, tests, least-squares means and differences are computed where a group has at least "
        f"{least} values at a visit (of imputed data: at least {least} observed ones), and tests over groups where at "
        f"least two groups have {least}. Exact intervals of proportions are given of any number. Models are fitted to "
        "all values."
    ]


def family(definition: StudyDefinition) -> list[str]:
    """The family of hypotheses in its order, and how its error is held."""
    plan = definition.multiplicity
    if plan.procedure == "none":
        return ["No procedure over several tests was planned: all p-values are descriptive."]
    if plan.order:
        listed = [f"{definition.endpoint(p).name} at {definition.visit(v).label}" for p, v in plan.order]
        family = f"{'in this order ' if plan.procedure == 'fixed_sequence' else ''}{'; '.join(listed)}"
    else:
        family = "those of the primary endpoints, at all visits at which they are tested"
    by_group = not definition.treatment.total or any(e.comparison != "none" for e in definition.endpoints)
    several = "; several groups at one visit follow in the order of the groups" if by_group else ""
    return [
        f"Family of hypotheses ({plan.name}, two-sided level {plan.alpha:g}): {family}{several}. All other p-values "
        "are descriptive."
    ]


def _analysed(definition: StudyDefinition, endpoint: Endpoint) -> str:
    at = _at(definition, endpoint.visits)
    done = "compared" if endpoint.comparison != "none" else "analyzed" if is_tested(endpoint) else "described"
    if endpoint.kind == "binary":
        what = f"Of those with a value (AVAL), the proportion with yes (1), {done} at {at}"
    elif endpoint.kind == "ordinal":
        what = (
            f"Shifts from the level at baseline (BASE) to that at {at} (AVAL) are counted, and how many are lower, the "
            "same or higher, with exact intervals; nothing is tested"
        )
    elif endpoint.measure == "change":
        what = f"The change from baseline (CHG = AVAL − BASE), {done} at {at}"
    else:
        what = f"The value (AVAL), {done} at {at}"
    only = restriction(definition, endpoint)
    restricted = f", {definition.study.subjects} with {only}" if only else ""
    by = f"by {definition.treatment_words(endpoint.analysis_set)}"
    return f"{what}. {set_label(definition, endpoint.analysis_set)}{restricted}, {_variable(definition, endpoint, by)}."


def _variable(definition: StudyDefinition, endpoint: Endpoint, words: str) -> str:
    return f"{words} ({definition.treatment_variable(endpoint.analysis_set)})"


def _at(definition: StudyDefinition, visits: Iterable[str]) -> str:
    return join_words(definition.visit(v).label for v in definition.in_order(visits))


def _within(definition: StudyDefinition, endpoint: Endpoint) -> Iterator[str]:
    if not tested_within(endpoint):
        return
    if definition.multiplicity.procedure != "none" and not in_family(definition, endpoint):
        yield _estimated(definition, endpoint)
        return
    columns = "over all groups together, and in each group" if definition.treatment.total else "in each group"
    if definition.treatment.total and definition.multiplicity.procedure != "none" and endpoint.comparison == "none":
        columns = "over all groups together, and estimated in each group,"
    if len(definition.groups) == 1:
        columns = "in the one group"
    first, others = endpoint.test, [t for t in endpoint.other_tests if t != endpoint.test]
    beside = f"; beside it {join_words(f'{TESTS[t]} ({ESTIMATES[t]})' for t in others)}" if others else ""
    deciding = endpoint.comparison == "none" and definition.multiplicity.procedure != "none"
    where = "over all groups" if definition.treatment.total else "in each group"
    how = "decides" if definition.multiplicity.prespecified else "tests the hypotheses"
    decides = f", which {how} {where}" if deciding else ""
    yield (
        f"Changes are tested against zero {columns} by {TESTS[first]} ({ESTIMATES[first]}){decides}{beside}; the "
        "standardized effect is that of the same changes."
    )


def _estimated(definition: StudyDefinition, endpoint: Endpoint) -> str:
    """Of an endpoint about which the family has no hypothesis: how the change is estimated, and that it is not tested.

    Beside a procedure, p-values of what is not in its family are not printed.
    """
    groups = "in each group and over all of them" if definition.treatment.total else "in each group"
    if len(definition.groups) == 1:
        groups = "in the one group"
    others = [t for t in endpoint.other_tests if t != endpoint.test]
    beside = f", and beside it by {join_words(ESTIMATES[t] for t in others)}" if others else ""
    return f"Changes are estimated {groups} by {ESTIMATES[endpoint.test]}{beside}; no hypothesis is tested."


def _ancova(definition: StudyDefinition, endpoint: Endpoint) -> Iterator[str]:
    if endpoint.comparison != "ancova":
        return
    y = "change" if endpoint.measure == "change" else "value"
    level = percent(definition.confidence_level)
    yield (
        f"Comparison: at each of these visits an analysis of covariance of the {y} on "
        f"{join_words(terms(definition, endpoint))}, by ordinary least squares, of {DATA[endpoint.comparison_data]} of "
        f"{definition.study.subjects} with every variable of the model. Least-squares means stand at the mean of each "
        f"covariate over these {definition.study.subjects} and weigh the levels of a factor equally; differences are "
        f"from {_label(definition, control_of(definition, endpoint))}, with t intervals ({level}) and p on the "
        "residual degrees of freedom; any difference is tested by the F test of the group."
    )
    if pairs_of(definition, endpoint):
        yield "Of the same model the other groups are compared with each other; these differences are descriptive."
    if endpoint.dose_trend in (True, "contrast"):
        yield "Trend in dose: the contrast of the least-squares means linear in the planned doses, in the same model."
    if endpoint.dose_trend == "slope":
        yield "Trend in dose: the slope of the planned dose, a number in place of the group, in the same model."


def terms(definition: StudyDefinition, endpoint: Endpoint, *, by_visit: bool = False) -> list[str]:
    """The terms of an endpoint's model of the comparison, each with its variable."""
    treatment = definition.treatment_variable(endpoint.analysis_set)
    found = [f"treatment group ({treatment})"]
    if by_visit:
        found += ["visit (AVISIT)", "their interaction"]
    slope = ", with a slope for each visit" if by_visit else ""
    if endpoint.base_in_model:
        found.append(f"the baseline value (BASE{slope})")
    found += [f"{_name(definition, v)} ({v}{slope})" for v in endpoint.covariates]
    return found + [f"the factor {_name(definition, v)} ({v}{_pooled(definition, endpoint)})" for v in endpoint.factors]


def _pooled(definition: StudyDefinition, endpoint: Endpoint) -> str:
    if not endpoint.pool_below:
        return ""
    where = endpoint.pool_in or endpoint.analysis_set
    group = "any group" if len(definition.groups) > 1 else "the group"
    return (
        f"; levels with fewer than {endpoint.pool_below} {definition.study.subjects} of the "
        f"{set_label(definition, where)} in {group} are one level, by {definition.treatment_words(where)}"
    )


def _name(definition: StudyDefinition, variable: str) -> str:
    known = CLASSES | {c.variable: c.label for c in definition.characteristics}
    return known.get(variable, variable)


def _label(definition: StudyDefinition, code: str) -> str:
    return next(g.label for g in definition.groups if g.code == code)


def _repeated(book: Book, endpoint: Endpoint) -> Iterator[str]:
    definition = book.definition
    if endpoint.kind != "numeric" or "mmrm" not in endpoint.missing:
        return
    if is_repeated(endpoint):
        held = terms(definition, endpoint, by_visit=True)
        model = ask(book, REPEATED, endpoint)
        compared = (
            f" Differences are from {_label(definition, control_of(definition, endpoint))}; levels of a factor weigh "
            "equally, and covariates stand at their mean over the values in the model."
        )
    else:
        held = ["visit (AVISIT)"] if definition.treatment.total else terms(definition, endpoint, by_visit=True)
        if definition.treatment.total and endpoint.base_in_model:
            held.append("the baseline value (BASE, with a slope for each visit, at its mean over the values)")
        model, compared = ask(book, "eff.missing", endpoint, level="mmrm"), ""
    fitted = f" The covariance that was fitted is: {model.text('structure')}." if model.has("structure") else ""
    visits = _at(definition, measured(book, endpoint))
    yield (
        f"Mixed model for repeated measures: one model of the observed values at {visits} on {join_words(held)}."
        f"{fitted}{compared}"
    )


def measured(book: Book, endpoint: Endpoint) -> list[str]:
    """The visits after baseline at which anybody has what is analysed of an endpoint."""
    level = "CHG" if endpoint.measure == "change" else "AVAL"
    codes = [code for code, _ in book.columns]
    return [
        visit.id
        for visit in book.definition.follow_up_visits
        if any(_positive(ask(book, "eff.by_visit", endpoint, visit.id, code, level)) for code in codes)
    ]


def _positive(found: Answer) -> bool:
    return found.has("n") and bool(found.value("n"))


def _responders(definition: StudyDefinition, endpoint: Endpoint) -> Iterator[str]:
    rule = endpoint.responder
    if rule is None:
        return
    limit = f"{OPERATORS[rule.operator]} {fmt_number(rule.threshold, _decimals(rule.threshold))}"
    unit = "%" if rule.measure == "percent_change" else ""
    counted = (
        f" They are also counted with all {definition.study.subjects} of the set as the denominator, missing values as "
        "non-response."
    )
    more = counted if rule.missing_is_non_responder else ""
    yield (
        f"Responders: {definition.study.subjects} in whom {MEASURES[rule.measure]} is {limit}{unit}, as a proportion "
        f"of those in whom it is known at the visit, with exact intervals.{more}"
    )


def _decimals(value: float) -> int:
    """So many decimals as a number is written with, at most six."""
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _proportions(definition: StudyDefinition, endpoint: Endpoint) -> Iterator[str]:
    if endpoint.comparison == "none" or question_of(endpoint) is None:
        return
    whose = "Responders" if endpoint.kind != "binary" else "Proportions"
    control = _label(definition, control_of(definition, endpoint))
    if endpoint.factors:
        strata = join_words(f"{_name(definition, f)} ({f}{_pooled(definition, endpoint)})" for f in endpoint.factors)
        how = (
            f"over the strata of {strata}, by the Mantel–Haenszel difference with Sato's variance and the "
            "Cochran–Mantel–Haenszel test, of those whose stratum is known"
        )
    else:
        how = "by the difference with Newcombe's interval and Fisher's exact test"
    pairs = ", and the other groups with each other (descriptive)" if pairs_of(definition, endpoint) else ""
    yield f"{whose} of each group are compared with those of {control}{pairs} at these visits {how}; observed values."


def _levels(definition: StudyDefinition, endpoint: Endpoint) -> Iterator[str]:
    if not endpoint.levels or endpoint.kind == "ordinal" or len(definition.groups) < 2:
        return
    strata = join_words(f"{_name(definition, f)} ({f}{_pooled(definition, endpoint)})" for f in endpoint.factors)
    within = f", stratified by {strata}" if strata else ""
    yield (
        f"Levels of the score (AVAL: {join_words(str(v) for v in endpoint.levels)}) are compared over all groups at "
        f"these visits by the Cochran–Mantel–Haenszel tests of mean scores, with the values as scores, and of general "
        f"association{within}, of {DATA[endpoint.comparison_data]}; descriptive."
    )


def _missing(book: Book, endpoint: Endpoint) -> Iterator[str]:
    definition, plan = book.definition, book.definition.missing_data
    asked = set(endpoint.missing)
    compared = endpoint.comparison != "none"
    again = "the analysis of covariance of the comparison" if compared else f"{ESTIMATES[endpoint.test]}"
    if "locf" in asked:
        yield f"Missing values, carried forward: {again}, of the last observation carried forward."
    if asked & {"mi", "tipping_point"}:
        who = "a baseline" if endpoint.base_in_model else "a value at some visit"
        with_covariates = " and every covariate" if compared and endpoint.covariates else ""
        yield (
            f"Missing values, multiple imputation: {definition.study.subjects} with {who}{with_covariates}; values at "
            f"{_at(definition, _imputed_at(book, endpoint))} are imputed {plan.imputations} times (random seed "
            f"{plan.seed}). {_model(book, endpoint)} Each data set is analysed by "
            f"{again if compared else 'the mean'}, and the results are combined by Rubin's rules."
        )
    if "tipping_point" in asked:
        whose = "of one group at a time, not of control," if compared else ""
        what = "the difference from control" if compared else "the mean"
        yield (
            f"Tipping point: the imputed values {whose} are shifted against {what} in {plan.tipping_steps} equal steps "
            f"from 0 to {plan.tipping_range_sd:g} standard deviations of the baselines of all who are imputed; between "
            f"the last step with p ≤ {definition.multiplicity.alpha:g} and the next the shift is found by bisection."
        ).replace("  ", " ")


def _imputed_at(book: Book, endpoint: Endpoint) -> list[str]:
    return [*measured(book, endpoint), *endpoint.visits]


def _model(book: Book, endpoint: Endpoint) -> str:
    """The imputation model as it was fitted, from the results; each text once."""
    codes = [TOTAL, *(g.code for g in book.definition.groups)]
    models = [ask(book, "eff.missing", endpoint, group=code, level="mi") for code in codes]
    found = dict.fromkeys(one.text("model") for one in models if one.has("model"))
    alone = endpoint.comparison == "none" and not book.definition.treatment.total
    group = ", of each group by itself" if alone else ""
    return "".join(f"Model: {text}{group}." for text in found)


def _dose(definition: StudyDefinition, endpoint: Endpoint) -> Iterator[str]:
    if endpoint.dose_response == "kruskal_wallis":
        last = definition.visit(definition.last_visit(endpoint.visits)).label
        yield f"Dose levels: the Kruskal–Wallis test over all groups at {last}; descriptive."


def _subgroups(definition: StudyDefinition, endpoint: Endpoint) -> Iterator[str]:
    if not definition.subgroups or endpoint.role != "primary" or endpoint.kind != "numeric":
        return
    last = definition.visit(definition.last_visit(endpoint.visits)).label
    by = join_words(f"{_name(definition, s.variable)} ({s.variable})" for s in definition.subgroups)
    if endpoint.comparison == "none":
        yield f"Subgroups at {last}, by {by}: means with t intervals."
    else:
        yield (
            f"Subgroups at {last}, by {by}: the analysis of covariance in each level by itself, and the F test of "
            "group by subgroup in one model of all to which the subgroup is added; descriptive."
        )


def _further(definition: StudyDefinition, endpoint: Endpoint) -> Iterator[str]:
    """The same again in other sets, phases or data: those that are alike but for the set in one sentence."""
    compared = endpoint.comparison != "none"
    what = "the same comparison is made" if compared else "the change is estimated in the same way"
    if endpoint.measure == "value" and not compared:
        what = "the value is described in the same way"
    alike: dict[str, list[str]] = {}
    for one in endpoint.further:
        own = endpoint.as_in(one)
        data = f", of {DATA[own.comparison_data]}" if compared and endpoint.kind != "binary" else ""
        visits = "" if own.visits == endpoint.visits else f", at {_at(definition, own.visits)}"
        by = definition.treatment_words(own.analysis_set)
        how = ("" if by == definition.treatment_words(endpoint.analysis_set) else f", by {by}") + data + visits
        if one.phases or one.analysis_set:
            alike.setdefault(how, []).append(_whom(definition, own, one))
        else:
            yield f"{one.label}: {what} in the {population_of(definition, own)}{how}; descriptive."
    for how, whom in alike.items():
        yield f"Further analyses: {what} in {join_words(whom)}{how}; descriptive."


def _whom(definition: StudyDefinition, own: Endpoint, one: FurtherAnalysis) -> str:
    """ "Phase 1", "the per-protocol set", "Phase 2a of the per-protocol set"."""
    where = small_first(set_label(definition, own.analysis_set))
    phases = [p.label for p in definition.phases.levels if p.code in one.phases] if definition.phases else []
    if phases:
        return join_words(phases) + (f" of the {where}" if one.analysis_set else "")
    return f"the {where}"
