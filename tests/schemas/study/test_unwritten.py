"""Texts that a person has still to write are warned of with their line."""

from pathlib import Path

import pytest

from trial_report.schemas.study import load_study
from trial_report.schemas.study.example import SMALLEST
from trial_report.schemas.study.load import unwritten_texts
from trial_report.schemas.study.unwritten import unwritten

pytestmark = pytest.mark.requirement("REQ-221")

TEXT = SMALLEST.replace("sponsor: Sponsor Ltd.", "sponsor: 'To be written: sponsor'").replace(
    "definition: All treated patients.", "definition: To be written."
)


def test_each_is_a_warning_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "study.yml").write_text(TEXT, encoding="utf-8")
    lines = TEXT.split("\n")
    found = unwritten_texts(tmp_path)
    assert [(one.variable, one.severity, one.check) for one in found] == [
        ("study.sponsor", "warning", "STUDY-007"),
        ("analysis_sets.1.definition", "warning", "STUDY-007"),
    ]
    assert all("To be written" in lines[(one.line or 0) - 1] for one in found)
    assert unwritten(load_study(tmp_path)) == ["study.sponsor", "analysis_sets.1.definition"]


def test_a_definition_that_is_written_has_none(tmp_path: Path) -> None:
    (tmp_path / "study.yml").write_text(SMALLEST, encoding="utf-8")
    assert unwritten_texts(tmp_path) == []
    assert unwritten(load_study(tmp_path)) == []
