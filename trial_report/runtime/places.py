"""Where things are: the code of this package, and the project a person works in. Reads nothing but names of files."""

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
    """Return the project of the working folder: the one whose folder, or one above, holds _quarto.yml and study.yml.

    Elsewhere it is the clone that the code runs from, and for installed code the working folder.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "_quarto.yml").is_file() and (folder / "study.yml").is_file():
            return folder
    return CLONE or here
