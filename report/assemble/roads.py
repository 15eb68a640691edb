"""Which renderer builds a report: Quarto where it is wanted and new enough, else the embedded one, and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trial_report.report.assemble import quarto
from trial_report.report.assemble.documents import Request
from trial_report.report.assemble.steps import embedded
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.step import Step

Renderer = Literal["auto", "quarto", "embedded"]


@dataclass(frozen=True)
class Road:
    """The program of Quarto, or None for the embedded renderer, and what there is to say about the choice."""

    quarto: str | None
    said: str = ""


def choose(renderer: Renderer) -> Road:
    """Return the renderer of that name. Raises ChoiceError where Quarto is wanted, and is not there or too old."""
    if renderer == "embedded":
        return Road(None)
    found = quarto.find()
    if found and quarto.new_enough(found[1]):
        return Road(found[0], f"Rendering by Quarto {found[1]}")
    why = f"Quarto {found[1]} is older than 1.9" if found else "there is no Quarto on the PATH"
    if renderer == "quarto":
        raise ChoiceError(f"{why}: install Quarto 1.9 or newer, or use --renderer embedded")
    return Road(None, f"Rendering by the embedded renderer ({why})")


def render(road: Road, study: Path, target: Path, step: Step, request: Request, *, quiet: bool) -> None:
    """Build and publish a document. Quarto shows its own steps, unless it is to be quiet.

    Raises what `embedded` and `quarto.run` raise.
    """
    if road.quarto:
        quarto.run(road.quarto, study, target, quiet=quiet, request=request)
    else:
        embedded(study, target, step, request)
