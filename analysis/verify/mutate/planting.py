"""Plants a fault into a copy of the first road, runs it, and says whether the comparison finds the fault.

Not here: what is replaced by what (`faults`).
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.errors as pandera_errors

from trial_report.analysis.verify.attempts import BROKEN
from trial_report.analysis.verify.compare import MATCHED
from trial_report.analysis.verify.mutate.faults import Fault
from trial_report.analysis.verify.verification import compared, recompute
from trial_report.declare import HOUSE
from trial_report.runtime.places import CODE
from trial_report.schemas.problems import StudyProblems
from trial_report.schemas.study import load_study

PACKAGES = ("trial_report", "schemas", "analysis", "report", "evidence")
ROAD = "trial_report.analysis"
BESIDE = ("tests", "data")
SETTINGS = "pyproject.toml"
FOUND, REFUSED, TESTED, MISSED = "found", "refused", "tested", "missed"
"""The comparison finds it; the first road itself refuses to go on (its own checks); only the first road's tests fail
(the study's data do not show the fault); none of these."""


class NotThere(LookupError):
    """The text that a fault replaces does not stand exactly once in its file."""


def copy_tree(target: Path) -> None:
    """Copies the packages of the first road into `target`, with its tests and what these read."""
    for name in (*PACKAGES, *BESIDE):
        shutil.copytree(CODE / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CODE / SETTINGS, target / SETTINGS)


@contextmanager
def planted(tree: Path, fault: Fault) -> Iterator[None]:
    """The fault stands in the tree within this block. Raises NotThere when its text does not stand there once."""
    file = tree / "analysis" / fault.file
    text = file.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        raise NotThere(f"{fault.name}: {fault.old!r} stands {text.count(fault.old)} times in {fault.file}")
    file.write_text(text.replace(fault.old, fault.new), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(text, encoding="utf-8")


def belongs(module: str) -> bool:
    """Whether a module is one of the first road's."""
    return module == ROAD or module.startswith(f"{ROAD}.")


@contextmanager
def imported_from(tree: Path) -> Iterator[None]:
    """Within this block the first road is imported anew, from the tree; what was imported before comes back after.

    The schemas stay as they are: no fault is planted there, and what was checked once is of their classes.
    """
    ours = {name: module for name, module in sys.modules.items() if belongs(name)}
    writing, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    for name in ours:
        del sys.modules[name]
    where = importlib.import_module("trial_report").__path__
    where.insert(0, str(tree))
    importlib.invalidate_caches()
    try:
        with HOUSE.anew(f"{ROAD}."):
            yield
    finally:
        where.remove(str(tree))
        for name in [n for n in sys.modules if belongs(n)]:
            del sys.modules[name]
        sys.modules.update(ours)
        sys.dont_write_bytecode = writing


Checked = tuple[Any, Any, Any]
"""Definition, domains and findings of a study: what the first road derives and analyses."""


def checked(tree: Path, folder: Path) -> Checked:
    """The study read and checked, once for all faults: none is planted before the derivation."""
    with imported_from(tree):
        found: Checked = importlib.import_module("trial_report.analysis.check").check_study(folder)
    return found


def run_first_road(tree: Path, study: Checked) -> pd.DataFrame | str:
    """The results of the first road in the tree, or why it refused."""
    refusals = (*BROKEN, StudyProblems, pandera_errors.SchemaErrors, pandera_errors.SchemaError)
    definition, domains, problems = study
    problems = deepcopy(problems)  # a derivation adds what it finds
    with imported_from(tree):
        try:
            trial = importlib.import_module("trial_report.analysis.derive").derive(definition, domains, problems)
            results: pd.DataFrame = importlib.import_module("trial_report.analysis.analyse.all").analyse_all(trial)
        except refusals as error:
            return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
    return results


def tests_fail(tree: Path, fault: Fault) -> str | None:
    """Which of the tests of the fault's module (else of its package) fails in the tree; None when none does."""
    module = Path(fault.file)
    mirror = tree / "tests" / "analysis" / module.parent
    own = mirror / f"test_{module.name}"
    chosen = own if own.is_file() else mirror
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", str(chosen)]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    return failed[0].removeprefix("FAILED ").split(" - ")[0] if done.returncode == 1 and failed else None


class Judge:
    """The second road, run once, against which the results of every fault are held."""

    def __init__(self, folder: Path, sound: pd.DataFrame) -> None:
        self._study = load_study(folder)
        self._second = recompute(folder)
        # What already disagrees without a fault cannot show one.
        self._known = set(self._disagreeing(sound)["key"])

    def _disagreeing(self, results: pd.DataFrame) -> pd.DataFrame:
        details = compared(self._study, self._second, results).details
        return details[details["state"] != MATCHED]

    def verdict(self, results: pd.DataFrame | str) -> tuple[str, str]:
        """Whether the fault was found, and by what."""
        if isinstance(results, str):
            return REFUSED, results
        wrong = self._disagreeing(results)
        wrong = wrong[~wrong["key"].isin(self._known)]
        if wrong.empty:
            return MISSED, ""
        analyses = ", ".join(sorted(set(wrong["analysis"]))[:6])
        return FOUND, f"{len(wrong)} rows: {analyses}"
