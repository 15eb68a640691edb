"""The command ``trial-report``: its verbs, and how it ends.

Nothing slow is imported before a verb needs it, so that help comes at once. What is wrong with what was typed is told
in its words, with exit code 2.

Not here: what a verb does, which stands in the module of its name, as `report` does.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from trial_report.runtime.ending import INTERRUPTED, MACHINE, TRACEBACK, refusal

VERBS = ("new", "begin", "validate", "core", "report", "export", "verify", "trace", "compare", "reproduce", "qualify")
"""In the order of the work; each is a module of this room with a function of its name."""

CODES = {
    0: "good",
    1: "something was told of the study, the document or the place: mend it; or something differs, or was not found",
    2: "what was typed is not understood",
    3: "the machine refused: no room, no permission, no memory",
    130: "interrupted (129, 143: ended by a signal)",
}

ABOUT = """From the visit data of a clinical trial to its study report, every number traced to its rows.

A study is a folder with its definition, study.yml, its SDTM domains in sdtm/, and its authors' texts in text/. Progress
is said on standard error, results on standard output."""


def module(verb: str) -> ModuleType:
    """The module of a verb."""
    return importlib.import_module(f"trial_report.command.{verb}")


def closing(verb: str) -> str:
    """What stands below the help of a verb: an example, what it writes, its exit codes."""
    held = module(verb)
    codes = "; ".join(f"{code}: {words}" for code, words in {**held.CODES, **{n: CODES[n] for n in (2, 3)}}.items())
    return f"Example: {held.EXAMPLE}\n\nWrites: {held.WRITES.replace('`', '')}\n\nExit codes: {codes}."


app = typer.Typer(
    help=ABOUT,
    epilog="Exit codes: " + "; ".join(f"{code}: {words}" for code, words in CODES.items()) + ".",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110},
)


def _said(asked: bool) -> None:
    if asked:
        from trial_report.runtime import new_project

        print(f"trial-report {new_project.version()}")
        raise typer.Exit


@app.callback()
def of_itself(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_said, help="Say which version this is, and exit.")
    ] = False,
) -> None:
    """What can be asked of the command itself."""


def ending(verb: Callable[..., int]) -> Callable[..., None]:
    """The function of a verb as the library wants it: its exit code is raised, also of what the machine refuses."""

    @functools.wraps(verb)
    def run_verb(*arguments: object, **options: object) -> None:
        try:
            code = verb(*arguments, **options)
        except KeyboardInterrupt:
            print("Interrupted.", file=sys.stderr)
            code = INTERRUPTED
        except Exception as error:
            told = refusal(error)
            if told is None or os.environ.get(TRACEBACK):
                raise
            print(told, file=sys.stderr)
            code = MACHINE
        raise typer.Exit(code)

    return run_verb


for _verb in VERBS:
    app.command(_verb, epilog=closing(_verb))(ending(getattr(module(_verb), _verb)))


def run(arguments: Sequence[str], name: str = "trial-report") -> int:
    """Run the command line; the exit code."""
    try:
        app(args=_numbers_last(arguments), prog_name=name)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    return 0


def _numbers_last(arguments: Sequence[str]) -> list[str]:
    """A negative number is what `trace` is asked for, no option."""
    given = list(arguments)
    asked = [text for text in given if text[:1] == "-" and text[1:2].isdigit()]
    if not asked or given[:1] != ["trace"]:
        return given
    return [*(text for text in given if text not in asked and text != "--"), "--", *asked]


def typed() -> str:
    """What was typed to call this command."""
    called = Path(sys.argv[0])
    return "python -m trial_report" if called.name == "__main__.py" else called.stem


def main() -> int:
    """Run what was typed; the exit code."""
    return run(sys.argv[1:], typed())
