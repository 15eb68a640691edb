"""Order statistics of the Walsh averages, all (x[i] + x[j]) / 2 with i ≤ j, of samples too large to list them.

Not here: the estimate that is made of them (`ranks`).
"""

from __future__ import annotations

import numpy as np

from trial_report.analysis.methods.result import FloatArray

LISTED_UP_TO = 500
"""Values whose averages are all listed and sorted: above, they are counted."""


def walsh_averages(x: FloatArray) -> FloatArray:
    """All n(n + 1)/2 Walsh averages, sorted."""
    first, second = np.triu_indices(x.size)
    return np.sort((x[first] + x[second]) / 2)


def walsh_order_statistics(x: FloatArray, ranks: list[int]) -> list[float]:
    """The Walsh averages of the given ranks, 1 being the smallest, in the order asked for.

    Above `LISTED_UP_TO` values by bisection on the number of averages at or below a point, which takes n log n
    steps and never holds the averages (the idea of Monahan JF, ACM Trans Math Softw 1984;10:265–270). What is found
    is an average of two values of the sample. Raises ValueError for a rank that does not exist.
    """
    total = x.size * (x.size + 1) // 2
    if any(not 1 <= rank <= total for rank in ranks):
        raise ValueError(f"ranks go from 1 to {total}")
    if x.size <= LISTED_UP_TO:
        averages = walsh_averages(x)
        return [float(averages[rank - 1]) for rank in ranks]
    values, times = np.unique(x, return_counts=True)
    found = {rank: _select(values, times, rank) for rank in set(ranks)}
    return [found[rank] for rank in ranks]


def _select(values: FloatArray, times: np.ndarray, rank: int) -> float:
    """Half of the smallest sum of two values that at least `rank` pairs do not exceed; `values` are sorted, unique."""
    reached = np.concatenate([[0], np.cumsum(times)])
    low, high = 2 * values[0] - 1, 2 * values[-1]  # no pair is at or below `low`, every pair at or below `high`
    dust = 1e-16 * (high - low)
    while high - low > dust and low < (middle := low + (high - low) / 2) < high:
        if _pairs_within(values, times, reached, middle) >= rank:
            high = middle
        else:
            low = middle
    # What is left between `low` and `high` is the dust of floating point about one sum: the nearest that there is.
    partner = np.minimum(_at_most(values, high), values.size) - 1
    sums = values + values[np.maximum(partner, 0)]
    return float(sums[int(np.argmin(np.abs(sums - high)))] / 2)


def _pairs_within(values: FloatArray, times: np.ndarray, reached: np.ndarray, bound: float) -> int:
    """How many pairs i ≤ j have x[i] + x[j] ≤ bound: half of the ordered pairs and of those of a value with itself."""
    ordered = int((times * reached[_at_most(values, bound)]).sum())
    alone = int(times[2 * values <= bound].sum())
    return (ordered + alone) // 2


def _at_most(values: FloatArray, bound: float) -> np.ndarray:
    """For each value how many others stay, with it, at or below the bound."""
    # Searched in rising order, which is many times quicker in a long array.
    return np.searchsorted(values, (bound - values)[::-1], side="right")[::-1]
