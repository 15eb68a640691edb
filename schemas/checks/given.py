"""Checks of what was given: its name, against the arm and the other subjects, and that there is a dose.

Not here: how much and how often (`exposure`).
"""

from __future__ import annotations

import re
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
    "The name of a treatment is misspelt, or is that of another arm.",
    "Correct EXTRT, or the arm in DM.",
    uses=("EX.EXTRT", "DM.USUBJID"),
)
def treatment_is_of_the_arm(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    meant = misspelt(domains["EX"]["EXTRT"])
    yield Finding("EX", meant.notna(), "EXTRT", expected=meant)
    for wrong, expected in _of_no_arm(domains, definition, meant.notna(), only=False):
        yield Finding("EX", wrong, "EXTRT", expected=expected, also=("USUBJID",))


@declare.check(
    "X-051",
    "error",
    "A subject was given nothing but a treatment that is none of the study's, and is analysed with its arm.",
    "Correct EXTRT.",
    uses=("EX.EXTRT", "DM.USUBJID"),
)
def treatment_is_of_the_study(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    meant = misspelt(domains["EX"]["EXTRT"])
    for wrong, expected in _of_no_arm(domains, definition, meant.notna(), only=True):
        yield Finding("EX", wrong, "EXTRT", expected=expected, also=("USUBJID",))


def _of_no_arm(
    domains: Domains, definition: StudyDefinition, misspelt_in: pd.Series, *, only: bool
) -> Iterator[tuple[pd.Series, pd.Series]]:
    """Records of a treatment that is its arm's in one subject alone, and the treatment that the others have.

    With `only` those of subjects who were given nothing of any arm's, by a name that shares no word with their arm's.
    """
    ex, arm = domains["EX"], _arm(domains, definition)
    used = pd.DataFrame({"subject": domains.subjects("EX"), "name": ex["EXTRT"], "arm": arm})
    used = used[took_place(domains) & ~misspelt_in].dropna()
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
    nothing_else = ~pd.Series(domains.subjects("EX"), ex.index).isin(has_own)
    usual = arm.map(names).astype("str")
    alone = pd.Series(ex.index.isin(places), index=ex.index)
    apart = alone & nothing_else & ~elsewhere & ~_share_a_word(ex["EXTRT"].where(alone), usual.where(alone))
    yield (apart if only else alone & (elsewhere | nothing_else) & ~apart), usual + ", as others of the arm"


def _share_a_word(some: pd.Series, others: pd.Series) -> pd.Series:
    """Whether a word is in both texts of a row: one treatment under two names (of a strength, of a lot) has one."""
    pairs = pd.DataFrame({"one": some, "other": others}).dropna().drop_duplicates()
    same = [bool(_words(one) & _words(other)) for one, other in zip(pairs["one"], pairs["other"], strict=True)]
    shared = set(zip(pairs["one"][same], pairs["other"][same], strict=True))
    return pd.Series([pair in shared for pair in zip(some, others, strict=True)], index=some.index)


def _words(text: str) -> set[str]:
    return {word for word in re.split(r"[^0-9a-z]+", text.casefold()) if len(word) > 1 and not word.isdigit()}


def _arm(domains: Domains, definition: StudyDefinition) -> pd.Series:
    found = pd.Series(None, index=domains["EX"].index, dtype="str")
    # A study that is analysed as assigned names the planned arm as the actual one.
    for variable in dict.fromkeys(("ACTARMCD", definition.treatment.actual, definition.treatment.planned)):
        if domains.has("DM", variable):
            found = found.fillna(domains.of_subject("EX", domains["DM"][variable]))
    return found


@declare.check(
    "X-042",
    "error",
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
