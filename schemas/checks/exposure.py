"""Checks of exposure: what was given, how often, and when, against the treatment groups, the plan and dates of DM.

Not here: the name of what was given (`given`), and days of treatment, which are derived (`analysis.derive.exposure`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.subjects import is_screen_failure, took_place
from trial_report.schemas.codelists import frequency
from trial_report.schemas.domains.iso8601 import whole_days
from trial_report.schemas.domains.tables import Domains, as_texts
from trial_report.schemas.domains.unique import group_codes, recalled
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Group

_DAY = pd.Timedelta(days=1)
_COURSE = ("USUBJID", "EXTRT", "EXLOC", "EXLAT", "EXTPT", "EXTPTNUM")
_RANDOMISED = ("RANDOMIZED", "RANDOMISED")


def administered(domains: Domains, definition: StudyDefinition) -> pd.Series:
    """The records of EX that were given: they took place, with a dose that is not zero, or zero of a placebo."""
    return recalled("administered", domains, lambda: _given(domains, definition)).copy()


def _given(domains: Domains, definition: StudyDefinition) -> pd.Series:
    ex = domains["EX"]
    given = took_place(domains)
    if domains.has("EX", "EXDOSE"):
        placebo = pd.Series(False, index=ex.index)
        if domains.has("EX", "EXTRT"):
            placebo |= ex["EXTRT"].str.contains("placebo", case=False).fillna(False).astype(bool)
        groups = _group_of(domains, definition)
        placebo |= groups.isin([group.in_data for group in definition.groups if group.is_placebo])
        given &= (ex["EXDOSE"] > 0) | ex["EXDOSE"].isna() | placebo
    return given


def _group_of(domains: Domains, definition: StudyDefinition) -> pd.Series:
    """The group received of each record's subject, as DM names it, else the one assigned."""
    found = pd.Series(None, index=domains["EX"].index, dtype="str")
    for variable in (definition.treatment.actual, definition.treatment.planned):
        if domains.has("DM", variable):
            found = found.fillna(domains.of_subject("EX", domains["DM"][variable]))
    return found


@declare.check(
    "DM-056",
    "error",
    "The day of first dose in DM is not that of the first record in EX.",
    "Correct RFXSTDTC in DM or EXSTDTC in EX.",
    uses=("DM.RFXSTDTC", "EX.EXSTDTC"),
)
def first_dose_agrees(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    starts = _days(domains, "EX", "EXSTDTC")
    yield from _dose_day(domains, definition, "RFXSTDTC", "EXSTDTC", starts, "min")


@declare.check(
    "DM-057",
    "error",
    "The day of last dose in DM is not that of the last record in EX.",
    "Correct RFXENDTC in DM or EXENDTC in EX.",
    uses=("DM.RFXENDTC", "EX.EXENDTC"),
)
def last_dose_agrees(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    # A subject with a record that has no end is not judged: what DM says is then compared by DM-062.
    yield from _dose_day(domains, definition, "RFXENDTC", "EXENDTC", _days(domains, "EX", "EXENDTC"), "max")


@declare.check(
    "DM-062",
    "warning",
    "A record of EX without an end begins after the day of last dose in DM: the treatment counts as gone on.",
    "Give the record its end, or correct RFXENDTC in DM.",
    uses=("DM.RFXENDTC", "EX.EXSTDTC", "EX.EXENDTC"),
)
def open_dose_is_not_after_the_last(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ex = domains["EX"]
    last = domains.of_subject("EX", _days(domains, "DM", "RFXENDTC")["upper"])
    later = _days(domains, "EX", "EXSTDTC")["lower"] > last
    wrong = administered(domains, definition) & ex["EXENDTC"].isna() & later
    expected = "a start up to " + last[wrong].dt.strftime("%Y-%m-%d").astype("str")
    yield Finding("EX", wrong, "EXSTDTC", expected=expected, also=("DM.RFXENDTC", "USUBJID"))


def _days(domains: Domains, domain: str, variable: str) -> pd.DataFrame:
    """First and last day that each date can mean."""
    spans = domains.dates(domain, variable)
    return pd.DataFrame({name: spans[name].dt.floor("D") for name in ("lower", "upper")})


def _dose_day(
    domains: Domains,
    definition: StudyDefinition,
    variable: str,
    dated: str,
    days: pd.DataFrame,
    which: Literal["min", "max"],
) -> Iterator[Finding]:
    """DM and EX agree where one day is possible in both: a date that is partial in EX may be whole in DM."""
    given = administered(domains, definition).to_numpy(dtype=bool)
    subject = domains.subjects("EX")
    limits = {
        name: domains.of_subject("DM", days[name][given].groupby(subject[given]).transform(which), of="EX")
        for name in ("lower", "upper")
    }
    dm, own = domains["DM"][variable], _days(domains, "DM", variable)
    known = limits["lower"].notna()
    apart = known & ((own["upper"] < limits["lower"]) | (own["lower"] > limits["upper"]))
    wrong = apart | (known & dm.isna()) | (~known & dm.notna())
    # A subject is not judged of whom EX does not date every dose, nor a screen failure in EX, a mistake of its own.
    undated = domains.have("DM", "EX", given & days["lower"].isna().to_numpy())
    unjudged = undated | (domains.have("DM", "EX") & is_screen_failure(domains))
    wrong &= ~unjudged
    expected = _span_in_words(limits["lower"][wrong], limits["upper"][wrong])
    yield Finding("DM", wrong, variable, expected=expected, also=(f"EX.{dated}", "USUBJID", "EX.USUBJID"))


def _span_in_words(lower: pd.Series, upper: pd.Series) -> pd.Series:
    first, last = (days.dt.strftime("%Y-%m-%d").astype("str") for days in (lower, upper))
    words = first.where(lower == upper, first + " to " + last)
    return words.fillna("no date: nothing was given by EX")


# Titration, dosing by weight and crossover give other doses than one: it is told, and the dose as recorded counts.
@declare.check(
    "EX-050",
    "warning",
    "A dose is none that the subject's treatment group has in the study definition.",
    "Correct EXDOSE or the arm, or the group's dose or plan; a reduced dose has its reason in EXADJ.",
    uses=("EX.EXDOSE", "DM"),
)
def dose_is_of_the_group(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ex, variable = domains["EX"], definition.treatment.actual
    if not domains.has("DM", variable):
        return
    arm = domains.of_subject("EX", domains["DM"][variable])
    explained = ex["EXADJ"].notna() if "EXADJ" in ex else pd.Series(False, index=ex.index)
    # What several records of the same days give together is one dose: sites of injection, tablets of two strengths.
    days = [name for name in ("USUBJID", "EXSTDTC", "EXENDTC", "EXTPT", "EXTPTNUM") if name in ex]
    together = ex["EXDOSE"].groupby(group_codes(ex, days)).transform("sum")
    # A dose may also be given in parts, some hours apart.
    parts = ex[days].assign(**{name: ex[name].str[:10] for name in days if name in ("EXSTDTC", "EXENDTC")})
    of_day = ex["EXDOSE"].groupby(group_codes(parts, days)).transform("sum")
    for group in definition.groups:
        own = (arm == group.in_data).fillna(False) & ex["EXDOSE"].notna() & ~explained & took_place(domains)
        if group.doses and own.any():
            wrong = own & ~_is_one_of(ex["EXDOSE"], group) & ~_is_one_of(together, group)
            wrong &= ~_is_one_of(of_day, group)
            expected = " or ".join(as_texts(group.doses))
            yield Finding("EX", wrong, "EXDOSE", expected=expected, also=(f"DM.{variable}",))


def _is_one_of(doses: pd.Series, group: Group) -> pd.Series:
    close = [np.isclose(doses.fillna(np.nan), dose, rtol=1e-9) for dose in group.doses]
    return pd.Series(np.any(close, axis=0), index=doses.index)


@declare.check(
    "EX-051",
    "error",
    "The unit of a dose is not that of the subject's treatment group, in which doses are summed.",
    "Convert EXDOSE and EXDOSU, or correct the group's unit in study.yml.",
    uses=("EX.EXDOSU", "DM"),
)
def unit_is_of_the_group(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield from _of_group(domains, definition, "EXDOSU", {g.in_data: g.unit for g in definition.groups if g.unit})


@declare.check(
    "EX-057",
    "warning",
    "The route of a dose is not that of the subject's treatment group.",
    "Correct EXROUTE, or the group in study.yml.",
    uses=("EX.EXROUTE", "DM"),
)
def route_is_of_the_group(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield from _of_group(domains, definition, "EXROUTE", {g.in_data: g.route for g in definition.groups if g.route})


def _of_group(
    domains: Domains, definition: StudyDefinition, variable: str, wanted: dict[str, str]
) -> Iterator[Finding]:
    ex, arm = domains["EX"], definition.treatment.actual
    if domains.has("DM", arm):
        planned = domains.of_subject("EX", domains["DM"][arm]).map(wanted).astype("str")
        wrong = planned.notna() & ex[variable].notna() & (ex[variable] != planned)
        yield Finding("EX", wrong, variable, expected=planned, also=(f"DM.{arm}",))


@declare.check(
    "EX-052",
    "error",
    "A dose is negative, or has no unit.",
    "Correct EXDOSE; give EXDOSU with it.",
    uses=("EX.EXDOSE", "EX.EXDOSU"),
)
def dose_is_possible(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ex = domains["EX"]
    yield Finding("EX", ex["EXDOSE"] < 0, "EXDOSE", expected="0 or more")
    # Nothing of a placebo is nothing in any unit.
    yield Finding("EX", (ex["EXDOSE"] > 0) & ex["EXDOSU"].isna(), "EXDOSU", expected="a unit", also=("EXDOSE",))


@declare.check(
    "EX-053",
    "error",
    "Nothing tells when a dose was given: neither EX nor DM has a day of treatment, nor DS one of randomisation.",
    "Fill EXSTDTC, or RFXSTDTC in DM.",
    uses=("EX.EXSTDTC", "DM.USUBJID"),
)
def dose_is_dated(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dated = domains.dates("EX", "EXSTDTC")["lower"].notna()
    for variable in ("RFXSTDTC", "RFSTDTC"):
        if domains.has("DM", variable):
            dated |= domains.of_subject("EX", whole_days(domains.dates("DM", variable))).notna()
    if domains.has("DS", "DSDECOD", "DSSTDTC"):
        randomised = domains["DS"]["DSDECOD"].str.upper().isin(_RANDOMISED)
        randomised &= whole_days(domains.dates("DS", "DSSTDTC")).notna()
        dated |= domains.have("EX", "DS", randomised)
    yield Finding("EX", administered(domains, definition) & ~dated, "EXSTDTC", expected="a date")


@declare.check(
    "EX-054",
    "error",
    "A frequency of dosing is not known: how many doses the record holds cannot be told.",
    "Write a term of CDISC codelist FREQ (C71113) in EXDOSFRQ.",
    uses=("EX.EXDOSFRQ",),
)
def frequency_is_known(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    unknown = ~frequency.is_known(domains["EX"]["EXDOSFRQ"])
    yield Finding("EX", unknown, "EXDOSFRQ", expected=frequency.EXPECTED)


@declare.check(
    "EX-055",
    "warning",
    "A course begins before an earlier one of the same treatment and site is over: days of both are counted once.",
    "Correct the dates; a course begins on the day after the one before it.",
    uses=("EX.EXSTDTC", "EX.EXENDTC", "EX.EXDOSFRQ", "EX.EXSEQ"),
)
def courses_do_not_overlap(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ex = domains["EX"]
    start, end = (whole_days(domains.dates("EX", name)) for name in ("EXSTDTC", "EXENDTC"))
    course = administered(domains, definition) & frequency.per_day(ex["EXDOSFRQ"]).notna() & start.notna()
    key = pd.Series(group_codes(ex, [name for name in _COURSE if domains.has("EX", name)]), index=ex.index)
    frame = pd.DataFrame({"key": key, "start": start, "end": end.fillna(start), "seq": ex["EXSEQ"]})[course]
    frame = frame.sort_values(["key", "start", "end", "seq"])
    blocks = frame.drop_duplicates(["key", "start", "end"])
    by_key = blocks.groupby("key")
    latest = by_key["end"].cummax()
    # The record that has the latest end so far: the last one whose end was later than all before it.
    before = latest.groupby(blocks["key"]).shift()
    longest = blocks["seq"].astype("float64").where(before.isna() | (blocks["end"] > before))
    earlier = longest.groupby(blocks["key"]).ffill().groupby(blocks["key"]).shift()
    found = blocks.assign(before=before, earlier=earlier)
    wrong = found["start"] <= found["before"]
    said = found.loc[wrong]
    after = (said["before"] + _DAY).dt.strftime("%Y-%m-%d").astype("str")
    sequence = pd.Series(as_texts(said["earlier"]), index=said.index, dtype="str")
    expected = ("not before " + after + ": the record with EXSEQ " + sequence + " ends the day before").reindex(
        ex.index
    )
    yield Finding("EX", wrong.reindex(ex.index, fill_value=False), "EXSTDTC", expected=expected, also=("EXENDTC",))


@declare.check(
    "EX-056",
    "warning",
    "A dose has no whole date: its day is that of DM, or the first or last that the date can mean.",
    "Fill EXSTDTC and EXENDTC as far as they are known.",
    uses=("EX.EXSTDTC",),
)
def dose_has_whole_dates(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    given = administered(domains, definition)
    start = whole_days(domains.dates("EX", "EXSTDTC"))
    yield Finding("EX", given & start.isna(), "EXSTDTC", expected="a whole date")
    if domains.has("EX", "EXENDTC"):
        partial = domains["EX"]["EXENDTC"].notna() & whole_days(domains.dates("EX", "EXENDTC")).isna()
        yield Finding("EX", given & partial, "EXENDTC", expected="a whole date, or none while treatment goes on")


@declare.check(
    "EX-058",
    "warning",
    "A frequency does not say how many doses were given on several days: the subject's dose is not computed.",
    "Give a record a day, or a frequency with a number, such as QD.",
    uses=("EX.EXDOSFRQ", "EX.EXSTDTC"),
)
def doses_can_be_counted(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ex = domains["EX"]
    term = ex["EXDOSFRQ"]
    numbered = frequency.per_day(term).notna() | frequency.per_record(term).notna() | term.isna()
    numbered |= (term.str.upper() == "CONTINUOUS").fillna(False).astype(bool) | ~frequency.is_known(term)
    start = whole_days(domains.dates("EX", "EXSTDTC"))
    end = whole_days(domains.dates("EX", "EXENDTC")) if domains.has("EX", "EXENDTC") else start
    several = (start != end.fillna(start)) & start.notna()
    wrong = administered(domains, definition) & ~numbered & several
    yield Finding("EX", wrong, "EXDOSFRQ", expected="a number of doses a day, or in a time")


#: Of so many subjects one alone is an exception.
_SUBJECTS = 10


@declare.check(
    "EX-059",
    "warning",
    "The frequency of a dose is one that no other record of its treatment group has: other doses are counted.",
    "Correct EXDOSFRQ; nothing, where the subject was dosed otherwise than the others.",
    uses=("EX.EXDOSFRQ", "EX.EXTRT", "DM.USUBJID"),
)
def frequency_is_that_of_the_others(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ex = domains["EX"]
    given = administered(domains, definition) & ex["EXDOSFRQ"].notna()
    part = pd.DataFrame({"group": _group_of(domains, definition), "name": ex["EXTRT"], "often": ex["EXDOSFRQ"]})[given]
    part = part.assign(subject=domains.subjects("EX")[given.to_numpy()])
    kind = part.groupby(["name", "group"], dropna=False)
    subjects, kinds = kind["subject"].transform("nunique"), kind["often"].transform("nunique")
    here = part.groupby(["name", "group", "often"], dropna=False)["often"].transform("size")
    odd = (subjects >= _SUBJECTS) & (kinds == 2) & (here == 1)
    usual = part[~odd].drop_duplicates(["name", "group"]).set_index(["name", "group"])["often"]
    keys = pd.MultiIndex.from_frame(part.loc[odd, ["name", "group"]])
    expected = pd.Series(usual.reindex(keys).to_numpy(), index=part.index[odd], dtype="str") + ", as all other records"
    wrong = odd.reindex(ex.index, fill_value=False)
    yield Finding("EX", wrong, "EXDOSFRQ", expected=expected.reindex(ex.index), also=("EXTRT",))
