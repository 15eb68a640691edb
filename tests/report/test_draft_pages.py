"""A draft can be set like any other report: the mark on its pages does not break the tagging of long tables."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from trial_report.evidence.pages import table, typst_source
from trial_report.report.cells.kit import title_page
from trial_report.report.cells.pieces import together
from trial_report.report.render.embedded import pdf

pytestmark = pytest.mark.requirement("REQ-311")


def test_a_table_goes_on_over_pages_that_carry_a_mark(tmp_path: Path) -> None:
    rows = [(str(number), "words") for number in range(120)]
    held = together(
        [
            title_page(title="T", mark="DRAFT: not confirmed", cutoff="2024-06-30"),
            table("one", "1", "Long", [("A", 1), ("B", 2)], rows),
        ]
    )
    made = pymupdf.open(stream=pdf(typst_source([held]), tmp_path), filetype="pdf")
    assert made.page_count > 2
    assert all("DRAFT: not confirmed" in page.get_text() for page in made)
