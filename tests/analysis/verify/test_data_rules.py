"""Rules of dates, doses, cut-off, visits and levels in the second computation, by values worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.studies._build import Study, study
from trial_report.analysis.verify.road import Road
from trial_report.schemas.results import join_level

pytestmark = pytest.mark.requirement("REQ-505")


@pytest.fixture(scope="module")
def macros(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """The value of an expression in SQL, with the macros of the second road."""
    road = Road(study(groups={"A": 10}, subjects="id\n1").write(tmp_path_factory.mktemp("macros") / "study"))
    return lambda expression: road.value(f"SELECT {expression}")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2023---15", date(2023, 1, 1), date(2023, 12, 31)),
        ("2024-01-10/2024-01-12", date(2024, 1, 10), date(2024, 1, 12)),
        ("2024-01/2024-03", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-03/2024-01", None, None),
        ("2024-01-10T08:00/2024-01-10T09:00", date(2024, 1, 10), date(2024, 1, 10)),
        ("--01-10", None, None),
    ],
)
def test_a_text_means_an_interval_of_days(
    macros: Callable[[str], Any], text: str, first: date | None, last: date | None
) -> None:
    assert macros(f"first_day('{text}')") == first
    assert macros(f"last_day_of('{text}')") == last
    assert macros(f"whole_date('{text}')") == (first if first == last else None)


@pytest.mark.parametrize(
    ("text", "dose", "before"),
    [
        ("2024-01-11T01:30Z", "2024-01-11T10:00+09:00", False),  # 01:30 and 01:00 UTC
        ("2024-01-10T23:30-05:00", "2024-01-11T04:00Z", False),  # the day before by its clock, 04:30 UTC
        ("2024-01-11T05:00+09:00", "2024-01-10T22:00Z", True),  # the day after by its clock, 20:00 UTC
        ("2024-01-11T09:00", "2024-01-11T10:00", True),
        ("2024-01-11T09:00", "2024-01-11T10:00Z", None),  # one offset only: the times cannot be compared
        ("2024-01-11", "2024-01-11T10:00", None),
        ("2024-01-10T09:00", "2024-01-11T10:00Z", True),
    ],
)
def test_times_are_compared_as_instants_only_where_both_say_their_offset(
    macros: Callable[[str], Any], text: str, dose: str, before: bool | None
) -> None:
    at = f"'{text}', whole_date('{text}'), whole_date('{dose}'), local_time('{dose}'), instant('{dose}')"
    assert macros(f"before_dose({at})") is before


def test_an_instant_is_the_clock_less_its_offset(macros: Callable[[str], Any]) -> None:
    assert macros("instant('2024-01-11T10:00+05:30')") == datetime(2024, 1, 11, 4, 30)
    assert macros("instant('2024-01-11T10:00-05:30')") == datetime(2024, 1, 11, 15, 30)
    assert macros("instant('2024-01-11T10:00')") is None


@pytest.mark.parametrize("text", ["ANY", "Missing", "a|b", "a\\b", "a\\|b", "Not coded", "a∕b", "plain", "any", "␉x"])
def test_a_text_becomes_the_level_that_the_results_have(macros: Callable[[str], Any], text: str) -> None:
    assert macros(f"as_level('{text}')") == join_level(text)


def adsl(made: Study, tmp_path: Path, columns: str) -> dict[str, tuple[Any, ...]]:
    """Number of the subject → these columns of the second road's ADSL."""
    road = Road(made.write(tmp_path / "study"))
    assert road.failures == []
    rows = road.con.execute(f"SELECT split_part(USUBJID, '-', 2), {columns} FROM ADSL").fetchall()
    return {row[0]: row[1:] for row in rows}


def test_days_that_records_share_count_once(tmp_path: Path) -> None:
    """1: 35 and 36 days without a gap; 2: touching on day 35; 3: the second record lies within the first; 4: both arms
    of a dose in two parts; 5: two infusions over midnight are two; 6: BID written as two records with their times.
    """
    made = study(
        groups={"A": 10},
        subjects="id\n" + "\n".join("123456"),
        doses="""
        id  start     end  dose  freq  EXLOC
        1   1         35   10    QD    .
        1   36        71   10    QD    .
        2   1         35   10    QD    .
        2   35        71   10    QD    .
        3   1         40   10    QD    .
        3   10        20   10    QD    .
        4   1         71   5     QD    ARM
        4   1         71   5     QD    LEG
        5   1         2    10    ONCE  .
        5   2         3    10    ONCE  .
        6   1T08:00   1    10    BID   .
        6   1T20:00   1    10    BID   .
        """,
    )
    assert adsl(made, tmp_path, "NADMIN, DOSEA, TRTDURD") == {
        "1": (71, 710, 71),
        "2": (71, 710, 71),
        "3": (40, 400, 40),
        "4": (71, 710, 71),
        "5": (2, 20, 3),
        "6": (2, 20, 1),
    }


def test_a_plan_has_periods_and_cycles(tmp_path: Path) -> None:
    """B: 20 mg twice on day 1, then 10 mg a day to day 15: 2 × 20 + 14 × 10 = 180 mg up to the last dose. C: 5 mg on
    days 1 and 8 of cycles of 21 days, 30 days: days 1, 8, 22, 29 are 4 doses. PBO: of a dose of 0, administrations.
    """
    loading = {"days": [1, 1], "dose": 20, "frequency": "BID"}
    plans = {
        "B": {
            "unit": "mg",
            "plan": [loading, {"days": [2, None], "dose": 10}],
        },
        "C": {"unit": "mg", "plan": [{"days": [1, None], "dose": 5, "cycle": {"length": 21, "days": [1, 8]}}]},
    }
    made = study(
        groups={"PBO": 0, **plans},
        subjects="id  arm\n1  PBO\n2  B\n3  C",
        doses="""
        id  start  end  dose  freq
        1   1      20   0     QD
        2   1      15   10    QD
        3   1      1    5     ONCE
        3   30     30   5     ONCE
        """,
    )
    assert adsl(made, tmp_path, "NADMIN, NPLAN, DOSEP, round(DOSECOMP, 4)") == {
        "1": (20, 20, 0, 100),
        "2": (15, 16, 180, 83.3333),
        "3": (2, 4, 20, 50),
    }


def test_what_comes_after_the_cut_is_not_there(tmp_path: Path) -> None:
    """Cut on day 15 of subject 1. Its event of day 20 is dropped, that of day 10 goes on; treatment goes on to the cut;
    the death of day 25 is not known. Subject 2 came after the cut.
    """
    made = study(
        groups={"A": 10},
        subjects="""
        id  day1        last  end  death
        1   2024-01-01  25    25   25
        2   2024-03-01  10    10   .
        """,
        events="""
        id  term      start  end
        1   Headache  10     22
        1   Rash      20     21
        """,
        study={"data_cutoff": "2024-01-15"},
    )
    road = Road(made.write(tmp_path / "study"))
    assert road.failures == []
    assert road.con.execute("SELECT AEDECOD, AEOUT, AENDT FROM ADAE").fetchall() == [
        ("Headache", "NOT RECOVERED/NOT RESOLVED", None)
    ]
    assert road.con.execute("SELECT USUBJID, TRTEDT, DTHFL, DTHDT, EOSSTT FROM ADSL").fetchall() == [
        ("ZOO-1", date(2024, 1, 15), "N", None, "ONGOING")
    ]
    counts = road.con.execute("SELECT records, dropped, ends, deaths FROM cut_count WHERE domain = 'AE'").fetchall()
    assert counts == [(2, 1, 1, 0)]
    assert road.value("SELECT deaths FROM cut_count WHERE domain = 'DM'") == 1


def test_visits_by_window_by_number_and_without_a_window(tmp_path: Path) -> None:
    """RET has no window: what is recorded under it is its own, though the window of W4 holds the day."""
    ret = {"day": None, "role": "follow-up", "window": None, "analysis_window": None}
    made = study(
        groups={"A": 10},
        visits={"BL": 1, "W4": 29, "RET": ret},
        subjects="id\n1",
        values={"SCORE": "id  visit  day  value\n1  BL  1  50\n1  W4  29  40\n1  RET  30  45"},
        endpoints=[{"paramcd": "SCORE"}],
    )
    road = Road(made.write(tmp_path / "study"))
    rows = road.con.execute("SELECT AVISIT, AVAL, ANL01FL FROM ADBDS ORDER BY ADY").fetchall()
    assert rows == [("BL", 50, "Y"), ("W4", 40, "Y"), ("RET", 45, "Y")]


def test_the_last_observation_is_carried_from_whatever_visit(tmp_path: Path) -> None:
    """Without a value at W8 the last one up to the end of its window is carried: of day 40, not the analysed one of day
    29; a baseline is not carried.
    """
    made = study(
        groups={"A": 10},
        visits={"BL": 1, "W4": 29, "W8": 57},
        subjects="id\n1\n2",
        values={"SCORE": "id  visit  day  value\n1  BL  1  50\n1  W4  29  40\n1  W4  40  42\n2  BL  1  60"},
        endpoints=[{"paramcd": "SCORE", "visits": ["W8"], "missing": ["locf"]}],
    )
    road = Road(made.write(tmp_path / "study"))
    frame = road.frame("SELECT USUBJID, visit, AVAL, y, is_carried FROM carried WHERE grp = 'A'")
    expected = pd.DataFrame({"USUBJID": ["ZOO-1"], "visit": "W8", "AVAL": [42.0], "y": [-8.0], "is_carried": [True]})
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False)


def test_who_was_randomised_and_never_treated_has_a_baseline(tmp_path: Path) -> None:
    """Day 1 is the day of randomisation: percent change of a negative baseline, (-10 + 20) / 20."""
    made = study(
        groups={"A": 10},
        subjects="id  last  rand\n1  28  1\n2  .  1",
        values={"SCORE": "id  BL  W4\n1  -20  -10\n2  -20  -10"},
        endpoints=[{"paramcd": "SCORE"}],
    )
    road = Road(made.write(tmp_path / "study"))
    rows = road.con.execute(
        "SELECT USUBJID, TRTSDT IS NULL, AVISIT, CHG, PCHG FROM ADBDS WHERE POSTFL = 'Y' ORDER BY USUBJID"
    ).fetchall()
    assert rows == [("ZOO-1", False, "W4", 10, 50), ("ZOO-2", True, "W4", 10, 50)]
