"""Puts displays into reading order: each after the one that its declaration names.

Not here: which sections there are, and the numbers printed (`analysis.display.registry`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trial_report.declare.kinds import DeclarationError, Display
from trial_report.runtime.near import near_to_it


def in_order(displays: Iterable[Display], own: Iterable[Display] = ()) -> list[Display]:
    """All displays in reading order: each after the one that it names, a study's own before what else comes after that.

    Those that name none are where an order begins; the house's come before a study's. `after` may also name an output
    of a family (``eff.by_visit.score``), whose whole family then comes before. Raises DeclarationError for a name that
    nothing has, which tells the nearest, and for a circle, which it names.
    """
    theirs, house = list(own), sorted(displays, key=lambda one: one.id)
    known: Mapping[str, Display] = {one.id: one for one in (*house, *theirs)}
    following: dict[str | None, list[Display]] = {}
    for one in (*theirs, *house):
        following.setdefault(_named(one, known), []).append(one)
    order: list[Display] = []
    waiting = [*reversed([*(o for o in house if o.after is None), *(o for o in theirs if o.after is None)])]
    while waiting:
        one = waiting.pop()
        order.append(one)
        waiting += reversed(following.get(one.id, []))
    left = [one for one in known.values() if one not in order]
    if left:
        circle = [left[0]]
        while (before := known[_named(circle[-1], known) or ""]) not in circle:
            circle.append(before)
        circle = [*circle[circle.index(before) :], before]
        names = " after ".join(f"'{one.id}'" for one in circle)
        raise DeclarationError(f"{circle[0].at}: displays come after each other in a circle: {names}")
    return order


def _named(display: Display, known: Mapping[str, Display]) -> str | None:
    if display.after is None:
        return None
    parts = display.after.split(".")
    for length in range(len(parts), 0, -1):
        if (name := ".".join(parts[:length])) in known:
            return name
    raise DeclarationError(
        f"{display.at}: the display '{display.id}' is to come after '{display.after}', which nothing is called"
        + near_to_it(display.after, known)
    )
