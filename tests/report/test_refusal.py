"""Whatever is wrong with a study stops the report with a message that can be acted on; the last report stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.report.small import held, write_report
from tests.schemas.checks import small
from trial_report.command.main import run
from trial_report.report.assemble import steps as publish
from trial_report.report.publish.occupied import own_names
from trial_report.report.publish.place import MANIFEST
from trial_report.report.render import kernel

pytestmark = pytest.mark.requirement("REQ-406")

EXEMPLAR = Path(__file__).parents[2] / "data" / "admscc-cli"


def lines(folder: Path, name: str) -> list[str]:
    return (folder / "sdtm" / name).read_text(encoding="utf-8").splitlines(keepends=True)


def write(folder: Path, name: str, content: list[str]) -> None:
    (folder / "sdtm" / name).write_text("".join(content), encoding="utf-8", newline="")


def place(folder: Path, name: str, variable: str) -> int:
    return lines(folder, name)[0].rstrip("\n").split(",").index(variable)


def set_value(folder: Path, name: str, line: int, variable: str, value: str) -> None:
    content, at = lines(folder, name), place(folder, name, variable)
    cells = content[line - 1].rstrip("\n").split(",")
    cells[at] = value
    write(folder, name, [*content[: line - 1], ",".join(cells) + "\n", *content[line:]])


def no_column(folder: Path) -> None:
    at = place(folder, "ae.csv", "AEDECOD")
    rows = [row.rstrip("\n").split(",") for row in lines(folder, "ae.csv")]
    write(folder, "ae.csv", [",".join(row[:at] + row[at + 1 :]) + "\n" for row in rows])


def visit_twice(folder: Path) -> None:
    content = lines(folder, "ft.csv")
    at = place(folder, "ft.csv", "FTSEQ")
    cells = content[1].rstrip("\n").split(",")
    cells[at] = "999"
    write(folder, "ft.csv", [*content[:2], ",".join(cells) + "\n", *content[2:]])


def unknown_key(folder: Path) -> None:
    file = folder / "study.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("  phase:", "  phaze:", 1), encoding="utf-8")


FAULTS: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "a missing column": (no_column, ["ae.csv", "AEDECOD"]),
    "a duplicated visit": (visit_twice, ["ft.csv", "subject", "FT"]),
    "an adverse event of an unknown subject": (
        lambda f: set_value(f, "ae.csv", 2, "USUBJID", "NOBODY-01"),
        ["ae.csv:2", "NOBODY-01"],
    ),
    "an impossible date": (
        lambda f: set_value(f, "ae.csv", 2, "AESTDTC", "2022-02-30"),
        ["ae.csv:2", "AESTDTC", "2022-02-30"],
    ),
    "a letter in a number": (lambda f: set_value(f, "dm.csv", 2, "AGE", "6O"), ["dm.csv:2", "AGE", "6O"]),
    "an unknown key": (unknown_key, ["study.yml:", "phaze", "did you mean 'phase'"]),
    "an empty file": (lambda f: write(f, "ex.csv", []), ["ex.csv"]),
    "a missing file": (lambda f: (f / "sdtm" / "dm.csv").unlink(), ["dm.csv"]),
}


@pytest.fixture
def study(tmp_path: Path, fault: str) -> Path:
    """The exemplar; for the one run that has all its processes, a study of four subjects, of which it says the same."""
    if fault == next(iter(FAULTS)):
        (tmp_path / "study").mkdir()
        return small.write(tmp_path / "study")
    return Path(shutil.copytree(EXEMPLAR, tmp_path / "study", ignore=shutil.ignore_patterns("simulat*", "__pycache__")))


@pytest.mark.parametrize(
    "fault", [next(iter(FAULTS)), *(pytest.param(name, marks=pytest.mark.heavy) for name in list(FAULTS)[1:])]
)
def test_a_fault_stops_the_report_and_leaves_the_last_one(
    fault: str, study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault != next(iter(FAULTS)):  # one run has kernel and second computation beside it: they take most of the time
        monkeypatch.setattr(kernel, "Kernel", lambda *_: nullcontext())
        monkeypatch.setattr(publish, "Second", lambda *_: nullcontext())
    last = tmp_path / "out"
    write_report(last, {name: f"the last good {name}" for name in own_names("csr") if name != MANIFEST})
    before = held(last)
    spoil, expected = FAULTS[fault]
    spoil(study)
    assert run(["report", "--renderer", "embedded", "--study", str(study), "--out", str(last)]) == 1
    said = capsys.readouterr().err
    for part in expected:
        assert part in said, said
    assert "Traceback" not in said
    assert held(last) == before
    assert {path.name for path in tmp_path.iterdir()} == {"out", "study"}


def test_a_study_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["report", "--renderer", "embedded", "--study", str(tmp_path / "none"), "--out", str(tmp_path / "out")])
        == 1
    )
    assert "none" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
