"""Cochran–Mantel–Haenszel tests of groups × ordered levels within strata: mean scores, and general association.

Not here: the difference over strata (`risk_difference`), and tests without strata (`tables`, `comparison`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from trial_report.analysis.methods.result import FloatArray, TestResult

NO_TABLE = "not estimable: fewer than two groups, or two levels, with patients in one stratum"
SINGULAR = "not estimable: the strata do not tell all groups and levels apart"


def mean_scores_differ(strata: ArrayLike, scores: ArrayLike) -> TestResult:
    """Whether the groups' mean scores differ, adjusted for strata; counts have the shape strata × groups × levels.

    The extended Mantel–Haenszel statistic "row mean scores differ" (Landis, Heyman & Koch 1978; Agresti 2002, section
    7.5.3): chi-square with groups - 1 df, of the summed differences of scores from what the margins of each stratum
    lead to expect. Groups without patients are left out. By hand. Raises ValueError for counts of another shape.
    """
    counts, n = _counts(strata)
    values = np.asarray(scores, dtype="float64")
    if values.shape != (counts.shape[2],):
        raise ValueError("each level needs a score")
    kept = counts[:, counts.sum(axis=(0, 2)) > 0]
    groups = kept.shape[1]
    difference, covariance = np.zeros(groups), np.zeros((groups, groups))
    for table in kept:
        total = float(table.sum())
        if total < 2:
            continue
        rows, columns = table.sum(axis=1), table.sum(axis=0)
        mean = float(columns @ values) / total
        variance = float(columns @ (values - mean) ** 2) / total
        difference += table @ values - rows * mean
        covariance += variance / (total - 1) * (np.diag(rows) * total - np.outer(rows, rows))
    return _chi_square(difference[:-1], covariance[:-1, :-1], n)


def association(strata: ArrayLike) -> TestResult:
    """Whether group and level are associated at all, adjusted for strata: chi-square, (groups - 1) × (levels - 1) df.

    The extended Mantel–Haenszel statistic "general association" (Landis, Heyman & Koch 1978). Groups and levels
    without patients are left out. By hand. Raises ValueError as `mean_scores_differ`.
    """
    counts, n = _counts(strata)
    kept = counts[:, counts.sum(axis=(0, 2)) > 0][:, :, counts.sum(axis=(0, 1)) > 0]
    groups, levels = max(kept.shape[1] - 1, 0), max(kept.shape[2] - 1, 0)
    difference, covariance = np.zeros(groups * levels), np.zeros((groups * levels, groups * levels))
    for table in kept:
        total = float(table.sum())
        if total < 2:
            continue
        rows, columns = table.sum(axis=1), table.sum(axis=0)
        expected = np.outer(rows, columns) / total
        difference += (table - expected)[:-1, :-1].ravel()
        of_rows = np.diag(rows) * total - np.outer(rows, rows)
        of_columns = np.diag(columns) * total - np.outer(columns, columns)
        covariance += np.kron(of_rows[:-1, :-1], of_columns[:-1, :-1]) / (total**2 * (total - 1))
    return _chi_square(difference, covariance, n)


def _counts(strata: ArrayLike) -> tuple[FloatArray, int]:
    counts = np.asarray(strata, dtype="float64")
    if counts.ndim != 3 or not np.all(counts >= 0) or not np.all(counts == np.floor(counts)):
        raise ValueError("stratified counts are whole, none negative, and have the shape (strata, groups, levels)")
    return counts, int(counts.sum())


def _chi_square(difference: FloatArray, covariance: FloatArray, n: int) -> TestResult:
    df = difference.size
    if df == 0 or not covariance.any():
        return TestResult(n=n, warning=NO_TABLE)
    scale = np.sqrt(np.diag(covariance))
    if (scale == 0).any() or np.linalg.matrix_rank(covariance / np.outer(scale, scale), tol=1e-9) < df:
        return TestResult(n=n, warning=SINGULAR)
    statistic = float(difference @ np.linalg.solve(covariance, difference))
    return TestResult(statistic=statistic, df=df, df_num=df, p=float(stats.chi2.sf(statistic, df)), n=n)
