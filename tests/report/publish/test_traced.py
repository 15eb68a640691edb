"""A finished page with its trace: every printed number leads to its row and its source rows, and nothing can run."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trial_report.analysis.display.book import MissingResult
from trial_report.analysis.display.table_html import number
from trial_report.analysis.pipeline import write_build
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.report.publish import traced as module
from trial_report.report.publish.traced import as_script, printed_keys, traced
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-503")

HOSTILE = "</script><script>alert(1)</script><!--"


@pytest.fixture
def build(tmp_path: Path, table: Callable[[str], pd.DataFrame], definition: StudyDefinition) -> Path:
    adsl = table("USUBJID  TRT01A  SAFFL  AGE:f  SRCLINE:i\nA  LOW  Y  50  2\nB  TOP  Y  60.5  3\nC  .  N  70  4")
    adae = pd.DataFrame({"USUBJID": ["B"], "AETERM": [HOSTILE], "AESEQ": [1], "SRCLINE": [2], "SAFFL": ["Y"]})
    empty = table("USUBJID\nA").iloc[:0]
    rows = Rows()
    at = Place("sets", "ADSL", "SAF", Where().eq(SAFFL="Y"), "USUBJID")
    rows.add(at, "N", 2, method="count")
    rows.add(at.at(analysis="ages", variable="AGE"), "mean", 55.25, decimals=0, method="descriptive")
    rows.add(at.at(analysis="ages", variable="AGE"), "sd", None, decimals=0, method="descriptive", warning="no")
    rows.add(at.at(analysis="ae", dataset="ADAE", variable="AETERM", level=HOSTILE), "n", 1, method="count")
    rows.add(Place("design", "DEFINITION", "SAF", Where(), "MTD"), "mtd", text="LOW", method="count")
    trial = Trial(definition, {}, adsl, adae, empty, empty, empty, Problems())
    folder = tmp_path / "build"
    write_build(trial, rows.frame(), folder)
    return folder


KEYS = (
    "ages/SAF/AGE/-/TOTAL/-/mean", "ages/SAF/AGE/-/TOTAL/-/sd",
    f"ae/SAF/AETERM/-/TOTAL/{HOSTILE.replace('/', '∕')}/n", "design/SAF/MTD/-/TOTAL/-/mtd",
)  # fmt: skip


def _page(*keys: str) -> str:
    return "<html><body><p>" + "".join(number("1", (key,)) for key in keys) + "</p></body></html>"


def _data(page: str) -> dict[str, Any]:
    held = re.search(r'<script type="application/json" id="trace-data">(.*?)</script>', page, re.DOTALL)
    assert held
    found: dict[str, Any] = json.loads(held[1])
    return found


def _selected(data: dict[str, Any], stem: str, place: int = 0) -> list[int]:
    dataset, *numbers = data["filters"][data["stems"][stem][place][0]]
    size = data["data"][dataset]["rows"]
    bits = [base64.b64decode(data["terms"][dataset][n][1]) for n in numbers]
    masks = [np.unpackbits(np.frombuffer(b, np.uint8), bitorder="little")[:size].astype(bool) for b in bits]
    return list(np.flatnonzero(np.logical_and.reduce(masks)))


def test_a_number_leads_to_its_row_and_its_source_rows(build: Path) -> None:
    data = _data(traced(_page(*KEYS), build))
    stem = "ages/SAF/AGE/-/TOTAL/-"
    _, variable, _, statistics = data["stems"][stem][0]
    assert variable == "AGE"
    assert statistics["mean"] == [55.25, data["used"].index("descriptive")]
    assert statistics["sd"] == [None, data["used"].index("descriptive"), "no"]
    assert _selected(data, stem) == [0, 1]
    columns = data["data"]["ADSL"]["columns"]
    assert columns["AGE"] == [50, 60.5, 70]
    assert columns["line"] == [2, 3, 4]
    assert data["sizes"]["SAF/TOTAL"] == 2
    assert data["methods"]["descriptive"][0]
    assert data["stems"]["design/SAF/MTD/-/TOTAL/-"][0][3]["mtd"][0] == "LOW"


def test_only_what_is_printed_is_embedded(build: Path) -> None:
    data = _data(traced(_page(KEYS[0]), build))
    assert list(data["stems"]) == ["ages/SAF/AGE/-/TOTAL/-"]
    assert list(data["stems"]["ages/SAF/AGE/-/TOTAL/-"][0][3]) == ["mean"]
    assert list(data["data"]) == ["ADSL"]


def test_text_from_data_cannot_leave_the_script(build: Path) -> None:
    page = traced(_page(*KEYS), build)
    held = page.partition('id="trace-data">')[2].partition("</script>")[0]
    assert "<" not in held
    assert json.loads(held)["data"]["ADAE"]["columns"]["AETERM"]["levels"] == [HOSTILE]
    assert page.count("<script") == 3
    assert page.endswith("</body></html>")


def test_escaped_json_is_the_same_json() -> None:
    text = json.dumps({"a": HOSTILE + "\u2028&"}, ensure_ascii=False)
    assert json.loads(as_script(text)) == json.loads(text)
    assert not set("<>\u2028") & set(as_script(text))


def test_a_page_without_numbers_stays_as_it_is(build: Path) -> None:
    assert traced("<html><body></body></html>", build) == "<html><body></body></html>"


def test_a_number_without_a_row_stops_the_report(build: Path) -> None:
    with pytest.raises(MissingResult, match="ages/SAF/AGE"):
        traced(_page("ages/SAF/AGE/-/TOTAL/-/meen"), build)


def test_keys_are_read_as_they_were_written(build: Path) -> None:
    assert printed_keys(_page(*KEYS, KEYS[0])) == list(KEYS)
    assert printed_keys(f"<p>{number('1 (2)', KEYS[:2])}</p>") == list(KEYS[:2])


def test_a_study_that_is_too_large_keeps_filters_and_leaves_rows(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMIT", 10)
    data = _data(traced(_page(*KEYS), build))
    assert "data" not in data
    assert ["ADSL", "SAFFL = 'Y'"] in data["filters"]


def test_the_same_build_gives_the_same_bytes(build: Path) -> None:
    assert traced(_page(*KEYS), build) == traced(_page(*KEYS), build)


def test_nothing_of_the_script_fetches_or_writes_markup() -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|fetch\(|XMLHttp|import\("
    assert not re.search(forbidden, module.script())


def test_a_filter_on_subjects_names_its_set_and_its_parts(definition: StudyDefinition) -> None:
    condition = "USUBJID IN (SELECT USUBJID FROM ADSL WHERE SAFFL = 'Y' AND TRT01A = 'LOW') AND AESER = 'Y'"
    assert module._said(definition, condition) == "Safety; Low; serious"


def test_a_large_trace_is_compressed_and_says_the_same(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = _data(traced(_page(*KEYS), build))
    monkeypatch.setattr(module, "PACKED", 0)
    held = re.search(r'<script type="application/gzip" id="trace-data">(.*?)</script>', traced(_page(*KEYS), build))
    assert held
    assert json.loads(gzip.decompress(base64.b64decode(held[1]))) == plain
