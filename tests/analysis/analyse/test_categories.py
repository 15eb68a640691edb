"""Ordinal endpoints: every level is counted of those with a value, and groups are compared within strata."""

import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial, values
from trial_report.analysis.analyse import categories
from trial_report.analysis.lineage.conditions import Conditions
from trial_report.analysis.methods.stratified import association, mean_scores_differ

pytestmark = pytest.mark.requirement("REQ-306")

LEVELS = {1: "Better", 2: "Same", 3: "Worse"}
GROUPS = dict(zip("abcdefgh", "AAAABBBB", strict=True))
SITES = ["1", "1", "2", "2", "1", "1", "2", "2"]
SCORES = {"a": (None, 1, 2), "b": (None, 2, None), "c": (None, 2, 3), "d": (None, 3, 3),
          "e": (None, 1, 1), "f": (None, 1, 1), "g": (None, 2, None), "h": (None, 2, 2)}  # fmt: skip


def made(scores=SCORES, **changes):
    asked = {"levels": LEVELS, "measure": "value", "responder": None, **changes}
    adsl = subjects(GROUPS, SITEID=SITES)
    bds = measurements(adsl, scores)
    return trial(definition(asked), adsl, adbds=bds.assign(AVISITN=bds["AVISIT"].map({"BL": 1, "V1": 2, "V2": 3})))


def test_levels_are_counted_of_those_with_a_value():
    found = categories.analyse(made())
    assert values(found, "eff.category/ALL/SCORE/V2/A/-", "n") == [3]
    assert values(found, "eff.category/ALL/SCORE/V2/A/3", "n", "pct") == [2, pytest.approx(200 / 3, abs=1e-6)]
    assert values(found, "eff.category/ALL/SCORE/V2/B/3", "n", "pct") == [0, 0]
    assert values(found, "eff.category/ALL/SCORE/V2/TOTAL/1", "n") == [2]
    assert values(found, "eff.category/ALL/SCORE/-/B/-", "N") == [4]


def test_carried_values_are_counted_and_the_filter_selects_them():
    study = made(comparison_data="locf")
    found = categories.analyse(study)
    assert values(found, "eff.category/ALL/SCORE/V2/A/2", "n") == [2]
    counts = found.loc[(found["statistic"] == "n") & (found["dataset"] == "ADBDS")]
    conditions = Conditions({"ADBDS": study.adbds, "ADSL": study.adsl})
    conditions.prepare(zip(counts["dataset"], counts["filter"], strict=True))
    selected = [study.adbds.loc[conditions.mask("ADBDS", f), "USUBJID"].nunique() for f in counts["filter"]]
    assert selected == counts["value"].tolist()


def test_groups_are_compared_within_strata():
    found = categories.analyse(made(factors=["SITEID"]))
    tables = [[[1, 1, 0], [2, 0, 0]], [[0, 1, 1], [0, 2, 0]]]
    for level, test in (("MEAN SCORES", mean_scores_differ(tables, [1, 2, 3])), ("ASSOCIATION", association(tables))):
        at = f"eff.category/ALL/SCORE/V1/TOTAL/{level}"
        assert values(found, at, "statistic", "df", "p") == [
            pytest.approx(v, abs=1e-6) for v in (test.statistic, test.df, test.p)
        ]


def test_a_value_outside_the_levels_is_shown_and_not_tested():
    found = categories.analyse(made({**SCORES, "a": (None, 9, 2)}))
    assert values(found, "eff.category/ALL/SCORE/V1/A/OTHER", "n") == [1]
    assert "eff.category/ALL/SCORE/V2/A/OTHER/n" not in set(found["key"])
    test = mean_scores_differ([[[0, 2, 1], [2, 2, 0]]], [1, 2, 3])
    assert values(found, "eff.category/ALL/SCORE/V1/TOTAL/MEAN SCORES", "p") == [pytest.approx(test.p, abs=1e-6)]


def test_the_scores_of_an_endpoint_whose_change_is_analysed_are_its_values():
    scores = {name: (2, *series[1:]) for name, series in SCORES.items()}
    changes = categories.analyse(made(scores, measure="change")).set_index("key")["value"]
    plain = categories.analyse(made()).set_index("key")["value"]
    pd.testing.assert_series_equal(changes, plain)


def test_nobody_has_a_value():
    found = categories.analyse(made({"a": (None, 1, None)}))
    assert values(found, "eff.category/ALL/SCORE/V2/A/1", "n", "pct") == [0, None]
    assert found.loc[found["statistic"] == "p", "formatted"].tolist() == ["–"] * 4
