"""Every report verifies itself: results are computed a second time, and without a full match it is a draft."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.display.book import RESULTS, STUDY, VERIFIED
from analysis.verify.verification import Recomputed, compared
from schemas.study import StudyDefinition
from schemas.study.unwritten import unwritten

MATCHED, UNWRITTEN = "matched", "unwritten"


def verify_build(build: Path, second: Recomputed) -> None:
    """Keep, for each result of a build, whether the second computation agrees.

    What failed inside it is kept as a failure of its own; nothing here stops a report, which is then marked as a draft
    on every page.
    """
    study = StudyDefinition.model_validate_json((build / STUDY).read_text(encoding="utf-8"))
    details = compared(study, second, pd.read_parquet(build / RESULTS)).details
    details.to_parquet(build / VERIFIED, index=False)


def counted(build: Path) -> dict[str, int]:
    """Return how many results were compared, how many of them matched (zero of zero where none was), and how many
    texts of the definition have still to be written.
    """
    study = StudyDefinition.model_validate_json((build / STUDY).read_text(encoding="utf-8"))
    path = build / VERIFIED
    state = pd.read_parquet(path, columns=["state"])["state"] if path.is_file() else pd.Series(dtype="str")
    return {"results": len(state), MATCHED: int((state == MATCHED).sum()), UNWRITTEN: len(unwritten(study))}


def warning(manifest: dict[str, Any]) -> str | None:
    """Return what to tell the person who built a report that is a draft, by its manifest; None where it is none."""
    held = manifest.get("verified", {})
    total, matched, texts = held.get("results", 0), held.get(MATCHED, 0), held.get(UNWRITTEN, 0)
    why = []
    if not 0 < total == matched:
        why.append(f"{total - matched} of {total} results are not confirmed by the second computation (nox -s verify)")
    if texts:
        why.append(f"{texts} text{'s' * (texts > 1)} of study.yml are to be written (nox -s validate)")
    return f"DRAFT: {'; '.join(why)}; every page says so" if why else None
