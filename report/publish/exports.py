"""Puts beside a report the data that it was made from: analysis datasets and domains, for programs and for people.

Not here: the frame of printed numbers (`analysis.display.printed`), and an export without a report
(`report.assemble.export`).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from trial_report.analysis.display.book import DATASETS, STUDY
from trial_report.analysis.results.spreadsheet import neutral
from trial_report.report.publish.place import DATA_FOLDERS
from trial_report.schemas.study import StudyDefinition


def export(build: Path, folder: Path) -> None:
    """Write ``datasets/`` and ``domains/`` of a build into a report's folder.

    Parquet holds every type and is what `trial-report compare` reads; of the analysis datasets there is CSV too, in
    which a spreadsheet runs nothing. ``datasets/study.json`` is the study's definition as it was read.
    """
    for name in DATA_FOLDERS:
        (folder / name).mkdir()
        for path in sorted((build / name).glob("*.parquet")):
            shutil.copyfile(path, folder / name / path.name)
    for path in sorted((build / DATASETS).glob("*.parquet")):
        text = csv_of(pd.read_parquet(path))
        (folder / DATASETS / f"{path.stem}.csv").write_text(text, encoding="utf-8", newline="\n")
    shutil.copyfile(build / STUDY, folder / DATASETS / STUDY)


def csv_of(frame: pd.DataFrame) -> str:
    """Return a frame as CSV: dates as ISO 8601, numbers in full, nothing for a missing value, text neutralised."""
    shown = frame.copy()
    for name in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[name].dtype):
            shown[name] = frame[name].dt.strftime("%Y-%m-%d")
        elif not pd.api.types.is_numeric_dtype(frame[name].dtype):
            shown[name] = frame[name].map(lambda text: neutral(str(text)), na_action="ignore")
    shown.columns = [neutral(str(name)) for name in frame.columns]
    return str(shown.to_csv(index=False, lineterminator="\n"))


def exported(folder: Path) -> tuple[Mapping[str, pd.DataFrame], Mapping[str, pd.DataFrame], StudyDefinition | None]:
    """Return the datasets, domains and definition beside a report; nothing, or None, for what is not there.

    A key of the definition that this version does not know is left out: another revision of the code may have written
    it. Raises OSError or ValueError for files that are not what a report wrote.
    """
    datasets, domains = (_frames(folder / name) for name in DATA_FOLDERS)
    path = folder / DATASETS / STUDY
    if not path.is_file():
        return datasets, domains, None
    return datasets, domains, StudyDefinition.model_validate_json(path.read_text(encoding="utf-8"), extra="ignore")


def _frames(folder: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
