"""Publishing: the target is whole at every moment, whatever interrupts the run."""

from __future__ import annotations

import contextlib
import os

import pytest

from tests.report.small import held, write_report
from trial_report.report.publish import place
from trial_report.report.publish.place import MANIFEST, Place, PlaceError
from trial_report.runtime.ending import refusal

pytestmark = pytest.mark.requirement("REQ-216")


def publish(target, words):
    with Place(target).opened() as folder:
        Place(target).publish(write_report(folder / "out", {"csr.html": words}))


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


def volumes(target, *names):
    files = {f"csr{name}.{kind}": name for name in ("", *names) for kind in ("html", "pdf")}
    with Place(target).opened() as folder:
        Place(target).publish(write_report(folder / "out", files, [f"csr{name}" for name in names]))


def test_a_report_of_fewer_volumes_leaves_none_of_the_last(tmp_path):
    target = tmp_path / "report"
    volumes(target, "-listings", "-tables")
    (target / "csr-notes.pdf").write_text("mine")
    volumes(target, "-listings")
    assert sorted(held(target)) == [
        "csr-listings.html", "csr-listings.pdf", "csr-notes.pdf", "csr.html", "csr.pdf", "manifest.json",
    ]  # fmt: skip
    assert hidden(target) == []


def test_a_volume_with_remarks_is_not_replaced(tmp_path):
    target = tmp_path / "report"
    volumes(target, "-listings")
    (target / "csr-listings.pdf").write_text("with remarks")
    with pytest.raises(PlaceError, match=r"csr-listings\.pdf was changed since the report was made"):
        volumes(target, "-listings")


def test_a_volume_does_not_take_the_place_of_somebodys_file(tmp_path):
    target = tmp_path / "report"
    publish(target, "one")
    (target / "csr-listings.pdf").write_text("mine")
    with pytest.raises(PlaceError, match=r"csr-listings\.pdf is not of the report there"):
        volumes(target, "-listings")
    assert (target / "csr-listings.pdf").read_text() == "mine"
    assert (target / "csr.html").read_text() == "one"
    assert hidden(target) == []


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
        one._make()
        with contextlib.suppress(Killed):
            one.publish(write_report(one.new / "out", {"csr.html": "two"}))
    if swaps:
        assert (target / "csr.html").read_text() in ("one", "two")
    with Place(target).opened():
        assert (target / "csr.html").read_text() in ("one", "two")
        assert (target / MANIFEST).is_file()
        assert (target / "notes.txt").read_text() == "mine"
    assert hidden(target) == []


@pytest.mark.parametrize("name", [".report.new", ".report.old"])
def test_a_folder_of_a_persons_that_has_our_hidden_name_is_left_alone(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "thesis.docx").write_text("mine")
    with pytest.raises(PlaceError, match=rf"{name} is in the way"), Place(tmp_path / "report").opened():
        pass
    assert held(tmp_path) == {f"{name}/thesis.docx": b"mine"}


def test_a_file_that_has_the_name_of_the_lock_is_left_alone(tmp_path):
    (tmp_path / ".report.lock").write_text("mine")
    with pytest.raises(PlaceError, match=r"report\.lock is in the way"), Place(tmp_path / "report").opened():
        pass
    assert held(tmp_path) == {".report.lock": b"mine"}


def test_a_file_that_a_person_changed_while_the_report_was_built_is_kept(tmp_path):
    target = tmp_path / "report"
    publish(target, "one")
    with Place(target).opened() as folder:
        out = write_report(folder / "out", {"csr.html": "two"})
        (target / "csr.html").write_text("one, with remarks")
        with pytest.raises(PlaceError, match="was changed"):
            Place(target).publish(out)
    assert (target / "csr.html").read_text() == "one, with remarks"
    assert hidden(target) == []


def test_while_it_is_built_nobody_else_can_read_it_and_then_who_could_before(tmp_path):
    target = tmp_path / "report"
    publish(target, "one")
    target.chmod(0o750)
    with Place(target).opened() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        Place(target).publish(write_report(folder / "out", {"csr.html": "two"}))
    assert target.stat().st_mode & 0o777 == 0o750


def test_a_folder_that_was_moved_meanwhile_is_told_as_such(tmp_path):
    (tmp_path / "a").mkdir()
    with Place(tmp_path / "a" / "report").opened() as folder:
        write_report(folder / "out", {"csr.html": "one"})
        (tmp_path / "a").rename(tmp_path / "b")
        with pytest.raises(FileNotFoundError) as told:
            Place(tmp_path / "a" / "report").publish(folder / "out")
    assert "moved" in str(refusal(told.value))
