"""Analysis sets: which subjects meet the criteria of each.

Not here: whether a subject is evaluable for DLT (`escalation`), why somebody is not in a set, in words
(`analyse.exclusions`), and deviations (`analyse.deviations`).
"""

from __future__ import annotations

import pandas as pd

from trial_report.analysis.derive.characteristics import by_subject_frame
from trial_report.analysis.derive.faults import NO_COLUMN, fault
from trial_report.analysis.derive.records import Domains, domain, flag, meets, text
from trial_report.schemas.domains.unique import among
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.analysis import Criteria


def with_sets(adsl: pd.DataFrame, adbds: pd.DataFrame, definition: StudyDefinition, domains: Domains) -> pd.DataFrame:
    """ADSL with the flag of each analysis set. Needs all else of ADSL, and ADBDS."""
    for one in definition.analysis_sets:
        adsl[one.flag] = flag(_members(one.criteria, adsl, adbds, domains))
    return adsl


def report_unplaced(adsl: pd.DataFrame, definition: StudyDefinition, problems: Problems) -> None:
    """Adds NO_COLUMN for each member of a set without a group of the treatment that the set is analysed by."""
    for one in definition.analysis_sets:
        variable = definition.treatment_variable(one.id)
        source = definition.treatment.planned if variable == "TRT01P" else definition.treatment.actual
        expected = f"a group: the set {one.id} is analysed by {definition.treatment_words(one.id)}"
        problems.extend(
            fault(NO_COLUMN, "DM", row, variable=source, value=one.flag, expected=expected)
            for _, row in adsl.loc[(adsl[one.flag] == "Y") & adsl[variable].isna()].iterrows()
        )


def _members(criteria: Criteria, adsl: pd.DataFrame, adbds: pd.DataFrame, domains: Domains) -> pd.Series:
    member = pd.Series(True, index=adsl.index)
    subject = adsl["USUBJID"]
    if criteria.enrolled is not None:
        member &= adsl["TRT01P"].notna() == criteria.enrolled
    if criteria.treated is not None:
        member &= adsl["TRTSDT"].notna() == criteria.treated
    if criteria.phase:
        member &= adsl["PHASE"].isin(criteria.phase)
    if criteria.post_baseline:
        changed = adbds.loc[adbds["PARAMCD"].isin(criteria.post_baseline) & adbds["CHG"].notna()]
        member &= among(subject, changed["USUBJID"])
    if criteria.flags:
        dm = by_subject_frame(domain(domains, "DM"), adsl)
        # A variable may be a characteristic derived for ADSL, or one that only DM or SUPPDM has.
        beside = dm.drop(columns=[name for name in dm if name in adsl])
        member &= meets(pd.concat([adsl, beside], axis=1), criteria.flags)
    if criteria.without_deviation:
        dv = domain(domains, "DV")
        member &= ~among(subject, dv.loc[text(dv, "DVCAT").isin(criteria.without_deviation), "USUBJID"])
    if criteria.dlt_evaluable is not None:
        member &= (adsl["DLTEVFL"] == "Y").fillna(False) == criteria.dlt_evaluable
    return member
