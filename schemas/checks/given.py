"""Checks of what was given: its name, against the arm and the other subjects, and that there is a dose.

Not here: how much and how often (`exposure`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.coding import misspelt
from trial_report.schemas.checks.subjects import took_place
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.study import StudyDefinition

#: From this share of an arm's subjects on a treatment is the arm's own.
_OWN = 0.8


@declare.check(
    "X-041",
    "warning",
    "The name of a treatment is none of those of the study, or is that of another arm.",
    "Correct EXTRT, or the arm in DM.",
    uses=("EX.EXTRT", "DM.USUBJID"),
)
def treatment_is_of_the_arm(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ex = domains["EX"]
    meant = misspelt(ex["EXTRT"])
    yield Finding("EX", meant.notna(), "EXTRT", expected=meant)
    arm = _arm(domains, definition)
    used = pd.DataFrame({"subject": domains.subjects("EX"), "name": ex["EXTRT"], "arm": arm})
    used = used[took_place(domains) & meant.isna()].dropna()
    once = used.drop_duplicates(["subject", "name"])
    if once.empty:
        return
    size = once.groupby("arm")["subject"].nunique()
    share = once.groupby(["arm", "name"])["subject"].nunique().reset_index(name="n")
    share["size"] = share["arm"].map(size)
    share["own"] = (share["n"] >= _OWN * share["size"]) & (share["n"] > 1)
    own = share[share["own"]]
    # Only one subject of the arm has it, all others have what is the arm's own.
    rare = share[~share["own"] & (share["n"] == 1) & (share["size"] > 2) & share["arm"].isin(own["arm"])]
    if rare.empty:
        return
    places = used.reset_index().merge(rare[["arm", "name"]], on=["arm", "name"])["index"]
    # What is the own of another arm is none of this; a further name beside it may be a rescue or background treatment.
    names = own.drop_duplicates("arm").set_index("arm")["name"]
    has_own = used.merge(own[["arm", "name"]], on=["arm", "name"])["subject"].unique()
    elsewhere = ex["EXTRT"].isin(own["name"])
    wrong = pd.Series(ex.index.isin(places), index=ex.index) & (
        elsewhere | ~pd.Series(domains.subjects("EX"), ex.index).isin(has_own)
    )
    expected = arm.map(names).astype("str") + ", as others of the arm"
    yield Finding("EX", wrong, "EXTRT", expected=expected, also=("USUBJID",))


def _arm(domains: Domains, definition: StudyDefinition) -> pd.Series:
    found = pd.Series(None, index=domains["EX"].index, dtype="str")
    # A study that is analysed as assigned names the planned arm as the actual one.
    for variable in dict.fromkeys(("ACTARMCD", definition.treatment.actual, definition.treatment.planned)):
        if domains.has("DM", variable):
            found = found.fillna(domains.of_subject("EX", domains["DM"][variable]))
    return found


@declare.check(
    "X-042",
    "warning",
    "A dose was given and its amount is not recorded, where others are: it adds nothing to what a subject received.",
    "Fill EXDOSE, or say by EXOCCUR or EXSTAT that nothing was given; EXDOSTXT tells what is no number.",
    uses=("EX.EXDOSE",),
)
def dose_has_an_amount(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ex = domains["EX"]
    lacking = took_place(domains) & ex["EXDOSE"].isna()
    if domains.has("EX", "EXDOSTXT"):
        lacking &= ex["EXDOSTXT"].isna()
    if ex["EXDOSE"].notna().sum() >= 0.5 * took_place(domains).sum():
        yield Finding("EX", lacking, "EXDOSE", expected="the dose that was given")
