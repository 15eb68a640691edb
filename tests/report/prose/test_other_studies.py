"""A study of another kind needs no code: its report says what there is, and nothing of what there is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.report.prose.studies import Definition, controlled, one_arm, two_arms, write
from tests.report.prose.telling import plain, told
from trial_report.analysis.analyse.all import analyse_all
from trial_report.analysis.derive import derive
from trial_report.analysis.display.book import Book
from trial_report.analysis.read import read_study
from trial_report.report.cells import kit
from trial_report.report.prose import issues
from trial_report.report.prose.columns import group_name, outcome_columns, size_columns
from trial_report.schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-311")

ABSENT = r"dose-limiting tox|maximum tolerated|escalat|Hy's law|laboratory values|None\b|\bnan\b|NaT"


@pytest.fixture(scope="module")
def controlled_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Placebo and Arm B, no total column, no laboratory, no escalation."""
    return opened(write(tmp_path_factory.mktemp("controlled"), controlled(None), two_arms))


@pytest.fixture(scope="module")
def single_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """One arm, no total column, adverse events alone."""
    folder = tmp_path_factory.mktemp("single")
    return opened(write(folder, one_arm(), lambda _: "ONE", ("dm", "ae", "ex", "sv", "ds")))


def opened(folder: Path) -> Book:
    study = load_study(folder)
    domains, problems = read_study(folder, study)
    trial = derive(study, domains, problems)
    results = analyse_all(trial).set_index("key")
    return Book(definition=trial.definition, planned=study, datasets=trial.datasets, domains=trial.domains,
                results=results, problems=trial.problems.to_frame(), folder=folder, run={})  # fmt: skip


@pytest.fixture(scope="module")
def controlled_words(controlled_book: Book) -> dict[str, str]:
    """What the controlled study's report says."""
    return told(controlled_book)


@pytest.fixture(scope="module")
def single_words(single_book: Book) -> dict[str, str]:
    """What the report of the study of one arm says."""
    return told(single_book)


def test_a_controlled_study_is_told_by_group(controlled_words: dict[str, str]) -> None:
    said = controlled_words
    assert said["prose.adverse_events()"].count("with placebo") >= 4
    assert "the difference from placebo was" in said["prose.efficacy_in_short()"]
    assert re.search(r"At Week 12, the least-squares mean change from baseline was .* with placebo",
                     said["prose.efficacy_by_endpoint()"])  # fmt: skip
    assert said["prose.laboratory_changes()"] == "The study had no laboratory evaluation."
    assert said["prose.dose_finding()"] == "Not applicable: no doses were escalated in this study."
    assert said['show_all("16.2.8")'].strip("[]") == "lst.vs"


def test_a_study_of_one_arm_names_no_group(single_words: dict[str, str]) -> None:
    said = single_words
    assert not [source for source, words in said.items() if "with Product" in words]
    assert said['show_all("14.2")'] == kit.NOTHING_HERE
    assert said["prose.efficacy_by_endpoint()"].startswith("This report analyzes no endpoint of efficacy")
    assert said["prose.dose_response()"] == "The study had one treatment group."
    assert "DV (protocol deviations) was not delivered" in said["prose.deviations()"]


@pytest.mark.parametrize("name", ["controlled_words", "single_words"])
def test_nothing_is_said_of_what_a_study_has_not(name: str, request: pytest.FixtureRequest) -> None:
    said: dict[str, str] = request.getfixturevalue(name)
    left = {source: re.search(ABSENT, words) for source, words in said.items()}
    allowed = {"prose.dose_finding()"}
    assert {source: found.group() for source, found in left.items() if found and source not in allowed} == {}


def test_values_that_were_carried_forward_are_said_to_be(
    controlled_book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = controlled_book.definition.endpoints[0]
    for missing in ((), ("mmrm",)):
        endpoint = own.model_copy(update={"comparison_data": "locf", "missing": missing})
        definition = controlled_book.definition.model_copy(update={"endpoints": (endpoint,)})
        changed = replace(controlled_book, definition=definition)  # once, as a document opens it
        monkeypatch.setattr(kit, "book", lambda made=changed: made)
        said = plain(issues.statistical_issues())
        assert re.search(
            r"In the comparison of pain intensity, a missing value was replaced by the last one observed; at Week 24, "
            r"a value was observed in \d+ of \d+ patients with placebo and \d+ of \d+ with Arm B\.",
            said,
        )
        assert "was missing where one could be imputed" not in said
        assert "Efficacy was analyzed in the full analysis set only." in said


def test_columns_follow_the_design(controlled_book: Book, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome_columns(book.definition) == size_columns(book.definition) == ("TOTAL",)
    assert outcome_columns(controlled_book.definition) == size_columns(controlled_book.definition) == ("PBO", "ACT")
    treatment = controlled_book.definition.treatment.model_copy(update={"total": "All"})
    with_total = controlled_book.definition.model_copy(update={"treatment": treatment})
    assert (outcome_columns(with_total), size_columns(with_total)) == (("PBO", "ACT"), ("TOTAL",))
    monkeypatch.setattr(kit, "book", lambda: controlled_book)
    assert [group_name(code) for code in ("PBO", "ACT")] == ["placebo", "Arm B"]


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("definition", "assign", "domains"),
    [
        (controlled(None), two_arms, ()),
        (controlled("All patients"), two_arms, ()),
        (one_arm(), lambda _: "ONE", ("dm", "ae", "ex", "sv", "ds")),
    ],
    ids=["controlled", "controlled with a total", "one arm"],
)
def test_the_whole_report_of_another_study_is_rendered(
    tmp_path: Path, definition: Definition, assign: Callable[[int], str], domains: tuple[str, ...]
) -> None:
    from contextlib import nullcontext

    from trial_report.report.assemble.steps import embedded

    definition["data"]["accepted_checks"] = dict.fromkeys(("DM-050", "EX-050", "SUPP-001"), "made of other data")
    folder = write(tmp_path / "study", definition, assign, domains)
    embedded(folder, tmp_path / "out", lambda _: nullcontext())
    page = (tmp_path / "out" / "csr.html").read_text(encoding="utf-8")
    assert (tmp_path / "out" / "csr.pdf").stat().st_size > 10_000
    said = re.findall(r".{60}(?:\bMTD\b|maximum tolerated dose (?:by|was)).{30}", _words_of(page))
    assert said == []


def _words_of(page: str) -> str:
    """What stands between displays: without figures, tables, styles and scripts."""
    left = re.sub(r"<(figure|script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", left).split())
