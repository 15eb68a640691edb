"""Both roads against a third: descriptive statistics, t, signed ranks, Hodges–Lehmann, effects, several groups."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd
import pytest

from tests.references.fixtures import agree, cases, parted, read, values
from trial_report.analysis.methods import comparison, location, ranks
from trial_report.analysis.verify import datasets, efficacy, exact, incidence, iso
from trial_report.analysis.verify import ranks as again

pytestmark = pytest.mark.requirement("REQ-307", "REQ-505")

R = 1e-9  # R and we compute the same closed form in double precision
SUMMARY = ["n", "mean", "sd", "median", "q1", "q3", "min", "max"]


def test_descriptive_statistics_of_the_first_road() -> None:
    fixture = read("descriptive")
    long = pd.DataFrame(
        [(row.case, v) for row in fixture.itertuples() for v in values(row.x)], columns=["case", "AVAL"]
    )
    found = location.describe(long, ["case"]).set_index("case").loc[fixture["case"]]
    for name in SUMMARY:
        agree(found[name], fixture[name], R)


@pytest.mark.parametrize("row", cases("descriptive"))
def test_quartiles_of_the_second_road(row: Any) -> None:
    with duckdb.connect() as con:
        iso.functions_of(con)  # that the macros call
        datasets.run(con, "dates")  # macros, pctl5 among them
        found = con.execute("SELECT pctl5(?, 0.25), pctl5(?, 0.5), pctl5(?, 0.75)", [sorted(values(row.x))] * 3)
        agree(found.fetchall()[0], row[["q1", "median", "q3"]], R)


@pytest.mark.parametrize("row", cases("t-test"))
def test_paired_t(row: Any) -> None:
    x = values(row.x)
    first, second = location.one_sample_t(x), efficacy.t_test(x, 0.95)
    agree([first.estimate, first.se], row[["mean", "se"]], R)
    agree([second["estimate"], second["se"]], row[["mean", "se"]], R)
    agree([first.statistic, first.p], row[["t", "p"]], R)
    agree([second["statistic"], second["p"]], row[["t", "p"]], R)
    # Equal changes: R stops; both roads say that the interval has no width and that there is nothing to test.
    width = row[["ci_low", "ci_high"]].fillna(row["mean"]) if len(x) > 1 else row[["ci_low", "ci_high"]]
    agree([first.ci_low, first.ci_high], width, R)
    agree([second["ci_low"], second["ci_high"]], width, R)


@pytest.mark.parametrize("row", cases("signed-rank"))
def test_signed_rank(row: Any) -> None:
    first, (used, _, statistic, p) = ranks.signed_rank(values(row.x)), again.signed_rank(values(row.x))
    w = row["w_plus"] if row["used"] else float("nan")  # without a rank there is no sum of ranks
    agree([first.used, first.statistic, first.p], [row["used"], w, row["p"]], R)
    agree([used, statistic, p], [row["used"], w, row["p"]], R)


def test_the_packages_agree_on_the_signed_rank_test() -> None:
    fixture = read("signed-rank")
    for package in ("p_exactRankTests", "p_coin"):
        known = fixture[fixture[package].notna()]
        assert len(known) >= 14
        agree(known[package], known["p"], R)
    assert fixture.set_index("case").loc["depression", "p"] == pytest.approx(2 * 0.01953, abs=1e-5)  # as printed


@pytest.mark.parametrize("row", cases("hodges-lehmann"))
def test_hodges_lehmann(row: Any) -> None:
    first, second = ranks.hodges_lehmann(values(row.x)), again.hodges_lehmann(values(row.x), 0.95)
    expected = row[["estimate", "ci_low", "ci_high"]]
    agree([first.estimate, first.ci_low, first.ci_high], expected, R)
    agree(second, expected, R)


def test_hodges_lehmann_limits_are_those_of_wilcox_test() -> None:
    fixture = read("hodges-lehmann")
    known = fixture[fixture["r_low"].notna()]
    assert len(known) >= 4
    agree(known["ci_low"], known["r_low"], R)
    agree(known["ci_high"], known["r_high"], R)


@pytest.mark.parametrize("row", cases("standardised-mean-change"))
def test_standardised_mean_change(row: Any) -> None:
    first, second = location.standardized_effect(values(row.x)), exact.effect_size(values(row.x), 0.95)
    expected = row[["g", "ci_low", "ci_high"]]
    agree([first.estimate], expected[:1], R)
    agree([first.ci_low, first.ci_high], expected[1:], 2e-6)  # SciPy's inverse of the noncentral t
    agree(second, expected, 1e-8)


@pytest.mark.parametrize("row", cases("kruskal-wallis"))
def test_several_groups(row: Any) -> None:
    groups = parted(row["x"])
    first, f = comparison.kruskal_wallis(groups), comparison.anova(groups)
    second = efficacy.kruskal([x for x in groups if len(x)])
    agree([first.statistic, first.p], row[["h", "p"]], R)
    agree([second["statistic"], second["p"]], row[["h", "p"]], R)
    agree([f.statistic, f.p], row[["f", "p_anova"]], R)
    frame = pd.DataFrame([(i, v) for i, x in enumerate(groups) for v in x], columns=["grp", "v"])
    agree(incidence._f_test(frame), row[["f", "p_anova"]], R)
    if not pd.isna(row["h"]):
        agree([first.df, second["df"]], [row["df"]] * 2, 0)
