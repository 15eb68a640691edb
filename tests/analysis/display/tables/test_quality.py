"""The findings of the data checks as the report tells them: a row a kind, whatever a finding leaves open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.tables.quality import findings
from trial_report.schemas.problems import Problem, Problems

pytestmark = pytest.mark.requirement("REQ-311")


def test_findings_without_a_line_are_grouped_by_kind(book: Book) -> None:
    found = Problems()
    for line in (None, 4):
        found.extend(
            [Problem(check="DM-054", severity="warning", domain="DM", message="A date is missing.", file="dm.xpt",
                     line=line, variable="RFICDTC", remedy="ask for it")]
        )  # fmt: skip
    made = findings(replace(book, problems=found.to_frame()))
    assert [[cell.text for cell in row.cells][:5] for row in made.rows] == [
        ["DM-054", "warning", "DM RFICDTC", "A date is missing.", "2"]
    ]
