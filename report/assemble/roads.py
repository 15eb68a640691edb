"""Which renderer builds a report: the one that is named, else the one that gives the better report, and why.

Not here: how a road renders (`steps`, `quarto`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from trial_report.report.assemble import quarto
from trial_report.report.assemble.documents import Request
from trial_report.report.assemble.steps import embedded
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.step import Step

Renderer = Literal["auto", "quarto", "embedded"]


PARTS = ("nbclient", "pypandoc", "typst")
"""What the embedded renderer is made of: it runs cells, reads Markdown, and sets pages."""


@dataclass(frozen=True)
class Road:
    """The program of Quarto, or None for the embedded renderer, and what there is to say about the choice."""

    quarto: str | None
    said: str = ""


def choose(renderer: Renderer) -> Road:
    """Return the renderer of that name, or of "auto" the one that gives the better report, with what to say of it.

    Both give the same words. The embedded renderer's pandoc and Typst are packages of the lock, by which the same bytes
    come again, and it takes a third of the time. Quarto brings its own, older or newer.
    So Quarto is taken only where parts of the embedded renderer are not installed.

    Raises ChoiceError where Quarto is wanted, and is not there or too old, or where there is neither.
    """
    if renderer == "embedded":
        return Road(None)
    found = quarto.find()
    able = found is not None and quarto.new_enough(found[1])
    missing = [part for part in PARTS if find_spec(part) is None]
    if renderer == "auto" and not missing:
        other = f"; Quarto {found[1]} is there too: --renderer quarto" if found and able else ""
        return Road(None, f"Rendering by the embedded renderer, whose pandoc and Typst are installed with it{other}")
    if found and able:
        lacks = f" (of the embedded renderer there is no {missing[0]})" if renderer == "auto" else ""
        return Road(found[0], f"Rendering by Quarto {found[1]}{lacks}")
    why = f"Quarto {found[1]} is older than {quarto.LEAST}" if found else "there is no Quarto on the PATH"
    if renderer == "quarto":
        raise ChoiceError(f"{why}: install Quarto {quarto.LEAST} or newer, or use --renderer embedded")
    raise ChoiceError(
        f"{missing[0]} is not installed, and {why}: install trial-report with what it needs (pip install)"
    )


def render(road: Road, study: Path, target: Path, step: Step, request: Request, *, quiet: bool) -> None:
    """Build and publish a document. Quarto shows its own steps, unless it is to be quiet.

    Raises what `embedded` and `quarto.run` raise.
    """
    if road.quarto:
        quarto.run(road.quarto, study, target, quiet=quiet, request=request)
    else:
        embedded(study, target, step, request)
