"""Nothing is published that was not computed: small pages and PDFs, each with one thing wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import typst

from trial_report.analysis.display.escape import html_text
from trial_report.report.cells.stamp import PREFIX, read_stamp
from trial_report.report.proof import prove
from trial_report.report.proof.numbers import wrong
from trial_report.report.proof.page import pieces
from trial_report.report.proof.pdf import MATHEMATICS, Unreadable, words
from trial_report.report.proof.words import differs
from trial_report.report.publish.manifest import study_hashes
from trial_report.report.publish.stamped import write_stamp
from trial_report.report.render import DocumentError
from trial_report.report.render.finish import printed

pytestmark = pytest.mark.requirement("REQ-216")

FONTS = Path(__file__).parents[3] / "report" / "look" / "fonts"
RESULTS = pd.DataFrame(
    [
        ("a/n", "3", 3.0),
        ("a/pct", "15.0", 15.0),
        ("a/none", "0", 0.0),
        ("b/n", "1,234", 1234.0),
        ("c/mean", None, None),
    ],
    columns=["key", "formatted", "value"],
)


def test_a_minus_that_is_written_as_a_hyphen_is_the_printed_form_and_the_same_word() -> None:
    results = pd.DataFrame([("d/mean", "−1.5", -1.5)], columns=RESULTS.columns)
    held = [*pieces(f"<p>{number(html_text('−1.5'), 'd/mean')} to −3</p>")]
    assert list(wrong(held, results)) == []
    assert differs(held, "−1.5 to -3") is None
    assert list(wrong(pieces(number("1.5", "d/mean")), results))


def number(text: str, *keys: str) -> str:
    return f'<span class="n" data-k="{"&#10;".join(keys)}">{text}</span>'


def made(source: str, keywords: str = "") -> bytes:
    head = f'#set document(title: "Report", keywords: ("one", "{keywords}"))\n#set text(font: "Source Sans 3")\n'
    found = typst.compile(f"{head}{source}".encode(), font_paths=[str(FONTS)], ignore_system_fonts=True)
    assert isinstance(found, bytes)
    return found


class Made:
    """A study, a build of it, and page and PDF that hold what it says."""

    def __init__(self, folder: Path) -> None:
        self.study, self.build, self.out = folder / "study", folder / "build", folder / "out"
        for one in (self.study / "text", self.build, self.out):
            one.mkdir(parents=True)
        (self.study / "text" / "dm.md").write_text("One.\n")
        RESULTS.to_parquet(self.build / "results.parquet")
        write_stamp(self.build, study_hashes(self.study))
        self.stamp = read_stamp(self.build)
        self.html = f"<!DOCTYPE html><body>{self.stamped()}<p>Of {number('3', 'a/n')} patients, 15.0% left.</p></body>"
        self.typst = "Of 3 patients, 15.0% left."
        self.keywords = PREFIX + self.stamp

    def stamped(self) -> str:
        return f'<div hidden data-stamp="{self.stamp}"></div>'

    def proved(self) -> None:
        (self.out / "csr.html").write_text(self.html, encoding="utf-8")
        (self.out / "csr.pdf").write_bytes(made(self.typst, self.keywords))
        prove(self.study, self.build, self.out)

    def refused(self) -> str:
        with pytest.raises(DocumentError, match="not published, and the last report stays as it was") as told:
            self.proved()
        return str(told.value)


@pytest.fixture
def report(tmp_path: Path) -> Made:
    return Made(tmp_path)


def test_what_was_computed_passes(report: Made) -> None:
    report.proved()


def test_a_changed_number_of_the_page_is_named(report: Made) -> None:
    report.html = report.html.replace(">3<", ">4<")
    assert "the number '4' is not the result 'a/n', which is '3'" in report.refused()


def test_a_changed_number_of_the_pdf_is_named(report: Made) -> None:
    report.typst = "Of 4 patients, 15.0% left."
    assert "which is the result 'a/n', and csr.pdf 'Of4patients" in report.refused()


def test_a_number_without_a_result_is_named(report: Made) -> None:
    report.html = report.html.replace("a/n", "a/m")
    assert "traced to 'a/m', and there is no such result" in report.refused()


@pytest.mark.parametrize(
    ("html", "typst"),
    [
        ("Of 3 patients, 15.0% left.</p><table><tr><td>1</td></tr></table>", "Of 3 patients, 15.0% left."),
        ("Of 3 patients, 15.0% left.", "Of 3 patients, 15.0% left.\n\nAnd more."),
        ("Of 3 patients, 15.0% left.", "Of 3 patients,"),
        ("Of 3 patients, 15.0% left.", "15.0% left. Of 3 patients,"),
        ("Of 3 patients, 15.0% left.", "Of 3 patients, 150% left."),
    ],
)
def test_words_of_one_format_only_are_refused(report: Made, html: str, typst: str) -> None:
    report.html = f"<body>{report.stamped()}<p>{html}"
    report.typst = typst
    assert "the formats say different things" in report.refused()


def test_a_page_without_a_stamp_was_not_computed(report: Made) -> None:
    report.html = report.html.replace(report.stamped(), "")
    assert "csr.html holds no stamp of a build: its cells have not been run" in report.refused()


def test_a_pdf_without_a_stamp_was_not_computed(report: Made) -> None:
    report.keywords = ""
    assert "csr.pdf holds no stamp" in report.refused()


def test_the_stamp_of_another_build_is_refused_in_both_formats(report: Made) -> None:
    page, report.html = report.html, report.html.replace(report.stamp, "0" * 64)
    assert "csr.html was made by cells that read another build" in report.refused()
    report.html, report.keywords = page, PREFIX + "0" * 64
    assert "csr.pdf was made by cells that read another build" in report.refused()


def test_a_build_without_a_stamp_is_refused(report: Made) -> None:
    (report.build / "stamp.json").unlink()
    report.refused()


def test_stamps_of_two_builds_are_refused(report: Made) -> None:
    report.html = report.html.replace("<p>", f'<div hidden data-stamp="{"0" * 64}"></div><p>')
    assert "csr.html holds the stamps of several builds" in report.refused()


def test_a_study_that_changes_meanwhile_is_told_by_file(report: Made) -> None:
    (report.study / "text" / "dm.md").write_text("Two.\n")
    assert "text/dm.md of the study was changed while the report was built" in report.refused()


def test_the_stamp_is_of_inputs_and_results_and_the_same_again(tmp_path: Path) -> None:
    one, other, third = (Made(_folder(tmp_path / name)) for name in "abc")
    assert one.stamp == other.stamp
    write_stamp(third.build, {"dm.csv": "another"})
    assert read_stamp(third.build) != one.stamp
    RESULTS.head(2).to_parquet(other.build / "results.parquet")
    (other.build / "stamp.json").unlink()
    write_stamp(other.build, study_hashes(other.study))
    assert read_stamp(other.build) != one.stamp


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("3", ["a/n"]),
        ("none", ["a/none"]),
        ("No", ["a/none"]),
        ("–", ["c/mean"]),
        ("3 (15.0)", ["a/n", "a/pct"]),
        ("3 of 1,234", ["a/n", "b/n"]),
        ("1,237", ["a/n", "b/n"]),
        ("1,\u200b234".replace("\u200b", ""), ["b/n"]),
    ],
)
def test_forms_in_which_a_result_may_be_printed(text: str, keys: list[str]) -> None:
    assert list(wrong(pieces(number(text, *keys)), RESULTS)) == []


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("none", ["a/n"]),
        ("1234", ["b/n"]),
        ("", ["a/n"]),
        ("15.0 (3)", ["a/n", "a/pct"]),
        ("13 (15.0)", ["a/n", "a/pct"]),
        ("3 (15.01)", ["a/n", "a/pct"]),
        ("0", ["c/mean"]),
    ],
)
def test_other_forms_are_wrong(text: str, keys: list[str]) -> None:
    assert len(list(wrong(pieces(number(text, *keys)), RESULTS))) == 1


@pytest.mark.parametrize(
    ("html", "typst"),
    [
        ("<p>A very long<br>line&nbsp;here</p>", "A very long \\ line~here"),
        ("“quoted” and ‘so’", "\"quoted\" and 'so'"),
        ("tiger \U0001f42f", "tiger ‹U+1F42F›"),
        ("e\u0301", "é"),
        ("a<script>b</script><style>c</style><svg><text>d</text></svg>", "a"),
        ('<nav id="TOC"><ul><li>1 One</li></ul></nav><h1>1 One</h1>', "#outline(title: none)\n= 1 One"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<p>x <math><mi>y</mi></math> z</p>", "x $y$ z"),
        ('<p title="a > b">one</p>', "one"),
        ("<p>שלום 12 abc</p>", "שלום 12 abc"),
        ("extraordinarily " * 40, "#set text(hyphenate: true, lang: \"en\")\n#set par(justify: true)\n"
         + "extraordinarily " * 40),
    ],
)  # fmt: skip
def test_formats_that_say_the_same(html: str, typst: str) -> None:
    assert differs(pieces(f"<body>{html}</body>"), words(made(typst))) is None


def test_page_numbers_of_a_list_are_of_print() -> None:
    page = '<nav class="csr-list"><ol><li>Table 1 Dose 2</li><li>Table 2 Age</li></ol></nav><h1>4 Ethics</h1>'
    assert differs(pieces(page), "Table 1 Dose 217\nTable 2 Age\n18\n4 Ethics") is None
    assert differs(pieces(page), "Table 1 Dose 217\nTable 2 Sex\n18\n4 Ethics") is not None
    assert differs(pieces(page), "Table 1 Dose 2\nTable 2 Age\n18\n4 Ethics") is not None


def test_letters_from_right_to_left_may_be_turned_but_not_changed() -> None:
    page = list(pieces("<p>Site שלום 12, Haifa</p>"))
    assert differs(page, "Site 12 םולש, Haifa") is None
    assert differs(page, "Site 13 םולש, Haifa") is not None
    assert differs(list(pieces("<p>Site 12, Haifa</p>")), "Site 21, Haifa") is not None


def test_headings_that_repeat_headers_and_drawings_are_no_words() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">svg</text></svg>'
    rows = "".join(f"[{n}], " for n in range(200))
    drawing = drawing.replace('"', '\\"')
    source = (
        "#set page(header: [running head], footer: [foot], height: 5cm)\n"
        f"#table(table.header([Head]), {rows} table.footer([Note]))\n"
        f'#image(bytes("{drawing}"), alt: "a) (b")'
    )
    assert words(made(source)).split() == ["Head", *map(str, range(200)), "Note"]


def test_glyphs_in_brackets_formulas_and_ligatures_are_read() -> None:
    text = "Hillhhh (iii (a)) \\\\ fi ffl ((("
    found = words(made(f'#"{text}"\n\n$x^2$ then'))
    assert re.sub(r"\s", "", found) == re.sub(r"\s", "", text.replace("\\\\", "\\")) + MATHEMATICS + "then"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nstartxref\n0\n%%EOF", b"no PDF"])
def test_what_typst_did_not_write_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        words(content)


def test_a_pdf_without_tags_is_refused() -> None:
    found = typst.compile(b"Words", font_paths=[str(FONTS)], ignore_system_fonts=True)
    assert isinstance(found, bytes)
    with pytest.raises(Unreadable, match="StructTreeRoot"):
        words(found.replace(b"/StructTreeRoot", b"/StructTreeRooT"))


def _volume(report: Made, name: str, html: str, source: str) -> None:
    page = f"<!DOCTYPE html><body>{report.stamped()}{html}</body>"
    (report.out / f"{name}.html").write_text(page, encoding="utf-8")
    (report.out / f"{name}.pdf").write_bytes(printed(made(source, report.keywords), ("csr.pdf", "csr-tables.pdf")))


def _prove_two(report: Made, words: str = "Two.", goal: str = "b", place: str = "b") -> None:
    _volume(
        report, "csr", f'<p>One. <a href="csr-tables.html#{goal}">More</a></p>',
        f'One. #link("csr-tables.pdf#{place}")[More]',
    )  # fmt: skip
    _volume(report, "csr-tables", '<h1 id="b">Tables</h1><p>Two.</p>', f"= Tables <b>\n{words}")
    prove(report.study, report.build, report.out, ("csr", "csr-tables"))


def test_volumes_that_say_the_same_and_lead_into_each_other_pass(report: Made) -> None:
    _prove_two(report)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"words": "Three."}, "csr-tables.html 'Tables Two.' and csr-tables.pdf"),
        ({"goal": "c"}, "csr.html leads to 'c' of csr-tables.html, which is not there"),
        ({"place": "c"}, "csr.pdf leads to 'c' of csr-tables.pdf, which is not there"),
    ],
)
def test_what_is_wrong_in_any_volume_is_refused(report: Made, wrong: dict[str, str], said: str) -> None:
    with pytest.raises(DocumentError, match="not published") as told:
        _prove_two(report, **wrong)
    assert said in str(told.value)


def test_a_volume_of_another_build_is_refused(report: Made) -> None:
    report.keywords = PREFIX + "0" * 64
    with pytest.raises(DocumentError, match="was made by cells that read another build"):
        _prove_two(report)
