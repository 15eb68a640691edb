"""Steps of a run as a person sees them: what shows that one begins, and at its end how long it took.

Imports nothing of ours and nothing slow: programs need it before they know whether there is anything to do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

Step = Callable[[str], AbstractContextManager[object]]


def silent(_: str) -> AbstractContextManager[object]:
    """A step that shows nothing."""
    return nullcontext()
