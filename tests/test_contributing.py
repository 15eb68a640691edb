"""What CONTRIBUTING.md tells a newcomer to copy and to change: the files are there, and the lines do what they say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from trial_report.analysis.display.book import Book
from trial_report.analysis.results.rows import combine
from trial_report.analysis.trial import Trial
from trial_report.declare.kinds import Declarations, into
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Endpoint

pytestmark = pytest.mark.requirement("REQ-219")

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_what_it_names_is_there() -> None:
    named = re.findall(r"`([\w.-]+(?:/[\w.+-]*)+)`", PAGE) + re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", PAGE)
    assert len(named) > 25
    for name in named:
        assert (ROOT / name).exists() or (ROOT / "analysis/read" / name).exists(), name


@pytest.mark.parametrize("question", ["endpoint", "table, figure or listing", "analysis", "method", "check of the data",
                                      "variable", "key of `study.yml`", "document", "section", "sentence",
                                      "second computation", "verb of the command", "format to read"])  # fmt: skip
def test_each_question_has_an_answer(question: str) -> None:
    assert re.search(rf"\*\*(?:An|A|a) {re.escape(question)}\*\*", PAGE)


@pytest.fixture(scope="module")
def declared() -> Declarations:
    with into(Declarations()) as found:
        for snippet in SNIPPETS:
            exec(compile(snippet, "CONTRIBUTING.md", "exec"), {})  # noqa: S102
    return found


def test_the_lines_of_an_analysis_and_its_table_compute_and_show(
    declared: Declarations, exemplar: Trial, results: pd.DataFrame, book: Book
) -> None:
    (analysis,), (display,) = declared.analyses, declared.displays
    frame = combine([analysis.function(exemplar)])
    groups = [code for code, _ in exemplar.definition.columns]
    keys = [f"my.analysis/SAF/AVAL/-/{code}/-/n" for code in groups]
    assert dict(zip(frame["key"], frame["value"], strict=True)) == dict.fromkeys(keys, 0.0)
    shown = display.function(replace(book, results=pd.concat([results, frame]).set_index("key", drop=False)))
    assert [[cell.text for cell in row.cells] for row in shown.rows] == [["n", *("0" for _ in groups)]]
    assert list(shown.keys()) == keys


def test_the_lines_of_a_check_find_what_they_say(declared: Declarations, definition: StudyDefinition) -> None:
    (check,) = declared.checks.values()
    domains = {"QS": pd.DataFrame({"QSSTRESN": [1.0, 1.5, None]})}
    (found,) = check.function(domains, definition)
    assert found.rows.tolist() == [False, True, False]


def test_the_lines_of_a_variable_derive_it(declared: Declarations, exemplar: Trial) -> None:
    (derivation,) = declared.derivations
    assert set(derivation.uses) <= set(exemplar.adsl)
    found = derivation.function(exemplar.adsl, exemplar.domains, exemplar.definition)
    assert found.notna().equals(exemplar.adsl["TRTSDT"].notna())
    assert found.min() >= 1


def test_the_endpoint_is_one() -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (endpoint,) = yaml.safe_load(text)["endpoints"]
    assert Endpoint.model_validate(endpoint).paramcd == "SIXMWD"
    assert len(endpoint) <= 12


@pytest.mark.parametrize(
    ("folder", "decorator", "by"),
    [("schemas/checks", "@declare.check(", "__init__.py"), ("analysis/derive", "@declare.derivation(", "declared.py")],
)
def test_a_module_that_declares_is_imported_where_the_page_says(folder: str, decorator: str, by: str) -> None:
    """Other rooms look for their modules themselves; these have an order."""
    named = set(re.findall(r"\w+", (ROOT / folder / by).read_text(encoding="utf-8")))
    declaring = {file.stem for file in (ROOT / folder).glob("*.py") if decorator in file.read_text(encoding="utf-8")}
    assert declaring
    assert declaring <= named
