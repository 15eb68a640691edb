"""Checks of what was not delivered of a visit: a whole panel of measurements that the others had at it.

What is planned at a visit is taken from the data: a domain, or a category of one (chemistry, blood counts, a
questionnaire), that nearly everybody has who had the visit. What one arm has, one sex or the subjects of a substudy,
too few have for it to be planned for all, and it says nothing. A record that says NOT DONE is one. A single test that
is missing from its panel is not told: samples clot, and a test is repeated elsewhere.

Not here: a primary endpoint at a visit, and a subject without a whole domain (`missing`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import by_group, parameter_rows
from trial_report.schemas.checks.missing import (
    at_subjects,
    at_visits,
    attendance,
    in_the_study,
    is_whole,
    primary_endpoints,
    visits_of,
)
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import equals
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition

#: So many have the panel at the visit, and at least this share of those who had the visit, or all of them but one.
_FEWEST, _NEARLY_ALL = 5, 0.97


@declare.check(
    "MI-005",
    "warning",
    "A visit was held, and the subject has nothing of a panel or domain that nearly all others have at it.",
    "Deliver the records, or one that says NOT DONE and why; nothing, where they are known to be missing.",
    uses=("DM.USUBJID",),
)
def panel_is_there_when_visit_was(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    parts = [
        _lacking(domains, definition, domain)
        for domain in attendance(domains, definition).numbers
        if observation_class(domain) == "Findings" and is_whole(domains, domain)
    ]
    lacking = pd.concat([part for part in parts if len(part)]) if any(map(len, parts)) else None
    if lacking is None:
        return
    yield from at_visits(domains, definition, lacking[~lacking["never"]])
    # Who has none of it at any visit is one problem, whatever the visits are.
    never = lacking[lacking["never"]].drop_duplicates(["subject", "name"])
    yield from at_subjects(domains, never.assign(name=never["name"] + " at any visit"))


def _lacking(domains: Domains, definition: StudyDefinition, domain: str) -> pd.DataFrame:
    """Subject and visit (its place in the definition) at which a panel of the domain is missing, and its name.

    `never` says that the subject has nothing of the panel, at several visits.
    """
    held, there = attendance(domains, definition).held, in_the_study(domains, definition)
    frame, places = domains[domain], attendance(domains, definition).numbers[domain]
    subjects = domains.subjects(domain)
    panels = by_group(frame, [f"{domain}CAT"]).to_numpy()
    first = np.flatnonzero(~pd.Series(panels).duplicated().to_numpy())
    at_visit = (places >= 0) & (subjects >= 0)
    whole = _not_done_as_a_whole(domains, domain) & at_visit
    known = np.zeros(held.shape, dtype=bool)
    known[subjects[whole], places[whole]] = True
    in_domain = _flags(subjects, len(held))
    found = []
    for panel, row in enumerate(first):
        mine = panels == panel
        there_at = np.zeros(held.shape, dtype=bool)
        there_at[subjects[mine & at_visit], places[mine & at_visit]] = True
        of_panel = _flags(subjects[mine], len(held))
        expected = held & there[:, None] & ~_told_of_endpoints(domains, definition, domain, mine)
        have = (expected & there_at).sum(axis=0)
        usual = (have >= _FEWEST) & (have >= np.minimum(_NEARLY_ALL * expected.sum(axis=0), expected.sum(axis=0) - 1))
        # Who has no record in the domain is told by MI-004.
        missing = expected & ~there_at & ~known & in_domain[:, None] & usual[None, :]
        subject, place = np.nonzero(missing)
        several = missing.sum(axis=1) > 1
        name = frame[f"{domain}CAT"].iloc[row] if f"{domain}CAT" in frame else None
        words = f"records of {name} in {domain}" if isinstance(name, str) else f"records in {domain}"
        never = (several & ~of_panel)[subject]
        found.append(pd.DataFrame({"subject": subject, "place": place, "name": words, "never": never}))
    return pd.concat(found) if found else pd.DataFrame()


def _flags(subjects: npt.NDArray[np.int32], size: int) -> npt.NDArray[np.bool_]:
    found = np.zeros(size + 1, dtype=bool)
    found[subjects] = True
    return found[:-1]


def _not_done_as_a_whole(domains: Domains, domain: str) -> npt.NDArray[np.bool_]:
    """Records that say of a whole domain that nothing was done (SDTMIG 3.4, 4.5.1.2: --TESTCD is --ALL)."""
    frame, status = domains[domain], f"{domain}STAT"
    if status not in frame or f"{domain}TESTCD" not in frame:
        return np.zeros(len(frame), dtype=bool)
    all_of_it = equals(frame[status], "NOT DONE") & equals(frame[f"{domain}TESTCD"], f"{domain}ALL")
    return all_of_it.to_numpy(dtype=bool)


def _told_of_endpoints(
    domains: Domains, definition: StudyDefinition, domain: str, rows: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """The visits of which MI-001 and MI-002 say it, as these rows hold a primary endpoint."""
    told = np.zeros(len(definition.visits), dtype=bool)
    for endpoint in primary_endpoints(domains, definition):
        if endpoint.domain == domain and (parameter_rows(domains[domain], endpoint).to_numpy() & rows).any():
            told[[place for place, _ in visits_of(definition, endpoint)]] = True
    return told
