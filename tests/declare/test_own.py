"""A study's own code: whether it runs, that its modules are its own, and how what fails in it is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from trial_report.declare import own
from trial_report.declare.own import OwnCodeError, Sources, checks_in, kept, load, read, run

pytestmark = pytest.mark.requirement("REQ-315")

DECLARED = "from trial_report import declare\n"
posix = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


def study(folder: Path, **files: str) -> Path:
    """A study whose analysis/ holds these modules, which only their owner can write."""
    code = folder / "analysis"
    code.mkdir(parents=True)
    folder.chmod(0o755)
    code.chmod(0o755)
    for name, text in files.items():
        path = code / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
    return folder


def test_a_study_without_code_has_none(tmp_path: Path) -> None:
    assert not read(tmp_path)
    assert not load(read(tmp_path)).declared


@posix
@pytest.mark.parametrize(("name", "mode"), [("score.py", 0o664), ("score.py", 0o646), ("", 0o777)])
def test_what_others_can_write_does_not_run_and_the_message_says_what_to_do(
    tmp_path: Path, name: str, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "_alone", lambda _: False)
    folder = study(tmp_path / "one", score="raise SystemExit('it ran')")
    (folder / "analysis" / name).chmod(mode)
    with pytest.raises(OwnCodeError, match=rf"others can write analysis/{name}: .*chmod go-w analysis/{name}"):
        read(folder)


@posix
def test_a_group_that_is_the_user_s_alone_is_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every user has a group of the same name (umask 002) all files of a study are open to that group."""
    folder = study(tmp_path / "one", score="")
    (folder / "analysis" / "score.py").chmod(0o664)
    monkeypatch.setattr(own, "_alone", lambda _: True)
    assert read(folder)
    (folder / "analysis" / "score.py").chmod(0o666)
    with pytest.raises(OwnCodeError, match="others can write"):
        read(folder)


@posix
def test_what_its_user_cannot_write_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = study(tmp_path / "one", score="")
    monkeypatch.setattr(os, "access", lambda path, how: Path(path).name != "score.py")
    with pytest.raises(OwnCodeError, match=r"analysis/score\.py is not yours to write"):
        read(folder)


@posix
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folder = study(tmp_path / "one", score="")
    (folder / "analysis" / "other.py").symlink_to(folder / "analysis" / "score.py")
    with pytest.raises(OwnCodeError, match=r"analysis/other\.py is a link"):
        read(folder)


def test_code_that_is_left_out_is_known_and_does_not_run(tmp_path: Path) -> None:
    folder = study(tmp_path / "one", score="raise SystemExit('it ran')")
    (folder / "analysis" / "score.py").chmod(0o666)
    sources = read(folder, run=False)
    assert list(sources.hashes) == ["analysis/score.py"]
    assert sources.left_out
    assert not load(sources).declared


def test_what_runs_is_what_was_read_and_nothing_is_left_on_the_disk(tmp_path: Path) -> None:
    score = f"{DECLARED}from ._helper import WHAT\n@declare.analysis(WHAT)\ndef of(trial): return WHAT\n"
    folder = study(tmp_path / "one", _helper="WHAT = 'before'\n", score=score)
    sources = read(folder)
    (folder / "analysis" / "_helper.py").write_text("WHAT = 'after'\n", encoding="utf-8")
    sources.write(tmp_path / "kept")
    one, other = load(sources), load(kept(tmp_path / "kept"))
    assert [code.declared.analyses[0].ids for code in (one, other)] == [("before",), ("before",)]
    assert one.declared.analyses[0].function is not other.declared.analyses[0].function
    assert not list(folder.rglob("__pycache__"))
    assert [path for path in sys.path if str(tmp_path) in path] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n\nx = (", r"^analysis/score\.py, line 3: "),
        ("\nimport nothing_of_that_name\n", r"^analysis/score\.py, line 2: ModuleNotFoundError: No module named"),
        ("raise SystemExit('no')", r"^analysis/score\.py, line 1: SystemExit: no"),
        (DECLARED + "\n@declare.table('a', number='14.2', title='A', needs=1)\ndef a(book): ...", "TypeError"),
        (DECLARED + "for _ in '12':\n    @declare.analysis('a')\n    def a(trial): ...\n",
         r"^analysis/score\.py, line 3: the analysis 'a' is declared already \(analysis/score\.py, line 3\)"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_loaded_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(OwnCodeError, match=said):
        load(Sources({"score.py": text.encode()}))


def test_what_fails_in_a_function_is_told_with_file_and_line_and_none_of_ours() -> None:
    text = DECLARED + "import pandas as pd\n\n@declare.analysis('a')\ndef a(trial):\n    return pd.DataFrame()['b']\n"
    (one,) = load(Sources({"score.py": text.encode()})).declared.analyses
    with pytest.raises(OwnCodeError) as told:
        run(one, None)
    assert str(told.value) == "analysis/score.py, line 6: KeyError: 'b'"


def test_what_it_prints_is_not_among_results(capfd: pytest.CaptureFixture[str]) -> None:
    text = "print('loaded')\n@declare.analysis('a')\ndef a(trial):\n    print('ran')\n"
    own = load(Sources({"a.py": f"from trial_report import declare\n{text}".encode()}))
    run(own.declared.analyses[0], None)
    print("result")
    told = capfd.readouterr()
    assert told.out == "result\n"
    assert told.err == "loaded\nran\n"


def test_a_generator_fails_where_it_is_read() -> None:
    text = DECLARED + "@declare.outputs('a')\ndef a(book):\n    yield 1 / 0\n"
    (one,) = load(Sources({"score.py": text.encode()})).declared.displays
    with pytest.raises(OwnCodeError, match="line 4: ZeroDivisionError: division by zero"):
        run(one, None, then=list)


def test_checks_are_counted_without_running_them(tmp_path: Path) -> None:
    text = DECLARED + "raise SystemExit('it ran')\n@declare.check('OWN-1', 'error', 'm', 'r')\ndef one(d, s): ...\n"
    assert checks_in(study(tmp_path / "one", score=text, broken="x = (", _helper="y.check()\n")) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@declare.analysis\ndef one(trial): ...", r"@declare\.analysis is given the id of an analysis"),
        ("@declare.second()\ndef one(road): ...", r"@declare\.second is given the id of an analysis"),
        ("declare.analysis('a', needs=('QS', 1))(print)", "needs has to be a text or a tuple of texts"),
        ("from ._nope import one", r"ModuleNotFoundError: there is no analysis/_nope\.py"),
        ("import _nope", r"No module named '_nope'; a helper beside it is imported as from \._nope import"),
        ("import not_there_at_all", "No module named 'not_there_at_all'$"),
    ],
)
def test_a_slip_of_the_pen_is_told_at_its_line(text: str, said: str) -> None:
    with pytest.raises(OwnCodeError, match=rf"^analysis/a\.py, line 2: .*{said}"):
        load(Sources({"a.py": f"{DECLARED}{text}\n".encode()}))
