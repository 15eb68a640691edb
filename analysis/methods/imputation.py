"""Multiple imputation of repeated measurements by Bayesian linear regression, and Rubin's rules.

Not here: models fitted to imputed data (`imputed_ancova`), and the tipping point (`missing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from trial_report.analysis.methods.result import NAN, FloatArray, check_level, joined

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Imputed:
    """`values`: imputations × subjects × visits, complete except for subjects left out; `missing`: subjects × visits.

    `subjects` is the index of the frame given, `visits` its columns; `others` says in words which visits each was
    regressed on, and `model` all that was fitted.
    """

    values: FloatArray
    missing: BoolArray
    subjects: pd.Index
    visits: tuple[str, ...]
    imputations: int
    seed: int | Sequence[int]
    others: str
    predictors: tuple[str, ...] = ()
    warning: str | None = None

    @property
    def model(self) -> str:
        """What was fitted, in words."""
        return f"Bayesian linear regression of each visit on {', '.join([*self.predictors, self.others])}"

    def kept(self, visit: str) -> BoolArray:
        """Which subjects have a value in every imputation at a visit.

        Nobody where a value is missing that could not be imputed: what was observed alone is no imputation.
        """
        known: BoolArray = np.asarray(np.isfinite(self.values).all(axis=0))
        kept = known[:, self.visits.index(visit)]
        return np.zeros_like(kept) if (known.any(axis=1) & ~kept).any() else kept

    def at(self, visit: str) -> tuple[FloatArray, BoolArray]:
        """Of one visit: values (imputations × subjects kept) and which subjects' values are imputed (those kept)."""
        i, kept = self.visits.index(visit), self.kept(visit)
        return self.values[:, kept, i], self.missing[kept, i]


@dataclass(frozen=True)
class Pooled:
    """Rubin's rules: `within`, `between` and `total` variance, `fmi` the fraction of missing information."""

    estimate: float = NAN
    se: float = NAN
    df: float = NAN
    statistic: float = NAN
    p: float = NAN
    ci_low: float = NAN
    ci_high: float = NAN
    within: float = NAN
    between: float = NAN
    total: float = NAN
    fmi: float = NAN
    imputations: int = 0
    level: float = 0.95
    warning: str | None = None


def impute(
    wide: pd.DataFrame,
    visits: Sequence[str],
    predictors: Sequence[str] = (),
    imputations: int = 100,
    seed: int | Sequence[int] = 20240101,
    cycles: int = 10,
) -> Imputed:
    """Impute the columns `visits` (in time order) of `wide`, one row a subject.

    Model: a visit is normal given `predictors` (numeric: baseline, dummies of the group) and other visits, linear,
    with the noninformative prior; parameters and then values are drawn (Rubin 1987, p. 167; the norm method of R's
    mice). Monotone missingness: one pass, each visit given the earlier ones. Otherwise chained equations, each visit
    given all others, `cycles` rounds. Missing at random is assumed. A visit with too few values for all predictors
    keeps the nearest visits. Draws come from numpy's PCG64 with `seed`, so the same call gives the same values. By
    hand: statsmodels' MICE has no draw of the error variance.

    Subjects with a missing predictor are left out (NaN throughout) with a warning; a visit with fewer than three
    values is not imputed. Raises KeyError for a missing column and ValueError for fewer than one imputation.
    """
    if imputations < 1:
        raise ValueError("at least one imputation is needed")
    y = wide.loc[:, list(visits)].apply(pd.to_numeric).to_numpy(dtype="float64", na_value=np.nan)
    base = wide.loc[:, list(predictors)].apply(pd.to_numeric).to_numpy(dtype="float64", na_value=np.nan)
    missing = np.isnan(y)
    usable = np.isfinite(base).all(axis=1)
    notes = []
    if not usable.all():
        notes.append(f"{int((~usable).sum())} subjects without {', '.join(predictors)} left out")
    seen = (~missing[usable]).sum(axis=0)
    poor = [j for j in range(y.shape[1]) if seen[j] < 3]
    if poor:
        notes.append(f"not imputed, fewer than three values: {', '.join(str(visits[j]) for j in poor)}")
    order = [j for j in range(y.shape[1]) if j not in poor]
    monotone = _is_monotone(missing[usable][:, order])
    rng = np.random.default_rng(seed)
    values = np.full((imputations, *y.shape), np.nan)
    start, gaps = y[usable], missing[usable]
    for m in range(imputations):
        values[m, usable] = _one(start, gaps, base[usable], order, monotone, cycles, rng)
    text = "earlier visits" if monotone else f"all other visits (chained equations, {cycles} cycles)"
    return Imputed(
        values=values,
        missing=missing,
        subjects=wide.index,
        visits=tuple(visits),
        imputations=imputations,
        seed=seed,
        others=text,
        predictors=tuple(predictors),
        warning=joined(*notes),
    )


def side_by_side(parts: Sequence[Imputed]) -> Imputed:
    """Imputations of different subjects, at the same visits and as many of each, as one."""
    first = parts[0]
    return Imputed(
        values=np.concatenate([part.values for part in parts], axis=1),  # noqa: PD011 - no pandas
        missing=np.concatenate([part.missing for part in parts]),
        subjects=first.subjects.append([part.subjects for part in parts[1:]]),
        visits=first.visits,
        imputations=first.imputations,
        seed=first.seed,
        others=" or ".join(dict.fromkeys(part.others for part in parts)),
        predictors=first.predictors,
        warning=joined(*(part.warning for part in parts)),
    )


def rubin(
    estimates: ArrayLike,
    variances: ArrayLike,
    df_complete: float = np.inf,
    null: float = 0.0,
    level: float = 0.95,
) -> Pooled:
    """Combine the estimates of the imputations and their squared standard errors, by Rubin's rules.

    Degrees of freedom by Barnard & Rubin 1999 from `df_complete`, those of the analysis without missing values
    (infinite: Rubin 1987). `p` is two-sided, against `null`. By hand. One imputation has no variance between.
    Raises ValueError where the two differ in length.
    """
    check_level(level)
    q, u = np.asarray(estimates, dtype="float64").ravel(), np.asarray(variances, dtype="float64").ravel()
    if q.shape != u.shape:
        raise ValueError("each estimate needs its variance")
    m = int(q.size)
    if m < 2:
        warning = "not estimable: fewer than two imputations"
        return Pooled(float(q[0]) if m else NAN, imputations=m, level=level, warning=warning)
    if not (np.isfinite(q).all() and np.isfinite(u).all()):
        warning = "not estimable: an imputation has no estimate"
        return Pooled(imputations=m, level=level, warning=warning)
    estimate, within, between = float(q.mean()), float(u.mean()), float(q.var(ddof=1))
    total = within + (1 + 1 / m) * between
    if total <= 0:
        warning = "not estimable: all values are equal"
        return Pooled(estimate, 0.0, within=0.0, between=0.0, total=0.0, imputations=m, level=level, warning=warning)
    share = (1 + 1 / m) * between / total
    df = _barnard_rubin(m, share, df_complete)
    se = float(np.sqrt(total))
    statistic = (estimate - null) / se
    reach = float(stats.t.ppf((1 + level) / 2, df)) * se
    increase = share / (1 - share) if share < 1 else np.inf
    fmi = (increase + 2 / (df + 3)) / (increase + 1) if np.isfinite(increase) else 1.0
    return Pooled(
        estimate=estimate,
        se=se,
        df=df,
        statistic=statistic,
        p=float(2 * stats.t.sf(abs(statistic), df)),
        ci_low=estimate - reach,
        ci_high=estimate + reach,
        within=within,
        between=between,
        total=total,
        fmi=float(fmi) if between > 0 else 0.0,
        imputations=m,
        level=level,
    )


def pool_mean(values: FloatArray, null: float = 0.0, level: float = 0.95) -> Pooled:
    """Mean of one sample over imputations × subjects: Rubin's rules on mean and squared SE, n - 1 complete df."""
    n = values.shape[1]
    if n < 2:
        text = "not estimable: no values" if n == 0 else "not estimable: fewer than two values"
        return Pooled(imputations=values.shape[0], level=level, warning=text)
    variance = np.where(np.ptp(values, axis=1) > 0, values.var(axis=1, ddof=1), 0.0) / n
    return rubin(values.mean(axis=1), variance, n - 1, null, level)


def _barnard_rubin(m: int, share: float, complete: float) -> float:
    old = (m - 1) / share**2 if share > 1e-12 else np.inf
    if np.isinf(complete):
        return float(old) if np.isfinite(old) else 1e9
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    if np.isinf(old):
        return float(observed)
    return float(old * observed / (old + observed)) if observed > 0 else float(old)


def _is_monotone(missing: BoolArray) -> bool:
    """Whether nobody has a value after a missing one."""
    return not bool(np.any(missing[:, :-1] & ~missing[:, 1:]))


def _one(
    start: FloatArray,
    gaps: BoolArray,
    base: FloatArray,
    order: Sequence[int],
    monotone: bool,
    cycles: int,
    rng: np.random.Generator,
) -> FloatArray:
    y = start.copy()
    if not monotone:
        for j in order:  # chained equations start from values of other subjects
            if gaps[:, j].any():
                y[gaps[:, j], j] = rng.choice(start[~gaps[:, j], j], int(gaps[:, j].sum()))
    for _ in range(1 if monotone else cycles):
        for j in order:
            gap = gaps[:, j]
            if not gap.any():
                continue
            others = [i for i in order if (i < j if monotone else i != j)]
            # Nearest first: with few values the distant visits are the ones that have to go.
            others.sort(key=lambda i: abs(i - j))
            room = max(int((~gap).sum()) - base.shape[1] - 3, 0)
            x = np.column_stack([np.ones(y.shape[0]), base, y[:, others[:room]]])
            y[gap, j] = _draw(x[~gap], y[~gap, j], x[gap], rng)
    return y


def _draw(x: FloatArray, y: FloatArray, at: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw from the posterior predictive of a normal linear model with the prior 1/variance."""
    beta, _, rank, _ = np.linalg.lstsq(x, y, rcond=None)
    residual = y - x @ beta
    df = max(int(y.size - rank), 1)
    sigma = np.sqrt(float(residual @ residual) / rng.chisquare(df))
    roots, vectors = np.linalg.eigh(np.linalg.pinv(x.T @ x, hermitian=True))
    beta = beta + sigma * (vectors * np.sqrt(np.maximum(roots, 0))) @ rng.standard_normal(beta.size)
    return np.asarray(at @ beta + sigma * rng.standard_normal(at.shape[0]), dtype="float64")
