"""What a check found: one problem, a collection of them, and the exception that stops a run and says why.

This module knows nothing of domains or files; it is what readers, models, checks and programs share.

Not here: which problems there are (`schemas.checks`), and what becomes of them (`analysis.issues`).
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import groupby
from typing import Literal

import pandas as pd

from trial_report.runtime.told import ToldError

Severity = Literal["error", "warning"]

#: Order of domains in every list of problems: the subject first, then what was done, then what was found.
_DOMAINS = (
    ("STUDY", "DM", "DS", "SV", "EX", "AE", "MH", "CM", "DV")
    + ("VS", "LB", "QS", "FT", "CV", "FA")
    + ("SUPPDM", "SUPPAE")
)
_DOMAIN_ORDER = {name: place for place, name in enumerate(_DOMAINS)}
_SHOWN_LENGTH = 80


def shown(value: object, length: int = _SHOWN_LENGTH) -> str:
    """A value as it may be printed: cut to `length`, with invisible and control characters written out."""
    text = "" if value is None else str(value)
    whole = len(text)
    text = text[: length + 1]
    # What can be printed as it is, nearly everything, needs no look at each character.
    safe = text[:length]
    safe = safe if safe.isprintable() else "".join(_visible(character) for character in safe)
    return f"{safe}… ({whole:,} characters)" if whole > length else safe


def _visible(character: str) -> str:
    # Control, format (right-to-left, zero-width), surrogate and private characters, and line separators, would
    # be invisible or would change how the rest of the line reads.
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        point = ord(character)
        return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
    return character


@dataclass(frozen=True, slots=True)
class Problem:
    """One failure of one check at one place.

    `check` is the stable id of the check ("AE-012"); `line` is the physical line in a CSV file, its header being
    line 1, or the row of a transport file; `record` identifies the row without its line ("AESEQ=3"), so that the
    same problem is recognised in the next delivery. Empty text means "does not apply".

    `consequences` are the records that fail because of it: one mistake is one problem, told where the mistake is, and
    what follows from it is counted there; `more` is the number of those that are not listed. `source` names who found
    it where that was not a check of ours (``CORE``).
    """

    check: str
    severity: Severity
    domain: str
    message: str
    file: str = ""
    line: int | None = None
    subject: str = ""
    visit: str = ""
    variable: str = ""
    value: str = ""
    expected: str = ""
    remedy: str = ""
    record: str = ""
    accepted: str = ""
    source: str = ""
    consequences: tuple[Problem, ...] = field(default=(), compare=False, repr=False)
    more: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """What identifies the problem from one delivery to the next: place and value, but not the line."""
        value = self.value
        if len(value) > 60 or shown(value, 60) != value:
            value = f"{shown(value[:20])}#{hashlib.sha256(value.encode('utf-8', 'replace')).hexdigest()[:8]}"
        return "|".join((self.domain, self.subject, self.record or self.visit, self.variable, value))

    @property
    def following(self) -> int:
        """How many records fail because of the problem, its own not counted."""
        return len(self.consequences) + self.more

    @property
    def place(self) -> str:
        """File and line as an editor would want them, such as ``ae.csv:12``."""
        return f"{self.file}:{self.line}" if self.file and self.line is not None else self.file

    @property
    def stops(self) -> bool:
        """Whether this problem alone keeps the report from being built."""
        return self.severity == "error" and not self.accepted

    def as_dict(self) -> dict[str, object]:
        """The problem as plain values, with its key, for JSON and tables; of its consequences the number."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        del found["more"]
        return {**found, "consequences": self.following, "key": self.key}

    def _sort_key(self) -> tuple[object, ...]:
        place = _DOMAIN_ORDER.get(self.domain, len(_DOMAIN_ORDER))
        return (place, self.domain, self.file, -1 if self.line is None else self.line) + (
            self.check,
            self.variable,
            self.subject,
            self.record,
            self.visit,
            self.value,
            self.message,
        )


class Problems:
    """A collection of problems in stable order, each once. It grows by `add` and `extend`."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        # A dict keeps each problem once; the order of arrival is not part of the result (see __iter__).
        self._found: dict[Problem, None] = dict.fromkeys(problems)
        self._sorted: list[Problem] | None = None

    def add(self, problem: Problem) -> None:
        """Take in one problem; one that is there already changes nothing."""
        self._found[problem] = None
        self._sorted = None

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take in many problems."""
        self._found.update(dict.fromkeys(problems))
        self._sorted = None

    def __iter__(self) -> Iterator[Problem]:
        """By domain, file, line, then check."""
        if self._sorted is None:
            self._sorted = sorted(self._found, key=Problem._sort_key)
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problems) and list(self) == list(other)

    def __repr__(self) -> str:
        return f"Problems({len(self.errors)} errors, {len(self.warnings)} warnings)"

    @property
    def errors(self) -> list[Problem]:
        """Errors that were not accepted: each stops the report."""
        return [problem for problem in self if problem.stops]

    @property
    def warnings(self) -> list[Problem]:
        """Warnings that were not accepted."""
        return [problem for problem in self if problem.severity == "warning" and not problem.accepted]

    @property
    def accepted(self) -> list[Problem]:
        """Problems, of either severity, that somebody accepted with a reason."""
        return [problem for problem in self if problem.accepted]

    @property
    def counts(self) -> str:
        """How many of each, such as ``2 errors, 1 warning, 0 accepted``."""
        errors, warnings = _count(len(self.errors), "error"), _count(len(self.warnings), "warning")
        return f"{errors}, {warnings}, {len(self.accepted):,} accepted"

    def by_check(self) -> dict[str, list[Problem]]:
        """Problems of each check, checks in the order in which they first appear."""
        groups: dict[str, list[Problem]] = {}
        for problem in self:
            groups.setdefault(problem.check, []).append(problem)
        return groups

    def accept(self, reasons: Mapping[tuple[str, str], str]) -> Problems:
        """The same problems, those whose (check id, key) is in `reasons` being marked with that reason.

        What follows from a problem is accepted with it. A problem all of whose consequences were accepted one by one,
        as they were before they were told as one, is accepted as well.
        """
        return Problems(
            replace(problem, accepted=reason) if (reason := _reason(problem, reasons)) else problem for problem in self
        )

    def known(self) -> set[tuple[str, str]]:
        """Check id and key of every problem and of every consequence: what an acceptance can name."""
        found = {(problem.check, problem.key) for problem in self}
        return found | {(one.check, one.key) for problem in self for one in problem.consequences}

    def to_frame(self) -> pd.DataFrame:
        """A row a problem, a column a field of `Problem` and one for its key; text, but two numbers (Int64).

        The numbers are `line`, and `consequences`: how many records fail because of the problem.
        """
        names = [f.name for f in fields(Problem) if f.name != "more"] + ["key"]
        frame = pd.DataFrame([problem.as_dict() for problem in self], columns=names)
        return frame.astype({name: "Int64" if name in ("line", "consequences") else "str" for name in names})

    def summary(self, examples: int = 5) -> str:
        """All problems as plain text: a paragraph a check and message, counts, and the first `examples` of each."""
        paragraphs = [_paragraph(group, examples) for group in _groups(list(self))]
        return "\n\n".join(paragraphs)


def _reason(problem: Problem, reasons: Mapping[tuple[str, str], str]) -> str:
    own = reasons.get((problem.check, problem.key), "")
    if own or not problem.consequences or problem.more:
        return own
    given = [reasons.get((one.check, one.key), "") for one in problem.consequences]
    # A problem with a record of its own is not accepted by what follows from it.
    return given[0] if all(given) and not problem.record else ""


def further(problem: Problem) -> str:
    """How many records fail because of a problem, as words: ``and in 12 further records``; empty where none does."""
    number = problem.following
    if not number:
        return ""
    records = "record" if number == 1 else "records"
    return f"and in {number:,} further {records}" if problem.record else f"in {number:,} {records}"


def _groups(problems: list[Problem]) -> list[list[Problem]]:
    # Errors before warnings before accepted; within those, kinds in the order of their first problem.
    def kind(problem: Problem) -> tuple[int, str, str, str]:
        rank = 2 if problem.accepted else 1 if problem.severity == "warning" else 0
        return (rank, problem.check, problem.variable, problem.message)

    first: dict[tuple[int, str, str, str], int] = {}
    for position, problem in enumerate(problems):
        first.setdefault(kind(problem), position)
    ordered = sorted(problems, key=lambda problem: (kind(problem)[0], first[kind(problem)]))
    return [list(group) for _, group in groupby(ordered, key=kind)]


def _paragraph(group: list[Problem], examples: int) -> str:
    head = group[0]
    label = f"accepted {head.severity}" if head.accepted else head.severity
    count = f" ({len(group):,} times)" if len(group) > 1 else ""
    where = f" {head.variable}" if head.variable else ""
    lines = [f"{label} {head.check}{where}: {shown(head.message, 300)}{count}"]
    lines += [f"  {_one_line(problem)}" for problem in group[:examples]]
    if len(group) > examples:
        lines.append(f"  … and {len(group) - examples:,} more")
    if head.remedy:
        lines.append(f"  What to do: {head.remedy}")
    return "\n".join(lines)


def _one_line(problem: Problem) -> str:
    parts = [problem.place or problem.domain]
    parts += [f"subject {shown(problem.subject)}"] if problem.subject else []
    parts += [shown(problem.record)] if problem.record else []
    parts += [f"visit {shown(problem.visit)}"] if problem.visit else []
    parts += [f"found '{shown(problem.value)}'"] if problem.value else []
    parts += [f"expected {shown(problem.expected, 200)}"] if problem.expected else []
    parts += [further(problem)] if problem.following else []
    parts += [f"accepted: {shown(problem.accepted, 200)}"] if problem.accepted else []
    return ", ".join(parts)


_DATA = "The study's data"
_NEXT = """\
trial-report validate writes all of them to files. A finding that is right as it is can be accepted with its reason:
in study.yml under data: accepted_checks, for a whole check, or record by record in accepted-issues.csv."""


class StudyProblems(ToldError):
    """Data or definition of a study are not fit to be reported on. `str()` of it is the whole message."""

    def __init__(self, problems: Problems | Iterable[Problem], what: str = _DATA) -> None:
        self.problems = problems if isinstance(problems, Problems) else Problems(problems)
        self.what = what
        super().__init__(what)

    def __str__(self) -> str:
        errors, warnings = len(self.problems.errors), len(self.problems.warnings)
        counts = f"{_count(errors, 'error')} and {_count(warnings, 'warning')}"
        said = f"{self.what} cannot be used: {counts}.\n\n{self.problems.summary()}"
        return f"{said}\n\n{_NEXT}" if self.what == _DATA else said


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
