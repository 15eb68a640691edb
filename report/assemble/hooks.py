"""What Quarto runs before and after rendering: each ends as a command does, with an exit code."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from trial_report.report.assemble.quarto import after, before
from trial_report.runtime.ending import watch
from trial_report.runtime.step import Step
from trial_report.runtime.told import ToldError


def prepare() -> int:
    """Prepare the study, or stop the rendering with what is wrong with it."""
    return _hook(before)


def publish() -> int:
    """Finish the page, write results and manifest, and publish the report."""
    return _hook(after)


def _hook(work: Callable[[Step], None]) -> int:
    watch()
    try:
        work(_step)
    except ToldError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


@contextmanager
def _step(name: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    print(f"✓ {name:<42} {time.perf_counter() - begun:6.2f} s", file=sys.stderr, flush=True)
