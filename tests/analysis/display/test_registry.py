"""The registry: every output has its place in the reading order, and numbers run in that order."""

from __future__ import annotations

from collections import defaultdict

import pytest

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.registry import READING_ORDER, place

pytestmark = pytest.mark.requirement("REQ-315")


def test_every_entry_of_the_reading_order_stands_there_once() -> None:
    assert len(set(READING_ORDER)) == len(READING_ORDER)


def test_the_longest_beginning_of_an_id_counts() -> None:
    assert place("lst.lab.abnormal") == READING_ORDER.index("lst.lab.abnormal")
    assert place("lst.lab") == READING_ORDER.index("lst.lab")
    assert place("eff.by_visit.any") == READING_ORDER.index("eff.by_visit")


def test_an_output_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match=r"nothing\.known has no place"):
        place("nothing.known")


def test_every_output_of_the_exemplar_is_numbered_without_a_gap_in_reading_order(book: Book) -> None:
    seen: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for output in book.outputs.values():
        section, _, running = output.number.rpartition(".")
        seen[output.kind, section].append((int(running), place(output.id)))
    for numbers in seen.values():
        assert [running for running, _ in numbers] == list(range(1, len(numbers) + 1))
        assert [where for _, where in numbers] == sorted(where for _, where in numbers)


def test_the_reading_order_names_no_output_that_does_not_exist(book: Book) -> None:
    there = {place(name) for name in book.outputs}
    unused = {READING_ORDER[n] for n in range(len(READING_ORDER)) if n not in there}
    # Made only where the data or the definition ask for them.
    assert unused <= {
        "eff.comparison",
        "eff.ancova",
        "eff.further",
        "eff.mmrm",
        "eff.proportions",
        "eff.category",
        "eff.subgroup_comparison",
        "quality.findings",
        "quality.collected",
        "cutoff",
        "disposition.milestones",
    }
