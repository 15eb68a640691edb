"""The neutral model: shapes it refuses, numbers it traces, listings it takes from frames."""

from __future__ import annotations

import pandas as pd
import pytest

from trial_report.analysis.display.table import Cell, Column, Row, Table, trace

pytestmark = pytest.mark.requirement("REQ-212")

TWO = (Column("a", "A"), Column("b", "B"))


def test_a_row_has_one_cell_a_column():
    with pytest.raises(ValueError, match="row 2 has 1 cells for 2 columns"):
        Table.build(TWO, [["1", "2"], ["1"]])


def test_columns_have_ids_of_their_own():
    with pytest.raises(ValueError, match="share an id"):
        Table.build((Column("a", "A"), Column("a", "B")), [])


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("12 (60.0%)", ["12", "60.0%"]),
        ("64.3 (–)", ["64.3", "–"]),
        ("-1.5 to 2.0", ["-1.5", "2.0"]),
        ("−1.5, 1,234", ["−1.5", "1,234"]),
        ("<0.001 [3.2]", ["<0.001", "3.2"]),
        ("12/20", ["12", "20"]),
        ("1–3", ["1", "3"]),
    ],
)
def test_each_number_is_traced_to_its_key_in_reading_order(text, pieces):
    found = trace(text, ("k1", "k2"))
    assert "".join(piece for piece, _ in found) == text
    assert [piece for piece, keys in found if keys] == pieces
    assert [keys for _, keys in found if keys] == [("k1",), ("k2",)]


def test_where_numbers_and_keys_do_not_match_the_whole_text_is_traced():
    assert trace("1 of 2 (3)", ("k1", "k2")) == (("1 of 2 (3)", ("k1", "k2")),)


def test_a_cell_of_pieces_says_which_number_has_which_key():
    cell = Cell.of("Day ", ("29", "k"), "!")
    assert (cell.text, cell.keys) == ("Day 29!", ("k",))
    assert cell.pieces() == (("Day ", ()), ("29", ("k",)), ("!", ()))


def test_a_listing_takes_columns_by_name_and_shows_missing_values_as_nothing():
    frame = pd.DataFrame({"b": ["x", None], "s": ["1", "2"], "a": ["y", "z"]})
    table = Table.from_frame(frame, TWO, group="s")
    assert table.rows == (Row((Cell("y"), Cell("x")), "1"), Row((Cell("z"), Cell("")), "2"))


def test_all_keys_of_a_table_come_once_in_reading_order():
    table = Table.build(TWO, [[Cell("1", ("k2",)), Cell("2", ("k1",))], [Cell("1", ("k2",)), "x"]])
    assert table.keys() == ("k2", "k1")
