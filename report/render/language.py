"""The part of Quarto's language that documents may use; everything else is refused by file and line.

``report/README.md`` says the same in words; a test compares the two.
"""

from __future__ import annotations

import re

from trial_report.report.render import DocumentError

FRONT_MATTER = ("title", "lang", "jupyter", "nocite", "link-citations", "can-be-blinded")

# Option → values it may have; none given: any.
CELL_OPTIONS: dict[str, tuple[str, ...]] = {
    "label": (),
    "echo": ("false",),
    "output": ("asis", "false"),
    "include": ("false",),
    "warning": ("false",),
}

DIVS = (".landscape", "#refs")

_DIV_OPEN = re.compile(r"^\s*:{3,}\s*(\S.*?)\s*:*\s*$")
_DIV_NAME = re.compile(r"^\{?\s*([.#]?[\w-]+)\s*\}?$")
_CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*(.*)$")
_REFUSED = (
    (re.compile(r"`+\s*\{(?:r|julia|ojs|=\w+)"), "an inline expression or raw inline other than `{python} …`"),
    (re.compile(r"`[rR] [^`]+`"), "an inline expression other than `{python} …`"),
)
_REFUSED_OUTSIDE_CODE = (
    (re.compile(r"\{\{[<%]"), "a shortcode other than an include on its own line or {{< pagebreak >}}"),
    (re.compile(r"</?[A-Za-z][^>]*>|<!"), "raw HTML"),
    (re.compile(r"!\["), "an image (figures come from the registry: show)"),
    (
        re.compile(r"(?<![\w\\])@(?:tbl|fig|sec|lst|eq|thm)-"),
        "a Quarto cross-reference (use ref, or a link to a heading)",
    ),
    (re.compile(r"(?<!\\)\$"), "mathematics, or a dollar sign without a back-slash"),
    (re.compile(r"\]\{|(?<=\s)\{[.#][^}]*\}(?!\s*$)"), "a span with attributes"),
    (re.compile(r"^\s*\\[A-Za-z]+\{?"), "LaTeX"),
)
PAGEBREAK = re.compile(r"^\s*\{\{<\s*pagebreak\s*>\}\}\s*$")


def check_line(text: str, file: str, line: int, fenced: str) -> str:
    """Check one line of Markdown; ``fenced`` is the fence of the code block that it stands in, or "".

    Returns the fence that the next line stands in. Raises DocumentError for what is not in the subset.
    """
    fence = _FENCE.match(text)
    if fenced:
        return "" if fence and fence.group(1).startswith(fenced) and not fence.group(2) else fenced
    if fence:
        info = fence.group(2)
        if info.startswith("{") and not info.startswith("{."):
            raise DocumentError(f"a cell or raw block '{info}' cannot be used here (only {{python}})", file, line)
        return fence.group(1)
    if PAGEBREAK.match(text):
        return ""
    opening = _DIV_OPEN.match(text)
    if opening and opening.group(1).strip(":"):
        name = _DIV_NAME.match(opening.group(1))
        label = name.group(1) if name else opening.group(1)
        if label not in DIVS and f".{label}" not in DIVS:
            raise DocumentError(f"the div '{opening.group(1)}' cannot be used here, only {', '.join(DIVS)}", file, line)
    _refuse(_REFUSED, text, file, line)
    _refuse(_REFUSED_OUTSIDE_CODE, _CODE_SPAN.sub("", text), file, line)
    return ""


def _refuse(rules: tuple[tuple[re.Pattern[str], str], ...], text: str, file: str, line: int) -> None:
    for pattern, what in rules:
        if pattern.search(text):
            raise DocumentError(f"{what} cannot be used in a document", file, line)
