"""Parameters of ADBDS that are declared: each is measured by its function, all else as for every parameter.

Not here: variables of ADSL that are declared (`declared`), and parameters of the study's definition (`adbds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from trial_report.analysis.derive.adbds import analysis_records
from trial_report.analysis.derive.declared import of_dataset
from trial_report.declare import Derivation
from trial_report.declare.own import OwnCode, refuse, run
from trial_report.schemas.domains.tables import Domains, lent
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Parameter

CATEGORY = "OWN"
"""PARCAT1 of the parameters."""
_RECORDS = "ZZ"
"""The domain, which no delivery has, that the values of a parameter are brought into the common form by."""
_SOURCE = ("SRCDOM", "SRCSEQ", "SRCLINE")


def with_own_parameters(
    adbds: pd.DataFrame,
    definition: StudyDefinition,
    domains: Mapping[str, pd.DataFrame],
    adsl: pd.DataFrame,
    problems: Problems,
    own: OwnCode,
) -> pd.DataFrame:
    """ADBDS with the parameters of the study's own code, PARCAT1 OWN, after all others of a subject.

    Baseline, change, visits and windows are derived as they are for every parameter. Raises OwnCodeError for a
    parameter that the definition has, that fails, or whose function does not give a frame of values with dates.
    """
    derivations = of_dataset(own, "ADBDS", domains)
    if not derivations:
        return adbds
    known = {one.paramcd for one in definition.parameters}
    parts, parameters = [], []
    for one in derivations:
        if one.name in known:
            raise refuse(one, f"derives {one.name}, which the study's definition has as a parameter")
        parts.append(_with_lines(_records(one, run(one, adsl.copy(), lent(domains), definition), adsl), domains))
        parameters.append(
            Parameter(paramcd=one.name, label=one.label, domain=_RECORDS, testcd=one.name, unit=one.unit or None)
        )
    values = pd.concat(parts, ignore_index=True)
    values[f"{_RECORDS}SEQ"] = pd.Series(range(1, len(values) + 1), dtype="Int64")
    alone = definition.model_copy(update={"endpoints": (), "laboratory": (), "vital_signs": tuple(parameters)})
    frame = analysis_records(alone, {_RECORDS: values}, adsl, problems).assign(PARCAT1=CATEGORY)
    source = values.set_index(f"{_RECORDS}SEQ")[list(_SOURCE)]
    frame = frame.assign(**{name: frame["SRCSEQ"].map(source[name]).astype(adbds[name].dtype) for name in _SOURCE})
    last = adbds.groupby("USUBJID")["ASEQ"].max()
    frame["ASEQ"] = frame["ASEQ"] + frame["USUBJID"].map(last).fillna(0).astype("Int64")
    whole = pd.concat([adbds, frame.astype({n: adbds[n].dtype for n in adbds if n in frame})], ignore_index=True)
    return whole.sort_values(["USUBJID", "ASEQ"], kind="stable", ignore_index=True)


def _records(one: Derivation, given: Any, adsl: pd.DataFrame) -> pd.DataFrame:
    """The values of one parameter as a Findings domain has them, with the record behind each."""
    absent = [name for name in ("USUBJID", "AVAL", "ADT") if not isinstance(given, pd.DataFrame) or name not in given]
    if absent:
        raise refuse(one, f"gives no frame with {', '.join(absent)}")
    unknown = sorted(set(given["USUBJID"].dropna()) - set(adsl["USUBJID"]))
    if unknown or given["USUBJID"].isna().any():
        raise refuse(one, f"gives a value of the subject '{(unknown or ['(none)'])[0]}', whom ADSL does not have")
    rows = given.reset_index(drop=True)
    dates = rows["ADT"]
    if pd.api.types.is_datetime64_any_dtype(dates.dtype):
        dates = dates.dt.strftime("%Y-%m-%d")
    value = pd.to_numeric(rows["AVAL"], errors="coerce").astype("float64")
    subjects = adsl.set_index("USUBJID")
    return pd.DataFrame(
        {
            "STUDYID": rows["USUBJID"].map(subjects["STUDYID"]).astype("str"),
            "USUBJID": rows["USUBJID"].astype("str"),
            f"{_RECORDS}TESTCD": pd.Series(one.name, index=rows.index, dtype="str"),
            f"{_RECORDS}STRESN": value,
            f"{_RECORDS}STRESC": value.map(repr, na_action="ignore").astype("str"),
            f"{_RECORDS}STRESU": pd.Series(one.unit or None, index=rows.index, dtype="str"),
            f"{_RECORDS}DTC": dates.astype("str"),
            "VISITNUM": pd.to_numeric(rows["VISITNUM"]) if "VISITNUM" in rows else float("nan"),
            "SRCDOM": _column(rows, "SRCDOM", "str"),
            "SRCSEQ": _column(rows, "SRCSEQ", "Int64"),
            "SRCLINE": _column(rows, "SRCLINE", "Int64"),
        }
    )


def _with_lines(records: pd.DataFrame, domains: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The records with the line of the source record of each that names it by domain and sequence number."""
    sources = domains.sources if isinstance(domains, Domains) else {}
    for name in records["SRCDOM"].dropna().unique():
        if name not in sources or f"{name}SEQ" not in domains[name]:
            continue
        frame, rows = domains[name], records["SRCDOM"] == name
        keys = pd.DataFrame({"USUBJID": frame["USUBJID"].astype("str"), "SEQ": frame[f"{name}SEQ"].astype("Int64")})
        lines = pd.Series(sources[name].lines, index=pd.MultiIndex.from_frame(keys), dtype="Int64")
        lines = lines[~lines.index.duplicated()]
        wanted = records.loc[rows, ["USUBJID", "SRCSEQ"]]
        found = lines.reindex(pd.MultiIndex.from_frame(wanted)).set_axis(records.index[rows])
        records.loc[rows, "SRCLINE"] = records.loc[rows, "SRCLINE"].fillna(found)
    return records


def _column(rows: pd.DataFrame, name: str, kind: str) -> pd.Series:
    found = rows[name] if name in rows else pd.Series(pd.NA if kind == "Int64" else None, index=rows.index)
    return found.astype(kind)  # type: ignore[call-overload]
