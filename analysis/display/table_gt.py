"""Make a table with great_tables: the object for notebooks and further styling, and the report's HTML from it.

great_tables is given finished text, escaped once, so it formats, escapes and rounds nothing. What keeps it quick enough
for a report: the frame is an Arrow table, because great_tables sets every cell of its frame by itself, which pandas
takes four times as long for. Measured for the exemplar's 68 tables (1 500 rows, 9 300 cells): 0.8 s, and 0.4 s for the
import; a pandas frame: 2.2 s. The style sheet that great_tables makes for every table, and that is left out here, is a
tenth of it; its public interface has no way to skip that.

Not here: reading of somebody's own great_tables object (`laid_gt`), and listings (`table_html`).
"""

from __future__ import annotations

import re
import warnings
from itertools import groupby, takewhile
from typing import TYPE_CHECKING

from trial_report.analysis.display.escape import html_text
from trial_report.analysis.display.table import Cell, Column, Table
from trial_report.analysis.display.table_html import SHORT, cell_html, group_html

if TYPE_CHECKING:
    from great_tables import GT

_TABLE = re.compile(r"<table\b.*</table>", re.DOTALL)
STEPS = 4
_NAMES = re.compile(r' (?:id|headers)="[^"]*"')
_GROUP = re.compile(r'(<tr(?: class="gt_empty_group_heading")?>\n<th class="gt_group_heading"[^>]*?)scope="colgroup"')
_UNNAMED = re.compile(r'<th((?: class="[^"]*")?) scope="row"((?: class="[^"]*")?)>((?:<!--\d+-->)?)</th>')
_CLASSES = re.compile(r' class="([^"]*)"')
_BLANKS = re.compile(r">\s*\n\s*<")

SHORTER = {
    "gt_row": "", "gt_left": "", "gt_stub": "", "gt_table_body": "", "gt_col_heading": "",
    "gt_columns_bottom_border": "", "gt_columns_top_border": "", "gt_col_headings": "", "gt_spanner_row": "",
    "gt_group_heading_row": "",
    "gt_center": "c", "gt_right": "r",
}  # fmt: skip
"""Classes of great_tables that the report's style sheet has another name for, or none."""
# A browser ends a line at a hyphen: not in a date or an identifier.
_HYPHENED = re.compile(r"\w-\w")


def to_gt(table: Table, name: str = "csr") -> GT:
    """Return the table as a great_tables GT with its notes, for a notebook; columns keep their ids.

    ``name`` is the id of the table, and the beginning of the ids of its headings.
    """
    from great_tables import html

    made = _made(table, name)
    for note in table.notes:
        made = made.tab_source_note(html(html_text(note)))
    for foot in table.footnotes:
        made = made.tab_source_note(html(f"<sup>{html_text(foot.mark)}</sup> {html_text(foot.text)}"))
    return made


def gt_html(table: Table, name: str) -> str:
    """Return the ``<table>`` element that great_tables makes, without its style sheet, frame and notes.

    The same table gives the same text. ``name`` is the id that great_tables asks for; it is not in the text.
    """
    found = _TABLE.search(_made(table, name).as_raw_html())
    if found is None:
        raise ValueError("great_tables made no table element")
    return _shorter(found.group())


def _shorter(table: str) -> str:
    """The element as listings are written: a ``<tbody>`` a group, headings known by their scope, no ids: half as long.

    great_tables puts all groups into one body, and so has to name in each cell the ids of the headings it belongs to.
    """
    table = _CLASSES.sub(lambda found: _classes(found[1]), _NAMES.sub("", table))
    table = _BLANKS.sub(">\n<", table.replace(' rowspan="1"', "").replace(' colspan="1"', ""))
    table = _GROUP.sub(lambda found: f'</tbody>\n<tbody>\n{found[1]}scope="rowgroup"', table)
    # What is left empty because the row above says it names no row.
    table = _UNNAMED.sub(r"<td\1\2>\3</td>", table)
    return table.replace("<tbody>\n</tbody>\n", "")


def _classes(names: str) -> str:
    kept = [SHORTER.get(one, one) for one in names.split(" ")]
    kept = [one for one in kept if one]
    return f' class="{" ".join(kept)}"' if kept else ""


def _made(table: Table, name: str) -> GT:
    from great_tables import html

    # Row names have no spanner in great_tables, which would lose its text: such a column is one of the body.
    stub = list(takewhile(lambda column: not column.spanner, table.columns[: table.stub]))
    body = table.columns[len(stub) :]
    columns = {
        column.id: [_content(column, row.cells[place], place, len(stub)) for row in table.rows]
        for place, column in enumerate(table.columns)
    }
    for column in stub[:-1]:
        columns[column.id] = _apart(columns[column.id])
    # great_tables brings together all rows of one group, and groups of one name: each run of rows is a group here,
    # told from the others by its number.
    runs, labels = _runs(table)
    made = _empty(columns, [column.id for column in stub], runs, name)
    # What was formatted counts as HTML; anything else great_tables would escape a second time.
    made = made.fmt(fns=str, columns=list(columns))
    if runs:
        made = made.fmt(fns=labels.__getitem__, columns=_run_column(columns))
    if stub:
        made = made.tab_stubhead([html(_block(cell_html(column.heading), _align(column))) for column in stub])
    made = made.cols_label({column.id: html(cell_html(column.heading)) for column in body})
    for align in sorted({column.align for column in body}):
        made = made.cols_align(align=align, columns=[column.id for column in body if column.align == align])
    for step in range(1, STEPS + 1):
        rows = [n for n, row in enumerate(table.rows) if stub and _steps(row.cells[len(stub) - 1]) == step]
        if rows:
            made = made.tab_stub_indent(rows=rows, indent=step)
    for place, (label, spanned) in enumerate(groupby(body, key=lambda column: column.spanner)):
        if label:
            under = list(spanned)
            ids = [column.id for column in under]
            made = made.tab_spanner(
                label=html(cell_html(under[0].over)), columns=ids, id=f"spanner-{place}", gather=False
            )
    return made if table.rows else made.tab_source_note(html(html_text(table.empty)))


def _empty(columns: dict[str, list[str]], stub: list[str], runs: list[str], name: str) -> GT:
    """Return a GT of finished text without labels, spanners and formats."""
    import pyarrow as pa
    from great_tables import GT

    frame = {key: pa.array(cells, pa.string()) for key, cells in columns.items()}
    if runs:
        frame[_run_column(columns)] = pa.array(runs, pa.string())
    with warnings.catch_warnings():
        # Text is all that is asked of Arrow here, and a test compares it with what is written directly.
        warnings.filterwarnings("ignore", message="PyArrow Table support", category=UserWarning)
        made = GT(
            pa.table(frame),
            rowname_col=stub or None,
            groupname_col=_run_column(columns) if runs else None,
            auto_align=False,
            id=name,
        )
    return made.tab_options(quarto_disable_processing=True)


def _run_column(columns: dict[str, list[str]]) -> str:
    """Return a name that no column has."""
    return max(columns, key=len) + "-run"


def _runs(table: Table) -> tuple[list[str], dict[str, str]]:
    """Return for each row the number of its run of equal groups, and each run's heading; nothing without groups."""
    if not any(row.group for row in table.rows):
        return [], {}
    runs: list[str] = []
    labels: dict[str, str] = {}
    for place, (label, rows) in enumerate(groupby(table.rows, key=lambda row: row.group), 1):
        labels[f"g{place}"] = group_html(label)
        runs += [f"g{place}"] * len(list(rows))
    return runs, labels


def _apart(cells: list[str]) -> list[str]:
    """Keep great_tables from making one cell of equal neighbours in an outer column of row names."""
    return [f"{cell}<!--{place}-->" for place, cell in enumerate(cells)]


def _content(column: Column, cell: Cell, place: int, stub: int) -> str:
    """Return a cell's HTML; what great_tables has no class for in such a cell stands in a block of its own."""
    classes = _align(column) if place < stub else []
    if place != stub - 1 and cell.indent:
        classes = [*classes, f"i{_steps(cell)}"]
    if len(cell.text) <= SHORT and _HYPHENED.search(cell.text):
        classes = [*classes, "w"]
    return _block(cell_html(cell), classes)


def _block(content: str, classes: list[str]) -> str:
    return f'<div class="{" ".join(classes)}">{content}</div>' if classes else content


def _align(column: Column) -> list[str]:
    return [column.align[0]] if column.align != "left" else []


def _steps(cell: Cell) -> int:
    return min(cell.indent, STEPS)
