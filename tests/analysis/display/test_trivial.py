"""A display that has nothing to show does not fill a page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.display.trivial import LEFT, collapsed

pytestmark = pytest.mark.requirement("REQ-315")


def table(*rows: tuple[str, ...], keys: bool = True) -> Table:
    columns = [Column("what", ""), Column("a", "A"), Column("b", "B")]
    cells = [
        Row((Cell(name), *(Cell(text, (f"k/{n}/{m}",) if keys else ()) for m, text in enumerate(rest))), "Group")
        for n, (name, *rest) in enumerate(rows)
    ]
    return Table.build(columns, cells)


ZEROS = (("Any", "0", "0"), ("Fatal", "0 (0.0)", "–"), ("Serious", "0 (0) [0]", "0"))


def test_a_table_of_zeros_is_its_first_row_and_says_so() -> None:
    found = collapsed(table(*ZEROS))
    assert [[cell.text for cell in row.cells] for row in found.rows] == [["Any", "0", "0"]]
    assert found.keys() == ("k/0/0", "k/0/1")
    assert found.notes == (LEFT,)
    assert found.rows[0].group == ""


def test_a_table_of_zeros_that_says_so_is_that_sentence_with_how_many_of_how_many() -> None:
    made = table(*ZEROS[:2])
    sized = replace(made.columns[-1], label="B\n(N = 12)", key="sets/B")
    none = replace(made, columns=(*made.columns[:-1], sized), notes=("No death was reported.", "Cells: n (%)."))
    ended = Row((Cell("Any"), Cell("0", ("k/1",)), Cell("0", ("k/2",))))
    found = collapsed(replace(none, rows=(ended,)), "patients")
    assert (found.rows, found.notes, found.empty) == ((), (), "No death was reported:")
    assert found.said[0].text == "0 of 12 patients."
    assert found.said[0].keys == ("k/2", "sets/B")


@pytest.mark.parametrize(
    "rows",
    [
        (*ZEROS, ("Other", "1 (5.0)", "0")),
        (*ZEROS, ("Interval", "0.0 to 26.5", "0")),
        ZEROS[:2],
        (("Any", "–", "–"),) * 3,
        (("Mean", "0.0", "0.0"),) * 3,
    ],
)
def test_what_has_anything_to_show_stays_as_it_is(rows: tuple[tuple[str, ...], ...]) -> None:
    made = table(*rows)
    assert collapsed(made) is made


def test_what_is_no_result_is_not_looked_at() -> None:
    made = table(*ZEROS, keys=False)
    assert collapsed(made) is made
