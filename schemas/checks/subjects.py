"""Checks of subjects: who they are, which treatment they were assigned and given, and when.

Not here: doses (`exposure`), phases and cohorts (`assigned`), and the parts of USUBJID (`sites`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.codelists.alike import nearest
from trial_report.schemas.codelists.terms import NOT_ARMS, SCREEN_FAILED, UNPLANNED
from trial_report.schemas.domains.iso8601 import wholly_before
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, equals, group_codes, of_each, recalled, taken, unique_texts
from trial_report.schemas.study import StudyDefinition


@declare.check(
    "X-001",
    "error",
    "A subject does not stand in DM.",
    "Correct USUBJID, or deliver the subject's record in DM.",
    uses=("DM.USUBJID",),
)
def subject_is_known(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        if domain != "DM" and "USUBJID" in frame:
            unknown = frame["USUBJID"].notna() & ~domains.have(domain, "DM")
            yield Finding(domain, unknown, "USUBJID", expected="a USUBJID of DM")


@declare.check("--012", "error", "STUDYID is not the id of the study.", "Deliver data of this study only.")
def study_is_this(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        if "STUDYID" in frame:
            wrong = frame["STUDYID"].notna() & ~equals(frame["STUDYID"], definition.study.id)
            yield Finding(domain, wrong, "STUDYID", expected=definition.study.id)


@declare.check(
    "DM-050", "error", "A subject has two records in DM.", "Keep one record a subject.", uses=("DM.USUBJID",)
)
def one_record_a_subject(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    values = domains["DM"]["USUBJID"]
    yield Finding("DM", values.notna() & values.duplicated(), "USUBJID", expected="one record a subject")


@declare.check(
    "DM-051",
    "error",
    "An arm is not a treatment group of the study.",
    "Correct the code, or define the group in study.yml.",
    uses=("DM",),
)
def arm_is_a_group(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dm = domains["DM"]
    codes = [group.in_data for group in definition.groups]
    for variable in dict.fromkeys((definition.treatment.planned, definition.treatment.actual)):
        if variable in dm:
            wrong = dm[variable].notna() & ~among(dm[variable], codes)
            wrong &= ~is_no_arm(dm[variable])
            near = of_each(dm[variable][wrong], lambda found: found.map(lambda text: nearest(text, codes)), "")
            words = "one of " + ", ".join(codes)
            expected = words + near.where(near == "", "; near " + near)
            yield Finding("DM", wrong, variable, expected=expected.astype("str"))


@declare.check(
    "DM-052",
    "error",
    "An arm code and its name do not belong together one to one.",
    "Use one name for a code, and one code for a name.",
    uses=("DM",),
)
def arm_has_one_name(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dm = domains["DM"]
    for code, name in (("ARMCD", "ARM"), ("ACTARMCD", "ACTARM")):
        if domains.has("DM", code, name):
            usual = usual_value(dm[code], dm[name])
            wrong = (dm[code].isna() != dm[name].isna()) | (usual.notna() & dm[name].notna() & (dm[name] != usual))
            expected = "the name of " + dm[code][wrong].fillna("no arm")
            yield Finding("DM", wrong, name, expected=expected, also=(code,))


def usual_value(by: pd.Series, values: pd.Series) -> pd.Series:
    """For each row the value that most rows with the same `by` have (the first in order among equals)."""
    codes, (others, texts) = group_codes(by.to_frame("by"), ["by"]), unique_texts(values)
    both = by.notna().to_numpy() & (others >= 0)
    counts = pd.DataFrame({"by": codes[both], "value": others[both]}).value_counts(sort=False).reset_index()
    counts["text"] = taken(texts, counts["value"])
    counts = counts.sort_values(["by", "count", "text"], ascending=[True, False, True]).drop_duplicates("by")
    usual = np.full(codes.max(initial=-1) + 1, -1)
    usual[counts["by"]] = counts["value"]
    return taken(texts, usual[codes]).set_axis(by.index)


@declare.check(
    "DM-053",
    "error",
    "A subject without an arm has no reason in ARMNRS, or one with an arm has a reason.",
    "Fill ARMNRS where ARMCD is missing, and only there.",
    uses=("DM.ARMCD", "DM.ARMNRS"),
)
def missing_arm_has_reason(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dm = domains["DM"]
    # Assigned and not treated, and unplanned treatment, are reasons that go with a planned arm.
    with_arm = among(dm["ARMNRS"], ["ASSIGNED, NOT TREATED", "UNPLANNED TREATMENT"])
    # A code of SDTMIG up to 3.2 that stands for no arm is a reason itself.
    arm = dm["ARMCD"].notna() & ~is_no_arm(dm["ARMCD"])
    wrong = (dm["ARMCD"].isna() & dm["ARMNRS"].isna()) | (arm & dm["ARMNRS"].notna() & ~with_arm)
    yield Finding("DM", wrong, "ARMNRS", expected="a reason where ARMCD is missing", also=("ARMCD",))


@declare.check(
    "DM-054",
    "warning",
    "The date of consent is missing.",
    "Fill RFICDTC: nothing may be done before consent.",
    uses=("DM.RFICDTC",),
)
def consent_is_dated(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield Finding("DM", domains["DM"]["RFICDTC"].isna(), "RFICDTC", expected="a date")


@declare.check(
    "DM-055",
    "error",
    "An age is impossible, or has no unit.",
    "Correct AGE; give AGEU with it.",
    uses=("DM.AGE", "DM.AGEU"),
)
def age_is_possible(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dm = domains["DM"]
    limits = {"YEARS": 120.0, "MONTHS": 1440.0, "WEEKS": 6300.0, "DAYS": 44000.0, "HOURS": 1056000.0}
    most = of_each(dm["AGEU"], lambda found: found.map(limits).astype(float), np.nan)
    yield Finding("DM", (dm["AGE"] < 0) | (dm["AGE"] > most), "AGE", expected="an age a person can have")
    yield Finding("DM", dm["AGE"].notna() & dm["AGEU"].isna(), "AGEU", expected="YEARS, MONTHS, …", also=("AGE",))


def is_no_arm(values: pd.Series) -> pd.Series:
    """Which arm codes say that there is no arm, as up to SDTMIG 3.2."""
    return of_each(values, lambda found: found.str.upper().isin(NOT_ARMS), False)


def is_screen_failure(domains: Domains) -> pd.Series:
    """The subjects of DM that failed screening: by ARMNRS, or as up to SDTMIG 3.2 by the code of the arm."""
    return recalled("screen failures", domains, lambda: _failed_screening(domains)).copy()


def _failed_screening(domains: Domains) -> pd.Series:
    dm = domains["DM"]
    failed = pd.Series(False, index=dm.index)
    if domains.has("DM", "ARMNRS"):
        failed |= equals(dm["ARMNRS"], "SCREEN FAILURE")
    if domains.has("DM", "ARMCD"):
        failed |= of_each(dm["ARMCD"], lambda found: found.str.upper() == SCREEN_FAILED, False)
    return failed


def is_treated(domains: Domains) -> pd.Series:
    """The subjects of DM that EX says were treated; a screen failure among them is a mistake that X-005 tells."""
    return ~is_screen_failure(domains) & domains.have("DM", "EX", took_place(domains))


def took_place(domains: Domains) -> pd.Series:
    """The records of EX that do not say that nothing was given (EXOCCUR N, EXSTAT NOT DONE)."""
    ex = domains["EX"]
    found = pd.Series(True, index=ex.index)
    for variable, value in (("EXOCCUR", "N"), ("EXSTAT", "NOT DONE")):
        if domains.has("EX", variable):
            found &= ~equals(ex[variable], value)
    return found


# The guide lets the sponsor choose the reference: it may be the day of consent or of randomisation.
@declare.check(
    "DM-058",
    "warning",
    "The reference date RFSTDTC is not the day of first dose, from which analyses count their days.",
    "Nothing, where the study counts --DY from another day; else correct RFSTDTC, or the date of first dose.",
    uses=("DM.RFSTDTC", "DM.RFXSTDTC"),
)
def reference_is_first_dose(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dm = domains["DM"]
    reference, first = (domains.dates("DM", name)["lower"].dt.floor("D") for name in ("RFSTDTC", "RFXSTDTC"))
    wrong = first.notna() & (dm["RFSTDTC"].isna() | (reference.notna() & (reference != first)))
    yield Finding("DM", wrong, "RFSTDTC", expected=first[wrong].dt.strftime("%Y-%m-%d"), also=("RFXSTDTC",))


# Consent may be deferred in an emergency: a dose before it is told (--024), and is no error.
_ORDER = (("RFSTDTC", "RFENDTC"), ("RFXSTDTC", "RFXENDTC"), ("RFICDTC", "RFPENDTC"))


@declare.check(
    "DM-059",
    "error",
    "The reference dates of a subject are not in order.",
    "The start comes before the end, first dose before last, and the end of participation last.",
    uses=("DM",),
)
def reference_dates_in_order(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for first, second in _ORDER:
        if domains.has("DM", first, second):
            wrong = wholly_before(domains["DM"][second], domains["DM"][first])
            expected = f"not before {first} " + domains["DM"][first][wrong].fillna("")
            yield Finding("DM", wrong, second, expected=expected, also=(first,))


@declare.check(
    "DM-060",
    "error",
    "A subject who was treated has no treatment group of the study.",
    "Fill the actual arm in DM with the dose level that was given.",
    uses=("DM", "EX.USUBJID"),
)
def treated_has_a_group(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dm, variable = domains["DM"], definition.treatment.actual
    if domains.has("DM", variable):
        codes = [group.in_data for group in definition.groups]
        # What was not planned has no group; ACTARMUD says what it was.
        unplanned = dm["ARMNRS"] == "UNPLANNED TREATMENT" if domains.has("DM", "ARMNRS") else False
        unplanned |= of_each(dm[variable], lambda found: found.str.upper() == UNPLANNED, False)
        wrong = is_treated(domains) & ~among(dm[variable], codes) & ~unplanned
        yield Finding("DM", wrong, variable, expected=f"one of {', '.join(codes)}", also=("EX.USUBJID", "USUBJID"))
