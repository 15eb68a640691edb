"""The documents of the exemplar, rendered whole: as long as they are meant to be, and as of a day nothing of later."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.studies import two_arms
from trial_report.report.assemble.documents import Request
from trial_report.report.assemble.steps import embedded
from trial_report.runtime.step import silent

pymupdf = pytest.importorskip("pymupdf")

pytestmark = [pytest.mark.requirement("REQ-1203", "REQ-1204", "REQ-1205", "REQ-1301"), pytest.mark.heavy]

EXEMPLAR = Path(__file__).parents[3] / "data" / "admscc-cli"
MIDDLE = date(2021, 12, 15)


def made(request: Request, target: Path, study: Path = EXEMPLAR) -> tuple[str, list[str]]:
    """The words of a document's page, and of each page of its PDF."""
    embedded(study, target, silent, request)
    page = (target / f"{request.document}.html").read_text(encoding="utf-8")
    words = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    with pymupdf.open(target / f"{request.document}.pdf") as pdf:
        return re.sub(r"<[^>]*>", " ", words), [part.get_text() for part in pdf]


def full(pages: list[str]) -> bool:
    """Whether no page has only a line or two beside its header and footer."""
    return all(len(page.splitlines()) > 8 for page in pages)


@pytest.mark.parametrize("as_of", [MIDDLE, None])
def test_a_cohort_review_has_two_to_four_pages(as_of: date | None, tmp_path: Path) -> None:
    words, pages = made(Request("cohort-review", as_of), tmp_path / "out")
    assert 2 <= len(pages) <= 4
    assert full(pages)
    assert "Medical monitor" in words
    held = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert held["document"] == {
        "name": "cohort-review", "blinded": False, "as_of": as_of.isoformat() if as_of else None,
    }  # fmt: skip
    assert 0 < held["verified"]["results"] == held["verified"]["matched"]


def test_as_of_a_day_nothing_of_later_is_in_the_whole_report(tmp_path: Path) -> None:
    words, pages = made(Request(as_of=MIDDLE), tmp_path / "out")
    assert "Clinical Study Report, as of 2021-12-15" in words
    assert "This document shows the study as of December 15, 2021" in words.replace("\xa0", " ")
    files = [path for path in sorted((tmp_path / "out").rglob("*")) if path.suffix in (".csv", ".json")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in files if path.name != "manifest.json"}
    for name, text in {"page": words, "pdf": "\n".join(pages), **texts}.items():
        days = [day for day in re.findall(r"\b20\d\d-\d\d-\d\d\b", text) if day > MIDDLE.isoformat()]
        assert not days, (name, days[:5])


def test_a_topline_has_two_pages(tmp_path: Path) -> None:
    words, pages = made(Request("topline"), tmp_path / "out")
    assert len(pages) == 2
    assert full(pages)
    assert "Primary results" in words


def test_tables_only_hold_all_of_section_14_and_no_listing(tmp_path: Path) -> None:
    words, _ = made(Request("tables"), tmp_path / "out")
    assert {"Table 14.1.1", "Table 14.2.1", "Table 14.3.1.1", "Table 14.3.4.1"} <= set(
        re.findall(r"Table [\d.]+\d", words)
    )
    assert "Listing 16.2" not in words


def test_a_safety_update_says_that_it_is_not_blinded(tmp_path: Path) -> None:
    words, pages = made(Request("safety-update"), tmp_path / "out")
    assert "This document is not blinded" in words
    assert full(pages)


def test_a_document_of_a_studys_own_is_built_with_its_sections(tmp_path: Path) -> None:
    study = two_arms.STUDY.write(tmp_path / "study")
    (study / "report" / "sections").mkdir(parents=True)
    (study / "report" / "board.qmd").write_text(
        "---\ntitle: Board\n---\n\n```{python}\n#| include: false\nfrom trial_report.report import prose\n"
        "from trial_report.report.cells.kit import num, show\n```\n\n"
        '```{python}\nprose.title("Board paper", cover=False)\n```\n\n{{< include sections/seen.qmd >}}\n'
    )
    (study / "report" / "sections" / "seen.qmd").write_text(
        '# Seen {#seen}\n\nOf `{python} num("sets/SAF/USUBJID/-/A/-/N")` treated.\n\n'
        '```{python}\nshow("ae.overview")\n```\n'
    )
    words, _ = made(Request("board"), tmp_path / "out", study)
    assert "Board paper" in words
    assert "Overview of adverse events" in words
    held = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert {"report/board.qmd", "report/sections/seen.qmd"} <= set(held["inputs"])


def test_the_report_in_volumes_holds_each_display_once_and_says_everywhere_what_the_data_are(tmp_path: Path) -> None:
    study, out = tmp_path / "study", tmp_path / "out"
    shutil.copytree(EXEMPLAR, study)
    with (study / "study.yml").open("a", encoding="utf-8") as definition:
        definition.write("\nvolumes: [{id: tables}, {id: statistics}, {id: listings}, {id: profiles}]\n")
    embedded(study, out, silent)
    held = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    names = ["csr", *held["document"]["volumes"]]
    assert names == ["csr", "csr-tables", "csr-statistics", "csr-listings", "csr-profiles"]
    assert {f"{name}.{kind}" for name in names for kind in ("html", "pdf")} <= held["outputs"].keys()
    listed, shown = [], []
    for number, name in enumerate(names):
        page = (out / f"{name}.html").read_text(encoding="utf-8")
        shown += re.findall(r'<figure id="(o-[^"]+)"', page)
        listed += re.findall(r'<li><a href="[\w.-]*#(o-[^"]+)"', page) if number == 0 else []
        with pymupdf.open(out / f"{name}.pdf") as pdf:
            assert all("Synthetic data" in part.get_text() for part in pdf)
            assert pdf.get_page_labels() != []
    assert len(shown) == len(set(shown)) > 100
    assert sorted(listed) == sorted(shown)
