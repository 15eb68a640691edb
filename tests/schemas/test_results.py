"""Levels of results: any text of data goes into one and comes out of it unchanged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial_report.schemas.results import RESERVED, join_level, split_level

pytestmark = pytest.mark.requirement("REQ-209")

TEXTS = st.lists(st.one_of(st.text(), st.text(alphabet="|\\/∕␊\nA"), st.sampled_from(sorted(RESERVED))), min_size=1)


@pytest.mark.parametrize(
    ("texts", "level"),
    [
        (("Rash|itching",), r"Rash\|itching"),
        (("Gastro|intestinal", "Nausea"), r"Gastro\|intestinal|Nausea"),
        (("a\\", "b"), r"a\\|b"),
        (("ANY",), r"\ANY"),
        (("Skin", "Missing"), r"Skin|\Missing"),
        (("Any",), "Any"),
        (("Nausea/vomiting",), "Nausea/vomiting"),
        (("Nausea∕vomiting",), r"Nausea\∕vomiting"),
        (("", ""), "|"),
    ],
)
def test_a_sign_or_word_of_meaning_is_escaped(texts: tuple[str, ...], level: str) -> None:
    assert join_level(*texts) == level
    assert split_level(level) == texts


@given(TEXTS)
def test_what_was_joined_is_split_again(texts: list[str]) -> None:
    assert split_level(join_level(*texts)) == tuple(texts)


@given(TEXTS)
def test_no_text_of_data_has_the_level_of_a_word_of_the_program(texts: list[str]) -> None:
    assert join_level(*texts) not in RESERVED


def test_words_of_the_program_stand_as_they_are() -> None:
    assert split_level(f"{join_level('SEX', 'INTERACTION')}|INTERACTION") == ("SEX", "INTERACTION", "INTERACTION")
