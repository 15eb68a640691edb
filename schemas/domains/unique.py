"""Looks at each different text of a column once, however often it stands there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int64]


def unique_texts(texts: pd.Series) -> tuple[Codes, pa.Array]:
    """The place of each row's text among the different texts (-1 for missing), and those texts."""
    array = pa.array(texts, type=pa.large_string(), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], type=pa.large_string())
    encoded = array.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), encoded.dictionary


def spread(values: npt.NDArray, codes: Codes, missing: object) -> npt.NDArray:
    """What was found out of each different text, given back to the rows; `missing` for rows without a text."""
    return np.append(values, np.array([missing], dtype=values.dtype))[codes]


def matches(texts: pd.Series, pattern: str) -> pd.Series:
    """Which texts hold a match of the pattern (RE2); missing texts do not."""
    codes, unique = unique_texts(texts)
    found = pc.match_substring_regex(unique, pattern).to_numpy(zero_copy_only=False)
    return pd.Series(spread(np.asarray(found, dtype=bool), codes, False), index=texts.index)
