"""Puts supplemental qualifiers (SUPP--) onto the records that they qualify, as columns named by QNAM.

Not here: variables that a study derives (`derive.own`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report.schemas.checks.causes import Told, folded, of_columns
from trial_report.schemas.checks.registry import CHECKS
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.variables import variables
from trial_report.schemas.problems import Problems

_QNAM = r"[A-Z][A-Z0-9_]{0,7}"


def merge_supplemental(domains: Domains) -> tuple[Domains, Problems]:
    """The domains with every qualifier on its parent's rows, and the qualifiers that do not fit anywhere.

    Source: SDTMIG 3.4, section 8.4: IDVAR and IDVARVAL name the parent's record within RDOMAIN and USUBJID; both are
    missing where the qualifier is one of the subject (DM).
    """
    problems = Problems()
    for name in [name for name in domains if name.startswith("SUPP")]:
        domains = _merge_one(domains, name, problems)
    return domains, problems


def _merge_one(domains: Domains, name: str, problems: Problems) -> Domains:
    supp = domains[name]
    for parent in supp["RDOMAIN"].dropna().unique().tolist():
        rows = np.flatnonzero((supp["RDOMAIN"] == parent).to_numpy())
        if parent in domains.unread:
            continue
        if parent not in domains or parent.startswith("SUPP"):
            _report(domains, name, problems, "SUPP-004", rows, "RDOMAIN", "a domain that was delivered")
            continue
        domains = _merge_into(domains, name, parent, rows, problems)
    return domains


def _merge_into(domains: Domains, name: str, parent: str, rows: npt.NDArray[np.int64], problems: Problems) -> Domains:
    supp, frame, source = domains[name].iloc[rows], domains[parent], domains.sources[parent]
    if not domains.has(parent, "USUBJID"):
        return domains
    named = supp["QNAM"].str.fullmatch(_QNAM).fillna(False).to_numpy(dtype=bool)
    # What another version of the guide has as a variable may be a qualifier in this one.
    own = {name for name, variable in variables(parent, domains.sdtmig).items() if not variable.remark}
    held = set(source.columns) | set(source.merged) | (own & set(frame.columns))
    taken = supp["QNAM"].isin(held).to_numpy() & supp["QNAM"].notna().to_numpy()
    wrong = (taken | ~named) & supp["QNAM"].notna().to_numpy()
    _report(domains, name, problems, "SUPP-003", rows[wrong], "QNAM", "a new variable name, at most 8 characters")

    target = np.full(len(supp), -1, dtype=np.int64)
    known, judged = np.ones(len(supp), dtype=bool), np.ones(len(supp), dtype=bool)
    for variable in supp["IDVAR"].unique().tolist():
        chosen = (supp["IDVAR"].isna() if pd.isna(variable) else supp["IDVAR"] == variable).to_numpy()
        if not pd.isna(variable) and not domains.has(parent, variable):
            # A variable that the parent should have is missing there: that is said of the parent.
            known &= ~chosen | (variable in variables(parent))
            judged &= ~chosen
            continue
        target[chosen] = _targets(frame, supp[chosen], None if pd.isna(variable) else str(variable))
    _report(domains, name, problems, "SUPP-004", rows[~known], "IDVAR", f"a variable of {parent}")
    orphan = judged & (target < 0) & ~domains.sources[name].broken[rows]
    # Of a subject that DM does not have another check speaks.
    if domains.has("DM", "USUBJID"):
        orphan &= supp["USUBJID"].isin(domains["DM"]["USUBJID"]).to_numpy()
    _report(domains, name, problems, "SUPP-001", rows[orphan], "IDVARVAL", f"a record of {parent}")

    usable = (target >= 0) & ~wrong & supp["QNAM"].notna().to_numpy()
    key = pd.DataFrame({"row": target, "qnam": supp["QNAM"].to_numpy()})
    twice = usable & key.duplicated().to_numpy()
    _report(domains, name, problems, "SUPP-002", rows[twice], "QNAM", "each qualifier once for a record")
    usable &= ~twice
    added = {}
    for qnam in sorted(supp["QNAM"][usable].unique().tolist()):
        chosen = usable & (supp["QNAM"] == qnam).to_numpy(dtype=bool)
        values = pd.Series(supp["QVAL"][chosen].to_numpy(), index=frame.index[target[chosen]])
        added[qnam] = values.reindex(frame.index).astype("str")
    source = replace(source, merged=(*source.merged, *added))
    kept = frame.drop(columns=[name for name in added if name in frame])
    return domains.replaced(parent, pd.concat([kept, pd.DataFrame(added, index=frame.index)], axis=1), source)


def _targets(frame: pd.DataFrame, supp: pd.DataFrame, variable: str | None) -> npt.NDArray[np.int64]:
    """Position of the parent record of each qualifier, -1 where there is none (the first of two with one key)."""
    keys = {"USUBJID": frame["USUBJID"]}
    wanted = {"USUBJID": supp["USUBJID"]}
    if variable:
        numeric = pd.api.types.is_numeric_dtype(frame[variable])
        keys["value"] = frame[variable].astype("float64") if numeric else frame[variable]
        text = supp["IDVARVAL"].str.strip()
        wanted["value"] = pd.to_numeric(text, errors="coerce").astype("float64") if numeric else text
    parents = pd.DataFrame(keys).assign(row=np.arange(len(frame))).dropna()
    parents = parents.drop_duplicates(list(keys))
    found = pd.DataFrame(wanted).merge(parents, on=list(keys), how="left")["row"]
    return found.fillna(-1).to_numpy(dtype=np.int64)


def _report(
    domains: Domains, name: str, problems: Problems, id: str, rows: npt.NDArray[np.int64], variable: str, expected: str
) -> None:
    check = CHECKS[id]
    found = domains.problems(
        id, check.severity, name, rows, check.meaning, variable=variable, expected=expected, remedy=check.remedy
    )
    whole, left = of_columns(domains, Told(check, name, variable, rows, found))
    problems.extend(whole)
    # The qualifiers of one record fail together.
    problems.extend(folded(left.problems, lambda one: (one.subject, one.value) if variable == "IDVARVAL" else None))
