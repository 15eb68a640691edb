"""Steps of a run as a person sees them: what shows that one begins, and at its end how long it took.

Imports nothing of ours and nothing slow: programs need it before they know whether there is anything to do.

Not here: options that ask for quiet (`command.common`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

Step = Callable[[str], AbstractContextManager[object]]


def silent(_: str) -> AbstractContextManager[object]:
    """A step that shows nothing."""
    return nullcontext()


def say(words: str, quiet: bool = False) -> None:
    """Say what is going on, on standard error, so that results on standard output can be read by a program."""
    if not quiet:
        print(words, file=sys.stderr, flush=True)


@contextmanager
def lined(name: str) -> Iterator[None]:
    """A step that shows a line with its time when it is done."""
    begun = time.perf_counter()
    yield
    say(f"✓ {name:<42} {time.perf_counter() - begun:6.2f} s")
