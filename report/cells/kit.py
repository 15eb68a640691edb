"""What a cell of a document may call: displays, references, traced numbers, the author's texts.

Everything returns an :class:`Inline` or a :class:`Block`, which carries finished HTML and finished Typst side
by side, so that neither renderer can read text from data as markup. A document says
``from trial_report.report.cells.kit import show, ref, num, author, text`` and never returns a bare string or table.

Not here: the sentences (`report.prose`), the kinds of pieces (`pieces`), and what a cell may return of its own
(`shown`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trial_report.analysis.display.escape import html_attribute, html_text, typst_string, typst_text
from trial_report.analysis.display.spelling import AMERICAN_TO_BRITISH
from trial_report.analysis.display.table_html import number as number_html
from trial_report.report.cells.drawn_ahead import drawn
from trial_report.report.cells.guard import guard
from trial_report.report.cells.options import KINDS, LABEL, Options, written
from trial_report.report.cells.pieces import Block, Inline, KitError, Mixed, array, joined, paragraph, together
from trial_report.report.cells.stamp import PREFIX, WORDS, read_stamp
from trial_report.runtime.near import near_to_it
from trial_report.runtime.places import project
from trial_report.schemas.study.identity import Language

if TYPE_CHECKING:
    import pandas as pd

    from trial_report.analysis.display.answer import Answer
    from trial_report.analysis.display.book import Book
    from trial_report.analysis.display.output import Output
    from trial_report.report.cells.pictures import Picture

__all__ = [
    "Block", "Inline", "KitError", "author", "block", "contents", "join", "lines", "list_of", "md", "num", "output",
    "picture", "ref", "show", "show_all", "text", "title_page", "value",
]  # fmt: skip


LEFT_OUT_HERE = "The displays of this section are left out of this report; the index of outputs (16.1.9) names them."
NOTHING_HERE = "Not applicable: this study has no table, figure or listing of this section."

NOT_PROVIDED = "Not provided."
"""Of what a guideline asks for and no data tell."""

_shown: dict[str, None] = {}
_copied: dict[str, None] = {}
_unwritten: dict[str, bool] = {}
"""The author's texts that this document asked for and there are not: whether a sentence of ours says what is asked."""


def build_folder() -> Path:
    """Return the build folder: the environment's CSR_BUILD, or where Quarto's hook puts it."""
    return Path(os.environ.get("CSR_BUILD") or project() / "_report" / ".build")


@lru_cache(maxsize=1)
def book() -> Book:
    """Open the book of the build folder once; raises KitError where nothing has been prepared."""
    from trial_report.analysis.display.book import open_book

    folder = build_folder()
    if not folder.is_dir():
        raise KitError(f"nothing has been prepared: there is no build folder {folder.name}; run trial-report report")
    return open_book(folder)


def label_number(label: str) -> str:
    """Return the number that a labelled cell's table or figure has in this document."""
    from trial_report.report.cells.options import numbers

    found = numbers(_labelled(), book().outputs.values())
    if label not in found:
        raise KitError(f"the document has no cell labelled '{label}'" + near_to_it(label, found))
    return found[label]


@lru_cache(maxsize=1)
def _labelled() -> tuple[Options, ...]:
    return tuple(one for one in written(build_folder()) if one.label)


guard(build_folder(), label_number)


# `study` and `results` can be imported by name too, but not by `*`, which would open the book at once.
def __getattr__(name: str) -> Any:
    # Lazy, so that importing the module does not need a prepared study.
    if name == "study":
        return book().study
    if name == "results":
        return book().results
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# ---- numbers and text ---------------------------------------------------------------------------------


def _row(key: str, held: Book | None = None) -> pd.Series:
    import pandas as pd

    results = (held or book()).results
    if key not in results.index:
        raise KitError(f"no result has the key '{key}'" + near_to_it(key, results.index))
    found = results.loc[key]
    if not isinstance(found, pd.Series):
        raise KitError(f"{len(found)} results have the key '{key}'; a key must be unique")
    return found


def num(result: str | Answer, statistic: str | None = None) -> Inline:
    """Return the printed form of one result, traced to its row: ``num("key")``, or ``num(answer, "n")`` of an answer.

    Raises KitError where no row, or more than one, has the key, or where the row has no printed form; and where a key
    comes with a statistic, which it has in it, or an answer without one. Where the study's own code is left out, so is
    what it computes.
    """
    if isinstance(result, str):
        if statistic is not None:
            raise KitError(f"the key '{result}' has its statistic in it: num('{result}') alone")
        if book().own.sources.left_out and result not in book().results.index:
            return text("[left out with the study's own code]")
        key, row = result, _row(result)
    elif statistic is None:
        raise KitError(f"which statistic of '{result.key('…')}'? As in num(book().ask(…), 'n')")
    else:
        key = result.key(statistic)
        row = _row(key, result.book)
    printed = row["formatted"]
    if not isinstance(printed, str) or not printed:
        raise KitError(f"the result '{key}' has no printed form")
    return Inline(number_html(printed, (key,)), f"#{typst_text(printed)};")


def value(key: str) -> float | str | None:
    """Return the raw value (or raw text) of one result, for a condition in a document; never print it.

    Raises KitError like :func:`num`; None where the value does not exist.
    """
    found = _row(key)
    if found["value"] == found["value"] and found["value"] is not None:
        return float(found["value"])
    return found["text"] if isinstance(found["text"], str) else None


def text(anything: object) -> Inline:
    """Return any text (from data or definition) as text, whatever characters it holds."""
    shown = str(anything)
    return Inline(f"<bdi>{html_text(shown)}</bdi>", f"#{typst_text(shown)};")


def join(items: Sequence[Inline | str], last: str = " and ", between: str = ", ") -> Inline:
    """Return items as an enumeration, "a, b and c"; strings among them are shown as text."""
    return joined(items, last, between)


def lines(items: Sequence[Inline | str]) -> Block:
    """Return items as a bulleted list; strings among them are shown as text."""
    safe = [item if isinstance(item, Inline) else text(item) for item in items]
    html = "".join(f"<li>{item.html}</li>" for item in safe)
    return Block(f"<ul>{html}</ul>", "\n".join(f"- {item.typst}" for item in safe))


# ---- displays -----------------------------------------------------------------------------------------


def output(name: str) -> Output:
    """Return the registry's entry of an output; raises KitError for a name that it does not have."""
    outputs = book().outputs
    if name not in outputs:
        raise KitError(f"the registry has no output '{name}'" + near_to_it(name, outputs))
    return outputs[name]


def left_out(name: str) -> str:
    """What is said of an output that is not there because the study leaves it, or its own code, out; else nothing."""
    found = next((one for one in book().left_out if one.id == name), None)
    if found is not None:
        return f"{found.title} (left out of this report)"
    if book().own.sources.left_out and name not in book().outputs:
        return f"{name} (of the study's own code, which is left out)"
    return ""


SECTION_14 = re.compile(r"\bshow_all\(\s*[\"']14\b")
_SHOW = re.compile(r"\bshow\(\s*[\"']([\w.-]+)[\"']\s*\)")
SHOWN_BY = {
    "efficacy_by_endpoint": ("fig.phases.", "fig.profile."), "frequent_events_drawn": ("fig.ae",),
    "dose_finding": ("fig.escalation", "esc.cohorts"),
}  # fmt: skip
"""Displays of section 14 that sentences show in the text; a name that ends in a dot stands for all that begin so."""


@lru_cache(maxsize=8)
def _told_in(words: str) -> tuple[str, ...]:
    """The displays that a document shows before its section 14; none of one that has no such section."""
    cut = SECTION_14.search(words)
    if cut is None:
        return ()
    text_of_it = words[: cut.start()]
    by_prose = [name for function, names in SHOWN_BY.items() if f"prose.{function}(" in text_of_it for name in names]
    return (*_SHOW.findall(text_of_it), *by_prose)


def in_text(name: str) -> bool:
    """Whether this document shows an output of section 14 in its text as well, where it has a number of the text."""
    found = book().outputs.get(name)
    if found is None or not found.told:
        return False
    path = build_folder() / WORDS
    told = _told_in(path.read_text(encoding="utf-8")) if path.is_file() else ()
    return any(name == one or (one.endswith(".") and name.startswith(one)) for one in told)


def as_called(name: str) -> Output:
    """The output as this document's sentences call it: what the text shows of it, else itself."""
    found = output(name)
    return found.copy if in_text(name) else found


def ref(name: str) -> Inline:
    """Return a link to an output, or a cell's label, with its kind and number as text: "Table 14.1.1".

    Of an output that is left out it says that.
    """
    kind = LABEL.fullmatch(name)
    if not kind and (absent := left_out(name)):
        return text(absent)
    if kind:
        goal, called = name, f"{KINDS[kind[1]].capitalize()} {label_number(name)}"
    else:
        found = as_called(name)
        goal, called = found.id, found.name
    words = called.replace(" ", "\u00a0")
    return Inline(
        f'<a class="ref" href="#o-{html_attribute(goal)}">{html_text(words)}</a>',
        f"#csr-ref({typst_string(goal)}, {typst_string(words)});",
    )


def show(name: str) -> Block:
    """Return one output with its caption, notes and trace. An output is shown once in a document.

    One of section 14 that the text of a report shows has there a number of the text, and stands in section 14 as well.
    One that the study leaves out says so in a sentence.

    Raises KitError for an unknown name, and where the output stands in the document already.
    """
    from trial_report.report.cells.displays import display

    if absent := left_out(name):
        return paragraph(f"{absent[:1].upper()}{absent[1:]}.")
    found = output(name)
    if in_text(name) and name not in _copied:
        _copied[name] = None
        return display(found.copy, book().made(name))
    return _whole(name)


def _whole(name: str) -> Block:
    from trial_report.report.cells.displays import display

    found = output(name)
    if name in _shown:
        raise KitError(f"the output '{name}' is shown already; point to it with ref('{name}')")
    _shown[name] = None
    ready = drawn(build_folder(), name) if found.kind == "figure" else None
    return ready or display(found, book().made(name))


def show_all(prefix: str) -> Mixed:
    """Return all outputs whose id begins with the prefix, or whose number does where it begins with a digit.

    They come in the registry's order; those shown already are left out. "14.1" means 14.1 and 14.1.2 but not
    14.10. A section of which the study has nothing says so. Raises KitError where no id begins with the prefix.
    """
    dotted = prefix.rstrip(".") + "."
    if prefix[:1].isdigit():
        outputs = book().outputs.items()
        names = [n for n, o in outputs if f"{o.number}.".startswith(dotted) or f"{o.section}.".startswith(dotted)]
    else:
        names = [n for n in book().outputs if n.startswith(prefix)]
    if not names and prefix[:1].isdigit():
        absent = any(f"{one.number}.".startswith(dotted) for one in book().left_out)
        return Mixed((paragraph(LEFT_OUT_HERE if absent else NOTHING_HERE),))
    if not names:
        raise KitError(f"no output begins with '{prefix}'")
    return Mixed(tuple(_whole(name) for name in names if name not in _shown))


def block(shown: Any, *, alt: str = "") -> Block:
    """Return a frame, GT, figure (axes, seaborn's grid) or picture as a block, to be joined to others.

    A cell may end with one of these as it is. Raises KitError for what cannot be shown in both formats.
    """
    from trial_report.report.cells.shown import as_block

    return as_block(shown, alt=alt)


def picture(name: str, *, alt: str = "", width: int = 100) -> Picture:
    """Return a picture of the study, by its name in the study's folder: ``picture("text/scheme.png", alt="…")``.

    PNG, JPEG or SVG in the study's ``text/`` or ``report/``; ``width`` is a percentage of the page's. Raises KitError
    for one that there is not, that would fetch or run something, or that has no text for those who cannot see it.
    """
    from trial_report.report.cells.pictures import read_picture

    return read_picture(build_folder(), name, alt, width)


def md(words: str, *values: Any, **named: Any) -> Mixed:
    """Return Markdown, the subset of the author's texts; ``{}`` and ``{name}`` are values, shown as text or traced.

    Raises KitError for anything outside the subset that ``report/README.md`` lists.
    """
    from trial_report.report.cells.written import markdown

    return markdown(words, values, named, num, references())


# ---- the frame of the document ------------------------------------------------------------------------


def contents(depth: int = 3) -> Block:
    """Return the table of contents in print; HTML has it at the side."""
    return Block("", f"#csr-contents({int(depth)})")


def list_of(kind: str) -> Block:
    """Return the list of tables, figures or listings ("table", "figure", "listing")."""
    if kind not in ("table", "figure", "listing"):
        raise KitError(f"there is no list of '{kind}': table, figure or listing")
    # The HTML list is filled when the page is finished (report/render/finish.py), by what the document then holds.
    return Block(f'<nav class="csr-list" data-kind="csr-{kind}"></nav>', f'#csr-list("csr-{kind}")')


def title_page(
    *,
    title: str,
    subtitle: str = "Clinical Study Report",
    header: tuple[str, str] = ("", ""),
    footer: str = "",
    facts: Sequence[tuple[str, str]] = (),
    statements: Sequence[str] = (),
    notice: str | None = None,
    mark: str | None = None,
    keywords: Sequence[str] = (),
    author: str = "",
    cutoff: date | str | None = None,
    cover: bool = True,
    language: Language = "en-US",
) -> Block:
    """Return the title page and, for everything after it, page header and footer. The first block of a document.

    Without a ``cover`` title, notice and facts stand at the head of the first page.

    ``header`` is protocol and version, left and right; ``footer`` stands left of "Page x of y" (data cut-off,
    synthetic-data notice); ``facts`` are pairs of label and text; ``statements`` follow them, in the first volume alone
    (as what else comes there has to: `csr-title-page` of the Typst template); ``notice`` is framed; ``mark`` stands on
    every page, as of a draft; ``keywords`` and ``author`` are properties of the PDF; ``cutoff`` (a date or ISO 8601
    text) dates it, so that the same data give the same bytes. ``language`` is that of page and PDF; headings of the
    documents, which are written in American, are spelled by it (``look/cells.lua``). The build's stamp stands in both
    formats where no reader looks, so that nothing that was made from another build can be published (``report.proof``).
    """
    stamp = read_stamp(build_folder())
    when = date.fromisoformat(cutoff) if isinstance(cutoff, str) else cutoff
    rows = "".join(f"<dt>{html_text(label)}</dt><dd>{html_text(fact)}</dd>" for label, fact in facts)
    frame = f'<p class="notice" role="note">{html_text(notice)}</p>' if notice else ""
    stamped = f'<div hidden data-stamp="{html_attribute(stamp)}"></div>' if stamp else ""
    marked = f'<p class="mark" role="note">{html_text(mark)}</p>' if mark else ""
    place = "title-page" if cover else "title-page head"
    html = (
        f'{stamped}{marked}<header class="{place}" data-title="{html_attribute(title)}" '
        f'data-notice="{html_attribute(footer)}"{_language(language)}>'
        f'<p class="subtitle">{html_text(subtitle)}</p><h1>{html_text(title)}</h1>{frame}'
        f"<dl>{rows}</dl>{together(map(paragraph, statements)).html}</header>"
    )
    pairs = array(f"({typst_text(label)}, {typst_text(fact)})" for label, fact in facts)
    typst = (
        f"#show: csr-report.with(title: {typst_string(title)}, subtitle: {typst_text(subtitle)}, "
        f"header-left: {typst_text(header[0])}, header-right: {typst_text(header[1])}, "
        f"footer-left: {typst_text(footer)}, notice: {typst_text(notice) if notice else 'none'}, "
        f"mark: {typst_text(mark) if mark else 'none'}, cover: {'true' if cover else 'false'}, "
        f"facts: {pairs}, statements: {array(map(typst_text, statements))}, "
        f"keywords: {array(map(typst_string, [*keywords, *([PREFIX + stamp] if stamp else [])]))}, "
        f"author: {typst_string(author)}, region: {typst_string(language[-2:])}, "
        f"cutoff: {f'({when.year}, {when.month}, {when.day})' if when else 'none'})"
    )
    return Block(html, typst)


def _language(language: Language) -> str:
    """The attributes by which the filter knows the language, and the words that it spells otherwise than headings."""
    if language == "en-US":
        return ' data-language="en-US"'
    words = " ".join(f"{american}:{british}" for american, british in AMERICAN_TO_BRITISH.items())
    return f' data-language="{html_attribute(language)}" data-respelled="{html_attribute(words)}"'


# ---- the author's texts -------------------------------------------------------------------------------


def is_written(name: str) -> bool:
    """Whether the document says what the author's text ``name`` is for: by the text, or by a sentence of ours.

    Asked after the document asked for the text.
    """
    return _unwritten.get(name, (build_folder() / "text" / f"{name}.md").is_file())


def references() -> frozenset[str]:
    """Return the keys of the study's bibliography, text/references.bib."""
    from trial_report.report.cells.authored import entries

    return entries(build_folder() / "text" / "references.bib")


def author(name: str, *, judges: bool = False, otherwise: str | Inline = "") -> Block | Mixed:
    """Return the author's text ``text/<name>.md`` of the study, its ``[[results key]]`` being traced numbers.

    A text that ``judges`` what was found was written on the whole study: a document as of an earlier day leaves it out,
    and says so. Where there is no such file ``otherwise`` stands in its place, a sentence of the report; without one a
    visible placeholder. Raises KitError, naming file and line, for an unknown key
    or for anything outside the subset of Markdown that ``report/README.md`` lists.
    """
    from trial_report.report.cells.authored import rendered

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise KitError(f"'{name}' is no name of a text: letters, digits, hyphen and underscore only")
    path = build_folder() / "text" / f"{name}.md"
    earlier = book().run.get("as_of") if judges else None
    if not path.is_file():
        _unwritten[name] = bool(otherwise)
    if otherwise and not path.is_file():
        said = otherwise if isinstance(otherwise, Inline) else text(book().spelling(otherwise))
        # Also "Funding: not provided."
        _unwritten[name] = not re.sub(r"<[^>]*>", "", said.html).endswith(NOT_PROVIDED[1:])
        return Block(f"<p>{said.html}</p>", f"{said.typst}#parbreak()")
    if earlier or not path.is_file():
        words = f"[Text to be written by the author: text/{name}.md]"
        if earlier:
            words = f"[Left out as of {earlier}: text/{name}.md was written on the whole study]"
        return Block(f'<p class="placeholder">{html_text(words)}</p>', f"#csr-placeholder({typst_text(words)})")
    return rendered(path, num, references())
