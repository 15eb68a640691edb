"""Checks of visits: in the schedule, in order, and the same in every domain.

Not here: visits without their measurements (`missing`), and windows of analysis, which are derived (`analysis.derive`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.visited import numbers, visit_keys, visit_of
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import equals, of_each
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition


def _planned(definition: StudyDefinition) -> pd.DataFrame:
    rows = [(visit.num, visit.name, visit.day) for visit in definition.visits]
    return pd.DataFrame(rows, columns=["num", "name", "day"]).astype({"day": "float64"}).set_index("num")


def _scheduled(domains: Domains, *names: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The domains that follow the schedule of visits and hold the variables, with their frames."""
    for domain, frame in domains.items():
        # Trial design has visits of its own.
        follows = domain == "SV" or observation_class(domain) in {"Findings", "Events", "Interventions"}
        if follows and domains.has(domain, *names):
            yield domain, frame


@declare.check(
    "--026",
    "warning",
    "A visit is not in the schedule of the study definition: it is analysed by its date alone, or not at all.",
    "Correct VISITNUM, or define the visit in study.yml; nothing, where it is not analysed as a visit.",
)
def visit_is_planned(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    planned = _planned(definition)
    known = ", ".join(f"{number:g}" for number in planned.index)
    for domain, frame in _scheduled(domains, "VISITNUM"):
        number = numbers(frame["VISITNUM"])
        unknown = number.notna() & ~number.isin(planned.index) & ((number % 1 == 0) | (number < 0))
        yield Finding(domain, unknown, "VISITNUM", expected=f"{known}, or decimals for an unscheduled visit")


@declare.check(
    "--027",
    "error",
    "The name of a visit is not that of its number.",
    "Correct VISIT or VISITNUM; study.yml says which belong together.",
)
def visit_has_its_name(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    planned = _planned(definition)
    for domain, frame in _scheduled(domains, "VISITNUM", "VISIT"):
        number, given = frame["VISITNUM"], frame["VISIT"]
        # Names are compared by their numbers in the schedule: -1 for a visit or a name that is not in it.
        names = pd.Index(planned["name"]).unique()
        wanted = np.append(names.get_indexer(planned["name"]), -1)[planned.index.get_indexer(pd.Index(number))]
        named = of_each(given, lambda found, names=names: pd.Series(names.get_indexer(found)), -1)  # type: ignore[misc]
        wrong = number.notna() & given.notna() & (named != wanted)
        expected = pd.Series(np.append(names, "a name of an unscheduled visit")[wanted[wrong]], frame.index[wrong])
        yield Finding(domain, wrong, "VISIT", expected=expected, also=("VISITNUM",))


@declare.check(
    "--028",
    "warning",
    "The planned day of a visit is not that of the schedule.",
    "Correct VISITDY, or the visit's day in study.yml.",
)
def visit_has_its_day(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    planned = _planned(definition)
    for domain, frame in _scheduled(domains, "VISITNUM", "VISITDY"):
        wanted = np.append(planned["day"], np.nan)[planned.index.get_indexer(pd.Index(frame["VISITNUM"]))]
        wrong = ~np.isnan(wanted) & frame["VISITDY"].notna() & (frame["VISITDY"] != wanted)
        expected = pd.Series(wanted[wrong], frame.index[wrong]).astype("Int64").astype("str")
        yield Finding(domain, wrong, "VISITDY", expected=expected, also=("VISITNUM", "VISIT"))


@declare.check(
    "SV-050",
    "warning",
    "A visit lies before the visit that comes before it.",
    "Correct the dates or the visit number.",
    uses=("SV.USUBJID", "SV.VISITNUM", "SV.SVSTDTC"),
)
def visits_in_order(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    sv = domains["SV"]
    start = domains.dates("SV", "SVSTDTC")["upper"].dt.floor("D")
    # An unscheduled visit is numbered after the visit it follows, or when it was entered: its order says nothing.
    # Neither does that of a visit without a planned day, such as one after a subject left treatment.
    dated = _planned(definition)["day"].dropna().index
    start = start.where(numbers(sv["VISITNUM"]).isin(dated))
    visits = pd.DataFrame({"subject": domains.subjects("SV"), "num": sv["VISITNUM"], "start": start})
    visits = visits[visits["subject"] >= 0].dropna()
    visits = visits.sort_values(["subject", "num"], kind="stable")
    latest = visits.groupby("subject")["start"].cummax().groupby(visits["subject"]).shift()
    early = (visits["start"] < latest).reindex(sv.index, fill_value=False)
    # One visit that is late makes those after it look early: then it is the late one that is wrong.
    following = visits.groupby("subject")["start"].shift(-1)
    before = visits.groupby("subject")["start"].shift(1)
    late = (visits["start"] > following) & (before.isna() | (before <= following))
    late = late.reindex(sv.index, fill_value=False)
    wrong = late | (early & ~domains.have("SV", "SV", late))
    yield Finding("SV", wrong, "SVSTDTC", expected="dates in the order of visits", also=("VISITNUM", "SVENDTC"))


@declare.check(
    "SV-051",
    "error",
    "A visit did not take place and has a date, or took place and has none.",
    "Correct SVOCCUR or SVSTDTC.",
    uses=("SV.SVOCCUR", "SV.SVSTDTC"),
)
def visit_that_took_place_is_dated(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    sv = domains["SV"]
    wrong = ((sv["SVOCCUR"] == "N") & sv["SVSTDTC"].notna()) | ((sv["SVOCCUR"] == "Y") & sv["SVSTDTC"].isna())
    yield Finding("SV", wrong, "SVSTDTC", expected="a date where SVOCCUR is Y, and only there", also=("SVOCCUR",))


@declare.check(
    "SV-052",
    "warning",
    "A visit did not take place, and results were recorded at it.",
    "Correct SVOCCUR, or VISITNUM of the results; nothing, where they were obtained without a visit.",
    uses=("SV.SVOCCUR", "SV.VISITNUM", "SV.USUBJID"),
)
def nothing_was_measured_at_a_visit_that_was_not(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    visit = visit_keys(domains, "SV")
    not_held = equals(domains["SV"]["SVOCCUR"], "N").to_numpy() & visit["num"].notna().to_numpy()
    # A visit of which another row says that it took place was held.
    held = visit[~not_held].drop_duplicates()
    missed = visit[not_held].drop_duplicates().merge(held, how="left", on=["subject", "num"], indicator="other")
    missed = missed.loc[missed["other"] == "left_only", ["subject", "num"]]
    if missed.empty:
        return
    found = []
    for domain, frame in _scheduled(domains, "VISITNUM", "USUBJID"):
        if observation_class(domain) == "Findings" and domains.has(domain, f"{domain}STRESC"):
            valued = frame[f"{domain}STRESC"].notna().to_numpy()
            found.append(visit_keys(domains, domain)[valued].merge(missed, on=["subject", "num"]))
    if not found:
        return
    counts = pd.concat(found).value_counts(["subject", "num"]).rename("n").reset_index()
    number = visit.merge(counts, how="left", on=["subject", "num"])["n"].fillna(0).astype(int)
    wrong = not_held & (number > 0).to_numpy()
    expected = "Y, or no results: " + number[wrong].map("{:,}".format).astype("str") + " have this number of visit"
    yield Finding("SV", wrong, "SVOCCUR", expected=expected, also=("USUBJID", "VISITNUM"))


@declare.check(
    "X-009",
    "warning",
    "A measurement belongs to a visit that the subject does not have in SV.",
    "Correct VISITNUM or USUBJID, or deliver the visit in SV.",
    uses=("SV.USUBJID", "SV.VISITNUM", "SV.SVSTDTC"),
)
def visit_is_in_sv(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        if observation_class(domain) == "Findings" and domains.has(domain, "VISITNUM", "USUBJID"):
            unknown = (visit_of(domains, domain)["known"] == "left_only") & frame["VISITNUM"].notna()
            yield Finding(
                domain,
                unknown,
                "VISITNUM",
                expected="a visit of the subject in SV",
                also=("USUBJID", "VISIT", "SV.VISITNUM", "SV.USUBJID"),
            )


@declare.check(
    "X-010",
    "warning",
    "A measurement is not dated within its visit.",
    "Correct the date or VISITNUM; a measurement on another day may be an unscheduled visit.",
    uses=("SV.USUBJID", "SV.VISITNUM", "SV.SVSTDTC"),
)
def date_is_in_visit(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain in domains:
        name = f"{domain}DTC"
        if observation_class(domain) == "Findings" and domains.has(domain, "VISITNUM", "USUBJID", name):
            visit, date = visit_of(domains, domain), domains.dates(domain, name)
            wrong = (date["upper"] < visit["start"]) | (date["lower"] > visit["end"])
            start, end = (visit[name][wrong].dt.strftime("%Y-%m-%d") for name in ("start", "end"))
            yield Finding(
                domain,
                np.asarray(wrong),
                name,
                expected=start + " to " + end,
                also=("VISITNUM", "USUBJID", "SV.SVSTDTC", "SV.SVENDTC"),
            )
