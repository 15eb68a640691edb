"""Every task fails when it should: broken input, a planted difference, an unmet check end with 1 and a message."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from trial_report.command.main import VERBS, run
from trial_report.evidence.qualify import evidence
from trial_report.evidence.qualify.evidence import Evidence
from trial_report.report.publish.manifest import results_json

pytestmark = pytest.mark.requirement("REQ-510")

ROOT = Path(__file__).parents[1]
EXEMPLAR = ROOT / "data" / "admscc-cli"
NO_STUDY = "study: [\n"

Arguments = Callable[[Path, Path], list[str]]
BROKEN: dict[str, Arguments] = {
    "report": lambda study, out: ["--renderer", "embedded", "--study", str(study), "--out", str(out / "new")],
    "begin": lambda study, out: ["--study", str(study)],
    "validate": lambda study, out: ["--study", str(study), "--out", str(out / "new")],
    "core": lambda study, out: ["--study", str(study), "--report", str(study / "study.yml")],
    "verify": lambda study, out: ["--study", str(study)],
    "trace": lambda study, out: ["1.0", "--study", str(study)],
    "reproduce": lambda study, out: ["--study", str(study)],
    "compare": lambda study, out: ["--before", str(study / "study.yml"),
                                   "--after", str(study / "study.yml")],
    "qualify": lambda study, out: ["--study", str(study), "--out", str(out / "new"), "--without", "tests",
                                  "--without", "installation", "--without", "reproduce"],
    "export": lambda study, out: ["--study", str(study), "--out", str(out / "new")],
}  # fmt: skip
"""How each verb is called on a study whose definition cannot be read."""
MEASURES = {"benchmarks", "mypy", "pytest", "ruff"}
"""Modules that measure or test: what they are run for is not a study."""


def calls() -> list[ast.Call]:
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]


def first_words(name: str) -> set[str]:
    """The first argument after the session in every call of that function of noxfile.py."""
    found = (call.args[1] for call in calls() if isinstance(call.func, ast.Name) and call.func.id == name)
    return {str(one.value) for one in found if isinstance(one, ast.Constant)}


def test_every_session_calls_the_command_and_every_verb_has_its_place_here() -> None:
    assert first_words("run") == {*MEASURES, "trial_report"}
    assert first_words("command") == set(BROKEN)
    assert set(VERBS) == {*BROKEN, "new"}  # which reads no study


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_study_that_cannot_be_read_ends_with_1_and_the_file_s_name(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "broken"
    study.mkdir()
    (study / "study.yml").write_text(NO_STUDY, encoding="utf-8")
    assert run([name, *BROKEN[name](study, tmp_path)]) == 1
    said = "".join(capfd.readouterr())
    assert "study.yml" in said
    assert "Traceback" not in said
    assert not list((tmp_path / "new").rglob("*.pdf"))


@pytest.mark.heavy
def test_verification_of_a_planted_difference_ends_with_1_and_names_it(
    results: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = results.reset_index(drop=True).copy()
    at = planted.index[(planted["statistic"] == "n") & (planted["value"] > 0)][0]
    planted.loc[at, ["value", "formatted"]] = [99.0, "99"]
    (tmp_path / "results.json").write_text(results_json(planted), encoding="utf-8")
    study = shutil.copytree(EXEMPLAR, tmp_path / "study", ignore=shutil.ignore_patterns("__pycache__"))
    assert run(["verify", "--study", str(study), "--results", str(tmp_path / "results.json")]) == 1
    said = capsys.readouterr().out
    assert re.search(rf"{re.escape(str(planted.loc[at, 'key']))}: differs \(value\)", said)
    assert f"1 of {len(planted)} rows do not agree." in said


@pytest.mark.parametrize("words", [None, "{", '[{"key": 1}]'])
def test_verification_of_what_are_no_results_ends_with_1_and_says_so(
    tmp_path: Path, words: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if words is not None:
        (tmp_path / "results.json").write_text(words, encoding="utf-8")
    assert run(["verify", "--results", str(tmp_path / "results.json")]) == 1
    assert "results.json" in "".join(capsys.readouterr().err.split())


def test_evidence_that_lacks_a_check_ends_with_1_and_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evidence, "gather", lambda *_, **__: Evidence("mine", limits=["One."]))
    assert run(["qualify", "--study", str(EXEMPLAR), "--out", str(tmp_path)]) == 1
    assert "Results computed twice: not run   NOT AS WANTED" in capsys.readouterr().out
    assert "INCOMPLETE" in (tmp_path / "validation.html").read_text(encoding="utf-8")
