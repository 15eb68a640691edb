"""Baseline characteristics: the variables of ADSL that the study definition asks for, each from its source."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.derive.adbds import precedes_dose
from analysis.derive.dates import span
from analysis.derive.faults import NO_CHARACTERISTIC
from analysis.derive.findings import MOMENT_KEYS, standard
from analysis.derive.records import Domains, by_subject, domain, findings, flag, happened, meets, number, text
from schemas.problems import Problems
from schemas.study import StudyDefinition
from schemas.study.measures import Characteristic


def with_characteristics(
    adsl: pd.DataFrame, definition: StudyDefinition, domains: Domains, problems: Problems
) -> pd.DataFrame:
    """ADSL with a column each characteristic: float when continuous, else text.

    - subject: the variable of DM or SUPPDM; NO_CHARACTERISTIC and all missing where there is none.
    - record: Y when a record meets the condition, did happen, and is not known to have begun after first dose.
    - finding: the last result that precedes first dose; of a subject never treated the last result.
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
                adsl[one.variable] = _last_finding(one, adsl, domains, definition)
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
    frame = domain(domains, name)
    begun = f"{name}DTC" if name in findings(domains) else f"{name}STDTC"
    first_dose = by_subject(adsl.set_index("USUBJID")["TRTSDT"], frame)
    later = span(text(frame, begun))["first"] > first_dose
    found = frame.loc[meets(frame, one.where) & happened(frame, name) & ~later]
    return flag(adsl["USUBJID"].isin(found["USUBJID"]))


def _last_finding(one: Characteristic, adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    name = str(one.domain)
    source = domain(domains, name)
    source = source.loc[meets(source, {f"{name}TESTCD": str(one.testcd), **one.where})]
    frame = standard(source, name)
    treated = by_subject(adsl.set_index("USUBJID")["TRTSDT"], frame).notna()
    wanted = "AVAL" if one.kind == "continuous" else "AVALC"
    usable = frame[wanted].notna() & (precedes_dose(frame, definition, adsl) | ~treated)
    last = (
        frame.loc[usable]
        .sort_values([*MOMENT_KEYS, "SRCSEQ", "SRCLINE"], na_position="first")
        .drop_duplicates("USUBJID", keep="last")
        .set_index("USUBJID")[wanted]
    )
    return by_subject(last, adsl)


def _cut(one: Characteristic, adsl: pd.DataFrame, dm: pd.DataFrame) -> pd.Series:
    of = str(one.of)
    values = number(adsl if of in adsl else dm, of)
    classes = np.digitize(values.to_numpy(), list(one.breaks))
    labels = pd.Series(np.array(list(one.levels), dtype=object)[classes], index=adsl.index, dtype="str")
    return labels.where(values.notna())
