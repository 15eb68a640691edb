"""The hypotheses of efficacy a second time: endpoint by endpoint what decides, then the family; further analyses.

Not here: the tests themselves (`efficacy`, `exact`, `ranks`), and the procedures (`family`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.verify import proportion
from trial_report.analysis.verify.attempts import NotComputed
from trial_report.analysis.verify.cells import further_name
from trial_report.analysis.verify.comparison import compare
from trial_report.analysis.verify.efficacy import changes, numeric, repeated_within, sized, tested_within, tests
from trial_report.analysis.verify.family import Hypothesis, family
from trial_report.analysis.verify.road import Road


@declare.second("eff.test", "eff.comparison", "eff.proportion", "eff.family", what="the tests of efficacy")
def hypotheses(road: Road) -> None:
    """Comparisons and tests of every endpoint, and the decisions; one endpoint that fails leaves the others."""
    data = changes(road)
    sized(road, "eff.test", [e for e in numeric(road.study) if tested_within(e)])
    deciding: dict[Hypothesis, float] = {}
    before = len(road.failures)
    for e in road.study.endpoints:
        covers = [f"{name}/*/{e.paramcd}/*" for name in ("eff.test", "eff.comparison", "eff.proportion")]
        with road.attempt(f"the tests of {e.paramcd}", *covers):
            if e.comparison == "ancova":
                deciding |= compare(road, e)
            if e.comparison == "proportions":
                deciding |= proportion.compared(road, e, proportion.ANALYSIS, e.paramcd)
            if e.kind == "numeric":
                deciding |= tests(road, e, data)
    with road.attempt("the family of hypotheses", "eff.family/*", "eff.*/p_adjusted", "eff.*/decision"):
        if len(road.failures) > before:
            raise NotComputed("the tests of an endpoint could not be computed")
        family(road, deciding)


@declare.second("eff.further.*", what="the further analyses")
def further_analyses(road: Road) -> None:
    """What is repeated in another set or phase, or of other data; it decides nothing."""
    data = changes(road)
    for e in road.study.endpoints:
        for one in e.further:
            name, analysis = further_name(e, one), f"eff.further.{one.id}"
            with road.attempt(f"the further analysis {one.id} of {e.paramcd}", f"{analysis}/*/{e.paramcd}/*"):
                if e.comparison == "none":
                    repeated_within(road, e.as_in(one), analysis, name, data)
                elif e.kind == "binary":
                    proportion.compared(road, e.as_in(one), analysis, name)
                else:
                    compare(road, e.as_in(one), analysis, name)
