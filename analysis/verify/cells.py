"""What efficacy is computed from: the values of every endpoint by visit and column, and the cells that are shown.

Not here: what is computed of the cells (`efficacy`, `hypotheses`).
"""

from __future__ import annotations

from trial_report.analysis.verify.define import condition
from trial_report.analysis.verify.source import Connection, quoted
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Endpoint, FurtherAnalysis

MEASURED = {"change": "CHG", "value": "AVAL"}
EFF = {
    **dict.fromkeys(("paramcd", "grp", "USUBJID", "visit"), "VARCHAR"),
    **dict.fromkeys(("AVAL", "CHG", "PCHG", "BASE"), "DOUBLE"),
    **{"CRIT1FL": "VARCHAR", "TRTSDT": "DATE", "y": "DOUBLE"},
}
SIZE = {"what": "VARCHAR", "pop": "VARCHAR", "grp": "VARCHAR", "n": "INTEGER"}
MEMBER = dict.fromkeys(("paramcd", "grp", "USUBJID"), "VARCHAR")
CARRIED = {
    **dict.fromkeys(("paramcd", "grp", "USUBJID", "visit"), "VARCHAR"),
    **dict.fromkeys(("AVAL", "CHG", "PCHG", "BASE", "y"), "DOUBLE"),
    **{"CRIT1FL": "VARCHAR", "is_carried": "BOOLEAN"},
}
CELL = {
    **{"paramcd": "VARCHAR", "decimals": "INTEGER", "visit": "VARCHAR", "n": "INTEGER"},
    **dict.fromkeys(("role", "kind", "measure"), "VARCHAR"),
}
"""The columns of the tables that are made here, which a study without endpoints has as well."""


def prepare(con: Connection, study: StudyDefinition) -> None:
    """eff: a row a subject, column and visit of every endpoint, in its analysis set; eff_cell: the visits of each.

    `y` is what is analysed of it: change or value. The visits are the baseline visit (whose value is the baseline,
    whenever taken) and every later visit that is tested or has a value. eff_member, eff_size: who is in each column,
    and how many. carried: `eff` at the tested visits, with the last observation carried forward where there is none.
    """
    rows, sizes, cells, carried, members = [], [], [], [], []
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
        carried.append(_carried(called, e, member))
        members.append(f"SELECT {name}, m.grp, m.USUBJID FROM {member}")
    made = (("eff", EFF, rows), ("eff_size", SIZE, sizes), ("eff_cell", CELL, cells), ("carried", CARRIED, carried),
            ("eff_member", MEMBER, members))  # fmt: skip
    for name, columns, parts in made:
        con.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
        if parts:
            con.execute(f"INSERT INTO {name} {' UNION ALL '.join(parts)}")


def _carried(called: str, e: Endpoint, member: str) -> str:
    """The analysed value of a visit, else the last measured one that is not later than the visit.

    Not later: not after the last day of the visit's window; of a visit without one, or where values belong to visits by
    record, from a visit that is not later, or between visits before the day on which the visit took place. A baseline
    is not carried (E9, 5.3; Mallinckrodt CH et al., Drug Inf J 2001;35:1215-1225: the last post-baseline observation).
    """
    tested = ", ".join(quoted(v) for v in e.visits)
    own = "(r.ANL01FL = 'Y' AND r.AVISIT = v.id)"
    return f"""SELECT {quoted(called)}, m.grp, m.USUBJID, v.id, AVAL, CHG, PCHG, BASE, {MEASURED[e.measure]}, CRIT1FL,
            NOT coalesce({own}, FALSE)
        FROM {member} CROSS JOIN def_visit AS v
        JOIN ADBDS AS r ON r.USUBJID = m.USUBJID AND r.PARAMCD = {quoted(e.paramcd)} AND r.POSTFL = 'Y'
            AND {MEASURED[e.measure]} IS NOT NULL
        LEFT JOIN def_window AS w ON w.paramcd = r.PARAMCD AND w.visit = v.id
        LEFT JOIN ADVISIT AS a ON a.USUBJID = m.USUBJID AND a.AVISIT = v.id
        WHERE v.id IN ({tested}) AND (coalesce({own}, FALSE) OR CASE
            WHEN w.ahi IS NOT NULL AND NOT w.recorded THEN r.ADY <= w.ahi
            WHEN r.AVISIT IS NOT NULL THEN r.AVISITN <= v.n
            ELSE r.ADY < a.SVDY
        END)
        QUALIFY row_number() OVER (
            PARTITION BY m.grp, m.USUBJID, v.id ORDER BY coalesce({own}, FALSE) DESC, r.place DESC
        ) = 1"""


def further_name(e: Endpoint, further: FurtherAnalysis) -> str:
    """What the data of a further analysis are called in `eff`."""
    return f"{e.paramcd}|{further.id}"
