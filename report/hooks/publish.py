"""Quarto's post-render hook: finish the page, write results and manifest, and publish the report."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from trial_report.command.common import guarded, steps
from trial_report.report.assemble.quarto import after
from trial_report.runtime.ending import watch

if __name__ == "__main__":
    watch()
    sys.exit(guarded(lambda: after(steps(quiet=False))))
