"""Read a document: front matter, includes, cells and inline expressions, each with its file and line.

Not here: what its language allows (`language`), and which file is meant (`report.assemble.documents`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from trial_report.report.cells.options import LABEL, OPENING, OPTION, setting
from trial_report.report.render import DocumentError
from trial_report.report.render.language import (
    CELL_OPTIONS,
    CODE_SPAN,
    DISPLAYED,
    FRONT_MATTER,
    PAGEBREAK,
    check_line,
    formulas,
)
from trial_report.report.render.pandoc import unset
from trial_report.runtime.near import near_to_it

_INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(\S+)\s*>\}\}\s*$")
_REFERENCE = re.compile(r"(?<![\w\\@.])@((?:tbl|fig|sec)-[\w-]*\w)")
_HEADING_ID = re.compile(r"^#{1,6}\s.*\{[^}]*#([\w.-]+)[^}]*\}\s*$")
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
    prose: list[Line] = field(default_factory=list)
    """The lines that stand in no block of code."""

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
    label: str = ""


@dataclass(slots=True)
class Document:
    """A document in pieces, in order, with its front matter."""

    meta: dict[str, Any]
    pieces: list[Words | CodeCell]


def read(path: Path, root: Path, folders: Sequence[Path] = ()) -> Document:
    """Read a document with its includes; places are named relative to ``root``.

    Includes are looked up in ``folders``, the first that has the file (default: the document's own folder); those of a
    study come before ours. Raises DocumentError for a missing file, for front matter that is not understood, and for
    anything that is not in the written subset of the language.
    """
    front, body = _expanded(path, root, folders or (path.parent,))
    meta, _ = _front_matter(front)
    document = Document(meta, list(_pieces(body)))
    _check_labels(document)
    _check_formulas(document)
    return document


def _check_labels(document: Document) -> None:
    """Raise DocumentError for a label that stands twice, and for a reference to what the document does not hold."""
    known: set[str] = set()
    for piece in document.pieces:
        if isinstance(piece, CodeCell) and piece.label:
            if piece.label in known:
                raise DocumentError(f"two cells have the label '{piece.label}'", piece.file, piece.line)
            known.add(piece.label)
        elif isinstance(piece, Words):
            known |= {found[1] for line in piece.prose if (found := _HEADING_ID.match(line.text))}
    for piece in document.pieces:
        for line in piece.prose if isinstance(piece, Words) else ():
            for label in _REFERENCE.findall(CODE_SPAN.sub("", line.text)):
                if label not in known:
                    meant = near_to_it(label, sorted(known))
                    what = "heading {#…}" if label.startswith("sec-") else "cell with that label"
                    raise DocumentError(f"@{label} leads nowhere: there is no {what}{meant}", line.file, line.number)


def _check_formulas(document: Document) -> None:
    """Raise DocumentError for a formula that pandoc cannot set in both formats, with the line that it begins on."""
    words = [piece for piece in document.pieces if isinstance(piece, Words)]
    for piece in words:
        whole = "\n".join(line.text for line in piece.prose)
        if "$" not in whole:
            continue
        for found in formulas(whole):
            said = unset(found)
            if said:
                at = piece.prose[whole[: whole.index(found)].count("\n")]
                raise DocumentError(
                    f"the formula {' '.join(found.split())[:80]} cannot be set: {said}", at.file, at.number
                )


def whole(path: Path, root: Path, folders: Sequence[Path] = ()) -> str:
    """Return the document's text with its includes in their places. Raises DocumentError as :func:`read` does."""
    front, body = _expanded(path, root, folders or (path.parent,))
    return "\n".join(line.text for line in (*front, *body))


def includes(path: Path, root: Path) -> list[str]:
    """Return what a document includes, by the names that it says. Raises DocumentError for a missing file."""
    found = (_INCLUDE.match(line.text) for line in _lines(path, root))
    return [match.group(1) for match in found if match]


def included(path: Path, root: Path, folders: Sequence[Path] = ()) -> list[Path]:
    """Return the files that a document includes, in their order. Raises DocumentError for a missing file."""
    found = ((_INCLUDE.match(line.text), line) for line in _lines(path, root))
    return [file for match, line in found if match for file in _found(match.group(1), folders or (path.parent,), line)]


def _expanded(path: Path, root: Path, folders: Sequence[Path]) -> tuple[list[Line], list[Line]]:
    """Return the lines of the front matter, its fences among them, and those of the body, includes in their places."""
    lines = list(_lines(path, root))
    _, body = _front_matter(lines)
    expanded: list[Line] = []
    for line in body:
        match = _INCLUDE.match(line.text)
        if not match:
            expanded.append(line)
            continue
        for target in _found(match.group(1), folders, line):
            expanded += [Line("", line.file, line.number), *_included(target, root), Line("", line.file, line.number)]
    return lines[: len(lines) - len(body)], expanded


def _found(name: str, folders: Sequence[Path], line: Line) -> list[Path]:
    """Return the file that is included, and after it those that are added to it: ``name+….qmd`` beside one of them."""
    for folder in folders:
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            raise DocumentError(f"the include {name} leaves the document's folder", line.file, line.number)
    first = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if first is None:
        raise DocumentError(f"there is no file {name} to include", line.file, line.number)
    place = Path(name)
    added = (path for folder in folders for path in (folder / place.parent).glob(f"{place.stem}+*{place.suffix}"))
    return [first, *sorted(added, key=lambda path: path.name)]


def _included(path: Path, root: Path) -> list[Line]:
    included = list(_lines(path, root))
    nested = next((one for one in included if _INCLUDE.match(one.text)), None)
    if nested:
        raise DocumentError("an included file cannot include another", nested.file, nested.number)
    if included and included[0].text.strip() == "---":
        raise DocumentError("an included file has no front matter of its own", included[0].file, 1)
    return included


def named(path: Path, root: Path) -> str:
    """Return how a file is named in messages: from ``root``, or, in a study elsewhere, from the study's folder."""
    place = path.resolve()
    if place.is_relative_to(root.resolve()):
        return place.relative_to(root.resolve()).as_posix()
    study = next((above for above in place.parents if (above / "study.yml").is_file()), place.parent)
    return place.relative_to(study.parent if study != place.parent else study).as_posix()


def _lines(path: Path, root: Path) -> Iterator[Line]:
    name = named(path, root)
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
        opening = OPENING.match(lines[at].text)
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
    shown, label = True, ""
    count = 0
    for line in lines:
        if not line.text.startswith("#|"):
            break
        count += 1
        match = OPTION.match(line.text)
        name, value = match.groups() if match else ("", "")
        if name not in CELL_OPTIONS or (CELL_OPTIONS[name] and value not in CELL_OPTIONS[name]):
            known = "; ".join(f"{k}: {'|'.join(v) or '…'}" for k, v in CELL_OPTIONS.items())
            raise DocumentError(
                f"cell option '{line.text[2:].strip()}' is not known here ({known})", line.file, line.number
            )
        if (name, value) in (("include", "false"), ("output", "false")):
            shown = False
        if name == "label":
            label = setting(value)
            if re.match(r"(?:tbl|fig)-", label) and not LABEL.fullmatch(label):
                raise DocumentError(f"the label '{label}' may hold letters, digits, - and _", line.file, line.number)
    body = lines[count:]
    first = opening.number + count + 1
    source = "\n".join(line.text for line in body)
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise DocumentError(
            f"this is not Python: {error.msg}", opening.file, first + (error.lineno or 1) - 1
        ) from error
    return CodeCell(source, opening.file, first, shown, label)


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
        found.prose += [line] if fenced in ("", DISPLAYED) else []
        fenced = check_line(_INLINE.sub("", line.text), line.file, line.number, fenced)
    return found
