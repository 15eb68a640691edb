"""ADTTE: days from first dose to an event, or to the day until which the subject was known not to have had it.

The event is the first of the records that the definition names, on or after first dose and up to the cut-off, or
death where that counts. A subject without it is censored at the last contact (`LSTCTDT`, at most the cut-off).
"""

from __future__ import annotations

import pandas as pd

from analysis.derive.dates import duration, impute_start
from analysis.derive.records import DATE, Domains, by_subject, domain, happened, meets, text, whole
from schemas.study import StudyDefinition

FIRST_EVENT = "TTAE"
"""PARAMCD of the time to the first treatment-emergent adverse event."""
_SOURCE = ["USUBJID", "ADT", "EVNTDESC", "SRCDOM", "SRCSEQ", "SRCLINE"]


def times(definition: StudyDefinition, domains: Domains, adsl: pd.DataFrame, adae: pd.DataFrame) -> pd.DataFrame:
    """ADTTE without what it repeats of ADSL: a row a treated subject and parameter.

    Parameters are those of the definition's `survival`, and TTAE. `adsl` needs TRTSDT, TRTEDT, LSTCTDT, CUTDT, DTHDT.
    """
    treated = adsl.loc[adsl["TRTSDT"].notna()]
    parts = []
    for one in definition.survival:
        found = [_records(name, condition, domains, adsl, adae) for name, condition in one.event_records.items()]
        if one.death_is_event:
            found.append(_deaths(adsl))
        parts.append(_parameter(one.paramcd, one.label, treated, _concat(found), treated["LSTCTDT"]))
    emergent = _source(adae.loc[adae["TRTEMFL"] == "Y"], "AE", "ASTDT", "AEDECOD", "AESEQ")
    until, days = treated["LSTCTDT"], definition.adverse_events.emergent_days
    if days is not None:
        end = treated["TRTEDT"] + pd.Timedelta(days=days)
        until = until.mask(end < until, end)
    label = "Time to first treatment-emergent adverse event"
    parts.append(_parameter(FIRST_EVENT, label, treated, emergent, until))
    return pd.concat(parts, ignore_index=True)


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


def _records(name: str, condition: dict, domains: Domains, adsl: pd.DataFrame, adae: pd.DataFrame) -> pd.DataFrame:
    if name == "AE":  # its dates are imputed already
        return _source(adae.loc[meets(adae, condition)], name, "ASTDT", "AEDECOD", "AESEQ")
    frame = domain(domains, name)
    frame = frame.loc[meets(frame, condition) & happened(frame, name)].copy()
    recorded = text(frame, f"{name}STDTC").fillna(text(frame, f"{name}DTC"))
    frame["ADT"] = impute_start(recorded, by_subject(adsl.set_index("USUBJID")["TRTSDT"], frame))["date"]
    frame["SRCLINE"] = whole(frame, "_LINE")
    described = [v for v in (f"{name}DECOD", f"{name}TERM", f"{name}TRT", f"{name}TEST") if v in frame]
    return _source(frame, name, "ADT", described[0] if described else "", f"{name}SEQ")


def _deaths(adsl: pd.DataFrame) -> pd.DataFrame:
    died = adsl.loc[adsl["DTHDT"].notna()]
    return _source(died.assign(_what="Death"), "DM", "DTHDT", "_what", "")


def _concat(found: list[pd.DataFrame]) -> pd.DataFrame:
    some = [one for one in found if len(one)] or found[:1]
    return pd.concat(some, ignore_index=True)


def _parameter(paramcd: str, label: str, treated: pd.DataFrame, found: pd.DataFrame, until: pd.Series) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "STUDYID": treated["STUDYID"],
            "USUBJID": treated["USUBJID"],
            "PARAMCD": pd.Series(paramcd, index=treated.index, dtype="str"),
            "PARAM": pd.Series(label, index=treated.index, dtype="str"),
            "STARTDT": treated["TRTSDT"],
            "_CUT": treated["CUTDT"],
            "_UNTIL": until,
        }
    ).reset_index(drop=True)
    found = found.assign(_start=by_subject(frame.set_index("USUBJID")["STARTDT"], found))
    found = found.assign(_cut=by_subject(frame.set_index("USUBJID")["_CUT"], found))
    counted = found.loc[(found["ADT"] >= found["_start"]) & (found["ADT"] <= found["_cut"])]
    first = counted.sort_values(["USUBJID", "ADT", "SRCDOM", "SRCSEQ", "EVNTDESC"]).drop_duplicates("USUBJID")
    frame = frame.merge(first[_SOURCE], on="USUBJID", how="left", validate="1:1")
    event = frame["ADT"].notna()
    frame["ADT"] = frame["ADT"].fillna(frame["_UNTIL"]).astype(DATE)
    frame["CNSR"] = (~event).astype("Int64")
    at_cut = frame["_UNTIL"] == frame["_CUT"]
    why = pd.Series("Last contact", index=frame.index, dtype="str").mask(at_cut, "Data cut-off")
    frame["CNSDTDSC"] = why.where(~event)
    frame["AVAL"] = duration(frame["STARTDT"], frame["ADT"]).astype("float64")
    return frame.drop(columns=["_CUT", "_UNTIL"])
