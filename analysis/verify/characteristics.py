"""Baseline characteristics a second time: a column of ADSL each, as SQL over the domains.

Not here: counts and statistics of a characteristic (`subjects`), and tests between groups (`incidence`).
"""

from __future__ import annotations

from trial_report.analysis.verify.define import condition
from trial_report.analysis.verify.measurements import KIND, side_of
from trial_report.analysis.verify.source import FINDING, Connection, is_delivered, quoted, require, variables
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Characteristic

DAYS_A_YEAR = 365.25
DAYS = {"days": 1, "weeks": 7, "months": DAYS_A_YEAR / 12, "years": DAYS_A_YEAR}


def characteristic(con: Connection, study: StudyDefinition, item: Characteristic) -> None:
    """Adds or fills the column of a characteristic; those it is computed of come before it."""
    kind = "DOUBLE" if item.kind == "continuous" else "VARCHAR"
    match item.source:
        case "subject":
            require(con, "subject", [item.variable])
            value = f"(SELECT TRY_CAST(s.{item.variable} AS {kind}) FROM subject AS s WHERE s.USUBJID = ADSL.USUBJID)"
        case "record":
            value = f"flag(EXISTS ({_records(con, item)} AND NOT coalesce({_start(con, item)} > ADSL.REFDT, FALSE)))"
            if not is_delivered(con, str(item.domain)):
                value = "NULL"
        case "finding":
            value = _finding(con, item, str(item.testcd))
        case "sum":
            # A sum with a missing part is missing.
            value = " + ".join(_finding(con, item, testcd) for testcd in item.testcds)
        case "duration":
            value = _duration(con, study, item)
        case "bmi":
            value = f"round(10000 * {item.weight} / ({item.height} * {item.height}), 9)"
        case "cut":
            value = _class(item)
    if item.variable not in variables(con, "ADSL"):
        con.execute(f"ALTER TABLE ADSL ADD COLUMN {item.variable} {kind}")
    con.execute(f"UPDATE ADSL SET {item.variable} = {value}")


def _records(con: Connection, item: Characteristic) -> str:
    """The records of a subject that meet the condition and did happen, as FROM and WHERE."""
    domain = item.domain or ""
    require(con, domain, [*item.where, f"{domain}STAT", f"{domain}OCCUR", f"{domain}STDTC", f"{domain}DTC"])
    return f"""FROM {domain} AS r WHERE r.USUBJID = ADSL.USUBJID AND {condition(item.where, "r.")}
        AND coalesce({domain}STAT, '') <> 'NOT DONE' AND coalesce({domain}OCCUR, 'Y') <> 'N'"""


def _start(con: Connection, item: Characteristic) -> str:
    """The first day on which a record can have begun: a finding was made when it was collected."""
    domain = item.domain or ""
    return f"first_day({domain}{'DTC' if f'{domain}TESTCD' in variables(con, domain) else 'STDTC'})"


def _finding(con: Connection, item: Characteristic, testcd: str) -> str:
    domain = item.domain or ""
    require(con, domain, [*item.where, "VISITNUM", *(f"{domain}{part}" for part in FINDING)])
    at, number = f"r.{domain}DTC", f"TRY_CAST(r.{domain}STRESN AS DOUBLE)"
    result = number if item.kind == "continuous" else f"r.{domain}STRESC"
    source = domain
    if item.kind == "continuous" and {f"{domain}LAT", f"{domain}TESTCD"} <= variables(con, domain):
        source = domain if f"{domain}LAT" in item.where else _of_sides(con, item, testcd)
    return f"""(SELECT {result} FROM {source} AS r, def_study AS d WHERE r.USUBJID = ADSL.USUBJID
        AND {domain}TESTCD = {quoted(testcd)} AND {condition(item.where, "r.")}
        AND {result} IS NOT NULL AND coalesce({domain}STAT, '') <> 'NOT DONE'
        AND (ADSL.REFDT IS NULL OR CASE
            WHEN ADSL.TRTSDT IS NULL AND whole_date({at}) <> ADSL.REFDT THEN whole_date({at}) < ADSL.REFDT
            ELSE coalesce(before_dose({at}, whole_date({at}), ADSL.TRTSDT, ADSL.TRTSDTM, ADSL.TRTSDTI),
                whole_date({at}) = ADSL.REFDT AND d.same_day
                AND (VISITNUM IS NULL OR TRY_CAST(VISITNUM AS DOUBLE) IN
                    (SELECT num FROM def_visit WHERE role <> 'follow-up'))) END)
        ORDER BY whole_date({at}) DESC, coalesce(instant({at}), clock({at})) DESC, TRY_CAST(VISITNUM AS DOUBLE) DESC,
            TRY_CAST({domain}SEQ AS DOUBLE) DESC LIMIT 1)"""


def _of_sides(con: Connection, item: Characteristic, testcd: str) -> str:
    """The records of a test with the mean of its sides, on the last record of each moment, for its number.

    As of measurements (`sql/sides.sql`): a moment with fewer sides than the subject's fullest has no number.
    """
    d = str(item.domain)
    require(con, d, [*(f"{d}{part}" for part in KIND)])
    kinds = ", ".join(f"{d}{part}" for part in KIND)
    return f"""(
        WITH sided AS (
            SELECT *, {side_of(d)} AS side, CASE WHEN coalesce({d}STAT, '') <> 'NOT DONE' THEN
                TRY_CAST({d}STRESN AS DOUBLE) END AS value, TRY_CAST({d}SEQ AS DOUBLE) AS seq,
                row(whole_date({d}DTC), CASE WHEN whole_date({d}DTC) IS NULL THEN {d}DTC END,
                    TRY_CAST(VISITNUM AS DOUBLE), {d}TPTNUM, {d}REPNUM, {kinds}) AS on_day
            FROM {d} WHERE {d}TESTCD = {quoted(testcd)} AND {condition(item.where)}
        ), numbered AS (
            SELECT *, count(value) OVER (PARTITION BY USUBJID, on_day, side) AS of_side FROM sided
        ), timed AS (
            SELECT *, max(of_side) OVER (PARTITION BY USUBJID, on_day) = 1
                AND bool_and(side IS NOT NULL OR value IS NULL) OVER (PARTITION BY USUBJID, on_day) AS once
            FROM numbered
        ), placed AS (
            SELECT *, row(on_day, CASE WHEN NOT once THEN coalesce(instant({d}DTC), clock({d}DTC)) END) AS moment,
                bool_or(side IS NOT NULL AND value IS NOT NULL) OVER (PARTITION BY USUBJID, moment) AS has_sides
            FROM timed
        ), last_ones AS (
            SELECT *, value IS NOT NULL AND (side IS NOT NULL OR NOT has_sides) AND row_number() OVER (
                PARTITION BY USUBJID, moment, side, value IS NULL ORDER BY seq DESC NULLS LAST) = 1 AS counts
            FROM placed
        ), joined AS (
            SELECT *, count(*) FILTER (counts) OVER (PARTITION BY USUBJID, moment) AS sides,
                avg(value) FILTER (counts) OVER (PARTITION BY USUBJID, moment) AS mean,
                row_number() OVER (PARTITION BY USUBJID, moment ORDER BY counts DESC, seq DESC NULLS LAST) AS from_last
            FROM last_ones
        ), fullest AS (
            SELECT *, max(sides) OVER (PARTITION BY USUBJID) AS most, max(sides) OVER () AS ever FROM joined
        )
        SELECT * REPLACE (CASE WHEN ever < 2 THEN {d}STRESN
            WHEN from_last = 1 AND sides = most THEN CAST(round(mean, 9) AS VARCHAR) END AS {d}STRESN)
        FROM fullest)"""


def _duration(con: Connection, study: StudyDefinition, item: Characteristic) -> str:
    records = _records(con, item)
    start, end = f"(SELECT min({_start(con, item)}) {records})", "ADSL.REFDT"
    if item.until:
        num = study.visit(item.until).num
        end = f"""(SELECT min(whole_date(SVSTDTC)) FROM SV
            WHERE SV.USUBJID = ADSL.USUBJID AND TRY_CAST(VISITNUM AS DOUBLE) = {num})"""
    # No time before its beginning: an end that comes first gives none.
    return f"CASE WHEN {end} >= {start} THEN ({end} - {start} + 1) / {DAYS[str(item.unit)]!r} END"


def _class(item: Characteristic) -> str:
    below = " ".join(f"WHEN {item.of} < {b} THEN {quoted(c)}" for b, c in zip(item.breaks, item.levels, strict=False))
    return f"CASE WHEN {item.of} IS NULL THEN NULL {below} ELSE {quoted(list(item.levels)[-1])} END"
