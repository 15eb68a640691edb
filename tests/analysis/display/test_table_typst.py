"""Typst of a table: literals only, widths that fit, and a PDF that neither runs nor overflows."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest
import typst

from trial_report.analysis.display.escape import FONT_FOLDER, breakable, printable, typst_cell, visible
from trial_report.analysis.display.table import Cell, Column, Reads, Row, Table
from trial_report.analysis.display.table_typst import LONG, cell_typst, to_typst, together
from trial_report.analysis.display.table_widths import PORTRAIT, bound, height, widths

pytestmark = pytest.mark.requirement("REQ-212")

LOOK = Path(FONT_FOLDER).parent / "typst-template.typ"


def set_in_pdf(table: Table) -> pymupdf.Document:
    page = '#set page(paper: "a4", margin: 2cm)\n#set text(font: csr-font, lang: "en")\n#set document(title: "t")\n'
    source = f"{LOOK.read_text(encoding='utf-8')}\n{page}#{to_typst(table, notes='[Note]')}"
    made = typst.compile(source.encode(), font_paths=[str(FONT_FOLDER)], ignore_system_fonts=True)
    return pymupdf.open(stream=made, filetype="pdf")


def words(document: pymupdf.Document) -> str:
    return "".join(page.get_text() for page in document).replace("\u200b", "").replace("\n", "")


HOSTILE = [
    '#read("/etc/hostname")',
    '"); #panic("run"); ("',
    "\\",
    '\\"',
    "$x$ @ref <label> *b* _i_ = h",
    "- item // comment /* x",
    "{{< include x >}} `raw` ```{=typst}",
    "~ -- ... 'q'",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_shown_and_never_run(text):
    shown = words(set_in_pdf(Table.build([Column("a", text)], [[Cell(text, marks=("a",))], [text]])))
    assert shown.replace(" ", "").count(text.replace(" ", "")) >= 2


def test_a_literal_cannot_end_its_raw_block_or_start_a_shortcode():
    literal = typst_cell("```\n{{< x >}} {{{")
    assert "`" not in literal
    assert "{{" not in literal
    assert "\n" not in literal


def test_what_cannot_be_seen_is_made_visible():
    assert visible("a\x00b\u202ec\u200bd\ufeff") == "a‹U+0000›b‹U+202E›c‹U+200B›d‹U+FEFF›"
    assert visible("a\tb\r\nc") == "a b\nc"
    assert printable("µ ≥ 5 × 10⁷ 中😀") == "µ ≥ 5 × 10⁷ ‹U+4E2D›‹U+1F600›"


def test_long_words_can_be_broken_and_nothing_is_lost():
    broken = breakable("x" * 45 + " short", 20)
    assert broken.replace("\u200b", "") == "x" * 45 + " short"
    assert max(map(len, broken.split("\u200b"))) <= 14


def test_a_hundred_thousand_characters_stay_on_the_page():
    table = Table.build([Column("a", "Subject"), Column("b", "Term"), Column("c", "Grade")],
                        [["001", "W" * 100_000, "1"], ["002", "short", "2"]])  # fmt: skip
    document = set_in_pdf(table)
    assert words(document).count("W") == 100_000
    assert words(document).endswith("002short2Note")
    for page in document:
        assert max(block[2] for block in page.get_text("blocks")) <= page.rect.width - 50


def test_widths_fill_the_page_and_hold_the_longest_word():
    table = Table.build([Column("a", "A"), Column("b", "B")], [["Hypercholesterolaemia", "x " * 500]])
    found = widths(table, PORTRAIT)
    assert sum(found) == pytest.approx(PORTRAIT)
    assert found[0] > 80


def test_numbers_are_not_broken_for_the_sake_of_words():
    columns = [Column("a", "A"), Column("b", "A heading of many words", "center"), Column("c", "C", "center")]
    table = Table.build(columns, [["words " * 30, "-35.0 (-40.1 to -29.9)", "1"]])
    found = widths(table, 200)
    assert found[1] > 80
    assert sum(found) == pytest.approx(200)


def test_short_text_is_not_broken_for_the_sake_of_long_text():
    """A period of dates beside a long term stays on one line."""
    columns = [Column("a", "Term"), Column("b", "Dates"), Column("c", "Outcome")]
    table = Table.build(
        columns, [["A very long term of an event, and its class " * 3, "2021-07-29 to 2021-08-09", "Recovered"]]
    )
    found = widths(table, 400)
    assert sum(found) == pytest.approx(400)
    assert found[1] >= 100
    assert found[2] >= 45
    assert found[0] > 200


def test_a_heading_keeps_the_lines_that_its_maker_gave_it():
    columns = [
        Column("a", "Cohort", "center"),
        Column("b", "DLT at the\nlevel so far", "center"),
        Column("c", "Decision"),
    ]
    table = Table.build(columns, [["1", "0 of 3", "A decision that has many words to be told " * 4]])
    assert widths(table, 300)[1] > 48


def test_a_row_of_short_cells_stays_on_one_page():
    rows = [[f"row {n}", f"begin{n} " + "words of a cell that has several lines " * 8 + f" end{n}"] for n in range(40)]
    document = set_in_pdf(Table.build([Column("a", "A"), Column("b", "B")], rows))
    pages = [page.get_text() for page in document]
    assert len(pages) > 1
    assert all((f"begin{n} " in page) == (f"end{n}\n" in page) for page in pages for n in range(40))
    # A cell that no page holds may break.
    assert "whole" not in to_typst(Table.build([Column("a", "A")], [["word " * 2000]]))


def test_a_pair_in_brackets_and_a_power_are_not_broken():
    assert bound("60.560 (53.520, 74.390)") == "60.560 (53.520,\u00a074.390)"
    assert bound("5.0 × 10⁷ (1 × 10⁷)") == "5.0\u00a0×\u00a010⁷ (1\u00a0×\u00a010⁷)"
    # Words keep their blanks.
    assert bound("Pain (mild, then moderate again)") == "Pain (mild, then moderate again)"
    assert "53.520,\u00a074.390" in cell_typst(Cell("60.560 (53.520, 74.390)"))


def test_the_height_counts_lines_and_groups():
    one = Table.build([Column("a", "A")], [["x"]])
    two = Table.build([Column("a", "A")], [Row((Cell("x " * 400),), "G")])
    assert height(one, PORTRAIT) < 20
    assert height(two, PORTRAIT) > 60
    assert height(Table.build([Column("a", "A")], [["x"]] * 50), PORTRAIT) == float("inf")


def test_given_widths_are_weights():
    table = Table.build([Column("a", "A", width=1), Column("b", "B", width=3)], [["x", "y"]])
    assert widths(table, 400) == [100, 300]


def test_heading_group_and_notes_come_again_on_each_page():
    rows = [Row((Cell(str(n)), Cell("x")), "Group G") for n in range(150)]
    document = set_in_pdf(Table.build([Column("a", "Heading H"), Column("b", "B")], rows))
    assert document.page_count > 2
    for page in document:
        assert {"Heading H", "Group G", "Note"} <= set(page.get_text().split("\n"))


def test_rows_that_belong_together_stay_on_one_page():
    rows = [Row((Cell(f"{name} {n}"), Cell("1")), f"Group {name}") for name in "ABCDEFGHIJ" for n in range(8)]
    document = set_in_pdf(Table.build([Column("a", "A"), Column("b", "B")], rows))
    assert len(document) > 1
    for page in document:
        text = page.get_text()
        for name in "ABCDEFGHIJ":
            assert sum(f"{name} {n}\n" in text for n in range(8)) in (0, 8)


def test_a_bold_name_begins_rows_that_stay_together_and_what_fits_no_page_may_break():
    plain = [Row((Cell(str(n)),)) for n in range(3)]
    classes = [Row((Cell("X", bold=True),)), Row((Cell("x"),)), Row((Cell("Y", bold=True),)), Row((Cell("y"),))]
    long = [Row((Cell(str(n)),), "Long") for n in range(30)]
    columns = [Column("a", "A")]
    table = Table.build(columns, [*plain, *classes, *long])
    sizes = [[len(block) for block in blocks] for _, blocks in together(table)]
    assert sizes == [[1, 1, 1, 2, 2], [30]]
    turned = [[len(block) for block in blocks] for _, blocks in together(table, landscape=True)]
    assert turned == [[1, 1, 1, 2, 2], [1] * 30]


def test_a_long_listing_fills_its_pages_and_a_long_table_keeps_its_classes_together():
    rows = [Row((Cell(f"{n}"),), f"patient {n // 3}") for n in range(LONG + 1)]
    columns = (Column("a", "A"),)
    listing = Table(columns, tuple(rows), reads=Reads(("ADSL",)))
    assert {len(block) for _, blocks in together(listing) for block in blocks} == {1}
    assert "csr-k" not in to_typst(listing)
    for kept in (Table(columns, tuple(rows)), Table(columns, tuple(rows[:LONG]), reads=Reads(("ADSL",)))):
        assert max(len(block) for _, blocks in together(kept) for block in blocks) == 3


def test_displays_stand_at_one_distance_whether_they_may_break_or_not():
    grid = to_typst(Table.build([Column("a", "A")], [["x"]]), notes="[Below]")
    kinds = ("true", "true", "false", "false", "true")
    outputs = "\n".join(
        f'#csr-output(keep: {keep}, id: "{n}", number: "{n}", title: "T", population: "", {grid})'
        for n, keep in enumerate(kinds)
    )
    source = f"{LOOK.read_text(encoding='utf-8')}\n#show: csr-report.with(title: [T])\n{outputs}"
    made = typst.compile(source.encode(), font_paths=[str(FONT_FOLDER)], ignore_system_fonts=True)
    page = pymupdf.open(stream=made, filetype="pdf")[1]
    heads, feet = page.search_for("Table"), page.search_for("Below")
    apart = [head.y0 - foot.y1 for foot, head in zip(feet[:-1], heads[1:], strict=True)]
    assert len(apart) == len(kinds) - 1
    assert min(apart) > 10
    assert max(apart) == pytest.approx(min(apart), abs=0.1)
