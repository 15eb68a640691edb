"""What was collected and is not reported, a second time: from the words of docs/rules.md, by SQL over the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trial_report import declare
from trial_report.analysis.verify.source import is_delivered, quoted, tables, variables
from trial_report.schemas.domains.needs import always
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.results import join_level
from trial_report.schemas.study import TOTAL

if TYPE_CHECKING:
    from trial_report.analysis.verify.road import Road
    from trial_report.schemas.study import StudyDefinition

EVERY_STUDY = ("AE", "CM", "DS", "DV", "EC", "EX", "MH")
"""Domains of events and interventions that the report of any study reads as a whole."""
KINDS = ("Events", "Findings", "Interventions")


@declare.second("collected", what="what was collected and not reported")
def collected(road: Road) -> None:
    """Records and subjects of each test, domain without tests, and supplemental qualifier that nothing uses."""
    con, study = road.con, road.study
    for table in sorted(name for name in tables(con) if is_delivered(con, name)):
        if table.startswith("SUPP") and "QNAM" in variables(con, table):
            _qualifiers(road, table, study)
        elif observation_class(table) in KINDS and table not in _whole(study):
            if f"{table}TESTCD" in variables(con, table):
                _tests(road, table, study)
            else:
                _emit(road, table, "NULL", f"FROM {table}", "")


def _whole(study: StudyDefinition) -> set[str]:
    """Domains that something reads without naming a test."""
    found = {domain for event in study.survival for domain in (*event.event_records, event.censoring.domain or "")}
    for one in study.characteristics:
        asks = one.source in ("finding", "sum") or f"{one.domain}TESTCD" in one.where
        found |= {one.domain} if one.domain and not asks else set()
    return {*EVERY_STUDY, *found}


def _tests(road: Road, domain: str, study: StudyDefinition) -> None:
    code = f"{domain}TESTCD"
    measured = {p.testcd for p in study.parameters if p.domain == domain}
    described: set[str | None] = set()
    for one in (c for c in study.characteristics if c.domain == domain):
        asked = one.where.get(code, ())
        described |= {one.testcd, *one.testcds} if one.source in ("finding", "sum") else set()
        described |= {str(a) for a in asked} if isinstance(asked, tuple) else {str(asked)}
    _each(road, domain, code, described | measured, f"FROM {domain}")
    later = [v.num for v in study.visits if v.role == "follow-up"]
    if later and "VISITNUM" in variables(road.con, domain):
        at = " OR ".join(f"abs(TRY_CAST(VISITNUM AS DOUBLE) - {num}) < 5e-7" for num in later)
        for test in sorted(str(test) for test in described - measured if test):
            level = f"{quoted(join_level(test))} || '|AFTER'"
            _emit(road, domain, level, f"FROM {domain} WHERE {code} = {quoted(test)} AND ({at})", "HAVING count(*) > 0")


def _qualifiers(road: Road, supp: str, study: StudyDefinition) -> None:
    parent = supp.removeprefix("SUPP")
    if parent not in tables(road.con):
        return
    named: set[str | None] = set()
    left: list[Any] = [study.model_dump(mode="json")]
    while left:
        one = left.pop()
        left += [*one, *one.values()] if isinstance(one, dict) else one if isinstance(one, list) else []
        named |= {one} if isinstance(one, str) else set()
    named |= {use.variable for use in always() if use.domain == parent}
    # A qualifier went with its record at the cut-off.
    keys = sorted({str(row[0]) for row in road.con.execute(f"SELECT DISTINCT IDVAR FROM {supp}").fetchall() if row[0]})
    kept = [f"(s.IDVAR IS NULL AND s.USUBJID IN (SELECT USUBJID FROM {parent}))"]
    for key in (key for key in keys if key in variables(road.con, parent)):
        same = f"TRY_CAST(p.{key} AS DOUBLE) = TRY_CAST(s.IDVARVAL AS DOUBLE) OR p.{key} = s.IDVARVAL"
        kept.append(f"(s.IDVAR = {quoted(key)} AND EXISTS (FROM {parent} p WHERE p.USUBJID = s.USUBJID AND ({same})))")
    _each(road, supp, "QNAM", named, f"FROM (SELECT s.* FROM {supp} s WHERE {' OR '.join(kept)})")


def _each(road: Road, table: str, name: str, used: set[str | None], source: str) -> None:
    """A place a value of a variable that is not among those used."""
    found = road.con.execute(f"SELECT DISTINCT {name} {source}").fetchall()
    for value in sorted(str(row[0]) for row in found if row[0] is not None):
        if value not in used:
            _emit(road, table, quoted(join_level(value)), f"{source} WHERE {name} = {quoted(value)}", "")


def _emit(road: Road, table: str, level: str, source: str, having: str) -> None:
    road.emit(
        f"""SELECT 'collected' AS analysis, 'ALL' AS population, {quoted(table)} AS what, {quoted(TOTAL)} AS grp,
            {level} AS level, 0 AS decimals, unnest(['records', 'n']) AS statistic,
            unnest([count(*), count(DISTINCT USUBJID)]) AS value {source} {having or "HAVING count(*) > 0"}"""
    )
