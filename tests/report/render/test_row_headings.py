"""The first cell of a row is tagged as its heading, in every kind of table that a report has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typst

from trial_report.analysis.display.escape import FONT_FOLDER
from trial_report.analysis.display.table import Column, Row, Table
from trial_report.analysis.display.table_typst import to_typst
from trial_report.report.render.finish import printed
from trial_report.report.render.objects import Objects

pytestmark = pytest.mark.requirement("REQ-214")

LOOK = Path(FONT_FOLDER).parent / "typst-template.typ"
COLUMNS = [Column("name", "Name"), Column("one", "One", "center"), Column("two", "Two", "center")]
PLAIN = Table.build(COLUMNS, [["Age", "1", "2"], ["", "3", "4"], ["Sex", "5", "6"]])
EMPTY = Table.build(COLUMNS, [], empty="There is nothing.")


def grouped() -> Table:
    """Rows that stay on one page, a block of several and one of one."""
    rows = [*PLAIN.rows, *PLAIN.rows[:1]]
    return Table(
        tuple(COLUMNS),
        tuple(Row(row.cells, group=group) for row, group in zip(rows, ["A", "A", "A", "B"], strict=True)),
    )


def kinds(table: Table) -> list[str]:
    """How the cells of each row of the bodies are tagged: "r" as its heading, "c" as a column's, "-" without words."""
    page = '#set page(paper: "a4", margin: 2cm)\n#set text(font: csr-font, lang: "en")\n#set document(title: "t")\n'
    source = f"{LOOK.read_text(encoding='utf-8')}\n{page}#{to_typst(table, notes='[Note]')}"
    made = typst.compile(
        source.encode(), pdf_standards=["a-2a", "ua-1"], font_paths=[str(FONT_FOLDER)], ignore_system_fonts=True
    )
    file = Objects(printed(bytes(made)))
    held = {number: file.held(number) for number in file.inside}
    bodies = {number for number, one in held.items() if b"/S/TBody/" in one}
    found = []
    for one in held.values():
        parent = re.search(rb"/P (\d+) 0 R", one)
        if b"/S/TR/" not in one or parent is None or int(parent.group(1)) not in bodies:
            continue
        cells = [held[int(kid)] for kid in re.findall(rb"(\d+) 0 R", one[one.index(b"/K[") :])]
        found.append("".join(map(kind, cells)))
    return found


def kind(cell: bytes) -> str:
    if b"/K[]" in cell:
        return "-"
    if b"/S/TH/" in cell:
        return "r" if b"/Scope/Row" in cell else "c"
    return "d"


def test_a_row_begins_with_its_heading_unless_that_has_no_words() -> None:
    assert kinds(PLAIN) == ["rdd", "-dd", "rdd"]
    assert kinds(EMPTY) == ["d"]


def test_rows_that_stay_on_one_page_have_their_headings_behind_what_nobody_sees() -> None:
    assert [row for row in kinds(grouped()) if row != "c"] == ["-rdd", "-dd", "rdd", "-rdd"]
