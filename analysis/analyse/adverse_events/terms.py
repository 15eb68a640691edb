"""Adverse events by system organ class and preferred term: all, related, serious, dose-limiting, frequent.

Not here: the worst grade of a term (`grading`), and dose-limiting toxicities by cohort (`analyse.escalation`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.adverse_events.events import (
    CLASS,
    CRITERIA,
    EMERGENT,
    RELATED,
    SERIOUS,
    TERM,
    TOXIC,
    Events,
)
from trial_report.analysis.analyse.counting import (
    ANY,
    Nesting,
    add_nested,
    add_tally,
    as_levels,
    by_frequency,
    meant_by,
    set_sizes,
    tally,
)
from trial_report.analysis.analyse.groups import both, in_set
from trial_report.analysis.methods.proportions import clopper_pearson
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.results import join_level

ALL, BY_RELATION, BY_SERIOUS, BY_DLT, FREQUENT = (
    "ae.soc_pt", "ae.relationship", "ae.serious", "ae.dlt", "ae.frequent"
)  # fmt: skip


@declare.analysis("ae.soc_pt", "ae.relationship", "ae.serious", "ae.frequent", "ae.dlt", needs=("AE",))
def analyse(trial: Trial) -> pd.DataFrame:
    """Subjects and events by class and term.

    Keys: ae.soc_pt|ae.relationship|ae.serious|ae.dlt/<SET>/AEDECOD/-/<group>/<ANY|class|class|term>/<n|pct|events>;
    ae.relationship/<SET>/<relationship variable>/-/<group>/<value>/…; ae.serious/<SET>/<criterion>/-/<group>/Y/…;
    ae.dlt/<SET>/DLTEVFL/-/<group>/ANY/<N|n|pct|pct_low|pct_high>; the set of ae.dlt is the DLT-evaluable one;
    ae.frequent/<SET>/AEDECOD/-/<group>/<term>/….
    """
    rows = Rows()
    emergent = Events.emergent(trial)
    related, serious = Events.emergent(trial, RELATED), Events.emergent(trial, SERIOUS)
    kinds = {ALL: emergent, BY_RELATION: related, BY_SERIOUS: serious}
    if trial.definition.escalation:
        kinds[BY_DLT] = _dose_limiting(trial)
    for analysis, events in kinds.items():
        place = events.place(analysis)
        events.add_sizes(rows, place)
        add_nested(rows, place, events.frame, Nesting(CLASS, TERM, events.where, events.columns), events.sizes)
    _relations(rows, emergent)
    _criteria(rows, serious)
    _frequent(rows, emergent)
    _toxicity(rows, trial)
    return rows.frame()


def evaluable_set(trial: Trial) -> str | None:
    """Id of the set of those evaluable for DLT; None where the study has no escalation, or no such set."""
    found = [s.id for s in trial.definition.analysis_sets if s.criteria.dlt_evaluable]
    return found[0] if found and trial.definition.escalation else None


def _dose_limiting(trial: Trial) -> Events:
    """The DLTs of the evaluable subjects; of the safety set where nobody is asked to be evaluable."""
    chosen = evaluable_set(trial)
    emergent = Events.emergent(trial, TOXIC)
    if chosen is None:
        return emergent
    return Events(trial, chosen, both(both(in_set(trial, chosen), EMERGENT), TOXIC))


def _relations(rows: Rows, events: Events) -> None:
    """Subjects with an event of each relationship as recorded (a subject may count in several)."""
    variable = events.trial.definition.adverse_events.relationship_variable
    work = events.frame.assign(**{variable: as_levels(events.frame[variable])})
    found = tally(work, [variable])
    wanted = [join_level(value) for value in events.trial.definition.adverse_events.related]
    present = [one for (one,) in by_frequency(work, [variable])] if len(work) else []
    place = events.place(BY_RELATION, variable)
    for code, column in events.columns.items():
        for level in [*wanted, *(one for one in present if one not in wanted)]:
            where = both(events.where, column).eq(**{variable: meant_by(level)})
            add_tally(
                rows, place.at(group=code, level=level, where=where), found.get((code, level)), events.sizes[code]
            )


def _criteria(rows: Rows, events: Events) -> None:
    for variable in [one for one in CRITERIA if one in events.frame.columns]:
        met = Where().eq(**{variable: "Y"})
        found = tally(met.of(events.frame))
        for code, column in events.columns.items():
            at = events.place(BY_SERIOUS, variable).at(
                group=code, level="Y", where=both(both(events.where, column), met)
            )
            add_tally(rows, at, found.get((code,)), events.sizes[code])


def _frequent(rows: Rows, events: Events) -> None:
    """Terms of at least the definition's share of all subjects of the set, the most frequent first."""
    place = events.place(FREQUENT)
    events.add_sizes(rows, place)
    coded = events.frame.dropna(subset=[TERM])
    coded = coded.assign(**{TERM: as_levels(coded[TERM])})
    everyone = events.where.of(events.trial.adae).dropna(subset=[TERM])
    everyone = everyone.assign(**{TERM: as_levels(everyone[TERM])})
    subjects = everyone.groupby(TERM)["USUBJID"].nunique()
    total = int(in_set(events.trial, events.population).mask(events.trial.adsl).sum())
    least = events.trial.definition.adverse_events.frequent_percent
    found = tally(coded, [TERM])
    for (level,) in by_frequency(everyone, [TERM]) if len(everyone) else []:
        if 100 * int(subjects[level]) < least * total:
            continue
        for code, column in events.columns.items():
            at = place.at(group=code, level=level, where=both(events.where, column).eq(**{TERM: meant_by(level)}))
            add_tally(rows, at, found.get((code, level)), events.sizes[code])


def _toxicity(rows: Rows, trial: Trial) -> None:
    """Subjects with a DLT among those evaluable, with the exact interval of the proportion."""
    definition, chosen = trial.definition, evaluable_set(trial)
    if chosen is None:
        return
    events = Events(trial, chosen, in_set(trial, chosen))
    place = events.place(BY_DLT, "DLTEVFL").at(dataset="ADSL")
    sizes, level = set_sizes(trial, chosen), definition.confidence_level
    for code, column in events.columns.items():
        base = both(events.where, column)
        rows.add(place.at(group=code, level=ANY, where=base), "N", sizes[code], method="count")
        at = place.at(group=code, level=ANY, where=base.also("NDLT", ">=", 1))
        cases = int(at.where.mask(trial.adsl).sum())
        rows.count(at, cases, sizes[code])
        low, high = (100 * float(limit) for limit in clopper_pearson(cases, sizes[code], level))
        why = None if sizes[code] else "no subjects in the denominator"
        rows.add(at, "pct_low", low, method="clopper-pearson", warning=why)
        rows.add(at, "pct_high", high, method="clopper-pearson", warning=why)
