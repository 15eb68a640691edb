"""HTML of a table, written directly: escaped once, traced, headed."""

from __future__ import annotations

import html
import re

import pytest

from trial_report.analysis.display.table import Cell, Column, Footnote, Row, Table
from trial_report.analysis.display.table_html import number, to_html

pytestmark = pytest.mark.requirement("REQ-212")

TABLE = Table.build(
    [Column("a", "What <b>"), Column("b", "Dose 1\n(N = 3)", "center", spanner="Dose"), Column("c", "All", "right")],
    [
        Row((Cell("x & y", marks=("a",), indent=1), Cell("1 (33.3%)", ("k<1>", "k2")), Cell("–", ("k3",))), "G"),
        Row((Cell("{{< include x >}} `a`"), Cell("<script>"), Cell("z", bold=True)), "G"),
    ],
    footnotes=[Footnote("a", "First.")],
)


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "|", markup))


def test_text_is_escaped_once_and_never_ends_its_raw_block():
    made = to_html(TABLE)
    assert "<script>" not in made
    assert "{{" not in made
    assert "`" not in made
    for words in ("What <b>", "x & y", "<script>", "{{< include x >}} `a`"):
        assert words in text_of(made)


def test_each_number_stands_in_a_span_with_its_key():
    made = to_html(TABLE)
    assert '<span class="n" data-k="k&lt;1&gt;">1</span> (<span class="n" data-k="k2">33.3%</span>)' in made
    assert '<span class="n" data-k="k3">–</span>' in made


def test_headings_say_what_they_head():
    made = to_html(TABLE)
    assert '<th class="s" scope="colgroup" colspan="1">Dose</th>' in made
    assert '<th scope="col" class="c">Dose 1<br>(N = 3)</th>' in made
    assert '<tr class="g"><th colspan="3" scope="rowgroup"><span class="group">G</span></th></tr>' in made
    assert '<th scope="row" class="w i1">x &amp; y<sup class="m">a</sup></th>' in made


def test_a_table_without_rows_says_so():
    assert "There are no data for this display." in to_html(Table.build([Column("a", "A")], []))


def test_a_column_of_short_texts_stays_on_one_line():
    long = "a text that may be set on two lines"
    made = to_html(Table.build([Column("a", "A"), Column("b", "B")], [["2021-01-02", "x"], ["2021-01-03", long]]))
    assert made.count('<th scope="row" class="w">') == 2
    assert f'<td>x</td></tr><tr><th scope="row" class="w">2021-01-03</th><td>{long}</td>' in made


def test_a_key_keeps_every_character_though_its_text_shows_them():
    found = re.search(r'data-k="([^"]*)"', number("1", ("a\u200d<`{{\u202e",)))
    assert found
    assert html.unescape(found[1]) == "a\u200d<`{{\u202e"
    assert "`" not in found[1]
    assert "{{" not in found[1]
