"""The family of hypotheses a second time: adjusted p-values from the procedures' definitions, and the decisions.

Not here: the p-values of the family (`hypotheses`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from trial_report.analysis.verify.exact import NAN
from trial_report.analysis.verify.road import Road
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.measures import Endpoint

Hypothesis = tuple[str, str, str]
"""PARAMCD, visit, group."""
SOLVED = 1e-7


def adjusted(p_values: list[float], procedure: str) -> list[float]:
    """Adjusted p-values in the order given, from the definitions of the procedures; NaN where p does not exist."""
    known = [(p, i) for i, p in enumerate(p_values) if not math.isnan(p)]
    out = [NAN] * len(p_values)
    m = len(known)
    if procedure == "bonferroni":
        for p, i in known:
            out[i] = min(1.0, m * p)
    elif procedure == "holm":
        for rank, (_, i) in enumerate(sorted(known)):
            out[i] = min(1.0, max((m - k) * q for k, (q, _) in enumerate(sorted(known)) if k <= rank))
    elif procedure == "hochberg":
        for rank, (_, i) in enumerate(sorted(known)):
            out[i] = min(1.0, min((m - k) * q for k, (q, _) in enumerate(sorted(known)) if k >= rank))
    else:
        stopped = False
        for i, p in enumerate(p_values):
            stopped = stopped or math.isnan(p)
            out[i] = (NAN if math.isnan(p) else 1.0) if stopped else max(q for q in p_values[: i + 1])
    return out


def family(road: Road, deciding: Mapping[Hypothesis, float]) -> None:
    """Adjusted p-values and decisions; in a fixed sequence what comes after the first that fails is not tested.

    `deciding` has the p-values in the order of the groups. A hypothesis of the order that nothing tests has none.
    """
    study, rule = road.study, road.study.multiplicity
    primary = [e for e in study.endpoints if e.role == "primary" and _is_tested(e)]
    order = list(rule.order) or [(e.paramcd, v) for e in primary for v in study.in_order(e.visits)]
    hypotheses: list[Hypothesis] = []
    for paramcd, visit in order:
        hypotheses += [h for h in deciding if h[:2] == (paramcd, visit)] or [(paramcd, visit, TOTAL)]
    hypotheses = list(dict.fromkeys(hypotheses))
    stopped, rejected, rows = False, 0, []
    if rule.procedure == "none":
        # Without a procedure nothing is decided.
        road.add([row for h in deciding for row in _decision(road, h, NAN, "descriptive") if "text" in row])
        return
    ps = adjusted([deciding.get(h, NAN) for h in hypotheses], rule.procedure)
    for hypothesis, p in zip(hypotheses, ps, strict=True):
        if math.isnan(p) or (rule.procedure == "fixed_sequence" and stopped):
            word = "not tested"
        else:
            word = rule.verdicts[0] if p <= rule.alpha else rule.verdicts[1]
        stopped = stopped or word != rule.verdicts[0]
        rejected += word == rule.verdicts[0]
        if hypothesis in deciding:
            rows += _decision(road, hypothesis, p, word)
    for hypothesis in (h for h in deciding if h not in hypotheses):
        rows += _decision(road, hypothesis, NAN, "descriptive")
    common = {"analysis": "eff.family", "population": study.efficacy_set, "what": "CHG", "grp": TOTAL}
    numbers = {"alpha": rule.alpha, "hypotheses": len(hypotheses), "rejected": rejected}
    rows += [{**common, "statistic": s, "value": v} for s, v in numbers.items()]
    for number, (paramcd, visit, grp) in enumerate(hypotheses, 1):
        place = {**common, "what": paramcd, "avisit": visit, "grp": grp}
        rows.append({**place, "statistic": "position", "value": number})
    road.add(rows)


def _is_tested(e: Endpoint) -> bool:
    """Whether there is a hypothesis of an endpoint: groups are compared, or its change is tested against none."""
    return e.comparison != "none" or (e.kind == "numeric" and e.measure == "change")


def _decision(road: Road, hypothesis: Hypothesis, p: float, word: str) -> list[dict[str, Any]]:
    """The rows of one decision, beside the test that it is about."""
    paramcd, visit, grp = hypothesis
    e = road.study.endpoint(paramcd)
    analysis, level = {
        "none": ("eff.test", None),
        "ancova": ("eff.comparison", "DIFFERENCE"),
        "proportions": ("eff.proportion", "DIFFERENCE"),
    }[e.comparison]
    place = {"analysis": analysis, "population": e.analysis_set, "what": paramcd, "avisit": visit, "grp": grp}
    return [
        {**place, "level": level, "statistic": "p_adjusted", "value": p, "tolerance": SOLVED},
        {**place, "level": level, "statistic": "decision", "text": word},
    ]
