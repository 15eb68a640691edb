"""Time to event by column, from a textbook's times and from none."""

import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, subjects, trial, values
from trial_report.analysis.analyse import survival

pytestmark = pytest.mark.requirement("REQ-309")

ENDPOINT = {"survival": [{"paramcd": "AFS", "label": "Free of it", "analysis_set": "ALL", "event_records": {}}]}
# Freireich's 6-MP remissions (Cox & Oakes 1984, table 1.1), in days here; + is censored.
MP = ("6", "6", "6", "6+", "7", "9+", "10", "10+", "11+", "13", "16", "17+", "19+", "20+", "22", "23", "25+", "32+",
      "32+", "34+", "35+")  # fmt: skip
PLACEBO = ("1", "1", "2", "2", "3", "4", "4", "5", "5", "8", "8", "8", "8", "11", "11", "12", "12", "15", "17", "22",
           "23")  # fmt: skip


def remissions(groups):
    rows = [(f"{g}{i}", g, float(t.rstrip("+")), int(t.endswith("+"))) for g, ts in groups for i, t in enumerate(ts)]
    adsl = subjects({name: g for name, g, _, _ in rows}, SEX=["F"] * len(rows))
    adtte = pd.DataFrame(rows, columns=["USUBJID", "TRT01A", "AVAL", "CNSR"]).assign(PARAMCD="AFS", ALLFL="Y")
    return survival.analyse(trial(definition(**ENDPOINT), adsl, adtte=adtte))


def test_numbers_at_risk_and_survival_agree_with_the_textbook():
    """6-MP: S(8) = 0.807 with 16 at risk, S(15) = 0.690 with 11; median 23 (Cox & Oakes; Kleinbaum & Klein)."""
    found = remissions([("A", MP), ("B", PLACEBO)])
    assert values(found, "tte/ALL/AFS/-/A/-", "N", "n", "events", "censored", "median") == [21, 21, 9, 12, 23]
    assert values(found, "tte/ALL/AFS/V1/A/-", "at_risk", "pct") == [16, pytest.approx(80.6723, abs=1e-3)]
    assert values(found, "tte/ALL/AFS/V2/A/-", "at_risk", "pct") == [11, pytest.approx(69.0196, abs=1e-3)]


def test_log_rank_agrees_with_the_textbook():
    """Log-rank chi-square 16.79 on 1 df (Kleinbaum & Klein, chapter 2)."""
    found = remissions([("A", MP), ("B", PLACEBO)])
    chi, df = values(found, "tte/ALL/AFS/-/TOTAL/LOGRANK", "statistic", "df")
    assert (chi, df) == (pytest.approx(16.79, abs=0.005), 1)


def test_without_events_the_median_does_not_exist():
    rows = remissions([("A", ["20+", "30+"])]).set_index("key")
    assert rows.loc["tte/ALL/AFS/-/A/-/median", ["formatted", "warning"]].tolist() == ["–", "not estimable: no events"]
    assert rows.loc["tte/ALL/AFS/V2/A/-/pct", "value"] == 100
    assert rows.loc["tte/ALL/AFS/-/TOTAL/LOGRANK/p", "warning"] == "not estimable: fewer than two groups"


def test_before_the_first_event_there_is_an_estimate_without_interval():
    """All free of the event at day 8, two of three at day 15 (the interval exists there)."""
    rows = remissions([("A", ["10", "20+", "30+"])]).set_index("key")
    assert rows.loc["tte/ALL/AFS/V1/A/-/pct", "formatted"] == "100.0"
    assert pd.isna(rows.loc["tte/ALL/AFS/V1/A/-/pct", "warning"])
    for name in ("pct_low", "pct_high"):
        assert rows.loc[f"tte/ALL/AFS/V1/A/-/{name}", ["formatted", "warning"]].tolist() == [
            "–",
            "no interval on the log-log scale before the first event",
        ]
        assert rows.loc[f"tte/ALL/AFS/V2/A/-/{name}", "value"] > 0


def test_where_nobody_is_left_there_is_an_estimate_without_interval():
    rows = remissions([("A", ["6", "9"])]).set_index("key")
    assert rows.loc["tte/ALL/AFS/V2/A/-/pct", "formatted"] == "0.0"
    assert rows.loc["tte/ALL/AFS/V2/A/-/pct_high", ["formatted", "warning"]].tolist() == [
        "–",
        "no interval on the log-log scale where nobody is left",
    ]


def test_beyond_the_last_observation_survival_is_not_known():
    rows = remissions([("A", ["6", "9+"])]).set_index("key")
    assert rows.loc["tte/ALL/AFS/V2/A/-/pct", ["formatted", "warning"]].tolist() == [
        "–",
        "not estimable: beyond the last observation",
    ]


def test_a_column_without_subjects():
    rows = remissions([("A", ["6", "9+"])]).set_index("key")
    assert rows.loc["tte/ALL/AFS/-/B/-/N", "value"] == 0
    assert rows.loc["tte/ALL/AFS/V1/B/-/pct", "warning"] == "not estimable: no patients"


def test_without_survival_endpoints_there_are_no_rows():
    assert survival.analyse(trial(definition(), subjects({"1": "A"}))).empty
