"""Checks a study's bibliography before anything is rendered: it can be read, and its links leave to where links may.

pandoc reads it, as it does when it sets the references: whatever road a link comes by (``url``, ``\\href`` in a title
or a note), it is seen here as it would stand in the report.

Not here: links in entries (`report.cells.links`).
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trial_report.report.cells.links import ALLOWED, WORDS
from trial_report.report.render import DocumentError
from trial_report.report.render.pandoc import pandoc

_LINE = re.compile(r"\(line (\d+)")
# What no list of references prints.
_UNPRINTED = {"abstract", "keyword"}


def check_bibliography(path: Path) -> None:
    """Raise DocumentError, naming file and line, for what cannot be read, and for a link or picture of an entry."""
    name = f"{path.parent.name}/{path.name}"
    data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    if not data.strip():
        return
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DocumentError(f"the bibliography is not UTF-8 (byte {error.start + 1})", name, line) from error
    command = [pandoc(), "--sandbox", "--from=bibtex", "--to=json"]
    done = subprocess.run(command, input=words.encode(), capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode:
        found = _LINE.search(said)
        raise DocumentError(f"the bibliography cannot be read: {' '.join(said.split())}", name,
                            int(found[1]) if found else 1)  # fmt: skip
    for entry in json.loads(done.stdout)["meta"].get("references", {}).get("c", []):
        fields = entry["c"]
        key = str(fields["id"]["c"])
        for what in _refused({field: value for field, value in fields.items() if field not in _UNPRINTED}):
            raise DocumentError(f"the entry '{key}' {what}", name, _line_of(words, key))


def _refused(value: Any) -> Iterator[str]:
    """In words, each link and picture of a field that may not leave the report."""
    if isinstance(value, list):
        for one in value:
            yield from _refused(one)
        return
    if not isinstance(value, dict):
        return
    if value.get("t") == "Image":
        yield "holds a picture, which a reference cannot"
    target = value["c"][2][0] if value.get("t") == "Link" else None
    if target is None and "url" in value and "t" not in value:
        target = _text(value["url"])
    if target is not None and not ALLOWED.fullmatch(target.strip()):
        yield f"has a link to '{target[:80]}', which is not {WORDS}"
    for one in value.values():
        yield from _refused(one)


def _text(value: Any) -> str:
    """The text of a field, whose letters may be in pieces."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_text(one) for one in value)
    if isinstance(value, dict):
        return " " if value.get("t") == "Space" else _text(value.get("c", ""))
    return ""


def _line_of(words: str, key: str) -> int:
    """The line on which an entry begins."""
    found = re.search(rf"@\w+\s*[{{(]\s*{re.escape(key)}\s*,", words)
    return words[: found.start()].count("\n") + 1 if found else 1
