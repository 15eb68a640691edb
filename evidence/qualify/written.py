"""Writes the evidence for validation in both formats: validation.html and validation.pdf.

Not here: what stands in the document (`document`).
"""

from __future__ import annotations

from pathlib import Path

from trial_report.evidence.pages import html_page, typst_source
from trial_report.evidence.qualify.document import CONTENTS, TITLE, blocks
from trial_report.evidence.qualify.evidence import Evidence
from trial_report.schemas.study import load_study


def write(evidence: Evidence, study: Path, out: Path) -> list[Path]:
    """Write the document in both formats into ``out``; returns the files. Raises DocumentError, StudyProblems."""
    from trial_report.report.render.embedded import pdf

    out.mkdir(parents=True, exist_ok=True)
    held = blocks(evidence, load_study(study).study.data_cutoff)
    html, printed = out / "validation.html", out / "validation.pdf"
    html.write_text(html_page(TITLE, held, CONTENTS), encoding="utf-8", newline="\n")
    printed.write_bytes(pdf(typst_source(held), out))
    return [html, printed]
