"""Findings of CDISC CORE, the conformance rules engine of CDISC, put beside ours: read from the report that it writes.

The engine (github.com/cdisc-org/cdisc-rules-engine) writes its findings as JSON: under ``Issue_Details`` one a record,
with core_id, message, dataset, USUBJID, row, SEQ, variables and values (`sdtm_report_data.py` there, release 0.17).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trial_report.runtime.told import ToldError
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.variables import observation_class, prefix
from trial_report.schemas.problems import Problem, Problems

SOURCE = "CORE"
PREFIX = "CORE-"
_REMEDY = "Look the rule up in the CDISC Library; correct the data, or accept it."


class UnreadableError(ToldError):
    """What is wrong with a report of the engine, in a line."""


def read_core(path: Path, domains: Domains) -> Problems:
    """The findings of a report in JSON, as warnings: each at the file and line of its record.

    What no check of ours refuses can be reported on, so that the engine's findings do not stop a report.

    Raises:
        UnreadableError: where the file is not such a report.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise UnreadableError(f"{path} is not JSON: run the engine with --output-format JSON") from None
    details = found.get("Issue_Details") if isinstance(found, dict) else None
    if not isinstance(details, list):
        raise UnreadableError(f"{path} has no Issue_Details: it is no report of CDISC CORE, or a raw one")
    return Problems(_problem(one, domains) for one in details if isinstance(one, dict))


def _problem(one: Mapping[str, Any], domains: Domains) -> Problem:
    dataset = Path(str(one.get("dataset") or "").replace("\\", "/")).name
    domain = _domain(dataset, one)
    place, visit = _place(domains, domain, dataset, one.get("row"))
    variables, values = _listed(one.get("variables")), _listed(one.get("values"))
    # With a variable of its own the subject and number of a record are no value beside it.
    sequence = f"{prefix(domain)}SEQ={one['SEQ']}" if str(one.get("SEQ") or "") and prefix(domain) else ""
    return Problem(
        str(one.get("core_id") or f"{PREFIX}?"),
        "warning",
        domain or "STUDY",
        str(one.get("message") or "").strip(),
        file=place[0] or dataset,
        line=place[1],
        subject=str(one.get("USUBJID") or ""),
        visit=visit,
        variable=", ".join(variables),
        value=", ".join(values),
        remedy=_REMEDY,
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
    """File and line of a record, which the engine counts from 1 in its dataset, and its visit."""
    source = domains.sources.get(domain)
    if source is None or not str(row or "").isdigit():
        return ("", None), ""
    # The parts of a split domain are datasets of their own where the engine read the files themselves.
    names = [name.lower() for name in source.files]
    rows = np.arange(len(source.lines))
    if dataset.lower() in names:
        rows = np.flatnonzero(source.file_of == names.index(dataset.lower()))
    number = int(str(row)) - 1
    if not 0 <= number < len(rows):
        return ("", None), ""
    frame, place = domains[domain], int(rows[number])
    visit = frame["VISIT"].iloc[place] if "VISIT" in frame else ""
    (at,) = domains.places(domain, rows[number : number + 1])
    return at, visit if isinstance(visit, str) else ""
