"""A render of the whole project takes one document: the others are left out of Quarto's list for so long."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from trial_report.report.cells.narrowed import LOCAL, left_out_for, left_over, narrow, narrows, widen

pytestmark = pytest.mark.requirement("REQ-215")


def test_others_are_left_out_of_the_list_and_stand_in_it_again(tmp_path: Path) -> None:
    assert not narrow(tmp_path, [])
    assert not (tmp_path / LOCAL).exists()
    assert narrow(tmp_path, ["report/tables.qmd"], "12 345")
    assert left_over(tmp_path)
    assert left_out_for(tmp_path, "12 345")
    assert not left_out_for(tmp_path, "12 34")
    assert narrows(tmp_path)
    widen(tmp_path)
    assert not (tmp_path / LOCAL).exists()


def test_what_an_ended_run_left_out_stays_out_as_quarto_does_not_tell_it_then(tmp_path: Path) -> None:
    narrow(tmp_path, ["report/tables.qmd"])
    narrow(tmp_path, [])
    narrow(tmp_path, ["report/new.qmd"])
    held = yaml.safe_load((tmp_path / LOCAL).read_text(encoding="utf-8"))
    assert held == {"project": {"render": ["!report/tables.qmd", "!report/new.qmd"]}}


def test_settings_of_a_person_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / LOCAL).write_text("lang: de\n", encoding="utf-8")
    assert not narrows(tmp_path)
    widen(tmp_path)
    assert (tmp_path / LOCAL).read_text(encoding="utf-8") == "lang: de\n"
