"""The page of the documentation on the data that a study needs is that of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from trial_report.schemas.domains.__main__ import page
from trial_report.schemas.domains.needs import always

pytestmark = pytest.mark.requirement("REQ-403")

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_that_of_the_code() -> None:
    assert (DOCS / "data.md").read_text(encoding="utf-8") == page(), (
        "python -m trial_report.schemas.domains > docs/data.md"
    )


def test_every_variable_that_is_read_stands_on_it() -> None:
    text = page()
    assert all(f"| `{use.variable}` |" in text for use in always())
    assert "| `DSDECOD` | needed | Req | Req | Req |" in text
    assert "| `ARMNRS` |  |  | Exp | Exp |" in text
    assert "ARMCD (3.2)" in text
