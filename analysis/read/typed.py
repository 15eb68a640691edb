"""Gives the columns of a raw table the types that SDTM gives them, and refuses what does not fit.

Not here: what a variable may hold (`schemas.domains.model`), and reading of numbers (`schemas.domains.numbers`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report.schemas.domains.numbers import to_number
from trial_report.schemas.domains.variables import Variable, always_there, prefix, variables

Bools = npt.NDArray[np.bool_]


def typed(raw: pd.DataFrame, domain: str) -> tuple[pd.DataFrame, dict[str, tuple[pd.Series, Bools]]]:
    """The frame with typed columns, and for each column with misfits the raw values and which of them they are.

    A misfit is missing in the frame and named in the second result; nothing is rounded, cut or guessed. What
    `always_there` names and was not delivered is added, all missing, after the delivered ones.
    """
    known = variables(domain)
    columns: dict[str, pd.Series] = {}
    misfits: dict[str, tuple[pd.Series, Bools]] = {}
    for name in raw.columns:
        values, refused = _column(raw[name], known.get(name), domain)
        columns[name] = values
        if refused.any():
            misfits[name] = (raw[name], refused)
    wanted = always_there(domain)
    for name, variable in known.items():
        if name in wanted and name not in columns:
            columns[name] = _nothing(variable, domain, raw.index)
    return pd.DataFrame(columns, index=raw.index), misfits


def _is_sequence(variable: Variable, domain: str) -> bool:
    return variable.name == f"{prefix(domain)}SEQ"


def _nothing(variable: Variable, domain: str, index: pd.Index) -> pd.Series:
    dtype = "str" if variable.type in {"Char", "Date"} else "Int64" if _is_sequence(variable, domain) else "float64"
    return pd.Series(np.nan, index=index, dtype=dtype)


def _column(values: pd.Series, variable: Variable | None, domain: str) -> tuple[pd.Series, Bools]:
    is_text = not pd.api.types.is_numeric_dtype(values)
    if variable is None:
        return values, np.zeros(len(values), dtype=bool)
    if variable.type in {"Char", "Date"}:
        # Numbers in a text variable (a transport file) have lost how they were written.
        refused = np.zeros(len(values), dtype=bool) if is_text else values.notna().to_numpy()
        return (values if is_text else pd.Series(np.nan, index=values.index).astype("str")), refused
    if is_text:
        numbers, refused = to_number(values, whole=_is_sequence(variable, domain))
    else:
        numbers, refused = values.astype("float64"), np.isinf(values.to_numpy(dtype=float, na_value=np.nan))
    if _is_sequence(variable, domain):
        whole = (numbers % 1 == 0) | numbers.isna()
        refused = refused | ~whole.to_numpy()
        numbers = numbers.where(whole).astype("Int64")
    return numbers, refused
