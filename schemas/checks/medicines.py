"""Checks of the doses of concomitant medication: a dose that is a hundred or a thousand times what others take.

A dose is held against those of the same medicine and route, in one unit where all are masses: 0.075 g is 75 mg. It is
told where it lies far from all others, and falls among the doses that others take as often as the subject does once a
mistake is undone: two or three zeros too many or too few, or one unit of mass written for another.

True extremes are quiet. A bolus of methylprednisolone, or the weekly dose of vitamin D of those who take a small one
every day, is taken at another frequency; a medicine with a wide range of doses (more than tenfold) has no dose that is
far; and what several take is no mistake. A single zero is not told: prednisolone 5 mg and 50 mg are both taken daily,
and so is acetylsalicylic acid of 100 mg and 1000 mg.

Not here: doses of the study's treatment (`exposure`), and results of tests (`magnitude`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import by_group
from trial_report.schemas.codelists.conversion import conversions
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import of_each
from trial_report.schemas.study import StudyDefinition

_FACTORS = (100.0, 1000.0, 1 / 100, 1 / 1000)
_UNIT = "mg"
#: Further than this from the middle is far; the others may lie in a range of this factor, and are at least so many.
_FAR, _RANGE, _OTHERS = 30.0, 10.0, 3
#: A larger share of subjects with such doses takes them on purpose.
_MOST = 0.05


@declare.check(
    "PL-027",
    "warning",
    "The dose of a medication is 100 or 1000 times, or a hundredth or thousandth of, what others take of it.",
    "Ask the site; correct the dose or its unit, or accept it.",
    uses=("CM.USUBJID", "CM.CMDOSE", "CM.CMDOSU"),
)
def medication_has_its_dose(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    cm = domains["CM"]
    table = _doses(domains)
    middle = table.groupby("medicine")["amount"].transform("median")
    away = table["amount"] / middle
    table["far"] = (away > _FAR) | (away < 1 / _FAR)
    if not table["far"].any():
        return
    table = table[table["medicine"].isin(table.loc[table["far"], "medicine"])]
    expected = pd.Series(None, index=cm.index, dtype=object)
    unit = pd.Series(False, index=cm.index)
    usual = table[~table["far"]].groupby(["medicine", "often"]).agg(
        low=("amount", "min"), high=("amount", "max"), others=("subject", "nunique"),
        usual_scale=("scale", "median"), usual_unit=("unit", "first"),
    )  # fmt: skip
    odd = table[table["far"] & ~_taken_by_several(table)].reset_index()
    odd = odd.merge(usual[usual["others"] >= _OTHERS].reset_index(), on=["medicine", "often"])
    odd = odd[odd["high"] <= _RANGE * odd["low"]]
    for factor in _FACTORS:
        undone = odd["amount"] / factor
        fits = odd[(undone >= odd["low"] * (1 - 1e-9)) & (undone <= odd["high"] * (1 + 1e-9))]
        place = pd.Index(fits["index"])
        # The number that the others have in another unit is right, and the unit is not.
        by_unit = np.isclose(fits["scale"] / fits["usual_scale"], factor)
        unit[place[by_unit]] = True
        ranges = zip(
            fits["low"] / fits["usual_scale"], fits["high"] / fits["usual_scale"], fits["usual_unit"], strict=True
        )
        expected[place] = [
            f"{_others(*one)}, as {number:,} others have it; {_said(dose, factor, of_unit)}"
            for one, number, dose, of_unit in zip(ranges, fits["others"], cm["CMDOSE"][place], by_unit, strict=True)
        ]
    also = ("CMDECOD", "CMTRT", "CMDOSE", "CMDOSU", "CMDOSFRQ", "CMROUTE")
    yield Finding("CM", expected.notna() & unit, "CMDOSU", expected=expected.astype("str"), also=also)
    yield Finding("CM", expected.notna() & ~unit, "CMDOSE", expected=expected.astype("str"), also=also)


def _doses(domains: Domains) -> pd.DataFrame:
    """The doses that can be compared: whose, of which medicine, how often, how much (in `_UNIT` if it is a mass)."""
    cm = domains["CM"]
    scale = of_each(cm["CMDOSU"], lambda units: units.map(_to_milligrams).astype(float), np.nan)
    name = cm["CMDECOD"].fillna(cm["CMTRT"]) if domains.has("CM", "CMDECOD") else cm["CMTRT"]
    given = (cm["CMDOSE"] > 0) & cm["CMDOSU"].notna() & name.notna() & (domains.subjects("CM") >= 0)
    part = pd.DataFrame({"name": name, "unit": cm["CMDOSU"].mask(scale.notna(), _UNIT)})
    for variable in ("CMROUTE", "CMDOSFRQ"):
        if domains.has("CM", variable):
            part[variable] = cm[variable]
    part = part[given]
    table = pd.DataFrame({"subject": domains.subjects("CM")[given], "often": 0}, index=part.index)
    table["medicine"] = by_group(part, ["name", "unit", "CMROUTE"])
    table["often"] = by_group(part, ["CMDOSFRQ"])
    table["unit"] = cm.loc[given, "CMDOSU"]
    table["scale"] = scale[given].fillna(1.0)
    table["amount"] = cm.loc[given, "CMDOSE"] * table["scale"]
    return table


def _to_milligrams(unit: str) -> float:
    ways = conversions(unit, _UNIT)
    return ways[0].factor if ways else np.nan


def _taken_by_several(table: pd.DataFrame) -> pd.Series:
    """Whether more subjects than mistakes would make have far doses of the medicine."""
    subjects = table.groupby("medicine")["subject"].nunique()
    far = table[table["far"]].groupby("medicine")["subject"].nunique()
    return table["medicine"].map(far > np.maximum(1, _MOST * subjects.reindex(far.index))).fillna(False).astype(bool)


def _others(low: float, high: float, unit: str) -> str:
    return f"{low:g} {unit}" if np.isclose(low, high) else f"{low:g} to {high:g} {unit}"


def _said(dose: float, factor: float, by_unit: bool) -> str:
    if by_unit:
        return "the unit may be another one"
    return f"{dose:g} is {factor:g} times too large" if factor > 1 else f"{dose:g} is {1 / factor:g} times too small"
