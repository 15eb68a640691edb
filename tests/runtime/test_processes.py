"""The processes of a run: what the machine does to them is an error, no draft, and they leave nothing anywhere."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from pathlib import Path

import pytest

from trial_report.report.assemble.second_computation import SAID, Second
from trial_report.report.render.document import read
from trial_report.report.render.kernel import Kernel
from trial_report.runtime.ending import MachineError

pytestmark = [pytest.mark.requirement("REQ-216"), pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")]

ROOT = Path(__file__).parents[2]


def test_a_second_computation_that_was_ended_is_an_error_and_no_draft(tmp_path: Path) -> None:
    with Second(tmp_path / "study", tmp_path / "second") as second:
        second.process.kill()
        with pytest.raises(MachineError, match="ended by signal 9"):
            second.recomputed()
    assert os.listdir(tmp_path) == []


def test_a_second_computation_that_has_no_room_is_an_error_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Too little memory stands for everything that the machine can refuse: its process ends with code 3 and a line.
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "sitecustomize.py").write_text("import resource as r; r.setrlimit(r.RLIMIT_AS, (1 << 29, 1 << 29))")
    with (
        Second(tmp_path / "study", tmp_path / "second") as second,
        pytest.raises(MachineError, match="memory is limit"),
    ):
        second.recomputed()


def test_a_library_that_ends_its_process_for_lack_of_memory_is_one_too(tmp_path: Path) -> None:
    with Second(tmp_path / "study", tmp_path / "second") as second:
        assert second.process.wait() == 1
        (tmp_path / "second" / SAID).write_text("OpenBLAS error: Memory allocation still failed after 10 retries")
        with pytest.raises(MachineError, match="not enough memory"):
            second.recomputed()


def test_what_a_killed_run_left_of_the_second_computation_goes(tmp_path: Path) -> None:
    (tmp_path / "second" / "old").mkdir(parents=True)
    with Second(tmp_path / "study", tmp_path / "second"):
        assert not (tmp_path / "second" / "old").exists()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def test_a_kernel_uses_no_temporary_place_and_leaves_nothing(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(temporary)
    document = tmp_path / "empty.qmd"
    document.write_text("```{python}\n#| include: false\nx = 1\n```\n")
    with Kernel(ROOT, {"CSR_BUILD": str(tmp_path / "build")}) as kernel:
        kernel.run(read(document, tmp_path))
        assert (tmp_path / "build.kernel").stat().st_mode & 0o777 == 0o700
    assert os.listdir(tmp_path) == ["empty.qmd"]


@pytest.mark.parametrize("after", [None, pytest.param(0.2, marks=pytest.mark.heavy)])
def test_a_kernel_that_was_ended_is_told_in_one_line(after: float | None, tmp_path: Path) -> None:
    document = tmp_path / "long.qmd"
    document.write_text("```{python}\n#| include: false\nimport time; time.sleep(60)\n```\n")
    with Kernel(ROOT, {"CSR_BUILD": str(tmp_path / "build")}) as kernel:
        process = kernel.client.km.provisioner.pid  # type: ignore[union-attr]
        if after is None:
            os.kill(process, signal.SIGKILL)
        else:
            kernel._execute("1")
            threading.Timer(after, os.kill, (process, signal.SIGKILL)).start()
        with pytest.raises(MachineError, match="ended by itself") as told:
            kernel.run(read(document, tmp_path))
    assert "\n" not in str(told.value)
