"""Has a `quarto render` of the whole project take one document, of all that may be rendered by their names.

`_quarto.yml` lists every document, as Quarto runs its hooks for those alone. After the hook that prepares a study
Quarto reads the list again; a settings file that is there from then to the first cell takes the others out of it. It
names the Quarto for which it is there.

Not here: which document is prepared (`report.assemble.hooks`), and what takes the file away where that Quarto is ended
before the first cell (`report.assemble.clearing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

LOCAL = "_quarto.yml.local"
_OURS = "# Of one run of quarto render, which takes it away itself (report/README.md).\n"
_FOR = "# Its process: "


def narrows(project: Path) -> bool:
    """Whether documents can be left out: not where the project has a settings file of that name of its own."""
    return left_over(project) or not (project / LOCAL).exists()


def narrow(project: Path, others: Sequence[str], quarto: str = "") -> bool:
    """Leave the ``others``, files relative to the project, out of the list of the Quarto of that name.

    What an ended run left out stays so. Returns whether anything is left out.
    """
    file = project / LOCAL
    out = [f"!{name}" for name in others]
    if left_over(project):
        out = list(dict.fromkeys([*yaml.safe_load(file.read_text(encoding="utf-8"))["project"]["render"], *out]))
    if out:
        held = yaml.safe_dump({"project": {"render": out}})
        file.write_text(f"{_OURS}{_FOR}{quarto}\n{held}", encoding="utf-8")
    return bool(out)


def widen(project: Path) -> None:
    """List all documents again."""
    if left_over(project):
        (project / LOCAL).unlink(missing_ok=True)


def left_over(project: Path) -> bool:
    """Whether some documents are left out of the list at this moment."""
    return _held(project).startswith(_OURS)


def left_out_for(project: Path, quarto: str) -> bool:
    """Whether some documents are left out for the Quarto of that name."""
    return _held(project).startswith(f"{_OURS}{_FOR}{quarto}\n")


def _held(project: Path) -> str:
    try:
        return (project / LOCAL).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
