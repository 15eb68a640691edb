"""Flow of patients (CONSORT, for dose escalation CONSORT-DEFINE): screened, assigned, treated, analysed.

Not here: the table of disposition (`tables.population`), and single patients over time (`swimmer`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from trial_report import declare
from trial_report.analysis.analyse.counting import enrolled_set
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import all_screened
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.figures._boxes import PAD, Box, Placed, arrow, draw_box
from trial_report.analysis.display.figures._matrix import Entry, Matrix
from trial_report.analysis.display.figures._read import rows_of, wide
from trial_report.analysis.display.figures._sheet import SMALL, canvas, width_of
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.standing import SCREENED
from trial_report.analysis.display.style import PORTRAIT_WIDTH
from trial_report.analysis.display.tables._grid import sentence
from trial_report.analysis.display.treatment import differ
from trial_report.schemas.results import split_level
from trial_report.schemas.study import TOTAL

GAP, EDGE, DROP = 0.26, 0.06, 0.2
"""Between columns, at the sheet's edges, and between rows, in inches."""

WIDEST = 2.6
"""Of a column, in inches."""

HEAD, STEP = "#E8EDF2", "#F6F8FA"


@dataclass(frozen=True)
class Cohort:
    """Patients who were assigned together: the group's code, a heading, lines."""

    group: str
    head: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    """What the diagram says: each part is a heading with lines. By group: `ends` and `sets`.

    `groups` are codes with labels in order, `cohorts` stand in order of their first dose.
    """

    screened: str
    excluded: tuple[str, tuple[str, ...]]
    enrolled: str
    groups: tuple[tuple[str, str], ...]
    cohorts: tuple[Cohort, ...] = ()
    assigned: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    ends: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


def draw_flow(flow: Flow, width: float = PORTRAIT_WIDTH) -> Drawing:
    """The diagram, as high as its boxes need; a grid of numbers in their place where they would break words."""
    if not has_room(flow, width):
        return _draw_grid(flow, width)
    count = max(len(flow.groups), 1)
    gap = min(GAP, 0.9 / count)
    wide = min((width - 2 * EDGE - gap * (count - 1)) / count, WIDEST)
    start = (width - count * wide - (count - 1) * gap) / 2
    lefts = {code: start + n * (wide + gap) for n, (code, _) in enumerate(flow.groups)}
    rows = cohort_rows([c.group for c in flow.cohorts])
    boxes = [Box(c.head, c.lines, wide, STEP) for c in flow.cohorts]
    sized = list(zip(boxes, rows, strict=True))
    depth = [max(b.height for b, r in sized if r == n) for n in range(max(rows, default=-1) + 1)]
    top_width = min(2.5, width * 0.4)
    screened, enrolled = Box(flow.screened, (), top_width, HEAD), Box(flow.enrolled, (), top_width, HEAD)
    excluded = Box(*flow.excluded, width - EDGE - (width + top_width) / 2 - 0.3)
    bands = [
        {code: Box(label, (), wide, HEAD) for code, label in flow.groups},
        {code: Box(*flow.assigned[code], wide, STEP) for code in lefts if code in flow.assigned},
        {code: Box(*flow.ends[code], wide, STEP) for code in lefts if code in flow.ends},
        {code: Box(*flow.sets[code], wide, HEAD) for code in lefts if code in flow.sets},
    ]
    heights = [max((b.height for b in band.values()), default=0.0) for band in bands]
    drop_screened = max(0.35, excluded.height + 0.12)
    height = 2 * EDGE + screened.height + drop_screened + enrolled.height + 0.36 + heights[0]
    height += sum(h + DROP for h in heights[1:] if h) + sum(d + DROP for d in depth)
    figure, axes = canvas(width, height)
    at = height - EDGE
    two = _screening(axes, screened, excluded, enrolled, (width - top_width) / 2, at, drop_screened)
    at = two.bottom - 0.36
    last = _band(axes, bands[0], lefts, at, heights[0])
    _split(axes, two, list(last.values()))
    at -= heights[0]
    placed = _cohorts(axes, flow.cohorts, boxes, rows, lefts, at - DROP, depth)
    for (first, a), (second, b) in pairwise(zip(flow.cohorts, placed, strict=True)):
        _transition(axes, a, b, same=first.group == second.group, gap=gap)
    for code, box in last.items():
        own = next((p for c, p in zip(flow.cohorts, placed, strict=True) if c.group == code), None)
        if own:
            arrow(axes, [(box.centre, box.bottom), (box.centre, own.top)])
    last |= {c.group: p for c, p in zip(flow.cohorts, placed, strict=True)}
    at -= sum(d + DROP for d in depth)
    for band, high in zip(bands[1:], heights[1:], strict=True):
        if not band:
            continue
        at -= DROP
        drawn = _band(axes, band, lefts, at, high)
        for code, box in drawn.items():
            arrow(axes, [(last[code].centre, last[code].bottom), (box.centre, box.top)])
        last |= drawn
        at -= high
    return figure


def has_room(flow: Flow, width: float) -> bool:
    """Whether a box a group is wide enough for every word that stands in it."""
    count = max(len(flow.groups), 1)
    room = (width - 2 * EDGE - min(GAP, 0.9 / count) * (count - 1)) / count - 2 * PAD
    parts = [
        *flow.assigned.values(),
        *flow.ends.values(),
        *flow.sets.values(),
        *((c.head, c.lines) for c in flow.cohorts),
    ]
    heads = [*(name for _, name in flow.groups), *(head for head, _ in parts)]
    lines = [line for _, own in parts for line in own]
    return all(
        width_of(word, SMALL, weight) + 0.06 * (len(text) - len(text.lstrip())) <= room
        for texts, weight in ((heads, "semibold"), (lines, "regular"))
        for text in texts
        for word in text.split(" ")
    )


def _draw_grid(flow: Flow, width: float) -> Drawing:
    """The diagram of many groups: who was screened and assigned in boxes, and a column of numbers a group."""
    grid = Matrix(flow.groups, list(_entries(flow)), width - 2 * EDGE)
    top_width = min(2.5, width * 0.4)
    screened, enrolled = Box(flow.screened, (), top_width, HEAD), Box(flow.enrolled, (), top_width, HEAD)
    excluded = Box(*flow.excluded, width - EDGE - (width + top_width) / 2 - 0.3)
    drop = max(0.35, excluded.height + 0.12)
    height = 2 * EDGE + screened.height + drop + enrolled.height + 0.3 + grid.height
    figure, axes = canvas(width, height)
    below = _screening(axes, screened, excluded, enrolled, (width - top_width) / 2, height - EDGE, drop)
    grid.draw(axes, EDGE, below.bottom - 0.3)
    arrow(axes, [(below.centre, below.bottom), (below.centre, below.bottom - 0.3)])
    return figure


def _screening(axes: Axes, screened: Box, excluded: Box, enrolled: Box, left: float, top: float, drop: float) -> Placed:
    """The upper part: the box of who was screened, beside it who was excluded, and who was assigned, which is given."""
    one = draw_box(axes, screened, left, top)
    two = draw_box(axes, enrolled, one.left, one.bottom - drop)
    middle = (one.bottom + two.top) / 2
    arrow(axes, [(one.centre, one.bottom), (two.centre, two.top)])
    out = draw_box(axes, excluded, one.right + 0.3, middle + excluded.height / 2)
    arrow(axes, [(one.centre, middle), (out.left, middle)])
    return two


_COUNTED = re.compile(r"(.*) \(n\s=\s(.*)\)")


def _entries(flow: Flow) -> Iterator[Entry]:
    """The lines of the grid: cohorts, each at its group, then what the boxes of the groups would say."""
    for cohort in flow.cohorts:
        name, count = _parted(cohort.head)
        yield Entry(name, {cohort.group: count})
    for part in (flow.assigned, flow.ends, flow.sets):
        found: dict[tuple[str, int], dict[str, str]] = {}
        for code, (head, lines) in part.items():
            for text in (head, *lines):
                name, count = _parted(text.strip())
                depth = 0 if text is head else 2 if text.startswith(" ") else 1
                found.setdefault((name, depth), {})[code] = count
        for (name, depth), own in found.items():
            counted = any(own.values())
            yield Entry(name, {code: own.get(code, "0") for code, _ in flow.groups} if counted else {}, depth)


def _parted(text: str) -> tuple[str, str]:
    """A line of a box as name and number; empty where it has none."""
    found = _COUNTED.fullmatch(text)
    return (found.group(1), found.group(2)) if found else (text, "")


def cohort_rows(groups: Sequence[str]) -> list[int]:
    """The row of each cohort: beside the one before it where the group changes, below it where it does not.

    Never above an earlier cohort of its group, so that a return to a lower level stands below.
    """
    rows: list[int] = []
    used: dict[str, int] = {}
    for n, group in enumerate(groups):
        before = rows[-1] if rows else 0
        row = before + 1 if n and groups[n - 1] == group else before
        row = max(row, used.get(group, -1) + 1)
        used[group] = row
        rows.append(row)
    return rows


def _band(
    axes: Axes, band: Mapping[str, Box], lefts: Mapping[str, float], top: float, high: float
) -> dict[str, Placed]:
    return {code: draw_box(axes, box, lefts[code], top, high) for code, box in band.items()}


def _cohorts(
    axes: Axes,
    cohorts: Sequence[Cohort],
    boxes: Sequence[Box],
    rows: Sequence[int],
    lefts: Mapping[str, float],
    top: float,
    depth: Sequence[float],
) -> list[Placed]:
    tops = [top - sum(d + DROP for d in depth[:n]) for n in range(len(depth))]
    return [
        draw_box(axes, box, lefts[cohort.group], tops[row], depth[row])
        for cohort, box, row in zip(cohorts, boxes, rows, strict=True)
    ]


def _split(axes: Axes, source: Placed, targets: Sequence[Placed]) -> None:
    """One line down, a bar across, an arrow into each target."""
    if not targets:
        return
    level = (source.bottom + targets[0].top) / 2
    arrow(axes, [(source.centre, source.bottom), (source.centre, level)], head=False)
    ends = [source.centre, *(t.centre for t in targets)]
    arrow(axes, [(min(ends), level), (max(ends), level)], head=False)
    for target in targets:
        arrow(axes, [(target.centre, level), (target.centre, target.top)])


def _transition(axes: Axes, before: Placed, after: Placed, same: bool, gap: float) -> None:
    """From a cohort to the next: down within a level, across between levels."""
    if same:
        arrow(axes, [(before.centre, before.bottom), (after.centre, after.top)])
        return
    forward = after.left > before.left
    start, end = (before.right, after.left) if forward else (before.left, after.right)
    turn = end - gap / 2 if forward else end + gap / 2
    if abs(before.middle - after.middle) < 0.01:
        arrow(axes, [(start, before.middle), (end, after.middle)])
    else:
        # leaves lower than a straight arrow arrives, so that the two are not taken for one
        leave = before.middle - min(0.12, before.height / 4)
        arrow(axes, [(start, leave), (turn, leave), (turn, after.middle), (end, after.middle)])


@declare.figure(
    "fig.flow",
    number="14.1",
    in_text="10.1",
    title=lambda book: f"Flow of {book.definition.study.subjects}",
    population=all_screened,
    size=SCREENED,
)
def make(book: Book) -> Figure:
    """The diagram, from the rows of `disposition`, `disposition.phase`, `esc.cohort` and `sets`."""
    read = _Counts(book)
    flow = read.flow()
    ends = "; ".join(f"{label}: {flow.ends[code][0].replace(NBSP, ' ')}" for code, label in flow.groups)
    alt = f"{flow.screened}; {flow.excluded[0].lower()}; {flow.enrolled.lower()}. {ends}.".replace(NBSP, " ")
    return Figure(
        draw_flow(flow),
        alt=alt,
        notes=tuple(_notes(book, bool(flow.cohorts))),
        keys=tuple(dict.fromkeys(read.keys)),
    )


def _notes(book: Book, escalating: bool) -> Iterator[str]:
    if "DS" not in book.domains:
        yield not_delivered(["DS"])
    if escalating:
        yield "CONSORT diagram; dose levels and transitions as CONSORT-DEFINE asks."
    if differ(book):
        words = book.definition.treatment_words(enrolled_set(book.definition))
        yield f"All boxes of a group, those of the analysis sets too, count by {words}."


NBSP = "\u00a0"


class _Counts:
    """Reads the counts of the diagram, and remembers which."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.enrolled = enrolled_set(book.definition)
        self.keys: list[str] = []

    def flow(self) -> Flow:
        """All that the diagram says."""
        definition = self.book.definition
        everybody = self.book.ask("disposition", "ALL")
        reasons = self._reasons("disposition", "ALL", "SCRFREAS", TOTAL)
        waiting = self._said("Not assigned", everybody.at(level="NOT ASSIGNED"), even_none=False)
        codes = [g.code for g in definition.groups]
        total = sum(self._number(self.book.ask("disposition", self.enrolled, group=code), "N") for code in codes)
        left = sum(self._number(everybody.at(level=level)) for level in ("SCREEN FAILURE", "NOT ASSIGNED"))
        return Flow(
            screened=_n("Assessed for eligibility", self._text(everybody.at(level="SCREENED"))),
            excluded=(_n("Excluded", str(int(left))), (*reasons, *waiting)),
            enrolled=_n("Assigned to treatment", str(int(total))),
            groups=tuple((g.code, g.label) for g in definition.groups),
            cohorts=self._cohorts(),
            ends={code: self._end(code) for code in codes},
            sets={code: self._sets(code) for code in codes},
        )

    def _end(self, code: str) -> tuple[str, tuple[str, ...]]:
        own = self.book.ask("disposition", self.enrolled, group=code)
        stopped = self._said("Discontinued", own.at(level="DISCONTINUED"))
        why = tuple(f"   {line}" for line in self._reasons("disposition", self.enrolled, "DCSREAS", code))
        rest = (("Ongoing", "ONGOING"), ("Not treated", "NOT TREATED"), ("Status not recorded", "NO STATUS"))
        others = [line for name, level in rest for line in self._said(name, own.at(level=level), even_none=False)]
        return (
            _n("Treated", self._text(own.at(level="TREATED"))),
            (*self._said("Completed", own.at(level="COMPLETED")), *stopped, *why, *others),
        )

    def _sets(self, code: str) -> tuple[str, tuple[str, ...]]:
        # Members by the treatment assigned, as the boxes above: a set's N may be by the treatment received.
        shown = [s for s in self.book.definition.analysis_sets if s.id != self.enrolled]
        return self.book.spelling("Analyzed"), tuple(
            _n(s.label, self._text(self.book.ask("sets", s.id, group=code))) for s in shown
        )

    def _cohorts(self) -> tuple[Cohort, ...]:
        """The cohorts of the escalation in order, then who was treated in the other phases."""
        definition = self.book.definition
        escalation, phases = definition.escalation, definition.phases
        found: list[Cohort] = []
        if escalation is None or phases is None:
            return ()
        names = {p.code: p.label for p in phases.levels}
        rows = rows_of(self.book, "esc.cohort")
        rows = rows.loc[rows["level"].notna()]
        self.keys += [str(k) for k in rows.index]
        for row in wide(rows, ("treated", "evaluable", "dlts", "decision")).to_dict("records"):
            head = f"{names[escalation.phase]}, cohort {row['level']} {_size(row['treated_text'])}"
            dlt = f"DLT: {row['dlts_text']} of {row['evaluable_text']} evaluable"
            found.append(Cohort(row["group"], head, (dlt, f"Decision: {row['decision_text']}")))
        for phase in phases.levels:
            for group in definition.groups:
                at = self.book.ask("disposition.phase", self.enrolled, group=group.code, level=phase.code)
                if phase.code != escalation.phase and self._number(at, "N"):
                    found.append(Cohort(group.code, f"{phase.label} {_size(self._text(at, 'N'))}"))
        return tuple(found)

    def _reasons(self, analysis: str, population: str, variable: str, group: str) -> tuple[str, ...]:
        rows = rows_of(self.book, analysis, population=population, variable=variable, group=group, statistic="n")
        self.keys += [str(k) for k in rows.index]
        counts = zip(rows["level"], rows["value"], rows["formatted"], strict=True)
        return tuple(_n(sentence(split_level(str(level))[0]), str(text)) for level, value, text in counts if value)

    def _said(self, name: str, at: Answer, even_none: bool = True) -> tuple[str, ...]:
        if not at.has("n"):
            return ()
        return (_n(name, self._text(at)),) if even_none or self._number(at) else ()

    def _number(self, at: Answer, statistic: str = "n") -> float:
        self.keys.append(at.key(statistic))
        return at.value(statistic) or 0.0

    def _text(self, at: Answer, statistic: str = "n") -> str:
        self.keys.append(at.key(statistic))
        return at.text(statistic)


def _size(count: str) -> str:
    return f"(n{NBSP}={NBSP}{count})"


def _n(name: str, count: str) -> str:
    return f"{name} {_size(count)}"
