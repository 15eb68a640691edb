"""Abbreviations that reports of this kind share: printed in section 4 where the report uses them.

Not here: which of them a report uses (`front`), and those of a study, which its definition has
(`schemas.study.identity`).
"""

from __future__ import annotations

COMMON = {
    "AE": "adverse event",
    "ANCOVA": "analysis of covariance",
    "CI": "confidence interval",
    "CONSORT": "Consolidated Standards of Reporting Trials",
    "CMH": "Cochran–Mantel–Haenszel",
    "CTCAE": "Common Terminology Criteria for Adverse Events",
    "df": "degrees of freedom",
    "DLT": "dose-limiting toxicity",
    "eDISH": "evaluation of drug-induced serious hepatotoxicity",
    "GCP": "Good Clinical Practice",
    "HbA1c": "hemoglobin A1c",
    "ICH": "International Council for Harmonisation",
    "LLN": "lower limit of normal",
    "LS": "least-squares",
    "MedDRA": "Medical Dictionary for Regulatory Activities",
    "MTD": "maximum tolerated dose",
    "PY": "patient-years",
    "Q1": "first quartile",
    "Q3": "third quartile",
    "SD": "standard deviation",
    "SDTM": "Study Data Tabulation Model",
    "TEAE": "treatment-emergent adverse event",
    "ULN": "upper limit of normal",
}
"""Abbreviation → meaning; a study's definition adds its own, and may say these otherwise."""
