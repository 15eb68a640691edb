"""Two studies from their data files to their results, in both computations, against R: nothing between may differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.references.fixtures import agree, read
from tests.studies._build import Study, study
from trial_report.analysis.analyse.all import analyse_all
from trial_report.analysis.check import check_study
from trial_report.analysis.derive import derive
from trial_report.analysis.verify.compare import MATCHED
from trial_report.analysis.verify.verification import verify_in_detail

pytestmark = pytest.mark.requirement("REQ-307", "REQ-505")

NAMES = {"estimate": "estimate", "se": "se", "ci_low": "low", "ci_high": "high"}
TESTED = {**NAMES, "df": "df", "p": "p"}


def doses_at_sites() -> Study:
    """Three doses at four sites, compared in all pairs, with a trend and subgroups."""
    people = list(read("ancova-data").itertuples())
    return study(
        groups={"PBO": 0, "LOW": 10, "TOP": 40},
        subjects="id  arm  site  sex\n" + "\n".join(f"{p.id}  {p.group}  {p.site}  {p.sex}" for p in people),
        values={"SCORE": "id  BL  W4\n" + "\n".join(f"{p.id}  {p.base}  {p.base + p.chg:g}" for p in people)},
        characteristics=[{"variable": "SEX", "label": "Sex", "kind": "categorical", "levels": {"F": "F", "M": "M"}}],
        subgroups=[{"variable": "SEX", "label": "Sex"}],
        endpoints=[{"paramcd": "SCORE", "role": "primary", "comparison": "ancova", "control": "PBO", "pairs": "all",
                    "factors": ["SITEID"], "dose_trend": True}],
    )  # fmt: skip


def visits_missing() -> Study:
    """Three groups at three visits, values missing in between and to the end, by a mixed model with sites."""
    records = read("mixed-baseline")
    people = list(records.drop_duplicates("id").itertuples())
    values = [f"{p.id}  BL  1  {p.base}" for p in people]
    values += [f"{r.id}  W{r.visit}  {14 * r.visit + 1}  {r.base + r.value:.1f}" for r in records.itertuples()]
    return study(
        groups={"A": 0, "B": 10, "C": 20},
        visits={"BL": 1, "W1": 15, "W2": 29, "W3": 43},
        subjects="id  arm  site\n" + "\n".join(f"{p.id}  {p.group}  {p.site}" for p in people),
        values={"SCORE": "id  visit  day  value\n" + "\n".join(values)},
        endpoints=[{"paramcd": "SCORE", "decimals": 1, "comparison": "ancova", "control": "A", "missing": ["mmrm"],
                    "factors": ["SITEID"], "visits": ["W1", "W2", "W3"]}],
    )  # fmt: skip


def results_of(made: Study, folder: Path) -> tuple[pd.Series, pd.DataFrame]:
    """Key → value of the first computation, and what the second says of each row."""
    folder = made.write(folder / "study")
    definition, domains, problems = check_study(folder)
    assert not problems.errors
    results = analyse_all(derive(definition, domains, problems))
    return results.set_index("key")["value"], verify_in_detail(folder, results).details


def row(results: pd.Series, place: str, names: dict[str, str]) -> list[float]:
    return [results[f"{place}/{name}"] for name in names]


def second_agrees(details: pd.DataFrame, analysis: str) -> None:
    own = details[details["analysis"] == analysis]
    assert len(own)
    assert own.loc[own["state"] != MATCHED, ["key", "state"]].to_dict("records") == []


@pytest.mark.heavy
def test_doses_at_sites(tmp_path: Path) -> None:
    results, details = results_of(doses_at_sites(), tmp_path)
    fixture = read("ancova").query("model == 'base site'")
    expected: Any = fixture.set_index(["quantity", "groups"]).sort_index()
    place = "eff.comparison/ITT/SCORE/W4"
    for group in ("PBO", "LOW", "TOP"):
        agree(row(results, f"{place}/{group}/-", NAMES), expected.loc[("lsmean", group), list(NAMES.values())], 1e-8)
    for one, other, level in (
        ("LOW", "PBO", "DIFFERENCE"),
        ("TOP", "PBO", "DIFFERENCE"),
        ("TOP", "LOW", "DIFFERENCE|LOW"),
    ):
        theirs = expected.loc[("difference", f"{one} - {other}"), list(TESTED.values())]
        agree(row(results, f"{place}/{one}/{level}", TESTED), theirs, 1e-8)
    plain = {"statistic": "statistic", "df": "df", "p": "p"}
    agree(row(results, f"{place}/TOTAL/TREND", plain), expected.loc[("trend", "linear in dose"), list(plain)], 1e-8)
    agree(row(results, f"{place}/TOTAL/-", {"p": "p"}), [expected.loc[("group", "F test"), "p"]], 1e-8)
    place = "eff.subgroup_comparison/ITT/SCORE/W4/TOTAL/SEX|INTERACTION"
    agree(row(results, place, plain), expected.loc[("interaction", "F, df 2"), list(plain)], 1e-8)
    second_agrees(details, "eff.comparison")
    second_agrees(details, "eff.subgroup_comparison")


@pytest.mark.heavy
def test_visits_missing(tmp_path: Path) -> None:
    results, details = results_of(visits_missing(), tmp_path)
    fixture = read("mixed").query("case == 'baseline site'")
    expected: Any = fixture.set_index(["quantity", "group", "visit"]).sort_index()
    for visit in (1, 2, 3):
        for group in ("A", "B", "C"):
            place, at = f"eff.mmrm/ITT/SCORE/W{visit}/{group}", (group, float(visit))
            agree(row(results, f"{place}/-", NAMES), expected.loc[("lsmean", *at), list(NAMES.values())], 1e-4)
            if group != "A":
                theirs = expected.loc[("difference", *at), list(TESTED.values())]
                agree(row(results, f"{place}/DIFFERENCE", TESTED), theirs, 1e-4)
    second_agrees(details, "eff.mmrm")
