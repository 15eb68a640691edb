"""Declarations are kept once each and by whom they are, and displays come in the order that they ask for."""

from __future__ import annotations

from typing import Any

import pytest

from trial_report import declare
from trial_report.declare import DeclarationError, Declarations, Display, in_order, into

pytestmark = pytest.mark.requirement("REQ-315")


def nothing(*_: Any) -> None:
    """A function that is declared and never run."""


def shown(id: str, after: str | None = None) -> Display:
    return Display(function=nothing, id=id, after=after)


def test_what_a_study_declares_is_kept_apart_from_the_house_and_from_other_studies() -> None:
    before = len(declare.HOUSE.analyses)
    with into(Declarations()) as one:
        declare.analysis("score")(nothing)
    with into(Declarations()) as other:
        declare.analysis("score")(nothing)
    assert [[a.ids for a in own.analyses] for own in (one, other)] == [[("score",)], [("score",)]]
    assert len(declare.HOUSE.analyses) == before


def test_a_declaration_outside_of_a_study_is_refused() -> None:
    with pytest.raises(DeclarationError, match=r"test_declare\.py, line \d+: declared outside"):
        declare.table("score", number="14.2", title="Score")(nothing)


def test_a_name_is_declared_once_and_both_places_are_told() -> None:
    with into(Declarations()):
        declare.figure("fig.score", number="14.2", title="Score")(nothing)
        with pytest.raises(DeclarationError, match=r"line \d+: the display 'fig.score' is declared already \(.*line"):
            declare.table("fig.score", number="14.2", title="Score")(nothing)


def test_an_analysis_knows_its_rows_by_their_beginning() -> None:
    with into(Declarations()) as own:
        declare.analysis("score", "dose.*")(nothing)
    made = [name for name in ("score", "score.test", "scores", "dose", "dose.high") if own.analyses[0].makes(name)]
    assert made == ["score", "score.test", "dose.high"]


def test_displays_follow_each_other_and_a_studys_own_come_before_what_else_follows() -> None:
    house = [shown("a"), shown("b", "a"), shown("c", "b"), shown("z")]
    own = [shown("mine", "a"), shown("more", "mine"), shown("last")]
    assert [one.id for one in in_order(house, own)] == ["a", "mine", "more", "b", "c", "z", "last"]


def test_a_display_can_follow_a_family_by_the_id_of_one_of_it() -> None:
    assert [one.id for one in in_order([shown("b"), shown("eff")], [shown("a", "eff.visit.score")])] == [
        "b",
        "eff",
        "a",
    ]


def test_an_unknown_neighbour_is_named_with_the_nearest() -> None:
    with pytest.raises(DeclarationError, match=r"'x' is to come after 'eff.by_visti', .*near to it: eff.by_visit"):
        in_order([shown("eff.by_visit")], [shown("x", "eff.by_visti")])


def test_a_circle_is_named() -> None:
    circle = [shown("a", "c"), shown("b", "a"), shown("c", "b")]
    with pytest.raises(DeclarationError, match="in a circle: 'a' after 'c' after 'b' after 'a'"):
        in_order(circle)
    with pytest.raises(DeclarationError, match="in a circle: 'a' after 'a'"):
        in_order([shown("a", "a")])


def test_a_domain_without_its_comma_is_one_domain() -> None:
    with into(Declarations()) as own:
        declare.analysis("score", needs="QS")(nothing)
    assert own.analyses[0].needs == ("QS",)
