"""What Quarto runs before and after rendering: each ends as a command does, with an exit code."""

from __future__ import annotations

from trial_report.report.assemble.quarto import after, before
from trial_report.runtime.ending import watch
from trial_report.runtime.step import lined
from trial_report.runtime.told import guarded


def prepare() -> int:
    """Prepare the study, or stop the rendering with what is wrong with it."""
    watch()
    return guarded(lambda: before(lined))


def publish() -> int:
    """Finish the page, write results and manifest, and publish the report."""
    watch()
    return guarded(lambda: after(lined))
