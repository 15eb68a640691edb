"""Dose-limiting toxicities of a subject: how many, counted from ADAE; and whether it is evaluable for them, declared.

Not here: which events are dose-limiting (`adae`), and what is decided of a dose (`analyse.escalation`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.derive.dates import study_day
from trial_report.analysis.derive.records import Domains, by_subject, flag
from trial_report.schemas.study import StudyDefinition


def with_dlt(adsl: pd.DataFrame, adae: pd.DataFrame, definition: StudyDefinition) -> pd.DataFrame:
    """ADSL with NDLT; missing where the study has no escalation."""
    if definition.escalation is None:
        return adsl.assign(NDLT=pd.Series(pd.NA, index=adsl.index, dtype="Int64"))
    counts = (adae["DLTFL"] == "Y").groupby(adae["USUBJID"]).sum()
    return adsl.assign(NDLT=by_subject(counts, adsl).fillna(0).astype("Int64"))


@declare.derivation("ADSL", "DLTEVFL", label="Evaluable for DLT", uses=("TRTSDT", "LSTCTDT", "NDLT"))
def evaluable(adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    """A treated subject who had a DLT, or whose last contact is on or after the last day of the window.

    Missing where the study has no escalation.
    """
    if definition.escalation is None:
        return pd.Series(None, index=adsl.index, dtype="str")
    observed = study_day(adsl["LSTCTDT"], adsl["TRTSDT"]) >= definition.escalation.dlt_window_days
    return flag(adsl["TRTSDT"].notna() & ((adsl["NDLT"] > 0) | observed.fillna(False)))
