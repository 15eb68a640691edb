"""What displays read: the study's definition, datasets, results and check findings, opened from a build folder.

Not here: numbers and cells of an answer (`answer`), and the makers of displays (`registry`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import pandas as pd

from trial_report.analysis.analyse.all import names
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.spelling import Spelling
from trial_report.analysis.display.standing import basis_of
from trial_report.analysis.display.table import Cell, Column, Table
from trial_report.analysis.display.table_aligned import aligned
from trial_report.analysis.display.trivial import collapsed
from trial_report.analysis.results.question import SUBJECTS, Question
from trial_report.declare.own import NOTHING, OwnCode, kept, load
from trial_report.runtime.near import near_to_it
from trial_report.schemas.study import TOTAL, StudyDefinition

DATASETS, DOMAINS = "datasets", "domains"
CODE = "code"
"""The study's own code, as it was read."""
RESULTS, PROBLEMS, STUDY, RUN = "results.parquet", "problems.parquet", "study.json", "run.json"
PLACES = "places.parquet"
VERIFIED = "verified.parquet"
SHORT_LABEL = 18

T = TypeVar("T")


class MissingResult(KeyError):
    """A display asked for a number that no analysis computed."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Book:
    """All that a report is a reading of.

    `results` is the results frame indexed by key; `datasets` the analysis datasets by name; `domains` the SDTM
    domains by name; `problems` what the checks found (a row a finding); `run` facts of the run (versions, counts);
    `verified` a row a result with its `state` after the second computation (`analysis.verify`), None without one.
    `definition` is that of what was delivered, `planned` the study's own with all that it asks for (None: the same).
    `own` is the study's own code.
    """

    definition: StudyDefinition
    datasets: Mapping[str, pd.DataFrame]
    domains: Mapping[str, pd.DataFrame]
    results: pd.DataFrame
    problems: pd.DataFrame
    folder: Path
    run: Mapping[str, Any]
    verified: pd.DataFrame | None = None
    planned: StudyDefinition | None = None
    own: OwnCode = NOTHING

    @property
    def study(self) -> StudyDefinition:
        """The study's definition, under the name that documents use."""
        return self.definition

    @cached_property
    def _registered(self) -> tuple[dict[str, Output], tuple[Output, ...]]:
        from trial_report.analysis.display.registry import (
            register,  # the registry imports the makers, and they import Book
        )

        return register(self)

    @property
    def outputs(self) -> Mapping[str, Output]:
        """Every table, figure and listing of this study, by id, in the order of their numbers."""
        return MappingProxyType(self._registered[0])

    @property
    def left_out(self) -> tuple[Output, ...]:
        """The outputs that the study's definition leaves out."""
        return self._registered[1]

    @cached_property
    def _made(self) -> dict[str, Table | Figure]:
        return {}

    def made(self, name: str) -> Table | Figure:
        """The table or figure of an output with its basis, made once. KeyError where there is no such output."""
        if name not in self._made:
            output = self.outputs[name]
            made = output.make(self)
            if isinstance(made, Table) and output.kind == "table":
                made = aligned(collapsed(made, self.definition.study.subjects))
            self._made[name] = self._spelled(output, replace(made, basis=basis_of(self, output, made)))
        return self._made[name]

    @cached_property
    def _once(self) -> dict[Hashable, Any]:
        return {}

    def once(self, name: Hashable, work: Callable[[], T]) -> T:
        """What several displays need, made by the first that asks for it by this name; nobody may change it."""
        if name not in self._once:
            self._once[name] = work()
        found: T = self._once[name]
        return found

    @cached_property
    def averaged(self) -> frozenset[str]:
        """Codes of the parameters of which values of several sides were averaged."""
        values = self.datasets.get("ADBDS")
        if values is None or "DTYPE" not in values:
            return frozenset()
        return frozenset(values.loc[values["DTYPE"] == "AVERAGE", "PARAMCD"].unique())

    def _spelled(self, output: Output, made: Table | Figure) -> Table | Figure:
        """A display of ours as this study's report spells it: notes, note of method and filter, headings of columns."""
        if output.id in self._foreign:
            return made
        basis = replace(made.basis, method=self.spelling(made.basis.method), filter=self.spelling(made.basis.filter))
        notes = tuple(map(self.spelling, made.notes))
        if isinstance(made, Figure):
            return replace(made, notes=notes, basis=basis, alt=self.spelling(made.alt))
        columns = tuple(replace(column, label=self.spelling(column.label)) for column in made.columns)
        return replace(made, notes=notes, basis=basis, columns=columns, empty=self.spelling(made.empty))

    @cached_property
    def _foreign(self) -> frozenset[str]:
        """Displays of the study's own code, whose words are the study's."""
        return frozenset(one.id for one in self.own.declared.displays)

    @cached_property
    def spelling(self) -> Spelling:
        """How this study's report spells the generator's own words."""
        return Spelling.of_study(self.definition)

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Code and label of each column of a table by treatment."""
        return self.definition.columns

    @cached_property
    def _rows(self) -> dict[str, dict[str, Any]]:
        # Column by column: to_dict("index") takes four times as long.
        names = list(self.results.columns)
        columns = [self.results[name].tolist() for name in names]
        rows = (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))
        return dict(zip(self.results.index.tolist(), rows, strict=True))

    def row(self, key: str) -> dict[str, Any]:
        """The results row of that key. Raises MissingResult, naming the nearest keys."""
        try:
            return self._rows[key]
        except KeyError:
            raise MissingResult(f"no results row '{key}'{near_to_it(key, self._rows)}") from None

    def has(self, key: str) -> bool:
        """Whether there is such a row."""
        return key in self._rows

    def value(self, key: str) -> float | None:
        """The raw value of a row; None where it does not exist."""
        value = self.row(key)["value"]
        return None if value is None or pd.isna(value) else float(value)

    def text(self, key: str) -> str:
        """What is printed of a row."""
        return str(self.row(key)["formatted"])

    def cell(self, *keys: str, form: str | None = None, indent: int = 0, bold: bool = False) -> Cell:
        """A cell of one or more results, each traced: `form` holds a `{}` for each, such as "{} ({})".

        A row that is missing is an error; a row whose value does not exist is printed as "–".
        """
        pieces = (form or " ".join("{}" for _ in keys)).split("{}")
        if len(pieces) != len(keys) + 1:
            raise ValueError(f"the form {form!r} has not one place for each of {len(keys)} keys")
        parts: list[str | tuple[str, str]] = []
        for piece, key in zip(pieces, keys, strict=False):
            parts += [piece, (self.text(key), key)] if piece else [(self.text(key), key)]
        return Cell.of(*parts, *([pieces[-1]] if pieces[-1] else []), indent=indent, bold=bold)

    def ask(
        self,
        analysis: str,
        population: str | None,
        parameter: str | None = SUBJECTS,
        visit: str | None = None,
        group: str | None = TOTAL,
        level: str | None = None,
    ) -> Answer:
        """The answer of the results to a question (see `analysis.results.question.Question`)."""
        return self.answer(Question(analysis, population, parameter, visit, group, level))

    def answer(self, question: Question) -> Answer:
        """The answer of the results to a question that was made before.

        Raises MissingResult, naming the nearest, for an analysis that there is not: neither in these results nor among
        those that a report can have.
        """
        name = question.analysis
        if name not in self._analysed and not self._is_analysis(name):
            raise MissingResult(f"there is no analysis '{name}'{near_to_it(name, sorted(self._named))}")
        return Answer(self, question)

    @cached_property
    def _analysed(self) -> frozenset[str]:
        return frozenset(self.results["analysis"].unique())

    def _is_analysis(self, name: str) -> bool:
        own = any(one.makes(name) for one in self.own.declared.analyses)
        return own or name in self._analyses or name.startswith(self._families)

    # Asked for only where a study has no results of an analysis: naming them all imports them.
    @cached_property
    def _analyses(self) -> frozenset[str]:
        return frozenset(names())

    @property
    def _named(self) -> set[str]:
        own = {name for one in self.own.declared.analyses for name in one.ids}
        return {name.removesuffix(".*") for name in self._analysed | self._analyses | own}

    @cached_property
    def _families(self) -> tuple[str, ...]:
        return tuple(name.removesuffix("*") for name in self._analyses if name.endswith(".*"))

    def denominator(self, population: str, group: str) -> int:
        """N of a column: the subjects of the analysis set, from the analysis `sets`."""
        return int(self.value(self.size_key(population, group)) or 0)

    @staticmethod
    def size_key(population: str, group: str) -> str:
        """The results row of N of a column."""
        return Question("sets", population, group=group).key("N")

    def heading(self, population: str, group: str, label: str) -> str:
        """A column's heading with its N."""
        return headed(label, self.denominator(population, group))

    def sized(self, code: str, label: str, key: str, width: float | None = None) -> Column:
        """A column of a treatment group, headed with the N of a results row, traced to it."""
        return Column(code, headed(label, self.text(key)), "center", width, key=key)


def headed(label: str, n: int | str) -> str:
    """A column's heading with its N on a line of its own; a label "level: dose" is broken after the colon.

    Blanks inside the second line do not break, so that a narrow column does not tear a dose apart.
    """
    lines = label.split(": ", 1) if len(label) > SHORT_LABEL else [label]
    if len(lines) == 2:
        lines = [f"{lines[0]}:", lines[1].replace(" ", "\u00a0") if len(lines[1]) <= SHORT_LABEL else lines[1]]
    return "\n".join([*lines, f"(N = {n})"])


def open_book(folder: Path) -> Book:
    """Opens a build folder that `analysis.pipeline.prepare` wrote. Raises FileNotFoundError when it is not one."""
    planned = StudyDefinition.model_validate_json((folder / STUDY).read_text(encoding="utf-8"))
    domains = _frames(folder / DOMAINS)
    run = json.loads((folder / RUN).read_text(encoding="utf-8"))
    return Book(
        definition=planned.of_delivered(domains),
        planned=planned,
        datasets=_frames(folder / DATASETS),
        domains=domains,
        results=pd.read_parquet(folder / RESULTS).set_index("key"),
        problems=pd.read_parquet(folder / PROBLEMS),
        folder=folder,
        run=run,
        own=load(kept(folder / CODE, left_out=bool(run.get("code_left_out")))),
        verified=pd.read_parquet(folder / VERIFIED) if (folder / VERIFIED).is_file() else None,
    )


def _frames(folder: Path) -> Mapping[str, pd.DataFrame]:
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    return MappingProxyType({file.stem: pd.read_parquet(file) for file in sorted(folder.glob("*.parquet"))})
