"""Reproduction: what a manifest answers, that a difference is a failure, and that nothing of ours reads the clock."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from trial_report.command.main import run
from trial_report.evidence import reproduce
from trial_report.evidence.reproduce import FIRST, SECOND, Conditions, NotBuilt, answers, changed, locked
from trial_report.report.publish.manifest import manifest, study_hashes, written

pytestmark = pytest.mark.requirement("REQ-501", "REQ-502")

ROOT = Path(__file__).parents[2]
OUTSIDE = re.compile(
    r"\b(?:today|now|utcnow|localtime|gmtime|strftime|fromtimestamp)\(\s*\)|time\.time\(|uuid\.|getpass|gethostname|"
    r"platform\.node|os\.getlogin|random\.random\("
)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "study.yml").write_text("a: 1\n", encoding="utf-8")
    return folder


@pytest.fixture
def report(tmp_path: Path, study: Path) -> Path:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "csr.html").write_text('<p id="a">12.3</p>', encoding="utf-8")
    made = manifest(study, folder, ["csr.html"], {"name": "embedded"})
    (folder / "manifest.json").write_text(written(made), encoding="utf-8")
    return folder


def _builds(page: str) -> Any:
    def build(study: Path, out: Path, conditions: Conditions, work: Path, *_: object, **__: object) -> None:
        (out / "report").mkdir(parents=True)
        (out / "report" / "csr.html").write_text(page, encoding="utf-8")

    return build


def _asked(report: Path, study: Path) -> int:
    return run(["reproduce", "--against", str(report / "manifest.json"), "--study", str(study)])


def test_all_four_questions_are_answered_yes(
    report: Path, study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reproduce, "build", _builds('<p id="a">12.3</p>'))
    assert _asked(report, study) == 0
    said = capsys.readouterr().out
    assert re.findall(r"Same (\w+)\? yes", said) == ["inputs", "code", "versions", "outputs"]


def test_another_output_names_the_element(
    report: Path, study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reproduce, "build", _builds('<p id="a">12.4</p>'))
    assert _asked(report, study) == 1
    said = capsys.readouterr().out
    assert "Same outputs? NO" in said
    assert "element #a" in said


def test_another_input_is_named(
    report: Path, study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reproduce, "build", _builds('<p id="a">12.3</p>'))
    (study / "study.yml").write_text("a: 2\n", encoding="utf-8")
    assert _asked(report, study) == 1
    assert "study.yml differs" in capsys.readouterr().out


def test_a_report_that_was_changed_afterwards_is_found(
    report: Path, study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reproduce, "build", _builds('<p id="a">12.3</p>'))
    (report / "csr.html").write_text('<p id="a">99.9</p>', encoding="utf-8")
    assert _asked(report, study) == 1
    assert "csr.html beside the manifest is not the one that it names" in capsys.readouterr().out


def test_another_code_or_version_is_named(report: Path, study: Path) -> None:
    held = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    held["code"]["files"]["analysis/pipeline.py"] = "0"
    package = next(name for name in held["packages"] if name.lower() in locked())
    held["packages"][package] = "0.0.1"
    held["python"] = "2.7"
    inputs, code, versions = answers(held, study)
    assert inputs.yes
    assert not code.yes
    assert "analysis/pipeline.py differs" in code.reasons
    assert not versions.yes
    assert any(package.lower() in reason for reason in versions.reasons)
    assert versions.reasons[0].startswith("Python 2.7")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"study": 1}', '{"study": "x", "inputs": 3}'])
def test_what_is_no_manifest_is_refused(text: str, study: Path, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text, encoding="utf-8")
    assert run(["reproduce", "--against", str(path), "--study", str(study)]) == 1


def test_a_report_that_differs_from_itself_fails(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = iter(["<p id='a'>1</p>", "<p id='a'>2</p>"])
    monkeypatch.setattr(reproduce, "load_study", Path)  # only the builds are of interest
    monkeypatch.setattr(reproduce, "build", lambda s, o, c, w, **_: _builds(next(pages))(s, o, c, w))
    assert run(["reproduce", "--study", str(study)]) == 1
    assert "DIFFERS  report/csr.html" in capsys.readouterr().out


def test_a_build_that_fails_is_a_failure(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise NotBuilt("no such column")

    monkeypatch.setattr(reproduce, "load_study", Path)
    monkeypatch.setattr(reproduce, "build", fails)
    assert run(["reproduce", "--study", str(study)]) == 1
    assert "no such column" in capsys.readouterr().err


@pytest.mark.heavy
def test_a_study_that_cannot_be_read_is_told_as_the_build_says(study: Path, tmp_path: Path) -> None:
    """The real build, in a process of its own, under the conditions of a second machine."""
    with pytest.raises(NotBuilt, match=r"study\.yml"):
        reproduce.build(study, tmp_path / "out", SECOND, tmp_path / "work")
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").rglob("csr.*"))


def test_the_second_build_is_somebody_else_s_where_the_machine_can(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reproduce, "_WRAPPERS", {"as another": ("env", "WRAPPED=1"), "never": ("no-such-program",)})
    assert reproduce.wrappers() == {"as another": ("env", "WRAPPED=1"), "never": ()}
    ran: list[list[str]] = []

    def runs(command: list[str], **_: object) -> Any:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(reproduce.subprocess, "run", runs)
    for name, conditions in (("one", FIRST), ("other", SECOND)):
        reproduce.build(study, tmp_path / name, conditions, tmp_path / f"work-{name}")
    first, second = ran[0], ran[-1]
    assert first[0] == sys.executable
    assert second[:3] == ["env", "WRAPPED=1", sys.executable]


def test_the_two_conditions_differ_in_everything_that_they_name() -> None:
    assert set(FIRST.environment) <= set(SECOND.environment)
    assert all(FIRST.environment[name] != SECOND.environment[name] for name in FIRST.environment)
    assert FIRST.umask != SECOND.umask
    assert SECOND.elsewhere is not FIRST.elsewhere


def test_what_changed_is_told_in_words() -> None:
    assert changed({"a": "1", "b": "2"}, {"a": "1", "c": "3"}) == ("b is not here", "c was not there")
    assert changed({"a": "1"}, {"a": "2"}, "input ") == ("input a differs",)


def test_the_manifest_holds_no_path_and_no_time(study: Path, report: Path) -> None:
    text = (report / "manifest.json").read_text(encoding="utf-8")
    assert str(study.parent) not in text
    assert str(ROOT) not in text
    held = json.loads(text)
    assert held["inputs"] == study_hashes(study)
    copy = study.parent / "elsewhere" / "mine"
    shutil.copytree(study, copy)
    assert manifest(copy, report, ["csr.html"], {"name": "embedded"}) == held


def test_nothing_of_ours_reads_clock_user_or_machine() -> None:
    for folder in ("schemas", "analysis", "report"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found = OUTSIDE.search(path.read_text(encoding="utf-8"))
            assert not found, f"{path.relative_to(ROOT)}: {found.group() if found else ''}"


@pytest.mark.parametrize(
    ("document", "options"),
    [
        (None, []),
        ({"name": "csr", "blinded": False, "as_of": None}, ["--document", "csr"]),
        ({"name": "safety-update", "blinded": True, "as_of": "2022-02-01"},
         ["--document", "safety-update", "--as-of", "2022-02-01", "--blinded"]),
    ],
)  # fmt: skip
def test_the_document_of_a_manifest_is_built_again_as_it_was_asked_for(document, options):
    assert reproduce.asked({"document": document} if document else {}) == options
