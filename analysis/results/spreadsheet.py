"""Cells that a spreadsheet shows and does not run: the one rule for every CSV, XLSX and clipboard export.

A spreadsheet takes a cell for a formula or a command by its first sign, also behind blanks, and in the wide forms of
East Asian keyboards; importers trim blanks and normalise widths before they look (OWASP, "CSV Injection").

Not here: the writing of files (`report.publish`, `issues.write`).
"""

from __future__ import annotations

import re

#: What a reader does not see before the first sign: controls, spaces, format characters (a byte order mark, a
#: zero-width space, a soft hyphen), fillers. Written out, so that every Python's Unicode gives the same.
BLANK = (
    "\u0000-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
#: ``= + - @ | %`` in all their forms: full-width, small, raised and lowered.
ACTIVE = "=+\\-@|%＝＋－＠｜％﹦﹢﹣﹫﹪⁼⁺₌₊"
#: A pattern of Python and of JavaScript (with its flag u): what has to be neutralised.
PATTERN = f"^(?:[\t\r\n]|[{BLANK}]*[{ACTIVE}])"
_RUNS = re.compile(PATTERN)


def neutral(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet could run it; any other as it is."""
    return f"'{text}" if _RUNS.match(text) else text


def as_meant(text: str) -> str:
    """A cell that `neutral` wrote, read again: without the apostrophe that it put there."""
    return text[1:] if text.startswith("'") and _RUNS.match(text[1:]) else text
