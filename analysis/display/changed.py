"""What `outputs` in `study.yml` changes of the displays: left out, retitled, moved, other columns or statistics.

Not here: what the keys may be (`schemas.study.outputs`), and whether they name displays that there are
(`check.outputs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.table import Cell, Column, Table
from trial_report.analysis.results.question import statistic_of
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.near import near_to_it

if TYPE_CHECKING:
    from trial_report.analysis.display.book import Book
    from trial_report.schemas.study.outputs import OutputChange

KEY = "outputs"


class OutputsError(ChoiceError):
    """`outputs` of a study asks for what there is not; `path` is its place in study.yml, `expected` what there is."""

    def __init__(self, path: tuple[str, ...], value: str, expected: str) -> None:
        super().__init__(f"study.yml, {'.'.join(path)}: '{value}': {expected}")
        self.path, self.value, self.expected = path, value, expected


@dataclass(frozen=True)
class Chosen:
    """The outputs that a study shows, in order, and those that it leaves out."""

    shown: tuple[Output, ...]
    left_out: tuple[Output, ...] = ()


def key_of(changes: Iterable[str], name: str) -> str | None:
    """The key of the change that counts for an output: the longest that is its id, or begins it up to a dot."""
    fitting = [key for key in changes if begins(key, name)]
    return max(fitting, key=len, default=None)


def begins(key: str, name: str) -> bool:
    """Whether a key is an output's id, or the beginning of it up to a dot."""
    return name == key or name.startswith(f"{key}.")


def chosen(outputs: Sequence[Output], changes: dict[str, OutputChange], declared: Iterable[str]) -> Chosen:
    """The outputs, which come in order but for their sections, as a study's `outputs` changes them, ordered by section.

    `declared` are the ids of all declared displays: one of which the study has nothing may be named too. Raises
    OutputsError for a key or an `after` that no output has.
    """
    ids = [one.id for one in outputs]
    families = list(declared)
    for key in changes:
        if not any(begins(key, name) for name in (*ids, *families)):
            raise OutputsError((KEY, key), key, f"no output is called so{near_to_it(key, [*ids, *families])}")
    shown, left_out = [], []
    for one in outputs:
        change = changes.get(key_of(changes, one.id) or "")
        if change is None:
            shown.append(one)
        elif change.leave_out:
            left_out.append(one)
        else:
            shown.append(_changed(one, change, key_of(changes, one.id) or ""))
    shown.sort(key=lambda one: [int(part) for part in one.number.split(".")])
    for key, change in changes.items():
        if change.after is not None and not change.leave_out:
            shown = _moved(shown, key, change.after, changes)
    return Chosen(tuple(shown), tuple(left_out))


def _changed(output: Output, change: OutputChange, key: str) -> Output:
    made = output
    if change.columns or change.statistics:
        made = replace(made, make=partial(_made, change, key, output))
    return replace(
        made,
        title=change.title or output.title,
        number=change.section or output.number,
        notes=(*output.notes, *change.footnotes),
    )


def _moved(outputs: list[Output], key: str, after: str, changes: dict[str, OutputChange]) -> list[Output]:
    path = (KEY, key, "after")
    moved = [one for one in outputs if key_of(changes, one.id) == key]
    left = [one for one in outputs if one not in moved]
    places = [place for place, one in enumerate(left) if begins(after, one.id)]
    if not places:
        raise OutputsError(path, after, f"no other output is called so{near_to_it(after, [one.id for one in left])}")
    section = left[places[-1]].number
    elsewhere = next((one for one in moved if one.number != section), None)
    if elsewhere is not None:
        raise OutputsError(path, after, f"it stands in section {section}, and {elsewhere.id} in {elsewhere.number}")
    at = places[-1] + 1
    return [*left[:at], *moved, *left[at:]]


def _made(change: OutputChange, key: str, output: Output, book: Book) -> Table | Figure:
    made = output.make(book)
    if not isinstance(made, Table):
        field = "columns" if change.columns else "statistics"
        raise OutputsError((KEY, key, field), output.id, "a figure has neither columns nor statistics to choose")
    made = of_statistics(made, change.statistics) if change.statistics else made
    return of_columns(made, change.columns) if change.columns else made


def check_choices(book: Book) -> None:
    """Holds the columns and statistics that a study chooses against those of the tables that it chooses them for.

    Raises OutputsError for one that none of them has, or where they are asked of a figure.
    """
    changes = book.definition.outputs
    whole = replace(book, definition=book.definition.model_copy(update={KEY: {}}))
    for key, change in changes.items():
        names = [name for name in book.outputs if key_of(changes, name) == key]
        for field, wanted, known in (("columns", change.columns, _called), ("statistics", change.statistics, _printed)):
            if not wanted or change.leave_out:
                continue
            there: dict[str, str] = {}
            for name in names:
                book.made(name)
                made = whole.made(name)
                there |= known(made) if isinstance(made, Table) else {}
            unknown = next((one for one in wanted if one not in there), None)
            if there and unknown is not None:
                raise OutputsError(
                    (KEY, key, field), unknown, f"its {field} are {', '.join(dict.fromkeys(there.values()))}"
                )


def of_statistics(table: Table, wanted: Sequence[str]) -> Table:
    """The table without rows and columns that print other statistics alone."""
    rows = [row for row in table.rows if _prints(row.cells, wanted)]
    kept = [
        place for place in range(len(table.columns))
        if place < table.stub or _prints([row.cells[place] for row in table.rows], wanted)
    ]  # fmt: skip
    return _of_places(replace(table, rows=tuple(rows)), kept)


def _prints(cells: Iterable[Cell], wanted: Sequence[str]) -> bool:
    keys = [key for cell in cells for key in cell.keys]
    return not keys or any(statistic_of(key) in wanted for key in keys)


def _printed(table: Table) -> dict[str, str]:
    return {name: name for name in sorted({statistic_of(key) for key in table.keys()})}  # noqa: SIM118


def of_columns(table: Table, wanted: Sequence[str]) -> Table:
    """The table with the columns that name its rows, then those wanted; one that has none of them as it is."""
    places = list(range(min(table.stub, len(table.columns))))
    own = [(place, _names(column)) for place, column in enumerate(table.columns) if place >= table.stub]
    chosen = [place for one in wanted for place, called in own if one in called]
    return _of_places(table, [*places, *dict.fromkeys(chosen)]) if chosen else table


def _called(table: Table) -> dict[str, str]:
    return {name: _names(column)[0] for column in table.columns[table.stub :] for name in _names(column)}


def _names(column: Column) -> tuple[str, ...]:
    """What a column can be called: its id, its heading without the N, the heading above it and both."""
    heading = column.label.partition("\n(N = ")[0].replace("\n", " ").replace("\u00a0", " ")
    over = (column.spanner or "").partition("(N = ")[0].strip()
    return tuple(dict.fromkeys(filter(None, (column.id, heading, over, f"{over}: {heading}" if over else ""))))


def _of_places(table: Table, places: Sequence[int]) -> Table:
    columns = tuple(table.columns[place] for place in places)
    rows = tuple(replace(row, cells=tuple(row.cells[place] for place in places)) for row in table.rows)
    # What great_tables laid out shows all its columns: fewer are shown as the report's own tables are.
    return replace(table, columns=columns, rows=rows, looks=None)
