"""The exemplar's page by the rules of axe: nothing of WCAG 2.2 AA and its best practices, on a desk and on a phone.

axe-core is taken from the package that brings it for Python; the rules run in the browser itself, on the report's page,
of which every kind of element is kept and most of the rows are left out, because axe looks at each cell for a while.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Browser, browser
from trial_report.report.assemble.steps import embedded
from trial_report.runtime.choose import find_study
from trial_report.runtime.step import silent

pytestmark = [pytest.mark.requirement("REQ-214"), pytest.mark.browser]

PACKAGE = "axe_playwright_python"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
KEEP = """
  const kept = {};
  for (const one of [...document.querySelectorAll("main figure")]) {
    const kind = one.className + Boolean(one.querySelector(".group")) + Boolean(one.querySelector("[data-subject]"));
    kept[kind] = (kept[kind] || 0) + 1;
    if (kept[kind] > 3) { one.remove(); continue; }
    for (const body of [...one.querySelectorAll("tbody")].slice(6)) body.remove();
    for (const body of one.querySelectorAll("tbody")) for (const row of [...body.rows].slice(24)) row.remove();
  }
  const lists = document.querySelectorAll(".csr-list ol");
  for (const list of lists) for (const row of [...list.children].slice(8)) row.remove();
"""
LOOK = """
  const found = await axe.run(document, { runOnly: { type: "tag", values: RULES }, resultTypes: ["violations"] });
  return found.violations.flatMap((one) => one.nodes.map((node) => one.id + ": " + node.html.slice(0, 200)));
"""
WHOLE = 'for (let n = 0; n < 300 && !document.documentElement.matches(".whole"); n++) await rest(100);'
LEFT = 'document.querySelector("dialog").close(); await rest(200);'
STATES = {
    "as it opens": "",
    "with tools": """
      for (const one of document.querySelectorAll("figure .tools button[aria-expanded]")) one.click();
      await rest(600);
      for (const one of document.querySelectorAll(".bar button")) if (one.textContent === "Filter columns") one.click();
      await rest(600);
    """,
    "a number's note": 'const first = document.querySelector("td .n"); first.focus(); await rest(100);',
    "a number's rows": 'document.querySelector("td .n").click(); await rest(100);',
    "a patient": LEFT + """
      document.querySelector(".csr-listing :is(.group, [data-subject='0'] tbody th)").click();
      await until(() => document.querySelector("dialog[open]"));
    """,
    "an enlarged drawing": LEFT + """
      [...document.querySelectorAll("button")].find((one) => one.textContent === "Enlarge").click(); await rest(100);
    """,
    "after a search": LEFT + """
      const field = document.getElementById("contents-search");
      field.value = "adverse"; field.dispatchEvent(new Event("input")); await rest(50);
    """,
}  # fmt: skip


def axe() -> str:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"needs the package {PACKAGE.replace('_', '-')}: nox -s browser installs it")
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "out"
    embedded(find_study(None), out, silent)
    return out / "csr.html"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False)])
def test_nothing_is_found(page: Path, shown: Browser, width: int, dark: bool) -> None:
    rules = axe()
    shown.open(page, width=width, dark=dark)
    shown.ask(KEEP + WHOLE)
    shown.call("Runtime.evaluate", expression=rules)
    found: dict[str, Any] = {}
    for state, steps in STATES.items():
        shown.ask(steps)
        found[state] = shown.ask(LOOK.replace("RULES", str(RULES)))
    assert found == {state: [] for state in STATES}
    assert not shown.errors


@pytest.mark.parametrize("width", [1280, 390])
def test_every_table_and_figure_is_called_by_its_number_and_title(page: Path, shown: Browser, width: int) -> None:
    shown.open(page, width=width)
    shown.ask(WHOLE)
    shown.call("Accessibility.enable")
    nodes = shown.call("Accessibility.getFullAXTree")["nodes"]
    names = {
        role: [node.get("name", {}).get("value", "") for node in nodes if node.get("role", {}).get("value") == role]
        for role in ("table", "figure")
    }
    called = "one.dataset.number + ' ' + one.dataset.title"
    wanted = shown.ask(f"return [...document.querySelectorAll('main figure')].map((one) => {called})")
    assert sorted(names["figure"]) == sorted(wanted)
    # A display without rows is a sentence.
    tables = shown.ask(f"return [...document.querySelectorAll('main figure:has(table)')].map((one) => {called})")
    assert sorted(name for name in names["table"] if name in wanted) == sorted(tables)


def test_no_stop_of_the_tab_key_and_no_landmark_leads_nowhere(page: Path, shown: Browser) -> None:
    shown.open(page)
    found = shown.ask(
        WHOLE
        + """
      const boxes = [...document.querySelectorAll(".scroll")];
      const scrolls = (box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
      const goal = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));
      return {
        idle: boxes.filter((box) => box.hasAttribute("tabindex") && !scrolls(box)).length,
        regions: document.querySelectorAll("[role=region]").length,
        lost: [...document.querySelectorAll('a[href^="#"]')].filter((one) => !goal(one)).length,
      };
    """
    )
    assert found == {"idle": 0, "regions": 0, "lost": 0}
