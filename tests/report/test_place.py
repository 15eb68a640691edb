"""Publishing: the target is whole at every moment, whatever interrupts the run."""

from __future__ import annotations

import contextlib
import os

import pytest

from report import place
from report.place import MANIFEST, Place, PlaceError

pytestmark = pytest.mark.requirement("REQ-216")


def publish(target, words):
    with Place(target).opened() as folder:
        out = folder / "out"
        out.mkdir()
        (out / "csr.html").write_text(words)
        (out / MANIFEST).write_text("{}")
        Place(target).publish(out)


def hidden(target):
    return sorted(path.name for path in target.parent.iterdir() if path.name.startswith("."))


def test_a_report_replaces_the_last_and_leaves_nothing_beside_it(tmp_path):
    target = tmp_path / "report"
    publish(target, "one")
    publish(target, "two")
    assert (target / "csr.html").read_text() == "two"
    assert hidden(target) == []


def test_other_files_in_the_folder_are_kept(tmp_path):
    target = tmp_path / "report"
    publish(target, "one")
    (target / "notes.txt").write_text("mine")
    publish(target, "two")
    assert (target / "notes.txt").read_text() == "mine"


def test_a_failed_run_leaves_the_last_report(tmp_path):
    target = tmp_path / "report"
    publish(target, "one")

    def fails():
        with Place(target).opened() as folder:
            (folder / "half").write_text("")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert (target / "csr.html").read_text() == "one"
    assert hidden(target) == []


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.docx").write_text("")
    with pytest.raises(PlaceError, match="holds files but no report"), Place(tmp_path).opened():
        pass


def test_two_runs_for_one_target_are_kept_apart(tmp_path):
    target = tmp_path / "report"
    with Place(target).opened(), pytest.raises(PlaceError, match="another run"), Place(target).opened():
        pass


def test_a_lock_that_a_killed_run_left_keeps_nobody_out(tmp_path):
    target = tmp_path / "report"
    target.with_name(".report.lock").write_text("")
    publish(target, "one")
    assert hidden(target) == []


def test_a_lock_file_that_was_taken_away_meanwhile_is_no_lock(tmp_path, monkeypatch):
    target = tmp_path / "report"
    fcntl = pytest.importorskip("fcntl")
    lock, taken = fcntl.flock, []

    def flock(file, how):
        lock(file, how)
        if not taken:
            taken.append(True)
            target.with_name(".report.lock").unlink()

    monkeypatch.setattr(fcntl, "flock", flock)
    with Place(target).opened(), pytest.raises(PlaceError, match="another run"), Place(target).opened():
        pass


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs, not even what tidies up."""


@pytest.mark.parametrize("swaps", [True, False], ids=["exchange", "two renames"])
@pytest.mark.parametrize("after", range(5))
def test_killed_at_any_step_the_next_run_has_a_whole_report(tmp_path, monkeypatch, swaps, after):
    target = tmp_path / "report"
    publish(target, "one")
    (target / "notes.txt").write_text("mine")
    steps = 0
    rename, exchange = os.rename, place._exchange

    def counted(work):
        def step(*arguments):
            nonlocal steps
            if steps >= after:
                raise Killed
            steps += 1
            return work(*arguments)

        return step

    with monkeypatch.context() as patched:
        patched.setattr(place.os, "rename", counted(rename))
        patched.setattr(place, "_exchange", counted(exchange) if swaps else lambda *_: False)
        one = Place(target)
        one.new.mkdir()
        out = one.new / "out"
        out.mkdir()
        (out / "csr.html").write_text("two")
        (out / MANIFEST).write_text("{}")
        with contextlib.suppress(Killed):
            one.publish(out)
    if swaps:
        assert (target / "csr.html").read_text() in ("one", "two")
    with Place(target).opened():
        assert (target / "csr.html").read_text() in ("one", "two")
        assert (target / MANIFEST).is_file()
        assert (target / "notes.txt").read_text() == "mine"
    assert hidden(target) == []
