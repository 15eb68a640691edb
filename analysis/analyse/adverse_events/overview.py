"""Overview of adverse events, actions taken, outcomes and deaths: subjects and events of each kind.

Not here: the terms behind the kinds (`terms`), and events by grade (`grading`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.adverse_events.events import (
    CRITERIA,
    RELATED,
    SERIOUS,
    TOXIC,
    WITHDRAWN,
    Events,
    fatal,
    severe,
)
from trial_report.analysis.analyse.counting import ANY, add_tally, any_of, as_levels, by_frequency, meant_by, tally
from trial_report.analysis.analyse.groups import both, in_set
from trial_report.analysis.methods.proportions import clopper_pearson
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import StudyDefinition

ID, ACTION, DEATHS = "ae.overview", "ae.action", "ae.deaths"
ACTIONS = {"AEACN": ("DRUG WITHDRAWN",), "AECONTRT": ("Y",), "AEOUT": ("FATAL",)}
"""Variables of the table of actions, with the values that have a row even when no event has them."""


JUDGED = {
    "SERIOUS": "AESER", "RELATED SERIOUS": "AESER", "SEVERE": "ATOXGRN", "RELATED SEVERE": "ATOXGRN",
    "WITHDRAWN": "AEACN",
}  # fmt: skip
"""Kinds that a variable decides on: where it was recorded of no event, nothing is known, and zero is no answer."""


def is_judged(events: pd.DataFrame, variable: str) -> bool:
    """Whether a variable of ADAE says anything of any event; of no events there is nothing to say."""
    values = events[variable].dropna() if variable in events else pd.Series(dtype="str")
    return events.empty or bool((values != "NOT APPLICABLE").any())


def kinds(trial: Trial) -> dict[str, Where]:
    """The rows of the overview: code → condition on emergent events; ALL is every event, emergent or not.

    Without those that no variable decides on, as discontinuation where the action taken was never recorded.
    """
    heavy, deadly = severe(trial.definition), fatal(trial.adae)
    found = {
        "EMERGENT": Where(),
        "RELATED": RELATED,
        "SEVERE": heavy,
        "RELATED SEVERE": both(RELATED, heavy),
        "SERIOUS": SERIOUS,
        "RELATED SERIOUS": both(RELATED, SERIOUS),
        "WITHDRAWN": WITHDRAWN,
        **({"DLT": TOXIC} if trial.definition.escalation else {}),
        "FATAL": deadly,
    }
    unmarked = not_called_serious(trial.adae)
    if unmarked.mask(trial.adae).any():
        found["UNMARKED"] = unmarked
    return {kind: where for kind, where in found.items() if kind not in JUDGED or is_judged(trial.adae, JUDGED[kind])}


def not_called_serious(events: pd.DataFrame) -> Where:
    """Events that meet a criterion of seriousness (ICH E2A), or were fatal, and were recorded as not serious."""
    criteria = [Where().eq(**{name: "Y"}) for name in CRITERIA if name in events.columns]
    meets = any_of(Where().eq(AEOUT="FATAL"), *criteria)
    return both(meets, any_of(Where().also("AESER", "<>", "Y"), Where().eq(AESER=None)))


def both_kinds(trial: Trial) -> dict[str, Events]:
    """The events of each row of the overview: ALL and BEFORE, whenever they began, and the emergent of each kind."""
    population = trial.definition.safety_set
    inside = in_set(trial, population)
    every = {"ALL": inside, "BEFORE": both(inside, Where().eq(PREFL="Y"))}
    found = {level: Events(trial, population, where) for level, where in every.items()}
    return found | {level: Events.emergent(trial, where) for level, where in kinds(trial).items()}


@declare.analysis(ID, ACTION, DEATHS)
def analyse(trial: Trial) -> pd.DataFrame:
    """Subjects with an event of each kind, their percentage, and the number of events.

    Keys: ae.overview/<SET>/USUBJID/-/<group>/<kind>/<n|pct|events> (kinds: `kinds`, and ALL, BEFORE for events
    before treatment; of SERIOUS also pct_low and pct_high),
    ae.action/<SET>/<AEACN|AECONTRT|AEOUT>/-/<group>/<value>/<n|pct|events>,
    ae.deaths/<SET>/DTHFL/-/<group>/ANY/<n|pct>.
    """
    rows = Rows()
    emergent = Events.emergent(trial)
    # Deaths are known from other domains as well; of events that were not delivered nothing is.
    _deaths(rows, trial, emergent)
    if "AE" not in trial.domains:
        return rows.frame()
    place = emergent.place(ID, "USUBJID")
    emergent.add_sizes(rows, place)
    for level, events in both_kinds(trial).items():
        found = tally(events.frame)
        for code, column in events.columns.items():
            at = place.at(group=code, level=level, where=both(events.where, column))
            add_tally(rows, at, found.get((code,)), events.sizes[code])
            if level == "SERIOUS":
                _limits(rows, at, (found.get((code,)) or (0, 0))[0], events.sizes[code], trial.definition)
    _actions(rows, emergent)
    return rows.frame()


def _limits(rows: Rows, place: Place, subjects: int, of: int, definition: StudyDefinition) -> None:
    """The exact interval of a percentage: of a count of none it says what is not excluded."""
    low, high = (100 * float(limit) for limit in clopper_pearson(subjects, of, definition.confidence_level))
    why = None if of else "no subjects in the denominator"
    rows.add(place, "pct_low", low, method="clopper-pearson", warning=why)
    rows.add(place, "pct_high", high, method="clopper-pearson", warning=why)


def _actions(rows: Rows, events: Events) -> None:
    for variable, expected in ACTIONS.items():
        if variable not in events.frame.columns or not (
            events.trial.adae.empty or events.trial.adae[variable].notna().any()
        ):
            continue
        always = expected if is_judged(events.trial.adae, variable) else ()
        work = events.frame.assign(**{variable: as_levels(events.frame[variable])})
        found = tally(work, [variable])
        present = [one for (one,) in by_frequency(work, [variable])] if len(work) else []
        place = events.place(ACTION, variable)
        events.add_sizes(rows, place)
        for code, column in events.columns.items():
            for level in [*present, *(one for one in always if one not in present)]:
                where = both(events.where, column).eq(**{variable: meant_by(level)})
                add_tally(
                    rows, place.at(group=code, level=level, where=where), found.get((code, level)), events.sizes[code]
                )


def _deaths(rows: Rows, trial: Trial, events: Events) -> None:
    inside = in_set(trial, events.population)
    place = Place(DEATHS, "ADSL", events.population, variable="DTHFL")
    events.add_sizes(rows, place)
    for code, column in events.columns.items():
        at = place.at(group=code, level=ANY, where=both(both(inside, column), Where().eq(DTHFL="Y")))
        rows.count(at, int(at.where.mask(trial.adsl).sum()), events.sizes[code])
