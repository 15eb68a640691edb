"""Until when a subject was known not to have had an event, and why the time ends there.

Not here: events and their times (`adtte`).
"""

from __future__ import annotations

import pandas as pd

from trial_report.analysis.derive.dates import whole_date
from trial_report.analysis.derive.records import DATE, Domains, by_subject, domain, happened, text
from trial_report.schemas.study.analysis import Censoring

CONTACT, ASSESSMENT, TREATMENT, DEATH, CUT = (
    "Last contact", "Last assessment", "End of treatment", "Death", "Data cut-off"
)  # fmt: skip


def censored(rule: Censoring, subjects: pd.DataFrame, domains: Domains) -> pd.DataFrame:
    """Columns `until` and `why`, in the rows of `subjects`: USUBJID, STARTDT, TRTEDT, LSTCTDT, DTHDT, CUTDT.

    The day is never after death, which here is no event, nor before the start. At the end of treatment the last
    contact may come first; who was never treated is censored at the start.
    """
    match rule.at:
        case "last_contact":
            until, why = subjects["LSTCTDT"], _all(CONTACT, subjects)
        case "last_assessment":
            until, why = _last_assessment(str(rule.domain), subjects, domains), _all(ASSESSMENT, subjects)
        case "end_of_treatment":
            end = treatment_end(rule, subjects)
            earlier = subjects["LSTCTDT"] < end
            until = end.mask(earlier, subjects["LSTCTDT"])
            why = _all(TREATMENT, subjects).mask(earlier, CONTACT)
        case "data_cutoff":
            until, why = subjects["CUTDT"], _all(CUT, subjects)
    died = subjects["DTHDT"] <= until
    until, why = until.mask(died, subjects["DTHDT"]), why.mask(died, DEATH)
    until = until.mask(until.isna() | (until < subjects["STARTDT"]), subjects["STARTDT"])
    return pd.DataFrame({"until": until.astype(DATE), "why": why.mask(until == subjects["CUTDT"], CUT)})


def treatment_end(rule: Censoring, subjects: pd.DataFrame) -> pd.Series:
    """The last day on which an event counts where time ends with treatment; missing: never treated."""
    return subjects["TRTEDT"] + pd.Timedelta(days=rule.days)


def _all(why: str, subjects: pd.DataFrame) -> pd.Series:
    return pd.Series(why, index=subjects.index, dtype="str")


def _last_assessment(name: str, subjects: pd.DataFrame, domains: Domains) -> pd.Series:
    """The last whole --DTC of the domain from the start on and up to the cut-off; missing where there is none."""
    frame, subject = domain(domains, name), subjects.set_index("USUBJID")
    day = whole_date(text(frame, f"{name}DTC"))
    inside = (day >= by_subject(subject["STARTDT"], frame)) & (day <= by_subject(subject["CUTDT"], frame))
    seen = day.loc[inside & happened(frame, name)]
    return by_subject(seen.groupby(frame.loc[seen.index, "USUBJID"]).max(), subjects)
