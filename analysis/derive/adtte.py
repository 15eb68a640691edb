"""ADTTE: days from where time starts to an event, or to the day until which the subject was known not to have had it.

Time starts at randomisation, enrolment or first dose, as the definition says; who has no such date has no row. The
event is the first of the records that the definition names, or death where that counts, from the start on and up to the
cut-off; where time ends with treatment, up to as many days after the last dose as the definition says. A partial date
of an event is the first day that it can mean, but not before the start. Without an event: `analysis.derive.censoring`.

Not here: why a time is censored (`censoring`), where it starts (`origins`), and estimates (`analyse.survival`).
"""

from __future__ import annotations

import pandas as pd

from trial_report.analysis.derive.censoring import censored, treatment_end
from trial_report.analysis.derive.dates import duration, impute_start
from trial_report.analysis.derive.records import DATE, Domains, by_subject, domain, happened, meets, text, whole
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.analysis import Censoring, Origin

FIRST_EVENT = "TTAE"
"""PARAMCD of the time to the first treatment-emergent adverse event."""
STARTS: dict[Origin, str] = {"randomisation": "RANDDT", "first_dose": "TRTSDT", "enrolment": "ENRLDT"}
"""The variable of ADSL with each start of time."""
_SOURCE = ["USUBJID", "ADT", "EVNTDESC", "SRCDOM", "SRCSEQ", "SRCLINE"]


def times(definition: StudyDefinition, domains: Domains, adsl: pd.DataFrame, adae: pd.DataFrame) -> pd.DataFrame:
    """ADTTE without what it repeats of ADSL: a row a parameter and subject with a date at which its time starts.

    Parameters are those of the definition's `times`, and TTAE, from first dose to the end of the period in which
    events are emergent. `adsl` needs RANDDT, ENRLDT, TRTSDT, TRTEDT, LSTCTDT, DTHDT, CUTDT.
    """
    parts = []
    for one in definition.times:
        started = _started(adsl, STARTS[definition.origin(one)])
        found = [_records(name, condition, domains, started, adae) for name, condition in one.event_records.items()]
        if one.death_is_event:
            found.append(_deaths(started))
        parts.append(_parameter(one.paramcd, one.label, started, _concat(found), one.censoring, domains))
    emergent = adae.loc[adae["TRTEMFL"] == "Y"]
    # One that came after the dose by the instant, and yet on the calendar day before, came on the day of the dose.
    dose = by_subject(adsl.set_index("USUBJID")["TRTSDT"], emergent)
    onset = emergent["ASTDT"].mask(emergent["ASTDT"] < dose, dose)
    emergent = _source(emergent.assign(ASTDT=onset), "AE", "ASTDT", "AEDECOD", "AESEQ")
    days = definition.adverse_events.emergent_days
    rule = Censoring() if days is None else Censoring(at="end_of_treatment", days=days)
    label = "Time to first treatment-emergent adverse event"
    # Of events that were not delivered nobody knows: there is no time to the first.
    started = _started(adsl if "AE" in domains else adsl.iloc[:0], "TRTSDT")
    parts.append(_parameter(FIRST_EVENT, label, started, emergent, rule, domains))
    return pd.concat(parts, ignore_index=True)


def with_next_visit(adtte: pd.DataFrame, advisit: pd.DataFrame) -> pd.DataFrame:
    """ADTTE with NEXTVIS: of an event, the first planned visit that took place on a later day."""
    events = adtte.loc[adtte["CNSR"] == 0, ["USUBJID", "PARAMCD", "ADT"]]
    made = advisit.loc[advisit["SVDT"].notna(), ["USUBJID", "AVISIT", "AVISITN", "SVDT"]]
    pairs = events.merge(made, on="USUBJID")
    later = pairs.loc[pairs["SVDT"] > pairs["ADT"]].sort_values(["USUBJID", "PARAMCD", "SVDT", "AVISITN"])
    first = later.drop_duplicates(["USUBJID", "PARAMCD"])[["USUBJID", "PARAMCD", "AVISIT"]]
    named = first.rename(columns={"AVISIT": "NEXTVIS"})
    found = adtte.merge(named, on=["USUBJID", "PARAMCD"], how="left", validate="1:1")
    return found.assign(NEXTVIS=found["NEXTVIS"].astype("str"))


def _started(adsl: pd.DataFrame, variable: str) -> pd.DataFrame:
    """The subjects with a start of time, in STARTDT."""
    started = adsl.loc[adsl[variable].notna()].reset_index(drop=True)
    return started.assign(STARTDT=started[variable])


def _source(rows: pd.DataFrame, name: str, date: str, what: str, sequence: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": rows["USUBJID"],
            "ADT": rows[date],
            "EVNTDESC": text(rows, what).fillna(name),
            "SRCDOM": pd.Series(name, index=rows.index, dtype="str"),
            "SRCSEQ": whole(rows, sequence),
            "SRCLINE": whole(rows, "SRCLINE"),
        }
    )


def _records(name: str, condition: dict, domains: Domains, started: pd.DataFrame, adae: pd.DataFrame) -> pd.DataFrame:
    start = started.set_index("USUBJID")["STARTDT"]
    if name == "AE":
        frame = adae.loc[meets(adae, condition)]
        # ADAE imputes with the first dose, which need not be where this time starts.
        again = impute_start(text(frame, "AESTDTC"), by_subject(start, frame), text(frame, "AEENDTC"))["date"]
        imputed = text(frame, "ASTDTF").notna() | frame["ASTDT"].isna()
        return _source(frame.assign(ADT=frame["ASTDT"].mask(imputed, again)), name, "ADT", "AEDECOD", "AESEQ")
    frame = domain(domains, name)
    frame = frame.loc[meets(frame, condition) & happened(frame, name)].copy()
    recorded = text(frame, f"{name}STDTC").fillna(text(frame, f"{name}DTC"))
    frame["ADT"] = impute_start(recorded, by_subject(start, frame))["date"]
    frame["SRCLINE"] = whole(frame, "_LINE")
    described = [v for v in (f"{name}DECOD", f"{name}TERM", f"{name}TRT", f"{name}TEST") if v in frame]
    return _source(frame, name, "ADT", described[0] if described else "", f"{name}SEQ")


def _deaths(adsl: pd.DataFrame) -> pd.DataFrame:
    died = adsl.loc[adsl["DTHDT"].notna()]
    return _source(died.assign(_what="Death"), "DM", "DTHDT", "_what", "")


def _concat(found: list[pd.DataFrame]) -> pd.DataFrame:
    some = [one for one in found if len(one)] or found[:1]
    return pd.concat(some, ignore_index=True)


def _parameter(
    paramcd: str, label: str, started: pd.DataFrame, found: pd.DataFrame, rule: Censoring, domains: Domains
) -> pd.DataFrame:
    end = censored(rule, started, domains)
    frame = pd.DataFrame(
        {
            "STUDYID": started["STUDYID"],
            "USUBJID": started["USUBJID"],
            "PARAMCD": pd.Series(paramcd, index=started.index, dtype="str"),
            "PARAM": pd.Series(label, index=started.index, dtype="str"),
            "STARTDT": started["STARTDT"],
        }
    )
    latest = started["CUTDT"]
    if rule.at == "end_of_treatment":
        latest = pd.concat([latest, treatment_end(rule, started)], axis=1).min(axis=1, skipna=False)
    bounds = pd.DataFrame({"first": started["STARTDT"], "last": latest}).set_index(started["USUBJID"])
    inside = (found["ADT"] >= by_subject(bounds["first"], found)) & (found["ADT"] <= by_subject(bounds["last"], found))
    counted = found.loc[inside].sort_values(["USUBJID", "ADT", "SRCDOM", "SRCSEQ", "EVNTDESC"])
    frame = frame.merge(counted.drop_duplicates("USUBJID")[_SOURCE], on="USUBJID", how="left", validate="1:1")
    event = frame["ADT"].notna()
    frame["ADT"] = frame["ADT"].fillna(end["until"]).astype(DATE)
    frame["CNSR"] = (~event).astype("Int64")
    frame["CNSDTDSC"] = end["why"].where(~event)
    frame["AVAL"] = duration(frame["STARTDT"], frame["ADT"]).astype("float64")
    return frame
