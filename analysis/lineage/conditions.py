"""Runs the filters of results rows: the SQL that a row prints selects rows of its dataset, and nothing else does.

A filter is a row of terms joined by AND. Terms are few where filters are thousands, so each term is run once over
its dataset, by DuckDB, and a filter is where all of its terms hold.

Not here: how a filter is made (`results.where`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\(|\)|\bAND\b|\bOR\b|\bBETWEEN\b", re.IGNORECASE)

_DOMAIN = re.compile(r"[A-Z][A-Z0-9]")
"""The name of a domain of SDTM; the names of datasets of the analysis are longer."""


def terms(condition: str) -> tuple[str, ...]:
    """The parts of a SQL condition that AND joins, outside quotes and parentheses.

    A condition with OR or BETWEEN outside of them is one term: AND would not part it rightly.
    """
    depth, at = 0, 0
    found: list[str] = []
    for token in _TOKEN.finditer(condition):
        word = token.group().upper()
        if word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
        elif depth == 0 and word in ("OR", "BETWEEN"):
            return (condition.strip(),)
        elif depth == 0 and word == "AND":
            found.append(condition[at : token.start()].strip())
            at = token.end()
    return (*found, condition[at:].strip())


class Conditions:
    """The rows that filters select, of datasets by name. The frames are read, never changed."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self.frames = frames
        self._absent = pd.DataFrame()
        self._masks: dict[tuple[str, str], Mask] = {}

    def prepare(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Run every term of these pairs of dataset and filter, in one query a dataset.

        A domain of SDTM that the study does not have has no rows. Raises KeyError for another dataset that there is
        not, duckdb.Error for a filter that cannot be run.
        """
        missing: dict[str, dict[str, None]] = {}
        for dataset, condition in wanted:
            if self._frame(dataset) is self._absent:
                self._masks |= {(dataset, term): np.zeros(0, dtype=bool) for term in terms(condition)}
                continue
            for term in terms(condition):
                if (dataset, term) not in self._masks:
                    missing.setdefault(dataset, {})[term] = None
        if not missing:
            return
        with duckdb.connect() as base:
            for name, frame in self.frames.items():
                base.register(name, frame)
            for dataset, new in missing.items():
                select = ", ".join(f"coalesce(({term}), FALSE) AS t{n}" for n, term in enumerate(new))
                found = base.execute(f"SELECT {select} FROM {dataset}").fetchnumpy()
                for n, term in enumerate(new):
                    self._masks[dataset, term] = np.asarray(found[f"t{n}"], dtype=bool)

    def mask_of_term(self, dataset: str, term: str) -> Mask:
        """True for the rows of the dataset for which one term holds."""
        if (dataset, term) not in self._masks:
            self.prepare([(dataset, term)])
        return self._masks[dataset, term]

    def mask(self, dataset: str, condition: str) -> Mask:
        """True for the rows of the dataset that the filter selects."""
        self.prepare([(dataset, condition)])
        return np.logical_and.reduce([self._masks[dataset, term] for term in terms(condition)])

    def rows(self, dataset: str, condition: str) -> pd.DataFrame:
        """The rows of the dataset that the filter selects, with their labels."""
        return self._frame(dataset).loc[self.mask(dataset, condition)]

    def _frame(self, dataset: str) -> pd.DataFrame:
        if dataset not in self.frames and _DOMAIN.fullmatch(dataset):
            return self._absent
        return self.frames[dataset]
