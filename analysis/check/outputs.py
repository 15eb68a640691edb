"""Whether what `outputs` in `study.yml` names are displays that there are, as far as no data are needed to know it.

Not here: how a changed display is made (`display.registry`), and the keys (`schemas.study.outputs`).
"""

from __future__ import annotations

from pathlib import Path

from trial_report.analysis.display.changed import KEY, begins
from trial_report.analysis.display.registry import reading_order
from trial_report.declare.own import FOLDER, files_in
from trial_report.runtime.near import near_to_it
from trial_report.schemas.problems import Problem
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.load import misplaced


def unknown_outputs(folder: Path, definition: StudyDefinition) -> list[Problem]:
    """An error for each key of `outputs`, or `after` in it, that no display is called, at its line, with the nearest.

    Where the study has code of its own, which is not run to know its displays, none is told: building the report
    tells them.
    """
    if files_in(folder / FOLDER):
        return []
    known = [one.id for one in reading_order()]
    asked: list[tuple[tuple[str, ...], str]] = [((KEY, key), key) for key in definition.outputs]
    asked += [((KEY, key, "after"), one.after) for key, one in definition.outputs.items() if one.after]
    return [
        misplaced(folder, path, name, f"the id of an output, or its beginning{near_to_it(name, known)}")
        for path, name in asked
        if not any(begins(name, one) or begins(one, name) for one in known)
    ]
