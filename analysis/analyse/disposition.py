"""Disposition: who was screened, failed, was assigned, treated, completed or stopped, and why; also by phase.

Not here: membership of the analysis sets (`sets`), and stopping before a named visit (`milestones`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.counting import as_levels, by_frequency, enrolled_set, meant_by, set_sizes
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.methods.tables import fisher_exact
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.results import join_level
from trial_report.schemas.study import TOTAL

ID, BY_PHASE, BY_SITE, TESTS = "disposition", "disposition.phase", "disposition.site", "disposition.test"
ENDS = ("COMPLETED", "DISCONTINUED", "ONGOING", "NO STATUS")
"""States that only disposition (DS) tells of."""

ALL = "ALL"
"""Population of the rows that count everybody in ADSL."""

STATES = {
    "TREATED": Where().also("TRTSDT", "is not null"),
    "NOT TREATED": Where().also("TRTSDT", "is null"),
    "COMPLETED": Where().eq(EOSSTT="COMPLETED"),
    "DISCONTINUED": Where().eq(EOSSTT="DISCONTINUED"),
    "ONGOING": Where().eq(EOSSTT="ONGOING"),
    "NO STATUS": Where().eq(EOSSTT=None),
}


@declare.analysis(ID, BY_PHASE, BY_SITE, TESTS)
def analyse(trial: Trial) -> pd.DataFrame:
    """Subjects by state and reason, with percentages of the enrolled.

    Keys: disposition/ALL/USUBJID/-/TOTAL/<SCREENED|SCREEN FAILURE|NOT ASSIGNED>/n, disposition/ALL/SCRFREAS/-/TOTAL/
    <reason>/<n|pct>, disposition/<ENR>/USUBJID/-/<group>/<state>/<n|pct>, disposition/<ENR>/DCSREAS/-/<group>/
    <reason>/<n|pct>; where asked for disposition.test/<ENR>/<USUBJID|DCSREAS>/-/TOTAL/<COMPLETED|reason>/p;
    disposition.phase/… with "<phase>|<state or reason>" as the level; disposition.site/<ENR>/SITEID.
    """
    rows = Rows()
    _screening(rows, trial)
    population = enrolled_set(trial.definition)
    place = Place(ID, "ADSL", population, in_set(trial, population), "USUBJID")
    for code, size in set_sizes(trial, population).items():
        at = place.at(group=code, where=both(place.where, columns_of(trial.definition, population)[code]))
        rows.add(at, "N", size, method="count")
    _states(rows, trial, place, set_sizes(trial, population))
    if trial.definition.disposition.tests and told(trial):
        _tests(rows, trial, place)
    for phase in trial.definition.phases.levels if trial.definition.phases else ():
        inside = place.at(analysis=BY_PHASE, where=place.where.eq(PHASE=phase.code))
        columns = columns_of(trial.definition, population)
        sizes = {code: int(both(inside.where, where).mask(trial.adsl).sum()) for code, where in columns.items()}
        for code, where in columns.items():
            at = inside.at(group=code, level=phase.code, where=both(inside.where, where))
            rows.add(at, "N", sizes[code], method="count")
        _states(rows, trial, inside, sizes, f"{phase.code}|")
    _sites(rows, trial, place.at(analysis=BY_SITE, variable="SITEID"), set_sizes(trial, population))
    return rows.frame()


def told(trial: Trial) -> bool:
    """Whether disposition was delivered: without it nobody knows how a participation ended, or why."""
    return "DS" in trial.domains


def _screening(rows: Rows, trial: Trial) -> None:
    """Everybody in ADSL; failures are a percentage of the screened, reasons of the failures."""
    adsl = trial.adsl
    place = Place(ID, "ADSL", ALL, variable="USUBJID", group=TOTAL)
    screened = len(adsl)
    rows.count(place.at(level="SCREENED"), screened, screened)
    failed = Where().eq(SCRFFL="Y")
    failures = failed.of(adsl)
    rows.count(place.at(level="SCREEN FAILURE", where=failed), len(failures), screened)
    waiting = Where().eq(SCRFFL="N", TRT01P=None)
    rows.count(place.at(level="NOT ASSIGNED", where=waiting), len(waiting.of(adsl)), screened)
    for reason, where in reasons_of(failures, "SCRFREAS", failed) if told(trial) else ():
        at = place.at(variable="SCRFREAS", level=reason, where=where)
        rows.count(at, int(where.mask(adsl).sum()), len(failures))


def _states(rows: Rows, trial: Trial, place: Place, sizes: dict[str, int], prefix: str = "") -> None:
    subjects = place.where.of(trial.adsl)
    stopped = both(place.where, STATES["DISCONTINUED"])
    known = {state: where for state, where in STATES.items() if state not in ENDS or told(trial)}
    wanted = [("USUBJID", state, both(place.where, where)) for state, where in known.items()]
    wanted += [("DCSREAS", reason, where) for reason, where in reasons_of(stopped.of(subjects), "DCSREAS", stopped)]
    masks = [where.mask(subjects).to_numpy() for *_, where in wanted]
    for code, column in columns_of(trial.definition, place.population).items():
        own = column.mask(subjects).to_numpy()
        for (variable, level, where), mask in zip(wanted, masks, strict=True):
            at = place.at(group=code, variable=variable, level=prefix + level, where=both(where, column))
            rows.count(at, int((mask & own).sum()), sizes[code])


def _tests(rows: Rows, trial: Trial, place: Place) -> None:
    """Completion, and each reason of discontinuation, over the groups: who did against who did not."""
    stopped = both(place.where, STATES["DISCONTINUED"])
    reasons = reasons_of(stopped.of(trial.adsl), "DCSREAS", stopped)
    wanted = [("USUBJID", "COMPLETED", both(place.where, STATES["COMPLETED"]))]
    wanted += [("DCSREAS", reason, where) for reason, where in reasons]
    for what, level, where in wanted:
        add_test(rows, trial, place.at(analysis=TESTS, variable=what, level=level), where)


def add_test(rows: Rows, trial: Trial, place: Place, where: Where, shown_by: str | None = None) -> None:
    """Fisher's exact test over the groups: the subjects of `place.where` who meet `where` against the others.

    The groups are those of the treatment variable of the set `shown_by`, else of the place's population.
    """
    variable = trial.definition.treatment_variable(shown_by or place.population)
    groups = Where().eq(**{variable: tuple(g.code for g in trial.definition.groups)})
    subjects = both(place.where, groups).of(trial.adsl)
    did = where.mask(subjects)
    counts = pd.crosstab(subjects[variable].astype("str"), did).reindex(columns=[True, False], fill_value=0)
    found = fisher_exact(counts.to_numpy())
    at = place.at(group=TOTAL, where=both(where, groups))
    rows.add(at, "p", found.p, method="fisher", warning=found.warning)


def reasons_of(frame: pd.DataFrame, variable: str, where: Where) -> list[tuple[str, Where]]:
    """Each reason there is, the most frequent first, with its condition; a missing reason last, as such."""
    given = frame.assign(**{variable: frame[variable].astype("str")}).dropna(subset=[variable])
    given = given.assign(**{variable: as_levels(given[variable])})
    named = [(level, where.eq(**{variable: meant_by(level)})) for (level,) in by_frequency(given, [variable])]
    missing = [("Reason not recorded", where.eq(**{variable: None}))] if len(given) < len(frame) else []
    return named + missing


def _sites(rows: Rows, trial: Trial, place: Place, sizes: dict[str, int]) -> None:
    subjects = place.where.of(trial.adsl)
    for site in sorted(subjects["SITEID"].dropna().unique()):
        for code, column in columns_of(trial.definition, place.population).items():
            at = place.at(
                group=code,
                level=join_level(str(site)),
                where=both(both(place.where, column), Where().eq(SITEID=str(site))),
            )
            rows.count(at, int(at.where.mask(subjects).sum()), sizes[code])
