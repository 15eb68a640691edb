"""Exposure: dose, compliance, administrations, patient-years; large doses as a power of ten."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import SUBJECT, definition, four, frame, printed, trial
from trial_report.analysis.analyse.exposure import analyse, fmt_power

pytestmark = pytest.mark.requirement("REQ-301")


def test_exposure_is_described_by_column() -> None:
    adsl = frame(
        SUBJECT,
        {"USUBJID": "1", "FUPDUR": 365},
        {"USUBJID": "2", "DOSEA": 5, "DOSECOMP": 50, "NADMIN": 2, "FUPDUR": 366},
    )
    found = analyse(trial(adsl))
    assert printed(found, "exposure/SAF/DOSEA/-/A/-", "n", "mean", "min", "max") == "2 7.5 5 10"
    assert printed(found, "exposure/SAF/DOSECOMP/-/A/LESS", "n", "pct") == "1 50.0"
    assert printed(found, "exposure/SAF/NADMIN/-/TOTAL/2", "n", "pct") == "1 50.0"
    # (365 + 366) days of 365.25 a year
    assert printed(found, "exposure/SAF/FUPDUR/-/A/YEARS", "sum") == "2.00"


def test_a_group_without_subjects() -> None:
    found = analyse(trial(four()))
    assert printed(found, "exposure/SAF/DOSEA/-/B/-", "n", "mean") == "0 –"
    assert printed(found, "exposure/SAF/FUPDUR/-/B/YEARS", "sum") == "0.00"
    assert printed(found, "exposure/SAF/DOSECOMP/-/B/FULL", "n", "pct") == "0 –"


def test_exposure_is_shown_in_further_sets_with_the_dose_a_day() -> None:
    adsl = frame(SUBJECT, {"USUBJID": "1"}, {"USUBJID": "2", "EVALFL": "N"}).assign(DOSEDAY=[2.5, 10.0])
    asked = definition(exposure={"sets": ["EVAL"], "daily_dose": True})
    found = analyse(trial(adsl, study=asked))
    assert printed(found, "exposure/SAF/DOSEDAY/-/A/-", "n", "mean", "max") == "2 6.3 10"
    assert printed(found, "exposure/EVAL/DOSEDAY/-/A/-", "n", "mean", "missing") == "1 2.5 0"
    assert printed(found, "exposure/EVAL/NADMIN/-/A/1", "n", "pct") == "1 100.0"


def test_without_ex_there_are_no_rows_of_doses_and_without_a_plan_none_of_compliance() -> None:
    adsl = frame(SUBJECT, {"USUBJID": "1"})
    undelivered = set(analyse(trial(adsl, delivered=False))["variable"])
    assert undelivered == {"USUBJID", "TRTDURD", "FUPDUR"}
    groups = [{"code": code, "label": code, "short": code} for code in ("A", "B")]
    unplanned = set(analyse(trial(adsl, study=definition(treatment={"groups": groups})))["variable"])
    assert unplanned == {"USUBJID", "DOSEA", "TRTDURD", "FUPDUR", "NADMIN"}


@pytest.mark.parametrize(
    ("doses", "printed_mean"),
    [([10.0, 20.0], "7.5"), ([0.5, 20.0], "7.50"), ([0.125], "7.500"), ([1 / 3], "7.500")],
)
def test_doses_are_printed_with_the_decimals_that_they_were_recorded_with(
    doses: list[float], printed_mean: str
) -> None:
    ex = pd.DataFrame({"USUBJID": pd.Series(["1"] * len(doses), dtype="str"), "EXDOSE": doses})
    found = analyse(trial(frame(SUBJECT, {"DOSEA": 7.5}), EX=ex))
    assert printed(found, "exposure/SAF/DOSEA/-/A/-", "mean") == printed_mean


def test_many_numbers_of_administrations_are_described() -> None:
    adsl = frame(SUBJECT, *({"USUBJID": str(n), "NADMIN": n} for n in range(1, 12)))
    found = analyse(trial(adsl))
    assert printed(found, "exposure/SAF/NADMIN/-/A/-", "n", "mean", "min", "max") == "11 6.0 1 11"
    assert "exposure/SAF/NADMIN/-/A/1/n" not in set(found["key"])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5e7, "5.00 × 10⁷"),
        (1.234e8, "1.23 × 10⁸"),
        (9.999e5, "1.00 × 10⁶"),
        (-2e5, "−2.00 × 10⁵"),
        (0.0, "0"),
        (None, "–"),
    ],
)
def test_a_large_number_is_a_power_of_ten(value: float | None, text: str) -> None:
    assert fmt_power(value) == text


def test_a_large_dose_is_printed_so_and_its_value_kept() -> None:
    found = analyse(trial(frame(SUBJECT, {"DOSEA": 5e7}))).set_index("key")
    row = found.loc["exposure/SAF/DOSEA/-/A/-/mean"]
    assert (row["formatted"], row["value"]) == ("5.00 × 10⁷", 5e7)
