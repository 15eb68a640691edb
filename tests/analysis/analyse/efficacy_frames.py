"""Small trials for tests of efficacy: a definition of two groups and frames made from a few values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from trial_report.analysis.trial import Trial
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

ENDPOINT: dict[str, Any] = {
    "paramcd": "SCORE", "label": "Score", "domain": "QS", "testcd": "SCORE", "unit": "points", "decimals": 0,
    "role": "primary", "benefit": "decrease", "analysis_set": "ALL", "visits": ["V1", "V2"],
    "other_tests": ["wilcoxon_signed_rank"],
    "responder": {"label": "Half", "measure": "percent_change", "operator": "<=", "threshold": -50},
}  # fmt: skip

STUDY: dict[str, Any] = {
    "study": {
        "id": "S", "title": "T", "short_title": "T", "protocol": "P", "protocol_version": "1", "phase": "1",
        "product": "X", "indication": "Y", "population": "adults", "sponsor": "Z", "design": "open",
        "planned_subjects": 4, "gcp_statement": "GCP", "report_version": "1", "data_cutoff": "2020-12-31",
        "synthetic": True,
    },
    "data": {"folder": "sdtm"},
    "treatment": {"groups": [{"code": "A", "label": "Low", "short": "Low", "dose": 1},
                             {"code": "B", "label": "High", "short": "High", "dose": 2}]},
    "visits": [
        {"id": "BL", "num": 1, "name": "BL", "label": "Baseline", "day": 1, "window": [1, 1],
         "analysis_window": [1, 1], "role": "baseline"},
        {"id": "V1", "num": 2, "name": "V1", "label": "Visit 1", "day": 8, "window": [7, 9],
         "analysis_window": [5, 10]},
        {"id": "V2", "num": 3, "name": "V2", "label": "Visit 2", "day": 15, "window": [14, 16],
         "analysis_window": [11, 20]},
    ],
    "analysis_sets": [{"id": "ALL", "flag": "ALLFL", "label": "All", "definition": "All treated.",
                       "criteria": {"treated": True}}],
    "safety_set": "ALL",
    "efficacy_set": "ALL",
    "characteristics": [{"variable": "SEX", "label": "Sex", "kind": "categorical",
                         "levels": {"F": "Female", "M": "Male"}}],
    "endpoints": [ENDPOINT],
    "adverse_events": {"dictionary": "D", "grading": "G", "related": ["RELATED"]},
    "multiplicity": {"procedure": "none"},
    # Small numbers of subjects are worked by hand.
    "inference_from": 2,
}  # fmt: skip


def definition(*endpoints: Mapping[str, Any], **changes: Any) -> StudyDefinition:
    """The small study, with these endpoints (fields that differ from ENDPOINT) and top-level parts."""
    found = {**STUDY, **changes}
    if endpoints:
        found["endpoints"] = [_endpoint(one) for one in endpoints]
    return StudyDefinition.model_validate(found)


def _endpoint(fields: Mapping[str, Any]) -> dict[str, Any]:
    """ENDPOINT with these fields, less the second test where it would have no effect."""
    made = {**ENDPOINT, **fields}
    within = made.get("comparison", "none") == "none" or made.get("within_groups", False)
    tested = within and made.get("kind") != "binary" and made.get("measure") != "value"
    if "other_tests" not in fields and (not tested or made.get("test") == "wilcoxon_signed_rank"):
        del made["other_tests"]
    return made


def subjects(groups: Mapping[str, Any], **columns: Sequence[Any]) -> pd.DataFrame:
    """ADSL of these subjects: USUBJID → group (None: never treated), further columns by position."""
    frame = pd.DataFrame({"USUBJID": list(groups), "TRT01A": pd.Series(list(groups.values()), dtype="str")})
    frame["TRT01P"] = frame["TRT01A"]
    frame["ALLFL"] = frame["TRT01A"].notna().map({True: "Y", False: "N"})
    frame["PHASE"] = pd.Series([None] * len(frame), dtype="str")
    frame["TRTSDT"] = frame["REFDT"] = pd.Series(pd.Timestamp("2020-01-01"), index=frame.index)
    return frame.assign(**columns)


def measurements(
    adsl: pd.DataFrame, values: Mapping[str, Sequence[float | None]], paramcd: str = "SCORE"
) -> pd.DataFrame:
    """ADBDS: USUBJID → values at BL, V1, V2 (None: no record). Responder: a fall by half or more."""
    rows = [
        (subject, paramcd, visit, float(value), series[0], "Y" if visit == "BL" else "N")
        for subject, series in values.items()
        for visit, value in zip(("BL", "V1", "V2"), series, strict=True)
        if value is not None
    ]
    frame = pd.DataFrame(rows, columns=["USUBJID", "PARAMCD", "AVISIT", "AVAL", "BASE", "ABLFL"])
    frame = frame.astype({"AVAL": "float64", "BASE": "float64"})
    for name in ("USUBJID", "PARAMCD", "AVISIT", "ABLFL"):
        frame[name] = frame[name].astype("str")
    after = frame["ABLFL"] == "N"
    frame["CHG"] = (frame["AVAL"] - frame["BASE"]).where(after)
    frame["PCHG"] = (100 * frame["CHG"] / frame["BASE"].abs()).where(frame["BASE"] != 0)
    frame["CRIT1FL"] = (frame["PCHG"] <= -50).map({True: "Y", False: "N"}).where(frame["PCHG"].notna()).astype("str")
    frame["ANL01FL"] = "Y"
    frame["POSTFL"] = after.map({True: "Y", False: "N"})
    frame["ADY"] = frame["AVISIT"].map({"BL": 1, "V1": 8, "V2": 15}).astype("Int64")
    frame["ASEQ"] = (frame.groupby("USUBJID").cumcount() + 1).astype("Int64")
    return frame.merge(adsl, on="USUBJID")


def trial(
    study: StudyDefinition, adsl: pd.DataFrame, adbds: pd.DataFrame | None = None, adtte: pd.DataFrame | None = None
) -> Trial:
    """A trial of these frames; those not given are empty."""
    none = pd.DataFrame()
    bds = measurements(adsl, {}) if adbds is None else adbds
    return Trial(study, {}, adsl, none, bds, none if adtte is None else adtte, none, Problems())


def values(results: pd.DataFrame, stem: str, *statistics: str) -> list[float | None]:
    """The raw values of these statistics of a stem, rounded to six decimals; None where one does not exist."""
    found = results.set_index("key")["value"]
    numbers = [found[f"{stem}/{name}"] for name in statistics]
    return [None if pd.isna(v) else round(float(v), 6) for v in numbers]
