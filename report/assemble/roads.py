"""Which renderer builds a report: Quarto where it is wanted and new enough, else the embedded one, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trial_report.report.assemble import quarto
from trial_report.report.assemble.documents import Request
from trial_report.report.assemble.steps import embedded
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.step import Step

RENDERERS = ("auto", "quarto", "embedded")


def render(renderer: str, study: Path, target: Path, step: Step, request: Request, say: Callable[[str], None]) -> None:
    """Build and publish a document by the renderer of that name; `auto` says by which, and why.

    Raises what `embedded` and `quarto.run` raise; ChoiceError where Quarto is wanted and is not there.
    """
    if renderer == "embedded":
        embedded(study, target, step, request)
        return
    found = quarto.find()
    if found and quarto.new_enough(found[1]):
        say(f"Rendering by Quarto {found[1]}")
        quarto.run(found[0], study, target, quiet=True, request=request)
        return
    why = f"Quarto {found[1]} is older than 1.9" if found else "there is no Quarto on the PATH"
    if renderer == "quarto":
        raise ChoiceError(f"{why}: install Quarto 1.9 or newer, or use --renderer embedded")
    say(f"Rendering by the embedded renderer ({why})")
    embedded(study, target, step, request)
