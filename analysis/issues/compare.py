"""Compares two deliveries of a study: its issues, and its records.

Not here: what is new since the last delivery, when that is remembered (`since`), and comparison of results
(`evidence.compare`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trial_report.schemas.checks.records import record_key
from trial_report.schemas.domains.tables import Domains, as_texts
from trial_report.schemas.domains.variables import observation_class, prefix
from trial_report.schemas.problems import Problem, Problems


@dataclass(frozen=True)
class Changes:
    """Issues of the new delivery that the old one did not have, those that are gone, and those that stayed."""

    new: list[Problem]
    resolved: list[Problem]
    persisting: list[Problem]


def compare_issues(old: Problems, new: Problems) -> Changes:
    """New, resolved and persisting issues: the same check, place and value are the same issue, at whatever line."""
    before = Counter((problem.check, problem.key) for problem in old)
    after = Counter((problem.check, problem.key) for problem in new)
    return Changes(
        new=_beyond(new, before),
        resolved=_beyond(old, after),
        persisting=[problem for problem in new if before[problem.check, problem.key]],
    )


def _beyond(problems: Problems, known: Counter[tuple[str, str]]) -> list[Problem]:
    left = known.copy()
    found = []
    for problem in problems:
        if left[problem.check, problem.key] > 0:
            left[problem.check, problem.key] -= 1
        else:
            found.append(problem)
    return found


def compare_records(old: Domains, new: Domains) -> pd.DataFrame:
    """What differs between two deliveries: a row a record added or removed, and a row a value changed.

    Columns (all text): domain, change (added, removed, changed), subject, record, variable, old, new.
    """
    parts = [_compare(old, new, domain) for domain in sorted({*old, *new})]
    columns = ["domain", "change", "subject", "record", "variable", "old", "new"]
    return pd.concat([pd.DataFrame(columns=columns, dtype="str"), *parts], ignore_index=True)[columns].astype("str")


def _key(domains: Domains, domain: str) -> list[str]:
    """What names a record from one delivery to the next."""
    frame, own = domains[domain], prefix(domain)
    if observation_class(domain) == "Findings" or domain == "SV":
        return record_key(domains, domain)
    if observation_class(domain) in {"Events", "Interventions"}:
        sponsor = f"{own}SPID"
        return ["USUBJID", sponsor if domains.has(domain, sponsor) else f"{own}SEQ"]
    if domain.startswith("SUPP"):
        return ["USUBJID", "IDVAR", "IDVARVAL", "QNAM"]
    return ["USUBJID"] if domain == "DM" else list(frame.columns)


def _keyed(domains: Domains, domain: str, key: list[str]) -> pd.DataFrame:
    frame = domains[domain]
    texts = pd.DataFrame({name: as_texts(frame[name]) for name in frame.columns}, dtype="str")
    # Two records with one key are told apart by their order.
    texts["(n)"] = texts.groupby(key).cumcount().astype("str") if key else "0"
    return texts.set_index([*key, "(n)"])


def _compare(old: Domains, new: Domains, domain: str) -> pd.DataFrame:
    if domain not in old or domain not in new:
        delivered, change = (new, "added") if domain in new else (old, "removed")
        key = _key(delivered, domain)
        return _rows(domain, change, _keyed(delivered, domain, key).index, key)
    common = [name for name in _key(new, domain) if name in old[domain].columns]
    before, after = _keyed(old, domain, common), _keyed(new, domain, common)
    parts = [
        _rows(domain, "added", after.index.difference(before.index), common),
        _rows(domain, "removed", before.index.difference(after.index), common),
    ]
    both = after.index.intersection(before.index)
    # Study days and sequence numbers follow from other changes.
    names = [name for name in after.columns if name in before.columns and name != f"{prefix(domain)}SEQ"]
    was, now = before.loc[both, names], after.loc[both, names]
    row, column = np.nonzero(was.to_numpy() != now.to_numpy())
    changed = _rows(domain, "changed", both[row], common)
    changed["variable"] = [names[number] for number in column]
    changed["old"] = was.to_numpy()[row, column]
    changed["new"] = now.to_numpy()[row, column]
    return pd.concat([*parts, changed], ignore_index=True)


def _rows(domain: str, change: str, index: pd.Index, key: list[str]) -> pd.DataFrame:
    keys = index.to_frame(index=False).astype("str")
    subject = keys["USUBJID"] if "USUBJID" in keys else pd.Series("", index=keys.index, dtype="str")
    others = [name for name in key if name != "USUBJID"]
    record = pd.Series("", index=keys.index, dtype="str")
    for name in others:
        filled = keys[name] != ""
        record = record.mask(filled, record + f" {name}=" + keys[name])
    return pd.DataFrame(
        {
            "domain": domain,
            "change": change,
            "subject": subject,
            "record": record.str.strip(),
            "variable": "",
            "old": "",
            "new": "",
        }
    )
