"""ADSL: who the subjects are, what they were given and when, and how their participation ended.

Not here: analysis sets (`sets`), characteristics (`characteristics`), doses (`exposure`), variables of one
function each (`declared`).
"""

from __future__ import annotations

import pandas as pd

from trial_report.analysis.derive.dates import span, whole_date
from trial_report.analysis.derive.declared import with_variables
from trial_report.analysis.derive.exposure import exposure, exposure_domain
from trial_report.analysis.derive.faults import NO_GROUP, NO_REASON, NO_START, UNKNOWN_GROUP, fault
from trial_report.analysis.derive.records import (
    DATE,
    Domains,
    by_subject,
    domain,
    findings,
    flag,
    happened,
    number,
    places,
    text,
    whole,
)
from trial_report.schemas.checks.registry import Check
from trial_report.schemas.domains.unique import among
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

_SCREEN_FAILURE = ("SCREEN FAILURE", "SCREENING FAILURE", "SCRNFAIL")
_NO_GROUP = {*_SCREEN_FAILURE, "NOTASSGN", "NOTTRT"}
_FROM_DM = ("STUDYID", "USUBJID", "SUBJID", "SITEID", "COUNTRY", "AGEU", "SEX", "RACE", "ETHNIC")


def subjects(definition: StudyDefinition, domains: Domains, problems: Problems) -> pd.DataFrame:
    """ADSL without what other datasets contribute (DLT counts, characteristics, analysis sets), and what rests on it.

    A row a row of DM, in order of USUBJID. UNKNOWN_GROUP and NO_GROUP of `analysis.derive.faults` are added to
    `problems` where they are found.
    """
    dm = domain(domains, "DM").sort_values("USUBJID", ignore_index=True)
    adsl = pd.DataFrame({name: text(dm, name) for name in _FROM_DM})
    adsl["AGE"] = number(dm, "AGE")
    adsl["PHASE"] = text(dm, definition.phases.variable if definition.phases else "")
    adsl["COHORT"] = whole(dm, definition.escalation.cohort_variable if definition.escalation else "")
    adsl["CUTDT"] = pd.Series(pd.Timestamp(definition.study.data_cutoff), index=adsl.index, dtype=DATE)
    adsl["SRCLINE"] = whole(dm, "_LINE")
    adsl = _end_of_participation(adsl, dm, definition, domains, problems)
    adsl = _last_contact(adsl, definition, domains)
    adsl = _death(adsl, dm, domains)
    adsl = _treatment(adsl, dm, definition, domains, problems)
    adsl = with_variables(adsl, definition, domains)
    _report_without_start(adsl, definition, problems)
    # Without disposition nobody knows how a participation stands.
    if "DS" in domains:
        adsl["EOSSTT"] = adsl["EOSSTT"].mask(adsl["REFDT"].notna() & adsl["EOSSTT"].isna(), "ONGOING")
    return adsl


def _end_of_participation(
    adsl: pd.DataFrame, dm: pd.DataFrame, definition: StudyDefinition, domains: Domains, problems: Problems
) -> pd.DataFrame:
    """EOSDT, EOSSTT (but ONGOING), reasons, SCRFFL: from the last disposition event up to the cut-off.

    The end of treatment (DSSCAT STUDY TREATMENT) is not the end of participation. DCSREAS is the variable that the
    definition names, and DSDECOD where that is empty; NO_REASON where DS has no such variable.
    """
    ds, named = domain(domains, "DS"), definition.disposition.reason
    if "DS" in domains and named not in ds:
        problems.add(NO_REASON.problem("DS", variable=named, expected=f"variable {named} in DS or SUPPDS"))
    ended = (text(ds, "DSCAT") == "DISPOSITION EVENT") & (text(ds, "DSSCAT") != "STUDY TREATMENT").fillna(True)
    ds = ds.loc[ended.fillna(False).astype(bool)].assign(
        _date=lambda d: whole_date(text(d, "DSSTDTC")), _seq=lambda d: number(d, "DSSEQ")
    )
    cut = by_subject(adsl.set_index("USUBJID")["CUTDT"], ds)
    last = (
        ds.loc[~(ds["_date"] > cut)]
        .sort_values(["USUBJID", "_date", "_seq"], na_position="first")
        .drop_duplicates("USUBJID", keep="last")
        .set_index("USUBJID")
    )
    how, why = by_subject(text(last, "DSDECOD"), adsl), by_subject(text(last, "DSTERM"), adsl)
    reason = by_subject(text(last, named), adsl).fillna(how)
    failed = how.isin(_SCREEN_FAILURE)
    for name in ("ARMCD", "ARMNRS"):
        failed |= text(dm, name).str.upper().isin(_SCREEN_FAILURE)
    stopped = how.notna() & (how != "COMPLETED") & ~failed
    adsl["EOSDT"] = by_subject(last["_date"], adsl).astype(DATE)
    status = pd.Series(None, index=adsl.index, dtype="str")
    adsl["EOSSTT"] = (
        status.mask(how == "COMPLETED", "COMPLETED").mask(stopped, "DISCONTINUED").mask(failed, "SCREEN FAILURE")
    )
    adsl["DCSREAS"], adsl["DCSREASP"] = reason.where(stopped), why.where(stopped)
    adsl["SCRFFL"], adsl["SCRFREAS"] = flag(failed), why.where(failed)
    return adsl


def _death(adsl: pd.DataFrame, dm: pd.DataFrame, domains: Domains) -> pd.DataFrame:
    """DTHFL, DTHDT: from DM, else the disposition DEATH, else a fatal adverse event; and LSTCTDT, which it ends.

    A partial date of death becomes the first day that it can mean, but not before the last contact.
    """
    ds, ae = domain(domains, "DS"), domain(domains, "AE")
    ds = ds.loc[text(ds, "DSDECOD") == "DEATH"]
    ae = ae.loc[(text(ae, "AEOUT") == "FATAL") | (text(ae, "AESDTH") == "Y")]
    recorded = text(dm, "DTHDTC")
    for frame, name in ((ds, "DSSTDTC"), (ae, "AEENDTC")):
        texts = pd.DataFrame({"USUBJID": frame["USUBJID"], "at": text(frame, name)}).dropna()
        first = texts.sort_values(["USUBJID", "at"]).drop_duplicates("USUBJID").set_index("USUBJID")["at"]
        recorded = recorded.fillna(by_subject(first, adsl))
    days = span(recorded)
    partial_after_contact = (days["first"] < adsl["LSTCTDT"]) & (days["first"] < days["last"])
    latest = adsl["LSTCTDT"].where(adsl["LSTCTDT"] < days["last"], days["last"])
    date = days["first"].mask(partial_after_contact, latest)
    died = (text(dm, "DTHFL") == "Y").fillna(False) | date.notna()
    died |= among(adsl["USUBJID"], ds["USUBJID"]) | among(adsl["USUBJID"], ae["USUBJID"])
    # What happened after the cut-off is not part of this report.
    later = date > adsl["CUTDT"]
    adsl["DTHFL"], adsl["DTHDT"] = flag(died & ~later), date.mask(later)
    adsl["LSTCTDT"] = adsl["DTHDT"].fillna(adsl["LSTCTDT"])
    return adsl


def _last_contact(adsl: pd.DataFrame, definition: StudyDefinition, domains: Domains) -> pd.DataFrame:
    """LSTCTDT: the last whole date up to the cut-off of consent, visits, doses, findings, events, disposition.

    A date after the cut-off is no contact, nor does it tell of one before: the report is the same with and without
    the records that came later. The day on which a subject was recorded as lost to follow-up is no contact; DM's dates
    of the end of participation are not used, because they repeat that day.
    """
    sources: dict[str, tuple[str, ...]] = {"DM": ("RFICDTC", "DMDTC", "RFSTDTC", "RFXSTDTC", "RFXENDTC")}
    sources |= {"SV": ("SVSTDTC", "SVENDTC")}
    if (doses := exposure_domain(domains)) is not None:
        sources |= {doses: (f"{doses}STDTC", f"{doses}ENDTC")}
    sources |= {"AE": ("AESTDTC", "AEENDTC"), "DS": ("DSSTDTC",)}
    sources |= {name: (f"{name}DTC",) for name in findings(domains)}
    cut = pd.Timestamp(definition.study.data_cutoff)
    last = pd.Series(pd.NaT, index=adsl.index, dtype=DATE)
    for name, variables in sources.items():
        frame = domain(domains, name)
        seen = happened(frame, name) & (text(frame, "DSDECOD") != "LOST TO FOLLOW-UP").fillna(True)
        days = pd.DataFrame({v: whole_date(text(frame, v)) for v in variables}, index=frame.index)
        latest = days.where(days <= cut).max(axis=1).astype(DATE).where(seen)
        subject = places(adsl["USUBJID"], frame["USUBJID"])
        found = latest.groupby(subject).max().reindex(adsl.index)
        last = last.mask(last.isna() | (found > last), found)
    adsl["LSTCTDT"] = last
    return adsl


def _treatment(
    adsl: pd.DataFrame, dm: pd.DataFrame, definition: StudyDefinition, domains: Domains, problems: Problems
) -> pd.DataFrame:
    """TRT01P, TRT01A, and all of exposure."""
    codes = [g.code for g in definition.groups]
    by_value = pd.Series(codes, index=[g.in_data for g in definition.groups], dtype="str")
    planned, actual = (text(dm, name) for name in (definition.treatment.planned, definition.treatment.actual))
    for name, found in {definition.treatment.planned: planned, definition.treatment.actual: actual}.items():
        unknown = found.notna() & ~found.isin(by_value.index) & ~found.str.upper().isin(_NO_GROUP)
        _report(problems, UNKNOWN_GROUP, adsl.loc[unknown], name, found.loc[unknown], ", ".join(by_value.index))
    adsl["TRT01P"] = planned.map(by_value).astype("str")
    arm = actual.map(by_value).astype("str").fillna(adsl["TRT01P"])
    adsl = exposure(adsl, dm, arm, definition, domains)
    given = adsl["TRTSDT"].notna()
    adsl["TRT01A"] = arm.where(given)
    lost = given & adsl["TRT01A"].isna()
    variable = definition.treatment.actual
    _report(problems, NO_GROUP, adsl.loc[lost], variable, actual.loc[lost], ", ".join(by_value.index))
    # A subject whose first dose is after the cut-off was seen on that day at least.
    adsl["LSTCTDT"] = adsl["LSTCTDT"].mask(adsl["LSTCTDT"] < adsl["TRTSDT"], adsl["TRTSDT"])
    return adsl


def _report_without_start(adsl: pd.DataFrame, definition: StudyDefinition, problems: Problems) -> None:
    """Who counts in a set by planned treatment and has no day that anything could be counted from."""
    if any(definition.treatment_variable(one.id) == "TRT01P" for one in definition.analysis_sets):
        lost = adsl.loc[adsl["TRT01P"].notna() & adsl["REFDT"].isna()]
        nothing = pd.Series("", index=lost.index, dtype="str")
        _report(problems, NO_START, lost, "RFSTDTC", nothing, "the day of randomisation")


def _report(
    problems: Problems, check: Check, rows: pd.DataFrame, variable: str, values: pd.Series, expected: str
) -> None:
    rows = rows.assign(_value=values.fillna(""))
    problems.extend(
        fault(check, "DM", row, variable=variable, value=row["_value"], expected=expected) for _, row in rows.iterrows()
    )
