"""What was collected and is not reported, by domain and test: what is left out of a report is named in section 9.6.

Selective reporting of outcomes is what reviewers look for: Cochrane Handbook, chapter 8, domain "selection of the
reported result".
"""

from __future__ import annotations

from collections.abc import Iterator

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import records
from trial_report.analysis.display.table import Column, Table
from trial_report.analysis.display.tables.quality import named
from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.domains.needs import uses
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition

TABLE = "quality.collected"
#: Domains of subjects' data: trial design and relations between records are not collected.
_CLASSES = frozenset({"Findings", "Events", "Interventions"})


def unreported(book: Book) -> Iterator[tuple[str, str, int, int]]:
    """Domain, test as it is named, records and subjects of what the study definition has no use for.

    A domain that no analysis reads has one row for each test, or one in all where it has none. A test that is read as a
    baseline characteristic alone has its records of later visits there.
    """
    tests, whole = read_by(book.definition)
    measured = {(one.domain, one.testcd) for one in book.definition.parameters}
    later = [visit.num for visit in book.definition.visits if visit.role == "follow-up"]
    for domain, frame in book.domains.items():
        code, name = f"{domain}TESTCD", f"{domain}TEST"
        if observation_class(domain) not in _CLASSES or domain in whole or "USUBJID" not in frame or frame.empty:
            continue
        if code not in frame:
            yield domain, "–", len(frame), frame["USUBJID"].nunique()
            continue
        known = [test for at, test in tests if at == domain]
        left = frame[code].notna() & ~frame[code].isin(known)
        if "VISITNUM" in frame:
            at_baseline = [test for test in known if (domain, test) not in measured]
            left |= frame[code].isin(at_baseline) & frame["VISITNUM"].round(6).isin(later)
        for test, part in frame[left].groupby(code, sort=True):
            label = str(part[name].iloc[0]) if name in part and part[name].notna().any() else ""
            shown = f"{label} ({test})" if label else str(test)
            when = ", after baseline" if test in known else ""
            yield domain, f"{shown}{when}", len(part), part["USUBJID"].nunique()


def read_by(definition: StudyDefinition) -> tuple[set[tuple[str, str]], set[str]]:
    """The tests that an analysis reads, each with its domain, and the domains that are read whatever the test."""
    tests = {(one.domain, one.testcd) for one in definition.parameters}
    whole = {domain for event in definition.survival for domain in event.reads}
    for one in definition.characteristics:
        if one.domain and one.source in ("finding", "sum"):
            tests |= {(one.domain, test) for test in (*one.testcds, one.testcd or "")}
        elif one.domain and (named := one.where.get(f"{one.domain}TESTCD")):
            tests |= {(one.domain, test) for test in (named if isinstance(named, tuple) else (str(named),))}
        elif one.domain:
            whole.add(one.domain)
    measured = {domain for domain, _ in tests}
    return tests, whole | {use.domain for use in uses(definition) if use.domain not in measured}


@declare.table(
    TABLE,
    after="quality.table",
    number="9.6",
    title="Collected but not reported, by domain and test",
    nobody=records,
    when=lambda book: any(True for _ in unreported(book)),
)
def make(book: Book) -> Table:
    """A row a domain and test: records and subjects."""
    columns = [
        Column("domain", "Domain"),
        Column("test", "Test"),
        Column("records", "Records", "right"),
        Column("subjects", book.definition.study.subjects.capitalize(), "right"),
    ]
    rows = [
        [
            named(domain),
            test,
            fmt_number(records, thousands=True),
            fmt_number(subjects, thousands=True),
        ]
        for domain, test, records, subjects in unreported(book)
    ]
    notes = ("The study definition names no analysis of these data; listings of whole domains may hold them.",)
    return Table.build(columns, rows, notes=notes)
