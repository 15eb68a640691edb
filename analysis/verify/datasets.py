"""Builds the analysis datasets a second time, in SQL: ADSL, ADAE, ADBDS, ADTTE, ADVISIT with ADaM's names.

Not here: measurements (`measurements`), exposure (`exposure`), and anything of the first road (`analysis.derive`).
"""

from __future__ import annotations

from collections.abc import Callable

from trial_report.analysis.verify.characteristics import characteristic
from trial_report.analysis.verify.cutoff import cut
from trial_report.analysis.verify.define import columns_of, condition, put
from trial_report.analysis.verify.exposure import take
from trial_report.analysis.verify.iso import functions_of
from trial_report.analysis.verify.measurements import measurements
from trial_report.analysis.verify.source import (
    Connection,
    finding_domains,
    is_delivered,
    quoted,
    require,
    run,
    tables,
    variables,
)
from trial_report.schemas.results import RESERVED
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.analysis import AnalysisSet

FIRST_EVENT = "TTAE"


def _macros(con: Connection, study: StudyDefinition) -> None:
    """The macros by which dates are read, and texts from data become levels of results (`schemas.results.join_level`).

    `known`: a value of a category that says that it is missing is none.
    """
    functions_of(con)
    run(con, "dates")
    reserved = ", ".join(quoted(word) for word in sorted(RESERVED))
    con.execute(
        f"""CREATE MACRO as_level(t) AS CASE WHEN t IN ({reserved}) THEN '\\' || t
            ELSE regexp_replace(t, '([\\\\|∕\u2400-\u2421])', '\\\\\\1', 'g') END"""
    )
    con.execute("CREATE MACRO known(t) AS CASE WHEN lower(t) <> 'missing' THEN t END")


def _subjects(con: Connection, study: StudyDefinition) -> None:
    reason = study.disposition.reason
    require(con, "DS", [reason])
    given = (
        "CAST(NULL AS DOUBLE)"
        if not (is_delivered(con, "EX") or is_delivered(con, "EC"))
        else ("CASE WHEN x.USUBJID IS NULL THEN 0 ELSE x.NADMIN END")
    )
    run(con, "subjects", administrations=given, reason=reason, ends_known=str(is_delivered(con, "DS")))


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


def _adsl(con: Connection, study: StudyDefinition) -> None:
    """ADSL: subject, with DLT counts, characteristics and the flags of the analysis sets."""
    phase = study.phases.variable if study.phases else "NULL"
    cohort = study.escalation.cohort_variable if study.escalation else "NULL"
    require(con, "subject", [name for name in (phase, cohort) if name != "NULL"])
    escalates = "TRUE" if study.escalation else "FALSE"
    toxic = "SELECT USUBJID, count(*) AS n FROM ADAE WHERE DLTFL = 'Y' GROUP BY ALL"
    toxic = toxic if study.escalation else "SELECT NULL::VARCHAR AS USUBJID, 0 AS n"
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
            -- Of a placebo, and of a plan without doses, the administrations count.
            round(CASE WHEN s.by_administrations THEN 100 * s.NADMIN / nullif(s.NPLAN, 0)
                ELSE 100 * s.DOSEA / nullif(s.DOSEP, 0) END, 9) AS DOSECOMP,
            s.DOSEA / (s.TRTEDT - s.TRTSDT + 1) AS DOSEDAY,
            s.TRTEDT - s.TRTSDT + 1 AS TRTDURD, c.LSTCTDT - s.TRTSDT + 1 AS FUPDUR,
            -- At risk of an event that would count: to some days after the last dose, else to the last contact.
            least(c.LSTCTDT, s.TRTEDT + w.emergent_days) - s.TRTSDT + 1 AS RISKDUR,
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
        LEFT JOIN ({toxic}) AS t USING (USUBJID)"""
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
    """ADAE and ADBDS carry the subject's treatments, phase and set flags; ADAE also the first emergent event."""
    listed = ", ".join(f"s.{name}" for name in _of_subject(study))
    con.execute(
        f"""CREATE OR REPLACE TABLE ADAE AS
        SELECT a.*, {listed}, flag(TRTEMFL = 'Y' AND row_number() OVER (
            PARTITION BY USUBJID, TRTEMFL ORDER BY ASTDT, TRY_CAST(AESEQ AS DOUBLE)) = 1) AS AOCCFL
        FROM ADAE AS a JOIN ADSL AS s USING (USUBJID)"""
    )
    con.execute(f"CREATE OR REPLACE TABLE ADBDS AS SELECT b.*, {listed} FROM ADBDS AS b JOIN ADSL AS s USING (USUBJID)")


def _of_subject(study: StudyDefinition) -> tuple[str, ...]:
    """What every dataset repeats of ADSL."""
    return ("TRT01P", "TRT01PN", "TRT01A", "TRT01AN", "PHASE", *(s.flag for s in study.analysis_sets))


def _times(con: Connection, study: StudyDefinition) -> None:
    """def_time: what each time to event starts from and is censored at; then ADTTE."""
    # An adverse event counts for some days after the last dose: then nobody is at risk of it any more.
    emergent = study.adverse_events.emergent_days
    at = "last_contact" if emergent is None else "end_of_treatment"
    first = {"PARAMCD": FIRST_EVENT, "origin": "first_dose", "censoring": at, "days": emergent, "death": False}
    rules = [first] if is_delivered(con, "AE") else []
    parts, assessed = [], []
    for item in study.times:
        name, rule = quoted(item.paramcd), item.censoring
        rules.append(
            {
                **{"PARAMCD": item.paramcd, "origin": study.origin(item), "censoring": rule.at, "days": rule.days},
                "death": item.death_is_event,
            }
        )
        for domain, condition_ in item.event_records.items():
            start, end = _dates_of(con, domain)
            require(con, domain, [*condition_, start, end])
            parts.append(
                f"SELECT {name} AS PARAMCD, USUBJID, {start} AS t, {end} AS until FROM {domain} "
                f"WHERE {condition(condition_)}"
            )
        if rule.domain:
            require(con, rule.domain, [f"{rule.domain}DTC", f"{rule.domain}STAT", f"{rule.domain}OCCUR"])
            done = f"coalesce({rule.domain}STAT, '') <> 'NOT DONE' AND coalesce({rule.domain}OCCUR, 'Y') <> 'N'"
            assessed.append(f"SELECT {name} AS PARAMCD, USUBJID, {rule.domain}DTC AS t FROM {rule.domain} WHERE {done}")
    types = {**dict.fromkeys(("PARAMCD", "origin", "censoring"), "VARCHAR"), "days": "INTEGER", "death": "BOOLEAN"}
    put(con, "def_time", rules, types)
    none = "SELECT NULL::VARCHAR AS PARAMCD, NULL::VARCHAR AS USUBJID, NULL::VARCHAR AS t, NULL::VARCHAR AS until "
    run(
        con,
        "times",
        event_records=" UNION ALL ".join(parts) or f"{none} WHERE FALSE",
        assessments=" UNION ALL ".join(assessed) or f"{none} WHERE FALSE",
        emergent=quoted(FIRST_EVENT),
    )
    _copy_flags(con, study, "ADTTE")


def _dates_of(con: Connection, domain: str) -> tuple[str, str]:
    """The variables with start and end of a domain's records."""
    there = variables(con, domain) if domain in tables(con) else set()
    return f"{domain}STDTC" if f"{domain}STDTC" in there else f"{domain}DTC", f"{domain}ENDTC"


def _copy_flags(con: Connection, study: StudyDefinition, table: str) -> None:
    listed = ", ".join(f"s.{name}" for name in _of_subject(study))
    con.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT t.*, {listed} FROM {table} AS t JOIN ADSL AS s USING (USUBJID)"
    )


def _membership(con: Connection, study: StudyDefinition) -> None:
    """member: a row a set, subject and column it counts in; size: N of every set and column.

    A set is shown by the treatment variable that the definition gives it (ICH E9, 5.2.1).
    """
    parts = [
        f"SELECT {quoted(one.id)} AS pop, USUBJID, {study.treatment_variable(one.id)} AS own "
        f"FROM ADSL WHERE {one.flag} = 'Y'"
        for one in study.analysis_sets
    ]
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


def pool(con: Connection, study: StudyDefinition) -> None:
    """The treatments of all subjects as the one of a pooled definition, and the columns of the tables with it."""
    code = quoted(study.groups[0].code)
    for table in ("ADSL", "ADAE", "ADBDS", "ADTTE", "ADVISIT"):
        there = variables(con, table)
        sets = [f"{name} = CASE WHEN {name} IS NOT NULL THEN {code} END" for name in ("TRT01P", "TRT01A")]
        sets += [f"{name} = CASE WHEN {name} IS NOT NULL THEN 1 END" for name in ("TRT01PN", "TRT01AN")]
        sets = [one for one in sets if one.split(" ")[0] in there]
        if sets:
            con.execute(f"UPDATE {table} SET {', '.join(sets)}")
    con.execute("UPDATE ADAE SET AETERM = AEDECOD")
    columns_of(con, study)


def _visits(con: Connection, study: StudyDefinition) -> None:
    """A visit's day is its start in SV; where no SV was delivered, the first day of a finding or dose at the visit.

    Where nothing tells of visits there are none, done or missed.
    """
    told, dated = True, "SELECT USUBJID, VISITNUM, whole_date(SVSTDTC) AS d FROM SV WHERE coalesce(SVOCCUR, 'Y') <> 'N'"
    if not is_delivered(con, "SV"):
        found = finding_domains(con, study)
        parts = [
            f"SELECT USUBJID, VISITNUM, whole_date({d}DTC) AS d FROM {d} WHERE coalesce({d}STAT, '') <> 'NOT DONE'"
            for d in found
        ]
        given = "coalesce(EXOCCUR, 'Y') <> 'N' AND coalesce(EXSTAT, '') <> 'NOT DONE'"
        parts.append(f"SELECT USUBJID, VISITNUM, whole_date(EXSTDTC) AS d FROM EX WHERE {given}")
        dated = " UNION ALL ".join(parts)
        told = bool(con.execute(f"SELECT 1 FROM ({dated}) WHERE VISITNUM IS NOT NULL LIMIT 1").fetchall())
    con.execute(f"CREATE TABLE visits_told AS SELECT {told} AS told")
    run(con, "visits", visit_dates=dated, told=str(told))
    _copy_flags(con, study, "ADVISIT")


MEMBERSHIP = _membership
STAGES: tuple[tuple[str, Callable[[Connection, StudyDefinition], None]], ...] = (
    ("how dates and texts are read", _macros),
    ("the data up to the cut-off", cut),
    ("what was taken", take),
    ("the subjects", _subjects),
    ("the adverse events", _events),
    ("the measurements", measurements),
    ("the subjects with their sets", _adsl),
    ("events and measurements with their subjects", _with_subject),
    ("the visits", _visits),
    ("the times to event", _times),
    ("the members of the analysis sets", _membership),
)
"""What is put together in which order, in words and as a function; a stage that fails leaves what does not need it."""
