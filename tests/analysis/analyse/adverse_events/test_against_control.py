"""Incidence against control: Fisher's exact test in each class and term, where the definition names a control."""

import pytest

from tests.analysis.analyse.safety_frames import EVENT, STUDY, SUBJECT, definition, frame, trial
from trial_report.analysis.analyse.adverse_events.against_control import analyse

pytestmark = pytest.mark.requirement("REQ-304")

COMPARED = definition(adverse_events={**STUDY["adverse_events"], "compare_with": "A"})
EIGHT = frame(SUBJECT, *({"USUBJID": str(n), "TRT01A": "A" if n <= 4 else "B"} for n in range(1, 9)))


def test_fisher_of_the_tea_tasting() -> None:
    """3 of 4 against 1 of 4: p = 0.4857 (Fisher 1935; Agresti, Categorical Data Analysis, section 3.5)."""
    events = frame(EVENT, *({"USUBJID": str(n)} for n in (1, 2, 3, 8, 8)))
    rows = analyse(trial(EIGHT, study=COMPARED, adae=events)).set_index("key")
    for place in ("AEDECOD/-/B/ANY", "AEDECOD/-/B/Nerves", "AEDECOD/-/B/Nerves|Headache", "USUBJID/-/B/EMERGENT"):
        assert rows.loc[f"ae.compare/SAF/{place}/p", "value"] == pytest.approx(0.485714, abs=1e-6)
    assert rows["group"].unique().tolist() == ["B"]
    where = rows.loc["ae.compare/SAF/AEDECOD/-/B/Nerves|Headache/p", "filter"]
    assert where.endswith("AEBODSYS = 'Nerves' AND AEDECOD = 'Headache' AND TRT01A IN ('B', 'A')")


def test_kinds_of_events_serious_terms_and_deaths_are_compared_too() -> None:
    """2 of 4 against none of 4: p = 0.4286 (6 of the 28 pairs from 8 lie within one group, so do 6 in the other)."""
    events = frame(EVENT, {"USUBJID": "1", "AESER": "Y"}, {"USUBJID": "2", "AESER": "Y"}, {"USUBJID": "8"})
    people = EIGHT.assign(DTHFL=["N"] * 6 + ["Y", "Y"])
    rows = analyse(trial(people, study=COMPARED, adae=events)).set_index("key")["value"]
    compared = ("ae.compare/SAF/USUBJID/-/B/SERIOUS", "ae.compare.serious/SAF/AEDECOD/-/B/Nerves|Headache",
                "ae.compare/SAF/DTHFL/-/B/ANY")  # fmt: skip
    for place in compared:
        assert rows[f"{place}/p"] == pytest.approx(12 / 28, abs=1e-12)


def test_without_an_event_there_is_nothing_to_test() -> None:
    rows = analyse(trial(EIGHT, study=COMPARED, adae=frame(EVENT, {"TRTEMFL": "N"}))).set_index("key")
    assert rows.loc["ae.compare/SAF/AEDECOD/-/B/ANY/p", "formatted"] == "–"
    assert rows.loc["ae.compare/SAF/AEDECOD/-/B/ANY/p", "warning"]


def test_nothing_is_compared_unless_the_definition_asks() -> None:
    assert analyse(trial(EIGHT, adae=frame(EVENT, {}))).empty


def test_the_control_must_be_a_group() -> None:
    with pytest.raises(ValueError, match="'Z' is not defined"):
        definition(adverse_events={**STUDY["adverse_events"], "compare_with": "Z"})
