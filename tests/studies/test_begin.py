"""The first definition that is proposed of each study's data is one that the data pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studies._run import module, names
from trial_report.analysis.check import check_study
from trial_report.command.begin import begin
from trial_report.schemas.study import FILE

pytestmark = [pytest.mark.requirement("REQ-221"), pytest.mark.heavy]


@pytest.mark.parametrize("name", list(names()))
def test_a_proposal_passes_the_checks_that_the_data_pass(name: str, tmp_path: Path) -> None:
    study, expected = module(name).STUDY, module(name).EXPECTED
    folder = study.write(tmp_path / "study")
    (folder / FILE).unlink()
    begin(folder, "sdtm", study.definition["data"]["sdtmig"])
    _, _, problems = check_study(folder)
    known = {*expected.problems, *study.definition["data"].get("accepted_checks", {})}
    assert [(one.check, one.place, one.variable, one.value) for one in problems.errors if one.check not in known] == []
