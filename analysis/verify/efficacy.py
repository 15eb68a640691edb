"""Efficacy a second time: values by visit, tests of the change and their family, responders, subgroups, dose.

Not here: comparison of groups (`comparison`, `proportion`), and which hypotheses decide (`hypotheses`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.analysis.verify import exact, ranks
from trial_report.analysis.verify.exact import FloatArray
from trial_report.analysis.verify.family import Hypothesis
from trial_report.analysis.verify.road import Road, places, quoted
from trial_report.schemas.results import join_level
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import Endpoint

MEASURES = {"AVAL": "AVAL", "CHG": "CHG", "PCHG": "PCHG"}
SOLVED = 1e-7
"""Tolerance where one road brackets a root that the other takes from a quantile function."""
NONCENTRAL = 1e-5
"""Tolerance of limits from the noncentral t: the inverse that SciPy has is good to about six digits."""


def numeric(study: StudyDefinition) -> list[Endpoint]:
    """The endpoints that are measured."""
    return [e for e in study.endpoints if e.kind == "numeric"]


def sized(road: Road, analysis: str, endpoints: Iterable[Endpoint]) -> None:
    """The N row of every column, for these endpoints."""
    for pop in {e.analysis_set for e in endpoints}:
        named = ", ".join(quoted(e.paramcd) for e in endpoints if e.analysis_set == pop)
        road.numbers(analysis, pop, f"SELECT what, grp, n FROM eff_size WHERE what IN ({named})")


def limits(road: Road, analysis: str, *, printed: bool = True) -> None:
    """ci_low and ci_high wherever an analysis has n, mean and sd: the t interval of the mean, of enough values."""
    of_n = f"""SELECT DISTINCT value FROM found
        WHERE analysis = {quoted(analysis)} AND statistic = 'n' AND value >= {road.study.inference_from}"""
    sizes = [n for (n,) in road.con.execute(of_n).fetchall()]
    factors = pd.DataFrame({"n": sizes, "q": [exact.t_quantile(n - 1, road.study.confidence_level) for n in sizes]})
    road.con.register("t_factor", factors.astype("float64"))
    same = " AND ".join(f"n.{part} IS NOT DISTINCT FROM m.{part}" for part in ("what", "grp", "avisit", "level"))
    decimals = "m.decimals" if printed else "NULL"
    road.emit(
        f"""WITH own AS (SELECT * FROM found WHERE analysis = {quoted(analysis)})
        SELECT m.analysis, m.population, m.what, m.avisit, m.grp, m.level, unnest(['ci_low', 'ci_high']) AS statistic,
            unnest([m.value - q * s.value / sqrt(n.value), m.value + q * s.value / sqrt(n.value)]) AS value,
            {decimals} AS decimals, {SOLVED} AS tolerance
        FROM own AS n
        JOIN own AS m ON m.statistic = 'mean' AND {same}
        JOIN own AS s ON s.statistic = 'sd' AND {same.replace("m.", "s.")}
        LEFT JOIN t_factor AS t ON t.n = n.value WHERE n.statistic = 'n'"""
    )
    road.con.unregister("t_factor")


@declare.second("eff.by_visit", what="efficacy by visit")
def by_visit(road: Road) -> None:
    """Value, change and percent change of numeric endpoints, yes and no of binary ones, at every visit."""
    study = road.study
    sized(road, "eff.by_visit", study.endpoints)
    changed = "SELECT paramcd FROM eff_cell WHERE kind = 'numeric' AND (measure = 'change' OR {})"
    values = " UNION ALL ".join(
        f"SELECT USUBJID, paramcd AS what, visit AS avisit, {quoted(level)} AS level, {column} AS v FROM eff "
        f"WHERE grp = 'TOTAL' AND {column} IS NOT NULL "
        f"AND paramcd IN ({changed.format(level == 'AVAL')})"
        for level, column in MEASURES.items()
    )
    cells = """SELECT paramcd AS what, visit AS avisit,
        unnest(CASE WHEN role = 'baseline' OR measure = 'value' THEN ['AVAL'] ELSE ['AVAL', 'CHG', 'PCHG'] END)
            AS level, decimals FROM eff_cell WHERE kind = 'numeric'"""
    for pop in {e.analysis_set for e in numeric(study)}:
        named = ", ".join(quoted(e.paramcd) for e in numeric(study) if e.analysis_set == pop)
        own = f"SELECT * FROM ({values}) WHERE what IN ({named})"
        road.describe("eff.by_visit", pop, own, f"SELECT * FROM ({cells}) WHERE what IN ({named})")
    _carried(road)
    # Of a percentage the decimals of the data are not laid down: how many it is printed with is not compared.
    road.con.execute(
        "UPDATE found SET decimals = NULL WHERE analysis = 'eff.by_visit' AND level LIKE 'PCHG%' AND statistic <> 'n'"
    )
    limits(road, "eff.by_visit")
    _proportions(road, "eff.by_visit", "YES", "AVAL = 1", "AVAL IS NOT NULL", "kind = 'binary'", follow_up=False)


def _carried(road: Road) -> None:
    """The last tested visit once more, with carried values, where groups are compared by these."""
    for e in (e for e in numeric(road.study) if e.comparison != "none" and e.comparison_data == "locf"):
        visit = road.study.last_visit(e.visits)
        grps = ", ".join(quoted(g.code) for g in road.study.groups)
        values = road.frame(
            f"""SELECT USUBJID, AVAL, CHG, PCHG FROM carried
            WHERE paramcd = {quoted(e.paramcd)} AND visit = {quoted(visit)} AND grp IN ({grps})"""
        )
        shown = ["AVAL", "CHG", "PCHG"] if e.measure == "change" else ["AVAL"]
        road.con.register("carried", values[["USUBJID", *shown]])
        name = f"{quoted(e.paramcd)} AS what, {quoted(visit)} AS avisit"
        each = [
            f"SELECT USUBJID, {name}, '{m}|LOCF' AS level, {m} AS v FROM carried WHERE NOT isnan({m})" for m in shown
        ]
        cells = " UNION ALL ".join(f"SELECT {name}, '{m}|LOCF' AS level, {e.decimals} AS decimals" for m in shown)
        road.describe("eff.by_visit", e.analysis_set, " UNION ALL ".join(each), cells)
        road.con.unregister("carried")


@declare.second("eff.responder", what="the responders")
def responders(road: Road) -> None:
    """Subjects who met the endpoint's rule, of those in whom it can be applied."""
    ruled = [e for e in road.study.endpoints if e.responder]
    if ruled:
        sized(road, "eff.responder", ruled)
        named = ", ".join(quoted(e.paramcd) for e in ruled)
        rule = f"paramcd IN ({named})"
        _proportions(road, "eff.responder", None, "CRIT1FL = 'Y'", "CRIT1FL IS NOT NULL", rule, follow_up=True)
        _all_of_set(road, [e.paramcd for e in ruled if e.responder and e.responder.missing_is_non_responder])


def _all_of_set(road: Road, paramcds: list[str]) -> None:
    """Responders once more, of everybody in the set: its size less those who did not meet the rule, or may not have."""
    if not paramcds:
        return
    rows = road.con.execute(
        f"""WITH fallen AS (
            SELECT m.paramcd, c.visit, m.grp, m.USUBJID FROM eff_cell AS c JOIN eff_member AS m USING (paramcd)
            ANTI JOIN (SELECT * FROM eff WHERE CRIT1FL = 'Y') AS e
            ON e.paramcd = m.paramcd AND e.visit = c.visit AND e.grp = m.grp AND e.USUBJID = m.USUBJID
        )
        SELECT z.what, z.pop, c.visit, z.grp, z.n, count(DISTINCT f.USUBJID)
        FROM eff_cell AS c JOIN eff_size AS z ON z.what = c.paramcd
        LEFT JOIN fallen AS f ON f.paramcd = c.paramcd AND f.visit = c.visit AND f.grp = z.grp
        WHERE c.role = 'follow-up' AND c.paramcd IN ({", ".join(map(quoted, paramcds))}) GROUP BY ALL"""
    ).fetchall()
    for paramcd, pop, visit, grp, of, fallen in rows:
        place = {"analysis": "eff.responder", "population": pop, "what": paramcd, "avisit": visit, "grp": grp,
                 "level": "ALL OF SET"}  # fmt: skip
        shares = _share(of - fallen, of, road.study.confidence_level)
        road.add({**place, **row} for row in shares if row["statistic"] != "with_value")
        road.add([{**place, "statistic": "N", "value": of, "decimals": 0}])


def _proportions(
    road: Road, analysis: str, level: str | None, yes: str, known: str, which: str, *, follow_up: bool
) -> None:
    role = "AND c.role = 'follow-up'" if follow_up else ""
    rows = road.con.execute(
        f"""SELECT c.paramcd, z.pop, c.visit, z.grp, count(*) FILTER (e.USUBJID IS NOT NULL AND {yes}),
            count(*) FILTER (e.USUBJID IS NOT NULL AND {known})
        FROM eff_cell AS c JOIN eff_size AS z ON z.what = c.paramcd
        LEFT JOIN eff AS e ON e.paramcd = c.paramcd AND e.visit = c.visit AND e.grp = z.grp
        WHERE c.{which} {role} GROUP BY ALL"""
    ).fetchall()
    for paramcd, pop, visit, grp, n, of in rows:
        place = {"analysis": analysis, "population": pop, "what": paramcd, "avisit": visit, "grp": grp, "level": level}
        road.add({**place, **row} for row in _share(n, of, road.study.confidence_level))


def _share(n: int, of: int, level: float) -> list[dict[str, Any]]:
    """The rows of a count of those with a value: both, the percentage and its exact limits."""
    low, high = exact.clopper_pearson(n, of, level)
    found = {
        "n": n,
        "with_value": of,
        "pct": 100 * n / of if of else None,
        "pct_low": 100 * low,
        "pct_high": 100 * high,
    }
    return [
        {"statistic": s, "value": v, "decimals": int(s not in ("n", "with_value")), "tolerance": SOLVED}
        for s, v in found.items()
    ]


def changes(road: Road) -> Mapping[tuple[str, str, str], FloatArray]:
    """What is analysed of every endpoint by parameter, visit and column, in order of subject."""
    frame = road.frame(
        "SELECT paramcd, visit, grp, y FROM eff WHERE y IS NOT NULL ORDER BY paramcd, visit, grp, USUBJID"
    )
    found = frame.groupby(["paramcd", "visit", "grp"])["y"]
    return {(str(k[0]), str(k[1]), str(k[2])): np.asarray(v, float) for k, v in found}


def t_test(values: FloatArray, level: float) -> dict[str, float]:
    """The paired t test as a test of the mean change: closed form, p and limits from the incomplete beta function."""
    n = len(values)
    mean = math.fsum(values) / n if n else exact.NAN
    se = exact.standard_error(values)
    if n >= 2 and se <= 1e-12 * np.abs(values).max():
        # Equal changes: an interval without width, and nothing to test.
        return {
            "n": n,
            "estimate": mean,
            "ci_low": mean,
            "ci_high": mean,
            "se": 0.0,
            **dict.fromkeys(("statistic", "df", "p"), exact.NAN),
        }
    solvable = n >= 2
    t = mean / se if solvable else exact.NAN
    low, high = exact.mean_interval(values, level) if solvable else (exact.NAN, exact.NAN)
    p = exact.t_two_sided(t, n - 1) if solvable else exact.NAN
    df = n - 1 if n >= 2 else exact.NAN
    return {"n": n, "estimate": mean, "ci_low": low, "ci_high": high, "se": se, "statistic": t, "df": df, "p": p}


def decided(e: Endpoint, values: FloatArray, level: float) -> dict[str, float]:
    """Estimate, limits and p of the test that decides for an endpoint."""
    if e.test == "paired_t":
        return t_test(values, level)
    shift = dict(zip(("estimate", "ci_low", "ci_high"), ranks.hodges_lehmann(values, level), strict=True))
    return {**shift, "p": ranks.signed_rank(values)[3]}


def tested_within(e: Endpoint) -> bool:
    """Whether the changes of an endpoint are tested: where no groups are compared, else only if asked for."""
    return e.measure == "change" and (e.comparison == "none" or e.within_groups)


def tests(road: Road, e: Endpoint, data: Mapping[tuple[str, str, str], FloatArray]) -> dict[Hypothesis, float]:
    """Every test of an endpoint's changes within the columns (`data` of `changes`); the p-values that decide."""
    deciding: dict[Hypothesis, float] = {}
    for visit in e.visits if tested_within(e) else ():
        for grp, _ in road.study.columns:
            values = data.get((e.paramcd, visit, grp), np.array([]))
            place = {
                "analysis": "eff.test",
                "population": e.analysis_set,
                "what": e.paramcd,
                "avisit": visit,
                "grp": grp,
            }
            p = _cell(road, e, place, values, road.study.confidence_level)
            if e.comparison == "none" and (grp == TOTAL or road.study.treatment.total is None):
                deciding[e.paramcd, visit, grp] = p
    return deciding


def _cell(road: Road, e: Endpoint, place: Mapping[str, Any], values: FloatArray, level: float) -> float:
    """The rows of one cell; the p-value that decides."""
    t = t_test(values, level)
    used, zeros, statistic, p = ranks.signed_rank(values)
    rank = {"n": len(values), "used": used, "zeros": zeros, "statistic": statistic, "p": p}
    shift = dict(zip(("estimate", "ci_low", "ci_high"), ranks.hodges_lehmann(values, level), strict=True))
    effect = dict(zip(("estimate", "ci_low", "ci_high"), exact.effect_size(values, level), strict=True))
    if len(values) < road.study.inference_from:
        t, shift, effect = ({s: v if s == "n" else exact.NAN for s, v in one.items()} for one in (t, shift, effect))
        rank = {s: v if s in ("n", "used", "zeros") else exact.NAN for s, v in rank.items()}
    named = {e.test, *e.other_tests}
    every: dict[str | None, dict[str, float]] = {"effect": effect}
    if "paired_t" in named:
        every["paired_t"] = t
    if "wilcoxon_signed_rank" in named:
        every |= {"wilcoxon_signed_rank": rank, "hodges_lehmann": shift}
    main = {s: v for s, v in decided(e, values, level).items() if s in ("estimate", "ci_low", "ci_high", "p")}
    if len(values) < road.study.inference_from:
        main = dict.fromkeys(main, exact.NAN)
    more = {"estimate": 1, "ci_low": 1, "ci_high": 1, "se": 2}
    rows = []
    for name, found in {**every, None: main}.items():
        for s, v in found.items():
            decimals = places(e.decimals, more[s]) if s in more and name != "effect" else 0 if s == "n" else None
            rows.append(
                {
                    **{**place, "level": name, "statistic": s, "value": v, "decimals": decimals},
                    "tolerance": NONCENTRAL if name == "effect" else SOLVED,
                }
            )
    road.add(rows)
    return main["p"]


def repeated_within(
    road: Road, e: Endpoint, analysis: str, name: str, data: Mapping[tuple[str, str, str], FloatArray]
) -> None:
    """An endpoint that compares no groups in other subjects (`name` in `data`): what it is in each column by itself."""
    sizes = road.con.execute(f"SELECT grp, n FROM eff_size WHERE what = {quoted(name)}").fetchall()
    of = {"analysis": analysis, "population": e.analysis_set, "what": e.paramcd}
    road.add({**of, "grp": grp, "statistic": "N", "value": n, "decimals": 0} for grp, n in sizes)
    level = road.study.confidence_level
    if e.kind != "binary" and e.measure == "change":
        _at_baseline(road, e, of, name)
    for visit in e.visits:
        for grp, _ in road.study.columns:
            place = {**of, "avisit": visit, "grp": grp}
            if e.kind == "binary":
                road.add({**place, "level": "YES", **row} for row in _yes(road, name, visit, grp))
                continue
            values = data.get((name, visit, grp), np.array([]))
            n = len(values)
            found = {"n": n, "mean": math.fsum(values) / n if n else exact.NAN,
                     "sd": exact.standard_error(values) * math.sqrt(n) if n > 1 else exact.NAN}  # fmt: skip
            enough = n >= road.study.inference_from
            main = decided(e, values, level) if enough else {}
            kept = ("estimate", "ci_low", "ci_high", *(("p",) if e.measure == "change" else ()))
            found |= {s: main.get(s, exact.NAN) for s in kept}
            more = {"n": -e.decimals, "mean": 1, "sd": 2, "estimate": 1, "ci_low": 1, "ci_high": 1}
            road.add(
                {**place, "statistic": s, "value": v, "decimals": places(e.decimals, more[s]) if s in more else None,
                 "tolerance": SOLVED} for s, v in found.items()
            )  # fmt: skip


def _at_baseline(road: Road, e: Endpoint, of: Mapping[str, Any], name: str) -> None:
    """How many of each column have a baseline, its mean and standard deviation."""
    base = road.study.baseline_visit.id
    for grp, _ in road.study.columns:
        n, mean, sd = road.con.execute(
            f"""SELECT count(AVAL), avg(AVAL), stddev_samp(AVAL) FROM eff
            WHERE paramcd = {quoted(name)} AND visit = {quoted(base)} AND grp = {quoted(grp)}"""
        ).fetchall()[0]
        place = {**of, "avisit": base, "grp": grp, "level": "AVAL", "tolerance": SOLVED}
        found = {"n": (n, 0), "mean": (mean, places(e.decimals, 1)), "sd": (sd, places(e.decimals, 2))}
        road.add(
            {**place, "statistic": s, "value": exact.NAN if v is None else v, "decimals": d}
            for s, (v, d) in found.items()
        )


def _yes(road: Road, name: str, visit: str, grp: str) -> list[dict[str, Any]]:
    """How many of a column said yes at a visit, of those with a value, with exact limits."""
    counted = road.con.execute(
        f"""SELECT count(*) FILTER (AVAL = 1), count(AVAL) FROM eff
        WHERE paramcd = {quoted(name)} AND visit = {quoted(visit)} AND grp = {quoted(grp)}"""
    ).fetchall()
    ((n, of),) = counted
    return _share(n, of, road.study.confidence_level)


def texts_of(road: Road, variable: str) -> list[str]:
    """The levels of a characteristic for which the definition names none: the texts of ADSL, sorted."""
    found = road.con.execute(f"SELECT DISTINCT known({variable}) FROM ADSL WHERE known({variable}) IS NOT NULL")
    return sorted(str(text) for (text,) in found.fetchall())


@declare.second("eff.subgroup", what="the subgroups")
def subgroups(road: Road) -> None:
    """The change at the last tested visit in every level of each subgroup variable, all groups together."""
    study = road.study
    primary = [e for e in numeric(study) if e.role == "primary" and e.comparison == "none"]
    if not study.subgroups or not primary:
        return
    sized(road, "eff.subgroup", primary)
    characteristic = {c.variable: c for c in study.characteristics}
    for e in primary:
        visit = study.last_visit(e.visits)
        base = f"""FROM eff AS e WHERE paramcd = {quoted(e.paramcd)} AND grp = 'TOTAL' AND visit = {quoted(visit)}
            AND y IS NOT NULL"""
        name = f"{quoted(e.paramcd)} AS what, {quoted(visit)} AS avisit"
        values, cells = [f"SELECT USUBJID, {name}, 'ALL' AS level, y AS v {base}"], ["'ALL'"]
        for one in study.subgroups:
            of = f"(SELECT known({one.variable}) FROM ADSL AS s WHERE s.USUBJID = e.USUBJID)"
            levels = list(characteristic[one.variable].levels) or texts_of(road, one.variable)
            known = ", ".join(quoted(level) for level in levels) or "NULL"
            shown = f"CASE WHEN {of} IN ({known}) THEN as_level({of}) ELSE 'missing' END"
            values.append(f"SELECT USUBJID, {name}, {quoted(one.variable + '|')} || {shown} AS level, y AS v {base}")
            cells += [quoted(join_level(one.variable, level)) for level in levels]
        every = " UNION ALL ".join(values)
        listed = f"""SELECT {name}, unnest([{", ".join(cells)}]) AS level, {e.decimals} AS decimals
            UNION SELECT what, avisit, level, {e.decimals} FROM v"""
        road.describe("eff.subgroup", e.analysis_set, every, listed)
    if study.treatment.total:
        road.con.execute("DELETE FROM found WHERE analysis = 'eff.subgroup' AND grp <> 'TOTAL' AND statistic <> 'N'")
    limits(road, "eff.subgroup")


@declare.second("eff.dose", what="efficacy by dose")
def dose_response(road: Road) -> None:
    """The change at the last tested visit by group with its planned dose, and the Kruskal–Wallis test over groups."""
    study = road.study
    if len(study.groups) < 2:
        return
    data = changes(road)
    sized(road, "eff.dose", numeric(study))
    for e in numeric(study):
        visit = study.last_visit(e.visits)
        name = f"{quoted(e.paramcd)} AS what, {quoted(visit)} AS avisit, NULL AS level"
        values = f"""SELECT USUBJID, {name}, y AS v FROM eff
            WHERE paramcd = {quoted(e.paramcd)} AND grp = 'TOTAL' AND visit = {quoted(visit)} AND y IS NOT NULL"""
        road.describe("eff.dose", e.analysis_set, values, f"SELECT {name}, {e.decimals} AS decimals")
        place = {"analysis": "eff.dose", "population": e.analysis_set, "what": e.paramcd, "avisit": visit}
        road.add({**place, "grp": g.code, "statistic": "dose", "value": g.dose} for g in study.groups)
        if e.dose_response != "kruskal_wallis":
            continue
        samples = [data.get((e.paramcd, visit, g.code), np.array([])) for g in study.groups]
        several = sum(len(s) >= study.inference_from for s in samples) > 1
        found = kruskal([s for s in samples if len(s)] if several else [])
        road.add({**place, "grp": TOTAL, "statistic": s, "value": v, "tolerance": SOLVED} for s, v in found.items())
    road.con.execute("DELETE FROM found WHERE analysis = 'eff.dose' AND grp = 'TOTAL' AND statistic <> 'N'")
    limits(road, "eff.dose")


def kruskal(samples: list[FloatArray]) -> dict[str, float]:
    """Kruskal–Wallis H with the correction for ties, from its definition over midranks."""
    nothing = {"statistic": exact.NAN, "df": exact.NAN, "p": exact.NAN}
    if len(samples) < 2:
        return nothing
    values = np.concatenate(samples)
    n, ranked = len(values), ranks.midranks(values)
    ties = pd.Series(ranked).value_counts().to_numpy(float)
    correction = 1 - (ties**3 - ties).sum() / (n**3 - n)
    if correction <= 0:
        return nothing
    ends = np.cumsum([len(s) for s in samples])
    sums = sum(r.sum() ** 2 / len(r) for r in np.split(ranked, ends[:-1]))
    h = (12 / (n * (n + 1)) * sums - 3 * (n + 1)) / correction
    df = len(samples) - 1
    return {"statistic": float(h), "df": df, "p": exact.chi_square_tail(float(h), df)}
