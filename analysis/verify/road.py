"""The second road: its database, and the few queries of which every count and summary is made.

Rows are collected in the table `found`, named as the results frame names them (`schemas.results`).

Not here: what is counted, which stands in the modules of the subject (`subjects`, `safety`, `efficacy`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from trial_report.analysis.verify import cells, datasets, define, source
from trial_report.analysis.verify.attempts import Failure, attempt
from trial_report.analysis.verify.source import quoted
from trial_report.declare import Second
from trial_report.schemas.study import StudyDefinition, load_study
from trial_report.schemas.study.pooled import pooled, with_coded_reason

EXACT = 1e-9
"""Relative and absolute tolerance where both roads compute the same finite arithmetic."""

# A control character in a key is written as its picture, and "/" as another sign, as the report's keys are.
_CONTROLS, _PICTURES = "".join(map(chr, [*range(1, 0x20), 0x7F])), "".join(map(chr, [*range(0x2401, 0x2420), 0x2421]))
PART = ("analysis", "population", "what", "avisit", "grp", "level", "statistic")
FOUND = (*PART, "value", "text", "decimals", "tolerance", "optional", "other")
_PARTS = ", ".join(f"translate(coalesce({name}, '-'), '/{_CONTROLS}', '∕{_PICTURES}')" for name in PART)
_KEY = f"concat_ws('/', {_PARTS}) AS key"

# Data decimals beside which a statistic is printed with more: the standard of section 9.7.
SUMMARY = {"n": None, "mean": 1, "sd": 2, "median": 1, "q1": 1, "q3": 1, "min": 0, "max": 0}


def places(collected: int, more: int) -> int:
    """Decimals that a statistic is printed with: more than were collected, but not so that they are over three."""
    return max(collected, min(collected + more, 3)) if more > 0 else collected + more


class Road:
    """A study recomputed: `con` holds its domains, its datasets and what was found so far."""

    def __init__(
        self, folder: Path, domains: Mapping[str, pd.DataFrame] | None = None, as_of: date | None = None,
        blinded: bool = False,
    ) -> None:  # fmt: skip
        self.study: StudyDefinition = load_study(folder)
        if as_of is not None:  # an earlier cut-off, of which nothing is told that came later
            earlier = self.study.study.model_copy(update={"data_cutoff": as_of})
            self.study = self.study.model_copy(update={"study": earlier})
        self.study = with_coded_reason(self.study) if blinded else self.study
        self._rows: list[Mapping[str, Any]] = []
        self.failures: list[Failure] = []
        self.con = duckdb.connect(config={"threads": 1})
        with attempt(self.failures, "the data", ()):
            source.load(self.con, folder, self.study, domains)
            self.study = self.study.of_delivered(self.delivered)
        with attempt(self.failures, "the definition's tables", ()):
            define.tables_of(self.con, self.study)
        for what, stage in (*datasets.STAGES, ("the values of the endpoints", cells.prepare)):
            with attempt(self.failures, what, (), tuple(self.failures)):
                if blinded and stage is datasets.MEMBERSHIP:  # all is derived, and nothing counted yet by treatment
                    self.study = pooled(self.study)
                    datasets.pool(self.con, self.study)
                stage(self.con, self.study)
        if as_of is not None:
            self.con.execute("UPDATE cut_count SET dropped = 0, ends = 0, deaths = 0")
        self.stages = tuple(self.failures)
        self.con.execute(
            "CREATE TABLE found (analysis VARCHAR, population VARCHAR, what VARCHAR, avisit VARCHAR, grp VARCHAR, "
            "level VARCHAR, statistic VARCHAR, value DOUBLE, text VARCHAR, decimals INTEGER, tolerance DOUBLE, "
            "optional DOUBLE, other DOUBLE)"
        )

    def attempt(self, what: str, *covers: str) -> AbstractContextManager[None]:
        """What is done inside may fail, and then leaves the rest as it is; `covers` as in `attempts.Failure`."""
        return attempt(self.failures, what, covers, self.stages)

    @cached_property
    def delivered(self) -> frozenset[str]:
        """The domains that were delivered, be it without a row."""
        return frozenset(source.delivered(self.con))

    def is_delivered(self, domain: str) -> bool:
        """Whether a domain was delivered, be it without a row."""
        return domain in self.delivered

    def frame(self, sql: str) -> pd.DataFrame:
        """The rows of a query."""
        return self.con.execute(sql).df()

    def value(self, sql: str) -> Any:
        """The one value of a query."""
        rows = self.con.execute(sql).fetchall()  # to the end: a result that is half read blocks what comes after
        return rows[0][0] if rows else None

    def results(self) -> pd.DataFrame:
        """What was found: key, analysis, value, text, decimals (as printed; missing: not laid down), tolerance.

        Where random numbers decide a text may be several, any of which agrees (`compare.OR` between them), and a value
        that is `optional` (1) agrees also with none, one that has an `other` also with that.
        """
        self.con.register("_added", _framed(self._rows))
        found = self.frame(f"SELECT {_KEY}, * FROM (FROM found UNION ALL BY NAME FROM _added)")
        for what, chosen in self.study.printed.items():
            # A percent change is in percent, whatever the decimals of the parameter.
            own = (found["what"] == what) & ~found["level"].str.startswith("PCHG").fillna(False).astype(bool)
            for statistic, decimals in chosen.items():
                found.loc[own & (found["statistic"] == statistic), "decimals"] = decimals
        return found

    def emit(self, sql: str) -> None:
        """Adds the rows of a query with columns of `found`, those it does not give being missing."""
        self.con.execute(f"INSERT INTO found BY NAME {sql}")

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Adds rows that were computed outside SQL."""
        self._rows.extend(rows)

    def domain(self, name: str) -> pd.DataFrame:
        """A domain as it was delivered, every value a text, SUPP-- not merged. KeyError for one that was not."""
        if not self.is_delivered(name):
            raise KeyError(f"the domain {name} was not delivered")
        return self.frame(f'SELECT * FROM "{name}"')

    def take(self, second: Second, given: Mapping[str, Any] | None) -> None:
        """Adds what a computation returned: value, or text, by key; nothing where it added its rows itself.

        Raises ValueError for a key that has not seven parts, or is of an analysis that it does not compute.
        """
        rows = []
        for key, value in (given or {}).items():
            parts = [None if part == "-" else part for part in str(key).split("/")]
            if len(parts) != len(PART):
                raise ValueError(f"the key '{key}' has not {len(PART)} parts")
            if not any(fnmatchcase(f"{parts[0]}/", pattern) for pattern in second.covers):
                raise ValueError(f"the key '{key}' is not of {', '.join(second.ids)}")
            row: dict[str, Any] = dict(zip(PART, parts, strict=True))
            row["text" if isinstance(value, str) else "value"] = value
            rows.append(row if second.tolerance is None else {**row, "tolerance": second.tolerance})
        self.add(rows)

    def sizes(self, analysis: str, population: str, *whats: str) -> None:
        """The N row of every column of a set, for each variable."""
        named = ", ".join(quoted(what) for what in whats)
        shown = f"SELECT grp, n FROM size SEMI JOIN def_col USING (grp) WHERE pop = {quoted(population)}"
        sizes = f"SELECT unnest([{named}]) AS what, * FROM ({shown})"
        self.numbers(analysis, population, sizes)

    def tally(
        self,
        analysis: str,
        population: str,
        what: str | None,
        records: str,
        levels: str | None = None,
        *,
        events: bool = False,
        of: str | None = None,
        shown: str | None = None,
        avisit: str | None = None,
    ) -> None:
        """n, pct and perhaps the number of records of each level and column; a cell without records is 0.

        `records` gives USUBJID and level, `levels` level (else those in the records of the set, `hit`), `of` the
        denominators as grp and n (else the size of the set); with `what` None all three also give `what`. `shown` is
        the set that the rows are named by, where it is another, `avisit` the visit that they belong to.
        """
        name = "what" if what is None else f"{quoted(what)} AS what"
        visit = "NULL" if avisit is None else quoted(avisit)
        size = of or f"SELECT grp, n FROM size WHERE pop = {quoted(population)}"
        same = "AND z.what = l.what" if of and what is None else ""
        self.emit(
            f"""WITH hit AS (
                SELECT m.grp, {name}, r.level, r.USUBJID FROM ({records}) AS r
                JOIN member AS m ON m.USUBJID = r.USUBJID AND m.pop = {quoted(population)}
            ), counted AS (
                SELECT grp, what, level, count(DISTINCT USUBJID) AS n, count(*) AS events FROM hit GROUP BY ALL
            ), cell AS (
                SELECT c.grp, l.what, l.level, coalesce(h.n, 0) AS n, coalesce(h.events, 0) AS events, z.n AS of
                FROM def_col AS c
                CROSS JOIN (SELECT DISTINCT {name}, level FROM ({levels or "FROM hit"})) AS l
                LEFT JOIN counted AS h ON h.grp = c.grp AND h.what = l.what AND h.level = l.level
                JOIN ({size}) AS z ON z.grp = c.grp {same}
            )
            SELECT {quoted(analysis)} AS analysis, {quoted(shown or population)} AS population, what,
                {visit} AS avisit, grp, level,
                unnest(['n', 'pct' {", 'events'" if events else ""}]) AS statistic,
                unnest([n, 100.0 * n / nullif(of, 0) {", events" if events else ""}]) AS value,
                unnest([0, 1 {", 0" if events else ""}]) AS decimals FROM cell"""
        )

    def numbers(self, analysis: str, population: str, sizes: str, level: str | None = None) -> None:
        """N rows of denominators that are not the size of a set: `sizes` gives what, grp and n; perhaps of a level."""
        named = "" if level is None else f"{quoted(level)} AS level,"
        self.emit(
            f"""SELECT {quoted(analysis)} AS analysis, {quoted(population)} AS population, what, grp, {named}
                'N' AS statistic, n AS value, 0 AS decimals FROM ({sizes})"""
        )

    def nested(
        self, analysis: str, population: str, what: str, records: str, *, outer: str, inner: str, events: bool = True
    ) -> None:
        """Rows ANY, class, class|term: subjects count once in each. `records` has USUBJID and the two columns."""
        base = f"SELECT USUBJID, {level_of(outer)} AS o, {level_of(inner)} AS i FROM ({records}) AS r"
        self.tally(
            analysis,
            population,
            what,
            f"SELECT USUBJID, unnest(['ANY', o, o || '|' || i]) AS level FROM ({base})",
            "SELECT 'ANY' AS level UNION SELECT level FROM hit",
            events=events,
        )

    def describe(
        self, analysis: str, population: str, values: str, cells: str, *, missing: bool = False, fmt: bool = True
    ) -> None:
        """The eight statistics of each column, variable, visit and level; perhaps the number missing.

        `values` gives USUBJID, what, avisit, level and v; `cells` the what, avisit and level that must be there, each
        with the decimals of its data. `fmt` False: how the statistics are printed is not laid down.
        """
        wanted: dict[str, int | None] = {**SUMMARY, **({"missing": None} if missing else {})}
        names = ", ".join(quoted(name) for name in wanted)
        numbers = ", ".join(f'CAST("{name}" AS DOUBLE)' for name in wanted)
        printed = {more: f"greatest(decimals, least(decimals + {more}, 3))" if fmt else "NULL" for more in (0, 1, 2)}
        shown = ", ".join("0" if more is None else printed[more] for more in wanted.values())
        same = " AND ".join(f"s.{part} IS NOT DISTINCT FROM c.{part}" for part in ("what", "avisit", "level"))
        self.emit(
            f"""WITH v AS ({values}), cell AS (
                SELECT * FROM (SELECT DISTINCT what, avisit, level, decimals FROM ({cells})) CROSS JOIN def_col
            ), summed AS (
                SELECT grp, what, avisit, level, count(v) AS n, avg(v) AS mean,
                    CASE WHEN count(v) > 1 THEN stddev_samp(v) END AS sd,
                    list_sort(coalesce(list(v) FILTER (v IS NOT NULL), [])) AS vs, min(v) AS min, max(v) AS max,
                    count(*) - count(v) AS missing
                FROM v JOIN member AS m ON m.USUBJID = v.USUBJID AND m.pop = {quoted(population)} GROUP BY ALL
            ), full_ AS (
                SELECT c.*, coalesce(s.n, 0) AS n, s.mean, s.sd, pctl5(vs, 0.5) AS median,
                    pctl5(vs, 0.25) AS q1, pctl5(vs, 0.75) AS q3, s.min, s.max, coalesce(s.missing, 0) AS missing
                FROM cell AS c LEFT JOIN summed AS s ON s.grp = c.grp AND {same}
            )
            SELECT {quoted(analysis)} AS analysis, {quoted(population)} AS population, what,
                grp, avisit, level, unnest([{names}]) AS statistic, unnest([{numbers}]) AS value,
                unnest([{shown}]) AS decimals FROM full_"""
        )


def level_of(column: str, missing: str = "Not coded") -> str:
    """A column of texts from data as the level of a result, in SQL; what is missing has a word of the program."""
    return f"coalesce(as_level({column}), {quoted(missing)})"


def keyed(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows that were computed outside a road, as `Road.results` gives those of one."""
    with duckdb.connect() as con:
        con.register("_added", _framed(list(rows)))
        return con.execute(f"SELECT {_KEY}, * FROM _added").df()


def _framed(rows: list[Mapping[str, Any]]) -> pd.DataFrame:
    names = [name for name in FOUND if name in {*PART, "text"}]
    added = pd.DataFrame(rows, columns=list(FOUND)).astype(dict.fromkeys(names, "str"))
    return added.astype({name: "float64" for name in FOUND if name not in names})
