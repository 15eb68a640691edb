"""Exact operating characteristics of the 3+3 design: enumeration of what can happen, not simulation.

Not here: the rule that is enumerated (`escalation`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from trial_report.analysis.methods.escalation import COHORT, Counts, Design, find_mtd, rule
from trial_report.analysis.methods.result import FloatArray


@dataclass(frozen=True)
class Operating:
    """`by_level`: scenario, level, true_rate, p_mtd, p_treated, expected_patients, expected_dlts.

    `totals`: scenario, p_too_toxic (even the lowest level), p_not_reached (MTD above the highest level),
    p_undetermined, expected_patients, expected_dlts. Over the levels, p_mtd and the three p_… add up to 1.
    """

    by_level: pd.DataFrame
    totals: pd.DataFrame
    warning: str | None = None


def operating_characteristics(true_rates: ArrayLike, design: Design) -> Operating:
    """What the design does if the DLT rates are `true_rates`: one row a scenario, one column a level.

    Each state (counts by level and the level being treated) carries its probability in every scenario at once;
    the rule of `escalation.rule` moves it on, with binomial DLTs among the patients it asks for, until it stops.
    All patients are evaluable. Exact but for floating point. Source: Lin & Shih 2001 (see `escalation`).
    Raises ValueError where the number of rates is not that of levels or a rate is outside [0, 1].
    """
    rates = np.atleast_2d(np.asarray(true_rates, dtype="float64"))
    levels = design.levels
    if rates.ndim != 2 or rates.shape[1] != len(levels):
        raise ValueError(f"{len(levels)} dose levels need as many true rates")
    if not np.all((rates >= 0) & (rates <= 1)):
        raise ValueError("a true DLT rate lies between 0 and 1")
    scenarios = rates.shape[0]
    p_mtd, treated = np.zeros(rates.shape), np.zeros(rates.shape)
    patients = np.zeros(rates.shape)
    ends = {name: np.zeros(scenarios) for name in ("too_toxic", "not_reached", "undetermined")}
    for counts, chance in _final_states(rates, design):
        by_level = dict(zip(levels, counts, strict=True))
        mtd = find_mtd(by_level, levels, design.definition)
        if mtd is not None:
            p_mtd[:, levels.index(mtd)] += chance
        elif counts[0].too_toxic:
            ends["too_toxic"] += chance
        elif not any(c.too_toxic for c in counts):
            ends["not_reached"] += chance
        else:
            ends["undetermined"] += chance
        n = np.array([c.evaluable for c in counts], dtype="float64")
        patients += chance[:, None] * n
        treated += chance[:, None] * (n > 0)
    # Wald's identity: patients are added without looking at their own outcome.
    dlts = patients * rates
    by_level_frame = pd.DataFrame(
        {
            "scenario": np.repeat(np.arange(scenarios), len(levels)),
            "level": np.tile(np.array(levels, dtype=object), scenarios),
            "true_rate": rates.ravel(),
            "p_mtd": p_mtd.ravel(),
            "p_treated": treated.ravel(),
            "expected_patients": patients.ravel(),
            "expected_dlts": dlts.ravel(),
        }
    )
    totals = pd.DataFrame(
        {
            "scenario": np.arange(scenarios),
            **{f"p_{name}": chance for name, chance in ends.items()},
            "expected_patients": patients.sum(axis=1),
            "expected_dlts": dlts.sum(axis=1),
        }
    )
    return Operating(by_level_frame, totals)


_State = tuple[tuple[Counts, ...], int, int]  # counts by level, level to treat, patients to treat


def _final_states(rates: FloatArray, design: Design) -> list[tuple[tuple[Counts, ...], FloatArray]]:
    """The counts with which the trial can end, each with its probability in every scenario."""
    levels = design.levels
    start: _State = (tuple(Counts() for _ in levels), 0, COHORT)
    alive: dict[_State, FloatArray] = {start: np.ones(rates.shape[0])}
    final: dict[tuple[Counts, ...], FloatArray] = {}
    while alive:
        following: dict[_State, FloatArray] = {}
        for (counts, at, n), chance in alive.items():
            p = rates[:, at]
            for dlts in range(n + 1):
                now = Counts(counts[at].evaluable + n, counts[at].dlts + dlts)
                after = (*counts[:at], now, *counts[at + 1 :])
                weight = chance * comb(n, dlts) * p**dlts * (1 - p) ** (n - dlts)
                ruling = rule(
                    dict(zip(levels, after, strict=True)),
                    levels[at],
                    design,
                    expanding=counts[at].evaluable >= COHORT,
                )
                if ruling.next_level is None:
                    final[after] = final.get(after, 0.0) + weight
                else:
                    state = (after, levels.index(ruling.next_level), ruling.patients)
                    following[state] = following.get(state, 0.0) + weight
        alive = following
    return list(final.items())
