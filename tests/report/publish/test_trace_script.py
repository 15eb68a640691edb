"""The trace in a browser: hovering, clicking and keys, where a Chromium is there to try them."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trial_report.analysis.display.table_html import number
from trial_report.analysis.pipeline import write_build
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.report.publish.traced import traced
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-503")

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
STEM = "ages/SAF/AGE/-/TOTAL/-"
PROBE = """
(async () => {
  const seen = {}, numbers = [...document.querySelectorAll("span.n")], [first, second, below] = numbers;
  const press = (name) => new KeyboardEvent("keydown", { key: name, bubbles: true });
  const key = (name) => document.activeElement.dispatchEvent(press(name));
  const note = document.getElementById("trace-note"), dialog = document.getElementById("trace-dialog");
  const rest = () => new Promise((done) => setTimeout(done, 30));
  seen.stops = numbers.map((n) => n.tabIndex);
  first.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
  seen.hover = note.innerText;
  seen.described = first.getAttribute("aria-describedby");
  first.focus(); key("Escape");
  seen.hidden = note.hidden;
  key("ArrowRight"); seen.right = document.activeElement === second;
  key("ArrowLeft"); key("ArrowDown"); seen.down = document.activeElement === below;
  seen.moved = numbers.map((n) => n.tabIndex);
  key("Enter");
  seen.open = dialog.open;
  seen.rows = [...dialog.querySelectorAll("tbody tr")].map((row) => row.innerText);
  seen.scripts = dialog.querySelectorAll("script, b").length;
  dialog.close(); await rest();
  seen.back = document.activeElement === below;
  seen.help = document.querySelectorAll(".trace-help").length;
  document.body.replaceChildren(Object.assign(document.createElement("pre"), { textContent: JSON.stringify(seen) }));
})();
"""


@pytest.fixture
def seen(tmp_path: Path, table: Callable[[str], pd.DataFrame], definition: StudyDefinition) -> dict[str, Any]:
    if BROWSER is None:
        pytest.skip("there is no Chromium on this machine")
    adsl = table("USUBJID  TRT01A  SAFFL  AGE:f  SRCLINE:i\nA  <b>x</b>  Y  50  2\nB  TOP  Y  60.5  3\nC  .  N  70  4")
    empty = table("USUBJID\nA").iloc[:0]
    rows = Rows()
    at = Place("ages", "ADSL", "SAF", Where().eq(SAFFL="Y"), "AGE")
    rows.add_all(at, {"mean": 55.25, "sd": 7.42, "max": 60.5}, decimals=0, method="descriptive")
    build = tmp_path / "build"
    write_build(Trial(definition, {}, adsl, empty, empty, empty, empty, Problems()), rows.frame(), build)
    cells = [
        f"<td>{number(text, (f'{STEM}/{name}',))}</td>"
        for text, name in (("55.3", "mean"), ("7.42", "sd"), ("60", "max"))
    ]
    page = f"<html><body><main><table><tr>{cells[0]}{cells[1]}</tr><tr>{cells[2]}</tr></table></main></body></html>"
    path = tmp_path / "page.html"
    whole = traced(page, build).replace("</body>", f"<script>{PROBE}</script></body>")
    path.write_text(whole, encoding="utf-8")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
               "--virtual-time-budget=5000", "--dump-dom", path.as_uri()]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    held = re.search(r"<pre>(.*?)</pre>", done.stdout, re.DOTALL)
    if held is None and done.returncode:
        pytest.skip(f"Chromium does not run here (exit code {done.returncode})")
    assert held, done.stdout[-2000:]
    found: dict[str, Any] = json.loads(html.unescape(held[1]))
    return found


def test_hands_and_keys(seen: dict[str, Any]) -> None:
    assert seen["stops"] == [0, -1, -1], "one stop of the Tab key for the whole table"
    assert "Mean: Age" in seen["hover"]
    assert "55.25" in seen["hover"]
    assert "SAFFL = 'Y'" in seen["hover"]
    assert seen["described"] == "trace-note"
    assert seen["hidden"]
    assert seen["right"]
    assert seen["down"]
    assert seen["moved"] == [-1, -1, 0]
    assert seen["open"]
    assert [row.split()[0] for row in seen["rows"]] == ["A", "B"]
    assert "60.5" in seen["rows"][1]
    assert "DM, line 3" in seen["rows"][1]
    assert "<b>x</b>" in seen["rows"][0]
    assert seen["scripts"] == 0
    assert seen["back"]
    assert seen["help"] == 1
