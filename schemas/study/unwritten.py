"""Texts of a definition that nobody has written yet: what a proposed one says where the data say nothing.

Not here: authors' texts in files that are not there (`report.cells`).
"""

from __future__ import annotations

from typing import Any

from trial_report.schemas.study.definition import StudyDefinition

TO_WRITE = "To be written"
"""How a text begins that a person has still to write."""


def is_unwritten(value: object) -> bool:
    """Whether a value is a text that has still to be written."""
    return isinstance(value, str) and value.strip().startswith(TO_WRITE)


def unwritten(definition: StudyDefinition) -> list[str]:
    """The places (keys and numbers of list items, joined by dots) of all texts that have still to be written."""
    return [place for place, value in _leaves("", definition.model_dump()) if is_unwritten(value)]


def _leaves(place: str, value: Any) -> list[tuple[str, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else None
    if items is None:
        return [(place, value)]
    return [leaf for name, one in items for leaf in _leaves(f"{place}.{name}".lstrip("."), one)]
