"""Section 11.4.2: covariates, missing data, sites, multiplicity, subgroups, in the order of ICH E3.

Not here: what was found for an endpoint (`efficacy`), and methods (`plan`).
"""

from __future__ import annotations

from trial_report.analysis.analyse.efficacy import carries
from trial_report.analysis.analyse.efficacy_data import VALUE
from trial_report.analysis.analyse.intercurrent import INTERCURRENT
from trial_report.analysis.analyse.not_done import LEFT, MISSED, NO_REASON, NOT_DONE
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures._read import short_ids
from trial_report.analysis.display.listings._common import in_population
from trial_report.analysis.display.tables._grid import Grid, enrolled
from trial_report.analysis.display.tables.efficacy_missing import ANALYSIS as MISSING
from trial_report.analysis.display.tables.efficacy_missing import WAYS, examined, imputed
from trial_report.analysis.display.tables.efficacy_not_done import Given, counted_in, given
from trial_report.analysis.display.tables.intercurrent import asked, before_what
from trial_report.analysis.results.formatting import in_words, join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.cells.pieces import heading
from trial_report.report.prose.columns import numbers, outcome_columns, size_columns, told
from trial_report.report.prose.decisions import error_held
from trial_report.report.prose.estimates import found_of, interval, unit_of
from trial_report.report.prose.within import subgroups as in_subgroups
from trial_report.report.prose.words import (
    Block,
    Inline,
    ask,
    join,
    led_by,
    lines_of,
    lower_first,
    made,
    own_words,
    paragraphs,
    ref,
    refs,
    say,
    sentences,
    subjects,
)
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.analysis import IntercurrentEvent
from trial_report.schemas.study.measures import Endpoint

NO_EFFICACY = "Not applicable: no endpoint of efficacy is analyzed."

MOST_NAMED = 12
"""How many reasons of missing values are told one by one; of more the table is named."""
MOST_SITES = 6
"""Of how many sites the enrolment of each is told."""
MOST_PEOPLE = 3
"""Of how many subjects with one reason each is named."""


def statistical_issues() -> Block:
    """The statistical issues of ICH E3 in its order: what was done of each, and where it is shown."""
    definition = kit.book().definition
    parts: tuple[tuple[str, str, Inline | Block], ...] = (
        ("Adjustments for covariates", "covariates", own_words(_covariates(definition))),
        ("Handling of dropouts or missing data", "missing", _missing()),
        ("Interim analyses and data monitoring", "interim", _interim(definition)),
        ("Multicenter studies", "sites", _sites(definition)),
        ("Multiple comparisons and multiplicity", "multiplicity", _multiplicity(definition)),
        ("Use of an “efficacy subset” of patients", "subset", _subset(definition)),
        ("Active-control studies intended to show equivalence", "equivalence", own_words(_equivalence(definition))),
        ("Examination of subgroups", "subgroups", in_subgroups()),
    )
    whole = Block("", "")
    for place, (title, name, said) in enumerate(parts, 1):
        whole = whole + heading(4, f"11.4.2.{place} {title}", f"sec-issue-{name}")
        whole = whole + (said if isinstance(said, Block) else paragraphs(said))
        if name == "missing":
            whole = whole + _by_handling() + _reasons() + _intercurrent()
    return whole


def _missing() -> Inline:
    book = kit.book()
    shown, planned = made("eff.missing.", "eff.mmrm."), examined(book.definition)
    carried = [e for e in book.definition.endpoints if carries(e)]
    if not planned and not carried:
        if not book.definition.endpoints:
            return say(NO_EFFICACY)
        return say("Observed values were analysed, and no value was put in the place of a missing one.")
    # A mixed model puts nothing in the place of a missing value, so nothing can be said of what it put there.
    whole = [lower_first(e.name) for e in planned if set(e.missing) - {"mmrm"} and not imputed(book, e)]
    return sentences(
        *(_carried(e) for e in carried),
        say("Observed cases are compared with other ways of handling missing data in {}.", refs(shown))
        if made("eff.missing.")
        else say("A mixed model of the observed values is in {}.", refs(shown))
        if shown
        else None,
        say("No value of {} was missing where one could be imputed.", join_words(whole)) if whole else None,
    )


def _carried(endpoint: Endpoint) -> Inline:
    """That missing values of a comparison were carried forward, and of how many there was one at the last visit."""
    definition = kit.book().definition
    visit = definition.in_order(endpoint.visits)[-1]
    columns = tuple(g.code for g in definition.groups)
    asked = ask("eff.by_visit", endpoint.analysis_set, endpoint.paramcd)

    def observed(code: str, first: bool) -> Inline:
        seen, everybody = asked.at(visit=visit, level=VALUE, group=code), asked.at(group=code)
        return say("{} of {}" + (f" {definition.study.subjects}" if first else ""), num(seen, "n"), num(everybody, "N"))

    form = (
        "In the comparison of {}, a missing value was replaced by the last one observed; at {}, a value was observed "
    )
    return say(form + "in {}.", lower_first(endpoint.name), definition.visit(visit).label, told(observed, columns))


def _by_handling() -> Block:
    """A line a primary endpoint: what each way of handling missing values gave at the last visit."""
    book = kit.book()
    shown = [
        e for e in examined(book.definition) if e.role == "primary" and e.comparison == "none" and imputed(book, e)
    ]
    lines = [said for e in shown if (said := _ways(e)) is not None]
    return lines_of(lines)


def _ways(endpoint: Endpoint) -> Inline | None:
    """ "Pain at Visit 5: −23.9 mm (95% CI …) of observed cases, …; the result holds over all shifts up to 46.7 mm"."""
    definition = kit.book().definition
    visit, column = definition.last_visit(endpoint.visits), size_columns(definition)[0]
    said = []
    for level in WAYS:
        at = found_of(endpoint, visit, MISSING, level, column)
        if at.known("estimate"):
            limited = say(" ({})", interval(at)) if at.known("ci_low") else say("")
            said.append(say("{}" + unit_of(endpoint) + "{} {}", num(at, "estimate"), limited, _WAY[level]))
    if len(said) < 2:
        return None
    tipping = found_of(endpoint, visit, MISSING, "tipping", column)
    drawn = found_of(endpoint, visit, MISSING, "mi", column)
    size = say(" ({} of {} values imputed)", num(drawn, "imputed"), num(drawn, "n")) if drawn.has("imputed") else ""
    end = say("; in the tipping-point analysis{} {}", size, num(tipping, "outcome")) if tipping.has("outcome") else ""
    what = "mean change" if endpoint.measure == "change" else "mean"
    return say("{}, {} at {}: {}{}.", endpoint.label, what, definition.visit(visit).label, join(said), end)


_WAY = {
    "observed": "in observed cases",
    "locf": "by last observation carried forward",
    "mi": "by multiple imputation",
    "mmrm": "by the mixed model",
}
"""How each way is named after its estimate."""


def _intercurrent() -> Block:
    """A line an intercurrent event: who had it, and before which visit; nothing where the definition has none."""
    book = kit.book()
    definition = book.definition
    if not definition.intercurrent_events or INTERCURRENT not in book.outputs:
        return Block("", "")
    where = lower_first(definition.analysis_set(definition.efficacy_set).label)
    known = [one for one in definition.intercurrent_events if one.is_known]
    lines = [say("{} ({}): {}.", one.label, one.strategy, _had(one)) for one in known]
    unknown = [lower_first(one.label) for one in definition.intercurrent_events if not one.is_known]
    if unknown:
        lines.append(say("Not known, as the data do not tell: {}.", join_words(unknown)))
    return led_by(say("Intercurrent events in the {}, from first dose on ({}):", where, ref(INTERCURRENT)), lines)


def _had(event: IntercurrentEvent) -> Inline:
    """ "1 patient (5.0%), first before Visit 3"; of several "first before Visit 3 in 2 and …"; "no patient"."""
    book = kit.book()
    codes = outcome_columns(book.definition)
    at = [asked(book, event, code) for code in codes]
    counted = subjects(at[0], columns=codes)
    if len(codes) > 1 or not at[0].value("n"):
        return counted
    parts = []
    for words, (own,) in before_what(book, at):
        whole = own.value("n") == at[0].value("n")
        parts.append(say("{}", words) if whole else say("{} in {}", words, num(own, "n")))
    return say("{}; the first such event was {}", counted, join(parts))


def _reasons() -> Block:
    """Why values are missing, as far as it was recorded: a line an endpoint, reason and number of subjects."""
    book = kit.book()
    if NOT_DONE not in book.outputs:
        return Block("", "")
    words, names = book.definition.study, short_ids(book)
    visits: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for one in given(book):
        people = tuple(names.get(subject, subject) for subject in _without(book, one))
        at = visits.setdefault((one.endpoint.label, one.words, people), [])
        at.append(book.definition.visit(one.visit).label)
    # A visit that was missed, or the end of the study, is told once for all endpoints that it took.
    found: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for (name, reason, people), at in visits.items():
        found.setdefault((reason, people, join_words(at)), []).append(name)
    if len(found) > MOST_NAMED:
        return paragraphs(say("Why values are missing is in {}.", ref(NOT_DONE)))
    lines = []
    for (reason, people, when), endpoints in found.items():
        count = say("{}", in_words(len(people)))
        noun = words.subject if len(people) == 1 else words.subjects
        named = f" ({join_words(people)})" if len(people) <= MOST_PEOPLE else ""
        whose = "; ".join(endpoints)
        lines.append(say("{} at {}: {}, {} {}{}.", whose, when, lower_first(reason), count, noun, named))
    return led_by(say("Why values are missing ({}):", ref(NOT_DONE)), lines)


def _without(book: Book, one: Given) -> list[str]:
    """The subjects of the endpoint's set without a value at a visit for whom the reason was recorded."""
    if one.reason.startswith((MISSED, LEFT, NO_REASON)):
        return counted_in(book, one)
    values = book.datasets["ADBDS"]
    here = (values["PARAMCD"] == one.endpoint.paramcd) & (values["AVISIT"] == one.visit)
    recorded = values.loc[here & (values["REASND"] == one.reason), "USUBJID"]
    return sorted(set(recorded) & set(in_population(book, one.endpoint.analysis_set)["USUBJID"]))


def _interim(definition: StudyDefinition) -> Inline:
    """That nothing was analysed before the end; of an escalation, where its decisions after each cohort stand."""
    if definition.escalation is None:
        return say("No interim analysis is part of this report.")
    return sentences(
        say("No interim analysis of efficacy is part of this report."),
        say("The dose escalation was decided cohort by cohort ({}).", ref("esc.cohorts"))
        if "esc.cohorts" in kit.book().outputs
        else None,
        say("Who took the decisions stands in Section 9.1.")
        if definition.escalation.decided_by
        else say("Whether a committee monitored the data is not provided."),
    )


def _sites(definition: StudyDefinition) -> Inline:
    """Whether site is in a model; of a study of few sites how many each enrolled."""
    by_site = any("SITEID" in e.factors for e in definition.endpoints if e.comparison != "none")
    form = "Site is in the model of the comparison" if by_site else "Results were not analysed by site"
    grid = Grid(kit.book(), "disposition.site", enrolled(definition), "SITEID")
    levels, columns = grid.levels(), size_columns(definition)
    if len(columns) > 1 or not 1 < len(levels) <= MOST_SITES:
        return say(form + "; {} shows the enrolment of each.", ref("sites.table"))
    counts = join([num(grid.ask(columns[0], level), "n") for level in levels])
    said = say("The {} sites enrolled {} {} ({}).", in_words(len(levels)), counts, definition.study.subjects,
               ref("sites.table"))  # fmt: skip
    return sentences(say(form + "."), said)


def _multiplicity(definition: StudyDefinition) -> Inline:
    plan, tests = definition.multiplicity, made("eff.tests", "eff.comparison", "eff.proportions")
    if not tests:
        return say("No hypothesis was tested.") if definition.endpoints else say(NO_EFFICACY)
    if plan.procedure == "none":
        return say("P-values were not adjusted for multiplicity and are descriptive; all tests are in {}.", refs(tests))
    return sentences(
        error_held(plan),
        say("{} are in {}.", "Raw and adjusted p-values" if plan.prespecified else "The p-values", refs(tests)),
    )


def _subset(definition: StudyDefinition) -> Inline:
    """Which endpoints are analysed in a further set."""
    label = {s.id: lower_first(s.label) for s in definition.analysis_sets}
    sets = dict.fromkeys(label[one.analysis_set] for e in definition.endpoints for one in e.further if one.analysis_set)
    if not definition.endpoints:
        return say(NO_EFFICACY)
    if not sets:
        own = dict.fromkeys(label[e.analysis_set] for e in definition.endpoints)
        return say("Efficacy was analysed in the {} only.", join_words(own))
    shown = made("eff.further_within", "eff.further.")
    form = "Efficacy was analysed in the {} as well"
    said = say(form + " ({}).", join_words(sets), refs(shown)) if shown else say(form + ".", join_words(sets))
    return sentences(
        said,
        *(_smaller(definition, one) for one in _further_sets(definition)),
        say("The results are given with each endpoint in Section 11.4.1.") if shown else None,
    )


def _further_sets(definition: StudyDefinition) -> list[str]:
    """The sets that endpoints are analysed in beside their own."""
    return list(dict.fromkeys(one.analysis_set for e in definition.endpoints for one in e.further if one.analysis_set))


def _smaller(definition: StudyDefinition, code: str) -> Inline:
    """How many are in a set, of those in the efficacy set."""
    columns = size_columns(definition)
    sizes = [numbers(ask("sets", name), "N", columns) for name in (code, definition.efficacy_set)]
    label, whole = (lower_first(definition.analysis_set(name).label) for name in (code, definition.efficacy_set))
    if len(columns) > 1:
        return say("In the {} there were {}, in the {} {}.", label, sizes[0], whole, sizes[1])
    form = "The {} has {} {}, the {} {}."
    return say(form, label, sizes[0], definition.study.subjects, whole, sizes[1])


def _equivalence(definition: StudyDefinition) -> str:
    several = len(definition.groups) > 1 and definition.escalation is None
    why = "equivalence was not examined" if several else "the study had no active control"
    return f"Not applicable: {why}."


def _covariates(definition: StudyDefinition) -> str:
    """What the models hold beside treatment, in sentences."""
    compared = [e for e in definition.endpoints if e.comparison == "ancova"]
    mixed = [e for e in definition.endpoints if "mmrm" in e.missing]
    models = ["the mixed model"] if any(e.base_in_model for e in mixed) else []
    models += ["the analysis of covariance"] if any(e.base_in_model for e in compared) else []
    without = list(dict.fromkeys(e.name for e in (*compared, *mixed) if not e.base_in_model))
    if not models and not without:
        return "No analysis was adjusted for covariates."
    names = {c.variable: lower_first(c.label) for c in definition.characteristics}
    names |= {"SITEID": "site", "COUNTRY": "country"}
    further = dict.fromkeys(names.get(v, v) for e in compared for v in (*e.covariates, *e.factors))
    but = f" (not of {join_words(without)})" if without else ""
    begun = f"The baseline value is a covariate of {join_words(models)}{but}"
    if not models:
        begun = "The baseline value is in no model"
    if not further:
        return f"{begun}; no other covariate was used."
    both = any("mmrm" in e.missing for e in compared)
    holding = "the models that compare groups also hold" if both else "the analysis of covariance also holds"
    said = [f"{begun}; {holding} {join_words(further)}."]
    pools = dict.fromkeys((e.pool_below, e.pool_in or "") for e in compared if e.factors and e.pool_below)
    for least, where in pools:
        of_set = f" of the {lower_first(definition.analysis_set(where).label)}" if where else ""
        said.append(
            f"Levels of a factor with fewer than {least} {definition.study.subjects} in any group{of_set} were pooled."
        )
    return " ".join(said)
