"""The measurements a second time: the records of every parameter, of both sides as one, and ADBDS of them.

Not here: the other datasets (`datasets`), and cells of efficacy (`cells`).
"""

from __future__ import annotations

from trial_report.analysis.verify.define import condition
from trial_report.analysis.verify.source import FINDING, Connection, quoted, require, run, tables, variables
from trial_report.schemas.study import StudyDefinition

RECORD = {
    **dict.fromkeys(("USUBJID", "PARAMCD", "SRCDOM"), "VARCHAR"),
    **{"seq": "DOUBLE", "VISITNUM": "DOUBLE", "dtc": "VARCHAR", "tptnum": "DOUBLE", "repnum": "DOUBLE"},
    **{
        "result": "VARCHAR",
        "stresn": "DOUBLE",
        "not_done": "BOOLEAN",
        "reasons": "VARCHAR[]",
        "ANRLO": "DOUBLE",
        "ANRHI": "DOUBLE",
    },
    **{"nrind": "VARCHAR", "side": "VARCHAR", "kind": "VARCHAR[]"},
}
"""The columns of `finding`."""

KIND = ("OBJ", "CAT", "SPEC", "METHOD", "POS", "LOC", "DIR", "PORTOT")
"""What else has to be equal in values of two sides of which a mean is taken."""


def measurements(con: Connection, study: StudyDefinition) -> None:
    """finding: the records of every parameter, whatever their domain, under names without the domain's prefix.

    `side` and `kind` (what else the sides must have in common) only of tests that were made on more than one side.
    """
    parts, sided = [], _sided(con, {p.domain for p in study.parameters})
    for p in study.parameters:
        require(con, p.domain, ["VISITNUM", *(f"{p.domain}{part}" for part in FINDING), *p.where])
        d, side, kind = p.domain, "NULL", "NULL"
        if (d, p.testcd) in sided and f"{d}LAT" not in p.where:
            require(con, d, [f"{d}{part}" for part in KIND])
            side, kind = side_of(d), f"[{', '.join(f'{d}{part}' for part in KIND)}]"
        parts.append(
            f"""SELECT USUBJID, {quoted(p.paramcd)} AS PARAMCD, {quoted(d)} AS SRCDOM,
                TRY_CAST({d}SEQ AS DOUBLE) AS seq, TRY_CAST(VISITNUM AS DOUBLE) AS VISITNUM, {d}DTC AS dtc,
                TRY_CAST({d}TPTNUM AS DOUBLE) AS tptnum, TRY_CAST({d}REPNUM AS DOUBLE) AS repnum,
                upper(trim({d}STRESC)) AS result,
                coalesce(TRY_CAST({d}STRESN AS DOUBLE), TRY_CAST({d}STRESC AS DOUBLE)) AS stresn,
                coalesce({d}STAT, '') = 'NOT DONE' AS not_done,
                list_filter([trim({d}REASND)], lambda reason: reason <> '') AS reasons,
                TRY_CAST({d}STNRLO AS DOUBLE) AS ANRLO, TRY_CAST({d}STNRHI AS DOUBLE) AS ANRHI, {d}NRIND AS nrind,
                {side} AS side, {kind} AS kind
            FROM {d} WHERE {d}TESTCD = {quoted(p.testcd)} AND {condition(p.where)}"""
        )
    con.execute(f"CREATE TABLE finding ({', '.join(f'{name} {kind}' for name, kind in RECORD.items())})")
    if parts:
        con.execute(f"INSERT INTO finding {' UNION ALL '.join(parts)}")
    run(con, "values")
    if con.execute("SELECT 1 FROM finding WHERE side IS NOT NULL LIMIT 1").fetchall():
        run(con, "sides")
        run(con, "measurements", values="of_subject")
    else:
        run(con, "measurements", values="measured")


def side_of(domain: str) -> str:
    """The side of a record; BILATERAL is no side, but both."""
    return f"nullif(nullif(upper(trim({domain}LAT)), ''), 'BILATERAL')"


def _sided(con: Connection, domains: set[str]) -> set[tuple[str, str]]:
    """Domain and code of each test that was made on more than one side of any subject, if not at once."""
    found = set()
    for d in sorted(domains & tables(con)):
        if {f"{d}LAT", f"{d}TESTCD"} <= variables(con, d):
            side = side_of(d)
            several = f"SELECT {d}TESTCD AS code FROM {d} GROUP BY code, USUBJID HAVING min({side}) < max({side})"
            found |= {(d, str(code)) for (code,) in con.execute(f"SELECT DISTINCT code FROM ({several})").fetchall()}
    return found
