"""Finds pandoc: the one that comes with pypandoc_binary, whatever the machine has installed.

Not here: how pandoc is called for a report (`embedded`).
"""

from __future__ import annotations

import subprocess
from pathlib import Path


def pandoc() -> str:
    """Return the pandoc that comes with pypandoc_binary, or, without one, what pypandoc finds."""
    import pypandoc  # slow, and not needed by a report without a bibliography until it is rendered

    for name in ("pandoc", "pandoc.exe"):
        bundled = Path(pypandoc.__file__).parent / "files" / name
        if bundled.is_file():
            return str(bundled)
    return str(pypandoc.get_pandoc_path())


def unset(formula: str) -> str:
    """Return why a formula (TeX between dollar signs) cannot be set in HTML and Typst, or ""."""
    for options in (["--to=html5", "--mathml"], ["--to=typst"]):
        done = subprocess.run([pandoc(), "--from=markdown", *options], input=formula, capture_output=True, text=True)
        if done.returncode or done.stderr.strip():
            return " ".join(done.stderr.split()).removeprefix("[WARNING] ")[:300]
    return ""
