"""What a table, figure or listing of the report is: its number, title and notes, and how it is made.

The registry is a mapping of these; captions, footers, lists and the index of programs all read it.

Not here: which outputs there are (`registry`), and how one is declared (`trial_report.declare`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from trial_report.analysis.display.table import Basis, Reads, Table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as MatplotlibFigure

Kind = Literal["table", "figure", "listing"]

COPY = "-in-text"
"""What the id of a display ends with where the text shows it beside section 14."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with what a reader needs who cannot see it.

    ``drawing`` is a matplotlib figure of the size it is printed in; ``alt`` says in a sentence or two what it
    shows. ``keys`` are the results rows it was drawn from.
    """

    drawing: MatplotlibFigure
    alt: str
    notes: tuple[str, ...] = ()
    basis: Basis = field(default_factory=Basis)
    reads: Reads | None = None
    keys: tuple[str, ...] = ()


def is_text(section: str) -> bool:
    """Whether a section is one of the text (1 to 13), in which tables and figures have numbers as "11-1"."""
    return int(section.partition(".")[0]) < 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One display of the report.

    ``id`` is its name in documents ("ae.overview"), ``number`` its ICH E3 number without the word
    ("14.3.1.1", in the text "9-1"), ``section`` the section that it is numbered in. One of section 14 that the text
    shows as well has there the section ``in_text`` and the number ``told`` ("12-1"); shown there, it is a copy and
    ``repeats`` says of what. ``population`` is the analysis set as printed (empty: those of its results rows), ``size``
    the keys of the results rows that N is where it is not that of the whole set, ``nobody`` a sentence that stands in
    place of the analysis set of a display that counts no subjects, ``program`` the module that makes it, and ``make``
    takes the :class:`Book` and returns the table or figure. ``needs`` are the domains without which there is nothing to
    show: where one was not delivered the display is left out, or, where it ``stays``, says so.
    """

    id: str
    kind: Kind
    number: str
    title: str
    section: str = ""
    in_text: str = ""
    told: str = ""
    repeats: str = ""
    population: str = ""
    size: tuple[str, ...] = ()
    nobody: str = ""
    notes: tuple[str, ...] = ()
    program: str = ""
    landscape: bool = False
    needs: tuple[str, ...] = ()
    stays: bool = False
    make: Callable[[Any], Table | Figure]

    @property
    def name(self) -> str:
        """The kind and number as printed: "Table 14.3.1.1"."""
        return f"{self.kind.capitalize()} {self.number}"

    @property
    def copy(self) -> Output:
        """What the text shows of a display of section 14, with the number that it has there."""
        return replace(self, id=f"{self.id}{COPY}", number=self.told, repeats=self.name)


class Book(Protocol):
    """What documents read: the outputs, the results (a frame indexed by ``key``) and the study's definition."""

    @property
    def outputs(self) -> Mapping[str, Output]:
        """Outputs by id, in the order in which they are numbered."""
        ...

    @property
    def results(self) -> pd.DataFrame:
        """The results frame, one row a statistic, indexed by ``key``."""
        ...

    @property
    def study(self) -> Any:
        """The study's definition."""
        ...
