"""Why a subject does not belong to an analysis set: the first criterion of the set that is not met, in words.

Not here: who belongs to a set (`derive.sets`), and how many (`sets`).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from trial_report.schemas.study import StudyDefinition

NOT_ENROLLED = "Not assigned to treatment"
NOT_TREATED = "Not treated"
NOT_EVALUABLE = "Not evaluable for dose-limiting toxicity"
NO_REASON = "Reason not determined"


def exclusion_reasons(
    definition: StudyDefinition, adsl: pd.DataFrame, domains: Mapping[str, pd.DataFrame], set_id: str
) -> pd.Series:
    """The reason by row of ADSL; missing for the members of the set.

    Criteria are looked at in the order: assigned, treated, phase, variables, DLT evaluability, values after
    baseline, deviations. `domains` needs DV only where the set excludes subjects with deviations, and DM where it
    asks for variables that ADSL does not have.
    """
    chosen = definition.analysis_set(set_id)
    criteria = chosen.criteria
    reason = pd.Series(pd.NA, index=adsl.index, dtype="str")
    outside = adsl[chosen.flag] != "Y"

    def give(words: str, failed: pd.Series) -> None:
        reason.loc[outside & reason.isna() & failed] = words

    if criteria.enrolled or criteria.treated:
        give(NOT_ENROLLED, adsl["TRT01P"].isna() & adsl["TRT01A"].isna())
    if criteria.treated:
        give(NOT_TREATED, adsl["TRTSDT"].isna())
    if criteria.phase and definition.phases:
        names = [p.label for p in definition.phases.levels if p.code in criteria.phase]
        give(f"Not in {' or '.join(names)}", ~adsl["PHASE"].isin(list(criteria.phase)))
    for variable, wanted in criteria.flags.items():
        recorded = _recorded(variable, adsl, domains)
        if recorded is not None:
            values = list(wanted) if isinstance(wanted, tuple) else [wanted]
            give(f"{variable} is not {' or '.join(map(str, values))}", ~recorded.isin(values))
    if criteria.dlt_evaluable:
        give(NOT_EVALUABLE, adsl["DLTEVFL"] != "Y")
    if criteria.without_deviation:
        # A subject who fails both is excluded for the missing values, so the deviation counts only where
        # another set with the same values takes the subject in.
        deviating = _with_deviation(domains, criteria.without_deviation)
        words = " or ".join(one.lower() for one in criteria.without_deviation)
        same = [
            s.flag
            for s in definition.analysis_sets
            if s.criteria.post_baseline == criteria.post_baseline and not s.criteria.without_deviation
        ]
        measured = (adsl[same] == "Y").any(axis=1) if criteria.post_baseline and same else True
        give(f"{words.capitalize()} protocol deviation", adsl["USUBJID"].isin(deviating) & measured)
    if criteria.post_baseline:
        labels = {p.paramcd: p.name.lower() for p in definition.parameters}
        names = [labels.get(one, one) for one in criteria.post_baseline]
        give(f"No baseline or no later value ({', '.join(names)})", outside)
    give(NO_REASON, outside)
    return reason


def _recorded(variable: str, adsl: pd.DataFrame, domains: Mapping[str, pd.DataFrame]) -> pd.Series | None:
    """A variable by row of ADSL, else of DM (with SUPPDM); None where neither has it."""
    if variable in adsl.columns:
        return adsl[variable]
    if "DM" not in domains or variable not in domains["DM"].columns:
        return None
    return adsl["USUBJID"].map(domains["DM"].drop_duplicates("USUBJID").set_index("USUBJID")[variable])


def _with_deviation(domains: Mapping[str, pd.DataFrame], categories: tuple[str, ...]) -> set[str]:
    if "DV" not in domains or "DVCAT" not in domains["DV"].columns:
        return set()
    deviations = domains["DV"]
    return set(deviations.loc[deviations["DVCAT"].isin(list(categories)), "USUBJID"])
