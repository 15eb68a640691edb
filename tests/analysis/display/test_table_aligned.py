"""Count stands below count, and percentage below percentage."""

from __future__ import annotations

import re

import pytest

from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.display.table_aligned import aligned
from trial_report.analysis.display.table_html import cell_html
from trial_report.analysis.display.table_typst import cell_typst
from trial_report.analysis.display.table_widths import widths

pytestmark = pytest.mark.requirement("REQ-315")


def column(*texts: str, groups: tuple[str, ...] = ()) -> Table:
    keys = [tuple(f"k/{n}/{m}" for m in range(len(re.findall(r"\d+(?:\.\d+)?|–", t)))) for n, t in enumerate(texts)]
    rows = [
        Row((Cell("name"), Cell(text, key)), group)
        for text, key, group in zip(texts, keys, groups or ("",) * len(texts), strict=True)
    ]
    return Table.build([Column("what", ""), Column("n", "Total\n(N = 20)", "center")], rows)


def wide(table: Table) -> list[str]:
    return [row.cells[1].wide for row in table.rows]


def test_each_part_is_filled_up_to_the_widest_of_its_column() -> None:
    found = wide(aligned(column("16 (80.0) [41]", "0", "2 (100.0) [6]", "3 (5.0)")))
    assert [len(text) for text in found] == [15] * 4
    assert [text.index("(") for text in found] == [4, 3, 3, 5]
    assert [text.index(")") for text in found] == [9, 9, 9, 9]


def test_the_text_and_its_traces_stay_as_they_are() -> None:
    before = column("16 (80.0) [41]", "0", "2 (100.0) [6]")
    after = aligned(before)
    assert [row.cells[1].text for row in after.rows] == [row.cells[1].text for row in before.rows]
    assert [row.cells[1].pieces() for row in after.rows] == [row.cells[1].pieces() for row in before.rows]
    shown = ["".join(text for text, _, room in row.cells[1].padded() if not room) for row in after.rows]
    assert shown == [row.cells[1].text for row in before.rows]


def test_means_and_ranges_stay_in_the_middle_and_so_do_the_counts_above_them() -> None:
    texts = ("14", "63.3 (4.04)", "50 to 75", "3 (100.0)", "0")
    found = aligned(column(*texts, groups=("Age", "Age", "Age", "Sex", "Sex")))
    assert [bool(row.cells[1].pads) for row in found.rows] == [False, False, False, False, True]


def test_a_table_without_percentages_and_text_without_trace_are_left_alone() -> None:
    counts = column("14", "3", "0")
    assert aligned(counts) is counts
    untraced = Table.build([Column("a", ""), Column("b", "", "center")], [["x", "16 (80.0)"], ["y", "0"]])
    assert aligned(untraced) is untraced


def test_room_is_no_text_of_page_or_print() -> None:
    cell = aligned(column("16 (80.0)", "2 (100.0)", "0")).rows[2].cells[1]
    html = cell_html(cell)
    assert re.sub(r"<[^>]*>", "", html) == "0"
    assert html.count('class="room"') == 2
    assert cell_typst(cell) == 'box({ hide("1"); "0"; hide(" (100.0)") })'


def test_a_column_is_wide_enough_for_what_is_filled_up() -> None:
    made = aligned(column("16 (5.0)", "2 (100.0)"))
    assert widths(made, 60.0)[1] > widths(column("16 (5.0)"), 60.0)[1]
