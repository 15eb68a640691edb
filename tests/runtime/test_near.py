"""Names near to one that there is not."""

import pytest

from trial_report.runtime.near import near, near_to_it

pytestmark = pytest.mark.requirement("REQ-216")

KNOWN = ["ae.overview", "ae.by_term", "eff.test", "eff.tests", "eff.by_test", "eff.to_test"]


def test_the_nearest_comes_first_and_three_are_offered_at_most() -> None:
    assert near("eff.tset", KNOWN)[0] == "eff.test"
    assert len(near("eff.test", KNOWN)) == 3
    assert near("eff.tset", KNOWN, most=1) == ["eff.test"]


def test_a_name_that_is_known_twice_is_offered_once() -> None:
    assert near("dispo.table", ["disposition.table", "disposition.table"]) == ["disposition.table"]


def test_what_is_like_nothing_is_offered_nothing() -> None:
    assert near("zzz", KNOWN) == near(7, KNOWN) == []
    assert near_to_it("zzz", KNOWN) == ""


def test_names_of_a_message_stand_at_its_end() -> None:
    assert near_to_it("ae.overveiw", iter(KNOWN)) == "; near to it: ae.overview"
