"""Quarto's pre-render hook: prepare the study, or stop the rendering with what is wrong with it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from trial_report.command.common import guarded, steps
from trial_report.report.assemble.quarto import before
from trial_report.runtime.ending import watch

if __name__ == "__main__":
    watch()
    sys.exit(guarded(lambda: before(steps(quiet=False))))
