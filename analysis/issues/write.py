"""Writes problems for people and programs: CSV, HTML and JSON, with every text kept as the text it is."""

from __future__ import annotations

import csv
import html
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis.cells import neutral
from schemas.problems import Problem, Problems, shown

_COLUMNS = {
    "check": "Check",
    "severity": "Severity",
    "domain": "Domain",
    "file": "File",
    "line": "Line",
    "subject": "Subject",
    "visit": "Visit",
    "record": "Record",
    "variable": "Variable",
    "value": "Value",
    "expected": "Expected",
    "message": "Meaning",
    "remedy": "Remedy",
    "accepted": "Accepted",
    "consequences": "Records that fail by it",
    "source": "Source",
    "key": "Key",
}
_CSS = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 100rem; padding: 0 1rem; color: #1a1a1a; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid #ddd; }
th { position: sticky; top: 0; background: #f4f4f2; }
td { overflow-wrap: anywhere; unicode-bidi: isolate; }
.error { color: #a11; font-weight: 600; } .warning { color: #875a00; } .accepted { color: #555; }
"""


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


def to_html(problems: Problems, title: str, note: str = "") -> str:
    """One self-contained page with all problems in a table."""
    frame = problems.to_frame()[[*_COLUMNS]]
    texts = {name: _texts(frame[name]) for name in _COLUMNS}
    head = "".join(f"<th>{html.escape(label)}</th>" for label in _COLUMNS.values())
    rows = "\n".join(_html_row(dict(zip(texts, cells, strict=True))) for cells in zip(*texts.values(), strict=True))
    counts = problems.counts
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n<h1>{html.escape(title)}</h1>\n"
        f"<p>{counts}</p>\n{note}<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</body>\n</html>\n"
    )


def _html_row(cells: dict[str, str]) -> str:
    kind = "accepted" if cells["accepted"] else cells["severity"]
    styles = {"severity": f' class="{kind}"'}
    shown_cells = (f"<td{styles.get(name, '')}>{html.escape(shown(text, 1000))}</td>" for name, text in cells.items())
    return f"<tr>{''.join(shown_cells)}</tr>"


def to_json(problems: Problems, extra: dict[str, object]) -> str:
    """All problems with their counts and the records that fail by each, and what else there is to say, as JSON."""
    found = [as_plain(problem) for problem in problems]
    counts = {"errors": len(problems.errors), "warnings": len(problems.warnings), "accepted": len(problems.accepted)}
    # A lone surrogate cannot stand in UTF-8; JSON's own escapes can hold it.
    return json.dumps({"counts": counts, "problems": found, **extra}, indent=1, ensure_ascii=True) + "\n"


#: What is said of a record that fails because of a problem that stands elsewhere.
_OF_CONSEQUENCE = ("check", "domain", "file", "line", "subject", "visit", "record", "variable", "value", "key")


def as_plain(problem: Problem) -> dict[str, object]:
    """A problem as plain values, with the records that fail because of it under ``records``."""
    records = [{name: getattr(one, name) for name in _OF_CONSEQUENCE} for one in problem.consequences]
    return problem.as_dict() | ({"records": records} if records else {})


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
