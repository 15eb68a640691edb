"""The part of Quarto's language that documents may use; everything else is refused by file and line.

``report/README.md`` says the same in words; a test compares the two.

Not here: reading of documents (`document`), and the language of authors' texts (`report.cells.authored`).
"""

from __future__ import annotations

import html
import re

from trial_report.report.cells.links import ALLOWED, WORDS
from trial_report.report.render import DocumentError

FRONT_MATTER = ("title", "lang", "jupyter", "nocite", "link-citations", "can-be-blinded")

# Option → values it may have; none given: any.
CELL_OPTIONS: dict[str, tuple[str, ...]] = {
    "label": (),
    "echo": ("false",),
    "output": ("asis", "false"),
    "include": ("false",),
    "warning": ("false",),
    "tbl-cap": (),
    "fig-cap": (),
    "fig-alt": (),
}

CALLOUTS = ("note", "tip", "warning", "important", "caution")
DIVS = (".landscape", "#refs", *(f".callout-{kind}" for kind in CALLOUTS))

_DIV_OPEN = re.compile(r"^\s*:{3,}\s*(\S.*?)\s*:*\s*$")
_DIV_NAME = re.compile(r"^\{?\s*([.#]?[\w-]+)\s*\}?$")
_CALLOUT = re.compile(r"^\{\s*\.(callout-\w+)(?:\s+title=\"[^\"\\]*\")?\s*\}$")
# As pandoc reads it: nothing blank inside the dollar signs, no digit after them.
_FORMULA = re.compile(r"(?<!\\)\$\$.+?(?<!\\)\$\$|(?<![\\$])\$(?=[^\s$])(?:\\.|[^$\\])*?(?<=[^\s\\])\$(?!\d)")
DISPLAYED = "$$"
CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*(.*)$")
_REFUSED = (
    (re.compile(r"`+\s*\{(?:r|julia|ojs|=\w+)"), "an inline expression or raw inline other than `{python} …`"),
    (re.compile(r"`[rR] [^`]+`"), "an inline expression other than `{python} …`"),
)
_REFUSED_OUTSIDE_CODE = (
    (re.compile(r"\{\{[<%]"), "a shortcode other than an include on its own line or {{< pagebreak >}}"),
    (re.compile(r"</?[A-Za-z][^>]*>|<!"), "raw HTML"),
    (re.compile(r"!\["), "an image (a picture of the study: a cell with picture(…))"),
    (
        re.compile(r"(?<![\w\\])@(?:lst|eq|thm|lem|cor|def|exm)-"),
        "a cross-reference other than to a table, figure or section (@tbl-, @fig-, @sec-)",
    ),
    (re.compile(r"(?<!\\)\$"), "a dollar sign without a back-slash that begins or ends no formula"),
    (re.compile(r"\]\{|(?<=\s)\{[.#][^}]*\}(?!\s*$)"), "a span with attributes"),
    (re.compile(r"^\s*\\[A-Za-z]+\{?"), "LaTeX"),
)
# Where a link leads, in its place or as a definition below; what pandoc reads otherwise the finished page refuses.
_LEADS = re.compile(r"(?<!\\)\]\(\s*<?([^)\s>]*)|^ {0,3}\[[^\]^]+\]:\s*<?([^\s>]+)")
PAGEBREAK = re.compile(r"^\s*\{\{<\s*pagebreak\s*>\}\}\s*$")


def check_line(text: str, file: str, line: int, fenced: str) -> str:
    """Check one line of Markdown; ``fenced`` is the fence of the code block that it stands in, or "".

    Returns the fence that the next line stands in. Raises DocumentError for what is not in the subset.
    """
    fence = _FENCE.match(text)
    if fenced == DISPLAYED:
        return DISPLAYED if DISPLAYED not in text else _after_formula(text, file, line)
    if fenced:
        return "" if fence and fence.group(1).startswith(fenced) and not fence.group(2) else fenced
    if fence:
        info = fence.group(2)
        if info.startswith("{") and not info.startswith("{."):
            raise DocumentError(
                f"a cell or raw block '{info}' cannot be used here (only {{python}}){_instead(info)}", file, line
            )
        return fence.group(1)
    if PAGEBREAK.match(text):
        return ""
    opening = _DIV_OPEN.match(text)
    if opening and opening.group(1).strip(":"):
        name = _DIV_NAME.match(opening.group(1))
        label = name.group(1) if name else opening.group(1)
        titled = _CALLOUT.match(opening.group(1))
        label = titled.group(1) if titled else label
        if label not in DIVS and f".{label}" not in DIVS:
            raise DocumentError(f"the div '{opening.group(1)}' cannot be used here, only {', '.join(DIVS)}", file, line)
    _refuse(_REFUSED, text, file, line)
    plain = _FORMULA.sub("", CODE_SPAN.sub("", text))
    begins = plain.lstrip().startswith(DISPLAYED)
    _refuse(_REFUSED_OUTSIDE_CODE, plain.replace(DISPLAYED, "", 1) if begins else plain, file, line)
    for inside, below in _LEADS.findall(plain):
        goal = html.unescape(inside or below)
        if not goal.startswith("#") and not ALLOWED.fullmatch(goal):
            raise DocumentError(f"the link '{goal[:80]}' leads elsewhere than to #…, {WORDS}", file, line)
    return DISPLAYED if begins else ""


def formulas(text: str) -> list[str]:
    """Return the formulas of a text, with their dollar signs; code is none."""
    return [found.group() for found in _FORMULA.finditer(CODE_SPAN.sub("", text))]


def _after_formula(text: str, file: str, line: int) -> str:
    if text.split(DISPLAYED, 1)[1].strip():
        raise DocumentError("after a formula on lines of its own nothing may stand, and it has no label", file, line)
    return ""


def _instead(info: str) -> str:
    """What to do instead of a diagram that would need a browser or a program beside this one."""
    if info.strip("{} ").split()[:1] == ["mermaid"]:
        why = "Mermaid is drawn by a browser, which a PDF would need too"
    elif info.strip("{} ").split()[:1] == ["dot"]:
        why = "Graphviz is a program of its own, which is not part of an installation"
    else:
        return ""
    return f": {why}; save the diagram as SVG into the study's text/ and show it by picture(…), or draw it in a cell"


def _refuse(rules: tuple[tuple[re.Pattern[str], str], ...], text: str, file: str, line: int) -> None:
    for pattern, what in rules:
        if pattern.search(text):
            raise DocumentError(f"{what} cannot be used in a document", file, line)
