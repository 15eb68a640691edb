"""The course of a subject through the study, as checks look at it: first and last dose, disposition, last contact.

Not here: a check: those of the course are in `ends`, `flags` and `across`.
"""

from __future__ import annotations

import pandas as pd

from trial_report.schemas.checks.subjects import took_place
from trial_report.schemas.codelists.alike import folded
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import of_each, recalled
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Visit

Days = pd.Series
"""A day a row of DM; missing where it is not known."""


def days(domains: Domains, domain: str, variable: str, bound: str = "lower") -> pd.Series:
    """The first day that each date can mean, or with `upper` the last; all missing where it was not delivered."""
    if not domains.has(domain, variable):
        return pd.Series(pd.NaT, index=domains[domain].index, dtype="datetime64[s]")
    return domains.dates(domain, variable)[bound].dt.floor("D")


def in_words(when: pd.Series) -> pd.Series:
    """Days as a message prints them."""
    return when.dt.strftime("%Y-%m-%d").astype("str")


def extreme(domains: Domains, domain: str, when: pd.Series, which: str) -> Days:
    """The first (`min`) or last (`max`) of the days of a domain's rows, for each subject of DM."""
    found = when.groupby(domains.subjects(domain)).agg(which)
    found = found[found.index >= 0]
    return pd.Series(found.reindex(domains.subjects("DM")).to_numpy(), index=domains["DM"].index).astype(when.dtype)


def dose(domains: Domains, which: str) -> Days:
    """The day of the first dose (`min`) or of the last (`max`) that EX has, else that of DM."""
    return recalled(f"dose {which}", domains, lambda: _dose(domains, which))


def _dose(domains: Domains, which: str) -> Days:
    known = days(domains, "DM", "RFXSTDTC" if which == "min" else "RFXENDTC")
    if not domains.has("EX", "EXSTDTC", "USUBJID"):
        return known
    start = days(domains, "EX", "EXSTDTC")
    when = start
    if which == "max":
        when = days(domains, "EX", "EXENDTC").fillna(start)
    given = extreme(domains, "EX", when.where(took_place(domains)), which)
    return given.fillna(known)


def last_planned(definition: StudyDefinition) -> tuple[Visit, int] | None:
    """The last visit with a planned day and a window, and the first study day of its window."""
    timed = [
        (visit.day, visit, visit.window[0]) for visit in definition.visits if visit.day is not None and visit.window
    ]
    return max(timed, key=lambda one: one[0])[1:] if timed else None


def had(domains: Domains, visit: Visit) -> pd.Series:
    """The records of SV that say that a visit was held, and when."""
    sv = domains["SV"]
    return (sv["VISITNUM"].round(6) == round(visit.num, 6)) & sv["SVSTDTC"].notna()


def is_end(domains: Domains) -> pd.Series:
    """The records of DS that say how a part of the study ended: disposition events, without those of screening."""
    ds = domains["DS"]
    found = ds["DSCAT"] == "DISPOSITION EVENT" if domains.has("DS", "DSCAT") else pd.Series(False, index=ds.index)
    return found & ds["DSDECOD"].notna()


def part_of(domains: Domains) -> pd.Series:
    """What each disposition event is the end of, in small letters: ``treatment``, ``participation``, or not said.

    DSSCAT says it where it was delivered (STUDY TREATMENT, STUDY PARTICIPATION: SDTMIG 3.4, DS), else nothing does.
    """
    ds = domains["DS"]
    if not domains.has("DS", "DSSCAT"):
        return pd.Series("", index=ds.index, dtype="str")
    return of_each(ds["DSSCAT"], lambda found: found.map(_part).astype("str"), "").astype("str")


def _part(text: str) -> str:
    words = folded(text)
    if any(word in words for word in ("treatment", "drug", "medication", "dosing", "exposure")):
        return "treatment"
    return "participation" if any(word in words for word in ("study", "trial", "participation")) else words


def participation_end(domains: Domains) -> Days:
    """The last day of participation: the latest of RFPENDTC and the disposition events that do not end treatment.

    Missing where a subject has neither.
    """
    return recalled("end of participation", domains, lambda: _participation_end(domains))


def _participation_end(domains: Domains) -> Days:
    end = days(domains, "DM", "RFPENDTC", "upper")
    if domains.has("DS", "DSDECOD", "DSSTDTC", "USUBJID"):
        ended = days(domains, "DS", "DSSTDTC", "upper").where(is_end(domains) & (part_of(domains) != "treatment"))
        last = extreme(domains, "DS", ended, "max")
        end = end.mask(end.isna() | (last > end), last)
    return end
