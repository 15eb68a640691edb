"""What efficacy is computed from: the values of every endpoint by visit and column, and the cells that are shown."""

from __future__ import annotations

from analysis.verify.define import condition
from analysis.verify.source import Connection, quoted
from schemas.study import StudyDefinition
from schemas.study.measures import Endpoint, FurtherAnalysis

MEASURED = {"change": "CHG", "value": "AVAL"}
EFF = {
    **dict.fromkeys(("paramcd", "grp", "USUBJID", "visit"), "VARCHAR"),
    **dict.fromkeys(("AVAL", "CHG", "PCHG", "BASE"), "DOUBLE"),
    **{"CRIT1FL": "VARCHAR", "TRTSDT": "DATE", "y": "DOUBLE"},
}
SIZE = {"what": "VARCHAR", "pop": "VARCHAR", "grp": "VARCHAR", "n": "INTEGER"}
CELL = {
    **{"paramcd": "VARCHAR", "decimals": "INTEGER", "visit": "VARCHAR", "n": "INTEGER"},
    **dict.fromkeys(("role", "kind", "measure"), "VARCHAR"),
}
"""The columns of the tables `eff`, `eff_size` and `eff_cell`, which are there also for a study without endpoints."""


def prepare(con: Connection, study: StudyDefinition) -> None:
    """eff: a row a subject, column and visit of every endpoint, in its analysis set; eff_cell: the visits of each.

    `y` is what is analysed of it: change or value. The visits are the baseline visit (whose value is the baseline,
    whenever taken) and every later visit that is tested or has a value. eff_size: the number of each column.
    """
    rows, sizes, cells = [], [], []
    base = quoted(study.baseline_visit.id)
    own: list[tuple[str, str, Endpoint]] = [(e.paramcd, e.kind, e) for e in study.endpoints]
    own += [(further_name(e, f), "further", e.as_in(f)) for e in study.endpoints for f in e.further]
    for called, kind, e in own:
        chosen = condition(e.only_with_baseline, "s.")
        member = (
            f"member AS m JOIN ADSL AS s ON s.USUBJID = m.USUBJID AND m.pop = {quoted(e.analysis_set)} AND {chosen}"
        )
        name, code = quoted(called), quoted(e.paramcd)
        rows.append(
            f"""SELECT {name} AS paramcd, m.grp, a.USUBJID, CASE WHEN ABLFL = 'Y' THEN {base} ELSE AVISIT END AS visit,
                AVAL, CHG, PCHG, BASE, CRIT1FL, s.TRTSDT, {MEASURED[e.measure]} AS y
            FROM ADBDS AS a JOIN {member} ON a.USUBJID = m.USUBJID
            WHERE a.PARAMCD = {code} AND (ABLFL = 'Y' OR (ANL01FL = 'Y' AND POSTFL = 'Y'))"""
        )
        sizes.append(
            f"""SELECT {name} AS what, {quoted(e.analysis_set)} AS pop, c.grp, count(o.USUBJID) AS n FROM def_col AS c
            LEFT JOIN (SELECT m.grp, m.USUBJID FROM {member}) AS o ON o.grp = c.grp GROUP BY c.grp"""
        )
        tested = ", ".join(quoted(v) for v in e.visits)
        cells.append(
            f"""SELECT {name} AS paramcd, {e.decimals} AS decimals, v.id AS visit, v.n, v.role,
                {quoted(kind)} AS kind, {quoted(e.measure)} AS measure
            FROM def_visit AS v WHERE v.id = {base} OR (v.role = 'follow-up' AND (v.id IN ({tested})
                OR v.id IN (SELECT visit FROM eff WHERE paramcd = {name})))"""
        )
    for name, columns, parts in (("eff", EFF, rows), ("eff_size", SIZE, sizes), ("eff_cell", CELL, cells)):
        con.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
        if parts:
            con.execute(f"INSERT INTO {name} {' UNION ALL '.join(parts)}")


def further_name(e: Endpoint, further: FurtherAnalysis) -> str:
    """What the data of a further analysis are called in `eff`."""
    return f"{e.paramcd}|{further.id}"
