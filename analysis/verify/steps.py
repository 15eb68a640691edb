"""Shifts of ordinal endpoints a second time: pairs of baseline and value, counted by the database.

Not here: shifts of laboratory values (`shifts`), and scores that are analysed as numbers (`categories`).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from trial_report import declare
from trial_report.analysis.verify import exact
from trial_report.analysis.verify.efficacy import SOLVED, sized
from trial_report.analysis.verify.exact import NAN
from trial_report.analysis.verify.road import Road, quoted
from trial_report.schemas.study.measures import Endpoint


@declare.second("eff.shift", what="the shifts of ordinal endpoints")
def steps(road: Road) -> None:
    """Every pair of levels at the tested visits, and the sign of the step, with exact limits."""
    ordinal = [e for e in road.study.endpoints if e.kind == "ordinal"]
    if ordinal:
        sized(road, "eff.shift", ordinal)
    for e in ordinal:
        for visit in e.visits:
            found = road.con.execute(
                f"""SELECT grp, BASE, AVAL FROM eff WHERE paramcd = {quoted(e.paramcd)} AND visit = {quoted(visit)}
                AND BASE IS NOT NULL AND AVAL IS NOT NULL"""
            ).fetchall()
            _visit(road, e, visit, [(str(grp), float(base), float(value)) for grp, base, value in found])


def _visit(road: Road, e: Endpoint, visit: str, found: list[tuple[str, float, float]]) -> None:
    names = {float(level): str(level) for level in e.levels}
    there = {names.get(value, "OTHER") for _, base, after in found for value in (base, after)}
    levels = [*names.values(), *({"OTHER"} & there)]
    for grp, _ in road.study.columns:
        own = [(base, after) for code, base, after in found if code == grp]
        of = len(own)
        place: dict[str, Any] = {
            "analysis": "eff.shift", "population": e.analysis_set, "what": e.paramcd, "avisit": visit, "grp": grp,
        }  # fmt: skip
        road.add([{**place, "statistic": "n", "value": of, "decimals": 0}])
        pairs = Counter(f"{names.get(base, 'OTHER')}|{names.get(after, 'OTHER')}" for base, after in own)
        signs = Counter((after > base) - (after < base) for base, after in own)
        counts = {f"{one}|{two}": pairs[f"{one}|{two}"] for one in levels for two in levels}
        for level, n in counts.items():
            road.add(_count({**place, "level": level}, n, of))
        for level, sign in (("LOWER", -1), ("SAME", 0), ("HIGHER", 1)):
            at = {**place, "level": level}
            low, high = exact.clopper_pearson(signs[sign], of, road.study.confidence_level)
            limits = {"pct_low": 100 * low, "pct_high": 100 * high}
            road.add(_count(at, signs[sign], of))
            road.add({**at, "statistic": s, "value": v, "decimals": 1, "tolerance": SOLVED} for s, v in limits.items())


def _count(place: dict[str, Any], n: int, of: int) -> list[dict[str, Any]]:
    return [
        {**place, "statistic": "n", "value": n, "decimals": 0},
        {**place, "statistic": "pct", "value": 100 * n / of if of else NAN, "decimals": 1},
    ]
