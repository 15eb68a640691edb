"""Proposes a first `study.yml` for a folder that holds SDTM domains, and says what it left out.

Not here: the parts of a definition (`propose`), and an empty project (`runtime.new_project`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from trial_report.analysis.begin.write import LEFT_OUT, written
from trial_report.analysis.read.study import assemble_undefined, read_files, refused_folder
from trial_report.runtime.choose import ChoiceError
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problems, StudyProblems
from trial_report.schemas.study import FILE, load_study
from trial_report.schemas.study.identity import Data
from trial_report.schemas.study.unwritten import TO_WRITE

FORMATS = ("csv", "xpt")
NOT_READ = "FILE-013"
"""The check that tells of a file that is no data file of the format, or of no domain."""


@dataclass(frozen=True)
class Proposal:
    """A definition that was proposed: its file, how many texts are to be written, what was left out, a line each."""

    file: Path
    texts: int
    left: tuple[str, ...]


def proposed(target: Path) -> Proposal:
    """What a file that `begin` wrote says of itself."""
    words = target.read_text(encoding="utf-8")
    texts = sum(TO_WRITE in line for line in words.split("\n")[1:] if not line.startswith("#"))
    left = words.partition(f"# {LEFT_OUT}\n")[2].splitlines()
    return Proposal(target, texts, tuple(line.removeprefix("# ") for line in left))


def begin(study: Path, folder: str, guide: str) -> Path:
    """Write `study.yml` into a study's folder, and return it.

    Raises ChoiceError where there is a definition already or there are no domains, StudyProblems for data that
    cannot be read.
    """
    target = study / FILE
    if os.path.lexists(target) and not _says_nothing(target):
        raise ChoiceError(
            f"{target} is there already, and nothing was changed: move it away to have a new one proposed"
        )
    domains, kind, unread = read(study, folder, guide)
    made = written(domains, folder, kind, guide, unread)
    half = target.with_suffix(".half")
    half.write_text(made, encoding="utf-8", newline="\n")
    half.replace(target)
    load_study(study)
    return target


def _says_nothing(target: Path) -> bool:
    """Whether a definition is that of a new project: comments alone."""
    if target.is_symlink() or not target.is_file():
        return False
    return all(not line.strip() or line.startswith("#") for line in target.read_text(encoding="utf-8").splitlines())


def read(study: Path, folder: str, guide: str) -> tuple[Domains, str, list[str]]:
    """The domains of a folder without a definition, the format that most of its files have, and the names of the files
    that were not read.

    Raises ChoiceError where the folder is none, or none of a study; StudyProblems for files that cannot be read.
    """
    data = Data.model_validate({"folder": folder, "sdtmig": guide})
    problems = Problems()
    refused = refused_folder(study, study / folder) if study.is_dir() else None
    if refused is not None or not study.is_dir():
        raise ChoiceError(f"there is no folder {study / folder}: put the domains there (CSV or SAS transport files)")
    ends = [path.suffix.lower() for path in (study / folder).iterdir()]
    kind = max(FORMATS, key=lambda one: ends.count(f".{one}"))
    domains = assemble_undefined(read_files(study / folder, kind, problems), data, problems)
    if problems.errors:
        raise StudyProblems(problems)
    if "DM" not in domains or domains["DM"].empty:
        raise ChoiceError(f"{study / folder} has no dm.{kind}, so nothing is known of its subjects")
    return domains, kind, [one.file for one in problems if one.check == NOT_READ]
