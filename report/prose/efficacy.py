"""Section 11.4: what was found for each endpoint, written from the results."""

from __future__ import annotations

from analysis.formatting import join_words
from report import kit
from report.kit import num
from report.prose.words import (
    Block,
    Inline,
    heading,
    join,
    key,
    paragraphs,
    ref,
    refs,
    say,
    sentences,
    shown_if,
    stem_of,
    subjects,
)
from schemas.study.measures import Endpoint

VERDICTS = {
    "significant": "was statistically significant",
    "not significant": "was not statistically significant",
    "not tested": "was not tested, an earlier test of the sequence having failed,",
    "descriptive": "was described and not tested",
}
METHOD_NAMES = {"paired_t": "paired t test", "wilcoxon_signed_rank": "exact Wilcoxon signed-rank test"}


def _level() -> str:
    return f"{100 * kit.book().definition.confidence_level:g}% CI"


def _test(endpoint: Endpoint, visit: str, statistic: str) -> str:
    return key("eff.test", endpoint.analysis_set, endpoint.paramcd, statistic, visit=visit)


def endpoint_sentence(endpoint: Endpoint) -> Inline:
    """The endpoint's result at each tested visit, over all subjects."""
    if endpoint.kind == "binary":
        return _binary_sentence(endpoint)
    book = kit.book()
    baseline = key(
        "eff.by_visit",
        endpoint.analysis_set,
        endpoint.paramcd,
        "mean",
        level="AVAL",
        visit=book.definition.baseline_visit.id,
    )
    unit = f" {endpoint.unit}" if endpoint.unit and endpoint.unit != "ratio" else ""
    said = []
    for visit in endpoint.visits:
        if book.value(_test(endpoint, visit, "estimate")) is None:
            said.append(say("at {} it could not be estimated", book.definition.visit(visit).label))
            continue
        said.append(
            say(
                "{}" + unit + " ({} {} to {}; p {}) at {}",
                num(_test(endpoint, visit, "estimate")),
                _level(),
                num(_test(endpoint, visit, "ci_low")),
                num(_test(endpoint, visit, "ci_high")),
                p_value(_test(endpoint, visit, "p")),
                book.definition.visit(visit).label,
            )
        )
    estimate = "mean change" if endpoint.test == "paired_t" else "Hodges–Lehmann estimate of the change"
    return say(
        "{}: {} at baseline; {} from baseline {}.",
        endpoint.label,
        say("mean {}" + unit, num(baseline)),
        estimate,
        join(said),
    )


def _binary_sentence(endpoint: Endpoint) -> Inline:
    definition = kit.book().definition
    said = []
    for visit in endpoint.visits:
        stem = key("eff.by_visit", endpoint.analysis_set, endpoint.paramcd, "n", level="YES", visit=visit).removesuffix(
            "/n"
        )
        said.append(say("{} of {} at {}", num(f"{stem}/n"), num(f"{stem}/with_value"), definition.visit(visit).label))
    return say("{}: {}.", endpoint.label, join(said))


def p_value(name: str) -> Inline:
    """A p-value with its sign of relation: "= 0.0123" or "<0.0001"."""
    printed = kit.book().text(name)
    return num(name) if printed[:1] in "<>" else say("= {}", num(name))


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
    if endpoint.kind == "binary":
        return None
    verdicts = {
        v: book.row(_test(endpoint, v, "decision"))["text"]
        for v in endpoint.visits
        if book.has(_test(endpoint, v, "decision"))
    }
    if not verdicts:
        return None
    grouped: dict[str, list[str]] = {}
    for visit, verdict in verdicts.items():
        grouped.setdefault(str(verdict), []).append(book.definition.visit(visit).label)
    if set(grouped) == {"descriptive"}:
        return say("The endpoint is outside the family of tests; its p-values describe.")
    procedure = book.definition.multiplicity.procedure.replace("_", "-")
    how = METHOD_NAMES[endpoint.test] + ("" if procedure == "none" else f", {procedure} procedure")
    told = join_words(
        [f"{VERDICTS.get(verdict, verdict)} at {join_words(visits)}" for verdict, visits in grouped.items()]
    )
    return say("The change {} ({}).", told, how)


def statistical_issues() -> Block:
    """Missing data, multiplicity, subgroups: what was done and where it is shown."""
    book = kit.book()
    missing = [name for name in book.outputs if name.startswith("eff.missing")]
    groups = [name for name in book.outputs if name.startswith(("eff.subgroup", "fig.forest"))]
    said = [say("Multiplicity. The tests, with raw and adjusted p-values, are in {}.", ref("eff.tests"))]
    if missing:
        said.append(say("Missing data. Analyses that examine missing values are in {}.", refs(missing)))
    if groups:
        said.append(say("Subgroups. Changes by subgroup are in {}; they describe, and are not tested.", refs(groups)))
    return paragraphs(*said)


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
            label = endpoint.responder.label
            said.append(
                say("{}: {} at {}", label[:1].lower() + label[1:], subjects(stem), book.definition.visit(visit).label)
            )
    if not said:
        return say("No responder is defined.")
    return say("Responders: {} ({}).", join(said, last="; ", between="; "), ref("eff.responders"))


def dose_response() -> Inline:
    """Where the endpoints are shown by treatment group."""
    shown = [name for name in kit.book().outputs if name.startswith(("eff.dose", "fig.dose"))]
    if not shown:
        return say("The study had one treatment group.")
    return say(
        "Changes by treatment group are in {}. They describe; groups of this size allow no comparison.", refs(shown)
    )


def by_patient() -> Inline:
    """Where individual values are shown."""
    book = kit.book()
    listings = [name for name in book.outputs if name.startswith("lst.efficacy")]
    profiles = [name for name in book.outputs if name.startswith("fig.patient")]
    return sentences(
        say("Individual values and changes are listed in {}.", refs(listings)) if listings else None,
        say("A profile of each of the {} is in Section 16.2.9.", book.definition.study.subjects) if profiles else None,
    )


def publication() -> Block:
    """The published statements beside what this report computed; nothing without a publication."""
    book = kit.book()
    if "claims.table" not in book.outputs:
        return Block("", "")
    return paragraphs(
        say("{} sets each published statement beside what this report computed.", ref("claims.table"))
    ) + shown_if("claims.table")
