"""A drawing as SVG: small, always the same, with text that is text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures._sheet import sheet
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.style import PORTRAIT_WIDTH
from trial_report.report.cells.drawings import narrowest, smallest, svg_html, svg_text

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


def test_a_drawing_is_no_narrower_on_a_screen_than_its_smallest_text_can_be_read() -> None:
    texts = "".join(f'<text x="1" style="font-size:{size}px">a</text>' for size in (9, 7.5))
    made = f'<svg viewBox="0 0 480 200">{texts}</svg>'
    assert (smallest(made), narrowest(made)) == (7.5, 44.0)  # 11 / 7.5 of 480 pixels, in 16ths
    assert 'style="--legible:44rem"' in svg_html(made, "x", "alt")
    assert "--legible" not in svg_html('<svg viewBox="0 0 480 200"><path d="M0 0"/></svg>', "x", "alt")


def test_every_figure_can_be_read_in_print_and_on_a_screen(book: Book) -> None:
    drawn = {one.id: one for one in book.outputs.values() if one.kind == "figure"}
    profiles = [name for name in drawn if name.startswith("fig.patient.")]
    for output in (one for name, one in drawn.items() if name not in profiles[1:]):
        made = book.made(output.id)
        assert isinstance(made, Figure)
        found = svg_text(made)
        width = float(re.findall(r'<svg[^>]* viewBox="0 0 ([0-9.]+) ', found)[0])
        sizes = [float(size) for size in re.findall(r"font-size:([0-9.]+)px", found)]
        assert sizes, output.id
        assert "<image" not in found, f"{output.id} is not drawn as vectors"
        printed = min(1.0, PORTRAIT_WIDTH * 72 / width)
        assert min(sizes) * printed >= 7, output.id
        shown = narrowest(found)
        assert shown is not None
        assert min(sizes) * shown * 16 / width >= 11, output.id


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
