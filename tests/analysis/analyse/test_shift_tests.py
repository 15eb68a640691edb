"""Shifts over the groups: Cochran–Mantel–Haenszel within the position at baseline, where the study asks for it."""

from typing import Any

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import SUBJECT, VALUE, definition, frame, trial
from tests.analysis.display.safety_book import book_of, table_of
from tests.outputs import outputs_in
from trial_report.analysis.analyse import laboratory, sets, shift_tests
from trial_report.analysis.analyse.shift_tests import analyse
from trial_report.analysis.display.tables import laboratory as tables
from trial_report.analysis.trial import Trial

pytestmark = pytest.mark.requirement("REQ-310")


def shifted(counts: dict[tuple[str, str, str], int], **study: Any) -> Trial:
    """A trial with as many subjects as `counts` has for each group, position at baseline and worst afterwards."""
    each = [key for key, n in counts.items() for _ in range(n)]
    people = frame(SUBJECT, *({"USUBJID": str(n), "TRT01A": group} for n, (group, *_) in enumerate(each)))
    values = [{"USUBJID": str(n), "BNRIND": before, "ANRIND": after} for n, (_, before, after) in enumerate(each)]
    return trial(people, adbds=frame(VALUE, *values), study=definition(**study))


def test_within_strata_as_by_hand() -> None:
    """Two strata of 2 × 2, by hand: (sum of a - E(a))² / sum of the hypergeometric variances."""
    counts = {("A", "NORMAL", "HIGH"): 8, ("A", "NORMAL", "NORMAL"): 2, ("B", "NORMAL", "HIGH"): 3,
              ("B", "NORMAL", "NORMAL"): 7, ("A", "HIGH", "HIGH"): 4, ("A", "HIGH", "NORMAL"): 2,
              ("B", "HIGH", "HIGH"): 3, ("B", "HIGH", "NORMAL"): 3, ("A", "", "HIGH"): 9}  # fmt: skip
    rows = analyse(shifted(counts, shifts={"tests": True})).set_index("key")["value"]
    # E(a) = 10·11/20 = 5.5 and 6·7/12 = 3.5; variances 10·10·11·9/(20²·19) and 6·6·7·5/(12²·11)
    expected = (8 - 5.5 + 4 - 3.5) ** 2 / (9900 / 7600 + 1260 / 1584)
    assert rows["lab.shift.test/SAF/ALT/-/TOTAL/-/statistic"] == pytest.approx(expected, abs=1e-12)
    assert rows["lab.shift.test/SAF/ALT/-/TOTAL/-/df"] == 1


def test_a_test_without_values_has_none() -> None:
    rows = analyse(shifted({("A", "NORMAL", "HIGH"): 2}, shifts={"tests": True})).set_index("key")
    assert pd.isna(rows.loc["lab.shift.test/SAF/BILI/-/TOTAL/-/p", "value"])
    assert rows.loc["lab.shift.test/SAF/BILI/-/TOTAL/-/p", "warning"]


@pytest.mark.parametrize("asked", [True, False])
def test_p_stands_beside_the_shifts_where_asked_for(asked: bool) -> None:
    counts = {("A", "NORMAL", "HIGH"): 3, ("A", "NORMAL", "NORMAL"): 1, ("B", "NORMAL", "NORMAL"): 4}
    book = book_of(shifted(counts, shifts={"tests": asked}), sets, laboratory, shift_tests)
    table = table_of(book, outputs_in(tables, book), "lab.shift")
    assert ("p" in [column.id for column in table.columns]) is asked
    assert any(note.startswith("p: ") for note in table.notes) is asked
