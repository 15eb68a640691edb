"""What a person can mend: an exception whose message is the whole of what is told, without a traceback.

Not here: faults of the machine (`ending`), and problems of the data (`schemas.problems`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable

GOOD, TOLD = 0, 1
"""Exit codes: all went well; something that a person can mend was told."""


class ToldError(Exception):
    """Something is wrong with what was given: the message says what, where, what was expected, what to do."""


def guarded(work: Callable[[], int | None]) -> int:
    """Run the work of a command; return its exit code, or tell what a person can mend and return 1.

    What the machine refuses is told by `runtime.ending`; anything else is a fault of ours and keeps its traceback.
    """
    try:
        return work() or GOOD
    except ToldError as error:
        print(error, file=sys.stderr)
        return TOLD
