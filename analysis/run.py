"""The pipeline up to the results: read, check, derive, analyse; written to a build folder that displays read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pandas as pd

from analysis.analyse.all import analyse_all
from analysis.derive import derive
from analysis.display.book import DATASETS, DOMAINS, PLACES, PROBLEMS, RESULTS, RUN, STUDY
from analysis.read import read_study
from analysis.trace.origins import places
from analysis.trial import Trial
from schemas.checks import check_all
from schemas.problems import Problems, StudyProblems
from schemas.study import StudyDefinition, load_study

Step = Callable[[str], AbstractContextManager[object]]
"""Shows that a step begins, and at its end how long it took."""


def silent(_: str) -> AbstractContextManager[object]:
    """A step that shows nothing."""
    return nullcontext()


def check_study(folder: Path, step: Step = silent) -> tuple[StudyDefinition, Mapping[str, pd.DataFrame], Problems]:
    """Reads a study folder and checks everything in it: the definition, the domains, and all problems found.

    Raises StudyProblems only where the definition itself cannot be read; problems of the data are returned.
    """
    with step("Read the study's definition"):
        definition = load_study(folder)
    with step("Read the domains"):
        domains, problems = read_study(folder, definition)
    with step("Check the data"):
        problems.extend(check_all(domains, definition))
    return definition, domains, problems


def analyse_study(folder: Path, step: Step = silent) -> tuple[Trial, pd.DataFrame]:
    """A study folder's trial (definition, domains, analysis datasets) and its results frame.

    Raises StudyProblems, holding every problem found, when the data or the definition are not fit to be analysed.
    """
    definition, domains, problems = check_study(folder, step)
    if problems.errors:
        raise StudyProblems(problems)
    with step("Derive the analysis datasets"):
        trial = derive(definition, domains, problems)
    with step("Analyse"):
        results = analyse_all(trial)
    return trial, results


def prepare(folder: Path, build: Path, step: Step = silent) -> pd.DataFrame:
    """Runs the pipeline and writes everything that displays read into `build`, which must be empty or not exist.

    Returns the results frame. Raises StudyProblems as `analyse_study` does; nothing is written then.
    """
    trial, results = analyse_study(folder, step)
    with step("Write datasets and results"):
        write_build(trial, results, build)
    return results


def write_build(trial: Trial, results: pd.DataFrame, build: Path) -> None:
    """Writes definition, datasets, domains, results and findings as `analysis.display.book.open_book` reads them."""
    for name, frames in ((DATASETS, trial.datasets), (DOMAINS, trial.domains)):
        (build / name).mkdir(parents=True, exist_ok=True)
        for dataset, frame in frames.items():
            frame.to_parquet(build / name / f"{dataset}.parquet", index=False)
    results.to_parquet(build / RESULTS, index=False)
    trial.problems.to_frame().to_parquet(build / PROBLEMS, index=False)
    places(trial.domains).to_parquet(build / PLACES, index=False)
    (build / STUDY).write_text(trial.definition.model_dump_json(indent=1), encoding="utf-8")
    run = {
        "domains": {name: len(frame) for name, frame in trial.domains.items()},
        "datasets": {name: len(frame) for name, frame in trial.datasets.items()},
        "results": len(results),
    }
    (build / RUN).write_text(json.dumps(run, indent=1), encoding="utf-8")
