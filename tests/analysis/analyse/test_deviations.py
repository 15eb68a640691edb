"""Deviations, history: class and term, in falling order; the filter runs over the domain and ADSL."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import four, printed, trial
from trial_report.analysis.analyse.deviations import analyse
from trial_report.analysis.analyse.history import analyse as history

pytestmark = pytest.mark.requirement("REQ-301")


def dv(rows: list[tuple[str, str | None, str | None, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["USUBJID", "DVCAT", "DVDECOD", "DVTERM"]).astype("str")


def test_subjects_and_deviations_are_counted_by_category_and_class() -> None:
    domain = dv([
        ("1", "MINOR", "VISIT", "late"),
        ("1", "MINOR", "VISIT", "later"),
        ("2", "MINOR", "DOSE", "less"),
        ("3", "MAJOR", None, "odd"),
        ("4", "MAJOR", "CONSENT", "a screen failure is not among the enrolled"),
    ])  # fmt: skip
    found = analyse(trial(four(), DV=domain))
    stem = "deviations/ENR/DVDECOD/-/A"
    assert printed(found, f"{stem}/ANY", "n", "pct", "events") == "3 100.0 4"
    assert printed(found, f"{stem}/MINOR|VISIT", "n", "pct", "events") == "1 33.3 2"
    assert printed(found, f"{stem}/MAJOR|Not coded", "n", "events") == "1 1"
    levels = found.loc[(found["group"] == "A") & (found["statistic"] == "n"), "level"].tolist()
    assert levels == ["ANY", "MINOR", "MINOR|DOSE", "MINOR|VISIT", "MAJOR", "MAJOR|Not coded"]


def test_the_filter_names_the_subjects_by_a_condition_in_adsl() -> None:
    found = analyse(trial(four(), DV=dv([("1", "MINOR", "VISIT", "late")]))).set_index("key")
    assert found.loc["deviations/ENR/DVDECOD/-/A/MINOR|VISIT/n", "filter"] == (
        "USUBJID IN (SELECT USUBJID FROM ADSL WHERE ENRFL = 'Y' AND TRT01P = 'A') "
        "AND DVCAT = 'MINOR' AND DVDECOD = 'VISIT'"
    )


def test_without_classes_the_terms_are_counted() -> None:
    found = analyse(trial(four(), DV=dv([("1", "MINOR", None, "late")])))
    assert printed(found, "deviations/ENR/DVTERM/-/TOTAL/MINOR|late", "n") == "1"


def test_a_study_without_these_domains_has_rows_of_zero() -> None:
    found = analyse(trial(four()))
    assert printed(found, "deviations/ENR/DVTERM/-/TOTAL/ANY", "n", "pct", "events") == "0 0.0 0"
    none = history(trial(four()))
    assert printed(none, "mh/SAF/MHTERM/-/A/ANY", "n") == "0"


def test_history_is_counted_by_class_and_term() -> None:
    mh = pd.DataFrame({"USUBJID": ["1", "2"], "MHBODSYS": ["Heart", "Heart"], "MHDECOD": ["Angina", "Angina"]})
    assert printed(history(trial(four(), MH=mh)), "mh/SAF/MHDECOD/-/A/Heart|Angina", "n", "pct") == "2 66.7"


def test_a_condition_that_the_subject_does_not_have_is_not_counted() -> None:
    mh = pd.DataFrame({"USUBJID": ["1", "2"], "MHBODSYS": ["Heart", "Heart"], "MHDECOD": ["Angina", "Angina"]})
    found = history(trial(four(), MH=mh.assign(MHOCCUR=["N", "Y"], MHSTAT=[None, None])))
    assert printed(found, "mh/SAF/MHDECOD/-/A/Heart|Angina", "n", "events") == "1 1"
    assert "MHOCCUR IS DISTINCT FROM 'N'" in found["filter"].iloc[-1]
