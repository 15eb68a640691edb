"""Published statements beside what was computed: each claim's finding as a sentence, and whether they agree.

Not here: the claims, which the study's definition has (`schemas.study.analysis`), and the numbers that they are held
against.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

import pandas as pd

from trial_report import declare
from trial_report.analysis.results.formatting import MISSING
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.trial import Trial
from trial_report.runtime.near import near_to_it
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.analysis import Claim, Expectation

CLAIMS, NONE = "claims", "-"
KEY = re.compile(r"\[\[([^\[\]]+)\]\]")
"""A results key in a claim's sentence."""

Agreement = Literal["yes", "no", "not checkable"]
_PARTS = 7
"""Parts of a key."""
NOTHING_EXPECTED = "the statement is not one that the data of this study can bear out"

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, "==": operator.eq, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip


def compare(trial: Trial, results: pd.DataFrame) -> pd.DataFrame:
    """Rows of "claims" for every claim of the publication: the texts computed and agrees; none without a publication.

    `results` are those of all other analyses. agrees is "yes" when all that the claim expects holds, "no" when
    anything does not, "not checkable" when nothing is expected or a value that it needs does not exist (the warning
    says which). Level "1", "2", … holds what became of each expectation. A result of what was not delivered does not
    exist: the sentence has "–" in its place. Raises ValueError for any other key that is not in the results, with the
    nearest ones.
    """
    rows = Rows()
    publication = trial.definition.publication
    if publication is None:
        return rows.frame()
    known = results.set_index("key")[["value", "text", "formatted"]].to_dict("index")
    asked = {key for claim in publication.claims for key in KEY.findall(claim.computed)}
    asked |= {expected.key for claim in publication.claims for expected in claim.expect}
    known |= {key: NOT_DELIVERED for key in asked - set(known) if _rests_on_what_is_missing(trial, key)}
    for claim in publication.claims:
        place = Place(CLAIMS, "RESULTS", NONE, variable=claim.id)
        rows.add(place, "computed", text=render(claim, known))
        verdicts = [_verdict(claim, one, known) for one in claim.expect]
        for number, (expectation, verdict) in enumerate(zip(claim.expect, verdicts, strict=True), 1):
            said = f"{expectation.key} {expectation.operator} {expectation.value}"
            rows.add(place.at(level=str(number)), "agrees", text=verdict, warning=said)
        agreement, why = _together(claim, verdicts)
        rows.add(place, "agrees", text=agreement, warning=why)
    return rows.frame()


NOT_DELIVERED = {"value": None, "text": None, "formatted": MISSING}
"""A result that there is not, as what it would be made from was not delivered."""


#: Analyses that leave out by themselves what a domain that was not delivered would be counted for.
_PART_OF = {"ae.": "AE", "disposition": "DS", "visits": "SV"}


def _rests_on_what_is_missing(trial: Trial, key: str) -> bool:
    """Whether a key is one of an analysis, a measurement or survival whose domain was not delivered."""
    analysis, *rest = key.split("/")
    planned = trial.planned or trial.definition
    lost = {p.paramcd for p in planned.parameters} | {p.paramcd for p in planned.survival}
    lost -= {p.paramcd for p in trial.definition.parameters} | {p.paramcd for p in trial.definition.survival}
    needs = {name for one in declare.HOUSE.analyses if one.makes(analysis) for name in one.needs}
    needs |= {domain for begin, domain in _PART_OF.items() if analysis.startswith(begin)}
    return len(rest) == _PARTS - 1 and (rest[1] in lost or not needs <= set(trial.domains))


def render(claim: Claim, known: Mapping[Any, Mapping[Any, Any]]) -> str:
    """The claim's sentence with every [[key]] replaced by what is printed of that result."""
    return KEY.sub(lambda found: str(_row(claim, found.group(1), known)["formatted"]), claim.computed)


def _verdict(claim: Claim, expected: Expectation, known: Mapping[Any, Mapping[Any, Any]]) -> Agreement:
    row = _row(claim, expected.key, known)
    if expected.operator == "is":
        if pd.isna(row["value"]) and not isinstance(row["text"], str):
            return "not checkable"
        text = row["text"] if isinstance(row["text"], str) else row["formatted"]
        return "yes" if str(text) == str(expected.value) else "no"
    if pd.isna(row["value"]):
        return "not checkable"
    if isinstance(expected.value, str):
        raise ValueError(f"publication.claims.{claim.id}: '{expected.operator}' compares with a number, not a text")
    return "yes" if _COMPARE[expected.operator](float(row["value"]), expected.value) else "no"


def _together(claim: Claim, verdicts: list[Agreement]) -> tuple[Agreement, str | None]:
    if not verdicts:
        return "not checkable", NOTHING_EXPECTED
    if "no" in verdicts:
        return "no", None
    if "not checkable" in verdicts:
        absent = [e.key for e, v in zip(claim.expect, verdicts, strict=True) if v == "not checkable"]
        return "not checkable", f"a value does not exist: {', '.join(absent)}"
    return "yes", None


def _row(claim: Claim, key: str, known: Mapping[Any, Mapping[Any, Any]]) -> Mapping[Any, Any]:
    if key not in known:
        raise ValueError(f"publication.claims.{claim.id}: no result '{key}'{near_to_it(key, known)}")
    return known[key]


def keys_of(definition: StudyDefinition) -> tuple[str, ...]:
    """Every results key that the publication's claims name."""
    claims = definition.publication.claims if definition.publication else ()
    return tuple(dict.fromkeys(key for c in claims for key in [*KEY.findall(c.computed), *(e.key for e in c.expect)]))
