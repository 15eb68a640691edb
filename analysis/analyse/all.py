"""Every analysis of a report, run in order: the whole results frame of a trial.

Not here: running of displays (`analysis.display.registry`) and of second computations (`verify.verification`).
"""

from __future__ import annotations

import importlib
import pkgutil

import pandas as pd

from trial_report import declare
from trial_report.analysis import analyse as package
from trial_report.analysis.analyse import claims
from trial_report.analysis.analyse.own import own_results
from trial_report.analysis.results.rows import combine, reprinted
from trial_report.analysis.trial import Trial


def analyses() -> list[declare.Analysis]:
    """The analyses of the house, in the order of their modules."""
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if info.name != __name__:
            importlib.import_module(info.name)
    return sorted(declare.HOUSE.analyses, key=lambda one: one.place)


def names() -> list[str]:
    """What the analyses of the house are called; a name that ends in ".*" stands for all that begin so."""
    return [*(name for one in analyses() for name in one.ids), claims.CLAIMS]


def analyse_all(trial: Trial) -> pd.DataFrame:
    """The results of all analyses as one checked frame (`schemas.results`), those of the study's own code last.

    An analysis of a domain that was not delivered has no rows: nobody knows whether there was nothing. Raises
    OwnCodeError for an analysis of the study's own that fails, or gives what is no results.
    """
    house = analyses()
    results = combine(one.function(trial) for one in house if set(one.needs) <= set(trial.domains))
    if trial.own.declared.analyses:
        results = combine([results, *own_results(trial, house)])
    results = reprinted(results, trial.definition.printed)
    if trial.definition.publication is None:
        return results
    # Published statements are set beside what the analyses found, so they come after them.
    return combine([results, claims.compare(trial, results)])
