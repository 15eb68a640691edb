"""Read a document: front matter, includes, cells and inline expressions, each with its file and line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from trial_report.report.render import DocumentError
from trial_report.report.render.language import CELL_OPTIONS, FRONT_MATTER, PAGEBREAK, check_line

_INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(\S+)\s*>\}\}\s*$")
_CELL = re.compile(r"^(`{3,})\{python\}\s*$")
_OPTION = re.compile(r"^#\|\s*([\w-]+)\s*:\s*(.*?)\s*$")
_INLINE = re.compile(r"`\{python\}\s+([^`]+?)\s*`")
# A new page in print; a web page has none.
_NEW_PAGE = "\n```{=typst}\n#pagebreak(weak: true)\n```\n"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text with where it stands."""

    text: str
    file: str
    number: int


@dataclass(slots=True)
class Words:
    """Markdown between cells, and the inline expressions in it (line and expression), in order."""

    lines: list[Line]
    expressions: list[tuple[Line, str]] = field(default_factory=list)

    def filled(self, results: list[str]) -> str:
        """Return the Markdown with the expressions replaced by their results, in order."""
        waiting = iter(results)
        return "\n".join(_INLINE.sub(lambda _: next(waiting), line.text) for line in self.lines)


@dataclass(slots=True)
class CodeCell:
    """A Python cell: its source, the place of its first line, and whether its output is shown."""

    source: str
    file: str
    line: int
    shown: bool = True


@dataclass(slots=True)
class Document:
    """A document in pieces, in order, with its front matter."""

    meta: dict[str, Any]
    pieces: list[Words | CodeCell]


def read(path: Path, root: Path) -> Document:
    """Read a document with its includes; places are named relative to ``root``.

    Raises DocumentError for a missing file, for front matter that is not understood, and for anything that is
    not in the written subset of the language.
    """
    lines = list(_lines(path, root))
    meta, body = _front_matter(lines)
    expanded: list[Line] = []
    for line in body:
        match = _INCLUDE.match(line.text)
        if not match:
            expanded.append(line)
            continue
        target = (path.parent / match.group(1)).resolve()
        if not target.is_relative_to(path.parent.resolve()):
            raise DocumentError(f"the include {match.group(1)} leaves the document's folder", line.file, line.number)
        if not target.is_file():
            raise DocumentError(f"there is no file {match.group(1)} to include", line.file, line.number)
        included = list(_lines(target, root))
        nested = next((one for one in included if _INCLUDE.match(one.text)), None)
        if nested:
            raise DocumentError("an included file cannot include another", nested.file, nested.number)
        if included and included[0].text.strip() == "---":
            raise DocumentError("an included file has no front matter of its own", included[0].file, 1)
        expanded += [Line("", line.file, line.number), *included, Line("", line.file, line.number)]
    return Document(meta, list(_pieces(expanded)))


def _lines(path: Path, root: Path) -> Iterator[Line]:
    name = (
        path.resolve().relative_to(root.resolve()).as_posix()
        if path.resolve().is_relative_to(root.resolve())
        else path.name
    )
    try:
        words = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DocumentError("there is no such document", name) from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"the document is not UTF-8 (byte {error.start + 1})", name) from error
    return (Line(text, name, number) for number, text in enumerate(words.split("\n"), 1))


def _front_matter(lines: list[Line]) -> tuple[dict[str, Any], list[Line]]:
    if not lines or lines[0].text.strip() != "---":
        return {}, lines
    end = next((n for n, line in enumerate(lines[1:], 1) if line.text.strip() == "---"), None)
    if end is None:
        raise DocumentError("the front matter has no closing line of three hyphens", lines[0].file, 1)
    try:
        found = yaml.safe_load("\n".join(line.text for line in lines[1:end])) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = mark.line + 2 if mark else 1
        raise DocumentError(
            f"the front matter is not YAML: {getattr(error, 'problem', error)}", lines[0].file, at
        ) from error
    if not isinstance(found, dict):
        raise DocumentError("the front matter is not a mapping", lines[0].file, 1)
    for key in found:
        if key not in FRONT_MATTER:
            at = next((ln.number for ln in lines[1:end] if ln.text.startswith(f"{key}:")), 1)
            raise DocumentError(
                f"front matter key '{key}' is not known here: {', '.join(FRONT_MATTER)}", lines[0].file, at
            )
    return found, lines[end + 1 :]


def _pieces(lines: list[Line]) -> Iterator[Words | CodeCell]:
    words: list[Line] = []
    at = 0
    while at < len(lines):
        opening = _CELL.match(lines[at].text)
        if not opening:
            words.append(lines[at])
            at += 1
            continue
        closing = next((n for n in range(at + 1, len(lines)) if lines[n].text.rstrip() == opening.group(1)), None)
        if closing is None:
            raise DocumentError("this cell is never closed", lines[at].file, lines[at].number)
        if words:
            yield _words(words)
            words = []
        yield _cell(lines[at + 1 : closing], lines[at])
        at = closing + 1
    if words:
        yield _words(words)


def _cell(lines: list[Line], opening: Line) -> CodeCell:
    shown = True
    count = 0
    for line in lines:
        if not line.text.startswith("#|"):
            break
        count += 1
        match = _OPTION.match(line.text)
        name, setting = match.groups() if match else ("", "")
        if name not in CELL_OPTIONS or (CELL_OPTIONS[name] and setting not in CELL_OPTIONS[name]):
            known = "; ".join(f"{k}: {'|'.join(v) or '…'}" for k, v in CELL_OPTIONS.items())
            raise DocumentError(
                f"cell option '{line.text[2:].strip()}' is not known here ({known})", line.file, line.number
            )
        if (name, setting) in (("include", "false"), ("output", "false")):
            shown = False
    body = lines[count:]
    first = opening.number + count + 1
    source = "\n".join(line.text for line in body)
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise DocumentError(
            f"this is not Python: {error.msg}", opening.file, first + (error.lineno or 1) - 1
        ) from error
    return CodeCell(source, opening.file, first, shown)


def _words(lines: list[Line]) -> Words:
    found = Words(lines)
    for line in lines:
        for match in _INLINE.finditer(line.text):
            expression = match.group(1)
            try:
                tree = ast.parse(expression, mode="eval")
            except SyntaxError as error:
                raise DocumentError(f"inline expression `{expression}`: {error.msg}", line.file, line.number) from error
            if isinstance(tree.body, ast.Constant | ast.JoinedStr):
                raise DocumentError(
                    f"inline expression `{expression}` is a bare value: use num(…), text(…) or ref(…)",
                    line.file,
                    line.number,
                )
            found.expressions.append((line, expression))
    fenced = ""
    for place, line in enumerate(lines):
        if PAGEBREAK.match(line.text) and not fenced:
            found.lines[place] = Line(_NEW_PAGE, line.file, line.number)
        fenced = check_line(_INLINE.sub("", line.text), line.file, line.number, fenced)
    return found
