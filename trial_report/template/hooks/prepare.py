"""Quarto's pre-render hook: prepare the study, or stop the rendering with what is wrong with it."""

from __future__ import annotations

import sys

try:
    from trial_report.report.assemble.hooks import prepare
except ImportError:
    sys.exit("trial-report is not installed in the Python that Quarto runs: name another with QUARTO_PYTHON")

if __name__ == "__main__":
    sys.exit(prepare())
