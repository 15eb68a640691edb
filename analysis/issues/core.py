"""Findings of CDISC CORE, the conformance rules engine of CDISC, put beside ours: read from the report that it writes.

The engine (github.com/cdisc-org/cdisc-rules-engine) writes its findings as JSON: under ``Issue_Details`` one a record,
with core_id, message, dataset, USUBJID, row, SEQ, variables and values (`sdtm_report_data.py` there, release 0.17).
A rule that it could not judge in a dataset stands among them, with text where a finding has lists.

Not here: running of the engine (`engine`).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trial_report.analysis.issues import UnreadableError
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.variables import observation_class, prefix
from trial_report.schemas.problems import Problem, Problems

SOURCE = "CORE"
PREFIX = "CORE-"
_REMEDY = "Look the rule up in the CDISC Library; correct the data, or accept it."
_OVER = " The engine can judge it in part only, and may tell of more than it means."
_UNJUDGED = "Deliver what the engine misses, such as define.xml beside the data; the data are not judged by this rule."
#: What the engine says of a rule, in our words.
_STATES = {
    "ISSUE REPORTED": "have findings",
    "SUCCESS": "have none",
    "SKIPPED": "do not apply",
    "EXECUTION ERROR": "could not be judged",
}
#: A file's path in the words of the engine: of this machine, and another one in the next run.
_FOLDERS = re.compile(r"(?<=['\"])[^'\"\n]*[/\\](?=[^/\\'\"\n]+['\"])")


def read_core(path: Path, domains: Domains) -> Problems:
    """The findings of a report in JSON, as warnings: each at the file and line of its record.

    What no check of ours refuses can be reported on, so that the engine's findings do not stop a report. A rule that
    could not be judged is one problem of the study, in however many datasets.

    Raises:
        UnreadableError: where the file is not such a report.
    """
    report = _report(path)
    details = report.get("Issue_Details")
    if not isinstance(details, list):
        raise UnreadableError(f"{path} has no Issue_Details: it is no report of CDISC CORE, or a raw one")
    findings = [one for one in details if isinstance(one, dict)]
    unjudged = [one for one in findings if not isinstance(one.get("variables"), list)]
    numbers = _numbers(report)
    problems = Problems(_problem(one, domains, numbers) for one in findings if isinstance(one.get("variables"), list))
    problems.extend(_not_judged(unjudged))
    return problems


def judged(path: Path) -> str:
    """What the engine ran, in a line: its version, the guide and the terminology, and how many rules came to what.

    Raises UnreadableError where the file is not a report of the engine.
    """
    report = _report(path)
    run, rules = report.get("Conformance_Details"), report.get("Rules_Report")
    run, rules = run if isinstance(run, dict) else {}, rules if isinstance(rules, list) else []
    states = Counter(str(rule.get("status") or "") for rule in rules if isinstance(rule, dict))
    by = " ".join(str(run.get(name) or "") for name in ("CORE_Engine_Version", "Standard", "Version", "CT_Version"))
    counts = ", ".join(f"{states[state]:,} {words}" for state, words in _STATES.items())
    told = f": of {states.total():,} rules {counts}" if states else ""
    return f"CDISC CORE {' '.join(by.split())}{told}"


def _numbers(report: Mapping[str, Any]) -> dict[str, str]:
    """The numbers that CDISC and FDA give a rule for trials in humans, of each rule of the engine."""
    rules = report.get("Rules_Report")
    found: dict[str, str] = {}
    for rule in rules if isinstance(rules, list) else []:
        words = f"{rule.get('cdisc_rule_id') or ''} {rule.get('fda_rule_id') or ''}" if isinstance(rule, dict) else ""
        if numbers := re.findall(r"\b(?:CG|FB)\d+\b", words):
            found[_rule(rule)] = ", ".join(dict.fromkeys(numbers))
    return found


def _report(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise UnreadableError(f"{path} is not JSON: run the engine with --output-format JSON") from None
    if not isinstance(found, dict):
        raise UnreadableError(f"{path} has no Issue_Details: it is no report of CDISC CORE, or a raw one")
    return found


def _not_judged(findings: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """One problem a rule: the engine's reason, and the datasets that it names."""
    rules: dict[str, list[Mapping[str, Any]]] = {}
    for one in findings:
        rules.setdefault(_rule(one), []).append(one)
    for rule, found in rules.items():
        datasets = ", ".join(sorted({str(one.get("dataset") or "") for one in found} - {""}))
        reason = _FOLDERS.sub("", ", ".join(_listed(found[0].get("values"))) or str(found[0].get("message") or ""))
        yield Problem(
            rule,
            "warning",
            "STUDY",
            f"CDISC CORE could not judge this rule. {reason.partition('Error: ')[2] or reason}".strip(),
            value=datasets,
            remedy=_UNJUDGED,
            source=SOURCE,
        )


def _rule(one: Mapping[str, Any]) -> str:
    return str(one.get("core_id") or f"{PREFIX}?")


def _problem(one: Mapping[str, Any], domains: Domains, numbers: Mapping[str, str]) -> Problem:
    dataset = Path(str(one.get("dataset") or "").replace("\\", "/")).name
    domain = _domain(dataset, one)
    place, visit = _place(domains, domain, dataset, one.get("row"))
    variables, values = _listed(one.get("variables")), _listed(one.get("values"))
    # With a variable of its own the subject and number of a record are no value beside it.
    sequence = f"{prefix(domain)}SEQ={one['SEQ']}" if str(one.get("SEQ") or "") and prefix(domain) else ""
    rule = _rule(one)
    message = str(one.get("message") or "").strip()
    over = _OVER if "overreporting" in str(one.get("executability") or "") else ""
    return Problem(
        rule,
        "warning",
        domain or "STUDY",
        f"{message} ({numbers[rule]})" if rule in numbers else message,
        file=place[0],
        line=place[1],
        subject=str(one.get("USUBJID") or ""),
        visit=visit,
        variable=", ".join(variables),
        value=", ".join(values),
        remedy=f"{_REMEDY}{over}",
        record=sequence,
        source=SOURCE,
    )


def _domain(dataset: str, one: Mapping[str, Any]) -> str:
    stem = dataset.split(".")[0].upper()
    for name in (stem, str(one.get("domain") or "").upper(), stem[:2]):
        if observation_class(name):
            return name
    return stem


def _listed(values: object) -> Iterator[str]:
    found = values if isinstance(values, list) else [] if values in (None, "") else [values]
    return ("" if one is None or one == "null" else str(one) for one in found)


def _place(domains: Domains, domain: str, dataset: str, row: object) -> tuple[tuple[str, int | None], str]:
    """File and line of a record, which the engine counts from 1 in its dataset, and its visit; else the file alone."""
    source = domains.sources.get(domain)
    if source is None:
        return (dataset, None), ""
    # The parts of a split domain are datasets of their own where the engine read the files themselves, named without
    # an ending: transport files. Text files became one for it.
    parts = [Path(name.lower()).stem if name.lower().endswith(".xpt") else "" for name in source.files]
    part = Path(dataset.lower()).stem
    rows = np.arange(len(source.lines))
    if part in parts:
        rows = np.flatnonzero(source.file_of == parts.index(part))
    name = source.files[parts.index(part)] if part in parts else source.files[0] if len(source.files) == 1 else dataset
    number = int(str(row)) - 1 if str(row or "").isdigit() else -1
    if not 0 <= number < len(rows):
        return (name, None), ""
    frame, place = domains[domain], int(rows[number])
    visit = frame["VISIT"].iloc[place] if "VISIT" in frame else ""
    (at,) = domains.places(domain, rows[number : number + 1])
    return at, visit if isinstance(visit, str) else ""
