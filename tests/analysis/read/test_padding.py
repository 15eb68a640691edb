"""Blanks at the ends of values are no part of them, in a text file as in a transport file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.analysis.read.test_study import found, read
from trial_report.analysis.read.padding import Padded, without_padding

pytestmark = pytest.mark.requirement("REQ-203")


def frame(*values: str | None) -> pd.DataFrame:
    return pd.DataFrame({"A": pd.Series(values, dtype="str"), "B": pd.Series(["x"] * len(values), dtype="str")})


def test_blanks_at_the_end_are_left_away() -> None:
    bare, padded = without_padding(frame("a", "b  ", None, "c "))
    assert bare["A"].tolist()[:2] == ["a", "b"]
    assert bare["A"].isna().tolist() == [False, False, True, False]
    assert padded == {"A": Padded(2, 1, "b  ")}
    assert bare["A"].dtype == "str"


def test_blanks_alone_are_nothing_and_not_told() -> None:
    bare, padded = without_padding(frame("  ", "a"))
    assert bare["A"].isna().tolist() == [True, False]
    assert padded == {}


@pytest.mark.parametrize("text", [" a", "a\N{NO-BREAK SPACE}", "a\t", "a\N{ZERO WIDTH SPACE}", "a b"])
def test_other_blanks_stay(text: str) -> None:
    bare, padded = without_padding(frame(text))
    assert bare["A"].tolist() == [text]
    assert padded == {}


def test_padded_variable_is_told_once(tmp_path: Path) -> None:
    ae = "STUDYID,DOMAIN,USUBJID,AESEQ,AETERM\nT,AE,1,1,a  \nT,AE,1,2,b   \nT,AE,2,1,c\n"
    domains, problems = read(tmp_path, ae=ae)
    assert domains["AE"]["AETERM"].tolist() == ["a", "b", "c"]
    assert found(problems) == [("AE-014", "ae.csv", 1, "AETERM")]
    (problem,) = [one for one in problems if one.check == "AE-014"]
    assert (problem.severity, problem.following) == ("warning", 2)


def test_one_padded_value_is_told_at_its_line_of_a_split_domain(tmp_path: Path) -> None:
    head = "STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBORRES\n"
    one, two = head + "T,LB,1,1,ALT,4\n", head + "T,LB,1,2,AST,5\nT,LB,1,3,AST,6 \n"
    domains, problems = read(tmp_path, lbch=one, lbhe=two)
    assert domains["LB"]["LBORRES"].tolist() == ["4", "5", "6"]
    assert found(problems) == [("LB-014", "lbhe.csv", 3, "LBORRES")]
