"""The stamp of a build: one number for everything that was prepared, which the document's cells print.

It stands beside the results, in the page as an attribute of an element that nobody sees, and in the PDF among the
keywords. The same inputs and code give the same stamp.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

STAMP = "stamp.json"
PREFIX = "build:"
"""What the stamp stands behind among the keywords of the PDF."""


def write_stamp(build: Path, inputs: Mapping[str, str]) -> None:
    """Put the stamp beside what was prepared, made from hashes of the inputs, of the code, and of the build."""
    from trial_report.report.publish.manifest import code_hashes, hashes

    # Quarto leaves what it made in the document's folder where it fails.
    code = {
        name: held
        for name, held in code_hashes().items()
        if not name.startswith("report/csr.") or name == "report/csr.qmd"
    }
    held = json.dumps([dict(inputs), code, hashes(build)], sort_keys=True)
    stamp = hashlib.sha256(held.encode("utf-8")).hexdigest()
    (build / STAMP).write_text(json.dumps({"stamp": stamp, "inputs": dict(inputs)}), encoding="utf-8")


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
