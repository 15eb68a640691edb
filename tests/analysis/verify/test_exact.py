"""The second implementations against published numbers and against plain enumeration."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from scipy import stats

from trial_report.analysis.verify import exact, incidence, source
from trial_report.analysis.verify.attempts import Failure, NotComputed
from trial_report.analysis.verify.claims import claims
from trial_report.analysis.verify.efficacy import kruskal
from trial_report.analysis.verify.escalation import ask, ends, mtd
from trial_report.analysis.verify.family import adjusted
from trial_report.analysis.verify.mixed import fit, fit_or_simpler
from trial_report.analysis.verify.survival import log_rank
from trial_report.analysis.verify.verification import Recomputed
from trial_report.schemas.study.analysis import Claim, Expectation

pytestmark = pytest.mark.requirement("REQ-505")


def test_clopper_pearson_of_no_event_in_twenty() -> None:
    """Rule of three's exact form: 1 - (alpha/2)^(1/n)."""
    low, high = exact.clopper_pearson(0, 20, 0.95)
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 20), abs=1e-12)


def test_clopper_pearson_of_their_paper() -> None:
    """10 of 100: 4.90% to 17.62% (Newcombe 1998, Stat Med 17:857, and every table)."""
    assert exact.clopper_pearson(10, 100, 0.95) == pytest.approx((0.0490, 0.1762), abs=5e-5)


def test_poisson_limits_of_garwood() -> None:
    """Five events: 1.6235 to 11.6683 (Garwood 1936, table)."""
    assert exact.poisson_limits(5, 0.95) == pytest.approx((1.6235, 11.6683), abs=5e-5)
    assert exact.poisson_limits(0, 0.95) == pytest.approx((0, -math.log(0.025)), abs=1e-10)


def test_t_quantile_and_tail() -> None:
    assert exact.t_quantile(9, 0.95) == pytest.approx(2.262157, abs=1e-6)
    assert exact.t_two_sided(2.262157, 9) == pytest.approx(0.05, abs=1e-7)


def test_effect_size_inverts_the_noncentral_t() -> None:
    values = np.array([1.0, 2.0, 4.0, 3.0, 0.0, 2.0])
    g, low, high = exact.effect_size(values, 0.95)
    n, t = 6, values.mean() / (values.std(ddof=1) / math.sqrt(6))
    j = math.exp(math.lgamma(2.5) - math.lgamma(2)) / math.sqrt(2.5)
    assert g == pytest.approx(j * values.mean() / values.std(ddof=1))
    assert stats.nct.cdf(t, 5, low / j * math.sqrt(n)) == pytest.approx(0.975, abs=1e-6)
    assert stats.nct.cdf(t, 5, high / j * math.sqrt(n)) == pytest.approx(0.025, abs=1e-6)


def test_kaplan_meier_and_log_rank_of_freireich() -> None:
    """6-MP in leukaemia (Freireich 1963, as in Kleinbaum & Klein): S(10) = 0.7529, median 23, log-rank 16.79."""
    time = np.array([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35], float)
    event = np.array([1] * 9 + [0] * 12, bool)
    control = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], float)
    curve = exact.kaplan_meier(time, event, 0.95)
    assert curve["survival"][curve["time"] == 10][0] == pytest.approx(0.7529, abs=5e-5)
    assert exact.median_time(curve)[0] == 23
    both, hit = np.concatenate([time, control]), np.concatenate([event, np.ones(21, bool)])
    statistic, df, _ = log_rank(both, hit, np.repeat(["a", "b"], 21))
    assert (statistic, df) == (pytest.approx(16.793, abs=5e-4), 1)


def test_kaplan_meier_has_limits_only_between_one_and_zero() -> None:
    """6-MP at 10 weeks by R survfit (log-log): 0.5032 to 0.8894; none before the first event nor at the end."""
    time = np.array([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35], float)
    curve = exact.kaplan_meier(time, np.array([1] * 9 + [0] * 12, bool), 0.95)
    at = int(np.flatnonzero(curve["time"] == 10)[0])
    assert (curve["low"][at], curve["high"][at]) == pytest.approx((0.5032, 0.8894), abs=5.1e-5)
    curve = exact.kaplan_meier(np.array([2.0, 3.0, 5.0]), np.array([False, True, True]), 0.95)
    assert curve["survival"].tolist() == [1, 0.5, 0]
    assert np.isnan(curve["low"]).tolist() == np.isnan(curve["high"]).tolist() == [True, False, True]


@pytest.mark.parametrize("df", [1, 2, 3, 4, 5])
def test_chi_square_tail(df: int) -> None:
    assert exact.chi_square_tail(3.7, df) == pytest.approx(stats.chi2.sf(3.7, df), rel=1e-12)


def test_kruskal_ties_are_not_broken_by_binary_dust() -> None:
    """0.3 - 0.1 and 0.2 are the same change: H is that of the ranks 1, 2.5, 2.5, 4."""
    with_dust = kruskal([np.array([0.1, 0.3 - 0.1]), np.array([0.2, 0.4])])
    assert with_dust["statistic"] == pytest.approx(stats.kruskal([1, 2], [2, 4]).statistic)


def test_procedures_of_multiplicity() -> None:
    """Holm and Hochberg of 0.01, 0.04, 0.03 (Wright 1992, Biometrics 48:1005, method)."""
    p = [0.01, 0.04, 0.03]
    assert adjusted(p, "holm") == pytest.approx([0.03, 0.06, 0.06])
    assert adjusted(p, "hochberg") == pytest.approx([0.03, 0.04, 0.04])
    assert adjusted(p, "bonferroni") == pytest.approx([0.03, 0.12, 0.09])
    assert adjusted(p, "fixed_sequence") == pytest.approx([0.01, 0.04, 0.04])
    after_a_gap = adjusted([0.01, math.nan, 0.001], "fixed_sequence")
    assert after_a_gap[0] == 0.01
    assert after_a_gap[2] == 1


LABELS = ("one", "two", "three")


@pytest.mark.parametrize(
    ("counts", "at", "decision", "level", "patients"),
    [
        (((3, 0), (0, 0), (0, 0)), 0, "escalate", 1, 3),
        (((3, 1), (0, 0), (0, 0)), 0, "expand", 0, 3),
        (((6, 1), (0, 0), (0, 0)), 0, "escalate", 1, 3),
        (((3, 2), (0, 0), (0, 0)), 0, "stop", None, 0),
        (((3, 0), (3, 2), (0, 0)), 1, "de-escalate", 0, 3),
        (((6, 1), (3, 2), (0, 0)), 1, "stop", None, 0),
        (((6, 0), (3, 2), (0, 0)), 0, "stop", None, 0),
        (((3, 0), (3, 0), (3, 0)), 2, "expand", 2, 3),
        (((3, 0), (3, 0), (6, 1)), 2, "stop", None, 0),
        (((2, 0), (0, 0), (0, 0)), 0, "not enough data", 0, 1),
        (((3, 0), (3, 0), (5, 0)), 2, "not enough data", 2, 1),
    ],
)
def test_the_rule(counts: tuple, at: int, decision: str, level: int | None, patients: int) -> None:
    before = 3 if counts[at][0] > 3 else 0
    step = ask(counts, at, True, LABELS, before)
    assert (step.decision, step.level, step.patients) == (decision, level, patients)


def test_the_definitions_of_the_mtd() -> None:
    counts = ((6, 1), (3, 0), (3, 2))
    assert mtd(counts, "at_most_one_sixth") == 1
    assert mtd(counts, "at_most_one_of_six") == 0
    assert mtd(counts, "below_two_dlts") == 1
    assert mtd(((3, 0), (3, 0), (3, 0)), "below_two_dlts") is None


def test_all_ways_the_design_can_end_have_probability_one() -> None:
    rates = (0.1, 0.25, 0.4)
    total = 0.0
    for end, (ways,) in ends(((0, 0), (0, 0), (0, 0)), 0, True, LABELS):
        total += ways * math.prod(p**d * (1 - p) ** (n - d) for (n, d), p in zip(end, rates, strict=True))
    assert total == pytest.approx(1, abs=1e-12)


def test_the_mixed_model_of_complete_data_is_the_mean() -> None:
    """Complete data and one mean a visit: estimates are the means, standard errors those of the mean, df n - 1."""
    values = np.array([[1.0, 2.0], [2.0, 1.0], [4.0, 5.0], [3.0, 3.5], [0.0, 2.5]])
    subject, visit = np.indices(values.shape)
    at = np.eye(2)[visit.ravel()]
    model = fit(values.ravel(), at, subject.ravel(), visit.ravel(), 2)
    for j in (0, 1):
        estimate, se, df = model.contrast(np.eye(2)[j])
        assert estimate == pytest.approx(values[:, j].mean())
        assert se == pytest.approx(values[:, j].std(ddof=1) / math.sqrt(5), rel=1e-6)
        assert df == pytest.approx(4, rel=1e-4)


@pytest.mark.parametrize(
    ("events", "n"), [(1500, 1950), (3, 100_000), pytest.param(400_000, 800_000, marks=pytest.mark.heavy)]
)
def test_limits_of_large_counts(events: int, n: int) -> None:
    """The quantiles of the beta and the chi-square distribution, of which the limits are another form."""
    expected = stats.beta.ppf(0.025, events, n - events + 1), stats.beta.ppf(0.975, events + 1, n - events)
    assert exact.clopper_pearson(events, n, 0.95) == pytest.approx(expected, rel=1e-7)
    expected = stats.chi2.ppf(0.025, 2 * events) / 2, stats.chi2.ppf(0.975, 2 * events + 2) / 2
    assert exact.poisson_limits(events, 0.95) == pytest.approx(expected, rel=1e-7)


def test_fisher_of_whole_numbers() -> None:
    """Tea tasting: 0.4857; Agresti's and R's convictions of twins, 2 of 17 against 10 of 13: p = 0.0005367."""
    assert incidence.fisher(3, 4, 1, 4) == pytest.approx(0.4857143, abs=1e-7)
    assert incidence.fisher(10, 13, 2, 17) == pytest.approx(0.0005367, abs=5e-8)
    assert math.isnan(incidence.fisher(0, 5, 0, 7))
    assert math.isnan(incidence.fisher(1, 3, 0, 0))


def test_fisher_agrees_with_the_library() -> None:
    tables = [(a, 9, b, 14) for a in range(10) for b in range(15) if 0 < a + b < 23]
    for a, of_a, b, of_b in tables:
        expected = stats.fisher_exact([[a, of_a - a], [b, of_b - b]]).pvalue
        assert incidence.fisher(a, of_a, b, of_b) == pytest.approx(expected, rel=1e-9)


def test_the_mixed_model_with_gaps_does_not_depend_on_the_order_of_records() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(40, 3)) + np.repeat([0.0, 1.0], 20)[:, None] + rng.normal(size=(40, 1))
    values[rng.random(values.shape) < 0.2] = np.nan
    subject, visit = np.nonzero(~np.isnan(values))
    y, group = values[subject, visit], subject >= 20
    x = np.array([(group == g) & (visit == v) for g in (False, True) for v in range(3)], float).T
    model = fit(y, x, subject, visit, 3)
    shuffled = rng.permutation(len(y))
    again = fit(y[shuffled], x[shuffled], subject[shuffled], visit[shuffled], 3)
    for c in np.eye(6):
        assert again.contrast(c) == pytest.approx(model.contrast(c), rel=1e-6)


def test_a_claim_about_what_is_printed_of_a_number() -> None:
    expected = Expectation(key="k", operator="is", value="12.3")
    claim = Claim(id="c", statement="It was 12.3", computed="[[k]]", expect=(expected,))
    found = pd.DataFrame({"key": ["k"], "value": [12.34], "text": pd.Series([None], dtype="str")})
    for printed, verdict in (("12.3", "yes"), ("12.4", "no")):
        rows = claims(claim, Recomputed(found, ()), pd.DataFrame({"key": ["k"], "formatted": [printed]}))
        assert [row["text"] for row in rows] == [printed, verdict, verdict]


def test_a_claim_about_what_could_not_be_computed_is_not_judged() -> None:
    claim = Claim(id="c", statement="Few", computed="[[k]]", expect=(Expectation(key="k", operator="<", value=3),))
    nothing = pd.DataFrame({"key": [], "value": [], "text": pd.Series([], dtype="str")})
    second = Recomputed(nothing, (Failure("rates", "a query to its database failed", covers=("k*",)),))
    with pytest.raises(NotComputed, match="rests on k"):
        claims(claim, second, pd.DataFrame({"key": ["k"], "formatted": ["2"]}))


def test_several_groups_are_compared_as_two_are() -> None:
    """Freeman & Halton (1951) of 2 × 2 is Fisher's test; of 2 × 3 the tables with these margins, counted by hand."""
    assert incidence.freeman_halton([3, 1], [4, 4]) == incidence.fisher(3, 4, 1, 4)
    # 1 of 1, 0 of 1, 0 of 1: three tables, each as likely as this one.
    assert incidence.freeman_halton([1, 0, 0], [1, 1, 1]) == 1.0
    # 2, 0, 0 of 2 each: of the 15 ways three give all to one group, and no other table is less likely.
    assert incidence.freeman_halton([2, 0, 0], [2, 2, 2]) == 3 / 15


def test_the_zero_of_a_transport_file_is_zero() -> None:
    assert source._text_of(pd.Series([2.0**-260, 0.5])).tolist() == ["0", "0.5"]


def test_compound_symmetry_where_there_are_too_few_subjects_for_more() -> None:
    """A visit and a variance for each of three subjects: by balance the means, and their pooled variance over three."""
    values = np.array([[1.0, 2.0, 4.0, 3.0], [2.0, 4.0, 5.0, 5.5], [4.0, 5.0, 9.0, 7.0]])
    subject, visit = (part.ravel() for part in np.indices(values.shape))
    model, structure = fit_or_simpler(values.ravel(), np.eye(4)[visit], subject, visit, 4)
    assert structure == "compound symmetry"
    assert model is not None
    estimate, se, _ = model.contrast(np.eye(4)[2])
    assert estimate == pytest.approx(6.0)
    assert se == pytest.approx(math.sqrt(values.var(axis=0, ddof=1).mean() / 3), rel=1e-6)


@pytest.mark.parametrize("records", [1, 2, 3, 4, 5, 20])
def test_a_short_record_that_ends_in_blanks_is_a_record(tmp_path: Path, records: int) -> None:
    """A record of 40 bytes whose last 16 are blank; 80 bytes hold two, and the last may be half padding."""
    frame = pd.DataFrame({"STUDYID": "STUDY-01", "QVAL": [f"VALUE{n:011d}" for n in range(records)], "QEVAL": " " * 16})
    frame.loc[0, "QEVAL"] = "INVESTIGATOR  16"
    pyreadstat.write_xport(frame, str(tmp_path / "suppds.xpt"), table_name="SUPPDS", file_format_version=5)
    found = source._transported([tmp_path / "suppds.xpt"])["SUPPDS"]
    assert found["QVAL"].tolist() == frame["QVAL"].tolist()
    assert found["QEVAL"].isna().sum() == records - 1
