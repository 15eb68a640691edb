"""The evidence as a document: complete only when everything was done and found right, and claiming nothing more."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from datetime import date
from importlib import metadata
from pathlib import Path

import pandas as pd
import pytest

from trial_report.evidence.difference import Difference
from trial_report.evidence.pages import html_page, typst_source
from trial_report.evidence.qualify.document import CONTENTS, NO_CLAIM, TITLE, blocks
from trial_report.evidence.qualify.evidence import RENDERING, Evidence
from trial_report.evidence.qualify.installation import Package, check_files
from trial_report.evidence.qualify.requirements import Requirement, Test, matrix
from trial_report.report.render.embedded import pdf

pytestmark = pytest.mark.requirement("REQ-508")

CUTOFF = date(2021, 12, 31)


@pytest.fixture
def evidence() -> Evidence:
    passed = Test("tests/test_a.py", "test_a", "passed", 0.1, ("R-1",))
    return Evidence(
        "mine", revision="abc", python="3.11.0", limits=["One limit."],
        packages=[Package("numpy", "2.3", "2.3", 10, ())],
        matrix=matrix([Requirement("R-1", 5, "It works <script>.")], [passed]),
        steps=[("Analyse", 1.0), (RENDERING[0], 3.0), (RENDERING[-1], 2.0)], verify_seconds=4.0,
        sizes=[("csr.html", 100)],
        verified=pd.DataFrame({"analysis": ["ae"], "matched": [3], "differs": [0], "rows": [3]}),
        differences=[],
    )  # fmt: skip


def _html(evidence: Evidence) -> str:
    return html_page(TITLE, blocks(evidence, CUTOFF), CONTENTS)


def test_complete_evidence_has_every_part_and_no_notice(evidence: Evidence) -> None:
    assert evidence.complete
    page = _html(evidence)
    assert all(f'id="{anchor}"' in page for anchor, _ in CONTENTS)
    assert "INCOMPLETE" not in page
    assert "It works &lt;script&gt;." in page
    assert "Signature" in page


def test_it_never_says_that_anything_is_validated(evidence: Evidence) -> None:
    page = re.sub(r"<style>.*?</style>", "", _html(evidence), flags=re.DOTALL)
    assert NO_CLAIM in page
    assert [found for found in re.findall(r"[^.>]*\bvalidated\b", page) if "not claim" not in found] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("packages", []),
        ("packages", [Package("numpy", "2.3", "2.2", 10, ())]),
        ("packages", [Package("numpy", "2.3", "2.3", 10, ("numpy/a.py differs",))]),
        ("matrix", None),
        ("matrix", matrix([Requirement("R-1", 5, "It works.")], [])),
        ("sizes", []),
        ("verified", None),
        ("verified", pd.DataFrame({"analysis": ["ae"], "matched": [2], "differs": [1], "rows": [3]})),
        ("verify_seconds", 5.5),
        ("verified", pd.DataFrame({"analysis": [], "matched": [], "differs": [], "rows": []})),
        ("differences", None),
        ("differences", [Difference("csr.pdf", "page 3, text", "1", "2")]),
        ("faults", ["it could not be built"]),
    ],
)
def test_anything_wrong_or_not_done_makes_it_incomplete(evidence: Evidence, field: str, value: object) -> None:
    setattr(evidence, field, value)
    assert not evidence.complete
    assert "INCOMPLETE" in _html(evidence)


def test_the_same_blocks_give_a_pdf(evidence: Evidence, tmp_path: Path) -> None:
    pymupdf = pytest.importorskip("pymupdf")
    made = pdf(typst_source(blocks(evidence, CUTOFF)), tmp_path)
    with pymupdf.open(stream=made, filetype="pdf") as document:
        words = " ".join(" ".join(page.get_text() for page in document).split())
    assert "Evidence for validation" in words
    assert "It works <script>." in words


def test_an_altered_file_of_a_package_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "thing-1.0.dist-info"
    folder.mkdir()
    lines = ["thing-1.0.dist-info/RECORD,,"]
    for name, held in (("good.py", b"a = 1\n"), ("altered.py", b"b = 1\n"), ("gone.py", b"c = 1\n")):
        digest = urlsafe_b64encode(hashlib.sha256(held).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(held)}")
    (tmp_path / "good.py").write_bytes(b"a = 1\n")
    (tmp_path / "altered.py").write_bytes(b"b = 2\n")
    (folder / "RECORD").write_text("\n".join(lines), encoding="utf-8")
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n", encoding="utf-8")
    checked, altered = check_files(metadata.Distribution.at(folder))
    assert checked == 3
    assert altered == ["altered.py differs", "gone.py is gone"]
