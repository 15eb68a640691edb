"""Runs a module of somebody else's as a process that ends with the one that started it (`runtime.follow`).

``python -m trial_report.runtime.alongside MODULE …``

Not here: how a process follows another (`follow`).
"""

from __future__ import annotations

import os
import runpy
import sys

from trial_report.runtime.ending import MACHINE, TRACEBACK, refusal
from trial_report.runtime.follow import follow


def main() -> None:
    """Follow, and become the module that is named; what the machine refuses it is a line, as of every command."""
    follow()
    del sys.argv[0]
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except Exception as error:  # a module may have its own hook for it
        told = refusal(error)
        if told is None or os.environ.get(TRACEBACK):
            raise
        print(told, file=sys.stderr)
        sys.exit(MACHINE)


if __name__ == "__main__":
    main()
