"""Further analyses: an endpoint's comparison repeated in another analysis set, or of other data."""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy_comparison import compare
from trial_report.analysis.analyse.efficacy_data import select
from trial_report.analysis.analyse.efficacy_proportions import compare_proportions
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.trial import Trial
from trial_report.schemas.study.measures import FurtherAnalysis


@declare.analysis("eff.further.*")
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.further.<id>" for every further analysis, as `compare` or, of binary endpoints,
    `compare_proportions` has them.

    They are no hypotheses of the family: there is no decision on them.
    """
    rows = Rows()
    for endpoint in trial.definition.endpoints:
        for further in endpoint.further:
            data = select(trial, endpoint.as_in(further))
            made = compare_proportions if endpoint.kind == "binary" else compare
            for _ in made(rows, trial, data, name_of(further)):
                pass
    return rows.frame()


def name_of(further: FurtherAnalysis) -> str:
    """What results call a further analysis."""
    return f"eff.further.{further.id}"
