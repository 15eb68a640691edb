"""Exposure: when and how often each subject was dosed, how much was given, and how much had been planned.

What was given is what EX says, or EC where EX was not delivered (see `analysis.derive.administrations`); its doses then
count where they are in the unit of the group. Planned is what the group's plan says (see `analysis.derive.plan`); a
group without a plan has its dose planned at each administration that is recorded, also at those that did not take
place. The group is the one received, of the untreated the one assigned.

Not here: records and their days (`administrations`), the plan (`plan`), days of treatment (`durations`), and tables
(`analyse.exposure`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trial_report.analysis.derive.administrations import administrations
from trial_report.analysis.derive.dates import instant, moment, whole_date
from trial_report.analysis.derive.origins import RANDOMISED, first_milestone
from trial_report.analysis.derive.plan import planned
from trial_report.analysis.derive.records import DATE, Domains, by_subject, domain, number, text
from trial_report.schemas.domains.unique import among
from trial_report.schemas.study import StudyDefinition


def exposure(
    adsl: pd.DataFrame, dm: pd.DataFrame, arm: pd.Series, definition: StudyDefinition, domains: Domains
) -> pd.DataFrame:
    """ADSL with TRTSDT, TRTSDTM, TRTSDTU, TRTEDT, NADMIN, NPLAN, DOSEA, DOSEP, DOSECOMP.

    Needs LSTCTDT, DTHDT, CUTDT; `dm` stands in the rows of ADSL, as does `arm`, the group received, else the one
    assigned. Without EX and EC the dates are RFXSTDTC and RFXENDTC of DM, and nothing is known of doses.
    """
    source = exposure_domain(domains)
    if source is None:
        start, end = whole_date(text(dm, "RFXSTDTC")), whole_date(text(dm, "RFXENDTC"))
        adsl["TRTSDT"], adsl["TRTSDTM"] = start, moment(text(dm, "RFXSTDTC"))
        adsl["TRTSDTU"] = instant(text(dm, "RFXSTDTC"))
        adsl["TRTEDT"] = end.fillna(start)
        adsl["NADMIN"] = adsl["NPLAN"] = pd.Series(pd.NA, index=adsl.index, dtype="Int64")
        adsl["DOSEA"] = adsl["DOSEP"] = pd.Series(np.nan, index=adsl.index)
    else:
        adsl = _from_records(adsl, dm, arm, definition, domains, source)
    adsl["DOSECOMP"] = _compliance(adsl, arm, definition)
    return adsl


def exposure_domain(domains: Domains) -> str | None:
    """The domain that tells what was given: EX, or EC where EX was not delivered; None where neither was."""
    return next((name for name in ("EX", "EC") if name in domains), None)


def _from_records(
    adsl: pd.DataFrame, dm: pd.DataFrame, arm: pd.Series, definition: StudyDefinition, domains: Domains, source: str
) -> pd.DataFrame:
    start = text(dm, "RFXSTDTC")
    subjects = pd.DataFrame(
        {
            "PLACEBO": arm.isin([group.code for group in definition.groups if group.is_placebo]),
            "RFXSTDT": whole_date(start),
            "RFXSTDTM": moment(start),
            "RFXSTDTU": instant(start),
            "RFXENDT": whole_date(text(dm, "RFXENDTC")),
            "FIRST": whole_date(text(dm, "RFSTDTC")).fillna(first_milestone(domains, RANDOMISED, adsl)),
            **{name: adsl[name] for name in ("LSTCTDT", "DTHDT", "CUTDT")},
        }
    ).set_index(adsl["USUBJID"])
    ex = domain(domains, source)
    records = administrations(ex, source, subjects)
    # What is in another unit than the group's has no end: a total that holds it is not known.
    addable = _in_unit_of_group(ex, source, adsl, arm, definition).reindex(records.index)
    records["amount"] = records["amount"].where(addable, np.inf)
    given = records.loc[records["given"]]
    of_subject = given.groupby("USUBJID")
    adsl["TRTSDT"] = by_subject(of_subject["start"].min(), adsl).astype(DATE)
    adsl[["TRTSDTM", "TRTSDTU"]] = _first_moment(adsl, given)
    adsl["TRTEDT"] = by_subject(of_subject["end"].max(), adsl).astype(DATE)
    unknown = among(adsl["USUBJID"], given.loc[given["number"].isna(), "USUBJID"])
    count = by_subject(of_subject["counted"].sum(), adsl).fillna(0)
    adsl["NADMIN"] = count.round().astype("Int64").mask(unknown)
    total = by_subject(of_subject["amount"].sum(min_count=1), adsl)
    adsl["DOSEA"] = total.where(np.isfinite(total) & ~unknown)
    adsl[["NPLAN", "DOSEP"]] = _planned(adsl, arm, definition, records)
    return adsl


def _planned(adsl: pd.DataFrame, arm: pd.Series, definition: StudyDefinition, records: pd.DataFrame) -> pd.DataFrame:
    """NPLAN and DOSEP: by the group's plan; without one what was recorded, done or not, each of the group's dose."""
    by_plan = planned(adsl, arm, definition)
    uncounted = among(adsl["USUBJID"], records.loc[records["number"].isna(), "USUBJID"])
    recorded = by_subject(records.groupby("USUBJID")["counted"].sum(), adsl).mask(uncounted)
    doses = pd.Series({group.code: group.dose for group in definition.groups}, dtype="float64")
    dose = arm.map(doses).astype("float64")
    with_plan = arm.isin([group.code for group in definition.groups if group.plan])
    return pd.DataFrame(
        {
            "NPLAN": by_plan["number"].where(with_plan, recorded).round().astype("Int64"),
            "DOSEP": by_plan["dose"].where(with_plan, dose * recorded),
        }
    )


def _in_unit_of_group(
    ex: pd.DataFrame, source: str, adsl: pd.DataFrame, arm: pd.Series, definition: StudyDefinition
) -> pd.Series:
    """Which records have no dose that cannot be added up: of EC one above 0 in another unit than the group's."""
    if source == "EX":
        return pd.Series(True, index=ex.index)
    unit = arm.map(pd.Series({group.code: group.unit for group in definition.groups}, dtype="str"))
    wanted = by_subject(unit.set_axis(adsl["USUBJID"]), ex)
    in_unit = (text(ex, "ECDOSU") == wanted).fillna(False).astype(bool)
    dose = number(ex, "ECDOSE")
    return in_unit | dose.isna() | (dose == 0)


def _compliance(adsl: pd.DataFrame, arm: pd.Series, definition: StudyDefinition) -> pd.Series:
    """What was given in percent of what was planned: doses, or administrations where there are no doses to compare."""
    # Rounded, because doses that add up to what was planned fall short of it in binary.
    of_dose = (100 * adsl["DOSEA"] / adsl["DOSEP"].where(adsl["DOSEP"] > 0)).round(9)
    number, wanted = adsl["NADMIN"].astype("float64"), adsl["NPLAN"].astype("float64")
    of_number = (100 * number / wanted.where(wanted > 0)).round(9)
    by_number = arm.isin([group.code for group in definition.groups if group.counts_administrations])
    # A placebo whose group names no dose: all that was given were doses of 0.
    unnamed = arm.isin([group.code for group in definition.groups if not (group.doses or group.plan)])
    by_number |= unnamed & (adsl["DOSEA"] == 0) & (number > 0)
    return of_dose.mask(by_number, of_number)


def _first_moment(adsl: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Time of the first administration by its clock, and in UTC where the clock's offset was recorded.

    Both missing where not every record of that day has a time, or only some say their offset: the order is not known.
    """
    first = by_subject(adsl.set_index("USUBJID")["TRTSDT"], given)
    on_day = given.loc[given["start"] == first]
    told = on_day[["moment", "instant"]].notna().groupby(on_day["USUBJID"])
    known = told["moment"].all() & (told["instant"].all() | ~told["instant"].any())
    in_time = on_day.sort_values(["USUBJID", "instant", "moment"])
    earliest = in_time.drop_duplicates("USUBJID").set_index("USUBJID")
    found = earliest[["moment", "instant"]].where(known.reindex(earliest.index))
    return pd.DataFrame({name: by_subject(found[name], adsl).astype(DATE) for name in found})
