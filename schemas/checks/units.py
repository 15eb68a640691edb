"""Checks of units: what an original unit becomes in the standard one, where that is known, and units left out.

Not here: one unit a test (`findings`), and values in another unit than they say (`magnitude`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.collected import TEST, loose_number
from trial_report.schemas.checks.findings import by_group, decimals, findings_with, is_yes
from trial_report.schemas.codelists.conversion import conversions
from trial_report.schemas.codelists.terms import NEAR
from trial_report.schemas.domains.numbers import to_number
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import are_same
from trial_report.schemas.study import StudyDefinition

#: How far a laboratory's rounded factor may take a standard result from the exact one.
_TOLERANCE = 0.03
_ENOUGH, _NEARLY_ALL = 10, 0.95


@declare.check(
    "--065",
    "error",
    "The standard result is not what the original result is in the standard unit.",
    "Correct --STRESC and --STRESN, or --ORRES, or the units.",
)
def conversion_is_the_known_one(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "ORRES", "STRESN", "ORRESU", "STRESU"):
        unit, standard = frame[f"{domain}ORRESU"], frame[f"{domain}STRESU"]
        judged = unit.notna() & standard.notna() & ~are_same(unit, standard) & frame[f"{domain}STRESN"].notna()
        judged &= ~is_yes(frame, f"{domain}DRVFL")
        part = frame[judged]
        if part.empty:
            continue
        text = part[f"{domain}ORRES"]
        original = to_number(text)[0].fillna(loose_number(text))
        number = part[f"{domain}STRESN"]
        rounding = 0.5 * 10.0 ** -decimals(part[f"{domain}STRESC"]) if f"{domain}STRESC" in part else 0.0
        expected = pd.Series(np.nan, index=part.index)
        names = [f"{domain}{name}" for name in ("TESTCD", "ORRESU", "STRESU")]
        for _, some in part[names].groupby(names, observed=True):
            (test, one, other), rows = (str(text) for text in some.iloc[0]), some.index
            values = original[rows]
            made = [values * way.factor + way.offset for way in conversions(one, other, test)]
            if made:
                # Of several ways (urea or its nitrogen) the one that comes nearest.
                away = pd.concat([(number[rows] - converted).abs() for converted in made], axis=1).to_numpy()
                best = away.argmin(axis=1) if not np.isnan(away).all() else np.zeros(len(rows), dtype=int)
                expected[rows] = pd.concat(made, axis=1).to_numpy()[np.arange(len(rows)), best]
        wrong = (number - expected).abs() > _TOLERANCE * expected.abs() + rounding
        yield Finding(
            domain,
            wrong.reindex(frame.index, fill_value=False),
            f"{domain}STRESN",
            expected=expected[wrong].map("about {:.4g}".format).astype("str"),
            also=tuple(f"{domain}{name}" for name in ("ORRES", "STRESC", "ORRESU", "STRESU", "TESTCD")),
        )


@declare.check(
    "--064",
    "warning",
    "The unit of an original result is missing, or another one although the number was not converted.",
    "Give --ORRESU as it was collected, or convert the result.",
)
def original_has_its_unit(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "ORRES", "ORRESU", "STRESU"):
        number, _ = to_number(frame[f"{domain}ORRES"])
        unit, standard = frame[f"{domain}ORRESU"], frame[f"{domain}STRESU"]
        judged = number.notna() & standard.notna() & ~is_yes(frame, f"{domain}DRVFL")
        same = are_same(unit, standard)
        group = by_group(frame, [domain + name for name in TEST])
        counts = pd.DataFrame({"n": judged, "same": judged & same, "given": judged & unit.notna()}).groupby(group).sum()
        enough = counts["n"] >= _ENOUGH
        always = group.map(enough & (counts["given"] >= _NEARLY_ALL * counts["n"]))
        unconverted = group.map(enough & (counts["same"] >= _NEARLY_ALL * counts["n"]))
        missing = judged & unit.isna() & always
        other = judged & unit.notna() & ~same & unconverted
        other &= ~_is_written_otherwise(unit.where(other), standard)
        if f"{domain}STRESN" in frame:
            other &= np.isclose(number, frame[f"{domain}STRESN"])
        yield Finding(
            domain,
            missing | other,
            f"{domain}ORRESU",
            expected=standard[missing | other].astype("str") + ", as other records of the test",
            also=tuple(f"{domain}{name}" for name in ("STRESU", "STRESN", "ORRES", "TESTCD")),
        )


def _is_written_otherwise(units: pd.Series, standard: pd.Series) -> pd.Series:
    """Whether a unit is the standard one in another writing (mmhg), which another check tells."""
    terms = {unit: NEAR["C71620"].almost(str(unit)) for unit in units.dropna().unique()}
    return units.map(terms) == standard
