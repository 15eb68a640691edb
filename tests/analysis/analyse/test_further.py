"""Further analyses: the comparison in another set, or of other data, beside the first and without decisions."""

import pytest

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial
from trial_report.analysis.analyse import efficacy_tests, further

pytestmark = pytest.mark.requirement("REQ-306")

SETS = [{"id": "ALL", "flag": "ALLFL", "label": "All", "definition": "All.", "criteria": {"treated": True}},
        {"id": "DONE", "flag": "DONEFL", "label": "Completers", "definition": "C.", "criteria": {"treated": True}},
        ]  # fmt: skip
COMPARED = {"comparison": "ancova", "control": "A", "other_tests": [], "comparison_data": "locf"}
GROUPS = dict(zip("abcdefgh", "AAAABBBB", strict=True))
VALUES = {"a": (60, 52, 50), "b": (55, 50, None), "c": (48, 47, 40), "d": (70, 61, 66), "e": (52, 50, 41),
          "f": (62, 40, 33), "g": (51, None, 30), "h": (47, 31, 36)}  # fmt: skip


def made(*asked, **changes):
    adsl = subjects(GROUPS, DONEFL=["Y", "N", "Y", "Y", "Y", "Y", "N", "Y"])
    study = definition({**COMPARED, **changes, "further": list(asked)}, analysis_sets=SETS)
    return trial(study, adsl, adbds=measurements(adsl, VALUES))


def test_a_further_analysis_is_the_comparison_of_its_set_data_and_visits():
    study = made({"id": "OC", "label": "Completers", "analysis_set": "DONE", "data": "observed", "visits": ["V2"]})
    found = further.analyse(study).set_index("key")
    alone = made(analysis_set="DONE", comparison_data="observed", visits=["V2"])
    first = efficacy_tests.analyse(alone).set_index("key")
    first = first.loc[(first["analysis"] == "eff.comparison") & ~first["statistic"].isin(["decision", "p_adjusted"])]
    assert list(found["value"].dropna()) == list(first["value"].dropna())
    assert found.loc["eff.further.OC/DONE/SCORE/V2/A/-/n", "value"] == 3
    assert "eff.further.OC/DONE/SCORE/V1/A/-/n" not in found.index


def test_what_is_not_said_is_as_in_the_comparison():
    found = further.analyse(made({"id": "SAME", "label": "Once more"})).set_index("key")
    first = efficacy_tests.analyse(made()).set_index("key")
    at = "ALL/SCORE/V2/B/DIFFERENCE/p"
    assert found.loc[f"eff.further.SAME/{at}", "value"] == first.loc[f"eff.comparison/{at}", "value"]


@pytest.mark.parametrize(
    ("asked", "changes", "expected"),
    [
        ({"analysis_set": "PP"}, {}, r"further\.X\.analysis_set: 'PP' is not defined"),
        ({"visits": ["V9"]}, {}, r"further\.X\.visits: 'V9' is not defined"),
        ({"data": "locf"}, {"comparison": "none"}, r"further\.X\.data: no effect: it is of comparisons"),
        ({"phases": ["P9"]}, {}, r"further\.X\.phases: 'P9' is not defined \(known: none\)"),
    ],
)
def test_faults_of_a_further_analysis(asked, changes, expected):
    with pytest.raises(ValueError, match=expected):
        made({"id": "X", "label": "X", **asked}, **changes)


def test_each_further_analysis_has_a_name_of_its_own():
    with pytest.raises(ValueError, match=r"endpoints\.SCORE\.further: X stands there twice"):
        made({"id": "X", "label": "One"}, {"id": "X", "label": "Two"})
