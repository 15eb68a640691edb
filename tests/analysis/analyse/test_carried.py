"""Last observations carried forward: which record each visit has its value from, by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, subjects, trial
from trial_report.analysis.analyse.carried import carried_values, carried_where
from trial_report.analysis.analyse.efficacy_data import select
from trial_report.analysis.lineage.conditions import Conditions
from trial_report.analysis.trial import Trial

pytestmark = pytest.mark.requirement("REQ-308")

# The windows of visit 1 and 2 end on days 10 and 20.
RECORDS = """
USUBJID AVISIT ADY AVAL ANL01FL
a       BL     1   100  Y
a       V1     8   90   Y
a       .      12  80   N
b       BL     1   100  Y
b       V1     6   70   N
b       V1     8   60   Y
b       V1     10  50   N
c       BL     1   100  Y
c       .      25  40   N
d       BL     1   100  Y
d       V1     9   30   Y
d       .      20  35   N
d       V2     15  20   Y
e       BL     1   100  Y
"""
"""b has an unanalysed record after that of visit 1; c one after all windows; d one after visit 2, which is there."""


def study(records: str = RECORDS, advisit: pd.DataFrame | None = None, **changes: Any) -> Trial:
    rows = [line.split() for line in records.strip().splitlines()]
    frame = pd.DataFrame(rows[1:], columns=rows[0]).replace(".", None)
    frame = frame.astype({"ADY": "Int64", "AVAL": "float64", "AVISIT": "str", "ANL01FL": "str", "USUBJID": "str"})
    adsl = subjects(dict.fromkeys(sorted(set(frame["USUBJID"])), "A"))
    base = frame["AVISIT"] == "BL"
    frame = frame.assign(
        PARAMCD=pd.Series("SCORE", index=frame.index, dtype="str"),
        ABLFL=base.map({True: "Y", False: "N"}),
        POSTFL=base.map({True: "N", False: "Y"}),
        BASE=100.0,
        CHG=(frame["AVAL"] - 100.0).where(~base),
        PCHG=(frame["AVAL"] - 100.0).where(~base),
        CRIT1FL=pd.Series(None, index=frame.index, dtype="str"),
        ASEQ=(frame.groupby("USUBJID").cumcount() + 1).astype("Int64"),
    )
    made = trial(definition({"missing": ["locf"]}, **changes), adsl, frame.merge(adsl, on="USUBJID"))
    return made if advisit is None else dataclasses.replace(made, advisit=advisit)


def carried(of: Trial) -> list[tuple[str, str, float, str]]:
    found = carried_values(of, select(of, of.definition.endpoints[0]))
    shown = found.assign(DTYPE=found["DTYPE"].fillna("")).sort_values(["USUBJID", "AVISIT"])
    return list(shown[["USUBJID", "AVISIT", "AVAL", "DTYPE"]].itertuples(index=False, name=None))


def test_the_last_value_by_the_end_of_the_window_is_carried_whatever_its_visit() -> None:
    assert carried(study()) == [
        ("a", "V1", 90.0, ""),
        ("a", "V2", 80.0, "LOCF"),  # of an unscheduled visit on day 12
        ("b", "V1", 60.0, ""),
        ("b", "V2", 50.0, "LOCF"),  # the last, not the one analysed
        ("d", "V1", 30.0, ""),
        ("d", "V2", 20.0, ""),  # c has no value by then, e nothing but a baseline
    ]


def test_the_filter_of_a_visit_selects_the_records_that_its_values_are_from() -> None:
    of = study()
    data = select(of, of.definition.endpoints[0])
    conditions = Conditions({"ADBDS": of.adbds, "ADSL": of.adsl})
    own = conditions.rows("ADBDS", carried_where(of, data, "V2").sql)
    assert own[["USUBJID", "AVAL"]].to_numpy().tolist() == [["a", 80.0], ["b", 50.0], ["d", 20.0]]


def test_by_recorded_visits_what_was_recorded_at_a_later_visit_is_not_carried_back() -> None:
    records = """
    USUBJID AVISIT ADY AVAL ANL01FL
    a       BL     1   100  Y
    a       V1     9   70   Y
    a       .      11  60   N
    a       .      14  50   N
    b       BL     1   100  Y
    b       V2     7   40   Y
    """
    had = pd.DataFrame({"USUBJID": ["a", "b"], "AVISIT": ["V2", "V2"], "SVDY": pd.Series([14, 7], dtype="Int64")})
    of = study(records, had, assign="recorded")
    # Subject a had visit 2 on day 14 without a value: that of day 11 is carried. Visit 2 of b was early, on day 7.
    assert carried(of) == [("a", "V1", 70.0, ""), ("a", "V2", 60.0, "LOCF"), ("b", "V2", 40.0, "")]
    where = carried_where(of, select(of, of.definition.endpoints[0]), "V2").sql
    conditions = Conditions({"ADBDS": of.adbds, "ADSL": of.adsl, "ADVISIT": of.advisit})
    assert conditions.rows("ADBDS", where)["AVAL"].tolist() == [60.0, 40.0]
