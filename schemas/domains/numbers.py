"""Numbers as they stand in a text file: read without guessing, or refused.

Not here: how numbers are printed (`analysis.results.formatting`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from trial_report.schemas.domains.unique import spread, unique_texts

NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$"
_EXACT = 2.0**53


def to_number(texts: pd.Series, whole: bool = False) -> tuple[pd.Series, npt.NDArray[np.bool_]]:
    """Texts as float64 and which of them are not numbers (and are NaN).

    Refused are blanks around a number, thousands separators, decimal commas, ``nan``, ``inf``, hexadecimal, values
    beyond float64, and with `whole` everything that is not an integer that float64 holds exactly.
    """
    codes, unique = unique_texts(texts)
    shaped = pc.match_substring_regex(unique, NUMBER)
    # A leading plus sign and a bare decimal point are SDTM numbers, but not to Arrow's parser.
    plain = pc.replace_substring_regex(pc.if_else(shaped, unique, None), r"^\+", "")
    plain = pc.replace_substring_regex(plain, r"^(-?)\.", r"\10.")
    plain = pc.replace_substring_regex(plain, r"\.($|[eE])", r"\1")
    values = np.array(pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    refused = ~np.isfinite(values)
    if whole:
        with np.errstate(invalid="ignore"):
            refused |= (values != np.floor(values)) | (np.abs(values) >= _EXACT)
    values[refused] = np.nan
    numbers = pd.Series(spread(values, codes, np.nan), index=texts.index, name=texts.name)
    return numbers, spread(refused, codes, False)
