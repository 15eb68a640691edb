"""Least-squares means by analysis of covariance, and the frames that ANCOVA and MMRM share.

Not here: repeated measures (`mmrm`), and which data are fitted (`analyse.efficacy_compared`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.regression.linear_model import OLS

from trial_report.analysis.methods.result import NAN, FloatArray, TestResult, check_level, joined

NO_DOSES = "not estimable: the groups with values do not differ in dose"


@dataclass(frozen=True)
class Ancova:
    """`means`: group, n, estimate, se, df, statistic, p (both of the mean against 0), ci_low, ci_high, warning.

    `differences`: group, reference, then the same columns without n. `test` is the F test of no group effect, `trend`
    the t test of the linear contrast in the scores that were given (without scores None). Both frames have every group
    asked for; what cannot be estimated is NaN with a warning in its row.
    """

    means: pd.DataFrame
    differences: pd.DataFrame
    test: TestResult
    n: int
    model: str
    warning: str | None = None
    trend: TestResult | None = None


def ancova(
    frame: pd.DataFrame,
    value: str,
    group: str,
    order: Sequence[Any],
    covariates: Sequence[str] = (),
    factors: Sequence[str] = (),
    reference: Any | None = None,
    level: float = 0.95,
    scores: Sequence[float] | None = None,
    further: Sequence[tuple[Any, Any]] = (),
) -> Ancova:
    """Analysis of covariance with `group`, numeric `covariates` and categorical `factors` (statsmodels OLS).

    LS means are at the mean of each covariate among the rows used and give the levels of a factor equal weight.
    Differences are group - `reference` (the first of `order` unless given), then those of the `further` pairs, the
    first of a pair less the second. Rows with a missing part are dropped;
    covariates and factors without spread are left out and said so in `warning`. `scores`, one a group, ask for the
    contrast whose coefficients are the scores about their mean (of the groups with values). Raises KeyError for a
    missing column and ValueError where `reference` is not in `order`.
    """
    check_level(level)
    order = list(order)
    against = order[0] if reference is None and order else reference
    if against not in order:
        raise ValueError(f"reference {against!r} is not among the groups")
    used = frame.loc[frame[group].isin(order), [value, group, *covariates, *factors]].dropna()
    counts = [int((used[group] == name).sum()) for name in order]
    present = [name for name, n in zip(order, counts, strict=True) if n]
    nuisance, note = nuisance_columns(used, covariates, factors)
    x = np.column_stack([(used[group] == name).to_numpy(dtype="float64") for name in present] + [nuisance])
    y = pd.to_numeric(used[value]).to_numpy(dtype="float64") if len(used) else np.empty(0)
    model = " + ".join([group, *covariates, *factors])
    problem = unfit(x, y)
    rows: dict[Any, tuple[float, float, float]] = {}
    test = TestResult(n=len(used), warning=problem)
    pairs = [*((name, against) for name in order if name != against), *further]
    score_of = dict(zip(order, scores, strict=True)) if scores is not None else {}
    trend = TestResult(n=len(used), warning=problem) if score_of else None
    if problem is None:
        fitted = OLS(y, x).fit()
        df = float(fitted.df_resid)
        cov = np.asarray(fitted.cov_params())
        size = len(present)

        def one(c: FloatArray) -> tuple[float, float, float]:
            return float(c @ fitted.params), float(np.sqrt(c @ cov @ c)), df

        unit = np.eye(x.shape[1])
        rows = {name: one(unit[i]) for i, name in enumerate(present)}
        at = {name: unit[i] for i, name in enumerate(present)}
        rows |= {("-", a, b): one(at[a] - at[b]) for a, b in pairs if a in at and b in at}
        if size > 1:
            found = fitted.f_test(unit[1:size] - unit[0])
            test = TestResult(statistic=float(found.fvalue), df_num=size - 1, df=df, p=float(found.pvalue), n=len(used))
        else:
            test = TestResult(n=len(used), warning="not estimable: fewer than two groups with values")
        if score_of:
            known = np.array([score_of[name] for name in present], dtype="float64")
            # Equal scores are not always their mean: that of 0.1, 0.1 and 0.1 is a little more in binary.
            middle = known.mean() if np.ptp(known) else known
            trend = _contrast(one(np.append(known - middle, np.zeros(nuisance.shape[1]))), len(used))
    means = pd.DataFrame({group: order, "n": counts})
    means = estimates(means, [rows.get(name) for name in order], level, problem or "not estimable: no values")
    differences = pd.DataFrame(pairs, columns=[group, "reference"])
    why = problem or "not estimable: a group has no values"
    differences = estimates(differences, [rows.get(("-", *pair)) for pair in pairs], level, why)
    return Ancova(means, differences, test, len(used), model, joined(problem, note), trend)


def dose_slope(
    frame: pd.DataFrame,
    value: str,
    group: str,
    scores: Mapping[Any, float],
    covariates: Sequence[str] = (),
    factors: Sequence[str] = (),
) -> TestResult:
    """The t test of a slope in the groups' scores, a number in place of the groups in the model of `ancova`.

    With three groups or more it is not the contrast of `ancova`: what departs from the line is error here.
    """
    used = frame.loc[frame[group].isin(list(scores)), [value, group, *covariates, *factors]].dropna()
    score = used[group].map(dict(scores)).to_numpy(dtype="float64")
    if np.unique(score).size < 2:
        return TestResult(n=len(used), warning=NO_DOSES if len(used) else "not estimable: no values")
    nuisance, _ = nuisance_columns(used, covariates, factors)
    x = np.column_stack([score - score.mean(), np.ones(len(used)), nuisance])
    y = pd.to_numeric(used[value]).to_numpy(dtype="float64")
    problem = unfit(x, y)
    if problem:
        return TestResult(n=len(used), warning=problem)
    fitted = OLS(y, x).fit()
    return _contrast((float(fitted.params[0]), float(fitted.bse[0]), float(fitted.df_resid)), len(used))


def interaction(
    frame: pd.DataFrame,
    value: str,
    group: str,
    order: Sequence[Any],
    modifier: str,
    covariates: Sequence[str] = (),
    factors: Sequence[str] = (),
) -> TestResult:
    """The F test of group by `modifier`, a categorical variable, beside both in the model of `ancova`.

    Rows with a missing part are dropped. Every group needs values at every level of the modifier that has any.
    """
    used = frame.loc[frame[group].isin(list(order)), [value, group, modifier, *covariates, *factors]].dropna()
    present = [name for name in order if (used[group] == name).any()]
    nuisance, _ = nuisance_columns(used, covariates, [*factors, modifier])
    levels, _ = nuisance_columns(used, (), [modifier])
    groups = np.column_stack([(used[group] == name).to_numpy(dtype="float64") for name in present] or [np.empty(0)])
    products = [groups[:, [i]] * levels for i in range(1, len(present))]
    extra = sum(part.shape[1] for part in products)
    if not extra:
        return TestResult(n=len(used), warning="not estimable: fewer than two groups, or two subgroups, with values")
    x = np.hstack([groups, nuisance, *products])
    y = pd.to_numeric(used[value]).to_numpy(dtype="float64")
    problem = unfit(x, y)
    if problem:
        return TestResult(n=len(used), warning=problem)
    fitted = OLS(y, x).fit()
    found = fitted.f_test(np.eye(x.shape[1])[-extra:])
    df = float(fitted.df_resid)
    return TestResult(statistic=float(found.fvalue), df_num=extra, df=df, p=float(found.pvalue), n=len(used))


def _contrast(found: tuple[float, float, float], n: int) -> TestResult:
    """The t test of a contrast from its estimate, standard error and degrees of freedom."""
    estimate, se, df = found
    if se == 0:
        return TestResult(n=n, warning=NO_DOSES)
    t = estimate / se
    return TestResult(estimate, se, statistic=t, df=df, p=2 * float(stats.t.sf(abs(t), df)), n=n)


def nuisance_columns(
    used: pd.DataFrame, covariates: Sequence[str], factors: Sequence[str]
) -> tuple[FloatArray, str | None]:
    """Columns that are zero at what LS means stand for, and a text naming what was left out for want of spread.

    Covariates are centred at their mean; a factor with k levels gives k - 1 sum-to-zero columns.
    """
    columns: list[FloatArray] = []
    left_out: list[str] = []
    for name in covariates:
        values = pd.to_numeric(used[name]).to_numpy(dtype="float64") if len(used) else np.empty(0)
        if values.size and np.ptp(values) > 1e-12 * np.max(np.abs(values)):
            columns.append(values - values.mean())
        else:
            left_out.append(name)
    for name in factors:
        codes, levels = pd.factorize(used[name], sort=True)
        if len(levels) < 2:
            left_out.append(name)
        last = (codes == len(levels) - 1).astype("float64")
        columns.extend((codes == i).astype("float64") - last for i in range(len(levels) - 1))
    matrix = np.column_stack(columns) if columns else np.empty((len(used), 0))
    note = f"left out of the model, without spread: {', '.join(left_out)}" if left_out and len(used) else None
    return matrix, note


def estimates(
    frame: pd.DataFrame, rows: Sequence[tuple[float, float, float] | None], level: float, why: str
) -> pd.DataFrame:
    """`frame` with estimate, se, df, statistic, p, ci_low, ci_high, warning from (estimate, se, df) a row.

    A row that is None is NaN throughout, with `why` as its warning.
    """
    values = np.array([(NAN, NAN, NAN) if row is None else row for row in rows], dtype="float64").reshape(-1, 3)
    estimate, se, df = values.T
    with np.errstate(all="ignore"):
        statistic = np.where(se > 0, estimate / se, np.nan)
        p = 2 * stats.t.sf(np.abs(statistic), df)
        reach = stats.t.ppf((1 + level) / 2, df) * se
    warnings = [why if np.isnan(e) else None for e in estimate]
    return frame.assign(
        estimate=estimate,
        se=se,
        df=df,
        statistic=statistic,
        p=p,
        ci_low=estimate - reach,
        ci_high=estimate + reach,
        warning=pd.Series(warnings, dtype=object),
    )


def unfit(x: FloatArray, y: FloatArray) -> str | None:
    """Why least squares cannot be done or has no error variance; None where it can."""
    if y.size == 0:
        return "not estimable: no values"
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return "not estimable: the terms of the model cannot be told apart in these data"
    if y.size <= x.shape[1]:
        return "not estimable: no degrees of freedom are left"
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    if float(np.max(np.abs(residual))) <= 1e-10 * max(float(np.max(np.abs(y))), 1e-300):
        return "not estimable: no spread within the groups"
    return None
