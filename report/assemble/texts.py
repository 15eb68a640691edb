"""Checks the author's texts that a document shows before it is rendered, as its language is checked, on both roads.

What a text may hold is told by `report.cells.authored`; here it is asked before a cell runs. Whether the results have
the keys that a text names is known only when they are computed.

Not here: what a text may hold (`report.cells.authored`), and the language of documents (`report.render.language`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from trial_report.report.cells.authored import entries, rendered
from trial_report.report.cells.pieces import Inline, KitError
from trial_report.report.render import DocumentError
from trial_report.runtime.near import near_to_it

BIBLIOGRAPHY = "references.bib"
_CALLED = re.compile(r"""\bauthor\(\s*(["'])([\w-]+)\1\s*(,\s*judges\s*=\s*True)?""")


def shown(words: str, *, earlier: bool = False) -> list[str]:
    """Return the names of the texts that a document calls, by its own words.

    As of an ``earlier`` day without those that judge the whole study, which are left out.
    """
    found = _CALLED.findall(words)
    return list(dict.fromkeys(name for _, name, judges in found if not (earlier and judges)))


def check_texts(folder: Path, names: Collection[str], keys: Collection[str] | None = None) -> None:
    """Read the texts of a study's folder ``text`` as they will be shown; one that is not there is no fault.

    ``keys`` are those of the results; None where they are not computed yet. Raises DocumentError, naming file and line,
    for what an author's text cannot hold, for a citation of nothing, and for an unknown key.
    """

    def number(key: str) -> Inline:
        if keys is not None and key not in keys:
            raise KitError(f"no result has the key '{key}'{near_to_it(key, keys)}")
        return Inline("", "")

    cited = entries(folder / BIBLIOGRAPHY)
    for name in names:
        path = folder / f"{name}.md"
        if not path.is_file() or path.is_symlink():
            continue
        try:
            rendered(path, number, cited)
        except KitError as error:
            raise DocumentError(str(error)) from error
