"""Accepted issues: known problems that somebody answers for, from `accepted-issues.csv` in the study's folder.

Not here: the checks (`schemas.checks`), and comparison with an earlier delivery (`issues.since`).
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import trial_report.schemas.checks.shape  # noqa: F401  (registers the checks of acceptances)
from trial_report.analysis.read.delimited import read_delimited
from trial_report.analysis.results.spreadsheet import as_meant
from trial_report.schemas.checks.registry import CHECKS, OWN, generic_id
from trial_report.schemas.problems import Problem, Problems

FILE = "accepted-issues.csv"
COLUMNS = ("check", "key", "reason", "who", "date")


def accept_known(study_dir: Path, problems: Problems) -> Problems:
    """The problems, those accepted in the study's `accepted-issues.csv` marked with reason, person and date.

    The file has the columns check, key, reason, who and date; check and key are those of `data-issues.csv`. An
    acceptance that is incomplete, or of a kind that cannot be accepted, is an error; one that matches nothing a
    warning.
    """
    path = study_dir / FILE
    if not os.path.lexists(path):
        return problems
    if path.is_symlink() or not path.is_file():
        return Problems([_unreadable(None, "a link or a folder", "a file of its own"), *problems])
    table = read_delimited(path.read_bytes())
    result = Problems(_unreadable(flaw.line, flaw.value, flaw.expected) for flaw in table.flaws if flaw.check != "010")
    if table.frame is None or set(COLUMNS) - set(table.frame.columns):
        if table.frame is not None:
            result.add(_unreadable(1, ", ".join(table.frame.columns), ", ".join(COLUMNS)))
        result.extend(problems)
        return result
    texts = table.frame[list(COLUMNS)].apply(lambda column: column.str.strip())
    frame = texts.where(texts != "").assign(line=table.lines)
    # The key stands as it does in data-issues.csv, blanks and all.
    frame["key"] = table.frame["key"].map(as_meant, na_action="ignore")
    frame = frame[~table.broken]
    dated = np.array([_is_day(text) for text in frame["date"]], dtype=bool)
    incomplete = frame[list(COLUMNS)].isna().any(axis=1) | ~dated
    for row in frame[incomplete].to_dict("records"):
        result.add(_at("ACC-002", row, expected="check, key, reason, who, and a date that exists"))
    rows = frame[~incomplete].to_dict("records")
    reasons = {(row["check"], row["key"]): f"{row['reason']} ({row['who']}, {row['date']})" for row in rows}
    refused = {pair for pair in reasons if not _acceptable(pair[0])}
    known = problems.known()
    for row in rows:
        pair = (row["check"], row["key"])
        if pair in refused:
            result.add(_at("ACC-003", row, expected="no acceptance"))
        elif pair not in known and not _unknown_here(pair[0], problems):
            result.add(_at("ACC-001", row, expected="a problem with this check and key"))
    result.extend(problems.accept({pair: reason for pair, reason in reasons.items() if pair not in refused}))
    return result


def accept_checks(problems: Problems, reasons: Mapping[str, str]) -> Problems:
    """The problems, all of a check that the definition accepts (`data.accepted_checks`) marked with its reason.

    A check that does not exist, or whose findings cannot be accepted, is an error.
    """
    known = {id for id in reasons if id.startswith(OWN) or generic_id(id) in CHECKS}
    refused = [id for id in reasons if id not in known or not _acceptable(id)]
    pairs = {(p.check, p.key): reasons[p.check] for p in problems if p.check in reasons and p.check not in refused}
    result = problems.accept(pairs)
    result.extend(
        CHECKS["ACC-003"].problem(
            "STUDY",
            file="study.yml",
            variable="data.accepted_checks",
            value=id,
            expected="a check that can be accepted",
        )
        for id in refused
    )
    return result


def _unknown_here(check: str, problems: Problems) -> bool:
    """Whether a check may have been carried out elsewhere only: by CDISC CORE, whose report is not read, or by the
    study's own code, which runs only for its report.
    """
    if check.startswith(OWN):
        return not any(one.check.startswith(OWN) for one in problems)
    return check.startswith("CORE-") and not any(one.source for one in problems)


def _is_day(text: object) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(text)):
        return False
    try:
        return bool(dt.date.fromisoformat(str(text)))
    except ValueError:
        return False


def _acceptable(check: str) -> bool:
    found = CHECKS.get(generic_id(check))
    return found is None or found.acceptable


def _unreadable(line: int | None, value: str, expected: str) -> Problem:
    return CHECKS["ACC-002"].problem("STUDY", file=FILE, line=line, value=value, expected=expected)


def _at(id: str, row: Mapping[Hashable, Any], expected: str) -> Problem:
    check = "" if pd.isna(row["check"]) else row["check"]
    key = "" if pd.isna(row["key"]) else row["key"]
    return CHECKS[id].problem("STUDY", file=FILE, line=int(str(row["line"])), value=f"{check} {key}", expected=expected)
