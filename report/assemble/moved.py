"""Checks that a document shows what `outputs` in `study.yml` moves to another section, before it is rendered.

A document shows a section whole (``show_all("14.1")``), or a display by its id (``show("eff.primary")``); what is moved
to a section, and shown in neither way, would stand nowhere, and be told only as a reference that leads nowhere.

Not here: whether the display is one, and what comes after what (`analysis.display.changed`).
"""

from __future__ import annotations

import re
from collections import Counter

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.changed import KEY, OutputsError, key_of

_SHOWN = re.compile(r"""\bshow(?P<all>_all)?\(\s*(?:(["'])(?P<name>[^"']+)\2\s*\))?""")


def check_moved(book: Book, words: str) -> None:
    """Raise OutputsError for a display that stands in no section of a document of these words.

    One that the text shows as well is shown there as a copy, the first time that it is named. Of a document that
    computes what it shows nothing is told.
    """
    found = list(_SHOWN.finditer(words))
    if not found or any(one["name"] is None for one in found):
        return
    wholes = [one["name"] for one in found if one["all"]]
    named = Counter(one["name"] for one in found if not one["all"])
    sections = [one for one in wholes if one[:1].isdigit()]
    changes = book.definition.outputs
    for name, output in book.outputs.items():
        key = key_of(changes, name)
        if key is None or changes[key].section is None:
            continue
        whole = any(f"{output.section}.".startswith(f"{one}.") for one in sections)
        whole |= any(name.startswith(one) for one in wholes)
        if not whole and named[name] <= bool(output.told):
            raise OutputsError(
                (KEY, key, "section"), output.section,
                f"the document does not show {name} there: it shows all of {', '.join(sections)}; elsewhere write "
                f'show("{name}") into a section of report/',
            )  # fmt: skip
