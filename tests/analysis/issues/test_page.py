"""What the page of the data issues holds before a browser draws it: problems, records, policy, what is left out."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trial_report.analysis.issues.excerpts import excerpts
from trial_report.analysis.issues.page import question, to_html
from trial_report.analysis.issues.since import Before, Delivery, Issues, compared
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.problems import Problem, Problems

pytestmark = pytest.mark.requirement("REQ-404", "REQ-405")


def problem(number: int, check: str = "AE-008", **fields: Any) -> Problem:
    given = {"file": "ae.csv", "line": number + 2, "subject": "S1", "variable": "AESTDTC", "value": f"v{number}"}
    return Problem(check, "error", "AE", "m", **{**given, **fields})


def held(page: str, id: str = "issue-data") -> Any:
    found = re.search(rf'<script type="application/json" id="{id}">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def column(data: Any, name: str) -> list[str]:
    coded = data["columns"][name]
    return [coded["levels"][code] for code in coded["codes"]]


def test_every_script_and_style_stands_in_the_policy_by_its_hash() -> None:
    page = to_html(Issues(Problems([problem(0)])), "t")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not re.search(r"https?://(?!schemas\.openxmlformats\.org)", page)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert (len(scripts), len(styles)) == (1, 1)
    for text in scripts + styles:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
    assert not re.search(r"<[a-z]+[^>]* (style|on[a-z]+)=", page.replace(scripts[0], "")), "the policy forbids them"
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(", scripts[0])


def test_states_sites_and_what_is_gone() -> None:
    old = Problems([problem(1), problem(2)])
    new = Problems([problem(1), problem(3), problem(4, accepted="as in the source (KL, 2024-01-02)")])
    frame = pd.DataFrame({"USUBJID": ["S1"], "SITEID": ["701"]})
    source = Source(("dm.csv",), np.zeros(1, np.int32), np.array([2]), tuple(frame.columns), np.zeros(1, bool))
    before = Before(old, Delivery("1", "2024-01-31"))
    issues = compared(new, Domains({"DM": frame}, {"DM": source}), Delivery("2", "2024-02-29"), before)
    data = held(to_html(issues, "t"))
    assert list(zip(column(data, "value"), column(data, "state"), strict=True)) == [
        *(("v1", "known"), ("v3", "new"), ("v4", "accepted"), ("v2", "gone")),
    ]
    assert set(column(data, "site")) == {"701"}
    assert data["subjects"] == {"701": 1}
    assert data["acceptedSince"] == {"2": "new"}
    assert (data["until"], data["before"]) == ("2024-02-29", {"until": "2024-01-31"})


def test_consequences_and_source_are_held() -> None:
    follows = tuple(problem(number) for number in range(3))
    data = held(to_html(Issues(Problems([problem(9, source="CORE", consequences=follows)])), "t"))
    assert data["consequences"]["0"][0] == 3
    assert data["consequences"]["0"][1][0] == ["ae.csv:2", "S1", ""]
    assert column(data, "source") == ["CORE"]


@pytest.mark.parametrize("value", ["plain", "x" * 200, "\u202e", "\x00", "a|b", "", "  x "])
def test_a_key_follows_from_the_fields_or_is_held(value: str) -> None:
    one = problem(0, value=value, visit="V1", record="AESEQ=1")
    data = held(to_html(Issues(Problems([one])), "t"))
    fields = {name: column(data, name)[0] for name in ("domain", "subject", "record", "visit", "variable", "value")}
    derived = "|".join(
        (fields["domain"], fields["subject"], fields["record"] or fields["visit"], fields["variable"], fields["value"])
    )
    assert data["keys"].get("0", derived) == one.key


def test_of_too_many_problems_each_check_has_its_share() -> None:
    many = [problem(number, "AE-008") for number in range(50)] + [problem(number, "AE-050") for number in range(3)]
    data = held(to_html(Issues(Problems(many)), "t", most=10))
    assert column(data, "check").count("AE-050") == 3
    assert column(data, "check").count("AE-008") == 7
    assert data["left"] == 43


def test_a_check_that_cannot_be_accepted_is_named() -> None:
    assert held(to_html(Issues(Problems([problem(0, "AE-004"), problem(1)])), "t"))["refused"] == ["AE-004"]


def test_without_scripts_the_checks_are_there() -> None:
    page = to_html(Issues(Problems([problem(0, remedy="Correct <it>.")])), "t")
    plain = page.split("<noscript>")[1].split("</noscript>")[0]
    assert "AE-008" in plain
    assert "Correct &lt;it&gt;." in plain


def test_a_query_says_what_is_wrong_found_and_expected() -> None:
    said = question({"message": "The end is before the start.", "value": "2020-01-01", "expected": "a later day"})
    assert said.startswith("The end is before the start. Found: “2020-01-01”. Expected: a later day. Please correct it")
    assert question({"message": "It is missing"}).startswith("It is missing. Please")


def test_the_page_is_the_same_again() -> None:
    issues = Issues(Problems([problem(number, f"AE-00{number % 7}") for number in range(30)]))
    assert to_html(issues, "t") == to_html(issues, "t")


@pytest.mark.heavy
def test_a_page_of_a_hundred_thousand_problems_is_not_too_large() -> None:
    checks = [f"X-{number:03d}" for number in range(60)]
    many = Problems(
        Problem(checks[n % 60], "warning", "LB", f"What {n % 60} says is wrong with it.", "lb.csv", n,
                f"BIG-{n // 20:06d}", f"WEEK {n % 20}", "LBSTRESN", str(n / 7),
                f"about {n / 9} to {n / 6}", "Ask.", f"LBSEQ={n % 977}")
        for n in range(100_000)
    )  # fmt: skip
    page = to_html(Issues(many, {f"BIG-{n:06d}": str(n % 200) for n in range(5000)}), "t")
    assert held(page)["left"] == 0
    assert len(page) < 18_000_000, "with the records that have room beside them (excerpts.CELLS) 30 MB"


# ---- records -----------------------------------------------------------------------------------------------

RECORDS = """\
STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBORRES,LBDTC,LBNAM
X,LB,S1,1,ALT,5,2020-01-05,
X,LB,S1,2,AST,6,2020-01-05,
X,LB,S1,3,ALT,7,2020-01-01,
X,LB,S2,1,ALT,8,2020-01-02,
X,LB,S1,4,ALT,9,,
X,LB,S1,5,ALT,<b>1</b>,2020-01-03,
X,LB,S1,6,ALT,11,2020-01-02,
"""


def in_records(folder: Path, *problems: Problem, cells: int = 100_000) -> list[dict[str, Any]]:
    (folder / "sdtm").mkdir(exist_ok=True)
    (folder / "sdtm" / "lb.csv").write_text(RECORDS, encoding="utf-8")
    return excerpts(folder, folder / "sdtm", Domains({}, {}), problems, cells)


def laboratory(line: int, check: str = "LB-008", **fields: Any) -> Problem:
    return Problem(check, "error", "LB", "m", file="lb.csv", line=line, variable="LBORRES", **fields)


def cell(table: dict[str, Any], name: str, row: int) -> str:
    place = table["names"].index(name)
    return str(table["levels"][place][table["codes"][place][row]])


def test_the_lines_around_a_problem_and_the_records_before_and_after_in_time(tmp_path: Path) -> None:
    (table,) = in_records(tmp_path, laboratory(7))
    # Two lines before and after in the file; and of the subject's ALT the two before and after in time.
    assert table["line"] == [2, 4, 5, 6, 7, 8]
    at = table["line"].index(7)
    assert cell(table, "LBORRES", at) == "<b>1</b>"
    ranked = sorted((rank, line) for rank, line, group in zip(table["rank"], table["line"], table["group"], strict=True)
                    if group == table["group"][at])  # fmt: skip
    assert [line for _, line in ranked] == [4, 8, 7, 2, 6], "by date, without a date last"
    assert not {"STUDYID", "DOMAIN", "LBNAM"} & set(table["names"]), "the same everywhere, or empty"


def test_each_check_has_its_share_of_the_records(tmp_path: Path) -> None:
    problems = [laboratory(2, "LB-001"), laboratory(3, "LB-001"), laboratory(4, "LB-001"), laboratory(8, "LB-002")]
    (table,) = in_records(tmp_path, *problems, cells=130)
    assert {2, 8} <= set(table["line"])
    assert in_records(tmp_path, laboratory(99), laboratory(1)) == []


def test_a_transport_file_is_shown_as_it_was_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"USUBJID": ["S1", "S1"], "VSSEQ": pd.array([1, 2], "Int64"), "VSSTRESN": [1.0, None]})
    source = Source(("vs.xpt",), np.zeros(2, np.int32), np.array([1, 2]), tuple(frame.columns), np.zeros(2, bool))
    found = dataclasses.replace(laboratory(2), domain="VS", file="vs.xpt", variable="VSSTRESN")
    (table,) = excerpts(tmp_path, tmp_path / "sdtm", Domains({"VS": frame}, {"VS": source}), [found])
    assert [cell(table, "VSSTRESN", row) for row in (0, 1)] == ["1", ""]


def test_the_lines_of_the_definition_are_shown_and_of_nothing_outside(tmp_path: Path) -> None:
    study = tmp_path / "study"
    study.mkdir()
    (tmp_path / "secret.yml").write_text("secret\n" * 9, encoding="utf-8")
    (study / "study.yml").write_text("\n".join(f"key{number}: x" for number in range(1, 10)), encoding="utf-8")
    at = Problem("STUDY-001", "error", "STUDY", "m", file="study.yml", line=5)
    (table,) = excerpts(study, study / "sdtm", Domains({}, {}), [at])
    assert table["line"] == [2, 3, 4, 5, 6, 7, 8]
    assert table["text"][3] == "key5: x"
    for name in ("../secret.yml", "none.yml", "a\0b"):
        assert excerpts(study, study / "sdtm", Domains({}, {}), [dataclasses.replace(at, file=name)]) == []
