"""Checks of what is missing: an endpoint at a visit that was held, a subject without any, a planned test for nobody.

Not here: missing variables and files (`conform`, `shape`), and results without a day or a visit (`asked`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import parameter_rows
from trial_report.schemas.checks.subjects import is_screen_failure, is_treated
from trial_report.schemas.domains.iso8601 import study_day, whole_days
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, equals, recalled
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Visit
from trial_report.schemas.study.measures import Endpoint, Parameter

Subjects = npt.NDArray[np.bool_]

#: A visit that fewer subjects had may have been left without a test by chance.
_FEW = 3
#: Of so many treated subjects one that lacks a whole domain is an exception.
_SUBJECTS = 10
#: Where more of those who had the visit lack the measurement, it was left out for all of some kind.
_MOST = 0.5


@dataclass(frozen=True)
class _Attendance:
    """Who had which visit, subjects by their number in `Domains.subjects`, visits in the order of the definition."""

    held: npt.NDArray[np.bool_]
    numbers: dict[str, npt.NDArray[np.int64]]


def attendance(domains: Domains, definition: StudyDefinition) -> _Attendance:
    return recalled("attendance", domains, lambda: _attended(domains, definition))


def _attended(domains: Domains, definition: StudyDefinition) -> _Attendance:
    """A visit was held where SV has it with a date, or measurements with a result were made at it.

    What lies after the cut-off is no part of the report. A visit by telephone or letter lacks what needs the person.
    """
    size = max((domains.subjects(name).max(initial=-1) for name in domains if "USUBJID" in domains[name]), default=-1)
    held = np.zeros((size + 1, len(definition.visits)), dtype=bool)
    planned = pd.Index([visit.num for visit in definition.visits])
    last = pd.Timestamp(definition.study.data_cutoff) + pd.Timedelta(days=1)
    numbers = {}
    apart = np.zeros_like(held)
    for domain, frame in domains.items():
        date = "SVSTDTC" if domain == "SV" else f"{domain}DTC"
        kind = observation_class(domain) == "Findings" or domain == "SV"
        if not kind or not domains.has(domain, "USUBJID", "VISITNUM"):
            continue
        number = (
            planned.get_indexer(pd.Index(frame["VISITNUM"].round(6))) if planned.is_unique else np.full(len(frame), -1)
        )
        numbers[domain] = number.astype(np.int64)
        if not domains.has(domain, date):
            continue
        took_place = (domains.dates(domain, date)["lower"] < last) & (number >= 0) & (domains.subjects(domain) >= 0)
        if domain == "SV" and domains.has("SV", "SVOCCUR"):
            took_place &= ~equals(frame["SVOCCUR"], "N")
        if domain == "SV" and domains.has("SV", "SVCNTMOD"):
            remote = took_place & frame["SVCNTMOD"].notna() & ~equals(frame["SVCNTMOD"], "IN PERSON")
            apart[domains.subjects(domain)[remote], number[remote]] = True
        if domain != "SV" and f"{domain}STRESC" in frame:
            took_place &= frame[f"{domain}STRESC"].notna()
        held[domains.subjects(domain)[took_place], number[took_place]] = True
    return _Attendance(held & ~apart, numbers)


@dataclass(frozen=True)
class _Records:
    """The records of a parameter: whose they are, of which visit by number, and on which study day."""

    subjects: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.int64]
    days: npt.NDArray[np.float64]


def _records(domains: Domains, definition: StudyDefinition, parameter: Parameter) -> _Records:
    domain = parameter.domain
    rows = np.flatnonzero(parameter_rows(domains[domain], parameter))
    numbers = attendance(domains, definition).numbers.get(domain)
    days = recalled(f"days {domain}", domains, lambda: _days(domains, domain))
    return _Records(
        domains.subjects(domain)[rows], np.full(len(rows), -1) if numbers is None else numbers[rows], days[rows]
    )


def _days(domains: Domains, domain: str) -> npt.NDArray[np.float64]:
    """The days of a domain's records, the day of first dose being 1; missing where one of the two is not known."""
    if not (domains.has(domain, f"{domain}DTC") and domains.has("DM", "RFXSTDTC")):
        return np.full(len(domains[domain]), np.nan)
    start = domains.of_subject(domain, whole_days(domains.dates("DM", "RFXSTDTC")))
    days = study_day(whole_days(domains.dates(domain, f"{domain}DTC")), start)
    return days.to_numpy(dtype=np.float64, na_value=np.nan)


def _has_record(
    definition: StudyDefinition, parameter: Parameter, records: _Records, place: int, size: int
) -> Subjects:
    """Subjects with a record of the parameter at a visit: under its number, or by its day in the window of the visit.

    A record that says NOT DONE is one: what it says is known.
    """
    at = records.numbers == place
    window = parameter.window_of(definition.visits[place])
    if window is not None:
        at |= (records.days >= window[0]) & (records.days <= window[1])
    return _these(records.subjects[at], size)


def _these(subjects: npt.NDArray[np.int32], size: int) -> Subjects:
    found = np.zeros(size + 1, dtype=bool)
    found[subjects] = True
    return found[:-1]


def _who(domains: Domains, definition: StudyDefinition, domain: str, rows: npt.NDArray[np.bool_]) -> Subjects:
    return _these(domains.subjects(domain)[rows], len(attendance(domains, definition).held))


def in_the_study(domains: Domains, definition: StudyDefinition) -> Subjects:
    """Subjects with a treatment group of the study who did not fail screening."""
    arm = definition.treatment.planned
    rows = ~is_screen_failure(domains)
    if domains.has("DM", arm):
        rows &= among(domains["DM"][arm], [group.in_data for group in definition.groups])
    return _who(domains, definition, "DM", rows.to_numpy())


def is_whole(domains: Domains, domain: str) -> bool:
    """Whether every record of a domain could be read: one that could not may be what is missing."""
    return not domains.sources[domain].broken.any()


def _judged(domains: Domains, parameters: Iterable[Parameter]) -> Iterator[Parameter]:
    """Those that occur in the data at all: for the others --047 speaks."""
    for parameter in parameters:
        domain = parameter.domain
        planned = bool(parameter.planned) or isinstance(parameter, Endpoint)
        there = planned and domains.has(domain, f"{domain}TESTCD", "USUBJID") and is_whole(domains, domain)
        if there and parameter_rows(domains[domain], parameter).any():
            yield parameter


def primary_endpoints(domains: Domains, definition: StudyDefinition) -> list[Endpoint]:
    found = [one for one in definition.endpoints if one.role == "primary" and not one.only_with_baseline]
    judged = list(_judged(domains, found))
    return [one for one in found if one in judged]


def visits_of(definition: StudyDefinition, parameter: Parameter) -> Iterator[tuple[int, Visit]]:
    """The visits at which a parameter is measured by plan, as far as the definition names them, with their places."""
    named = set(parameter.planned)
    if isinstance(parameter, Endpoint):
        named |= set(parameter.visits)
    return ((place, visit) for place, visit in enumerate(definition.visits) if visit.id in named)


@declare.check(
    "MI-001",
    "warning",
    "A visit was held, and a primary endpoint has no record at it.",
    "Deliver the measurement, or a record that says NOT DONE and why; nothing, where it is known to be missing.",
    uses=("DM.USUBJID",),
)
def endpoint_is_there_when_visit_was(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    there = in_the_study(domains, definition)
    found = [pd.DataFrame(columns=["subject", "place", "name"])]
    for endpoint in primary_endpoints(domains, definition):
        records = _records(domains, definition, endpoint)
        # Who has none at all is told by MI-002.
        measured = _these(records.subjects, len(there))
        for place, visit in visits_of(definition, endpoint):
            held = attendance(domains, definition).held[:, place] & there & measured
            lacking = held & ~_has_record(definition, endpoint, records, place, len(there))
            # Where nobody has it, MI-003 speaks.
            if not lacking.any() or lacking.sum() == held.sum():
                continue
            expected = f"a record of {endpoint.testcd} in {endpoint.domain}"
            if lacking.sum() > _MOST * held.sum() and lacking.sum() >= _FEW:
                value = f"{lacking.sum():,} of {held.sum():,} who had the visit {visit.name}"
                yield Finding(endpoint.domain, None, f"{endpoint.domain}TESTCD", value=value, expected=expected)
                continue
            found.append(pd.DataFrame({"subject": np.flatnonzero(lacking), "place": place, "name": expected}))
    yield from at_visits(domains, definition, pd.concat(found) if len(found) > 1 else found[0])


def at_visits(domains: Domains, definition: StudyDefinition, lacking: pd.DataFrame) -> Iterator[Finding]:
    """A visit is one problem, at its record in SV, whatever is missing of it; else at the subject's in DM."""
    if lacking.empty:
        return
    names = lacking.groupby(["subject", "place"])["name"].agg(" and ".join).reset_index()
    visits = np.array([visit.name for visit in definition.visits], dtype=object)
    names["name"] += " at " + visits[names["place"]]
    numbers = attendance(domains, definition).numbers
    if "SV" in numbers:
        keys = pd.DataFrame({"subject": domains.subjects("SV"), "place": numbers["SV"]})
        # The records at which a visit was not held say nothing of it.
        held = ~equals(domains["SV"]["SVOCCUR"], "N").to_numpy() if domains.has("SV", "SVOCCUR") else True
        keys = keys[(keys["place"] >= 0) & held].drop_duplicates()
        both = keys.reset_index().merge(names, on=["subject", "place"])
        rows = np.zeros(len(domains["SV"]), dtype=bool)
        rows[both["index"]] = True
        expected = pd.Series(both["name"].to_numpy(), index=both["index"], dtype="str").reindex(domains["SV"].index)
        yield Finding("SV", rows, "VISITNUM", expected=expected, also=("USUBJID", "SVSTDTC"))
        names = names.merge(both[["subject", "place"]], how="left", on=["subject", "place"], indicator="told")
        names = names[names["told"] == "left_only"]
    yield from at_subjects(domains, names)


def at_subjects(domains: Domains, names: pd.DataFrame) -> Iterator[Finding]:
    """A finding at the rows of DM of these subjects; a row of `names` a subject and what it lacks."""
    if names.empty:
        return
    words = names.groupby("subject")["name"].agg(" and ".join)
    expected = pd.Series(domains.subjects("DM")).map(words).set_axis(domains["DM"].index).astype("str")
    yield Finding("DM", expected.notna(), "USUBJID", expected=expected)


def _measured(domains: Domains, definition: StudyDefinition, parameters: list[Endpoint]) -> Subjects:
    found = np.zeros(len(attendance(domains, definition).held), dtype=bool)
    for one in parameters:
        rows = parameter_rows(domains[one.domain], one).to_numpy()
        found |= _who(domains, definition, one.domain, rows)
    return found


@declare.check(
    "MI-002",
    "warning",
    "A subject was treated, and a primary endpoint was never recorded, not even as not done.",
    "Deliver the measurements, or nothing, where there are none.",
    uses=("DM.USUBJID", "EX.USUBJID"),
)
def treated_subject_has_its_endpoints(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    treated = is_treated(domains).to_numpy()
    wanted = pd.Series("", index=domains["DM"].index, dtype="str")
    for endpoint in primary_endpoints(domains, definition):
        found = np.append(_measured(domains, definition, [endpoint]), True)[domains.subjects("DM")]
        lacking = treated & ~found
        # What most lack was not meant for everybody, or was not delivered: other checks look at that.
        if 2 * lacking.sum() > treated.sum():
            continue
        # A subject is one problem, whatever it lacks.
        named = f"a record of {endpoint.testcd} in {endpoint.domain}"
        wanted = wanted.mask(lacking & (wanted != ""), wanted + f" and {named}").mask(lacking & (wanted == ""), named)
    # A subject that does not stand in DM under its own name is another mistake.
    yield Finding("DM", wanted != "", "USUBJID", expected=wanted, also=("EX.USUBJID",))


@declare.check(
    "MI-003",
    "warning",
    "A measurement that is planned at a visit was made at it in nobody, though the visit was held.",
    "Deliver the records, or correct planned or visits in study.yml.",
    uses=("DM.USUBJID",),
)
def planned_measurement_was_made(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    there = in_the_study(domains, definition)
    for parameter in _judged(domains, definition.parameters):
        visits = list(visits_of(definition, parameter))
        if not visits:
            continue
        records = _records(domains, definition, parameter)
        for place, visit in visits:
            held = attendance(domains, definition).held[:, place] & there
            made = _has_record(definition, parameter, records, place, len(there))
            if held.sum() >= _FEW and not (held & made).any():
                expected = f"records of {parameter.testcd} at {visit.name}, which {held.sum():,} subjects had"
                name = f"{parameter.domain}TESTCD"
                yield Finding(parameter.domain, None, name, value=parameter.paramcd, expected=expected)


@declare.check(
    "MI-004",
    "warning",
    "A subject was treated and has no record of a domain that the definition measures from, which the others have.",
    "Deliver the subject's records, or nothing, where there are none.",
    uses=("DM.USUBJID", "EX.USUBJID"),
)
def treated_subject_has_its_domains(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    treated = is_treated(domains).to_numpy()
    # Of a primary endpoint MI-002 says it.
    primary = {endpoint.domain for endpoint in primary_endpoints(domains, definition)}
    measured = {parameter.domain for parameter in definition.parameters} - primary
    wanted = pd.Series("", index=domains["DM"].index, dtype="str")
    for domain in sorted(name for name in measured & set(domains) if is_whole(domains, name)):
        lacking = treated & ~domains.have("DM", domain)
        # What one in twenty lack, or some of a few, is not meant for everybody.
        if not lacking.any() or lacking.sum() > max(1, treated.sum() / 20) or treated.sum() < _SUBJECTS:
            continue
        wanted = wanted.mask(lacking, wanted.where(wanted == "", wanted + " and ") + f"records in {domain}")
    yield Finding("DM", wanted != "", "USUBJID", expected=wanted, also=("EX.USUBJID",))
