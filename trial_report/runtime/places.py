"""Where things are: the code of this package, and the project a person works in. Reads nothing but names of files.

Not here: the choice of a study (`choose`), and folders that hold patients' data for a while (`private`).
"""

from __future__ import annotations

from pathlib import Path

import trial_report

PACKAGE = Path(trial_report.__file__).resolve().parent
CLONE = PACKAGE.parent if len(trial_report.__path__) > 1 else None
"""The clone that the code runs from; None where it is installed."""
CODE = CLONE or PACKAGE
"""The folder that holds `schemas`, `analysis`, `report` and `evidence`."""
IMPORTS = PACKAGE.parent
"""What has to be on the path of Python for the package to be found."""


def project() -> Path:
    """Return the project of the working folder: that folder, or one above it, if it is the project of one study.

    Elsewhere it is the clone that the code runs from, and for installed code the working folder.
    """
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if is_project(folder)), CLONE or here)


def is_project(folder: Path) -> bool:
    """Whether a folder is a project of one study, as `trial-report new` makes it: its definition beside _quarto.yml."""
    return (folder / "_quarto.yml").is_file() and (folder / "study.yml").is_file()


def made_in(study: Path) -> Path | None:
    """Return the folder in a study's own where what is made of it goes: _report, where the study is a project."""
    return study.resolve() / "_report" if is_project(study) else None
