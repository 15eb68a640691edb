"""Puts the stamp of a build beside what was prepared: a number that stands for inputs, code and results.

Not here: the reading of the stamp (`report.cells.stamp`), and hashes of what is published (`manifest`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from trial_report.report.cells.stamp import STAMP
from trial_report.report.publish.manifest import code_hashes, hashes


def write_stamp(build: Path, inputs: Mapping[str, str]) -> None:
    """Put the stamp beside what was prepared, made from hashes of the inputs, of the code, and of the build."""
    # Quarto leaves what it made in the document's folder where it fails.
    code = {
        name: held
        for name, held in code_hashes().items()
        if not name.startswith("report/csr.") or name == "report/csr.qmd"
    }
    held = json.dumps([dict(inputs), code, hashes(build)], sort_keys=True)
    stamp = hashlib.sha256(held.encode("utf-8")).hexdigest()
    (build / STAMP).write_text(json.dumps({"stamp": stamp, "inputs": dict(inputs)}), encoding="utf-8")
