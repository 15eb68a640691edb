"""What a person asked of Quarto: formats and options; what would give no report is refused before it computes.

Quarto tells its hooks which files it renders, and not how it was called. That is read from the process itself, which
is its parent; where the system does not show it, the cells refuse the formats (``report.cells.guard``), and what was
not computed is not published (``report.proof``). Nothing here renders or publishes.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

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
    for name in asked or _settings(project, profiles):
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


def _settings(project: Path, profiles: Sequence[str]) -> list[str]:
    """Return the formats that `_quarto.yml` and the files of the profiles name."""
    found: dict[str, None] = {}
    for file in ("_quarto.yml", *(f"_quarto-{name}.yml" for name in profiles), "_quarto.yml.local"):
        path = project / file
        held = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
        formats = held.get("format") if isinstance(held, Mapping) else None
        found |= dict.fromkeys([formats] if isinstance(formats, str) else map(str, formats or ()))
    return list(found)
