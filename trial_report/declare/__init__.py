"""Declares what a report is made of: analyses, second computations, displays, derived variables, checks.

``from trial_report import declare`` and a decorator before a function is all that any of them needs, those that come
with the generator and those that a study brings in its folder ``analysis/`` alike::

    @declare.analysis("score", needs=("QS",))
    def score(trial): ...

    @declare.table("score.table", number="14.2", title="The score", population="SAF", after="eff.by_visit")
    def table(book): ...

It only keeps what was declared, and by whom: who runs it is `analysis.analyse.all` (analyses), `analysis.verify`
(second computations), `analysis.display.registry` (displays), `analysis.derive` (derivations) and `schemas.checks`
(checks). What is declared inside the package belongs to every study (`HOUSE`); a study's own declarations are kept
apart, so that those of one never reach another.
"""

from __future__ import annotations

from trial_report.declare.decorators import (
    analysis,
    check,
    derivation,
    figure,
    listing,
    outputs,
    second,
    table,
)
from trial_report.declare.kinds import (
    HOUSE,
    HOUSE_NAME,
    Analysis,
    Check,
    DeclarationError,
    Declarations,
    Declared,
    Derivation,
    Display,
    Finding,
    Second,
    into,
)
from trial_report.declare.order import in_order

__all__ = [
    "HOUSE", "HOUSE_NAME", "Analysis", "Check", "DeclarationError", "Declarations", "Declared", "Derivation",
    "Display", "Finding", "Second", "analysis", "check", "derivation", "figure", "in_order", "into", "listing",
    "outputs", "second", "table",
]  # fmt: skip
