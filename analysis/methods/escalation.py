"""The 3+3 rule: what it asks for after each cohort, and the MTD by each definition in use.

Source: Storer BE, Design and analysis of phase I clinical trials, Biometrics 1989;45:925–937 (design A, with
de-escalation); Lin Y, Shih WJ, Biostatistics 2001;2:203–215. No library has it.

Not here: the chance of what the rule does (`operating`), and a study's cohorts (`analyse.escalation`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Definition = Literal[
    "highest level with at most 1/6 DLT",
    "highest level with at most 1/6 DLT and 6 patients",
    "level below the first with 2 DLTs",
]
Decision = Literal["escalate", "expand", "de-escalate", "stop", "not enough data", "pending"]

COHORT = 3
FULL = 6


@dataclass(frozen=True)
class Cohort:
    """One cohort as it was treated: patients treated, of them evaluable for DLT, of them with a DLT.

    `pending` are those without a DLT who are still being observed and may become evaluable: not yet is not never.
    """

    level: str
    treated: int
    evaluable: int
    dlts: int
    pending: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError unless 0 ≤ dlts ≤ evaluable ≤ treated, the pending among those not evaluable."""
        if not 0 <= self.pending <= self.treated - self.evaluable:
            raise ValueError(f"{self.pending} cannot be pending of {self.treated} treated, {self.evaluable} evaluable")
        if not 0 <= self.dlts <= self.evaluable <= self.treated:
            raise ValueError(
                f"a cohort needs 0 ≤ DLTs ≤ evaluable ≤ treated, not {self.dlts}, {self.evaluable}, {self.treated}"
            )


@dataclass(frozen=True)
class Design:
    """The dose levels from lowest to highest and the definition of the MTD that the trial uses.

    `confirm` asks for six patients at a dose before it is the MTD, whatever the definition.
    `allow_de_escalation=False` ends the trial at the first level with too many DLTs, without more patients below.
    Raises ValueError on no levels, a repeated level or an unknown definition.
    """

    levels: tuple[str, ...]
    definition: Definition = "highest level with at most 1/6 DLT and 6 patients"
    allow_de_escalation: bool = True
    confirm: bool = False

    def __post_init__(self) -> None:
        if not self.levels or len(set(self.levels)) != len(self.levels):
            raise ValueError("a design needs dose levels, each named once")
        if self.definition not in get_args(Definition):
            raise ValueError(f"unknown MTD definition {self.definition!r}: one of {'; '.join(get_args(Definition))}")

    @property
    def needs_six(self) -> bool:
        """Whether a level with no DLT in 3 must be expanded to 6 before it can be the MTD."""
        return self.confirm or self.definition == "highest level with at most 1/6 DLT and 6 patients"


@dataclass(frozen=True)
class Counts:
    """What is known of one level: patients evaluable for DLT, patients with a DLT, patients still being observed."""

    evaluable: int = 0
    dlts: int = 0
    pending: int = 0

    @property
    def too_toxic(self) -> bool:
        """Two DLTs, in a level that was not taken beyond 6; beyond it, more than 1 in 6."""
        return self.dlts >= 2 and 6 * self.dlts > self.evaluable

    @property
    def tolerated(self) -> bool:
        """At least 3 evaluable and at most 1/6 with a DLT."""
        return self.evaluable >= COHORT and 6 * self.dlts <= self.evaluable


@dataclass(frozen=True)
class Ruling:
    """What the rule asks for: where to treat next, how many, and why; `next_level` None when nothing more."""

    decision: Decision
    next_level: str | None
    patients: int
    reason: str


@dataclass(frozen=True)
class Step:
    """One cohort replayed: `total_evaluable`, `total_dlts` of its level so far, and the rule's decision.

    `followed` says whether the next cohort was treated where the rule asked (None for the last cohort).
    """

    number: int
    cohort: Cohort
    total_evaluable: int
    total_dlts: int
    decision: Decision
    next_level: str | None
    patients: int
    reason: str
    followed: bool | None


@dataclass(frozen=True)
class Replay:
    """The trial replayed. `mtd` is None until the rule stops and all of the last level are observed, or where no level
    qualifies: `warning` says which.

    `counts` has every level of the design, also those that nobody reached. `outlook` says what the rule will ask for
    after the latest cohort, by how many of those still being observed will have a DLT; empty where nobody is.
    """

    steps: tuple[Step, ...]
    counts: Mapping[str, Counts]
    complete: bool
    mtd: str | None
    warning: str | None = None
    outlook: tuple[Ruling, ...] = ()


def replay(cohorts: Iterable[Cohort], design: Design) -> Replay:
    """Replay the cohorts in the order treated and say after each what the 3+3 rule asks for.

    Patients who are not evaluable do not count: until the level has 3 (or, once expanded, 6) evaluable patients
    the decision is "not enough data" and the number to replace is given, unless the DLTs already decide. Where some
    are still being observed, and the rule would ask for different things by what becomes of them, it is "pending".
    Raises ValueError for a cohort at a level that the design does not have.
    """
    cohorts = list(cohorts)
    counts = {level: Counts() for level in design.levels}
    steps: list[Step] = []
    for number, cohort in enumerate(cohorts, start=1):
        if cohort.level not in counts:
            raise ValueError(f"cohort {number}: unknown dose level {cohort.level!r}")
        before = counts[cohort.level]
        now = Counts(before.evaluable + cohort.evaluable, before.dlts + cohort.dlts, before.pending + cohort.pending)
        counts[cohort.level] = now
        expanding = before.evaluable + before.pending >= COHORT
        later = outlook(counts, cohort.level, design, expanding)
        ruling = ruled(counts, cohort.level, design, expanding, later)
        following = cohorts[number].level if number < len(cohorts) else None
        steps.append(
            Step(
                number,
                cohort,
                now.evaluable,
                now.dlts,
                ruling.decision,
                ruling.next_level,
                ruling.patients,
                ruling.reason,
                None if following is None else following == ruling.next_level,
            )
        )
    waiting = bool(steps) and bool(later)
    complete = bool(steps) and steps[-1].decision == "stop" and not waiting
    mtd = find_mtd(counts, design.levels, design.definition) if complete else None
    return Replay(
        tuple(steps),
        counts,
        complete,
        mtd,
        _warning(steps, complete, waiting, mtd, counts, design),
        later if waiting else (),
    )


def outlook(counts: Mapping[str, Counts], level: str, design: Design, expanding: bool = False) -> tuple[Ruling, ...]:
    """What the rule will ask for once all at a level are observed: a ruling for 0, 1, … of the pending with a DLT.

    None where nobody is pending there.
    """
    now = counts[level]
    ends = (
        {**counts, level: Counts(now.evaluable + now.pending, now.dlts + more)}
        for more in range(now.pending + 1 if now.pending else 0)
    )
    return tuple(rule(end, level, design, expanding) for end in ends)


def ruled(counts: Mapping[str, Counts], level: str, design: Design, expanding: bool, later: Sequence[Ruling]) -> Ruling:
    """What the rule asks for now: as `rule` says; where all that may come asks for one thing, that; else to wait."""
    if not later:
        return rule(counts, level, design, expanding)
    now = counts[level]
    seen = f"{_dlts(now.dlts)} in {now.evaluable}, {now.pending} in the DLT window"
    if len({(one.decision, one.next_level, one.patients) for one in later}) == 1:
        return Ruling(later[0].decision, later[0].next_level, later[0].patients, seen)
    return Ruling("pending", level, 0, seen)


def rule(counts: Mapping[str, Counts], level: str, design: Design, expanding: bool = False) -> Ruling:
    """What the 3+3 rule asks for when the latest cohort was treated at `level`.

    `expanding` says that the latest cohort was the second (or later) one at the level.
    """
    n, dlts = counts[level].evaluable, counts[level].dlts
    if counts[level].too_toxic:
        return _down(counts, level, design)
    if n < COHORT:
        return Ruling("not enough data", level, COHORT - n, f"{n} of 3 evaluable, {_dlts(dlts)}")
    if n < FULL and dlts == 1:
        decision: Decision = "not enough data" if expanding and n > COHORT else "expand"
        return Ruling(decision, level, FULL - n, f"1 DLT in {n}")
    above = design.levels[design.levels.index(level) + 1 :]
    if above and not counts[above[0]].too_toxic:
        return Ruling("escalate", above[0], COHORT, f"{_dlts(dlts)} in {n}")
    return _settle(counts, level, design, expanding)


def find_mtd(counts: Mapping[str, Counts], levels: Sequence[str], definition: str) -> str | None:
    """The MTD by a named definition on the counts as they stand, or None where no level qualifies.

    - "highest level with at most 1/6 DLT": at least 3 evaluable, at most 1/6 of them with a DLT;
    - "highest level with at most 1/6 DLT and 6 patients": the same, with at least 6 evaluable;
    - "level below the first with 2 DLTs": None also where no level has 2 DLTs (MTD not reached).

    Only levels below the lowest one that is too toxic qualify. Patients who are not evaluable do not count.
    Raises ValueError on an unknown definition.
    """
    if definition not in get_args(Definition):
        raise ValueError(f"unknown MTD definition {definition!r}")
    known = [counts.get(level, Counts()) for level in levels]
    if definition == "level below the first with 2 DLTs":
        first = next((i for i, c in enumerate(known) if c.dlts >= 2), 0)
        return levels[first - 1] if first > 0 else None
    ceiling = next((i for i, c in enumerate(known) if c.too_toxic), len(levels))
    enough = FULL if definition == "highest level with at most 1/6 DLT and 6 patients" else COHORT
    fit = [i for i in range(ceiling) if known[i].tolerated and known[i].evaluable >= enough]
    return levels[fit[-1]] if fit else None


def _down(counts: Mapping[str, Counts], level: str, design: Design) -> Ruling:
    n, dlts = counts[level].evaluable, counts[level].dlts
    seen = f"{_dlts(dlts)} in {n}"
    at = design.levels.index(level)
    if at == 0:
        return Ruling("stop", None, 0, f"{seen}: the lowest level is too toxic")
    below = design.levels[at - 1]
    if not design.allow_de_escalation:
        return Ruling("stop", None, 0, f"{seen}: too toxic, and the design does not de-escalate")
    if counts[below].too_toxic:
        return _down(counts, below, design)
    wanted = FULL if design.needs_six or counts[below].dlts == 1 else COHORT
    if counts[below].evaluable < wanted:
        return Ruling("de-escalate", below, wanted - counts[below].evaluable, seen)
    return Ruling("stop", None, 0, f"{seen}: too toxic, and {below} has {counts[below].evaluable} evaluable")


def _settle(counts: Mapping[str, Counts], level: str, design: Design, expanding: bool) -> Ruling:
    """The level is tolerated and there is nowhere higher to go: is it established?"""
    n, dlts = counts[level].evaluable, counts[level].dlts
    seen = f"{_dlts(dlts)} in {n}"
    if design.needs_six and n < FULL:
        decision: Decision = "not enough data" if expanding and n > COHORT else "expand"
        return Ruling(decision, level, FULL - n, f"{seen}: 6 are needed to establish the MTD")
    top = level == design.levels[-1]
    why = "the highest level is tolerated" if top else "the next level is too toxic"
    return Ruling("stop", None, 0, f"{seen}: {why}")


def _warning(
    steps: Sequence[Step],
    complete: bool,
    waiting: bool,
    mtd: str | None,
    counts: Mapping[str, Counts],
    design: Design,
) -> str | None:
    if not steps:
        return "not determined: no cohort was treated"
    last = steps[-1]
    if waiting:
        return f"not determined: {last.reason}"
    if not complete:
        return f"not determined: the rule asks to {_asks(last)} at {last.next_level}"
    if mtd is not None:
        return None
    if counts[design.levels[0]].too_toxic:
        return "no MTD: the lowest dose level is too toxic"
    if not any(c.too_toxic for c in counts.values()):
        return "MTD not reached: no dose level had two DLTs"
    return "no MTD: no dose level qualifies by the definition"


def _asks(step: Step) -> str:
    if step.decision == "not enough data":
        return f"treat {step.patients} more evaluable patient{'s' if step.patients != 1 else ''}"
    return f"{step.decision} with {step.patients} patient{'s' if step.patients != 1 else ''}"


def _dlts(count: int) -> str:
    return "no DLT" if count == 0 else "1 DLT" if count == 1 else f"{count} DLTs"
