"""Checks of coding on small hand-made domains: what is said of which record, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests.schemas.checks.test_exposure import found
from trial_report.schemas.checks.sexes import sex_of
from trial_report.schemas.codelists.alike import is_slip, slips
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Headache", "Headahce", True), ("Hypertension", "Hypertensin", True), ("Nausea", "Nauseaa", True),
        ("Hepatitis A", "Hepatitis B", False), ("Type 1 diabetes", "Type 2 diabetes", False),
        ("Hyperkalaemia", "Hypokalaemia", False), ("Ear pain", "Eye pain", False), ("Rash", "Rush", False),
        ("Headache", "headache", False), ("Back pain", "Back pain severe", False),
    ],
)  # fmt: skip
def test_a_slip_is_one_letter_in_one_longer_word(one: str, other: str, near: bool) -> None:
    assert is_slip(one, other) is is_slip(other, one) is near
    assert bool(slips([one, other])) is near


def test_a_lower_term_has_one_preferred_term(definition: StudyDefinition, table: Table) -> None:
    ae = table("""
        USUBJID  AELLT    AEDECOD    AEBODSYS
        G-1      Giddy    Dizziness  Nervous
        G-2      Giddy    Dizziness  Nervous
        G-3      giddy    Vertigo    Ear
        G-4      Dizzy    Dizziness  Nervous
        G-5      Giddy    .          .
    """)
    assert found("CO-001", definition, AE=ae) == [(2, "AEDECOD", "Dizziness")]
    assert found("CO-001", definition, AE=ae.drop(index=2)) == []


def test_history_has_one_class_for_a_term(definition: StudyDefinition, table: Table) -> None:
    mh = table(
        "USUBJID  MHDECOD  MHBODSYS\nG-1  Gout  Musculo\nG-2  Gout  Musculo\nG-3  Gout  Metabolism\nG-4  Rash  Skin"
    )
    assert found("CO-002", definition, MH=mh) == [(2, "MHBODSYS", "Musculo")]


def test_a_misspelt_term_is_told_once(definition: StudyDefinition, table: Table) -> None:
    ae = table("""
        USUBJID  AETERM  AELLT     AEDECOD   AEBODSYS
        G-1      head    Headache  Headache  Nervous
        G-2      head    Headache  Headache  Nervous
        G-3      head    Headache  Headahce  Nervous
        G-4      limb    Joint     Arthritis  Musculo
        G-4      vein    Vein      Arteritis  Vascular
    """)
    assert found("CO-003", definition, AE=ae) == [(2, "AEDECOD", "Headache")]
    assert found("CO-001", definition, AE=ae) == found("CO-007", definition, AE=ae) == []


def test_a_class_is_missing_where_others_have_one(definition: StudyDefinition, table: Table) -> None:
    ae = table("USUBJID  AEDECOD  AEBODSYS\n" + "G-1  Rash  Skin\n" * 20 + "G-2  Rash  .\nG-3  Fever  .\nG-4  .  .")
    assert found("CO-004", definition, AE=ae) == []
    assert found("CO-011", definition, AE=ae) == [
        (20, "AEBODSYS", "Skin"),
        (21, "AEBODSYS", "a system organ class"),
    ]
    # With the primary class alone no table loses the event.
    ae["AESOC"] = ["Skin"] * 21 + [None, None]
    assert [row for row, _, _ in found("CO-011", definition, AE=ae)] == [21]
    assert (20, "AEBODSYS", "Skin") in found("CO-004", definition, AE=ae)
    cm = table("USUBJID  CMDECOD  CMCLAS\nG-1  ZINC  MINERALS\nG-2  ZINC  .\nG-3  HERBS  .")
    assert found("CO-004", definition, CM=cm) == [(1, "CMCLAS", "MINERALS")]
    assert found("CO-004", definition, CM=table("USUBJID  CMDECOD  CMCLAS\nG-1  ZINC  .")) == []


def test_a_term_may_be_one_of_each_sex(definition: StudyDefinition, table: Table) -> None:
    mh = "USUBJID  MHTERM  MHDECOD\n" + "G-1  Cancer of breast  Breast cancer\n" * 9
    assert found("CO-007", definition, MH=table(mh + "G-2  Cancer of breast  Breast cancer male")) == []
    assert found("CO-007", definition, MH=table(mh + "G-2  Cancer of breast  Neoplasm")) == [
        (9, "MHDECOD", "Breast cancer")
    ]


def test_code_and_text_belong_together(definition: StudyDefinition, table: Table) -> None:
    ae = table("""
        USUBJID  AEDECOD   AEPTCD:f
        G-1      Headache  10019211
        G-2      Headache  10019211
        G-3      Headache  10019221
        G-4      Rash      10037844
        G-5      Rash      10037844
        G-6      Eruption  10037844
        G-7      Fever     .
    """)
    assert found("CO-005", definition, AE=ae) == [(2, "AEPTCD", "10019211"), (5, "AEDECOD", "Rash")]
    cm = table(
        "USUBJID  CMCLAS  CMCLASCD\nG-1  STEROIDS  D07\nG-1  STEROIDS  H02\nG-2  STEROIDS  D07\nG-3  OPIOIDS  D07"
    )
    assert found("CO-005", definition, CM=cm) == [(3, "CMCLAS", "STEROIDS")]


def test_the_class_used_is_the_primary_one(definition: StudyDefinition, table: Table) -> None:
    same = "G-1  Rash  Skin  Skin\n" * 12
    ae = table("USUBJID  AEDECOD  AEBODSYS  AESOC\n" + same + "G-2  Myalgia  Nervous  Musculo")
    assert found("CO-006", definition, AE=ae) == [(12, "AEBODSYS", "Musculo")]
    # A study may make its tables by a secondary path.
    ae = table("USUBJID  AEDECOD  AEBODSYS  AESOC\nG-1  Rash  Skin  Immune\nG-2  Fever  General  General")
    assert found("CO-006", definition, AE=ae) == []


def test_a_reported_term_is_coded_in_one_way(definition: StudyDefinition, table: Table) -> None:
    cm = table("""
        USUBJID  CMTRT    CMDECOD
        G-1      Aspirin  ACETYLSALICYLIC ACID
        G-2      aspirin  ACETYLSALICYLIC ACID
        G-3      ASPIRIN  IBUPROFEN
        G-4      combi    AMLODIPINE
        G-4      combi    VALSARTAN
        G-5      zinc     ZINC
        G-6      zinc     Zinc
    """)
    assert found("CO-007", definition, CM=cm) == [(2, "CMDECOD", "ACETYLSALICYLIC ACID")]


def test_a_medicine_has_a_class_for_each_of_its_uses(definition: StudyDefinition, table: Table) -> None:
    cm = table("""
        USUBJID  CMDECOD  CMINDC     CMROUTE  CMCLAS
        G-1      ASA      THROMBUS   ORAL     ANTITHROMBOTIC
        G-2      ASA      THROMBUS   ORAL     ANTITHROMBOTIC
        G-3      ASA      THROMBUS   ORAL     ANTITHROMBOTIC
        G-4      ASA      HEADACHE   ORAL     ANALGESIC
        G-5      ASA      HEADACHE   ORAL     ANALGESIC
        G-6      ASA      THROMBUS   ORAL     BIGUANIDE
        G-7      ASA      SKIN       TOPICAL  KERATOLYTIC
    """)
    assert found("CO-008", definition, CM=cm) == [(5, "CMCLAS", "ANTITHROMBOTIC")]


def test_a_term_is_coded_where_its_like_are(definition: StudyDefinition, table: Table) -> None:
    mh = table("USUBJID  MHCAT  MHTERM  MHDECOD\nG-1  OTHER  gout  Gout\nG-2  OTHER  gout  .\nG-1  MAIN  alzheimer  .")
    assert found("CO-009", definition, MH=mh) == [(1, "MHDECOD", "Gout")]


@pytest.mark.parametrize(
    ("term", "sex"),
    [
        ("Benign prostatic hyperplasia", "M"), ("Erectile dysfunction", "M"), ("Ovarian cyst", "F"),
        ("Vaginal haemorrhage", "F"), ("Pregnancy", "F"), ("Uterine leiomyoma", "F"), ("Pregnancy of partner", ""),
        ("Paternal exposure during pregnancy", ""), ("Cervical radiculopathy", ""), ("Hydrocele", ""),
        ("Family history of ovarian cancer", ""), ("Breast cancer", ""), ("Gynaecomastia", ""), ("Headache", ""),
    ],
)  # fmt: skip
def test_some_terms_are_of_one_sex(term: str, sex: str) -> None:
    assert sex_of(term) == sex


def test_a_term_of_the_other_sex_is_told(definition: StudyDefinition, table: Table) -> None:
    dm = table("USUBJID  SEX\nG-1  M\nG-2  F\nG-3  U")
    ae = table("USUBJID  AETERM  AEDECOD\nG-1  cyst  Ovarian cyst\nG-2  cyst  Ovarian cyst\nG-3  cyst  Ovarian cyst")
    assert found("CO-010", definition, DM=dm, AE=ae) == [(0, "AEDECOD", "a term for sex M, as DM has it")]
