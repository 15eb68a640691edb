"""kill -9 at any moment: the outputs are those of one run, whole, and the next run works."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.studies._run import module

pytestmark = [
    pytest.mark.requirement("REQ-216"),
    pytest.mark.heavy,
    pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups"),
]

ROOT = Path(__file__).parents[3]
NAMES = ("csr.html", "csr.pdf", "results.json")
#: How many kills: of the publishing alone, and of whole runs of the report.
PUBLISHED, WHOLE = int(os.environ.get("KILLS_PUBLISHED", "150")), int(os.environ.get("KILLS_WHOLE", "30"))
MARK = "KILLED_RUN"
SEED = int(os.environ.get("KILLS_SEED", "20240101"))

#: Publishes one generation after the other; every step that changes the folder is drawn out to `sys.argv[2]` seconds.
PUBLISHER = """
import hashlib, json, os, sys, time
from pathlib import Path
from trial_report.report.publish import place
target, pause = Path(sys.argv[1]), float(sys.argv[2])
def slowly(work):
    def step(*arguments, **options):
        time.sleep(pause)
        made = work(*arguments, **options)
        time.sleep(pause)
        return made
    return step
place.os.rename, place._exchange = slowly(os.rename), slowly(place._exchange)
place.shutil.rmtree = slowly(place.shutil.rmtree)
generation = int(time.time() * 1000)
while True:
    generation += 1
    with place.Place(target).opened() as folder:
        out = folder / "out"
        out.mkdir()
        hashes = {}
        for name in ("csr.html", "csr.pdf", "results.json"):
            content = f"{name} {generation} ".encode() * 20_000
            (out / name).write_bytes(content)
            hashes[name] = hashlib.sha256(content).hexdigest()
        made = {"study": "x", "inputs": {}, "code": {}, "python": "3", "renderer": {}, "packages": {}}
        (out / "manifest.json").write_text(json.dumps(made | {"outputs": hashes}))
        place.Place(target).publish(out)
    print(generation, flush=True)
"""


def whole(target: Path) -> str:
    """The hash of the manifest of a report whose every file is the one that the manifest names."""
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    for name in NAMES:
        assert hashlib.sha256((target / name).read_bytes()).hexdigest() == manifest["outputs"][name], name
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((target / name).read_bytes()).hexdigest() == digest, name
    return hashlib.sha256((target / "manifest.json").read_bytes()).hexdigest()


@contextlib.contextmanager
def group(*command: str, temporary: Path, run: str = "") -> Iterator[subprocess.Popen[str]]:
    """A command of this Python as the head of a process group of its own; the group is killed at the end."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), MARK: run}
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()


def processes(run: str) -> list[int]:
    """The processes of a run: those that have its name in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{MARK}={run}\0".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


def test_killed_while_publishing_the_folder_is_of_one_generation(tmp_path: Path) -> None:
    target, chance = tmp_path / "report", random.Random(SEED)
    print(f"seed {SEED}, {PUBLISHED} kills")
    with group("-c", PUBLISHER, str(target), "0", temporary=tmp_path) as process:
        assert process.stdout
        assert process.stdout.readline().strip().isdigit(), process.stdout.read()
    states = {whole(target)}
    for _ in range(PUBLISHED):
        pause = chance.choice(("0", "0.002", "0.02"))
        with group("-c", PUBLISHER, str(target), pause, temporary=tmp_path) as process:
            assert process.stdout
            # Every other kill hits the first publishing after another kill, the rest any later one.
            if chance.random() < 0.5:
                process.stdout.readline()
            else:
                while process.poll() is None and not target.with_name(".report.new").is_dir():
                    time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.3))
            assert process.poll() is None, process.stdout.read()
        states.add(whole(target))
    assert len(states) > 2
    with group("-c", PUBLISHER, str(target), "0", temporary=tmp_path) as process:
        assert process.stdout
        assert process.stdout.readline().strip().isdigit()
    whole(target)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked for in /proc")
def test_killed_at_any_moment_of_a_run_the_last_report_is_whole_and_the_next_run_works(tmp_path: Path) -> None:
    """Every other kill is of the one process that a person started, the rest are of its whole group."""
    target, chance = tmp_path / "out" / "csr", random.Random(SEED)
    study = module("two_arms").STUDY.write(tmp_path / "study")
    command = ("-m", "trial_report", "report", "--renderer", "embedded", "--study", str(study), "--out", str(target))
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    start = time.monotonic()
    with group(*command, temporary=temporary) as process:
        assert process.wait() == 0, process.stdout and process.stdout.read()
    length = time.monotonic() - start
    states = [whole(target)]
    print(f"seed {SEED}, {WHOLE} kills of runs of {length:.0f} s")
    for number in range(WHOLE):
        # Another version each time, so that the last report and the new one cannot be taken for each other.
        with (study / "notes.md").open("a", encoding="utf-8") as notes:
            notes.write(f"\nversion {number}\n")
        run = f"{tmp_path.name}-{number}"
        with group(*command, temporary=temporary, run=run) as process:
            if number % 3 == 2:
                _wait_for_the_end(process, target, chance)
            else:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(chance.uniform(0.1, length))
            with contextlib.suppress(ProcessLookupError):
                (os.kill if number % 2 else os.killpg)(process.pid, signal.SIGKILL)
            process.wait()
            _all_ended(run)
        after = {path.name: path.stat().st_mtime_ns for path in target.iterdir()}
        states.append(whole(target))
        assert os.listdir(temporary) == []
        hidden = target.with_name(".csr.new")
        assert not hidden.exists() or hidden.stat().st_mode & 0o077 == 0
        assert {path.name: path.stat().st_mtime_ns for path in target.iterdir()} == after
        assert whole(target) == states[-1]
    with group(*command, temporary=temporary) as process:
        assert process.wait() == 0, process.stdout and process.stdout.read()
    assert whole(target) not in states[:-1] or states[-1] == whole(target)
    assert [path.name for path in target.parent.iterdir()] == ["csr"]
    assert os.listdir(temporary) == []
    print(f"{len(set(states))} reports in {WHOLE} kills")


def _wait_for_the_end(process: subprocess.Popen[str], target: Path, chance: random.Random) -> None:
    """Until the PDF has been written, and then a part of the last second."""
    pdf = target.with_name(".csr.new") / "out" / "csr.pdf"
    while process.poll() is None and not pdf.exists():
        time.sleep(0.01)
    time.sleep(chance.uniform(0, 1.5))


def _all_ended(run: str) -> None:
    """Kernel and second computation, of which a kill of the one process takes neither, end by themselves at once."""
    for _ in range(40):
        if not processes(run):
            return
        time.sleep(0.05)
    raise AssertionError("a process outlived the run that it belongs to")
