"""Runs CDISC CORE on a study's domains and shows its findings beside ours.

``trial-report core --study DIR --engine CORE [--cache DIR] [--out DIR]``: CORE is the program `core` of a release
of github.com/cdisc-org/cdisc-rules-engine, which brings its rules, or `core.py` of its source. With ``--report FILE`` a
report that the engine wrote before (JSON) is read in its place. All else is as `command.validate`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyreadstat

from trial_report.analysis.read import read_study
from trial_report.command.validate import main as validate
from trial_report.runtime.choose import ChoiceError, find_study
from trial_report.runtime.private import private
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import StudyProblems
from trial_report.schemas.study import load_study

_HOW = (
    "take a release of CDISC CORE from https://github.com/cdisc-org/cdisc-rules-engine/releases (it brings its rules; "
    "no Python is needed) and name its program: nox -s core -- --study DIR --engine PATH/TO/core"
)
_RULES = "the rules are not in {}: give their folder (resources/cache of a release) with --cache"


class EngineError(Exception):
    """Why the engine cannot be run, or did not end well, in a line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="core", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--study", type=Path, help="the study's folder (default: the only one under data/)")
    parser.add_argument("--engine", default=os.environ.get("CDISC_CORE", ""), help="its program, or core.py")
    parser.add_argument("--cache", type=Path, help="folder of its rules (default: resources/cache beside it)")
    parser.add_argument("--report", type=Path, help="a report of the engine in JSON, which is not run then")
    parser.add_argument("--out", type=Path, help="folder for data-issues.* (default: _report/validation/<study>)")
    options = parser.parse_args(arguments)
    try:
        study = find_study(options.study)
        with private("core") as work:
            report = options.report or run_engine(study, options.engine, options.cache, work)
            out = ["--out", str(options.out)] if options.out else []
            return validate(["--study", str(study), "--core", str(report), *out])
    except (ChoiceError, EngineError) as error:
        print(f"error: {error}", file=sys.stderr)
    except StudyProblems as found:
        print(found, file=sys.stderr)
    return 1


def run_engine(study: Path, engine: str, cache: Path | None, work: Path) -> Path:
    """The engine's report on a study, as a file in `work`. Raises EngineError."""
    command, home = _command(engine)
    rules = (cache or home / "resources" / "cache").resolve()
    if not list(rules.glob("rules*.pkl")):
        raise EngineError(_RULES.format(rules))
    definition = load_study(study)
    domains, _ = read_study(study, definition)
    if definition.data.format == "xpt":
        data = (study / definition.data.folder).resolve()
    else:
        data = work / "data"
        write_transport(domains, data)
    version = definition.data.sdtmig.replace(".", "-")
    wanted = ["validate", "-s", "sdtmig", "-v", version, "-d", str(data), "-ca", str(rules), "-p", "disabled"]
    report = work / "core"
    try:
        done = subprocess.run(
            [*command, *wanted, "-o", str(report), "-of", "JSON"], cwd=home, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise EngineError(f"{command[-1]} cannot be run: {error.strerror}") from None
    written = next((path for path in (report, report.with_suffix(".json")) if path.is_file()), None)
    if done.returncode or written is None:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise EngineError(f"CDISC CORE ended without a report: {said[-1] if said else f'exit {done.returncode}'}")
    return written


def _command(engine: str) -> tuple[list[str], Path]:
    """How the engine is called, and the folder that it finds its own files in."""
    found = shutil.which(engine or "core")
    path = Path(found or engine)
    if not engine and not found:
        raise EngineError(_HOW)
    if not path.is_file():
        raise EngineError(f"{path} is not there: {_HOW}")
    path = path.resolve()
    # Its source runs in a Python of its own, with what it needs.
    python = os.environ.get("CDISC_CORE_PYTHON", sys.executable)
    return ([python, str(path)] if path.suffix == ".py" else [str(path)]), path.parent


def write_transport(domains: Domains, folder: Path) -> None:
    """The domains as SAS transport files: the engine reads no plain text files.

    A row keeps its place, so that the engine's number of a record leads back to its line. Qualifiers stay in SUPP--.
    """
    folder.mkdir(parents=True)
    for name, frame in domains.items():
        columns = [column for column in domains.sources[name].columns if len(column) <= 8]
        part = frame[columns]
        texts = [column for column in columns if not pd.api.types.is_numeric_dtype(part[column])]
        part = part.assign(
            **{column: part[column].fillna("").astype("object") for column in texts},
            **{column: part[column].astype("float64") for column in columns if column not in texts},
        )
        pyreadstat.write_xport(part, str(folder / f"{name.lower()}.xpt"), table_name=name, file_format_version=5)


if __name__ == "__main__":
    raise SystemExit(main())
