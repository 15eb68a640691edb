"""A filter's mask and its SQL select the same rows."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial_report.analysis.results.where import Term, Where, flagged

pytestmark = pytest.mark.requirement("REQ-211")

FRAME = pd.DataFrame(
    {
        "SAFFL": ["Y", "Y", "N", None],
        "AGE": [60.0, 70.0, None, 80.0],
        "AEDECOD": ["Pain", "O'Brien's sign", "Pain", ""],
    }
)


@pytest.mark.parametrize(
    ("where", "rows", "sql"),
    [
        (Where(), [0, 1, 2, 3], "TRUE"),
        (Where().eq(SAFFL="Y"), [0, 1], "SAFFL = 'Y'"),
        (Where().eq(SAFFL=None), [3], "SAFFL IS NULL"),
        (Where().eq(AGE=(60.0, 80.0)), [0, 3], "AGE IN (60.0, 80.0)"),
        (Where().also("AGE", "<>", 60.0), [1, 3], "AGE <> 60.0"),
        (Where().also("AGE", "is not null"), [0, 1, 3], "AGE IS NOT NULL"),
        (Where().eq(AEDECOD="O'Brien's sign"), [1], "AEDECOD = 'O''Brien''s sign'"),
        (flagged(["SAFFL"]).also("AGE", ">=", 65), [1], "SAFFL = 'Y' AND AGE >= 65"),
    ],
)
def test_mask_and_sql(where: Where, rows: list[int], sql: str) -> None:
    assert where.of(FRAME).index.tolist() == rows
    assert where.sql == sql


OPERATORS = ["=", "<>", "<", "<=", ">", ">="]


@given(
    values=st.lists(st.one_of(st.none(), st.integers(-3, 3)), min_size=1, max_size=8),
    operator=st.sampled_from(OPERATORS),
    value=st.integers(-3, 3),
)
def test_a_term_never_selects_a_missing_value(values: list[int | None], operator: str, value: int) -> None:
    frame = pd.DataFrame({"X": pd.array(values, dtype="Float64")})
    mask = Term("X", operator, value).mask(frame)  # type: ignore[arg-type]
    assert mask.dtype == bool
    assert not mask[frame["X"].isna()].any()


def test_an_unknown_variable_is_an_error() -> None:
    with pytest.raises(KeyError, match="TRTEMFL"):
        Where().eq(TRTEMFL="Y").mask(FRAME)
