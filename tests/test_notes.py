"""Every display of the exemplar says under it what it stands on, in both formats, as its rows and ADSL have it."""

from __future__ import annotations

import html
import re

import duckdb
import pytest

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.escape import MINUS
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.table import Table
from trial_report.analysis.methods.methods import METHODS
from trial_report.report.cells import displays
from trial_report.report.cells.pieces import Block

pytestmark = pytest.mark.requirement("REQ-316", "REQ-313")

SIZE = re.compile(r"([^:;.]+?(?:\([^)]*\))?), N = (\d+)")
NOTES = re.compile(r'<div class="notes">(.*)</div></figure>', re.DOTALL)
ABOVE = re.compile(r'<span class="pop">(.*?)</span></figcaption>', re.DOTALL)
KEYED = re.compile(r'<span class="n" data-k="([^"]*)">([^<]*)</span>')


@pytest.fixture(scope="module")
def shown(book: Book) -> dict[str, Block]:
    """Every display, rendered. The profiles of patients are made alike: the first one stands for all."""
    profiles = [name for name in book.outputs if name.startswith("fig.patient")]
    names = [name for name in book.outputs if name not in profiles[1:]]
    with pytest.MonkeyPatch.context() as patch:
        # What is drawn says nothing here, and takes most of the time.
        patch.setattr(displays, "svg_text", lambda figure: "<svg ></svg>")
        return {name: displays.display(book.outputs[name], book.made(name)) for name in names}


def notes_of(block: Block) -> tuple[str, str]:
    """The notes as a reader has them, of the page and of the printed report."""
    found = NOTES.search(block.html)
    assert found
    above = ABOVE.search(block.html)
    said = f"{above[1] if above else ''} {found[1]}".replace(MINUS, "−").replace("</span>", "")
    page = html.unescape(re.sub(r"<[^>]+>", " ", said.replace('<span class="n"', "<b")))
    first = re.search(r'population: "((?:[^"\\]|\\.)*)"', block.typst)
    printed = f"{first[1] if first else ''} " + block.typst[block.typst.rindex("csr-notes(") :].replace('\\"', '"')
    return " ".join(page.split()), " ".join(printed.replace("\\u{a0}", " ").split())


def test_every_display_says_whom_it_counts_how_and_which_records(book: Book, shown: dict[str, Block]) -> None:
    names = {method.name for method in METHODS.values()}
    for name, block in shown.items():
        output, made = book.outputs[name], book.made(name)
        for note in notes_of(block):
            in_text = "-" in output.number
            if in_text:  # the text names data alone; the index of all displays has its program
                assert "Program: " not in note, name
                assert (f"Source: {', '.join(made.basis.data)}" in note) or not made.basis.data, name
            else:
                assert f"Output: {name}" in note, name
                assert f"Program: {output.program}" in note, name
            if output.nobody:
                assert f"{output.nobody}." in note, name
                continue
            rows = isinstance(made, Figure) or made.rows
            if made.basis.sizes and rows:
                assert re.search(r"[\w)], N = ?", note), f"{name}: {note}"
            # Where records are shown as they are, and all of them, there is neither; nor is there in a sentence.
            for what, said in (("Method", made.basis.method), ("Filter", made.basis.filter)):
                assert (f"{what}: {said}." in note) == bool(said and rows), f"{name}: {note}"
                assert f"{what}: ." not in note, f"{name}: {note}"
            if in_text:
                continue
            assert "Data: " in note, name
            keys = made.keys if isinstance(made, Figure) else made.keys()
            assert ("Results: " in note) == bool(keys), f"{name}: {note}"
        if made.basis.method and not output.nobody:
            assert set(made.basis.method.split("; ")) <= names, f"{name}: {made.basis.method}"


def test_the_filters_of_displays_are_words(book: Book) -> None:
    for name in book.outputs:
        assert not re.search(r"\b[A-Z0-9]{3,}FL\b|IS NOT NULL|SELECT| = '", book.made(name).basis.filter), name


def test_n_of_every_note_is_what_the_data_count(book: Book, shown: dict[str, Block]) -> None:
    """The set's flag in ADSL, and the filters of the rows that N is, run over their datasets, give the N printed."""
    adsl = book.datasets["ADSL"]
    flags = {one.label: one.flag for one in book.definition.analysis_sets}
    counted = 0
    with duckdb.connect() as base:
        for dataset, frame in book.datasets.items():
            base.register(dataset, frame)
        for name in shown:
            for size in book.made(name).basis.sizes:
                counted += 1
                if size.label in flags:
                    assert int(size.n) == int((adsl[flags[size.label]] == "Y").sum()), f"{name}: {size}"
                rows = [book.row(key) for key in size.keys]
                asked = {(row["dataset"], row["filter"]) for row in rows if row["dataset"] in book.datasets}
                sql = "SELECT count(DISTINCT USUBJID) FROM {} WHERE {}"
                found = [base.execute(sql.format(*one)).fetchall() for one in asked]
                assert sum(one[0][0] for one in found) == int(size.n), f"{name}: {size}"
    assert counted > 60


def test_every_n_that_any_display_prints_is_what_its_filter_counts(book: Book) -> None:
    """N of headings, of notes, of rows and of drawings: the row's own SQL, over its dataset, finds as many subjects."""
    keys: dict[str, None] = {}
    counted = 0
    for name in book.outputs:
        made = book.made(name)
        drawn = made.keys if isinstance(made, Figure) else (*made.keys(), *made.size_keys())
        noted = [key for size in made.basis.sizes for key in size.keys]
        own = dict.fromkeys(key for key in (*drawn, *noted) if key.endswith("/N"))
        counted += bool(own)
        keys |= own
    rows = book.results.loc[list(keys)]
    assert len(rows) > 80
    assert counted > 80
    frames = {**book.domains, **book.datasets}
    with duckdb.connect() as base:
        for dataset in {"ADSL", *rows["dataset"]}:
            base.register(dataset, frames[dataset])
        for dataset, condition in rows[["dataset", "filter"]].drop_duplicates().itertuples(index=False):
            sql = f"SELECT count(DISTINCT USUBJID) FROM {dataset} WHERE {condition}"
            [(found,)] = base.execute(sql).fetchall()
            printed = rows.loc[(rows["dataset"] == dataset) & (rows["filter"] == condition), ["value", "formatted"]]
            assert set(printed["value"]) == {found}, f"{dataset}: {condition}"
            assert set(printed["formatted"]) == {str(found)}, f"{dataset}: {condition}"


def test_n_of_every_note_and_heading_is_traced_to_its_row(book: Book, shown: dict[str, Block]) -> None:
    headings = 0
    for name, block in shown.items():
        above = ABOVE.search(block.html)
        noted = f"{above[1] if above else ''}{NOTES.search(block.html)[1]}"  # type: ignore[index]
        for keys, text in KEYED.findall(noted.replace(MINUS, "−")):
            # N of a figure without a total is that of its groups together.
            own = [book.text(key) for key in html.unescape(keys).split("\n")]
            assert text == (own[0] if len(own) == 1 else str(sum(map(int, own)))), f"{name}: {keys}"
        head = re.search(r"<thead>.*?</thead>", block.html, re.DOTALL)
        if not head:
            continue
        plain = re.findall(r"\(N = (?!<span)", head[0])
        assert not plain, f"{name}: the N of a heading leads to no row"
        for keys, text in KEYED.findall(head[0]):
            headings += 1
            assert text == book.text(html.unescape(keys)), f"{name}: {keys}"
    assert headings > 150


def test_the_filter_of_a_listing_selects_the_records_that_it_lists(book: Book, shown: dict[str, Block]) -> None:
    """Listings show as many records as their SQL finds among the subjects of their set."""
    by_record = ("lst.discontinued", "lst.screening", "lst.deviations", "lst.visits", "lst.unused", "lst.demographics",
                 "lst.mh", "lst.cm", "lst.exposure", "lst.ae", "lst.sae", "lst.lab.abnormal")  # fmt: skip
    sets = {one.label: one.flag for one in book.definition.analysis_sets}
    frames = {**book.domains, **book.datasets}
    with duckdb.connect() as base:
        for name in by_record:
            made, flag = book.made(name), sets.get(book.outputs[name].population)
            assert made.reads
            dataset = made.reads.datasets[0]
            base.register(dataset, frames[dataset])
            base.register("ADSL", frames["ADSL"])
            member = f"SELECT USUBJID FROM ADSL WHERE {flag} = 'Y'" if flag else "SELECT USUBJID FROM ADSL"
            sql = f"SELECT count(*) FROM {dataset} WHERE ({made.reads.filter}) AND USUBJID IN ({member})"
            assert base.execute(sql).fetchall() == [(records(made),)], name


def records(listing: Table) -> int:
    """How many records a listing shows: a row may stand for several that say the same, or hold several values."""
    last = [row.cells[-1].text for row in listing.rows]
    if listing.columns[-1].id == "RECORDS":
        return sum(int(text) for text in last)
    return sum(text.count("; ") + 1 for text in last) if listing.columns[-1].id == "VALUES" else len(last)
