"""``python -m trial_report``, and what the command ``trial-report`` calls.

Not here: the verbs, and how they end (`command.main`).
"""

from __future__ import annotations

import sys


def main() -> int:
    """Watch how the command ends, before anything slow is imported; then run it."""
    from trial_report.runtime.ending import watch

    watch()
    from trial_report.command.main import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
