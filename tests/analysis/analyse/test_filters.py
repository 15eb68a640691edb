"""The filter of every counted row selects just the subjects (or records) that the row counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trial_report.analysis.analyse import worst
from trial_report.analysis.analyse.laboratory import Unpositioned
from trial_report.analysis.lineage.conditions import Conditions
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial

pytestmark = pytest.mark.requirement("REQ-503")

COUNTS = ("N", "n", "events", "censored", "missing", "records")


def of_records(rows: pd.DataFrame) -> pd.Series:
    """The rows that count records, not subjects."""
    # An event is a record; but the events of a rate are subjects with a first event, except at level EVENTS,
    # and those of a survival endpoint have one record a subject.
    events = (rows["statistic"] == "events") & ((rows["analysis"] != "ae.rate") | (rows["level"] == "EVENTS"))
    # All planned visits together: a subject counts once for each visit.
    visits = (rows["analysis"] == "visits") & (rows["avisit"] == "ALL") & (rows["statistic"] == "n")
    return events | visits | (rows["statistic"] == "records")


def test_every_filter_selects_what_its_row_counts(exemplar: Trial, results: pd.DataFrame) -> None:
    trial = exemplar
    own = {"ADSL": trial.adsl, "ADAE": trial.adae, "ADBDS": trial.adbds, "ADTTE": trial.adtte, "ADVISIT": trial.advisit}
    conditions = Conditions({**trial.domains, **own})
    # What the cut-off took out is in no dataset.
    kept = results["analysis"] != "cutoff"
    rows = results.loc[kept & results["statistic"].isin(COUNTS) & results["value"].notna()].copy()
    assert len(rows) > 5000
    conditions.prepare(zip(rows["dataset"], rows["filter"], strict=True))
    subject = {
        name: pd.factorize(frame["USUBJID"])[0] for name, frame in conditions.frames.items() if "USUBJID" in frame
    }
    found = {}
    for dataset, where in set(zip(rows["dataset"], rows["filter"], strict=True)):
        mask = conditions.mask(dataset, where)
        found[dataset, where] = (len(np.unique(subject[dataset][mask])), int(mask.sum()))
    pairs = list(zip(rows["dataset"], rows["filter"], strict=True))
    subjects = np.array([found[pair][0] for pair in pairs])
    records = np.array([found[pair][1] for pair in pairs])
    rows["selected"] = np.where(of_records(rows), records, subjects)
    wrong = rows.loc[rows["selected"] != rows["value"], ["key", "value", "selected", "dataset", "filter"]]
    assert wrong.empty, wrong.head(10).to_string()


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": ["1", "1", "1", "2", "2", "3", "4"],
            "PARAMCD": ["X", "X", "Y", "X", "X", "X", "X"],
            "GRADE": [1.0, 3.0, 2.0, None, None, 0.0, 2.0],
            "RANGE": ["LOW", "HIGH HIGH", "LOW", "NORMAL", None, "ABNORMAL", "LOW LOW"],
            "AVAL": [2.1, 6.1, 1.0, 2.0, 4.0, 9.0, 9.0],
            "UPPER": [0.7, 2.0, 1.0, 0.0, None, 3.0, 2.0],
        }
    )


WITHIN = ("PARAMCD", "USUBJID")


@pytest.mark.parametrize(
    ("where", "selected"),
    [
        (worst.highest("GRADE", "T", WITHIN, Where()), [0, 1, 1, 1, 1, 1, 1]),
        (worst.highest("GRADE", "T", ("USUBJID",), Where()), [0, 1, 0, 1, 1, 1, 1]),
        (worst.highest("GRADE", "T", WITHIN, Where().also("GRADE", "<", 3)), [1, 0, 1, 0, 0, 1, 1]),
        (worst.ever("T", WITHIN, worst.like("RANGE", "LOW")), [1, 1, 1, 0, 0, 0, 1]),
        (worst.ever("T", WITHIN, worst.like("RANGE", "LOW"), never=True), [0, 0, 0, 1, 1, 1, 0]),
        (worst.ever("T", WITHIN, Where().eq(RANGE="NOTHING"), never=True), [1, 1, 1, 1, 1, 1, 1]),
        (worst.like("RANGE", "LOW", "HIGH"), [1, 1, 1, 0, 0, 0, 1]),
        (worst.ratio("AVAL", "UPPER", ">", 3), [0, 1, 0, 0, 0, 0, 1]),
        (Where((Unpositioned("RANGE", "is null"),)), [0, 0, 0, 0, 1, 1, 0]),
    ],
)
def test_a_condition_on_all_records_of_a_subject_means_the_same_in_sql(where: Where, selected: list[int]) -> None:
    records = frame()
    assert where.mask(records).astype(int).tolist() == selected
    assert Conditions({"T": records}).mask("T", where.sql).astype(int).tolist() == selected
