"""A new project is an ordinary one; the command finds in it the study, its documents and where to put what it makes."""

from __future__ import annotations

import importlib.util
import runpy
import shutil
import sys
import types
from pathlib import Path

import pytest
import yaml

from trial_report.command.main import run
from trial_report.evidence.qualify import evidence
from trial_report.report.assemble.documents import find_document
from trial_report.report.publish.manifest import study_hashes
from trial_report.report.publish.occupied import PlaceError, check_target
from trial_report.runtime.choose import ChoiceError, find_study, named_study, outside
from trial_report.runtime.places import project

pytestmark = pytest.mark.requirement("REQ-220")

STUDY = Path(__file__).parents[2] / "data" / "admscc-cli"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert run(["new", str(tmp_path / "my-trial")]) == 0
    monkeypatch.chdir(tmp_path / "my-trial")
    return tmp_path / "my-trial"


def test_it_has_the_shape_of_the_repository_and_keeps_data_out_of_git(made: Path) -> None:
    names = {path.name for path in made.iterdir()}
    assert {"_quarto.yml", "study.yml", "sdtm", "text", "analysis", "report", "noxfile.py", "README.md"} <= names
    assert {".gitignore", ".github", "requirements.txt"} <= names
    assert {"/sdtm/*", "/_report/"} <= set((made / ".gitignore").read_text(encoding="utf-8").splitlines())
    assert (made / "README.md").read_text(encoding="utf-8").startswith("# my-trial\n")
    assert "{" not in (made / "requirements.txt").read_text(encoding="utf-8")
    for place in ("_quarto.yml", ".github/workflows/study.yml"):
        assert yaml.safe_load((made / place).read_text(encoding="utf-8"))
    assert (made / "report" / "hooks" / "prepare.py").is_file()
    assert {"study.md", "own-analyses.md"} == {path.name for path in (made / "docs").iterdir()}


def test_quarto_s_settings_name_files_that_are_there(made: Path) -> None:
    settings = yaml.safe_load((made / "_quarto.yml").read_text(encoding="utf-8"))
    own = settings["project"]
    named = [
        *own["render"],
        own["pre-render"],
        own["post-render"],
        *(one if isinstance(one, str) else one["path"] for one in settings["filters"]),
    ]
    named += [
        settings["bibliography"],
        settings["format"]["html"]["template"],
        *settings["format"]["typst"]["template-partials"],
    ]
    assert [name for name in named if not list(made.glob(name))] == []
    assert settings["bibliography"] == "text/references.bib"  # the study's own, into which an editor may write
    read = {(made / name).name for name in named} | {"fonts"}
    assert {path.name for path in (made / "report" / "look").iterdir()} <= read
    assert list((made / "report" / "look" / "fonts").glob("*.ttf"))


def test_it_is_the_project_and_the_study_also_below(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert project() == made
    assert find_study(None) == made
    monkeypatch.chdir(made / "text")
    assert find_study(None) == made
    for name in ("csr", "topline"):
        assert find_document(made, name).path == made / "report" / f"{name}.qmd"


def test_what_to_type_next_is_said_so_that_a_shell_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "a b"]) == 0
    assert "cd 'a b' && trial-report begin" in capsys.readouterr().out
    monkeypatch.chdir(tmp_path / "a b" / "text")
    assert run(["new", "deep/er"]) == 0
    monkeypatch.chdir(tmp_path / "a b" / "text" / "deep")
    Path("empty").mkdir()
    monkeypatch.chdir("empty")
    assert run(["new", "."]) == 0
    assert "\n  trial-report begin" in capsys.readouterr().out
    assert Path("README.md").read_text(encoding="utf-8").startswith("# empty\n")


def test_a_report_that_names_its_study_finds_it_in_the_project(made: Path) -> None:
    assert named_study("the name in the clone") == made


def test_a_session_without_the_command_says_what_to_install(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused(Exception):
        pass

    class Session:
        posargs: tuple[str, ...] = ("-q",)

        def __init__(self) -> None:
            self.ran: list[tuple[str, ...]] = []

        def run(self, *command: str, external: bool) -> None:
            self.ran.append(command)

        def error(self, words: str) -> None:
            raise Refused(words)

    nox = types.ModuleType("nox")
    monkeypatch.setattr(nox, "options", types.SimpleNamespace(), raising=False)
    monkeypatch.setattr(nox, "Session", Session, raising=False)
    monkeypatch.setattr(nox, "session", lambda made: made, raising=False)
    monkeypatch.setitem(sys.modules, "nox", nox)
    tasks = runpy.run_path(str(made / "noxfile.py"))
    session = Session()
    tasks["validate"](session)
    assert session.ran == [(sys.executable, "-m", "trial_report", "validate", "-q")]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Refused, match="not installed"):
        tasks["report"](session)


def test_evidence_is_gathered_in_a_clone_or_without_the_tests(
    made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evidence, "TESTS", made / "tests")
    assert run(["qualify"]) == 1
    assert "--without tests" in capsys.readouterr().err


def test_what_is_made_goes_to_its_own_folder_and_nowhere_else_in_it(made: Path) -> None:
    assert outside(made / "_report" / "validation", made) == made / "_report" / "validation"
    assert check_target(made / "_report" / "my-trial", made) == made / "_report" / "my-trial"
    for place in (made, made / "_report", made / "text" / "x"):
        with pytest.raises(ChoiceError, match="in the study's folder"):
            outside(place, made)
        with pytest.raises(PlaceError, match=r"in the study.s folder|folder that you are in"):
            check_target(place, made)


def test_inputs_are_the_study_and_nothing_else_that_lies_in_its_folder(made: Path) -> None:
    definition = (STUDY / "study.yml").read_text(encoding="utf-8")
    (made / "study.yml").write_text(definition.replace("folder: sdtm", "folder: delivered/second"), encoding="utf-8")
    mine = [
        "accepted-issues.csv",
        "analysis/score.py",
        "delivered/second/dm.csv",
        "report/sections/own.qmd",
        "text/a.md",
    ]
    beside = ["_report/x.csv", ".nox/x.py", "venv/lib/x.py", "delivered/first/dm.csv", "sdtm/dm.csv", "notes/a.md"]
    for name in (*mine, *beside):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text("x")
    found = set(study_hashes(made))
    assert {"study.yml", "report/csr.qmd", *mine} <= found
    assert not found & {*beside, "README.md", "noxfile.py", "requirements.txt", "_quarto.yml"}
    (made / "study.yml").write_text(definition.replace("folder: sdtm", "folder: ."), encoding="utf-8")
    (made / "dm.csv").write_text("x")
    assert "dm.csv" in study_hashes(made)
    assert not set(study_hashes(made)) & set(beside)


def test_a_definition_is_proposed_in_place_of_the_empty_one_and_no_other(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate"]) == 1
    assert "trial-report begin" in " ".join("".join(capsys.readouterr()).split())
    for path in (STUDY / "sdtm").glob("*.csv"):
        shutil.copyfile(path, made / "sdtm" / path.name)
    assert run(["begin"]) == 0
    assert "next: trial-report validate" in capsys.readouterr().out
    written = (made / "study.yml").read_text(encoding="utf-8")
    assert "groups:" in written
    assert run(["begin"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert (made / "study.yml").read_text(encoding="utf-8") == written


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("mine", "file"):
        assert run(["new", str(tmp_path / name)]) == 1
        assert "holds something" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
