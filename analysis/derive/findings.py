"""Measurements as Findings domains have them, brought to one form: value, dates, ranges, and an order in time.

A result below a limit of quantification ("<x") counts as half of it, one above ("x or more") as the limit. Values of
both sides at one moment are one (`sides`).

Not here: baseline and visits of a measurement (`adbds`, `windows`), and sides of one moment (`sides`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trial_report.analysis.derive.dates import clocks, instant, moment, study_day, whole_date
from trial_report.analysis.derive.records import (
    Domains,
    by_subject,
    domain,
    happened,
    meets,
    number,
    ranks,
    text,
    whole,
)
from trial_report.analysis.derive.sides import GROUP, averaged
from trial_report.schemas.domains.unique import as_series, spread, unique_texts
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import YES_NO, Endpoint, LabParameter, Parameter

RANK = "_RANK"
"""Place of a record among those of its subject and parameter, in time: texts of equal time by visit, time point,
repetition, then sequence number."""
MOMENT_KEYS = ["ADT", "_CLOCK", "VISITNUM", "_TPTNUM", "_REPNUM"]
"""What tells two records of a subject and parameter apart in time."""

_LIMIT = r"^\s*(?P<sign><=?|>=?|≤|≥)\s*(?P<limit>\d+(?:\.\d+)?)\s*$"


def category(parameter: Parameter) -> str:
    """PARCAT1 of a parameter."""
    if isinstance(parameter, Endpoint):
        return "EFFICACY"
    return "LABORATORY" if isinstance(parameter, LabParameter) else "VITAL SIGNS"


def measurements(definition: StudyDefinition, domains: Domains, adsl: pd.DataFrame) -> pd.DataFrame:
    """A row a record of a parameter of the definition: what ADBDS takes from the record alone, and `_RANK`.

    `adsl` needs REFDT. In order of subject, parameter and time; the parameters in the order of the definition.
    """
    names = dict.fromkeys(p.domain for p in definition.parameters)
    parts = [part for name in names for part in _of_domain(name, definition, domains)]
    frame = _in_time([part for part in parts if len(part)] or parts[:1] or [_empty()])
    frame["ADY"] = study_day(frame["ADT"], by_subject(adsl.set_index("USUBJID")["REFDT"], frame))
    frame[RANK] = np.arange(len(frame))
    frame[GROUP] = whole(frame, GROUP)
    return frame


def _in_time(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all parts in order of subject, parameter and time; column by column, so that none is held twice."""
    keys = ["USUBJID", "_PLACE", *MOMENT_KEYS, "SRCDOM", "SRCSEQ", "SRCLINE"]
    columns = [pd.concat([part[name] for part in parts], ignore_index=True) for name in keys]
    by = pd.DataFrame({name: ranks(column) for name, column in zip(keys, columns, strict=True)})
    order = by.sort_values(keys, na_position="first").index.to_numpy()
    del columns, by
    rows = {}
    for name in dict.fromkeys(name for part in parts for name in part.columns.tolist()):
        # What only some have are numbers of those that were made one value.
        pieces = [part.pop(name) if name in part else pd.Series(np.nan, index=part.index) for part in parts]
        rows[name] = pd.concat(pieces, ignore_index=True).array.take(order)
    return pd.DataFrame(rows, copy=False)


def _of_domain(name: str, definition: StudyDefinition, domains: Domains) -> list[pd.DataFrame]:
    """The records of each parameter of one domain, which is brought to the common form once."""
    wanted = [(place, p) for place, p in enumerate(definition.parameters) if p.domain == name]
    source = domain(domains, name)
    source = _rows(source, text(source, f"{name}TESTCD").isin([p.testcd for _, p in wanted]))
    records = standard(source, name)
    parts = []
    for place, parameter in wanted:
        chosen = meets(source, {f"{name}TESTCD": parameter.testcd, **parameter.where})
        part = _rows(records, chosen)
        if isinstance(parameter, Endpoint) and parameter.kind == "binary":
            part = part.assign(AVAL=yes_no(part["AVALC"]), DTYPE=pd.Series(None, index=part.index, dtype="str"))
        parts.append(averaged(_named(part, parameter, place), _rows(source, chosen), parameter, MOMENT_KEYS))
    return parts


def _rows(frame: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    """The rows chosen; where they are all, the frame itself, which then is not held twice."""
    return frame if chosen.all() else frame.loc[chosen]


def _named(frame: pd.DataFrame, parameter: Parameter, place: int) -> pd.DataFrame:
    return frame.assign(
        PARAMCD=pd.Series(parameter.paramcd, index=frame.index, dtype="str"),
        PARAM=pd.Series(parameter.label_unit, index=frame.index, dtype="str"),
        PARCAT1=pd.Series(category(parameter), index=frame.index, dtype="str"),
        AVALU=frame["AVALU"].fillna(parameter.unit) if parameter.unit else frame["AVALU"],
        _CLOCK=clocks(frame["ADTM"], frame["_UTC"], [frame["USUBJID"], frame["ADT"]]),
        _PLACE=place,
    )


def _empty() -> pd.DataFrame:
    frame = standard(pd.DataFrame({"USUBJID": pd.Series(dtype="str")}), "")
    texts = {name: pd.Series(dtype="str") for name in ("PARAMCD", "PARAM", "PARCAT1")}
    return frame.assign(**texts, _CLOCK=frame["ADTM"], _PLACE=pd.Series(dtype="int64"))


def yes_no(results: pd.Series) -> pd.Series:
    """1 for Y, YES or 1, 0 for N, NO or 0, else missing: AVAL of a binary parameter."""
    return results.str.strip().str.upper().map(YES_NO).astype("float64")


def standard(source: pd.DataFrame, name: str) -> pd.DataFrame:
    """Records of the Findings domain `name` with the columns of ADBDS that come from the record.

    AVAL is --STRESN, or --STRESC as far as it is a number or a limit. What was not done has no value.
    """
    done = happened(source, name)
    result = text(source, f"{name}STRESC")
    frame = pd.DataFrame(
        {
            "STUDYID": text(source, "STUDYID"),
            "USUBJID": source["USUBJID"].astype("str"),
            "ADT": whole_date(text(source, f"{name}DTC")),
            "ADTM": moment(text(source, f"{name}DTC")),
            "_UTC": instant(text(source, f"{name}DTC")),
            "AVALC": result.where(done),
            "AVALU": text(source, f"{name}STRESU"),
            "ANRLO": number(source, f"{name}STNRLO"),
            "ANRHI": number(source, f"{name}STNRHI"),
            "ANRIND": text(source, f"{name}NRIND"),
            "CLSIG": text(source, f"{name}CLSIG"),
            "VISIT": text(source, "VISIT"),
            "VISITNUM": number(source, "VISITNUM"),
            "_TPTNUM": number(source, f"{name}TPTNUM"),
            "_REPNUM": number(source, f"{name}REPNUM"),
            "SRCDOM": pd.Series(name, index=source.index, dtype="str"),
            "SRCSEQ": whole(source, f"{name}SEQ"),
            "SRCLINE": whole(source, "_LINE"),
        }
    )
    observed = number(source, f"{name}STRESN").fillna(number(source, f"{name}STRESC")).where(done)
    bound, below = _limits(result.where(done & observed.isna()))
    frame["AVAL"] = observed.fillna(bound.where(~below, bound / 2))
    frame["REASND"] = text(source, f"{name}REASND").str.strip().replace("", None).where(frame["AVAL"].isna())
    kind = pd.Series(None, index=frame.index, dtype="str")
    frame["DTYPE"] = kind.mask(below, "HALFLOQ").mask(bound.notna() & ~below, "ULOQ")
    return frame


def _limits(results: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The limit of each result that is one, and whether the value lies below it."""
    codes, unique = unique_texts(results)
    found = as_series(unique).str.extract(_LIMIT)
    bound = pd.to_numeric(found["limit"]).to_numpy(dtype="float64", na_value=np.nan)
    below = found["sign"].isin(["<", "<=", "≤"]).to_numpy(dtype=bool)
    return (
        pd.Series(spread(bound, codes, np.nan), index=results.index),
        pd.Series(spread(below, codes, False), index=results.index),
    )
