"""Both roads against a third: proportions, their differences, rates, tests of tables, 3+3 rule, families of tests."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.references.fixtures import agree, cases, parted, read, values
from trial_report.analysis.methods import escalation, operating, proportions, rates, risk_difference, stratified, tables
from trial_report.analysis.methods.multiplicity import adjust
from trial_report.analysis.verify import categories, exact, family, incidence, proportion
from trial_report.analysis.verify import escalation as again

pytestmark = pytest.mark.requirement("REQ-307", "REQ-505")

R = 1e-9  # R and we compute the same closed form in double precision
SOLVED = 1e-7  # R brackets a root (poisson.test, fisher.test) or rounds a tail


@pytest.mark.parametrize("row", cases("clopper-pearson"))
def test_clopper_pearson(row: Any) -> None:
    low, high = proportions.clopper_pearson([row["events"]], [row["n"]])
    expected = row[["ci_low", "ci_high"]]
    agree([low[0], high[0]], expected, R)
    agree(exact.clopper_pearson(int(row["events"]), int(row["n"]), 0.95), expected, R)


def test_clopper_pearson_as_printed() -> None:
    """Newcombe 1998, Stat Med 17:857-872, Table I, method 5, to four decimals."""
    low, high = proportions.clopper_pearson([81, 15, 0, 1], [263, 148, 20, 29])
    agree(low, [0.2527, 0.0578, 0.0000, 0.0009], 6e-5)
    agree(high, [0.3676, 0.1617, 0.1684, 0.1776], 6e-5)


@pytest.mark.parametrize("row", cases("poisson-rate"))
def test_poisson_limits(row: Any) -> None:
    found = rates.incidence_rate(int(row["events"]), row["time"])
    expected = row[["rate", "ci_low", "ci_high"]]
    agree([found.rate, found.ci_low, found.ci_high], expected, R)
    low, high = exact.poisson_limits(int(row["events"]), 0.95)
    agree([low / row["time"], high / row["time"]], expected[1:], R)


@pytest.mark.parametrize("row", cases("newcombe"))
def test_newcombe(row: Any) -> None:
    found = risk_difference.newcombe(row["a"], row["m"], row["b"], row["n"])
    agree([float(x) for x in found], row[["estimate", "ci_low", "ci_high"]], R)
    again = proportion.newcombe(*(int(row[name]) for name in ("a", "m", "b", "n")), 0.95)
    agree(again, row[["estimate", "ci_low", "ci_high"]], R)
    if not math.isnan(row["printed_low"]):  # Newcombe 1998, Table II, four decimals
        agree([float(x) for x in found[1:]], row[["printed_low", "printed_high"]], 6e-5)


@pytest.mark.parametrize("row", cases("risk-difference-strata"))
def test_risk_difference_over_strata(row: Any) -> None:
    a, m, b, n = np.array(parted(row["strata"])).T
    found = risk_difference.mantel_haenszel(a, m, b, n)
    expected = row[["estimate", "ci_low", "ci_high"]].copy()
    if row["se"] == 0:
        expected[1:] = math.nan  # without variance there is no interval: the formula would give one without width
    agree([found.estimate, found.ci_low, found.ci_high], expected, R)
    second = proportion.stratified([tuple(int(x) for x in one) for one in parted(row["strata"])], 0.95)
    agree(second, [*expected, row["p_cmh"]], R)


@pytest.mark.parametrize("row", cases("risk-difference-strata"))
def test_two_by_two_tables_in_strata(row: Any) -> None:
    strata = [[[m - a, a], [n - b, b]] for a, m, b, n in parted(row["strata"])]
    first, second = stratified.association(strata), _of_subjects(strata)
    agree([first.statistic, first.p], row[["chi", "p_cmh"]], R)
    agree([second["statistic"], second["p"]], row[["chi", "p_cmh"]], R)


@pytest.mark.parametrize("row", cases("cmh"))
def test_levels_in_strata(row: Any) -> None:
    strata = [[list(group) for group in parted(one, ";")] for one in row["table"].split("|")]
    scores = values(row["scores"])
    first, second = stratified.mean_scores_differ(strata, scores), _of_subjects(strata, scores)
    expected = row[["means", "df_means", "p_means"]]
    agree([first.statistic, first.df, first.p], expected, R)
    agree([second["statistic"], second["df"], second["p"]], expected, R)
    first, second = stratified.association(strata), _of_subjects(strata)
    expected = row[["association", "df_association", "p_association"]]
    agree([first.statistic, first.df, first.p], expected, R)
    agree([second["statistic"], second["df"], second["p"]], expected, R)


def _of_subjects(strata: list[Any], scores: Any = None) -> dict[str, float]:
    """The second road's test: a row a subject; of the scores, or else of the levels."""
    counts = np.asarray(strata, dtype=int)
    people = pd.DataFrame(np.argwhere(counts >= 0), columns=["S", "grp", "level"])
    people = people.loc[people.index.repeat(counts.ravel())]
    road: Any = SimpleNamespace(study=SimpleNamespace(groups=[SimpleNamespace(code=i) for i in range(counts.shape[1])]))
    level = people["level"].to_numpy()
    y = (level[:, None] == np.arange(counts.shape[2])).astype(float) if scores is None else scores[level][:, None]
    return categories.test_of(road, ["S"], people, y)


@pytest.mark.parametrize("row", cases("fisher-chi-square"))
def test_fisher_and_chi_square(row: Any) -> None:
    table = parted(row["table"])
    if row["case"] != "job":  # 4 x 4, 96 subjects: too many tables to enumerate, and told so
        agree([tables.fisher_exact(table).p], [row["p_fisher"]], SOLVED)
    found = tables.chi_square(table)
    agree([found.statistic, found.df, found.p], row[["chi", "df", "p_chi"]], R)
    counts = np.array(table, dtype=int)
    if counts.shape[1] == 2:
        agree([incidence.freeman_halton(list(counts[:, 0]), list(counts.sum(axis=1)))], [row["p_fisher"]], SOLVED)
    if counts.shape == (2, 2):
        agree(
            [incidence.fisher(counts[0, 0], counts[0].sum(), counts[1, 0], counts[1].sum())], [row["p_fisher"]], SOLVED
        )
    cells = np.argwhere(counts >= 0).repeat(counts.ravel(), axis=0)
    statistic, p = incidence._chi_square(pd.DataFrame(cells, columns=["grp", "v"]))
    agree([statistic, p], row[["chi", "p_chi"]], R)


@pytest.mark.parametrize("row", cases("multiplicity"))
@pytest.mark.parametrize("procedure", ["bonferroni", "holm", "hochberg", "fixed_sequence"])
def test_adjusted_p_values(row: Any, procedure: Any) -> None:
    p = list(values(row["p"]))
    agree(adjust(p, procedure.replace("_", "-")).adjusted, values(row[procedure]), R)
    agree(family.adjusted(p, procedure), values(row[procedure]), R)


DESIGNS = [
    ("at_most_one_of_six", True),
    ("at_most_one_sixth", False),
    ("below_two_dlts", True),
    ("below_two_dlts", False),
]


@pytest.mark.parametrize(("definition", "confirm"), DESIGNS)
@pytest.mark.parametrize("scenario", ["flat", "steep", "toxic", "safe", "certain", "one"])
def test_operating_characteristics(scenario: str, definition: str, confirm: bool) -> None:
    fixture = read("three-plus-three")
    own = fixture[
        (fixture["case"] == scenario) & (fixture["definition"] == definition) & (fixture["confirm"] == confirm)
    ]
    rates_, levels = values(own["rates"].iloc[0]), tuple(f"D{i}" for i in own["level"])
    design = escalation.Design(levels, again.NAMES[definition], confirm=confirm)
    found = operating.operating_characteristics(rates_, design)
    for name, other in (("p_mtd", "selected"), ("expected_patients", "patients"), ("expected_dlts", "dlt")):
        agree(found.by_level[name], own[other], R)
    agree([found.totals["p_not_reached"][0] if definition == "below_two_dlts" else 0], own["not_reached"][:1], R)
    ends: dict[Any, int] = {}
    start = tuple((0, 0) for _ in levels)
    for end, (ways,) in again.ends(start, 0, confirm, levels):
        ends[end] = ends.get(end, 0) + ways
    chance = {
        e: w * math.prod(p**d * (1 - p) ** (n - d) for (n, d), p in zip(e, rates_, strict=True))
        for e, w in ends.items()
    }
    for i, (_, expected) in enumerate(own.iterrows()):
        agree([sum(p for e, p in chance.items() if again.mtd(e, definition) == i)], [expected["selected"]], R)
        agree([sum(p * e[i][0] for e, p in chance.items())], [expected["patients"]], R)
        agree([sum(p * e[i][1] for e, p in chance.items())], [expected["dlt"]], R)


def test_the_chance_of_passing_a_dose_is_that_of_lin_and_shih() -> None:
    """q^3 + 3 p q^5 (Lin and Shih 2001), as many texts print it for DLT rates of 10 to 50%."""
    design = escalation.Design(("A", "B"), again.NAMES["below_two_dlts"])
    found = [
        operating.operating_characteristics([p, 1.0], design).by_level["p_treated"][1]
        for p in (0.1, 0.2, 0.3, 0.4, 0.5)
    ]
    agree(found, [0.906, 0.709, 0.494, 0.309, 0.172], 6e-4)


def test_percent_change_and_body_mass_index_are_by_hand() -> None:
    """The formulas of the fixtures' heads; the derivations of both roads are held against them in the studies."""
    change, mass = read("percent-change"), read("body-mass-index")
    with np.errstate(all="ignore"):
        share = 100 * (change["value"] - change["base"]) / change["base"].abs()
    agree(share.where(change["base"] != 0), change["percent"], R)
    agree(mass["weight"] / (mass["height"] / 100) ** 2, mass["bmi"], R)
    assert len(list(itertools.chain(change["percent"].dropna(), mass["bmi"]))) == 13
