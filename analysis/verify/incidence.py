"""Comparisons of counts and of baseline a second time: the hypergeometric summed in whole numbers, sums of squares.

Not here: the incidences themselves (`safety`), and proportions of efficacy (`proportion`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from trial_report import declare
from trial_report.analysis.verify.exact import NAN, chi_square_tail
from trial_report.analysis.verify.road import Road, quoted
from trial_report.analysis.verify.subjects import enrolled

SOLVED = 1e-7


@cache
def fisher(a: int, of_a: int, b: int, of_b: int) -> float:
    """Two-sided p of a of `of_a` against b of `of_b`: the tables no more likely than this one, in whole numbers.

    NaN where a group is empty, or nobody or everybody has the event.
    """
    events = a + b
    if not of_a or not of_b or events in (0, of_a + of_b):
        return NAN
    ways = {
        k: math.comb(of_a, k) * math.comb(of_b, events - k) for k in range(max(0, events - of_b), min(of_a, events) + 1)
    }
    # Tables as likely as this one but for rounding count as such, as everywhere.
    within = sum(w for w in ways.values() if w * 10**7 <= ways[a] * (10**7 + 1))
    return within / math.comb(of_a + of_b, events)


def freeman_halton(hits: Sequence[int], sizes: Sequence[int]) -> float:
    """Two-sided p of who has something over several groups, in whole numbers: `fisher` for any number of them."""
    kept = [(hit, size) for hit, size in zip(hits, sizes, strict=True) if size]
    events, n = sum(hit for hit, _ in kept), sum(size for _, size in kept)
    if len(kept) < 2 or events in (0, n):
        return NAN
    # Events still to be given to a group, with the ways so far → how many tables are so.
    states = Counter({(events, 1): 1})
    for _, size in kept:
        following: Counter[tuple[int, int]] = Counter()
        for (left, ways), times in states.items():
            for k in range(min(left, size) + 1):
                following[left - k, ways * math.comb(size, k)] += times
        states = following
    seen = math.prod(math.comb(size, hit) for hit, size in kept)
    done = ((ways, times) for (left, ways), times in states.items() if not left)
    within = sum(ways * times for ways, times in done if ways * 10**7 <= seen * (10**7 + 1))
    return within / math.comb(n, events)


@declare.second("disposition.test", what="the comparison of ends of participation", uses=("disposition",))
def ends(road: Road) -> None:
    """disposition.test: completion and each reason over the groups, from the counts of `disposition`."""
    if not road.study.disposition.tests:
        return
    own = "SELECT * FROM found WHERE analysis = 'disposition'"
    counts = road.con.execute(
        f"""SELECT n.population, n.what, n.level, list(CAST(n.value AS INTEGER)), list(CAST(s.value AS INTEGER))
        FROM ({own} AND statistic = 'n') AS n JOIN ({own} AND statistic = 'N') AS s USING (population, grp)
        WHERE n.grp <> 'TOTAL' AND (n.level = 'COMPLETED' OR n.what = 'DCSREAS') GROUP BY ALL"""
    ).fetchall()
    for pop, what, level, hits, sizes in counts:
        place = {"analysis": "disposition.test", "population": pop, "what": what, "grp": "TOTAL", "level": level}
        road.add([{**place, "statistic": "p", "value": freeman_halton(hits, sizes), "tolerance": SOLVED}])


@declare.second(
    "disposition.milestone.test", what="the comparison of milestones", needs=("DS",), uses=("disposition.milestone",)
)
def milestones(road: Road) -> None:
    """disposition.milestone.test: as `ends`, up to each milestone."""
    if not road.study.disposition.tests:
        return
    own = "SELECT * FROM found WHERE analysis = 'disposition.milestone'"
    counts = road.con.execute(
        f"""SELECT n.population, n.what, n.avisit, n.level, list(CAST(n.value AS INTEGER)),
            list(CAST(s.value AS INTEGER))
        FROM ({own} AND statistic = 'n') AS n
        JOIN ({own} AND statistic = 'N') AS s USING (population, grp, avisit)
        WHERE n.grp <> 'TOTAL' AND (n.level = 'COMPLETED' OR n.what = 'DCSREAS') GROUP BY ALL"""
    ).fetchall()
    for pop, what, visit, level, hits, sizes in counts:
        place = {"analysis": "disposition.milestone.test", "population": pop, "what": what, "avisit": visit}
        place |= {"grp": "TOTAL", "level": level, "statistic": "p"}
        road.add([{**place, "value": freeman_halton(hits, sizes), "tolerance": SOLVED}])


@declare.second("sets.test", what="the comparison of membership in the analysis sets", uses=("sets",))
def membership(road: Road) -> None:
    """sets.test: who of the enrolled is in a set, over the groups by the treatment variable of the enrolled."""
    for one in (s for s in road.study.analysis_sets if s.test):
        counts = road.con.execute(
            f"""SELECT list(n), list(of) FROM (
                SELECT m.grp, count(*) FILTER (a.{one.flag} = 'Y') AS n, count(*) AS of
                FROM member AS m JOIN ADSL AS a USING (USUBJID)
                WHERE m.pop = {quoted(enrolled(road.study))} AND m.grp <> 'TOTAL' GROUP BY m.grp)"""
        ).fetchall()
        hits, sizes = counts[0] if counts and counts[0][0] else ([], [])
        place = {"analysis": "sets.test", "population": one.id, "what": "USUBJID", "grp": "TOTAL", "statistic": "p"}
        road.add([{**place, "value": freeman_halton(hits, sizes), "tolerance": SOLVED}])


COMPARED = {
    ("ae.soc_pt", "AEDECOD"): "ae.compare",
    ("ae.serious", "AEDECOD"): "ae.compare.serious",
    ("ae.overview", "USUBJID"): "ae.compare",
    ("ae.deaths", "DTHFL"): "ae.compare",
}
"""Counts (analysis and what was counted) → the analysis that sets them against control."""


@declare.second("ae.compare*", what="the comparison of adverse events with control", needs=("AE",), uses=("ae.*",))
def against_control(road: Road) -> None:
    """ae.compare: every group against control, from the counts of events by class, term and kind, and of deaths."""
    control = road.study.adverse_events.compare_with
    for (analysis, what), compared in COMPARED.items() if control else ():
        own = f"SELECT * FROM found WHERE analysis = {quoted(analysis)} AND what = {quoted(what)}"
        counts = road.con.execute(
            f"""WITH n AS ({own} AND statistic = 'n'), size AS ({own} AND statistic = 'N')
            SELECT n.population, n.grp, n.level, n.value, s.value, c.value, d.value
            FROM n JOIN n AS c ON c.level = n.level AND c.grp = $1
            JOIN size AS s ON s.grp = n.grp JOIN size AS d ON d.grp = c.grp
            WHERE n.grp NOT IN ($1, 'TOTAL')""",
            [control],
        ).fetchall()
        for pop, grp, level, *numbers in counts:
            place = {"analysis": compared, "population": pop, "what": what, "grp": grp, "level": level}
            p = fisher(*(int(v) for v in numbers))
            road.add([{**place, "statistic": "p", "value": p, "tolerance": SOLVED}])


@declare.second("baseline.test", what="the comparison of baseline characteristics")
def baseline(road: Road) -> None:
    """baseline.test: F of numbers and chi-square of classes over the groups."""
    study = road.study
    if not study.baseline.tests or len(study.groups) < 2:
        return
    codes = ", ".join(quoted(g.code) for g in study.groups)
    for pop in dict.fromkeys((study.safety_set, study.efficacy_set)):
        group = study.treatment_variable(pop)
        flag = study.analysis_set(pop).flag
        for item in study.characteristics:
            value = item.variable if item.kind == "continuous" else f"known({item.variable})"
            frame = road.frame(
                f"""SELECT {group} AS grp, {value} AS v FROM ADSL
                WHERE {flag} = 'Y' AND {group} IN ({codes}) AND {value} IS NOT NULL ORDER BY USUBJID"""
            )
            statistic, p = _f_test(frame) if item.kind == "continuous" else _chi_square(frame)
            place = {"analysis": "baseline.test", "population": pop, "what": item.variable, "grp": "TOTAL"}
            values = {"statistic": statistic, "p": p}
            road.add({**place, "statistic": s, "value": v, "tolerance": SOLVED} for s, v in values.items())


def _f_test(frame: pd.DataFrame) -> tuple[float, float]:
    """F: mean square between the groups by that within them; its tail by the incomplete beta function."""
    groups = [part.to_numpy(float) for _, part in frame.groupby("grp")["v"]]
    between, within = len(groups) - 1, len(frame) - len(groups)
    if between < 1 or within < 1:
        return NAN, NAN
    middle = math.fsum(frame["v"].astype(float)) / len(frame)
    inside = math.fsum(float(((g - g.mean()) ** 2).sum()) for g in groups)
    if inside <= 1e-20 * max(1.0, middle**2):
        return NAN, NAN
    f = math.fsum(len(g) * (g.mean() - middle) ** 2 for g in groups) / between / (inside / within)
    return f, float(stats.beta.cdf(within / (within + between * f), within / 2, between / 2))


def _chi_square(frame: pd.DataFrame) -> tuple[float, float]:
    """Pearson's chi-square: observed less expected counts, squared, by expected."""
    if frame["grp"].nunique() < 2 or frame["v"].nunique() < 2:
        return NAN, NAN
    seen = pd.crosstab(frame["grp"], frame["v"]).to_numpy(float)
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / seen.sum()
    statistic = float(((seen - expected) ** 2 / expected).sum())
    return statistic, chi_square_tail(statistic, (seen.shape[0] - 1) * (seen.shape[1] - 1))
