"""The stamp of a build: one number for everything that was prepared, which the document's cells print.

It stands beside the results, in the page as an attribute of an element that nobody sees, and in the PDF among the
keywords. The same inputs and code give the same stamp.

Not here: the making of the stamp (`report.publish.stamped`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

STAMP = "stamp.json"
WORDS = "document.qmd"
"""The document's text with its sections, in the build folder: what is looked through for abbreviations."""
PREFIX = "build:"
"""What the stamp stands behind among the keywords of the PDF."""


def read_stamp(build: Path) -> str:
    """Return a build's stamp, or "" where it has none."""
    return str(_read(build).get("stamp", ""))


def read_inputs(build: Path) -> Mapping[str, str]:
    """Return the hashes of the inputs that a build was prepared from; nothing where it has no stamp."""
    held = _read(build).get("inputs")
    return held if isinstance(held, dict) else {}


def _read(build: Path) -> Mapping[str, object]:
    path = build / STAMP
    held = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return held if isinstance(held, dict) else {}
