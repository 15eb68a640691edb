"""A blinded look holds nothing that tells a treatment: a study that names it wherever it can."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from tests.studies import dlt_pending, single_arm
from tests.studies._build import Study, study
from trial_report.analysis.display.book import open_book
from trial_report.analysis.display.registry import TOLD_BLINDED
from trial_report.analysis.pipeline import analyse_study, prepare
from trial_report.analysis.verify.compare import MATCHED
from trial_report.analysis.verify.verification import compared, recompute
from trial_report.report.assemble.documents import Request, asked_for
from trial_report.report.assemble.steps import embedded
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.step import silent
from trial_report.schemas.study import load_study
from trial_report.schemas.study.pooled import is_told, pooled

pytestmark = pytest.mark.requirement("REQ-1206")

TELLS = re.compile(r"zebrafin|vehicle|ZBF|\b40\s?mg|unblind", re.IGNORECASE)
"""What names a treatment of the study below, in whatever place."""


def telling() -> Study:
    """Two arms, named in the title, the product, arms, doses, verbatim terms, reasons, qualifiers and keywords."""
    return study(
        groups={
            "VEH": {"label": "Vehicle", "short": "Vehicle", "dose": 0, "unit": "mg"},
            "ZBF": {"label": "Zebrafin 40 mg", "short": "Zebrafin", "dose": 40, "unit": "mg"},
        },
        subjects="""
            id  arm  end  reason
            1   VEH  29   COMPLETED
            2   VEH  29   COMPLETED
            3   ZBF  29   COMPLETED
            4   ZBF  20   ADVERSE EVENT
        """,
        events="""
            id  term      start  end  grade  serious  AETERM
            1   Headache  5      6    1      .        Headache on vehicle
            3   Rash      5      9    3      Y        Rash due to Zebrafin 40 mg
            4   Rash      7      9    2      .        unblinded: ZBF rash
        """,
        laboratory=[{"paramcd": "ALT", "label": "Alanine aminotransferase"}],
        values={"ALT": """
            id  BL  W4
            1   20  22
            2   21  60
            3   30  90
        """},
        endpoints=[{"paramcd": "SCORE", "label": "Zebrafin score"}],
        supp={"DM": "id  RANDNO\n1   ZBF-1\n3   ZBF-2"},
        study={"title": "Zebrafin against vehicle", "short_title": "Zebrafin", "product": "Zebrafin tablets",
               "keywords": ["zebrafin"]},
        change=lambda domains: [
            row.update({"DSTERM": "Zebrafin unblinded"}) for row in domains["DS"] if row["DSDECOD"] == "ADVERSE EVENT"
        ],
        disposition={"reason": "DSTERM"},
        abbreviations={"ZBF": "Zebrafin"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study's folder."""
    return telling().write(tmp_path_factory.mktemp("told") / "study")


def test_nothing_that_documents_read_tells_a_treatment(folder: Path, tmp_path: Path) -> None:
    prepare(folder, tmp_path, blinded=True)
    book = open_book(tmp_path)
    held = {**book.datasets, **book.domains, "results": book.results.reset_index()}
    for name, frame in held.items():
        texts = frame.astype("str").to_csv(index=False)
        assert not TELLS.search(texts), (name, TELLS.findall(texts))
    definition = json.loads((tmp_path / "study.json").read_text(encoding="utf-8"))
    assert not TELLS.search(json.dumps(definition)), TELLS.findall(json.dumps(definition))
    assert book.datasets["ADSL"]["TRT01A"].dropna().unique().tolist() == ["POOLED"]
    assert set(book.outputs) <= TOLD_BLINDED
    for name in book.outputs:
        assert not TELLS.search(str(dataclasses.replace(book.made(name)))), name


@pytest.mark.heavy
def test_counts_are_those_of_all_groups_together_and_computed_twice(folder: Path) -> None:
    trial, found = analyse_study(folder, blinded=True)
    _, whole = analyse_study(folder)
    rows, every = (frame.set_index("key")["value"] for frame in (found, whole))
    assert rows["ae.overview/SAF/USUBJID/-/POOLED/EMERGENT/n"] == 3
    assert rows["ae.overview/SAF/USUBJID/-/POOLED/EMERGENT/n"] == every["ae.overview/SAF/USUBJID/-/TOTAL/EMERGENT/n"]
    assert rows["exposure/SAF/FUPDUR/-/POOLED/-/mean"] == every["exposure/SAF/FUPDUR/-/TOTAL/-/mean"]
    assert all(map(is_told, found["key"]))
    assert trial.planned is not None
    state = compared(trial.planned, recompute(folder, blinded=True), found).details["state"]
    assert set(state) == {MATCHED}


@pytest.mark.heavy
def test_the_published_files_name_no_treatment_and_no_data_lie_beside(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    embedded(folder, target, silent, Request("safety-update", blinded=True))
    assert sorted(path.name for path in target.iterdir()) == [
        "manifest.json", "results.json", "safety-update.html", "safety-update.pdf",
    ]  # fmt: skip
    page = (target / "safety-update.html").read_text(encoding="utf-8")
    page = re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)
    pymupdf = pytest.importorskip("pymupdf")
    with pymupdf.open(target / "safety-update.pdf") as pdf:
        paper = " ".join([*(part.get_text() for part in pdf), str(pdf.metadata), str(pdf.get_toc())])
    for words in (page, paper, (target / "results.json").read_text(encoding="utf-8")):
        assert not TELLS.search(words), TELLS.findall(words)
    assert "This document is blinded." in page
    assert 'id="trace-data"' not in page
    assert json.loads((target / "manifest.json").read_text(encoding="utf-8"))["document"]["blinded"] is True


@pytest.mark.parametrize(
    "key",
    [
        "exposure/SAF/DOSEA/-/POOLED/-/mean",
        "eff.test/ITT/X/-/T/-/p",
        "esc.mtd/S/N/-/T/-/mtd",
        "visits/SAF/STATUS/ALL/T/done/n",
        "claims/A/B/-/T/-/n",
    ],
)
def test_what_is_not_listed_is_not_told(key: str) -> None:
    assert not is_told(key)


def test_a_title_that_names_no_treatment_stays(folder: Path) -> None:
    definition = load_study(folder)
    plain = definition.study.model_copy(update={"title": "A trial in adults", "short_title": "Adults"})
    found = pooled(definition.model_copy(update={"study": plain})).study
    assert (found.title, found.short_title, found.product) == ("A trial in adults", "Adults", "not told")


@pytest.mark.parametrize(
    ("other", "said"), [(single_arm, "one treatment group"), (dlt_pending, "a day tells the dose")]
)
def test_what_cannot_be_blinded_is_refused(other: object, said: str, tmp_path: Path) -> None:
    definition = load_study(other.STUDY.write(tmp_path / "study"))  # type: ignore[attr-defined]
    with pytest.raises(ChoiceError, match=said):
        pooled(definition)


def test_a_document_that_cannot_be_blinded_is_refused(folder: Path) -> None:
    with pytest.raises(ChoiceError, match="csr cannot be blinded; these can: safety-update"):
        asked_for(folder, Request("csr", blinded=True))
    assert asked_for(folder, Request("safety-update", blinded=True)).path.stem == "safety-update"
