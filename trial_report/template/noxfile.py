"""The tasks of this study: `nox -l` lists them; what follows `--` goes to the command."""

from __future__ import annotations

import importlib.util
import shutil
import sys

import nox

nox.options.sessions = ["report"]
nox.options.default_venv_backend = "none"  # the environment that nox runs in, or the one whose command is on the PATH


def command(session: nox.Session, verb: str) -> None:
    """Run a verb of trial-report."""
    own = (sys.executable, "-m", "trial_report") if importlib.util.find_spec("trial_report") else ("trial-report",)
    if shutil.which(own[0]) is None:
        session.error("trial-report is not installed: pip install -r requirements.txt")
    session.run(*own, verb, *session.posargs, external=True)


@nox.session
def report(session: nox.Session) -> None:
    """Build the report."""
    command(session, "report")


@nox.session
def validate(session: nox.Session) -> None:
    """Check the study's definition and data, without a report."""
    command(session, "validate")


@nox.session
def verify(session: nox.Session) -> None:
    """Compute every result a second time by an independent road and compare."""
    command(session, "verify")
