"""Every report verifies itself: results are computed a second time; where they differ it is a draft.

Not here: the process that computes again (`second_computation`), and tolerances (`analysis.verify.compare`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from trial_report.analysis.display.book import RESULTS, STUDY, VERIFIED
from trial_report.analysis.verify.compare import FAILED, NOT_COMPUTED
from trial_report.analysis.verify.verification import Recomputed, compared
from trial_report.declare.own import NOTHING, OwnCode
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.unwritten import unwritten

MATCHED, ABSENT, UNWRITTEN = "matched", "not_computed", "unwritten"


def verify_build(build: Path, second: Recomputed, own: OwnCode = NOTHING) -> None:
    """Keep, for each result of a build, whether the second computation agrees.

    What failed inside it is kept as a failure in words, its own error not; nothing here stops a report. Results that
    differ make it a draft; results that were not computed are said on every page.
    """
    study = StudyDefinition.model_validate_json((build / STUDY).read_text(encoding="utf-8"))
    details = compared(study, second, pd.read_parquet(build / RESULTS), own).details
    details.drop(columns="error", errors="ignore").to_parquet(build / VERIFIED, index=False)


def not_again(second: Recomputed) -> list[str]:
    """What could not be computed a second time, and the error itself: for the terminal, not for the report."""
    return [f"Not computed a second time: {one.what}: {one.error or one.reason}" for one in second.failures]


def counted(build: Path) -> dict[str, int]:
    """Return how many results were compared, how many of them matched and how many could not be computed (zero of zero
    where none was compared), and how many texts of the definition have still to be written.
    """
    study = StudyDefinition.model_validate_json((build / STUDY).read_text(encoding="utf-8"))
    path = build / VERIFIED
    state = pd.read_parquet(path, columns=["state"])["state"] if path.is_file() else pd.Series(dtype="str")
    held = {MATCHED: int((state == MATCHED).sum()), ABSENT: int((state == NOT_COMPUTED).sum())}
    return {"results": int((state != FAILED).sum()), **held, UNWRITTEN: len(unwritten(study))}


def warning(manifest: dict[str, Any]) -> str | None:
    """Return what to tell the person who built a report that is a draft, or not wholly computed twice, by its manifest;
    None where it is neither.
    """
    held = manifest.get("verified", {})
    total, matched, absent, texts = (held.get(name, 0) for name in ("results", MATCHED, ABSENT, UNWRITTEN))
    why = []
    if not 0 < total == matched + absent:
        wrong = total - matched - absent
        why.append(f"{wrong} of {total} results are not confirmed by the second computation (trial-report verify)")
    if texts:
        why.append(f"{texts} text{'s' * (texts > 1)} of study.yml are to be written (trial-report validate)")
    told = f"DRAFT: {'; '.join(why)}; every page says so" if why else ""
    if absent:
        told += (
            f"{'. ' if told else ''}{absent} of {total} results were not computed a second time (trial-report verify)"
        )
    return told or None
