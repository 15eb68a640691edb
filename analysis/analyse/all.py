"""Every analysis of a report, run in order: the whole results frame of a trial."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from trial_report.analysis import analyse as package
from trial_report.analysis.analyse import claims
from trial_report.analysis.results.rows import combine
from trial_report.analysis.trial import Trial


@dataclass(frozen=True)
class Analysis:
    """An analysis, and the domains without which there is nothing to analyse: NEEDS of its module."""

    run: Callable[[Trial], pd.DataFrame]
    needs: tuple[str, ...]


def analyses() -> dict[str, Analysis]:
    """The `analyse` function of every module of this package that has one, by the module's name."""
    found: dict[str, Analysis] = {}
    for info in sorted(pkgutil.walk_packages(package.__path__, package.__name__ + "."), key=lambda i: i.name):
        if info.name == __name__:
            continue
        module = importlib.import_module(info.name)
        function = getattr(module, "analyse", None)
        if function is not None and function.__module__ == info.name:
            found[info.name] = Analysis(function, getattr(module, "NEEDS", ()))
    return found


def analyse_all(trial: Trial) -> pd.DataFrame:
    """The results of all analyses as one checked frame (`schemas.results`).

    An analysis of a domain that was not delivered has no rows: nobody knows whether there was nothing.
    """
    results = combine(one.run(trial) for one in analyses().values() if set(one.needs) <= set(trial.domains))
    # Published statements are set beside what the analyses found, so they come after them.
    return combine([results, claims.compare(trial, results)])
