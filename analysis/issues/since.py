"""What is new, known and gone since the last delivery: found by comparing with it, or with what an earlier run left.

Not here: how two deliveries are held against each other (`compare`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

from trial_report.analysis.issues import UnreadableError
from trial_report.analysis.issues.compare import compare_issues
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problem, Problems
from trial_report.schemas.study import StudyDefinition

_TEXTS = [one.name for one in fields(Problem) if one.name not in ("line", "consequences", "more")]


@dataclass(frozen=True)
class Delivery:
    """The data that a run judged: what identifies their files, and the last day that they tell of."""

    digest: str = ""
    until: str = ""


@dataclass(frozen=True)
class Issues:
    """The problems of a delivery, the site of each subject, and how they stand to those of the delivery before it.

    Without an earlier delivery `before` is None, and nothing is new, known or gone.
    """

    problems: Problems
    sites: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery()
    before: Delivery | None = None
    new: frozenset[Problem] = frozenset()
    gone: tuple[Problem, ...] = ()

    def since(self, problem: Problem) -> str:
        """``new`` or ``known``; nothing where there is no earlier delivery to know it from."""
        return "" if self.before is None else "new" if problem in self.new else "known"

    def state(self, problem: Problem) -> str:
        """What a person filters by: ``accepted``, else ``new`` or ``known``, else ``open``."""
        return "accepted" if problem.accepted else self.since(problem) or "open"

    @property
    def changes(self) -> dict[str, int]:
        """How many are new, known and gone."""
        return {"new": len(self.new), "known": len(self.problems) - len(self.new), "gone": len(self.gone)}


@dataclass(frozen=True)
class Before:
    """What an earlier delivery had: its problems, and the site of each of its subjects."""

    problems: Problems
    delivery: Delivery
    sites: Mapping[str, str] = field(default_factory=dict)


def compared(problems: Problems, domains: Domains, delivery: Delivery, before: Before | None) -> Issues:
    """The problems beside those of the earlier delivery, if there is one.

    A problem is gone where its domain was judged and had none: not where the domain could not be read.
    """
    sites = sites_of(domains)
    if before is None:
        return Issues(problems, sites, delivery)
    found = compare_issues(before.problems, problems)
    gone = tuple(problem for problem in found.resolved if problem.domain not in domains.unread)
    return Issues(problems, {**before.sites, **sites}, delivery, before.delivery, frozenset(found.new), gone)


def remembered(path: Path, delivery: Delivery) -> Before | None:
    """What the run before left in its ``data-issues.json``; None where there is none, or nothing before it.

    A run over the same files again is no new delivery: what that run was compared with still counts. So a problem
    stays new for as long as the delivery that brought it is the last one, however often it is checked. Raises
    UnreadableError.
    """
    if not path.is_file():
        return None
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        # A run that could not read the definition judged no data, and hands on what it was left.
        held = held.get("unjudged", held)
        found = [(_problem(row), row) for row in held["problems"]]
        gone = [(_problem(row), row) for row in held.get("gone", [])]
        last, first = _delivery(held.get("data")), _delivery(held.get("since"))
        if last is None or not last.digest or last.digest != delivery.digest:
            return Before(Problems(one for one, _ in found), last or Delivery(), _sites(found))
        if first is None:
            return None
        kept = [pair for pair in found if pair[1].get("since") == "known"] + gone
        return Before(Problems(one for one, _ in kept), first, _sites(kept))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableError(str(error)) from error


def carried(path: Path) -> dict[str, object]:
    """What a run that could judge no data hands on, so that the next one knows what was there before."""
    try:
        held = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        held = held.get("unjudged", held)
        kept = {name: held[name] for name in ("data", "since", "problems", "gone") if name in held}
        return {"unjudged": kept} if "problems" in kept else {}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError(str(error)) from error


def _problem(row: dict[str, Any]) -> Problem:
    texts = {name: row.get(name, "") for name in _TEXTS}
    line = row.get("line")
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(line, int | None):
        raise ValueError("not a problem as this program writes it")
    return Problem(**texts, line=line)


def _delivery(held: Mapping[str, str] | None) -> Delivery | None:
    return None if held is None else Delivery(str(held["digest"]), str(held["until"]))


def _sites(found: list[tuple[Problem, dict[str, Any]]]) -> dict[str, str]:
    return {problem.subject: str(row["site"]) for problem, row in found if problem.subject and row.get("site")}


def delivered(folder: Path, definition: StudyDefinition, domains: Domains) -> Delivery:
    """What identifies a delivery: its data files, and the last day up to the data cut-off on which something was."""
    whole = hashlib.sha256()
    inside = folder / definition.data.folder
    try:
        for path in sorted((inside if inside.is_dir() else folder).iterdir()):
            data = path.suffix.lower() == f".{definition.data.format}" and not path.name.startswith((".", "~"))
            if data and path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    whole.update(path.name.encode("utf-8", "surrogateescape") + b"\0")
                    whole.update(hashlib.file_digest(file, "sha256").digest())
    except OSError:  # What cannot be read is a problem already; which delivery it is cannot be told.
        return Delivery()
    return Delivery(whole.hexdigest(), _until(domains, definition.study.data_cutoff.isoformat()))


def _until(domains: Domains, cutoff: str) -> str:
    days = ""
    for domain, frame in domains.items():
        for name in frame.columns:
            if name.endswith("DTC") and domains.has(domain, name):
                # Of a million moments there are some thousand days.
                values = pd.Series(frame[name].dropna().astype("str").str.slice(0, 10).unique(), dtype="str")
                values = values[values.str.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}") & (values <= cutoff)]
                days = max(days, "" if values.empty else str(values.max()))
    return days


def sites_of(domains: Domains) -> dict[str, str]:
    """Subject → site, from DM."""
    if not domains.has("DM", "USUBJID", "SITEID"):
        return {}
    frame = domains["DM"][["USUBJID", "SITEID"]].dropna().drop_duplicates("USUBJID")
    return dict(zip(frame["USUBJID"].astype("str"), frame["SITEID"].astype("str"), strict=True))
