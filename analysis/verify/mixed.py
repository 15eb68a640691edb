"""The mixed model for repeated measures a second time: REML by Newton steps on the covariances themselves.

The first road climbs the likelihood in a log-Cholesky parametrisation over cross-products by pattern. Here the
covariance of all records is one matrix, linear in its parameters, with first and second derivatives in closed form
(Jennrich RI, Schluchter MD, Biometrics 1986;42:805-820; Gilmour AR et al., Biometrics 1995;51:1440-1450); the degrees
of freedom are Satterthwaite's with the observed information (Fai AHT, Cornelius PL 1996).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.verify.exact import FloatArray

STEPS = 200


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


def fit(y: FloatArray, x: FloatArray, subject: NDArray[np.int64], visit: NDArray[np.int64], visits: int) -> Model:
    """Fits y ~ N(x beta, sigma within a subject), sigma unstructured, by REML. ValueError when it does not converge."""
    pairs = [(i, j) for i in range(visits) for j in range(i, visits)]
    same = subject[:, None] == subject[None, :]
    derivatives = np.array(
        [
            same & (((visit[:, None] == i) & (visit[None, :] == j)) | ((visit[:, None] == j) & (visit[None, :] == i)))
            for i, j in pairs
        ],
        float,
    )
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    theta = np.array([float(rest[visit == i].var()) if i == j else 0.0 for i, j in pairs])
    state = _evaluate(theta, y, x, derivatives)
    if state is None:
        raise ValueError("the mixed model cannot be computed where it starts")
    for _ in range(STEPS):
        # Far from the top the expected information is the safer guide, near it the observed one the faster.
        information = state.observed if np.linalg.eigvalsh(state.observed).min() > 0 else state.expected
        step = np.linalg.solve(information, state.score)
        gain = float(step @ state.score)
        size, better = 1.0, None
        while size > 1e-8:
            trial = _evaluate(theta + size * step, y, x, derivatives)
            if trial is not None and trial.loglik >= state.loglik - 1e-12:
                better = trial
                break
            size /= 2
        if better is None or gain < 1e-14:
            break
        theta, state = theta + size * step, better
    if gain > 1e-8:
        raise ValueError("the mixed model did not converge")
    return Model(state.beta, state.cov, state.slopes, inverted(state.observed))


def inverted(matrix: FloatArray) -> FloatArray:
    """The inverse of a matrix, as floats of the one width used here."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _evaluate(theta: FloatArray, y: FloatArray, x: FloatArray, derivatives: FloatArray) -> _State | None:
    """Restricted log likelihood (without constants), its score and information; None outside positive definite."""
    v = np.tensordot(theta, derivatives, axes=1)
    try:
        root = np.linalg.cholesky(v)
    except np.linalg.LinAlgError:
        return None
    inverse = np.linalg.inv(v)
    weighted = inverse @ x
    information = x.T @ weighted
    cov = inverted(information)
    beta = cov @ (weighted.T @ y)
    p = inverse - weighted @ cov @ weighted.T
    py = p @ y
    products = p @ derivatives
    curves = derivatives @ py
    loglik = -np.log(np.diag(root)).sum() - 0.5 * np.linalg.slogdet(information)[1] - 0.5 * float(y @ py)
    traces = np.einsum("iab,jba->ij", products, products)
    quadratic = curves @ p @ curves.T
    return _State(
        loglik=float(loglik),
        score=-0.5 * np.einsum("iaa->i", products) + 0.5 * curves @ py,
        expected=0.5 * traces,
        observed=-0.5 * traces + quadratic,
        beta=beta,
        cov=cov,
        slopes=np.einsum("ab,ibc,cd->iad", cov @ weighted.T, derivatives, weighted @ cov),
    )
