"""A Pandera model for every domain, built from what SDTM says of its variables.

Findings domains are one model with a prefix. The name of each Pandera check is the id of a check in the register, so
that a failure carries its meaning and its remedy.

Not here: what the guides say of a variable (`variables`), and what is told of a failure (`schemas.checks.conform`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import pandas as pd
import pandera.pandas as pa

from trial_report.schemas.codelists.terms import CODELISTS, Codelist
from trial_report.schemas.domains.iso8601 import is_date
from trial_report.schemas.domains.unique import matches, of_each
from trial_report.schemas.domains.variables import NEWEST, Variable, prefix, variables

#: Longest text of an SDTM variable (SDTMIG 3.4, section 4.5.3, from the limit of transport files).
LONGEST = 200
# Control, format (right-to-left, zero-width) and separator characters, and blanks at either end.
_UNTIDY = r"^[\s\p{Zs}]|[\s\p{Zs}]$|[\x00-\x1f\x7f-\x{9f}\x{ad}]|\p{Cf}|\p{Zl}|\p{Zp}"


# Each test says True for a missing value, which is not its to judge: Pandera would copy every column without them.


def _is_tidy(texts: pd.Series) -> pd.Series:
    return ~matches(texts, _UNTIDY)


def _is_short(texts: pd.Series) -> pd.Series:
    return of_each(texts, lambda found: found.str.len() <= LONGEST, True)


def _is_whole(values: pd.Series) -> pd.Series:
    return values.isna() | (values % 1 == 0)


def _is_positive(values: pd.Series) -> pd.Series:
    return (values > 0).fillna(True).astype(bool)


def _equals(texts: pd.Series, wanted: str) -> pd.Series:
    return of_each(texts, lambda found: found == wanted, True)


def in_codelist(texts: pd.Series, codelist: Codelist) -> pd.Series:
    """Which values are terms of the codelist, missing ones included; sponsor terms of an extensible one are not."""
    return of_each(texts, lambda found: found.isin(codelist.terms), True)


def _check(id: str, function: Callable[..., pd.Series], expected: str) -> pa.Check:
    return pa.Check(function, name=id, description=expected, ignore_na=False)


def _column(variable: Variable, domain: str, text: str | None) -> pa.Column:
    checks: list[pa.Check] = []
    dtype: object = text
    if variable.type in {"Num", "Int"}:
        dtype = "float64"
        if variable.name == f"{prefix(domain)}SEQ":
            dtype = "Int64"
            checks.append(_check("--009", _is_positive, "1, 2, 3, …"))
        elif variable.type == "Int":
            checks.append(_check("--016", _is_whole, "a whole number"))
    else:
        if variable.type == "Date":
            checks.append(_check("--008", is_date, "an ISO 8601 date, whole or partial"))
        elif variable.codelist:
            codelist = CODELISTS[variable.codelist]
            test = partial(in_codelist, codelist=codelist)
            checks.append(_check("--007" if codelist.extensible else "--006", test, codelist.expected))
        if variable.name in {"DOMAIN", "RDOMAIN"}:
            wanted = domain.removeprefix("SUPP") if variable.name == "RDOMAIN" else domain
            checks.append(_check("--013", partial(_equals, wanted=wanted), wanted))
        if variable.type == "Char" and not (variable.codelist or variable.name in {"DOMAIN", "RDOMAIN"}):
            checks.append(_check("--014", _is_tidy, "no blanks at the ends, only visible characters"))
            checks.append(_check("--015", _is_short, f"at most {LONGEST} characters"))
    return pa.Column(dtype, checks=checks, nullable=variable.core != "Req", required=variable.core == "Req")


@cache
def model(domain: str, text: str | None = "str", guide: str = NEWEST) -> pa.DataFrameSchema:
    """The Pandera schema of a domain in a version of the guide: columns, required values, terms, dates, the number.

    It expects a frame as `Domains` holds it. Validate it with ``lazy=True``; unknown columns are refused. `text` is
    the type of text columns, None where the caller knows it: Pandera looks at every value to tell.
    """
    sequence = f"{prefix(domain)}SEQ"
    known = variables(domain, guide)
    return pa.DataFrameSchema(
        {variable.name: _column(variable, domain, text) for variable in known.values()},
        strict=True,
        unique=["USUBJID", sequence] if sequence in known else None,
        report_duplicates="exclude_first",
        name=domain,
    )
