"""The registry: every output has its place after another one, and numbers run in that order."""

from __future__ import annotations

from collections import defaultdict

import pytest

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import is_text
from trial_report.analysis.display.registry import reading_order

pytestmark = pytest.mark.requirement("REQ-315")


def family(name: str) -> int:
    """The place in reading order of the declaration that an output is of: the longest beginning of its id."""
    places = {one.id: place for place, one in enumerate(reading_order())}
    parts = name.split(".")
    return next(
        places[".".join(parts[:length])] for length in range(len(parts), 0, -1) if ".".join(parts[:length]) in places
    )


def test_every_output_of_the_exemplar_is_numbered_without_a_gap_in_reading_order(book: Book) -> None:
    seen: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    in_text: dict[tuple[str, str], list[int]] = defaultdict(list)
    for output in book.outputs.values():
        if is_text(output.section):
            assert not output.told, output.id
        else:
            section, _, running = output.number.rpartition(".")
            assert section == output.section
            seen[output.kind, section].append((int(running), family(output.id)))
        for number in (output.number, output.told):
            if "-" in number:
                chapter, _, running = number.partition("-")
                in_text[output.kind, chapter].append(int(running))
    for numbers in seen.values():
        assert [running for running, _ in numbers] == list(range(1, len(numbers) + 1))
        assert [where for _, where in numbers] == sorted(where for _, where in numbers)
    for places in in_text.values():
        assert sorted(places) == list(range(1, len(places) + 1))


def test_what_the_text_shows_of_section_14_has_a_number_of_the_text_and_says_its_source(book: Book) -> None:
    sets, flow = book.outputs["sets.table"], book.outputs["fig.flow"]
    assert (sets.copy.name, sets.copy.repeats) == ("Table 11-1", sets.name)
    assert flow.copy.name == "Figure 10-1"
    assert sets.copy.id != sets.id
    # Of one chapter by section, whatever order they are declared in.
    assert [book.outputs[one].number for one in ("baseline.short", "eff.primary")] == ["11-2", "11-3"]


def test_each_section_of_the_house_has_one_display_that_begins_it(book: Book) -> None:
    """Two that name none would stand side by side in the order of their ids, which nobody chose."""
    begins: dict[str, list[str]] = defaultdict(list)
    for one in declare.HOUSE.displays:
        if one.after is None:
            numbers = {o.number.rpartition(".")[0] for o in book.outputs.values() if o.id.startswith(one.id)}
            begins[one.number or next(iter(numbers))].append(one.id)
    assert {section: names for section, names in begins.items() if len(names) > 1} == {}


def test_what_is_declared_and_not_shown_is_made_only_where_data_or_definition_ask_for_it(book: Book) -> None:
    there = {family(name) for name in book.outputs}
    unused = {one.id for place, one in enumerate(reading_order()) if place not in there}
    assert unused <= {
        "eff.comparison",
        "eff.ancova",
        "eff.further",
        "eff.mmrm",
        "eff.proportions",
        "eff.proportions.further",
        "eff.category",
        "eff.subgroup_comparison",
        "fig.forest.compared",
        "fig.km",
        "quality.findings",
        "quality.collected",
        "cutoff.table",
        "disposition.milestones",
        "verification.unmatched",
        "code.table",
    }
