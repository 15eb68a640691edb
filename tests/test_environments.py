"""Sessions of one lock share an environment, and nothing is installed while the lock stays as it is."""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.requirement("REQ-220")

ROOT = Path(__file__).parents[1]


class Session:
    """A session that notes what it is asked to run."""

    python: str | None = None

    def __init__(self) -> None:
        self.env: dict[str, str] = {}
        self.ran: list[tuple[str, ...]] = []

    def run_install(self, *command: str, external: bool) -> None:
        assert external
        self.ran.append(command)
        if "venv" in command:
            own = Path(command[-1]) / "bin"
            own.mkdir(parents=True)
            (own / "python").touch()


class Lock:
    """In place of filelock's, which is installed with nox only."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """noxfile.py, imported without nox, its locks and environments in a folder of the test's own; no uv."""
    nox = types.ModuleType("nox")
    monkeypatch.setattr(nox, "options", types.SimpleNamespace(), raising=False)
    monkeypatch.setattr(nox, "Session", Session, raising=False)
    monkeypatch.setattr(nox, "session", lambda *given, **_: given[0] if given else (lambda made: made), raising=False)
    filelock = types.ModuleType("filelock")
    monkeypatch.setattr(filelock, "FileLock", Lock, raising=False)
    monkeypatch.setitem(sys.modules, "nox", nox)
    monkeypatch.setitem(sys.modules, "filelock", filelock)
    spec = importlib.util.spec_from_file_location("noxfile", ROOT / "noxfile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "LOCKS", tmp_path)
    monkeypatch.setattr(module, "ENVIRONMENTS", tmp_path / ".nox")
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    monkeypatch.setattr(module.os, "name", "posix")
    (tmp_path / "tests.txt").write_text("pytest==1\n", encoding="utf-8")
    return module


def test_an_environment_is_made_once_for_all_sessions_of_a_lock(sessions: Any) -> None:
    first, second = Session(), Session()
    own = sessions.install(first, "tests")
    assert [command[1:3] for command in first.ran] == [("-m", "venv"), ("-m", "pip")]
    assert "--require-hashes" in first.ran[1]
    assert sessions.install(second, "tests") == own
    assert second.ran == []
    assert second.env["PATH"].startswith(str(own.parent))


def test_a_lock_that_changed_makes_it_anew(sessions: Any, tmp_path: Path) -> None:
    own = sessions.install(Session(), "tests")
    (own.parent / "left-over").touch()
    (tmp_path / "tests.txt").write_text("pytest==2\n", encoding="utf-8")
    again = Session()
    sessions.install(again, "tests")
    assert len(again.ran) == 2
    assert not (own.parent / "left-over").exists()


def test_an_installation_that_failed_is_not_taken_for_one(sessions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(Session):
        def run_install(self, *command: str, external: bool) -> None:
            super().run_install(*command, external=external)
            if "pip" in command:
                raise OSError("no index")

    with pytest.raises(OSError, match="no index"):
        sessions.install(Failing(), "tests")
    again = Session()
    sessions.install(again, "tests")
    assert len(again.ran) == 2


def test_uv_is_used_where_it_is(sessions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions.shutil, "which", lambda name: "/bin/uv" if name == "uv" else None)
    session = Session()
    sessions.install(session, "tests")
    assert [command[:3] for command in session.ran] == [("/bin/uv", "venv", "--quiet"), ("/bin/uv", "pip", "install")]


def test_where_uv_reaches_no_index_pip_installs(sessions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pip may be told of a package index of the house, of which uv knows nothing."""

    class Failed(Exception): ...

    class Refused(Session):
        def run_install(self, *command: str, external: bool) -> None:
            super().run_install(*command, external=external)
            if command[0] == "/bin/uv":
                raise Failed

        def warn(self, said: str) -> None:
            assert "pip.conf" in said

    monkeypatch.setattr(sessions.nox, "command", types.SimpleNamespace(CommandFailed=Failed), raising=False)
    monkeypatch.setattr(sessions.shutil, "which", lambda name: "/bin/uv" if name == "uv" else None)
    session = Refused()
    sessions.install(session, "tests")
    assert [command[1:3] for command in session.ran] == [("venv", "--quiet"), ("-m", "venv"), ("-m", "pip")]
