"""Rows of a very long listing: packed behind the first ones, read again as they were, refused where they are broken."""

from __future__ import annotations

import base64
import gzip
import json
import re

import pytest

from trial_report.analysis.display import packed
from trial_report.analysis.display.packed import Unpacked, pack, packable, unpack
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.display.table_html import to_html
from trial_report.report.proof.page import pieces

pytestmark = pytest.mark.requirement("REQ-214")

ROWS = [Row((Cell(f"t{n}"), Cell("</script>\u202e\nx")), "one" if n < 3 else "two") for n in range(5)]


def test_packed_rows_are_read_as_they_stood():
    words = unpack(pack(ROWS))
    assert words[:3] == ["one", "t0", "</script>‹U+202E›\nx"]
    assert words.count("two") == 1
    assert words.index("two") == words.index("t3") - 1


def test_a_group_that_goes_on_is_not_named_again():
    assert "one" not in unpack(pack(ROWS[1:], "one"))


def test_the_same_rows_give_the_same_bytes_on_every_system():
    assert pack(ROWS) == pack(ROWS)
    assert base64.b64decode(pack(ROWS))[9] == 255


@pytest.mark.parametrize(
    "cell", [Cell("1", keys=("a/n",)), Cell("1", marks=("a",)), Cell("1", indent=1), Cell("1", bold=True)]
)
def test_only_many_rows_of_plain_text_are_packed(cell, monkeypatch):
    monkeypatch.setattr(packed, "MANY", 4)
    assert packable(ROWS)
    assert not packable(ROWS[:4])
    assert not packable([*ROWS, Row((cell, Cell("x")))])


@pytest.mark.parametrize(
    "held",
    ["?", base64.b64encode(b"x").decode(), base64.b64encode(gzip.compress(b"{}", mtime=0)).decode(),
     base64.b64encode(gzip.compress(json.dumps({"runs": [["", 3]], "columns": [["a"]]}).encode(), mtime=0)).decode()],
)  # fmt: skip
def test_what_is_no_packed_row_is_refused(held):
    with pytest.raises(Unpacked, match="cannot be read"):
        unpack(held)


def test_the_words_of_a_page_are_those_of_all_rows(monkeypatch):
    table = Table.build([Column("a", "A"), Column("USUBJID", "Patient")], ROWS)
    whole = [piece.text for piece in pieces(to_html(table)) if piece.text.strip()]
    monkeypatch.setattr(packed, "MANY", 4)
    monkeypatch.setattr("trial_report.analysis.display.table_html.FIRST", 2)
    made = to_html(table)
    assert 'data-subject="1"' in made
    assert made.count("<tr") == 1 + 1 + 2
    assert "first 2 of 5 rows" in re.sub(r"<.*?>", "", made)
    found = "".join(piece.text for piece in pieces(made))
    assert found.replace("\n", "") == "".join(whole).replace("\n", "")
