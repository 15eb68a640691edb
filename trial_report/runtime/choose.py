"""Chooses the study that a command is about: the folder that was named, or the only one that there is.

Not here: reading of the study that was chosen (`schemas.study.load`), and the folders of a project (`places`).
"""

from __future__ import annotations

import os
from pathlib import Path

from trial_report.runtime.places import is_project, made_in, project
from trial_report.runtime.told import ToldError


class ChoiceError(ToldError):
    """What was asked for cannot be done; the message says what to ask for instead."""


def find_study(given: str | Path | None) -> Path:
    """Return the study's folder: the one given; or the project, where it is one study's; or one under its ``data/``.

    There it is the only one, or the one that ``data/default.txt`` names. Raises ChoiceError where there is none, or
    several and none was given.
    """
    if given:
        folder = Path(given)
        if not folder.is_dir():
            raise ChoiceError(f"there is no study folder {given}")
        return folder.resolve()
    own = project()
    if is_project(own):
        return own
    data = own / "data"
    found = sorted(path.parent for path in data.glob("*/study.yml"))
    if len(found) > 1 and (data / "default.txt").is_file():
        named = (data / "default.txt").read_text(encoding="utf-8").strip()
        found = [path for path in found if path.name == named] or found
    if len(found) == 1:
        return found[0]
    if not found:
        raise ChoiceError(
            "there is no study here, nor under data/: go to the project of one (trial-report new makes it), "
            "or name its folder with --study DIR"
        )
    names = ", ".join(f"data/{path.name}" for path in found)
    raise ChoiceError(f"there are several studies, choose one with --study DIR: {names}")


def named_study(name: str) -> Path:
    """Return where the study that a report names would be: the project, where that is one study's, or data/NAME."""
    own = project()
    return own if is_project(own) else own / "data" / Path(name).name


def outside(out: Path, *studies: Path | None) -> Path:
    """Return where something is to be written. Raises ChoiceError where that is in a study's folder, or below a file.

    A study is what was delivered and what its authors wrote; what is made of it would count as a part of it.
    """
    whole = out.resolve()
    there = next(place for place in whole.parents if os.path.lexists(place))
    if not there.is_dir():
        raise ChoiceError(f"{there} is not a folder: choose another with --out")
    for study in studies:
        if study is not None and whole.is_relative_to(study.resolve()) and not _of_its_own(whole, study):
            raise ChoiceError(f"{out} is in the study's folder, where nothing is written: choose another with --out")
    return out


def _of_its_own(whole: Path, study: Path) -> bool:
    made = made_in(study)
    return made is not None and whole != made and whole.is_relative_to(made)
