"""What was taken a second time: the records of EX (else of EC, else DM alone) as days, administrations and dose.

Not here: statistics of exposure (`subjects`).
"""

from __future__ import annotations

import math

import pandas as pd

from trial_report.analysis.verify.define import put
from trial_report.analysis.verify.source import NEEDED, Connection, finding_domains, is_delivered, quoted, require, run
from trial_report.schemas.codelists.frequency import per_day, per_record
from trial_report.schemas.study import StudyDefinition


def take(con: Connection, study: StudyDefinition) -> None:
    """Tables `contact`, `death`, `assigned`, `protocol_day`, `taken`, `exposure` and `planned`."""
    stands_for_ex = not is_delivered(con, "EX") and is_delivered(con, "EC")
    if stands_for_ex:
        _collected(con, study)
    _frequencies(con)
    _contact(con, study)
    _plan(con, study)
    run(con, "exposure", whole_plan=str(study.exposure.compliance == "to_plan_end"))
    if not is_delivered(con, "EX") and not stands_for_ex:
        _by_dm(con)


def _collected(con: Connection, study: StudyDefinition) -> None:
    """EC in place of EX (SDTMIG 3.4, 6.1.3): doses count in the unit of the group, and one in another has no end."""
    require(con, "EC", [f"EC{name[2:]}" for name in NEEDED["EX"] if name.startswith("EX")] + ["ECDOSU"])
    require(con, "EC", ["VISITNUM"])
    names = [name for name in NEEDED["EX"] if name not in ("VISITNUM", "EXDOSE")]
    units = " ".join(f"WHEN a.grp = {quoted(g.code)} THEN {quoted(g.unit)}" for g in study.groups if g.unit)
    unit = f"CASE {units} END" if units else "NULL"
    con.execute(
        f"""CREATE OR REPLACE TABLE EX AS
        SELECT EC.USUBJID, VISITNUM, {", ".join(f"EC{name[2:]} AS {name}" for name in names)},
            CASE WHEN ECDOSU = {unit} OR coalesce(TRY_CAST(ECDOSE AS DOUBLE), 0) = 0 THEN ECDOSE
                ELSE 'infinity' END AS EXDOSE
        FROM EC LEFT JOIN (
            SELECT d.USUBJID, coalesce(x.code, p.code) AS grp FROM DM AS d
            LEFT JOIN def_group AS p ON p.value = d.{study.treatment.planned}
            LEFT JOIN def_group AS x ON x.value = d.{study.treatment.actual}
        ) AS a USING (USUBJID)"""
    )


def _frequencies(con: Connection) -> None:
    """def_frequency: each term of EXDOSFRQ with administrations a day and a record, as the codelist gives them."""
    terms = (
        con.execute("SELECT DISTINCT EXDOSFRQ AS term FROM EX WHERE EXDOSFRQ IS NOT NULL").df()["term"].astype("str")
    )
    frame = pd.DataFrame({"term": terms, "per_day": per_day(terms), "per_record": per_record(terms)})
    con.register("_frequency", frame)
    con.execute("CREATE TABLE def_frequency (term VARCHAR, per_day DOUBLE, per_record DOUBLE)")
    con.execute(
        "INSERT INTO def_frequency SELECT term, CASE WHEN NOT isnan(per_day) THEN per_day END, "
        "CASE WHEN NOT isnan(per_record) THEN per_record END FROM _frequency"
    )
    con.unregister("_frequency")


def _plan(con: Connection, study: StudyDefinition) -> None:
    """def_plan: the periods of each group's plan, with administrations a day or on the first day; of a period with
    cycles a row for each day of the cycle.
    """
    rows = []
    for g in study.groups:
        for period in g.plan:
            term = pd.Series([period.frequency], dtype="str")
            daily, once = float(per_day(term).iloc[0]), float(per_record(term).iloc[0])
            row = {
                **{"grp": g.code, "first": period.days[0], "last": period.days[1]},
                "dose": g.dose if period.dose is None else period.dose,
                "per_day": None if math.isnan(daily) else daily,
                "per_record": None if math.isnan(once) else once,
                "cycle_length": period.cycle.length if period.cycle else None,
            }
            rows += [{**row, "cycle_day": day} for day in (period.cycle.days if period.cycle else (None,))]
    types = {"grp": "VARCHAR", "first": "INTEGER", "last": "INTEGER", "dose": "DOUBLE", "per_day": "DOUBLE"}
    types |= {"per_record": "DOUBLE", "cycle_length": "INTEGER", "cycle_day": "INTEGER"}
    put(con, "def_plan", rows, types)


def _contact(con: Connection, study: StudyDefinition) -> None:
    dates = " UNION ALL ".join(
        f"SELECT USUBJID, {d}DTC FROM {d} WHERE coalesce({d}STAT, '') <> 'NOT DONE'"
        for d in finding_domains(con, study)
    )
    run(
        con,
        "contact",
        planned=f"d.{study.treatment.planned}",
        actual=f"d.{study.treatment.actual}",
        finding_dates=dates or "SELECT NULL, NULL WHERE FALSE",
    )


def _by_dm(con: Connection) -> None:
    """Without records of exposure DM says when treatment began and ended; what was given is not known."""
    con.execute(
        """INSERT INTO exposure BY NAME
        SELECT USUBJID, whole_date(RFXSTDTC) AS TRTSDT,
            greatest(whole_date(RFXSTDTC), coalesce(whole_date(RFXENDTC), least(c.LSTCTDT, k.DTHDT))) AS TRTEDT,
            instant(RFXSTDTC) AS first_instant, local_time(RFXSTDTC) AS first_local
        FROM DM LEFT JOIN contact AS c USING (USUBJID) LEFT JOIN death AS k USING (USUBJID)
        WHERE whole_date(RFXSTDTC) IS NOT NULL"""
    )
