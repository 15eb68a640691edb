"""Every analysis of a report, run in order: the whole results frame of a trial."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import pandas as pd

from analysis import analyse as package
from analysis.analyse import claims
from analysis.analyse.rows import combine
from analysis.trial import Trial


def analyses() -> dict[str, Callable[[Trial], pd.DataFrame]]:
    """The `analyse` function of every module of this package that has one, by the module's name."""
    found: dict[str, Callable[[Trial], pd.DataFrame]] = {}
    for info in sorted(pkgutil.walk_packages(package.__path__, package.__name__ + "."), key=lambda i: i.name):
        if info.name == __name__:
            continue
        function = getattr(importlib.import_module(info.name), "analyse", None)
        if function is not None and function.__module__ == info.name:
            found[info.name] = function
    return found


def analyse_all(trial: Trial) -> pd.DataFrame:
    """The results of all analyses as one checked frame (`schemas.results`)."""
    results = combine(analyse(trial) for analyse in analyses().values())
    # Published statements are set beside what the analyses found, so they come after them.
    return combine([results, claims.compare(trial, results)])
