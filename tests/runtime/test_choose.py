"""Nothing that is made of a study is written into its folder, by whatever command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.small import held
from trial_report.command.main import run
from trial_report.runtime import choose
from trial_report.runtime.choose import ChoiceError, find_study, outside

pytestmark = pytest.mark.requirement("REQ-216")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "study" / "sdtm").mkdir(parents=True)
    (tmp_path / "study" / "study.yml").write_text("study: 1")
    return tmp_path / "study"


def test_the_study_is_the_one_under_data_that_is_named_or_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "project", lambda: tmp_path)
    with pytest.raises(ChoiceError, match="no study here"):
        find_study(None)
    for name in ("one", "two"):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "study.yml").write_text("study: 1")
        if name == "one":
            assert find_study(None) == tmp_path / "data" / "one"
    with pytest.raises(ChoiceError, match="choose one with --study DIR: data/one, data/two"):
        find_study(None)
    (tmp_path / "data" / "default.txt").write_text("two\n")
    assert find_study(None) == tmp_path / "data" / "two"
    (tmp_path / "data" / "default.txt").write_text("three\n")
    with pytest.raises(ChoiceError, match="several studies"):
        find_study(None)


def test_elsewhere_is_where_it_was_asked_for(study: Path) -> None:
    for out in (study.parent, study.parent / "study-2", Path("relative")):
        assert outside(out, study, None) == out


@pytest.mark.parametrize("below", [".", "issues", "sdtm/new", "../study/new", "../link/new"])
def test_the_study_is_refused_by_whatever_road(below: str, study: Path) -> None:
    (study.parent / "link").symlink_to(study)
    with pytest.raises(ChoiceError, match="in the study's folder"):
        outside(study / below, None, study.parent / "link")


@pytest.mark.parametrize(
    "given",
    [
        ["validate", "--study", "S", "--out", "S/new"],
        ["qualify", "--study", "S", "--out", "S/new"],
        ["reproduce", "--study", "S", "--keep", "S/new"],
        ["compare", "--before", "a", "--after", "b", "--after-study", "S", "--out", "S/new.html"],
    ],
)
def test_every_command_refuses_it_before_the_work(
    given: list[str], study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = held(study)
    assert run([text.replace("S", str(study)) if text[0] == "S" else text for text in given]) == 1
    said = capsys.readouterr()
    assert "in the study's folder" in " ".join((said.out + said.err).split())
    assert held(study) == before


@pytest.mark.parametrize(
    "given",
    [
        ["validate", "--study", "S", "--out", "F/x"],
        ["export", "--study", "S", "--out", "F/x/y"],
        ["qualify", "--study", "S", "--out", "F/x"],
        ["reproduce", "--study", "S", "--keep", "F/x"],
        ["compare", "--before", "a", "--after", "b", "--out", "F/x.html"],
    ],
)
def test_a_place_below_a_file_is_refused_before_the_work(
    given: list[str], study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = study.parent / "file"
    file.touch()
    paths = {"S": str(study), "F/x": f"{file}/x", "F/x/y": f"{file}/x/y", "F/x.html": f"{file}/x.html"}
    assert run([paths.get(text, text) for text in given]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"{file} is not a folder: choose another with --out\n")


def test_a_comparison_does_not_replace_what_it_compares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "results.json"
    path.write_text("[]")
    assert run(["compare", "--before", str(path), "--after", "b", "--out", str(path)]) == 1
    assert "one of the two that are compared" in capsys.readouterr().err
    assert path.read_text() == "[]"
