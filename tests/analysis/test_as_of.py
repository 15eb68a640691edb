"""An earlier look: what lay after the day is nowhere, and what is there is what a delivery of that day would give."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.studies import after_cutoff
from tests.studies._build import Study
from trial_report.analysis.check import check_study
from trial_report.analysis.derive import derive
from trial_report.analysis.derive.as_of import defined_as_of, known_as_of
from trial_report.analysis.pipeline import analyse_study, prepare
from trial_report.analysis.verify.compare import MATCHED
from trial_report.analysis.verify.verification import compared, recompute
from trial_report.runtime.choose import ChoiceError
from trial_report.schemas.problems import Problems

pytestmark = pytest.mark.requirement("REQ-1204")

DAY = date(2024, 2, 29)


def study(folder: Path, cutoff: str) -> Path:
    """The study of `tests/studies/after_cutoff`, cut at another day."""
    held = after_cutoff.STUDY
    cut = held.definition | {"study": held.definition["study"] | {"data_cutoff": cutoff}}
    return Study(cut, held.domains, held.files, held.headers).write(folder)


def test_it_gives_what_a_cut_off_at_that_day_gives_and_tells_nothing_of_what_came_later(tmp_path: Path) -> None:
    folder = study(tmp_path / "whole", "2024-12-31")
    earlier, found = analyse_study(folder, as_of=DAY)
    cut, expected = analyse_study(study(tmp_path / "cut", DAY.isoformat()))
    ours, theirs = (frame.loc[frame["analysis"] != "cutoff"].reset_index(drop=True) for frame in (found, expected))
    assert ours.equals(theirs)
    assert earlier.adsl.equals(cut.adsl)
    assert found.loc[found["analysis"] == "cutoff", "value"].tolist() == [0, 0, 0]
    assert earlier.delivered == {name: len(frame) for name, frame in earlier.domains.items()}
    state = compared(earlier.planned, recompute(folder, as_of=DAY), found).details["state"]
    assert set(state) == {MATCHED}


def test_no_later_day_is_anywhere(tmp_path: Path) -> None:
    prepare(study(tmp_path / "study", "2024-12-31"), tmp_path / "build", as_of=DAY)
    later = [f"2024-{month:02}" for month in range(3, 13)]
    for path in sorted((tmp_path / "build").rglob("*")):
        held = path.read_bytes() if path.is_file() else b""
        assert not [month for month in later if f"{month}-".encode() in held], path.name


def test_a_day_after_the_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match="2025-01-01 is after the study's data cut-off, 2024-12-31"):
        analyse_study(study(tmp_path / "study", "2024-12-31"), as_of=date(2025, 1, 1))


def test_a_later_date_of_a_time_point_is_not_known(tmp_path: Path) -> None:
    folder = study(tmp_path / "study", "2024-12-31")
    ae = folder / "sdtm" / "ae.csv"
    head, *rows = ae.read_text(encoding="utf-8").splitlines()
    rows = [f"{row},ONGOING,{'2024-06-30' if place else '2024-02-01'}" for place, row in enumerate(rows)]
    ae.write_text("\n".join([f"{head},AEENRTPT,AEENTPT", *rows, ""]), encoding="utf-8")
    definition, domains, _ = check_study(folder)
    definition = defined_as_of(definition, DAY)
    trial = derive(definition, known_as_of(definition, domains), Problems())
    assert "2024-06-30" not in set(trial.domains["AE"]["AEENTPT"].dropna())
    assert trial.domains["AE"]["AEENRTPT"].notna().all()
