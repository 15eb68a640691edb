"""A drawing as SVG: small, always the same, with text that is text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from trial_report.analysis.display.figures._sheet import sheet
from trial_report.analysis.display.output import Figure
from trial_report.report.cells.drawings import svg_html, svg_text

pytestmark = pytest.mark.requirement("REQ-213")


def drawn(title: str) -> str:
    figure = sheet(3.0, 2.0)
    axes = figure.subplots()
    axes.plot([0, 1, 2], [0.123456, 1.0, 0.5], marker="o")
    axes.set_title(title)
    return svg_text(Figure(figure, alt="A line."))


def test_the_same_drawing_gives_the_same_bytes() -> None:
    assert drawn("Mean ≥ 10⁸ (mm)") == drawn("Mean ≥ 10⁸ (mm)")


def test_text_is_text_with_its_signs() -> None:
    found = drawn("  Indented & ≤ 5 × 10⁸")
    texts = [node.text for node in ElementTree.fromstring(found).iter("{http://www.w3.org/2000/svg}text")]
    assert "  Indented & ≤ 5 × 10⁸" in texts
    assert 'xml:space="preserve"' in found


def test_a_sign_that_the_font_has_not_is_drawn_as_paths() -> None:
    found = drawn("A sign: ☃")
    assert "<text" not in found
    assert ElementTree.fromstring(found).tag.endswith("svg")


def test_positions_have_two_decimals_and_every_id_is_used() -> None:
    found = drawn("Title")
    places = re.findall(r' (?:d|x|y)="([^"]*)"', found)
    assert places
    assert not any(re.search(r"\.\d{3}", place) for place in places)
    for name in re.findall(r' id="([^"]*)"', found):
        assert f"#{name}" in found
    assert "<g>" not in found


def test_in_a_page_ids_carry_the_name_of_the_figure() -> None:
    found = svg_html(drawn("Title"), "fig.one", 'Says "one".')
    goals = set(re.findall(r'(?:href="#|url\(#)([^")]+)', found))
    assert goals
    assert all(goal.startswith("fig-one-") for goal in goals)
    assert 'role="img" aria-label="Says &quot;one&quot;."' in found


def test_a_place_that_moves_by_dust_leaves_every_id_as_it_is() -> None:
    def clipped(height: float) -> str:
        figure = sheet(3.0, 2.0)
        axes = figure.subplots()
        axes.set_position((0.2, 0.2, 0.7, height))
        axes.plot([0, 1], [0, 1])
        return svg_text(Figure(figure, alt="A line."))

    assert clipped(0.7) == clipped(0.7 + 1e-13)


def test_a_hyphen_finds_the_minus_of_a_drawing_in_the_page():
    made = svg_html('<svg ><text x="1">−5</text><path d="−"/></svg>', "x", "alt −1")
    assert re.sub(r"<[^>]+>", "", made) == "-5"
    assert 'd="−"' in made
    assert 'aria-label="alt −1"' in made
