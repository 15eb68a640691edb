"""Looks at each different text of a column once, however often it stands there.

Not here: what a text means (`schemas.codelists`) and whether a value is right (`schemas.checks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_LARGEST = 2**62
#: Places among the different texts; of the smallest type that holds them, as there is one for every cell of a study.
Codes = npt.NDArray[np.signedinteger]


T = TypeVar("T")
_memory: ContextVar[dict[tuple[str, int], tuple[object, Any]] | None] = ContextVar("memory", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Keeps, until the work inside is done, what was found out of each column: many checks look at the same."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def recalled(what: str, of: object, work: Callable[[], T]) -> T:
    """What the work gives, or gave the last time for the same object, where things are `remembered`."""
    memory = _memory.get()
    if memory is None:
        return work()
    key = (what, id(of))
    if key not in memory:
        # The object is kept with what is known of it, so that no other can have its id.
        memory[key] = (of, work())
    made: T = memory[key][1]
    return made


def unique_texts(texts: pd.Series) -> tuple[Codes, pa.Array]:
    """The place of each row's text among the different texts (-1 for missing), and those texts."""
    if not isinstance(texts.array, pd.arrays.ArrowStringArray):
        return _encoded(texts)
    return recalled("texts", texts.array.__arrow_array__(), lambda: _encoded(texts))


def arrow(texts: pd.Series) -> pa.Array:
    """A text column as one array of Arrow."""
    array = pa.array(texts, type=pa.large_string(), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        # One piece, as columns are read, is not copied.
        array = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    return array


def _encoded(texts: pd.Series) -> tuple[Codes, pa.Array]:
    encoded = arrow(texts).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    codes = codes.astype(np.min_scalar_type(-len(encoded.dictionary) - 1))
    codes.flags.writeable = False
    return codes, encoded.dictionary


def as_series(unique: pa.Array) -> pd.Series:
    """Texts of `unique_texts` as a text column, without making a Python object of each."""
    return pd.Series(pd.array(unique, dtype="str"))


def spread(values: npt.NDArray, codes: Codes, missing: object) -> npt.NDArray:
    """What was found out of each different text, given back to the rows; `missing` for rows without a text."""
    return np.append(values, np.array([missing], dtype=values.dtype))[codes]


def taken(unique: pa.Array, places: npt.ArrayLike) -> pd.Series:
    """The texts at these places of what `unique_texts` gave; missing for places below 0."""
    wanted = np.asarray(places, dtype=np.int64)
    return as_series(unique.take(pa.array(wanted, mask=wanted < 0)))


def of_each(texts: pd.Series, judge: Callable[[pd.Series], pd.Series], missing: object) -> pd.Series:
    """What `judge` says of each different text, given back to the rows; `missing` for rows without a text."""
    codes, unique = unique_texts(texts)
    judged = judge(as_series(unique)).to_numpy()
    return pd.Series(spread(judged, codes, missing), index=texts.index)


def _is(unique: pa.Array, wanted: str) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.equal(unique, wanted).to_numpy(zero_copy_only=False), dtype=bool)


def equals(texts: pd.Series, wanted: str) -> pd.Series:
    """Which texts are this one; missing texts are not."""
    codes, unique = unique_texts(texts)
    return pd.Series(spread(_is(unique, wanted), codes, False), index=texts.index)


def among(texts: pd.Series, wanted: pd.Series | Iterable[object]) -> pd.Series:
    """Which texts are one of those wanted; missing texts are where one of those is missing.

    The same as `texts.isin(wanted)`, which makes Python objects of all the values wanted, a subject's id a time.
    """
    if texts.dtype != "str":
        return texts.isin(list(wanted))
    if not isinstance(wanted, pd.Series):
        # What is no text is like none; NaN, which is missing, is not even like itself.
        wanted = pd.Series([one for one in wanted if isinstance(one, str) or one is None or one != one], dtype="str")
    if _memory.get() is None:
        # Nobody will ask for the different texts again: they need not be found.
        found = pc.is_in(arrow(texts), value_set=arrow(wanted))
        return pd.Series(found.to_numpy(zero_copy_only=False), index=texts.index)
    (codes, unique), (others, sought) = unique_texts(texts), unique_texts(wanted)
    found = pc.is_in(unique, value_set=sought).to_numpy(zero_copy_only=False)
    return pd.Series(spread(found, codes, bool((others < 0).any())), index=texts.index)


def are_same(one: pd.Series, other: pd.Series) -> pd.Series:
    """Rows in which two columns have the same text, or both none."""
    (codes, texts), (others, other_texts) = unique_texts(one), unique_texts(other)
    # A text that the first column does not have is like none of its codes.
    known = pc.index_in(other_texts, value_set=texts).fill_null(-2).to_numpy(zero_copy_only=False)
    return pd.Series(codes == spread(known, others, -1), index=one.index)


def group_codes(frame: pd.DataFrame, names: list[str]) -> npt.NDArray[np.int64]:
    """A number for each row's combination of values, in order of appearance; missing is a value of its own."""
    group: npt.NDArray[np.int64] = np.zeros(len(frame), dtype=np.int64)
    groups = 1
    for name in names:
        codes, size = _codes(frame[name])
        if size == 0:
            continue
        if groups * (size + 1) >= _LARGEST:
            group, found = _numbered(group)
            groups = len(found)
        group = group * (size + 1) + codes + 1
        groups *= size + 1
    return _numbered(group)[0]


def _numbered(values: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    codes, unique = pd.factorize(values)
    return codes.astype(np.int64), unique


def _codes(values: pd.Series) -> tuple[npt.NDArray[np.int64], int]:
    if values.dtype == "str":
        codes, unique = unique_texts(values)
    else:
        codes, unique = pd.factorize(values)
    return codes.astype(np.int64), len(unique)


def matches(texts: pd.Series, pattern: str) -> pd.Series:
    """Which texts hold a match of the pattern (RE2); missing texts do not."""
    codes, unique = unique_texts(texts)
    found = pc.match_substring_regex(unique, pattern).to_numpy(zero_copy_only=False)
    return pd.Series(spread(np.asarray(found, dtype=bool), codes, False), index=texts.index)
