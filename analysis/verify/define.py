"""The study definition as DuckDB tables, and its conditions as SQL, so that the queries name no trial.

Not here: the data (`source`).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from trial_report.analysis.verify.source import Connection, quoted
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import Condition, Endpoint, LabParameter


def condition(rule: Condition, alias: str = "") -> str:
    """A condition of the definition as SQL; values are compared as texts, as SDTM holds them."""
    return (
        " AND ".join(
            f"{alias}{name} IN ({', '.join(quoted(v) for v in (value if isinstance(value, tuple) else (value,)))})"
            for name, value in rule.items()
        )
        or "TRUE"
    )


def put(con: Connection, name: str, rows: list[dict[str, Any]], types: dict[str, str]) -> None:
    """A small table from rows."""
    con.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in types.items())})")
    if rows:
        marks = ", ".join("?" for _ in types)
        con.executemany(f"INSERT INTO {name} VALUES ({marks})", [[row[column] for column in types] for row in rows])


def tables_of(con: Connection, study: StudyDefinition) -> None:
    """def_study, def_group, def_col, def_all, def_visit, def_param, def_window: what queries ask of the definition."""
    ae, escalation = study.adverse_events, study.escalation
    one = {
        "cutoff": study.study.data_cutoff.isoformat(),
        "same_day": study.baseline.same_day,
        "emergent_days": ae.emergent_days,
        "no_relation_is_related": ae.missing_relationship_is_related,
        "severe_from": ae.severe_from,
        "window_days": escalation.dlt_window_days if escalation else None,
        "frequent": ae.frequent_percent,
    }
    put(
        con,
        "def_study",
        [one],
        {
            "cutoff": "DATE",
            "same_day": "BOOLEAN",
            "emergent_days": "INTEGER",
            "no_relation_is_related": "BOOLEAN",
            "severe_from": "INTEGER",
            "window_days": "INTEGER",
            "frequent": "DOUBLE",
        },
    )
    columns_of(con, study)
    put(
        con,
        "def_visit",
        [
            {
                **{"id": v.id, "n": i, "num": v.num, "day": v.day, "role": v.role},
                **{"lo": v.window[0] if v.window else None, "hi": v.window[1] if v.window else None},
            }
            for i, v in enumerate(study.visits, 1)
        ],
        {
            **{"id": "VARCHAR", "n": "INTEGER", "num": "DOUBLE", "day": "INTEGER", "role": "VARCHAR"},
            **{"lo": "INTEGER", "hi": "INTEGER"},
        },
    )
    _parameters(con, study)
    _windows(con, study)


def columns_of(con: Connection, study: StudyDefinition) -> None:
    """def_group, def_col, def_all, made anew where they are there."""
    for name in ("def_group", "def_col", "def_all"):
        con.execute(f"DROP TABLE IF EXISTS {name}")
    _groups(con, study)
    # The columns shown; and all that are counted, for what is decided over everybody.
    put(con, "def_col", [{"grp": code} for code, _ in study.columns], {"grp": "VARCHAR"})
    every = dict.fromkeys((*(g.code for g in study.groups), TOTAL))
    put(con, "def_all", [{"grp": code} for code in every], {"grp": "VARCHAR"})


def _groups(con: Connection, study: StudyDefinition) -> None:
    """def_group: the groups in order; one whose doses are all 0, or that plans none, is judged by administrations."""
    rows = []
    for i, g in enumerate(study.groups, 1):
        doses = [g.dose if period.dose is None else period.dose for period in g.plan] or [g.dose]
        placebo = all(dose == 0 for dose in doses)
        by_administrations = placebo or bool(g.plan and all(dose is None for dose in doses))
        rows.append(
            {
                **{"code": g.code, "value": g.value or g.code, "n": i, "dose": g.dose, "is_placebo": placebo},
                "by_administrations": by_administrations,
            }
        )
    types = {"code": "VARCHAR", "value": "VARCHAR", "n": "INTEGER", "dose": "DOUBLE", "is_placebo": "BOOLEAN"}
    put(con, "def_group", rows, {**types, "by_administrations": "BOOLEAN"})


def _parameters(con: Connection, study: StudyDefinition) -> None:
    kinds = (("EFFICACY", study.endpoints), ("LABORATORY", study.laboratory), ("VITAL SIGNS", study.vital_signs))
    rows: list[dict[str, Any]] = []
    for category, parameters in kinds:
        for p in parameters:
            lab = p if isinstance(p, LabParameter) else None
            end = p if isinstance(p, Endpoint) else None
            rows.append(
                {
                    **{"paramcd": p.paramcd, "category": category, "decimals": p.decimals, "n": len(rows)},
                    "is_binary": end is not None and end.kind == "binary",
                    "low": list(lab.ctcae_limits_low) if lab and lab.ctcae in ("low", "both") else None,
                    "high": list(lab.ctcae_multiples_high) if lab and lab.ctcae in ("high", "both") else None,
                    "measure": end.responder.measure if end and end.responder else None,
                    "operator": end.responder.operator if end and end.responder else None,
                    "threshold": end.responder.threshold if end and end.responder else None,
                    "hy": lab.hy if lab else None,
                }
            )
    types = {
        **{"paramcd": "VARCHAR", "category": "VARCHAR", "decimals": "INTEGER", "n": "INTEGER", "is_binary": "BOOLEAN"},
        **{"low": "DOUBLE[]", "high": "DOUBLE[]", "measure": "VARCHAR", "operator": "VARCHAR", "threshold": "DOUBLE"},
        "hy": "VARCHAR",
    }
    put(con, "def_param", rows, types)


def _windows(con: Connection, study: StudyDefinition) -> None:
    """def_window: a row a parameter and visit that its records may belong to, with the days that count.

    `recorded`: they belong to it by the visit number under which they were recorded, whatever their day; so to a visit
    without a window always, before any window is asked.
    """
    rows = []
    for p in study.parameters:
        recorded = study.assigned_by(p) == "recorded"
        for v in study.visits_of(p):
            low, high = p.window_of(v) or (None, None)
            numbered = recorded or low is None
            rows.append({"paramcd": p.paramcd, "visit": v.id, "alo": low, "ahi": high, "recorded": numbered})
    types = {"paramcd": "VARCHAR", "visit": "VARCHAR", "alo": "INTEGER", "ahi": "INTEGER", "recorded": "BOOLEAN"}
    put(con, "def_window", rows, types)


def columns(study: StudyDefinition) -> list[str]:
    """The codes of the columns of a table by treatment."""
    return [code for code, _ in study.columns]


__all__ = ["TOTAL", "columns", "condition", "pd", "put", "tables_of"]
