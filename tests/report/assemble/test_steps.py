"""Choosing a study, telling a person what is wrong, and what is written beside a report."""

from __future__ import annotations

import json
import os

import pandas as pd
import pytest

from trial_report.command.main import run
from trial_report.report.assemble.steps import _own_cache, told
from trial_report.report.publish.manifest import manifest, results_json
from trial_report.runtime import choose
from trial_report.runtime.choose import ChoiceError, find_study
from trial_report.runtime.told import guarded
from trial_report.schemas.problems import Problem, StudyProblems

pytestmark = pytest.mark.requirement("REQ-216")


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setattr(choose, "project", lambda: tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def study(data, name):
    (data / name).mkdir()
    (data / name / "study.yml").write_text("id: x\n")
    return data / name


def test_the_only_study_is_the_default(data):
    (data / "no-study").mkdir()
    one = study(data, "one")
    assert find_study(None) == one


def test_several_studies_are_listed(data):
    study(data, "one")
    study(data, "two")
    with pytest.raises(ChoiceError, match="data/one, data/two"):
        find_study(None)


@pytest.mark.parametrize("given", [None, "nowhere"])
def test_no_study_is_told(data, given):
    with pytest.raises(ChoiceError, match="no "):
        find_study(given)


def test_bad_data_end_with_their_message_and_exit_code_1(capsys):
    def work():
        raise StudyProblems([Problem("AE-012", "error", "AE", "an unknown subject")])

    assert guarded(work) == 1
    said = capsys.readouterr()
    assert "error AE-012: an unknown subject" in said.err
    assert said.out == ""


def test_a_missing_folder_ends_with_one_line(capsys):
    assert run(["report", "--study", "nowhere"]) == 1
    assert capsys.readouterr().err == "there is no study folder nowhere\n"


def test_a_draft_is_said_on_the_terminal(tmp_path, capsys):
    verified = {"results": 2, "matched": 1, "not_computed": 0, "unwritten": 0}
    (tmp_path / "manifest.json").write_text(json.dumps({"verified": verified}))
    told(tmp_path)
    assert capsys.readouterr().err.startswith("DRAFT: 1 of 2 results are not confirmed")


def test_results_are_rows_with_null_for_what_is_missing():
    frame = pd.DataFrame({"key": ["a", "b"], "value": [0.1, None], "text": [None, "é"]})
    assert json.loads(results_json(frame)) == [
        {"key": "a", "value": 0.1, "text": None},
        {"key": "b", "value": None, "text": "é"},
    ]


def test_the_manifest_has_hashes_of_inputs_code_and_outputs_and_no_place(data, tmp_path):
    folder = study(data, "one")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_text("")
    (tmp_path / "csr.html").write_text("")
    made = manifest(folder, tmp_path, ["csr.html"], {"name": "embedded"})
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert made["outputs"] == {"csr.html": empty}
    assert list(made["inputs"]) == ["study.yml"]
    assert "report/csr.qmd" in made["code"]["files"]
    assert str(tmp_path) not in json.dumps(made)


@pytest.mark.parametrize("given", [None, "/caches"])
def test_without_a_home_nothing_is_put_into_the_temporary_place(given, tmp_path, monkeypatch):
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    if given:
        monkeypatch.setenv("MPLCONFIGDIR", given)
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    with _own_cache(tmp_path):
        assert os.environ["MPLCONFIGDIR"] == (given or str(tmp_path / "matplotlib"))
    assert os.environ.get("MPLCONFIGDIR") == given
    monkeypatch.setenv("HOME", str(tmp_path))
    with _own_cache(tmp_path):
        assert os.environ.get("MPLCONFIGDIR") == given
