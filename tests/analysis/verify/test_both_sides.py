"""Measurements of both sides in the second computation: one value a moment, by values worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.studies._build import Study, study
from trial_report.analysis.verify.road import Road

pytestmark = pytest.mark.requirement("REQ-505")

EYES = """
    id  OELAT      OEMETHOD  visit  day  value
    1   RIGHT      .         BL     1    50
    1   LEFT       .         BL     1    60
    1   RIGHT      .         W4     29   44
    1   RIGHT      .         W4     29   46
    1   LEFT       .         W4     29   54
    1   RIGHT      .         W8     57   40
    2   RIGHT      .         BL     1    53
    2   RIGHT      .         W4     29   51
    3   RIGHT      .         BL     1    50
    3   LEFT       .         W4     29   45
    4   RIGHT      CHART     BL     1    50
    4   LEFT       CHART     BL     1    61
    4   RIGHT      CHART     W4     29   40
    4   LEFT       SCREEN    W4     29   41
    5   .          .         BL     1    70
    5   .          .         W4     29   66
    6   RIGHT      .         BL     1    40
    6   LEFT       .         BL     1    50
    6   BILATERAL  .         BL     1    80
    6   .          .         W4     29   20
    7   BILATERAL  .         BL     1    50
    7   LEFT       .         W4     29   46
    7   .          .         W8     57   44
"""


def measured(made: Study, tmp_path: Path, columns: str) -> list[tuple[Any, ...]]:
    """Number of the subject, day and these columns of every record of the second road's ADBDS that has a value."""
    road = Road(made.write(tmp_path / "study"))
    assert road.failures == []
    return road.con.execute(
        f"""SELECT CAST(split_part(USUBJID, '-', 2) AS INTEGER), ADY, {columns} FROM ADBDS WHERE AVAL IS NOT NULL
        ORDER BY ALL"""
    ).fetchall()


def eyes(**endpoint: Any) -> Study:
    """Seven subjects whose eyes were read, each of them otherwise."""
    return study(
        groups={"A": 10},
        visits={"BL": 1, "W4": 29, "W8": 57},
        subjects="id\n" + "\n".join("1234567"),
        values={"SCORE": EYES},
        endpoints=[{"paramcd": "SCORE", "domain": "OE", **endpoint}],
    )


def test_the_mean_of_the_sides_is_the_value_of_the_moment(tmp_path: Path) -> None:
    """1: (50 + 60) / 2, of the right eye's two values the last: (46 + 54) / 2, one eye at W8 is no value. 2: never more
    than one eye. 3: the one eye, then the other. 4: other methods are other moments, with an eye each. 5 and 7: no side
    was told, or once. 6: both eyes together are no third one, and a value without a side is less than two of them.
    """
    assert measured(eyes(), tmp_path, "AVAL, AVISIT, ANL01FL, BASE, CHG") == [
        (1, 1, 55, "BL", "Y", 55, None),
        (1, 29, 50, "W4", "Y", 55, -5),
        (2, 1, 53, "BL", "Y", 53, None),
        (2, 29, 51, "W4", "Y", 53, -2),
        (3, 1, 50, "BL", "Y", 50, None),
        (3, 29, 45, "W4", "Y", 50, -5),
        (4, 1, 55.5, "BL", "Y", 55.5, None),
        (5, 1, 70, "BL", "Y", 70, None),
        (5, 29, 66, "W4", "Y", 70, -4),
        (6, 1, 45, "BL", "Y", 45, None),
        (7, 1, 50, "BL", "Y", 50, None),
        (7, 29, 46, "W4", "Y", 50, -4),
        (7, 57, 44, "W8", "Y", 50, -6),
    ]


def test_a_side_that_the_definition_names_is_measured_alone(tmp_path: Path) -> None:
    """The left eye: of 1 at baseline and W4, of 3 at W4, of 4 by either method, of 6 at baseline, of 7 at W4."""
    rows = measured(eyes(where={"OELAT": "LEFT"}), tmp_path, "AVAL")
    assert rows == [(1, 1, 60), (1, 29, 54), (3, 29, 45), (4, 1, 61), (4, 29, 41), (6, 1, 50), (7, 29, 46)]


def test_sides_that_were_never_measured_at_once_are_ordinary(tmp_path: Path) -> None:
    """Nobody has both sides at one moment: every value is one, at a time of day of its own or at another visit."""
    made = study(
        groups={"A": 10},
        subjects="id\n1\n2",
        values={
            "SYSBP": """
            id  VSLAT  visit  day      value
            1   LEFT   BL     1T08:00  150
            1   RIGHT  BL     1T08:10  140
            1   LEFT   BL     1T18:00  145
            1   LEFT   W4     29       130
            2   LEFT   BL     1        120
            2   RIGHT  W4     29       118
            """
        },
        vital_signs=[{"paramcd": "SYSBP"}],
        baseline={"same_day": True},
    )
    rows = measured(made, tmp_path, "AVAL, ABLFL")
    subject_1 = [(1, 1, 140, "N"), (1, 1, 145, "Y"), (1, 1, 150, "N"), (1, 29, 130, "N")]
    assert rows == [*subject_1, (2, 1, 120, "Y"), (2, 29, 118, "N")]


def test_sides_minutes_apart_are_of_one_moment(tmp_path: Path) -> None:
    made = study(
        groups={"A": 10},
        subjects="id\n1",
        values={
            "SYSBP": """
            id  VSLAT  visit  day       value
            1   LEFT   BL     1T08:00   150
            1   RIGHT  BL     1T08:10   140
            1   RIGHT  W4     29T09:00  130
            1   LEFT   W4     29T09:04  120
            1   LEFT   W4     30T09:04  110
            """
        },
        vital_signs=[{"paramcd": "SYSBP"}],
        baseline={"same_day": True},
    )
    assert measured(made, tmp_path, "AVAL, ABLFL") == [(1, 1, 145, "Y"), (1, 29, 125, "N")]


def test_the_range_is_asked_of_the_mean(tmp_path: Path) -> None:
    """Limits 10 and 40. (36 + 50) / 2 = 43 is high, though one side is not; (5 + 35) / 2 = 20 is normal, though one is
    low; (39.9 + 40.1) / 2 = 40 is not above 40. A subject of one side has what was recorded.
    """
    made = study(
        groups={"A": 10},
        visits={"BL": 1, "W4": 29, "W8": 57},
        subjects="id\n1\n2",
        values={
            "ALT": """
            id  LBLAT  visit  day  value  LBNRIND
            1   LEFT   BL     1    36     NORMAL
            1   RIGHT  BL     1    50     HIGH
            1   LEFT   W4     29   5      LOW
            1   RIGHT  W4     29   35     NORMAL
            1   LEFT   W8     57   39.9   NORMAL
            1   RIGHT  W8     57   40.1   HIGH
            2   LEFT   BL     1    50     HIGH HIGH
            """
        },
        laboratory=[{"paramcd": "ALT"}],
    )
    assert measured(made, tmp_path, "AVAL, ANRIND, BNRIND") == [
        (1, 1, 43, "HIGH", "HIGH"),
        (1, 29, 20, "NORMAL", "HIGH"),
        (1, 57, 40, "NORMAL", "HIGH"),
        (2, 1, 50, "HIGH HIGH", "HIGH HIGH"),
    ]
