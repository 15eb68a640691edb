"""Quarto's post-render hook: finish the page, write results and manifest, and publish the report."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from trial_report.report.assemble.hooks import publish

if __name__ == "__main__":
    sys.exit(publish())
