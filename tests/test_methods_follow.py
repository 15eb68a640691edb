"""Another test in `study.yml` changes the method's text, the table's note and the number together."""

from __future__ import annotations

import dataclasses

import pytest
from scipy import stats

from trial_report.analysis.analyse.all import analyses
from trial_report.analysis.analyse.methods_used import methods_used
from trial_report.analysis.display.book import Book
from trial_report.analysis.methods.ranks import signed_rank
from trial_report.analysis.results.rows import combine
from trial_report.analysis.trial import Trial

pytestmark = pytest.mark.requirement("REQ-311")

DECIDES = {"paired_t": "Paired t", "wilcoxon_signed_rank": "Exact Wilcoxon signed-rank"}


@pytest.fixture(scope="module")
def other(exemplar: Trial, book: Book) -> Book:
    """The exemplar with every numeric endpoint decided by the signed-rank test alone, and what rests on it analysed."""
    study = exemplar.definition
    endpoints = [
        e.model_copy(update={"test": "wilcoxon_signed_rank", "other_tests": ()}) if e.kind == "numeric" else e
        for e in study.endpoints
    ]
    changed = dataclasses.replace(exemplar, definition=study.model_copy(update={"endpoints": tuple(endpoints)}))
    wanted = [one for one in analyses() if {"sets", "eff.test"} & set(one.ids)]
    return Book(
        definition=changed.definition,
        datasets=changed.datasets,
        domains=changed.domains,
        results=combine(one.function(changed) for one in wanted).set_index("key"),
        problems=changed.problems.to_frame(),
        folder=book.folder,
        run={},
    )


def test_the_text_names_the_test_that_ran(book: Book, other: Book) -> None:
    before, after = ({one.id for one in methods_used(of.results.reset_index(), of.definition)} for of in (book, other))
    assert {"t-paired", "signed-rank"} <= before
    assert "signed-rank" in after
    deciding = other.results.loc[lambda rows: rows["analysis"] == "eff.test"]
    assert "t-paired" not in set(deciding["method"])


def test_note_and_heading_of_the_table_name_the_test_that_ran(book: Book, other: Book) -> None:
    before, after = (of.made("eff.tests") for of in (book, other))
    assert DECIDES["paired_t"] in before.basis.method
    assert DECIDES["paired_t"] not in after.basis.method
    assert DECIDES["wilcoxon_signed_rank"] in after.basis.method
    headings = {column.spanner for column in after.columns}
    assert not any(heading and heading.startswith(DECIDES["paired_t"]) for heading in headings)


def test_the_number_that_decides_is_that_of_the_test_that_ran(exemplar: Trial, book: Book, other: Book) -> None:
    endpoint = next(e for e in exemplar.definition.endpoints if e.kind == "numeric")
    visit = endpoint.visits[0]
    rows = exemplar.adbds
    flag = exemplar.definition.analysis_set(endpoint.analysis_set).flag
    one = rows.loc[
        (rows["PARAMCD"] == endpoint.paramcd) & (rows["AVISIT"] == visit) & (rows["ANL01FL"] == "Y")
        & (rows[flag] == "Y") & (rows["POSTFL"] == "Y")
    ]  # fmt: skip
    key = f"eff.test/{endpoint.analysis_set}/{endpoint.paramcd}/{visit}/TOTAL/-/p"
    assert book.value(key) == pytest.approx(
        stats.ttest_rel(one["AVAL"], one["BASE"], nan_policy="omit").pvalue, rel=1e-9
    )
    assert other.value(key) == pytest.approx(signed_rank(one["CHG"].dropna()).p, rel=1e-9)
    assert book.text(key) in {cell.text for row in book.made("eff.tests").rows for cell in row.cells}
