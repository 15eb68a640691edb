"""How every command ends: what a person or the machine caused is one line and a code, never a traceback."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import duckdb
import pytest

from trial_report.analysis.verify.attempts import attempt
from trial_report.command.main import VERBS
from trial_report.runtime.ending import INTERRUPTED, LEAST, MACHINE, MachineError, refusal

pytestmark = [
    pytest.mark.requirement("REQ-406"),
    pytest.mark.skipif(os.name != "posix", reason="signals, limits and closed streams are those of POSIX"),
]

ROOT = Path(__file__).parents[2]
COMMANDS = ("", *VERBS)
#: Stands for a command: what follows runs as a module of ours does that Python runs by -m.
AS_COMMAND = "import os, sys, time; sys.argv = ['-m']; import trial_report.analysis; sys.argv = ['command']; "


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def ended(code: str, stdout: IO[str] | int = subprocess.PIPE, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AS_COMMAND + code], cwd=ROOT, env={**environment(), **more}, text=True, timeout=60,
        stdout=stdout, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_watched_before_it_imports_anything_slow(name: str) -> None:
    limited = f"ulimit -v {(LEAST >> 10) // 4}; exec {sys.executable} -m trial_report {name} --help"
    done = subprocess.run(["/bin/sh", "-c", limited], cwd=ROOT, env=environment(), capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert (done.returncode, done.stdout) == (MACHINE, "")
    assert done.stderr == "memory is limited to 512 MB (ulimit -v), of which at least 2048 are needed\n"


@pytest.mark.parametrize(("limited", "threads"), [(True, "1"), (False, None)])
def test_where_memory_is_limited_a_library_asks_for_room_for_one_thread(limited: bool, threads: str | None) -> None:
    """OpenBLAS, which is not given what it asks for while it is loaded, asks for ever."""
    code = AS_COMMAND + "print(os.environ.get('OPENBLAS_NUM_THREADS'))"
    command = f'{f"ulimit -v {LEAST >> 10}; " if limited else ""}exec {sys.executable} -c "{code}"'
    unset = {name: value for name, value in environment().items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, env=unset, capture_output=True, text=True, check=False)
    assert done.stdout == f"{threads}\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/x"), "/data/x: no room is left"),
        (OSError(errno.ENOSPC, "Error writing bytes to file"), "No room is left on the disk"),
        (PermissionError(errno.EACCES, "Permission denied", "/data/x"), "/data/x: permission is denied"),
        (OSError(errno.EROFS, "Read-only file system", "/data/x"), "/data/x: the disk can only be read"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/data/x"), "/data/x: it is not there; it may"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/gone", None, "/"), "/gone: it is not there"),
        (OSError(errno.ENOSPC, "No space", "/from", None, "/to"), "/to: no room is left"),
        (OSError("Cannot save file into a non-existent directory: '/out/x'"), "/out/x: it is not there; it may"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "there is not enough memory"),
        (MemoryError(), "there is not enough memory"),
        (ImportError("libx.so: failed to map segment from shared object"), "there is not enough memory"),
        (RuntimeError("can't start new thread"), "there is not enough memory"),
        (duckdb.OutOfMemoryException("Out of Memory Error"), "there is not enough memory"),
        (duckdb.IOException("Could not write file\n/x"), "the database could not read or write a file"),
        (MachineError("told already"), "told already"),
    ],
)  # fmt: skip
def test_what_the_machine_refuses_is_one_line_with_what_to_do(error: Exception, said: str) -> None:
    told = refusal(error)
    assert told is not None
    assert told.startswith(said)
    assert "\n" not in told


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), RuntimeError("x"), duckdb.CatalogException("x")])
def test_a_fault_of_ours_is_no_refusal(error: Exception) -> None:
    assert refusal(error) is None


def test_the_second_computation_does_not_take_a_full_disk_for_a_failure_of_its_own() -> None:
    failures: list[object] = []
    with pytest.raises(duckdb.IOException), attempt(failures, "a table", ("x/*",)):  # type: ignore[arg-type]
        raise duckdb.IOException("No space left on device")
    assert failures == []


def test_a_refusal_ends_with_its_line_and_code_3() -> None:
    done = ended("open('/dev/null/x', 'w')")
    assert (done.returncode, done.stdout) == (MACHINE, "")
    assert done.stderr.startswith("/dev/null/x: a part of this path is a file")
    assert done.stderr.count("\n") == 1


def test_memory_that_runs_out_ends_with_its_line_and_code_3() -> None:
    code = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 31,) * 2); bytearray(1 << 32)"
    done = ended(code)
    assert done.returncode == MACHINE
    assert done.stderr.startswith("there is not enough memory")


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    done = ended("1 / 0")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_a_traceback_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSR_TRACEBACK", "1")
    done = ended("open('/dev/null/x', 'w')")
    assert done.returncode == MACHINE
    assert "Traceback" in done.stderr


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, INTERRUPTED, "Interrupted.\n"),
        (signal.SIGTERM, 143, "Ended by SIGTERM.\n"),
        (signal.SIGHUP, 129, "Ended by SIGHUP.\n"),
    ],
)
def test_who_asks_it_to_end_is_told_in_one_line_after_it_tidied_up(number: int, code: int, said: str) -> None:
    work = AS_COMMAND + "\ntry:\n print('ready', flush=True); time.sleep(60)\nfinally:\n print('tidied', flush=True)"
    # What started the tests may ignore a signal, as a shell does of what it runs beside it, and that is inherited.
    with subprocess.Popen([sys.executable, "-c", work], cwd=ROOT, env=environment(), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          preexec_fn=lambda: signal.signal(number, signal.SIG_DFL)) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert out.endswith("tidied\n")
    assert (process.returncode, err) == (code, said)


def test_ctrl_c_while_it_starts_is_one_line_too(tmp_path: Path) -> None:
    """The first second, in which everything is imported, is when people notice that they typed the wrong thing."""
    command = [sys.executable, "-m", "trial_report", "validate", "--study", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), text=True, stderr=subprocess.PIPE)
    time.sleep(0.35)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    # On a slow machine the signal may come before Python itself is up, on a quick one after the command has ended.
    assert process.returncode in (INTERRUPTED, 1, -signal.SIGINT)
    # While the streams are being opened nothing can be said on them.
    assert process.returncode != INTERRUPTED or err in ("Interrupted.\n", "")


def test_a_reader_that_goes_away_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "written"
    code = f"print('x' * 100_000, flush=True); print('y' * 100_000); open({str(path)!r}, 'w').write('whole')"
    whole = f'{sys.executable} -c "{AS_COMMAND + code}" | head -c 1; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run([shutil.which("bash") or "bash", "-c", whole], cwd=ROOT, env=environment(), text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "x", "")
    assert path.read_text() == "whole"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_from_the_beginning_stop_nothing(closed: str, tmp_path: Path) -> None:
    path = tmp_path / "written"
    code = (
        f"sys.stdout.isatty(); print('said'); print('more', file=sys.stderr); open({str(path)!r}, 'w').write('whole')"
    )
    whole = f'exec {sys.executable} -c "{AS_COMMAND + code}" {closed}'
    assert subprocess.run(["/bin/sh", "-c", whole], cwd=ROOT, env=environment(), check=False).returncode == 0
    assert path.read_text() == "whole"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_what_is_said_to_a_full_disk_is_told() -> None:
    with open("/dev/full", "w") as full:
        done = ended("print('said')", stdout=full)
    assert done.returncode == MACHINE
    assert done.stderr.startswith("what the command says: no room is left on the disk")
    assert done.stderr.count("\n") == 1


def test_what_a_terminal_cannot_show_is_shown_otherwise() -> None:
    done = ended("print('done ✓')", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, "done \\u2713\n")
