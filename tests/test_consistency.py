"""One walk through all results and outputs of the exemplar: numbers, denominators and N agree wherever they stand."""

from __future__ import annotations

import re

import duckdb
import pandas as pd
import pytest

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import Table
from trial_report.analysis.results.formatting import MISSING
from trial_report.schemas.results import RESULTS
from trial_report.schemas.study import TOTAL

pytestmark = pytest.mark.requirement("REQ-313")


@pytest.fixture(scope="module")
def tables(book: Book) -> dict[str, Table]:
    made = {name: book.made(name) for name, output in book.outputs.items() if output.kind != "figure"}
    return {name: table for name, table in made.items() if isinstance(table, Table)}


def test_the_results_frame_is_valid(results: pd.DataFrame) -> None:
    RESULTS.validate(results, lazy=True)
    assert len(results) > 1000


def test_every_printed_number_is_what_its_results_row_prints(book: Book, tables: dict[str, Table]) -> None:
    printed = 0
    for name, table in tables.items():
        for row in table.rows:
            for cell in row.cells:
                for text, keys in cell.pieces():
                    if len(keys) == 1:
                        assert text == book.text(keys[0]), f"{name}: '{text}' is not {keys[0]}"
                        printed += 1
                    for key in keys:
                        assert book.has(key), f"{name}: no row {key}"
    assert printed > 1000


def test_a_value_that_does_not_exist_is_a_dash_with_a_reason(results: pd.DataFrame) -> None:
    absent = results.loc[results["value"].isna() & results["text"].isna()]
    assert set(absent["formatted"]) <= {MISSING}
    assert absent["warning"].notna().all()
    words = results["formatted"].str.lower()
    assert not words.isin(["nan", "none", "<na>", "inf", "-inf", "nat", ""]).any()
    assert not words.str.contains(r"^-\d", regex=True).any(), "a hyphen stands for a minus"


def test_no_cell_shows_a_missing_value_of_python(tables: dict[str, Table]) -> None:
    for name, table in tables.items():
        for row in table.rows:
            for cell in row.cells:
                assert not re.fullmatch(r"nan|NaN|None|<NA>|NaT|inf", cell.text), f"{name}: {row.cells[0].text}"


def test_a_set_has_one_size_in_every_heading(book: Book, tables: dict[str, Table]) -> None:
    labels = {" ".join(label.split()): code for code, label in book.columns}
    sizes = {
        s.label: {code: book.denominator(s.id, code) for code, _ in book.columns} for s in book.definition.analysis_sets
    }
    seen = 0
    for name, table in tables.items():
        population = book.outputs[name].population
        for column in table.columns:
            heading = re.fullmatch(r"(.+?)\s*\(N = (\d+)\)", column.label, flags=re.DOTALL)
            label = " ".join(heading[1].split()) if heading else ""
            if heading and label in labels and population in sizes:
                seen += 1
                assert int(heading[2]) == sizes[population][labels[label]], f"{name}: {column.label}"
    assert seen > 50


def test_the_same_filter_gives_the_same_number_of_subjects(results: pd.DataFrame) -> None:
    """Denominators come from ADSL: rows N of one filter over ADSL are equal in all analyses."""
    sizes = results.loc[(results["statistic"] == "N") & (results["dataset"] == "ADSL")]
    different = sizes.groupby("filter")["value"].nunique()
    assert different.loc[different > 1].index.tolist() == []


def test_every_denominator_is_what_its_own_filter_counts(book: Book, results: pd.DataFrame) -> None:
    """The SQL that a row prints, run as it is over ADSL, gives the row's N."""
    sizes = results.loc[(results["statistic"] == "N") & (results["dataset"] == "ADSL")].drop_duplicates("filter")
    assert len(sizes) > 10
    with duckdb.connect() as base:
        base.register("ADSL", book.datasets["ADSL"])
        for row in sizes.itertuples():
            found = base.execute(f"SELECT count(DISTINCT USUBJID) FROM ADSL WHERE {row.filter}").fetchone()
            assert found == (row.value,), row.key


def test_every_filter_can_be_run_over_its_dataset(book: Book, results: pd.DataFrame) -> None:
    frames = {**book.domains, **book.datasets}
    # One of each kind: the conditions of a kind differ in their values only.
    kinds = results.loc[results["dataset"].isin(list(frames))].drop_duplicates(["analysis", "variable", "statistic"])
    used = kinds[["dataset", "filter"]].drop_duplicates()
    with duckdb.connect() as base:
        for name in used["dataset"].unique():
            base.register(name, frames[name])
        for dataset, condition in used.itertuples(index=False):
            base.execute(f"SELECT count(*) FROM {dataset} WHERE {condition}")


def test_groups_sum_to_the_total(results: pd.DataFrame) -> None:
    """Each subject is in one treatment group, so counts of subjects add up to the total column."""
    counts = results.loc[results["statistic"].isin(["n", "N"]) & results["method"].eq("count")].fillna({"level": "-"})
    parts = ["analysis", "population", "variable", "paramcd", "avisit", "level", "statistic"]
    counts = counts.fillna({"paramcd": "-", "avisit": "-"})
    of_total = counts["group"] == TOTAL
    total = counts.loc[of_total].set_index(parts)["value"]
    summed = counts.loc[~of_total].groupby(parts, dropna=False)["value"].sum()
    both = pd.concat([total.rename("total"), summed.rename("sum")], axis=1, join="inner")
    assert len(both) > 500
    wrong = both.loc[both["total"] != both["sum"]]
    assert wrong.empty, wrong.head().to_string()


def test_percentages_lie_between_0_and_100(results: pd.DataFrame) -> None:
    percent = results.loc[results["statistic"].isin(["pct", "pct_low", "pct_high"]), "value"].dropna()
    assert percent.between(0, 100).all()


@pytest.mark.parametrize("kind", ["table", "figure", "listing"])
def test_outputs_are_numbered_in_order_and_once(book: Book, kind: str) -> None:
    outputs: list[Output] = [o for o in book.outputs.values() if o.kind == kind]
    numbers = [o.number for o in outputs]
    assert numbers
    assert len(set(numbers)) == len(numbers)
    assert all(o.title and o.title[0].isupper() and not o.title.endswith(".") for o in outputs)
    assert len({o.title for o in outputs}) == len(outputs), "two outputs have the same title"


def test_every_output_names_an_analysis_set_that_exists(book: Book) -> None:
    labels = {s.label for s in book.definition.analysis_sets}
    for output in book.outputs.values():
        assert (
            not output.population
            or any(label in output.population for label in labels)
            or (output.population.startswith("All "))
        ), f"{output.id}: {output.population}"
