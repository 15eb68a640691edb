"""Sentences of the report: their wording for none, one and several, and what they refer to."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.report.prose.telling import plain
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.narratives import NOTHING
from trial_report.report import prose
from trial_report.report.cells import kit
from trial_report.report.prose.efficacy import endpoint_sentence
from trial_report.report.prose.escalated import dose_finding_in_short
from trial_report.report.prose.front import used_abbreviations
from trial_report.report.prose.words import counted, made, refs, share, subjects

pytestmark = pytest.mark.requirement("REQ-315", "REQ-311")


@pytest.fixture
def told(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """The exemplar's book, as the sentences open it, and no build that may be left in the folder."""
    monkeypatch.setattr(kit, "book", lambda: book)
    monkeypatch.setattr(kit, "build_folder", lambda: tmp_path)
    return book


def changed(book: Book, monkeypatch: pytest.MonkeyPatch, key: str, **values: object) -> None:
    """Give the sentences a book in which one result is another."""
    results = book.results.copy()
    for name, value in values.items():
        results.loc[key, name] = value
    opened = replace(book, results=results)  # once, as a document opens it
    monkeypatch.setattr(kit, "book", lambda: opened)


def test_counts_agree_with_their_noun() -> None:
    said = [counted(n, "warning", "warnings") for n in (0, 1, 2, 12)]
    assert said == ["no warning", "one warning", "two warnings", "12 warnings"]


def test_a_run_of_outputs_is_named_by_its_ends(told: Book) -> None:
    names = made("lab.by_visit.")
    first, last = (told.outputs[name].number for name in (names[0], names[-1]))
    assert plain(refs(names)) == f"Table {first} to Table {last}"
    assert plain(refs(names[:2])).count("Table") == 2
    other = f"{told.outputs['fig.lab'].name} and Table {first} to Table {last}"
    assert plain(refs(["fig.lab", *names])) == other


def test_made_leaves_out_what_a_study_has_not(told: Book) -> None:
    assert made("eff.comparison", "ae.overview") == ["ae.overview"]


def test_nobody_and_one_are_said_in_words(told: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    serious = told.ask("ae.overview", told.definition.safety_set, level="SERIOUS")
    assert plain(subjects(serious)) == "no patient"
    assert plain(share(serious)) == "none"
    changed(told, monkeypatch, serious.key("n"), value=1.0, formatted="1")
    assert plain(subjects(kit.book().answer(serious.question), of_all=False)) == "1 patient"


def test_a_number_is_asked_for_by_its_key_or_by_a_question(told: Book) -> None:
    safety = told.ask("sets", told.definition.safety_set)
    assert kit.num(safety, "N") == kit.num(safety.key("N"))
    with pytest.raises(kit.KitError, match=r"no result has the key .*; near to it: sets/"):
        kit.num(safety, "NN")
    with pytest.raises(kit.KitError, match="has its statistic in it"):
        kit.num(safety.key("N"), "N")
    with pytest.raises(kit.KitError, match="which statistic of 'sets/"):
        kit.num(safety)


def test_one_missed_visit_was_missed(told: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    key = f"visits/{told.definition.safety_set}/STATUS/ALL/TOTAL/missed/n"
    for value, words in ((0, "none was missed"), (1, "1 was missed"), (2, "2 were missed")):
        changed(told, monkeypatch, key, value=float(value), formatted=str(value))
        assert words in plain(prose.visits())


def test_no_narrative_is_said_in_a_sentence(told: Book) -> None:
    assert plain(prose.narratives()) == NOTHING


def test_only_abbreviations_that_are_used_are_explained(told: Book) -> None:
    found = dict(used_abbreviations())
    assert {"CI", "SD", "ULN"} <= set(found)
    assert "ANCOVA" not in found


@pytest.mark.parametrize("name", sorted(set(prose.__all__) - {"title"}))
def test_every_sentence_can_be_said_of_the_exemplar(told: Book, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit, "_shown", {})
    words = plain(getattr(prose, name)())
    assert words
    assert not re.search(r"\b(nan|None|NaT)\b", words.replace("None of", ""))
    # These hold a display, or a list.
    shown = (
        "baseline_in_short",
        "collected",
        "dose_finding",
        "efficacy_by_endpoint",
        "frequent_events_drawn",
        "objectives",
        "publication",
    )
    assert "  " not in words.replace("\n", " ") or name in (*shown, "variables")


def test_what_the_protocol_asked_for_is_told_first_and_the_whole_is_called_pooled(
    told: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the exemplar: efficacy at the maximum tolerated dose in Phase 2a, with what its intervals exclude."""
    pain = told.definition.endpoint("PAINVAS")
    said = plain(endpoint_sentence(pain))
    assert said.startswith(
        "In Phase 2a (all in Dose level 3: 2.0 × 10⁸ cells), the mean at baseline was 58.6 mm (n = 8); the mean change "
        "from baseline was -6.5 mm"
    )
    interval = said.index("The interval excludes 0 at Week 12, and includes it at Week 4 and Week 24.")
    assert interval < said.index("Pooled over phases and groups, the mean at baseline was 63.3 mm (n = 20); the mean")
    short = plain(endpoint_sentence(pain, inside=True))
    assert short.count("Week 12") == 1, "what was promised at each visit, the whole at the last"
    assert short.count("Week 24") == 2
    key = "eff.further.P2A/FAS/PAINVAS/W12/TOTAL/-/ci_high"
    changed(told, monkeypatch, key, value=1.0)
    assert "The interval includes 0 at Week 4, Week 12 and Week 24." in plain(endpoint_sentence(pain))


def test_few_outside_a_set_are_named_with_the_reason(told: Book) -> None:
    """Of the exemplar: one in the per-protocol set is not, and eight of Phase 2a were never meant for Phase 1's."""
    said = plain(prose.sets_in_numbers())
    assert re.search(r"Patient \d\d-\d\d\d \(major protocol deviation\) is not in the per-protocol set\.", said)
    assert "not in the DLT" not in said


def test_reasons_of_missing_values_are_told_with_visits_and_patients(told: Book) -> None:
    said = plain(prose.statistical_issues())
    assert "Pain-free walking distance at Baseline: unable to walk, one patient (03-005)." in said
    assert "index at Baseline, Week 4, Week 12 and Week 24: arteries not compressible, one patient (02-002)." in said


def test_subgroups_doses_and_handling_of_missing_values_are_told_with_their_results(told: Book) -> None:
    """Of the exemplar: the smallest and the largest mean of subgroups large enough, each dose, each way."""
    issues, doses = plain(prose.statistical_issues()), plain(prose.dose_response())
    assert re.search(
        r"Pain intensity.* at Week.24: the mean lay between .*\d mm \(.*; n.=.\d+\) and .* in all\.", issues
    )
    assert "of 4 patients or more, against -23.5 mm in all" in issues.replace("\u2212", "-")
    assert re.search(
        r"in observed cases, .* by multiple imputation and .* by the mixed model; in the tipping-point analysis ",
        issues,
    )
    assert "Not known, as the data do not tell: revascularization." in issues
    assert "(treatment policy): 1 patient (5.0%); the first such event was between Week" in issues
    assert "No relation of dose and response was modeled or tested." in doses
    assert "(n = 3) with Dose level 1: 5.0 × 10⁷ cells" in doses
    assert plain(prose.interactions()).startswith("Not analyzed: ")


def test_responders_are_told_at_each_visit_with_exact_limits_and_the_missing(told: Book) -> None:
    """R: binom.test(13, 20)$conf.int 0.4078115 0.8460908."""
    said = plain(prose.responders())
    assert re.search(r"Reduction of pain by 30% or more: \d+ of 20 patients \(.*\) at Week.1, .* at Week.4, ", said)
    assert "With missing values counted as non-response: 13 of 20 (65.0%; 40.8% to 84.6%) at Week 24." in said
    assert "counts as not responding" in said


def test_a_yes_and_an_event_are_told_by_name_and_none_in_a_word(told: Book) -> None:
    said = plain(prose.efficacy_by_endpoint())
    assert "Complete ulcer healing was recorded in none of 9 patients at Week 4, 1 of 9 at Week 12 and" in said
    assert "An event of this endpoint occurred in none of the 20 patients" in said
    assert re.search(
        r"In further analyses the mean change at Week.24 was .*\) in Phase.1, .*\) in the per-protocol set and "
        r".*\) in Phase.2a in the per-protocol set",
        said,
    )


def test_a_dose_that_was_not_too_toxic_is_the_highest_tested_and_no_maximum_that_was_reached(
    told: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = plain(dose_finding_in_short())
    assert said == (
        "Dose-limiting toxicities: 0 of 12 evaluable patients over all dose levels. No dose was too toxic: the "
        "maximum tolerated dose was not reached; the highest dose tested is Dose level 3: 2.0 × 10⁸ cells (0 of 6 "
        "evaluable patients; 95% CI 0.0% to 45.9%)."
    )
    lower = told.definition.groups[1]
    key = next(key for key in told.results.index if key.startswith("esc.mtd/") and key.endswith("/mtd"))
    changed(told, monkeypatch, key, text=lower.code, formatted=lower.label)
    assert f"The maximum tolerated dose by the rule was {lower.label} (0 of 3 evaluable patients" in plain(
        dose_finding_in_short()
    )
