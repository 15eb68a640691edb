"""What was collected and is not reported, a second time: what was delivered, against a list of uses, in SQL.

Written from the rule in docs/rules.md ("Collected and not reported"), by a hand that had not read the first road.

Not here: what the cut-off took out (`cutoff`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trial_report import declare
from trial_report.analysis.verify.source import delivered, tables, variables
from trial_report.schemas.domains.needs import always, measured
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.results import join_level
from trial_report.schemas.study import TOTAL

if TYPE_CHECKING:
    from trial_report.analysis.verify.road import Road
    from trial_report.schemas.study import StudyDefinition

ITEM = "(domain VARCHAR, test VARCHAR, qualifier VARCHAR, visit DOUBLE, subject VARCHAR)"
"""What was delivered: a row a record, with its test, or the name that it gives its parent's variable."""
USE = "(domain VARCHAR, test VARCHAR, qualifier VARCHAR, at_baseline BOOLEAN)"
"""What reads it: a test, a qualifier (without a domain: of any), or with neither a domain as a whole."""
READ_IN_ANY_STUDY = "AE CM DS DV EC EX MH"


@declare.second("collected", what="what was collected and not reported")
def collected(road: Road) -> None:
    """Records and subjects of each test, domain without tests, and supplemental qualifier that nothing uses."""
    road.con.execute(f"CREATE TEMP TABLE item {ITEM}; CREATE TEMP TABLE use_ {USE}")
    for domain in sorted(delivered(road.con) & tables(road.con)):
        _deliver(road, domain)
    # In one statement: a definition has hundreds of words, and each by itself takes as long as all.
    columns = "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::BOOLEAN[])"
    road.con.execute(f"INSERT INTO use_ SELECT {columns}", [list(one) for one in zip(*_uses(road.study), strict=True)])
    unused = road.frame("""
        WITH judged AS (
            SELECT i.*, coalesce(bool_or(NOT u.at_baseline), FALSE) AS whole, count(u.at_baseline) > 0 AS used
            FROM (SELECT *, row_number() OVER () AS id FROM item) AS i
            LEFT JOIN use_ AS u ON coalesce(u.domain, i.domain) = i.domain
                AND coalesce(u.test, i.test, '') = coalesce(i.test, '')
                AND CASE WHEN i.qualifier IS NULL THEN u.qualifier IS NULL ELSE u.qualifier = i.qualifier END
            GROUP BY ALL
        ), late AS (SELECT DISTINCT num FROM def_visit WHERE role = 'follow-up')
        SELECT domain, coalesce(qualifier, test) AS name, used AS after, count(*) AS records,
            count(DISTINCT subject) AS n
        FROM judged WHERE NOT whole AND (NOT used OR visit IN (SELECT num FROM late))
        GROUP BY domain, name, after
    """)
    road.add(row for found in unused.to_dict("records") for row in _rows(found))
    road.con.execute("DROP TABLE item; DROP TABLE use_")


def _deliver(road: Road, domain: str) -> None:
    """Adds the records of a delivered table that is of findings, events, interventions or supplemental qualifiers."""
    kind = "Supplemental" if domain.startswith("SUPP") else observation_class(domain)
    if kind not in {"Findings", "Events", "Interventions", "Supplemental"}:
        return
    there = variables(road.con, domain)
    named = {"test": f"{domain}TESTCD", "qualifier": "QNAM" if kind == "Supplemental" else "", "visit": "VISITNUM"}
    test, qualifier, visit = (f'"{name}"' if name in there else "NULL" for name in named.values())
    subject = "USUBJID" if "USUBJID" in there else "NULL"
    road.con.execute(
        f"""INSERT INTO item
        SELECT '{domain}', {test}, {qualifier}, TRY_CAST({visit} AS DOUBLE), {subject} FROM "{domain}" """
    )


def _uses(study: StudyDefinition) -> Iterator[tuple[str | None, str | None, str | None, bool]]:
    """Domain, test, qualifier, and whether it is read at baseline alone."""
    for domain in READ_IN_ANY_STUDY.split():
        yield domain, None, None, False
    for survival in study.times:
        for domain in survival.event_records:
            yield domain, None, None, False
        if survival.censoring.domain:
            yield survival.censoring.domain, None, None, False
    yield from _tests(study)
    measured_in = {domain for domain, test, _, _ in _tests(study) if test}
    for read in (*always(), *measured()):
        for parent in sorted(one for one in measured_in if one) if read.domain == "--" else [read.domain]:
            yield f"SUPP{parent}", None, read.variable.replace("--", parent), False
    for word in sorted(set(_words(study.model_dump(by_alias=True)))):
        yield None, None, word, False


def _tests(study: StudyDefinition) -> Iterator[tuple[str | None, str | None, str | None, bool]]:
    """What measurements and characteristics read of tests, or of a domain without naming one."""
    for parameter in study.parameters:
        yield parameter.domain, parameter.testcd, None, False
    for item in study.characteristics:
        if item.domain:
            tests = {item.testcd, *item.testcds, *_words(item.where.get(f"{item.domain}TESTCD"))} - {None}
            yield from ((item.domain, test, None, True) for test in sorted(filter(None, tests)))
            if not tests:
                yield item.domain, None, None, False


def _words(part: Any) -> Iterator[str]:
    """Every text in a part of the definition, names of its fields and conditions too."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for name, value in part.items():
            yield from _words(name)
            yield from _words(value)
    elif isinstance(part, list | tuple | set | frozenset):
        for value in part:
            yield from _words(value)


def _rows(found: Mapping[Any, Any]) -> Iterator[dict[str, Any]]:
    name = found["name"]
    level = join_level(name) if isinstance(name, str) else None
    for statistic in ("records", "n"):
        yield {
            "analysis": "collected",
            "population": "ALL",
            "what": found["domain"],
            "grp": TOTAL,
            "level": f"{level}|AFTER" if found["after"] else level,
            "statistic": statistic,
            "value": float(found[statistic]),
            "decimals": 0,
        }
