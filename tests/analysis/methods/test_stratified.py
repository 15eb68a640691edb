"""Cochran–Mantel–Haenszel tests of ordered levels agree with what SAS and R print of published tables."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from trial_report.analysis.methods.comparison import kruskal_wallis
from trial_report.analysis.methods.stratified import NO_TABLE, SINGULAR, association, mean_scores_differ

pytestmark = pytest.mark.requirement("REQ-307")

# Agresti A. Categorical Data Analysis, 2nd ed., Wiley 2002, Table 7.8: job satisfaction (columns: very dissatisfied, a
# little, moderately, very satisfied) by income (rows), women then men; the data of ?mantelhaen.test in R.
SATISFACTION = np.array(
    [
        [[1, 3, 11, 2], [2, 3, 17, 3], [0, 1, 8, 5], [0, 2, 4, 2]],
        [[1, 1, 2, 1], [0, 3, 5, 1], [0, 0, 7, 3], [0, 1, 9, 6]],
    ]
)
# SAS/STAT User's Guide, The FREQ Procedure, "Cochran-Mantel-Haenszel Statistics": migraine, better or same, by
# treatment, women then men.
MIGRAINE = np.array([[[16, 11], [5, 20]], [[12, 16], [7, 19]]])


def test_job_satisfaction_and_income():
    """Agresti 2002, Table 7.12 (SAS): row mean scores 9.0342, df 3, p 0.0288 with scores 1, 3, 4, 5; general
    association 10.2001, df 9, p 0.3345, as R's mantelhaen.test(Satisfaction). Tolerance: the printed digits."""
    rows, general = mean_scores_differ(SATISFACTION, [1, 3, 4, 5]), association(SATISFACTION)
    assert (round(rows.statistic, 4), rows.df, round(rows.p, 4)) == (9.0342, 3, 0.0288)
    assert (round(general.statistic, 4), general.df, round(general.p, 4)) == (10.2001, 9, 0.3345)


def test_migraine():
    """SAS: all three statistics of a 2 × 2 table are 8.3052, p 0.0040; statsmodels without continuity correction."""
    rows, general = mean_scores_differ(MIGRAINE, [0, 1]), association(MIGRAINE)
    reference = StratifiedTable(MIGRAINE.transpose(1, 2, 0)).test_null_odds(correction=False)
    for found in (rows, general):
        assert (round(found.statistic, 4), round(found.p, 4)) == (8.3052, 0.0040)
        assert found.statistic == pytest.approx(reference.statistic, rel=1e-12)


def test_one_stratum_with_rank_scores_is_kruskal_wallis():
    """SAS/STAT User's Guide: with rank scores and one stratum the statistic is that of Kruskal and Wallis."""
    table = SATISFACTION.sum(axis=0)
    columns = table.sum(axis=0)
    midranks = np.cumsum(columns) - (columns - 1) / 2
    samples = [np.repeat(midranks, row) for row in table]
    found = mean_scores_differ(table[None], midranks)
    assert found.statistic == pytest.approx(kruskal_wallis(samples).statistic, rel=1e-12)


def test_scores_may_be_moved_and_stretched():
    plain = mean_scores_differ(SATISFACTION, [1, 2, 3, 4])
    assert mean_scores_differ(SATISFACTION, [10, 30, 50, 70]).statistic == pytest.approx(plain.statistic, rel=1e-12)


def test_what_carries_no_information_is_left_out():
    """An empty group, a level that nobody has, a stratum with one patient or one group."""
    more = np.zeros((4, 5, 5))
    more[:2, :4, :4] = SATISFACTION
    more[2, 0, 0], more[3, 1, 2] = 1, 9
    assert association(more).statistic == pytest.approx(association(SATISFACTION).statistic, rel=1e-12)
    found = mean_scores_differ(more, [1, 3, 4, 5, 9])
    assert (found.df, found.statistic) == (3, pytest.approx(9.0342, abs=5e-5))


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        (np.zeros((1, 2, 3)), NO_TABLE),
        ([[[3, 0], [5, 0]]], NO_TABLE),
        ([[[3, 2]]], NO_TABLE),
        ([[[2, 1], [1, 2], [0, 0], [0, 0]], [[0, 0], [0, 0], [4, 1], [1, 3]]], SINGULAR),
    ],
)
def test_what_cannot_be_tested(counts, why):
    for found in (mean_scores_differ(counts, np.arange(np.shape(counts)[2])), association(counts)):
        assert np.isnan(found.p)
        assert found.warning == why


def test_counts_of_another_kind_are_refused():
    with pytest.raises(ValueError, match="whole"):
        association([[1, 2], [3, 4]])
    with pytest.raises(ValueError, match="each level needs a score"):
        mean_scores_differ(MIGRAINE, [1, 2, 3])
