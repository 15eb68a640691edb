"""Findings of CDISC CORE stand beside ours, at file and line; without the engine one line says how to get it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import yaml

from tests.schemas.checks.small import problems_of, write
from trial_report.analysis.issues import UnreadableError
from trial_report.analysis.issues.core import judged, read_core
from trial_report.analysis.issues.engine import write_transport
from trial_report.analysis.read import read_study
from trial_report.command.main import run
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.problems import Problem
from trial_report.schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-402")

#: As the engine writes it (release 0.17), by hand.
REPORT: dict[str, Any] = {
    "Conformance_Details": {"CORE_Engine_Version": "0.17.1", "Standard": "SDTMIG", "Version": "V3.4"},
    "Dataset_Details": [{"filename": "qs.xpt", "label": "", "length": 8}],
    "Issue_Summary": [{"dataset": "qs.xpt", "core_id": "CORE-000266", "message": "Not in SV", "issues": 1}],
    "Issue_Details": [
        {
            "core_id": "CORE-000266",
            "message": "The visit is not in SV.",
            "executability": "fully executable",
            "dataset": "qs.xpt",
            "USUBJID": "S-2",
            "row": 4,
            "SEQ": 2,
            "variables": ["VISITNUM", "VISIT"],
            "values": ["2", "WEEK 4"],
        },
        {
            "core_id": "CORE-000357",
            "message": "The dataset is missing.",
            "executability": "fully executable",
            "dataset": "ts.xpt",
            "USUBJID": "",
            "row": "",
            "SEQ": "",
            "variables": [],
            "values": ["null"],
        },
    ],
    "Rules_Report": [],
}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    return write(folder)


def report(folder: Path, content: object = REPORT) -> Path:
    path = folder / "core.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_findings_are_warnings_at_their_lines(study: Path) -> None:
    domains, _ = read_study(study, load_study(study))
    one, other = sorted(read_core(report(study), domains), key=lambda problem: problem.check)
    assert (one.check, one.severity, one.source) == ("CORE-000266", "warning", "CORE")
    assert (one.domain, one.file, one.line, one.subject) == ("QS", "qs.csv", 5, "S-2")
    assert (one.visit, one.variable, one.value) == ("WEEK 4", "VISITNUM, VISIT", "2, WEEK 4")
    assert one.record == "QSSEQ=2"
    assert (other.domain, other.file, other.line) == ("TS", "ts.xpt", None)


#: A few findings of what the engine wrote of this study's files, with its own rules and a transcription of the guide.
RECORDED = Path(__file__).parent / "core-0.16.json"


def test_what_the_engine_wrote_is_read(study: Path) -> None:
    domains, _ = read_study(study, load_study(study))
    found = read_core(RECORDED, domains)
    assert [(one.check, one.place, one.subject, one.record, one.variable, one.value) for one in found] == [
        ("CORE-000929", "", "", "", "", "AE, QS"),
        ("CORE-000328", "ae.csv", "", "", "AESTDY, AESTDTC", "Not in dataset, 2024-01-04"),
        ("CORE-000024", "ae.csv:2", "S-1", "AESEQ=1", "AEBODSYS, AEBDSYCD", "Nervous system disorders, "),
        ("CORE-000701", "ae.csv:2", "S-1", "AESEQ=1", "EPOCH", "Not in dataset"),
        ("CORE-000701", "qs.csv:2", "S-1", "QSSEQ=1", "EPOCH", "Not in dataset"),
        ("CORE-000701", "qs.csv:3", "S-1", "QSSEQ=2", "EPOCH", "Not in dataset"),
    ]
    by_check = {one.check: one for one in found}
    assert by_check["CORE-000024"].message == "AEBODSYS is not empty and AEBDSYCD is empty (CG0082)"
    assert "more than it means" in by_check["CORE-000701"].remedy
    assert "more than it means" not in by_check["CORE-000024"].remedy


def test_a_rule_that_could_not_be_judged_is_one_problem_of_the_study(study: Path) -> None:
    domains, _ = read_study(study, load_study(study))
    (one,) = [problem for problem in read_core(RECORDED, domains) if problem.check == "CORE-000929"]
    assert (one.domain, one.severity) == ("STUDY", "warning")
    # The folder is of one machine and one run.
    assert one.message.endswith("judge this rule. [Errno 2] No such file or directory: 'define.xml'")


def test_what_the_engine_ran_is_a_line() -> None:
    assert judged(RECORDED) == (
        "CDISC CORE 0.16.0 SDTMIG V3.4 sdtmct-2024-03-29: of 6 rules 3 have findings, 1 have none, 1 do not apply, "
        "1 could not be judged"
    )


def test_a_row_is_that_of_the_part_that_the_engine_read() -> None:
    rows = pd.DataFrame({"USUBJID": ["S-1"] * 4, "VISIT": ["A", "B", "C", "D"]})
    parts = Source(("qsaa.xpt", "qsbb.xpt"), np.array([0, 0, 1, 1]), np.array([1, 2, 1, 2]), (), np.zeros(4, bool))
    whole = Source(("qs.csv", "qs-2.csv"), parts.file_of, np.array([2, 3, 2, 3]), (), parts.broken)
    one = {"core_id": "CORE-000701", "message": "m", "variables": [], "values": [], "row": 2}
    read = _placed(rows, parts, {**one, "dataset": "QSBB"})
    assert (read.place, read.visit) == ("qsbb.xpt:2", "D")
    # Of text files the engine is given one: the whole domain.
    read = _placed(rows, whole, {**one, "dataset": "QS", "row": 3})
    assert (read.place, read.visit) == ("qs-2.csv:2", "C")


def _placed(rows: pd.DataFrame, source: Source, finding: dict[str, Any]) -> Problem:
    with TemporaryDirectory() as place:
        path = report(Path(place), {"Issue_Details": [finding]})
        (one,) = read_core(path, Domains({"QS": rows}, {"QS": source}))
    return one


@pytest.mark.parametrize("content", ["no JSON", [], {}, {"Issue_Details": {}}])
def test_what_is_no_report_is_refused_in_words(study: Path, content: object) -> None:
    domains, _ = read_study(study, load_study(study))
    with pytest.raises(UnreadableError, match=r"JSON|Issue_Details"):
        read_core(report(study, content), domains)


def test_findings_stand_beside_ours(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(["core", "--study", str(study), "--report", str(report(study)), "--out", str(out)]) == 0
    issues = pd.read_csv(out / "data-issues.csv", dtype=str)
    assert issues.loc[issues["source"] == "CORE", "check"].tolist() == ["CORE-000266", "CORE-000357"]
    assert "CORE-000266" in (out / "data-issues.html").read_text(encoding="utf-8")


def test_a_finding_can_be_accepted(study: Path, tmp_path: Path) -> None:
    domains, _ = read_study(study, load_study(study))
    key = next(one.key for one in read_core(report(study), domains) if one.check == "CORE-000266")
    lines = ["check,key,reason,who,date", f'CORE-000266,"{key}",as planned,me,2024-01-01']
    (study / "accepted-issues.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run(["core", "--study", str(study), "--report", str(report(study)), "--out", str(tmp_path / "out")])
    issues = pd.read_csv(tmp_path / "out" / "data-issues.csv", dtype=str).set_index("check")
    assert issues.loc["CORE-000266", "accepted"] == "as planned (me, 2024-01-01)"
    # Without the engine's report the acceptance is not one too many.
    assert not [problem for problem in problems_of(study) if problem.check == "ACC-001"]


def test_without_engine_one_line_says_how_to_get_it(
    study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(study))
    monkeypatch.delenv("CDISC_CORE", raising=False)
    assert run(["core", "--study", str(study)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "cdisc-rules-engine/releases" in said


def engine(folder: Path, body: str) -> Path:
    path = folder / "engine" / "core"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_without_rules_one_line_says_how_to_get_them(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["core", "--study", str(study), "--engine", str(engine(study, "exit 0"))]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "--cache" in said


def test_rules_of_which_a_part_is_missing_are_told_as_such(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = engine(study, "echo \"FileNotFoundError: [Errno 2] No such file or directory: '$9/models.pkl'\" >&2; exit 1")
    rules = path.parent / "resources" / "cache"
    rules.mkdir(parents=True)
    (rules / "rules.pkl").touch()
    assert run(["core", "--quiet", "--study", str(study), "--engine", str(path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"the rules in {rules} are not whole: give the folder of a release")
    assert f"'{rules}/models.pkl'" in said
    assert said.count("\n") == 1


def test_engine_is_run_on_the_domains(study: Path, tmp_path: Path) -> None:
    path = engine(study, f'echo "$@" > {tmp_path}/called; while [ "$1" != -o ]; do shift; done; '
                         f"cp {report(study)} $2.json")  # fmt: skip
    rules = path.parent / "resources" / "cache"
    rules.mkdir(parents=True)
    for name in ("rules", "sdtmct-2023-12-15", "sdtmct-2024-03-29", "protocolct-2025-09-26"):
        (rules / f"{name}.pkl").touch()
    out = tmp_path / "out"
    assert run(["core", "--study", str(study), "--engine", str(path), "--out", str(out)]) == 0
    called = (tmp_path / "called").read_text(encoding="utf-8")
    assert called.startswith("validate -s sdtmig -v 3-4 -d ")
    assert " -ct sdtmct-2024-03-29 " in called
    assert " -e " not in called
    assert "CORE-000266" in (out / "data-issues.csv").read_text(encoding="utf-8")


def test_engine_is_told_of_files_that_are_not_utf8(study: Path, tmp_path: Path) -> None:
    domains, _ = read_study(study, load_study(study))
    for path in (study / "sdtm").glob("*.csv"):
        path.unlink()
    write_transport(domains, tmp_path / "xpt")
    for path in (tmp_path / "xpt").iterdir():
        data = path.read_bytes().replace(b"Headache", b"Headach\x92")
        (study / "sdtm" / path.name).write_bytes(data)
    definition = yaml.safe_load((study / "study.yml").read_text(encoding="utf-8"))
    definition["data"]["format"] = "xpt"
    (study / "study.yml").write_text(yaml.safe_dump(definition), encoding="utf-8")
    path = engine(study, f'echo "$@" > {tmp_path}/called; while [ "$1" != -o ]; do shift; done; '
                         f"cp {report(study)} $2.json")  # fmt: skip
    rules = path.parent / "resources" / "cache"
    rules.mkdir(parents=True)
    (rules / "rules.pkl").touch()
    run(["core", "--study", str(study), "--engine", str(path), "--out", str(tmp_path / "out")])
    assert " -e cp1252 " in (tmp_path / "called").read_text(encoding="utf-8")


def test_engine_that_fails_is_one_line(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = engine(study, "echo first >&2; echo no such standard >&2; exit 2")
    rules = path.parent / "resources" / "cache"
    rules.mkdir(parents=True)
    (rules / "rules.pkl").touch()
    assert run(["core", "--study", str(study), "--engine", str(path)]) == 1
    assert capsys.readouterr().err.endswith("CDISC CORE ended without a report: no such standard\n")


def test_text_files_become_transport_files_row_by_row(study: Path, tmp_path: Path) -> None:
    domains, _ = read_study(study, load_study(study))
    write_transport(domains, tmp_path / "xpt")
    frame, _ = pyreadstat.read_xport(str(tmp_path / "xpt" / "qs.xpt"))
    assert frame["USUBJID"].tolist() == domains["QS"]["USUBJID"].tolist()
    assert frame["QSSTRESN"].tolist() == domains["QS"]["QSSTRESN"].tolist()
