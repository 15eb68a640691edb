"""ADVISIT: which planned visits of a subject treated or assigned took place, when, and inside their window or not.

A visit counts by the number under which it was recorded, in SV, or where the study has no SV in the Findings domains
and EX. A visit that did not take place is: after discontinuation when participation ended, other than by completion,
before the window did; not due yet when the window ends after the cut-off; else missed. A visit without a window of the
protocol may be on any day: it is in its window when it took place, and else nobody can say whether it was due. Where
nothing tells of visits there are no rows: that none is known of does not mean that all were missed.

Not here: the analysis visit of a measurement (`windows`), and visits before a named one (`analyse.milestones`).
"""

from __future__ import annotations

import pandas as pd

from trial_report.analysis.derive.dates import date_of, study_day, whole_date
from trial_report.analysis.derive.records import DATE, Domains, domain, findings, flag, happened, number, text
from trial_report.analysis.derive.windows import days_between
from trial_report.schemas.study import StudyDefinition


def visits(definition: StudyDefinition, domains: Domains, adsl: pd.DataFrame) -> pd.DataFrame:
    """ADVISIT without what it repeats of ADSL, in order of subject and visit.

    `adsl` needs STUDYID, REFDT, EOSDT, EOSSTT, DTHDT, CUTDT.
    """
    planned = pd.DataFrame(
        {
            "AVISIT": pd.Series([v.id for v in definition.visits], dtype="str"),
            "AVISITN": pd.Series(range(1, len(definition.visits) + 1), dtype="Int64"),
            "VISITNUM": pd.Series([v.num for v in definition.visits], dtype="float64").round(6),
            "_low": pd.Series([v.window[0] if v.window else None for v in definition.visits], dtype="Int64"),
            "_high": pd.Series([v.window[1] if v.window else None for v in definition.visits], dtype="Int64"),
        }
    )
    columns = ["STUDYID", "USUBJID", "REFDT", "EOSDT", "EOSSTT", "DTHDT", "CUTDT"]
    frame = adsl.loc[adsl["REFDT"].notna() & told(domains), columns].merge(planned, how="cross")
    frame = frame.merge(_made(domains), on=["USUBJID", "VISITNUM"], how="left", validate="1:1")
    frame = frame.merge(_reasons(domains), on=["USUBJID", "VISITNUM"], how="left", validate="1:1")
    done = frame["SVDT"].notna()
    frame["DONE"] = flag(done)
    frame["REASON"] = frame["REASON"].where(~done)
    frame["SVDY"] = study_day(frame["SVDT"], frame["REFDT"])
    early = days_between(frame["SVDY"], frame["_low"]).clip(upper=0)
    late = days_between(frame["SVDY"], frame["_high"]).clip(lower=0)
    frame["DEVDAYS"] = (early + late).mask(done & frame["_high"].isna(), 0)
    frame["INWIN"] = flag(frame["DEVDAYS"] == 0, known=done)
    frame["STATUS"] = _status(frame, done)
    extra = ["VISITNUM", "_low", "_high", "EOSDT", "EOSSTT", "DTHDT", "CUTDT", "REFDT"]
    return frame.drop(columns=extra).sort_values(["USUBJID", "AVISITN"], ignore_index=True)


def _status(frame: pd.DataFrame, done: pd.Series) -> pd.Series:
    closes = date_of(frame["_high"], frame["REFDT"])
    left = frame["EOSDT"].where(frame["EOSSTT"] == "DISCONTINUED").fillna(frame["DTHDT"])
    status = pd.Series("missed", index=frame.index, dtype="str")
    status = status.mask(closes > frame["CUTDT"], "not yet due").mask(left < closes, "after discontinuation")
    status = status.mask(closes.isna(), "no planned day")
    made = pd.Series("in window", index=frame.index, dtype="str")
    made = made.mask(frame["DEVDAYS"] < 0, "early").mask(frame["DEVDAYS"] > 0, "late")
    return status.mask(done, made)


def told(domains: Domains) -> bool:
    """Whether anything tells of visits: SV, or without it a measurement or dose that names its visit."""
    return "SV" in domains or any(number(domain(domains, n), "VISITNUM").notna().any() for n in _sources(domains))


def _sources(domains: Domains) -> list[str]:
    return ["SV"] if "SV" in domains else [*findings(domains), "EX"]


def _made(domains: Domains) -> pd.DataFrame:
    """The first day of each visit that took place: USUBJID, VISITNUM, SVDT."""
    parts = []
    for name in _sources(domains):
        frame = domain(domains, name)
        started = text(frame, f"{name}STDTC" if name in ("SV", "EX") else f"{name}DTC")
        # Transport files hold base-16 fractions, so that 2.1 comes back a little beside it.
        visit = number(frame, "VISITNUM").round(6)
        seen = {"USUBJID": frame["USUBJID"], "VISITNUM": visit, "SVDT": whole_date(started)}
        parts.append(pd.DataFrame(seen).loc[happened(frame, name)])
    all_of_them = pd.concat(parts, ignore_index=True).dropna(subset=["VISITNUM", "SVDT"])
    first = all_of_them.groupby(["USUBJID", "VISITNUM"])["SVDT"].min().reset_index()
    return first.astype({"SVDT": DATE, "VISITNUM": "float64", "USUBJID": "str"})


def _reasons(domains: Domains) -> pd.DataFrame:
    """The reason recorded for a visit that did not take place: USUBJID, VISITNUM, REASON."""
    sv = domain(domains, "SV")
    frame = pd.DataFrame(
        {"USUBJID": sv["USUBJID"], "VISITNUM": number(sv, "VISITNUM").round(6), "REASON": text(sv, "SVREASOC")}
    )
    given = frame.loc[~happened(sv, "SV")].dropna(subset=["VISITNUM", "REASON"])
    return given.drop_duplicates(["USUBJID", "VISITNUM"]).astype({"USUBJID": "str"})
