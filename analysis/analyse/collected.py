"""What was collected and no analysis reads, by domain and test: what is left out of a report is named in section 9.6.

Selective reporting of outcomes is what reviewers look for: Cochrane Handbook, chapter 8, domain "selection of the
reported result". The rule is in docs/rules.md.

Not here: what was not delivered (`schemas.domains.needs`), and what the cut-off took out (`cutoff`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from trial_report import declare
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.domains.needs import uses
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.results import join_level
from trial_report.schemas.study import StudyDefinition

ID = "collected"
AFTER = "AFTER"
"""Behind a test in a level: its records after baseline, of a test that is read as a characteristic alone."""
#: Domains of subjects' data: trial design and relations between records are not collected.
_CLASSES = frozenset({"Findings", "Events", "Interventions"})


@declare.analysis(ID)
def analyse(trial: Trial) -> pd.DataFrame:
    """Records and subjects of what the study definition has no use for, a place a test, qualifier or whole domain.

    Keys: collected/ALL/<domain>/-/TOTAL/<test, test|AFTER, or qualifier; none for a domain without tests>/<records|n>.
    """
    rows = Rows()
    for place, found in _unreported(trial):
        rows.add(place, "records", len(found), method="count")
        rows.add(place, "n", found["USUBJID"].nunique(), method="count")
    return rows.frame()


def _unreported(trial: Trial) -> Iterator[tuple[Place, pd.DataFrame]]:
    tests, whole = read_by(trial.definition)
    named = named_in(trial.definition)
    for domain, frame in sorted(trial.domains.items()):
        place = Place(ID, domain, "ALL", variable=domain)
        code = f"{domain}TESTCD"
        if frame.empty or "USUBJID" not in frame:
            continue
        if observation_class(domain) == "Supplemental":
            yield from _each(place, "QNAM", frame, named.get(domain.removeprefix("SUPP"), named[""]))
        elif observation_class(domain) not in _CLASSES or domain in whole:
            continue
        elif code in frame:
            known = {test for at, test in tests if at == domain}
            yield from _each(place, code, frame, known)
            yield from _after_baseline(place, trial.definition, frame, known)
        else:
            yield place, frame


def _each(place: Place, name: str, frame: pd.DataFrame, known: Iterable[str]) -> Iterator[tuple[Place, pd.DataFrame]]:
    """The records of each value of a variable that is not known."""
    unknown = frame.loc[frame[name].notna() & ~frame[name].isin(list(known))]
    for value, found in unknown.groupby(name, sort=True):
        yield place.at(level=join_level(str(value)), where=Where().eq(**{name: str(value)})), found


def _after_baseline(
    place: Place, definition: StudyDefinition, frame: pd.DataFrame, known: Iterable[str]
) -> Iterator[tuple[Place, pd.DataFrame]]:
    """The later records of tests that are read, and as no measurement of any visit."""
    code = f"{place.dataset}TESTCD"
    measured = {(one.domain, one.testcd) for one in definition.parameters}
    later = [visit.num for visit in definition.visits if visit.role == "follow-up"]
    if "VISITNUM" not in frame:
        return
    numbers = frame["VISITNUM"].drop_duplicates()
    held = tuple(sorted(numbers.loc[numbers.round(6).isin(later)].tolist()))
    for test in sorted(test for test in known if (place.dataset, test) not in measured):
        where = Where().eq(**{code: test}).also("VISITNUM", "in", held)
        found = where.of(frame) if held else frame[:0]
        if len(found):
            yield place.at(level=f"{join_level(test)}|{AFTER}", where=where), found


def read_by(definition: StudyDefinition) -> tuple[set[tuple[str, str]], set[str]]:
    """The tests that an analysis reads, each with its domain, and the domains that are read whatever the test."""
    tests = {(one.domain, one.testcd) for one in definition.parameters}
    whole = {domain for event in definition.times for domain in event.reads}
    for one in definition.characteristics:
        if one.domain and one.source in ("finding", "sum"):
            tests |= {(one.domain, test) for test in (*one.testcds, one.testcd or "")}
        elif one.domain and (named := one.where.get(f"{one.domain}TESTCD")):
            tests |= {(one.domain, test) for test in (named if isinstance(named, tuple) else (str(named),))}
        elif one.domain:
            whole.add(one.domain)
    measured = {domain for domain, _ in tests}
    return tests, whole | {use.domain for use in uses(definition) if use.domain not in measured}


def named_in(definition: StudyDefinition) -> dict[str, set[str]]:
    """By domain the qualifiers that have a use: what an analysis reads, what the definition names (by "" alone)."""
    words = set(_words(definition.model_dump(mode="python")))
    found: dict[str, set[str]] = {"": words}
    for use in uses(definition):
        found.setdefault(use.domain, set(words)).add(use.variable)
    return found


def _words(value: Any) -> Iterator[str]:
    """Every text in a tree of mappings and lists, their keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _words(name)
            yield from _words(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _words(one)
