"""Of a `quarto render` that is ended before its first cell no settings file stays, which would leave documents out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trial_report.report.assemble.clearing import clear, start
from trial_report.report.cells.narrowed import LOCAL, left_over, narrow, widen
from trial_report.runtime.processes import process

pytestmark = pytest.mark.requirement("REQ-215")

GONE = "999999999 1"
"""A process that there never was."""


def test_what_is_left_out_for_a_run_that_ended_is_listed_again(tmp_path: Path) -> None:
    narrow(tmp_path, ["report/tables.qmd"], GONE)
    clear(tmp_path, GONE, lambda: pytest.fail("it has ended: there is nothing to wait for"))
    assert not (tmp_path / LOCAL).exists()


def test_what_is_left_out_for_a_run_that_lives_stays_until_its_first_cell(tmp_path: Path) -> None:
    me = process(os.getpid())
    narrow(tmp_path, ["report/tables.qmd"], me)
    waited = []

    def wait() -> None:
        assert left_over(tmp_path)
        waited.append(True)
        if len(waited) == 2:
            widen(tmp_path)

    clear(tmp_path, me, wait)
    assert len(waited) == 2


@pytest.mark.parametrize("words", ["lang: de\n", None])
def test_what_another_run_or_a_person_wrote_stays(tmp_path: Path, words: str | None) -> None:
    if words is None:
        narrow(tmp_path, ["report/tables.qmd"], process(os.getpid()))
    else:
        (tmp_path / LOCAL).write_text(words, encoding="utf-8")
    before = (tmp_path / LOCAL).read_bytes()
    clear(tmp_path, GONE, lambda: pytest.fail("nothing is left out for it"))
    assert (tmp_path / LOCAL).read_bytes() == before


@pytest.mark.skipif(not process(os.getpid()), reason="the system names no process")
def test_a_process_beside_a_run_that_is_killed_takes_the_file_away(tmp_path: Path) -> None:
    run = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    narrow(tmp_path, ["report/tables.qmd"], process(run.pid))
    start(tmp_path, run.pid)
    run.send_signal(signal.SIGTERM)
    run.wait()
    until = time.monotonic() + 60
    while (tmp_path / LOCAL).exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not (tmp_path / LOCAL).exists()
