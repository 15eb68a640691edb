"""The domains of a study as they were read: a frame each, and the file and line of every row.

Not here: reading of files (`analysis.read`), and the models of the frames (`model`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from trial_report.schemas.codelists.alike import told_apart
from trial_report.schemas.domains.iso8601 import bounds
from trial_report.schemas.domains.unique import spread, unique_texts
from trial_report.schemas.domains.variables import always_there, observation_class, prefix
from trial_report.schemas.problems import Problem, Severity

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Source:
    """Where the rows of a domain come from.

    `files` are file names; row *i* stands in ``files[file_of[i]]`` at ``lines[i]`` (the physical line of a CSV file,
    its header being line 1; the row number in a transport file). `columns` are the columns as delivered, `merged` the
    qualifiers of SUPP-- put beside them. `broken` marks rows whose line could not be read as it stands, `refused` the
    cells (column → rows) that were not.
    """

    files: tuple[str, ...]
    file_of: npt.NDArray[np.int32]
    lines: npt.NDArray[np.int64]
    columns: tuple[str, ...]
    broken: npt.NDArray[np.bool_]
    refused: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict)
    merged: tuple[str, ...] = ()


def lent(domains: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    """The domains for code that may change what it is given: what is changed of these frames is not changed in those.

    Nothing is copied before it is changed (pandas copies on write).
    """
    frames = {name: frame.copy(deep=False) for name, frame in domains.items()}
    if isinstance(domains, Domains):
        return Domains(frames, domains.sources, domains.unread, domains.sdtmig)
    return frames


class Domains(Mapping[str, pd.DataFrame]):
    """Domain name → frame, with the place of each row.

    A frame has a RangeIndex, so that a row's label says where it came from (`places`). Text is ``str`` with NaN for
    missing; numbers are float64; ``--SEQ`` is Int64; ``--DTC`` variables stay text. Variables that `always_there` of
    `schemas.domains.variables` names are there, all missing where they were not delivered. Qualifiers of SUPP-- stand
    on their parent's rows as text columns named by QNAM.
    """

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame],
        sources: Mapping[str, Source],
        unread: Iterable[str] = (),
        sdtmig: str = "3.4",
    ) -> None:
        self._frames = dict(frames)
        self.sources = dict(sources)
        #: Domains that were delivered but could not be read: what depends on them is not judged.
        self.unread = frozenset(unread)
        self.sdtmig = sdtmig
        self._dates: dict[tuple[str, str], pd.DataFrame] = {}
        self._subjects: dict[str, npt.NDArray[np.int32]] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def __repr__(self) -> str:
        return "Domains(" + ", ".join(f"{name}: {len(frame):,}" for name, frame in self.items()) + ")"

    def has(self, domain: str, *names: str) -> bool:
        """Whether the domain was read and every one of the variables was delivered with it."""
        if domain not in self._frames:
            return False
        frame = self._frames[domain].columns
        if domain not in self.sources:
            return all(name in frame for name in names)
        source = self.sources[domain]
        # What the domain should have and was not delivered is in the frame as well, all missing.
        added = always_there(domain) - {*source.columns, *source.merged}
        return all(name in frame and name not in added for name in names)

    def replaced(self, name: str, frame: pd.DataFrame, source: Source) -> Domains:
        """The same domains with one of them exchanged or added."""
        frames, sources = dict(self._frames), dict(self.sources)
        frames[name], sources[name] = frame, source
        return Domains(frames, sources, self.unread - {name}, self.sdtmig)

    def dates(self, domain: str, variable: str) -> pd.DataFrame:
        """First and last moment that each value of a date variable can mean: ``lower``, ``upper`` (see iso8601)."""
        if (domain, variable) not in self._dates:
            self._dates[domain, variable] = bounds(self[domain][variable])
        return self._dates[domain, variable]

    def forget(self) -> None:
        """Drops what was kept of dates and subjects, which takes room for as long as the domains live."""
        self._dates.clear()
        self._subjects.clear()

    def subjects(self, domain: str) -> npt.NDArray[np.int32]:
        """The number of each row's subject, one number in all domains; -1 where USUBJID is missing.

        Subjects are compared by these in place of their texts, which is what most of the time would be spent on.
        """
        if not self._subjects:
            named = {name: unique_texts(frame["USUBJID"]) for name, frame in self.items() if "USUBJID" in frame}
            everyone = pa.concat_arrays([texts for _, texts in named.values()])
            numbers = everyone.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int32)
            start = 0
            for name, (codes, texts) in named.items():
                self._subjects[name] = spread(numbers[start : start + len(texts)], codes, -1)
                start += len(texts)
        return self._subjects[domain]

    def have(self, domain: str, other: str, rows: npt.ArrayLike | None = None) -> npt.NDArray[np.bool_]:
        """Rows of a domain whose subject has a record in another one, of all or of those that the mask chooses."""
        found, numbers = self.subjects(other), self.subjects(domain)
        chosen = found if rows is None else found[np.asarray(rows, dtype=bool)]
        # The last place is that of -1, a subject that cannot be told.
        there = np.zeros(max(found.max(initial=-1), numbers.max(initial=-1)) + 2, dtype=bool)
        there[chosen] = True
        there[-1] = False
        return there[numbers]

    def of_subject(self, domain: str, values: pd.Series, of: str = "DM") -> pd.Series:
        """For every row of a domain the value, among `values` (a value a row of the domain `of`), of its subject.

        A subject's first row counts; the value is missing where the subject has none. Rows of `values` may be left out.
        """
        found, numbers = self.subjects(of)[values.index], self.subjects(domain)
        first = np.full(max(found.max(initial=-1), numbers.max(initial=-1)) + 2, -1, dtype=np.int64)
        # Written from the last row to the first, so that the first stays.
        first[found[::-1]] = np.arange(len(found))[::-1]
        first[-1] = -1
        return pd.Series(values.array.take(first[numbers], allow_fill=True), index=self[domain].index)

    def places(self, domain: str, rows: Rows) -> list[tuple[str, int]]:
        """File and line of rows, given by their labels."""
        source = self.sources[domain]
        names = [source.files[number] for number in source.file_of[rows].tolist()]
        return list(zip(names, source.lines[rows].tolist(), strict=True))

    def problems(
        self,
        check: str,
        severity: Severity,
        domain: str,
        rows: Rows,
        message: str,
        *,
        variable: str = "",
        values: Iterable[object] | None = None,
        expected: str | Iterable[object] = "",
        remedy: str = "",
    ) -> list[Problem]:
        """A problem for each row of a domain; `values` are the cells of `variable` unless they are given."""
        if not len(rows):
            return []
        frame = self._frames[domain]
        columns = [name for name in ("USUBJID", "VISIT", "VISITNUM", _sequence(domain)) if name in frame.columns]
        part = frame[columns].iloc[rows]
        if values is None:
            values = frame[variable].iloc[rows] if variable in frame.columns else [""] * len(rows)
        values = as_texts(values)
        wanted = [expected] * len(rows) if isinstance(expected, str) else as_texts(expected)
        wanted = [_with_signs(value, want) for value, want in zip(values, wanted, strict=True)]
        text = {name: as_texts(part[name]) if name in columns else [""] * len(rows) for name in _CONTEXT}
        sequence = _sequence(domain)
        numbers = as_texts(part[sequence]) if sequence in columns else [""] * len(rows)
        visits = [name or number for name, number in zip(text["VISIT"], text["VISITNUM"], strict=True)]
        places = self.places(domain, rows) if domain in self.sources else [("", None)] * len(rows)
        return [
            Problem(
                check,
                severity,
                domain,
                message,
                file,
                line,
                subject,
                visit,
                variable,
                value,
                want,
                remedy,
                f"{sequence}={number}" if number else "",
            )
            for (file, line), subject, visit, number, value, want in zip(
                places, text["USUBJID"], visits, numbers, values, wanted, strict=True
            )
        ]


def _with_signs(value: str, expected: str) -> str:
    """What was expected, with the signs that tell it from a value that looks the same."""
    if not value or len(value) > _LOOKED_AT or value == expected:
        return expected
    signs = told_apart(value, expected)
    return f"{expected} ({signs})" if signs else expected


#: Longer texts are not compared sign by sign.
_LOOKED_AT = 200
_CONTEXT = ("USUBJID", "VISIT", "VISITNUM")


def _sequence(domain: str) -> str:
    return f"{prefix(domain)}SEQ" if prefix(domain) else "IDVARVAL" if domain.startswith("SUPP") else ""


def as_texts(values: Iterable[object]) -> list[str]:
    """Values as a person would write them: whole numbers without decimals, missing as empty text."""
    return [_as_text(value) for value in values]


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    return str(value)


def is_findings(domain: str) -> bool:
    """Whether a domain is of the Findings class."""
    return observation_class(domain) == "Findings"
