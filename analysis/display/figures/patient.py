"""Patient profile: one page a patient with treatment, visits, endpoints and adverse events on one time axis.

Not here: all patients on one sheet (`swimmer`), and narratives (`display.narratives`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from trial_report import declare
from trial_report.analysis.derive.dates import span
from trial_report.analysis.derive.records import happened, text
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.figures._days import day_axis, since_first
from trial_report.analysis.display.figures._read import axis_of, short_ids, treated
from trial_report.analysis.display.figures._sheet import (
    SMALL,
    TEXT,
    canvas,
    clipped,
    legend,
    place,
    sheet,
    width_of,
    wrap,
)
from trial_report.analysis.display.figures.swimmer import ENDS, GRADES, UNGRADED
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.severity import short
from trial_report.analysis.display.style import INK, MUTED, PALETTE, PORTRAIT_WIDTH, RULE, label
from trial_report.analysis.display.table import Reads
from trial_report.analysis.display.tables._grid import sentence, set_label
from trial_report.analysis.display.treatment import treatment_of
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.where import Where
from trial_report.schemas.study.measures import Endpoint

MOST_PATIENTS = 60
"""More patients have no profiles: the listings show them."""

MOST_EVENTS, MOST_MEDICINES = 30, 12
LEFT, ROW, BAND = 1.75, 0.165, 0.22
"""Left margin, and heights of an adverse event, and of treatment and visits; inches."""

PAGE, LEAST, MOST = 8.15, 0.62, 1.6
"""Height of a page less caption and notes, which the lanes of endpoints share; the least and the most for a lane."""

APART = 0.3
"""Values of a lane are printed at marks that are so many inches apart."""


@dataclass(frozen=True)
class Measured:
    """One endpoint of the patient: its name, days and values in order, and the range drawn for every patient.

    `without`: what stands where there is no value.
    """

    name: str
    day: Sequence[float]
    value: Sequence[float]
    printed: Sequence[str]
    low: float
    high: float
    without: str = "No data"


@dataclass(frozen=True)
class Patient:
    """What the page shows; days are since first dose. `events`: term, start, end (missing: goes on), grade, imputed.

    `medicines`: those begun at or after first dose, with the same columns; None where they were not delivered.

    `grade_names`: what a grade is called where it is not "grade 3". `without_events`: what stands where there are none.
    """

    head: str
    line: str
    end: float
    treated_to: float
    status: str | None
    visits: Sequence[tuple[float, str]]
    endpoints: Sequence[Measured]
    events: pd.DataFrame
    grade_names: Mapping[int, str] = field(default_factory=dict)
    without_events: str = "No adverse event"
    missed: Sequence[float] = ()
    medicines: pd.DataFrame | None = None


def draw_patient(patient: Patient) -> Drawing:
    """The page. Everything is drawn in one axes whose height is in inches, so that lanes are where the text is."""
    events = patient.events.head(MOST_EVENTS)
    rows = max(len(events), 1) + (len(patient.events) > len(events))
    taken = None if patient.medicines is None else patient.medicines.head(MOST_MEDICINES)
    below = 0 if taken is None else 0.18 + ROW * (max(len(taken), 1) + (_left(patient) > 0))
    foot, others = 0.66, 2 * BAND + 0.3 + ROW * rows + below + 0.1
    lane = min(MOST, max(LEAST, (PAGE - foot - 0.56 - others) / max(len(patient.endpoints), 1)))
    inner = others + lane * len(patient.endpoints)
    figure = sheet(PORTRAIT_WIDTH, foot + inner + 0.56)
    axes = place(figure, LEFT, foot, 0.2, 0.56)
    height = figure.get_size_inches()[1]
    figure.text(0.08 / PORTRAIT_WIDTH, 1 - 0.16 / height, patient.head, fontsize=10, fontweight="semibold", va="center")
    said = clipped(patient.line, PORTRAIT_WIDTH - 0.2, TEXT)
    figure.text(0.08 / PORTRAIT_WIDTH, 1 - 0.36 / height, said, fontsize=TEXT, va="center", color=MUTED)
    days = [
        patient.end,
        *patient.missed,
        *(d for d, _ in patient.visits),
        *(d for m in patient.endpoints for d in m.day),
    ]
    starts = events["start"].dropna()
    last, first = max([7.0, *days, *starts]), min([0.0, *days, *starts])
    day_axis(axes, first, last)
    # The first values stand to the left of the day of first dose: room for them before the first mark.
    begin, end = axes.get_xlim()
    axes.set_xlim(begin - 0.3 / (PORTRAIT_WIDTH - LEFT - 0.5) * (end - begin), end)
    axes.set_ylim(0, inner)
    axes.set_yticks([])
    axes.axvline(0, color=MUTED, lw=0.8, zorder=1)
    at = inner - BAND
    _course(axes, patient, at)
    at -= BAND + 0.06
    for n, measured in enumerate(patient.endpoints):
        _endpoint(axes, measured, at - lane, lane, PALETTE[n % len(PALETTE)])
        at -= lane
    at -= 0.18
    _beside(axes, at, "Adverse events", fontweight="semibold")
    if events.empty:
        _inside(axes, at - ROW, patient.without_events)
    _events(axes, events, at, last)
    if len(patient.events) > len(events):
        more = f"… {fmt_number(len(patient.events) - len(events))} more"
        _beside(axes, at - ROW * rows, more)
    if taken is not None:
        at -= ROW * (rows + 1) + 0.04
        _beside(axes, at, "New medication", fontweight="semibold")
        if taken.empty:
            _inside(axes, at - ROW, "No medicine begun after first dose")
        _events(axes, taken, at, last)
        if _left(patient):
            _beside(axes, at - ROW * (len(taken) + 1), f"… {fmt_number(_left(patient))} more")
    every = events if taken is None else pd.concat([events, taken], ignore_index=True)
    _legend(figure, patient, events, every)
    return figure


def _left(patient: Patient) -> int:
    """How many medicines find no place."""
    return 0 if patient.medicines is None else max(len(patient.medicines) - MOST_MEDICINES, 0)


def _beside(axes: Axes, y: float, text: str, away: float = 0.0, **rest: Any) -> None:
    """A text to the left of the time axis, `away` inches further out."""
    x = -(0.06 + away) / (PORTRAIT_WIDTH - LEFT - 0.2)
    axes.text(x, y, text, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=SMALL, **rest)


def _inside(axes: Axes, y: float, text: str) -> None:
    """What is said in the middle of an empty lane."""
    edge = axes.get_yaxis_transform()
    axes.text(0.5, y, text, transform=edge, ha="center", va="center", fontsize=SMALL, color=MUTED)


def _course(axes: Axes, patient: Patient, at: float) -> None:
    """Treatment and visits, each on its line."""
    for n, name in enumerate(("Treatment, follow-up", "Visits")):
        _beside(axes, at - n * BAND + 0.06, name)
    y = at + 0.06
    axes.plot([0, patient.end], [y, y], color=RULE, lw=4, solid_capstyle="butt", zorder=2)
    if patient.treated_to > 0:
        axes.plot([0, patient.treated_to], [y, y], color=INK, lw=2, solid_capstyle="butt", zorder=3)
    else:
        axes.plot([0], [y], ls="none", marker="v", ms=6, color=INK, zorder=4)
    if patient.status in ENDS and patient.status != "COMPLETED":
        marker, colour, _ = ENDS[patient.status]
        axes.plot([patient.end], [y], ls="none", marker=marker, color=colour, ms=7, markeredgewidth=1.6, zorder=5)
    if patient.visits:
        days = [d for d, _ in patient.visits]
        axes.plot(days, [y - BAND] * len(days), ls="none", marker="|", ms=8, color=INK)
    if patient.missed:
        where = [y - BAND] * len(patient.missed)
        axes.plot(patient.missed, where, ls="none", marker="x", ms=5, color=INK, markeredgewidth=1.2)


def _endpoint(axes: Axes, measured: Measured, bottom: float, lane: float, colour: str) -> None:
    """A lane: the values on a scale that is the same for all patients, printed where there is room."""
    edge = axes.get_yaxis_transform()
    base, tall = bottom + 0.1, lane - 0.22
    axes.plot([0, 1], [bottom, bottom], transform=edge, color=RULE, lw=0.7, zorder=1)
    lines = wrap(measured.name, LEFT - 0.62, SMALL)
    _beside(axes, base + tall / 2, "\n".join(lines[:3]), away=0.4, linespacing=1.0)
    if not measured.day:
        _inside(axes, base + tall / 2, measured.without)
        return
    span = (measured.high - measured.low) or 1.0
    y = [base + tall * (v - measured.low) / span for v in measured.value]
    axes.plot(measured.day, y, color=colour, marker="o", ms=3.6, lw=1.2, zorder=3)
    for value, height in ((measured.low, base), (measured.high, base + tall)):
        _beside(axes, height, f"{value:g}", color=MUTED)
    low, high = axes.get_xlim()
    inches = (PORTRAIT_WIDTH - LEFT - 0.2) / (high - low)
    for n in printed_at([day * inches for day in measured.day]):
        # above or below the mark, away from the line where it bends, and inside the lane's ends
        beside = [y[k] for k in (n - 1, n + 1) if 0 <= k < len(y)]
        up = y[n] > sum(beside) / len(beside) if beside and n not in (0, len(y) - 1) else y[n] < base + tall / 2
        up = (up or y[n] < base + 0.12) and y[n] < base + tall - 0.12
        side = beside_line(measured.day[n] * inches, width_of(measured.printed[n]))
        last = n == len(y) - 1 and n > 0
        away = {"left": 2.5, "right": -2.5, "center": 0.0}[side]
        axes.annotate(
            measured.printed[n], (0 if side != "center" and not last else measured.day[n], y[n]),
            (0 if last else away, 4 if up else -4), textcoords="offset points",
            ha="right" if last else side, va="bottom" if up else "top", fontsize=SMALL, zorder=2,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
        )  # fmt: skip


def beside_line(place: float, width: float) -> Literal["left", "center", "right"]:
    """How a value of that width (inches) is aligned at the line of first dose, at 0, or at its own mark away from it.

    It stands on its mark's side of the line, which would else go through it.
    """
    if abs(place) >= width / 2 + 0.04:
        return "center"
    return "left" if place >= 0 else "right"


def printed_at(places: Sequence[float]) -> list[int]:
    """Which of the marks at these places (inches from first dose, in order) have their value printed.

    The last before treatment (the baseline) or else the first, the last, and those between and before that have room.
    """
    if not places:
        return []
    first = max((n for n, place in enumerate(places) if place <= 0), default=0)
    shown = [first]
    for n in range(first - 1, -1, -1):
        # What stands left of the line of first dose takes its room there.
        if min(places[shown[0]], 0.0) - places[n] >= (1.5 if places[shown[0]] >= -APART / 2 else 1) * APART:
            shown.insert(0, n)
    for n in range(first + 1, len(places) - 1):
        # The value of the day of first dose stands to the right of its mark, the last one to the left.
        room = APART * (1.5 if shown[-1] == first else 1)
        if places[n] - places[shown[-1]] >= room and places[-1] - places[n] >= 1.5 * APART:
            shown.append(n)
    return shown + ([len(places) - 1] if first < len(places) - 1 else [])


def _events(axes: Axes, events: pd.DataFrame, top: float, last: float) -> None:
    """A bar an event from its start to its end, the shade by grade; one that goes on ends in an arrow head.

    A bar of which a day was imputed has a dashed outline and no fill.
    """
    bars: dict[bool, list[tuple[float, float, float, str]]] = {False: [], True: []}
    on: list[tuple[float, float]] = []
    for n, row in enumerate(events.to_dict("records"), 1):
        y = top - n * ROW
        _beside(axes, y, row["name"])
        if pd.isna(row["start"]):
            continue
        end = last if pd.isna(row["end"]) else max(float(row["end"]), float(row["start"]))
        unsure = bool(row["imputed"])
        fill = "white" if unsure else _shade(row["grade"])
        bars[unsure].append((float(row["start"]), end + 1 - float(row["start"]), y, fill))
        on += [(end, y)] if pd.isna(row["end"]) else []
    for unsure, own in bars.items():
        if own:
            starts, widths, heights, fills = zip(*own, strict=True)
            axes.barh(heights, widths, left=starts, height=0.1, color=fills, edgecolor=INK, linewidth=0.7,
                      linestyle="--" if unsure else "-", zorder=3)  # fmt: skip
    if on:
        xs, ys = zip(*on, strict=True)
        axes.plot(xs, ys, ls="none", marker=">", ms=6, color=INK, zorder=4)


def _shade(grade: Any) -> str:
    return (UNGRADED if pd.isna(grade) else GRADES.get(int(grade), UNGRADED))[1]


def _legend(figure: Drawing, patient: Patient, events: pd.DataFrame, every: pd.DataFrame) -> None:
    status, names = patient.status, patient.grade_names
    handles = [Line2D([], [], ls="none", marker="v", ms=6, color=INK, label="First dose")]
    if status in ENDS and status != "COMPLETED":
        marker, colour, name = ENDS[status]
        handles.append(Line2D([], [], ls="none", marker=marker, color=colour, ms=6, label=name))
    grades = sorted({int(g) for g in events["grade"].dropna()} & set(GRADES))
    handles += [
        Line2D(
            [],
            [],
            ls="none",
            marker="s",
            ms=6,
            color=INK,
            markerfacecolor=GRADES[g][1],
            label=f"AE {names.get(g, f'grade {g}')}",
        )
        for g in grades
    ]
    if patient.missed:
        handles.append(Line2D([], [], ls="none", marker="x", ms=5, color=INK, label="Visit missed"))
    if len(every) and every["imputed"].any():
        handles.append(Line2D([], [], ls="--", lw=0.9, color=INK, label="Day imputed"))
    if len(every) and every["end"].isna().any():
        handles.append(Line2D([], [], ls="none", marker=">", ms=6, color=INK, label="Goes on"))
    legend(figure, handles, left=0.1, right=0.1)


@declare.outputs("fig.patient")
def outputs(book: Book) -> list[Output]:
    """A profile for each treated patient; for more than the stated number one page that says there are none."""
    patients = treated(book)
    population = set_label(book.definition, book.definition.safety_set)
    if len(patients) > MOST_PATIENTS:
        one = Output(id="fig.patient", kind="figure", number="16.2.9", title="Patient profiles", population=population,
                     make=_too_many)  # fmt: skip
        return [one]
    names = short_ids(book)
    everyone = sorted(patients["USUBJID"].astype(str))
    return [
        Output(
            id=f"fig.patient.{own}",
            kind="figure",
            number="16.2.9",
            title=f"Patient profile: {label(names[subject], 40)}",
            population=population,
            make=partial(make, subject=subject),
        )
        for subject, own in zip(everyone, own_names(everyone), strict=True)
    ]


def own_names(subjects: Sequence[str]) -> list[str]:
    """A name in small letters for each subject, as outputs have them: those that differ by case alone are numbered."""
    plain = {subject.lower() for subject in subjects}
    names: list[str] = []
    for subject in subjects:
        one = subject.lower()
        numbered = (f"{one}-{n}" for n in count(2))
        names.append(one if one not in names else next(name for name in numbered if name not in {*plain, *names}))
    return names


def _too_many(book: Book) -> Figure:
    count = len(treated(book))
    words = f"Profiles are drawn for up to {fmt_number(MOST_PATIENTS)} patients; the study has {fmt_number(count)}."
    figure, axes = canvas(PORTRAIT_WIDTH, 0.6)
    axes.text(PORTRAIT_WIDTH / 2, 0.3, words, ha="center", va="center", fontsize=TEXT, color=MUTED)
    return Figure(figure, alt=words, notes=("The listings by patient show every patient.",), reads=Reads(("ADSL",)))


def make(book: Book, subject: str) -> Figure:
    """The page of one patient, from ADSL, ADVISIT, ADBDS and ADAE."""
    adsl = book.datasets["ADSL"]
    row = adsl.loc[adsl["USUBJID"] == subject].iloc[0].to_dict()
    events = _patient_events(book, subject)
    visits = book.datasets["ADVISIT"]
    took_place = (visits["USUBJID"] == subject) & (visits["DONE"] == "Y") & visits["SVDY"].notna()
    done = visits.loc[took_place, ["SVDY", "AVISIT"]]
    follow_up = 0.0 if pd.isna(row["FUPDUR"]) else float(row["FUPDUR"]) - 1
    on_treatment = row["TRTEDT"] - row["TRTSDT"]
    endpoints = _measured(book, subject)
    patient = Patient(
        head=clipped(subject, 4.0, 10),
        line=_who(book, row),
        end=follow_up,
        treated_to=0.0 if pd.isna(on_treatment) else float(on_treatment.days),
        status=None if pd.isna(row["EOSSTT"]) else str(row["EOSSTT"]),
        visits=list(zip(since_first(done["SVDY"]), done["AVISIT"], strict=True)),
        endpoints=endpoints,
        events=events,
        grade_names={g: short(book.definition, g) for g in GRADES},
        without_events="No adverse event" if "AE" in book.domains else "Not delivered",
        missed=_missed(book, subject),
        medicines=_medicines(book, subject, row["TRTSDT"]),
    )
    values = "; ".join(f"{m.name} {m.printed[0]} to {m.printed[-1]}" for m in endpoints if m.printed)
    return Figure(
        draw_patient(patient),
        alt=f"Profile of patient {subject}: {patient.line}. First and last value: {values or 'none'}. "
        + (f"{fmt_number(len(events))} adverse events." if "AE" in book.domains else not_delivered(["AE"])),
        notes=(
            "Endpoints: all values recorded, on one scale for all "
            f"{book.definition.study.subjects}; a visit without a value is bridged. Adverse events: all recorded. New "
            "medication: begun at or after first dose.",
            *([] if "AE" in book.domains else [not_delivered(["AE"])]),
        ),
        reads=Reads(
            ("ADSL", "ADVISIT", "ADBDS", "ADAE", *(["CM"] if "CM" in book.domains else [])),
            Where().eq(USUBJID=subject).sql,
        ),
    )


def _who(book: Book, row: Mapping[Any, Any]) -> str:
    definition = book.definition
    phases = {p.code: p.label for p in definition.phases.levels} if definition.phases else {}
    sexes = next((c.levels for c in definition.characteristics if c.variable == "SEX"), {})
    parts = [
        treatment_of(definition, row),
        phases.get(str(row["PHASE"]), ""),
        _cohort(book, row),
        "" if pd.isna(row["SEX"]) else str(sexes.get(str(row["SEX"]), row["SEX"])).lower(),
        "" if pd.isna(row["AGE"]) else f"{fmt_number(float(row['AGE']))} {str(row['AGEU']).lower()}",
        "" if pd.isna(row["EOSSTT"]) else str(row["EOSSTT"]).lower(),
        "" if pd.isna(row["DCSREAS"]) else sentence(str(row["DCSREAS"])).lower(),
    ]
    return label(", ".join(p for p in parts if p), 140)


def _cohort(book: Book, row: Mapping[Any, Any]) -> str:
    """The cohort of the escalation; empty for who was treated after it, whatever number is in the data."""
    rule = book.definition.escalation
    if pd.isna(row["COHORT"]) or rule is None or (rule.phase and row["PHASE"] != rule.phase):
        return ""
    return f"cohort {fmt_number(float(row['COHORT']))}"


def _missed(book: Book, subject: str) -> list[float]:
    """The planned days of visits that were expected and did not take place."""
    visits = book.datasets["ADVISIT"]
    own = visits.loc[(visits["USUBJID"] == subject) & (visits["STATUS"] == "missed"), "AVISIT"]
    planned = {one.id: one.day for one in book.definition.visits if one.day is not None}
    return list(since_first(pd.Series([planned[one] for one in own if one in planned], dtype="float64")))


def _medicines(book: Book, subject: str, first: pd.Timestamp) -> pd.DataFrame | None:
    """The medicines that were certainly begun at or after first dose, in order; None where CM was not delivered."""
    frame = book.domains.get("CM")
    if frame is None or pd.isna(first):
        return None
    own = frame.loc[(frame["USUBJID"] == subject) & happened(frame, "CM")]
    start, end = span(text(own, "CMSTDTC")), span(text(own, "CMENDTC"))
    begun = (start["first"] >= first).fillna(False)
    coded = text(own, "CMDECOD").fillna(text(own, "CMTRT")).loc[begun]
    made = pd.DataFrame(
        {
            "name": [clipped(sentence(str(name)), LEFT - 0.15) for name in coded],
            "start": (start["first"].loc[begun] - first).dt.days.astype("float64"),
            "end": (end["last"].loc[begun] - first).dt.days.astype("float64"),
            "grade": pd.NA,
            "imputed": (start["first"] != start["last"]).loc[begun]
            | (end["first"].notna() & (end["first"] != end["last"])).loc[begun],
        }
    )
    return made.sort_values(["start", "name"], kind="stable")


def scale(endpoint: Endpoint, least: float, greatest: float) -> tuple[float, float]:
    """From the least to the greatest that is plausible, where the values come half as far; else to the greatest value.

    A scale that the values of a study make would draw the error of a measurement as a course.
    """
    if endpoint.plausible is None:
        return least, greatest
    low, high = endpoint.plausible
    far = greatest - low >= 0.5 * (high - low)
    return min(low, least), max(high, greatest) if far else greatest


def _measured(book: Book, subject: str) -> list[Measured]:
    flag = book.definition.analysis_set(book.definition.safety_set).flag
    frame = book.datasets["ADBDS"][["USUBJID", flag, "PARAMCD", "ADY", "AVAL", "SRCSEQ"]]
    numeric = [e.paramcd for e in book.definition.endpoints if e.kind == "numeric"]
    frame = frame.loc[frame["PARAMCD"].isin(numeric) & frame["AVAL"].notna() & (frame[flag] == "Y")]
    ranges = frame.groupby("PARAMCD")["AVAL"].agg(["min", "max"]).to_dict("index")
    own = frame.loc[(frame["USUBJID"] == subject) & frame["ADY"].notna()].sort_values(["ADY", "SRCSEQ"], kind="stable")
    parts = {str(code): part for code, part in own.groupby("PARAMCD")}
    found = []
    for endpoint in book.definition.endpoints:
        if endpoint.paramcd not in ranges:
            continue
        records = parts.get(endpoint.paramcd, own.iloc[:0])
        values = [float(v) for v in records["AVAL"]]
        found.append(
            Measured(
                axis_of(endpoint, 44),
                list(since_first(records["ADY"])),
                values,
                [fmt_number(v, endpoint.decimals) for v in values],
                *scale(endpoint, float(ranges[endpoint.paramcd]["min"]), float(ranges[endpoint.paramcd]["max"])),
                "No data" if _asked_of(book, endpoint, subject) else "Not applicable",
            )
        )
    return found


def _asked_of(book: Book, endpoint: Endpoint, subject: str) -> bool:
    """Whether the endpoint is of this subject: an ulcer is not of who has none."""
    row = book.datasets["ADSL"].set_index("USUBJID").loc[subject]
    wanted = {name: one if isinstance(one, tuple) else (one,) for name, one in endpoint.only_with_baseline.items()}
    return all(row[name] in codes for name, codes in wanted.items())


def _patient_events(book: Book, subject: str) -> pd.DataFrame:
    frame = book.datasets["ADAE"]
    columns = ["AESEQ", "AEDECOD", "AETERM", "ASTDY", "AENDY", "ATOXGRN", "ASTDTF", "AENDTF"]
    own = frame.loc[frame["USUBJID"] == subject, columns].sort_values(["ASTDY", "AESEQ"], kind="stable")
    terms = own["AEDECOD"].astype(object).where(own["AEDECOD"].notna(), own["AETERM"])
    return pd.DataFrame(
        {
            "name": [clipped(sentence(str(t)), LEFT - 0.15) for t in terms],
            "start": since_first(own["ASTDY"]),
            "end": since_first(own["AENDY"]),
            "grade": own["ATOXGRN"],
            "imputed": own["ASTDTF"].notna() | own["AENDTF"].notna(),
        }
    )
