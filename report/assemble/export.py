"""Writes a study's results, datasets and domains without rendering a report."""

from __future__ import annotations

from pathlib import Path

from trial_report.analysis.pipeline import prepare
from trial_report.report.publish.exports import csv_of, export
from trial_report.report.publish.manifest import results_json
from trial_report.runtime.choose import ChoiceError, outside
from trial_report.runtime.private import private
from trial_report.runtime.step import Step


def export_study(study: Path, out: Path, step: Step) -> list[Path]:
    """Write ``results.json``, ``results.csv``, ``datasets/`` and ``domains/`` into a new or empty folder.

    Returns the files. Raises ChoiceError where the folder holds something or is the study's, StudyProblems for data
    that are not fit to be analysed; nothing is written then.
    """
    outside(out, study)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ChoiceError(f"{out} holds something already: name a new folder with --out")
    with private("export") as work:
        results = prepare(study, work / "build", step)
        out.mkdir(parents=True, exist_ok=True)
        with step("Write the files"):
            (out / "results.json").write_text(results_json(results), encoding="utf-8", newline="\n")
            (out / "results.csv").write_text(csv_of(results), encoding="utf-8", newline="\n")
            export(work / "build", out)
    return sorted(path for path in out.rglob("*") if path.is_file())
