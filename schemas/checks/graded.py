"""Checks of the toxicity grade that a laboratory recorded: does it agree with the result and its limits?

Not here: how a grade comes from a value (`schemas.domains.grades`), and grades of events (`events`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import parameter_rows
from trial_report.schemas.domains.grades import graded
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import LabParameter


@declare.check(
    "PL-025",
    "warning",
    "A recorded toxicity grade is not that of the result by the limits in the study definition.",
    "Correct --TOXGR or the result; nothing, where the grade rests on more than the result, such as the baseline.",
)
def grade_agrees_with_value(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    """Told of a grade for a result within its limits, none for a result of grade 2 or more, or two grades apart.

    A grade beside it is left alone: CTCAE 5 counts from an abnormal baseline, and asks for symptoms in places.
    """
    for parameter in definition.laboratory:
        domain = parameter.domain
        if parameter.ctcae == "none" or not domains.has(domain, f"{domain}TOXGR", f"{domain}STRESN"):
            continue
        frame = domains[domain]
        rows = frame[parameter_rows(frame, parameter)]
        recorded = pd.to_numeric(rows[f"{domain}TOXGR"], errors="coerce")
        grade = _grade(rows, domain, parameter)
        apart = (recorded - grade).abs()
        wrong = ((recorded >= 1) & (grade == 0)) | ((recorded == 0) & (grade >= 2)) | (apart >= 2)
        wrong = wrong.fillna(False).astype(bool)
        expected = grade[wrong].astype("int64").astype("str") + f" by ctcae of {parameter.paramcd} in study.yml"
        also = tuple(f"{domain}{name}" for name in ("STRESN", "STNRLO", "STNRHI", "STRESU"))
        yield Finding(
            domain, wrong.reindex(frame.index, fill_value=False), f"{domain}TOXGR", expected=expected, also=also
        )


def _grade(rows: pd.DataFrame, domain: str, parameter: LabParameter) -> pd.Series:
    """The grade that the result gives by itself; missing where no limit is known, or a direction is not graded."""
    absent = pd.Series(float("nan"), index=rows.index)
    value = rows[f"{domain}STRESN"]
    low, high = (rows[name] if (name := f"{domain}{end}") in rows else absent for end in ("STNRLO", "STNRHI"))
    grade = graded(value, low, high, parameter)["grade"].astype("float64")
    # A result outside its limits in the other direction may have been graded there.
    other = (value > high) if parameter.ctcae == "low" else (value < low) if parameter.ctcae == "high" else False
    return grade.mask(other & (grade == 0))
