"""The lines around each problem, as the files have them, and the subject's records before and after in time.

Not here: which problems there are (`schemas.checks`), and the page that shows them (`page`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report.analysis.read.delimited import RawTable, read_delimited
from trial_report.schemas.domains.tables import Domains, as_texts
from trial_report.schemas.domains.variables import prefix
from trial_report.schemas.problems import Problem, shown

#: Lines before and after the problem's, in the file and in time.
AROUND = 2
#: Cells in one page; each check has its share, so that the first problems of every check are shown with their records.
CELLS = 4_000_000
_LONGEST_CELL = 200
_LONGEST_TEXT = 1_000_000
_Numbers = npt.NDArray[np.int64]


def excerpts(
    study: Path, folder: Path, domains: Domains, problems: Iterable[Problem], cells: int = CELLS
) -> list[dict[str, Any]]:
    """What the page shows of the files: a table a data file, and the lines of the study's own texts.

    A table has its columns (codes into levels), and for each row its number in the file, its line, and the group
    (subject and test) and rank in time within the group, by which the page finds a row's neighbours.
    """
    lines: dict[tuple[str, str], list[int]] = {}
    turn: dict[str, int] = {}
    ordered = []
    for problem in problems:
        if problem.file and problem.line is not None:
            turn[problem.check] = turn.get(problem.check, 0) + 1
            ordered.append((turn[problem.check], problem))
    # The first of every check, then the second of every check, and so on (sorting keeps the order among equals).
    for _, problem in sorted(ordered, key=lambda pair: pair[0]):
        lines.setdefault((problem.file, problem.domain), []).append(problem.line or 0)
    total = sum(len(found) for found in lines.values())
    named = {problem.variable for _, problem in ordered}
    result = []
    for file, domain in lines:
        path = (study if domain == "STUDY" else folder) / file
        wanted = lines[file, domain]
        if domain == "STUDY":
            result += _text(study, path, file, wanted)
        elif (found := _table(path, domains)) is not None and found[0].frame is not None:
            share = cells * len(wanted) // total
            result.append(_excerpt(found[0], found[0].frame, file, found[1] or domain, wanted, named, share))
    return [table for table in result if table]


def _table(path: Path, domains: Domains) -> tuple[RawTable, str] | None:
    """A file's rows and their domain: text as the file has it, a transport file (slow to read) as it was read."""
    domain = next((name for name, source in domains.sources.items() if path.name in source.files), "")
    if path.suffix.lower() == ".xpt":
        if not domain:
            return None
        source = domains.sources[domain]
        rows = source.file_of == source.files.index(path.name)
        frame = domains[domain].loc[rows, [name for name in source.columns if name in domains[domain]]]
        return RawTable(frame.reset_index(drop=True), source.lines[rows], source.broken[rows]), domain
    try:
        if path.is_symlink() or not path.is_file():
            return None
        return read_delimited(path.read_bytes()), domain
    except OSError:
        return None


def _text(study: Path, path: Path, file: str, lines: list[int]) -> list[dict[str, Any]]:
    try:
        inside = path.resolve().is_relative_to(study.resolve()) and path.is_file() and not path.is_symlink()
        if not inside or path.stat().st_size > _LONGEST_TEXT:
            return []
        texts = path.read_bytes().decode("utf-8", "replace").split("\n")
    except (OSError, ValueError):
        return []
    near = sorted({n for line in lines for n in range(line - 3, line + 4) if 1 <= n <= len(texts)})
    return [{"file": file, "line": near, "text": [shown(texts[n - 1].rstrip("\r"), 500) for n in near]}]


def _excerpt(
    table: RawTable, frame: pd.DataFrame, file: str, domain: str, lines: list[int], named: set[str], cells: int
) -> dict[str, Any]:
    # Every problem brings two neighbourhoods; many share their rows, so that this takes too few rather than too many.
    each = len(frame.columns) * 4 * AROUND
    wanted = np.array(lines[: max(cells // each, 1)], dtype=np.int64)
    at = np.searchsorted(table.lines, wanted)
    at = np.unique(at[(at < len(table.lines)) & (table.lines[np.minimum(at, len(table.lines) - 1)] == wanted)])
    if not len(at):
        return {}
    group, rank, order = _in_time(frame, domain, at)
    rows = [at + step for step in range(-AROUND, AROUND + 1)]
    if len(order):
        place = np.zeros(len(frame), dtype=np.int64)
        place[order] = np.arange(len(order))
        for step in range(-AROUND, AROUND + 1):
            there = np.clip(place[at] + step, 0, len(order) - 1)
            rows.append(order[there][(group[order[there]] == group[at]) & (group[at] >= 0)])
    chosen = np.unique(np.concatenate(rows))
    chosen = chosen[(chosen >= 0) & (chosen < len(frame))]
    part = frame.iloc[chosen]
    columns = {str(name): _coded(part.iloc[:, place]) for place, name in enumerate(part.columns)}
    # What is the same in every record of every study, or empty in all that are shown, only takes room.
    dull = {name for name, (levels, _) in columns.items() if levels == [""] or name in ("STUDYID", "DOMAIN")} - named
    kept = {name: column for name, column in columns.items() if name not in dull}
    return {
        "file": file,
        "test": f"{prefix(domain)}TESTCD" if f"{prefix(domain)}TESTCD" in frame.columns else "",
        "names": list(kept),
        "levels": [levels for levels, _ in kept.values()],
        "codes": [codes for _, codes in kept.values()],
        "line": table.lines[chosen].tolist(),
        "row": chosen.tolist(),
        "group": group[chosen].tolist() if len(order) else [],
        "rank": rank[chosen].tolist() if len(order) else [],
    }


def _coded(values: pd.Series) -> tuple[list[str], list[int]]:
    codes, levels = pd.factorize(values, use_na_sentinel=True)
    texts = ["", *(shown(text, _LONGEST_CELL) for text in as_texts(levels.tolist()))]
    return (texts, (codes + 1).tolist()) if len(texts) > 1 else ([""], [0] * len(codes))


def _in_time(frame: pd.DataFrame, domain: str, at: _Numbers) -> tuple[_Numbers, _Numbers, _Numbers]:
    """For each row its group (subject, and test) and its rank in it by date; and the rows in that order.

    Of the subjects of the rows `at` only: the others are in no group (-1).
    """
    own = prefix(domain) or domain
    none = np.zeros(0, dtype=np.int64)
    dates = [name for name in (f"{own}DTC", f"{own}STDTC") if name in frame.columns and frame[name].notna().any()]
    if "USUBJID" not in frame.columns or not dates or domain == "DM":
        return none, none, none
    subjects = frame["USUBJID"]
    rows = np.flatnonzero(subjects.isin(subjects.iloc[at].dropna().unique()))
    if not len(rows):
        return none, none, none
    part = frame.iloc[rows]
    names = ["USUBJID", *(name for name in (f"{own}TESTCD",) if name in frame.columns)]
    groups = part.groupby(names, sort=False, dropna=False).ngroup().to_numpy(dtype=np.int64)
    date = pd.factorize(part[dates[-1]].astype("str"), sort=True, use_na_sentinel=True)[0]
    order = np.lexsort((rows, np.where(date < 0, len(rows), date), groups))
    starts = np.flatnonzero(np.r_[True, np.diff(groups[order]) != 0])
    group, rank = np.full((2, len(frame)), -1, dtype=np.int64)
    group[rows] = groups
    rank[rows[order]] = np.arange(len(rows)) - np.repeat(starts, np.diff(np.r_[starts, len(rows)]))
    return group, rank, rows[order]
