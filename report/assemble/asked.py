"""What a person asked of Quarto: formats and options; what would give no report is refused before it computes.

Quarto tells its hooks which files it renders, and not how it was called. That is read from the process itself, which
is its parent; where the system does not show it, the cells refuse the formats (``report.cells.guard``), and what was
not computed is not published (``report.proof``). Nothing here renders or publishes.

Not here: what a document's own words may ask for (`report.render.language`), and what a cell may return
(`report.cells.guard`).
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from trial_report.runtime.choose import ChoiceError

FORMATS = ("html", "typst")
"""The formats that a report is made for: the page, and the PDF by Typst."""
_TO, _EVERY = ("-t", "--to"), ("all", "default")
_PARAMETERS = ("-P", "--execute-param", "--execute-params")
_NOT_EXECUTED = ("--no-execute", "--use-freezer")


def command_line(process: int) -> list[str]:
    """Return the arguments that a process was started with; none where the system does not show them."""
    try:
        held = Path(f"/proc/{process}/cmdline").read_bytes()
        return [os.fsdecode(part) for part in held.split(b"\0") if part]
    except OSError:
        listing = shutil.which("ps")
    if listing is None:
        return []
    done = subprocess.run(
        [listing, "-ww", "-o", "args=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    try:
        return shlex.split(done.stdout)
    except ValueError:  # a quotation mark that stood alone
        return done.stdout.split()


def check_asked(arguments: Sequence[str], project: Path, profiles: Sequence[str] = ()) -> None:
    """Raise ChoiceError where Quarto was asked for what is no report: another format, parameters, nothing executed.

    ``arguments`` are those of Quarto's process, ``project`` the folder of `_quarto.yml`, ``profiles`` the active ones.
    """
    given = list(_options(arguments))
    for name, value in given:
        if name in _PARAMETERS:
            raise ChoiceError(
                f"{name} {value}: a report has no parameters, as its words and numbers come from a study alone. Name "
                "the study in the environment, CSR_STUDY=DIR, or in a file _environment-NAME of this folder, which "
                "`quarto render --profile NAME` reads"
            )
        if name in _NOT_EXECUTED:
            raise ChoiceError(
                f"{name}: what is published is what was computed in the same run: leave {name} out, or see one format "
                "with `quarto preview`"
            )
    asked = [part for name, value in given if name in _TO for part in value.split(",") if part not in _EVERY]
    for name in asked or _formats(project, profiles):
        check_format(name)


def check_format(name: str) -> None:
    """Raise ChoiceError for a format that a report is not made for, by its name."""
    if name in FORMATS:
        return
    pdf = " (the PDF is made by typst, not by LaTeX)" if name == "pdf" else ""
    raise ChoiceError(
        f"a report is not made for the format '{name}'{pdf}: its tables and figures would be lost there. Render --to "
        "html or --to typst, or both without --to"
    )


def _options(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the options of a command line with what stands after each, or after its sign of equality."""
    for at, argument in enumerate(arguments):
        name, sign, value = argument.partition("=")
        if argument.startswith("--") and sign:
            yield name, value
        elif argument.startswith("-"):
            yield argument, arguments[at + 1] if at + 1 < len(arguments) else ""


def check_bibliography_named(project: Path, profiles: Sequence[str], study: Path, build: Path) -> None:
    """Raise ChoiceError where Quarto would read another bibliography than the study's own, or none.

    It may name the file of the study itself, or the copy of it in the build folder.
    """
    name = Path("text") / "references.bib"
    own, copied = study / name, build / name
    found = [value for held in _settings(project, profiles) for value in _listed(held.get("bibliography"))]
    paths = [(project / value).resolve() for value in found]
    if any(path not in (own.resolve(), copied.resolve()) for path in paths) or (not paths and own.is_file()):
        here = own if study.resolve() == project.resolve() else copied
        said = f"names {', '.join(found)}" if found else "names no bibliography"
        raise ChoiceError(
            f"the references of a report are those of its study, {own}, and `_quarto.yml` {said}: write "
            f"bibliography: {here.relative_to(project).as_posix()}"
        )
    if own.resolve() in paths and not own.is_file():
        raise ChoiceError(f"`_quarto.yml` names the bibliography {own}, which is not there: write it, it may be empty")


def _formats(project: Path, profiles: Sequence[str]) -> list[str]:
    """Return the formats that the settings name."""
    return list(dict.fromkeys(name for held in _settings(project, profiles) for name in _listed(held.get("format"))))


def _settings(project: Path, profiles: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Yield what `_quarto.yml` says, and the files of the profiles."""
    for file in ("_quarto.yml", *(f"_quarto-{name}.yml" for name in profiles), "_quarto.yml.local"):
        path = project / file
        held = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
        if isinstance(held, Mapping):
            yield held


def _listed(value: Any) -> list[str]:
    """Return the names that a setting gives: one, several, or keys with settings of their own."""
    return [value] if isinstance(value, str) else [str(one) for one in value or ()]
