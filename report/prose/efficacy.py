"""Section 11.4: what was found for each endpoint, written from the results."""

from __future__ import annotations

from functools import partial

from trial_report.analysis.analyse.efficacy_comparison import COMPARISON, DIFFERENCE
from trial_report.analysis.analyse.efficacy_proportions import PROPORTION, method_of
from trial_report.analysis.analyse.further import name_of
from trial_report.analysis.analyse.repeated import REPEATED, as_repeated, is_repeated
from trial_report.analysis.display.time_to_event import start
from trial_report.analysis.results.formatting import join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.cells.pieces import heading
from trial_report.report.prose.columns import group_name, in_all, of_group, outcome_columns, size_columns, told
from trial_report.report.prose.words import (
    Block,
    Inline,
    join,
    key,
    left_out,
    level_text,
    made,
    paragraphs,
    refs,
    say,
    sentences,
    shown_if,
    stem_of,
    upper_first,
    worded,
)
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.analysis import Survival
from trial_report.schemas.study.effect import is_tested
from trial_report.schemas.study.measures import Endpoint

VERDICTS = {
    "significant": "was statistically significant {}",
    "not significant": "was not statistically significant {}",
    "not tested": "was not formally tested {}",
    "descriptive": "was described and not tested {}",
}
METHOD_NAMES = {"paired_t": "paired t test", "wilcoxon_signed_rank": "exact Wilcoxon signed-rank test"}
TESTS_OF_PROPORTIONS = {"fisher": "Fisher's exact test", "cmh-proportions": "Cochran–Mantel–Haenszel test"}


def _test(endpoint: Endpoint, visit: str, statistic: str) -> str:
    return key("eff.test", endpoint.analysis_set, endpoint.paramcd, statistic, visit=visit)


def _unit(endpoint: Endpoint) -> str:
    return f"\u00a0{endpoint.unit_text}" if endpoint.unit and endpoint.unit != "ratio" else ""


def endpoint_line(endpoint: Endpoint) -> Inline:
    """The endpoint's result with its name in front, for the synopsis."""
    return say("{}: {}", endpoint.label, endpoint_sentence(endpoint, inside=True))


def endpoint_sentence(endpoint: Endpoint, inside: bool = False) -> Inline:
    """The endpoint's result at each tested visit: over all subjects, by group, or against control where compared.

    Inside another sentence, as in the synopsis, a comparison is told of the last tested visit alone.
    """
    if endpoint.comparison != "none":
        return compared(endpoint, inside)
    if endpoint.kind == "binary":
        return _binary_sentence(endpoint, inside)
    if endpoint.measure == "value" or without_baseline(endpoint):
        return _values(endpoint, inside)
    if len(outcome_columns(kit.book().definition)) > 1:
        return _changed_by_group(endpoint, inside)
    return _changed(endpoint, inside)


def _value(endpoint: Endpoint, visit: str, statistic: str) -> str:
    return key("eff.by_visit", endpoint.analysis_set, endpoint.paramcd, statistic, visit=visit, level="AVAL")


def without_baseline(endpoint: Endpoint) -> bool:
    """Whether nobody has a value before the first dose, as of a score that is itself a change."""
    definition = kit.book().definition
    return in_all(_value(endpoint, definition.baseline_visit.id, "n"), size_columns(definition)) == 0


def _visits(endpoint: Endpoint, inside: bool) -> tuple[str, ...]:
    """The tested visits; in the synopsis the last alone."""
    return (kit.book().definition.last_visit(endpoint.visits),) if inside else endpoint.visits


def _values(endpoint: Endpoint, inside: bool) -> Inline:
    """The mean at each tested visit, and in the synopsis at the last, of an endpoint without a baseline."""
    codes = outcome_columns(kit.book().definition)
    said: list[Inline] = []
    for visit in _visits(endpoint, inside):
        name = _value(endpoint, visit, "mean")
        known = [c for c in codes if _known(of_group(name, c))]
        if known:
            said.append(say("{} the mean was {}.", _at(visit, inside), told(partial(_mean, endpoint, name), known)))
    if (inside or endpoint.measure == "value") and said:
        return sentences(*said)
    return sentences(say("No value was recorded before the first dose; there is no change from baseline."), *said)


def _what(endpoint: Endpoint) -> str:
    return "mean change" if endpoint.test == "paired_t" else "Hodges–Lehmann estimate of the change"


def _changed(endpoint: Endpoint, inside: bool) -> Inline:
    book = kit.book()
    code = outcome_columns(book.definition)[0]

    def estimate(visit: str) -> str:
        return of_group(_test(endpoint, visit, "estimate"), code)

    visits = [v for v in endpoint.visits if book.has(estimate(v))]
    known = [v for v in visits if book.value(estimate(v)) is not None]
    said = [
        say("{}" + _unit(endpoint) + " ({}) at {}", num(estimate(v)), limits(estimate(v)),
            book.definition.visit(v).label)
        for v in known
    ]  # fmt: skip
    first = book.definition.baseline_visit.id
    mean = key("eff.by_visit", endpoint.analysis_set, endpoint.paramcd, "mean", level="AVAL", visit=first, group=code)
    lost = _lost([v for v in visits if v not in known])
    if not said:
        return sentences(lost)
    if inside:
        form = "mean {}" + _unit(endpoint) + " at baseline; {} from baseline {}."
    else:
        form = "The mean at baseline was {}" + _unit(endpoint) + ". The {} from baseline was {}."
    return sentences(say(form, num(mean), _what(endpoint), join(said)), lost)


def _lost(visits: list[str]) -> Inline | None:
    labels = [kit.book().definition.visit(v).label for v in visits]
    return say("The change could not be estimated at {}.", join_words(labels)) if labels else None


def _changed_by_group(endpoint: Endpoint, inside: bool) -> Inline:
    """The change in each group; a sentence a visit, and in the synopsis the last visit alone."""
    book = kit.book()
    codes = outcome_columns(book.definition)
    said: list[Inline] = []
    visits = _visits(endpoint, inside)
    for visit in visits:
        name = _test(endpoint, visit, "estimate")
        known = [c for c in codes if book.has(of_group(name, c)) and book.value(of_group(name, c)) is not None]
        if known:
            told_of = told(partial(_estimate, endpoint, name), known)
            said.append(say("{} the {} from baseline was {}.", _at(visit, inside), _what(endpoint), told_of))
    lost = [v for v in visits if not any(_known(of_group(_test(endpoint, v, "estimate"), c)) for c in codes)]
    return sentences(*said, _lost(lost))


def _known(name: str) -> bool:
    return kit.book().has(name) and kit.book().value(name) is not None


def _at(visit: str, inside: bool = False) -> str:
    return f"{'at' if inside else 'At'} {kit.book().definition.visit(visit).label},"


def _mean(endpoint: Endpoint, name: str, code: str, _: bool) -> Inline:
    return num(of_group(name, code)) + _unit(endpoint)


def _estimate(endpoint: Endpoint, name: str, code: str, _: bool) -> Inline:
    at = of_group(name, code)
    return say("{}" + _unit(endpoint) + " ({})", num(at), limits(at))


def limits(estimate: str) -> Inline:
    """ "95% CI −3.1 to −1.0; p = 0.0123" of the rows beside an estimate."""
    stem = stem_of(estimate)
    return say(
        "{} {} to {}; p\u00a0{}", level_text(), num(f"{stem}/ci_low"), num(f"{stem}/ci_high"), p_value(f"{stem}/p")
    )


def _further(endpoint: Endpoint) -> list[Inline]:
    """The same comparison in other sets, of other data or by the mixed model: a paragraph each."""
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


def compared(endpoint: Endpoint, inside: bool = False, analysis: str = COMPARISON) -> Inline:
    """Each group's adjusted mean and its difference from control: a sentence a tested visit, or the last."""
    if endpoint.kind == "binary":
        return _compared_proportions(endpoint, inside, PROPORTION if analysis == COMPARISON else analysis)
    book = kit.book()
    groups = book.definition.groups
    control = endpoint.control or groups[0].code
    said: list[Inline] = []
    for visit in _visits(endpoint, inside):
        mean = key(analysis, endpoint.analysis_set, endpoint.paramcd, "estimate", visit=visit)
        difference = key(analysis, endpoint.analysis_set, endpoint.paramcd, "estimate", visit=visit,
                         level="DIFFERENCE")  # fmt: skip
        means = [g.code for g in groups if _known(of_group(mean, g.code))]
        others = [g.code for g in groups if g.code != control and _known(of_group(difference, g.code))]
        if not others:
            said.append(say("{} a difference from {} could not be estimated.", _at(visit, inside), group_name(control)))
            continue
        said.append(
            say(
                "{} the {} was {}; the difference from {} was {}.",
                _at(visit, inside),
                f"least-squares mean{' change from baseline' if endpoint.measure == 'change' else ''}",
                told(partial(_mean, endpoint, mean), means),
                group_name(control),
                told(partial(_estimate, endpoint, difference), others),
            )
        )
        trend = of_group(f"{stem_of(stem_of(mean))}/TREND/p", TOTAL)
        if endpoint.dose_trend and _known(trend):
            said.append(say("The test of a trend in dose gave p\u00a0{}.", p_value(trend)))
    return sentences(*said)


def _compared_proportions(endpoint: Endpoint, inside: bool, analysis: str) -> Inline:
    """How many of each group, and the difference from control: a sentence a tested visit, or the last."""
    definition = kit.book().definition
    said: list[Inline] = []
    for visit in _visits(endpoint, inside):
        stem = stem_of(key(analysis, endpoint.analysis_set, endpoint.paramcd, "n", visit=visit))
        counts = told(partial(counted_of, stem), [g.code for g in definition.groups])
        said.append(say("{} this was observed in {}.", _at(visit, inside), counts))
        said.append(difference_of_proportions(endpoint, visit, analysis))
    return sentences(*said)


def counted_of(stem: str, code: str, first: bool) -> Inline:
    """ "3 of 12 patients" of the rows n and with_value of a group."""
    at = of_group(stem, code)
    who = f" {kit.book().definition.study.subjects}" if first else ""
    return say("{} of {}" + who, num(f"{at}/n"), num(f"{at}/with_value"))


def difference_of_proportions(
    endpoint: Endpoint, visit: str, analysis: str = PROPORTION, before: str = "", inside: bool = False
) -> Inline:
    """The difference of each group from control in percentage points, of responders where `before` names them."""
    definition = kit.book().definition
    control = endpoint.control or definition.groups[0].code
    name = key(
        analysis, endpoint.analysis_set, endpoint.paramcd, "estimate", visit=visit, level=f"{before}{DIFFERENCE}"
    )
    known = [g.code for g in definition.groups if g.code != control and _known(of_group(name, g.code))]
    if not known:
        form = "{} difference from {} could not be estimated."
        return say(form, "a" if inside else "A", group_name(control))

    def one(code: str, _: bool) -> Inline:
        at = of_group(name, code)
        points = say("{} percentage points", num(at))
        if not _known(f"{stem_of(at)}/ci_low"):
            return points
        return say("{} ({})", points, limits(at))

    return say("{} difference from {} was {}.", "the" if inside else "The", group_name(control), told(one, known))


def _binary_sentence(endpoint: Endpoint, inside: bool) -> Inline:
    definition = kit.book().definition
    said: list[Inline] = []
    for visit in endpoint.visits:
        stem = stem_of(key("eff.by_visit", endpoint.analysis_set, endpoint.paramcd, "n", level="YES", visit=visit))
        who = "" if said else f" {definition.study.subjects}"

        def one(code: str, first: bool, stem: str = stem, who: str = who) -> Inline:
            at = of_group(stem, code)
            return say("{} of {}" + (who if first else ""), num(f"{at}/n"), num(f"{at}/with_value"))

        said.append(say("{} at {}", told(one), definition.visit(visit).label))
    between = "; " if len(outcome_columns(definition)) > 1 else ", "
    last = "; " if len(outcome_columns(definition)) > 1 else " and "
    return say("{} in {}.", "observed" if inside else "This was observed", join(said, last, between))


def p_value(name: str) -> Inline:
    """A p-value with its sign of relation, on one line: "= 0.0123" or "<0.0001"."""
    printed = kit.book().text(name)
    return num(name) if printed[:1] in "<>" else say("=\u00a0{}", num(name))


def efficacy_by_endpoint() -> Block:
    """A section an endpoint: what was found, with its figure; the tables are in section 14.2."""
    book = kit.book()
    whole = Block("", "")
    place = 0
    for place, endpoint in enumerate(book.definition.endpoints, 1):
        code = endpoint.paramcd.lower()
        of_groups = ("eff.comparison", f"eff.ancova.{code}") if endpoint.kind == "numeric" else ("eff.proportions",)
        tests = made(*of_groups) if endpoint.comparison != "none" else made("eff.tests", "eff.tests_by_group")[:1]
        shown = made(f"eff.by_visit.{code}", f"eff.category.{code}", f"fig.waterfall.{code}")
        tests = tests if is_tested(endpoint) else []
        words = sentences(
            endpoint_sentence(endpoint),
            _decision(endpoint),
            say("See {}.", refs([*tests, *shown])) if shown else None,
        )
        whole = whole + heading(4, f"11.4.1.{place} {endpoint.label}", f"sec-endpoint-{code}")
        whole = whole + paragraphs(words, *_further(endpoint)) + shown_if(f"fig.profile.{code}")
    for number, survival in enumerate(book.definition.survival, place + 1):
        whole = whole + heading(4, f"11.4.1.{number} {survival.label}", f"sec-endpoint-{survival.paramcd.lower()}")
        whole = whole + paragraphs(time_to_event(survival))
    lost = left_out("endpoints", "survival")
    if lost is not None:
        return whole + paragraphs(lost)
    if not (book.definition.endpoints or book.definition.survival):
        return paragraphs(say("No endpoint of efficacy is defined for this study."))
    return whole


def time_to_event(survival: Survival) -> Inline:
    """How many had the event, the median time, and the test between groups; in each column that is told."""
    book = kit.book()
    stem = stem_of(key("tte", survival.analysis_set, survival.paramcd, "n"))

    def events(code: str, first: bool) -> Inline:
        at = of_group(stem, code)
        noun = f" {book.definition.study.subjects}" if first else ""
        count = num(f"{at}/events") if book.value(f"{at}/events") else worded(f"{at}/events", "none")
        return say("{} of {}" + noun, count, num(f"{at}/n"))

    def median(code: str, _: bool) -> Inline:
        at = of_group(stem, code)
        if not _known(f"{at}/median"):
            return say("not reached")
        low, high = (num(f"{at}/{name}") for name in ("ci_low", "ci_high"))
        upper = high if _known(f"{at}/ci_high") else say("not reached")
        return say("{} days ({} {} to {})", num(f"{at}/median"), level_text(), low, upper)

    shown = refs(made(f"tte.{survival.paramcd.lower()}", f"fig.km.{survival.paramcd.lower()}"))
    if not in_all(f"{stem}/events"):
        return say("The event occurred in {} ({}).", told(events), shown)
    test = of_group(f"{stem_of(stem)}/LOGRANK/p", TOTAL)
    tested = len(outcome_columns(book.definition)) > 1 and _known(test)
    return sentences(
        say(
            "The event occurred in {}; the median time to it from {} was {} ({}).",
            told(events),
            start(book.definition, survival),
            told(median),
            shown,
        ),
        say("The log-rank test between the groups gave p\u00a0{}.", p_value(test)) if tested else None,
    )


def _decision(endpoint: Endpoint) -> Inline | None:
    """At which visits, and in which comparisons, the null hypothesis was rejected, over the family of tests."""
    book = kit.book()
    described = endpoint.kind == "binary" or endpoint.measure == "value" or without_baseline(endpoint)
    if endpoint.comparison == "none" and described:
        return None
    verdicts = {
        (v, code): str(book.row(name)["text"])
        for v in endpoint.visits
        for code, name in _decided(endpoint, v).items()
        if book.has(name)
    }
    if not verdicts:
        return None
    if book.definition.multiplicity.procedure == "none":
        return say("P-values are descriptive.")
    if set(verdicts.values()) == {"descriptive"}:
        return say("The endpoint was not part of the confirmatory tests; its p-values are descriptive.")
    grouped = {
        form: _places(endpoint, [at for at, found in verdicts.items() if found == verdict])
        for verdict, form in VERDICTS.items()
    }
    how = f"{_test_name(endpoint)}, {book.definition.multiplicity.name}"
    told_of = join_words(form.format(places) for form, places in grouped.items() if places)
    reason = _not_tested(endpoint, [at for at, found in verdicts.items() if found == "not tested"])
    return say("The {} {} ({}).{}", "difference" if endpoint.comparison != "none" else "change", told_of, how, reason)


def _not_tested(endpoint: Endpoint, places: list[tuple[str, str]]) -> str:
    """Why a hypothesis was not tested: it has no p-value, or in a sequence one before it was not rejected."""
    if not places:
        return ""
    names = [stem_of(_decided(endpoint, visit)[code]) for visit, code in places]
    lacking = [not _known(f"{name}/p") for name in names]
    if not any(lacking):
        return " An earlier hypothesis of the sequence was not rejected."
    also = "" if all(lacking) else ", or an earlier hypothesis of the sequence was not rejected"
    return f" There was no p-value{also}."


def _test_name(endpoint: Endpoint) -> str:
    """What an endpoint's hypotheses are tested by."""
    if endpoint.comparison == "proportions":
        return TESTS_OF_PROPORTIONS[method_of(endpoint)[1]]
    return "analysis of covariance" if endpoint.comparison == "ancova" else METHOD_NAMES[endpoint.test]


def _decided(endpoint: Endpoint, visit: str) -> dict[str, str]:
    """By group, the keys of the decisions at a visit: differences from control, or changes in what is tested."""
    definition = kit.book().definition
    if endpoint.comparison == "none":
        return {code: of_group(_test(endpoint, visit, "decision"), code) for code in size_columns(definition)}
    analysis = PROPORTION if endpoint.kind == "binary" else COMPARISON
    name = key(analysis, endpoint.analysis_set, endpoint.paramcd, "decision", visit=visit, level=DIFFERENCE)
    return {g.code: of_group(name, g.code) for g in definition.groups}


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
