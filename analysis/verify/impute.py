"""Multiple imputation a second time: chained equations, Rubin's rules, and what runs of the same size differ by.

What multiple imputation gives differs from run to run. Ours is run `BATCHES` times with as many imputations as the
definition asks for; the other road must lie within `SPREAD` standard deviations of those runs of their mean.

Not here: which data are imputed (`missing`), and models of groups (`missing_compared`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trial_report.analysis.verify.exact import NAN, FloatArray
from trial_report.analysis.verify.family import SOLVED

BATCHES, SPREAD = 20, 6.2
CYCLES = 10
FEWEST = 3
"""Values that a visit must have for the others to be imputed."""
ANOTHER_SEED = 7919


@dataclass(frozen=True)
class Incomplete:
    """What is imputed: `x` (subjects × predictors that are known), `y` (subjects × visits, missing where not seen)."""

    x: FloatArray
    y: FloatArray

    @property
    def absent(self) -> NDArray[np.bool_]:
        return np.asarray(np.isnan(self.y))

    @property
    def rich(self) -> list[int]:
        """The visits with enough values to be imputed."""
        return [int(j) for j in np.flatnonzero((~self.absent).sum(axis=0) >= FEWEST)]

    @property
    def is_monotone(self) -> bool:
        """Whether nobody has a value after a missing one, at the visits that can be imputed."""
        absent = self.absent[:, self.rich]
        return not (absent[:, :-1] & ~absent[:, 1:]).any()


def impute(data: Incomplete, imputations: int, seed: int) -> FloatArray:
    """imputations × subjects × visits: a visit is normal given predictors and other visits, the prior noninformative.

    Monotone: one pass, each visit given the earlier ones; else chained equations. All imputations at once. A visit
    with fewer than three values is not imputed; one with few values is given as many visits, the nearest first, as
    leave a degree of freedom.
    """
    rng = np.random.Generator(np.random.MT19937(seed))
    absent, rich, monotone = data.absent, data.rich, data.is_monotone
    filled = np.broadcast_to(data.y, (imputations, *data.y.shape)).copy()
    for j in rich:
        known = data.y[~absent[:, j], j]
        filled[:, absent[:, j], j] = rng.choice(known, (imputations, int(absent[:, j].sum())))
    before = np.column_stack([np.ones(len(data.x)), data.x])
    known_part = np.broadcast_to(before, (imputations, *before.shape))
    for _ in range(1 if monotone else CYCLES):
        for j in (one for one in rich if absent[:, one].any()):
            others = [i for i in rich if (i < j if monotone else i != j)]
            most = max(int((~absent[:, j]).sum()) - 2 - before.shape[1], 0)
            others = sorted(others, key=lambda i: abs(i - j))[:most]
            x = np.concatenate([known_part, filled[:, :, others]], axis=2)
            filled[:, absent[:, j], j] = _draw(x, filled[:, :, j], ~absent[:, j], rng)
    return filled


def _draw(x: FloatArray, y: FloatArray, seen: NDArray[np.bool_], rng: np.random.Generator) -> FloatArray:
    """Values from the posterior predictive distribution of a normal linear model with the prior 1/variance."""
    fitted, wanted, known = x[:, seen], x[:, ~seen], y[:, seen]
    # Columns that say the same (a baseline that all share) count once: the inverse is the generalized one.
    values, vectors = np.linalg.eigh(np.einsum("mni,mnj->mij", fitted, fitted))
    real = values > 1e-12 * values.max(axis=1, keepdims=True)
    inverse = np.where(real, 1 / np.where(real, values, 1.0), 0.0)
    beta = np.einsum("mik,mk,mjk,mnj,mn->mi", vectors, inverse, vectors, fitted, known, optimize=True)
    rest = ((known - np.einsum("mni,mi->mn", fitted, beta)) ** 2).sum(axis=1)
    sigma = np.sqrt(rest / rng.chisquare(np.maximum(fitted.shape[1] - real.sum(axis=1), 1)))
    noise = np.sqrt(inverse) * rng.standard_normal(beta.shape)
    beta = beta + sigma[:, None] * np.einsum("mik,mk->mi", vectors, noise)
    return np.einsum("mni,mi->mn", wanted, beta) + sigma[:, None] * rng.standard_normal(wanted.shape[:2])


def rubin(estimates: FloatArray, variances: FloatArray, complete: float, level: float) -> dict[str, FloatArray]:
    """Rubin's rules (1987) of runs × imputations; degrees of freedom of Barnard and Rubin (1999), `complete` those of
    the complete data. Estimate, se, limits, df and p of each run.
    """
    m = estimates.shape[1]
    within, between = variances.mean(axis=1), estimates.var(axis=1, ddof=1)
    total = within + (1 + 1 / m) * between
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (1 + 1 / m) * between / total
        old = np.where(share > 0, (m - 1) / share**2, np.inf)
        observed = (complete + 1) / (complete + 3) * complete * (1 - share)
        df = np.where(np.isinf(old), observed, 1 / (1 / old + 1 / observed))
        estimate, se = estimates.mean(axis=1), np.sqrt(total)
        half = stats.t.isf((1 - level) / 2, df) * se
        p = 2 * stats.t.sf(np.abs(estimate / se), df)
    return {"estimate": estimate, "se": se, "ci_low": estimate - half, "ci_high": estimate + half, "df": df, "p": p}


def pool(values: FloatArray, level: float) -> dict[str, FloatArray]:
    """Rubin's rules for the mean of one sample: runs × imputations × n."""
    n = values.shape[2]
    if n < 2:
        return dict.fromkeys(("estimate", "se", "ci_low", "ci_high", "df", "p"), np.full(len(values), NAN))
    return rubin(values.mean(axis=2), values.var(axis=2, ddof=1) / n, n - 1, level)


def centre(values: FloatArray) -> dict[str, float]:
    """The mean over the runs, and as tolerance what separate runs of the same size differ by."""
    middle = float(values.mean())
    spread = SPREAD * float(values.std(ddof=1)) * math.sqrt(1 + 1 / BATCHES)
    return {"value": middle, "tolerance": spread / max(1.0, abs(middle)) + SOLVED}
