"""Every task a person runs: `nox -l` lists them, `nox -s NAME` runs one, what follows `--` goes to the task."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

import nox
from filelock import FileLock  # comes with nox, which makes its environments by virtualenv

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["report"]
nox.options.default_venv_backend = "none"  # the sessions of one lock share an environment: see `install`

ROOT = Path(__file__).parent
LOCKS = ROOT / "locks"
ENVIRONMENTS = ROOT / ".nox"
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
STAMP = "installed.txt"
AXE = "axe-playwright-python==0.1.8 --hash=sha256:fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8\n"
ROOMS = ("schemas", "analysis", "report", "evidence")


def install(session: nox.Session, lock: str, name: str = "") -> Path:
    """The environment of a lock, with exactly what the lock names, every file checked against its hash; its Python.

    All sessions of a lock share it, and while lock and Python stay as they are nothing is installed. One that installs
    more has an environment with a `name` of its own.
    """
    python, version = interpreter(session)
    home = ENVIRONMENTS / f"{name or lock}-{session.python or '.'.join(map(str, sys.version_info[:2]))}"
    own = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # An environment knows its Python and its place by their full paths.
    wanted = "\n".join([hashlib.sha256((LOCKS / f"{lock}.txt").read_bytes()).hexdigest(), python, version, str(home)])
    ENVIRONMENTS.mkdir(exist_ok=True)
    with FileLock(f"{home}.lock"):
        if not own.exists() or not (home / STAMP).exists() or (home / STAMP).read_text(encoding="utf-8") != wanted:
            _make(session, python, home, own, LOCKS / f"{lock}.txt")
            (home / STAMP).write_text(wanted, encoding="utf-8")
    # The package is imported from the repository itself, in the session and in the kernels it starts.
    session.env["PYTHONPATH"] = str(ROOT)
    session.env["VIRTUAL_ENV"] = str(home)
    session.env["PATH"] = os.pathsep.join([str(own.parent), os.environ.get("PATH", "")])
    return own


def interpreter(session: nox.Session) -> tuple[str, str]:
    """The Python that an environment is made from, and its version; one that this machine lacks is skipped by name."""
    if session.python is None and sys.version_info < (3, 11):
        session.error(f"needs Python 3.11 or newer; nox runs on {sys.version.split()[0]}: install nox in a newer one")
    if session.python is None:
        return sys.executable, sys.version
    found = shutil.which(f"python{session.python}")
    version = found and session.run(found, "--version", silent=True, success_codes=range(256), log=False, external=True)
    # A shim may stand for a Python that is not installed.
    if not found or not str(version).startswith(f"Python {session.python}"):
        session.skip(f"Python {session.python} is not on this machine")
    return str(found), str(version)


def _make(session: nox.Session, python: str, home: Path, own: Path, lock: Path) -> None:
    """Make an environment anew, by uv where it is and can, and install what the lock names."""
    shutil.rmtree(home, ignore_errors=True)
    uv = shutil.which("uv")
    exactly = ["--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
    if uv:
        try:
            session.run_install(uv, "venv", "--quiet", "--seed", "--python", python, str(home), external=True)
            session.run_install(uv, "pip", "install", "--python", str(own), *exactly, external=True)
        except nox.command.CommandFailed:
            session.warn("uv could not install it: pip does, which may be told of another package index (pip.conf)")
            shutil.rmtree(home, ignore_errors=True)
        else:
            return
    session.run_install(python, "-m", "venv", str(home), external=True)
    session.run_install(str(own), "-m", "pip", "install", "--disable-pip-version-check", *exactly, external=True)


def run(session: nox.Session, module: str, *arguments: str, lock: str = "report") -> None:
    """Run a module in the environment of a lock."""
    session.run(str(install(session, lock)), "-m", module, *arguments, external=True)


def command(session: nox.Session, verb: str, *arguments: str, lock: str = "report") -> None:
    """Run a verb of the command trial-report, which `trial-report --help` lists."""
    run(session, "trial_report", verb, *arguments, lock=lock)


@nox.session
def report(session: nox.Session) -> None:
    """Build the report: -- [--renderer quarto|embedded|auto] [--study DIR] [--out DIR]."""
    command(session, "report", *session.posargs)


@nox.session
def begin(session: nox.Session) -> None:
    """Propose a study.yml from a study's data: -- --study DIR [--folder sdtm] [--sdtmig 3.2|3.3|3.4]."""
    command(session, "begin", *session.posargs)


@nox.session
def validate(session: nox.Session) -> None:
    """Check a study's definition and data, without a report: -- [--study DIR] [--against OLDDIR] [--out DIR]."""
    command(session, "validate", *session.posargs)


@nox.session
def core(session: nox.Session) -> None:
    """Run CDISC CORE on a study and show its findings beside ours: -- --study DIR --engine PATH/TO/core."""
    if any(word.endswith("core.py") for word in session.posargs):
        session.env["CDISC_CORE_PYTHON"] = str(_engine(session))
    command(session, "core", *session.posargs)


def _engine(session: nox.Session) -> Path:
    """The Python of an environment of its own, with what the source of CDISC CORE needs."""
    python = shutil.which("python3.12")
    # One that a manager of versions put there may only say which versions it has.
    asked = {"silent": True, "success_codes": range(256), "log": False, "external": True}
    if python is None or "Python 3.12." not in str(session.run(python, "--version", **asked)):
        session.error("core.py needs Python 3.12: install it, or use the program of a release, which needs no Python")
    home = ENVIRONMENTS / "core-3.12"
    own = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not own.exists():
        session.run(python, "-m", "venv", str(home), external=True)
        # Not in a lock: the engine pins what it needs itself, for its one Python.
        session.run(str(own), "-m", "pip", "install", "--quiet", "cdisc-rules-engine>=0.17", external=True)
    return own


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests: -- [any option of pytest]."""
    workers = [] if any(a.startswith(("-n", "--numprocesses")) for a in session.posargs) else ["-n", "auto"]
    run(session, "pytest", *workers, *session.posargs, lock="tests")


@nox.session
def faults(session: nox.Session) -> None:
    """Run the heavy tests: every planted fault of the data, and both roads of computing on altered data."""
    run(session, "pytest", "-n", "auto", "-m", "heavy", *session.posargs, lock="tests")


@nox.session
def browser(session: nox.Session) -> None:
    """Look at the exemplar's page in Chromium: axe's rules, names for screen readers, stops of the Tab key."""
    own = install(session, "tests", "browser")
    # Of the package only axe's script is read: the tests drive the machine's Chromium themselves, without Playwright.
    wanted = Path(session.create_tmp()) / "axe.txt"
    wanted.write_text(AXE, encoding="utf-8")
    exactly = ["--quiet", "--no-deps", "--require-hashes", "-r", str(wanted)]
    session.run(str(own), "-m", "pip", "install", "--disable-pip-version-check", *exactly, external=True)
    session.run(str(own), "-m", "pytest", "-m", "browser", *session.posargs, external=True)


@nox.session(python=PYTHONS, name="tests-all")
def tests_all(session: nox.Session) -> None:
    """Run the tests on every supported Python that this machine has."""
    run(session, "pytest", "-n", "auto", *session.posargs, lock="tests")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting with ruff."""
    run(session, "ruff", "check", ".", lock="lint")
    run(session, "ruff", "format", "--check", ".", lock="lint")


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check the types with mypy, which sees the package as it is installed: its rooms in it."""
    seen = ENVIRONMENTS / "types" / "trial_report"
    shutil.rmtree(seen, ignore_errors=True)
    seen.mkdir(parents=True)
    for part in [*sorted((ROOT / "trial_report").iterdir()), *(ROOT / name for name in ROOMS)]:
        if part.name != "__pycache__":
            (seen / part.name).symlink_to(part)
    run(session, "mypy", lock="typecheck")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the report beside what it cannot avoid, and validation beside plain pandas: -- [--only validation]."""
    run(session, "benchmarks", *session.posargs)


@nox.session
def export(session: nox.Session) -> None:
    """Write results, datasets and what tables print as files, without a report: -- --out DIR [--study DIR]."""
    command(session, "export", *session.posargs)


@nox.session
def verify(session: nox.Session) -> None:
    """Compute every result a second time by an independent road and compare: -- [--study DIR]."""
    command(session, "verify", *session.posargs)


@nox.session
def reproduce(session: nox.Session) -> None:
    """Build the report twice under different conditions and compare bytes: -- [--study DIR] [--against MANIFEST]."""
    # That lock has what reads a PDF too, to say on which page.
    command(session, "reproduce", *session.posargs, lock="tests")


@nox.session
def trace(session: nox.Session) -> None:
    """Go from a printed number to the lines of the data files: -- "KEY or a number as printed" [--study DIR]."""
    command(session, "trace", *session.posargs)


@nox.session
def compare(session: nox.Session) -> None:
    """Say what changed between two reports: -- --before A/results.json --after B/results.json [--out FILE]."""
    command(session, "compare", *session.posargs)


@nox.session
def qualify(session: nox.Session) -> None:
    """Write evidence for validation, validation.html and .pdf: -- [--study DIR] [--out DIR]."""
    command(session, "qualify", *session.posargs, lock="tests")


@nox.session
def quarto(session: nox.Session) -> None:
    """Install quarto-cli from the package index (it downloads Quarto's release), then run `quarto render`."""
    own = install(session, "report", "quarto")
    log = Path(session.create_tmp()) / "quarto-cli.log"
    with log.open("w", encoding="utf-8") as out:
        # Not in the lock: the package is a shell around a download that no hash in an index covers.
        installed = session.run(
            *(str(own), "-m", "pip", "install", "--quiet", "quarto-cli>=1.10.18"),
            external=True,
            success_codes=[0, *range(1, 256)],
            stdout=out,
            silent=False,
            log=False,
        )
    executable = shutil.which("quarto", path=str(own.parent))
    if not installed or executable is None or not _answers(session, executable):
        session.error(
            "Quarto's release could not be downloaded from GitHub (quarto-cli fetches it while it installs): "
            "install Quarto 1.10.18 or newer from quarto.org and run 'quarto render', or use 'nox -s report'. "
            f"Details: {os.path.relpath(log, ROOT)}"
        )
    session.env["QUARTO_PYTHON"] = str(own)
    session.run(executable, "render", *session.posargs, external=True)


def _answers(session: nox.Session, executable: str) -> bool:
    out = session.run(executable, "--version", silent=True, success_codes=range(256), log=False, external=True)
    return bool(out) and str(out).strip()[:1].isdigit()


@nox.session(venv_backend="virtualenv")
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
