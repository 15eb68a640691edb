"""Quarto's post-render hook: finish the page, write results and manifest, and publish the report."""

from __future__ import annotations

import sys

try:
    from trial_report.report.assemble.hooks import publish
except ImportError:
    sys.exit("trial-report is not installed in the Python that Quarto runs: name another with QUARTO_PYTHON")

if __name__ == "__main__":
    sys.exit(publish())
