"""The command says what it can do and what was wrong with what was typed, and comes at once."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from trial_report.command import main as command
from trial_report.command.main import VERBS, closing, module, run
from trial_report.command.page import page
from trial_report.runtime.ending import INTERRUPTED, MACHINE
from trial_report.runtime.new_project import version
from trial_report.runtime.told import ToldError

pytestmark = pytest.mark.requirement("REQ-510")

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("verb", VERBS)
def test_help_teaches_what_is_written_and_how_it_ends(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"Usage: trial-report {verb}" in said
    assert f"Example: trial-report {verb}" in said
    assert "Exit codes: 0:" in said
    assert set(module(verb).CODES) == {0, 1}
    assert "None" not in closing(verb)


def test_a_verb_or_option_that_there_is_not_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reprot"]) == 2
    assert "Did you mean 'report'" in capsys.readouterr().err
    assert run(["report", "--stduy", "x"], "python -m trial_report") == 2
    said = capsys.readouterr().err
    assert "Usage: python -m trial_report report" in said
    assert "--study" in said


@pytest.mark.parametrize(
    "given",
    [["report", "--renderer", "quatro"], ["report", "--as-of", "2024-1-1"], ["export", "--out", "x", "--as-of", "May"],
     ["qualify", "--without", "test"], ["begin", "--sdtmig", "4"], ["trace", "1", "--rows", "few"], ["compare"]],
)  # fmt: skip
def test_a_value_that_an_option_cannot_have_ends_with_2(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(given) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"Usage: trial-report {given[0]}" in said.err
    assert "Error: " in said.err
    assert "Value error" not in said.err


def test_it_says_which_version_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"trial-report {version()}\n"


def test_every_verb_can_be_quiet() -> None:
    options = {verb: inspect.signature(getattr(module(verb), verb)).parameters for verb in VERBS}
    assert [verb for verb, known in options.items() if "quiet" not in known] == ["new"]  # which has no steps


def test_nothing_typed_shows_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    said = "".join(capsys.readouterr())
    assert all(f"  {verb} " in said for verb in VERBS)
    assert "..." not in said.replace("[ARGS]...", ""), "the sentence of a verb has to fit in its line"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ToldError("the file is not there"), 1, "the file is not there"),
        (PermissionError(13, "Permission denied", "/x"), MACHINE, "/x: permission is denied"),
        (KeyboardInterrupt(), INTERRUPTED, "Interrupted."),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_code(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(_: object) -> object:
        raise error

    monkeypatch.setattr("trial_report.runtime.choose.find_study", failing)
    assert run(["verify"]) == code
    assert capsys.readouterr().err.startswith(said)


def test_a_fault_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("trial_report.runtime.choose.find_study", failing)
    with pytest.raises(ZeroDivisionError):
        run(["verify"])


def test_a_negative_number_is_what_is_asked_for_and_no_option() -> None:
    assert command._numbers_last(["trace", "-0.4", "--rows", "3"]) == ["trace", "--rows", "3", "--", "-0.4"]
    assert command._numbers_last(["report", "-q"]) == ["report", "-q"]


def test_help_imports_nothing_slow() -> None:
    code = "import sys; from trial_report.command.main import run; run(['report', '--help']); "
    code += "print([n for n in ('pandas', 'numpy', 'duckdb', 'matplotlib', 'rich.console') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_progress_is_said_beside_the_results_a_line_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    from trial_report.command.common import steps

    with steps(quiet=False)("Read the domains"):
        pass
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("✓ Read the domains ")
    assert said.err.endswith(" s\n")
    with steps(quiet=True)("Read the domains"):
        pass
    assert capsys.readouterr().err == ""


def test_the_page_of_the_documentation_is_that_of_the_command() -> None:
    said = "python -m trial_report.command.page > docs/command.md"
    assert (ROOT / "docs" / "command.md").read_text(encoding="utf-8") == page(), said


def test_a_module_of_a_verb_that_is_run_by_itself_says_how_it_is_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trial_report.command.report"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "python -m trial_report report" in done.stderr
