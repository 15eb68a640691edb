"""Runs a study of this folder from check to display, and sets what came out beside what was expected."""

from __future__ import annotations

import importlib
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from tests.report.prose.telling import told
from tests.studies._build import ID, rows
from trial_report.analysis.analyse.all import analyse_all
from trial_report.analysis.check import check_study
from trial_report.analysis.derive import derive
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Table
from trial_report.analysis.trial import Trial
from trial_report.analysis.verify.compare import MATCHED
from trial_report.analysis.verify.verification import Verification, verify_in_detail
from trial_report.schemas.problems import Problems, StudyProblems

FOLDER = Path(__file__).parent
ABSENT = "no such key"
"""As an expected result: that there is no such row."""

FURTHER = frozenset({
    "arm_unplanned", "columns_known", "cycles", "deaths_beside_events", "delivered_or_not", "dlt_expanded",
    "dlt_pending", "dlt_replaced", "domains_unread", "doses_as_collected", "doses_interrupted", "doses_left_out",
    "doses_overlap", "doses_partial_dates", "doses_twice_a_day", "family", "few_values", "files_unread",
    "fourteen_arms", "frequencies", "interval_date", "last_on_treatment", "liver", "loading_dose",
    "medication_in_time", "milestones", "missing_compared", "newcombe", "ordinal_score", "phases_apart",
    "pooled_sites", "quantification_limits", "rate_at_risk", "replicates", "rescreened", "reserved_words",
    "responders_by_site", "responders_missing", "set_membership", "severity_words", "sides_averaged", "sixty_visits",
    "subgroup_empty",
    "survival_origins", "survival_two_arms", "switched_treatment", "terms_look_alike", "ties_and_constants",
    "times_with_offsets", "trailing_blanks", "treatment_from_dm", "two_arms", "two_baselines", "two_to_one",
    "unscheduled", "values_at_cutoff", "visit_without_day", "visits_as_recorded", "visits_in_any_order",
    "visits_planned", "visits_without_sv", "weight_based",
})  # fmt: skip
"""Studies that look again at a kind which another one shows: heavy for the tests that run at every change."""

DRAWING = ("index.outputs",)
"""Tables that make every figure to say what it was made from: they are left out as figures are."""

KEYS = {
    "ADSL": ["id"],
    "ADAE": ["id", "AESEQ"],
    "ADBDS": ["id", "PARAMCD", "AVISIT"],
    "ADTTE": ["id", "PARAMCD"],
    "ADVISIT": ["id", "AVISIT"],
}
"""What tells the rows of a dataset apart; of ADBDS only the analysed records (ANL01FL) are looked at."""


@dataclass(frozen=True)
class Expected:
    """What a study must give.

    `results`: key → a number (to six digits), a text (what is printed), None (the row says why it has no value) or
    ABSENT. `{A,B}` in a key stands for several, with a tuple of values in the same order.
    `data`: dataset → a table as `_build.rows` reads it; its columns are compared for the rows that it names.
    `problems`: id of a check → how many problems (None: some); no other check may find anything. With an error among
    them the study is refused, and nothing more is asked. `told`: what the problems say in message, value or
    expectation. `said`: what stands somewhere in the sentences or displays; `unsaid`: what does not. All three are
    regular expressions. `shown`: id of an output → texts of whole rows, cells parted by " | ".
    """

    results: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, int | None] = field(default_factory=dict)
    said: Sequence[str] = ()
    unsaid: Sequence[str] = ()
    told: Sequence[str] = ()
    shown: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What a study gave; what comes after a refusal is None."""

    problems: Problems
    trial: Trial | None = None
    results: pd.DataFrame | None = None
    verification: Verification | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


def names() -> list[str]:
    """The studies: each module here that is neither a test nor a tool."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith(("_", "test_")))


@cache
def module(name: str) -> ModuleType:
    """The module of a study: its docstring, STUDY and EXPECTED."""
    return importlib.import_module(f"tests.studies.{name}")


def run(folder: Path) -> Found:
    """Check, derive, analyse, verify and display (without figures) a study's folder."""
    try:
        definition, domains, problems = check_study(folder)
        if problems.errors:
            return Found(problems)
        trial = derive(definition, domains, problems)
    except StudyProblems as refused:
        return Found(refused.problems)
    results = analyse_all(trial)
    verification = verify_in_detail(folder, results)
    book = Book(definition=definition, datasets=trial.datasets, domains=trial.domains, results=results.set_index("key"),
                problems=trial.problems.to_frame(), folder=folder, run={})  # fmt: skip
    made = {name: book.made(name) for name, one in book.outputs.items() if one.kind != "figure" and name not in DRAWING}
    tables = {name: one for name, one in made.items() if isinstance(one, Table)}
    return Found(trial.problems, trial, results, verification, tables, told(book))


def differences(found: Found, expected: Expected) -> list[str]:
    """A line for each thing that is not as expected; none: all is."""
    wrong = [*_problems(found.problems, expected.problems), *_told(found.problems, expected.told)]
    if found.results is None or found.trial is None or found.verification is None:
        refused = not (set(expected.problems) & {one.check for one in found.problems.errors})
        asked = bool(expected.results or expected.data or expected.said or expected.shown)
        return wrong + (["refused, and nothing was analysed"] if refused or asked else [])
    wrong += _results(found.results, expected.results)
    for dataset, text in expected.data.items():
        wrong += _data(dataset, found.trial.datasets[dataset], rows(text))
    wrong += _verified(found.verification)
    return wrong + list(_words(found, expected))


def _problems(found: Problems, expected: Mapping[str, int | None]) -> Iterator[str]:
    seen = Counter(one.check for one in found if not one.accepted)
    for check in sorted({*seen, *expected}):
        wanted = expected.get(check, 0)
        if seen[check] != wanted if wanted is not None else not seen[check]:
            said = "some" if wanted is None else wanted
            first = next((one for one in found if one.check == check), None)
            where = f": {first.place} {first.variable} {first.message} '{first.value}'" if first else ""
            yield f"check {check}: expected {said}, found {seen[check]}{where}"


def _told(found: Problems, expected: Sequence[str]) -> Iterator[str]:
    words = "\n".join(f"{one.place} {one.message} {one.value} {one.expected}" for one in found)
    yield from (f"no problem says: {pattern}" for pattern in expected if not re.search(pattern, words))


def expanded(key: str) -> list[str]:
    """A key with `{A,B}` as several keys, in the order of writing."""
    parts = re.split(r"\{([^{}]*)\}", key)
    choices = [part.split(",") if place % 2 else [part] for place, part in enumerate(parts)]
    return ["".join(one) for one in itertools.product(*choices)]


def _results(results: pd.DataFrame, expected: Mapping[str, Any]) -> Iterator[str]:
    known = {row["key"]: row for row in results.to_dict("records")}
    for key, wanted in expected.items():
        keys = expanded(key)
        values = wanted if isinstance(wanted, tuple) else (wanted,) * len(keys)
        if len(values) != len(keys):
            yield f"{key}: {len(keys)} keys and {len(values)} values"
            continue
        for one, value in zip(keys, values, strict=True):
            said = _result(known.get(one), value)
            if said:
                yield f"{one}: expected {value!r}, {said}"


def _result(row: Mapping[str, Any] | None, wanted: Any) -> str:
    """What is wrong with a results row; empty: nothing."""
    if row is None:
        return "" if wanted == ABSENT else "there is no such row"
    if wanted == ABSENT:
        return f"found {row['formatted']}"
    if isinstance(wanted, str):
        return "" if wanted in (row["formatted"], row["text"]) else f"printed {row['formatted']!r}"
    value = None if pd.isna(row["value"]) else float(row["value"])
    if wanted is None or value is None:
        return "" if wanted is value else f"found {value} ({row['warning']})"
    return "" if abs(value - wanted) <= max(1e-6 * abs(wanted), 1e-9) else f"found {value!r}"


def _data(dataset: str, frame: pd.DataFrame, expected: list[dict[str, str]]) -> Iterator[str]:
    frame = frame.assign(id=frame["USUBJID"].str.removeprefix(f"{ID}-"))
    if dataset == "ADBDS":
        frame = frame[frame["ANL01FL"] == "Y"]
    keys = [key for key in KEYS[dataset] if key in expected[0]]
    texts = {name: _texts(frame[name]) for name in expected[0] if name in frame.columns}
    lacking = sorted(set(expected[0]) - set(texts))
    if lacking:
        yield f"{dataset} has no {', '.join(lacking)}"
        return
    known: dict[tuple[str, ...], list[int]] = {}
    for place, key in enumerate(zip(*(texts[name] for name in keys), strict=True)):
        known.setdefault(key, []).append(place)
    for row in expected:
        key = tuple(row[name] for name in keys)
        at = known.get(key, [])
        if len(at) != 1:
            yield f"{dataset} {' '.join(key)}: {len(at)} rows"
            continue
        for name, wanted in row.items():
            if texts[name][at[0]] != wanted:
                yield f"{dataset} {' '.join(key)} {name}: expected {wanted!r}, found {texts[name][at[0]]!r}"


def _texts(values: pd.Series) -> list[str]:
    """Values as a table writes them: dates as days, whole numbers without a point, others to six digits."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.strftime("%Y-%m-%d").fillna("").tolist()
    if pd.api.types.is_numeric_dtype(values):
        return ["" if pd.isna(one) else f"{float(one) + 0.0:.6g}" for one in values.tolist()]
    return values.astype("str").fillna("").tolist()


def _verified(verification: Verification) -> Iterator[str]:
    rest = verification.details[verification.details["state"] != MATCHED]
    for row in rest.head(5).to_dict("records"):
        told_by = f"results {row.get('here')}, recomputed {row.get('there')}"
        yield f"second computation: {row['key']} {row['state']} ({row['reason']}), {told_by}"
    if len(rest) > 5:
        counts = rest["analysis"].value_counts().to_dict()
        yield f"second computation: and {len(rest) - 5} more; by analysis {counts}"
    if verification.details.empty:
        yield "second computation: nothing was compared"


def _words(found: Found, expected: Expected) -> Iterator[str]:
    lines = {name: [" | ".join(cell.text for cell in row.cells) for row in one.rows]
             for name, one in found.tables.items()}  # fmt: skip
    everything = "\n".join([*found.words.values(), *(line for one in lines.values() for line in one)])
    for pattern in expected.said:
        if not re.search(pattern, everything):
            yield f"nowhere is said: {pattern}"
    for pattern in (*expected.unsaid, r"\bnan\b|\bNaT\b|<NA>|Traceback"):
        again = re.search(f".{{0,60}}(?:{pattern}).{{0,30}}", everything)
        if again:
            yield f"is said, and should not be: {again.group()}"
    for name, wanted in expected.shown.items():
        if name not in lines:
            yield f"there is no output {name}; there are {', '.join(lines)}"
            continue
        for line in wanted:
            if line not in lines[name]:
                yield f"{name} has no row {line!r}; it has {lines[name]}"


def told_as(name: str, wrong: Sequence[str]) -> str:
    """The message of a failed study: what it is about, and everything that is wrong."""
    about = (module(name).__doc__ or "").strip().splitlines()[0]
    return "\n".join([f"{name}: {about}", *(f"  - {one}" for one in wrong)])
