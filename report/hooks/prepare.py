"""Quarto's pre-render hook: prepare the study, or stop the rendering with what is wrong with it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from trial_report.report.assemble.hooks import prepare

if __name__ == "__main__":
    sys.exit(prepare())
