"""What the second road could not compute: which results, and why, in words that a report may print.

A computation that stumbles leaves the others as they are. Its results are "not computed", which is no disagreement.

Not here: the comparison of what was computed (`compare`).
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from trial_report.declare.own import OwnCodeError
from trial_report.runtime.ending import refusal

BROKEN = (
    duckdb.Error, ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, OwnCodeError,
)  # fmt: skip
"""What a computation can fail with. It is recorded as a failure of that computation; anything else stops the run."""


class NotComputed(ValueError):
    """Raised where the second road knows that it cannot compute something; the message is printed."""


WORDS: tuple[tuple[type[Exception], str], ...] = (
    (NotComputed, ""),
    (duckdb.Error, "a query to its database failed"),
    (np.linalg.LinAlgError, "a matrix could not be inverted"),
    (ArithmeticError, "a number could not be computed"),
    (OwnCodeError, "the study's own code for it ended with an error"),
    (LookupError, "something that it looked for was not there"),
    (Exception, "its program ended with an error"),
)
"""What each kind of error is called in a report; how the error itself reads is for the command line only."""


@dataclass(frozen=True)
class Failure:
    """A computation that failed: `what` it was to compute, `reason` in words, the `error` itself, `covers` the keys.

    `covers` are patterns of keys of results (`ae.rate/*`), which were not computed because of it.
    """

    what: str
    reason: str
    error: str = ""
    covers: tuple[str, ...] = ()

    def about(self, key: str) -> bool:
        """Whether a result is one of those that were not computed."""
        return any(fnmatchcase(key, pattern) for pattern in self.covers)


COLUMNS = ("what", "reason", "error", "covers")
_BREAK = "\n"


def as_frame(failures: Sequence[Failure]) -> pd.DataFrame:
    """Failures as texts, a row each, so that they can be kept in a file."""
    rows = [(one.what, one.reason, one.error, _BREAK.join(one.covers)) for one in failures]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def from_frame(frame: pd.DataFrame) -> tuple[Failure, ...]:
    """The failures that `as_frame` wrote."""
    return tuple(
        Failure(what, reason, error, tuple(covers.split(_BREAK)) if covers else ())
        for what, reason, error, covers in frame[list(COLUMNS)].itertuples(index=False)
    )


def reason_of(error: Exception) -> str:
    """Why, in words; never the error's own text unless it was written to be read."""
    if isinstance(error, NotComputed):
        return str(error)
    return next(words for kind, words in WORDS if isinstance(error, kind))


def told(error: Exception) -> str:
    """The error with the place in this folder, or in a study's code, at which it arose, for the command line."""
    if isinstance(error, OwnCodeError):
        return str(error)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).parent.name == "verify"]
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}{place}"


@contextmanager
def attempt(
    failures: list[Failure], what: str, covers: Sequence[str], stages: Sequence[Failure] = ()
) -> Iterator[None]:
    """What is done inside may fail; it is then kept in `failures`.

    `stages` are the failures of what comes before: a table that is not there is missing because of the first of them.
    """
    try:
        yield
    except BROKEN as error:
        if refusal(error):  # the machine's doing says nothing about the computation
            raise
        reason = reason_of(error)
        if isinstance(error, duckdb.CatalogException) and stages:
            reason = f"{stages[0].what} could not be put together: {stages[0].reason}"
        failures.append(Failure(what, reason, told(error), tuple(covers)))
