"""Small trials for tests of safety and population: two groups (B often empty), three sets, frames from a few values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from trial_report.analysis.trial import Trial
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

STUDY: dict[str, Any] = {
    "study": {
        "id": "S", "title": "T", "short_title": "T", "protocol": "P", "protocol_version": "1", "phase": "1",
        "product": "X", "indication": "Y", "population": "adults", "sponsor": "Z", "design": "open",
        "planned_subjects": 4, "gcp_statement": "GCP", "report_version": "1", "data_cutoff": "2020-12-31",
        "synthetic": True,
    },
    "data": {"folder": "sdtm"},
    "treatment": {"groups": [{"code": "A", "label": "Low", "short": "Low", "dose": 10, "unit": "mg"},
                             {"code": "B", "label": "High", "short": "High", "dose": 20, "unit": "mg"}]},
    "phases": {"variable": "PHASE", "levels": [{"code": "ONE", "label": "Part 1", "role": "escalation"},
                                               {"code": "TWO", "label": "Part 2", "role": "expansion"}]},
    "escalation": {"phase": "ONE", "cohort_variable": "COHORT", "dlt_variable": "AEDLT", "dlt_window_days": 10,
                   "dlt_definition": "Bad.", "mtd_definition": "at_most_one_of_six"},
    "visits": [
        {"id": "BL", "num": 1, "name": "BL", "label": "Baseline", "day": 1, "window": [1, 1],
         "analysis_window": [1, 1], "role": "baseline"},
        {"id": "V1", "num": 2, "name": "V1", "label": "Visit 1", "day": 8, "window": [7, 9],
         "analysis_window": [5, 10]},
        {"id": "V2", "num": 3, "name": "V2", "label": "Visit 2", "day": 15, "window": [14, 16],
         "analysis_window": [11, 20]},
    ],
    "analysis_sets": [
        {"id": "ENR", "flag": "ENRFL", "label": "Enrolled", "definition": "All assigned.",
         "criteria": {"enrolled": True}},
        {"id": "SAF", "flag": "SAFFL", "label": "Safety", "definition": "All treated.", "criteria": {"treated": True}},
        {"id": "EVAL", "flag": "EVALFL", "label": "Evaluable", "definition": "Evaluable for DLT.",
         "criteria": {"treated": True, "phase": ["ONE"], "dlt_evaluable": True}},
    ],
    "safety_set": "SAF",
    "efficacy_set": "SAF",
    "characteristics": [
        {"variable": "AGE", "label": "Age", "kind": "continuous", "unit": "years"},
        {"variable": "SEX", "label": "Sex", "kind": "categorical", "levels": {"F": "Female", "M": "Male"}},
    ],
    "laboratory": [
        {"paramcd": "ALT", "label": "Alanine", "domain": "LB", "testcd": "ALT", "unit": "U/L", "decimals": 0,
         "category": "C", "ctcae": "high", "ctcae_multiples_high": [1, 3, 5, 20], "hy": "alt"},
        {"paramcd": "BILI", "label": "Bilirubin", "domain": "LB", "testcd": "BILI", "unit": "umol/L", "decimals": 1,
         "category": "C", "ctcae": "none", "hy": "bilirubin"},
    ],
    "vital_signs": [{"paramcd": "PULSE", "label": "Pulse", "domain": "VS", "testcd": "PULSE", "decimals": 0}],
    "adverse_events": {"dictionary": "D", "grading": "G", "related": ["RELATED"], "frequent_percent": 50,
                       "grade_labels": {"1": "Mild", "2": "Moderate", "3": "Severe"}},
    "multiplicity": {"procedure": "none"},
}  # fmt: skip

DATES = ("RFICDT", "REFDT", "TRTSDT", "EOSDT", "DTHDT", "SVDT", "ADT", "ASTDT", "AENDT", "STARTDT")
NUMBERS = ("AGE", "DOSEP", "DOSEA", "DOSECOMP", "AVAL", "BASE", "CHG", "PCHG", "ANRLO", "ANRHI", "VISITNUM")
COUNTS = (
    "NADMIN", "TRTDURD", "FUPDUR", "RISKDUR", "NDLT", "COHORT", "AVISITN", "SVDY", "DEVDAYS", "ADY", "ATOXGRN",
    "BTOXGRN", "AESEQ", "ASTDY", "AENDY", "ADURN", "CNSR",
)  # fmt: skip

SUBJECT: dict[str, Any] = {
    "USUBJID": "1", "SITEID": "01", "TRT01P": "A", "TRT01A": "A", "PHASE": "ONE", "COHORT": 1, "AGE": 60,
    "AGEU": "YEARS", "SEX": "F", "RFICDT": "2019-12-20", "REFDT": "2020-01-01", "TRTSDT": "2020-01-01",
    "EOSDT": "2020-04-09",
    "EOSSTT": "COMPLETED", "DCSREAS": None, "DCSREASP": None, "SCRFFL": "N", "SCRFREAS": None, "DTHFL": "N",
    "DTHDT": None, "DOSEP": 10, "DOSEA": 10, "DOSECOMP": 100, "NADMIN": 1, "TRTDURD": 1, "FUPDUR": 100,
    "RISKDUR": 100,
    "DLTEVFL": "Y", "NDLT": 0, "ENRFL": "Y", "SAFFL": "Y", "EVALFL": "Y",
}  # fmt: skip
FAILURE = {
    "TRT01P": None, "TRT01A": None, "PHASE": None, "REFDT": None, "TRTSDT": None, "EOSSTT": "SCREEN FAILURE",
    "SCRFFL": "Y",
    "SCRFREAS": "TOO ILL", "DOSEA": None, "DOSECOMP": None, "NADMIN": 0, "TRTDURD": None, "FUPDUR": None,
    "RISKDUR": None, "DLTEVFL": None, "NDLT": None, "ENRFL": "N", "SAFFL": "N", "EVALFL": "N",
}  # fmt: skip
EVENT: dict[str, Any] = {
    "USUBJID": "1", "AESEQ": 1, "AETERM": "Head pain", "AEDECOD": "Headache", "AEBODSYS": "Nerves", "AESER": "N",
    "AEREL": "RELATED", "AREL": "Y", "AEACN": "NOT APPLICABLE", "AEOUT": "RECOVERED/RESOLVED", "AECONTRT": "N",
    "AESHOSP": "N", "AESDTH": "N", "ATOXGRN": 1, "AESTDTC": "2020-01-02", "AEENDTC": "2020-01-03", "AEENRTPT": None,
    "ASTDT": "2020-01-02", "ASTDTF": None, "AENDT": "2020-01-03", "ASTDY": 2, "AENDY": 3, "TRTEMFL": "Y",
    "PREFL": "N", "DLTFL": "N",
}  # fmt: skip
VALUE: dict[str, Any] = {
    "USUBJID": "1", "PARAMCD": "ALT", "PARAM": "Alanine (U/L)", "PARCAT1": "LABORATORY", "AVISIT": "V1",
    "AVISITN": 2, "ADT": "2020-01-08", "ADY": 8, "AVAL": 20, "AVALC": "20", "BASE": 10, "CHG": 10, "PCHG": 100,
    "ABLFL": "N", "POSTFL": "Y", "ANL01FL": "Y", "REASNOT": None, "REASND": None, "INWINFL": "Y",
    "ANRLO": 5, "ANRHI": 40, "ANRIND": "NORMAL", "BNRIND": "NORMAL", "CLSIG": "N", "ATOXGRN": 0, "BTOXGRN": 0,
    "CRIT1FL": None, "VISIT": "V1", "VISITNUM": 2,
}  # fmt: skip
VISIT: dict[str, Any] = {
    "USUBJID": "1", "AVISIT": "V1", "AVISITN": 2, "DONE": "Y", "SVDT": "2020-01-08", "SVDY": 8, "INWIN": "Y",
    "STATUS": "in window", "DEVDAYS": 0, "REASON": None,
}  # fmt: skip
TIME: dict[str, Any] = {
    "USUBJID": "1", "PARAMCD": "TTAE", "ADT": "2020-01-02", "AVAL": 2, "CNSR": 0,
}  # fmt: skip


def frame(defaults: Mapping[str, Any], *changes: Mapping[str, Any]) -> pd.DataFrame:
    """A row for each of `changes` (fields that differ from the defaults), with the types of the datasets."""
    names = list(dict.fromkeys([*defaults, *(name for one in changes for name in one)]))
    made = pd.DataFrame([{**defaults, **one} for one in changes], columns=names)
    for name in names:
        if name in DATES:
            made[name] = pd.to_datetime(made[name])
        elif name in NUMBERS:
            made[name] = made[name].astype("float64")
        else:
            made[name] = made[name].astype("Int64" if name in COUNTS else "str")
    return made


def definition(**changes: Any) -> StudyDefinition:
    """The small study, with these top-level parts instead."""
    return StudyDefinition.model_validate({**STUDY, **changes})


def trial(
    adsl: pd.DataFrame,
    *,
    adae: pd.DataFrame | None = None,
    adbds: pd.DataFrame | None = None,
    adtte: pd.DataFrame | None = None,
    advisit: pd.DataFrame | None = None,
    study: StudyDefinition | None = None,
    delivered: bool = True,
    **domains: pd.DataFrame,
) -> Trial:
    """A trial of these frames, each joined with the subjects' group and flags; those not given are empty.

    Disposition, exposure, visits and adverse events were `delivered`; of other domains those given.
    """
    nothing = pd.DataFrame({"USUBJID": pd.Series(dtype="str")})
    there = {"DS": nothing, "EX": nothing, "SV": nothing, "AE": nothing} if delivered else {}
    carried = adsl[["USUBJID", "TRT01P", "TRT01A", "PHASE", "TRTSDT", "ENRFL", "SAFFL", "EVALFL"]]

    def joined(given: pd.DataFrame | None, defaults: Mapping[str, Any]) -> pd.DataFrame:
        return (frame(defaults) if given is None else given).merge(carried, on="USUBJID", how="left")

    return Trial(
        study or definition(),
        {**there, **domains},
        adsl,
        joined(adae, EVENT),
        joined(adbds, VALUE),
        joined(adtte, TIME),
        joined(advisit, VISIT),
        Problems(),
    )


def four() -> pd.DataFrame:
    """Three subjects of group A, one of them in part 2, and a screen failure; nobody in group B."""
    return frame(
        SUBJECT,
        {"USUBJID": "1"},
        {"USUBJID": "2", "AGE": 70, "SEX": "M"},
        {"USUBJID": "3", "AGE": 65, "SEX": None, "PHASE": "TWO", "EVALFL": "N", "DLTEVFL": "N"},
        {"USUBJID": "4", **FAILURE},
    )


def printed(results: pd.DataFrame, stem: str, *statistics: str) -> str:
    """What is printed of these statistics of a stem, side by side."""
    found = results.set_index("key")["formatted"]
    return " ".join(str(found[f"{stem}/{name}"]) for name in statistics)
