"""The structure of text files: lines, records, quotes, separators, and each way in which they can be wrong."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trial_report.analysis.read.delimited import RawTable, read_delimited

pytestmark = pytest.mark.requirement("REQ-405")


def cells(table: RawTable) -> list[list[str | None]]:
    assert table.frame is not None
    return [[None if value != value else value for value in row] for row in table.frame.to_numpy().tolist()]


def flaws(table: RawTable) -> list[tuple[str, int | None]]:
    return [(flaw.check, flaw.line) for flaw in table.flaws]


def test_values_are_text_and_empty_is_missing() -> None:
    table = read_delimited(b'A,B\n01,\n"",NA\n')
    assert cells(table) == [["01", None], [None, "NA"]]
    assert table.lines.tolist() == [2, 3]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_and_byte_order_mark_change_nothing(end: bytes) -> None:
    table = read_delimited(b"\xef\xbb\xbf" + end.join([b"A,B", b"1,2", b"3,4"]))
    assert cells(table) == [["1", "2"], ["3", "4"]]
    assert not table.flaws


def test_a_line_break_in_quotes_keeps_physical_lines() -> None:
    table = read_delimited(b'A,B\n1,"x\ny ""z"""\n2,z\n3\n')
    assert cells(table)[0] == ["1", 'x\ny "z"']
    assert table.lines.tolist() == [2, 4, 5]
    assert flaws(table) == [("006", 5)]
    assert table.broken.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", [("002", None)]),
        (b" \n\r\n", [("002", None)]),
        (b"A,B\n1,\xe9\n", [("003", 2)]),
        ("A,B\n1,2\n".encode("utf-16"), [("003", 1)]),
        (b"A,B\n1,2\n\x003,4\n", [("004", 3)]),
        (b"A;B\n1;2\n", [("005", 1)]),
        (b"A\tB\n1\t2\n", [("005", 1)]),
        (b"A,B\n1,2,3\n4\n", [("006", 2), ("006", 3)]),
        (b'A,B\n"1,2\n3,4\n', [("007", 2)]),
        (b'A,B\n1,2\n3,4"x\n', [("007", 3)]),
        (b"A,A\n1,2\n", [("008", 1)]),
        (b"A,\n1,2\n", [("009", 1)]),
        (b"A,B\n1,2\n\n3,4\n\n\n", [("010", 3)]),
        (b'"A,B\n1,2\n', [("007", 1)]),
    ],
)
def test_each_flaw_has_its_check_and_line(data: bytes, expected: list[tuple[str, int | None]]) -> None:
    assert flaws(read_delimited(data)) == expected


def test_an_offending_byte_is_named_with_its_offset() -> None:
    (flaw,) = read_delimited(b"A,B\n1,\xe9\n").flaws
    assert flaw.value == "byte 0xE9 at byte offset 6"


def test_a_bad_quote_loses_its_own_line_only() -> None:
    table = read_delimited(b'A,B\n1,2\n"3,4\n5,6\n"7",8\n')
    assert cells(table)[0] == ["1", "2"]
    assert cells(table)[2:] == [["5", "6"], ["7", "8"]]
    assert table.broken.tolist() == [False, True, False, False]


def test_a_column_may_hold_blank_records() -> None:
    assert cells(read_delimited(b"A\n1\n\n2\n")) == [["1"], [None], ["2"]]


def test_a_field_longer_than_a_block_is_read() -> None:
    text = "x" * 3_000_000
    assert cells(read_delimited(f"A,B\n1,{text}\n".encode())) == [["1", text]]


@pytest.mark.parametrize("names", [range(100_000), [n % 7 for n in range(100_000)], [""] * 100_000])
def test_a_header_wider_than_any_domain_is_refused_at_once_and_once(names: Sequence[object]) -> None:
    data = (",".join(f"C{name}" for name in names) + "\n" + ",".join("1" for _ in names) + "\n").encode()
    start = time.perf_counter()
    table = read_delimited(data)
    assert time.perf_counter() - start < 1
    assert table.frame is None
    assert [(flaw.check, flaw.line, flaw.value) for flaw in table.flaws] == [("011", 1, "100000 columns")]


def test_a_thousand_columns_are_read() -> None:
    table = read_delimited((",".join(f"C{n}" for n in range(1000)) + "\n" + ",".join("1" * 1000) + "\n").encode())
    assert table.frame is not None
    assert table.frame.shape == (1, 1000)


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(_TEXT, min_size=width, max_size=width), max_size=6)))
def test_whatever_csv_writes_is_read_back(rows: list[list[str]]) -> None:
    width = len(rows[0]) if rows else 2
    buffer = io.StringIO()
    header = [f"V{number}" for number in range(width)]
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    table = read_delimited(buffer.getvalue().encode())
    assert not table.flaws
    assert cells(table) == [[value or None for value in row] for row in rows]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(alphabet='A1,;"\t\n\r é\x00', max_size=80).map(str.encode)))
def test_no_bytes_end_in_a_traceback(data: bytes) -> None:
    table = read_delimited(data)
    if table.frame is None:
        assert table.flaws
    else:
        assert len(table.frame) == len(table.lines) == len(table.broken)
