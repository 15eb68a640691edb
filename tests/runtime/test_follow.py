"""Processes that a command starts end with it, also where nothing could tidy up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.requirement("REQ-216"),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked for in /proc"),
]

ROOT = Path(__file__).parents[2]
#: Starts a child, says its number, and waits.
PARENT = """
import os, subprocess, sys, time
from trial_report.runtime.follow import following, tied
child = subprocess.Popen({command}, env={{**os.environ, **following()}}, start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""
RUNS_ON = "from trial_report.runtime.follow import follow; follow(); print('runs on')"
OURS = "[sys.executable, '-c', 'from trial_report.runtime.follow import follow; import time; follow(); time.sleep(60)']"
# What other systems have instead of the promise of Linux.
ELSEWHERE = OURS.replace(
    "from trial_report.analysis", 'import sys; sys.platform = "another"; from trial_report.analysis'
)
COMMAND = "[sys.executable, '-m', 'trial_report.runtime.alongside', 'http.server', '0']"
SOMEBODY_ELSES = "tied(['/bin/sleep', '60'])"


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def waited_for(process: int) -> bool:
    """Whether the process ends within a few seconds."""
    for _ in range(100):
        if not runs(process):
            return True
        time.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    return False


@pytest.mark.parametrize("command", [OURS, ELSEWHERE, COMMAND, SOMEBODY_ELSES])
@pytest.mark.parametrize("after", [0.0, 1.5])
@pytest.mark.skipif(sys.platform != "linux", reason="the system ends another program's process on Linux only")
def test_a_process_ends_with_the_one_that_started_it(command: str, after: float) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, "-c", PARENT.format(command=command)], env=environment, text=True,
                              stdout=subprocess.PIPE)  # fmt: skip
    assert parent.stdout
    child = int(parent.stdout.readline())
    time.sleep(after)
    assert runs(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert waited_for(child)


def test_a_process_whose_parent_is_gone_already_ends() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    done = subprocess.run([sys.executable, "-c", RUNS_ON],
                          env={**os.environ, "PYTHONPATH": str(ROOT), "CSR_PARENT": str(gone.pid)},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize("told", ["", "1", "no number"])
def test_one_that_was_not_started_to_follow_runs_on(told: str) -> None:
    """A variable that was inherited names somebody else's parent."""
    done = subprocess.run([sys.executable, "-c", RUNS_ON],
                          env={**os.environ, "PYTHONPATH": str(ROOT), "CSR_PARENT": told},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.stdout == "runs on\n"


def test_what_the_machine_refuses_such_a_process_is_a_line_whatever_hook_it_has(tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(
        "import errno, sys\nsys.excepthook = lambda *told: print('Traceback', file=sys.stderr)\n"
        "raise OSError(errno.EMFILE, 'Too many open files')\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    command = [sys.executable, "-m", "trial_report.runtime.alongside", "theirs"]
    done = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (3, "Too many files are open: raise the limit (ulimit -n)\n")
