"""Where time starts for a subject: randomisation, enrolment, and the day from which study days are counted.

- Randomisation is the protocol milestone RANDOMIZED of DS; where none is recorded the reference start of DM, else the
  first dose. Who has no planned group was not randomised.
- Enrolment is the protocol milestone ENROLLED or ENTERED INTO TRIAL of DS; where none is recorded, informed consent, or
  else randomisation.
- Study days, baseline and visits refer to the first dose; of who was assigned and never treated, to randomisation, so
  that a set of all randomised has the subject's baseline and visits.

Not here: times to event (`adtte`), and the day of first dose (`exposure`).
"""

from __future__ import annotations

import pandas as pd

from trial_report.analysis.derive.dates import whole_date
from trial_report.analysis.derive.records import DATE, Domains, by_subject, domain, text

RANDOMISED = ("RANDOMIZED", "RANDOMISED")
_ENROLLED = ("ENROLLED", "ENTERED INTO TRIAL")


def with_origins(adsl: pd.DataFrame, dm: pd.DataFrame, domains: Domains) -> pd.DataFrame:
    """ADSL with RANDDT, ENRLDT, REFDT. Needs TRT01P, TRTSDT, RFICDT; `dm` stands in the rows of ADSL."""
    assigned = adsl["TRT01P"].notna()
    start = whole_date(text(dm, "RFSTDTC")).fillna(adsl["TRTSDT"])
    adsl["RANDDT"] = first_milestone(domains, RANDOMISED, adsl).fillna(start).where(assigned).astype(DATE)
    adsl["ENRLDT"] = (
        first_milestone(domains, _ENROLLED, adsl).fillna(adsl["RFICDT"]).fillna(adsl["RANDDT"]).astype(DATE)
    )
    adsl["REFDT"] = adsl["TRTSDT"].fillna(adsl["RANDDT"]).astype(DATE)
    return adsl


def first_milestone(domains: Domains, terms: tuple[str, ...], adsl: pd.DataFrame) -> pd.Series:
    """The first whole date of a disposition event of one of these terms, in the rows of ADSL."""
    ds = domain(domains, "DS")
    meant = ds.loc[text(ds, "DSDECOD").str.upper().isin(terms)]
    return by_subject(whole_date(text(meant, "DSSTDTC")).groupby(meant["USUBJID"]).min(), adsl).astype(DATE)
