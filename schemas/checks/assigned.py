"""Checks of what subjects are assigned to, often by SUPPDM: phase, cohort and sets, against doses and dates.

Not here: the arm and the dose of its group (`subjects`, `exposure`), and a cohort with two levels (`across`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.course import dose, in_words
from trial_report.schemas.checks.subjects import is_screen_failure, is_treated, usual_value
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among
from trial_report.schemas.study import StudyDefinition


def at_its_place(
    domains: Domains, name: str, wrong: pd.Series, expected: str | pd.Series, also: tuple[str, ...] = ()
) -> Iterator[Finding]:
    """A finding where a variable of DM stands for these subjects: in SUPPDM where it was put beside DM from there."""
    if name in domains.sources["DM"].merged and domains.has("SUPPDM", "QNAM", "QVAL"):
        rows = (domains["SUPPDM"]["QNAM"] == name) & domains.have("SUPPDM", "DM", wrong)
        words = expected if isinstance(expected, str) else domains.of_subject("SUPPDM", expected)
        yield Finding("SUPPDM", rows, "QVAL", expected=words, also=("USUBJID", "QNAM", *also))
    else:
        yield Finding("DM", wrong, name, expected=expected, also=also)


@declare.check(
    "X-036",
    "error",
    "A subject's phase is not that of the others of its cohort.",
    "Correct the phase or the cohort: a cohort belongs to one phase.",
    uses=("DM.USUBJID",),
)
def cohort_is_of_one_phase(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule, phases, dm = definition.escalation, definition.phases, domains["DM"]
    if rule is None or phases is None or "SUPPDM" in domains.unread:
        return
    if phases.variable not in dm or rule.cohort_variable not in dm:
        return
    phase, cohort = dm[phases.variable], dm[rule.cohort_variable]
    usual = usual_value(cohort, phase).astype("str")
    agree = (phase == usual).groupby(cohort).transform("sum")
    wrong = phase.notna() & usual.notna() & (phase != usual) & (agree > 1)
    expected = usual + ", as the others of cohort " + cohort.astype("str")
    yield from at_its_place(domains, phases.variable, wrong, expected, ("DM.USUBJID",))


@declare.check(
    "X-037",
    "error",
    "A subject's cohort is not that of its first dose: cohorts of the escalation are treated one after another.",
    "Correct the cohort, or the date of first dose.",
    uses=("DM.USUBJID", "EX.EXSTDTC"),
)
def cohorts_follow_each_other(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule, phases, dm = definition.escalation, definition.phases, domains["DM"]
    if rule is None or "SUPPDM" in domains.unread or rule.cohort_variable not in dm:
        return
    number = pd.to_numeric(dm[rule.cohort_variable], errors="coerce")
    first = dose(domains, "min")
    known = is_treated(domains) & number.notna() & first.notna()
    if phases is not None and phases.variable in dm:
        known &= dm[phases.variable] == rule.phase
    part = pd.DataFrame({"cohort": number, "first": first})[known]
    wrong = pd.Series(False, index=dm.index)
    wrong[part.index] = _out_of_order(part)
    # Most cohorts follow each other, or the numbers are not those of an order in time.
    if not wrong.any() or wrong.sum() > 0.2 * len(part) + 1:
        return
    right = part[~wrong[part.index]]
    expected = pd.Series("", index=dm.index, dtype="str")
    for place in part.index[wrong[part.index]]:  # few: more than that were no mistake
        expected[place] = _between(right, first[place])
    yield from at_its_place(domains, rule.cohort_variable, wrong, expected, ("DM.USUBJID", "DM.RFXSTDTC"))


def _out_of_order(part: pd.DataFrame) -> np.ndarray:
    """Subjects to leave out, the worst first, until nobody of a cohort was dosed before anybody of an earlier one."""
    cohort = part["cohort"].to_numpy()
    at = part["first"].to_numpy()
    inverted = (cohort[:, None] < cohort[None, :]) & (at[:, None] > at[None, :])
    inverted |= inverted.T
    out = np.zeros(len(part), dtype=bool)
    while inverted.any():
        worst = int(inverted.sum(axis=0).argmax())
        out[worst] = True
        inverted[worst, :] = inverted[:, worst] = False
    return out


def _between(right: pd.DataFrame, when: pd.Timestamp) -> str:
    before, after = (right.loc[rows, "cohort"] for rows in (right["first"] <= when, right["first"] > when))
    low, high = (before.max() if len(before) else after.min()), (after.min() if len(after) else before.max())
    cohorts = f"{low:g}" if low == high else f"{low:g} or {high:g}"
    return f"{cohorts}: first dose on {when:%Y-%m-%d}"


@declare.check(
    "X-038",
    "warning",
    "A subject's phase is not that of its first dose: it was treated long before, or after, the others of its phase.",
    "Correct the phase, or the date of first dose.",
    uses=("DM.USUBJID", "EX.EXSTDTC"),
)
def phases_follow_each_other(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    phases, rule, dm = definition.phases, definition.escalation, domains["DM"]
    if phases is None or rule is None or "SUPPDM" in domains.unread or phases.variable not in dm:
        return
    later = [phase.code for phase in phases.levels if phase.role == "expansion"]
    first, phase = dose(domains, "min"), dm[phases.variable]
    known = is_treated(domains) & first.notna()
    early, late = known & (phase == rule.phase), known & among(phase, later)
    if early.sum() < 3 or late.sum() < 3:
        return
    # Expansion may begin at one dose while the next is tried; then many subjects overlap.
    after, before = early & (first > first[late].median()), late & (first < first[early].median())
    wrong = after | before
    if wrong.sum() > 1 and wrong.sum() > 0.1 * (early | late).sum():
        return
    # A cohort that contradicts the phase is told already.
    if rule.cohort_variable in dm:
        usual = usual_value(dm[rule.cohort_variable], phase)
        wrong &= ~(usual.notna() & (usual != phase))
    expected = "a phase that was open at first dose on " + in_words(first)
    yield from at_its_place(domains, phases.variable, wrong, expected, ("DM.USUBJID", "DM.RFXSTDTC"))


@declare.check(
    "X-039",
    "warning",
    "A flag of an analysis set is not what treatment and assignment say.",
    "Correct the flag in DM or SUPPDM, or the records of treatment.",
    uses=("DM.USUBJID",),
)
def set_flag_agrees(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dm = domains["DM"]
    treated, failed = is_treated(domains) if "EX" in domains else None, is_screen_failure(domains)
    for one in definition.analysis_sets:
        for name, value in one.criteria.flags.items():
            if name not in dm or not isinstance(value, str) or dm[name].dtype != "str":
                continue
            is_in = dm[name] == value
            yield from at_its_place(
                domains, name, is_in & failed, "no flag: the subject failed screening", ("DM.ARMNRS",)
            )
            if one.id == definition.safety_set and treated is not None:
                untreated = is_in & ~failed & ~treated
                yield from at_its_place(domains, name, untreated, "no flag: the subject was not treated")
                out = treated & ~is_in
                # A flag that is not set has no record in SUPPDM.
                words = f"{name} with {value}: the subject was treated"
                if out.any() and (treated & is_in).sum() >= 0.8 * treated.sum():
                    yield Finding("DM", out, name, expected=words, also=("USUBJID", "SUPPDM.QVAL"))
