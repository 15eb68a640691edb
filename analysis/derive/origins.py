"""Where time starts for a subject: consent, randomisation, enrolment, and the day from which study days are counted.

Variables of ADSL, declared as a study declares its own.

- Informed consent is RFICDTC of DM, else the milestone INFORMED CONSENT OBTAINED of DS.
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

from trial_report import declare
from trial_report.analysis.derive.dates import whole_date
from trial_report.analysis.derive.records import DATE, Domains, by_subject, domain, text
from trial_report.schemas.study import StudyDefinition

RANDOMISED = ("RANDOMIZED", "RANDOMISED")
_CONSENTED = ("INFORMED CONSENT OBTAINED",)
_ENROLLED = ("ENROLLED", "ENTERED INTO TRIAL")


@declare.derivation("ADSL", "RFICDT", label="Date of informed consent")
def consented(adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    return _of_dm("RFICDTC", adsl, domains).fillna(first_milestone(domains, _CONSENTED, adsl))


@declare.derivation(
    "ADSL", "RANDDT", label="Date of randomisation; missing when never assigned", uses=("TRT01P", "TRTSDT")
)
def randomised(adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    start = _of_dm("RFSTDTC", adsl, domains).fillna(adsl["TRTSDT"])
    return first_milestone(domains, RANDOMISED, adsl).fillna(start).where(adsl["TRT01P"].notna())


@declare.derivation(
    "ADSL",
    "ENRLDT",
    label="Date of enrolment, else of informed consent, else of randomisation",
    uses=("RFICDT", "RANDDT"),
)
def enrolled(adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    return first_milestone(domains, _ENROLLED, adsl).fillna(adsl["RFICDT"]).fillna(adsl["RANDDT"])


@declare.derivation(
    "ADSL",
    "REFDT",
    label="Study day 1: TRTSDT; of who was assigned and never treated RANDDT",
    uses=("TRTSDT", "RANDDT"),
)
def reference(adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    return adsl["TRTSDT"].fillna(adsl["RANDDT"])


def first_milestone(domains: Domains, terms: tuple[str, ...], adsl: pd.DataFrame) -> pd.Series:
    """The first whole date of a disposition event of one of these terms, in the rows of ADSL."""
    ds = domain(domains, "DS")
    meant = ds.loc[text(ds, "DSDECOD").str.upper().isin(terms)]
    return by_subject(whole_date(text(meant, "DSSTDTC")).groupby(meant["USUBJID"]).min(), adsl).astype(DATE)


def _of_dm(variable: str, adsl: pd.DataFrame, domains: Domains) -> pd.Series:
    dm = domain(domains, "DM")
    return by_subject(whole_date(text(dm, variable)).set_axis(dm["USUBJID"]), adsl).astype(DATE)
