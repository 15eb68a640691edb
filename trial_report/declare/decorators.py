"""The decorators by which anything is declared.

Not here: what is kept of a declaration, and where (`kinds`), and the running of anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar

from trial_report.declare.kinds import (
    Analysis,
    Check,
    DeclarationError,
    Derivation,
    Display,
    Kind,
    Said,
    Second,
    Severity,
    keep,
)

Function = TypeVar("Function", bound=Callable[..., Any])


def _tuple(names: str | Iterable[str], what: str) -> tuple[str, ...]:
    # A bare text, ("QS") with its comma forgotten, would be taken letter by letter.
    found = (names,) if isinstance(names, str) else tuple(names)
    if any(not isinstance(name, str) or not name for name in found):
        raise DeclarationError(f"{what} has to be a text or a tuple of texts, not {names!r}")
    return found


def _ids(ids: tuple[str, ...], decorator: str) -> tuple[str, ...]:
    # Written without its brackets a decorator is given the function for an id, and nothing would be declared.
    if not ids or any(callable(name) for name in ids):
        raise DeclarationError(f"@declare.{decorator} is given the id of an analysis, as @declare.{decorator}('score')")
    return _tuple(ids, "the id of an analysis")


def analysis(*ids: str, needs: str | Iterable[str] = ()) -> Callable[[Function], Function]:
    """Declare a function from the trial to results rows (a frame of `schemas.results`, or `Rows`).

    Every row's analysis is one of `ids`, or begins with one and a dot. Where a domain that it `needs` was not delivered
    it is not run: nobody knows whether there was nothing.
    """
    named = _ids(ids, "analysis")

    def kept(function: Function) -> Function:
        keep(Analysis(function=function, ids=named, needs=_tuple(needs, "needs")))
        return function

    return kept


def second(
    *ids: str,
    what: str = "",
    needs: str | Iterable[str] = (),
    uses: str | Iterable[str] = (),
    tolerance: float | None = None,
) -> Callable[[Function], Function]:
    """Declare the second computation of these analyses (``vs.*``: of all that begin so).

    The function is given the second road (`analysis.verify.road.Road`): the definition (`road.study`), the domains as
    they were delivered (`road.domain("QS")`, texts), its own tables for SQL (`road.frame`), and nothing of the first
    results. It adds rows to the road, or returns them: a mapping from key to value, or from key to text.
    `what` says in words what it computes, where something fails; `uses` names analyses whose second results it reads;
    `tolerance` is how far, relative and absolute, a value that it returns may lie from the first.
    """
    named = _ids(ids, "second")

    def kept(function: Function) -> Function:
        said = what or f"the analysis {', '.join(named)}"
        new = Second(
            function=function, ids=named, what=said, needs=_tuple(needs, "needs"), uses=_tuple(uses, "uses"),
            tolerance=tolerance,
        )  # fmt: skip
        keep(new)
        return function

    return kept


def _display(kind: Kind) -> Callable[..., Callable[[Function], Function]]:
    def declared(
        id: str,
        *,
        number: str,
        in_text: str = "",
        title: Said,
        after: str | None = None,
        population: Said = "",
        size: tuple[str, ...] | Callable[[Any], tuple[str, ...]] = (),
        nobody: Said = "",
        notes: tuple[str, ...] | Callable[[Any], tuple[str, ...]] = (),
        alt: Said = "",
        results: str | Iterable[str] = (),
        landscape: bool | Callable[[Any], bool] = False,
        needs: str | Iterable[str] = (),
        stays: bool = False,
        when: Callable[[Any], bool] | None = None,
    ) -> Callable[[Function], Function]:
        def kept(function: Function) -> Function:
            new = Display(
                function=function, id=id, after=after, kind=kind, number=number, in_text=in_text, title=title,
                population=population, size=size, nobody=nobody,
                notes=(notes,) if isinstance(notes, str) else notes, alt=alt,
                results=_tuple(results, "results"),
                landscape=landscape, needs=_tuple(needs, "needs"), stays=stays, when=when,
            )  # fmt: skip
            keep(new)
            return function

        return kept

    declared.__doc__ = f"""Declare a function of the book that makes a {kind}.

    `number` is its section of ICH E3 ("14.2"), `in_text` the section of the text that shows it as well ("11.4"),
    `after` the display that it comes after; without one it stands where its section begins, or, of a study's own, where
    it ends. `title`, `population` (the id of an analysis set, or as it is
    to be printed) and `nobody` (what stands in place of an analysis set where no subjects are counted) are texts, or
    functions of the book; so are `notes` and `size`, tuples. It is shown `when` that function of the book says so, and
    where the domains that it `needs` were delivered; where it `stays` it says that they were not. `alt` says what a
    figure shows to a reader who does not see it, and `results` the analyses whose results it is drawn from.
    """
    declared.__name__ = declared.__qualname__ = kind
    return declared


table = _display("table")
figure = _display("figure")
listing = _display("listing")


def outputs(id: str, *, after: str | None = None, needs: str | Iterable[str] = ()) -> Callable[[Function], Function]:
    """Declare a function of the book that yields a family of displays, as one a parameter of the definition.

    It yields `analysis.display.output.Output`s, whose ids are `id`, or begin with it and a dot. `after` as in `table`.
    """

    def kept(function: Function) -> Function:
        keep(Display(function=function, id=id, after=after, needs=_tuple(needs, "needs")))
        return function

    return kept


def derivation(
    dataset: Literal["ADSL", "ADBDS"],
    name: str,
    *,
    label: str,
    unit: str = "",
    needs: str | Iterable[str] = (),
    uses: str | Iterable[str] = (),
) -> Callable[[Function], Function]:
    """Declare a function that derives a variable of ADSL, or a parameter of ADBDS.

    It is given ADSL, the domains and the definition. For ADSL it returns the variable, a Series over the rows of ADSL
    or over USUBJID; it is derived after the variables of ADSL that it `uses`, wherever those are declared. For
    ADBDS it returns a frame with USUBJID, AVAL and ADT (a date, or ISO 8601), perhaps VISITNUM, and SRCDOM and SRCSEQ
    of the record behind each value; baseline, change and visit are derived as they are
    for every parameter.
    """
    if dataset not in ("ADSL", "ADBDS"):
        raise DeclarationError(f"a derivation is of ADSL (a variable) or of ADBDS (a parameter), not of {dataset!r}")

    def kept(function: Function) -> Function:
        new = Derivation(
            function=function, dataset=dataset, name=name, label=label, unit=unit,
            needs=_tuple(needs, "needs"), uses=_tuple(uses, "uses"),
        )  # fmt: skip
        keep(new)
        return function

    return kept


def check(
    id: str,
    severity: Severity,
    meaning: str,
    remedy: str,
    *,
    uses: str | Iterable[str] = (),
    acceptable: bool = True,
    domain: str = "",
) -> Callable[[Function], Function]:
    """Declare a function of the domains and the definition as a check; it yields each `Finding`.

    It runs when everything in `uses` was delivered. With a `domain` what is declared is a Pandera model, a schema or a
    check, to which the frame of that domain is held.
    """

    def kept(function: Function) -> Function:
        named = _tuple(uses, "uses") or ((domain,) if domain else ())
        new = Check(
            function=function, id=id, severity=severity, meaning=meaning, remedy=remedy, uses=named,
            acceptable=acceptable, domain=domain,
        )  # fmt: skip
        keep(new)
        return function

    return kept
