"""The page of the data issues in a browser, where there is one: filters, keys, records, acceptances, downloads."""

from __future__ import annotations

import base64
import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.browser import browser
from trial_report.analysis.check.accepted import accept_known
from trial_report.analysis.issues.excerpts import excerpts
from trial_report.analysis.issues.page import question, to_html
from trial_report.analysis.issues.since import Issues
from trial_report.analysis.results.spreadsheet import neutral
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problem, Problems

pytestmark = pytest.mark.requirement("REQ-404", "REQ-405")

RUN = ["=1+1", " =1+1", "\ufeff@x", "\u00a0+1", "＝1", "－1", "\tx", "|x", "-", "％x"]
HOSTILE = ["<script>alert(1)</script>", '"quoted", and', "a\nb", "&amp;", "\u202e", "\x00\x0b", "]]>", "\ud800"]
LINES = 600
PROBE = """
  const seen = {}, at = (id) => document.getElementById(id);
  const rows = () => document.querySelectorAll("#list tbody tr").length, shown = () => at("shown").textContent;
  const press = (on, key) => on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const set = (id, value, kind) => { at(id).value = value; at(id).dispatchEvent(new Event(kind || "change")); };
  {
    seen.overview = document.querySelectorAll("#checks tbody tr").length;
    at("t-checks").focus(); press(document.activeElement, "ArrowRight");
    seen.tab = document.activeElement.id;
    seen.drawn = rows(); seen.all = shown();
    document.querySelector("#severities input[value=warning]").click();
    seen.errors = shown();
    at("clear").click();
    set("f-check", "=X-010"); seen.check = shown();
    set("f-check", "*"); set("f-site", "=702"); seen.site = shown();
    at("clear").click();
    set("f-subject", "s-7", "input"); await rest(300); seen.subject = shown();
    at("clear").click();
    set("f-text", "odd one", "input"); await rest(300); seen.text = shown();
    at("clear").click();
    document.querySelector("#states input[value=accepted]").click(); seen.accepted = shown();
    at("clear").click();
    const by = (name) => document.querySelector(`[data-name=${name}]`).click();
    by("place"); by("place");
    seen.sort = document.querySelector("[aria-sort]").getAttribute("aria-sort");
    seen.first = document.querySelector("#list .file").textContent;
    seen.address = location.hash;
    at("clear").click();
    set("f-check", "=LB-008");
    const opener = document.querySelector("#list button.open");
    opener.focus(); opener.click();
    seen.panel = !at("panel").hidden && document.activeElement.id;
    seen.marked = [...document.querySelectorAll("#panel mark")].map((mark) => mark.textContent);
    const all = (on, what) => [...on.querySelectorAll(what)];
    seen.lines = all(at("panel"), "table").map((one) => all(one, "tbody th").map((cell) => parseInt(cell.textContent)));
    seen.facts = at("panel").innerText;
    press(document.activeElement, "Escape");
    seen.back = at("panel").hidden && document.activeElement === document.querySelector("#list button.open");
    press(document.activeElement, "ArrowDown");
    seen.down = document.activeElement.dataset.row !== opener.dataset.row;
    at("clear").click();
    seen.scripts = document.querySelectorAll("#list script, #list b, #panel script").length;
    for (const box of [...document.querySelectorAll("#list tbody input")].slice(0, 3)) box.click();
    seen.chosen = at("exported").textContent;
    at("accept").click();
    seen.before = at("a-lines").value;
    set("a-reason", "=as in the source, really", "input"); set("a-who", "KL", "input");
    set("a-date", "2024-03-01", "input");
    seen.acceptance = at("a-lines").value;
    at("form").close();
    document.querySelector("#list thead input").click(); document.querySelector("#list thead input").click();
    set("f-check", "=AE-004"); document.querySelector("#list tbody input").click(); at("accept").click();
    seen.refused = at("form").innerText;
    at("form").close(); document.querySelector("#list tbody input").click(); at("clear").click();
    at("t-sites").click();
    const cells = (one) => all(one, "tr").map((row) => [...row.children].map((cell) => cell.textContent));
    seen.sites = all(at("sites"), "table").map(cells);
    at("t-list").click();
    const saved = {};
    exporting.save = async (blob, name) => {
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = ""; for (const byte of bytes) text += String.fromCharCode(byte);
      saved[name] = btoa(text);
    };
    at("csv").click(); at("xlsx").click();
    for (let n = 0; n < 100 && Object.keys(saved).length < 2; n++) await rest(30);
    seen.saved = saved;
  }
  return seen;
"""


def problems() -> Problems:
    found = [
        Problem(
            "X-010", "warning", "LB", "Not within its visit.", "lb.csv", n + 2, f"S-{n % 9}", "W1", "LBDTC", "d", "e"
        )
        for n in range(LINES)
    ]
    found += [Problem("AE-050", "error", "AE", "m", value=text, subject=text, variable="AETERM") for text in RUN]
    found += [Problem("AE-051", "error", "AE", text, value=text, record=text, visit=text) for text in HOSTILE]
    found += [Problem("LB-008", "error", "LB", "An odd one", "lb.csv", line, "S-1", "W1", "LBORRES", "5x", "5",
                      "Ask.", f"LBSEQ={line}") for line in (300, 301)]  # fmt: skip
    found += [Problem("AE-004", "error", "AE", "Unreadable", "ae.csv", 3, value="y")]
    return Problems(
        [*found, Problem("LB-009", "warning", "LB", "m", value="z", accepted="right as it is (KL, 2024-01-01)")]
    )


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("page")
    (folder / "sdtm").mkdir()
    lines = [
        f"S,LB,S-{n % 9},{n},ALT,{'5x' if n == 298 else n},2020-{1 + n // 60:02d}-{1 + n // 3 % 20:02d}"
        for n in range(LINES)
    ]
    head = "STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBORRES,LBDTC"
    (folder / "sdtm" / "lb.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    issues = Issues(problems(), {f"S-{n}": "701" if n < 5 else "702" for n in range(9)})
    tables = excerpts(folder, folder / "sdtm", Domains({}, {}), issues.problems)
    page = to_html(issues, "Data issues: <b>a study</b>", tables=tables)
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    with browser(folder) as opened:
        opened.open(path, width=1400)
        found: dict[str, Any] = opened.ask(PROBE)
        assert opened.errors == []
    return found


def test_filters_and_sorting(seen: dict[str, Any]) -> None:
    total = LINES + len(RUN) + len(HOSTILE) + 4
    assert seen["overview"] == 5
    assert seen["tab"] == "t-list", "arrow keys go from view to view"
    assert seen["drawn"] < LINES, "rows are drawn as far as they are looked at"
    assert seen["all"].startswith(f"{total - 1} problems of {total}"), "what is accepted is hidden at first"
    assert seen["errors"].startswith(f"{len(RUN) + len(HOSTILE) + 3} problems")
    assert seen["check"].startswith(f"{LINES} problems")
    assert seen["site"].startswith("265 problems")
    assert seen["subject"].startswith("66 problems")
    assert seen["text"].startswith("2 problems")
    assert seen["accepted"].startswith(f"All {total} problems")
    assert (seen["sort"], seen["first"]) == ("descending", f"lb.csv:{LINES + 1}")
    assert "sort=-place" in seen["address"]


def test_a_problem_is_shown_with_its_record(seen: dict[str, Any]) -> None:
    assert seen["panel"] == "panel-title", "the focus follows"
    assert seen["marked"] == ["5x (in question)"] * 2
    assert seen["lines"] == [[298, 299, 300, 301, 302], [282, 291, 300, 309, 318]]
    for words in ("An odd one", "LBSEQ=300", "701", "Ask.", "Also at this line", "X-010"):
        assert words in seen["facts"]
    assert seen["back"], "Escape closes, and the focus goes back"
    assert seen["down"]
    assert seen["scripts"] == 0


def test_lines_of_acceptances_are_those_that_validation_reads(seen: dict[str, Any], tmp_path: Path) -> None:
    assert seen["chosen"] == "3 selected:"
    assert seen["before"] == "", "without reason and initials there is no line"
    (tmp_path / "accepted-issues.csv").write_text(seen["acceptance"], encoding="utf-8")
    result = accept_known(tmp_path, problems())
    assert [p.accepted for p in result.accepted if "really" in p.accepted] == [
        "'=as in the source, really (KL, 2024-03-01)"
    ] * 3
    assert not [p for p in result if p.check.startswith("ACC-")]
    assert "has to be mended" in seen["refused"]


def test_counts_by_site_and_by_check_and_site(seen: dict[str, Any]) -> None:
    sites, cross = seen["sites"]
    assert [row[0] for row in sites] == ["Site", "701", "702", "no site"]
    assert sites[1][1:4] == ["5", "5", "337"]
    assert cross[0] == ["Check", "701", "702", "no site", "All"]
    assert ["X-010", "335", "265", "", "600"] in cross


def saved(seen: dict[str, Any], kind: str) -> bytes:
    (name,) = [name for name in seen["saved"] if name.endswith(kind)]
    assert re.fullmatch(r"queries-[A-Za-z0-9._-]+", name)
    return base64.b64decode(seen["saved"][name])


def workbook(content: bytes) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    rows = []
    for row in sheet.iter(f"{space}row"):
        cells = {re.sub("[0-9]", "", cell.get("r", "")): "".join(cell.itertext()) for cell in row}
        assert not list(row.iter(f"{space}f")), "no formulas"
        rows.append([cells.get(chr(65 + place), "") for place in range(14)])
    return rows


def test_queries_leave_as_csv_and_as_a_workbook_and_no_cell_runs(seen: dict[str, Any]) -> None:
    text = saved(seen, ".csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0][:9] == ["Site", "Subject", "Visit", "Domain", "File", "Line", "Record", "Variable", "Value"]
    assert len(rows) == 1 + LINES + len(RUN) + len(HOSTILE) + 3
    sheet = workbook(saved(seen, ".xlsx"))
    assert [row[:5] for row in sheet] == [row[:5] for row in rows]
    assert [row[8:] for row in sheet] == [row[8:] for row in rows]
    for table in (rows, sheet):
        cells = [cell for row in table for cell in row]
        assert not [cell for cell in cells if neutral(cell) != cell]
        # What cannot be seen (a byte order mark, a tab) is written out, and begins no formula any more.
        assert sum(cell.startswith("'") for cell in cells) == 2 * (len(RUN) - 2)
    odd = next(row for row in rows if row[11] == "LB-008")
    assert odd[:9] == ["701", "S-1", "W1", "LB", "lb.csv", "300", "LBSEQ=300", "LBORRES", "5x"]
    assert odd[9] == question({"message": "An odd one", "value": "5x", "expected": "5"})
