"""The mixed model for repeated measures a second time: REML by Newton steps on the covariances themselves.

The first road climbs the likelihood in a log-Cholesky parametrisation over cross-products by pattern. Here the
covariance is linear in its parameters, with first and second derivatives in closed form, summed over the subjects
(Jennrich RI, Schluchter MD, Biometrics 1986;42:805-820; Gilmour AR et al., Biometrics 1995;51:1440-1450); the degrees
of freedom are Satterthwaite's with the observed information (Fai AHT, Cornelius PL 1996).

Not here: cells of group and visit (`repeated`), and data with missing visits (`missing`).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trial_report.analysis.verify.exact import FloatArray

STEPS = 200
FEW = 500
"""Up to so many records the likelihood may have several maxima: it is climbed from every start, not from one."""
SINGULAR = 1e-6
"""Smallest eigenvalue of a correlation matrix of visits that do not say the same."""


@dataclass(frozen=True)
class Model:
    """Coefficients, their covariance, its derivatives by the covariance parameters, and the covariance of those."""

    beta: FloatArray
    cov: FloatArray
    slopes: FloatArray
    theta_cov: FloatArray

    def contrast(self, c: FloatArray) -> tuple[float, float, float]:
        """Estimate, standard error and Satterthwaite degrees of freedom of a combination of coefficients."""
        variance = float(c @ self.cov @ c)
        gradient = np.einsum("i,tij,j->t", c, self.slopes, c)
        return float(c @ self.beta), variance**0.5, 2 * variance**2 / float(gradient @ self.theta_cov @ gradient)


@dataclass(frozen=True)
class _State:
    loglik: float
    score: FloatArray
    expected: FloatArray
    observed: FloatArray
    beta: FloatArray
    cov: FloatArray
    slopes: FloatArray


@dataclass(frozen=True)
class Block:
    """The subjects that were seen at the same visits: `d` the covariance's derivatives (parameters × visits × visits),
    `x` (subjects × visits × coefficients), `y` (subjects × visits)."""

    visits: NDArray[np.int64]
    d: FloatArray
    x: FloatArray
    y: FloatArray


def unstructured(visits: int) -> FloatArray:
    """The derivatives of a covariance matrix by its own elements: variances and covariances of the visits."""
    pairs = [(i, j) for i in range(visits) for j in range(i, visits)]
    derivatives = np.zeros((len(pairs), visits, visits))
    for t, (i, j) in enumerate(pairs):
        derivatives[t, i, j] = derivatives[t, j, i] = 1.0
    return derivatives


def compound_symmetry(visits: int) -> FloatArray:
    """The same of a matrix with one variance and one covariance."""
    return np.array([np.eye(visits), 1 - np.eye(visits)])


def fit(y: FloatArray, x: FloatArray, subject: NDArray[np.int64], visit: NDArray[np.int64], visits: int) -> Model:
    """Fits y ~ N(x beta, sigma within a subject), sigma unstructured, by REML. ValueError when it does not converge."""
    return _fit(y, x, subject, visit, unstructured(visits))


def fit_or_simpler(
    y: FloatArray, x: FloatArray, subject: NDArray[np.int64], visit: NDArray[np.int64], visits: int
) -> tuple[Model | None, str]:
    """The fit and its structure: unstructured, else compound symmetry; None where neither converges."""
    for structure, derivatives in (("unstructured", unstructured), ("compound symmetry", compound_symmetry)):
        with suppress(ValueError, np.linalg.LinAlgError):
            return _fit(y, x, subject, visit, derivatives(visits)), structure
    return None, structure


def _fit(
    y: FloatArray, x: FloatArray, subject: NDArray[np.int64], visit: NDArray[np.int64], derivatives: FloatArray
) -> Model:
    """The highest maximum that is reached from the starts."""
    blocks = _blocks(y, x, subject, visit, derivatives)
    best: _State | None = None
    for theta in _starts(y, x, visit, derivatives):
        with np.errstate(all="ignore"), suppress(np.linalg.LinAlgError):
            state = _climb(theta, blocks, derivatives)
            if state is not None and (best is None or state.loglik > best.loglik):
                best = state
        if best is not None and len(y) > FEW:
            break
    if best is None:
        raise ValueError("the mixed model did not converge")
    return Model(best.beta, best.cov, best.slopes, inverted(best.observed))


def _starts(y: FloatArray, x: FloatArray, visit: NDArray[np.int64], derivatives: FloatArray) -> list[FloatArray]:
    """The variances of the least-squares residuals: visits without correlation, then all with one of 0.6."""
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    visits = derivatives.shape[1]
    spread = np.array([float(rest[visit == i].std()) for i in range(visits)])
    starts = []
    for r in (0.0, 0.6):
        sigma = np.outer(spread, spread) * ((1 - r) * np.eye(visits) + r)
        starts.append(np.array([(d * sigma).sum() / d.sum() for d in derivatives]))
    return starts


def _climb(theta: FloatArray, blocks: list[Block], derivatives: FloatArray) -> _State | None:
    """The maximum that Newton's steps reach from a start; None where they reach none."""
    state = _evaluate(theta, blocks, derivatives)
    if state is None:
        return None
    for _ in range(STEPS):
        # Far from the top the expected information is the safer guide, near it the observed one the faster.
        information = state.observed if np.linalg.eigvalsh(state.observed).min() > 0 else state.expected
        step = np.linalg.solve(information, state.score)
        gain = float(step @ state.score)
        size, better = 1.0, None
        while size > 1e-8:
            trial = _evaluate(theta + size * step, blocks, derivatives)
            if trial is not None and trial.loglik >= state.loglik - 1e-12:
                better = trial
                break
            size /= 2
        if better is None or gain < 1e-14:
            break
        theta, state = theta + size * step, better
    sigma = np.tensordot(theta, derivatives, axes=1)
    return state if gain < 1e-8 and _is_maximum(state, sigma, derivatives) else None


def _is_maximum(state: _State, sigma: FloatArray, derivatives: FloatArray) -> bool:
    """Whether the likelihood is flat here and falls in every direction: not so where it rises to a singular matrix.

    mmrm and SAS MIXED judge a fit likewise, by gradient and final Hessian. Slopes count in units of the variances.
    """
    spread = np.sqrt(np.diag(sigma))
    if np.linalg.eigvalsh(sigma / np.outer(spread, spread)).min() < SINGULAR:
        return False
    unit = np.sqrt((derivatives * np.outer(np.diag(sigma), np.diag(sigma))).sum(axis=(1, 2)))
    size = np.sqrt(np.diag(state.observed).clip(min=0))
    if not size.all() or np.abs(state.score * unit).max() > 1e-2:
        return False
    return bool(np.linalg.eigvalsh(state.observed / np.outer(size, size)).min() > 1e-12)


def _blocks(
    y: FloatArray, x: FloatArray, subject: NDArray[np.int64], visit: NDArray[np.int64], derivatives: FloatArray
) -> list[Block]:
    order = np.lexsort((visit, subject))
    seen: dict[tuple[int, ...], list[NDArray[np.int64]]] = {}
    for rows in np.split(order, np.flatnonzero(np.diff(subject[order])) + 1):
        seen.setdefault(tuple(int(v) for v in visit[rows]), []).append(rows)
    found = []
    for at, members in seen.items():
        rows, where = np.array(members), np.array(at)
        found.append(Block(where, derivatives[:, where[:, None], where], x[rows], y[rows]))
    return found


def inverted(matrix: FloatArray) -> FloatArray:
    """The inverse of a matrix, as floats of the one width used here."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _evaluate(theta: FloatArray, blocks: list[Block], derivatives: FloatArray) -> _State | None:
    """Restricted log likelihood (without constants), its score and information; None outside positive definite.

    With P = V^-1 - V^-1 X C X' V^-1 and C = (X' V^-1 X)^-1, traces and products with P are those with V^-1, which sum
    over subjects, less what the coefficients take.
    """
    sigma = np.tensordot(theta, derivatives, axes=1)
    t, p = len(theta), blocks[0].x.shape[2]
    information, crossed, logdet = np.zeros((p, p)), np.zeros(p), 0.0
    inverses = []
    for block in blocks:
        v = sigma[np.ix_(block.visits, block.visits)]
        try:
            root = np.linalg.cholesky(v)
        except np.linalg.LinAlgError:
            return None
        inverse = inverted(v)
        inverses.append(inverse)
        logdet += 2 * len(block.y) * float(np.log(np.diag(root)).sum())
        information += np.einsum("ska,kl,slb->ab", block.x, inverse, block.x, optimize=True)
        crossed += np.einsum("ska,kl,sl->a", block.x, inverse, block.y, optimize=True)
    cov = inverted(information)
    beta = cov @ crossed
    spread = np.linalg.cholesky(cov)
    squares, trace, bent = 0.0, np.zeros(t), np.zeros(t)
    a, plain, mixed = np.zeros((t, p, p)), np.zeros((t, t)), np.zeros((t, t))
    outer, pulled = np.zeros((t, t)), np.zeros((t, p))
    for block, inverse in zip(blocks, inverses, strict=True):
        n = len(block.y)
        rest = block.y - block.x @ beta
        u = rest @ inverse
        w = np.einsum("kl,slp->skp", inverse, block.x)
        squares += float((rest * u).sum())
        turned = inverse @ block.d
        trace += n * np.einsum("tkk->t", turned)
        plain += n * np.einsum("ikl,jlk->ij", turned, turned)
        dw = np.einsum("tkl,slp->tskp", block.d, w)
        a += np.einsum("skp,tskq->tpq", w, dw)
        half = np.linalg.cholesky(inverse)
        shaped = np.einsum("kl,tskp,pq->tslq", half, dw, spread, optimize=True).reshape(t, -1)
        mixed += shaped @ shaped.T
        curves = np.einsum("tkl,sl->tsk", block.d, u)
        bent += np.einsum("sk,tsk->t", u, curves)
        lifted = np.einsum("tsk,kl->tsl", curves, half).reshape(t, -1)
        outer += lifted @ lifted.T
        pulled += np.einsum("skp,tsk->tp", w, curves)
    ca = cov @ a
    traces = plain - 2 * mixed + np.einsum("iab,jba->ij", ca, ca)
    quadratic = outer - pulled @ cov @ pulled.T
    return _State(
        loglik=-0.5 * (logdet + float(np.linalg.slogdet(information)[1]) + squares),
        score=0.5 * (bent - trace + np.einsum("taa->t", ca)),
        expected=0.5 * traces,
        observed=-0.5 * traces + quadratic,
        beta=beta,
        cov=cov,
        slopes=ca @ cov,
    )
