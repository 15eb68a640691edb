"""The command: one module a verb. Each reads its arguments, calls one room, prints, and ends with an exit code."""

from __future__ import annotations

import sys

_PAGE = "page"
"""The one module of this room that is a program of its own."""

# So Python says that it is about to run a module by -m. A verb's module alone would do nothing, without a word.
if sys.argv[:1] == ["-m"]:
    _asked = next((name for name in sys.orig_argv if "trial_report.command." in name), "").rpartition(".")[2]
    if _asked not in ("", _PAGE):
        _verb = "VERB" if _asked in ("main", "common") else _asked
        print(f"a module of the command does nothing by itself: python -m trial_report {_verb}", file=sys.stderr)
        raise SystemExit(2)
