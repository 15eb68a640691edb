"""Analysis of covariance of multiply imputed data: one design, many values, estimates combined by Rubin's rules.

Not here: the imputing and the rules themselves (`imputation`), and the analysis of observed data (`lsmeans`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trial_report.analysis.methods.imputation import Pooled, rubin
from trial_report.analysis.methods.lsmeans import nuisance_columns, unfit
from trial_report.analysis.methods.result import FloatArray


@dataclass(frozen=True)
class Design:
    """The design matrix of `lsmeans.ancova` for these rows: a column a group present, covariates, factors.

    `places` has the column of each group; `counts` the rows of every group asked for. `note` names what was left out
    for want of spread.
    """

    x: FloatArray
    places: Mapping[Any, int]
    counts: Mapping[Any, int]
    note: str | None = None

    def contrast(self, group: Any, reference: Any | None = None) -> FloatArray | None:
        """The coefficients of a group's LS mean, less the reference's where one is given; None: nobody is in it."""
        if group not in self.places or (reference is not None and reference not in self.places):
            return None
        c = np.zeros(self.x.shape[1])
        c[self.places[group]] = 1.0
        if reference is not None:
            c[self.places[reference]] = -1.0
        return c


def design_of(
    frame: pd.DataFrame, group: str, order: Sequence[Any], covariates: Sequence[str], factors: Sequence[str]
) -> Design:
    """The design of these rows, in none of which a variable is missing. KeyError for a column that does not exist."""
    counts = {name: int((frame[group] == name).sum()) for name in order}
    present = [name for name in order if counts[name]]
    nuisance, note = nuisance_columns(frame, covariates, factors)
    groups = [(frame[group] == name).to_numpy(dtype="float64") for name in present]
    x = np.column_stack([*groups, nuisance]) if present else np.empty((len(frame), 0))
    return Design(x, {name: at for at, name in enumerate(present)}, counts, note)


def pooled_contrast(
    design: Design, values: FloatArray, group: Any, reference: Any | None = None, level: float = 0.95
) -> Pooled:
    """An LS mean, or a difference from `reference`, of imputations × rows, pooled by Rubin's rules.

    Each imputation is fitted by ordinary least squares; the degrees of freedom are those of Barnard and Rubin, with
    the residual ones as those of complete data. LS means are as in `lsmeans.ancova`. By hand: all imputations at
    once. What cannot be estimated is NaN with a warning.
    """
    c = design.contrast(group, reference)
    problem = unfit(design.x, values[0]) if values.shape[0] else "not estimable: no imputations"
    if problem is None and c is None:
        problem = "not estimable: a group has no values"
    if problem is not None or c is None:
        return Pooled(imputations=values.shape[0], level=level, warning=problem)
    x = design.x
    inverse = np.linalg.inv(x.T @ x)
    beta = values @ x @ inverse
    df = values.shape[1] - x.shape[1]
    variance = ((values - beta @ x.T) ** 2).sum(axis=1) / df
    return rubin(beta @ c, variance * float(c @ inverse @ c), df, level=level)
