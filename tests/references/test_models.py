"""Both roads against a third: analysis of covariance, its trends and interaction, mixed model, pooled imputations."""

from __future__ import annotations

import copy
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.references.fixtures import agree, cases, read, values
from trial_report.analysis.methods import imputation, lsmeans, mmrm
from trial_report.analysis.verify import comparison, impute, missing, mixed
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-307", "REQ-505")

R = 1e-8  # R solves the same least squares by another decomposition
FITTED = 1e-4  # two iterative fits of one likelihood; R's derivatives for the degrees of freedom are numerical
DATA = read("ancova-data").rename(
    columns={"group": "grp", "base": "BASE", "age": "AGE", "site": "SITEID", "sex": "SEX"}
)
GROUPS = {"PBO": 0.0, "LOW": 10.0, "TOP": 40.0}
NAMES = {"base": "BASE", "age": "AGE", "site": "SITEID", "sex": "SEX"}
ESTIMATE = ["estimate", "se", "df", "low", "high", "statistic", "p"]
OURS = ["estimate", "se", "df", "ci_low", "ci_high", "statistic", "p"]
MODELS = ["group", "base", "base age", "base site", "base age site sex", "base site without a cell", "group few"]


def terms(model: str) -> tuple[list[str], list[str]]:
    """Covariates and factors of a model of the fixture."""
    found = [NAMES[word] for word in model.split() if word in NAMES]
    return [t for t in found if t in ("BASE", "AGE")], [t for t in found if t in ("SITEID", "SEX")]


def data_of(model: str) -> pd.DataFrame:
    if model.endswith("few"):
        return DATA[DATA["id"].isin([1, 2, 10, 20])]
    lost = (DATA["grp"] == "TOP") & (DATA["SITEID"] == "S4")
    return DATA[~lost] if "cell" in model or "by site" in model else DATA


def expected_of(model: str, quantity: str) -> pd.DataFrame:
    fixture = read("ancova")
    return fixture[(fixture["model"] == model) & (fixture["quantity"] == quantity)].set_index("groups")


@pytest.fixture(scope="session")
def study(study_dict: dict[str, Any]) -> StudyDefinition:
    """The generic study with the groups of the fixture; a single value in a group is enough."""
    found = copy.deepcopy(study_dict)
    found["treatment"]["groups"] = [
        {"code": c, "label": c, "short": c, "dose": d, "unit": "mg"} for c, d in GROUPS.items()
    ]
    return StudyDefinition.model_validate(found).model_copy(update={"inference_from": 1})


def endpoint(study: StudyDefinition, model: str, trend: str = "contrast") -> Any:
    covariates, factors = terms(model)
    return study.endpoints[0].model_copy(
        update={
            "comparison": "ancova",
            "control": "PBO",
            "pairs": "all",
            "dose_trend": trend,
            "baseline_covariate": "BASE" in covariates,
            "covariates": tuple(c for c in covariates if c != "BASE"),
            "factors": tuple(factors),
        }
    )


def second(study: StudyDefinition, model: str, trend: str = "contrast") -> dict[tuple[str, str, str], float]:
    """(group, level, statistic) → value, as the second road adds them to its rows."""
    rows: list[dict[str, Any]] = []
    road: Any = SimpleNamespace(study=study, add=rows.extend)
    e = endpoint(study, model, trend)
    comparison.model(road, e, data_of(model).rename(columns={"chg": "y"}), {"analysis": "-"})
    return {(row["grp"], row["level"] or "", row["statistic"]): row["value"] for row in rows if "value" in row}


@pytest.mark.parametrize("model", MODELS)
def test_ancova_of_the_first_road(model: str) -> None:
    covariates, factors = terms(model)
    found = lsmeans.ancova(
        data_of(model), "chg", "grp", list(GROUPS), covariates, factors, "PBO",
        scores=list(GROUPS.values()), further=[("TOP", "LOW")],
    )  # fmt: skip
    means = expected_of(model, "lsmean").loc[list(GROUPS)]
    for ours, theirs in zip(OURS, ESTIMATE, strict=True):
        agree(found.means[ours], means[theirs], R)
    differences = expected_of(model, "difference").loc[["LOW - PBO", "TOP - PBO", "TOP - LOW"]]
    for ours, theirs in zip(OURS, ESTIMATE, strict=True):
        agree(found.differences[ours], differences[theirs], R)
    whole, trend = expected_of(model, "group").iloc[0], expected_of(model, "trend").iloc[0]
    agree([found.test.statistic, found.test.df, found.test.p], whole[["statistic", "df", "p"]], R)
    assert found.trend is not None
    agree(
        [found.trend.estimate, found.trend.se, found.trend.statistic, found.trend.p],
        trend[["estimate", "se", "statistic", "p"]],
        R,
    )
    slope = lsmeans.dose_slope(data_of(model), "chg", "grp", GROUPS, covariates, factors)
    theirs = expected_of(model, "slope").iloc[0]
    agree(
        [getattr(slope, n) for n in ("estimate", "se", "statistic", "df", "p")],
        theirs[["estimate", "se", "statistic", "df", "p"]],
        R,
    )


@pytest.mark.parametrize("model", MODELS)
def test_ancova_of_the_second_road(model: str, study: StudyDefinition) -> None:
    found = second(study, model)
    for group, row in expected_of(model, "lsmean").iterrows():
        names = {"estimate": "estimate", "se": "se", "ci_low": "low", "ci_high": "high"}
        agree([found[group, "", ours] for ours in names], row[list(names.values())], R)
    for pair, row in expected_of(model, "difference").iterrows():
        one, other = str(pair).split(" - ")
        level = "DIFFERENCE" if other == "PBO" else f"DIFFERENCE|{other}"
        agree([found[one, level, ours] for ours in OURS], row[ESTIMATE], R)
    whole, trend = expected_of(model, "group").iloc[0], expected_of(model, "trend").iloc[0]
    agree([found["TOTAL", "", s] for s in ("statistic", "p")], whole[["statistic", "p"]], R)
    agree([found["TOTAL", "TREND", s] for s in ("statistic", "df", "p")], trend[["statistic", "df", "p"]], R)
    slope, theirs = second(study, model, "slope"), expected_of(model, "slope").iloc[0]
    agree([slope["TOTAL", "TREND", s] for s in ("statistic", "df", "p")], theirs[["statistic", "df", "p"]], R)


def test_levels_of_a_factor_weigh_equally() -> None:
    """Weighing them by their numbers gives other means and the same differences (emmeans, weights = 'proportional')."""
    equal, proportional = expected_of("base site", "lsmean"), expected_of("base site proportional", "lsmean")
    assert (equal["estimate"] - proportional["estimate"]).abs().min() > 0.1
    agree(
        expected_of("base site", "difference")["estimate"],
        expected_of("base site proportional", "difference")["estimate"],
        R,
    )


@pytest.mark.parametrize(("model", "modifier"), [("base", "SEX"), ("base site", "SEX")])
def test_interaction(model: str, modifier: str, study: StudyDefinition) -> None:
    covariates, factors = terms(model)
    expected = expected_of(model, "interaction").iloc[0][["statistic", "df", "p"]]
    first = lsmeans.interaction(data_of(model), "chg", "grp", list(GROUPS), modifier, covariates, factors)
    agree([first.statistic, first.df, first.p], expected, R)
    own = data_of(model).rename(columns={"chg": "y"}).assign(subgroup=DATA[modifier])
    again = comparison._interaction(own, study, endpoint(study, model))
    agree([again[s] for s in ("statistic", "df", "p")], expected, R)


def test_an_interaction_without_one_of_the_cells_is_not_computed(study: StudyDefinition) -> None:
    """R drops the empty cell and tests the rest (5 df of 6); both roads say that the terms cannot be told apart."""
    own = data_of("base by site")
    assert "df 5" in expected_of("base by site", "interaction").index[0]
    first = lsmeans.interaction(own, "chg", "grp", list(GROUPS), "SITEID", ["BASE"], [])
    again = comparison._interaction(
        own.rename(columns={"chg": "y"}).assign(subgroup=own["SITEID"]), study, endpoint(study, "base")
    )
    assert math.isnan(first.p)
    assert first.warning is not None
    assert math.isnan(again["p"])


def test_what_is_confounded_is_not_estimated(study: StudyDefinition) -> None:
    at, low = DATA["SITEID"] == "S2", DATA["grp"] == "LOW"
    own = DATA[at == low]
    assert read("ancova-confounded")["estimate"].isna().all()
    found = lsmeans.ancova(own, "chg", "grp", list(GROUPS), ["BASE"], ["SITEID"], "PBO")
    assert found.means["estimate"].isna().all()
    assert found.warning == "not estimable: the terms of the model cannot be told apart in these data"
    e = endpoint(study, "base site")
    assert comparison.fit_of(comparison.design_of(own.rename(columns={"chg": "y"}), list(GROUPS), e)) is None


DRAWN = [
    [-4.2, -1.1, -6.3, -5],
    [-3.1, 0.4, -7.9, -2.2],
    [-5.6, -2.0, -4.4, -6.1],
    [-2.4, -0.7, -9.0, -4.4],
    [-4.9, 1.2, -6.8, -3.7],
]


@pytest.mark.parametrize("row", cases("ancova-imputed"))
def test_comparison_of_imputed_data(row: Any, study: StudyDefinition) -> None:
    """Each data set's estimate and variance by both roads; their combination by Rubin's rules by the first."""
    who = DATA["id"].isin([3, 12, 20, 27])
    q, u = [], []
    for drawn in DRAWN:
        own = DATA.copy()
        own.loc[who, "chg"] = drawn
        found = lsmeans.ancova(own, "chg", "grp", list(GROUPS), ["BASE"], ["SITEID"], "PBO")
        named = pd.concat(
            [found.means.set_index("grp"), found.differences.assign(grp=lambda f: f["grp"] + " - PBO").set_index("grp")]
        )
        q.append(named.loc[row["quantity"], "estimate"])
        u.append(named.loc[row["quantity"], "se"] ** 2)
        e = endpoint(study, "base site")
        design = comparison.design_of(own.rename(columns={"chg": "y"}), list(GROUPS), e)
        fit = comparison.fit_of(design)
        assert fit is not None
        one, *other = row["quantity"].split(" - ")
        c = design.mean_of(one) - (design.mean_of(other[0]) if other else 0)
        agree([fit.of(c)[0], fit.of(c)[1] ** 2], [q[-1], u[-1]], R)
    agree(q, values(row["estimates"]), R)
    agree(u, values(row["variances"]), R)
    pooled = imputation.rubin(q, u, row["complete_df"])
    agree([pooled.estimate, pooled.se, pooled.df, pooled.ci_low, pooled.ci_high, pooled.statistic, pooled.p],
          row[["estimate", "se", "df", "low", "high", "t", "p"]], R)  # fmt: skip


@pytest.mark.parametrize("row", cases("rubin"))
def test_rubins_rules(row: Any) -> None:
    q, u, df = values(row["estimates"]), values(row["variances"]), int(row["complete_df"])
    expected = row[["estimate", "se", "df", "low", "high", "p"]]
    names = ("estimate", "se", "df", "ci_low", "ci_high", "p")
    found = imputation.rubin(q, u, df)
    agree([getattr(found, n) for n in names], expected, R)
    # As samples: of df + 1 values whose mean is the estimate and whose squared standard error is the variance.
    n = df + 1
    plain = np.arange(n) - (n - 1) / 2
    sample = q[:, None] + np.sqrt(u * n)[:, None] * plain / plain.std(ddof=1)
    found = imputation.pool_mean(sample)
    agree([getattr(found, name) for name in names], expected, R)
    again = impute.pool(sample[None], 0.95)
    agree([again[name][0] for name in names], expected, R)
    again = impute.rubin(q[None], u[None], df, 0.95)
    agree([again[name][0] for name in names], expected, R)


MIXED = {
    "complete": ("mixed-growth", [], []),
    "age 10 missing": ("mixed-growth", [], []),
    "baseline": ("mixed-baseline", ["base"], []),
    "baseline site": ("mixed-baseline", ["base"], ["site"]),
    "pair": ("mixed-baseline", ["base"], []),
}


def records(case: str) -> tuple[pd.DataFrame, list[str], list[str], list[Any], list[str]]:
    """Data, covariates, factors, visits and groups of a mixed model of the fixture."""
    name, covariates, factors = MIXED[case]
    own = read(name)
    if name == "mixed-growth":
        own = own[own["case"] == case]
    if case == "pair":
        own = own[(own["visit"] > 1) & (own["group"] != "C")]
    return own, covariates, factors, sorted(own["visit"].unique()), sorted(own["group"].unique())


@pytest.mark.parametrize("case", MIXED)
def test_mixed_model_of_the_first_road(case: str) -> None:
    own, covariates, factors, visits, groups = records(case)
    found = mmrm.fit_mmrm(own, "value", "id", "visit", visits, "group", groups, covariates, factors)
    expected = read("mixed").query("case == @case")
    names = {"estimate": "estimate", "se": "se", "df": "df", "ci_low": "low", "ci_high": "high", "p": "p"}
    for quantity, frame in (("lsmean", found.means), ("difference", found.differences)):
        theirs = expected[expected["quantity"] == quantity].sort_values(["visit", "group"])
        ours = frame.sort_values(["visit", "group"])
        assert list(ours["group"]) == list(theirs["group"])
        for one, other in names.items():
            agree(ours[one], theirs[other], FITTED)
    covariance = expected[expected["quantity"] == "covariance"]
    at = found.covariance.to_numpy()
    agree(
        [at[int(r["group"]) - 1, int(r["visit"]) - 1] for _, r in covariance.iterrows()], covariance["estimate"], FITTED
    )
    agree([found.neg2loglik], expected.loc[expected["quantity"] == "deviance", "estimate"], 1e-6)


@pytest.mark.parametrize("case", ["complete", "baseline site"])
def test_compound_symmetry_of_the_first_road(case: str) -> None:
    own, covariates, factors, visits, groups = records(case)
    found = mmrm.fit_mmrm(
        own, "value", "id", "visit", visits, "group", groups, covariates, factors, covariance="compound symmetry"
    )
    expected = read("mixed-symmetric").query("case == @case")
    names = {"estimate": "estimate", "se": "se", "df": "df", "ci_low": "low", "ci_high": "high"}
    for quantity, frame in (("lsmean", found.means), ("difference", found.differences)):
        theirs = expected[expected["quantity"] == quantity].sort_values(["visit", "group"])
        for one, other in names.items():
            agree(frame.sort_values(["visit", "group"])[one], theirs[other], FITTED)
    variances = expected.set_index("quantity")["estimate"]
    agree(found.covariance.iloc[0, :2], variances[["variance", "covariance"]], FITTED)


@pytest.mark.parametrize("case", MIXED)
def test_mixed_model_of_the_second_road(case: str) -> None:
    held_against(case, "mixed", "unstructured")


@pytest.mark.parametrize("case", ["complete", "baseline site"])
def test_compound_symmetry_of_the_second_road(case: str) -> None:
    held_against(case, "mixed-symmetric", "compound_symmetry")


def held_against(case: str, fixture: str, structure: str) -> None:
    """The second road's fit of a model of the fixture: its own matrix, factors in reference coding."""
    own, covariates, factors, visits, groups = records(case)
    when = own["visit"].map({v: i for i, v in enumerate(visits)}).to_numpy(dtype=np.int64)
    cells = [(g, v) for v in visits for g in groups]
    columns = [((own["group"] == g) & (own["visit"] == v)).to_numpy(float) for g, v in cells]
    columns += [(own[c] - own[c].mean()).to_numpy() * (when == i) for c in covariates for i in range(len(visits))]
    average = [0.0] * len(columns)
    for name in factors:
        levels = sorted(own[name].unique())
        columns += [(own[name] == one).to_numpy(float) for one in levels[1:]]
        average += [1 / len(levels)] * (len(levels) - 1)
    subject = own["id"].factorize()[0].astype(np.int64)
    derivatives = getattr(mixed, structure)(len(visits))
    fit = mixed._fit(own["value"].to_numpy(float), np.column_stack(columns), subject, when, derivatives)

    def mean_of(group: str, visit: Any) -> Any:
        c = np.array(average)
        c[cells.index((group, visit))] = 1.0
        return c

    expected = read(fixture).query("case == @case and quantity in ['lsmean', 'difference']")
    for _, row in expected.iterrows():
        group, visit = row["group"], int(row["visit"])
        c = mean_of(group, visit) - (mean_of(groups[0], visit) if row["quantity"] == "difference" else 0)
        found = missing.tested_in(fit, c, 0.95)
        names = ("estimate", "se", "df", "ci_low", "ci_high", "p")
        known = row[["estimate", "se", "df", "low", "high", "p"]].notna()  # lmerTest prints no p of a mean
        theirs = row[["estimate", "se", "df", "low", "high", "p"]][known]
        agree([found[n] for n, k in zip(names, known, strict=True) if k], theirs, FITTED)


def test_degrees_of_freedom_of_complete_data_are_those_of_the_subjects() -> None:
    """Complete data, groups and visits alone: n - 2 for every contrast of groups at a visit, exactly."""
    own, _, _, visits, groups = records("complete")
    found = mmrm.fit_mmrm(own, "value", "id", "visit", visits, "group", groups)
    agree(found.differences["df"], [25] * 4, 1e-6)
