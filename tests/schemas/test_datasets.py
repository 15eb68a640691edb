from collections.abc import Callable

import pandas as pd
import pytest

from trial_report.analysis.trial import Trial
from trial_report.schemas.datasets import MODELS, check_dataset, columns
from trial_report.schemas.problems import StudyProblems

pytestmark = pytest.mark.requirement("REQ-204")

Change = Callable[[pd.DataFrame], pd.DataFrame]


def twice(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[:1]], ignore_index=True)


def with_first(column: str, value: object, **where: str) -> Change:
    """Sets a cell of the first row in which the columns have these values."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.copy()
        mask = pd.Series(True, index=frame.index)
        for name, wanted in where.items():
            mask &= frame[name] == wanted
        frame.loc[mask.idxmax(), column] = value
        return frame

    return change


def two_analysed(frame: pd.DataFrame) -> pd.DataFrame:
    one = frame.loc[(frame["ANL01FL"] == "Y") & (frame["POSTFL"] == "Y")].iloc[:1]
    return pd.concat([frame, one], ignore_index=True)


def two_baselines(frame: pd.DataFrame) -> pd.DataFrame:
    one = frame.loc[frame["ABLFL"] == "Y"].iloc[:1].assign(ANL01FL="N", REASNOT="repeat")
    return pd.concat([frame, one], ignore_index=True)


@pytest.mark.parametrize("name", MODELS)
def test_every_column_says_what_it_is(name: str) -> None:
    described = columns(name)
    assert described
    assert all(len(text) > 2 for text in described.values()), [c for c, text in described.items() if len(text) <= 2]


@pytest.mark.parametrize("name", MODELS)
def test_what_agrees_comes_back_as_it_was(exemplar: Trial, name: str) -> None:
    frame = exemplar.datasets[name]
    pd.testing.assert_frame_equal(check_dataset(name, frame.copy(), exemplar.definition), frame)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("ADSL", twice, "two rows of one subject"),
        ("ADSL", with_first("EOSSTT", "GONE"), "isin"),
        ("ADSL", with_first("TRT01A", None, SCRFFL="N"), "TRT01A is there exactly where TRTSDT is"),
        ("ADSL", with_first("TRTEDT", pd.Timestamp("1999-01-01"), SCRFFL="N"), "administration"),
        ("ADSL", lambda f: f.drop(columns="DOSEA"), "column"),
        ("ADAE", twice, "two rows of one subject and AESEQ"),
        ("ADAE", with_first("AENDT", pd.Timestamp("1999-01-01")), "ends before it starts"),
        ("ADAE", with_first("ASTDT", pd.Timestamp("1999-01-01"), TRTEMFL="Y"), "emergent"),
        ("ADAE", with_first("ASTDY", 0), "not_equal"),
        ("ADBDS", two_baselines, "two baselines"),
        ("ADBDS", two_analysed, "two records"),
        ("ADBDS", with_first("AVAL", None, ANL01FL="Y"), "has a value"),
        ("ADBDS", with_first("REASNOT", "repeat", ANL01FL="Y"), "reason"),
        ("ADBDS", with_first("CHG", 99.0, POSTFL="Y", ANL01FL="Y"), "AVAL - BASE"),
        ("ADTTE", with_first("CNSDTDSC", "Last contact", CNSR=0), "either an event"),
        ("ADTTE", with_first("AVAL", 0.0), "greater_than"),
        ("ADVISIT", with_first("STATUS", "lost"), "isin"),
        ("ADVISIT", twice, "two rows of one subject and visit"),
    ],
)
def test_what_does_not_agree_is_named(exemplar: Trial, name: str, change: Change, message: str) -> None:
    with pytest.raises(StudyProblems, match=message) as found:
        check_dataset(name, change(exemplar.datasets[name]), exemplar.definition)
    assert {p.check for p in found.value.problems} == {"DERIVE-001"}
    assert str(found.value).startswith(f"The analysis dataset {name}")


def test_a_failure_names_subject_line_and_value(exemplar: Trial) -> None:
    broken = with_first("ADURN", -3)(exemplar.adae)
    with pytest.raises(StudyProblems) as found:
        check_dataset("ADAE", broken, exemplar.definition)
    [problem] = found.value.problems
    first = exemplar.adae.iloc[0]
    assert (problem.subject, problem.line) == (first["USUBJID"], first["SRCLINE"])
    assert (problem.variable, problem.value) == ("ADURN", "-3")


@pytest.mark.parametrize("name", MODELS)
def test_the_flag_of_every_analysis_set_is_needed(exemplar: Trial, name: str) -> None:
    flag = exemplar.definition.analysis_sets[0].flag
    with pytest.raises(StudyProblems, match=flag):
        check_dataset(name, exemplar.datasets[name].drop(columns=flag), exemplar.definition)
