"""Loads SDTM into DuckDB as it was read: every value a text, every domain a table, SUPP-- put beside its parent.

This is the only place at which the second road meets the data. It reads the files itself (or takes frames as they
were read), and shares nothing with `analysis.read`.

Not here: datasets that are derived (`datasets`), and dates (`iso`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from trial_report.schemas.study import StudyDefinition

Connection = duckdb.DuckDBPyConnection
SQL = Path(__file__).parent / "sql"

NEEDED: dict[str, tuple[str, ...]] = {
    "DM": (
        *("SUBJID", "SITEID", "COUNTRY", "AGE", "AGEU", "SEX", "RACE", "ETHNIC", "ARMCD", "ARM", "ACTARMCD", "ARMNRS"),
        *("RFSTDTC", "RFENDTC", "RFXSTDTC", "RFXENDTC", "RFICDTC", "RFPENDTC", "DMDTC", "DTHDTC", "DTHFL"),
    ),
    "EX": (
        *("EXSEQ", "EXTRT", "EXDOSE", "EXDOSFRQ", "EXLOC", "EXLAT", "EXTPT", "EXTPTNUM", "EXOCCUR", "EXSTAT"),
        *("EXMOOD", "EXSTDTC", "EXENDTC", "VISITNUM"),
    ),
    "DS": ("DSSEQ", "DSTERM", "DSDECOD", "DSCAT", "DSSCAT", "DSSTDTC", "DSDTC"),
    "AE": (
        *("AESEQ", "AETERM", "AEDECOD", "AEBODSYS", "AESOC", "AESER", "AEACN", "AEOUT", "AESEV", "AETOXGR", "AEREL"),
        *("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE", "AECONTRT", "AESTDTC", "AEENDTC"),
    ),
    "SV": ("VISITNUM", "SVOCCUR", "SVREASOC", "SVSTDTC", "SVENDTC"),
    "DV": ("DVSEQ", "DVTERM", "DVDECOD", "DVCAT"),
    "MH": ("MHSEQ", "MHTERM", "MHDECOD", "MHBODSYS", "MHCAT", "MHOCCUR", "MHSTAT", "MHSTDTC", "MHDTC"),
    "CM": (
        *("CMSEQ", "CMTRT", "CMDECOD", "CMCLAS", "CMOCCUR", "CMSTAT", "CMSTDTC", "CMENDTC", "CMSTRF", "CMSTRTPT"),
        *("CMENRF", "CMENRTPT"),
    ),
}
"""Variables that the queries name: a domain that lacks one gets it, all missing; one not there, no rows."""

FINDING = (
    *("SEQ", "TESTCD", "OBJ", "STRESC", "STRESN", "ORRES", "STRESU", "STNRLO", "STNRHI", "NRIND", "STAT"),
    *("REASND", "DTC", "TPTNUM", "REPNUM", "CLSIG"),
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
        frames = _transported(sorted(data.glob("*.xpt")))
    else:
        _load_text(con, sorted(data.glob("*.csv")))
        frames = {}
    for name, frame in frames.items():
        con.register("_frame", frame.drop(columns="_LINE", errors="ignore").astype("str"))
        blank = " REPLACE (NULLIF(USUBJID, '') AS USUBJID)" if "USUBJID" in frame else ""
        con.execute(f"CREATE TABLE {name} AS SELECT *{blank} FROM _frame")
        con.unregister("_frame")
    con.execute(
        "CREATE TABLE delivered AS SELECT upper(table_name) AS domain, upper(column_name) AS variable "
        "FROM duckdb_columns() WHERE NOT internal"
    )
    for name, variables in NEEDED.items():
        require(con, name, variables)
    for name in finding_domains(con, definition):
        require(con, name, ["VISITNUM", *(f"{name}{part}" for part in FINDING)])
    _supplemental(con)


def domain_of(file: Path) -> str:
    """The domain that a file belongs to: the parts of a split domain begin with its name."""
    stem = file.stem.upper()
    return stem if stem.startswith("SUPP") or stem == "RELREC" else stem[:2]


def _transported(files: Iterable[Path]) -> dict[str, pd.DataFrame]:
    """The domains of SAS transport files, all as texts, the parts of a split domain one below the other."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for file in files:
        parts.setdefault(domain_of(file), []).append(_as_text(_records(file)))
    return {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}


def _records(file: Path) -> pd.DataFrame:
    """The records of a transport file: as many as its length holds, without those that are only padding.

    pandas takes every blank part of the last 80 bytes for padding, and so leaves out a short record that ends in one.
    """
    with pd.read_sas(file, format="xport", encoding=None, iterator=True) as reader:
        size = reader.record_length  # type: ignore[attr-defined]
        reader.nobs = (file.stat().st_size - reader.record_start) // size  # type: ignore[attr-defined]
        if not reader.nobs:  # type: ignore[attr-defined]
            return pd.read_sas(file, format="xport", encoding=None)
        frame = reader.read()
    texts = frame.select_dtypes(exclude="number")
    filled = np.flatnonzero((texts.map(len) > 0).any(axis=1))
    return frame.iloc[: filled.max(initial=-1) + 1]


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Bytes decoded (UTF-8, else Windows-1252), numbers written as short as they are exact, blanks missing."""
    return pd.DataFrame({name: _text_of(column) for name, column in frame.items()})


def _text_of(column: pd.Series) -> pd.Series:
    # Each distinct value once: a column of a transport file repeats few of them many times.
    codes, values = pd.factorize(column)
    return pd.Series([_one(v) for v in values] or [None], dtype="str").reindex(codes).reset_index(drop=True)


def _one(value: Any) -> str | None:
    if not isinstance(value, bytes):
        # pandas reads the zero of a transport file as 2 to the power of -260.
        return "0" if value == 2.0**-260 else f"{value:.15g}"
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("windows-1252")
    return text.rstrip() or None


def _load_text(con: Connection, files: Iterable[Path]) -> None:
    """One table a domain; the parts of a split domain (their names begin with it) one below the other."""
    parts: dict[str, list[str]] = {}
    for file in files:
        parts.setdefault(domain_of(file), []).append(str(file))
    for name, paths in parts.items():
        listed = ", ".join(quoted(path) for path in paths)
        con.execute(
            # Blanks at the end are how a text is filled up, as in a transport file.
            f"CREATE TABLE {name} AS SELECT NULLIF(rtrim(COLUMNS(*), ' '), '') FROM read_csv([{listed}], "
            "header = true, all_varchar = true, union_by_name = true, quote = '\"', escape = '\"')"
        )


def tables(con: Connection) -> set[str]:
    """The names of all tables there are."""
    return {str(row[0]).upper() for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def variables(con: Connection, table: str) -> set[str]:
    """The names of a table's columns."""
    # The description of an empty selection: the catalogue's own views are slow.
    return {str(column[0]).upper() for column in con.execute(f"SELECT * FROM {table} LIMIT 0").description}


def delivered(con: Connection) -> set[str]:
    """The domains that were delivered."""
    return {str(row[0]) for row in con.execute("SELECT DISTINCT domain FROM delivered").fetchall()}


def is_delivered(con: Connection, domain: str) -> bool:
    """Whether a domain was delivered, be it without a row."""
    return bool(con.execute("SELECT 1 FROM delivered WHERE domain = ?", [domain]).fetchall())


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


def run(con: Connection, name: str, **parts: str) -> None:
    """Runs `sql/<name>.sql`, each {part} replaced by its text."""
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    for part, value in parts.items():
        text = text.replace("{" + part + "}", value)
    con.execute(text)
