"""Every report verifies itself: results are computed a second time, and without a full match it is a draft."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.display.book import RESULTS, STUDY, VERIFIED
from analysis.verify.verification import Recomputed, compared
from schemas.study import StudyDefinition

MATCHED = "matched"


def verify_build(build: Path, second: Recomputed) -> None:
    """Keep, for each result of a build, whether the second computation agrees.

    What failed inside it is kept as a failure of its own; nothing here stops a report, which is then marked as a draft
    on every page.
    """
    study = StudyDefinition.model_validate_json((build / STUDY).read_text(encoding="utf-8"))
    details = compared(study, second, pd.read_parquet(build / RESULTS)).details
    details.to_parquet(build / VERIFIED, index=False)


def counted(build: Path) -> dict[str, int]:
    """Return how many results were compared, and how many of them matched; zero of zero where none was."""
    path = build / VERIFIED
    if not path.is_file():
        return {"results": 0, "matched": 0}
    state = pd.read_parquet(path, columns=["state"])["state"]
    return {"results": len(state), MATCHED: int((state == MATCHED).sum())}


def warning(manifest: dict[str, Any]) -> str | None:
    """Return what to tell the person who built a report that is a draft, by its manifest; None for a full match."""
    held = manifest.get("verified", {})
    total, matched = held.get("results", 0), held.get(MATCHED, 0)
    if 0 < total == matched:
        return None
    return (
        f"DRAFT: {total - matched} of {total} results are not confirmed by the second computation, and every page says "
        "so; nox -s verify lists them"
    )
