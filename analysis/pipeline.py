"""The pipeline up to the results: read, check, derive, analyse; written to a build folder that displays read.

Not here: rendering (`report.assemble`), and the command that asks for it (`trial_report.command`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from trial_report.analysis.analyse.all import analyse_all
from trial_report.analysis.check import check_study, still_found
from trial_report.analysis.derive import derive
from trial_report.analysis.derive.as_of import defined_as_of, known_as_of
from trial_report.analysis.derive.blinded import blind
from trial_report.analysis.display.book import (
    CODE,
    DATASETS,
    DOMAINS,
    PLACES,
    PROBLEMS,
    RESULTS,
    RUN,
    STUDY,
    Book,
    open_book,
)
from trial_report.analysis.display.changed import OutputsError, check_choices
from trial_report.analysis.lineage.origins import places
from trial_report.analysis.trial import Trial
from trial_report.declare.own import OwnCode, load, read
from trial_report.runtime.step import Step, silent
from trial_report.schemas.problems import StudyProblems
from trial_report.schemas.study.load import misplaced
from trial_report.schemas.study.pooled import is_told, with_coded_reason


def analyse_study(
    folder: Path,
    step: Step = silent,
    as_of: date | None = None,
    blinded: bool = False,
    own: OwnCode | None = None,
) -> tuple[Trial, pd.DataFrame]:
    """A study folder's trial (definition, domains, analysis datasets) and its results frame.

    `as_of` takes the data as they stood on a day before the study's own cut-off; `blinded` pools the treatment groups
    before anything is analysed, and gives those results alone that a blinded look tells; `own` is the study's own code
    (None: that of the folder, which is loaded; none where it is blinded). Raises StudyProblems, holding every problem
    found, when the data or the definition are not fit to be analysed; ChoiceError for a day after the cut-off, and for
    a study that cannot be blinded; OwnCodeError for code of the study that may not run, or that fails.
    """
    if own is None:
        # Written for groups, it could tell them.
        own = load(read(folder, run=not blinded))
    definition, domains, problems = check_study(folder, step, own)
    if as_of is not None and not problems.errors:
        with step(f"Take the data as of {as_of}"):
            definition = defined_as_of(definition, as_of)
            domains = known_as_of(definition, domains)
            problems = still_found(problems, definition, domains, own)
    if problems.errors:
        raise StudyProblems(problems)
    if blinded:
        definition = with_coded_reason(definition)
    with step("Derive the analysis datasets"):
        trial = derive(definition, domains, problems, own)
        trial = blind(trial) if blinded else trial
    with step("Analyse"):
        results = analyse_all(trial)
    return trial, results.loc[results["key"].map(is_told)].reset_index(drop=True) if blinded else results


def prepare(
    folder: Path,
    build: Path,
    step: Step = silent,
    as_of: date | None = None,
    blinded: bool = False,
    own: OwnCode | None = None,
) -> pd.DataFrame:
    """Runs the pipeline and writes everything that displays read into `build`, which must be empty or not exist.

    Returns the results frame. Raises StudyProblems as `analyse_study` does; nothing is written then.
    """
    trial, results = analyse_study(folder, step, as_of, blinded, own)
    facts = ({"as_of": as_of.isoformat()} if as_of else {}) | ({"blinded": True} if blinded else {})
    with step("Write datasets and results"):
        write_build(trial, results, build, facts)
    if trial.own.declared.displays or trial.definition.outputs:
        with step("Look through the outputs"):
            look_through(folder, open_book(build))
    return results


def look_through(folder: Path, book: Book) -> None:
    """Tells now what would stop the document: displays that cannot be put in order, or changed as `outputs` asks.

    Raises StudyProblems with the line of study.yml, and OwnCodeError.
    """
    try:
        _ = book.outputs
        check_choices(book)
    except OutputsError as error:
        problem = misplaced(folder, error.path, error.value, error.expected)
        raise StudyProblems([problem], what="The study's definition") from error


def write_build(trial: Trial, results: pd.DataFrame, build: Path, facts: Mapping[str, Any] | None = None) -> None:
    """Writes definition, datasets, domains, results and findings as `analysis.display.book.open_book` reads them.

    `facts` of the run, such as the day `as_of` which the data were taken, are added to its counts.
    """
    for name, frames in ((DATASETS, trial.datasets), (DOMAINS, trial.domains)):
        (build / name).mkdir(parents=True, exist_ok=True)
        for dataset, frame in frames.items():
            frame.to_parquet(build / name / f"{dataset}.parquet", index=False)
    results.to_parquet(build / RESULTS, index=False)
    trial.problems.to_frame().to_parquet(build / PROBLEMS, index=False)
    places(trial.domains).to_parquet(build / PLACES, index=False)
    (build / STUDY).write_text((trial.planned or trial.definition).model_dump_json(indent=1), encoding="utf-8")
    if trial.own.sources:
        trial.own.sources.write(build / CODE)
    run = {
        "domains": trial.delivered,
        "datasets": {name: len(frame) for name, frame in trial.datasets.items()},
        "results": len(results),
        **({"code_left_out": trial.own.sources.left_out} if trial.own.sources else {}),
        **(facts or {}),
    }
    (build / RUN).write_text(json.dumps(run, indent=1), encoding="utf-8")
