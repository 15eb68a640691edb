"""Writes a proposed definition as `study.yml`: a line an item, and beside it what a person has to decide.

Not here: what stands in the definition (`propose`).
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Sequence
from typing import Any

import yaml

from trial_report.analysis.begin import propose
from trial_report.analysis.begin.left import left_out
from trial_report.analysis.begin.look import Frames
from trial_report.schemas.study.unwritten import TO_WRITE

HEAD = f"# Proposed from the data. What begins with '{TO_WRITE}' they do not say; docs/study.md has all keys.\n"
SETS = "Further sets that flags in DM or SUPPDM would make; take away the # of those that the analysis plan names:"
ENDPOINTS = (
    "Tests with values after the first dose: take away the # of the endpoints, say which is primary, whether a "
    "decrease or an increase is good, and at which visits they are tested. docs/study.md tells of comparisons "
    "between groups (comparison, control), responders, and missing data."
)
LEFT_OUT = "Left out of this proposal:"
WINDOWS = "first dose is day 1; window: what the protocol allows, to be written; analysis_window: what counts"


def written(frames: Frames, folder: str, kind: str, guide: str, unread: Sequence[str] = ()) -> str:
    """The whole file. `folder`, `kind` (csv or xpt) and `guide` (the SDTMIG) say where and what the data are, `unread`
    which files of the folder were not read.
    """
    visits = propose.visits(frames)
    treatment = propose.treatment(frames)
    parts = [
        _mapping("study", propose.study(frames)),
        f"data: {_flow({'folder': folder, 'format': kind, 'sdtmig': guide})}",
        _mapping("treatment", {name: value for name, value in treatment.items() if name != "groups"}),
        _list("  groups", treatment["groups"]),
        _list("visits", visits, WINDOWS),
        _list("analysis_sets", propose.analysis_sets()) + _commented(SETS, propose.flagged_sets(frames)),
        "safety_set: SAF\nefficacy_set: ITT",
        _list("characteristics", propose.characteristics(frames)),
        _commented(ENDPOINTS, propose.endpoints(frames, visits), "endpoints").lstrip("\n"),
        _list("laboratory", propose.laboratory(frames, visits)),
        _list("vital_signs", propose.vital_signs(frames, visits)),
        _mapping("adverse_events", propose.adverse_events(frames)),
        "multiplicity: {procedure: none}",
    ]
    left = [f"files: {name} is not read: not a domain as {kind}" for name in unread] + left_out(frames, visits)
    if left:
        parts.append("\n".join([f"# {LEFT_OUT}", *(f"# - {_line(one)}" for one in left)]))
    return HEAD + _joined([part for part in parts if part])


def _joined(parts: list[str]) -> str:
    """Parts with an empty line between them, the groups following the treatment that they belong to."""
    return "\n\n".join(parts).replace("\n\n  groups:", "\n  groups:") + "\n"


def _mapping(name: str, part: dict[str, Any]) -> str:
    return "\n".join([f"{name}:", *(f"  {key}: {_flow(value)}" for key, value in part.items())])


def _list(name: str, items: list[dict[str, Any]], comment: str = "") -> str:
    if not items:
        return ""
    margin = " " * (len(name) - len(name.lstrip()) + 2)
    head = f"{name}:" + (f"  # {comment}" if comment else "")
    return "\n".join([head, *(f"{margin}- {_item(item)}" for item in items)])


def _item(item: dict[str, Any]) -> str:
    """An item in one line, with what is to be said of it behind it."""
    doses = item.get(propose.DOSES)
    made = _flow({key: value for key, value in item.items() if key != propose.DOSES})
    return f"{made}  # doses in the data: {_line(doses)}; write 'dose', or the 'plan' of doses" if doses else made


def _commented(why: str, items: list[dict[str, Any]], name: str = "") -> str:
    if not items:
        return ""
    heads = [*textwrap.wrap(why, 110, initial_indent="# ", subsequent_indent="# "), *([f"# {name}:"] if name else [])]
    return "\n" + "\n".join([*heads, *(f"#  - {_flow(item)}" for item in items)])


def _flow(value: Any) -> str:
    """A value in one line, as YAML reads it back."""
    if isinstance(value, dt.date):
        return value.isoformat()
    made = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf"))
    return str(made).removesuffix("\n").removesuffix("\n...").strip()


def _line(words: str) -> str:
    """Words from data in one line: in a comment no break may end it."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
