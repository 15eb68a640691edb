"""A change of one value in one file changes the results that rest on it, everywhere they stand, and no others."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.analyse.all import analyse_all
from trial_report.analysis.derive import derive
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Table
from trial_report.analysis.read import read_study
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-217")

EXEMPLAR = Path(__file__).parents[1] / "data" / "admscc-cli"


@pytest.fixture(scope="module")
def changed(exemplar: Trial, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str, pd.DataFrame]:
    """Parameter, subject and visit of one changed value, and the results after the change (5 more than before)."""
    folder = Path(shutil.copytree(EXEMPLAR, tmp_path_factory.mktemp("changed") / "study"))
    endpoint = exemplar.definition.endpoints[0]
    visit = endpoint.visits[-1]
    records = exemplar.adbds.query("PARAMCD == @endpoint.paramcd and AVISIT == @visit and ANL01FL == 'Y'")
    record = records.sort_values("AVAL").iloc[0]
    file = folder / "sdtm" / f"{endpoint.domain.lower()}.csv"
    rows = list(csv.reader(file.open(encoding="utf-8", newline="")))
    row = rows[int(record["SRCLINE"]) - 1]
    assert row[rows[0].index("USUBJID")] == record["USUBJID"]
    for variable in ("ORRES", "STRESC", "STRESN"):
        at = rows[0].index(endpoint.domain + variable)
        row[at] = f"{float(row[at]) + 5:g}"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)
    definition = load_study(folder)
    domains, problems = read_study(folder, definition)
    after = analyse_all(derive(definition, domains, problems))
    return endpoint.paramcd, str(record["USUBJID"]), visit, after


def differing(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    one, two = before.set_index("key"), after.set_index("key")
    assert set(one.index) == set(two.index)
    two = two.loc[one.index]
    same = (one["formatted"] == two["formatted"]) & (
        (one["value"] == two["value"]) | (one["value"].isna() & two["value"].isna())
    )
    return one.loc[~same]


def test_only_results_of_the_parameter_change(
    results: pd.DataFrame, changed: tuple[str, str, str, pd.DataFrame]
) -> None:
    paramcd, _, _, after = changed
    found = differing(results, after)
    assert len(found) > 20
    # A published statement may rest on the parameter without being a result of it.
    others = found.loc[found["paramcd"] != paramcd]
    assert set(others.loc[others["paramcd"].isna(), "analysis"]) <= {"claims", "eff.family"}
    # An adjusted p-value rests on the whole family of tests.
    assert set(others.loc[others["paramcd"].notna(), "statistic"]) <= {"p_adjusted"}


def test_only_its_own_group_and_the_total_change_in_what_is_observed(
    results: pd.DataFrame, exemplar: Trial, changed: tuple[str, str, str, pd.DataFrame]
) -> None:
    _, subject, visit, after = changed
    group = exemplar.adsl.set_index("USUBJID").loc[subject, "TRT01A"]
    found = differing(results, after).query("analysis == 'eff.by_visit'")
    assert set(found["avisit"]) == {visit}
    assert set(found["group"]) == {group, "TOTAL"}


def test_the_mean_moves_by_the_change_over_n(
    results: pd.DataFrame, changed: tuple[str, str, str, pd.DataFrame]
) -> None:
    paramcd, _, visit, after = changed
    rows = (results.set_index("key"), after.set_index("key"))
    stem = next(
        key.rpartition("/")[0] for key in rows[0].index if key.startswith("eff.by_visit/")
        and f"/{paramcd}/{visit}/TOTAL/CHG/mean" in key
    )  # fmt: skip
    before, now = (frame.loc[f"{stem}/mean", "value"] for frame in rows)
    assert now - before == pytest.approx(5 / rows[0].loc[f"{stem}/n", "value"], abs=1e-9)


def test_tables_print_the_new_numbers(book: Book, exemplar: Trial, changed: tuple[str, str, str, pd.DataFrame]) -> None:
    paramcd, *_, after = changed
    name = f"eff.by_visit.{paramcd.lower()}"
    now = Book(book.definition, book.datasets, book.domains, after.set_index("key"), book.problems, book.folder, {})
    before, then = book.made(name), now.made(name)
    assert isinstance(before, Table)
    assert isinstance(then, Table)
    cells = [
        (a, b)
        for one, two in zip(before.rows, then.rows, strict=True)
        for a, b in zip(one.cells, two.cells, strict=True)
    ]
    moved = [b for a, b in cells if a.text != b.text]
    assert moved
    for cell in moved:
        assert any(now.text(key) != book.text(key) for key in cell.keys)
