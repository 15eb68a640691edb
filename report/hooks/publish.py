"""Quarto's post-render hook: finish the page, write results and manifest, and publish the report.

Not here: the work (`report.assemble.hooks`).
"""

from __future__ import annotations

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - Quarto takes the Python that it finds
    sys.exit(f"Quarto runs Python {sys.version.split()[0]}, {sys.executable}: name a newer one with QUARTO_PYTHON")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

if __name__ == "__main__":
    try:
        from trial_report.report.assemble.hooks import publish

        sys.exit(publish())
    except ModuleNotFoundError as missing:
        sys.exit(
            f"{missing.name} is not installed in the Python that Quarto runs ({sys.executable}): install "
            "this project there (pip install -e .), or name another Python with QUARTO_PYTHON"
        )
