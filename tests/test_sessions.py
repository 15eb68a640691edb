"""Every task fails when it should: broken input, a planted difference, an unmet check end with 1 and a message."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from trial_report.command import qualify as qualify
from trial_report.command.verify import main as verify
from trial_report.evidence.qualify.evidence import Evidence
from trial_report.report.publish.manifest import results_json

pytestmark = pytest.mark.requirement("REQ-510")

ROOT = Path(__file__).parents[1]
EXEMPLAR = next(iter(sorted((ROOT / "data").glob("*/study.yml")))).parent
NO_STUDY = "study: [\n"

Arguments = Callable[[Path, Path], list[str]]
BROKEN: dict[str, Arguments] = {
    "command.report": lambda study, out: ["--renderer", "embedded", "--study", str(study), "--out", str(out / "new")],
    "command.begin": lambda study, out: ["--study", str(study)],
    "command.validate": lambda study, out: ["--study", str(study), "--out", str(out / "new")],
    "command.core": lambda study, out: ["--study", str(study), "--report", str(study / "study.yml")],
    "command.verify": lambda study, out: ["--study", str(study)],
    "command.trace": lambda study, out: ["1.0", "--study", str(study)],
    "evidence.reproduce": lambda study, out: ["--study", str(study)],
    "evidence.compare.document": lambda study, out: ["--before", str(study / "study.yml"),
                                                     "--after", str(study / "study.yml")],
    "command.qualify": lambda study, out: ["--study", str(study), "--out", str(out / "new"), "--without", "tests",
                                          "installation", "reproduce"],
}  # fmt: skip
"""How each module that a session runs is called on a study whose definition cannot be read."""
MEASURES = {"benchmarks", "mypy", "pytest", "ruff"}
"""Modules that measure or test: what they are run for is not a study."""


def modules() -> set[str]:
    """What the sessions of noxfile.py run as `python -m`: each by `run(session, MODULE, …)`."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    named = (call.args[1] for call in calls if call.func.id == "run")
    return {str(one.value) for one in named if isinstance(one, ast.Constant)}


def test_every_session_has_its_place_here() -> None:
    assert modules() - MEASURES == {f"trial_report.{name}" for name in BROKEN}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_study_that_cannot_be_read_ends_with_1_and_the_file_s_name(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "broken"
    study.mkdir()
    (study / "study.yml").write_text(NO_STUDY, encoding="utf-8")
    module = importlib.import_module(f"trial_report.{name}")
    assert module.main(BROKEN[name](study, tmp_path)) == 1
    said = "".join(capfd.readouterr())
    assert "study.yml" in said
    assert "Traceback" not in said
    assert not list((tmp_path / "new").rglob("*.pdf"))


def test_verification_of_a_planted_difference_ends_with_1_and_names_it(
    results: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = results.reset_index(drop=True).copy()
    at = planted.index[(planted["statistic"] == "n") & (planted["value"] > 0)][0]
    planted.loc[at, ["value", "formatted"]] = [99.0, "99"]
    (tmp_path / "results.json").write_text(results_json(planted), encoding="utf-8")
    study = shutil.copytree(EXEMPLAR, tmp_path / "study", ignore=shutil.ignore_patterns("__pycache__"))
    assert verify(["--study", str(study), "--results", str(tmp_path / "results.json")]) == 1
    said = capsys.readouterr().out
    assert re.search(rf"{re.escape(str(planted.loc[at, 'key']))}: differs \(value\)", said)
    assert f"1 of {len(planted)} rows do not agree." in said


@pytest.mark.parametrize("words", [None, "{", '[{"key": 1}]'])
def test_verification_of_what_are_no_results_ends_with_1_and_says_so(
    tmp_path: Path, words: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if words is not None:
        (tmp_path / "results.json").write_text(words, encoding="utf-8")
    assert verify(["--results", str(tmp_path / "results.json")]) == 1
    assert "results.json" in "".join(capsys.readouterr().out.split())


def test_evidence_that_lacks_a_check_ends_with_1_and_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(qualify, "gather", lambda *_, **__: Evidence("mine", limits=["One."]))
    assert qualify.main(["--study", str(EXEMPLAR), "--out", str(tmp_path)]) == 1
    assert "Results computed twice: not run   NOT AS WANTED" in capsys.readouterr().out
    assert "INCOMPLETE" in (tmp_path / "validation.html").read_text(encoding="utf-8")
