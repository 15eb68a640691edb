"""Checks of what several domains say of one thing: deaths, disposition, phases, cohorts.

Not here: how treatment and participation ended (`ends`), and flags of events against deaths (`flags`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.subjects import is_screen_failure, is_treated, usual_value
from trial_report.schemas.domains.iso8601 import bounds
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among
from trial_report.schemas.study import StudyDefinition


def _death_evidence(domains: Domains) -> dict[str, tuple[str, pd.Series]]:
    """Domain → variable and rows that say that a subject died, for the domains that were read."""
    found = {}
    if domains.has("DM", "DTHFL"):
        found["DM"] = ("DTHFL", domains["DM"]["DTHFL"] == "Y")
    if domains.has("DS", "DSDECOD"):
        found["DS"] = ("DSDECOD", domains["DS"]["DSDECOD"] == "DEATH")
    if domains.has("AE", "AEOUT"):
        found["AE"] = ("AEOUT", domains["AE"]["AEOUT"] == "FATAL")
    return found


@declare.check(
    "X-002",
    "error",
    "A death stands in DS or AE, and not in DM.",
    "Set DTHFL in DM to Y, or correct the disposition DEATH or the outcome FATAL.",
    uses=("DM.DTHFL",),
)
def death_is_in_dm(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    evidence = _death_evidence(domains)
    _, in_dm = evidence.pop("DM")
    dead = set(domains["DM"]["USUBJID"][in_dm].dropna())
    reported: set[str] = set()
    for domain, (variable, rows) in evidence.items():
        subject = domains[domain]["USUBJID"][rows]
        wrong = ~among(subject, dead) & ~among(subject, reported) & ~subject.duplicated()
        reported |= set(subject[wrong])
        wrong = wrong.reindex(rows.index, fill_value=False)
        yield Finding(domain, wrong, variable, expected="the death also in DM", also=("USUBJID",))


@declare.check(
    "X-012",
    "warning",
    "A death stands in DM alone: neither DS nor AE has it.",
    "Nothing, where the subject died after the study or of what is not collected as an event; else complete DS or AE.",
    uses=("DM.DTHFL", "DS.DSDECOD", "AE.AEOUT"),
)
def death_is_told(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    evidence = _death_evidence(domains)
    variable, alone = evidence.pop("DM")
    for domain, (_, rows) in evidence.items():
        alone &= ~domains.have("DM", domain, rows)
    # A screen failure has its disposition, and no adverse event of treatment.
    yield Finding("DM", alone & ~is_screen_failure(domains), variable, expected="the death also in DS or AE")


@declare.check(
    "X-003",
    "error",
    "A date of death has no death, or the death has different dates in DM and DS.",
    "Set DTHFL to Y where DTHDTC is given; give the same date as DSSTDTC of the DEATH record.",
    uses=("DM.DTHFL", "DM.DTHDTC"),
)
def death_has_one_date(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dm = domains["DM"]
    wrong = (dm["DTHFL"] != "Y") & dm["DTHDTC"].notna()
    yield Finding("DM", wrong, "DTHDTC", expected="a date only where DTHFL is Y", also=("DTHFL",))
    if domains.has("DS", "DSDECOD", "DSSTDTC"):
        ds = domains["DS"]
        other = domains.of_subject("DM", ds["DSSTDTC"][ds["DSDECOD"] == "DEATH"], of="DS")
        yield Finding("DM", differ(dm["DTHDTC"], other), "DTHDTC", expected=other, also=("DTHFL", "DS.DSSTDTC"))


@declare.check(
    "X-013",
    "warning",
    "A subject died, and the date of death is not given.",
    "Fill DTHDTC with as much of the date as is known.",
    uses=("DM.DTHFL", "DM.DTHDTC"),
)
def death_is_dated(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dm = domains["DM"]
    yield Finding("DM", (dm["DTHFL"] == "Y") & dm["DTHDTC"].isna(), "DTHDTC", expected="a date", also=("DTHFL",))


def differ(one: pd.Series, other: pd.Series) -> pd.Series:
    """Which pairs of dates, whole or partial, cannot be of one day; a missing date differs from none."""
    left, right = bounds(one), bounds(other)
    left, right = (part.apply(lambda moments: moments.dt.floor("D")) for part in (left, right))
    return (left["upper"] < right["lower"]) | (right["upper"] < left["lower"])


@declare.check(
    "X-004",
    "error",
    "No date of informed consent in DS is that in DM.",
    "Correct DSSTDTC, or RFICDTC in DM.",
    uses=("DS.DSDECOD", "DS.DSSTDTC", "DM.RFICDTC"),
)
def consent_has_one_date(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ds = domains["DS"]
    consent = (ds["DSDECOD"] == "INFORMED CONSENT OBTAINED") & ds["DSSTDTC"].notna()
    first = ds[consent].sort_values("DSSTDTC", kind="stable").drop_duplicates("USUBJID").index
    in_dm = domains.of_subject("DS", domains["DM"]["RFICDTC"])
    # A subject may have consented again, or to more than one thing: that of DM is one of them.
    other = differ(ds["DSSTDTC"], in_dm)
    same = domains.have("DS", "DS", consent & ~other)
    wrong = ds.index.isin(first) & in_dm.notna() & other & ~same
    yield Finding("DS", wrong, "DSSTDTC", expected=in_dm, also=("DM.RFICDTC", "DSDECOD", "DSSTDY"))


@declare.check(
    "X-005",
    "error",
    "A screen failure has records of treatment.",
    "Correct DM, DS or EX.",
    uses=("DM.USUBJID", "EX.USUBJID"),
)
def screen_failure_is_untreated(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield Finding(
        "EX",
        domains.have("EX", "DM", is_screen_failure(domains)),
        "USUBJID",
        expected="no screen failure",
        also=("DM.ARMNRS", "DM.ARMCD", "DM.ACTARMCD"),
    )


@declare.check(
    "X-006",
    "warning",
    "A treated subject has no record of how treatment or study ended.",
    "Deliver the disposition event in DS, or nothing if the subject is still in the study.",
    uses=("DS.DSCAT", "EX.USUBJID", "DM.USUBJID"),
)
def treated_has_disposition(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    wrong = is_treated(domains) & ~domains.have("DM", "DS", domains["DS"]["DSCAT"] == "DISPOSITION EVENT")
    yield Finding("DM", wrong, "USUBJID", expected="a DISPOSITION EVENT in DS", also=("DS.DSCAT", "DS.USUBJID"))


@declare.check(
    "X-007",
    "error",
    "A treated subject belongs to no phase of the study, or to one that is not defined.",
    "Correct the variable that assigns the phase, or phases in study.yml.",
    uses=("DM.USUBJID", "EX.USUBJID"),
)
def treated_has_a_phase(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    if definition.phases is None or "SUPPDM" in domains.unread:
        return
    name, dm = definition.phases.variable, domains["DM"]
    codes = [phase.code for phase in definition.phases.levels]
    if name not in dm:
        yield Finding("DM", None, name, expected=f"a variable {name} in DM or SUPPDM")
        return
    yield Finding(
        "DM",
        is_treated(domains) & dm[name].isna(),
        name,
        expected=f"one of {', '.join(codes)}",
        also=("USUBJID", "EX.USUBJID", "SUPPDM.QNAM", "SUPPDM.USUBJID", "SUPPDM.QVAL"),
    )
    yield from _qualifier(domains, name, lambda values: ~among(values, codes), f"one of {', '.join(codes)}")


def _qualifier(
    domains: Domains, name: str, is_wrong: Callable[[pd.Series], pd.Series], expected: str
) -> Iterator[Finding]:
    """A finding where the values of a variable stand: in SUPPDM if it is a qualifier, else in DM."""
    if domains.has("SUPPDM", "QNAM", "QVAL") and (domains["SUPPDM"]["QNAM"] == name).any():
        supp = domains["SUPPDM"]
        wrong = (supp["QNAM"] == name) & supp["QVAL"].notna() & is_wrong(supp["QVAL"])
        yield Finding("SUPPDM", wrong, "QVAL", expected=expected, also=("USUBJID", "QNAM"))
    else:
        values = domains["DM"][name]
        yield Finding("DM", values.notna() & is_wrong(values), name, expected=expected)


@declare.check(
    "X-008",
    "error",
    "A treated subject of the escalation has no cohort, or one with another dose level.",
    "Correct the cohort, or the arm: all subjects of a cohort have one dose level.",
    uses=("DM.USUBJID", "EX.USUBJID"),
)
def cohort_has_one_level(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule, phases, dm = definition.escalation, definition.phases, domains["DM"]
    arm = definition.treatment.actual
    if rule is None or phases is None or "SUPPDM" in domains.unread or not domains.has("DM", arm):
        return
    name = rule.cohort_variable
    if name not in dm:
        yield Finding("DM", None, name, expected=f"a variable {name} in DM or SUPPDM")
        return
    supp = ("SUPPDM.QNAM", "SUPPDM.USUBJID", "SUPPDM.QVAL", "EX.USUBJID", "USUBJID")
    if phases.variable in dm:
        escalated = is_treated(domains) & (dm[phases.variable] == rule.phase)
        yield Finding("DM", escalated & dm[name].isna(), name, expected="the number of a cohort", also=supp)
    usual = usual_value(dm[name], dm[arm]).astype("str")
    wrong = usual.notna() & dm[arm].notna() & (dm[arm] != usual)
    planned = definition.treatment.planned
    if phases.variable in dm and domains.has("DM", planned) and domains.has("EX", "EXDOSE"):
        # After the escalation a subject may be given another dose than it was assigned, and its dose says so.
        later = dm[phases.variable].notna() & (dm[phases.variable] != rule.phase)
        wrong &= ~(later & (dm[planned] == usual) & domains.have("DM", "EX", _is_dose_of(domains, definition, dm[arm])))
    yield Finding("DM", wrong, arm, expected=usual, also=("USUBJID", "SUPPDM.QVAL"))


def _is_dose_of(domains: Domains, definition: StudyDefinition, arm: pd.Series) -> pd.Series:
    """Which doses of EX are those of the subject's group."""
    dose, of = domains["EX"]["EXDOSE"], domains.of_subject("EX", arm)
    found = pd.Series(False, index=dose.index)
    for group in definition.groups:
        for planned in group.doses or ():
            found |= (of == group.in_data).fillna(False).astype(bool) & np.isclose(dose.fillna(np.nan), planned)
    return found
