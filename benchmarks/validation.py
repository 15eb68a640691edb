"""A Findings table of a million rows, validated by the models and checks and by the same checks in plain pandas.

Both sides begin with the table as text and end with a list of findings, which must be the same. They run by turns
and are measured in seconds of the processor, so that what else runs on the machine counts little; the fastest counts.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.direct import Row, findings
from benchmarks.table import findings_table, plant
from trial_report.analysis.read.delimited import RawTable, read_delimited
from trial_report.analysis.read.study import RawFile, assemble
from trial_report.schemas.checks import check_all
from trial_report.schemas.codelists.terms import CODELISTS
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.variables import Variable, variables
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

DOMAIN = "LB"
ROWS = 1_000_000
#: Ours may take this many times as long as the checks written by hand.
BOUND = 1.3
_NUMBERS = (*range(4, 17), 21, *range(26, 29), *range(30, 35), *range(36, 43))
#: The checks that both sides carry out; every other check of a table is left out on both sides.
CHECKS = (*(f"--{number:03}" for number in _NUMBERS), "PR-003")


@dataclass(frozen=True)
class Compared:
    """Seconds of the processor of both sides, the number of findings, and the same by what was planted."""

    ours: float
    direct: float
    findings: int

    @property
    def ratio(self) -> float:
        """Ours over the checks written by hand."""
        return self.ours / self.direct


def made(study: Path, definition: StudyDefinition, rows: int, each: int, seed: int = 1) -> tuple[pd.DataFrame, int]:
    """The table with its failures planted, and how many they are."""
    path = study / definition.data.folder / f"{DOMAIN.lower()}.csv"
    table = findings_table(path, DOMAIN, rows)
    return table, sum(len(rows) for rows in plant(table, DOMAIN, each, seed).values())


def ours(table: pd.DataFrame, definition: StudyDefinition) -> Problems:
    """The table typed and checked as a study's domains are."""
    problems = Problems()
    raw = RawTable(table, np.arange(2, len(table) + 2), np.zeros(len(table), dtype=bool))
    domains = assemble([RawFile(f"{DOMAIN.lower()}.csv", DOMAIN, raw)], definition, problems)
    problems.extend(check_all(domains, definition, CHECKS))
    return problems


def direct(table: pd.DataFrame, definition: StudyDefinition) -> list[Row]:
    """The same by the checks in plain pandas."""
    known = [variable for name, variable in variables(DOMAIN).items() if name in table.columns]
    schedule = [(visit.num, visit.name, visit.day) for visit in definition.visits]
    return findings(
        table,
        DOMAIN,
        definition.study.id,
        str(definition.study.data_cutoff),
        pd.DataFrame(schedule, columns=["num", "name", "day"]),
        {variable.name: _terms(variable) for variable in known if variable.codelist},
        [variable.name for variable in known if _is_free(variable)],
        [variable.name for variable in known if variable.type == "Int" and not variable.name.endswith("SEQ")],
        [variable.name for variable in known if variable.core == "Req"],
    )


def _terms(variable: Variable) -> tuple[str, Sequence[str]]:
    codelist = CODELISTS[variable.codelist]
    return "007" if codelist.extensible else "006", sorted(codelist.terms)


def _is_free(variable: Variable) -> bool:
    return variable.type == "Char" and not variable.codelist and variable.name != "DOMAIN"


def told(problems: Problems) -> list[Row]:
    """Problems of the table as the direct checks write them: those that have one cause a record each again."""
    each = [
        one for p in problems for one in ((p, *p.consequences) if p.record or not p.consequences else p.consequences)
    ]
    return [(p.check, p.line or 0, p.variable, p.subject, p.value) for p in each if p.domain == DOMAIN]


def ordered(rows: Sequence[Row]) -> list[Row]:
    """Findings in one order, numbers written in one way: the file's "10.0" is told as 10."""
    return sorted((*row[:4], _number(row[4])) for row in rows)


def _number(text: str) -> str:
    try:
        return repr(float(text))
    except ValueError:
        return text


def seconds(work: Callable[[], object]) -> float:
    """Seconds of the processor that the work took."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def compared(study: Path, definition: StudyDefinition, rows: int = ROWS, each: int = 50, times: int = 5) -> Compared:
    """Both sides by turns. ValueError where they do not find the same, or not what was planted."""
    table, planted = made(study, definition, rows, each)
    one, other = ordered(told(ours(table, definition))), ordered(direct(table, definition))
    if one != other:
        raise ValueError(f"the two sides differ, first at {_first_difference(one, other)}")
    if len(one) != planted:
        raise ValueError(f"{planted} failures were planted and {len(one)} found")
    by_turns = [
        (seconds(lambda: ours(table, definition)), seconds(lambda: direct(table, definition))) for _ in range(times)
    ]
    fastest = [min(seconds) for seconds in zip(*by_turns, strict=True)]
    return Compared(fastest[0], fastest[1], len(one))


def _first_difference(one: Sequence[Row], other: Sequence[Row]) -> str:
    only = sorted(set(one) ^ set(other))
    return f"{only[0]} ({len(one)} and {len(other)} findings)" if only else "the number of equal findings"


def whole_path(study: Path, definition: StudyDefinition, rows: int = ROWS) -> dict[str, float]:
    """Seconds of the processor that `nox -s validate` takes to read, type and check a file of so many rows."""
    table, _ = made(study, definition, rows, 50)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{DOMAIN.lower()}.csv"
        table.to_csv(path, index=False)
        held: list[RawTable] = []
        read = seconds(lambda: held.append(read_delimited(path.read_bytes())))
    typed: list[Domains] = []
    file = RawFile(path.name, DOMAIN, held[0])
    assembled = seconds(lambda: typed.append(assemble([file], definition, Problems())))
    checked = seconds(lambda: check_all(typed[0], definition))
    return {"read the file": read, "give the columns types": assembled, "every check of one domain": checked}
