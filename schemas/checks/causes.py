"""Tells one mistake once: finds the one cause of many problems, and counts under it what follows from it.

A unit that is written otherwise in every record, a visit that is dated wrongly in all its measurements, a reference
date in DM that no study day of the subject agrees with: each is one problem, at the record where the mistake is if that
can be known (`schemas.checks.origins`), else at the first that fails. Which severity a problem has, and what rests on
a failed cell, is settled before.

Not here: finding the record at which a cause is told (`origins`), which check follows from which (`follows`), and the
order in which checks run (`run`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report.schemas.checks.registry import Check
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import recalled, unique_texts
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.problems import Problem, Severity

Places = npt.NDArray[np.int64]

#: Fewer records than these have mistakes of their own.
FEW = 3
#: A check that this share of the records of a domain (of a test, of a qualifier) fails has failed all of them.
_NEARLY_ALL = 0.9
#: As many different values that all fail are one mistake of the variable.
_MANY = 10
DIFFERENT = "different values"


@dataclass(frozen=True)
class Told:
    """What a check told: rows of a domain by their places, and the problem of each."""

    check: Check
    domain: str
    variable: str
    rows: Places
    problems: list[Problem]
    #: File and line of the record beside which each row is wrong, where the check names one.
    beside: tuple[tuple[str, int] | None, ...] = ()

    def chosen(self, keep: npt.ArrayLike) -> Told:
        """Those of the rows that the mask keeps."""
        kept = np.flatnonzero(np.asarray(keep, dtype=bool))
        problems = [self.problems[place] for place in kept.tolist()]
        beside = tuple(self.beside[place] for place in kept.tolist()) if self.beside else ()
        return replace(self, rows=self.rows[kept], problems=problems, beside=beside)


Result = tuple[list[Problem], list[Told]]
"""Problems that are settled, and what was told that is not yet."""


def split(told: list[Told], *ids: str) -> tuple[list[Told], list[Told]]:
    """What was told by checks of these ids, and what by all others."""
    return [one for one in told if one.check.id in ids], [one for one in told if one.check.id not in ids]


def under(head: Problem, others: Iterable[Problem]) -> Problem:
    """The problem with the others, and what was counted under them, as its consequences."""
    found, more = list(head.consequences), head.more
    for one in others:
        # One that was folded already brings its own; where it has no record of its own it is none itself.
        found += ([one] if one.record or not one.following else []) + list(one.consequences)
        more += one.more
    bare = [replace(one, consequences=(), more=0) if one.following else one for one in found]
    return replace(head, consequences=tuple(bare), more=more)


def folded(problems: Iterable[Problem], key: Callable[[Problem], Hashable]) -> list[Problem]:
    """The first problem of each key, the others of that key being its consequences; those of key None stay."""
    groups: dict[Hashable, list[Problem]] = {}
    alone = 0
    for problem in problems:
        name = key(problem)
        if name is None:
            alone += 1
            name = (DIFFERENT, alone)
        groups.setdefault(name, []).append(problem)
    return [under(group[0], group[1:]) if len(group) > 1 else group[0] for group in groups.values()]


def of_columns(domains: Domains, told: Told) -> tuple[list[Problem], Told]:
    """Problems of a whole variable, where all records of the domain or test fail in it; and what is left.

    A mistake that is everywhere was made once: in a program, a map of codes, or the study definition. It is told at the
    header with a problem a value; where nearly every value is another one, with one problem.
    """
    frame = domains[told.domain]
    if len(told.rows) < FEW or told.variable not in frame or told.domain not in domains.sources:
        return [], told
    group, size = _parts(domains, told.domain, told.variable)
    if all(problem.value for problem in told.problems):
        # A record without a value is not judged, and does not fail.
        missing = frame[told.variable].isna().to_numpy(dtype=bool).copy()
        missing[told.rows] = False
        size = size - np.bincount(group[np.flatnonzero(missing)], minlength=len(size))
    fails = np.bincount(group[told.rows], minlength=len(size))
    everywhere = ((fails >= FEW) & (fails >= _NEARLY_ALL * size))[group[told.rows]]
    if not everywhere.any():
        return [], told
    whole = told.chosen(everywhere)
    kinds: dict[tuple[str, str], list[int]] = {}
    for place, problem in enumerate(whole.problems):
        kinds.setdefault((problem.value, problem.expected), []).append(place)
    if 2 * len(kinds) <= len(whole.rows):
        often = {kind: places for kind, places in kinds.items() if len(places) >= FEW}
        kept = ~everywhere
        kept[np.flatnonzero(everywhere)[[p for kind, places in kinds.items() if kind not in often for p in places]]] = (
            True
        )
        found = [_at_header(domains, whole, places, *kind) for kind, places in often.items()]
        return found, told.chosen(kept)
    if len(whole.rows) < _MANY:
        return [], told
    first = whole.problems[0]
    expected = first.expected if len({kind[1] for kind in kinds}) == 1 else f"{first.expected} for {first.value}"
    return [_at_header(domains, whole, range(len(whole.rows)), DIFFERENT, expected)], told.chosen(~everywhere)


def _parts(domains: Domains, domain: str, variable: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The part of a domain that each record belongs to, and how many each has: its test, or qualifier; else one."""
    frame = domains[domain]
    name = "QNAM" if domain.startswith("SUPP") else f"{domain}TESTCD"
    if name not in frame or name == variable or frame[name].dtype != "str":
        return np.zeros(len(frame), dtype=np.int64), np.array([len(frame)])
    return recalled("parts", frame, lambda: _of_texts(frame[name]))


def _of_texts(texts: pd.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    group = unique_texts(texts)[0].astype(np.int64) + 1
    return group, np.bincount(group, minlength=int(group.max(initial=0)) + 1)


def _at_header(domains: Domains, told: Told, places: Iterable[int], value: str, expected: str) -> Problem:
    problems = [told.problems[place] for place in places]
    files = {problem.file for problem in problems}
    file = problems[0].file if len(files) == 1 else domains.sources[told.domain].files[0]
    worst: Severity = "error" if any(problem.severity == "error" for problem in problems) else "warning"
    empty = replace(problems[0], file=file, line=1, subject="", visit="", record="", severity=worst)
    return replace(empty, value=value, expected=expected, consequences=tuple(problems))


#: What all measurements of a visit share, so that a mistake in it is one (named without the prefix of the domain).
_OF_VISIT = ("DTC", "ENDTC", "DY", "ENDY")
_OF_ANY_VISIT = frozenset({"VISIT", "VISITNUM", "VISITDY", "EPOCH", "USUBJID", "STUDYID"})


def of_visits(told: Told) -> list[Problem]:
    """The problems, those of the measurements of one visit that fail in what they share being one."""
    shared = {f"{told.domain}{name}" for name in _OF_VISIT} | _OF_ANY_VISIT
    if observation_class(told.domain) != "Findings" or told.variable not in shared:
        return told.problems

    def visit(problem: Problem) -> Hashable:
        return (problem.subject, problem.visit, problem.value, problem.expected) if problem.subject else None

    return folded(told.problems, visit)
