"""Builds the analysis datasets a second time, in SQL: ADSL, ADAE, ADBDS, ADTTE, ADVISIT with ADaM's names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from analysis.verify.characteristics import characteristic
from analysis.verify.define import condition, is_treated_set
from analysis.verify.source import (
    FINDING,
    Connection,
    finding_domains,
    is_delivered,
    quoted,
    require,
    tables,
    variables,
)
from schemas.study import StudyDefinition
from schemas.study.analysis import AnalysisSet

SQL = Path(__file__).parent / "sql"
FIRST_EVENT = "TTAE"
RECORD = {
    **dict.fromkeys(("USUBJID", "PARAMCD", "SRCDOM"), "VARCHAR"),
    **{"seq": "DOUBLE", "VISITNUM": "DOUBLE", "dtc": "VARCHAR", "tptnum": "DOUBLE", "repnum": "DOUBLE"},
    **{"result": "VARCHAR", "stresn": "DOUBLE", "not_done": "BOOLEAN", "ANRLO": "DOUBLE", "ANRHI": "DOUBLE"},
    "nrind": "VARCHAR",
}
"""The columns of `finding`."""


def run(con: Connection, name: str, **parts: str) -> None:
    """Runs `sql/<name>.sql`, each {part} replaced by its text."""
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    for part, value in parts.items():
        text = text.replace("{" + part + "}", value)
    con.execute(text)


def _subjects(con: Connection, study: StudyDefinition) -> None:
    """The macros of dates, then the subjects; `con` holds the domains and the definition (`source`, `define`)."""
    run(con, "dates")
    found = finding_domains(con, study)
    dates = " UNION ALL ".join(
        f"SELECT USUBJID, {d}DTC FROM {d} WHERE coalesce({d}STAT, '') <> 'NOT DONE'" for d in found
    )
    require(con, "DM", [study.treatment.planned, study.treatment.actual])
    run(
        con,
        "subjects",
        planned=f"d.{study.treatment.planned}",
        planned_name=study.treatment.planned,
        actual=f"d.{study.treatment.actual}",
        finding_dates=dates or "SELECT NULL, NULL WHERE FALSE",
    )


def _events(con: Connection, study: StudyDefinition) -> None:
    ae = study.adverse_events
    dlt = study.escalation.dlt_variable if study.escalation else "AEDLT"
    require(con, "AE", [ae.relationship_variable, ae.grade_variable, dlt])
    run(
        con,
        "events",
        relationship=ae.relationship_variable,
        grade=ae.grade_variable,
        related=", ".join(quoted(value) for value in ae.related),
        dlt=dlt,
    )


def _findings(con: Connection, study: StudyDefinition) -> None:
    """finding: the records of every parameter, whatever their domain, under names without the domain's prefix."""
    parts = []
    for p in study.parameters:
        require(con, p.domain, ["VISITNUM", *(f"{p.domain}{part}" for part in FINDING), *p.where])
        d = p.domain
        parts.append(
            f"""SELECT USUBJID, {quoted(p.paramcd)} AS PARAMCD, {quoted(d)} AS SRCDOM,
                TRY_CAST({d}SEQ AS DOUBLE) AS seq, TRY_CAST(VISITNUM AS DOUBLE) AS VISITNUM, {d}DTC AS dtc,
                TRY_CAST({d}TPTNUM AS DOUBLE) AS tptnum, TRY_CAST({d}REPNUM AS DOUBLE) AS repnum,
                upper({d}STRESC) AS result,
                coalesce(TRY_CAST({d}STRESN AS DOUBLE), TRY_CAST({d}STRESC AS DOUBLE)) AS stresn,
                coalesce({d}STAT, '') = 'NOT DONE' AS not_done,
                TRY_CAST({d}STNRLO AS DOUBLE) AS ANRLO, TRY_CAST({d}STNRHI AS DOUBLE) AS ANRHI, {d}NRIND AS nrind
            FROM {d} WHERE {d}TESTCD = {quoted(p.testcd)} AND {condition(p.where)}"""
        )
    con.execute(f"CREATE TABLE finding ({', '.join(f'{name} {kind}' for name, kind in RECORD.items())})")
    if parts:
        con.execute(f"INSERT INTO finding {' UNION ALL '.join(parts)}")
    run(con, "measurements")


def _adsl(con: Connection, study: StudyDefinition) -> None:
    """ADSL: subject, with DLT counts, characteristics and the flags of the analysis sets."""
    phase = study.phases.variable if study.phases else "NULL"
    cohort = study.escalation.cohort_variable if study.escalation else "NULL"
    require(con, "subject", [name for name in (phase, cohort) if name != "NULL"])
    escalates = "TRUE" if study.escalation else "FALSE"
    con.execute(
        f"""CREATE TABLE ADSL AS
        SELECT s.* EXCLUDE (DTHFL, AGE, died {", PHASE" if "PHASE" in variables(con, "subject") else ""}
                            {", COHORT" if "COHORT" in variables(con, "subject") else ""}),
            TRY_CAST(s.AGE AS DOUBLE) AS AGE, {phase} AS PHASE, TRY_CAST({cohort} AS INTEGER) AS COHORT,
            CASE WHEN EOSSTT = 'DISCONTINUED' THEN end_code END AS DCSREAS,
            CASE WHEN EOSSTT = 'DISCONTINUED' THEN end_term END AS DCSREASP,
            flag(EOSSTT = 'SCREEN FAILURE') AS SCRFFL,
            CASE WHEN EOSSTT = 'SCREEN FAILURE' THEN end_term END AS SCRFREAS,
            flag(coalesce(died, FALSE) AND NOT coalesce(s.DTHDT > s.CUTDT, FALSE)) AS DTHFL, c.LSTCTDT,
            round(100 * s.DOSEA / nullif(s.DOSEP, 0), 9) AS DOSECOMP,
            s.DOSEA / (s.TRTEDT - s.TRTSDT + 1) AS DOSEDAY,
            s.TRTEDT - s.TRTSDT + 1 AS TRTDURD, c.LSTCTDT - s.TRTSDT + 1 AS FUPDUR,
            CASE WHEN {escalates} THEN coalesce(t.n, 0) END AS NDLT,
            CASE WHEN {escalates} THEN
                flag(s.TRTSDT IS NOT NULL AND (coalesce(t.n, 0) > 0
                     OR coalesce(c.LSTCTDT - s.TRTSDT + 1 >= w.window_days, FALSE)))
            END AS DLTEVFL
        FROM subject AS s CROSS JOIN def_study AS w
        LEFT JOIN (
            -- Death ends contact; a first dose is one.
            SELECT u.USUBJID, greatest(u.TRTSDT,
                coalesce(CASE WHEN u.DTHDT <= u.CUTDT THEN u.DTHDT END, o.LSTCTDT)) AS LSTCTDT
            FROM subject AS u LEFT JOIN contact AS o USING (USUBJID)
        ) AS c USING (USUBJID)
        LEFT JOIN (SELECT USUBJID, count(*) AS n FROM ADAE WHERE DLTFL = 'Y' GROUP BY ALL) AS t USING (USUBJID)"""
    )
    for item in study.characteristics:
        characteristic(con, study, item)
    for one in study.analysis_sets:
        _set_flag(con, one)


def _set_flag(con: Connection, one: AnalysisSet) -> None:
    rule = one.criteria
    terms = []
    if rule.enrolled is not None:
        terms.append(f"(TRT01P IS NOT NULL) = {rule.enrolled}")
    if rule.treated is not None:
        terms.append(f"(TRTSDT IS NOT NULL) = {rule.treated}")
    if rule.phase:
        terms.append(f"PHASE IN ({', '.join(quoted(p) for p in rule.phase)})")
    if rule.flags:
        require(con, "subject", rule.flags)
        terms.append(f"USUBJID IN (SELECT USUBJID FROM subject WHERE {condition(rule.flags)})")
    if rule.dlt_evaluable is not None:
        terms.append(f"(DLTEVFL = 'Y') = {rule.dlt_evaluable}")
    if rule.post_baseline:
        named = ", ".join(quoted(p) for p in rule.post_baseline)
        terms.append(
            "USUBJID IN (SELECT USUBJID FROM ADBDS WHERE POSTFL = 'Y' AND AVAL IS NOT NULL AND BASE IS NOT NULL "
            f"AND PARAMCD IN ({named}))"
        )
    if rule.without_deviation:
        named = ", ".join(quoted(c) for c in rule.without_deviation)
        terms.append(f"USUBJID NOT IN (SELECT USUBJID FROM DV WHERE DVCAT IN ({named}))")
    con.execute(f"ALTER TABLE ADSL ADD COLUMN {one.flag} VARCHAR")
    con.execute(f"UPDATE ADSL SET {one.flag} = flag(coalesce({' AND '.join(terms) or 'TRUE'}, FALSE))")


def _with_subject(con: Connection, study: StudyDefinition) -> None:
    """ADAE and ADBDS carry the subject's treatment, phase and set flags; ADAE also the first emergent event."""
    own = ["TRT01A", "TRT01AN", "PHASE", *(s.flag for s in study.analysis_sets)]
    listed = ", ".join(f"s.{name}" for name in own)
    con.execute(
        f"""CREATE OR REPLACE TABLE ADAE AS
        SELECT a.*, {listed}, flag(TRTEMFL = 'Y' AND row_number() OVER (
            PARTITION BY USUBJID, TRTEMFL ORDER BY ASTDT, TRY_CAST(AESEQ AS DOUBLE)) = 1) AS AOCCFL
        FROM ADAE AS a JOIN ADSL AS s USING (USUBJID)"""
    )
    con.execute(f"CREATE OR REPLACE TABLE ADBDS AS SELECT b.*, {listed} FROM ADBDS AS b JOIN ADSL AS s USING (USUBJID)")


def _times(con: Connection, study: StudyDefinition) -> None:
    parts = [f"SELECT {quoted(FIRST_EVENT)} AS PARAMCD, USUBJID, ASTDT AS d FROM ADAE WHERE TRTEMFL = 'Y'"]
    for item in study.survival:
        name = quoted(item.paramcd)
        for domain, rule in item.event_records.items():
            table = "ADAE" if domain == "AE" else domain
            date = "ASTDT" if domain == "AE" else f"first_day({_date_of(con, domain)})"
            require(con, table, rule)
            parts.append(f"SELECT {name}, USUBJID, {date} FROM {table} WHERE {condition(rule)}")
        if item.death_is_event:
            parts.append(f"SELECT {name}, USUBJID, DTHDT FROM ADSL WHERE DTHDT IS NOT NULL")
    named = ", ".join(quoted(p) for p in (FIRST_EVENT, *(s.paramcd for s in study.survival)))
    run(con, "times", event_records=" UNION ALL ".join(parts), parameters=f"[{named}]", emergent=quoted(FIRST_EVENT))
    _copy_flags(con, study, "ADTTE")


def _date_of(con: Connection, domain: str) -> str:
    there = variables(con, domain) if domain in tables(con) else set()
    return f"{domain}STDTC" if f"{domain}STDTC" in there else f"{domain}DTC"


def _copy_flags(con: Connection, study: StudyDefinition, table: str) -> None:
    listed = ", ".join(f"s.{name}" for name in ("TRT01A", "PHASE", *(s.flag for s in study.analysis_sets)))
    con.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT t.*, {listed} FROM {table} AS t JOIN ADSL AS s USING (USUBJID)"
    )


def _membership(con: Connection, study: StudyDefinition) -> None:
    """member: a row a set, subject and column it counts in; size: N of every set and column.

    Sets of treated subjects are shown by the treatment received, others by the treatment planned.
    """
    parts = []
    for one in study.analysis_sets:
        treatment = "TRT01A" if is_treated_set(study, one.id) else "TRT01P"
        parts.append(f"SELECT {quoted(one.id)} AS pop, USUBJID, {treatment} AS own FROM ADSL WHERE {one.flag} = 'Y'")
    con.execute(
        f"""CREATE TABLE member AS SELECT pop, USUBJID, grp FROM ({" UNION ALL ".join(parts)}) AS m
        JOIN def_all AS c ON c.grp = m.own OR c.grp = 'TOTAL'"""
    )
    con.execute(
        f"""CREATE TABLE size AS
        SELECT p.pop, c.grp, count(m.USUBJID) AS n
        FROM (SELECT unnest([{", ".join(quoted(s.id) for s in study.analysis_sets)}]) AS pop) AS p
        CROSS JOIN def_all AS c LEFT JOIN member AS m ON m.pop = p.pop AND m.grp = c.grp GROUP BY ALL"""
    )


def _visits(con: Connection, study: StudyDefinition) -> None:
    """A visit's day is its start in SV; where no SV was delivered, the first day of a finding or dose at the visit."""
    dated = "SELECT USUBJID, VISITNUM, whole_date(SVSTDTC) AS d FROM SV WHERE coalesce(SVOCCUR, 'Y') <> 'N'"
    if not is_delivered(con, "SV"):
        found = finding_domains(con, study)
        parts = [
            f"SELECT USUBJID, VISITNUM, whole_date({d}DTC) AS d FROM {d} WHERE coalesce({d}STAT, '') <> 'NOT DONE'"
            for d in found
        ]
        given = "coalesce(EXOCCUR, 'Y') <> 'N' AND coalesce(EXSTAT, '') <> 'NOT DONE'"
        parts.append(f"SELECT USUBJID, VISITNUM, whole_date(EXSTDTC) AS d FROM EX WHERE {given}")
        dated = " UNION ALL ".join(parts)
    run(con, "visits", visit_dates=dated)
    _copy_flags(con, study, "ADVISIT")


STAGES: tuple[tuple[str, Callable[[Connection, StudyDefinition], None]], ...] = (
    ("the subjects", _subjects),
    ("the adverse events", _events),
    ("the measurements", _findings),
    ("the subjects with their sets", _adsl),
    ("events and measurements with their subjects", _with_subject),
    ("the visits", _visits),
    ("the times to event", _times),
    ("the members of the analysis sets", _membership),
)
"""What is put together in which order, in words and as a function; a stage that fails leaves what does not need it."""
