"""Tables of more columns than a page has room for."""

from __future__ import annotations

import pytest

from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.display.table_parts import parts, turns
from trial_report.analysis.display.table_widths import LANDSCAPE, PORTRAIT, needed, widths

pytestmark = pytest.mark.requirement("REQ-212")

LABEL = "Any treatment-emergent adverse event of grade 3 or higher"


def of_arms(count: int, rows: int = 3, spanned: bool = False) -> Table:
    columns = [Column("row", "Patients with")]
    for arm in range(1, count + 1):
        over = f"Group D{arm}0 (N = 2)" if spanned else None
        columns += [Column(f"a{arm}", "Value" if spanned else f"Group D{arm}0\n(N = 2)", "center", spanner=over)]
        columns += [Column(f"b{arm}", "Change", "center", spanner=over)] if spanned else []
    filled = [Cell(LABEL), *(Cell("2 (100.0) [2]") for _ in columns[1:])]
    return Table.build(columns, [Row(tuple(filled), "Week 4") for _ in range(rows)])


def test_a_table_that_fits_is_one_part_without_a_heading():
    (one,) = parts(of_arms(4))
    assert (one.table, one.heading) == (of_arms(4), "")


def test_fourteen_arms_are_parts_that_fit_and_name_their_rows():
    split = parts(of_arms(14))
    assert [one.heading for one in split] == [
        "Part 1 of 3: Group D10 to Group D50",
        "Part 2 of 3: Group D60 to Group D100",
        "Part 3 of 3: Group D110 to Group D140",
    ]
    assert all(sum(needed(one.table)) <= PORTRAIT for one in split)
    assert all(row.cells[0].text == LABEL and row.group == "Week 4" for one in split for row in one.table.rows)
    assert [column.id for one in split for column in one.table.columns[1:]] == [f"a{n}" for n in range(1, 15)]


def test_what_stands_below_one_heading_stays_together():
    split = parts(of_arms(14, spanned=True), landscape=True)
    assert all(len(one.table.columns) % 2 for one in split)
    assert split[-1].heading == "Part 3 of 3: Group D110 to Group D140"
    assert all(sum(needed(one.table)) <= LANDSCAPE for one in split)


def test_a_part_below_one_heading_is_called_by_it():
    over = {"b": "First", "c": "Second"}
    columns = [Column(f"{n}{k}", "W" * 9, "center", spanner=over[n]) for n in over for k in "vwxyz"]
    many = Table.build([Column("a", "A"), *columns], [["x"] * 11])
    assert [one.heading for one in parts(many)] == ["Part 1 of 2: First", "Part 2 of 2: Second"]


def test_widths_that_a_maker_gave_are_kept():
    given = [Column(str(n), "Heading", "center", width=1.0) for n in range(40)]
    assert len(parts(Table.build(given, [["12 (100.0)"] * 40]))) == 1


@pytest.mark.parametrize(
    ("arms", "rows", "turned"),
    [(4, 40, False), (9, 40, True), (9, 1, False), (30, 40, False)],
    ids=["it fits", "it fits a turned page", "its parts are short", "it fits neither"],
)
def test_a_page_is_turned_where_that_saves_long_parts(arms, rows, turned):
    assert turns(of_arms(arms, rows)) is turned


def test_what_names_the_rows_has_room_beside_many_numbers():
    assert widths(of_arms(6), PORTRAIT)[0] >= 120
