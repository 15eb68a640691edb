"""The index of outputs: every output once, with the program that makes it and the results that it prints."""

from __future__ import annotations

import importlib.util

import pytest

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.tables.index import ID, index

pytestmark = pytest.mark.requirement("REQ-503", "REQ-315")


def test_every_output_is_listed_once_with_a_program_that_exists(book: Book) -> None:
    table = index(book)
    listed = [row.cells[2].text for row in table.rows]
    profiles = [name for name in book.outputs if name.startswith("fig.patient.")]
    alone = [name for name in book.outputs if name not in profiles]
    assert [name for name in listed if name != "fig.patient.…"] == alone
    of_profiles = table.rows[listed.index("fig.patient.…")]
    first, last = book.outputs[profiles[0]], book.outputs[profiles[-1]]
    assert of_profiles.cells[0].text == f"{first.name} to {last.number}"
    programs = {row.cells[3].text for row in table.rows}
    assert all(importlib.util.find_spec(name) for name in programs)


def test_what_it_says_of_results_is_where_the_keys_begin(book: Book) -> None:
    said = {row.cells[2].text: row.cells[4].text for row in index(book).rows}
    assert said[ID] == "–"
    keys = book.results.index.astype("str")
    for name, text in said.items():
        for prefix in text.split(", ") if text != "–" else []:
            assert keys.str.startswith(prefix).any(), f"{name}: {prefix}"
