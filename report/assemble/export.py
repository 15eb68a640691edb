"""Writes a study's results, datasets, domains, and what its tables print, without rendering a report.

Not here: the writing of a file (`report.publish.exports`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from trial_report.analysis.display.book import open_book
from trial_report.analysis.display.printed import printed_numbers
from trial_report.analysis.pipeline import prepare
from trial_report.declare.own import load, read
from trial_report.report.publish.exports import csv_of, export
from trial_report.report.publish.manifest import results_json
from trial_report.runtime.choose import ChoiceError, outside
from trial_report.runtime.private import private
from trial_report.runtime.step import Step


def export_study(study: Path, out: Path, step: Step, as_of: date | None = None, *, code: bool = True) -> list[Path]:
    """Write ``results.json``, ``results.csv``, ``displays.csv``, ``datasets/`` and ``domains/`` into a new folder.

    `as_of` takes the data as they stood on a day, `code` says whether the study's own code is run. Returns the files.
    Raises ChoiceError where the folder holds something or is the study's, or for a day after the cut-off; StudyProblems
    for data that are not fit to be analysed; OwnCodeError for code of the study. Nothing is written then.
    """
    outside(out, study)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ChoiceError(f"{out} holds something already: name a new folder with --out")
    with private("export") as work:
        results = prepare(study, work / "build", step, as_of, own=load(read(study, run=code)))
        with step("Make the tables"):
            displays = printed_numbers(open_book(work / "build"))
        out.mkdir(parents=True, exist_ok=True)
        with step("Write the files"):
            (out / "results.json").write_text(results_json(results), encoding="utf-8", newline="\n")
            (out / "results.csv").write_text(csv_of(results), encoding="utf-8", newline="\n")
            (out / "displays.csv").write_text(csv_of(displays), encoding="utf-8", newline="\n")
            export(work / "build", out)
    return sorted(path for path in out.rglob("*") if path.is_file())
