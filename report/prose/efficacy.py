"""Section 11.4: what was found for each endpoint, written from the results."""

from __future__ import annotations

from analysis.formatting import join_words
from report import kit
from report.kit import num
from report.prose.words import (
    Block,
    Inline,
    definitions,
    heading,
    join,
    key,
    level_text,
    made,
    paragraphs,
    ref,
    refs,
    say,
    sentences,
    shown_if,
    stem_of,
)
from schemas.study.measures import Endpoint

VERDICTS = {
    "significant": "was statistically significant",
    "not significant": "was not statistically significant",
    "not tested": "was not formally tested, as an earlier hypothesis of the sequence was not rejected,",
    "descriptive": "was described and not tested",
}
METHOD_NAMES = {"paired_t": "paired t test", "wilcoxon_signed_rank": "exact Wilcoxon signed-rank test"}


def _test(endpoint: Endpoint, visit: str, statistic: str) -> str:
    return key("eff.test", endpoint.analysis_set, endpoint.paramcd, statistic, visit=visit)


def _unit(endpoint: Endpoint) -> str:
    return f"\u00a0{endpoint.unit_text}" if endpoint.unit and endpoint.unit != "ratio" else ""


def endpoint_line(endpoint: Endpoint) -> Inline:
    """The endpoint's result with its name in front, for the synopsis."""
    return say("{}: {}", endpoint.label, endpoint_sentence(endpoint, inside=True))


def endpoint_sentence(endpoint: Endpoint, inside: bool = False) -> Inline:
    """The endpoint's result at each tested visit: over all subjects, or against control where that is compared."""
    if endpoint.kind == "binary":
        said = _binary_sentence(endpoint, inside)
    elif endpoint.comparison != "none":
        said = _compared(endpoint)
    else:
        said = _changed(endpoint, inside)
    return said


def _changed(endpoint: Endpoint, inside: bool) -> Inline:
    book = kit.book()
    visits = [v for v in endpoint.visits if book.has(_test(endpoint, v, "estimate"))]
    known = [v for v in visits if book.value(_test(endpoint, v, "estimate")) is not None]
    said = [
        say("{}" + _unit(endpoint) + " ({}) at {}", num(_test(endpoint, v, "estimate")),
            _limits(_test(endpoint, v, "estimate")), book.definition.visit(v).label)
        for v in known
    ]  # fmt: skip
    missing = [book.definition.visit(v).label for v in visits if v not in known]
    what = "mean change" if endpoint.test == "paired_t" else "Hodges–Lehmann estimate of the change"
    first = book.definition.baseline_visit.id
    mean = key("eff.by_visit", endpoint.analysis_set, endpoint.paramcd, "mean", level="AVAL", visit=first)
    lost = say("The change could not be estimated at {}.", join_words(missing)) if missing else None
    if not said:
        return sentences(lost)
    if inside:
        form = "mean {}" + _unit(endpoint) + " at baseline; {} from baseline {}."
    else:
        form = "The mean at baseline was {}" + _unit(endpoint) + ". The {} from baseline was {}."
    return sentences(say(form, num(mean), what, join(said)), lost)


def _limits(estimate: str) -> Inline:
    """ "95% CI −3.1 to −1.0; p = 0.0123" of the rows beside an estimate."""
    stem = stem_of(estimate)
    return say(
        "{} {} to {}; p\u00a0{}", level_text(), num(f"{stem}/ci_low"), num(f"{stem}/ci_high"), p_value(f"{stem}/p")
    )


def _compared(endpoint: Endpoint) -> Inline:
    """The difference of each group to control at each tested visit."""
    book = kit.book()
    groups = book.definition.groups
    control = next(g for g in groups if g.code == (endpoint.control or groups[0].code))
    said = []
    for visit in endpoint.visits:
        for group in groups:
            name = key("eff.comparison", endpoint.analysis_set, endpoint.paramcd, "estimate", visit=visit,
                       group=group.code, level="DIFFERENCE")  # fmt: skip
            if group is not control and book.has(name) and book.value(name) is not None:
                said.append(
                    say("{}" + _unit(endpoint) + " ({}) with {} at {}", num(name), _limits(name), group.label,
                        book.definition.visit(visit).label)
                )  # fmt: skip
    if not said:
        return say("A difference from {} could not be estimated.", control.label)
    return say("The change from baseline differed from that with {} by {}.", control.label, join(said))


def _binary_sentence(endpoint: Endpoint, inside: bool) -> Inline:
    definition = kit.book().definition
    said: list[Inline] = []
    for visit in endpoint.visits:
        stem = key("eff.by_visit", endpoint.analysis_set, endpoint.paramcd, "n", level="YES", visit=visit).removesuffix(
            "/n"
        )
        who = "" if said else f" {definition.study.subjects}"
        counts = num(f"{stem}/n"), num(f"{stem}/with_value")
        said.append(say("{} of {}" + who + " at {}", *counts, definition.visit(visit).label))
    return say("{} in {}.", "observed" if inside else "This was observed", join(said))


def p_value(name: str) -> Inline:
    """A p-value with its sign of relation, on one line: "= 0.0123" or "<0.0001"."""
    printed = kit.book().text(name)
    return num(name) if printed[:1] in "<>" else say("=\u00a0{}", num(name))


def efficacy_by_endpoint() -> Block:
    """A section an endpoint: what was found, with its figure; the tables are in section 14.2."""
    book = kit.book()
    whole = Block("", "")
    for place, endpoint in enumerate(book.definition.endpoints, 1):
        code = endpoint.paramcd.lower()
        shown = [name for name in (f"eff.by_visit.{code}", f"fig.waterfall.{code}") if name in book.outputs]
        words = sentences(
            endpoint_sentence(endpoint),
            _decision(endpoint),
            say("See {}.", refs([*(["eff.tests"] if endpoint.kind == "numeric" else []), *shown])) if shown else None,
        )
        whole = whole + heading(4, f"11.4.1.{place} {endpoint.label}", f"sec-endpoint-{code}")
        whole = whole + paragraphs(words) + shown_if(f"fig.profile.{code}")
    return whole


def _decision(endpoint: Endpoint) -> Inline | None:
    """At which visits the null hypothesis was rejected, over the family of tests."""
    book = kit.book()
    if endpoint.kind == "binary" or endpoint.comparison != "none":
        return None
    verdicts = {
        v: str(book.row(_test(endpoint, v, "decision"))["text"])
        for v in endpoint.visits
        if book.has(_test(endpoint, v, "decision"))
    }
    if not verdicts:
        return None
    if set(verdicts.values()) == {"descriptive"}:
        return say("The endpoint was not part of the confirmatory tests; its p-values are descriptive.")
    grouped = {
        verdict: [book.definition.visit(v).label for v, found in verdicts.items() if found == verdict]
        for verdict in (*VERDICTS, *(v for v in verdicts.values() if v not in VERDICTS))
    }
    procedure = book.definition.multiplicity.procedure.replace("_", "-")
    how = METHOD_NAMES[endpoint.test] + ("" if procedure == "none" else f", {procedure} procedure")
    told = join_words(
        f"{VERDICTS.get(verdict, verdict)} at {join_words(visits)}" for verdict, visits in grouped.items() if visits
    )
    return say("The change {} ({}).", told, how)


def statistical_issues() -> Block:
    """Covariates, missing data, multiplicity, sites, subgroups: what was done and where it is shown."""
    definition = kit.book().definition
    plan = definition.multiplicity
    models = ["the mixed model"] if any("mmrm" in e.missing for e in definition.endpoints) else []
    models += ["the analysis of covariance"] if any(e.comparison == "ancova" for e in definition.endpoints) else []
    missing, groups = made("eff.missing."), made("eff.subgroups", "fig.forest.")
    tests = made("eff.tests", "eff.comparison")
    procedure = f"{plan.procedure.replace('_', '-')} procedure"
    pairs: list[tuple[str, Inline]] = [
        (
            "Covariates",
            say("The baseline value is a covariate of {}; no other covariate was used.", join_words(models))
            if models
            else say("No analysis was adjusted for covariates."),
        )
    ]
    if missing:
        pairs.append(("Missing data", say("Observed cases are compared with other ways of handling missing data in {}.",
                                          refs(missing))))  # fmt: skip
    if tests:
        held = (
            say("P-values were not adjusted for multiplicity; all tests are in {}.", refs(tests))
            if plan.procedure == "none"
            else say("The {} held the two-sided family-wise error at {}; raw and adjusted p-values are in {}.",
                     procedure, f"{plan.alpha:g}", refs(tests))
        )  # fmt: skip
        pairs.append(("Multiplicity", held))
    pairs.append(
        ("Sites", say("Results were not analysed by site; {} shows the enrolment of each.", ref("sites.table")))
    )
    if groups:
        pairs.append(("Subgroups", say("Changes by subgroup are in {}; they are descriptive.", refs(groups))))
    return definitions(pairs)


def responders() -> Inline:
    """Responders of each endpoint that defines them, at its last tested visit."""
    book = kit.book()
    said = []
    for endpoint in book.definition.endpoints:
        if endpoint.responder is None:
            continue
        visit = endpoint.visits[-1]
        stem = stem_of(key("eff.responder", endpoint.analysis_set, endpoint.paramcd, "n", visit=visit))
        if book.has(f"{stem}/n"):
            who = book.definition.study.subjects
            counts = num(f"{stem}/n"), num(f"{stem}/with_value"), num(f"{stem}/pct")
            rule, where = endpoint.responder.label, book.definition.visit(visit).label
            said.append(say("{} in {} of {} " + who + " ({}%) at {}", rule, *counts, where))
    if not said:
        return say("No responder is defined.")
    drawn = made("fig.waterfall.")
    return sentences(
        say("Responders: {} ({}).", join(said, last="; ", between="; "),
            ref("eff.responders")),
        say("{} the change of each {}.", say("{} " + ("shows" if len(drawn) == 1 else "show"), refs(drawn)),
            book.definition.study.subject) if drawn else None,
    )  # fmt: skip


def dose_response() -> Inline:
    """Where the endpoints are shown by treatment group."""
    shown = made("eff.dose", "fig.dose.")
    if not shown:
        return say("The study had one treatment group.")
    return say("Changes by treatment group are in {}; they are descriptive.", refs(shown))


def by_patient() -> Inline:
    """Where individual values are shown."""
    definition = kit.book().definition
    listings, profiles = made("lst.efficacy."), made("fig.patient.")
    return sentences(
        say("Individual values and changes are listed in {}.", refs(listings)) if listings else None,
        say("{} show the course of each {}.", refs(profiles), definition.study.subject) if profiles else None,
    )


def publication() -> Block:
    """The published statements beside what this report computed; nothing without a publication."""
    book = kit.book()
    if "claims.table" not in book.outputs:
        return Block("", "")
    return paragraphs(
        say("{} sets each published statement beside what this report computed.", ref("claims.table"))
    ) + shown_if("claims.table")
