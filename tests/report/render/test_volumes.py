"""A report in volumes: each section stands in one of them, links lead into the others, page and PDF say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pymupdf
import pytest

from trial_report.analysis.display.escape import html_text, typst_text
from trial_report.report.cells import kit
from trial_report.report.cells.displays import framed, text_line
from trial_report.report.cells.pieces import Block, paragraph
from trial_report.report.proof.page import pieces
from trial_report.report.proof.pdf import words as words_of_pdf
from trial_report.report.proof.words import differs
from trial_report.report.render import DocumentError
from trial_report.report.render.beside import destinations, leads
from trial_report.report.render.binding import Part, cut_into
from trial_report.report.render.document import Document
from trial_report.report.render.embedded import options_of, set_all, to_html, to_typst
from trial_report.report.render.finish import finish
from trial_report.report.render.volumes import LONG, Volumes, unmarked, would_be
from trial_report.schemas.study.volumes import Volume

pytestmark = pytest.mark.requirement("REQ-1301")

FOUR = tuple(Volume(id=name) for name in ("listings", "profiles", "statistics", "tables"))

HOSTILE = '\x02end\t0\t\t\x02 <a href="#o-tab.far">x</a> <h3>y</h3>\n#heading(level: 3, "z")\n=== w\n<sec-w>'
"""Text of data that looks like what is looked for."""


def shown(kind: str, name: str, number: str, title: str, landscape: bool = False, rows: int | None = 1) -> str:
    table = Block(
        f"<table><thead><tr><th>Patient</th></tr></thead><tbody><tr><td>{name}</td></tr></tbody></table>",
        f"table(columns: 1, table.header[Patient], {typst_text(name)})",
    )
    return framed(kind, name, number, title, text_line(""), landscape, True, table, rows=rows)._repr_markdown_()


def link(name: str, words: str) -> str:
    """As `kit.ref` gives one, of which the registry knows."""
    inline = kit.Inline(
        f'<a class="ref" href="#o-{name}">{words}</a>', f"#csr-ref({typst_text(name)}, {typst_text(words)});"
    )
    return inline._repr_markdown_()


def document(rows: int = 1) -> str:
    """A report of a few lines with all that volumes are made of."""
    title = kit.title_page(
        title="A <trial>", header=("P-1", "1.0"), footer="Synthetic data", facts=[("Protocol", "P-1")],
        statements=["Signed once."], notice="Synthetic data.", cutoff="2024-01-31",
    )  # fmt: skip
    return "\n\n".join(
        [
            title._repr_markdown_(),
            "# 3 Contents {#sec-contents}",
            kit.contents()._repr_markdown_(),
            *(
                f"## List of {kind}s {{#sec-list-of-{kind}s}}\n\n{kit.list_of(kind)._repr_markdown_()}"
                for kind in ("table", "listing")
            ),
            "# 12 Safety {#sec-safety}",
            f"All events are in {link('lst.ae', 'Listing 16.2.7.1')}, methods in [Section 16.1.9](#sec-methods).[^1]",
            f"{link('lst.ae', 'Listing 16.2.7.1')} and [Section 16.2.7](#sec-events), "
            f"{link('tab.far', 'Table 14.3.1.2')}.",
            "[^1]: A note of the report.",
            shown("table", "tab.in-text", "14.3.1.1", "Overview"),
            "# 14 Tables {#sec-tables}",
            shown("table", "tab.far", "14.3.1.2", "By class & term"),
            "# 15 References {#sec-references}",
            paragraph("None.")._repr_markdown_(),
            "# 16 Appendices {#sec-appendices}\n\n## 16.1 Study information {#sec-information}\n\nNot provided.",
            "### 16.1.9 Documentation of statistical methods {#sec-methods}",
            "The safety is in [Section 12](#sec-safety).[^2]",
            "[^2]: A note of the methods.",
            "### 16.1.10 Laboratories {#sec-laboratories}\n\nNot applicable.",
            "::: {.landscape}\n\n## 16.2 Patient data listings {#sec-listings}\n\n### 16.2.7 Events {#sec-events}",
            paragraph(HOSTILE)._repr_markdown_(),
            shown("listing", "lst.ae", "16.2.7.1", "Adverse events", landscape=True, rows=rows),
            ":::",
            "### 16.2.9 Patient profiles {#sec-profiles}",
            shown("figure", "fig.profile", "16.2.9.1", "Profile", rows=None),
        ]
    )


@dataclass
class Bound:
    """The volumes of a report, finished and set."""

    parts: list[Part]
    pages: dict[str, str]
    pdfs: dict[str, bytes]

    def text(self, name: str) -> str:
        return " ".join("".join(one.get_text() for one in pymupdf.open(stream=self.pdfs[name])).split())


def written(volumes: Volumes, rows: int = 1) -> list[Part]:
    options = [*volumes.options(), *options_of(Document({}, []), None)]
    return cut_into("csr", to_html(document(rows), options), to_typst(document(rows), options), volumes)


def bound(volumes: Volumes, folder: Path) -> Bound:
    parts = written(volumes)
    set_all(parts, folder)
    pages = {part.name: finish(part.page, part.elsewhere) for part in parts}
    return Bound(parts, pages, {part.name: (folder / f"{part.name}.pdf").read_bytes() for part in parts})


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Bound:
    return bound(Volumes(FOUR), tmp_path_factory.mktemp("four"))


NAMES = ["csr", "csr-tables", "csr-statistics", "csr-listings", "csr-profiles"]


def test_volumes_come_in_the_order_of_their_sections(four: Bound) -> None:
    assert [part.name for part in four.parts] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_page_and_pdf_of_each_volume_say_the_same(four: Bound, name: str) -> None:
    assert differs(pieces(four.pages[name]), words_of_pdf(four.pdfs[name])) is None


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("csr", ["o-tab.in-text", "sec-information", "sec-laboratories"]),
        ("csr-tables", ["o-tab.far", "sec-tables"]),
        ("csr-statistics", ["sec-methods"]),
        ("csr-listings", ["sec-listings", "sec-events", "o-lst.ae"]),
        ("csr-profiles", ["sec-profiles", "o-fig.profile"]),
    ],
)
def test_what_a_report_holds_stands_in_one_volume(four: Bound, name: str, holds: list[str]) -> None:
    for one in holds:
        assert [there for there, page in four.pages.items() if f'id="{one}"' in page] == [name]


def test_each_volume_says_which_it_is_and_that_data_are_simulated(four: Bound) -> None:
    for number, name in enumerate(NAMES, 1):
        text = four.text(name)
        assert f"Volume {number} of 5: " in text
        assert f"Volume {number}, page 1 of " in text
        pages = pymupdf.open(stream=four.pdfs[name])
        assert all("Synthetic data" in page.get_text() for page in pages)
        assert pages.metadata["title"].startswith(f"A <trial> – Volume {number}: ")
        assert f"<title>A &lt;trial&gt; – Volume {number}: " in four.pages[name]
        assert ("Signed once." in text) is (number == 1)


def test_a_reference_names_the_volume_and_leads_into_it(four: Bound) -> None:
    assert "All events are in Listing 16.2.7.1 (Volume 4), methods in Section 16.1.9 (Volume 3)." in four.text("csr")
    assert '<a class="ref" href="csr-listings.html#o-lst.ae">Listing 16.2.7.1</a> (Volume\u00a04)' in four.pages["csr"]
    assert ("csr-listings.pdf", "d-o-lst.ae") in leads(four.pdfs["csr"])
    assert ("csr-statistics.pdf", "sec-methods") in leads(four.pdfs["csr"])
    assert leads(four.pdfs["csr-statistics"]) >= {("csr.pdf", "sec-safety"), ("csr-tables.pdf", "")}


def test_a_volume_is_named_once_in_a_paragraph(four: Bound) -> None:
    assert "Listing 16.2.7.1 (Volume 4) and Section 16.2.7, Table 14.3.1.2 (Volume 2)." in four.text("csr")


def test_every_link_into_another_pdf_leads_to_a_place_that_is_there(four: Bound) -> None:
    for pdf in four.pdfs.values():
        for file, name in leads(pdf):
            assert not name or name in destinations(four.pdfs[file.removesuffix(".pdf")])
        assert all(
            ".pdf" not in (one.get("uri") or "") for page in pymupdf.open(stream=pdf) for one in page.get_links()
        )


def test_the_lists_of_the_report_name_volume_and_page_of_what_others_show(four: Bound) -> None:
    places = destinations(four.pdfs["csr-tables"])
    assert f"Table 14.3.1.2 By class & term Volume 2 {places['d-o-tab.far']}" in re.sub(
        r"(?:\. )+", "", four.text("csr")
    )
    words = '<span class="num">Table 14.3.1.2</span> By class &amp; term <span class="volume">Volume 2</span>'
    item = f'<li><a href="csr-tables.html#o-tab.far">{words}</a></li>'
    assert item in four.pages["csr"]
    assert "Adverse events" in four.pages["csr-listings"].split('class="csr-list"', 1)[1].split("</nav>", 1)[0]


def test_where_a_section_was_taken_out_the_report_says_where_it_is(four: Bound) -> None:
    said = "16.2 Patient data listings Volume 4 of this report, Patient data listings, holds this section."
    assert said in four.text("csr")
    assert "16.2.9 Patient profiles Volume 5 of this report" in four.text("csr-listings")
    assert "16.2.9 Patient profiles" not in four.text("csr")


def test_a_footnote_stands_in_the_volume_of_what_it_is_about(four: Bound) -> None:
    assert "A note of the report." in four.pages["csr"]
    assert "A note of the methods." not in four.pages["csr"]
    assert "A note of the methods." in four.pages["csr-statistics"]


def test_sections_of_a_volume_stand_below_nothing(four: Bound) -> None:
    levels = [entry[:2] for entry in pymupdf.open(stream=four.pdfs["csr-listings"]).get_toc()]
    assert [1, "16.2 Patient data listings"] in levels
    assert [2, "16.2.7 Events"] in levels
    assert '<h1 id="sec-profiles">16.2.9 Patient profiles</h1>' in four.pages["csr-profiles"]
    assert '<h2 id="sec-listings-volume">16.2 Patient data listings</h2>' in four.pages["csr"]


def test_text_of_data_that_looks_like_a_mark_link_or_heading_stays_text(four: Bound) -> None:
    text = "".join(one.text for one in pieces(four.pages["csr-listings"]))
    assert '<a href="#o-tab.far">x</a> <h3>y</h3>#heading(level: 3, "z")=== w<sec-w>' in text
    assert "‹U+0002›end" in text


def test_listings_are_turned_in_their_volume_too(four: Bound) -> None:
    assert max(page.rect.width for page in pymupdf.open(stream=four.pdfs["csr-listings"])) > 800
    assert max(page.rect.width for page in pymupdf.open(stream=four.pdfs["csr"])) < 600


def test_nothing_is_lost_between_volumes(four: Bound) -> None:
    whole = to_html(document(), options_of(Document({}, []), None))
    volume = re.compile(r" \(Volume\u00a0\d\)")
    said = {volume.sub("", one.text).strip() for page in four.pages.values() for one in pieces(page)}
    assert [one.text for one in pieces(whole) if one.text.strip() not in said] == []


def test_a_short_report_is_one_file_as_if_nothing_had_been_marked() -> None:
    (one,) = written(Volumes())
    assert one == Part("csr", *(unmarked(text) for text in (one.page, one.source)))
    options = options_of(Document({}, []), None)
    assert "".join(one.page.split()) == "".join(to_html(document(), options).split())
    assert "".join(one.source.split()) == "".join(to_typst(document(), options).split())


def test_a_long_report_is_volumes_and_short_profiles_stay_with_the_listings() -> None:
    assert [part.name for part in written(Volumes(), LONG + 1)] == ["csr", "csr-statistics", "csr-listings"]
    assert len(written(Volumes(()), LONG + 1)) == 1


def test_a_volume_of_a_section_that_is_not_there_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"study\.yml: volumes\.genetics: the report has no section 16\.4"):
        written(Volumes((Volume(id="genetics", title="Genetics", sections=("16.4",)),)))


def test_a_report_without_a_title_page_has_no_volumes() -> None:
    options = [*Volumes(FOUR).options(), *options_of(Document({}, []), None)]
    page, source = (made("# 14 Tables", options) for made in (to_html, to_typst))
    assert len(cut_into("csr", page, source, Volumes())) == 1
    with pytest.raises(DocumentError, match="begins with no title page"):
        cut_into("csr", page, source, Volumes(FOUR))


def test_a_volume_of_ones_own_takes_what_is_below_its_section() -> None:
    own = Volumes((Volume(id="events", title="Events", sections=("16.2.7",)),))
    report, events = written(own)
    assert 'id="o-lst.ae"' in events.page
    assert 'id="sec-listings"' in report.page
    assert html_text("Volume 2 of this report, Events, holds this section.") in report.page


def test_of_a_page_in_one_file_it_is_known_whether_it_would_be_volumes() -> None:
    pages = [to_html(document(rows), options_of(Document({}, []), None)) for rows in (1, LONG + 1)]
    assert [would_be(Volumes(), page) for page in pages] == [False, True]
    assert [would_be(Volumes(asked), pages[1]) for asked in ((), FOUR)] == [False, True]
