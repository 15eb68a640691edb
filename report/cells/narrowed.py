"""Has a `quarto render` of the whole project take one document, of all that may be rendered by their names.

`_quarto.yml` lists every document, as Quarto runs its hooks for those alone. After the hook that prepares a study
Quarto reads the list again; a settings file that is there from then to the first cell takes the others out of it.

Not here: which document is prepared (`report.assemble.hooks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

LOCAL = "_quarto.yml.local"
_OURS = "# Of one run of quarto render, which takes it away itself (report/README.md).\n"


def narrows(project: Path) -> bool:
    """Whether documents can be left out: not where the project has a settings file of that name of its own."""
    return left_over(project) or not (project / LOCAL).exists()


def narrow(project: Path, others: Sequence[str]) -> None:
    """Leave the ``others``, files relative to the project, out of the list; what an ended run left out stays so."""
    file = project / LOCAL
    out = [f"!{name}" for name in others]
    if left_over(project):
        out = list(dict.fromkeys([*yaml.safe_load(file.read_text(encoding="utf-8"))["project"]["render"], *out]))
    if out:
        file.write_text(_OURS + yaml.safe_dump({"project": {"render": out}}), encoding="utf-8")


def widen(project: Path) -> None:
    """List all documents again."""
    if left_over(project):
        (project / LOCAL).unlink()


def left_over(project: Path) -> bool:
    """Whether some documents are left out of the list at this moment."""
    file = project / LOCAL
    return file.is_file() and file.read_text(encoding="utf-8").startswith(_OURS)
