"""Every task a person runs: `nox -l` lists them, `nox -s NAME` runs one, what follows `--` goes to the task."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["report"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False  # tests-all names the Pythons that a machine lacks, and goes on

ROOT = Path(__file__).parent
LOCKS = ROOT / "locks"
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]


def install(session: nox.Session, lock: str) -> None:
    """Install exactly what the lock names, every file checked against its hash."""
    if sys.version_info < (3, 11) and session.python is None:
        session.error(f"needs Python 3.11 or newer; nox runs on {sys.version.split()[0]}: install nox in a newer one")
    session.install("--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCKS / f"{lock}.txt"))
    # The three packages are imported from the repository itself, in the session and in the kernels it starts.
    session.env["PYTHONPATH"] = str(ROOT)


def run(session: nox.Session, module: str, lock: str = "report") -> None:
    """Install what the lock names and run one of our modules with what follows `--`."""
    install(session, lock)
    session.run("python", "-m", module, *session.posargs)


@nox.session
def report(session: nox.Session) -> None:
    """Build the report: -- [--renderer quarto|embedded|auto] [--study DIR] [--out DIR]."""
    run(session, "report")


@nox.session
def begin(session: nox.Session) -> None:
    """Propose a study.yml from a study's data: -- --study DIR [--folder sdtm] [--sdtmig 3.2|3.3|3.4]."""
    run(session, "analysis.begin")


@nox.session
def validate(session: nox.Session) -> None:
    """Check a study's definition and data, without a report: -- [--study DIR] [--against OLDDIR] [--out DIR]."""
    run(session, "analysis.validate")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests: -- [any option of pytest]."""
    install(session, "tests")
    workers = [] if any(a.startswith(("-n", "--numprocesses")) for a in session.posargs) else ["-n", "auto"]
    session.run("python", "-m", "pytest", *workers, *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """Run the heavy tests: every planted fault of the data, and both roads of computing on altered data."""
    install(session, "tests")
    session.run("python", "-m", "pytest", "-n", "auto", "-m", "heavy", *session.posargs)


@nox.session(python=PYTHONS, name="tests-all")
def tests_all(session: nox.Session) -> None:
    """Run the tests on every supported Python that this machine has."""
    install(session, "tests")
    session.run("python", "-m", "pytest", "-n", "auto", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting with ruff."""
    install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check the types with mypy."""
    install(session, "typecheck")
    session.run("mypy")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the report beside what it cannot avoid, and validation beside plain pandas: -- [--only validation]."""
    run(session, "benchmarks")


@nox.session
def verify(session: nox.Session) -> None:
    """Compute every result a second time by an independent road and compare: -- [--study DIR]."""
    run(session, "analysis.verify")


@nox.session
def reproduce(session: nox.Session) -> None:
    """Build the report twice under different conditions and compare bytes: -- [--study DIR] [--against MANIFEST]."""
    run(session, "report.reproduce", "tests")  # that lock has what reads a PDF too, to say on which page


@nox.session
def trace(session: nox.Session) -> None:
    """Go from a printed number to the lines of the data files: -- "KEY or a number as printed" [--study DIR]."""
    run(session, "analysis.trace")


@nox.session
def compare(session: nox.Session) -> None:
    """Say what changed between two reports: -- --before A/results.json --after B/results.json [--out FILE]."""
    run(session, "report.compare")


@nox.session
def qualify(session: nox.Session) -> None:
    """Write evidence for validation, validation.html and .pdf: -- [--study DIR] [--out DIR]."""
    run(session, "report.qualify", "tests")


@nox.session
def quarto(session: nox.Session) -> None:
    """Install quarto-cli from the package index (it downloads Quarto's release), then run `quarto render`."""
    install(session, "report")
    log = Path(session.create_tmp()) / "quarto-cli.log"
    with log.open("w", encoding="utf-8") as out:
        # Not in the lock: the package is a shell around a download that no hash in an index covers.
        installed = session.run(
            *("python", "-m", "pip", "install", "--quiet", "quarto-cli>=1.6"),
            success_codes=[0, *range(1, 256)],
            stdout=out,
            silent=False,
            log=False,
        )
    executable = shutil.which("quarto", path=os.pathsep.join(session.bin_paths or []))
    if not installed or executable is None or not _answers(session, executable):
        session.error(
            "Quarto's release could not be downloaded from GitHub (quarto-cli fetches it while it installs): "
            "install Quarto 1.6 or newer from quarto.org and run 'quarto render', or use 'nox -s report'. "
            f"Details: {os.path.relpath(log, ROOT)}"
        )
    session.env["QUARTO_PYTHON"] = str(Path(session.bin) / "python")
    session.run("quarto", "render", *session.posargs)


def _answers(session: nox.Session, executable: str) -> bool:
    out = session.run(executable, "--version", silent=True, success_codes=range(256), log=False)
    return bool(out) and str(out).strip()[:1].isdigit()


@nox.session
def lock(session: nox.Session) -> None:
    """Write the lock files anew from pyproject.toml: exact versions with hashes, for every supported Python."""
    session.install("--quiet", "uv>=0.9")
    LOCKS.mkdir(exist_ok=True)
    everything = ["--group", "tests", "--group", "lint", "--group", "typecheck"]
    compile_ = ["uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11", "--quiet"]
    # One version of a package for every Python wherever one serves all: other versions would give other last digits.
    compile_ += ["--fork-strategy", "fewest"]
    compile_ += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"]
    whole = Path(session.create_tmp()) / "all.txt"
    session.run(*compile_, *everything, "-o", str(whole))
    for name, groups in {"report": [], "tests": ["tests"], "typecheck": ["typecheck"]}.items():
        chosen = [part for group in groups for part in ("--group", group)]
        session.run(*compile_, "--generate-hashes", *chosen, "-c", str(whole), "-o", str(LOCKS / f"{name}.txt"))
    only = ["uv", "pip", "compile", "--group", "pyproject.toml:lint", *compile_[4:]]
    session.run(*only, "--generate-hashes", "-c", str(whole), "-o", str(LOCKS / "lint.txt"))
