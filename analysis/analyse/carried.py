"""Last observation carried forward: at each visit the value analysed there, else the last one recorded by then.

The last observation is the last record with a value after the reference day, whatever visit it was recorded under and
whether or not it was the one analysed at a visit: an unscheduled measurement counts. By then means: not after the last
day of the visit's window. Where values come to visits by record, or a visit has no window, it means: of that visit or
one before it, or of none and made before the day on which the subject had the visit. The baseline is never carried.

Not here: what is computed of carried values (`missing_data`, `missing_compared`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from trial_report.analysis.analyse.counting import any_of
from trial_report.analysis.analyse.efficacy_data import CHANGE, COLUMNS, PERCENT, VALUE, EndpointData
from trial_report.analysis.analyse.groups import both
from trial_report.analysis.analyse.worst import ever, highest
from trial_report.analysis.results.where import Term, Where
from trial_report.analysis.trial import Trial

USED = (*COLUMNS, "POSTFL", "ADY", "ASEQ")


@dataclass(frozen=True)
class BeforeVisit(Term):
    """The records of no visit, made before the day on which the subject had the visit `value`.

    `days` are the study days of that visit by USUBJID.
    """

    days: pd.Series = field(default_factory=lambda: pd.Series(dtype="float64"), compare=False, repr=False)

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True for those records; a subject who did not have the visit has none."""
        day = frame["USUBJID"].map(self.days)
        return frame["AVISIT"].isna() & (frame["ADY"] < day).fillna(False).astype(bool)

    @property
    def sql(self) -> str:
        """The same over ADBDS and ADVISIT."""
        return (
            "AVISIT IS NULL AND (USUBJID, ADY) IN (SELECT r.USUBJID, r.ADY FROM ADBDS r JOIN ADVISIT v "
            f"ON r.USUBJID = v.USUBJID WHERE v.AVISIT = '{self.value}' AND r.ADY < v.SVDY)"
        )


def carried_values(trial: Trial, data: EndpointData) -> pd.DataFrame:
    """USUBJID, treatment, AVISIT, AVAL, CHG, PCHG, BASE, DTYPE: a row a subject and visit after baseline with a value.

    DTYPE is LOCF where the value was carried, else missing. In the order of the visits, subjects in that of ADBDS.
    """
    wanted = dict.fromkeys([*USED, data.treatment, "PARAMCD", *(term.variable for term in data.where.terms)])
    records = trial.adbds.loc[trial.adbds["PARAMCD"] == data.endpoint.paramcd, list(wanted)]
    parts = []
    for visit in data.follow_up:
        own = carried_where(trial, data, visit).of(records)
        here = (own["AVISIT"] == visit) & (own["ANL01FL"] == "Y")
        kind = pd.Series("LOCF", index=own.index, dtype="str").mask(here)
        parts.append(own.assign(AVISIT=pd.Series(visit, index=own.index, dtype="str"), DTYPE=kind))
    names = ["USUBJID", data.treatment, "AVISIT", VALUE, CHANGE, PERCENT, "BASE", "DTYPE"]
    return pd.concat(parts, ignore_index=True)[names] if parts else records.iloc[:0].assign(DTYPE=None)[names]


def carried_where(trial: Trial, data: EndpointData, visit: str) -> Where:
    """The records whose values are those of a visit: the ones analysed there, else each subject's last by then."""
    known = both(Where().eq(PARAMCD=data.endpoint.paramcd), data.where).also(data.endpoint.analysed, "is not null")
    here = Where().eq(ANL01FL="Y", AVISIT=visit)
    by_then = both(Where().eq(POSTFL="Y"), _by_then(trial, data, visit))
    by_then = both(by_then, ever("ADBDS", ("USUBJID",), both(known, here), never=True))
    last = both(by_then, highest("ASEQ", "ADBDS", ("USUBJID",), both(known, by_then)))
    return both(known, any_of(here, last))


def _by_then(trial: Trial, data: EndpointData, visit: str) -> Where:
    definition = trial.definition
    window = data.endpoint.window_of(definition.visit(visit))
    if window is not None and definition.assigned_by(data.endpoint) == "window":
        return Where().also("ADY", "<=", window[1])
    visits = [v.id for v in definition.follow_up_visits]
    made = trial.advisit.loc[trial.advisit["AVISIT"] == visit].set_index("USUBJID")["SVDY"].astype("float64")
    before = Where((BeforeVisit("AVISIT", "<", visit, made),))
    return any_of(Where().eq(AVISIT=tuple(visits[: visits.index(visit) + 1])), before)
