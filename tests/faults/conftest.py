"""The exemplar's data, read once for all faults; only the changed file is read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from trial_report.analysis.read.study import RawFile, assemble, read_files
from trial_report.schemas.checks import check_all, run
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition, load_study

STUDY = Path(__file__).parents[2] / "data" / "admscc-cli"


@dataclass(frozen=True)
class Exemplar:
    definition: StudyDefinition
    folder: Path
    files: tuple[RawFile, ...]


@pytest.fixture(scope="session")
def exemplar() -> Exemplar:
    definition = load_study(STUDY)
    folder = STUDY / definition.data.folder
    problems = Problems()
    files = read_files(folder, definition.data.format, problems)
    assert not problems
    return Exemplar(definition, folder, tuple(files))


Outcome = tuple[Domains, Problems]


@pytest.fixture
def judge(exemplar: Exemplar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str, str], Outcome]:
    """Reads one changed file in place of the original's and checks the whole study."""

    def judged(changed: Any, original: str, without: str = "") -> Outcome:
        if changed.link:
            (tmp_path / changed.name).symlink_to(exemplar.folder / original)
        elif changed.data is not None:
            (tmp_path / changed.name).write_bytes(changed.data)
            if changed.twin:
                (tmp_path / changed.twin).write_bytes(changed.data)
        problems = Problems()
        read = read_files(tmp_path, exemplar.definition.data.format, problems)
        kept = [file for file in exemplar.files if file.name not in {original, without}]
        files = sorted([*kept, *read], key=lambda file: file.domain)
        domains = assemble(files, exemplar.definition, problems)
        again = {file.domain for file in read}
        check_values = run.check_values
        # Models of domains that did not change find what they found before: nothing.
        monkeypatch.setattr(run, "check_values", lambda *of: check_values(*of) if of[-1] in again else ())
        problems.extend(check_all(domains, exemplar.definition))
        return domains, problems

    return judged
