"""Gathers the evidence: runs the tests, builds the report with a clock, verifies, reproduces. Fails closed.

Not here: the words of the document (`document`), and requirements against tests (`requirements`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from trial_report.evidence.difference import Difference
from trial_report.evidence.qualify.installation import Package, check_installation
from trial_report.evidence.qualify.requirements import Matrix, Requirement, matrix, read_requirements, read_tests
from trial_report.evidence.reproduce import NotBuilt, twice
from trial_report.report.assemble.steps import embedded
from trial_report.report.publish.manifest import files_under, python_version, revision
from trial_report.report.render import DocumentError
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.follow import following
from trial_report.runtime.places import CODE
from trial_report.runtime.private import private
from trial_report.runtime.step import Step
from trial_report.schemas.problems import StudyProblems

RENDERING = ("Run the document's cells", "Write HTML and Typst", "Set the PDF")
"""The steps of a report that are its rendering, as `report.render.embedded` names them."""
REQUIREMENTS = CODE / "docs" / "requirements.yml"
TESTS = CODE / "tests"
"""They are in a clone, and not in an installed package."""
_STDERR = 2


@dataclass
class Evidence:
    """Everything that the document shows. None, or an empty text, stands for what was not done; it is no pass."""

    study: str
    revision: str = field(default_factory=revision)
    python: str = field(default_factory=python_version)
    limits: list[str] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    matrix: Matrix | None = None
    steps: list[tuple[str, float]] = field(default_factory=list)
    sizes: list[tuple[str, int]] = field(default_factory=list)
    verified: pd.DataFrame | None = None
    verify_seconds: float = 0.0
    differences: list[Difference] | None = None
    ways: Mapping[str, bool] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def checks(self) -> list[tuple[str, str, bool]]:
        """Each check with what it found, and whether that is what was wanted."""
        wrong = [one.name for one in self.packages if not one.good]
        installed = f"{len(self.packages)} packages of the lock, {sum(p.files for p in self.packages)} files checked"
        tests = "not run"
        if self.matrix is not None:
            outcomes = pd.Series([test.outcome for test in self.matrix.tests], dtype="str").value_counts()
            tests = ", ".join(f"{n} {name}" for name, n in outcomes.items()) or "no test ran"
        total = sum(seconds for _, seconds in self.steps)
        built = f"built in {total:.0f} s" if self.sizes else "not built"
        verified, complete = "not run", False
        if self.verified is not None:
            rows, matched = (int(self.verified[name].sum()) for name in ("rows", "matched"))
            complete = 0 < rows == matched
            verified = f"{matched} of {rows} results matched in {self.verify_seconds:.0f} s"
        rendering = sum(seconds for name, seconds in self.steps if name in RENDERING)
        quick = f"verification {self.verify_seconds:.1f} s, rendering {rendering:.1f} s"
        same = "not run" if self.differences is None else f"{len(self.differences)} differences"
        return [
            ("Installation", f"{installed}{'; wrong: ' + ', '.join(wrong) if wrong else ''}",
             bool(self.packages) and not wrong),
            ("Operation (tests)", tests, self.matrix is not None and self.matrix.complete),
            ("Performance", built, bool(self.sizes)),
            ("Results computed twice", verified, complete),
            ("Verified in less time than rendered", quick, 0 < self.verify_seconds < rendering),
            ("The same bytes", same, self.differences == []),
        ]  # fmt: skip

    @property
    def complete(self) -> bool:
        """Whether every check was done and found what was wanted."""
        return all(good for _, _, good in self.checks) and not self.faults


def run_tests(requirements: list[Requirement], paths: list[str]) -> Matrix:
    """Run the tests by pytest in a process of their own, whose words go to standard error, and set them against the
    requirements.
    """
    with private("qualify") as folder:
        junit = folder / "tests.xml"
        command = [
            "-m",
            "trial_report.runtime.alongside",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-n",
            "auto",
            f"--junitxml={junit}",
            *paths,
        ]
        environment = {**os.environ, **following()}
        subprocess.run([sys.executable, *command], cwd=CODE, env=environment, stdout=_STDERR, check=False)
        return matrix(requirements, read_tests(junit))


def build_report(evidence: Evidence, study: Path, shown: Step) -> pd.DataFrame:
    """Build the report end to end, with the seconds of each step; returns its results."""

    @contextmanager
    def step(name: str) -> Iterator[None]:
        begun = time.perf_counter()
        with shown(name):
            yield
        evidence.steps.append((name, time.perf_counter() - begun))

    from trial_report.schemas.results import read_results

    with private("qualify") as folder:
        target = folder / "report"
        embedded(study, target, step)
        evidence.sizes = [(path.relative_to(target).as_posix(), path.stat().st_size) for path in files_under(target)]
        return read_results(target / "results.json")


def verify_results(evidence: Evidence, study: Path, results: pd.DataFrame) -> None:
    """Compute every result a second time and keep what agrees."""
    from trial_report.analysis.verify import verify

    begun = time.perf_counter()
    evidence.verified = verify(study, results)
    evidence.verify_seconds = time.perf_counter() - begun


def gather(study: Path, step: Step, *, tests: list[str], without: set[str]) -> Evidence:
    """Return the evidence for a study; what stands in ``without`` is not done, and shown as such.

    Raises BadRequirements for a list of requirements, or a test report, that cannot be read; ChoiceError where tests
    are asked for and are not here.
    """
    if "tests" not in without and not TESTS.is_dir():
        raise ChoiceError("the tests are not in the installed package: run qualify in a clone, or with --without tests")
    requirements, limits = read_requirements(REQUIREMENTS)
    evidence = Evidence(study.name, limits=limits)
    if "installation" not in without:
        with step("Check the installation"):
            evidence.packages = check_installation()
    if "tests" not in without:
        evidence.matrix = run_tests(requirements, tests)  # pytest shows how far it is
    else:
        evidence.matrix = matrix(requirements, [])
    results = None
    if "performance" not in without:
        try:
            results = build_report(evidence, study, step)
        except (StudyProblems, DocumentError) as error:
            evidence.faults.append(f"the report could not be built: {str(error)[-300:]}")
    if "verify" not in without and results is not None:
        with step("Compute a second time"):
            verify_results(evidence, study, results)
    if "reproduce" not in without:
        try:
            built = twice(study, None, step)
            evidence.differences, evidence.ways = built.differences, built.ways
        except NotBuilt as error:
            evidence.faults.append(f"the report could not be built a second time: {str(error)[-300:]}")
    return evidence
