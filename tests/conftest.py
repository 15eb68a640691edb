"""Fixtures that all tests share: a small generic study, the exemplar, and frames written as text."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trial_report.analysis.analyse.all import analyse_all
from trial_report.analysis.derive import derive
from trial_report.analysis.display.book import Book
from trial_report.analysis.read import read_study
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import StudyDefinition, load_study

ROOT = Path(__file__).parents[1]
TYPES = {"f": "float64", "i": "Int64", "d": "datetime64[us]", "s": "str", "b": "bool"}

STUDY: dict[str, Any] = {
    "study": {
        "id": "GEN",
        "title": "A generic study",
        "short_title": "Generic",
        "protocol": "GEN-1",
        "protocol_version": "1",
        "phase": "1/2",
        "product": "product",
        "indication": "indication",
        "population": "people",
        "sponsor": "sponsor",
        "design": "escalation, then expansion",
        "planned_subjects": 9,
        "gcp_statement": "Good clinical practice.",
        "report_version": "1",
        "data_cutoff": "2021-12-31",
        "synthetic": True,
    },
    "data": {"folder": "sdtm"},
    "treatment": {
        "groups": [
            {"code": "LOW", "label": "Low dose", "short": "Low", "dose": 10, "unit": "mg", "route": "ORAL"},
            {"code": "MID", "label": "Middle dose", "short": "Mid", "dose": 20, "unit": "mg", "route": "ORAL"},
            {"code": "TOP", "label": "Top dose", "short": "Top", "dose": 40, "unit": "mg", "route": "ORAL"},
        ]
    },
    "phases": {
        "variable": "PART",
        "levels": [
            {"code": "PA", "label": "Part A", "role": "escalation"},
            {"code": "PB", "label": "Part B", "role": "expansion"},
        ],
    },
    "escalation": {
        "phase": "PA",
        "cohort_variable": "COHORTN",
        "dlt_variable": "AEDLTFL",
        "dlt_window_days": 21,
        "dlt_definition": "Any grade 3 event.",
        "mtd_definition": "at_most_one_of_six",
    },
    "visits": [
        {"id": "PRE", "num": 10, "name": "PRE", "label": "Pre", "day": -7, "window": [-14, -1],
         "analysis_window": [-20, -1], "role": "screening"},
        {"id": "DAY1", "num": 20, "name": "DAY 1", "label": "Day 1", "day": 1, "window": [1, 1],
         "analysis_window": [1, 1], "role": "baseline"},
        {"id": "M1", "num": 30, "name": "MONTH 1", "label": "Month 1", "day": 30, "window": [27, 33],
         "analysis_window": [2, 44]},
        {"id": "M2", "num": 40, "name": "MONTH 2", "label": "Month 2", "day": 60, "window": [55, 65],
         "analysis_window": [45, 80]},
    ],
    "analysis_sets": [
        {"id": "ENR", "flag": "ENRLFL", "label": "Enrolled", "definition": "Assigned.", "criteria": {"enrolled": True}},
        {"id": "SAF", "flag": "SAFFL", "label": "Safety", "definition": "Treated.", "criteria": {"treated": True}},
        {"id": "EVA", "flag": "EVAFL", "label": "Evaluable", "definition": "Evaluable for DLT.",
         "criteria": {"treated": True, "phase": ["PA"], "dlt_evaluable": True}},
        {"id": "EFF", "flag": "EFFFL", "label": "Efficacy", "definition": "With a score later.",
         "criteria": {"treated": True, "post_baseline": ["SCORE"]}},
        {"id": "PPR", "flag": "PPRFL", "label": "Per protocol", "definition": "Without major deviation.",
         "criteria": {"treated": True, "without_deviation": ["MAJOR"], "flags": {"RECONSNT": "Y"}}},
    ],
    "safety_set": "SAF",
    "efficacy_set": "EFF",
    "characteristics": [
        {"variable": "AGE", "label": "Age", "kind": "continuous", "unit": "years"},
        {"variable": "AGEGR1", "label": "Age group", "kind": "categorical", "source": "cut", "of": "AGE",
         "breaks": [40, 65], "levels": {"<40": "Young", "40-64": "Middle", ">=65": "Old"}},
        {"variable": "SEX", "label": "Sex", "kind": "categorical", "levels": {"M": "Male", "F": "Female"}},
        {"variable": "WEIGHTBL", "label": "Weight", "kind": "continuous", "unit": "kg", "source": "finding",
         "domain": "VS", "testcd": "WEIGHT"},
        {"variable": "STAGEBL", "label": "Stage", "kind": "categorical", "source": "finding", "domain": "QS",
         "testcd": "STAGE", "levels": {"I": "One", "II": "Two"}},
        {"variable": "HYPERTFL", "label": "Hypertension", "kind": "categorical", "source": "record", "domain": "MH",
         "where": {"MHCAT": "HYPERTENSION"}, "levels": {"Y": "Yes", "N": "No"}},
    ],
    "endpoints": [
        {"paramcd": "SCORE", "label": "Score", "domain": "QS", "testcd": "TOTAL", "unit": "points", "decimals": 0,
         "role": "primary", "benefit": "decrease", "analysis_set": "EFF", "visits": ["M1", "M2"],
         "other_tests": ["wilcoxon_signed_rank"],
         "responder": {"label": "Halved", "measure": "percent_change", "operator": "<=", "threshold": -50},
         "missing": ["locf"], "waterfall": "M2"},
        {"paramcd": "CURED", "label": "Cured", "domain": "QS", "testcd": "CURE", "decimals": 0, "kind": "binary",
         "role": "secondary", "benefit": "increase", "analysis_set": "EFF", "visits": ["M2"],
         "responder": {"label": "Cured", "measure": "value", "operator": "==", "threshold": 1}},
    ],
    "survival": [
        {"paramcd": "RFS", "label": "Relapse-free survival", "analysis_set": "SAF",
         "event_records": {"AE": {"AEDECOD": ["Relapse"]}, "MH": {"MHCAT": "RELAPSE"}}},
    ],
    "laboratory": [
        {"paramcd": "LIVER", "label": "Liver enzyme", "domain": "LB", "testcd": "LIVER", "unit": "U/L", "decimals": 0,
         "category": "Chemistry", "ctcae": "high", "ctcae_multiples_high": [1, 3, 5, 20], "hy": "alt"},
        {"paramcd": "CELLS", "label": "Cells", "domain": "LB", "testcd": "CELLS", "unit": "10^9/L", "decimals": 1,
         "category": "Hematology", "ctcae": "low", "ctcae_limits_low": [3, 2, 1]},
    ],
    "vital_signs": [
        {"paramcd": "PRESSURE", "label": "Pressure", "domain": "VS", "testcd": "PRESS", "unit": "mmHg", "decimals": 0},
    ],
    "adverse_events": {
        "dictionary": "MedDRA 24.0",
        "grading": "CTCAE version 5.0",
        "grade_labels": {"1": "Mild", "2": "Moderate", "3": "Severe", "4": "Life-threatening", "5": "Fatal"},
        "related": ["POSSIBLE", "PROBABLE"],
    },
    "multiplicity": {"procedure": "holm", "order": [["SCORE", "M1"], ["SCORE", "M2"]]},
    "subgroups": [{"variable": "SEX", "label": "Sex"}],
}  # fmt: skip


def _table(text: str) -> pd.DataFrame:
    lines = [line.strip() for line in text.strip().splitlines()]
    names, *rows = [re.split(r"\s{2,}", line) for line in lines]
    columns = {}
    for place, name in enumerate(names):
        name, _, kind = name.partition(":")
        cells = [None if row[place] == "." else row[place] for row in rows]
        match kind or "s":
            case "f" | "i":
                values = pd.Series([None if c is None else float(c) for c in cells], dtype="float64")
            case "b":
                values = pd.Series([c == "True" for c in cells])
            case _:
                values = pd.Series(cells, dtype="str")
        columns[name] = pd.to_datetime(values) if kind == "d" else values
        columns[name] = columns[name].astype(TYPES[kind or "s"])
    return pd.DataFrame(columns)


APART = ("tests/studies/test_studies.py", "tests/faults/test_faults.py", "tests/analysis/test_as_of.py")
"""Files whose tests are long and share nothing that takes long to make: workers take these test by test."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Gives a file to one worker, unless `--dist` says another way: what its tests share is made once."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::")[0]
            return nodeid if file in APART else file

    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the requirements that a test names into the JUnit report, where `nox -s qualify` reads them."""
    for item in items:
        named = {str(name) for mark in item.iter_markers("requirement") for name in mark.args}
        item.user_properties += [("requirement", name) for name in sorted(named)]


@pytest.fixture(scope="session")
def table() -> Callable[[str], pd.DataFrame]:
    """Makes a frame of a text: a line of names, then a line a row, cells parted by two spaces or more.

    A dot is missing. A name ends in its type where it is not text: `AVAL:f` float, `ADY:i` Int64, `ADT:d` date,
    `TREATED:b` bool.
    """
    return _table


@pytest.fixture(scope="session")
def study_dict() -> dict[str, Any]:
    """The generic study as `study.yml` would hold it. Copy it before changing it."""
    return STUDY


@pytest.fixture(scope="session")
def definition() -> StudyDefinition:
    """A small generic study: groups LOW, MID, TOP; visits PRE, DAY1, M1, M2; endpoints SCORE and CURED."""
    return StudyDefinition.model_validate(STUDY)


@pytest.fixture(scope="session")
def exemplar() -> Trial:
    """The exemplar study, read and derived. Its frames are shared: no test may change them."""
    folder = ROOT / "data" / "admscc-cli"
    study = load_study(folder)
    domains, problems = read_study(folder, study)
    return derive(study, domains, problems)


@pytest.fixture(scope="session")
def results(exemplar: Trial) -> pd.DataFrame:
    """The exemplar's results frame. It is shared: no test may change it."""
    return analyse_all(exemplar)


@pytest.fixture(scope="session")
def book(exemplar: Trial, results: pd.DataFrame) -> Book:
    """The exemplar's book, as displays read it."""
    return Book(
        definition=exemplar.definition,
        datasets=exemplar.datasets,
        domains=exemplar.domains,
        results=results.set_index("key"),
        problems=exemplar.problems.to_frame(),
        folder=ROOT,
        run={},
    )
