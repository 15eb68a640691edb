"""What a study's own analyses give, held against what results are before it is put among them.

Not here: running of the code (`declare.own`), and the order of all analyses (`all`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pandera.errors as pandera_errors

from trial_report.analysis.analyse.claims import CLAIMS
from trial_report.analysis.results.question import Question
from trial_report.analysis.results.rows import Rows, finish, format_statistic
from trial_report.analysis.trial import Trial
from trial_report.declare import Analysis
from trial_report.declare.own import refuse, run
from trial_report.schemas.domains.tables import lent
from trial_report.schemas.results import COLUMNS, REQUIRED, RESULTS

GIVEN = tuple(name for name in REQUIRED if name not in ("key", "analysis", "formatted"))
"""What a frame of results has to say itself: the others follow from it."""
NO_SET = ("ALL", "-")
"""What stands for an analysis set where a result is of none."""
PLACE = ("analysis", "population", "what", "avisit", "group", "level", "statistic")


def own_results(trial: Trial, house: Sequence[Analysis]) -> Iterator[pd.DataFrame]:
    """The results of each analysis of the study's own code whose domains were delivered.

    Raises OwnCodeError, naming file and function, for one whose name the house has, that fails, or that gives what is
    no results: see `checked`.
    """
    seen: set[str] = set()
    taken = [CLAIMS, *(name.removesuffix(".*") for of_house in house for name in of_house.ids)]
    for one in trial.own.declared.analyses:
        for name in one.ids:
            if any(of_house.makes(name) for of_house in house) or any(one.makes(known) for known in taken):
                raise refuse(one, f"is declared as '{name}', which analyses of the generator are called")
        if set(one.needs) <= set(trial.domains):
            frame = checked(trial, one, run(one, _lent(trial)))
            if twice := seen & set(frame["key"]):
                raise refuse(one, f"gives a key that another analysis has: {sorted(twice)[0]}")
            seen |= set(frame["key"])
            yield frame


def _lent(trial: Trial) -> Trial:
    """The trial with frames that an analysis may change: other analyses, and the datasets that are written, stay."""
    frames: dict[str, Any] = {name.lower(): frame.copy(deep=False) for name, frame in trial.datasets.items()}
    return replace(trial, domains=lent(trial.domains), **frames)


def checked(trial: Trial, analysis: Analysis, given: Any) -> pd.DataFrame:
    """What an analysis gave as a results frame: `Rows`, or a frame with a row a statistic.

    Of a frame the columns that `GIVEN` names are required; key, analysis and formatted are made where they are not
    given (a column `decimals` says the decimals of the data). Raises OwnCodeError where it is neither, where the rows
    break the schema of results, or are of another analysis, set or dataset than there is.
    """
    if isinstance(given, Rows):
        frame = given.frame()
    elif isinstance(given, pd.DataFrame):
        frame = _completed(analysis, given)
    else:
        raise refuse(analysis, f"gives {type(given).__name__}, and not Rows or a data frame")
    try:
        frame = RESULTS.validate(frame, lazy=True)
    except pandera_errors.SchemaErrors as error:
        raise refuse(analysis, f"gives rows that are no results: {_words(frame, error)}") from error
    other = [name for name in frame["analysis"].unique() if not analysis.makes(name)]
    if other:
        raise refuse(analysis, f"gives rows of the analysis '{other[0]}'; it is declared as {', '.join(analysis.ids)}")
    sets = {*NO_SET, *(one.id for one in trial.definition.analysis_sets)}
    _one_of(analysis, frame, "population", sets, "no analysis set of the study")
    _one_of(analysis, frame, "dataset", {*trial.datasets, *trial.domains}, "neither an analysis dataset nor a domain")
    wrong = frame["key"] != _keys(frame)
    if wrong.any():
        row = frame.loc[wrong].iloc[0]
        raise refuse(analysis, f"gives the key '{row['key']}', which its own row says otherwise")
    return frame


def _completed(analysis: Analysis, given: pd.DataFrame) -> pd.DataFrame:
    absent = [name for name in GIVEN if name not in given.columns]
    if absent:
        raise refuse(analysis, f"gives a frame without {', '.join(absent)}")
    unknown = [str(name) for name in given.columns if name not in {*COLUMNS, "decimals"}]
    if unknown:
        raise refuse(analysis, f"gives a frame with {', '.join(unknown)}, which results do not have")
    rows = given.reset_index(drop=True).reindex(columns=[*COLUMNS, "decimals"])
    rows = rows.astype({name: "str" for name in COLUMNS if name != "value"})
    rows["analysis"] = rows["analysis"].fillna(analysis.ids[0].removesuffix(".*"))
    rows["value"] = pd.to_numeric(rows["value"], errors="coerce").astype("float64")
    printed = [
        format_statistic(str(one), None if pd.isna(value) else float(value), None if pd.isna(n) else int(n))
        for one, value, n in zip(rows["statistic"], rows["value"], rows["decimals"], strict=True)
    ]
    rows["formatted"] = rows["formatted"].fillna(rows["text"]).fillna(pd.Series(printed, index=rows.index, dtype="str"))
    nothing = rows["value"].isna() & rows["text"].isna()
    rows["warning"] = rows["warning"].mask(nothing & rows["warning"].isna(), "the value does not exist")
    rows["key"] = rows["key"].fillna(_keys(rows))
    plain = rows.astype(object).where(rows.notna(), None)
    made: Any = plain[list(COLUMNS)].to_dict("records")
    return finish(made)


def _keys(frame: pd.DataFrame) -> pd.Series:
    what = frame["paramcd"].fillna(frame["variable"])
    plain = frame.assign(what=what)[list(PLACE)].astype(object)
    parts = plain.where(plain.notna(), None).itertuples(index=False)
    keys = [Question(*asked).key(statistic) for *asked, statistic in (map(_text, row) for row in parts)]
    return pd.Series(keys, index=frame.index, dtype="str")


def _text(part: Any) -> Any:
    return part if part is None else str(part)


def _one_of(analysis: Analysis, frame: pd.DataFrame, column: str, known: set[str], what: str) -> None:
    unknown = sorted(set(frame[column]) - known)
    if unknown:
        raise refuse(analysis, f"gives rows whose {column} is '{unknown[0]}', {what}: {', '.join(sorted(known))}")


def _words(frame: pd.DataFrame, error: pandera_errors.SchemaErrors) -> str:
    """The first of what is wrong, in words, with the key of its row."""
    case = error.failure_cases.iloc[0]
    column, check = str(case["column"]), str(case["check"])
    at = case["index"]
    key = f" (key {frame.loc[at, 'key']})" if pd.notna(at) and at in frame.index else ""
    if check == "field_uniqueness":
        return f"the key '{case['failure_case']}' stands twice"
    if check == "not_nullable":
        return f"a row has no {column}{key}"
    if column and column in COLUMNS:
        return f"{column}: {check}{key}"
    return f"{check}{key}"
