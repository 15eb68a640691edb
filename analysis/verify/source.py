"""Loads SDTM into DuckDB as it was read: every value a text, every domain a table, SUPP-- put beside its parent.

This is the only place at which the second road meets the data. It reads the files itself (or takes frames as they
were read), and shares nothing with `analysis.read`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pandas as pd

from schemas.study import StudyDefinition

Connection = duckdb.DuckDBPyConnection

NEEDED: dict[str, tuple[str, ...]] = {
    "DM": (
        *("SUBJID", "SITEID", "COUNTRY", "AGE", "AGEU", "SEX", "RACE", "ETHNIC", "ARMCD", "ACTARMCD", "ARMNRS"),
        *("RFSTDTC", "RFENDTC", "RFXSTDTC", "RFXENDTC", "RFICDTC", "RFPENDTC", "DMDTC", "DTHDTC", "DTHFL"),
    ),
    "EX": ("EXSEQ", "EXTRT", "EXDOSE", "EXDOSFRQ", "EXOCCUR", "EXSTAT", "EXSTDTC", "EXENDTC"),
    "DS": ("DSSEQ", "DSTERM", "DSDECOD", "DSCAT", "DSSCAT", "DSSTDTC"),
    "AE": (
        *("AESEQ", "AETERM", "AEDECOD", "AEBODSYS", "AESOC", "AESER", "AEACN", "AEOUT", "AESEV", "AETOXGR", "AEREL"),
        *("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE", "AECONTRT", "AESTDTC", "AEENDTC"),
    ),
    "SV": ("VISITNUM", "SVOCCUR", "SVSTDTC", "SVENDTC"),
    "DV": ("DVSEQ", "DVTERM", "DVDECOD", "DVCAT"),
    "MH": ("MHSEQ", "MHTERM", "MHDECOD", "MHBODSYS", "MHCAT", "MHOCCUR", "MHSTAT", "MHSTDTC", "MHDTC"),
    "CM": ("CMSEQ", "CMTRT", "CMDECOD", "CMCLAS", "CMOCCUR", "CMSTAT", "CMSTDTC", "CMENDTC"),
}
"""Variables that the queries name: a domain that lacks one gets it, all missing; one not there, no rows."""

FINDING = (
    *("SEQ", "TESTCD", "OBJ", "STRESC", "STRESN", "ORRES", "STRESU", "STNRLO", "STNRHI", "NRIND", "STAT"),
    *("DTC", "TPTNUM", "REPNUM", "CLSIG"),
)
"""The same for a Findings domain, without its prefix."""


def quoted(text: object) -> str:
    """A text as a SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def load(
    con: Connection, folder: Path, definition: StudyDefinition, domains: Mapping[str, pd.DataFrame] | None = None
) -> None:
    """Makes a table of every domain of the study: from its files, or from frames as they were read."""
    data = folder / definition.data.folder
    if domains is not None:
        frames = dict(domains)
    elif definition.data.format == "xpt":
        frames = {path.stem.upper(): pd.read_sas(path, encoding="utf-8") for path in sorted(data.glob("*.xpt"))}
    else:
        _load_text(con, sorted(data.glob("*.csv")))
        frames = {}
    for name, frame in frames.items():
        con.register("_frame", frame.drop(columns="_LINE", errors="ignore").astype("str"))
        con.execute(f"CREATE TABLE {name} AS SELECT * REPLACE (NULLIF(USUBJID, '') AS USUBJID) FROM _frame")
        con.unregister("_frame")
    for name, variables in NEEDED.items():
        require(con, name, variables)
    for name in finding_domains(con, definition):
        require(con, name, ["VISITNUM", *(f"{name}{part}" for part in FINDING)])
    _supplemental(con)


def _load_text(con: Connection, files: Iterable[Path]) -> None:
    """One table a domain; the parts of a split domain (their names begin with it) one below the other."""
    parts: dict[str, list[str]] = {}
    for file in files:
        stem = file.stem.upper()
        parts.setdefault(stem if stem.startswith("SUPP") else stem[:2], []).append(str(file))
    for name, paths in parts.items():
        listed = ", ".join(quoted(path) for path in paths)
        con.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_csv([{listed}], header = true, all_varchar = true, "
            "union_by_name = true, quote = '\"', escape = '\"')"
        )


def tables(con: Connection) -> set[str]:
    """The names of all tables there are."""
    return {str(row[0]).upper() for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def variables(con: Connection, table: str) -> set[str]:
    """The names of a table's columns."""
    # The description of an empty selection: the catalogue's own views are slow.
    return {str(column[0]).upper() for column in con.execute(f"SELECT * FROM {table} LIMIT 0").description}


def require(con: Connection, table: str, names: Iterable[str]) -> None:
    """Adds what a table lacks, all missing; a table that is not there has no rows."""
    if table.upper() not in tables(con):
        con.execute(f"CREATE TABLE {table} (STUDYID VARCHAR, DOMAIN VARCHAR, USUBJID VARCHAR)")
    there = variables(con, table)
    for name in names:
        if name not in there:
            con.execute(f'ALTER TABLE {table} ADD COLUMN "{name}" VARCHAR')


def finding_domains(con: Connection, definition: StudyDefinition) -> list[str]:
    """Findings domains: those with a variable --TESTCD, and those that the definition's parameters name."""
    named = {parameter.domain for parameter in definition.parameters}
    has = {name for name in tables(con) if len(name) == 2 and f"{name}TESTCD" in variables(con, name)}
    return sorted(named | has)


def _supplemental(con: Connection) -> None:
    """Every QNAM of a SUPP-- becomes a column of its parent: SDTMIG 3.4, section 8.4."""
    for supp in sorted(name for name in tables(con) if name.startswith("SUPP")):
        qualifiers = con.execute(f"SELECT DISTINCT RDOMAIN, IDVAR, QNAM FROM {supp} WHERE QNAM IS NOT NULL").fetchall()
        for parent, idvar, qnam in sorted(qualifiers, key=str):
            require(con, parent, [qnam])
            same = f"AND TRY_CAST(p.{idvar} AS DOUBLE) = TRY_CAST(s.IDVARVAL AS DOUBLE)" if idvar else ""
            con.execute(
                f"UPDATE {parent} AS p SET {qnam} = s.QVAL FROM {supp} AS s WHERE p.USUBJID = s.USUBJID {same} "
                f"AND s.RDOMAIN = {quoted(parent)} AND s.QNAM = {quoted(qnam)} "
                f"AND s.IDVAR IS NOT DISTINCT FROM {quoted(idvar) if idvar else 'NULL'}"
            )
