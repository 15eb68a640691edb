"""Tables in a browser: search, sort, filters, patients, downloads, packed rows that are drawn where one looks."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from tests.browser import browser
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.packed import FIRST, MANY
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.report.cells.displays import display
from trial_report.report.publish.traced import script, traced
from trial_report.report.render.finish import LOOK, finish
from trial_report.report.render.policy import guarded

pytestmark = pytest.mark.requirement("REQ-214", "REQ-405")

EVENTS = [("A-01", "Rash", "−5", "2021-03-01", "MILD"), ("A-02", "=1+2", "1,234", "2021-02-01", "SEVERE"),
          ("A-03", "<b>Pain</b>", "12.50", "2021-01-01", "MILD")]  # fmt: skip
LINES = 3 * MANY
PATIENTS = 100


def output(name: str, number: str, kind: Any) -> Output:
    return Output(id=name, number=number, kind=kind, title=f"Title of {name}", population="", make=lambda book: None)  # type: ignore[arg-type, return-value]


def listings() -> list[tuple[Output, Table]]:
    columns = [
        Column("USUBJID", "Patient"),
        Column("TERM", "Event"),
        Column("VALUE", "Value", "right", spanner="Measured"),
        Column("DATE", "Date", spanner="Measured"),
        Column("GRADE", "Severity"),
    ]
    rows = [Row(tuple(map(Cell, EVENTS[n % 3]))) for n in range(30)]
    people = [Row((Cell(f"P-{n:03d}"), Cell("F"))) for n in range(PATIENTS)]
    values = [
        Row(
            (Cell(f"Test {n % 60}"), Cell(f"−{n}.5" if n % 2 else str(n))),
            f"P-{n * PATIENTS // LINES:03d}, Low, 60 years",
        )
        for n in range(LINES)
    ]
    classes = [Row((Cell("Class", bold=True), Cell("9")))]
    classes += [Row((Cell(f"Term {n}", indent=1), Cell(str(n), keys=("a/n",)))) for n in range(30)]
    cells = [Row((Cell(f"{n}."), Cell(text))) for n, text in enumerate((*HOSTILE, *PLAIN) * 2)]
    return [
        (output("events", "16.1", "listing"), Table.build(columns, rows)),
        (output("cells", "16.4", "listing"), Table.build([Column("N", "Number"), Column("CELL", "Cell")], cells)),
        (
            output("people", "16.2", "listing"),
            Table.build([Column("USUBJID", "Patient"), Column("SEX", "Sex")], people),
        ),
        (
            output("values", "16.3", "listing"),
            Table.build([Column("TEST", "Test"), Column("V", "Value", "right")], values),
        ),
        (output("terms", "14.1", "table"), Table.build([Column("TERM", "Term"), Column("N", "N", "right")], classes)),
    ]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shown = "\n".join(display(*one).html for one in listings())
    # Nothing of these numbers is asked for: the trace itself has its own test.
    shown = shown.replace(' class="n" data-k="a/n"', "")
    page = (LOOK / "csr.html").read_text(encoding="utf-8").replace("$body$", f'<h1 id="s">14 Tables</h1>{shown}')
    page = page.replace("$if(lang)$$lang$$else$en$endif$", "en").replace("$pagetitle$", "x").replace("$toc$", "")
    found = tmp_path_factory.mktemp("page") / "page.html"
    found.write_text(guarded(traced(finish(page), Path()), script()), encoding="utf-8")
    return found


TOOLS = """
  const figure = (name) => document.getElementById("o-" + name), saved = [];
  const rows = (name) => [...figure(name).querySelectorAll("tbody tr")].map((row) => row.innerText.trim());
  const called = (one, words) => one.textContent === words || one.getAttribute("aria-label") === words;
  const press = (name, words) => [...figure(name).querySelectorAll("button")].find((one) => called(one, words)).click();
  const type = (input, text) => { input.value = text; input.dispatchEvent(new Event("input")); };
  const begin = async (name) => {
    figure(name).scrollIntoView(); figure(name).querySelector(".tools button").click();
    await until(() => /row/.test(figure(name).querySelector(".said").textContent));
  };
  URL.createObjectURL = (blob) => { saved.push(blob); return "blob:none"; };
  HTMLAnchorElement.prototype.click = function () {};
  navigator.clipboard.writeText = async (text) => { saved.push(text); };
"""


@pytest.fixture(scope="module")
def seen(path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with browser(tmp_path_factory.mktemp("browser")) as shown:
        shown.open(path)
        found: dict[str, Any] = {"events": shown.ask(TOOLS + EVENTS_ASKED)}
        found["terms"] = shown.ask(TOOLS + TERMS_ASKED)
        found["values"] = shown.ask(TOOLS + VALUES_ASKED)
        found["patient"] = shown.ask(TOOLS + PATIENT_ASKED)
        found["cells"] = shown.ask(TOOLS + CELLS_ASKED)
        shown.open(path)
        found["print"] = shown.ask(TOOLS + PRINT_ASKED)
        found["errors"] = shown.errors
    return found


HOSTILE = [
    "=1+1",
    " =1",
    "\ufeff=1",
    "\u200b@SUM(1)",
    "＝1",
    "＋1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "−2+3",
    "%0A=1",
    "|x",
    "\t=1",
]
PLAIN = ["-5", "−5.20", "+0.5", "1,234", "Rash", "a=b", "'x"]
CELLS_ASKED = """
  await begin("cells");
  press("cells", "Copy"); await until(() => saved.length);
  return saved[0].split("\\n").slice(1).map((row) => row.split("\\t")[1]);
"""
EVENTS_ASKED = """
  const seen = {};
  await begin("events");
  const search = figure("events").querySelector("input[type=search]");
  type(search, "rash -5"); await until(() => rows("events").length < 30);
  seen.found = rows("events");
  seen.said = figure("events").querySelector(".said").textContent;
  press("events", "Reset"); await rest(40);
  press("events", "Sort by Measured: Value"); await rest(40);
  seen.sorted = [...new Set(rows("events").map((row) => row.split("\\t")[2]))];
  seen.how = figure("events").querySelector("[aria-sort]").getAttribute("aria-sort");
  press("events", "Sort by Measured: Value"); await rest(40);
  seen.down = rows("events")[0].split("\\t")[2];
  press("events", "Filter columns"); await rest(40);
  const filters = [...figure("events").querySelectorAll(".filters :is(input, select)")];
  seen.filters = filters.map((one) => one.tagName + " " + one.getAttribute("aria-label"));
  type(filters[3], ">2021-01-15"); await until(() => rows("events").length < 30);
  seen.dates = [...new Set(rows("events").filter((row) => /^A/.test(row)).map((row) => row.split("\\t")[3]))].sort();
  filters[4].selectedIndex = 1; filters[4].dispatchEvent(new Event("input")); await rest(40);
  seen.both = [...new Set(rows("events").filter((row) => /^A/.test(row)).map((row) => row.split("\\t")[1]))];
  press("events", "Reset"); await rest(40);
  press("events", "Copy"); await rest(40);
  press("events", "Download as CSV"); await rest(40);
  press("events", "Download as XLSX"); await until(() => saved.length > 2);
  seen.copied = saved[0].split("\\n").slice(0, 4);
  seen.csv = await saved[1].text();
  seen.zip = new TextDecoder().decode((await saved[2].arrayBuffer()).slice(0, 2));
  seen.markup = figure("events").querySelectorAll("td b").length;
  return seen;
"""
TERMS_ASKED = """
  const seen = {};
  await begin("terms");
  type(figure("terms").querySelector("input[type=search]"), "term 27"); await until(() => rows("terms").length < 9);
  seen.found = rows("terms");
  press("terms", "Reset"); await rest(40);
  press("terms", "Sort by N"); press("terms", "Sort by N"); await rest(40);
  seen.sorted = rows("terms").slice(0, 2);
  press("terms", "Sort by N"); await rest(40);
  seen.again = rows("terms").slice(0, 2);
  return seen;
"""
VALUES_ASKED = """
  const seen = {}, box = figure("values").querySelector(".scroll"), table = box.querySelector("table");
  figure("values").scrollIntoView(); await until(() => table.matches(".windowed")); await rest(50);
  seen.drawn = table.rows.length;
  seen.count = table.getAttribute("aria-rowcount");
  box.scrollTop = box.scrollHeight; await rest(100);
  seen.last = [...table.rows].filter((row) => row.innerText.trim()).pop().innerText;
  seen.end = Math.abs(box.scrollTop + box.clientHeight - box.scrollHeight) < 2;
  const middle = box.scrollHeight / 2;
  box.scrollTop = middle; await rest(100);
  const frame = box.getBoundingClientRect(), bodies = [...table.tBodies].filter((one) => !one.matches(".space"));
  seen.covered = bodies[0].getBoundingClientRect().top <= frame.top
    && bodies.at(-1).getBoundingClientRect().bottom >= Math.min(frame.bottom, innerHeight);
  figure("values").querySelector(".tools button").click(); await rest(50);
  type(figure("values").querySelector("input[type=search]"), "P-050 -3001.5");
  await until(() => rows("values").length < 9);
  seen.found = rows("values");
  seen.minus = figure("values").querySelectorAll("td .minus").length;
  return seen;
"""
PATIENT_ASKED = """
  const seen = {};
  figure("people").querySelectorAll("tbody th")[50].click(); await until(() => document.querySelector("dialog[open]"));
  const dialog = document.querySelector("dialog[open]");
  seen.title = dialog.querySelector("h2").textContent;
  seen.parts = [...dialog.querySelectorAll("h3")].map((one) => one.textContent);
  seen.rows = [...dialog.querySelectorAll("table")].map((one) => one.tBodies[0].rows.length);
  seen.names = [...dialog.querySelectorAll("table")].map((one) => one.getAttribute("aria-label"));
  const link = dialog.querySelector('a[href="#o-values"]');
  link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  await until(() => location.hash);
  seen.left = !document.querySelector("dialog[open]") && location.hash;
  return seen;
"""
PRINT_ASKED = """
  figure("values").scrollIntoView(); await until(() => figure("values").querySelector(".windowed"));
  const seen = { before: figure("values").querySelectorAll("tbody td").length };
  dispatchEvent(new Event("beforeprint"));
  const body = [...figure("values").querySelectorAll("tbody tr:not(.g)")];
  seen.rows = body.length;
  seen.groups = figure("values").querySelectorAll("tbody tr.g").length;
  seen.last = body.at(-1).innerText;
  dispatchEvent(new Event("afterprint")); await rest(50);
  seen.after = figure("values").querySelectorAll("tbody td").length;
  return seen;
"""


def test_no_cell_on_the_clipboard_begins_a_formula(seen: dict[str, Any]) -> None:
    hostile, plain = seen["cells"][: len(HOSTILE)], seen["cells"][len(HOSTILE) : len(HOSTILE) + len(PLAIN)]
    # An apostrophe before them; a sign that is not seen is written out by the page.
    assert {cell[:1] for cell in hostile} == {"'", "‹"}, hostile
    assert [cell for cell in hostile if cell[:1] == "‹"] == ["‹U+FEFF›=1", "‹U+200B›@SUM(1)"]
    # Numbers stay numbers, and what no spreadsheet runs stays as it is.
    assert plain == ["-5", "-5.20", "+0.5", "1234", "Rash", "a=b", "'x"]


def test_a_listing_is_searched_sorted_and_filtered(seen: dict[str, Any]) -> None:
    events = seen["events"]
    assert len(events["found"]) == 10
    assert events["said"] == "10 of 30 rows"
    assert [text.replace("−", "-") for text in events["sorted"]] == ["-5", "12.50", "1,234"]
    assert events["how"] == "ascending"
    assert events["down"] == "1,234"
    assert events["filters"][2:] == [
        "INPUT Filter Measured: Value", "INPUT Filter Measured: Date", "SELECT Filter Severity"
    ]  # fmt: skip
    assert events["dates"] == ["2021-02-01", "2021-03-01"]
    assert events["both"] == ["Rash"]


def test_what_leaves_the_page_is_plain_and_runs_nothing(seen: dict[str, Any]) -> None:
    events = seen["events"]
    assert events["copied"] == [
        "Patient\tEvent\tMeasured: Value\tMeasured: Date\tSeverity",
        "A-01\tRash\t-5\t2021-03-01\tMILD",
        "A-02\t'=1+2\t1234\t2021-02-01\tSEVERE",
        "A-03\t<b>Pain</b>\t12.50\t2021-01-01\tMILD",
    ]
    read = list(csv.reader(io.StringIO(events["csv"].removeprefix("\ufeff"))))
    assert read[1] == ["A-01", "Rash", "-5", "2021-03-01", "MILD"]
    assert [row[2] for row in read[2:4]] == ["1234", "12.50"]
    assert read[2][1] == "'=1+2"
    assert len(read) == 31
    assert events["zip"] == "PK"
    assert events["markup"] == 0


def test_a_term_that_is_found_stands_below_its_class_and_says_it_where_it_is_sorted(seen: dict[str, Any]) -> None:
    terms = seen["terms"]
    assert terms["found"] == ["Class\t9", "Term 27\t27"]
    assert terms["sorted"] == ["Class\tTerm 29\t29", "Class\tTerm 28\t28"]
    assert terms["again"] == ["Class\t9", "Term 0\t0"]


def test_packed_rows_are_drawn_where_one_looks(seen: dict[str, Any]) -> None:
    values = seen["values"]
    assert FIRST < values["drawn"] < 400
    assert int(values["count"]) == LINES + PATIENTS + 1
    assert values["last"].startswith("Test 59\t")
    assert values["end"]
    assert values["covered"]
    assert [row.replace("−", "-") for row in values["found"]] == ["P-050, Low, 60 years", "Test 1\t-3001.5"]
    assert values["minus"] == 1


def test_a_click_on_a_patient_gives_all_listed_rows(seen: dict[str, Any]) -> None:
    patient = seen["patient"]
    assert patient["title"] == "All listed rows of P-050"
    assert patient["parts"] == ["Listing 16.2 Title of people", "Listing 16.3 Title of values"]
    assert patient["rows"] == [1, LINES // PATIENTS]
    assert patient["names"] == patient["parts"]
    assert patient["left"] == "#o-values"


def test_print_has_every_row(seen: dict[str, Any]) -> None:
    assert seen["print"]["before"] < 400
    assert seen["print"]["rows"] == LINES
    assert seen["print"]["groups"] == PATIENTS
    assert seen["print"]["last"].startswith("Test 59")
    assert seen["print"]["after"] < 400


def test_the_policy_holds_and_nothing_is_thrown(seen: dict[str, Any]) -> None:
    assert not seen["errors"]
