"""The house rules that a reader relies on: which folder may import which, and where one trial's names may stand."""

import ast
import re
from pathlib import Path

import pytest

from trial_report.schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-219")

ROOT = Path(__file__).parents[1]
ROOMS = ("runtime", "declare", "schemas", "analysis", "report", "evidence", "command")
"""In the order in which they rest on each other: a room imports itself and those before it."""
FOLDERS = {"runtime": "trial_report/runtime", "declare": "trial_report/declare", "command": "trial_report/command"}
GENERATOR = ("schemas", "analysis", "report", "evidence", "trial_report")
STEPS = ["read", "derive", "analyse", "display"]
SOURCES = [
    p
    for name in GENERATOR
    for p in sorted((ROOT / name).rglob("*"))
    if p.suffix in {".py", ".qmd", ".typ", ".css", ".js"}
]


def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_stands_before_it(room: str) -> None:
    before = {*ROOMS[: ROOMS.index(room) + 1]}
    for file in sorted((ROOT / FOLDERS.get(room, room)).rglob("*.py")):
        if "hooks" in file.parts:  # what Quarto runs is a command
            continue
        ours = {name.split(".")[1] for name in imported(file) if name.startswith("trial_report.")}
        assert not ours - before, f"{file.relative_to(ROOT)} imports {sorted(ours - before)}"


@pytest.mark.parametrize("step", STEPS)
def test_the_steps_of_the_analysis_point_one_way(step: str) -> None:
    later = {f"trial_report.analysis.{name}" for name in STEPS[STEPS.index(step) + 1 :]}
    for file in sorted((ROOT / "analysis" / step).rglob("*.py")):
        wrong = {name for name in imported(file) if any(name == one or name.startswith(one + ".") for one in later)}
        assert not wrong, f"{file.relative_to(ROOT)} imports {sorted(wrong)}"


def test_no_module_names_anything_of_one_trial() -> None:
    """No id, dose, visit, parameter code or title of the study in the repository stands in the generator."""
    study = load_study(ROOT / "data" / "admscc-cli")
    own = {study.study.id, study.study.protocol, *study.study.registries, study.study.sponsor}
    own |= {g.code for g in study.groups} | {g.label for g in study.groups}
    own |= {v.id for v in study.follow_up_visits} | {v.label for v in study.follow_up_visits}
    own |= {e.paramcd for e in study.endpoints if len(e.paramcd) > 3}
    own |= {e.label for e in study.endpoints}
    pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in sorted(own)))
    for file in SOURCES:
        found = pattern.search(file.read_text(encoding="utf-8"))
        assert not found, f"{file.relative_to(ROOT)} names {found[0]!r}, which belongs to one study"


def test_every_module_says_what_it_is_for() -> None:
    for name in GENERATOR:
        for file in sorted((ROOT / name).rglob("*.py")):
            text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
            assert text, f"{file.relative_to(ROOT)} has no docstring"
            assert len(text.splitlines()[0]) > 20, f"{file.relative_to(ROOT)}: {text.splitlines()[0]}"
