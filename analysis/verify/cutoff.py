"""The data cut-off a second time: every domain cut in its own table, before anything is derived of it.

What starts after the cut is dropped, what ends after it goes on, a death after it is not known. CDISC has no rule; the
steps are those of pharmaverse's datacutr (`date_cut`, `special_dm_cut`).

Not here: the tables that are derived afterwards (`datasets`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trial_report import declare
from trial_report.analysis.verify.source import Connection, quoted, require, tables, variables
from trial_report.schemas.study import TOTAL, StudyDefinition

if TYPE_CHECKING:
    from trial_report.analysis.verify.road import Road

UNDATED = {"TA", "TE", "TV", "TI", "TS", "TD", "TM", "CO", "RELREC", "RELSUB", "RELSPEC", "DM"}
"""Domains without a date of a subject's record, and DM, which has rules of its own."""
TREATMENT = ("EX", "EC")
CLOSED = ("RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE", "FATAL")
"""Outcomes that say that an event ended."""
OPEN = "NOT RECOVERED/NOT RESOLVED"
STATISTICS = ("RECORDS", "DROPPED", "ENDS", "DEATHS")


def cut(con: Connection, study: StudyDefinition) -> None:
    """Cuts all tables of domains in place, and keeps what changed in `cut_count` (domain, records, dropped, …)."""
    con.execute(
        "CREATE TABLE cut_count (domain VARCHAR, records INTEGER, dropped INTEGER, ends INTEGER, deaths INTEGER)"
    )
    own = [study.treatment.planned, study.treatment.actual]
    require(con, "DM", ["ARM", "ACTARM", *own])
    con.execute(
        """CREATE TABLE cut_after AS SELECT USUBJID FROM DM, def_study
        WHERE least(first_day(RFICDTC), first_day(DMDTC), first_day(RFSTDTC)) > cutoff"""
    )
    con.execute(
        """CREATE TABLE cut_death AS SELECT USUBJID FROM DM, def_study
        WHERE first_day(coalesce(DTHDTC, (SELECT min(DSSTDTC) FROM DS WHERE DS.USUBJID = DM.USUBJID
            AND DSDECOD = 'DEATH'))) > cutoff"""
    )
    con.execute(
        """CREATE TABLE cut_unassigned AS SELECT USUBJID FROM DM, def_study WHERE coalesce(
            (SELECT min(first_day(DSSTDTC)) FROM DS WHERE DS.USUBJID = DM.USUBJID
                AND upper(DSDECOD) IN ('RANDOMIZED', 'RANDOMISED')),
            first_day(RFSTDTC)) > cutoff"""
    )
    deaths = {"AE": _deaths_of_events(con)}
    for domain in sorted(d for d in tables(con) if _is_dated(con, d)):
        records, dropped = _size(con, domain), _dropped(con, domain)
        ends = _ended(con, domain)
        _count(con, domain, records, dropped, ends, deaths.get(domain, 0))
    _subjects(con, {"ARM", "ARMCD", "ACTARM", "ACTARMCD", *own})


def _is_dated(con: Connection, table: str) -> bool:
    there = variables(con, table) if len(table) == 2 and table not in UNDATED else set()
    return "USUBJID" in there and bool({f"{table}STDTC", f"{table}DTC", f"{table}ENDTC"} & there)


def _size(con: Connection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _start(con: Connection, domain: str) -> str:
    """The text of a record's start: a finding's is when it was collected, another's its start, else that."""
    there = variables(con, domain)
    finding = f"{domain}TESTCD" in there
    named = [f"{domain}{part}" for part in (("DTC",) if finding or domain == "SV" else ("STDTC", "DTC"))]
    if domain == "SV":
        named = ["SVSTDTC"]
    return f"coalesce(NULL, {', '.join([name for name in named if name in there] or ['NULL'])})"


def _dropped(con: Connection, domain: str) -> int:
    before = _size(con, domain)
    late = f"""(USUBJID IN (FROM cut_after)
        OR coalesce(first_day({_start(con, domain)}) > (SELECT cutoff FROM def_study), FALSE))"""
    _qualifiers(con, domain, late)
    con.execute(f"DELETE FROM {domain} WHERE {late}")
    return before - _size(con, domain)


def _qualifiers(con: Connection, domain: str, late: str) -> None:
    """Drops the qualifiers of records that are dropped, but for those that a record that stays has too."""
    supp = f"SUPP{domain}"
    if supp not in tables(con):
        return
    for (idvar,) in con.execute(f"SELECT DISTINCT IDVAR FROM {supp}").fetchall():
        if idvar and idvar.upper() not in variables(con, domain):
            continue
        key = f"coalesce(CAST(TRY_CAST({idvar} AS DOUBLE) AS VARCHAR), {idvar})" if idvar else "''"
        value = "coalesce(CAST(TRY_CAST(IDVARVAL AS DOUBLE) AS VARCHAR), IDVARVAL)" if idvar else "''"
        gone, stays = (
            f"(USUBJID, {value}) IN (SELECT (USUBJID, {key}) FROM {domain} WHERE {part} AND {key} IS NOT NULL)"
            for part in (late, f"NOT {late}")
        )
        same = f"IDVAR = {quoted(idvar)}" if idvar else "IDVAR IS NULL"
        con.execute(f"DELETE FROM {supp} WHERE {same} AND {gone} AND NOT {stays}")


def _ended(con: Connection, domain: str) -> int:
    """Ends after the cut: missing, as of what goes on; of treatment the cut itself."""
    name = f"{domain}ENDTC"
    if name not in variables(con, domain):
        return 0
    to = "CAST((SELECT cutoff FROM def_study) AS VARCHAR)" if domain in TREATMENT else "NULL"
    late = f"first_day({name}) > (SELECT cutoff FROM def_study)"
    changed = int(con.execute(f"SELECT count(*) FROM {domain} WHERE {late}").fetchall()[0][0])
    con.execute(f"UPDATE {domain} SET {name} = {to} WHERE {late}")
    return changed


def _deaths_of_events(con: Connection) -> int:
    """Events said to be over, or fatal, that were not yet so at the cut; how many were fatal."""
    cutoff = "(SELECT cutoff FROM def_study)"
    left = f"USUBJID NOT IN (FROM cut_after) AND NOT coalesce(first_day({_start(con, 'AE')}) > {cutoff}, FALSE)"
    late = f"first_day(AEENDTC) > {cutoff}"
    fatal = f"(AEOUT = 'FATAL' OR AESDTH = 'Y') AND (coalesce({late}, FALSE) OR USUBJID IN (FROM cut_death)) AND {left}"
    deaths = int(con.execute(f"SELECT count(*) FROM AE WHERE {fatal}").fetchall()[0][0])
    con.execute(
        f"""UPDATE AE SET AEOUT = '{OPEN}', AESDTH = NULL, AETOXGR = CASE WHEN AETOXGR <> '5' THEN AETOXGR END
        WHERE {fatal}"""
    )
    closed = ", ".join(quoted(word) for word in CLOSED)
    con.execute(f"UPDATE AE SET AEOUT = '{OPEN}' WHERE {late} AND AEOUT IN ({closed})")
    return deaths


def _subjects(con: Connection, arms: set[str]) -> None:
    """DM: subjects who came after the cut, dates after it, deaths, and arms that were not yet assigned."""
    records = _size(con, "DM")
    _qualifiers(con, "DM", "USUBJID IN (FROM cut_after)")
    con.execute("DELETE FROM DM WHERE USUBJID IN (FROM cut_after)")
    dropped = records - _size(con, "DM")
    late = {
        name: f"coalesce(first_day({name}) > (SELECT cutoff FROM def_study), FALSE)"
        for name in ("RFXSTDTC", "RFXENDTC", "RFSTDTC", "RFENDTC", "RFPENDTC", "DTHDTC")
    }
    ends = " OR ".join(late[name] for name in ("RFXENDTC", "RFENDTC", "RFPENDTC"))
    counts = con.execute(f"SELECT count(*) FILTER ({ends}), count(*) FILTER ({late['DTHDTC']}) FROM DM").fetchall()
    changed, deaths = (int(n) for n in counts[0])
    sets = [f"{name} = CASE WHEN NOT {late[name]} THEN {name} END" for name in ("RFXSTDTC", "RFSTDTC", "RFENDTC")]
    sets += [f"{name} = CASE WHEN NOT {late[name]} THEN {name} END" for name in ("RFPENDTC", "DTHDTC")]
    sets.append(f"DTHFL = CASE WHEN NOT {late['DTHDTC']} THEN DTHFL END")
    sets.append(
        f"""RFXENDTC = CASE WHEN NOT {late["RFXENDTC"]} THEN RFXENDTC
            WHEN NOT {late["RFXSTDTC"]} THEN CAST((SELECT cutoff FROM def_study) AS VARCHAR) END"""
    )
    con.execute(f"UPDATE DM SET {', '.join(sets)}")
    con.execute(
        f"UPDATE DM SET {', '.join(f'{arm} = NULL' for arm in sorted(arms))} WHERE USUBJID IN (FROM cut_unassigned)"
    )
    _count(con, "DM", records, dropped, changed, deaths)


def _count(con: Connection, *values: str | int) -> None:
    con.execute("INSERT INTO cut_count VALUES (?, ?, ?, ?, ?)", list(values))


@declare.second("cutoff", what="what was cut at the data cut-off")
def cutoff(road: Road) -> None:
    """What changed by domain where anything did, and the three sums."""
    common = "'cutoff' AS analysis, 'ALL' AS population, 'n' AS statistic, 0 AS decimals"
    named = ", ".join(quoted(s) for s in STATISTICS)
    road.emit(
        f"""SELECT {common}, domain AS what, {quoted(TOTAL)} AS grp, unnest([{named}]) AS level,
            unnest([records, dropped, ends, deaths]) AS value
        FROM cut_count WHERE dropped + ends + deaths > 0"""
    )
    sums = ", ".join(quoted(s) for s in STATISTICS[1:])
    road.emit(
        f"""SELECT {common}, {quoted(TOTAL)} AS grp, unnest([{sums}]) AS level,
            unnest([sum(dropped), sum(ends), sum(deaths)]) AS value FROM cut_count"""
    )
