"""Data that the standard allows pass; what no analysis reads stops no report; one mistake is one problem."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.schemas.checks.small import Rows, problems_of, said

pytestmark = pytest.mark.requirement("REQ-402")

Files = dict[str, Rows]


def rows(domain: str, *names: str, **values: str) -> Rows:
    """One record of a domain: identifiers, these values, and further variables that are empty."""
    head = {"STUDYID": "S", "DOMAIN": domain, "USUBJID": "S-1", f"{domain}SEQ": "1"}
    return [{**head, **dict.fromkeys(names, ""), **values}]


def setting(domain: str, row: int, **values: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files[domain][row].update(values)

    return change


def adding(domain: str, rows: Rows) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files[domain] = files.get(domain, []) + rows

    return change


def test_the_small_study_is_valid(tmp_path: Path) -> None:
    assert said(problems_of(tmp_path)) == []


UNREAD = [
    rows("IE", IETESTCD="IN1", IETEST="Of age", IECAT="INCLUSION", IEORRES="N", IESTRESC="N"),
    rows("DD", DDTESTCD="PRCDTH", DDTEST="Cause", DDORRES="X", DDSTRESC="X", DDDTC="2024-01-29"),
    rows("FA", "VISITNUM", FATESTCD="OCCUR", FATEST="Occurred", FAOBJ="Rash", FAORRES="Y", FASTRESC="Y", FADTC="2024"),
    rows("TU", "TULOBXFL", TUTESTCD="TUMIDENT", TUTEST="Tumor", TULNKID="T1", TUORRES="TARGET", TUSTRESC="TARGET",
         TULOC="LIVER", TUMETHOD="CT SCAN", TUEVAL="INVESTIGATOR", VISITNUM="1", TUDTC="2024-01-01"),
    rows("MH", MHTERM="asthma", MHEVDTYP="DIAGNOSIS", MHSTDTC="2010"),
]  # fmt: skip


@pytest.mark.parametrize("one", UNREAD, ids=lambda one: one[0]["DOMAIN"])
def test_a_domain_is_accepted_without_what_the_guide_leaves_out(one: Rows, tmp_path: Path) -> None:
    assert said(problems_of(tmp_path, adding(one[0]["DOMAIN"].lower(), one))) == []


def test_errors_of_a_domain_that_no_analysis_reads_are_warnings(tmp_path: Path) -> None:
    pe = rows("PE", PETESTCD="HEAD", PETEST="Head", PEORRES="NORMAL", PESTRESC="", PEDTC="2024-01-01", PESTAT="NO",
              VISITNUM="1", PEBODSYS="", PEEVAL="", PELOC="", PEMETHOD="", PESTRESN="high", PEVERY="x")  # fmt: skip
    assert said(problems_of(tmp_path, adding("pe", pe))) == [
        ("PE-003", "error", "PEVERY"),
        ("PE-004", "warning", "PESTRESN"),
        ("PE-006", "warning", "PESTAT"),
        ("PE-039", "warning", "PESTRESC"),
    ]


@pytest.mark.parametrize(
    ("reason", "arm", "actual"),
    [
        ("UNPLANNED TREATMENT", True, False),
        ("ASSIGNED, NOT TREATED", True, False),
        ("NOT ASSIGNED", False, False),
        ("SCREEN FAILURE", False, False),
    ],
)
def test_every_reason_for_no_arm_is_valid(reason: str, arm: bool, actual: bool, tmp_path: Path) -> None:
    def change(files: Files) -> None:
        subject = files["dm"][0]
        subject["ARMNRS"] = reason
        subject.update({} if arm else {"ARMCD": "", "ARM": ""}, ACTARMCD="", ACTARM="")
        if reason != "UNPLANNED TREATMENT":
            subject.update(dict.fromkeys(("RFXSTDTC", "RFXENDTC"), ""))
            files["ex"] = [row for row in files["ex"] if row["USUBJID"] != "S-1"]
        if reason == "SCREEN FAILURE":
            files["ds"][0].update(DSTERM=reason, DSDECOD=reason)

    assert not [problem for problem in problems_of(tmp_path, change) if problem.severity == "error"]


def test_a_code_of_no_arm_is_a_screen_failure_without_a_reason(tmp_path: Path) -> None:
    codes = {"ARMCD": "SCRNFAIL", "ARM": "Screen Failure", "ACTARMCD": "SCRNFAIL", "ACTARM": "Screen Failure"}
    untreated = dict.fromkeys(("RFXSTDTC", "RFXENDTC"), "")

    def failed(files: Files) -> None:
        files["dm"][0].update(codes, **untreated)
        files["ds"][0].update(DSTERM="SCREEN FAILURE", DSDECOD="SCREEN FAILURE")
        files["ex"] = files["ex"][1:]

    assert said(problems_of(tmp_path / "untreated", failed)) == []
    assert said(problems_of(tmp_path / "treated", setting("dm", 0, **codes))) == [("X-025", "error", "ARMCD")]


_OF_DEATH = {"DSDECOD": "DEATH", "DSSTDTC": "2024-02-10", "DSSTDY": ""}
DEATHS: list[tuple[dict[str, dict[str, str]], list[tuple[str, str, str]]]] = [
    # Of progression, which is not collected as an event.
    ({"dm": {"DTHFL": "Y", "DTHDTC": "2024-02-10"}, "ds": _OF_DEATH}, []),
    # A partial date may be the same day.
    ({"dm": {"DTHFL": "Y", "DTHDTC": "2024-02"}, "ds": _OF_DEATH}, []),
    ({"dm": {"DTHFL": "Y", "DTHDTC": "2024-03"}, "ds": _OF_DEATH}, [("X-003", "error", "DTHDTC")]),
    # After the study.
    ({"dm": {"DTHFL": "Y", "DTHDTC": "2024-03"}}, [("X-012", "warning", "DTHFL")]),
    ({"dm": {"DTHFL": "Y"}}, [("X-012", "warning", "DTHFL"), ("X-013", "warning", "DTHDTC")]),
    ({"ds": {"DSDECOD": "DEATH"}}, [("X-002", "error", "DSDECOD")]),
    ({"ae": {"AEOUT": "FATAL"}}, [("X-002", "error", "AEOUT")]),
    ({"dm": {"DTHDTC": "2024-02-10"}}, [("X-003", "error", "DTHDTC")]),
]


@pytest.mark.parametrize(("changed", "expected"), DEATHS)
def test_deaths(changed: dict[str, dict[str, str]], expected: list[tuple[str, str, str]], tmp_path: Path) -> None:
    def change(files: Files) -> None:
        for name, values in changed.items():
            files[name][0].update(values)

    assert said(problems_of(tmp_path, change)) == expected


def test_a_screen_failure_may_die(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        none = dict.fromkeys(("ARMCD", "ARM", "ACTARMCD", "ACTARM", "RFXSTDTC", "RFXENDTC"), "")
        files["dm"][0].update(none, ARMNRS="SCREEN FAILURE", DTHFL="Y", DTHDTC="2024-02-10")
        files["ds"][0].update(DSDECOD="SCREEN FAILURE", DSTERM="SCREEN FAILURE")
        files["ex"], files["ae"] = files["ex"][1:], [{**files["ae"][0], "USUBJID": "S-2"}]

    assert said(problems_of(tmp_path, change)) == []


def test_the_side_is_one_only_where_one_side_is_treated(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        for n, row in enumerate(files["qs"]):
            row["QSLAT"] = ("LEFT", "RIGHT")[n % 2]

    assert said(problems_of(tmp_path / "both", change)) == []
    groups = {"groups": [{"code": code, "label": code, "short": code} for code in ("PBO", "A")], "one_side": True}
    found = said(problems_of(tmp_path / "one", change, treatment=groups))
    assert found == [("X-011", "error", "QSLAT")] * 4


@pytest.mark.parametrize(
    ("domain", "values", "expected"),
    [
        ("ex", {"EXDOSE": "0", "EXDOSU": ""}, []),  # nothing of a placebo
        ("ex", {"EXDOSE": "5"}, []),  # the definition has no dose
        ("ae", {"AESTDTC": ""}, [("AE-056", "warning", "AESTDTC")]),
        ("ae", {"AEACN": "MULTIPLE"}, []),  # of several study drugs
        # Consent may be deferred.
        ("dm", {"RFICDTC": "2024-01-02"}, [("EX-024", "warning", "EXSTDTC"), ("QS-024", "warning", "QSDTC")]),
        ("ae", {"AESTDTC": "2024-01-04/2024-01-05"}, []),  # an interval of uncertainty
        ("qs", {"VISITNUM": "99", "VISIT": "UNSCHEDULED"}, [("QS-026", "warning", "VISITNUM")]),
        ("qs", {"QSDTC": "2023-12-20"}, [("QS-024", "warning", "QSDTC")]),
        # Study days are counted from the first dose, so that the reference is what is wrong.
        ("dm", {"RFSTDTC": "2023-12-20", "RFICDTC": "2023-12-20"},
         [("DM-058", "warning", "RFSTDTC"), ("DM-061", "error", "RFSTDTC")]),
    ],
)  # fmt: skip
def test_what_is_possible_is_no_error(
    domain: str, values: dict[str, str], expected: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    found = problems_of(tmp_path, setting(domain, 0, **values))
    assert sorted(said(found)) == sorted(expected)


def test_a_blank_at_the_end_is_left_away_and_told_once_a_variable(tmp_path: Path) -> None:
    both = {"ARMCD": "PBO   ", "ACTARMCD": "PBO   "}
    found = problems_of(tmp_path, setting("dm", 0, **both))
    assert said(found) == [("DM-014", "warning", "ACTARMCD"), ("DM-014", "warning", "ARMCD")]


def test_a_no_break_space_at_the_end_is_one_problem_and_its_word_is_named(tmp_path: Path) -> None:
    both = dict.fromkeys(("ARMCD", "ACTARMCD"), "PBO\N{NO-BREAK SPACE}")
    found = problems_of(tmp_path, setting("dm", 0, **both))
    assert said(found) == [("DM-051", "error", "ACTARMCD"), ("DM-051", "error", "ARMCD")]
    assert {problem.expected for problem in found} == {"one of PBO, A; near PBO"}


def test_signs_that_look_alike_are_told_by_code_point(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        for row in files["qs"]:
            row.update(QSORRESU="\u00b5m", QSSTRESU="\u00b5m")

    endpoint: list[dict[str, Any]] = [
        {"paramcd": "SCORE", "label": "S", "domain": "QS", "testcd": "SCORE", "unit": "\u03bcm", "role": "primary",
         "benefit": "none", "analysis_set": "ITT", "visits": ["W4"]}
    ]  # fmt: skip
    found = problems_of(tmp_path, change, endpoints=endpoint)  # type: ignore[arg-type]
    assert {problem.check for problem in found} == {"QS-046"}
    assert "with U+03BC (greek small letter mu), not U+00B5 (micro sign)" in found[0].expected


def test_a_file_that_is_not_read_is_told(tmp_path: Path) -> None:
    data = tmp_path / "sdtm"
    (data / "more").mkdir(parents=True)
    for name in ("mh.json", "cm.txt", "lb.xlsx", "suppae.xpt", "more/vs.csv", "readme.txt", "define.xml", "note.md"):
        (data / name).write_text("x", encoding="utf-8")
    found = problems_of(tmp_path)
    assert {(problem.check, problem.severity) for problem in found} == {("FILE-013", "warning")}
    assert {problem.file for problem in found} == {"mh.json", "cm.txt", "lb.xlsx", "suppae.xpt", "more/vs.csv"}


def test_nobody_treated_is_no_error(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        files["ex"] = [dict.fromkeys(files["ex"][0], "")]
        for row in files["dm"]:
            row.update(RFXSTDTC="", RFXENDTC="")

    assert said(problems_of(tmp_path, change)) == []


@pytest.mark.heavy
def test_which_column_a_report_cannot_do_without(tmp_path: Path) -> None:
    def without(domain: str, name: str) -> list[tuple[str, str, str]]:
        def change(files: Files) -> None:
            for row in files[domain]:
                del row[name]

        return said(problems_of(tmp_path / f"{domain}{name}", change))

    assert without("dm", "AGE") == [("DM-002", "warning", "AGE")]
    assert without("dm", "SEX") == [("DM-001", "error", "SEX")]
    assert without("qs", "QSTEST") == [("QS-001", "error", "QSTEST")]
    assert without("qs", "VISITNUM") == [("QS-002", "warning", "VISITNUM")]
    assert without("qs", "QSDTC") == [("QS-001", "error", "QSDTC")]
    assert without("qs", "QSCAT") == [("QS-002", "warning", "QSCAT")]
    assert without("ae", "AESOC") == [("AE-002", "warning", "AESOC")]
    assert without("ae", "AEREL") == [("AE-001", "error", "AEREL")]
    assert without("ds", "DSSEQ") == [("DS-001", "error", "DSSEQ")]


def test_a_measurement_that_is_two_in_the_data_is_told(tmp_path: Path) -> None:
    def both_sides(files: Files) -> None:
        files["qs"] = [{**row, "QSLAT": side} for row in files["qs"] for side in ("LEFT", "RIGHT")]
        for n, row in enumerate(files["qs"]):
            row["QSSEQ"] = str(n)

    def other_methods(files: Files) -> None:
        both_sides(files)
        for row in files["qs"]:
            row["QSMETHOD"] = "SEEN" if row["QSLAT"] == "LEFT" else "FELT"

    def one_side_later(files: Files) -> None:
        both_sides(files)
        files["qs"].pop()

    def minutes_apart(files: Files) -> None:
        both_sides(files)
        for row in files["qs"]:
            row["QSDTC"] += "T10:00" if row["QSLAT"] == "LEFT" else "T10:04"

    def again(files: Files) -> None:
        both_sides(files)
        later = [{**row, "QSDTC": row["QSDTC"] + time[row["QSLAT"]], "QSSEQ": f"{n}{row['QSSEQ']}"}
                 for row in files["qs"] for n, time in enumerate(({"LEFT": "T10:00", "RIGHT": "T10:04"},
                                                                  {"LEFT": "T18:00", "RIGHT": "T18:03"}))]  # fmt: skip
        files["qs"] = later

    def alternating(files: Files) -> None:
        for row in files["qs"]:
            row["QSLAT"] = "LEFT" if row["VISITNUM"] == "2" else "RIGHT"

    found = [problem for problem in problems_of(tmp_path, both_sides) if problem.check == "PL-006"]
    assert [(problem.severity, problem.variable, problem.value) for problem in found] == [
        ("warning", "QSLAT", "LEFT, RIGHT")
    ]
    assert found[0].expected.endswith("; else the values of the sides at a moment are averaged")
    [found] = [problem for problem in problems_of(tmp_path, one_side_later) if problem.check == "PL-006"]
    assert found.expected.endswith("than the subject's fullest (1) do not count")
    found = [problem for problem in problems_of(tmp_path, other_methods) if problem.check == "PL-006"]
    assert {problem.variable for problem in found} == {"QSLAT", "QSMETHOD"}
    assert not any("averaged" in problem.expected for problem in found)
    [found] = [problem for problem in problems_of(tmp_path, minutes_apart) if problem.check == "PL-006"]
    assert found.expected.endswith("; else the values of the sides at a moment are averaged")
    [found] = [problem for problem in problems_of(tmp_path, again) if problem.check == "PL-006"]
    assert found.expected.endswith("; else the last of the sides counts alone, as their times are not the same")
    assert not [problem for problem in problems_of(tmp_path, alternating) if problem.check == "PL-006"]
