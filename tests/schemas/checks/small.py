"""A valid study of four subjects in a few lines of CSV, to change one thing of and check the whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from trial_report.analysis.check import check_study
from trial_report.schemas.problems import Problem

STUDY = """
study: {id: S, title: T, short_title: T, protocol: P, protocol_version: "1", phase: "2", product: A, indication: I,
  population: adults, sponsor: None Ltd., design: D, planned_subjects: 4, gcp_statement: GCP., report_version: "1",
  data_cutoff: 2024-12-31, synthetic: true}
data: {folder: sdtm}
treatment:
  groups:
    - {code: PBO, label: Placebo, short: Placebo}
    - {code: A, label: Product A, short: A}
visits:
  - {id: BL, num: 1, name: BASELINE, label: Baseline, day: 1, window: [1, 1], analysis_window: [-28, 1], role: baseline}
  - {id: W4, num: 2, name: WEEK 4, label: Week four, day: 29, window: [25, 33], analysis_window: [2, 40]}
analysis_sets:
  - {id: ITT, flag: ITTFL, label: ITT, definition: All., criteria: {enrolled: true}}
  - {id: SAF, flag: SAFFL, label: Safety, definition: Treated., criteria: {treated: true}}
safety_set: SAF
efficacy_set: ITT
characteristics:
  - {variable: SEX, label: Sex, kind: categorical, levels: {M: Male, F: Female}}
endpoints:
  - {paramcd: SCORE, label: Score, domain: QS, testcd: SCORE, decimals: 0, role: primary, benefit: decrease,
     analysis_set: ITT, visits: [W4], comparison: ancova, control: PBO}
adverse_events: {dictionary: D, grading: G, grade_variable: AESEV, related: [RELATED]}
multiplicity: {procedure: none}
"""

DEFINITION: dict[str, Any] = yaml.safe_load(STUDY)
WRITTEN = yaml.safe_dump(DEFINITION, allow_unicode=True, sort_keys=False)

_SUBJECTS = ("S-1", "S-2", "S-3", "S-4")
_AE = "AELLT AELLTCD AEPTCD AEHLT AEHLTCD AEHLGT AEHLGTCD AEBDSYCD AESOC AESOCCD"

Rows = list[dict[str, str]]


def _files() -> dict[str, Rows]:
    dm, ds, ex, qs = [], [], [], []
    for n, subject in enumerate(_SUBJECTS):
        arm, name = ("A", "Product A") if n % 2 else ("PBO", "Placebo")
        head = {"STUDYID": "S", "USUBJID": subject}
        days = dict.fromkeys(("RFSTDTC", "RFXSTDTC", "RFICDTC"), "2024-01-01")
        days |= dict.fromkeys(("RFENDTC", "RFXENDTC", "RFPENDTC"), "2024-01-29")
        arms = {"ARMCD": arm, "ARM": name, "ACTARMCD": arm, "ACTARM": name, "ARMNRS": "", "ACTARMUD": ""}
        person = {"SITEID": "1", "AGE": "30", "AGEU": "YEARS", "SEX": "MF"[n % 2], "RACE": "WHITE", "COUNTRY": "DEU"}
        dm.append({**head, "DOMAIN": "DM", "SUBJID": str(n), **days, "DTHDTC": "", "DTHFL": "", **person, **arms})
        done = {"DSSEQ": "1", "DSTERM": "COMPLETED", "DSDECOD": "COMPLETED", "DSCAT": "DISPOSITION EVENT"}
        ds.append({**head, "DOMAIN": "DS", **done, "DSSTDTC": "2024-01-29", "DSSTDY": "29"})
        dose = {"EXSEQ": "1", "EXTRT": name, "EXDOSE": "1", "EXDOSU": "mg", "EXDOSFRM": "TABLET", "EXDOSFRQ": "QD"}
        ex.append({**head, "DOMAIN": "EX", **dose, "EXSTDTC": "2024-01-01", "EXENDTC": "2024-01-29"})
        for seq, (visit, day, value) in enumerate((("BASELINE", "01", 50), ("WEEK 4", "29", 40 + n)), start=1):
            test = {"QSSEQ": str(seq), "QSTESTCD": "SCORE", "QSTEST": "Score", "QSCAT": "SCORE"}
            result = dict.fromkeys(("QSORRES", "QSSTRESC", "QSSTRESN"), str(value))
            when = {"QSLOBXFL": "Y" * (seq == 1), "VISITNUM": str(seq), "VISIT": visit, "QSDTC": f"2024-01-{day}"}
            qs.append({**head, "DOMAIN": "QS", **test, **result, **when})
    event = {"AESEQ": "1", "AETERM": "headache", "AEDECOD": "Headache", "AEBODSYS": "Nervous system disorders"}
    event |= dict.fromkeys(_AE.split(), "") | {"AESEV": "MILD", "AESER": "N", "AEACN": "DOSE NOT CHANGED"}
    event |= {"AEREL": "RELATED", "AEOUT": "RECOVERED/RESOLVED", "AESTDTC": "2024-01-04", "AEENDTC": "2024-01-06"}
    ae = [{"STUDYID": "S", "DOMAIN": "AE", "USUBJID": "S-1", **event}]
    return {"dm": dm, "ds": ds, "ex": ex, "qs": qs, "ae": ae}


def write(
    folder: Path, change: Callable[[dict[str, Rows]], object] = lambda _: None, **keys: Mapping[str, Any]
) -> Path:
    """Writes the small study after its files were changed; `keys` update parts of the definition."""
    files = _files()
    change(files)
    data = folder / "sdtm"
    data.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        text = io.StringIO()
        table = csv.DictWriter(text, list(rows[0]), restval="")
        table.writeheader()
        table.writerows(row for row in rows if any(row.values()))
        (data / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8")
    definition = dict(DEFINITION)
    for key, part in keys.items():
        definition[key] = {**definition[key], **part} if isinstance(part, Mapping) else part
    text = yaml.safe_dump(definition, allow_unicode=True, sort_keys=False) if keys else WRITTEN
    (folder / "study.yml").write_text(text, encoding="utf-8")
    return folder


def problems_of(
    folder: Path, change: Callable[[dict[str, Rows]], object] = lambda _: None, **keys: Mapping[str, Any]
) -> list[Problem]:
    """What is found in the small study after the files were changed, as `write` takes them."""
    return list(check_study(write(folder, change, **keys))[2])


def said(problems: list[Problem]) -> list[tuple[str, str, str]]:
    """Check, severity and variable of each."""
    return [(problem.check, problem.severity, problem.variable) for problem in problems]
