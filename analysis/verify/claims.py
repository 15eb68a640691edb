"""The publication's claims a second time: expectations held against the second road's own numbers.

Not here: the numbers that claims are held against, which the other modules found (`efficacy`, `safety`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from trial_report.analysis.verify.attempts import NotComputed
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.analysis import Claim, Expectation

if TYPE_CHECKING:
    from trial_report.analysis.verify.verification import Recomputed

KEY = re.compile(r"\[\[(.+?)\]\]")


def claims(claim: Claim, second: Recomputed, results: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of "claims" of one claim: the sentence with what is printed of each result in it, and whether it holds.

    Numbers are judged by what the second road found; only how they are printed comes from `results`, where it has been
    compared with the value already. A key that either side lacks leaves the claim not checkable.

    Raises:
        NotComputed: a result that the claim asks for could not be computed a second time.
    """
    found = second.found
    numbers = dict(zip(found["key"], found["value"], strict=True))
    printed = dict(zip(results["key"], results["formatted"], strict=True))
    for one in claim.expect:
        if one.key in printed and one.key not in numbers and any(f.about(one.key) for f in second.failures):
            raise NotComputed(f"it rests on {one.key}, which was not computed")
    # Of a result that is a number, the text is what is printed of it.
    texts = {k: printed[k] for k, v in numbers.items() if k in printed and not pd.isna(v)}
    texts |= {k: t for k, t in zip(found["key"], found["text"], strict=True) if isinstance(t, str)}
    place = {"analysis": "claims", "population": None, "what": claim.id, "grp": TOTAL}
    sentence = KEY.sub(lambda match: str(printed.get(match[1], "–")), claim.computed)
    verdicts = [_holds(one, numbers, texts) for one in claim.expect]
    rows = [{**place, "statistic": "computed", "text": sentence}]
    rows += [
        {**place, "level": str(i), "statistic": "agrees", "text": verdict} for i, verdict in enumerate(verdicts, 1)
    ]
    whole = "no" if "no" in verdicts else "yes" if verdicts and set(verdicts) == {"yes"} else "not checkable"
    return [*rows, {**place, "statistic": "agrees", "text": whole}]


def _holds(one: Expectation, numbers: dict[str, float], texts: dict[str, str]) -> str:
    if one.operator == "is":
        return "not checkable" if one.key not in texts else "yes" if texts[one.key] == str(one.value) else "no"
    value = numbers.get(one.key)
    if value is None or pd.isna(value):
        return "not checkable"
    gap = float(value) - float(one.value)
    holds = {"<": gap < 0, "<=": gap <= 0, "==": gap == 0, ">=": gap >= 0, ">": gap > 0}
    return "yes" if holds[one.operator] else "no"
