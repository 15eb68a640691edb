"""Which hypotheses of an endpoint were rejected, over the family of tests, and by which test.

Not here: estimates and p-values (`estimates`).
"""

from __future__ import annotations

from trial_report.analysis.analyse.efficacy_comparison import COMPARISON, DIFFERENCE
from trial_report.analysis.analyse.efficacy_proportions import PROPORTION, method_of
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.results.formatting import join_words
from trial_report.report.cells import kit
from trial_report.report.prose.columns import group_name, outcome_columns, size_columns
from trial_report.report.prose.estimates import (
    found_of,
    without_baseline,
)
from trial_report.report.prose.words import (
    Inline,
    say,
)
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.analysis import Multiplicity
from trial_report.schemas.study.measures import Endpoint

VERDICTS = {
    "significant": "was statistically significant {}",
    "not significant": "was not statistically significant {}",
    "rejected": "was rejected {}",
    "not rejected": "was not rejected {}",
    "not tested": "was not formally tested {}",
    "descriptive": "was described and not tested {}",
}

METHOD_NAMES = {"paired_t": "paired t test", "wilcoxon_signed_rank": "exact Wilcoxon signed-rank test"}

TESTS_OF_PROPORTIONS = {"fisher": "Fisher's exact test", "cmh-proportions": "Cochran–Mantel–Haenszel test"}


def decision(endpoint: Endpoint) -> Inline | None:
    """At which visits, and in which comparisons, the null hypothesis was rejected, over the family of tests."""
    book = kit.book()
    described = endpoint.kind != "numeric" or endpoint.measure == "value" or without_baseline(endpoint)
    if endpoint.comparison == "none" and described:
        return None
    verdicts = {
        (v, code): str(at.row("decision")["text"])
        for v in endpoint.visits
        for code, at in _decided(endpoint, v).items()
        if at.has("decision")
    }
    if not verdicts:
        return None
    if book.definition.multiplicity.procedure == "none":
        return say("P-values are descriptive.")
    if set(verdicts.values()) == {"descriptive"}:
        return say("The endpoint is not in the family of hypotheses and was not tested.")
    if not book.definition.multiplicity.prespecified:
        return _stopped(endpoint, [at for at, found in verdicts.items() if found == "not tested"])
    grouped = {
        form: _places(endpoint, [at for at, found in verdicts.items() if found == verdict])
        for verdict, form in VERDICTS.items()
    }
    plan = book.definition.multiplicity
    how = f"{_test_name(endpoint)}, {plan.name}"
    told_of = join_words(form.format(places) for form, places in grouped.items() if places)
    reason = _not_tested(endpoint, [at for at, found in verdicts.items() if found == "not tested"])
    what = "difference" if endpoint.comparison != "none" else "change"
    return say("The {} {} ({}).{}", what, told_of, how, reason)


def _stopped(endpoint: Endpoint, places: list[tuple[str, str]]) -> Inline | None:
    """Where an exploratory procedure tested nothing more of an endpoint, and why; p-values stand with estimates."""
    if not places:
        return None
    what = "difference" if endpoint.comparison != "none" else "change"
    return say("The {} {} was not tested.{}", what, _places(endpoint, places), _not_tested(endpoint, places))


def _not_tested(endpoint: Endpoint, places: list[tuple[str, str]]) -> str:
    """Why a hypothesis was not tested: it has no p-value, or in a sequence one before it was not rejected."""
    if not places:
        return ""
    lacking = [not _decided(endpoint, visit)[code].known("p") for visit, code in places]
    if not any(lacking):
        return " It comes after a hypothesis of the sequence that was not rejected."
    also = "" if all(lacking) else ", or it comes after a hypothesis of the sequence that was not rejected"
    return f" There was no p-value{also}."


def error_held(plan: Multiplicity) -> Inline:
    """What a procedure does about the error over several hypotheses: nothing, where nobody laid it down beforehand."""
    if plan.prespecified:
        return say("The {} held the two-sided family-wise error at {}.", plan.name, f"{plan.alpha:g}")
    form = "The {} was applied at a two-sided level of {}; as it was not specified beforehand, no error rate is "
    return say(form + "controlled.", plan.name, f"{plan.alpha:g}")


def _test_name(endpoint: Endpoint) -> str:
    """What an endpoint's hypotheses are tested by."""
    if endpoint.comparison == "proportions":
        return TESTS_OF_PROPORTIONS[method_of(endpoint)[1]]
    return "analysis of covariance" if endpoint.comparison == "ancova" else METHOD_NAMES[endpoint.test]


def _decided(endpoint: Endpoint, visit: str) -> dict[str, Answer]:
    """By group, what is decided on at a visit: differences from control, or changes in what is tested."""
    definition = kit.book().definition
    if endpoint.comparison == "none":
        return {code: found_of(endpoint, visit, group=code) for code in size_columns(definition)}
    analysis = PROPORTION if endpoint.kind == "binary" else COMPARISON
    return {g.code: found_of(endpoint, visit, analysis, DIFFERENCE, g.code) for g in definition.groups}


def _places(endpoint: Endpoint, found: list[tuple[str, str]]) -> str:
    """Visits and groups in words: "at Month 3 and Month 6", "for Arm A at Month 3 and for Arm B at Month 6"."""
    definition = kit.book().definition
    labels: dict[str, list[str]] = {}
    for visit, code in found:
        if code == TOTAL or len(definition.groups) == 1:
            begun = ""
        else:
            begun = f"{'for' if endpoint.comparison != 'none' else 'with'} {group_name(code)} "
        labels.setdefault(begun, []).append(definition.visit(visit).label)
    over = " over all groups" if "" in labels and len(outcome_columns(definition)) > 1 else ""
    return join_words(f"{begun}at {join_words(visits)}{over}" for begun, visits in labels.items())
