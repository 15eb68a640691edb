"""Work that copies a study has a folder of its own, which nobody else reads and which does not stay."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trial_report.runtime import private as module
from trial_report.runtime.ending import refusal
from trial_report.runtime.private import locked, private

pytestmark = [pytest.mark.requirement("REQ-216"), pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")]


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "project", lambda: tmp_path)
    return tmp_path / "_report" / ".work"


def test_it_is_private_and_gone_afterwards_whatever_happens(base: Path) -> None:
    with contextlib.suppress(ValueError), private("name") as folder:
        (folder / "data").write_text("a patient's")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.parent == base
        raise ValueError("x")
    assert os.listdir(base) == []


def test_what_a_killed_run_left_is_cleared_and_what_another_uses_is_not(base: Path) -> None:
    left = "from trial_report.runtime import private as p; from pathlib import Path; import os, sys\n"
    left += "p.project = lambda: Path(sys.argv[1])\n"
    left += "with p.private('left') as folder: (folder / 'data').write_text('x'); os.kill(os.getpid(), 9)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", left, str(base.parents[1])], env=environment, check=False)
    assert [name[:5] for name in os.listdir(base)] == ["left-", "left-"]
    with private("one") as one, private("other") as other:
        (one / "data").write_text("x")
        assert {path.name for path in base.iterdir() if path.is_dir()} == {one.name, other.name}
    assert os.listdir(base) == []


def test_a_file_that_is_gone_meanwhile_is_told_and_not_taken_for_the_lock(base: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"study\.yml"), private("name") as folder:
        (folder / "study.yml").read_text()
    assert os.listdir(base) == []
    with pytest.raises(FileNotFoundError, match=r"study\.yml"), locked(base / "one.lock"):
        (base / "study.yml").read_text()


def test_where_the_project_cannot_be_written_it_is_among_the_users_caches(
    base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "_report").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with private("name") as folder:
        assert folder.is_relative_to(tmp_path / "cache")
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    with pytest.raises(PermissionError) as told, private("name"):
        pass
    assert str(base) in str(refusal(told.value))
