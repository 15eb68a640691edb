"""Adverse events by worst grade: each subject counts once a term, with the highest grade of its events.

Not here: grades of laboratory values (`analyse.laboratory`), and severe events as a kind (`overview`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.adverse_events.events import CLASS, TERM, Events, grades
from trial_report.analysis.analyse.counting import ANY, COLUMN, as_levels, by_frequency, meant_by
from trial_report.analysis.analyse.groups import both
from trial_report.analysis.analyse.worst import highest
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial

ID = "ae.grade"
UNGRADED, BELOW, SEVERE = "MISSING", "BELOW", "SEVERE"
GRADE = "ATOXGRN"


@declare.analysis(ID, needs=("AE",))
def analyse(trial: Trial) -> pd.DataFrame:
    """Subjects by their worst grade.

    Keys: ae.grade/<SET>/ATOXGRN/-/<group>/<ANY||grade, class||grade, class|term|grade>/<n|pct>, where the grade is a
    number, MISSING (no grade recorded, only where there is one), BELOW or SEVERE (below, or from, the grade that the
    definition calls severe). The condition of a row selects the events with that grade that are their subject's worst
    (of the class, of the term).
    """
    rows = Rows()
    events = Events.emergent(trial)
    place = events.place(ID, GRADE)
    events.add_sizes(rows, place)
    frame = events.frame
    work = frame[[COLUMN, "USUBJID", GRADE]].assign(**{name: as_levels(frame[name]) for name in (CLASS, TERM)})
    work[GRADE] = work[GRADE].astype("float64").fillna(-1.0)
    known, least = grades(trial.definition), trial.definition.adverse_events.severe_from
    codes = [*known, *sorted({int(g) for g in work[GRADE].unique() if g >= 0 and int(g) not in known})]
    levels: list[tuple[str, Where]] = [(str(g), Where().eq(**{GRADE: g})) for g in codes]
    if (work[GRADE] < 0).any():
        levels.append((UNGRADED, Where().eq(**{GRADE: None})))
    levels.append((BELOW, Where().also(GRADE, "<", least)))
    levels.append((SEVERE, Where().also(GRADE, ">=", least)))
    paths: list[tuple[str, str]] = [(ANY, "")]
    counts = _worst(work, [], least)
    if len(work):
        counts |= _worst(work, [CLASS], least) | _worst(work, [CLASS, TERM], least)
        within: dict[str, list[tuple[str, str]]] = {}
        for outer, inner in by_frequency(work, [CLASS, TERM]):
            within.setdefault(outer, []).append((outer, inner))
        for (outer,) in by_frequency(work, [CLASS]):
            paths += [(outer, ""), *within[outer]]
    worst = [highest(GRADE, "ADAE", ("USUBJID", *by), events.where) for by in ((), (CLASS,), (CLASS, TERM))]
    for code, column in events.columns.items():
        base = both(events.where, column)
        for outer, inner in paths:
            where = both(base, worst[(outer != ANY) + bool(inner)])
            if outer != ANY:
                where = where.eq(**{CLASS: meant_by(outer)})
            if inner:
                where = where.eq(**{TERM: meant_by(inner)})
            for level, condition in levels:
                at = place.at(group=code, level=f"{outer}|{inner}|{level}", where=both(where, condition))
                rows.count(at, counts.get((code, outer, inner, level), 0), events.sizes[code])
    return rows.frame()


def _worst(work: pd.DataFrame, by: list[str], least: int) -> dict[tuple[str, str, str, str], int]:
    """Subjects by column, class, term and worst grade; an event without a grade is the worst only if all are."""
    if work.empty:
        return {}
    worst = work.groupby([COLUMN, *by, "USUBJID"])[GRADE].max().reset_index()
    path = {CLASS: ANY, TERM: ""} | {name: worst[name] for name in by}
    worst = worst.assign(**path)
    found: dict[tuple[str, str, str, str], int] = {}
    keys = [COLUMN, CLASS, TERM]
    graded = worst.loc[worst[GRADE] >= 0]
    parts = {
        BELOW: graded.loc[graded[GRADE] < least],
        SEVERE: graded.loc[graded[GRADE] >= least],
        UNGRADED: worst.loc[worst[GRADE] < 0],
        **{str(int(grade)): worst.loc[worst[GRADE] == grade] for grade in graded[GRADE].unique()},
    }
    for level, part in parts.items():
        counts = part.groupby(keys)["USUBJID"].size().rename("N").reset_index()
        for column, outer, inner, n in counts.itertuples(index=False, name=None):
            found[str(column), str(outer), str(inner), level] = int(n)
    return found
