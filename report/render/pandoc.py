"""Finds pandoc: the one that comes with pypandoc_binary, whatever the machine has installed."""

from __future__ import annotations

from pathlib import Path


def pandoc() -> str:
    """Return the pandoc that comes with pypandoc_binary, or, without one, what pypandoc finds."""
    import pypandoc  # slow, and not needed by a report without a bibliography until it is rendered

    for name in ("pandoc", "pandoc.exe"):
        bundled = Path(pypandoc.__file__).parent / "files" / name
        if bundled.is_file():
            return str(bundled)
    return str(pypandoc.get_pandoc_path())
