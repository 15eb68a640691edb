"""What a failed cell is told as: the place of the cell, or, for a study's own code, the place in that code."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_output

from trial_report.report.render import DocumentError
from trial_report.report.render.document import CodeCell
from trial_report.report.render.inside import FAILED
from trial_report.report.render.kernel import _outputs

pytestmark = pytest.mark.requirement("REQ-214")


def told(kind: str, message: str) -> str:
    cell = CodeCell("show_all()", "report/sections/04-abbreviations.qmd", 7)
    data = {FAILED: {"kind": kind, "message": message, "line": 1, "traceback": ""}}
    try:
        list(_outputs(cell, [new_output("display_data", data)]))
    except DocumentError as error:
        return str(error)
    raise AssertionError("a failed cell was taken")


def test_a_mistake_of_the_document_is_told_at_its_line() -> None:
    assert told("KitError", "no output is called 'x'").endswith("04-abbreviations.qmd:7: no output is called 'x'")


def test_a_mistake_of_the_study_s_code_is_told_at_its_own_place() -> None:
    assert told("OwnCodeError", "analysis/a.py, line 3: KeyError: 'b'") == "analysis/a.py, line 3: KeyError: 'b'"
