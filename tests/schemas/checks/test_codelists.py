"""A slip of a CDISC term is told where the study writes it otherwise; what a study keeps to is its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.schemas.checks.small import Rows, problems_of
from trial_report.schemas.codelists.terminology import WRITTEN, written
from trial_report.schemas.codelists.terms import CODELISTS, NEAR

pytestmark = pytest.mark.requirement("REQ-401")

UNIT, LOC = NEAR["C71620"], NEAR["C74456"]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("MG/DL", "mg/dL"),
        ("μmol/L", "umol/L"),
        ("10*9/L", "10^9/L"),
        ("mm Hg", "mmHg"),
        ("bpm", "beats/min"),
        ("mg/dL", ""),  # the term itself
        ("ng/dK", ""),  # one letter makes another unit
        ("drops of old", ""),
    ],
)
def test_units_are_known_by_case_signs_and_synonyms_alone(text: str, term: str) -> None:
    assert UNIT.almost(text) == term


@pytest.mark.parametrize(
    ("text", "term"),
    [("Foot", "FOOT"), ("KNEE JOINTS", "KNEE JOINT"), ("TOES", "TOE"), ("LEFT SHIN BONE", ""), ("PELVIS", "")],
)
def test_sites_are_known_by_a_letter_as_well(text: str, term: str) -> None:
    assert LOC.almost(text) == term


def test_terms_of_earlier_packages_are_terms() -> None:
    assert {"UNDIFFERENTIATED", "INTERSEX"} <= set(CODELISTS["SEX"].terms)
    assert {"INTRATHECAL", "ORAL", "OPTHALMIC"} <= set(CODELISTS["ROUTE"].terms)
    assert CODELISTS["ROUTE"].meant("SUBCUTANOUS") == "SUBCUTANEOUS"


@pytest.mark.parametrize(
    ("name", "writings"),
    [
        ("ROUTE", {"ORAL": ("PER OS", "By mouth", "P.O.", "PO"), "SUBCUTANEOUS": ("S.C.", "SQ", "sub-q")}),
        ("ROUTE", {"INTRAVENOUS": ("IV", "i.v."), "NASAL": ("NASAL SPRAY",), "": ("ONTO THE ROOF",)}),
        ("FREQ", {"BID": ("2X DAILY", "twice a day", "2/day", "BD", "b.i.d."), "QID": ("QDS",), "QD": ("OD", "DAILY")}),
        ("FREQ", {"Q8H": ("every 8 hrs", "8-hourly", "Q 8 H"), "TID": ("3 TIMES A DAY",), "QAM": ("EVERY MORNING",)}),
        ("FREQ", {"": ("NOW AND THEN", "Q12", "QDX"), "CONTINUOUS": ("CONTINOUS",), "QN": ("NOCTE",)}),
        ("LAT", {"RIGHT": ("R", "rt", "OD"), "BILATERAL": ("BOTH",)}),
        ("ACN", {"DRUG WITHDRAWN": ("Discontinued",), "": ("DOSE STOPPED",), "DOSE NOT CHANGED": ("NONE",)}),
        ("OUT", {"RECOVERED/RESOLVED": ("RESOLVED",), "FATAL": ("DIED",), "NOT RECOVERED/NOT RESOLVED": ("ONGOING",)}),
        ("POSITION", {"SITTING": ("SEATED",), "SUPINE": ("LYING DOWN",)}),
        ("NRIND", {"HIGH": ("H",), "NORMAL": ("NORM", "WNL")}),
    ],
)
def test_what_people_write_has_its_nearest_term(name: str, writings: dict[str, tuple[str, ...]]) -> None:
    found = {text: CODELISTS[name].meant(text) for texts in writings.values() for text in texts}
    assert found == {text: term for term, texts in writings.items() for text in texts}


@pytest.mark.parametrize(
    ("code", "writings"),
    [
        ("C71620", {"ug": ("mcg", "MICROGRAMS"), "TABLET": ("TABS",), "IU": ("I.U.", "[iU]"), "g": ("gm",)}),
        ("C71620", {"10^9/L": ("K/uL", "10E9/L"), "10^6/L": ("cells/uL",), "%": ("percent",), "cm2": ("sq cm",)}),
        ("C66726", {"TABLET": ("TABS", "Tab."), "TABLET, FILM COATED": ("FILM COATED TABLET",)}),
        ("C66726", {"INJECTION": ("Inj.",)}),
        ("C78734", {"SERUM": ("BLOOD SERUM",), "PLASMA": ("EDTA PLASMA",)}),
    ],
)
def test_so_have_the_long_lists(code: str, writings: dict[str, tuple[str, ...]]) -> None:
    found = {text: NEAR[code].almost(text) for texts in writings.values() for text in texts}
    assert found == {text: term for term, texts in writings.items() for text in texts}


def test_every_writing_is_of_a_term_and_none_is_one() -> None:
    lists = {one.name: one for one in (*CODELISTS.values(), *NEAR.values())}
    text = WRITTEN.read_text(encoding="utf-8")
    names = {line.split(",")[0] for line in text.splitlines() if line and not line.startswith("#")} - {"LIST"}
    assert names <= set(lists)
    for name in names:
        assert {term for _, term in written(name)} <= set(lists[name].terms)
        assert not {writing for writing, _ in written(name)} & set(lists[name].terms)


def forms(texts: list[str]) -> object:
    def change(files: dict[str, Rows]) -> None:
        for row, text in zip(files["ex"], texts, strict=True):
            row["EXDOSFRM"] = text

    return change


def slips(folder: Path, texts: list[str]) -> list[tuple[int | None, str, str]]:
    found = problems_of(folder, forms(texts))
    return [(one.line, one.value, one.expected) for one in found if one.check == "CT-001"]


def test_a_slip_is_told_with_its_term(tmp_path: Path) -> None:
    assert slips(tmp_path, ["TABLET", "TABLET", "Tablet", "TABLET"]) == [
        (4, "Tablet", "TABLET, a term of codelist FRM")
    ]


@pytest.mark.parametrize("texts", [["Tablet"] * 4, ["SACHET OF MINE", *["TABLET"] * 3]])
def test_what_a_study_keeps_to_or_adds_is_its_own(tmp_path: Path, texts: list[str]) -> None:
    assert slips(tmp_path, texts) == []


def test_a_message_names_the_term_that_was_meant(tmp_path: Path) -> None:
    def change(files: dict[str, Rows]) -> None:
        files["ae"][0]["AEOUT"] = "Recovered or resolved"

    (problem,) = (one for one in problems_of(tmp_path, change) if one.check == "AE-006")
    assert problem.expected.startswith("RECOVERED/RESOLVED, or ")
