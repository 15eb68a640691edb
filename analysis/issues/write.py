"""Writes problems for spreadsheets and programs, CSV and JSON, with every text kept as the text it is.

Not here: what is safe in a spreadsheet (`results.spreadsheet`), and the page (`page`).
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from trial_report.analysis.issues.since import Issues
from trial_report.analysis.results.spreadsheet import neutral
from trial_report.schemas.problems import Problem


def to_csv(frame: pd.DataFrame) -> str:
    """A frame as CSV, every cell and column name neutralised (`neutral`) but the numbers in ``line``."""
    buffer = io.StringIO()
    # With these line ends the writer also quotes a cell that holds a lone carriage return.
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([neutral(str(name)) for name in frame.columns])
    texts = {name: _texts(frame[name]) for name in frame.columns}
    columns = [cells if name == "line" else [neutral(cell) for cell in cells] for name, cells in texts.items()]
    writer.writerows(zip(*columns, strict=True))
    return buffer.getvalue()


def _texts(values: pd.Series) -> list[str]:
    return ["" if value is None or value is pd.NA or value != value else str(value) for value in values]


def listed(issues: Issues) -> pd.DataFrame:
    """A row a problem for people: its fields, the state after the severity, the site before the subject."""
    frame = issues.problems.to_frame()
    states = [issues.state(problem) for problem in issues.problems]
    sites = [issues.sites.get(problem.subject, "") for problem in issues.problems]
    names = list(frame.columns)
    frame.insert(names.index("subject"), "site", pd.Series(sites, index=frame.index, dtype="str"))
    frame.insert(names.index("severity") + 1, "state", pd.Series(states, index=frame.index, dtype="str"))
    return frame


def to_json(issues: Issues, extra: Mapping[str, object]) -> str:
    """All problems with their counts and the records that fail by each, and what else there is to say, as JSON.

    From it the next run knows what is new (`analysis.issues.since`).
    """
    problems, before = issues.problems, issues.before
    counts = {"errors": len(problems.errors), "warnings": len(problems.warnings), "accepted": len(problems.accepted)}
    said = {
        "data": asdict(issues.delivery),
        "since": None if before is None else asdict(before),
        "counts": counts | ({} if before is None else issues.changes),
        "problems": [
            as_plain(problem, issues) | {"since": issues.since(problem), "state": issues.state(problem)}
            for problem in problems
        ],
        "gone": [as_plain(problem, issues) for problem in issues.gone],
        **extra,
    }
    # A lone surrogate cannot stand in UTF-8; JSON's own escapes can hold it.
    return json.dumps(said, indent=1, ensure_ascii=True) + "\n"


#: What is said of a record that fails because of a problem that stands elsewhere.
_OF_CONSEQUENCE = ("check", "domain", "file", "line", "subject", "visit", "record", "variable", "value", "key")


def as_plain(problem: Problem, issues: Issues) -> dict[str, object]:
    """A problem as plain values, with its site, and the records that fail because of it under ``records``."""
    records = [{name: getattr(one, name) for name in _OF_CONSEQUENCE} for one in problem.consequences]
    site = {"site": issues.sites.get(problem.subject, "")}
    return problem.as_dict() | site | ({"records": records} if records else {})


def write_all(folder: Path, files: dict[str, str]) -> Sequence[Path]:
    """Write texts to files of a folder: all are written beside their names first, and take them at the end.

    Raises OSError; what was written beside the names is then taken away.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ready = {folder / f".{name}.{os.getpid()}.part": folder / name for name in files}
    try:
        for temporary, text in zip(ready, files.values(), strict=True):
            temporary.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        for temporary, path in ready.items():
            os.replace(temporary, path)
    finally:
        for temporary in ready:
            temporary.unlink(missing_ok=True)
    return list(ready.values())
