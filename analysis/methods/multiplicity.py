"""Multiplicity: adjusted p-values of a family of tests, with missing p-values kept missing.

Not here: the decision on a hypothesis (`analyse.multiplicity`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from statsmodels.stats.multitest import multipletests

from trial_report.analysis.methods.result import FloatArray

Procedure = Literal["none", "fixed-sequence", "bonferroni", "holm", "hochberg"]

_STATSMODELS = {"bonferroni": "bonferroni", "hochberg": "simes-hochberg"}


@dataclass(frozen=True)
class Adjusted:
    """The family, in the order given. `rejected` is None where there is no p-value; `warnings` likewise a text."""

    procedure: str
    alpha: float
    raw: tuple[float | None, ...]
    adjusted: tuple[float | None, ...]
    rejected: tuple[bool | None, ...]
    warnings: tuple[str | None, ...]
    tested: int
    warning: str | None = None


def adjust(p_values: Sequence[float | None], procedure: Procedure, alpha: float = 0.05) -> Adjusted:
    """Adjusted p-values in the order given; a hypothesis is rejected where its adjusted p is at most alpha.

    Bonferroni and Hochberg come from statsmodels (multipletests), Holm is by hand (multipletests collects
    garbage in each call of it, a quarter of a second in a large process). A missing p-value is left out of the
    family's size, as R's p.adjust does. "fixed-sequence" takes the order given as the order of testing: the
    adjusted p-value is the largest so far (by hand: no library has it), and behind a missing p-value nothing can
    be rejected any more, so the adjusted p-values there are 1. Sources: Holm S, Scand J Stat 1979;6:65–70;
    Hochberg Y, Biometrika 1988;75:800–802; Maurer W et al., in Biometrie in der chemisch-pharmazeutischen
    Industrie 6, 1995. Raises ValueError on an unknown procedure or a p-value outside [0, 1].
    """
    if procedure not in get_args(Procedure):
        raise ValueError(f"unknown procedure {procedure!r}: one of {', '.join(get_args(Procedure))}")
    raw = np.array([np.nan if p is None else float(p) for p in p_values], dtype="float64")
    known = ~np.isnan(raw)
    if np.any((raw[known] < 0) | (raw[known] > 1)):
        raise ValueError("a p-value lies between 0 and 1")
    adjusted = raw.copy()
    if procedure == "fixed-sequence":
        adjusted = _fixed_sequence(raw, known)
    elif procedure == "holm":
        adjusted[known] = _holm(raw[known])
    elif procedure in _STATSMODELS and known.any():
        adjusted[known] = multipletests(raw[known], alpha=alpha, method=_STATSMODELS[procedure])[1]
    blocked = known & (np.cumsum(~known) > 0) if procedure == "fixed-sequence" else np.zeros_like(known)
    return Adjusted(
        procedure=procedure,
        alpha=alpha,
        raw=_optional(raw),
        adjusted=_optional(adjusted),
        rejected=tuple(None if math.isnan(p) else bool(p <= alpha) for p in adjusted),
        warnings=tuple(_why(bool(k), bool(b)) for k, b in zip(known, blocked, strict=True)),
        tested=int(known.sum()),
        warning=None if known.any() else "not estimable: no p-values",
    )


def _holm(p: FloatArray) -> FloatArray:
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)) if p.size else p
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _fixed_sequence(raw: FloatArray, known: np.ndarray) -> FloatArray:
    running = np.maximum.accumulate(np.where(known, raw, 1.0)) if raw.size else raw
    return np.where(known, running, np.nan)


def _why(known: bool, blocked: bool) -> str | None:
    if not known:
        return "no p-value"
    return "not testable: an earlier hypothesis of the sequence has no p-value" if blocked else None


def _optional(values: FloatArray) -> tuple[float | None, ...]:
    return tuple(None if math.isnan(v) else float(v) for v in values)
