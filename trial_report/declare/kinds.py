"""What can be declared, and the two places where declarations are kept: the package's, and a study's own.

Not here: the decorators that are written before a function (`decorators`), and files of a study (`own`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

Kind = Literal["table", "figure", "listing"]
Severity = Literal["error", "warning"]
Said = str | Callable[[Any], str]
"""A text, or a function of the book that gives it."""


HOUSE_NAME = "trial_report."
"""How the names of the package's own modules begin."""


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

    It runs after all that start from none. `tolerance` is that of values that it returns.
    """

    ids: tuple[str, ...]
    what: str
    uses: tuple[str, ...] = ()
    tolerance: float | None = None

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
    in_text: str = ""
    title: Said = ""
    population: Said = ""
    size: tuple[str, ...] | Callable[[Any], tuple[str, ...]] = ()
    nobody: Said = ""
    notes: tuple[str, ...] | Callable[[Any], tuple[str, ...]] = ()
    alt: Said = ""
    results: tuple[str, ...] = ()
    landscape: bool | Callable[[Any], bool] = False
    stays: bool = False
    when: Callable[[Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class Derivation(Declared):
    """A variable of ADSL, or a parameter of ADBDS, that a function derives; `uses` are variables of ADSL it reads."""

    dataset: Literal["ADSL", "ADBDS"]
    name: str
    label: str
    unit: str = ""
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a check found: rows of one domain (a mask over its frame), or with `rows` None the domain as a whole.

    `found` may be given for every row of the frame, `expected` for every row or for those of `rows`; `also` names
    variables of the same row that the finding rests on: when one of them has failed an earlier check, the finding only
    follows from that, and is dropped. Where a finding rests on a second record of the domain in the same variables,
    `beside` holds its place for each of the rows.
    """

    domain: str
    rows: npt.NDArray[np.bool_] | pd.Series | None = None
    variable: str = ""
    found: pd.Series | None = None
    expected: str | pd.Series = ""
    also: tuple[str, ...] = ()
    value: str = ""
    beside: pd.Series | None = None


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
                self.seconds.append(new)  # several may compute parts of one analysis
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

    @contextmanager
    def anew(self, below: str) -> Iterator[None]:
        """Within this block what modules whose names begin so declared is not there, so that they can declare it anew.

        After it what was there before is there again.
        """
        lists: tuple[list[Any], ...] = (self.analyses, self.seconds, self.displays, self.derivations)
        before, checks = [list(one) for one in lists], dict(self.checks)
        for one in lists:
            one[:] = [new for new in one if not new.module.startswith(below)]
        for name in [name for name, new in checks.items() if new.module.startswith(below)]:
            del self.checks[name]
        try:
            yield
        finally:
            for one, held in zip(lists, before, strict=True):
                one[:] = held
            self.checks.clear()
            self.checks.update(checks)

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


def keep(new: Declared) -> None:
    """Keep a declaration where it belongs. Raises DeclarationError for one that is made in no place of either."""
    if new.module.startswith(HOUSE_NAME):
        HOUSE.add(new)
        return
    target = _into.get()
    if target is None:
        raise DeclarationError(f"{new.at}: declared outside the folder analysis/ of a study")
    target.add(new)
