"""Declares what a report is made of: analyses, second computations, displays, derived variables, checks.

``from trial_report import declare`` and a decorator before a function is all that any of them needs, those that come
with the generator and those that a study brings in its folder ``analysis/`` alike::

    @declare.analysis("score", needs=("QS",))
    def score(trial): ...

    @declare.table("score.table", number="14.2", title="The score", population="SAF", after="eff.by_visit")
    def table(book): ...

It only keeps what was declared, and by whom: who runs it is `analysis.analyse.all` (analyses), `analysis.verify`
(second computations), `analysis.display.registry` (displays), `analysis.derive` (derivations) and `schemas.checks`
(checks). What is declared inside the package belongs to every study (`HOUSE`); a study's own declarations are kept
apart, so that those of one never reach another.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

__all__ = [
    "HOUSE", "Analysis", "Check", "DeclarationError", "Declarations", "Derivation", "Display", "Finding", "Second",
    "analysis", "check", "derivation", "figure", "into", "listing", "outputs", "second", "table",
]  # fmt: skip

Function = TypeVar("Function", bound=Callable[..., Any])
Kind = Literal["table", "figure", "listing"]
Severity = Literal["error", "warning"]
Said = str | Callable[[Any], str]
"""A text, or a function of the book that gives it."""


class DeclarationError(ValueError):
    """Something was declared that cannot be: the message names it, where it stands, and what is wrong."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What all declarations share: the function, and the domains without which there is nothing for it to do."""

    function: Callable[..., Any]
    needs: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The module in which it stands."""
        return str(getattr(self.function, "__module__", ""))

    @property
    def file(self) -> str:
        """The file in which it stands, as Python knows it."""
        code = getattr(self.function, "__code__", None)
        return code.co_filename if code else str(getattr(sys.modules.get(self.module), "__file__", "") or self.module)

    @property
    def line(self) -> int:
        """The line at which the function begins; 0 for what is none."""
        return int(getattr(getattr(self.function, "__code__", None), "co_firstlineno", 0))

    @property
    def at(self) -> str:
        """Where it stands, for a message: file and line."""
        return f"{self.file}, line {self.line}" if self.line else self.file

    @property
    def place(self) -> tuple[str, int]:
        """Module and line, by which declarations are put into an order that no import changes."""
        return (self.module, self.line)


@dataclass(frozen=True, kw_only=True)
class Analysis(Declared):
    """A function from the trial to results rows; `ids` are the analyses that its rows are of, with what is below them.

    An id that ends in ".*" stands for all that begin with what is before it.
    """

    ids: tuple[str, ...]

    def makes(self, name: str) -> bool:
        """Whether rows of that analysis are of this function."""
        return any(name == one or name.startswith(f"{one.removesuffix('.*')}.") for one in self.ids)


@dataclass(frozen=True, kw_only=True)
class Second(Declared):
    """A second computation: `what` it computes in words, of the analyses `ids`; `uses` those it starts from.

    It runs after all that start from none.
    """

    ids: tuple[str, ...]
    what: str
    uses: tuple[str, ...] = ()

    @property
    def covers(self) -> tuple[str, ...]:
        """Patterns of the keys of results that it is to compute."""
        return tuple(f"{name}/*" for name in self.ids)


@dataclass(frozen=True, kw_only=True)
class Display(Declared):
    """A display, or a family of them, and its place: after another, else where its section begins.

    With a `kind` the function makes the display whose frame the other fields are; without one it yields the outputs.
    """

    id: str
    after: str | None = None
    kind: Kind | None = None
    number: str = ""
    title: Said = ""
    population: Said = ""
    size: tuple[str, ...] | Callable[[Any], tuple[str, ...]] = ()
    nobody: Said = ""
    notes: tuple[str, ...] | Callable[[Any], tuple[str, ...]] = ()
    alt: str = ""
    landscape: bool | Callable[[Any], bool] = False
    stays: bool = False
    when: Callable[[Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class Derivation(Declared):
    """A variable of ADSL, or a parameter of ADBDS, that a function derives."""

    dataset: Literal["ADSL", "ADBDS"]
    name: str
    label: str
    unit: str = ""


@dataclass(frozen=True)
class Finding:
    """What a check found: rows of one domain (a mask over its frame), or with `rows` None the domain as a whole.

    `found` may be given for every row of the frame, `expected` for every row or for those of `rows`; `also` names
    variables of the same row that the finding rests on: when one of them has failed an earlier check, the finding only
    follows from that, and is dropped.
    """

    domain: str
    rows: npt.NDArray[np.bool_] | pd.Series | None = None
    variable: str = ""
    found: pd.Series | None = None
    expected: str | pd.Series = ""
    also: tuple[str, ...] = ()
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Check(Declared):
    """A check of the data. `uses` names what it needs, ``DM`` or ``DM.RFSTDTC`` (and USUBJID).

    `domain` is the one that a Pandera model or schema, which then stands as the function, is of.
    """

    id: str
    severity: Severity
    meaning: str
    remedy: str
    uses: tuple[str, ...] = ()
    acceptable: bool = True
    domain: str = ""


@dataclass
class Declarations:
    """What was declared in one place: by the package (`HOUSE`), or by the code of one study.

    Raises DeclarationError where a name is declared twice.
    """

    analyses: list[Analysis] = field(default_factory=list)
    seconds: list[Second] = field(default_factory=list)
    displays: list[Display] = field(default_factory=list)
    derivations: list[Derivation] = field(default_factory=list)
    checks: dict[str, Check] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.analyses or self.seconds or self.displays or self.derivations or self.checks)

    def add(self, new: Declared) -> None:
        """Keep a declaration."""
        match new:
            case Analysis():
                self._once(new, "analysis", new.ids, ((one, one.ids) for one in self.analyses))
                self.analyses.append(new)
            case Second():
                self._once(new, "second computation", new.ids, ((one, one.ids) for one in self.seconds))
                self.seconds.append(new)
            case Display():
                self._once(new, "display", (new.id,), ((one, (one.id,)) for one in self.displays))
                self.displays.append(new)
            case Derivation():
                known = ((one, (one.name,)) for one in self.derivations if one.dataset == new.dataset)
                self._once(new, f"derivation in {new.dataset}", (new.name,), known)
                self.derivations.append(new)
            case Check():
                self._once(new, "check", (new.id,), ((one, (one.id,)) for one in self.checks.values()))
                self.checks[new.id] = new
            case _:
                raise TypeError(f"{new!r} is no declaration")

    @staticmethod
    def _once(
        new: Declared, what: str, names: tuple[str, ...], known: Iterable[tuple[Declared, tuple[str, ...]]]
    ) -> None:
        for one, taken in known:
            for name in names:
                if name in taken:
                    raise DeclarationError(f"{new.at}: the {what} '{name}' is declared already ({one.at})")


HOUSE = Declarations()
"""What comes with the package."""

_into: ContextVar[Declarations | None] = ContextVar("declarations", default=None)


@contextmanager
def into(declarations: Declarations) -> Iterator[Declarations]:
    """Keep what is declared inside in these; what a module of the package declares is `HOUSE`'s all the same."""
    before = _into.set(declarations)
    try:
        yield declarations
    finally:
        _into.reset(before)


def _keep(new: Declared) -> None:
    if new.module.startswith("trial_report."):
        HOUSE.add(new)
        return
    target = _into.get()
    if target is None:
        raise DeclarationError(f"{new.at}: declared outside the folder analysis/ of a study")
    target.add(new)


def _tuple(names: str | Iterable[str], what: str) -> tuple[str, ...]:
    # A bare text, ("QS") with its comma forgotten, would be taken letter by letter.
    found = (names,) if isinstance(names, str) else tuple(names)
    if any(not isinstance(name, str) or not name for name in found):
        raise DeclarationError(f"{what} has to be a text or a tuple of texts, not {names!r}")
    return found


def analysis(*ids: str, needs: str | Iterable[str] = ()) -> Callable[[Function], Function]:
    """Declare a function from the trial to results rows (a frame of `schemas.results`, or `Rows`).

    Every row's analysis is one of `ids`, or begins with one and a dot. Where a domain that it `needs` was not delivered
    it is not run: nobody knows whether there was nothing.
    """

    def keep(function: Function) -> Function:
        _keep(Analysis(function=function, ids=_tuple(ids, "the id of an analysis"), needs=_tuple(needs, "needs")))
        return function

    return keep


def second(
    *ids: str, what: str = "", needs: str | Iterable[str] = (), uses: str | Iterable[str] = ()
) -> Callable[[Function], Function]:
    """Declare the second computation of these analyses (``vs.*``: of all that begin so).

    The function is given the second road (`analysis.verify.road.Road`): the definition (`road.study`), the domains as
    they were delivered (`road.domain("QS")`, texts), its own tables for SQL (`road.frame`), and nothing of the first
    results. It adds rows to the road, or returns them: a mapping from key to value, or from key to text.
    `what` says in words what it computes, where something fails; `uses` names analyses whose second results it reads.
    """

    def keep(function: Function) -> Function:
        named = _tuple(ids, "the id of an analysis")
        said = what or f"the analysis {', '.join(named)}"
        new = Second(function=function, ids=named, what=said, needs=_tuple(needs, "needs"), uses=_tuple(uses, "uses"))
        _keep(new)
        return function

    return keep


def _display(kind: Kind) -> Callable[..., Callable[[Function], Function]]:
    def declared(
        id: str,
        *,
        number: str,
        title: Said,
        after: str | None = None,
        population: Said = "",
        size: tuple[str, ...] | Callable[[Any], tuple[str, ...]] = (),
        nobody: Said = "",
        notes: tuple[str, ...] | Callable[[Any], tuple[str, ...]] = (),
        alt: str = "",
        landscape: bool | Callable[[Any], bool] = False,
        needs: str | Iterable[str] = (),
        stays: bool = False,
        when: Callable[[Any], bool] | None = None,
    ) -> Callable[[Function], Function]:
        def keep(function: Function) -> Function:
            new = Display(
                function=function, id=id, after=after, kind=kind, number=number, title=title, population=population,
                size=size, nobody=nobody, notes=(notes,) if isinstance(notes, str) else notes, alt=alt,
                landscape=landscape, needs=_tuple(needs, "needs"), stays=stays, when=when,
            )  # fmt: skip
            _keep(new)
            return function

        return keep

    declared.__doc__ = f"""Declare a function of the book that makes a {kind}.

    `number` is its section of ICH E3 ("14.2"), `after` the display that it comes after; without one it stands where its
    section begins, or, of a study's own, where it ends. `title`, `population` (the id of an analysis set, or as it is
    to be printed) and `nobody` (what stands in place of an analysis set where no subjects are counted) are texts, or
    functions of the book; so are `notes` and `size`, tuples. It is shown `when` that function of the book says so, and
    where the domains that it `needs` were delivered; where it `stays` it says that they were not. `alt` says what a
    figure shows to a reader who does not see it.
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

    def keep(function: Function) -> Function:
        _keep(Display(function=function, id=id, after=after, needs=_tuple(needs, "needs")))
        return function

    return keep


def derivation(
    dataset: Literal["ADSL", "ADBDS"], name: str, *, label: str, unit: str = "", needs: str | Iterable[str] = ()
) -> Callable[[Function], Function]:
    """Declare a function that derives a variable of ADSL, or a parameter of ADBDS.

    It is given ADSL, the domains and the definition. For ADSL it returns the variable, a Series over the rows of ADSL
    or over USUBJID; for ADBDS the records of a Findings domain: USUBJID, and its value in --STRESN, its date in --DTC,
    its visit in VISITNUM, for the `name` in --TESTCD.
    """
    if dataset not in ("ADSL", "ADBDS"):
        raise DeclarationError(f"a derivation is of ADSL (a variable) or of ADBDS (a parameter), not of {dataset!r}")

    def keep(function: Function) -> Function:
        new = Derivation(
            function=function, dataset=dataset, name=name, label=label, unit=unit, needs=_tuple(needs, "needs")
        )
        _keep(new)
        return function

    return keep


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

    def keep(function: Function) -> Function:
        named = _tuple(uses, "uses") or ((domain,) if domain else ())
        new = Check(
            function=function, id=id, severity=severity, meaning=meaning, remedy=remedy, uses=named,
            acceptable=acceptable, domain=domain,
        )  # fmt: skip
        _keep(new)
        return function

    return keep


def in_order(displays: Iterable[Display], own: Iterable[Display] = ()) -> list[Display]:
    """All displays in reading order: each after the one that it names, a study's own before what else comes after that.

    Those that name none are where an order begins; the house's come before a study's. `after` may also name an output
    of a family (``eff.by_visit.score``), whose whole family then comes before. Raises DeclarationError for a name that
    nothing has, which tells the nearest, and for a circle, which it names.
    """
    theirs, house = list(own), sorted(displays, key=lambda one: one.id)
    known: Mapping[str, Display] = {one.id: one for one in (*house, *theirs)}
    following: dict[str | None, list[Display]] = {}
    for one in (*theirs, *house):
        following.setdefault(_named(one, known), []).append(one)
    order: list[Display] = []
    waiting = [*reversed([*(o for o in house if o.after is None), *(o for o in theirs if o.after is None)])]
    while waiting:
        one = waiting.pop()
        order.append(one)
        waiting += reversed(following.get(one.id, []))
    left = [one for one in known.values() if one not in order]
    if left:
        circle = [left[0]]
        while (before := known[_named(circle[-1], known) or ""]) not in circle:
            circle.append(before)
        circle = [*circle[circle.index(before) :], before]
        names = " after ".join(f"'{one.id}'" for one in circle)
        raise DeclarationError(f"{circle[0].at}: displays come after each other in a circle: {names}")
    return order


def _named(display: Display, known: Mapping[str, Display]) -> str | None:
    if display.after is None:
        return None
    parts = display.after.split(".")
    for length in range(len(parts), 0, -1):
        if (name := ".".join(parts[:length])) in known:
            return name
    raise DeclarationError(
        f"{display.at}: the display '{display.id}' is to come after '{display.after}', which nothing is called"
        + nearest(display.after, known)
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that there is not: those that are near to it."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; near to it: {', '.join(near)}" if near else ""


def short(file: str) -> str:
    """The name of a file as a message shows it: inside the folder analysis/ of a study, else its own."""
    path = Path(file)
    return f"{path.parent.name}/{path.name}" if path.parent.name == "analysis" else path.name
