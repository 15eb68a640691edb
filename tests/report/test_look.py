"""The look of the page: readable colours, ways around by keyboard, and a rule for every class of great_tables."""

from __future__ import annotations

import re

import pytest

from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.display.table_gt import gt_html
from trial_report.report.render.finish import LOOK

pytestmark = pytest.mark.requirement("REQ-214")

SHEET = (LOOK / "csr.css").read_text(encoding="utf-8")
PAGE = (LOOK / "csr.html").read_text(encoding="utf-8")
_NAMED = re.compile(r"--([\w-]+): (#[0-9a-f]{6})\b")
DARK = SHEET.partition("/* dark */")[2].partition("/* end of dark */")[0]
COLOURS = {
    "light": dict(_NAMED.findall(SHEET.replace(DARK, ""))),
    "dark": dict(_NAMED.findall(SHEET.replace(DARK, ""))) | dict(_NAMED.findall(DARK)),
}
# Classes of great_tables that add nothing to what stands here for their element.
PLAIN = {"gt_sourcenotes", "gt_from_md"}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [(text, ground) for text in ("ink", "muted", "accent") for ground in ("paper", "wash", "marked")][:-1]
    + [("warn", "warn-wash"), ("warn", "paper")],
)
def test_text_stands_out_from_its_ground_as_wcag_aa_asks(text, ground, scheme):
    dark, light = sorted((luminance(COLOURS[scheme][text]), luminance(COLOURS[scheme][ground])))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_every_class_of_great_tables_has_a_rule_or_needs_none():
    table = Table.build(
        [Column("a", "A"), Column("b", "B", "center", spanner="S"), Column("c", "C", "right", spanner="S")],
        [Row((Cell("x", indent=n), Cell("1"), Cell("2")), group) for n, group in enumerate(["", "G", "G", "H", "H"])],
    )
    made = gt_html(table, "t1") + gt_html(Table.build([Column("a", "A")], []), "t2")
    classes = {name for held in re.findall(r'class="(gt_[^"]*)"', made) for name in held.split()}
    assert {"gt_indent_4", "gt_column_spanner", "gt_empty_group_heading", "gt_sourcenote"} <= classes
    assert {name for name in classes - PLAIN if not re.search(rf"\.{name}\b", SHEET)} == set()


def test_a_reader_without_a_mouse_can_skip_to_the_report_and_to_the_contents():
    assert re.search(r'<body>\s*<a class="skip" href="#main">', PAGE)
    assert '<a class="skip" href="#TOC">' in PAGE
    assert '<main id="main" tabindex="-1">' in PAGE
    assert '<nav id="TOC" aria-label="Contents">' in PAGE
    assert ":focus-visible" in SHEET


def test_every_colour_of_text_and_ground_has_its_dark():
    assert {"paper", "ink", "muted", "accent", "wash", "marked", "warn", "warn-wash"} <= set(dict(_NAMED.findall(DARK)))


def test_the_sheet_asks_for_nothing_from_outside():
    assert "url(" not in SHEET
    assert "@import" not in SHEET
