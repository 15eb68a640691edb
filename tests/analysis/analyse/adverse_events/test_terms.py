"""Events by class and term: order, missing codes, related, serious, frequent, dose-limiting."""

import pytest

from tests.analysis.analyse.safety_frames import EVENT, SUBJECT, four, frame, printed, trial
from trial_report.analysis.analyse.adverse_events.terms import analyse

pytestmark = pytest.mark.requirement("REQ-304")

EVENTS = frame(
    EVENT,
    {"USUBJID": "1", "AEDECOD": "Zoster", "AEBODSYS": "Infections"},
    {"USUBJID": "2", "AEDECOD": "Zoster", "AEBODSYS": "Infections", "AREL": "N", "AEREL": "NOT RELATED"},
    {"USUBJID": "1", "AESEQ": 2, "AEDECOD": "Cough", "AEBODSYS": "Infections"},
    {"USUBJID": "1", "AESEQ": 3},
    {"USUBJID": "1", "AESEQ": 4},
    {"USUBJID": "2", "AESEQ": 2, "AEDECOD": None, "AEBODSYS": None, "AESER": "Y", "AESHOSP": "Y"},
)


def test_classes_and_terms_stand_by_falling_frequency_then_by_name() -> None:
    found = analyse(trial(four(), adae=EVENTS))
    rows = found.loc[(found["analysis"] == "ae.soc_pt") & (found["group"] == "A") & (found["statistic"] == "n")]
    assert rows[["level", "formatted"]].to_numpy().tolist() == [
        ["ANY", "2"],
        ["Infections", "2"],
        ["Infections|Zoster", "2"],
        ["Infections|Cough", "1"],
        ["Nerves", "1"],
        ["Nerves|Headache", "1"],
        ["Not coded", "1"],
        ["Not coded|Not coded", "1"],
    ]
    assert printed(found, "ae.soc_pt/SAF/AEDECOD/-/A/Nerves|Headache", "n", "pct", "events") == "1 33.3 2"
    assert found.set_index("key").loc["ae.soc_pt/SAF/AEDECOD/-/A/Not coded/n", "filter"].endswith("AEBODSYS IS NULL")


def test_related_events_and_the_relationship_as_recorded() -> None:
    found = analyse(trial(four(), adae=EVENTS))
    assert printed(found, "ae.relationship/SAF/AEDECOD/-/A/Infections|Zoster", "n") == "1"
    assert printed(found, "ae.relationship/SAF/AEREL/-/A/NOT RELATED", "n", "events") == "1 1"


def test_serious_events_by_criterion_and_term() -> None:
    found = analyse(trial(four(), adae=EVENTS))
    assert printed(found, "ae.serious/SAF/AESHOSP/-/A/Y", "n", "events") == "1 1"
    assert printed(found, "ae.serious/SAF/AESDTH/-/A/Y", "n", "events") == "0 0"
    assert printed(found, "ae.serious/SAF/AEDECOD/-/A/Not coded|Not coded", "n") == "1"


def test_frequent_terms_reach_the_share_of_all_subjects() -> None:
    found = analyse(trial(four(), adae=EVENTS))
    levels = found.loc[(found["analysis"] == "ae.frequent") & (found["statistic"] == "n"), "level"]
    assert set(levels) == {"Zoster"}  # 2 of 3; the definition asks for half


def test_toxicities_are_counted_among_the_evaluable_with_the_exact_interval() -> None:
    adsl = frame(SUBJECT, {"USUBJID": "1", "NDLT": 1}, {"USUBJID": "2"}, {"USUBJID": "3"})
    found = analyse(trial(adsl, adae=frame(EVENT, {"DLTFL": "Y"}))).set_index("key")
    stem = "ae.dlt/EVAL/DLTEVFL/-/A/ANY"
    assert [found.loc[f"{stem}/{s}", "formatted"] for s in ("N", "n", "pct")] == ["3", "1", "33.3"]
    # 1 of 3, Clopper-Pearson 95%: 0.0084 to 0.9057 (R 4.3, binom.test(1, 3)).
    assert found.loc[f"{stem}/pct_low", "value"] == pytest.approx(0.8404, abs=1e-3)
    assert found.loc[f"{stem}/pct_high", "value"] == pytest.approx(90.5701, abs=1e-3)
    assert found.loc["ae.dlt/EVAL/AEDECOD/-/A/Nerves|Headache/n", "formatted"] == "1"


def test_without_events_the_rows_any_are_zero_and_a_group_without_subjects_has_dashes() -> None:
    found = analyse(trial(four()))
    for analysis, population in (
        ("ae.soc_pt", "SAF"),
        ("ae.relationship", "SAF"),
        ("ae.serious", "SAF"),
        ("ae.dlt", "EVAL"),
    ):
        assert printed(found, f"{analysis}/{population}/AEDECOD/-/TOTAL/ANY", "n", "pct", "events") == "0 0.0 0"
    assert printed(found, "ae.dlt/EVAL/DLTEVFL/-/B/ANY", "N", "n", "pct", "pct_low", "pct_high") == "0 0 – – –"
