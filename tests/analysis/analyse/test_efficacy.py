"""Efficacy by visit, from a few values: expected statistics worked out by hand."""

import duckdb
import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial, values
from trial_report.analysis.analyse import efficacy, responders

pytestmark = pytest.mark.requirement("REQ-306")

ADSL = subjects({"1": "A", "2": "A", "3": "A", "4": "B", "5": None}, SEX=["F", "M", "F", "M", "F"])
VALUES = {"1": [10, 8, 4], "2": [20, None, 10], "3": [30, 20, 15], "4": [0, 1, None]}
BINARY = {"kind": "binary", "responder": None, "unit": None}


def analysed(values_by_subject=VALUES, *endpoints, **changes):
    study = definition(*endpoints, **changes)
    return trial(study, ADSL, measurements(ADSL, values_by_subject))


def test_change_is_summarised_by_column():
    """Changes at V2: 1: -6, 2: -10, 3: -15; mean -31/3, SD by hand, quartiles of three values are the values."""
    found = efficacy.analyse(analysed())
    stem = "eff.by_visit/ALL/SCORE/V2/A/CHG"
    assert values(found, stem, "n", "mean", "median", "q1", "q3", "min", "max") == [
        3,
        -10.333333,
        -10,
        -15,
        -6,
        -15,
        -6,
    ]
    assert values(found, stem, "sd") == [4.50925]
    # t(0.975; 2) = 4.302653 (any table of the t distribution); 4.50925 / sqrt(3) × 4.302653 = 11.20160
    assert values(found, stem, "ci_low", "ci_high") == [
        pytest.approx(-21.53493, abs=1e-4),
        pytest.approx(0.86827, abs=1e-4),
    ]


def test_total_is_all_groups_and_untreated_subjects_are_nowhere():
    found = efficacy.analyse(analysed())
    assert [values(found, f"eff.by_visit/ALL/SCORE/-/{g}/-", "N") for g in ("A", "B", "TOTAL")] == [[3], [1], [4]]
    assert values(found, "eff.by_visit/ALL/SCORE/V1/TOTAL/AVAL", "n", "mean") == [3, 9.666667]


def test_printed_with_the_decimals_of_the_standard():
    found = efficacy.analyse(analysed()).set_index("key")["formatted"]
    stem = "eff.by_visit/ALL/SCORE/V2/A/CHG"
    assert [found[f"{stem}/{s}"] for s in ("n", "mean", "sd", "min")] == ["3", "−10.3", "4.51", "−15"]


def test_what_does_not_exist_is_a_dash_with_a_reason():
    """One value has no SD and no interval; nobody has a value of B at V2; a baseline of 0 has no percent change."""
    rows = efficacy.analyse(analysed()).set_index("key")
    assert rows.loc["eff.by_visit/ALL/SCORE/V1/B/CHG/sd", ["formatted", "warning"]].tolist() == [
        "–",
        "not estimable: fewer than two values",
    ]
    assert rows.loc["eff.by_visit/ALL/SCORE/V2/B/CHG/mean", ["formatted", "warning"]].tolist() == [
        "–",
        "not estimable: no values",
    ]
    assert rows.loc["eff.by_visit/ALL/SCORE/V1/B/PCHG/n", "value"] == 0
    assert not rows["formatted"].str.contains("nan").any()


def test_equal_changes_have_an_interval_without_width_and_say_so():
    rows = efficacy.analyse(analysed({"1": [10, 8, 8], "2": [20, 18, 18]})).set_index("key")
    at = "eff.by_visit/ALL/SCORE/V1/A/CHG"
    assert rows.loc[[f"{at}/ci_low", f"{at}/ci_high"], "value"].tolist() == [-2, -2]
    assert rows.loc[f"{at}/ci_low", "warning"] == "all values are equal: the interval has no width"


def test_nobody_has_a_value():
    rows = efficacy.analyse(analysed({})).set_index("key")
    assert rows.loc["eff.by_visit/ALL/SCORE/V1/TOTAL/CHG/n", "value"] == 0
    assert rows.loc["eff.by_visit/ALL/SCORE/-/TOTAL/-/N", "value"] == 4


def test_baseline_is_the_record_flagged_whatever_its_visit():
    adsl = subjects({"1": "A"}, SEX=["F"])
    frame = measurements(adsl, {"1": [10, 8, 4]})
    frame.loc[frame["ABLFL"] == "Y", "AVISIT"] = "SCR"
    found = efficacy.analyse(trial(definition(), adsl, frame))
    assert values(found, "eff.by_visit/ALL/SCORE/BL/A/AVAL", "n", "mean") == [1, 10]


def test_records_not_analysed_do_not_count():
    frame = measurements(ADSL, VALUES)
    frame.loc[(frame["USUBJID"] == "3") & (frame["AVISIT"] == "V2"), "ANL01FL"] = "N"
    found = efficacy.analyse(trial(definition(), ADSL, frame))
    assert values(found, "eff.by_visit/ALL/SCORE/V2/A/AVAL", "n") == [2]


def test_restricted_to_subjects_with_a_baseline_characteristic():
    found = efficacy.analyse(analysed(VALUES, {"only_with_baseline": {"SEX": "F"}}))
    assert values(found, "eff.by_visit/ALL/SCORE/-/A/-", "N") == [2]
    assert values(found, "eff.by_visit/ALL/SCORE/V2/TOTAL/AVAL", "n", "mean") == [2, 9.5]


def test_filters_can_be_run_as_they_are():
    """What SQL counts under a row's filter is the row's n, restricted population included."""
    study = definition({"only_with_baseline": {"SEX": "F"}})
    frame = measurements(ADSL, VALUES)
    found = pd.concat([module.analyse(trial(study, ADSL, frame)) for module in (efficacy, responders)])
    counts = found.loc[found["statistic"].isin(["N", "with_value"]) | found["key"].str.endswith("AVAL/n")]
    with duckdb.connect() as db:
        db.register("ADSL", ADSL)
        db.register("ADBDS", frame)
        for row in counts.to_dict("records"):
            asked = f"SELECT count(*) FROM {row['dataset']} WHERE {row['filter']}"
            assert db.execute(asked).fetchall() == [(row["value"],)], row["key"]
    assert len(counts) > 10


def test_order_of_rows_does_not_matter():
    study, frame = definition(), measurements(ADSL, VALUES)
    shuffled = trial(study, ADSL.iloc[::-1], frame.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(efficacy.analyse(trial(study, ADSL, frame)), efficacy.analyse(shuffled))


def test_binary_endpoint_is_a_proportion_of_those_with_a_value():
    """2 of 3 with yes: Clopper–Pearson 9.4 to 99.2% (R binom.test(2, 3))."""
    yes = {"1": [0, 1, 1], "2": [0, 1, None], "3": [0, 0, 1]}
    found = efficacy.analyse(analysed(yes, BINARY))
    stem = "eff.by_visit/ALL/SCORE/V1/A/YES"
    assert values(found, stem, "n", "with_value", "pct") == [2, 3, 66.666667]
    assert values(found, stem, "pct_low", "pct_high") == [
        pytest.approx(9.429932, abs=1e-4),
        pytest.approx(99.15962, abs=1e-4),
    ]
    empty = found.set_index("key").loc["eff.by_visit/ALL/SCORE/V2/B/YES/pct"]
    assert (empty["formatted"], empty["warning"]) == ("–", "not estimable: no patients")


def test_responders_are_counted_among_those_in_whom_the_rule_applies():
    """V2: 10→4 and 20→10 and 30→15 fall by half or more; subject 4 has no value."""
    found = responders.analyse(analysed())
    assert values(found, "eff.responder/ALL/SCORE/V2/A/-", "n", "with_value", "pct") == [3, 3, 100]
    assert values(found, "eff.responder/ALL/SCORE/V1/TOTAL/-", "n", "with_value", "pct") == [0, 2, 0]
    assert values(found, "eff.responder/ALL/SCORE/-/TOTAL/-", "N") == [4]


def test_no_responder_rule_no_rows():
    assert responders.analyse(analysed(VALUES, {"responder": None})).empty
