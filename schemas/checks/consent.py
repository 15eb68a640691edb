"""Checks of the day of informed consent that tell which of two records is wrong, DM's or that of DS.

Not here: that the two agree (`across`), and that nothing was done before consent (`dates`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.study import StudyDefinition


@declare.check(
    "DT-007",
    "error",
    "Informed consent lies after the first visit in DM, and not in DS.",
    "Correct RFICDTC in DM; or DSSTDTC, where the visit was not held for the study.",
    uses=("DM.RFICDTC", "DS.DSDECOD", "DS.DSSTDTC", "SV.SVSTDTC"),
)
def consent_in_dm_is_before_the_first_visit(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ds = domains["DS"]
    in_dm = domains.dates("DM", "RFICDTC")["lower"].dt.floor("D")
    given = domains.dates("DS", "DSSTDTC")["upper"].where(ds["DSDECOD"] == "INFORMED CONSENT OBTAINED").dt.floor("D")
    # A subject may consent again: the first counts.
    in_ds, visit = (
        _first(domains, name, when)
        for name, when in (("DS", given), ("SV", domains.dates("SV", "SVSTDTC")["lower"].dt.floor("D")))
    )
    wrong = (in_ds <= visit) & (in_dm > visit) & (in_dm > in_ds)
    expected = in_ds[wrong].dt.strftime("%Y-%m-%d").astype("str") + ", as DS has it, before the first visit"
    yield Finding("DM", wrong, "RFICDTC", expected=expected, also=("USUBJID",))


def _first(domains: Domains, domain: str, when: pd.Series) -> pd.Series:
    first = when.groupby(domains.subjects(domain)).min()
    return pd.Series(first.reindex(domains.subjects("DM")).to_numpy(), index=domains["DM"].index)
