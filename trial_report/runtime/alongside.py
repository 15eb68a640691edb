"""Runs a module of somebody else's as a process that ends with the one that started it (`runtime.follow`).

``python -m trial_report.runtime.alongside MODULE …``

Not here: how a process follows another (`follow`).
"""

from __future__ import annotations

import runpy
import sys

from trial_report.runtime.follow import follow


def main() -> None:
    """Follow, and become the module that is named."""
    follow()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
