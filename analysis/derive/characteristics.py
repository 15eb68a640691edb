"""Baseline characteristics: the variables of ADSL that the study definition asks for, each from its source.

Not here: who the subjects are (`adsl`), and the table of characteristics (`analyse.demographics`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trial_report.analysis.derive.adbds import precedes_dose
from trial_report.analysis.derive.dates import clocks, duration, span, whole_date
from trial_report.analysis.derive.faults import NO_CHARACTERISTIC, NO_MEAN, fault
from trial_report.analysis.derive.findings import MOMENT_KEYS, standard
from trial_report.analysis.derive.records import (
    Domains,
    by_subject,
    domain,
    findings,
    flag,
    happened,
    meets,
    number,
    text,
)
from trial_report.analysis.derive.sides import averaged, sides_of
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import DAYS_IN, Characteristic


def with_characteristics(
    adsl: pd.DataFrame, definition: StudyDefinition, domains: Domains, problems: Problems
) -> pd.DataFrame:
    """ADSL with a column each characteristic: float when continuous, else text.

    - subject: the variable of DM or SUPPDM; NO_CHARACTERISTIC and all missing where there is none.
    - record: Y when a record meets the condition, did happen, and is not known to have begun after the reference day
      (REFDT: first dose; of who was assigned and never treated, randomisation); missing where its domain was not
      delivered.
    - finding: the last result that precedes the reference day; of a subject without one the last result. A number of
      both sides is their mean (`sides`); sides that differ in words are an error.
    - sum: of such results of several tests; missing where one of them is.
    - duration: from the first day that the start of the earliest matching record can mean to the visit `until`, else
      to the reference day, both days counted.
    - bmi: the weight in kg by the square of the height in m.
    - cut: the class that the value of another characteristic falls into.
    """
    dm = by_subject_frame(domain(domains, "DM"), adsl)
    for one in definition.characteristics:
        match one.source:
            case "subject":
                adsl[one.variable] = _of_subject(one, adsl, dm, problems)
            case "record":
                adsl[one.variable] = _has_record(one, adsl, domains)
            case "finding":
                adsl[one.variable] = _last_finding(one, str(one.testcd), adsl, domains, definition, problems)
            case "sum":
                parts = {t: _last_finding(one, t, adsl, domains, definition, problems) for t in one.testcds}
                adsl[one.variable] = pd.DataFrame(parts).sum(axis=1, min_count=len(parts))
            case "duration":
                adsl[one.variable] = _duration(one, adsl, domains, definition)
            case "bmi":
                # Rounded far behind what was measured: what is a class's bound in decimals must not miss it in binary.
                adsl[one.variable] = (adsl[str(one.weight)] / (adsl[str(one.height)] / 100) ** 2).round(9)
            case "cut":
                adsl[one.variable] = _cut(one, adsl, dm)
    return adsl


def by_subject_frame(frame: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """A frame of one row a subject in the rows of `subjects`."""
    return frame.set_index("USUBJID").reindex(subjects["USUBJID"]).reset_index().set_axis(subjects.index)


def _typed(one: Characteristic, frame: pd.DataFrame) -> pd.Series:
    return number(frame, one.variable) if one.kind == "continuous" else text(frame, one.variable)


def _of_subject(one: Characteristic, adsl: pd.DataFrame, dm: pd.DataFrame, problems: Problems) -> pd.Series:
    if one.variable in dm:
        return _typed(one, dm)
    if one.variable not in adsl:
        wanted = f"variable {one.variable} ({one.label})"
        problems.add(NO_CHARACTERISTIC.problem("DM", variable=one.variable, expected=wanted))
    return _typed(one, adsl)


def _has_record(one: Characteristic, adsl: pd.DataFrame, domains: Domains) -> pd.Series:
    name = str(one.domain)
    if name not in domains:
        return pd.Series(None, index=adsl.index, dtype="str")
    frame = domain(domains, name)
    begun = f"{name}DTC" if name in findings(domains) else f"{name}STDTC"
    reference = by_subject(adsl.set_index("USUBJID")["REFDT"], frame)
    later = span(text(frame, begun))["first"] > reference
    found = frame.loc[meets(frame, one.where) & happened(frame, name) & ~later]
    return flag(adsl["USUBJID"].isin(found["USUBJID"]))


def _duration(one: Characteristic, adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    name = str(one.domain)
    frame = domain(domains, name)
    frame = frame.loc[meets(frame, one.where) & happened(frame, name)]
    begun = f"{name}DTC" if name in findings(domains) else f"{name}STDTC"
    start = by_subject(span(text(frame, begun))["first"].groupby(frame["USUBJID"]).min(), adsl)
    end = adsl["REFDT"]
    if one.until:
        visits = domain(domains, "SV")
        visits = visits.loc[number(visits, "VISITNUM") == definition.visit(one.until).num]
        end = by_subject(whole_date(text(visits, "SVSTDTC")).groupby(visits["USUBJID"]).min(), adsl)
    days = duration(start, end).astype("float64")
    return days.where(days > 0) / DAYS_IN[str(one.unit)]


def _last_finding(
    one: Characteristic,
    testcd: str,
    adsl: pd.DataFrame,
    domains: Domains,
    definition: StudyDefinition,
    problems: Problems,
) -> pd.Series:
    name = str(one.domain)
    source = domain(domains, name)
    source = source.loc[meets(source, {f"{name}TESTCD": testcd, **one.where})]
    frame = standard(source, name)
    frame["_CLOCK"] = clocks(frame["ADTM"], frame["_UTC"], [frame["USUBJID"], frame["ADT"]])
    sides = None
    if one.kind == "continuous":
        frame = averaged(frame, source, one, MOMENT_KEYS)
    else:
        sides = sides_of(frame, source, one, MOMENT_KEYS, "AVALC")
    started = by_subject(adsl.set_index("USUBJID")["REFDT"], frame).notna()
    wanted = "AVAL" if one.kind == "continuous" else "AVALC"
    usable = frame[wanted].notna() & (precedes_dose(frame, definition, adsl) | ~started)
    last = (
        frame.loc[usable]
        .sort_values([*MOMENT_KEYS, "SRCSEQ", "SRCLINE"], na_position="first")
        .drop_duplicates("USUBJID", keep="last")
    )
    if sides is not None:
        # Sides that differ in words have no mean.
        found = frame[wanted].where(pd.Series(sides.counted, index=frame.index))
        differ = found.groupby(sides.at).transform("nunique") > 1
        for _, row in last.loc[differ[last.index]].iterrows():
            problems.add(
                fault(
                    NO_MEAN,
                    name,
                    row,
                    variable=f"{name}LAT",
                    value=f"{one.variable} of the sides: {row[wanted]} on one",
                    expected=f"one side, as where: {{{name}LAT: …}} chooses, or the same value on each",
                    record=f"{name}SEQ={row['SRCSEQ']}",
                )
            )
    return by_subject(last.set_index("USUBJID")[wanted], adsl)


def _cut(one: Characteristic, adsl: pd.DataFrame, dm: pd.DataFrame) -> pd.Series:
    of = str(one.of)
    values = number(adsl if of in adsl else dm, of)
    classes = np.digitize(values.to_numpy(), list(one.breaks))
    labels = pd.Series(np.array(list(one.levels), dtype=object)[classes], index=adsl.index, dtype="str")
    return labels.where(values.notna())
