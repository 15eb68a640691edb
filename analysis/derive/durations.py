"""How long a subject was treated, followed and at risk: variables of ADSL, declared as a study declares its own.

Not here: first and last administration, and doses (`exposure`), times to event (`adtte`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.derive.dates import duration
from trial_report.analysis.derive.records import Domains
from trial_report.schemas.study import StudyDefinition


@declare.derivation(
    "ADSL", "TRTDURD", label="Days from first to last administration, both counted", uses=("TRTSDT", "TRTEDT")
)
def treated(adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    return duration(adsl["TRTSDT"], adsl["TRTEDT"])


@declare.derivation("ADSL", "DOSEDAY", label="Average dose a day: DOSEA by TRTDURD", uses=("DOSEA", "TRTDURD"))
def dose_a_day(adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    return adsl["DOSEA"] / adsl["TRTDURD"].astype("float64")


@declare.derivation(
    "ADSL",
    "FUPDUR",
    label="Days from first administration to last contact, both counted",
    uses=("TRTSDT", "LSTCTDT"),
)
def follow_up(adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    return duration(adsl["TRTSDT"], adsl["LSTCTDT"])


@declare.derivation(
    "ADSL",
    "RISKDUR",
    label="Days on which an adverse event could begin that counts",
    uses=("TRTSDT", "TRTEDT", "LSTCTDT"),
)
def at_risk(adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    """From first dose to the last contact, or to the last day on which an event would still be emergent."""
    until, days = adsl["LSTCTDT"], definition.adverse_events.emergent_days
    if days is not None:
        emergent = adsl["TRTEDT"] + pd.Timedelta(days=days)
        until = until.mask(emergent < until, emergent)
    return duration(adsl["TRTSDT"], until)
