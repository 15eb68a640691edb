"""Section 11.4: what was found for each endpoint, written from the results.

Not here: covariates, missing data and multiplicity (`issues`), and who responded (`response`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from trial_report.analysis.analyse.efficacy_comparison import COMPARISON, DIFFERENCE, TREND
from trial_report.analysis.analyse.efficacy_proportions import PROPORTION, method_of
from trial_report.analysis.analyse.further import name_of
from trial_report.analysis.analyse.repeated import REPEATED, as_repeated, is_repeated
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.time_to_event import start
from trial_report.analysis.results.formatting import join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.cells.pieces import heading
from trial_report.report.prose.columns import group_name, in_all, outcome_columns, size_columns, told
from trial_report.report.prose.words import (
    Block,
    Inline,
    ask,
    join,
    left_out,
    level_text,
    made,
    paragraphs,
    refs,
    say,
    sentences,
    shown_if,
    upper_first,
    worded,
)
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.analysis import Survival
from trial_report.schemas.study.effect import is_tested
from trial_report.schemas.study.measures import Endpoint, FurtherAnalysis

VERDICTS = {
    "significant": "was statistically significant {}",
    "not significant": "was not statistically significant {}",
    "rejected": "was rejected {}",
    "not rejected": "was not rejected {}",
    "not tested": "was not formally tested {}",
    "descriptive": "was described and not tested {}",
}
UNTESTED = ("not tested", "descriptive")
"""Verdicts on which, beside a procedure, no p-value is quoted: it would be read as a test."""
METHOD_NAMES = {"paired_t": "paired t test", "wilcoxon_signed_rank": "exact Wilcoxon signed-rank test"}
TESTS_OF_PROPORTIONS = {"fisher": "Fisher's exact test", "cmh-proportions": "Cochran–Mantel–Haenszel test"}


def _of(
    endpoint: Endpoint, visit: str, analysis: str = "eff.test", level: str | None = None, group: str = TOTAL
) -> Answer:
    return ask(analysis, endpoint.analysis_set, endpoint.paramcd, visit=visit, level=level, group=group)


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
    promised = endpoint.promised
    if promised is None:
        return _changed(endpoint, inside)
    return sentences(_promised(endpoint, promised, inside), _changed(endpoint, inside, pooled=True))


def _promised(endpoint: Endpoint, one: FurtherAnalysis, inside: bool) -> Inline | None:
    """What the protocol asked of the endpoint: the change with its interval, and which visits' intervals exclude 0."""
    definition = kit.book().definition
    own = endpoint.as_in(one)
    at = {visit: _of(own, visit, name_of(one)) for visit in _visits(own, inside)}
    known = [visit for visit, found in at.items() if found.known("estimate")]
    who = f"{one.label}{_all_in(own, one)}"
    if not known:
        return say("{} {}, the change could not be estimated.", "in" if inside else "In", who)
    unit = _unit(endpoint)
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
    form = "{} {}, the {} from baseline was {}."
    return sentences(
        say(form, "in" if inside else "In", who, _what(endpoint), join(said)),
        None if inside else _excludes(at, known),
    )


def _all_in(own: Endpoint, one: FurtherAnalysis) -> str:
    """ " (all in Dose level 3)" where everybody of a phase was in one of several groups."""
    groups = kit.book().definition.groups
    size = ask(name_of(one), own.analysis_set, own.paramcd)
    held = [g for g in groups if size.at(group=g.code).value("N")]
    return f" (all in {held[0].label})" if len(held) == 1 < len(groups) else ""


def _excludes(at: Mapping[str, Answer], known: Sequence[str]) -> Inline | None:
    """At which visits the interval excludes no change, and at which it does not."""
    definition = kit.book().definition
    limited = [v for v in known if at[v].known("ci_low")]
    outside = [v for v in limited if (at[v].value("ci_low") or 0) > 0 or (at[v].value("ci_high") or 0) < 0]
    inside = [v for v in limited if v not in outside]
    if not limited:
        return None
    without, with_it = (join_words(definition.visit(v).label for v in some) for some in (outside, inside))
    if not inside:
        return say("The interval excludes no change at {}.", without)
    if not outside:
        return say("The interval includes no change at {}.", with_it)
    return say("The interval excludes no change at {}, and includes it at {}.", without, with_it)


def _value(endpoint: Endpoint, visit: str, group: str = TOTAL) -> Answer:
    return _of(endpoint, visit, "eff.by_visit", "AVAL", group)


def without_baseline(endpoint: Endpoint) -> bool:
    """Whether nobody has a value before the first dose, as of a score that is itself a change."""
    definition = kit.book().definition
    return in_all(_value(endpoint, definition.baseline_visit.id), "n", size_columns(definition)) == 0


def _visits(endpoint: Endpoint, inside: bool) -> tuple[str, ...]:
    """The tested visits; in the synopsis the last alone."""
    return (kit.book().definition.last_visit(endpoint.visits),) if inside else endpoint.visits


def _values(endpoint: Endpoint, inside: bool) -> Inline:
    """The mean at each tested visit, and in the synopsis at the last, of an endpoint without a baseline."""
    codes = outcome_columns(kit.book().definition)
    said: list[Inline] = []
    for visit in _visits(endpoint, inside):
        value = _value(endpoint, visit)
        known = [c for c in codes if value.at(group=c).known("mean")]
        if known:
            said.append(
                say("{} the mean was {}.", _at(visit, inside), told(partial(_mean, endpoint, value, "mean"), known))
            )
    if (inside or endpoint.measure == "value") and said:
        return sentences(*said)
    return sentences(say("No value was recorded before the first dose; there is no change from baseline."), *said)


def _what(endpoint: Endpoint) -> str:
    return "mean change" if endpoint.test == "paired_t" else "Hodges–Lehmann estimate of the change"


def _changed(endpoint: Endpoint, inside: bool, pooled: bool = False) -> Inline:
    """The change over all; ``pooled``: said to be over all phases and groups, after what was promised."""
    book = kit.book()
    code = outcome_columns(book.definition)[0]

    at = {v: _of(endpoint, v, group=code) for v in (_visits(endpoint, inside) if pooled else endpoint.visits)}
    visits = [v for v in at if at[v].has("estimate")]
    known = [v for v in visits if at[v].known("estimate")]
    said = [
        say("{}" + _unit(endpoint) + " ({}) at {}", num(at[v], "estimate"), limits(at[v]),
            book.definition.visit(v).label)
        for v in known
    ]  # fmt: skip
    first = book.definition.baseline_visit.id
    mean = _value(endpoint, first, code)
    lost = _lost([v for v in visits if v not in known])
    if not said:
        return sentences(lost)
    if pooled:
        form = "Pooled over phases and groups, the mean at baseline was {}" + _unit(endpoint)
        form += "; the {} from baseline was {}."
        return sentences(say(form, num(mean, "mean"), _what(endpoint), join(said)), lost)
    if inside:
        form = "mean {}" + _unit(endpoint) + " at baseline; {} from baseline {}."
    else:
        form = "The mean at baseline was {}" + _unit(endpoint) + ". The {} from baseline was {}."
    return sentences(say(form, num(mean, "mean"), _what(endpoint), join(said)), lost)


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
        test = _of(endpoint, visit)
        known = [c for c in codes if test.at(group=c).known("estimate")]
        if known:
            told_of = told(partial(_estimate, endpoint, test), known)
            said.append(say("{} the {} from baseline was {}.", _at(visit, inside), _what(endpoint), told_of))
    lost = [v for v in visits if not any(_of(endpoint, v, group=c).known("estimate") for c in codes)]
    return sentences(*said, _lost(lost))


def _at(visit: str, inside: bool = False) -> str:
    return f"{'at' if inside else 'At'} {kit.book().definition.visit(visit).label},"


def _mean(endpoint: Endpoint, asked: Answer, statistic: str, code: str, _: bool) -> Inline:
    return num(asked.at(group=code), statistic) + _unit(endpoint)


def _estimate(endpoint: Endpoint, asked: Answer, code: str, _: bool) -> Inline:
    at = asked.at(group=code)
    return say("{}" + _unit(endpoint) + " ({})", num(at, "estimate"), limits(at))


def interval(at: Answer) -> Inline:
    """ "95% CI −3.1 to −1.0" of an estimate."""
    return say("{} {} to {}", level_text(), num(at, "ci_low"), num(at, "ci_high"))


def limits(at: Answer) -> Inline:
    """ "95% CI −3.1 to −1.0; p = 0.0123" of an estimate; beside a procedure p of what was tested alone."""
    untested = at.has("decision") and at.row("decision")["text"] in UNTESTED
    if untested and kit.book().definition.multiplicity.procedure != "none":
        return interval(at)
    return say("{}; p\u00a0{}", interval(at), p_value(at))


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
    if endpoint.kind == "binary" or endpoint.measure == "value" or not told_of:
        return []
    last = kit.book().definition.last_visit(endpoint.visits)
    said = []
    for one in told_of:
        at = _of(endpoint.as_in(one), last, name_of(one))
        if at.known("estimate"):
            found = say(
                "{}" + _unit(endpoint) + " ({}; n\u00a0=\u00a0{})", num(at, "estimate"), interval(at), num(at, "n")
            )
            said.append(say("{}: {}", one.label, found))
    if not said:
        return []
    form = "The {} at {} in further analyses: {} ({})."
    return [say(form, _what(endpoint), kit.book().definition.visit(last).label, join(said, last="; ", between="; "),
                refs(made("eff.further_within")))]  # fmt: skip


def compared(endpoint: Endpoint, inside: bool = False, analysis: str = COMPARISON) -> Inline:
    """Each group's adjusted mean and its difference from control: a sentence a tested visit, or the last."""
    if endpoint.kind == "binary":
        return _compared_proportions(endpoint, inside, PROPORTION if analysis == COMPARISON else analysis)
    book = kit.book()
    groups = book.definition.groups
    control = endpoint.control or groups[0].code
    said: list[Inline] = []
    for visit in _visits(endpoint, inside):
        mean, difference = _of(endpoint, visit, analysis), _of(endpoint, visit, analysis, DIFFERENCE)
        means = [g.code for g in groups if mean.at(group=g.code).known("estimate")]
        others = [g.code for g in groups if g.code != control and difference.at(group=g.code).known("estimate")]
        if not others:
            said.append(say("{} a difference from {} could not be estimated.", _at(visit, inside), group_name(control)))
            continue
        said.append(
            say(
                "{} the {} was {}; the difference from {} was {}.",
                _at(visit, inside),
                f"least-squares mean{' change from baseline' if endpoint.measure == 'change' else ''}",
                told(partial(_mean, endpoint, mean, "estimate"), means),
                group_name(control),
                told(partial(_estimate, endpoint, difference), others),
            )
        )
        trend = mean.at(level=TREND)
        if endpoint.dose_trend and trend.known("p"):
            said.append(say("The test of a trend in dose gave p\u00a0{}.", p_value(trend)))
    return sentences(*said)


def _compared_proportions(endpoint: Endpoint, inside: bool, analysis: str) -> Inline:
    """How many of each group, and the difference from control: a sentence a tested visit, or the last."""
    definition = kit.book().definition
    said: list[Inline] = []
    for visit in _visits(endpoint, inside):
        counts = told(partial(counted_of, _of(endpoint, visit, analysis)), [g.code for g in definition.groups])
        said.append(say("{} this was observed in {}.", _at(visit, inside), counts))
        said.append(difference_of_proportions(endpoint, visit, analysis))
    return sentences(*said)


def counted_of(asked: Answer, code: str, first: bool) -> Inline:
    """ "3 of 12 patients" of a proportion in a group."""
    at = asked.at(group=code)
    who = f" {kit.book().definition.study.subjects}" if first else ""
    return say("{} of {}" + who, num(at, "n"), num(at, "with_value"))


def difference_of_proportions(
    endpoint: Endpoint, visit: str, analysis: str = PROPORTION, before: str = "", inside: bool = False
) -> Inline:
    """The difference of each group from control in percentage points, of responders where `before` names them."""
    definition = kit.book().definition
    control = endpoint.control or definition.groups[0].code
    asked = _of(endpoint, visit, analysis, f"{before}{DIFFERENCE}")
    known = [g.code for g in definition.groups if g.code != control and asked.at(group=g.code).known("estimate")]
    if not known:
        form = "{} difference from {} could not be estimated."
        return say(form, "a" if inside else "A", group_name(control))

    def one(code: str, _: bool) -> Inline:
        at = asked.at(group=code)
        points = say("{} percentage points", num(at, "estimate"))
        if not at.known("ci_low"):
            return points
        return say("{} ({})", points, limits(at))

    return say("{} difference from {} was {}.", "the" if inside else "The", group_name(control), told(one, known))


def _binary_sentence(endpoint: Endpoint, inside: bool) -> Inline:
    definition = kit.book().definition
    said: list[Inline] = []
    for visit in endpoint.visits:
        asked = _of(endpoint, visit, "eff.by_visit", "YES")
        who = "" if said else f" {definition.study.subjects}"

        def one(code: str, first: bool, asked: Answer = asked, who: str = who) -> Inline:
            at = asked.at(group=code)
            return say("{} of {}" + (who if first else ""), num(at, "n"), num(at, "with_value"))

        said.append(say("{} at {}", told(one), definition.visit(visit).label))
    between = "; " if len(outcome_columns(definition)) > 1 else ", "
    last = "; " if len(outcome_columns(definition)) > 1 else " and "
    return say("{} in {}.", "observed" if inside else "This was observed", join(said, last, between))


def p_value(at: Answer) -> Inline:
    """A p-value with its sign of relation, on one line: "= 0.0123" or "<0.0001"."""
    return num(at, "p") if at.text("p")[:1] in "<>" else say("=\u00a0{}", num(at, "p"))


def efficacy_by_endpoint() -> Block:
    """A section an endpoint: what was found, with its figure; the tables are in section 14.2."""
    book = kit.book()
    whole = Block("", "") + shown_if("eff.primary")
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
    asked = ask("tte", survival.analysis_set, survival.paramcd)

    def events(code: str, first: bool) -> Inline:
        at = asked.at(group=code)
        noun = f" {book.definition.study.subjects}" if first else ""
        count = num(at, "events") if at.value("events") else worded(at, "events", "none")
        return say("{} of {}" + noun, count, num(at, "n"))

    def median(code: str, _: bool) -> Inline:
        at = asked.at(group=code)
        if not at.known("median"):
            return say("not reached")
        low, high = (num(at, name) for name in ("ci_low", "ci_high"))
        upper = high if at.known("ci_high") else say("not reached")
        return say("{} days ({} {} to {})", num(at, "median"), level_text(), low, upper)

    shown = refs(made(f"tte.{survival.paramcd.lower()}", f"fig.km.{survival.paramcd.lower()}"))
    if not in_all(asked, "events"):
        return say("The event occurred in {} ({}).", told(events), shown)
    test = asked.at(level="LOGRANK")
    tested = len(outcome_columns(book.definition)) > 1 and test.known("p")
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
        return say("The endpoint is not in the family of hypotheses; nothing was tested.")
    grouped = {
        form: _places(endpoint, [at for at, found in verdicts.items() if found == verdict])
        for verdict, form in VERDICTS.items()
    }
    plan = book.definition.multiplicity
    how = f"{_test_name(endpoint)}, {plan.name}"
    told_of = join_words(form.format(places) for form, places in grouped.items() if places)
    reason = _not_tested(endpoint, [at for at, found in verdicts.items() if found == "not tested"])
    what = "difference" if endpoint.comparison != "none" else "change"
    if not plan.prespecified:
        what = f"hypothesis of no {what}"
    return say("The {} {} ({}).{}", what, told_of, how, reason)


def _not_tested(endpoint: Endpoint, places: list[tuple[str, str]]) -> str:
    """Why a hypothesis was not tested: it has no p-value, or in a sequence one before it was not rejected."""
    if not places:
        return ""
    lacking = [not _decided(endpoint, visit)[code].known("p") for visit, code in places]
    if not any(lacking):
        return " An earlier hypothesis of the sequence was not rejected."
    also = "" if all(lacking) else ", or an earlier hypothesis of the sequence was not rejected"
    return f" There was no p-value{also}."


def _test_name(endpoint: Endpoint) -> str:
    """What an endpoint's hypotheses are tested by."""
    if endpoint.comparison == "proportions":
        return TESTS_OF_PROPORTIONS[method_of(endpoint)[1]]
    return "analysis of covariance" if endpoint.comparison == "ancova" else METHOD_NAMES[endpoint.test]


def _decided(endpoint: Endpoint, visit: str) -> dict[str, Answer]:
    """By group, what is decided on at a visit: differences from control, or changes in what is tested."""
    definition = kit.book().definition
    if endpoint.comparison == "none":
        return {code: _of(endpoint, visit, group=code) for code in size_columns(definition)}
    analysis = PROPORTION if endpoint.kind == "binary" else COMPARISON
    return {g.code: _of(endpoint, visit, analysis, DIFFERENCE, g.code) for g in definition.groups}


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
