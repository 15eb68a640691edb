"""A domain that was not delivered is not one without records: no rows of zeros, and words that say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.prose.studies import controlled, two_arms, write
from tests.report.prose.telling import told
from trial_report.analysis.analyse.all import analyse_all
from trial_report.analysis.derive import derive
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Table
from trial_report.analysis.read import read_study
from trial_report.schemas.study import StudyDefinition, load_study

pytestmark = pytest.mark.requirement("REQ-311")

EVERY = ("dm", "ae", "cm", "cv", "ds", "ex", "fa", "ft", "mh", "qs", "sv", "vs")
NOT_ZERO = {
    "ae": ("ae.overview", "ae.soc_pt", "ae.rate", "ae.time", "ae.grade"),
    "cm": ("cm.prior", "cm.concomitant"),
    "mh": ("mh",),
    "qs": ("eff.by_visit", "eff.comparison", "eff.family"),
    "vs": ("vs",),
    "dv": ("deviations",),
}
"""Analyses that rest on a domain; DV is never delivered here."""


def book_without(folder: Path, *absent: str) -> Book:
    definition = controlled(None)
    definition["disposition"] = {"milestones": [{"id": "END", "label": "Week 24", "visit": "W24"}]}
    write(folder, definition, two_arms, tuple(name for name in EVERY if name not in absent))
    study = load_study(folder)
    domains, problems = read_study(folder, study)
    assert not problems.errors
    trial = derive(study, domains, problems)
    results = analyse_all(trial).set_index("key")
    return Book(trial.definition, trial.datasets, trial.domains, results, trial.problems.to_frame(), folder, {},
                planned=trial.planned)  # fmt: skip


def shown(book: Book) -> dict[str, Table]:
    """Every table and listing, made."""
    made = {name: book.made(name) for name, output in book.outputs.items() if output.kind != "figure"}
    return {name: one for name, one in made.items() if isinstance(one, Table)}


@pytest.mark.parametrize(
    "absent",
    [
        ("ae", "ds"),
        pytest.param(("ex", "qs", "cv", "fa", "ft", "sv", "vs"), marks=pytest.mark.heavy),
        pytest.param(EVERY[1:], marks=pytest.mark.heavy),
    ],
    ids="-".join,
)
def test_what_rests_on_an_absent_domain_has_no_results_and_says_so(tmp_path: Path, absent: tuple[str, ...]) -> None:
    book = book_without(tmp_path, *absent)
    found = set(book.results["analysis"])
    assert not found & {name for domain in (*absent, "dv") for name in NOT_ZERO.get(domain, ())}
    tables, said = shown(book), told(book)
    words = " ".join(said.values())
    for domain in absent:
        if domain in ("ae", "ds", "ex", "qs", "vs"):
            assert f"{domain.upper()} (" in words
    assert "not delivered" in words
    if "ae" in absent:
        assert "fig.ae" not in book.outputs
        assert "not delivered" in str(tables["ae.overview"].empty)
        assert "not delivered" in str(tables["lst.ae"].empty)
        assert "adverse event was reported" not in words
        assert book.has("ae.deaths/SAF/DTHFL/-/PBO/ANY/n")  # deaths are known from DM
    if "ds" in absent:
        assert not book.has("disposition/ENR/USUBJID/-/PBO/COMPLETED/n")
        assert "completed the study" not in words
    if "sv" in absent and "ds" not in absent:
        assert "visits cannot be counted" in str(tables["disposition.milestones"].empty)
    if "ex" in absent:
        assert not book.has("exposure/SAF/DOSEA/-/PBO/-/n")
        assert book.has("exposure/SAF/FUPDUR/-/PBO/-/n")


def test_a_domain_without_records_is_none(tmp_path: Path) -> None:
    folder = write(tmp_path, controlled(None), two_arms, EVERY)
    for name in ("ae", "cm"):
        path = folder / "sdtm" / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    study = load_study(folder)
    domains, problems = read_study(folder, study)
    trial = derive(study, domains, problems)
    results = analyse_all(trial).set_index("key")
    assert results.loc["ae.overview/SAF/USUBJID/-/PBO/EMERGENT/n", "value"] == 0
    medication = results.loc[(results["analysis"] == "cm.concomitant") & (results["statistic"] == "n")]
    assert medication["value"].unique().tolist() == [0]


def test_a_characteristic_of_an_absent_domain_is_missing_and_not_no(tmp_path: Path) -> None:
    definition = controlled(None)
    definition["characteristics"] = [
        {"variable": "HYPERT", "label": "Hypertension", "kind": "categorical", "source": "record", "domain": "MH",
         "where": {"MHDECOD": "Hypertension"}, "levels": {"Y": "Yes", "N": "No"}},
    ]  # fmt: skip
    write(tmp_path, definition, two_arms, tuple(name for name in EVERY if name != "mh"))
    study = load_study(tmp_path)
    domains, problems = read_study(tmp_path, study)
    trial = derive(study, domains, problems)
    assert trial.adsl["HYPERT"].isna().all()
    assert [p.domain for p in problems.warnings if p.check == "FILE-018"] == ["MH"]


def test_a_set_without_deviations_needs_them(tmp_path: Path) -> None:
    definition = controlled(None)
    definition["analysis_sets"].append(
        {"id": "PPS", "flag": "PPSFL", "label": "Per-protocol set", "definition": "Without major deviations.",
         "criteria": {"enrolled": True, "without_deviation": ["MAJOR"]}}
    )  # fmt: skip
    write(tmp_path, definition, two_arms, EVERY)
    _, problems = read_study(tmp_path, load_study(tmp_path))
    assert [(p.check, p.domain) for p in problems.errors] == [("FILE-001", "DV")]


def test_the_definition_of_what_was_delivered_keeps_the_rest() -> None:
    planned = StudyDefinition.model_validate(controlled(None))
    asked = planned.model_copy(update={"multiplicity": planned.multiplicity.model_copy(
        update={"order": ((planned.endpoints[0].paramcd, "W24"),)})})  # fmt: skip
    found = asked.of_delivered(("DM", "VS"))
    assert (found.endpoints, found.multiplicity.order) == ((), ())
    assert found.vital_signs == planned.vital_signs
    assert asked.of_delivered(("QS", "VS", "FT", "FA", "CV", "LB")) == asked
