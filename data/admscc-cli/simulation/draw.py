"""Random draws that are the same on every platform and Python version.

Only `random.Random(text).random()` is used, whose stream Python promises to keep, and only `+ - * /` on its
results, which IEEE 754 rounds alike everywhere. No logarithm, no square root, no numpy: their last digit
may differ between machines, and one digit is enough to change a rounded value.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

SEED = "ADMSCC-CLI simulation 2025-17"


class Draw:
    """One stream of draws, named by what it is for, so that a change in one domain moves no other."""

    def __init__(self, *names: object) -> None:
        self._random = random.Random("/".join([SEED, *map(str, names)])).random

    def uniform(self, low: float, high: float) -> float:
        """Uniform on [low, high)."""
        return low + (high - low) * self._random()

    def integer(self, low: int, high: int) -> int:
        """Uniform on low, low + 1, ..., high."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True with the probability given."""
        return self._random() < probability

    def normal(self, mean: float, sd: float) -> float:
        """Very nearly normal: the sum of twelve uniforms less six (Irwin-Hall), so never beyond six SD."""
        total = 0.0
        for _ in range(12):
            total += self._random()
        return mean + sd * (total - 6.0)

    def choose(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[self.integer(0, len(items) - 1)]

    def weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """One of the items, as likely as its weight."""
        mark = self._random() * sum(weights)
        for item, weight in zip(items, weights, strict=True):
            mark -= weight
            if mark < 0:
                return item
        return items[-1]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in random order (Fisher-Yates)."""
        pool = list(items)
        for last in range(len(pool) - 1, 0, -1):
            other = self.integer(0, last)
            pool[last], pool[other] = pool[other], pool[last]
        return pool


def clamp(value: float, low: float, high: float) -> float:
    """The value, or the limit it has crossed."""
    return min(max(value, low), high)


def fold(value: float, low: float, high: float) -> float:
    """The value, or its mirror image in the limit it has crossed, so that values do not pile up at the limit."""
    return clamp(2 * low - value if value < low else 2 * high - value if value > high else value, low, high)
