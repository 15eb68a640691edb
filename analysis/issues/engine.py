"""Runs CDISC CORE on a study's domains: a release's program, which brings its rules, or `core.py` of its source.

Not here: reading of what it wrote (`core`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyreadstat

from trial_report.analysis.read import read_study
from trial_report.analysis.read.transport import read_transport
from trial_report.runtime.told import ToldError
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.study import load_study

_HOW = (
    "take a release of CDISC CORE from https://github.com/cdisc-org/cdisc-rules-engine/releases (it brings its rules; "
    "no Python is needed) and name its program: trial-report core --study DIR --engine PATH/TO/core"
)
_RULES = "the rules are not in {}: give their folder (resources/cache of a release) with --cache"
_PART = "the rules in {} are not whole: give the folder of a release (resources/cache) with --cache"


class EngineError(ToldError):
    """Why the engine cannot be run, or did not end well, in a line."""


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
    # In files of another encoding the engine judges hardly a rule: it takes UTF-8 unless told, for all files at once.
    if any(flaw.check == "015" for path in sorted(data.glob("*.[xX][pP][tT]")) for flaw in read_transport(path).flaws):
        wanted += ["-e", "cp1252"]
    # Terms are judged by the codelists of a package that is named. The newest: a term retired since is told.
    if packages := sorted(path.stem for path in rules.glob("sdtmct-*.pkl")):
        wanted += ["-ct", packages[-1]]
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
        if said and said[-1].startswith("FileNotFoundError") and str(rules) in said[-1]:
            raise EngineError(f"{_PART.format(rules)} ({said[-1].removeprefix('FileNotFoundError: ')})")
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
