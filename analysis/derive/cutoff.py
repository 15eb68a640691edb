"""The cut: what the data say of the time after the cut-off is taken out of every domain, before anything is derived.

The rules, after pharmaverse's datacut (a record counts by its start; what was still going on is ongoing):

- A record whose start lies wholly after the cut-off is dropped: --STDTC, else --DTC; the first day that it can mean.
  One without a start is kept. Domains of the design, comments and relations (`UNDATED`) have no dates of subjects.
- An end after the cut-off becomes missing: what it ended was ongoing. Of a dose (EX, EC) it becomes the cut-off.
- A subject whose consent, collection of DM and reference start all lie after the cut-off is dropped from every domain.
  In DM a death, an end of participation and a first dose after it become missing, a last dose becomes the cut-off; a
  subject randomised after it (by DS, else by RFSTDTC) has no arm yet.
- An adverse event that ended after the cut-off, or was fatal to a subject who died after it, has not ended: its outcome
  is NOT RECOVERED/NOT RESOLVED, and it is not fatal.
- Supplemental qualifiers go with their record.

Not here: an earlier day than the study's own (`as_of`), and the count of what was taken out (`analyse.cutoff`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report.analysis.derive.dates import span
from trial_report.analysis.derive.records import by_subject, text
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.domains.unique import among
from trial_report.schemas.domains.variables import prefix
from trial_report.schemas.study import StudyDefinition

Frames = Mapping[str, pd.DataFrame]
Mask = npt.NDArray[np.bool_]

UNDATED = frozenset(("CO", "RELREC", "RELSPEC", "RELSUB", "TA", "TD", "TE", "TI", "TM", "TS", "TV"))
"""Domains whose dates, if any, are not of what was done with a subject."""

DOSES = ("EX", "EC")
"""Domains whose courses go on at least to the cut-off when they end after it."""

COUNTS = ("RECORDS", "DROPPED", "ENDS", "DEATHS")
"""Columns of what was cut: records as delivered, records dropped, ends taken away or set to the cut-off, deaths made
unknown."""

_ENDED = ("RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE", "FATAL")
_ONGOING = "NOT RECOVERED/NOT RESOLVED"
_ARMS = ("ARM", "ARMCD", "ACTARM", "ACTARMCD")
_RANDOMISED = ("RANDOMIZED", "RANDOMISED")


def at_cutoff(definition: StudyDefinition, domains: Frames) -> tuple[Frames, pd.DataFrame]:
    """The domains as they stood at `study.data_cutoff`, and what was cut: a row a domain in which something was.

    The second frame has the names of domains as index and the columns `COUNTS`. The domains given are not changed;
    where nothing lies after the cut-off they are what is returned.
    """
    cut = _Cut(definition, domains)
    frames: dict[str, pd.DataFrame] = {}
    kept: dict[str, Mask] = {}
    counts: dict[str, tuple[int, int, int, int]] = {}
    for name, frame in domains.items():
        changed, keep, ends, deaths = cut.domain(name, frame)
        frames[name], kept[name] = changed, keep
        if (~keep).any() or ends or deaths:
            counts[name] = (len(frame), int((~keep).sum()), ends, deaths)
    for name in [name for name in domains if name.startswith("SUPP")]:
        parent = name.removeprefix("SUPP")
        if parent in frames:
            kept[name] = kept[name] & _with_parent(domains[name], domains[parent], kept[parent])
        counts.pop(name, None)
    found = pd.DataFrame.from_dict(counts, orient="index", columns=list(COUNTS)).astype("int64")
    same = all(frames[name] is domains[name] for name in domains) and all(keep.all() for keep in kept.values())
    return (domains if same else _rebuilt(domains, frames, kept)), found


class _Cut:
    """The cut-off of one study, and what is known of its subjects."""

    def __init__(self, definition: StudyDefinition, domains: Frames) -> None:
        self.day = pd.Timestamp(definition.study.data_cutoff)
        self.arms = tuple(dict.fromkeys((*_ARMS, definition.treatment.planned, definition.treatment.actual)))
        none = pd.DataFrame({"USUBJID": pd.Series(dtype="str")})
        dm, ds = domains.get("DM", none), domains.get("DS", none)
        self.unseen = dm.loc[self._unseen(dm), "USUBJID"]
        died = ds.loc[text(ds, "DSDECOD") == "DEATH"]
        recorded = text(dm, "DTHDTC").fillna(_first_text(died, "DSSTDTC", dm))
        self.alive = dm.loc[self.after(recorded), "USUBJID"]
        randomised = ds.loc[text(ds, "DSDECOD").isin(_RANDOMISED)]
        day = span(text(randomised, "DSSTDTC"))["first"].groupby(randomised["USUBJID"]).min()
        assigned = by_subject(day, dm).fillna(span(text(dm, "RFSTDTC"))["first"])
        self.unassigned = dm.loc[(assigned > self.day).to_numpy(dtype=bool), "USUBJID"]

    def after(self, texts: pd.Series) -> pd.Series:
        """Which dates lie wholly after the cut-off; those without a year do not."""
        return span(texts)["first"] > self.day

    def _unseen(self, dm: pd.DataFrame) -> pd.Series:
        days = [span(text(dm, name))["first"] for name in ("RFICDTC", "DMDTC", "RFSTDTC")]
        return pd.concat(days, axis=1).min(axis=1) > self.day

    def domain(self, name: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, Mask, int, int]:
        """The domain with what is not known yet taken away, the rows that stay, and how many ends and deaths went."""
        gone = pd.Series(False, index=frame.index)
        if "USUBJID" in frame and len(self.unseen):
            gone |= among(frame["USUBJID"], self.unseen)
        if name in UNDATED or name.startswith("SUPP"):
            return frame, (~gone).to_numpy(dtype=bool), 0, 0
        own = prefix(name) or name
        if name != "DM":
            gone |= self.after(text(frame, f"{own}STDTC").fillna(text(frame, f"{own}DTC")))
        changes = _Changes(frame, ~gone)
        if name == "DM":
            return *self._subjects(changes), *changes.counted
        ended = changes.of(self.after(text(frame, f"{own}ENDTC")))
        changes.put(ended, f"{own}ENDTC", self.day.strftime("%Y-%m-%d") if name in DOSES else None)
        for follows in (f"{own}ENDY", f"{own}DUR"):
            changes.put(ended, follows, None)
        changes.ends = int(ended.sum())
        if name == "AE":
            self._events(changes, ended)
        return changes.frame, changes.keep, *changes.counted

    def _events(self, changes: _Changes, ended: pd.Series) -> None:
        frame = changes.whole
        fatal = (text(frame, "AEOUT") == "FATAL") | (text(frame, "AESDTH") == "Y")
        undone = changes.of(fatal & (ended | among(frame["USUBJID"], self.alive)))
        over = ended & text(frame, "AEOUT").isin(_ENDED)
        changes.put(over | (undone & (text(frame, "AEOUT") == "FATAL")), "AEOUT", _ONGOING)
        changes.put(undone, "AESDTH", None)
        changes.put(undone & (text(frame, "AETOXGR") == "5"), "AETOXGR", None)
        changes.deaths = int(undone.sum())

    def _subjects(self, changes: _Changes) -> tuple[pd.DataFrame, Mask]:
        dm = changes.whole
        later = {name: changes.of(self.after(text(dm, name))) for name in
                 ("RFXSTDTC", "RFXENDTC", "RFSTDTC", "RFENDTC", "RFPENDTC", "DTHDTC")}  # fmt: skip
        for name, rows in later.items():
            changes.put(rows, name, None)
        # Whoever was on treatment by then was so at least to the cut-off.
        changes.put(later["RFXENDTC"] & ~later["RFXSTDTC"], "RFXENDTC", self.day.strftime("%Y-%m-%d"))
        died = later["DTHDTC"] | changes.of(among(dm["USUBJID"], self.alive) & (text(dm, "DTHFL") == "Y"))
        changes.put(died, "DTHFL", None)
        for name in self.arms:
            changes.put(changes.of(among(dm["USUBJID"], self.unassigned)), name, None)
        changes.ends = int((later["RFXENDTC"] | later["RFENDTC"] | later["RFPENDTC"]).sum())
        changes.deaths = int(died.sum())
        return changes.frame, changes.keep


class _Changes:
    """A domain's frame while values of it are replaced; the frame itself until the first is."""

    def __init__(self, frame: pd.DataFrame, keep: pd.Series) -> None:
        self.whole = self.frame = frame
        self._kept = keep
        self.ends = self.deaths = 0

    @property
    def keep(self) -> Mask:
        """Which rows stay."""
        return self._kept.to_numpy(dtype=bool)

    @property
    def counted(self) -> tuple[int, int]:
        """How many ends and deaths were taken away."""
        return self.ends, self.deaths

    def of(self, rows: pd.Series) -> pd.Series:
        """Those of the rows that stay."""
        return rows.fillna(False).astype(bool) & self._kept

    def put(self, rows: pd.Series, name: str, value: Any) -> None:
        """Give a variable, where the domain has it, this value in these rows."""
        if name in self.frame and rows.any():
            column = self.frame[name].mask(rows) if value is None else self.frame[name].mask(rows, value)
            self.frame = self.frame.assign(**{name: column})


def _first_text(frame: pd.DataFrame, name: str, dm: pd.DataFrame) -> pd.Series:
    """The earliest text of a date, by the alphabet, of each subject of DM."""
    return by_subject(text(frame, name).groupby(frame["USUBJID"]).min(), dm).astype("str")


def _with_parent(supp: pd.DataFrame, parent: pd.DataFrame, kept: Mask) -> Mask:
    """Which qualifiers belong to no record that was dropped, or to one that stays as well."""
    stays = np.ones(len(supp), dtype=bool)
    for variable in text(supp, "IDVAR").dropna().unique():
        if variable not in parent:
            continue
        own = (text(supp, "IDVAR") == variable).to_numpy(dtype=bool)
        named, keys = _key(supp.loc[own], supp.loc[own, "IDVARVAL"]), _key(parent, parent[variable])
        stays[own] = ~named.isin(keys[~kept]).to_numpy() | named.isin(keys[kept]).to_numpy()
    return stays


def _key(frame: pd.DataFrame, values: pd.Series) -> pd.Series:
    """Subject and value as one text; numbers as numbers, however they are written."""
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    texts = numbers.astype("str").where(numbers.notna(), values.astype("str"))
    return frame["USUBJID"].astype("str").fillna("") + "\n" + texts.astype("str").fillna("")


def _rebuilt(domains: Frames, frames: dict[str, pd.DataFrame], kept: dict[str, Mask]) -> Frames:
    cut = {name: frame if kept[name].all() else frame.loc[kept[name]].reset_index(drop=True)
           for name, frame in frames.items()}  # fmt: skip
    if not isinstance(domains, Domains):
        return cut
    sources = {name: _rows(source, kept[name]) if name in kept else source for name, source in domains.sources.items()}
    return Domains(cut, sources, domains.unread, domains.sdtmig)


def _rows(source: Source, keep: Mask) -> Source:
    refused = {name: rows[keep] for name, rows in source.refused.items()}
    return Source(source.files, source.file_of[keep], source.lines[keep], source.columns, source.broken[keep], refused)
