"""Markdown that a cell returns: the subset of the author's texts, with values that are shown as text, or traced.

What a cell puts into Markdown by itself (an f-string) is read as Markdown, and so is text from data in it; nothing of
it can run. ``md("… {} …", value)`` shows its values as they are.

Not here: the texts of authors in files (`authored`).
"""

from __future__ import annotations

import string
from collections.abc import Callable, Collection, Sequence
from typing import Any

from trial_report.analysis.display.escape import typst_text
from trial_report.analysis.display.laid import NOT_TRACED, untraced_html
from trial_report.report.cells.authored import Writer, parsed
from trial_report.report.cells.pieces import Inline, KitError, Mixed, small


def markdown(
    words: str,
    values: Sequence[Any] = (),
    named: dict[str, Any] | None = None,
    number: Callable[[str], Inline] | None = None,
    references: Collection[str] = (),
) -> Mixed:
    """Return Markdown as blocks; ``{}`` and ``{name}`` stand for values where there are any.

    A value that is no piece of a report is shown as text. A number in the words that is not from the results is marked,
    and a line below says so. Raises KitError for what the author's texts may not hold either.
    """
    slots: list[Inline | str] = []
    if "\ue000" in words or "\ue001" in words:
        raise KitError("Markdown of a cell holds a private-use character")
    if values or named:
        words = _filled(words, values, named or {}, slots)
    said = parsed("Markdown of this cell", words, number or _no_number, references, slots, _Marking)
    note = small(f"{NOT_TRACED}.")
    return Mixed((said, note)) if 'class="u"' in said else Mixed((said,))


class _Marking(Writer):
    """Writes words with a mark at each number."""

    def html(self, text: str) -> str:
        return untraced_html(text)


def _filled(words: str, values: Sequence[Any], named: dict[str, Any], slots: list[Inline | str]) -> str:
    found: list[str] = []
    waiting = iter(values)
    for before, name, spec, conversion in string.Formatter().parse(words):
        found.append(before)
        if name is None:
            continue
        if spec or conversion or (name and name not in named):
            raise KitError(f"md: '{{{name}}}' is not one of its values ({', '.join(named) or 'they have no names'})")
        try:
            value = named[name] if name else next(waiting)
        except StopIteration:
            raise KitError("md: there are fewer values than places {}") from None
        slots.append(value if isinstance(value, Inline) else _shown(str(value)))
        found.append(f"\ue000{len(slots) - 1}\ue001")
    if next(waiting, None) is not None:
        raise KitError("md: there are more values than places {}")
    return "".join(found)


def _no_number(key: str) -> Inline:
    raise KitError(f"'[[{key}]]' stands for a result in md(…), not in IPython's Markdown")


def _shown(words: str) -> Inline:
    return Inline(f"<bdi>{untraced_html(words)}</bdi>", f"#{typst_text(words)};")
