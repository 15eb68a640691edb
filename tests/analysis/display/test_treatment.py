"""Which treatment is said where a subject received another than was assigned."""

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import FAILURE, SUBJECT, definition, frame
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.listings._common import day_note, described
from trial_report.analysis.display.treatment import by_words, differ, treatment_of, treatments

pytestmark = pytest.mark.requirement("REQ-316")

UNTREATED = {"TRT01A": None, "TRTSDT": None, "SAFFL": "N", "EVALFL": "N"}
SWITCHED = {"TRT01P": "A", "TRT01A": "B"}


def book(*changes: dict[str, Any]) -> Book:
    adsl = frame(SUBJECT, *({"USUBJID": str(n), **one} for n, one in enumerate(changes, 1)))
    return cast(Book, SimpleNamespace(definition=definition(), datasets={"ADSL": adsl}))


def test_it_is_said_where_the_two_differ_in_a_subject() -> None:
    assert [differ(book({}, UNTREATED, FAILURE)), differ(book({}, SWITCHED))] == [False, True]
    assert differ(book({}, {"TRT01P": None}))
    assert by_words(book({}, UNTREATED), "ENR") == ""
    assert [by_words(book({}, SWITCHED), one) for one in ("ENR", "SAF")] == [
        "by treatment assigned",
        "by treatment received",
    ]


def test_each_subject_has_its_treatment_in_words() -> None:
    one = book({}, SWITCHED, UNTREATED, FAILURE, {"TRT01P": None})
    a, b = (group.label for group in one.definition.groups[:2])
    found = treatments(one.definition, one.datasets["ADSL"]).tolist()
    assert found == [a, f"{b}, assigned to {a}", f"assigned to {a}, not treated", "not treated", a]
    assert [treatment_of(one.definition, row) for row in one.datasets["ADSL"].to_dict("records")] == found


def test_nobody_treated_has_words_too() -> None:
    one = book(UNTREATED, FAILURE)
    words = treatments(one.definition, one.datasets["ADSL"]).tolist()
    assert words == [f"assigned to {one.definition.groups[0].label}, not treated", "not treated"]


def test_a_listing_shows_the_group_of_its_set() -> None:
    one = book({}, SWITCHED, UNTREATED)
    adsl, short = one.datasets["ADSL"], {g.code: g.short for g in one.definition.groups}
    shown = {name: described(one, adsl, name)["GROUP"].tolist() for name in ("ENR", "SAF", None)}
    assert shown == {
        "ENR": [short["A"], short["A"], short["A"]],
        "SAF": [short["A"], short["B"], "–"],
        None: [short["A"], short["B"], short["A"]],
    }
    heads = described(one, adsl, "ENR")["HEAD"]
    assert heads.iloc[1].startswith(f"2, {one.definition.groups[1].label}, assigned to ")
    assert pd.Series(heads).str.endswith("60 years, female").all()


def test_the_day_of_randomisation_is_named_where_days_count_from_it() -> None:
    assert "randomisation" not in day_note(book({}, FAILURE))
    assert "of who was assigned and never treated, that of randomisation" in day_note(book({}, UNTREATED))
