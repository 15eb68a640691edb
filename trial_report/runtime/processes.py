"""Where processes that a report starts find this project's modules."""

from __future__ import annotations

import os

from trial_report.runtime.places import IMPORTS


def python_path(given: str | None = None) -> str:
    """Return a PYTHONPATH that begins with this project; then comes the one given, or that of this process."""
    after = os.environ.get("PYTHONPATH", "") if given is None else given
    return os.pathsep.join(filter(None, [str(IMPORTS), after]))
