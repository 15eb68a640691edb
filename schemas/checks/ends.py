"""Checks of how treatment and participation ended: one end of each, and none that visits, doses or DM contradict.

Not here: deaths as several domains tell them (`across`), and dates of visits among each other (`visits`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.course import (
    days,
    dose,
    extreme,
    had,
    in_words,
    is_end,
    last_planned,
    part_of,
    participation_end,
)
from trial_report.schemas.checks.subjects import is_screen_failure, is_treated, took_place
from trial_report.schemas.domains.iso8601 import study_day
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, equals, group_codes
from trial_report.schemas.study import StudyDefinition

#: Terms that CDISC lists as protocol milestones (C114118), and as disposition events (C66727); DEATH is in neither,
#: since it is also recorded as another event.
MILESTONES = ("INFORMED CONSENT OBTAINED", "INFORMED ASSENT OBTAINED", "ELIGIBILITY CRITERIA MET", "RANDOMIZED") + (
    "ENTERED INTO TRIAL",
    "ENROLLED",
)
ENDS = ("COMPLETED", "SCREEN FAILURE", "LOST TO FOLLOW-UP", "WITHDRAWAL BY SUBJECT", "ADVERSE EVENT") + (
    "LACK OF EFFICACY",
    "PHYSICIAN DECISION",
    "PROTOCOL VIOLATION",
    "PROTOCOL DEVIATION",
    "STUDY TERMINATED BY SPONSOR",
    "WITHDRAWAL BY PARENT/GUARDIAN",
)
#: A design is what most subjects share; who differs from it is the exception.
_MOST, _ENOUGH = 0.8, 4
#: An end is often recorded a day or two before the last contact.
_LATE = pd.Timedelta(days=2)


@declare.check(
    "X-022",
    "error",
    "A milestone is recorded as a disposition event, or the end of a part of the study as a milestone.",
    "Correct DSCAT or DSDECOD: analyses take the end of participation from disposition events.",
    uses=("DS.DSDECOD", "DS.DSCAT"),
)
def disposition_is_in_its_category(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ds = domains["DS"]
    milestone, ended = among(ds["DSDECOD"], MILESTONES), among(ds["DSDECOD"], ENDS)
    wrong = (milestone & equals(ds["DSCAT"], "DISPOSITION EVENT")) | (
        ended & (equals(ds["DSCAT"], "PROTOCOL MILESTONE") | ds["DSCAT"].isna())
    )
    expected = milestone.map({True: "PROTOCOL MILESTONE", False: "DISPOSITION EVENT"}).astype("str")
    yield Finding("DS", wrong, "DSCAT", expected=expected, also=("DSDECOD",))


@declare.check(
    "X-023",
    "error",
    "One part of the study ended twice for a subject.",
    "Keep one record, or say by DSSCAT and EPOCH which part of the study each is the end of.",
    uses=("DS.DSDECOD", "DS.DSCAT", "DS.USUBJID"),
)
def part_ends_once(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ds = domains["DS"]
    names = [name for name in ("DSSCAT", "EPOCH") if domains.has("DS", name)]
    # A screening may fail and be repeated; a death may follow another end.
    ended = is_end(domains) & ~among(ds["DSDECOD"], ["SCREEN FAILURE", "DEATH"])
    if not names or not ended.any():
        return
    for name in names:
        ended &= ds[name].notna() | (name == "DSSCAT" and "EPOCH" in names)
    key = pd.Series(group_codes(ds, ["USUBJID", *names]), index=ds.index)[ended]
    first = ds["DSDECOD"][ended].groupby(key).transform("first")
    again = key.duplicated()
    # Completed and something else, or completed twice. Two reasons of one end may both be given.
    completed = equals(ds["DSDECOD"], "COMPLETED")
    apart = again & (completed[ended] | (first == "COMPLETED"))
    wrong = apart.reindex(ds.index, fill_value=False)
    # That most subjects have it is the design: courses, periods that neither variable names.
    if wrong.sum() > (1 - _MOST) * max(ds["USUBJID"][ended].nunique(), 1) and wrong.sum() > 1:
        return
    expected = ("no second end of " + (ds["DSSCAT"] if "DSSCAT" in names else ds["EPOCH"]).fillna("it")).where(wrong)
    expected += ", which the subject ended by " + first.reindex(ds.index).astype("str")
    yield Finding("DS", wrong, "DSDECOD", expected=expected, also=("DSCAT", "DSSCAT", "EPOCH", "USUBJID"))


@declare.check(
    "X-024",
    "error",
    "DS and DM do not agree on whether a subject failed screening.",
    "Correct DSDECOD, or ARMNRS and the arms in DM.",
    uses=("DS.DSDECOD", "DS.DSCAT", "DM.USUBJID"),
)
def screening_failed_in_both(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ds = domains["DS"]
    ended = is_end(domains)
    failed = ended & equals(ds["DSDECOD"], "SCREEN FAILURE")
    other = ended & ~failed & ~among(ds["DSDECOD"], ["DEATH", "SCREENING NOT COMPLETED"])
    is_failure = is_screen_failure(domains)
    # Who failed once may be screened again and enter: then the failure is not the last that is said.
    left = other & (part_of(domains) != "treatment")
    if "EX" in domains:
        entered = domains.have("DS", "DM", is_treated(domains)) & ~domains.have("DS", "DS", left)
        yield Finding("DS", failed & entered, "DSDECOD", expected="no screen failure: treated", also=("DM.ARMNRS",))
    # An end of treatment is held against the doses, where these were delivered.
    ended_by = left if domains.has("EX", "USUBJID") else other
    completed = ended_by & equals(ds["DSDECOD"], "COMPLETED") & domains.have("DS", "DM", is_failure)
    # Screening itself may be an epoch that was completed.
    if domains.has("DS", "EPOCH"):
        completed &= ~equals(ds["EPOCH"], "SCREENING")
    yield Finding("DS", completed, "DSDECOD", expected="SCREEN FAILURE, as DM has it", also=("DM.ARMNRS", "USUBJID"))


@declare.check(
    "X-025",
    "error",
    "What DM or DS says of treatment is not what EX has: treated and said not to be, or completed without a dose.",
    "Correct ARMNRS, DSDECOD or DSSCAT, or EX.",
    uses=("EX.USUBJID", "DM.USUBJID"),
)
def treatment_is_as_recorded(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dosed = domains.have("DM", "EX", took_place(domains))
    if domains.has("DM", "ARMNRS"):
        wrong = dosed & among(domains["DM"]["ARMNRS"], ["ASSIGNED, NOT TREATED", "NOT ASSIGNED"])
        yield Finding("DM", wrong, "ARMNRS", expected="no such reason: EX has a dose", also=("EX.USUBJID", "USUBJID"))
    if domains.has("DS", "DSDECOD", "DSCAT"):
        # Two against one: then DM is wrong, and what EX and DS have follows from it.
        failed = equals(domains["DS"]["DSDECOD"], "SCREEN FAILURE")
        entered = domains.have("DM", "DS", is_end(domains) & ~failed) & ~domains.have("DM", "DS", failed)
        wrong = dosed & entered & is_screen_failure(domains)
        expected = "no screen failure: EX has a dose, and DS another end"
        # Guides before 3.3 say it by a code of the arm; a delivery may have an empty ARMNRS beside it.
        reason = domains["DM"]["ARMNRS"].notna() if domains.has("DM", "ARMNRS") else wrong & False
        yield Finding("DM", wrong & reason, "ARMNRS", expected=expected, also=("USUBJID",))
        yield Finding("DM", wrong & ~reason, "ARMCD", expected=expected, also=("USUBJID",))
    if domains.has("DS", "DSDECOD", "DSCAT", "DSSCAT"):
        completed = is_end(domains) & equals(domains["DS"]["DSDECOD"], "COMPLETED") & (part_of(domains) == "treatment")
        wrong = completed & ~domains.have("DS", "EX")
        yield Finding("DS", wrong, "DSDECOD", expected="a dose in EX", also=("DSSCAT", "USUBJID", "EX.USUBJID"))


@declare.check(
    "X-026",
    "warning",
    "A subject completed the study before its last visit, which others who completed had.",
    "Correct DSDECOD or DSSTDTC, or deliver the visit.",
    uses=("DS.DSDECOD", "DS.DSSTDTC", "DS.DSCAT", "SV.VISITNUM", "SV.SVSTDTC", "DM.USUBJID"),
)
def completer_has_the_last_visit(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    planned = last_planned(definition)
    if planned is None:
        return
    (last, opens), ds = planned, domains["DS"]
    completed = is_end(domains) & equals(ds["DSDECOD"], "COMPLETED") & (part_of(domains) != "treatment")
    if domains.has("DS", "EPOCH"):
        completed &= ~among(ds["EPOCH"], ["SCREENING", "RUN-IN", "WASHOUT"])
    # The last that a subject completed; a part before it ended earlier.
    when = days(domains, "DS", "DSSTDTC", "upper")
    latest = when == domains.of_subject("DS", extreme(domains, "DS", when.where(completed), "max"))
    completed &= latest
    was_there = domains.have("DS", "SV", had(domains, last))
    if completed.sum() < _ENOUGH or was_there[completed].mean() < _MOST:
        return
    day = study_day(when, domains.of_subject("DS", dose(domains, "min")))
    early = completed & ~was_there & (day < opens)
    words = f"not before {last.name}, from study day {opens} on"
    yield Finding("DS", early, "DSDECOD", expected=words, also=("DSSTDTC", "DSCAT", "USUBJID", "DM.RFXSTDTC"))


@declare.check(
    "X-027",
    "warning",
    "A subject left the study before the last dose that it was given.",
    "Correct DSSTDTC, or the dates in EX.",
    uses=("DS.DSDECOD", "DS.DSSTDTC", "DS.DSCAT", "EX.EXSTDTC", "DM.USUBJID"),
)
def study_ends_after_treatment(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ds = domains["DS"]
    # Who completed a run-in, or a treatment, goes on; who left does not.
    part = part_of(domains)
    left = is_end(domains) & ((part == "participation") | (~equals(ds["DSDECOD"], "COMPLETED") & (part == "")))
    left &= ~among(ds["DSDECOD"], ["SCREEN FAILURE"])
    when = days(domains, "DS", "DSSTDTC", "upper")
    latest = when == domains.of_subject("DS", extreme(domains, "DS", when.where(left), "max"))
    last = domains.of_subject("DS", dose(domains, "max"))
    wrong = left & latest & (when < last)
    yield Finding("DS", wrong, "DSSTDTC", expected="not before the last dose on " + in_words(last), also=("USUBJID",))


@declare.check(
    "X-028",
    "warning",
    "A subject was randomised after first dose, as most of the others were not.",
    "Correct DSSTDTC, or the dates in EX; nothing, where treatment began before randomisation.",
    uses=("DS.DSDECOD", "DS.DSSTDTC", "DM.USUBJID"),
)
def randomised_before_dose(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ds = domains["DS"]
    randomised = among(ds["DSDECOD"], ["RANDOMIZED", "RANDOMISED", "ENTERED INTO TRIAL", "ENROLLED"])
    when, first = days(domains, "DS", "DSSTDTC"), domains.of_subject("DS", dose(domains, "min"))
    known = randomised & when.notna() & first.notna()
    late = known & (when > first)
    if late.sum() > 1 and late.sum() > (1 - _MOST) * known.sum():
        return
    yield Finding("DS", late, "DSSTDTC", expected="not after first dose on " + in_words(first), also=("USUBJID",))


@declare.check(
    "X-029",
    "warning",
    "The end of a subject's participation in DM is not that of DS, as it is in nearly all subjects.",
    "Correct RFPENDTC or RFENDTC in DM, or DSSTDTC.",
    uses=("DS.DSDECOD", "DS.DSSTDTC", "DS.DSCAT", "DM.USUBJID"),
)
def end_in_dm_is_that_of_ds(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ended = is_end(domains) & (part_of(domains) != "treatment")
    last = extreme(domains, "DS", days(domains, "DS", "DSSTDTC").where(ended), "max")
    doses = dose(domains, "max")
    held = domains.has("SV", "SVSTDTC", "USUBJID")
    seen = extreme(domains, "SV", days(domains, "SV", "SVSTDTC"), "max") if held else doses
    too_early = pd.Series(False, index=last.index)
    for name in ("RFPENDTC", "RFENDTC"):
        if not domains.has("DM", name):
            continue
        lower, upper = days(domains, "DM", name), days(domains, "DM", name, "upper")
        known = lower.notna() & last.notna()
        same = (lower <= last) & (last <= upper)
        # RFENDTC may be the day of last dose, or another that the sponsor defines: then nothing is known of it.
        if known.sum() < _ENOUGH or same[known].mean() < 0.9 or not (same & (doses != last)).any():
            continue
        # Visits that go on to the end that DM has say that it is DS that is wrong.
        early = known & (seen > last + _LATE) & (seen <= upper + _LATE) & held
        too_early |= early
        expected = in_words(last) + ", the end in DS"
        wrong = known & ~same & ~early
        yield Finding("DM", wrong, name, expected=expected, also=("USUBJID", "DS.DSSTDTC", "DS.USUBJID"))
    when = days(domains, "DS", "DSSTDTC")
    wrong = ended & (when == domains.of_subject("DS", last)) & domains.of_subject("DS", too_early).fillna(False)
    expected = "not before the last visit on " + in_words(domains.of_subject("DS", seen)) + ", until when DM has it"
    yield Finding("DS", wrong, "DSSTDTC", expected=expected, also=("USUBJID", "DM.RFPENDTC", "SV.SVSTDTC"))


@declare.check(
    "X-030",
    "warning",
    "A visit or dose lies after the subject's end of participation.",
    "Correct the date, RFPENDTC in DM or DSSTDTC in DS.",
    uses=("DM.USUBJID",),
)
def nothing_after_participation(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    end = participation_end(domains)
    for domain, name in (("SV", "SVSTDTC"), ("EX", "EXSTDTC"), ("EC", "ECSTDTC")):
        if not domains.has(domain, name, "USUBJID"):
            continue
        last = domains.of_subject(domain, end)
        late = days(domains, domain, name) > last + _LATE
        # Where many subjects are seen after what they completed, the dates end a part of the study.
        if domains.subjects(domain)[late].size and _share(domains, domain, late) > 1 - _MOST:
            continue
        also = ("USUBJID", "DM.RFPENDTC", "DM.DTHDTC", "DS.DSSTDTC")
        yield Finding(domain, late, name, expected="not after " + in_words(last), also=also)


def _share(domains: Domains, domain: str, rows: pd.Series) -> float:
    """The share of a domain's subjects that have such a row; nothing is shared by one subject alone."""
    some, everyone = pd.unique(domains.subjects(domain)[rows]), pd.unique(domains.subjects(domain))
    return 0.0 if len(some) <= 1 else len(some) / len(everyone)
