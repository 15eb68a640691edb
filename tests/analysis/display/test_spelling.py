"""The generator's words in two spellings, dates in sentences, and what stays together on a line."""

from __future__ import annotations

import pytest

from trial_report.analysis.display.spelling import (
    AMERICAN_TO_BRITISH,
    NO_BREAK,
    Spelling,
    small_first,
    spelled,
    unbroken,
)

pytestmark = pytest.mark.requirement("REQ-315")

AMERICAN, BRITISH = Spelling("en-US", frozenset()), Spelling("en-GB", frozenset())


@pytest.mark.parametrize(
    ("american", "british"),
    [
        ("Data were analyzed and summarized by center.", "Data were analysed and summarised by centre."),
        ("Randomization and enrollment", "Randomisation and enrolment"),
        ("hospitalized, standardized, labeled, favorable", "hospitalised, standardised, labelled, favourable"),
    ],
)
def test_either_spelling_becomes_that_of_the_report(american: str, british: str) -> None:
    for given in (american, british):
        assert AMERICAN(given) == american
        assert BRITISH(given) == british


@pytest.mark.parametrize(
    "words",
    [
        "Analyses, an exercise, a promise and a comprise", "the codes RANDOMIZED and HOSPITALIZED", "Anaemia", "Oedema",
        "Ischemic ulcer", "Hemoglobin", "International Council for Harmonisation", "programme", "size, prize, seize",
    ],
)  # fmt: skip
def test_terms_codes_names_and_other_words_stay(words: str) -> None:
    assert AMERICAN(words) == words
    assert BRITISH(words) == words


def test_a_phrase_of_the_study_stays_in_the_middle_of_a_sentence() -> None:
    said = spelled("Randomised patients of the Randomised set were analysed.", "en-US", {"Randomised set"})
    assert said == "Randomized patients of the Randomised set were analyzed."


def test_no_word_of_the_list_is_spelled_alike_in_both() -> None:
    assert not set(AMERICAN_TO_BRITISH) & set(AMERICAN_TO_BRITISH.values())


@pytest.mark.parametrize(
    ("collected", "american", "british"),
    [
        ("2021-03-05", "March 5, 2021", "5 March 2021"),
        ("2021-03-05T10:30", "March 5, 2021", "5 March 2021"),
        ("2021-03", "March 2021", "March 2021"),
        ("2021", "2021", "2021"),
        ("2021---05", "2021---05", "2021---05"),
    ],
)
def test_dates_in_sentences(collected: str, american: str, british: str) -> None:
    assert (AMERICAN.date(collected), BRITISH.date(collected)) == (american, british)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("at Week 24, day 29 and in Phase 2a", "at Week_24, day_29 and in Phase_2a"),
        ("5 mg, 12 mL, 96 g/L and 120 mmHg", "5_mg, 12_mL, 96_g/L and 120_mmHg"),
        ("2.0 × 10⁸ cells", "2.0_×_10⁸_cells"),
        ("3 more, 20 patients, 5 Greek letters", "3 more, 20 patients, 5 Greek letters"),
    ],
)
def test_a_number_stays_with_its_unit(words: str, kept: str) -> None:
    assert unbroken(words).replace(NO_BREAK, "_") == kept
    assert unbroken(" mm more", after_number=True) == f"{NO_BREAK}mm more"


def test_names_and_abbreviations_keep_their_capital() -> None:
    inside = [small_first(one) for one in ("Headache", "Crohn's disease", "COVID-19", "C-reactive protein",
                                           "Rutherford category", "Pain in extremity")]  # fmt: skip
    assert inside == ["headache", "Crohn's disease", "COVID-19", "C-reactive protein", "Rutherford category",
                      "pain in extremity"]  # fmt: skip
