"""Which visit of SV a record belongs to, as checks of several modules look at it.

Not here: a check: those of visits are in `visits` and `missing`.
"""

from __future__ import annotations

import pandas as pd

from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import recalled


def numbers(values: pd.Series) -> pd.Series:
    """Visit numbers without what a transport file adds: its base-16 fractions make 1.3000000000000003 of 1.3."""
    return values.round(6)


def visit_keys(domains: Domains, domain: str) -> pd.DataFrame:
    """Subject (its number in `Domains.subjects`) and number of visit of each record, in the order of the records."""
    frame = domains[domain]
    return pd.DataFrame({"subject": domains.subjects(domain), "num": numbers(frame["VISITNUM"]).to_numpy()})


def visit_of(domains: Domains, domain: str) -> pd.DataFrame:
    """For each row of a domain its visit's start and end in SV, and whether SV has the visit at all."""
    return recalled("visit of", domains[domain], lambda: _looked_up(domains, domain))


def _looked_up(domains: Domains, domain: str) -> pd.DataFrame:
    sv = domains["SV"]
    start = domains.dates("SV", "SVSTDTC")["lower"]
    end = domains.dates("SV", "SVENDTC" if domains.has("SV", "SVENDTC") else "SVSTDTC")["upper"]
    visits = visit_keys(domains, "SV").set_axis(sv.index).assign(start=start, end=end)
    visits = visits.drop_duplicates(["subject", "num"])
    rows = visit_keys(domains, domain)
    return rows.merge(visits, on=["subject", "num"], how="left", indicator="known").set_axis(domains[domain].index)
