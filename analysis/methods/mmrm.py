"""Mixed model for repeated measures: least-squares means by visit and group, with Satterthwaite degrees of freedom.

Not here: maximisation of the likelihood (`reml`), and one visit alone (`lsmeans`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trial_report.analysis.methods.lsmeans import estimates, nuisance_columns
from trial_report.analysis.methods.reml import Covariance, Fit, contrast, fit_reml
from trial_report.analysis.methods.result import NAN, FloatArray, check_level, is_constant, joined


@dataclass(frozen=True)
class Mmrm:
    """`means`: visit, group, n, estimate, se, df, statistic, p (against 0), ci_low, ci_high, warning.

    `differences`: visit, group, reference, and the same columns without n. Both have a row for every visit and group
    asked for. `covariance` is visit × visit, for the visits with values. `structure` is the covariance structure of
    the fit that is reported and `model` the fixed effects in words. Where `converged` is False every estimate is NaN
    and `warning` says why.
    """

    means: pd.DataFrame
    differences: pd.DataFrame
    covariance: pd.DataFrame
    n_values: int
    neg2loglik: float
    converged: bool
    structure: str
    model: str
    warning: str | None = None


def fit_mmrm(
    frame: pd.DataFrame,
    value: str,
    subject: str,
    visit: str,
    visits: Sequence[Any],
    group: str | None = None,
    groups: Sequence[Any] = (),
    covariates: Sequence[str] = (),
    factors: Sequence[str] = (),
    *,
    by_visit: bool = True,
    reference: Any | None = None,
    level: float = 0.95,
    covariance: Covariance = "unstructured",
    fallback: bool = True,
    reml: bool = True,
    further: Sequence[tuple[Any, Any]] = (),
) -> Mmrm:
    """MMRM of `value` (one row a subject and visit) with visit, group and their interaction as fixed effects.

    Without `group` there is one mean a visit. `covariates` are numeric, with a slope for each visit where `by_visit`;
    `factors` are categorical main effects. LS means are at the covariates' mean over the rows used and give factor
    levels equal weight (as SAS LSMEANS and R emmeans). The covariance between the visits of a subject is
    unstructured, the same in all groups, estimated by REML; where that does not converge and `fallback` is set,
    compound symmetry is fitted and `warning` says so. Degrees of freedom: Satterthwaite. Values missing at random
    are left to the likelihood: rows without a value or covariate are dropped, nothing is imputed.

    Differences are group - `reference` (the first of `groups` unless given), then those of the `further` pairs, the
    first of a pair less the second. Raises KeyError for a missing column
    and ValueError where `reference` is not in `groups`. By hand (see `reml`).
    """
    check_level(level)
    names = list(groups) if group is not None else [None]
    against = names[0] if reference is None and names else reference
    if against not in names:
        raise ValueError(f"reference {against!r} is not among the groups")
    wanted = [value, subject, visit, *([group] if group else []), *covariates, *factors]
    used = frame.loc[frame[visit].isin(list(visits)), wanted].dropna()
    if group:
        used = used[used[group].isin(names)]
    shown = [v for v in visits if (used[visit] == v).any()]
    cells = [(v, g) for v in visits for g in names]
    masks = {(v, g): _in_cell(used, visit, v, group, g) for v, g in cells}
    counts = {cell: int(mask.sum()) for cell, mask in masks.items()}
    filled = [cell for cell in cells if counts[cell]]
    x, note = _design(used, visit, shown, [masks[c] for c in filled], covariates, factors, by_visit)
    problem = _unfit(used, value, subject, visit, shown, x)
    fit: Fit | None = None
    structure: str = covariance
    if problem is None:
        y = pd.to_numeric(used[value]).to_numpy(dtype="float64")
        who = pd.factorize(used[subject])[0].astype("int64")
        when = pd.Categorical(used[visit], categories=shown).codes.astype("int64")
        fit = fit_reml(y, x, who, when, len(shown), covariance, reml)
        if not fit.converged and fallback and covariance == "unstructured":
            fit = fit_reml(y, x, who, when, len(shown), "compound symmetry", reml)
            structure = "compound symmetry"
            note = joined(note, "the unstructured covariance did not converge: compound symmetry was used")
        if not fit.converged:
            problem = "not estimable: the model did not converge"
    rows = {cell: _contrast(fit, i, None, x.shape[1]) for i, cell in enumerate(filled)}
    means = pd.DataFrame(
        {
            "visit": pd.Series([v for v, _ in cells], dtype=object),
            "group": pd.Series([g for _, g in cells], dtype=object),
            "n": [counts[cell] for cell in cells],
        }
    )
    means = estimates(means, [rows.get(c) for c in cells], level, problem or "not estimable: no values")
    compared = [(v, g, against) for v, g in cells if g != against]
    compared += [(v, one, other) for v in visits for one, other in further]
    pairs = [
        _contrast(fit, filled.index((v, g)), filled.index((v, other)), x.shape[1])
        if (v, g) in filled and (v, other) in filled
        else None
        for v, g, other in compared
    ]
    differences = pd.DataFrame(
        {
            "visit": pd.Series([v for v, _, _ in compared], dtype=object),
            "group": pd.Series([g for _, g, _ in compared], dtype=object),
            "reference": pd.Series([other for _, _, other in compared], dtype=object),
        }
    )
    differences = estimates(differences, pairs, level, problem or "not estimable: a group has no values")
    sigma = fit.sigma if fit is not None and fit.converged else np.full((len(shown), len(shown)), np.nan)
    return Mmrm(
        means=means,
        differences=differences,
        covariance=pd.DataFrame(sigma, index=list(shown), columns=list(shown)),
        n_values=len(used),
        neg2loglik=_deviance(fit, used, factors, reml),
        converged=problem is None,
        structure=structure,
        model=_model_text(visit, group, covariates, factors, by_visit),
        warning=joined(problem, note),
    )


def _deviance(fit: Fit | None, used: pd.DataFrame, factors: Sequence[str], reml: bool) -> float:
    """-2 log likelihood; by REML it depends on the coding of the factors: that of R's and SAS's reference cells.

    A factor with k levels has k as the determinant from reference-cell to sum-to-zero columns.
    """
    if fit is None or not fit.converged:
        return NAN
    coding = 2 * sum(float(np.log(used[name].nunique())) for name in factors) if reml else 0.0
    return fit.neg2loglik - coding


def _in_cell(used: pd.DataFrame, visit: str, at: Any, group: str | None, name: Any) -> FloatArray:
    mask = used[visit] == at
    if group:
        mask &= used[group] == name
    return mask.to_numpy(dtype="float64")


def _design(
    used: pd.DataFrame,
    visit: str,
    shown: Sequence[Any],
    cells: Sequence[FloatArray],
    covariates: Sequence[str],
    factors: Sequence[str],
    by_visit: bool,
) -> tuple[FloatArray, str | None]:
    """One column a cell, so that a coefficient is an LS mean; then covariates (by visit) and factors."""
    slopes, first = nuisance_columns(used, covariates, ())
    levels, second = nuisance_columns(used, (), factors)
    if by_visit and slopes.shape[1]:
        at = [(used[visit] == v).to_numpy(dtype="float64")[:, None] for v in shown]
        slopes = np.hstack([slopes * mask for mask in at])
    columns = np.column_stack(cells) if cells else np.empty((len(used), 0))
    return np.hstack([columns, slopes, levels]), joined(first, second)


def _contrast(fit: Fit | None, i: int, against: int | None, p: int) -> tuple[float, float, float] | None:
    if fit is None:
        return None
    c = np.zeros(p)
    c[i] = 1.0
    if against is not None:
        c[against] = -1.0
    found = contrast(fit, c)
    return found if np.isfinite(found).all() else None


def _unfit(used: pd.DataFrame, value: str, subject: str, visit: str, shown: Sequence[Any], x: FloatArray) -> str | None:
    if len(used) == 0:
        return "not estimable: no values"
    if used.duplicated([subject, visit]).any():
        return "not estimable: a subject has two values at one visit"
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return "not estimable: the terms of the model cannot be told apart in these data"
    y = pd.to_numeric(used[value]).to_numpy(dtype="float64")
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    largest = float(np.max(np.abs(y)))
    for at in shown:
        here = (used[visit] == at).to_numpy()
        if here.sum() <= np.linalg.matrix_rank(x[here]):
            return f"not estimable: too few values at {at}"
        if is_constant(y[here]) or float(np.max(np.abs(residual[here]))) <= 1e-10 * largest:
            return f"not estimable: no spread at {at}"
    return None


def _model_text(
    visit: str, group: str | None, covariates: Sequence[str], factors: Sequence[str], by_visit: bool
) -> str:
    terms = [visit, *([group, f"{group} × {visit}"] if group else [])]
    for name in covariates:
        terms += [name, f"{name} × {visit}"] if by_visit else [name]
    return " + ".join([*terms, *factors])
