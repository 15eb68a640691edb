"""Exposure: when and how often each subject was dosed, how much was given, and how much had been planned.

An administration is a record of EX that says it took place: not EXOCCUR N or EXSTAT NOT DONE, and a dose that is not
zero, zero being an administration only of a placebo. Records of one day (several sites of injection, say) are one
administration, their doses add up. A record over several days holds as many administrations as its frequency gives;
one without a frequency holds one. Planned is the dose of the group assigned for each administration recorded, also
those that did not take place.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.derive.dates import duration, instant, moment, whole_date
from analysis.derive.records import DATE, Domains, by_subject, domain, happened, number, text
from schemas import frequency
from schemas.study import StudyDefinition


def exposure(adsl: pd.DataFrame, dm: pd.DataFrame, definition: StudyDefinition, domains: Domains) -> pd.DataFrame:
    """ADSL with TRTSDT, TRTSDTM, TRTEDT, TRTDURD, NADMIN, DOSEA, DOSEP, DOSECOMP, DOSEDAY.

    Needs TRT01P, LSTCTDT. Without EX the dates are RFXSTDTC and RFXENDTC of DM (`dm` in the rows of ADSL).
    """
    dose = pd.Series({g.code: g.dose for g in definition.groups}, dtype="float64")
    planned_dose = adsl["TRT01P"].map(dose).astype("float64")
    if "EX" not in domains:
        start, end = whole_date(text(dm, "RFXSTDTC")), whole_date(text(dm, "RFXENDTC"))
        adsl["TRTSDT"], adsl["TRTSDTM"] = start, moment(text(dm, "RFXSTDTC"))
        adsl["TRTSDTU"] = instant(text(dm, "RFXSTDTC"))
        adsl["TRTEDT"] = end.fillna(start)
        adsl["NADMIN"] = start.notna().astype("Int64")
        adsl["DOSEA"] = adsl["DOSEP"] = pd.Series(np.nan, index=adsl.index)
    else:
        records = _records(adsl.assign(_DOSE=planned_dose), domain(domains, "EX"))
        given = records.loc[records["given"]].groupby("USUBJID")
        adsl["TRTSDT"] = by_subject(given["start"].min(), adsl).astype(DATE)
        adsl[["TRTSDTM", "TRTSDTU"]] = _first_moment(adsl, records)
        adsl["TRTEDT"] = by_subject(given["end"].max(), adsl).astype(DATE)
        adsl["NADMIN"] = by_subject(given["administrations"].sum(), adsl).fillna(0).astype("Int64")
        adsl["DOSEA"] = by_subject(given["amount"].sum(min_count=1), adsl)
        adsl["DOSEP"] = planned_dose * by_subject(records.groupby("USUBJID")["planned"].sum(), adsl)
    # Rounded, because doses that add up to what was planned fall short of it in binary.
    adsl["DOSECOMP"] = (100 * adsl["DOSEA"] / adsl["DOSEP"]).round(9).where(adsl["DOSEP"] > 0)
    adsl["TRTDURD"] = duration(adsl["TRTSDT"], adsl["TRTEDT"])
    adsl["DOSEDAY"] = adsl["DOSEA"] / adsl["TRTDURD"].astype("float64")
    return adsl


def _records(adsl: pd.DataFrame, ex: pd.DataFrame) -> pd.DataFrame:
    """A row a record of EX: `given`, `start`, `end`, `administrations`, `planned`, `amount`."""
    subject = adsl.set_index("USUBJID")
    dose = number(ex, "EXDOSE")
    placebo = text(ex, "EXTRT").str.contains("placebo", case=False).fillna(False).astype(bool)
    placebo |= by_subject(subject["_DOSE"], ex) == 0
    start = whole_date(text(ex, "EXSTDTC"))
    per_day = frequency.per_day(text(ex, "EXDOSFRQ"))
    per_record = frequency.per_record(text(ex, "EXDOSFRQ"))
    # A course that has not been closed went on, as far as is known, to the last contact.
    still = by_subject(subject["LSTCTDT"], ex).where(per_day.notna()).fillna(start)
    end = whole_date(text(ex, "EXENDTC")).fillna(still)
    end = end.where(~(end < start), start)
    days = duration(start, end).astype("float64")
    repeats = pd.Series(np.ceil((days * per_day - 1e-9).to_numpy()), index=ex.index).clip(lower=1)
    repeats = repeats.fillna(per_record).fillna(1)
    given = happened(ex, "EX") & ((dose > 0) | dose.isna() | placebo) & start.notna()
    frame = pd.DataFrame(
        {"USUBJID": ex["USUBJID"], "given": given, "start": start, "end": end, "amount": dose * repeats,
         "moment": moment(text(ex, "EXSTDTC")), "instant": instant(text(ex, "EXSTDTC"))}
    )  # fmt: skip
    same_day = frame.duplicated(["USUBJID", "given", "start", "end"]) & start.notna()
    frame["planned"] = repeats.mask(same_day, 0)
    frame["administrations"] = frame["planned"].where(given, 0)
    return frame


def _first_moment(adsl: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Time of the first administration by its clock, and in UTC where the clock's offset was recorded.

    Both missing where not every record of that day has a time, or only some say their offset: the order is not known.
    """
    first = by_subject(adsl.set_index("USUBJID")["TRTSDT"], records)
    on_day = records.loc[records["given"] & (records["start"] == first)]
    told = on_day[["moment", "instant"]].notna().groupby(on_day["USUBJID"])
    known = told["moment"].all() & (told["instant"].all() | ~told["instant"].any())
    in_time = on_day.sort_values(["USUBJID", "instant", "moment"])
    earliest = in_time.drop_duplicates("USUBJID").set_index("USUBJID")
    found = earliest[["moment", "instant"]].where(known.reindex(earliest.index))
    return pd.DataFrame({name: by_subject(found[name], adsl).astype(DATE) for name in found})
