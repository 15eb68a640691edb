"""Reading of a study folder: files, joined domains, types, supplemental qualifiers, and transport files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.schemas.checks.small import STUDY
from trial_report.analysis.read import read_study
from trial_report.analysis.read.names import check_texts, same_but_for_case
from trial_report.analysis.read.transport import read_transport
from trial_report.analysis.read.typed import typed
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.identity import Data

pytestmark = pytest.mark.requirement("REQ-203")


def definition(format: str = "csv", folder: str = "sdtm", sdtmig: str = "3.4") -> Any:
    whole = {**yaml.safe_load(STUDY), "endpoints": [], "characteristics": []}
    # Also folders that a definition would refuse: reading does not rest on that.
    data = Data.model_construct(folder=folder, format=format, sdtmig=sdtmig, allow_identifying=())
    return StudyDefinition.model_validate(whole).model_copy(update={"data": data})


def read(folder: Path, format: str = "csv", **files: str) -> tuple[Domains, Problems]:
    (folder / "sdtm").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "sdtm" / f"{name}.{format}").write_text(text, encoding="utf-8")
    return read_study(folder, definition(format))


def found(problems: Problems, *leave_out: str) -> list[tuple[str, str, int | None, str]]:
    return [
        (p.check, p.file, p.line, p.variable) for p in problems if p.check not in {"FILE-001", "FILE-018", *leave_out}
    ]


AE = "STUDYID,DOMAIN,USUBJID,AESEQ,AETERM,AESTDTC\nT,AE,1,1,a,2024\nT,AE,1,2,b,\nT,AE,2,1,c,2024-02-30\n"


def test_columns_are_typed_and_dates_stay_text(tmp_path: Path) -> None:
    domains, problems = read(tmp_path, ae=AE)
    ae = domains["AE"]
    assert ae["AESEQ"].dtype == "Int64"
    assert ae["AESTDTC"].tolist()[::2] == ["2024", "2024-02-30"]
    assert ae["AEDECOD"].isna().all()
    assert not found(problems)
    assert domains.has("AE", "AETERM")
    assert not domains.has("AE", "AEDECOD")
    assert domains.places("AE", np.array([2])) == [("ae.csv", 4)]


def test_missing_files_are_all_named(tmp_path: Path) -> None:
    domains, problems = read(tmp_path, ae=AE)
    assert {p.domain for p in problems.errors if p.check == "FILE-001"} == {"DM"}
    assert {p.domain for p in problems.warnings if p.check == "FILE-018"} == {"DS", "EX"}
    assert domains.unread == {"DM"}


def test_a_letter_in_a_number_has_line_and_value(tmp_path: Path) -> None:
    _, problems = read(tmp_path, ae=AE.replace("1,2,b", "1,2x,b"))
    (problem,) = [p for p in problems if p.check == "AE-004"]
    assert (problem.line, problem.variable, problem.value, problem.subject) == (3, "AESEQ", "2x", "1")


def test_parts_of_a_domain_are_joined_and_keep_their_files(tmp_path: Path) -> None:
    head = "STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBTEST\n"
    domains, _ = read(tmp_path, lbch=head + "T,LB,1,1,ALT,a\n", lbhe=head + "T,LB,1,2,HGB,h\n")
    assert domains["LB"]["LBTESTCD"].tolist() == ["ALT", "HGB"]
    assert domains.places("LB", np.array([0, 1])) == [("lbch.csv", 2), ("lbhe.csv", 2)]


SUPP = "STUDYID,RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QLABEL,QVAL,QORIG,QEVAL\n"


def test_qualifiers_stand_on_their_records(tmp_path: Path) -> None:
    rows = "T,AE,1,AESEQ,2,AEDLT,l,Y,CRF,\nT,AE,2,AESEQ,1.0,AEDLT,l,N,CRF,\n"
    domains, problems = read(tmp_path, ae=AE, suppae=SUPP + rows)
    assert domains["AE"]["AEDLT"].fillna("").tolist() == ["", "Y", "N"]
    assert not found(problems)


def test_qualifiers_that_fit_nowhere_are_problems(tmp_path: Path) -> None:
    rows = [
        "T,AE,1,AESEQ,7,Q1,l,v,CRF,",
        "T,AE,1,AESEQ,2,Q1,l,v,CRF,",
        "T,AE,1,AESEQ,2,Q1,l,w,CRF,",
        "T,AE,1,AESEQ,2,AETERM,l,v,CRF,",
        "T,AE,1,AENO,2,Q1,l,v,CRF,",
        "T,ZZ,1,AESEQ,2,Q1,l,v,CRF,",
    ]
    domains, problems = read(tmp_path, ae=AE, suppae=SUPP + "\n".join(rows) + "\n")
    assert found(problems) == [
        ("SUPP-001", "suppae.csv", 2, "IDVARVAL"),
        ("SUPP-002", "suppae.csv", 4, "QNAM"),
        ("SUPP-003", "suppae.csv", 5, "QNAM"),
        ("SUPP-004", "suppae.csv", 6, "IDVAR"),
        ("SUPP-004", "suppae.csv", 7, "RDOMAIN"),
    ]
    assert domains["AE"]["Q1"].fillna("").tolist() == ["", "v", ""]


def test_links_and_folders_outside_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("A\n1\n")
    (tmp_path / "study" / "sdtm").mkdir(parents=True)
    os.symlink(secret, tmp_path / "study" / "sdtm" / "ae.csv")
    domains, problems = read_study(tmp_path / "study", definition())
    assert found(problems) == [("FILE-012", "ae.csv", None, "")]
    assert not domains

    os.symlink(tmp_path, tmp_path / "study" / "linked")
    _, problems = read_study(tmp_path / "study", definition(folder="linked"))
    assert found(problems) == [("FILE-012", "linked", None, "")]


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    _, problems = read_study(tmp_path, definition(folder="none"))
    assert ("FILE-016", "none", None, "") in found(problems)


def test_text_in_a_number_of_a_transport_file_is_refused() -> None:
    raw = pd.DataFrame({"USUBJID": [1.0, 2.0], "AESEQ": [1.5, 2.0], "AETERM": pd.Series(["a", "b"], dtype="str")})
    frame, misfits = typed(raw, "AE")
    assert set(misfits) == {"USUBJID", "AESEQ"}
    assert frame["AESEQ"].tolist()[1] == 2
    assert misfits["AESEQ"][1].tolist() == [True, False]


def test_numbers_for_text_in_a_transport_file_are_refused_at_their_rows(tmp_path: Path) -> None:
    (tmp_path / "sdtm").mkdir()
    frame = pd.DataFrame({"STUDYID": ["T", "T"], "DOMAIN": ["AE", "AE"], "USUBJID": ["1", "2"], "AESEQ": [1.0, 1.5]})
    frame["AETERM"] = [np.nan, 3.0]
    pyreadstat.write_xport(frame, str(tmp_path / "sdtm" / "ae.xpt"), table_name="AE", file_format_version=5)
    _, problems = read_study(tmp_path, definition("xpt"))
    refused = [(p.check, p.line, p.variable) for p in problems if p.domain == "AE"]
    # --004: not a sequence number; --017: a number where text belongs.
    assert refused == [("AE-004", 2, "AESEQ"), ("AE-017", 2, "AETERM")]


def test_a_transport_file_of_more_columns_than_any_domain_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sdtm").mkdir()
    frame = pd.DataFrame({f"C{number}": ["a"] for number in range(3001)})
    pyreadstat.write_xport(frame, str(tmp_path / "sdtm" / "ae.xpt"), table_name="AE", file_format_version=5)
    _, problems = read_study(tmp_path, definition("xpt"))
    assert [(p.check, p.value) for p in problems if p.domain == "AE"] == [("FILE-011", "3001 columns")]


def test_two_files_that_differ_in_case_only_are_told_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "sdtm").mkdir()
    for name in ("ae.csv", "AE.CSV", "ae1.csv", "dm.csv", "readme.md", "README.md"):
        (tmp_path / "sdtm" / name).write_text(AE)
    if len(os.listdir(tmp_path / "sdtm")) < 6:
        pytest.skip("this disk takes the two for one")
    domains, problems = read_study(tmp_path, definition())
    of_files = [(p.check, p.file, p.value) for p in problems if p.file.lower() == "ae.csv"]
    assert of_files == [("FILE-020", "AE.CSV", "ae.csv")]
    assert "AE" in domains.unread


def test_texts_are_not_read_through_a_link_nor_by_two_names(tmp_path: Path) -> None:
    assert check_texts(tmp_path) == []
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "introduction.md").write_text("secret")
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "text").symlink_to(tmp_path / "elsewhere")
    assert [(p.check, p.file) for p in check_texts(tmp_path / "study")] == [("FILE-012", "text")]
    (tmp_path / "study" / "text").unlink()
    (tmp_path / "study" / "text").mkdir()
    for name in ("introduction.md", "references.bib", "gone.md", "picture.png"):
        (tmp_path / "study" / "text" / name).symlink_to(tmp_path / "elsewhere" / name)
    told = [(p.check, p.file) for p in check_texts(tmp_path / "study")]
    assert told == [("FILE-012", f"text/{name}") for name in ("gone.md", "introduction.md", "references.bib")]


def test_texts_of_two_names_that_differ_in_case_only_are_told() -> None:
    assert same_but_for_case(["a.md", "A.md", "b.md"]) == {"A.md": "a.md", "a.md": "A.md"}
    assert set(same_but_for_case(["\u00e9.md", "e\u0301.md"])) == {"\u00e9.md", "e\u0301.md"}


@pytest.fixture
def transport(tmp_path: Path) -> Path:
    frame = pd.DataFrame(
        {"STUDYID": ["T", "T"], "DOMAIN": ["AE", "AE"], "USUBJID": ["1", "2"], "AESEQ": [1.0, 2.0], "AETERM": ["a", ""]}
    )
    path = tmp_path / "ae.xpt"
    pyreadstat.write_xport(frame, str(path), table_name="AE", file_format_version=5)
    return path


def test_transport_files_are_read_with_row_numbers(transport: Path) -> None:
    table = read_transport(transport)
    assert table.frame is not None
    assert table.frame["AESEQ"].tolist() == [1.0, 2.0]
    assert table.frame["AETERM"].isna().tolist() == [False, True]
    assert table.lines.tolist() == [1, 2]
    assert not table.flaws


def test_transport_files_of_windows_are_read_with_a_warning(tmp_path: Path, transport: Path) -> None:
    data = transport.read_bytes()
    place = data.rindex(b"a")
    transport.write_bytes(data[:place] + b"\x92" + data[place + 1 :])
    table = read_transport(transport)
    assert [flaw.check for flaw in table.flaws] == ["015"]  # FILE-015
    assert table.frame is not None
    assert table.frame["AETERM"].iloc[0] == "’"


@pytest.mark.parametrize("data", [b"", b"x" * 160, b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!" + b"0" * 32])
def test_what_is_no_transport_file_is_a_flaw(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "ae.xpt"
    path.write_bytes(data)
    assert read_transport(path).frame is None
    assert {flaw.check for flaw in read_transport(path).flaws} <= {"002", "011"}  # FILE-002 and FILE-011
    assert read_transport(path).flaws


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=12), st.integers(0, 4000))
def test_no_damage_to_a_transport_file_ends_in_a_traceback(transport: Path, at: int, noise: bytes, cut: int) -> None:
    data = transport.read_bytes()
    at %= len(data)
    damaged = (data[:at] + noise + data[at + len(noise) :])[: len(data) - (cut if cut < 2000 else 0)]
    path = transport.parent / "damaged.xpt"
    path.write_bytes(damaged)
    table = read_transport(path)
    assert table.frame is not None or table.flaws


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=120), st.sampled_from(["ae", "dm", "lb", "suppae", "zz"]))
def test_no_bytes_in_the_folder_end_in_a_traceback(tmp_path: Path, data: bytes, name: str) -> None:
    folder = tmp_path / "sdtm"
    folder.mkdir(exist_ok=True)
    (folder / "ae.csv").write_bytes(AE.encode())
    (folder / f"{name}.csv").write_bytes(data)
    _, problems = read_study(tmp_path, definition())
    assert problems
    (folder / f"{name}.csv").unlink()


@pytest.mark.parametrize("folder", ["none", "a\0b", "x" * 5000])
def test_without_its_folder_no_file_is_missing_besides(tmp_path: Path, folder: str) -> None:
    domains, problems = read_study(tmp_path, definition(folder=folder))
    assert [p.check for p in problems] == ["FILE-016"]
    assert not domains
    assert "DM" in domains.unread


def test_a_linked_folder_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "sdtm").symlink_to(tmp_path / "real")
    _, problems = read_study(tmp_path / "study", definition())
    assert [p.check for p in problems] == ["FILE-012"]


def test_a_linked_file_is_not_missing_as_well(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text(AE, encoding="utf-8")
    (tmp_path / "sdtm").mkdir()
    (tmp_path / "sdtm" / "dm.csv").symlink_to(tmp_path / "dm.csv")
    _, problems = read_study(tmp_path, definition())
    assert [p.check for p in problems if p.domain == "DM"] == ["FILE-012"]


def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sdtm").mkdir()
    (tmp_path / "sdtm" / "ae.csv").write_text(AE, encoding="utf-8")

    def refused(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)
    _, problems = read_study(tmp_path, definition())
    assert [(p.check, p.value) for p in problems if p.domain == "AE"] == [("FILE-011", "Permission denied")]
