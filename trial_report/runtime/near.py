"""Names near to one that there is not: what an error says to somebody who typed it almost right.

Not here: slips in data, which are judged letter by letter and more strictly, as no person chooses between the answers
(`schemas.codelists.alike`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

ALIKE = 0.5
"""From which share of common letters on, from 0 to 1, a name is offered: a wrong offer costs a glance."""
MOST = 3


def near(name: object, known: Iterable[object], most: int = MOST) -> list[str]:
    """The names known that are most like this one, each once, the nearest first; at most `most`, perhaps none."""
    return difflib.get_close_matches(str(name), list(dict.fromkeys(map(str, known))), n=most, cutoff=ALIKE)


def near_to_it(name: object, known: Iterable[object]) -> str:
    """The end of a message about a name that there is not: those that are near to it; empty where none is."""
    found = near(name, known)
    return f"; near to it: {', '.join(found)}" if found else ""
