"""What must not matter does not: order of rows and columns, names of subjects and groups, records that do not count."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.studies._build import ID, Domains, Record, Study, study
from trial_report.analysis.analyse.all import analyse_all
from trial_report.analysis.check import check_study
from trial_report.analysis.derive import derive

# Each property is held on several generated studies: heavy for the tests that run at every change.
pytestmark = [pytest.mark.requirement("REQ-1002"), pytest.mark.heavy]

CUTOFF, AFTER = "2024-03-31", ("2024-04-15", "2024-04-16")
VISITS = {"SCR": -7, "BL": 1, "W2": 15, "W4": 29}
ARMS = ("PBO", "A", "B")
RANDOM = re.compile(r"/(?:mi|tipping)[|/]")
"""Keys of results that random numbers have a part in: they are drawn in the order of the subjects' names."""

FEW = settings(
    max_examples=2, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
"""The same few examples each time, and no search for smaller ones: each run of a study costs a second."""

Change = Callable[[Study, random.Random], Study]


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """Two or three groups of three to five: scores and laboratory values with gaps, events, medication, early ends."""
    arms = draw(st.sampled_from([ARMS[:2], ARMS]))
    sizes = [draw(st.integers(3, 5)) for _ in arms]
    people = [f"{arm}{n}" for arm, size in zip(arms, sizes, strict=True) for n in range(1, size + 1)]
    value, gap = st.integers(20, 60), st.integers(1, 6)
    subjects, scores, tests, events, drugs = [], [], [], [], []
    for place, name in enumerate(people):
        last = draw(st.sampled_from([10, 29, 29, 29]))
        subjects.append(f"{name}  {name.rstrip('0123456789')}  {last}  {last}  {'FM'[draw(st.integers(0, 1))]}  1")
        scores.append(_line(name, [draw(value), draw(value), *(draw(value) if draw(gap) > 1 else "." for _ in "12")]))
        tests.append(_line(name, [draw(value), draw(value), *(draw(value) if draw(gap) > 1 else "." for _ in "12")]))
        for _ in range(draw(st.integers(0, 2))):
            start = draw(st.integers(-3, 40).filter(bool))
            term = draw(st.sampled_from(["Headache", "Nausea", "Rash"]))
            events.append(f"{name}  {term}  {start}  {start + 50 if start < 0 else '.'}  {draw(st.integers(1, 3))}")
        if place % 2:
            drugs.append(f"{name}  aspirin  ASPIRIN  ANALGESICS  {draw(st.integers(1, 20))}  .")
    columns = "id  " + "  ".join(VISITS)
    return study(
        groups={arm: 10 * place for place, arm in enumerate(arms)},
        visits=VISITS,
        subjects="\n".join(["id  arm  last  end  sex  rand", *subjects]),
        values={"SCORE": "\n".join([columns, *scores]), "ALT": "\n".join([columns, *tests])},
        endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO", "visits": ["W2", "W4"],
                    "missing": ["locf", "mi"]}],
        laboratory=[{"paramcd": "ALT"}],
        events="\n".join(["id  term  start  end  grade", *events]),
        other={"CM": "\n".join(["id  CMTRT  CMDECOD  CMCLAS  CMSTDTC  CMENDTC", *drugs])},
        characteristics=[{"variable": "SEX", "label": "Sex", "kind": "categorical", "levels": {"M": "Male", "F": "F"}}],
        survival=[{"paramcd": "OS", "label": "Survival", "analysis_set": "ITT", "event_records": {}}],
        study={"data_cutoff": CUTOFF},
        data={"accepted_checks": dict.fromkeys(["PL-002", "PL-003", "PL-005", *_later()], "drawn")},
        missing_data={"imputations": 3},
    )  # fmt: skip


def _later() -> list[str]:
    return [f"{domain}-021" for domain in ("AE", "CM", "DS", "EX", "LB", "QS", "SV")]


def _line(name: str, cells: list[Any]) -> str:
    return "  ".join([name, *(str(cell) for cell in cells)])


def results_of(one: Study) -> pd.DataFrame:
    """What the study gives: value, text and printed form by key. The data must be fit to be analysed."""
    with TemporaryDirectory() as folder:
        definition, domains, problems = check_study(one.write(Path(folder) / "study"))
        assert problems.errors == []
        results = analyse_all(derive(definition, domains, problems))
    return results.set_index("key")[["value", "text", "formatted"]].sort_index()


@cache
def _kept(_: str) -> dict[str, pd.DataFrame]:
    return {}


def before(one: Study) -> pd.DataFrame:
    """`results_of` a study as it was drawn, computed once for all that is changed of it."""
    kept = _kept(repr((one.definition, one.domains)))
    if not kept:
        kept["results"] = results_of(one)
    return kept["results"]


def shuffled(one: Study, chance: random.Random) -> Study:
    """The records of every domain in another order."""
    return replace(one, domains={name: chance.sample(rows, len(rows)) for name, rows in one.domains.items()})


def reversed_columns(one: Study, _: random.Random) -> Study:
    """The columns of every domain from the last to the first."""
    return replace(one, domains={
        name: [dict(reversed(row.items())) for row in rows] for name, rows in one.domains.items()
    })  # fmt: skip


def _renamed(one: Study, names: dict[str, str]) -> Study:
    return replace(one, domains={
        name: [row | {"USUBJID": names[row["USUBJID"]]} for row in rows] for name, rows in one.domains.items()
    })  # fmt: skip


def renamed_in_order(one: Study, _: random.Random) -> Study:
    """Every subject with another name, in the same order of the alphabet."""
    people = sorted(row["USUBJID"] for row in one.domains["DM"])
    return _renamed(one, {name: f"{ID}-{place:04d}" for place, name in enumerate(people)})


def renamed(one: Study, chance: random.Random) -> Study:
    """Every subject with another name, in another order."""
    people = [row["USUBJID"] for row in one.domains["DM"]]
    numbers = chance.sample(range(999), len(people))
    return _renamed(one, {name: f"{ID}-{number:04d}" for name, number in zip(people, numbers, strict=True)})


def with_a_screen_failure(one: Study, _: random.Random) -> Study:
    """One more subject, who was screened and never assigned."""
    only = study(groups={"A": 1}, subjects="id  arm\n9999  .").domains
    return replace(one, domains={name: rows + only.get(name, []) for name, rows in one.domains.items()})


def with_later_records(one: Study, _: random.Random) -> Study:
    """Records after the cut-off of what was measured, happened and was taken."""
    dates = ("AESTDTC", "CMSTDTC", "QSDTC", "LBDTC")
    added: Domains = {}
    for name, rows in one.domains.items():
        own = [date for date in dates if date.startswith(name)]
        later: list[Record] = []
        for number, row in enumerate(rows[:2] if own else []):
            more = {f"{name}SEQ": str(900 + number), own[0]: AFTER[number], f"{name}LOBXFL": "", f"{name}ENDTC": ""}
            unscheduled = {"VISITNUM": "9.01", "VISIT": "UNSCHEDULED 9.01"} if "VISITNUM" in row else {}
            ongoing = {"AEOUT": "NOT RECOVERED/NOT RESOLVED"} if name == "AE" else {}
            later.append({key: text for key, text in (row | more | unscheduled | ongoing).items()
                          if key in row or key in unscheduled})  # fmt: skip
        added[name] = rows + later
    unscheduled = {"VISITNUM": "9.01", "VISIT": "UNSCHEDULED 9.01", "SVSTDTC": AFTER[0], "SVENDTC": AFTER[1]}
    visited = [{"STUDYID": ID, "DOMAIN": "SV", "USUBJID": row["USUBJID"]} | unscheduled for row in added["DM"]]
    return replace(one, domains=added | {"SV": added["SV"] + visited})


def other_order_of_visits(one: Study, _: random.Random) -> Study:
    """The tested visits named from the last to the first."""
    endpoints = [own | {"visits": own["visits"][::-1]} for own in one.definition["endpoints"]]
    return replace(one, definition=one.definition | {"endpoints": endpoints})


@pytest.mark.parametrize(
    ("change", "apart"),
    [
        (shuffled, None),
        (reversed_columns, None),
        (renamed_in_order, None),
        (renamed, RANDOM),
        (with_a_screen_failure, re.compile(r"^disposition/ALL/")),
        (with_later_records, re.compile(r"^cutoff/")),
        (other_order_of_visits, None),
    ],
    ids=lambda one: one.__name__ if callable(one) else "",
)
@FEW
@given(one=studies())
def test_what_must_not_matter_does_not(change: Change, apart: re.Pattern[str] | None, one: Study) -> None:
    then, now = before(one), results_of(change(one, random.Random(1)))
    if apart:
        then, now = (found[~found.index.str.contains(apart)] for found in (then, now))
    pd.testing.assert_frame_equal(now, then, rtol=1e-9, atol=1e-12)


@FEW
@given(one=studies())
def test_other_codes_of_groups_change_keys_and_no_number(one: Study) -> None:
    codes = {"PBO": "ZERO", "A": "ONE", "B": "TWO"}
    groups = [group | {"code": codes[group["code"]]} for group in one.definition["treatment"]["groups"]]
    endpoints = [own | {"control": codes["PBO"]} for own in one.definition["endpoints"]]
    people = [row | {name: codes.get(row[name], "") for name in ("ARMCD", "ACTARMCD")} for row in one.domains["DM"]]
    other = replace(
        one,
        definition=one.definition | {"treatment": {"groups": groups}, "endpoints": endpoints},
        domains=one.domains | {"DM": people},
    )
    then = before(one).copy()
    then.index = pd.Index(
        [re.sub(r"/(PBO|A|B)/", lambda found: f"/{codes[found[1]]}/", key) for key in then.index], name="key"
    )
    now = results_of(other)
    assert sorted(now.index) == sorted(then.index)
    pd.testing.assert_frame_equal(now, then.loc[now.index], rtol=1e-9, atol=1e-12)
