"""Where the rows of a dataset come from: domain, sequence number, file and line of the record behind each.

Not here: which rows a result counts (`conditions`), and the printed way of a number (`evidence.trace`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.study import StudyDefinition

PLACES = {
    "DOMAIN": "str", "ROW": "int64", "USUBJID": "str", "SEQ": "Int64", "VISITNUM": "float64", "FILE": "str",
    "LINE": "Int64",
}  # fmt: skip
"""Columns of `places` and their types: a row a record; ROW is its number in the domain's frame from 0."""

ORIGIN = ("DOMAIN", "SEQ", "FILE", "LINE")
"""Columns of `origins`, all missing where no single record is behind a row."""


def places(domains: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """File and line of every record of every domain (columns `PLACES`); of frames that were not read, none."""
    found = [_empty()]
    sources = domains.sources if isinstance(domains, Domains) else {}
    for name, source in sources.items():
        if name not in domains:
            continue
        frame = domains[name]
        absent = pd.Series(pd.NA, index=frame.index)
        found.append(
            pd.DataFrame(
                {
                    "DOMAIN": name,
                    "ROW": np.arange(len(frame)),
                    "USUBJID": frame.get("USUBJID", absent).astype("str").to_numpy(),
                    "SEQ": frame.get(f"{name}SEQ", absent).astype("Int64").to_numpy(),
                    "VISITNUM": frame.get("VISITNUM", absent).astype("Float64").to_numpy("float64", na_value=np.nan),
                    "FILE": np.array(source.files, dtype=object)[source.file_of],
                    "LINE": source.lines,
                }
            ).astype(PLACES)
        )
    return pd.concat(found, ignore_index=True)


def _empty() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in PLACES.items()})


def origins(dataset: str, frame: pd.DataFrame, where: pd.DataFrame, definition: StudyDefinition) -> pd.DataFrame:
    """The record behind each row of a dataset: columns `ORIGIN`, in the rows of `frame`.

    `where` is what `places` gave. Subjects come from DM, events from AE, measurements and times from the record that
    they name, visits from the first record of the visit in SV, rows of a domain from themselves; a time that no event
    ended comes from the subject's record in DM. LINE stands where the dataset has it even if `where` is empty; FILE
    does not.
    """
    match dataset:
        case "ADSL":
            named = _named(frame, "DM", None, frame["SRCLINE"])
        case "ADAE":
            named = _named(frame, "AE", frame["AESEQ"], frame["SRCLINE"])
        case "ADVISIT":
            return _of_visits(frame, where, definition)
        case "ADTTE":
            subject = where.loc[where["DOMAIN"] == "DM"].drop_duplicates("USUBJID").set_index("USUBJID")["LINE"]
            line = frame["SRCLINE"].fillna(frame["USUBJID"].map(subject).astype("Int64"))
            named = _named(frame, frame["SRCDOM"].mask(frame["SRCDOM"].isna() & line.notna(), "DM"),
                           frame["SRCSEQ"], line)  # fmt: skip
        case _ if "SRCDOM" in frame:
            named = _named(frame, frame["SRCDOM"], frame["SRCSEQ"], frame["SRCLINE"])
        case _:
            return _of_domain(dataset, frame, where)
    files = where.drop_duplicates(["DOMAIN", "LINE", "USUBJID"])[["DOMAIN", "LINE", "USUBJID", "FILE"]]
    found = named.merge(files, on=["DOMAIN", "LINE", "USUBJID"], how="left", validate="m:1")
    return found.set_axis(frame.index)[list(ORIGIN)]


def baselines(dataset: str, frame: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame | None:
    """The record behind the baseline of each row, as `found` (what `origins` gave) has it: the same columns.

    All missing where a row has no baseline or is the baseline itself. None for a dataset without baselines.
    """
    if not {"BASE", "ABLFL", "PARAMCD"} <= {*frame.columns}:
        return None
    first = frame.loc[frame["ABLFL"] == "Y", ["USUBJID", "PARAMCD"]].drop_duplicates()
    names = pd.MultiIndex.from_frame(first)
    at = names.get_indexer(pd.MultiIndex.from_frame(frame[["USUBJID", "PARAMCD"]]))
    of_first = found.loc[first.index].reset_index(drop=True)
    known = (at >= 0) & frame["BASE"].notna().to_numpy() & (frame["ABLFL"] != "Y").to_numpy()
    return of_first.reindex(np.where(known, at, -1)).set_axis(frame.index)


def sides(frame: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The further records behind each row whose value is a mean of sides: columns `ORIGIN`, the row's label as index.

    `found` is what `origins` gave. None for a row of one record, and for a dataset without such means.
    """
    if "AVGSEQ" not in frame or not frame["AVGSEQ"].notna().any():
        return found.iloc[:0][list(ORIGIN)]
    part = frame.loc[frame["AVGSEQ"].notna(), ["USUBJID", "PARAMCD", "SRCDOM", "SRCSEQ", "AVGSEQ", "AVAL"]]
    part = part.assign(row=part.index, bears=(part["SRCSEQ"] == part["AVGSEQ"]) & part["AVAL"].notna())
    names = ["USUBJID", "PARAMCD", "SRCDOM", "AVGSEQ"]
    bearers = part.loc[part["bears"]].drop_duplicates(names)[[*names, "row"]].rename(columns={"row": "of"})
    both = part.loc[~part["bears"]].merge(bearers, on=names, how="inner")
    return found.loc[both["row"], list(ORIGIN)].set_axis(pd.Index(both["of"]))


def _named(frame: pd.DataFrame, domain: str | pd.Series, seq: pd.Series | None, line: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "DOMAIN": pd.Series(domain, index=frame.index).astype("str"),
            "SEQ": (pd.Series(pd.NA, index=frame.index) if seq is None else seq).astype("Int64"),
            "LINE": line.astype("Int64"),
            "USUBJID": frame["USUBJID"].astype("str"),
        }
    )


def _of_domain(dataset: str, frame: pd.DataFrame, where: pd.DataFrame) -> pd.DataFrame:
    own = where.loc[where["DOMAIN"] == dataset].set_index("ROW")
    return own.reindex(frame.index)[list(ORIGIN)]


def _of_visits(frame: pd.DataFrame, where: pd.DataFrame, definition: StudyDefinition) -> pd.DataFrame:
    """The first record of subject and visit number; a visit that did not take place may have one too, saying so."""
    visits = where.loc[where["DOMAIN"] == "SV"]
    if visits.empty:
        return pd.DataFrame(np.nan, index=frame.index, columns=list(ORIGIN)).astype({"LINE": "Int64", "SEQ": "Int64"})
    numbers = {visit.id: float(visit.num) for visit in definition.visits}
    first = visits.drop_duplicates(["USUBJID", "VISITNUM"])
    wanted = pd.DataFrame({"USUBJID": frame["USUBJID"].astype("str"), "VISITNUM": frame["AVISIT"].map(numbers)})
    found = wanted.merge(first, on=["USUBJID", "VISITNUM"], how="left", validate="m:1")
    return found.set_axis(frame.index)[list(ORIGIN)]
