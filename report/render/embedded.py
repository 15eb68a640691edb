"""Render a document to HTML and PDF: cells in a kernel, then pandoc to both formats, then Typst.

Not here: running of cells (`kernel`), what a page gets at its end (`finish`), Quarto (`report.assemble.quarto`).
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Literal

import typst

from trial_report.report.render import DocumentError
from trial_report.report.render.beside import destinations
from trial_report.report.render.binding import Part, cut_into, with_pages
from trial_report.report.render.document import Document, read
from trial_report.report.render.finish import LOOK, finish, printed
from trial_report.report.render.kernel import Kernel
from trial_report.report.render.pandoc import pandoc
from trial_report.report.render.volumes import Volumes
from trial_report.runtime.follow import tied
from trial_report.runtime.step import Step, silent

# What pandoc's Markdown may hold here is what Quarto's default reader gives it.
READER = "markdown"
# An archive that can be read aloud: every image has a text, every table its headings, the file its date.
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
_CUTOFF = re.compile(r"cutoff: \((\d+), (\d+), (\d+)\)")
_LABEL = re.compile(r"label `<([^>]*)>` (?:does not exist|occurs multiple times)")


def render(
    path: Path, root: Path, kernel: Kernel, out: Path, step: Step = silent, bibliography: Path | None = None,
    folders: Sequence[Path] = (), volumes: Volumes | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Render the document into ``out``, as page and PDF with its name; its sections are looked up in ``folders``.

    With ``volumes`` it may be several of both, of which the first has its name. Returns the names of all. Raises
    DocumentError, naming file and line wherever they are known.
    """
    document = read(path, root, folders)
    with step("Run the document's cells"):
        words = kernel.run(document)
    with step("Write HTML and Typst"), ThreadPoolExecutor(2) as pool:
        options = [*(volumes.options() if volumes else []), *options_of(document, bibliography)]
        page = pool.submit(to_html, words, options)
        source = pool.submit(to_typst, words, options)
        parts = cut_into(path.stem, page.result(), source.result(), volumes)
        for part in parts:
            made = finish(part.page, part.elsewhere)
            (out / f"{part.name}.html").write_text(made, encoding="utf-8", newline="\n")
    names = tuple(part.name for part in parts)
    with step("Set the PDF" if len(names) == 1 else f"Set {len(names)} PDFs"):
        set_all(parts, out)
    return names


def set_all(parts: Sequence[Part], out: Path) -> None:
    """Set the PDFs of all volumes; the first last, as its lists have the pages of what the others show."""
    first, *others = parts
    files = frozenset(f"{part.name}.pdf" for part in parts)
    places: dict[str, Mapping[str, int]] = {}
    for part in (*others, first):
        made = pdf(part.source, out, with_pages(part, places), files)
        (out / f"{part.name}.pdf").write_bytes(made)
        places[f"{part.name}.pdf"] = destinations(made) if others else {}


def to_html(words: str, options: Sequence[str]) -> str:
    """Return Markdown as an HTML page in the report's look, with its contents. Raises DocumentError."""
    # A title of the bibliography may hold mathematics.
    more = ["--toc", "--mathml", "--standalone", f"--template={LOOK / 'csr.html'}"]
    return _converted(words, "html5", [*options, *more])


def to_typst(words: str, options: Sequence[str]) -> str:
    """Return Markdown as a Typst source in the report's look. Raises DocumentError."""
    return _converted(words, "typst", [*options, "--standalone", f"--template={LOOK / 'csr.typ'}"])


def options_of(document: Document, bibliography: Path | None) -> list[str]:
    """Return the options of pandoc that a document and its bibliography ask for."""
    meta = document.meta
    options = [
        f"--lua-filter={LOOK / 'cells.lua'}",
        f"--lua-filter={LOOK / 'landscape.lua'}",
        f"--metadata=pagetitle={meta.get('title', 'Report')}",
        f"--metadata=lang={meta.get('lang', 'en')}",
    ]
    if bibliography is not None and bibliography.is_file() and bibliography.stat().st_size:
        options += ["--citeproc", f"--bibliography={bibliography}", f"--lua-filter={LOOK / 'mathematics.lua'}"]
    options += [f"--metadata=nocite={meta['nocite']}"] if "nocite" in meta else []
    options += ["--metadata=link-citations=true"] if meta.get("link-citations") else []
    return options


def versions() -> dict[str, str]:
    """Return the name and the versions of the parts that render."""
    said = subprocess.run([pandoc(), "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "name": "embedded",
        "pandoc": said.split("\n", 1)[0].removeprefix("pandoc").strip(),
        "typst": metadata.version("typst"),
    }


def _converted(words: str, to: str, options: Sequence[str]) -> str:
    """Return Markdown written in another format. Raises DocumentError for an error or a warning of pandoc."""
    command = [*tied([pandoc()]), f"--from={READER}", f"--to={to}", "--wrap=none", *options]
    done = subprocess.run(command, input=words.encode("utf-8"), capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode:
        raise DocumentError(f"pandoc could not write {to}: {said}")
    if "[WARNING]" in said:
        raise DocumentError(f"pandoc warned while writing {to}: {said}")
    return done.stdout.decode("utf-8")


def pdf(source: str, folder: Path, inputs: Mapping[str, str] | None = None, files: Collection[str] = ()) -> bytes:
    """Return the PDF of a Typst source; ``folder`` is the only place that it could read files from.

    ``inputs`` are what the source is given to read by name; links to one of the ``files`` lead into that PDF. Raises
    DocumentError for an error or a warning of Typst.
    """
    cutoff = _CUTOFF.search(source)
    year, month, day = map(int, cutoff.groups()) if cutoff else (2000, 1, 1)
    when = datetime(year, month, day, tzinfo=UTC)
    try:
        made, warnings = typst.compile_with_warnings(  # type: ignore[misc]
            source.encode("utf-8"),
            root=str(folder),
            font_paths=[str(LOOK / "fonts")],
            ignore_system_fonts=True,
            sys_inputs=dict(inputs or {}),
            pdf_standards=list(STANDARDS),
            timestamp=when,
        )
    except typst.TypstError as error:
        label = _LABEL.search(error.message)
        if label:
            raise DocumentError(f"reference in the PDF: {error.message.replace('o-', '', 1)}") from error
        raise DocumentError(f"Typst could not set the PDF: {error.message}\n{error.diagnostic}".strip()) from error
    if warnings:
        raise DocumentError(f"Typst warned: {warnings[0].message}\n{warnings[0].diagnostic}")
    if not isinstance(made, bytes):
        raise DocumentError("Typst gave no PDF")
    return printed(made, files)
