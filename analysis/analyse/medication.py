"""Medication by class and medicine: prior (began before the day of first dose) and concomitant (taken from then on).

A medicine that was begun before and went on is both.

Not here: doses of the study's treatment (`exposure`), and history (`history`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.deviations import add_terms
from trial_report.analysis.derive.dates import span
from trial_report.analysis.derive.records import DATE, by_subject, domain, text
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.results.where import Term, Where
from trial_report.analysis.trial import Trial

PRIOR, CONCOMITANT = "cm.prior", "cm.concomitant"
START, END = "CMSTDTC", "CMENDTC"
RELATIVE = ("CMENRF", "CMENRTPT")
"""Variables that place an end that has no date before the period of the study, or before a point at its beginning."""

STARTS = ("CMSTRF", "CMSTRTPT")
"""Variables that place a start that has no date, and what they say of one that was not before."""
LATER = ("DURING", "DURING/AFTER", "AFTER", "COINCIDENT")


@declare.analysis(PRIOR, CONCOMITANT, needs=("CM",))
def analyse(trial: Trial) -> pd.DataFrame:
    """Subjects of the safety set with a medicine (CM), prior and concomitant.

    Keys: cm.prior/<SET>/CMDECOD/-/<group>/<ANY|class|class|term>/<n|pct|events> and cm.concomitant/….
    """
    rows = Rows()
    for analysis, among in ((PRIOR, Begun.dose(trial)), (CONCOMITANT, NotBefore.dose(trial))):
        what = (analysis, "CM", "CMCLAS", "CMDECOD", "CMTRT")
        add_terms(rows, trial, what, trial.definition.safety_set, Where((among,)))
    return rows.frame()


@dataclass(frozen=True)
class Before(Term):
    """The records of medicines that ended before the day of first dose, whatever day a partial date means.

    Without a date of its end a medicine ended before when a variable of `RELATIVE` says so. `first_dose` is by
    USUBJID.
    """

    first_dose: pd.Series = field(default_factory=lambda: pd.Series(dtype=DATE), compare=False)
    collected: tuple[str, ...] = ()

    @classmethod
    def dose(cls, trial: Trial) -> Self:
        """Of the subjects of that trial, by the variables that its CM has."""
        collected = tuple(name for name in (START, *STARTS, END, *RELATIVE) if name in domain(trial.domains, "CM"))
        return cls(END, "<", None, trial.adsl.set_index("USUBJID")["TRTSDT"], collected)

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True for the records that ended before."""
        ended = span(text(frame, END))["last"]
        found = (ended < by_subject(self.first_dose, frame)).fillna(False).astype(bool)
        for name in RELATIVE:
            found |= text(frame, END).isna() & (text(frame, name) == "BEFORE").fillna(False).astype(bool)
        return found

    @property
    def sql(self) -> str:
        """The same over CM and ADSL: a partial date is compared with as much of the date of first dose."""
        tests = [f"{name} = 'BEFORE'" for name in RELATIVE if name in self.collected]
        if END in self.collected:
            known = f"split_part({END}, '--', 1)"
            # Not a question for each record: rows of a correlated query come in an order of their own.
            ended = (
                f"(USUBJID, {END}) IN (SELECT USUBJID, {END} FROM CM JOIN ADSL USING (USUBJID) "
                f"WHERE {known} < left(CAST(TRTSDT AS VARCHAR), length({known})))"
            )
            tests = [f"{END} IS NULL AND {test}" for test in tests]
            tests = [f"{END} IS NOT NULL AND {ended}", *tests]
        # OR of a missing and a true condition is true: one variable may be empty where the other says it.
        return f"coalesce({' OR '.join(tests)}, FALSE)" if tests else "coalesce(FALSE, FALSE)"


@dataclass(frozen=True)
class NotBefore(Before):
    """The other records: medicines taken on or after the day of first dose, as far as is known."""

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True for the records that did not end before."""
        return ~super().mask(frame)

    @property
    def sql(self) -> str:
        """The other condition, denied."""
        return f"NOT {super().sql}"


@dataclass(frozen=True)
class Begun(Before):
    """The records of medicines that began before the day of first dose, or may have.

    Of a partial start the first day that it can mean counts; a start of which nothing is known was before unless a
    variable of `STARTS` says that it was later. What ended before began before.
    """

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True for the records that began before."""
        begun = span(text(frame, START))["first"]
        found = super().mask(frame) | (begun < by_subject(self.first_dose, frame)).fillna(False).astype(bool)
        unknown = begun.isna()
        for name in STARTS:
            unknown &= ~text(frame, name).isin(LATER)
        return found | unknown

    @property
    def sql(self) -> str:
        """The same over CM and ADSL: a partial date is filled with the first month and day."""
        later = ", ".join(f"'{one}'" for one in LATER)
        told = [f"coalesce({name} NOT IN ({later}), TRUE)" for name in STARTS if name in self.collected]
        tests = [super().sql]
        if START in self.collected:
            known = f"left(split_part(split_part({START}, '/', 1), '--', 1), 10)"
            filled = f"{known} || right('0001-01-01', CAST(10 - length({known}) AS INTEGER))"
            begun = (
                f"(USUBJID, {START}) IN (SELECT USUBJID, {START} FROM CM JOIN ADSL USING (USUBJID) "
                f"WHERE length({known}) >= 4 AND {filled} < left(CAST(TRTSDT AS VARCHAR), 10))"
            )
            tests.append(begun)
            told = [f"coalesce(length({known}), 0) < 4", *told]
        tests.append(" AND ".join(told) or "TRUE")
        return f"coalesce({' OR '.join(tests)}, FALSE)"
