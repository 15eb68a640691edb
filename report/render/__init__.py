"""The embedded renderer: the same documents as Quarto, by nbclient, pandoc and Typst, all from a package index.

It knows the part of Quarto's language that ``report/README.md`` lists and refuses the rest by file and line.
"""

from __future__ import annotations

from pathlib import Path

from trial_report.runtime.told import ToldError


class DocumentError(ToldError):
    """A document cannot be rendered; the message names file and line and is the whole of what a person needs."""

    def __init__(self, message: str, file: Path | str | None = None, line: int | None = None) -> None:
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(place + message)
