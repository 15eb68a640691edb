"""The second road: its database, and the few queries of which every count and summary is made.

Rows are collected in the table `found`, named as the results frame names them (`schemas.results`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from analysis.verify import datasets, define, source
from analysis.verify.source import quoted
from schemas.study import StudyDefinition, load_study

EXACT = 1e-9
"""Relative and absolute tolerance where both roads compute the same finite arithmetic."""

PART = ("analysis", "population", "what", "avisit", "grp", "level", "statistic")
_COLUMNS = ", ".join((*PART, "value", "text", "decimals", "tolerance"))

# Data decimals beside which a statistic is printed with more: the standard of section 9.7.
SUMMARY = {"n": None, "mean": 1, "sd": 2, "median": 1, "q1": 1, "q3": 1, "min": 0, "max": 0}


def text_or_null(value: str | None) -> str:
    """A SQL literal, NULL for None."""
    return "NULL" if value is None else quoted(value)


class Road:
    """A study recomputed: `con` holds its domains, its datasets and what was found so far."""

    def __init__(self, folder: Path, domains: Mapping[str, pd.DataFrame] | None = None) -> None:
        self.study: StudyDefinition = load_study(folder)
        self.con = duckdb.connect(config={"threads": 2})
        source.load(self.con, folder, self.study, domains)
        define.tables_of(self.con, self.study)
        datasets.build(self.con, self.study)
        self.con.execute(
            "CREATE TABLE found (analysis VARCHAR, population VARCHAR, what VARCHAR, avisit VARCHAR, grp VARCHAR, "
            "level VARCHAR, statistic VARCHAR, value DOUBLE, text VARCHAR, decimals INTEGER, tolerance DOUBLE)"
        )

    def frame(self, sql: str) -> pd.DataFrame:
        """The rows of a query."""
        return self.con.execute(sql).df()

    def value(self, sql: str) -> Any:
        """The one value of a query."""
        row = self.con.execute(sql).fetchone()
        return row[0] if row else None

    def results(self) -> pd.DataFrame:
        """What was found: key, analysis, value, text, decimals (as printed; missing: not laid down), tolerance."""
        parts = ", ".join(f"replace(coalesce({name}, '-'), '/', '∕')" for name in PART)
        return self.frame(f"SELECT concat_ws('/', {parts}) AS key, * FROM found")

    def emit(self, sql: str) -> None:
        """Adds the rows of a query with columns of `found`, those it does not give being missing."""
        self.con.execute(f"INSERT INTO found BY NAME {sql}")

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Adds rows that were computed outside SQL."""
        listed = list(rows)
        if not listed:
            return
        frame = pd.DataFrame(listed)
        frame = frame.reindex(columns=_COLUMNS.split(", "))
        numbers = ("value", "decimals", "tolerance")
        frame = frame.astype({name: "float64" if name in numbers else "str" for name in frame.columns})
        self.con.register("_rows", frame)
        self.con.execute(f"INSERT INTO found SELECT {_COLUMNS} FROM _rows")
        self.con.unregister("_rows")

    def sizes(self, analysis: str, population: str, what: str) -> None:
        """The N row of every column of a set."""
        self.emit(
            f"""SELECT {quoted(analysis)} AS analysis, pop AS population, {quoted(what)} AS what, grp, 'N' AS statistic,
                n AS value, 0 AS decimals FROM size WHERE pop = {quoted(population)}"""
        )

    def tally(
        self,
        analysis: str,
        population: str,
        what: str,
        records: str,
        levels: str | None = None,
        *,
        events: bool = False,
        of: str | None = None,
        shown: str | None = None,
    ) -> None:
        """n, pct and perhaps the number of records of each level and column; a cell without records is 0.

        `records` gives USUBJID and level, `levels` level (else those in the records of the set), `of` the
        denominators as grp and n, perhaps by level (else the size of the set). `shown` is the set that the rows are
        named by, where it is another.
        """
        by_level = "AND z.level IS NOT DISTINCT FROM l.level" if of and "AS level" in of else ""
        listed = levels or "SELECT DISTINCT level FROM hit"
        self.emit(
            f"""WITH hit AS (
                SELECT m.grp, r.level, r.USUBJID FROM ({records}) AS r
                JOIN member AS m ON m.USUBJID = r.USUBJID AND m.pop = {quoted(population)}
            ), counted AS (
                SELECT grp, level, count(DISTINCT USUBJID) AS n, count(*) AS events FROM hit GROUP BY ALL
            ), cell AS (
                SELECT c.grp, l.level, coalesce(h.n, 0) AS n, coalesce(h.events, 0) AS events, z.n AS of
                FROM def_col AS c CROSS JOIN ({listed}) AS l
                LEFT JOIN counted AS h ON h.grp = c.grp AND h.level IS NOT DISTINCT FROM l.level
                JOIN ({of or f"SELECT grp, n FROM size WHERE pop = {quoted(population)}"}) AS z
                    ON z.grp = c.grp {by_level}
            )
            SELECT {quoted(analysis)} AS analysis, {quoted(shown or population)} AS population, {quoted(what)} AS what,
                grp, level, unnest(['n', 'pct' {", 'events'" if events else ""}]) AS statistic,
                unnest([n, 100.0 * n / nullif(of, 0) {", events" if events else ""}]) AS value,
                unnest([0, 1 {", 0" if events else ""}]) AS decimals FROM cell"""
        )

    def nested(
        self, analysis: str, population: str, what: str, records: str, *, outer: str, inner: str, events: bool = True
    ) -> None:
        """Rows ANY, class, class|term: subjects count once in each. `records` has USUBJID and the two columns."""
        base = f"SELECT USUBJID, {outer} AS o, {inner} AS i FROM ({records}) AS r"
        self.tally(
            analysis,
            population,
            what,
            f"SELECT USUBJID, unnest(['ANY', o, o || '|' || i]) AS level FROM ({base})",
            "SELECT 'ANY' AS level UNION SELECT level FROM hit",
            events=events,
        )

    def describe(
        self,
        analysis: str,
        population: str,
        what: str,
        values: str,
        decimals: int | str,
        cells: str | None = None,
        *,
        missing: bool = False,
        interval: bool = False,
        fmt: bool = True,
    ) -> None:
        """The eight statistics of each column, visit and level; perhaps the number missing, the sum of squares' t limits.

        `values` gives USUBJID, v, and perhaps avisit and level; `cells` the visits and levels that must be there.
        """
        wanted = dict(SUMMARY)
        if missing:
            wanted["missing"] = None
        names, numbers, places = [], [], []
        for name, more in wanted.items():
            names.append(quoted(name))
            numbers.append(f'CAST("{name}" AS DOUBLE)')
            places.append("NULL" if not fmt and more is not None else str(0 if more is None else f"{decimals} + {more}"))
        self.emit(
            f"""WITH v AS ({values}), cell AS (
                SELECT * FROM ({cells or "SELECT DISTINCT avisit, level FROM v"}) CROSS JOIN def_col
            ), own AS (
                SELECT m.grp, v.* FROM v JOIN member AS m ON m.USUBJID = v.USUBJID AND m.pop = {quoted(population)}
            ), summed AS (
                SELECT grp, avisit, level, count(v) AS n, avg(v) AS mean,
                    CASE WHEN count(v) > 1 THEN stddev_samp(v) END AS sd,
                    list_sort(coalesce(list(v) FILTER (v IS NOT NULL), [])) AS vs, min(v) AS min, max(v) AS max,
                    count(*) - count(v) AS missing
                FROM own GROUP BY ALL
            ), full_ AS (
                SELECT c.grp, c.avisit, c.level, coalesce(s.n, 0) AS n, s.mean, s.sd, pctl5(vs, 0.5) AS median,
                    pctl5(vs, 0.25) AS q1, pctl5(vs, 0.75) AS q3, s.min, s.max, coalesce(s.missing, 0) AS missing
                FROM cell AS c LEFT JOIN summed AS s ON s.grp = c.grp AND s.avisit IS NOT DISTINCT FROM c.avisit
                    AND s.level IS NOT DISTINCT FROM c.level
            )
            SELECT {quoted(analysis)} AS analysis, {quoted(population)} AS population, {quoted(what)} AS what,
                grp, avisit, level, unnest([{", ".join(names)}]) AS statistic, unnest([{", ".join(numbers)}]) AS value,
                unnest([{", ".join(places)}]) AS decimals FROM full_"""
        )


Verifier = Callable[[Road], None]
