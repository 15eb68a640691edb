"""What a page of ours may do, said to the browser: run our own script, show what is in the page, and fetch nothing.

The page has nothing that could run but this script; the policy holds also where something should ever slip in.

Not here: escaping of text (`analysis.display.escape`), and where a link may lead (`report.cells.links`).
"""

from __future__ import annotations

import base64
import hashlib
import re

_CHARSET = re.compile(r'<meta charset="?utf-8"?\s*/?>\n?', re.IGNORECASE)
_HEAD = re.compile(r"<head[^>]*>\n?", re.IGNORECASE)


def guarded(page: str, *scripts: str) -> str:
    """Return the page with its policy; ``scripts`` are the contents of the script elements that may run.

    Styles stand in attributes too (widths of columns, drawings), so they are not told apart by hash.
    """
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in scripts]
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(hashes) or "'none'",
        "style-src": "'unsafe-inline'",
        "font-src": "data:",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    content = "; ".join(f"{name} {value}" for name, value in rules.items())
    # Before anything that it is about, but after the character set, which has to stand near the beginning.
    place = _CHARSET.search(page) or _HEAD.search(page)
    if place is None:
        return page
    meta = f'<meta http-equiv="Content-Security-Policy" content="{content}">\n'
    return page[: place.end()] + meta + page[place.end() :]
