"""What a cell may end with, by every renderer: pieces of a report, and what becomes one; anything else is refused.

Quarto shows whatever a cell gives: a table of great_tables or pandas stands in the page and is lost in the PDF, and a
bare string is read as Markdown. So the kernel itself turns what people return (frames, great_tables, figures, pictures,
Markdown) into blocks that are the same in both formats, and refuses the rest.

Not here: how a returned thing becomes a block (`shown`, `written`), and what was asked of Quarto
(`report.assemble.asked`).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from trial_report.report.cells.narrowed import left_over, widen
from trial_report.report.cells.options import Options, Running, written
from trial_report.report.cells.pieces import Block, KitError, Mixed
from trial_report.runtime.processes import lives, process

FORMATS = ("html", "typst")
OURS = "trial_report.report."
OWNER_NAME = ".build.owner"
"""The file beside the build folder that names the Quarto which prepared it and works with it (``publish.lock``)."""
DOCUMENT_NAME = ".build.document"
"""The file beside the build folder that names the document for which it was prepared."""
INLINE_HELP = "use show(…), num(…), text(…) or ref(…)"


def guard(build: Path, number: Callable[[str], str]) -> None:
    """Turn what the cells of this kernel give into blocks, or refuse it; outside a kernel there is nothing to do.

    The document's text in ``build`` says what the options of a cell are; ``number`` gives the number of a label.
    """
    shell = _shell()
    if shell is None or hasattr(shell, "_report_guarded"):
        return
    check_format(os.environ.get("QUARTO_EXECUTE_INFO"))
    check_prepared(build, os.environ)
    shell._report_guarded = True
    _draw_once(shell)
    # A kernel is up before the document's text is there.
    held: list[Running] = []
    formatter = shell.display_formatter
    show = formatter.format

    def begins(info: Any) -> None:
        if not held and (found := written(build)):
            held.append(Running(found))
        for running in held:
            running.begins(info.raw_cell or "")

    def format(shown: object, *arguments: Any, **named: Any) -> Any:
        if not callable(getattr(shown, "_repr_markdown_", None)) or not type(shown).__module__.startswith(OURS):
            shown = made(shown, held[0].now if held else Options(), number)
        return show(shown, *arguments, **named)

    def ended(_: Any) -> None:
        for running in held:
            running.ended()

    shell.events.register("pre_run_cell", begins)
    shell.events.register("post_run_cell", ended)
    formatter.format = format


def check_format(info: str | None) -> None:
    """Raise KitError where Quarto renders another format than the two that what cells return is made for."""
    if not info or not Path(info).is_file():
        return
    held = json.loads(Path(info).read_text(encoding="utf-8"))
    named = str(held.get("format", {}).get("identifier", {}).get("base-format", ""))
    if named and named not in FORMATS:
        raise KitError(
            f"a report is not made for the format '{named}': its tables and figures would be lost there; render "
            "--to html or --to typst (the PDF)"
        )


def check_prepared(build: Path, environment: Mapping[str, str]) -> None:
    """Raise KitError where Quarto runs these cells and not its hooks, or for another document than they prepared: what
    an earlier run prepared is not shown.
    """
    by_quarto = environment.get("QUARTO_EXECUTE_INFO") and not environment.get("CSR_BUILD")
    if not by_quarto or not process(os.getpid()):  # a system that names no process
        return
    owner, project = build.with_name(OWNER_NAME), build.parents[1]
    if owner.is_file() and lives(owner.read_text(encoding="utf-8")):
        widen(project)
        check_document(build, environment["QUARTO_EXECUTE_INFO"])
        return
    if left_over(project):
        widen(project)
        raise KitError("a render that was ended had left this document out of Quarto's list: render it once more")
    raise KitError(
        "Quarto runs what prepares a study for the documents alone that `_quarto.yml` lists, and this one is not among "
        "them: list it there, or use trial-report report --renderer quarto --document NAME"
    )


def check_document(build: Path, info: str) -> None:
    """Raise KitError where Quarto runs another document than the one that was prepared."""
    held, note = Path(info), build.with_name(DOCUMENT_NAME)
    if not held.is_file() or not note.is_file():
        return
    told = json.loads(held.read_text(encoding="utf-8")).get("document-path", "")
    prepared = note.read_text(encoding="utf-8")
    if told and Path(told).stem != prepared:
        raise KitError(
            f"Quarto renders {Path(told).name} in one run with {prepared}.qmd, for which the study was prepared: name "
            f"one document, quarto render report/{prepared}.qmd"
        )


def made(shown: Any, options: Options | None, number: Callable[[str], str]) -> Block | Mixed:
    """Return what a cell of these options gives as a block. Raises KitError for what cannot be one."""
    from trial_report.report.cells.pictures import Picture
    from trial_report.report.cells.shown import Caption, as_block, drawing_of, is_table

    if options is None:  # an inline expression
        raise KitError(
            f"a cell or inline expression gives a bare {type(shown).__name__}, which the two formats would show "
            f"differently: {INLINE_HELP}"
        )
    if type(shown).__module__.startswith("IPython.") and type(shown).__name__ == "Markdown":
        from trial_report.report.cells.written import markdown

        return markdown(str(shown.data))
    table = is_table(shown)
    if not table and not isinstance(shown, Picture) and drawing_of(shown) is None:
        raise KitError(
            f"this cell gives what a report cannot show safely ({str(shown)[:80]!r}, a {type(shown).__name__}): end it "
            f"with a frame, a GT, a figure, Markdown, or {INLINE_HELP.removeprefix('use ')}"
        )
    label, kind = options.label, "table" if table else "figure"
    if label and options.kind != kind:
        raise KitError(f"the cell is labelled '{label}' and gives a {kind}: labels begin with tbl- or fig-")
    if not label and any(options.given.get(name) for name in ("tbl-cap", "fig-cap")):
        raise KitError(f"a caption needs a label: #| label: {'tbl' if table else 'fig'}-name")
    title = options.caption or (_title(shown) if table else "")
    if label and not title:
        raise KitError(f"the cell is labelled '{label}' and has no caption: #| {label[:3]}-cap: its title")
    caption = Caption(kind=kind, id=label, number=number(label), title=title) if label else None  # type: ignore[arg-type]
    return as_block(shown, caption, options.given.get("fig-alt", ""))


def _title(shown: Any) -> str:
    """What the head of a GT says, which then is its caption."""
    from trial_report.analysis.display.laid import plain
    from trial_report.report.cells.shown import laid_of

    return plain(laid_of(shown).title)


def _draw_once(shell: Any) -> None:
    """Have figures look as the report's, and be shown where a cell ends with one, not a second time after it."""
    if "trial_report.report.render.inside" not in sys.modules:
        from trial_report.analysis.display.style import use_fonts

        use_fonts()
    if "matplotlib_inline" in sys.modules:
        from matplotlib_inline.backend_inline import flush_figures

        if flush_figures in shell.events.callbacks["post_execute"]:
            shell.events.unregister("post_execute", flush_figures)


def _shell() -> Any:
    """Return the shell of the kernel that runs, or None; IPython is not imported for it."""
    if "ipykernel" not in sys.modules:
        return None
    from IPython.core.getipython import get_ipython

    return get_ipython()
