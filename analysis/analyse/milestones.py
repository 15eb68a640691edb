"""Milestones: who had a named visit, who stopped before it, and why.

Not here: disposition at the end (`disposition`), and whether visits were in their windows (`visits`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.counting import any_of, enrolled_set, set_sizes
from trial_report.analysis.analyse.disposition import STATES, add_test, reasons_of
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.derive.advisit import told
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Term, Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.domains.unique import among

ID, TESTS = "disposition.milestone", "disposition.milestone.test"
COMPLETED, DISCONTINUED, OTHER = "COMPLETED", "DISCONTINUED", "OTHER"


@dataclass(frozen=True)
class Had(Term):
    """The subjects who had the visit `value`, or (`never`) those who did not; `subjects` are those who did."""

    subjects: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"), compare=False, repr=False)
    never: bool = False

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True for those subjects."""
        found = among(frame[self.variable], self.subjects)
        return ~found if self.never else found

    @property
    def sql(self) -> str:
        """The condition on ADSL, over ADVISIT."""
        chosen = f"SELECT USUBJID FROM ADVISIT WHERE AVISIT = '{self.value}' AND DONE = 'Y'"
        return f"{self.variable} {'NOT IN' if self.never else 'IN'} ({chosen})"


@declare.analysis(ID, TESTS, needs=("DS",))
def analyse(trial: Trial) -> pd.DataFrame:
    """Of the enrolled, by milestone: who had its visit, who discontinued and did not have it, and all others.

    Keys: disposition.milestone/<ENR>/USUBJID/<visit>/<group>/-/N,
    disposition.milestone/<ENR>/USUBJID/<visit>/<group>/<COMPLETED|DISCONTINUED|OTHER>/<n|pct> and
    disposition.milestone/<ENR>/DCSREAS/<visit>/<group>/<reason>/<n|pct> of those who discontinued; where tests of
    disposition are asked for disposition.milestone.test/<ENR>/<USUBJID|DCSREAS>/<visit>/TOTAL/<COMPLETED|reason>/p.
    """
    rows = Rows()
    for milestone in trial.definition.disposition.milestones if told(trial.domains) else ():
        _add(rows, trial, milestone.visit)
    return rows.frame()


def _add(rows: Rows, trial: Trial, visit: str) -> None:
    definition, population = trial.definition, enrolled_set(trial.definition)
    place = Place(ID, "ADSL", population, in_set(trial, population), "USUBJID", avisit=visit)
    done = trial.advisit.loc[(trial.advisit["AVISIT"] == visit) & (trial.advisit["DONE"] == "Y"), "USUBJID"]
    had, had_not = (Where((Had("USUBJID", "in", visit, done, never),)) for never in (False, True))
    stopped = STATES["DISCONTINUED"]
    # Whose status is not recorded has none that is another than discontinued: a comparison with nothing is unknown.
    neither = Where().also("EOSSTT", "<>", "DISCONTINUED"), Where().eq(EOSSTT=None)
    subjects = place.where.of(trial.adsl)
    left = both(both(place.where, stopped), had_not)
    reasons = reasons_of(left.of(subjects), "DCSREAS", left)
    states = {COMPLETED: had, DISCONTINUED: both(stopped, had_not)}
    wanted = [("USUBJID", state, both(place.where, where)) for state, where in states.items()]
    wanted.append(("USUBJID", OTHER, both(both(place.where, any_of(*neither)), had_not)))
    wanted += [("DCSREAS", reason, where) for reason, where in reasons]
    sizes = set_sizes(trial, population)
    for code, column in columns_of(definition, population).items():
        rows.add(place.at(group=code, where=both(place.where, column)), "N", sizes[code], method="count")
        for variable, level, where in wanted:
            at = place.at(group=code, variable=variable, level=level, where=both(where, column))
            rows.count(at, int(at.where.mask(trial.adsl).sum()), sizes[code])
    if definition.disposition.tests:
        for variable, level, where in [wanted[0], *wanted[3:]]:
            add_test(rows, trial, place.at(analysis=TESTS, variable=variable, level=level), where)
