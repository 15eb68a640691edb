"""HTML of a table by great_tables: the text, traces and order that are written directly, and what heads what."""

from __future__ import annotations

import html
import re
import warnings

import pytest

from trial_report.analysis.display.table import Cell, Column, Footnote, Row, Table
from trial_report.analysis.display.table_gt import gt_html, to_gt
from trial_report.analysis.display.table_html import to_html

pytestmark = pytest.mark.requirement("REQ-212")

HOSTILE = (
    "<script>alert(1)</script>",
    "&lt;b&gt; &amp; &#60;",
    "**bold** _it_ [x](y) `code` $x$ @tbl-x",
    "{{< include /etc/passwd >}}",
    "</table><!-- -- > -->",
    '" onclick="x',
    "line\nfeed \u202e\x00",
)


def columns(*labels: str) -> list[Column]:
    return [Column(f"c{place}", label) for place, label in enumerate(labels)]


TABLES = {
    "pieces": Table.build(
        [Column("a", "What"), Column("b", "Dose 1\n(N = 3)", "center", spanner="Dose"), Column("c", "All", "right")],
        [
            Row((Cell("x", marks=("a", "b"), indent=1), Cell("1 (33.3%)", ("k<1>", "k2")), Cell("–", ("k3",))), "G"),
            Row((Cell("y"), Cell.of("Day ", ("29", "k\"4"), "!"), Cell("z", ("k5", "k6"), bold=True, indent=2)), "G"),
        ],
        footnotes=[Footnote("a", "First.")],
    ),
    "hostile": Table.build(
        [Column("<i>", HOSTILE[0], spanner=HOSTILE[3]), Column("b", HOSTILE[1], spanner=HOSTILE[1])],
        [Row((Cell(text, marks=(text,)), Cell(text, (text,))), text) for text in HOSTILE],
    ),
    "groups": Table.build(
        columns("n", "x"),
        [Row((Cell(str(n)), Cell("")), group) for n, group in enumerate(["", "A", "B", "B", "A", "", *"CDEFGHIJAB"])],
    ),
    "two names a row": Table.build(
        columns("one", "two", "x"), [["a", "1", "2"], ["a", "1", "2"], ["", "b", ""], ["", "b", ""]], stub=2
    ),
    "spanners apart": Table.build(
        [Column(str(n), "N", spanner=name) for n, name in enumerate([None, "S", "S", None, "S", "T", "T"])],
        [[str(n) for n in range(7)]],
    ),
    "no row names": Table.build(columns("x", "y"), [["1", "2"]], stub=0),
    "only row names": Table.build(columns("x", "y"), [["1", "2"]], stub=2),
    "numbers alone": Table.build(columns("x", "y"), [["1", "-0.0"], ["nan", "None"]]),
}  # fmt: skip


def cells(markup: str) -> list[str]:
    """The content of every cell that is not hidden or empty, without layout around it."""
    shown = re.sub(r'<tr class="gt_empty_group_heading">.*?</tr>|<!--\d+-->|</?div[^>]*>', "", markup, flags=re.DOTALL)
    shown = re.sub(r'\s*<span class="gt_column_spanner">(.*?)</span>\s*', r"\1", shown, flags=re.DOTALL)
    found = re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", shown, re.DOTALL)
    return [content for content in found if content]


@pytest.mark.parametrize("name", TABLES)
def test_cells_are_those_written_directly_in_the_same_order(name):
    assert cells(gt_html(TABLES[name], "t1")) == cells(to_html(TABLES[name]))


@pytest.mark.parametrize("name", TABLES)
def test_the_same_table_gives_the_same_text_and_only_the_table(name):
    made = gt_html(TABLES[name], "t1")
    assert made == gt_html(TABLES[name], "t1")
    assert made.startswith('<table class="gt_table" data-quarto-disable-processing="true"')
    assert made.endswith("</table>")
    assert "<style" not in made


def test_hostile_text_is_shown_and_never_runs():
    made = gt_html(TABLES["hostile"], "t1")
    for word in ("<script", "{{", "`", "</table><!", ' onclick="', "\u202e", "<b>"):
        assert word not in made
    shown = [html.unescape(re.sub(r"<sup.*|</?span[^>]*>", "", cell)) for cell in cells(made)]
    for text in HOSTILE[:-1]:
        assert shown.count(text) >= 2
    assert "line<br>feed ‹U+202E›‹U+0000›" in shown


def test_groups_of_one_name_stay_apart_and_in_order():
    made = gt_html(TABLES["groups"], "t1")
    order = re.findall(r'<span class="group">([^<]*)<|<th scope="row"[^>]*>(\d+)<', made)
    seen = " ".join(head or row for head, row in order)
    assert " ".join(seen.split()) == "0 A 1 B 2 3 A 4 5 C 6 D 7 E 8 F 9 G 10 H 11 I 12 J 13 A 14 B 15"


def test_equal_names_of_rows_are_not_made_one_cell():
    made = gt_html(TABLES["two names a row"], "t1")
    assert 'scope="rowgroup"' not in made
    # An empty cell names no row, and is no heading of one.
    assert made.count('scope="row"') == 6
    assert not re.search(r'scope="row"[^>]*>(<!--\d+-->)?</th>', made)


def test_indent_bold_and_alignment():
    table = Table.build(
        [Column("a", "No.", "right"), Column("b", "B"), Column("c", "C", "center")],
        [[Cell("1", indent=9), Cell("x", indent=2), Cell("y", indent=1, bold=True)]],
        stub=2,
    )
    made = gt_html(table, "t1")
    assert '<div class="r">No.</div></th>' in made
    assert '<div class="r i4">1</div><!--0--></th>' in made
    assert 'class="gt_indent_2">x</th>' in made
    assert 'class="c"><div class="i1"><strong>y</strong></div></td>' in made


def test_no_line_ends_within_a_date_or_identifier():
    made = gt_html(Table.build(columns("A", "B"), [["AB-01-003", "-1.5"], ["x-y " * 9, "2021-01-02"]]), "t1")
    assert re.findall(r'<div class="w">(.*?)</div>', made) == ["AB-01-003", "2021-01-02"]


def test_a_spanner_heads_its_columns_only():
    made = gt_html(TABLES["spanners apart"], "t1")
    spanners = [tag for tag in re.findall(r"<th [^>]*>", made) if "gt_column_spanner_outer" in tag]
    assert [re.findall(r'colspan="(\d)"', tag) for tag in spanners] == [["2"], [], ["2"]]


def test_a_group_is_a_body_and_headings_are_known_by_their_scope():
    made = gt_html(TABLES["groups"], "t1")
    assert not re.search(r' (?:id|headers)="', made)
    bodies = re.findall(r"<tbody>(.*?)</tbody>", made, re.DOTALL)
    assert [len(re.findall('scope="rowgroup"', body)) for body in bodies] == [1] * len(bodies)
    assert len(bodies) == len(re.findall(r'<th class="gt_group_heading"', made)) > 3
    assert made.count("<tbody>") == made.count("</tbody>")


def test_a_table_without_rows_says_so():
    made = gt_html(Table.build(columns("A", "B"), [], empty="There is <none>."), "t1")
    assert '<td class="gt_sourcenote" colspan="2">' in made
    assert "There is &lt;none&gt;." in made


def test_nothing_is_warned_of_also_where_quarto_runs(monkeypatch):
    monkeypatch.setenv("QUARTO_BIN_PATH", "/x")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cells(gt_html(TABLES["pieces"], "t1")) == cells(to_html(TABLES["pieces"]))


def test_the_object_for_a_notebook_has_the_notes_and_columns_by_id():
    made = to_gt(Table.build(columns("A"), [["<1>"]], notes=["A < B."], footnotes=[Footnote("a", "*x*")], stub=0))
    shown = made.cols_label(c0="Other").as_raw_html()
    assert "A &lt; B." in shown
    assert "<sup>a</sup> *x*" in shown
    assert ">Other</th>" in shown
    assert "&lt;1&gt;</td>" in shown
