"""A slip of a country, site or number is told where the study's others agree, and nothing where they do not."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from trial_report.schemas.checks.sites import identifiers_agree, site_lies_in_one_country
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-402")


def told(check: Any, **columns: list[str]) -> list[tuple[str, int]]:
    """Variable and row of what a check finds in DM; the checks do not ask the definition."""
    frame = pd.DataFrame(columns)
    size = len(frame)
    source = Source(("dm.csv",), np.zeros(size, np.int32), np.arange(2, size + 2), tuple(columns), np.zeros(size, bool))
    found = check(Domains({"DM": frame}, {"DM": source}), cast(StudyDefinition, None))
    return [(one.variable, int(row)) for one in found for row in np.flatnonzero(np.asarray(one.rows))]


def test_one_subject_of_a_site_lies_in_another_country() -> None:
    sites, countries = ["1"] * 5 + ["2"] * 5, ["KOR"] * 4 + ["DEU"] + ["DEU"] * 5
    assert told(site_lies_in_one_country, SITEID=sites, COUNTRY=countries) == [("COUNTRY", 4)]


def test_sites_numbered_within_a_country_are_no_slip() -> None:
    sites = ["1", "2", "3"] * 5
    countries = ["KOR"] * 12 + ["DEU"] * 3
    assert told(site_lies_in_one_country, SITEID=sites, COUNTRY=countries) == []


def test_a_site_or_number_that_is_not_in_usubjid() -> None:
    numbers = [f"{n:03}" for n in range(12)]
    ids, sites = [f"S-{n % 2 + 1:02}-{numbers[n]}" for n in range(12)], [f"{n % 2 + 1:02}" for n in range(12)]
    assert told(identifiers_agree, USUBJID=ids, SITEID=sites, SUBJID=numbers) == []
    assert told(identifiers_agree, USUBJID=ids, SITEID=["02", *sites[1:]], SUBJID=numbers) == [("SITEID", 0)]
    assert told(identifiers_agree, USUBJID=ids, SITEID=sites, SUBJID=[*numbers[:11], "099"]) == [("SUBJID", 11)]


def test_usubjid_may_be_made_of_anything() -> None:
    ids = [f"P{n}" for n in range(12)]
    assert told(identifiers_agree, USUBJID=ids, SITEID=["KL"] * 12, SUBJID=ids) == []
    # Too few to learn from.
    assert told(identifiers_agree, USUBJID=["S-1", "S-2"], SITEID=["1", "3"], SUBJID=["1", "2"]) == []
