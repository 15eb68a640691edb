"""Comparison of groups a second time: least squares by the normal equations, in another coding of the same model.

The first road gives every group its own column and centres what else is in the model. Here there is an intercept, the
first group present and the first level of each factor being zero, and least-squares means are put together from them.

Not here: proportions (`proportion`), repeated measures (`repeated`), imputed data (`missing_compared`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from trial_report import declare
from trial_report.analysis.verify.define import condition
from trial_report.analysis.verify.exact import NAN, FloatArray, t_quantile, t_two_sided
from trial_report.analysis.verify.family import SOLVED, Hypothesis
from trial_report.analysis.verify.road import Road, places, quoted
from trial_report.schemas.results import join_level
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Endpoint

ANALYSIS, SUBGROUPS = "eff.comparison", "eff.subgroup_comparison"
OWN = ("USUBJID", "grp", "visit", "y", "AVAL", "CHG", "PCHG", "BASE", "CRIT1FL")
"""What a row of values has beside the variables of ADSL in the model."""


@dataclass(frozen=True)
class Fit:
    """A model that could be fitted: coefficients, inverse of the cross-products, residual variance and its df."""

    beta: FloatArray
    inverse: FloatArray
    variance: float
    df: int

    def of(self, c: FloatArray) -> tuple[float, float]:
        """A combination of the coefficients, and its standard error."""
        return float(c @ self.beta), math.sqrt(self.variance * float(c @ self.inverse @ c))


@dataclass(frozen=True)
class Design:
    """The model's matrix; `groups` are those with values, `mean_of` gives the combination that is a group's mean."""

    x: FloatArray
    y: FloatArray
    groups: list[str]
    average: FloatArray

    def mean_of(self, group: str) -> FloatArray:
        """The coefficients of a group's least-squares mean: covariates at their mean, levels of a factor alike."""
        c = self.average.copy()
        at = self.groups.index(group)
        if at:
            c[at] = 1.0
        return c


def compare(road: Road, e: Endpoint, analysis: str = ANALYSIS, name: str = "") -> dict[Hypothesis, float]:
    """The rows of an endpoint's comparison; the p-value of each difference from control.

    `name` is what the endpoint's data are called in `eff`, its PARAMCD unless given.
    """
    name = name or e.paramcd
    sizes = f"SELECT {quoted(e.paramcd)} AS what, grp, n FROM eff_size WHERE what = {quoted(name)}"
    road.numbers(analysis, e.analysis_set, sizes)
    values = values_of(road, e, name)
    found: dict[Hypothesis, float] = {}
    for visit in e.visits:
        own = values[values["visit"] == visit].dropna(subset=["y", *covariates(e), *e.factors])
        place = {"analysis": analysis, "population": e.analysis_set, "what": e.paramcd, "avisit": visit}
        road.add(_summaries(road, place, e, own))
        found |= {(e.paramcd, visit, code): p for code, p in model(road, e, own, place).items()}
    return found


def model(road: Road, e: Endpoint, own: pd.DataFrame, place: dict[str, Any], level: str = "") -> dict[str, float]:
    """The rows of one model, `level` before their levels; the p-value of each group's difference from control."""
    study = road.study
    codes, before = [g.code for g in study.groups], f"{level}|" if level else ""
    control = e.control or codes[0]
    pairs = [(code, control) for code in codes if code != control]
    if e.pairs == "all":
        rest = [code for code in codes if code != control]
        pairs += [(one, other) for i, one in enumerate(rest) for other in rest[:i]]
    design = design_of(own, codes, e)
    fit = fit_of(design)
    # With fewer values than the definition asks for there is no inference of a group.
    enough = [code for code in codes if (own["grp"] == code).sum() >= study.inference_from]
    for code in codes:
        here = {**place, "grp": code, "level": level or None}
        road.add([{**here, "statistic": "n", "value": int((own["grp"] == code).sum()), "decimals": 0}])
        road.add(_rows(here, e, _mean(fit if code in enough else None, design, code, study.confidence_level)))
    found: dict[str, float] = {}
    for one, other in pairs:
        known = fit and one in enough and other in enough
        c = design.mean_of(one) - design.mean_of(other) if known else None
        difference = estimated(fit, c, study.confidence_level)
        name = f"{before}DIFFERENCE" if other == control else f"{before}DIFFERENCE|{other}"
        road.add(_rows({**place, "grp": one, "level": name}, e, difference))
        if other == control:
            found[one] = difference["p"]
    total = {**place, "grp": "TOTAL", "level": level or None}
    several = len(enough) > 1
    road.add(_rows(total, e, _any_difference(fit if several else None, design)))
    if e.dose_trend:
        dose = {g.code: float(g.dose or 0) for g in study.groups}
        slope = e.dose_trend == "slope" and several
        trend = _slope(design, own["grp"], dose) if slope else _trend(fit if several else None, design, dose)
        road.add(_rows({**total, "level": f"{before}TREND"}, e, trend))
    return found


@declare.second("eff.subgroup_comparison", what="the comparisons in subgroups")
def subgroup_comparisons(road: Road) -> None:
    """The comparison at the last tested visit within each level of every subgroup, and its interaction with group."""
    study = road.study
    levels = {c.variable: c.levels for c in study.characteristics}
    for e in (e for e in study.endpoints if e.role == "primary" and e.kind == "numeric" and e.comparison != "none"):
        if not study.subgroups:
            continue
        sizes = f"SELECT what, grp, n FROM eff_size WHERE what = {quoted(e.paramcd)}"
        road.numbers(SUBGROUPS, e.analysis_set, sizes)
        visit = study.last_visit(e.visits)
        values = values_of(road, e, e.paramcd)
        own = values[values["visit"] == visit].dropna(subset=["y", *covariates(e), *e.factors])
        place = {"analysis": SUBGROUPS, "population": e.analysis_set, "what": e.paramcd, "avisit": visit}
        for one in study.subgroups:
            name = one.variable
            known = road.frame(f"SELECT USUBJID, known(CAST({name} AS VARCHAR)) AS subgroup FROM ADSL")
            joined = own.merge(known, on="USUBJID", how="left")
            shown = list(levels[name]) or sorted(known["subgroup"].dropna().unique())
            for value in shown:
                part = joined[joined["subgroup"] == value]
                level = join_level(name, value)
                road.add(_summaries(road, place, e, part, f"{level}|"))
                model(road, e, part, place, level)
            at = {**place, "grp": "TOTAL", "level": f"{join_level(name)}|INTERACTION"}
            plain = e.model_copy(update={"factors": tuple(f for f in e.factors if f != name)})
            road.add(_rows(at, e, _interaction(joined[joined["subgroup"].isin(shown)], study, plain)))


def _interaction(own: pd.DataFrame, study: StudyDefinition, e: Endpoint) -> dict[str, float]:
    """F of the cells of group and subgroup against the two alone: by how much the residuals' squares fall."""
    none = {"statistic": NAN, "df": NAN, "p": NAN}
    if (own["grp"].value_counts() >= study.inference_from).sum() < 2:
        return none
    design = design_of(own, [g.code for g in study.groups], e)
    present = sorted(own["subgroup"].unique())
    alone = [(own["subgroup"] == one).to_numpy(float) for one in present[1:]]
    crossed = [(own["grp"] == g).to_numpy(float) * s for g in design.groups[1:] for s in alone]
    if not crossed:
        return none
    plain = np.column_stack([design.x, *alone])
    whole = fit_of(Design(np.column_stack([plain, *crossed]), design.y, design.groups, design.average))
    if whole is None:
        return none
    rest = design.y - plain @ np.linalg.lstsq(plain, design.y, rcond=None)[0]
    extra = len(crossed)
    f = (math.fsum(rest**2) / whole.variance - whole.df) / extra
    p = float(stats.beta.cdf(whole.df / (whole.df + extra * f), whole.df / 2, extra / 2))
    return {"statistic": f, "df": whole.df, "p": p}


def _summaries(
    road: Road, place: dict[str, Any], e: Endpoint, own: pd.DataFrame, before: str = ""
) -> list[dict[str, Any]]:
    """What the model is fitted to, in each group; `before` stands before the levels."""
    codes = [g.code for g in road.study.groups]
    return [
        {**row, "level": before + row["level"]}
        for code in codes
        for row in _summary({**place, "grp": code}, e, own[own["grp"] == code])
    ]


def _summary(place: dict[str, Any], e: Endpoint, own: pd.DataFrame) -> list[dict[str, Any]]:
    """Mean, SD, median and range of what the model is fitted to: baseline, value, change."""
    names = [*(["BASE"] if e.base_in_model else []), "AVAL", *(["CHG"] if e.measure == "change" else [])]
    rows = []
    for name in names:
        v = np.sort(own[name].to_numpy(float))
        n = len(v)
        mean = math.fsum(v) / n if n else NAN
        sd = math.sqrt(math.fsum((v - mean) ** 2) / (n - 1)) if n > 1 else NAN
        middle = (v[(n - 1) // 2] + v[n // 2]) / 2 if n else NAN
        low, high = (v[0], v[-1]) if n else (NAN, NAN)
        for s, value, more in (("mean", mean, 1), ("sd", sd, 2), ("median", middle, 1), ("min", low, 0),
                               ("max", high, 0)):  # fmt: skip
            rows.append({**place, "level": name, "statistic": s, "value": value, "decimals": places(e.decimals, more)})
    return rows


def covariates(e: Endpoint) -> list[str]:
    """The numeric covariates of an endpoint's model: the baseline unless it is left out, then the others."""
    return [*(["BASE"] if e.base_in_model else []), *e.covariates]


def values_of(road: Road, e: Endpoint, name: str, measured: str = "y") -> pd.DataFrame:
    """OWN and the model's other variables, a row a subject and visit; of carried values also `is_carried`.

    Records count that have `measured`: what is analysed, unless another column is named.
    """
    grps = ", ".join(quoted(g.code) for g in road.study.groups)
    table = "carried" if e.comparison_data == "locf" else "eff"
    own = f"SELECT * FROM {table} WHERE paramcd = {quoted(name)} AND grp IN ({grps}) AND {measured} IS NOT NULL"
    numbers = [f"TRY_CAST(s.{covariate} AS DOUBLE) AS {covariate}" for covariate in e.covariates]
    factors = [f"{pooled_factor(e, factor)} AS {factor}" for factor in e.factors]
    own_columns = [f"o.{column}" for column in OWN] + (["o.is_carried"] if table == "carried" else [])
    return road.frame(
        f"""SELECT {", ".join([*own_columns, *numbers, *factors])}
        FROM ({own}) AS o JOIN ADSL AS s USING (USUBJID) ORDER BY o.USUBJID"""
    )


def pooled_factor(e: Endpoint, name: str) -> str:
    """A factor; its levels that are too small in some group are one."""
    if not e.pool_below:
        return f"known(s.{name})"
    rule = "TRUE" if e.pool_in else condition(e.only_with_baseline, "a.")
    subjects = f"""SELECT known(a.{name}) AS l, m.grp FROM ADSL AS a JOIN member AS m USING (USUBJID)
        WHERE m.pop = {quoted(e.pool_in or e.analysis_set)} AND m.grp <> 'TOTAL' AND {rule}"""
    small = f"""SELECT l FROM (SELECT DISTINCT l FROM ({subjects})) CROSS JOIN (SELECT DISTINCT grp FROM ({subjects}))
        LEFT JOIN ({subjects}) AS k USING (l, grp) GROUP BY l, grp HAVING count(k.l) < {e.pool_below}"""
    return f"CASE WHEN s.{name} IN ({small}) THEN 'POOLED' ELSE known(s.{name}) END"


def design_of(own: pd.DataFrame, codes: list[str], e: Endpoint) -> Design:
    groups = [code for code in codes if (own["grp"] == code).any()]
    ones = np.ones(len(own))
    columns = [ones, *((own["grp"] == code).to_numpy(float) for code in groups[1:])]
    average = [1.0] + [0.0] * (len(columns) - 1)
    for name in covariates(e):
        values = own[name].to_numpy(float)
        if len(values) and values.max() - values.min() > 1e-12 * np.abs(values).max():
            columns.append(values)
            average.append(float(values.mean()))
    for name in e.factors:
        levels = sorted(own[name].unique())
        columns += [(own[name] == one).to_numpy(float) for one in levels[1:]]
        average += [1 / max(len(levels), 1)] * (len(levels) - 1)
    return Design(np.column_stack(columns), own["y"].to_numpy(float), groups, np.array(average))


def fit_of(design: Design) -> Fit | None:
    """Least squares by the normal equations of scaled columns; None where it cannot be done or nothing varies."""
    x, y = design.x, design.y
    n, k = x.shape
    if n <= k:
        return None
    scale = np.sqrt((x**2).sum(axis=0))
    if not scale.all():
        return None
    cross = (x / scale).T @ (x / scale)
    if np.linalg.eigvalsh(cross).min() < 1e-12:
        return None
    inverse = np.linalg.inv(cross) / np.outer(scale, scale)
    beta = inverse @ (x.T @ y)
    rest = y - x @ beta
    if np.abs(rest).max() <= 1e-9 * max(np.abs(y).max(), 1e-300):
        return None
    return Fit(beta, inverse, math.fsum(rest**2) / (n - k), n - k)


def estimated(fit: Fit | None, c: FloatArray | None, level: float) -> dict[str, float]:
    names = ("estimate", "se", "ci_low", "ci_high", "df", "statistic", "p")
    if fit is None or c is None:
        return dict.fromkeys(names, NAN)
    estimate, se = fit.of(c)
    half, t = t_quantile(fit.df, level) * se, estimate / se
    values = (estimate, se, estimate - half, estimate + half, fit.df, t, t_two_sided(t, fit.df))
    return dict(zip(names, values, strict=True))


def _mean(fit: Fit | None, design: Design, code: str, level: float) -> dict[str, float]:
    c = design.mean_of(code) if fit and code in design.groups else None
    return {name: value for name, value in estimated(fit, c, level).items() if name not in ("df", "statistic", "p")}


def _any_difference(fit: Fit | None, design: Design) -> dict[str, float]:
    """F: how much more the squares of the residuals sum to without the groups, by numerator degree of freedom."""
    extra = len(design.groups) - 1
    if fit is None or extra < 1:
        return {"statistic": NAN, "p": NAN}
    without = np.delete(design.x, range(1, extra + 1), axis=1)
    rest = design.y - without @ np.linalg.lstsq(without, design.y, rcond=None)[0]
    f = (math.fsum(rest**2) / fit.variance - fit.df) / extra
    return {"statistic": f, "p": float(stats.beta.cdf(fit.df / (fit.df + extra * f), fit.df / 2, extra / 2))}


def _trend(fit: Fit | None, design: Design, dose: dict[str, float]) -> dict[str, float]:
    """The t test of the sum of the means, each times its group's dose about the mean dose of the groups."""
    doses = [dose[code] for code in design.groups]
    if fit is None or len(set(doses)) < 2:
        return {"statistic": NAN, "df": NAN, "p": NAN}
    middle = math.fsum(doses) / len(doses)
    c = sum((d - middle) * design.mean_of(code) for d, code in zip(doses, design.groups, strict=True))
    estimate, se = fit.of(np.asarray(c, float))
    return {"statistic": estimate / se, "df": fit.df, "p": t_two_sided(estimate / se, fit.df)}


def _slope(design: Design, groups: pd.Series, dose: dict[str, float]) -> dict[str, float]:
    """The t test of the dose as a covariate, the columns of the groups left out."""
    doses = groups.map(dose).to_numpy(float)
    none = {"statistic": NAN, "df": NAN, "p": NAN}
    if len(set(doses)) < 2:
        return none
    rest = design.x[:, len(design.groups) :]
    fit = fit_of(Design(np.column_stack([design.x[:, 0], doses, rest]), design.y, design.groups, design.average))
    if fit is None:
        return none
    estimate, se = fit.of(np.eye(fit.beta.size)[1])
    return {"statistic": estimate / se, "df": fit.df, "p": t_two_sided(estimate / se, fit.df)}


def _rows(place: dict[str, Any], e: Endpoint, values: dict[str, float]) -> list[dict[str, Any]]:
    more = {"estimate": 1, "ci_low": 1, "ci_high": 1, "se": 2}
    return [
        {**place, "statistic": s, "value": v, "tolerance": SOLVED}
        | ({"decimals": places(e.decimals, more[s])} if s in more else {})
        for s, v in values.items()
    ]
