"""Checks of subjects who had all that completers had, and are said to have ended otherwise, or not at all.

The reason may be right (a subject may withdraw at its last visit), so these are warnings; where more than a few end so,
it is the study's way of recording, and nothing is told.

Not here: who is said to have completed and lacks something, and all other contradictions of an end (`ends`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.course import days, dose, had, is_end, last_planned, part_of
from trial_report.schemas.checks.subjects import is_screen_failure, took_place
from trial_report.schemas.domains.iso8601 import study_day
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, equals
from trial_report.schemas.study import StudyDefinition

#: So many completed, and this share of them had the last visit; of those who had it few ended otherwise.
_ENOUGH, _MOST, _FEW = 4, 0.8, 0.05
_NOT_LEFT = ["COMPLETED", "DEATH", "SCREEN FAILURE", "SCREENING NOT COMPLETED"]


@declare.check(
    "X-048",
    "warning",
    "A subject left the study on the day of its last planned visit or later, as one who completed it.",
    "Correct DSDECOD or DSSTDTC, or the visit; nothing, where the subject withdrew at its end.",
    uses=("DS.DSDECOD", "DS.DSSTDTC", "DS.DSCAT", "SV.VISITNUM", "SV.SVSTDTC", "DM.USUBJID"),
)
def who_left_has_not_the_last_visit(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    planned = last_planned(definition)
    if planned is None:
        return
    (last, opens), ds = planned, domains["DS"]
    held = had(domains, last)
    # An early end is entered under the last visit as well: then its day is out of the window.
    day = study_day(days(domains, "SV", "SVSTDTC"), domains.of_subject("SV", dose(domains, "min")))
    held &= day >= opens
    was_there = pd.Series(domains.have("DS", "SV", held), index=ds.index)
    ended = is_end(domains) & (part_of(domains) != "treatment")
    completed = ended & equals(ds["DSDECOD"], "COMPLETED")
    visited = domains.of_subject("DS", days(domains, "SV", "SVSTDTC")[held], of="SV")
    left = ended & ~among(ds["DSDECOD"], _NOT_LEFT) & was_there & (days(domains, "DS", "DSSTDTC", "upper") >= visited)
    if completed.sum() < _ENOUGH or was_there[completed].mean() < _MOST or left.sum() > max(1, _FEW * completed.sum()):
        return
    words = f"COMPLETED: the subject had {last.name} on " + visited[left].dt.strftime("%Y-%m-%d").astype("str")
    yield Finding("DS", left, "DSDECOD", expected=words, also=("DSSTDTC", "DSCAT", "USUBJID", "SV.SVSTDTC"))


@declare.check(
    "X-047",
    "warning",
    "The only dose of the study was given to a subject in full, and its treatment is said not to be completed.",
    "Correct DSDECOD, or EXDOSE; nothing, where the dose in EX was not given in full.",
    uses=("DS.DSDECOD", "DS.DSCAT", "EX.USUBJID", "EX.EXDOSE", "DM.USUBJID"),
)
def single_dose_was_completed(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ds, ex = domains["DS"], domains["EX"]
    ended = is_end(domains) & (part_of(domains) == "treatment")
    completed = ended & equals(ds["DSDECOD"], "COMPLETED")
    left = ended & ~among(ds["DSDECOD"], _NOT_LEFT)
    given = took_place(domains) & (ex["EXDOSE"] > 0)
    number = pd.Series(domains.subjects("EX"), index=ex.index)
    once = (number[given].value_counts() == 1).all() and _on_one_day(domains)[given].all()
    if completed.sum() < _ENOUGH or not once or left.sum() > max(1, _FEW * completed.sum()):
        return
    amount, arm = domains.of_subject("DS", ex["EXDOSE"][given], of="EX"), _arm(domains, definition)
    usual = amount[completed].groupby(arm[completed]).min()
    wrong = left & (amount >= arm.map(usual))
    if "EXADJ" in ex:
        wrong &= domains.of_subject("DS", ex["EXADJ"][given], of="EX").isna()
    yield Finding(
        "DS", wrong, "DSDECOD", expected="COMPLETED, as others of the dose", also=("DSCAT", "DSSCAT", "USUBJID")
    )


@declare.check(
    "MI-006",
    "warning",
    "DM says when a subject's participation ended, and DS does not say how, as it does of the others.",
    "Deliver the disposition event; correct RFPENDTC, where the subject goes on.",
    uses=("DM.RFPENDTC", "DS.DSDECOD", "DS.DSCAT"),
)
def end_of_participation_is_told(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ended = domains["DM"]["RFPENDTC"].notna()
    told = pd.Series(domains.have("DM", "DS", is_end(domains) & (part_of(domains) != "treatment")), index=ended.index)
    # Of who failed screening DM says it.
    lacking = ended & ~told & ~is_screen_failure(domains)
    # In a study that goes on RFPENDTC may be the day of the last contact of everybody.
    if told[ended].sum() >= _ENOUGH and lacking.sum() <= max(1, _FEW * ended.sum()):
        expected = "a disposition event in DS that ends the participation"
        yield Finding("DM", lacking, "RFPENDTC", expected=expected, also=("USUBJID",))


def _on_one_day(domains: Domains) -> pd.Series:
    start = days(domains, "EX", "EXSTDTC")
    return ~(days(domains, "EX", "EXENDTC", "upper").fillna(start) > start)


def _arm(domains: Domains, definition: StudyDefinition) -> pd.Series:
    variable = definition.treatment.actual
    if not domains.has("DM", variable):
        return pd.Series("", index=domains["DS"].index, dtype="str")
    return domains.of_subject("DS", domains["DM"][variable])
