"""Checks of DM's identifiers against each other: a site lies in one country, USUBJID is made of SITEID and SUBJID.

SDTM asks for neither: sites may be numbered within a country, and USUBJID may be any text. So one subject is told only
where the study's others agree, that is where it is a slip of one row.

Not here: whether a subject is known at all, and its arm (`subjects`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.study import StudyDefinition

#: Of so many subjects, or sites' subjects, one alone is an exception.
_SUBJECTS, _AT_SITE = 10, 3
_SHARE = 0.05


@declare.check(
    "DM-063",
    "warning",
    "A subject's country is not that of the others of its site.",
    "Correct COUNTRY, or SITEID.",
    uses=("DM",),
)
def site_lies_in_one_country(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    if not domains.has("DM", "SITEID", "COUNTRY"):
        return
    known = domains["DM"][["SITEID", "COUNTRY"]].dropna()
    here = known.groupby(["SITEID", "COUNTRY"])["COUNTRY"].transform("size")
    of_site = known.groupby("SITEID")["COUNTRY"].transform("size")
    odd = (here == 1) & (of_site > _AT_SITE) & (known.groupby("SITEID")["COUNTRY"].transform("nunique") == 2)
    # Where sites are numbered within a country, many are of several.
    if odd.sum() > max(1, _SHARE * known["SITEID"].nunique()):
        return
    wrong = odd.reindex(domains["DM"].index, fill_value=False)
    usual = known.loc[~odd].drop_duplicates("SITEID").set_index("SITEID")["COUNTRY"]
    expected = domains["DM"]["SITEID"][wrong].map(usual) + ", as the others of the site"
    yield Finding("DM", wrong, "COUNTRY", expected=expected, also=("SITEID",))


@declare.check(
    "DM-064",
    "warning",
    "SITEID or SUBJID is not the one in the subject's USUBJID, as it is in nearly all subjects.",
    "Correct SITEID or SUBJID; nothing, where the subject moved to another site or was screened again.",
    uses=("DM.USUBJID",),
)
def identifiers_agree(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for name in ("SITEID", "SUBJID"):
        if not domains.has("DM", name):
            continue
        known = domains["DM"][["USUBJID", name]].dropna()
        if len(known) < _SUBJECTS:
            continue
        found = np.strings.find(known["USUBJID"].to_numpy(dtype="U"), known[name].to_numpy(dtype="U")) >= 0
        if not 0 < (~found).sum() <= max(1, _SHARE * len(known)):
            continue
        wrong = pd.Series(~found, index=known.index).reindex(domains["DM"].index, fill_value=False)
        yield Finding("DM", wrong, name, expected="a part of USUBJID", also=("USUBJID",))
