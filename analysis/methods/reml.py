"""Gaussian model of repeated measures with a covariance between occasions, by REML or ML.

The computing part of `mmrm`: response, design matrix, subject and occasion indices in, estimates out. By hand,
because no library has it: statsmodels' MixedLM models random effects, with no unstructured residual covariance.
Sources: Jennrich RI, Schluchter MD, Biometrics 1986;42:805–820; Fai AHT, Cornelius PL, J Stat Comput Simul
1996;54:363–378 (Satterthwaite degrees of freedom).

Not here: design, visits and least-squares means (`mmrm`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from trial_report.analysis.methods.result import NAN, FloatArray

Covariance = Literal["unstructured", "compound symmetry"]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Fit:
    """`beta` (p), `v` = Cov(beta) (p × p), `sigma` (occasions × occasions), `neg2loglik` with all constants.

    `theta_cov` is the asymptotic covariance of the covariance parameters and `dv` (parameters × p × p) the
    derivatives of `v`, from which `contrast` takes the degrees of freedom. Where `converged` is False none of it
    may be reported.
    """

    beta: FloatArray
    v: FloatArray
    sigma: FloatArray
    neg2loglik: float
    theta_cov: FloatArray
    dv: FloatArray
    converged: bool


@dataclass(frozen=True)
class _Pattern:
    """Cross-products over the subjects that were observed on the same occasions `at` (k of them).

    xx: k × k × p × p, xy: k × k × p (x at the first index), yy: k × k.
    """

    at: IntArray
    subjects: int
    xx: FloatArray
    xy: FloatArray
    yy: FloatArray


@dataclass(frozen=True)
class _State:
    objective: float
    gradient: FloatArray
    beta: FloatArray
    v: FloatArray
    sigma: FloatArray
    inverses: tuple[FloatArray, ...]


_Evaluate = Callable[[FloatArray], _State | None]

FEW = 500
"""Up to so many values the likelihood may have several maxima: it is climbed from two starts."""
SINGULAR = 1e-6
"""A correlation matrix with a smaller eigenvalue is one of visits that say the same: the model does not converge."""


def fit_reml(
    y: FloatArray,
    x: FloatArray,
    subject: IntArray,
    occasion: IntArray,
    occasions: int,
    covariance: Covariance = "unstructured",
    reml: bool = True,
) -> Fit:
    """Fit y ~ N(x beta, sigma within a subject), subjects independent, by BFGS with the analytic gradient.

    `x` (n × p) must have full column rank; a subject has at most one row an occasion; `subject` and `occasion` are
    indices from 0. The cost after one pass over the data does not depend on the number of subjects. Unstructured:
    log-Cholesky parametrisation (Pinheiro & Bates 1996). The Hessian is taken by differences of the gradient. Of few
    values the higher maximum of those that two starts reach is taken.
    """
    scale = float(np.std(y)) or 1.0
    patterns = _patterns(y / scale, x, subject, occasion, occasions)
    structure = _Unstructured(occasions) if covariance == "unstructured" else _CompoundSymmetry(occasions)
    moments = _residual_covariance(y / scale, x, subject, occasion, occasions)
    starts = [moments, np.diag(np.diag(moments)) / 4] if y.size <= FEW else [moments]

    def evaluate(theta: FloatArray) -> _State | None:
        return _evaluate(theta, patterns, structure, x.shape, reml)

    def objective(theta: FloatArray) -> tuple[float, FloatArray]:
        state = evaluate(theta)
        return (1e12, np.zeros_like(theta)) if state is None else (state.objective, state.gradient)

    p = x.shape[1]
    reached = [one for start in starts if (one := _climb(structure.start(start), objective, evaluate)) is not None]
    if not reached:
        return _failed(p, occasions)
    # A maximum, and of two the higher.
    converged, theta, state, hessian = min(reached, key=lambda one: (not one[0], one[2].objective))
    with np.errstate(all="ignore"):
        theta_cov = np.asarray(2 * np.linalg.pinv(hessian), dtype="float64")
    dv = _derivatives_of_v(theta, state, patterns, structure)
    rows = y.size - (p if reml else 0)
    return Fit(
        beta=state.beta * scale,
        v=state.v * scale**2,
        sigma=state.sigma * scale**2,
        neg2loglik=state.objective + rows * np.log(2 * np.pi) + 2 * rows * np.log(scale),
        theta_cov=theta_cov,
        dv=dv * scale**2,
        converged=converged,
    )


def _climb(
    start: FloatArray, objective: Callable[[FloatArray], tuple[float, FloatArray]], evaluate: _Evaluate
) -> tuple[bool, FloatArray, _State, FloatArray] | None:
    """From one start: whether a maximum is reached, the parameters, what is known there, and the Hessian.

    Where the likelihood rises towards a singular matrix its slope fades too, but the next Newton step does not.
    """
    with np.errstate(all="ignore"):
        found = optimize.minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-7, "maxiter": 500})
        theta, state, hessian = _polish(np.asarray(found.x, dtype="float64"), evaluate)
        if state is None or hessian is None:
            return None
        roots = np.linalg.eigvalsh(hessian)
        stationary = _steepest(state) < 1e-4 and roots[0] > 1e-6 * max(roots[-1], 1.0)
        settled = stationary and float(np.max(np.abs(np.linalg.solve(hessian, state.gradient)))) < 1e-2
        spread = np.sqrt(np.diag(state.sigma))
        singular = np.linalg.eigvalsh(state.sigma / np.outer(spread, spread))[0] < SINGULAR
    return bool(settled and not singular), theta, state, hessian


def contrast(fit: Fit, c: FloatArray) -> tuple[float, float, float]:
    """Estimate, standard error and Satterthwaite degrees of freedom of c'beta; NaN where the fit failed."""
    if not fit.converged:
        return NAN, NAN, NAN
    variance = float(c @ fit.v @ c)
    gradient = np.einsum("i,tij,j->t", c, fit.dv, c)
    spread = float(gradient @ fit.theta_cov @ gradient)
    df = 2 * variance**2 / spread if spread > 0 else NAN
    return float(c @ fit.beta), float(np.sqrt(variance)), df


class _Unstructured:
    """sigma = L L' with log diagonal: any parameters give a positive definite matrix."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.row, self.column = np.tril_indices(size)
        self.diagonal = self.row == self.column

    def start(self, sigma: FloatArray) -> FloatArray:
        values = np.linalg.cholesky(sigma)[self.row, self.column]
        return np.where(self.diagonal, np.log(np.where(self.diagonal, values, 1.0)), values)

    def _lower(self, theta: FloatArray) -> FloatArray:
        lower = np.zeros((self.size, self.size))
        lower[self.row, self.column] = np.where(self.diagonal, np.exp(np.where(self.diagonal, theta, 0)), theta)
        return lower

    def sigma(self, theta: FloatArray) -> FloatArray:
        lower = self._lower(theta)
        return lower @ lower.T

    def chain(self, theta: FloatArray, g: FloatArray) -> FloatArray:
        """From the (symmetric) derivative by sigma to that by theta."""
        lower = self._lower(theta)
        slope = (2 * g @ lower)[self.row, self.column]
        return np.where(self.diagonal, slope * lower[self.row, self.column], slope)


class _CompoundSymmetry:
    """One variance and one correlation, the latter between -1/(occasions-1) and 1."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.lowest = -1 / (size - 1) if size > 1 else 0.0

    def start(self, sigma: FloatArray) -> FloatArray:
        variance = float(np.mean(np.diag(sigma)))
        if self.size == 1:
            return np.array([np.log(variance)])
        off = (sigma.sum() - np.trace(sigma)) / (self.size * (self.size - 1)) / variance
        share = np.clip((off - self.lowest) / (1 - self.lowest), 0.02, 0.98)
        return np.array([np.log(variance), np.log(share / (1 - share))])

    def _parts(self, theta: FloatArray) -> tuple[float, float, float]:
        variance = float(np.exp(theta[0]))
        if self.size == 1:
            return variance, 0.0, 0.0
        share = float(1 / (1 + np.exp(-theta[1])))
        width = 1 - self.lowest
        return variance, self.lowest + width * share, width * share * (1 - share)

    def sigma(self, theta: FloatArray) -> FloatArray:
        variance, correlation, _ = self._parts(theta)
        return variance * ((1 - correlation) * np.eye(self.size) + correlation)

    def chain(self, theta: FloatArray, g: FloatArray) -> FloatArray:
        """As `_Unstructured.chain`."""
        variance, _, slope = self._parts(theta)
        by_variance = float(np.sum(g * self.sigma(theta)))
        if self.size == 1:
            return np.array([by_variance])
        off = float(g.sum() - np.trace(g))
        return np.array([by_variance, off * variance * slope])


def _patterns(y: FloatArray, x: FloatArray, subject: IntArray, occasion: IntArray, occasions: int) -> list[_Pattern]:
    order = np.lexsort((occasion, subject))
    y, x, subject, occasion = y[order], x[order], subject[order], occasion[order]
    seen = np.zeros((int(subject.max()) + 1, occasions), dtype=bool)
    seen[subject, occasion] = True
    kinds, kind_of = np.unique(seen, axis=0, return_inverse=True)
    found = []
    for number, kind in enumerate(kinds):
        at = np.flatnonzero(kind)
        if at.size == 0:
            continue
        rows = kind_of.ravel()[subject] == number
        ys = y[rows].reshape(-1, at.size)
        xs = x[rows].reshape(-1, at.size, x.shape[1])
        found.append(
            _Pattern(
                at,
                ys.shape[0],
                np.einsum("iap,ibq->abpq", xs, xs, optimize=True),
                np.einsum("iap,ib->abp", xs, ys, optimize=True),
                ys.T @ ys,
            )
        )
    return found


def _evaluate(
    theta: FloatArray,
    patterns: list[_Pattern],
    structure: _Unstructured | _CompoundSymmetry,
    shape: tuple[int, ...],
    reml: bool,
) -> _State | None:
    """-2 log likelihood without its constants, and its gradient; None where it cannot be computed."""
    p = shape[1]
    sigma = structure.sigma(theta)
    information, xwy, ywy, log_det = np.zeros((p, p)), np.zeros(p), 0.0, 0.0
    inverses = []
    try:
        for part in patterns:
            factor = linalg.cholesky(sigma[np.ix_(part.at, part.at)], lower=True)
            w = linalg.cho_solve((factor, True), np.eye(part.at.size))
            inverses.append(w)
            log_det += part.subjects * 2 * float(np.log(np.diag(factor)).sum())
            information += np.einsum("ab,abpq->pq", w, part.xx)
            xwy += np.einsum("ab,abp->p", w, part.xy)
            ywy += float(np.sum(w * part.yy))
        root = linalg.cholesky(information, lower=True)
    except (linalg.LinAlgError, ValueError):  # ValueError: infinities, far from the optimum
        return None
    v = linalg.cho_solve((root, True), np.eye(p))
    beta = v @ xwy
    objective = log_det + ywy - float(beta @ xwy)
    if reml:
        objective += 2 * float(np.log(np.diag(root)).sum())
    by_sigma = np.zeros_like(sigma)
    for part, w in zip(patterns, inverses, strict=True):
        cross = np.einsum("abp,p->ab", part.xy, beta)
        middle = part.yy - cross - cross.T + np.einsum("abpq,p,q->ab", part.xx, beta, beta)
        if reml:
            middle = middle + np.einsum("abpq,pq->ab", part.xx, v)
        by_sigma[np.ix_(part.at, part.at)] += part.subjects * w - w @ middle @ w
    gradient = structure.chain(theta, (by_sigma + by_sigma.T) / 2)
    if not (np.isfinite(objective) and np.isfinite(gradient).all()):
        return None
    return _State(float(objective), gradient, beta, v, sigma, tuple(inverses))


def _polish(theta: FloatArray, evaluate: _Evaluate) -> tuple[FloatArray, _State | None, FloatArray | None]:
    """A few Newton steps from where BFGS stopped, and the Hessian there by central differences of the gradient."""
    state = evaluate(theta)
    hessian: FloatArray | None = None
    for _ in range(6):
        if state is None:
            return theta, None, None
        hessian = _hessian(theta, evaluate)
        if hessian is None or _steepest(state) < 1e-9:
            break
        roots = np.linalg.eigvalsh(hessian)
        if roots[0] <= 1e-8 * max(roots[-1], 1.0):
            break
        proposed = theta - np.linalg.solve(hessian, state.gradient)
        better = evaluate(proposed)
        # Near a singular matrix the likelihood is known to some digits only: there the gradient says what is better.
        if better is None or better.objective > state.objective + 1e-6 or _steepest(better) >= _steepest(state):
            break
        theta, state = proposed, better
    return theta, state, hessian


def _steepest(state: _State) -> float:
    return float(np.max(np.abs(state.gradient)))


def _hessian(theta: FloatArray, evaluate: _Evaluate) -> FloatArray | None:
    columns = []
    for i in range(theta.size):
        step = np.zeros_like(theta)
        step[i] = 1e-5 * max(1.0, abs(theta[i]))
        up, down = evaluate(theta + step), evaluate(theta - step)
        if up is None or down is None:
            return None
        columns.append((up.gradient - down.gradient) / (2 * step[i]))
    hessian = np.array(columns)
    return (hessian + hessian.T) / 2


def _derivatives_of_v(
    theta: FloatArray, state: _State, patterns: list[_Pattern], structure: _Unstructured | _CompoundSymmetry
) -> FloatArray:
    """dv/dtheta: v (X'W dsigma W X) v, summed over patterns, for every parameter."""
    p, size = state.v.shape[0], state.sigma.shape[0]
    by_sigma = np.zeros((p, p, size, size))
    for part, w in zip(patterns, state.inverses, strict=True):
        inner = np.einsum("ca,abpq,bd->pqcd", w, part.xx, w, optimize=True)
        outer = np.einsum("ip,pqcd,qj->ijcd", state.v, inner, state.v, optimize=True)
        by_sigma[:, :, part.at[:, None], part.at[None, :]] += outer
    result = np.zeros((theta.size, p, p))
    for i in range(p):
        for j in range(p):
            g = by_sigma[i, j]
            result[:, i, j] = structure.chain(theta, (g + g.T) / 2)
    return result


def _residual_covariance(
    y: FloatArray, x: FloatArray, subject: IntArray, occasion: IntArray, occasions: int
) -> FloatArray:
    """A positive definite start: covariances of least-squares residuals, those absent counted as 0."""
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    wide = np.zeros((int(subject.max()) + 1, occasions))
    seen = np.zeros_like(wide)
    wide[subject, occasion] = residual
    seen[subject, occasion] = 1.0
    n = np.maximum(np.sqrt(np.outer(seen.sum(axis=0), seen.sum(axis=0))), 1.0)
    sigma = wide.T @ wide / n
    floor = max(1e-4, float(np.max(np.diag(sigma))) * 1e-3)
    return 0.9 * sigma + np.diag(0.1 * np.diag(sigma) + floor)


def _failed(p: int, occasions: int) -> Fit:
    none = np.full((p, p), np.nan)
    return Fit(
        np.full(p, np.nan),
        none,
        np.full((occasions, occasions), np.nan),
        NAN,
        np.full((1, 1), np.nan),
        np.full((1, p, p), np.nan),
        False,
    )
