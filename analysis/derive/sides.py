"""Measurements of both sides: the values of two sides (--LAT) at one moment are one of the subject, their mean.

The subject is the unit of analysis, and the eyes or limbs of one are no two subjects (Murdoch, Morris and Cousens,
British Journal of Ophthalmology 1998; 82:971). Where fewer sides have a value than at the subject's fullest moment
there is none, as the mean would change with the side that was measured: the worse one alone would look like a relapse.

Not here: which sides are of one moment (`schemas.domains.sides`), and a side that changes (`schemas.checks.limb`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report.analysis.derive.faults import NO_MEAN, fault
from trial_report.analysis.derive.records import text
from trial_report.schemas.domains.sides import Sides, by_moment, is_of_several, side_numbers
from trial_report.schemas.domains.unique import group_codes
from trial_report.schemas.domains.variables import QUALIFIERS
from trial_report.schemas.problems import Problem
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Characteristic, Endpoint, Parameter

AVERAGE = "AVERAGE"
"""DTYPE of values that are taken together with those of other sides, as ADaM calls it."""
RIVAL = "_RIVAL"
"""Of a repetition of one side within a moment: the mean if it, and not the last, were that side's value."""
GROUP = "AVGSEQ"
"""Sequence number of the record that carries the mean which a row's value is part of."""

_Places = npt.NDArray[np.int64]


def averaged(
    records: pd.DataFrame, source: pd.DataFrame, parameter: Parameter | Characteristic, moment: list[str]
) -> pd.DataFrame:
    """The records of one parameter with one value a moment, the mean of its sides, where anybody has values of several.

    Else as they came. `source` are the domain's rows behind them; `moment` the columns that tell the moments of a
    subject apart, `_CLOCK` among them, which sides need not share (`schemas.domains.sides`). The last record of a
    moment carries the mean in AVAL and AVALC, the others have no AVAL. Of repetitions of one side the last counts;
    where another has a different value, `RIVAL` holds what the mean would be with it. A value without a side counts, as
    that of one, where no side has one. A record without date and visit belongs to no moment.
    """
    sides = sides_of(records, source, parameter, moment)
    if sides is None:
        return records
    joined = sides.counted & (sides.here == sides.fullest)
    valued = records["AVAL"].notna().to_numpy() & _is_placed(records, source, str(parameter.domain))
    return _with_means(records, joined, valued & ~joined, sides.at, sides.of_side)


def sides_of(
    records: pd.DataFrame,
    source: pd.DataFrame,
    parameter: Parameter | Characteristic,
    moment: list[str],
    of: str = "AVAL",
) -> Sides | None:
    """The sides of the values `of` the records; None where no subject has one of two sides at a moment."""
    name = str(parameter.domain)
    if f"{name}LAT" in parameter.where:
        return None
    side = side_numbers(text(source, f"{name}LAT"))
    valued = records[of].notna().to_numpy() & _is_placed(records, source, name)
    if not is_of_several(side, valued):
        return None
    alike = {kind: text(source, f"{name}{kind}") for kind in QUALIFIERS if f"{name}{kind}" in source}
    alike["_PARTIAL"] = text(source, f"{name}DTC").where(records["ADT"].isna())
    keys = records[["USUBJID", *moment]].assign(**alike)
    day = ["USUBJID", *(one for one in moment if one != "_CLOCK"), *alike]
    subject, on_day, at = (group_codes(keys, names) for names in (["USUBJID"], day, list(keys.columns)))
    sides = by_moment(subject, on_day, at, side, valued)
    return sides if sides.here.max(initial=0) > 1 else None


def _is_placed(records: pd.DataFrame, source: pd.DataFrame, name: str) -> npt.NDArray[np.bool_]:
    """Which records have a date or visit."""
    return (text(source, f"{name}DTC").notna() | records["VISITNUM"].notna()).to_numpy(dtype=bool)


def _with_means(
    records: pd.DataFrame, joined: npt.NDArray[np.bool_], lost: npt.NDArray[np.bool_], at: _Places, of_side: _Places
) -> pd.DataFrame:
    frame = records.reset_index(drop=True)
    part = frame.loc[joined, ["AVAL", "SRCSEQ", "SRCLINE"]].assign(at=at[joined], of_side=of_side[joined])
    part = part.sort_values(["SRCSEQ", "SRCLINE"], na_position="first", kind="stable")
    last = part.drop_duplicates("of_side", keep="last")
    size = last.groupby("at").size()
    # Rounded, because the mean of 0.2 and 0.4 is not above a limit of 0.3, though in binary it is.
    means = last.groupby("at")["AVAL"].mean().round(9)
    bearer = last.drop_duplicates("at", keep="last")
    others = part.drop(index=last.index)
    own_last = others["of_side"].map(last.set_index("of_side")["AVAL"])
    shift = (others["AVAL"] - own_last) / others["at"].map(size)
    rival = (others["at"].map(means) + shift).round(9).loc[shift != 0]
    of_several = bearer.loc[bearer["at"].map(size) > 1]
    mean = of_several["at"].map(means)
    changed = mean.loc[mean != of_several["AVAL"]]

    # The value of one side alone stays as it was observed.
    no_own = pd.Series(joined | lost) & ~frame.index.isin(bearer.index.difference(of_several.index))
    frame[GROUP] = part["at"].map(of_several.set_index("at")["SRCSEQ"]).astype("float64").reindex(frame.index)
    frame[RIVAL] = rival.reindex(frame.index)
    frame["AVAL"] = frame["AVAL"].mask(no_own, mean.reindex(frame.index))
    frame["AVALC"] = frame["AVALC"].mask(
        frame.index.isin(changed.index), changed.map("{:.12g}".format).astype("str").reindex(frame.index)
    )
    frame["DTYPE"] = frame["DTYPE"].mask(no_own, AVERAGE)
    # The recorded indicator is that of one side.
    frame["ANRIND"] = frame["ANRIND"].mask(no_own)
    return frame.set_axis(records.index)


def without_mean(frame: pd.DataFrame, definition: StudyDefinition) -> Iterator[Problem]:
    """Means of sides that are no value of their endpoint: half a yes, or between two levels of a score."""
    averages = frame.loc[(frame["DTYPE"] == AVERAGE) & frame["AVAL"].notna()]
    for endpoint in definition.endpoints:
        known = _values(endpoint)
        if not known:
            continue
        wrong = averages.loc[(averages["PARAMCD"] == endpoint.paramcd) & ~averages["AVAL"].isin(known)]
        for _, row in wrong.iterrows():
            name = row["SRCDOM"]
            yield fault(
                NO_MEAN,
                name,
                row,
                visit="" if pd.isna(row["VISIT"]) else row["VISIT"],
                variable=f"{name}LAT",
                value=f"{endpoint.paramcd} of the sides: mean {row['AVAL']:g}",
                expected=f"one side, as where: {{{name}LAT: …}} chooses, or the same value on each",
                record=f"{name}SEQ={row['SRCSEQ']}",
            )


def _values(endpoint: Endpoint) -> list[float]:
    """The only values that an endpoint can have; none: any number."""
    return [0.0, 1.0] if endpoint.kind == "binary" else [float(level) for level in endpoint.levels]
