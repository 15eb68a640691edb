"""The page that a data manager works from: every problem with its record, to filter, query and accept, in one file.

The page holds the problems as data and draws what is looked at (``sheet/page.js``). It asks no network for anything,
and its Content-Security-Policy lets nothing run but what stands in it, by hash. Text from data is only ever text.

Not here: files for spreadsheets and programs (`write`), the terminal (`terminal`), and the report's pages
(`report.render`).
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trial_report.analysis.issues.since import Issues
from trial_report.analysis.results.spreadsheet import PATTERN
from trial_report.schemas.checks.registry import CHECKS, generic_id
from trial_report.schemas.problems import Problem, shown

_PARTS = Path(__file__).with_name("sheet")
EXPORTS = _PARTS / "exports.js"
"""What writes rows as CSV and XLSX and onto the clipboard in a browser; the report's page does so too."""
#: Beyond these a page would be slow to open: each check has its share, and the page says where the others are.
MOST = 200_000
_LONGEST = 1000
_CONSEQUENCES = 50
#: Fields that repeat themselves are codes into levels; the others follow from these or are given one by one.
_CODED = (
    *("check", "severity", "state", "domain", "file", "site", "subject", "visit", "record"),
    *("variable", "value", "expected", "message", "remedy", "accepted", "source"),
)
#: A query to a site in words: each part is said where its field says something.
QUESTION = (
    ("message", "{}."),
    ("value", " Found: “{}”."),
    ("expected", " Expected: {}."),
    ("", " Please correct it against the source, or confirm that it is right as recorded."),
)


def question(fields: dict[str, str]) -> str:
    """A query in words; the page does the same by the same parts."""
    parts = ((name, fields.get(name, "").rstrip(". "), text) for name, text in QUESTION)
    return "".join(text.replace("{}", value) for name, value, text in parts if value or not name)


def to_html(
    issues: Issues, title: str, *, tables: Iterable[dict[str, Any]] = (), accepted_file: bool = False, most: int = MOST
) -> str:
    """The page, one self-contained file. `tables` are those of `excerpts`; `accepted_file` whether the study has one.

    Beyond `most` problems the page holds the first of every check.
    """
    found = [*issues.problems, *issues.gone]
    kept = _shared_out(found, most)
    gone = frozenset(issues.gone)
    held = {
        "title": title,
        "until": issues.delivery.until,
        "before": None if issues.before is None else {"until": issues.before.until},
        "acceptedFile": accepted_file,
        "runs": PATTERN,
        "question": QUESTION,
        "left": len(found) - len(kept),
        "subjects": Counter(issues.sites.values()),
        "refused": sorted(check for check in {one.check for one in kept} if not _acceptable(check)),
        **_columns(kept, issues, gone),
    }
    script = "\n".join((_PARTS / name).read_text(encoding="utf-8") for name in ("exports.js", "page.js"))
    style = (_PARTS / "page.css").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    filled = {
        "POLICY": policy,
        "TITLE": html.escape(shown(title)),
        "COUNTS": html.escape(issues.problems.counts),
        "STYLE": style,
        "PLAIN": _plain(issues),
        "ISSUES": _json(held),
        "RECORDS": _json(list(tables)),
        "SCRIPT": script,
    }
    parts = (_PARTS / "page.html").read_text(encoding="utf-8").split("%%")
    return "".join(filled[part] if place % 2 else part for place, part in enumerate(parts))


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _json(value: object) -> str:
    """JSON that can stand in a page: no end of the element in it, and a lone surrogate as JSON's own escape."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _acceptable(check: str) -> bool:
    found = CHECKS.get(generic_id(check))
    return found is None or found.acceptable


def _shared_out(problems: list[Problem], most: int) -> list[Problem]:
    if len(problems) <= most:
        return problems
    # The highest share with which all checks together stay below `most`: the small ones whole, the large ones cut.
    sizes = sorted(Counter(problem.check for problem in problems).values())
    share, left = most, most
    for place, size in enumerate(sizes):
        share = left // (len(sizes) - place)
        if size > share:
            break
        left -= size
    seen: Counter[str] = Counter()
    kept = []
    for problem in problems:
        seen[problem.check] += 1
        if seen[problem.check] <= max(share, 1):
            kept.append(problem)
    return kept


def _columns(problems: list[Problem], issues: Issues, gone: frozenset[Problem]) -> dict[str, Any]:
    rows: dict[str, list[str]] = {}
    for name in _CODED:
        if name == "site":
            rows[name] = [issues.sites.get(problem.subject, "") for problem in problems]
        elif name == "state":
            rows[name] = ["gone" if problem in gone else issues.state(problem) for problem in problems]
        else:
            rows[name] = [getattr(problem, name) for problem in problems]
    columns = {name: _coded(values) for name, values in rows.items()}
    texts = {name: [levels[code] for code in codes] for name, (levels, codes) in columns.items()}
    keys = {
        place: problem.key
        for place, problem in enumerate(problems)
        if problem.key
        != "|".join(
            (
                texts["domain"][place],
                texts["subject"][place],
                texts["record"][place] or texts["visit"][place],
                texts["variable"][place],
                texts["value"][place],
            )
        )
    }
    following = {
        place: [
            problem.following,
            [[_place(one), one.subject, one.record or one.visit] for one in problem.consequences[:_CONSEQUENCES]],
        ]
        for place, problem in enumerate(problems)
        if problem.following
    }
    # Whether an accepted problem is new or known is asked for as well.
    since = [("gone" if one in gone else issues.since(one)) if one.accepted else "" for one in problems]
    return {
        "columns": {name: {"levels": levels, "codes": codes} for name, (levels, codes) in columns.items()},
        "line": [problem.line for problem in problems],
        "keys": keys,
        "consequences": following,
        "acceptedSince": {place: text for place, text in enumerate(since) if text},
    }


def _place(problem: Problem) -> str:
    return shown(problem.place, 200)


def _coded(values: list[str]) -> tuple[list[str], list[int]]:
    codes, levels = pd.factorize(np.array(values, dtype=object))
    return [shown(text, _LONGEST) for text in levels.tolist()], codes.tolist()


def _plain(issues: Issues) -> str:
    """For a reader without scripts: a row a check."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in issues.problems:
        groups.setdefault((problem.severity, problem.check), []).append(problem)
    rows = "\n".join(
        f"<tr><td>{severity}</td><td>{html.escape(shown(check))}</td><td>{len(found):,}</td>"
        f"<td>{html.escape(shown(found[0].message, 300))}</td><td>{html.escape(_place(found[0]))}</td>"
        f"<td>{html.escape(shown(found[0].remedy, 300))}</td></tr>"
        for (severity, check), found in sorted(groups.items())
    )
    names = ("Severity", "Check", "Count", "What is wrong", "First place", "What to do")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table>"
