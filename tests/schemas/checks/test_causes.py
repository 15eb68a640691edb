"""One mistake is one problem, at the record where it is, with what follows from it counted under it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.schemas.checks.small import problems_of
from trial_report.schemas.problems import Problem

pytestmark = pytest.mark.requirement("REQ-402")

Files = dict[str, list[dict[str, str]]]


def told(problems: list[Problem]) -> list[tuple[str, str, int | None, str, int]]:
    return [(p.check, p.file, p.line, p.variable, p.following) for p in problems if p.check != "FILE-018"]


def in_every(domain: str, **values: str) -> Callable[[Files], Any]:
    return lambda files: [row.update(values) for row in files[domain]]


def test_the_same_in_every_record_is_one_problem_at_the_header(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, in_every("dm", SEX="male"))
    assert told(problems) == [("DM-006", "dm.csv", 1, "SEX", 4)]
    assert problems[0].value == "male"
    assert {one.subject for one in problems[0].consequences} == {"S-1", "S-2", "S-3", "S-4"}


def test_one_wrong_record_stays_a_problem_of_that_record(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, lambda files: files["dm"][1].update(SEX="male"))
    assert told(problems) == [("DM-006", "dm.csv", 3, "SEX", 0)]


def test_two_values_that_are_wrong_everywhere_are_two_problems(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        for number, row in enumerate(files["qs"]):
            row["VISIT"] = ("Base", "Week")[number % 2]

    assert told(problems_of(tmp_path, change)) == [("QS-027", "qs.csv", 1, "VISIT", 4)] * 2


def test_wrong_reference_date_is_told_in_dm(tmp_path: Path) -> None:
    # A study that counts its days from randomisation, the day before first dose, in one subject's DM otherwise.
    def change(files: Files) -> None:
        for row in files["dm"]:
            row["RFSTDTC"] = "2023-12-31"
        for row in files["qs"]:
            row["QSDY"] = {"2024-01-01": "2", "2024-01-29": "30"}[row["QSDTC"]]
        for row in files["ds"]:
            row["DSSTDY"] = "30"
        for row in files["ex"]:
            row["EXSTDY"], row["EXENDY"] = "2", "30"
        files["dm"][2]["RFSTDTC"] = "2023-12-13"

    problems = [p for p in problems_of(tmp_path, change) if p.severity == "error"]
    assert told(problems) == [("DM-020", "dm.csv", 4, "RFSTDTC", 5)]
    assert problems[0].expected.startswith("2023-12-31, with which the 5 study days agree")


def test_reference_date_counts_the_study_days_that_are_not_judged(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        for row in files["qs"]:
            row["QSDY"] = {"2024-01-01": "1", "2024-01-29": "29"}[row["QSDTC"]]
        files["dm"][2]["RFSTDTC"] = "2023-12-13"

    problems = [p for p in problems_of(tmp_path, change) if p.severity == "error"]
    assert told(problems) == [("DM-061", "dm.csv", 4, "RFSTDTC", 3)]


def test_subject_renamed_in_dm_is_told_in_dm(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, lambda files: files["dm"][2].update(USUBJID="S-31"))
    errors = [p for p in problems if p.severity == "error"]
    assert told(errors) == [("X-001", "dm.csv", 4, "USUBJID", 4)]
    assert errors[0].expected == "S-3, as 4 records of 3 domains have it, and none has S-31"


def test_unknown_subject_is_told_once_in_all_domains(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        files["qs"] += [{**row, "USUBJID": "OTHER"} for row in files["qs"][:2]]
        files["ds"].append({**files["ds"][0], "USUBJID": "OTHER"})

    errors = [p for p in problems_of(tmp_path, change) if p.severity == "error"]
    assert [(p.check, p.value, p.following) for p in errors] == [("X-001", "OTHER", 2)]


def with_visits(files: Files) -> None:
    """SV, and vital signs beside the scores."""
    files["sv"] = [
        {"STUDYID": "S", "DOMAIN": "SV", "USUBJID": row["USUBJID"], "VISITNUM": row["VISITNUM"]}
        | {"VISIT": row["VISIT"], "SVSTDTC": row["QSDTC"], "SVENDTC": row["QSDTC"]}
        for row in files["qs"]
    ]
    files["vs"] = [
        {"STUDYID": "S", "DOMAIN": "VS", "USUBJID": row["USUBJID"], "VSSEQ": f"{2 * number + test}"}
        | {"VSTESTCD": ("SYSBP", "DIABP")[test], "VSTEST": ("Systolic", "Diastolic")[test], "VSORRESU": "mmHg"}
        | dict.fromkeys(("VSORRES", "VSSTRESC", "VSSTRESN"), f"{120 - 40 * test + number}")
        | {"VSSTRESU": "mmHg", "VISITNUM": row["VISITNUM"], "VISIT": row["VISIT"], "VSDTC": row["QSDTC"]}
        for number, row in enumerate(files["qs"])
        for test in (0, 1)
    ]
    for number, row in enumerate(files["vs"]):
        row["VSSEQ"] = str(number + 1)


def of(problems: list[Problem], check: str) -> list[tuple[str, str, int | None, str, int]]:
    return told([problem for problem in problems if problem.check == check])


def test_wrong_date_of_a_visit_is_told_in_sv(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        with_visits(files)
        files["sv"][3]["SVSTDTC"] = files["sv"][3]["SVENDTC"] = "2024-01-28"

    problems = problems_of(tmp_path, change)
    assert of(problems, "X-010") == [("X-010", "sv.csv", 5, "SVSTDTC", 3)]


def test_wrong_date_of_a_panel_is_one_problem_at_its_first_record(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        with_visits(files)
        for row in files["vs"][6:8]:
            row["VSDTC"] = "2024-01-28"

    problems = problems_of(tmp_path, change)
    assert of(problems, "X-010") == [("X-010", "vs.csv", 8, "VSDTC", 1)]


def test_visit_that_sv_does_not_have_is_one_problem(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        with_visits(files)
        del files["sv"][3]

    problems = problems_of(tmp_path, change)
    assert [(p.check, p.following) for p in problems if p.check == "X-009"] == [("X-009", 2)]


def test_date_of_death_that_everything_is_after_is_told_in_dm(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        with_visits(files)
        files["dm"][1].update(DTHFL="Y", DTHDTC="2023-12-30")

    errors = [p for p in problems_of(tmp_path, change) if p.severity == "error" and p.check.endswith("-025")]
    assert [(p.check, p.line, p.variable) for p in errors] == [("DM-025", 3, "DTHDTC")]
    assert errors[0].following >= 8
    assert errors[0].expected.startswith("not before 2024-01-29, as ")


def test_what_was_decided_after_a_wrong_date_of_death_follows_from_it(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        with_visits(files)
        files["dm"][1].update(DTHFL="Y", DTHDTC="2023-12-30")

    errors = [p for p in problems_of(tmp_path, change) if p.severity == "error"]
    assert "X-031" not in {p.check for p in errors}
    death = next(p for p in errors if p.check == "DM-025")
    assert [(p.check, p.file, p.line) for p in death.consequences if p.check == "X-031"] == [("X-031", "ds.csv", 3)]


def test_completion_after_death_alone_is_told_by_itself(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        files["dm"][1].update(DTHFL="Y", DTHDTC="2024-01-29")
        files["ds"][1].update(DSSTDTC="2024-01-31", DSSTDY="31")

    assert ("X-031", "ds.csv", 3, "DSSTDTC", 0) in told(problems_of(tmp_path, change))


def test_consent_after_the_screening_visit_is_told_at_the_visit(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        with_visits(files)
        files["dm"][1]["RFICDTC"] = "2024-01-02"

    problems = [p for p in problems_of(tmp_path, change) if p.check.endswith("-024")]
    assert ("SV-024", "sv.csv", 4, "SVSTDTC") in [one[:4] for one in told(problems)]
    assert len([p for p in problems if p.check != "EX-024"]) == 1


def test_qualifiers_of_one_record_fail_as_one(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        files["suppae"] = [
            {"STUDYID": "S", "RDOMAIN": "AE", "USUBJID": "S-1", "IDVAR": "AESEQ", "IDVARVAL": seq, "QNAM": name}
            | {"QLABEL": name, "QVAL": "Y", "QORIG": "CRF", "QEVAL": ""}
            for seq in ("1", "9")
            for name in ("ONE", "TWO", "THREE")
        ]

    errors = [p for p in problems_of(tmp_path, change) if p.severity == "error"]
    assert told(errors) == [("SUPP-001", "suppae.csv", 5, "IDVARVAL", 2)]


def test_acceptances_of_each_record_hold_for_the_one_problem(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, in_every("dm", SEX="male"))[:1]
    keys = [one.key for one in problem.consequences]
    lines = [f'DM-006,"{key}",known,me,2024-01-01' for key in keys]
    (tmp_path / "accepted-issues.csv").write_text("\n".join(["check,key,reason,who,date", *lines]) + "\n")
    problems = problems_of(tmp_path, in_every("dm", SEX="male"))
    assert [p.accepted for p in problems if p.check == "DM-006"] == ["known (me, 2024-01-01)"]
    assert not [p for p in problems if p.check == "ACC-001"]
