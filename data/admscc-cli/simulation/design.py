"""The trial's design, as far as the simulation needs it: doses, cohorts, visits, and what is odd with whom.

The publication's abstract gives the phases, the 3+3 escalation, 20 patients, the route, the 24 weeks and the
visits at weeks 4, 12 and 24. Everything else here is an assumption and says so.
"""

from __future__ import annotations

from datetime import date

STUDYID = "ADMSCC-CLI"
TREATMENT = "ADMSCC"
CUT_OFF = date(2023, 12, 31)  # assumption: data cut-off
DLT_DAYS = 28  # assumption: the DLT window is 28 days, counted from the day of injection

# assumption: three dose levels (the abstract gives no dose), and the number of injections of each
ARMS = {
    "DL1": "Dose level 1: 5.0 × 10^7 cells",
    "DL2": "Dose level 2: 1.0 × 10^8 cells",
    "DL3": "Dose level 3: 2.0 × 10^8 cells",
}
CELLS = {"DL1": 50_000_000, "DL2": 100_000_000, "DL3": 200_000_000}
INJECTIONS = {"DL1": 20, "DL2": 40, "DL3": 40}

# assumption: cohorts 3, 3, 3, 3 (dose level 3 expanded to six, to confirm the MTD) and 8 in phase 2a;
# a cohort opens after the DLT window of the last patient of the cohort before; dates of injection
COHORTS: list[tuple[int, str, str, list[str]]] = [
    (1, "P1", "DL1", ["2021-04-06", "2021-04-27", "2021-05-18"]),
    (2, "P1", "DL2", ["2021-06-29", "2021-07-21", "2021-08-17"]),
    (3, "P1", "DL3", ["2021-10-05", "2021-11-03", "2021-11-30"]),
    (4, "P1", "DL3", ["2022-01-18", "2022-02-15", "2022-03-16"]),
    (
        5,
        "P2A",
        "DL3",
        [
            "2022-05-10",
            "2022-06-14",
            "2022-07-20",
            "2022-08-30",
            "2022-10-12",
            "2022-11-29",
            "2023-02-07",
            "2023-04-18",
        ],
    ),
]

# assumption: days of all visits but those of weeks 4, 12 and 24; day 1 is the day of injection
VISITS = {
    1: ("SCREENING", -14),
    2: ("BASELINE", 1),
    3: ("WEEK 1", 8),
    4: ("WEEK 4", 29),
    5: ("WEEK 8", 57),
    6: ("WEEK 12", 85),
    7: ("WEEK 24", 169),
}
SCREENING, BASELINE, WEEK_1, WEEK_4, WEEK_8, WEEK_12, WEEK_24 = (float(number) for number in VISITS)

# Korean public holidays of the time that are no Saturday or Sunday: nobody is seen on them
HOLIDAYS = {
    date.fromisoformat(f"{year}-{day}")
    for year, days in {
        2021: "01-01 02-11 02-12 03-01 05-05 05-19 08-16 09-20 09-21 09-22 10-04 10-11",
        2022: "01-31 02-01 02-02 03-01 03-09 05-05 06-01 06-06 08-15 09-09 09-12 10-03 10-10",
        2023: "01-23 01-24 03-01 05-01 05-05 05-29 06-06 08-15 09-28 09-29 10-02 10-03 10-09 12-25",
    }.items()
    for day in days.split()
}

# assumption: which measurement is taken at which visit
ALL = (1, 2, 3, 4, 5, 6, 7)
SCHEDULE = {
    "VS": ALL,
    "QS": ALL,
    "LB": (1, 2, 3, 4, 6, 7),
    "FT": (1, 2, 4, 6, 7),
    "CV": (1, 2, 4, 6, 7),
    "ULCER": (1, 2, 4, 5, 6, 7),
    "RUTHERFORD": (1, 2, 7),
    "HBA1C": (1, 6, 7),
}

# assumption: what is untidy. Patients are named by the order of their injection, 1 to 20.
MISSED = {9: (WEEK_12, "COVID-19 QUARANTINE")}
WITHDRAWN = {16: 112}  # consent withdrawn on this study day, after week 12 and before week 24
OUT_OF_WINDOW = {4: {WEEK_24: 190}, 7: {WEEK_4: 39}, 14: {WEEK_1: 15}, 18: {WEEK_12: 102}}
UNSCHEDULED = {  # visit number: study day, reason
    5: (3.1, 13, "SWELLING AT INJECTION SITE"),
    11: (4.1, 43, "LABORATORY RECHECK"),
    14: (6.1, 112, "INCREASED PAIN OF INDEX LIMB"),
    17: (4.2, 40, "INCREASED PAIN OF INDEX LIMB"),
}
REPEATED_PRESSURES = 8  # ABI and TBI of week 12 measured again days later, under the same visit
NO_BASELINE_WALK = 6  # walking test not done at baseline; that of screening is the last before exposure
NEVER_WALKED_BEFORE = 14  # no walking test before the injection at all, so no change can be computed
NOT_COMPRESSIBLE = 3  # ABI cannot be measured; TBI can
NO_VAS_WEEK_8 = 15
REDUCED_DOSE = {10: (187_500_000, "SUSPENSION LOST IN ONE SYRINGE")}  # of 200 000 000 cells
EARLY_SCREENING = {12: 32}  # days before injection, where 28 are allowed
HAS_CONDITION = {13: "diabetes", 20: "hypertension"}  # which an adverse event of the patient presupposes
PROHIBITED_MEDICATION = {17: (41, 45)}  # intravenous alprostadil between these study days, for worse pain at rest
HEALS = 20  # whose ulcer closes
HBA1C_LIMIT = 8.5  # assumption: hemoglobin A1c of so many percent or more excludes a patient

# assumption: five screen failures: day of consent, site, reason, Rutherford category found
SCREEN_FAILURES = [
    ("2021-05-11", "02", "REVASCULARIZATION FEASIBLE ON ANGIOGRAPHY", 4),
    ("2021-09-07", "01", "RUTHERFORD CATEGORY 3 AT SCREENING", 3),
    ("2022-02-22", "03", "OSTEOMYELITIS OF INDEX FOOT", 6),
    ("2022-06-28", "01", "MALIGNANCY WITHIN FIVE YEARS", 5),
    ("2023-01-10", "02", "HEMOGLOBIN A1C ABOVE PROTOCOL LIMIT OF 8.5 %", 4),
]
