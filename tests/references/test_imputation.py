"""Both roads against a third: the distribution of imputed values, and the shift at which a result is lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.references.fixtures import agree, read
from trial_report.analysis.methods import imputation, lsmeans, missing
from trial_report.analysis.verify import comparison
from trial_report.analysis.verify import impute as again
from trial_report.analysis.verify.missing_compared import Linear

pytestmark = pytest.mark.requirement("REQ-307", "REQ-505")

DRAWS = 2000
"""Of so many values a share of 50% is within 6 points of it, one of 95% within 3, but for one run in a million."""
WIDE = read("imputation-data").set_index("id")
MODELS = {
    "pooled": (None, ["base"]),
    "group": (None, ["b", "base"]),
    "within A": ("A", ["base"]),
    "within B": ("B", ["base"]),
}
DRAWN = [[-3, -5.5, -8, -9], [-4, -4.5, -7, -9.5], [-3.5, -5, -9, -10.5]]


def distributed(drawn: pd.DataFrame, model: str) -> None:
    """Half of a subject's values lie in R's 50% prediction interval, 95% in the wider one; as many on either side."""
    expected = read("imputation").query("model == @model").set_index("id")
    assert set(drawn.columns) == set(expected.index)
    for who, row in expected.iterrows():
        x = drawn[who].to_numpy()
        assert np.mean(x < row["centre"]) == pytest.approx(0.5, abs=0.06)
        assert np.mean((x > row["low50"]) & (x < row["high50"])) == pytest.approx(0.5, abs=0.06)
        assert np.mean((x > row["low95"]) & (x < row["high95"])) == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize("model", MODELS)
def test_imputed_values_of_the_first_road(model: str) -> None:
    group, predictors = MODELS[model]
    own = WIDE[WIDE["group"] == group] if group else WIDE
    found = imputation.impute(own, ["v1", "v2"], predictors, DRAWS, seed=4711)
    absent = own["v2"].isna().to_numpy()
    drawn = found.at("v2")[0][:, absent]
    distributed(pd.DataFrame(drawn, columns=own.index[absent]), model)


@pytest.mark.parametrize("model", MODELS)
def test_imputed_values_of_the_second_road(model: str) -> None:
    group, predictors = MODELS[model]
    own = WIDE[WIDE["group"] == group] if group else WIDE
    data = again.Incomplete(own[predictors].to_numpy(float), own[["v1", "v2"]].to_numpy(float))
    found = again.impute(data, DRAWS, 4711)
    absent = own["v2"].isna().to_numpy()
    distributed(pd.DataFrame(found[:, absent, 1], columns=own.index[absent]), model)


def completed() -> np.ndarray:
    """The three data sets of the fixture: imputations × subjects, the imputed values by hand."""
    found = np.tile(WIDE["v2"].to_numpy(float), (len(DRAWN), 1))
    found[:, WIDE["v2"].isna()] = DRAWN
    return found


def difference(values: np.ndarray) -> imputation.Pooled:
    """B - A of each data set by analysis of covariance with baseline, combined."""
    found = [
        lsmeans.ancova(WIDE.assign(y=y), "y", "group", ["A", "B"], ["base"]).differences.iloc[0] for y in values
    ]  # fmt: skip
    return imputation.rubin([f["estimate"] for f in found], [f["se"] ** 2 for f in found], found[0]["df"])


@pytest.mark.parametrize("question", ["mean", "difference"])
def test_tipping_point(question: str) -> None:
    expected = read("tipping-point").query("question == @question")
    absent = WIDE["v2"].isna() & ((WIDE["group"] == "B") | (question == "mean"))
    analyse = difference if question == "difference" else imputation.pool_mean
    found = missing.tipping_point(completed(), absent, [0, 4, 8, 12], 0.05, analyse)
    for name in ("estimate", "se", "p"):
        agree(found.table[name][:2], expected[name][:2], 1e-9)
    agree([found.delta], expected["delta"][2:], 1e-6)


@pytest.mark.parametrize("question", ["mean", "difference"])
def test_shifted_values_of_the_second_road(question: str) -> None:
    expected = read("tipping-point").query("question == @question")
    absent = (WIDE["v2"].isna() & ((WIDE["group"] == "B") | (question == "mean"))).to_numpy()
    ones = np.ones(len(WIDE))
    x = np.column_stack([ones, WIDE["b"], WIDE["base"]])
    model = Linear.of(comparison.Design(x, ones, ["A", "B"], np.array([1.0, 0.0, WIDE["base"].mean()])))
    assert model is not None
    for _, row in expected.iterrows():
        values = (completed() + row["delta"] * absent)[None]
        found = (
            again.pool(values, 0.95) if question == "mean" else model.pooled(values, np.array([0.0, 1.0, 0.0]), 0.95)
        )
        agree([found[name][0] for name in ("estimate", "se", "df", "p")], row[["estimate", "se", "df", "p"]], 1e-8)
