"""What a row of the results frame is: one statistic, where it comes from, and how it is printed.

Not here: making a row (`analysis.results`), and asking for one (`analysis.results.question`).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from trial_report.runtime.told import ToldError

COLUMNS: dict[str, str] = {
    "key": "the row's name, unique: analysis/population/parameter or variable/visit/group/level/statistic",
    "analysis": "id of the analysis, such as ae.soc_pt",
    "dataset": "the dataset that the statistic is computed from",
    "population": "id of the analysis set",
    "filter": "the rows of the dataset that are used, as a SQL condition",
    "variable": "the variable that is analysed",
    "paramcd": "the parameter, in datasets of parameters",
    "avisit": "the analysis visit, where the statistic belongs to one",
    "group": "code of the treatment group, TOTAL for all",
    "level": "category of the variable, as `join_level` writes it: parts joined by |",
    "statistic": "what is computed: n, N, pct, mean, …",
    "method": "id of the method (trial_report.analysis.methods)",
    "value": "the raw value; null where it does not exist or is a text",
    "text": "the raw value where it is a text",
    "formatted": "what is printed",
    "unit": "unit of the value",
    "warning": "why a value does not exist, or what to know of it",
}
"""The columns in order, each with what it holds; the keys of `results.json`."""

RESERVED = frozenset(
    {
        "-",
        "ANY",
        "EVENTS",
        "Missing",
        "missing",
        "Not coded",
        "Reason not recorded",
        "INTERACTION",
        "DIFFERENCE",
        "FULL",
    }
)
"""Words of the program that stand in a level where a text from data can stand as well."""

_MEANT = r"([\\|∕\u2400-\u2421])"
"""Signs with a meaning in a level or key: the escape, the joint, and what keys have for "/" and control signs."""


def join_level(*texts: str) -> str:
    """Texts from data as the level of a result: each with its signs of meaning escaped, joined by "|".

    A backslash stands before each backslash, "|", "∕" (U+2215) and control picture (U+2400 to U+2421) of a text, and
    before a text that is one of RESERVED. So two different texts never have one level or key, and a level that is a
    word of the program is no text from data. Words of the program are put beside it with a plain "|".
    """
    return "|".join(f"\\{text}" if text in RESERVED else re.sub(_MEANT, r"\\\1", text) for text in texts)


def split_level(level: str) -> tuple[str, ...]:
    """The texts of a level, as data and displays have them: what `join_level` joined, and words of the program."""
    parts = [""]
    for sign in re.findall(r"\\.|.", level, re.DOTALL):
        if sign == "|":
            parts.append("")
        else:
            parts[-1] += sign[-1]
    return tuple(parts)


REQUIRED = ("key", "analysis", "dataset", "population", "filter", "variable", "group", "statistic", "formatted")


def _says_why(frame: pd.DataFrame) -> pd.Series:
    return frame["value"].notna() | frame["text"].notna() | frame["warning"].notna()


RESULTS = pa.DataFrameSchema(
    {
        name: pa.Column(
            float if name == "value" else str,
            nullable=name not in REQUIRED,
            unique=name == "key",
            description=text,
        )
        for name, text in COLUMNS.items()
    },
    checks=[pa.Check(_says_why, error="a row without a value needs a warning that says why")],
    strict=True,
    ordered=True,
)


class NotResults(ToldError):
    """A file is not a results.json; the message says why."""


def read_results(path: Path) -> pd.DataFrame:
    """The results frame of a results.json. Raises NotResults for a file that is missing, broken or something else."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(rows, list):
            raise ValueError("not a list of results")
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        frame = frame.astype({name: "float64" if name == "value" else "str" for name in COLUMNS})
        return RESULTS.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        wrong = ", ".join(dict.fromkeys(error.failure_cases["column"].dropna().astype("str"))) or "a row"
        raise NotResults(f"{path}: rows that are no results ({wrong})") from error
    except FileNotFoundError as error:
        raise NotResults(f"there is no file {path}: name the results.json of a report") from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise NotResults(f"{path}: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    said = f"{type(error).__name__}: {error}"
    return said.splitlines()[0][:200]
