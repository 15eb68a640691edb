"""The trace in a browser: hovering, clicking and keys, where a Chromium is there to try them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.browser import browser
from trial_report.analysis.display.table_html import number
from trial_report.analysis.pipeline import write_build
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.report.publish import traced as module
from trial_report.report.publish.traced import script, traced
from trial_report.report.render.policy import guarded
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-503")

STEM = "ages/SAF/AGE/-/TOTAL/-"
EARLIER = json.dumps(
    [
        {"key": f"{STEM}/mean", "value": 55.25, "text": None, "formatted": "55.3"},
        {"key": f"{STEM}/max", "value": 61, "text": None, "formatted": "61"},
    ]
)
PROBE = """
  await until(() => document.documentElement.classList.contains("traceable"));
  const seen = {}, numbers = [...document.querySelectorAll("span.n")], [first, second, below] = numbers;
  const press = (name) => new KeyboardEvent("keydown", { key: name, bubbles: true });
  const key = (name) => document.activeElement.dispatchEvent(press(name));
  const note = document.getElementById("trace-note"), dialog = document.getElementById("page-dialog");
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
  seen.length = history.length;
  dialog.close(); await rest();
  seen.back = document.activeElement === below;
  seen.left = note.hidden && !history.state;
  key("Enter"); await rest();
  history.back(); await rest(); await rest();
  seen.byBack = !dialog.open && document.activeElement === below;
  key("Enter"); await rest();
  const copied = [...dialog.querySelectorAll("button")].find((one) => one.textContent === "Copy the rows");
  navigator.clipboard.writeText = async (text) => { seen.copied = text; };
  copied.click(); await rest();
  dialog.close(); await rest();
  const chosen = document.getElementById("trace-earlier"), files = new DataTransfer();
  files.items.add(new File([EARLIER], "results.json"));
  chosen.files = files.files; chosen.dispatchEvent(new Event("change")); await rest();
  seen.changed = numbers.map((n) => n.classList.contains("changed"));
  below.blur(); below.focus();
  seen.earlier = note.innerText;
  seen.help = document.querySelectorAll(".trace-help").length;
  return seen;
"""


@pytest.fixture(params=["plain", "packed"])
def seen(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    table: Callable[[str], pd.DataFrame],
    definition: StudyDefinition,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, Any]:
    monkeypatch.setattr(module, "PACKED", 0 if request.param == "packed" else 1 << 30)
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
    path.write_text(guarded(traced(page, build), script()), encoding="utf-8")
    assert ('type="application/gzip"' in path.read_text(encoding="utf-8")) is (request.param == "packed")
    with browser(tmp_path) as shown:
        shown.open(path)
        found: dict[str, Any] = shown.ask(PROBE.replace("EARLIER", json.dumps(EARLIER)))
        assert not shown.errors
    return found


def test_hands_and_keys(seen: dict[str, Any]) -> None:
    assert seen["stops"] == [0, -1, -1], "one stop of the Tab key for the whole table"
    assert "Mean: Age" in seen["hover"]
    assert "55.25" in seen["hover"]
    assert "SAFFL = 'Y'" in seen["hover"]
    assert "Safety\n" in seen["hover"].partition("Filter")[2], "the filter in words, by the name of the set"
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
    # The dialog closes as one expects, and leaves no note.
    assert seen["left"], "no note over the page, and no step of the history left"
    assert seen["byBack"]
    # Rows are copied with the variables that chose them.
    assert seen["copied"].splitlines() == [
        "USUBJID\tTRT01A\tAGE\tSAFFL\tSource",
        "A\t<b>x</b>\t50\tY\tDM, line 2",
        "B\tTOP\t60.5\tY\tDM, line 3",
    ]
    # An earlier report says what has changed.
    assert seen["changed"] == [False, True, True]
    assert "61 (raw value 61)" in seen["earlier"]
