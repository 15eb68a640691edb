"""Which columns sentences speak of, and how: over all subjects, or each treatment group beside the others.

A sentence of a study that escalates doses, or has one group, speaks of all; one of a study that compares groups
speaks of each. Sizes are said of all wherever there is a total.

Not here: columns of tables (`analysis.display.tables._grid`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trial_report.analysis.display.answer import Answer
from trial_report.report.cells import kit
from trial_report.report.cells.kit import join, num
from trial_report.report.cells.pieces import Inline
from trial_report.schemas.study import TOTAL, StudyDefinition

COMMON_NOUNS = ("Placebo", "Control", "Standard", "Untreated", "No ", "Low", "High", "Medium")
"""How labels begin that are written small inside a sentence: common words, never a product's name."""


def outcome_columns(definition: StudyDefinition) -> tuple[str, ...]:
    """The columns in which outcomes are told: the total, or every group of a study that compares groups."""
    groups = tuple(g.code for g in definition.groups)
    compared = len(groups) > 1 and definition.escalation is None
    return (TOTAL,) if definition.treatment.total and not compared else groups


def size_columns(definition: StudyDefinition) -> tuple[str, ...]:
    """The columns in which sizes are told: the total where there is one, else every group."""
    return (TOTAL,) if definition.treatment.total else tuple(g.code for g in definition.groups)


def group_name(code: str) -> str:
    """A treatment group inside a sentence: "placebo", "Arm A"."""
    label = next(g.label for g in kit.book().definition.groups if g.code == code)
    return label[:1].lower() + label[1:] if label.startswith(COMMON_NOUNS) else label


def told(say_one: Callable[[str, bool], Inline], columns: Sequence[str] | None = None) -> Inline:
    """What is said of each column, one after the other with the groups' names: "1 with placebo and 2 with Arm A".

    `say_one` gets the column's code and whether it is the first. The total, or the only group, is said without a name.
    """
    definition = kit.book().definition
    codes = tuple(columns) if columns is not None else outcome_columns(definition)
    if codes[0] == TOTAL or len(definition.groups) == 1:
        return say_one(codes[0], True)
    return join([say_one(code, not place) + f" with {group_name(code)}" for place, code in enumerate(codes)])


def numbers(asked: Answer, statistic: str, columns: Sequence[str] | None = None) -> Inline:
    """One result in every column that is told, as it is printed."""
    return told(lambda code, _: num(asked.at(group=code), statistic), columns)


def in_all(asked: Answer, statistic: str, columns: Sequence[str] | None = None) -> float:
    """The sum of one result over the columns that are told, for a condition in a sentence; what is missing is 0."""
    codes = columns if columns is not None else outcome_columns(kit.book().definition)
    return sum(asked.at(group=code).value(statistic) or 0 for code in codes)
