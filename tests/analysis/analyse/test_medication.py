"""Medication: what began before first dose is prior, what was taken from then on concomitant, and much is both."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import definition, four, printed, trial
from trial_report.analysis.analyse.medication import Begun, NotBefore, analyse
from trial_report.analysis.display.filters import in_words
from trial_report.analysis.lineage.conditions import Conditions

pytestmark = pytest.mark.requirement("REQ-301")

# Subjects 1 to 3 had their first dose on 2020-01-01. Of a partial start the first day that it can mean counts, of a
# partial end the last.
P, C, BOTH = ("prior",), ("concomitant",), ("prior", "concomitant")
TAKEN = [
    ("1", "A", "2019-11", "2019-12-31", None, None, P),
    ("1", "B", "2019-12-31", "2020-01-01", None, None, BOTH),
    ("1", "C", "2020-01-01", "2020-01-01T08:00", None, None, C),
    ("1", "D", "2019", "2019-12", None, None, P),
    ("2", "E", "2020", "2020", None, None, C),
    ("2", "F", None, "2019", None, None, P),
    ("2", "G", "2020---15", "2020---15", None, None, C),
    ("2", "H", "--11-05", "2019---15", None, None, P),
    ("3", "I", None, None, None, None, BOTH),
    ("3", "J", None, None, None, "BEFORE", P),
    ("3", "K", None, None, "DURING", "ONGOING", C),
    ("3", "L", "2019-12-31T23:00", "2020-02", "AFTER", "BEFORE", BOTH),
]


def cm() -> pd.DataFrame:
    columns = ["USUBJID", "CMDECOD", "CMSTDTC", "CMENDTC", "CMSTRF", "CMENRF", "WHEN"]
    made = pd.DataFrame([(*one[:-1], " ".join(one[-1])) for one in TAKEN], columns=columns)
    return made.astype("str").assign(CMCLAS="Class", CMTRT="x")


def test_a_medicine_stands_in_the_tables_of_when_it_was_taken() -> None:
    found = analyse(trial(four(), CM=cm())).set_index("key")["value"]
    for _, name, *_, when in TAKEN:
        for one in BOTH:
            key = f"cm.{one}/SAF/CMDECOD/-/A/Class|{name}/n"
            assert (key in found.index) is (one in when), (name, one)
    assert found["cm.prior/SAF/CMDECOD/-/A/ANY/n"] == 3
    assert found["cm.concomitant/SAF/CMDECOD/-/A/ANY/events"] == 7


@pytest.mark.parametrize(
    "absent", [[], ["CMENRF"], ["CMENDTC"], ["CMENDTC", "CMENRF"], ["CMSTDTC"], ["CMSTRF"], ["CMSTDTC", "CMSTRF"]]
)
def test_the_filter_selects_what_is_counted(absent: list[str]) -> None:
    one = trial(four(), CM=cm().drop(columns=absent))
    rows = analyse(one)
    rows = rows.loc[(rows["group"] == "A") & (rows["statistic"] == "events")]
    conditions = Conditions({**one.domains, "ADSL": one.adsl})
    conditions.prepare(("CM", sql) for sql in rows["filter"])
    selected = [conditions.mask("CM", sql).sum() for sql in rows["filter"]]
    assert selected == rows["value"].tolist()


def test_a_medicine_that_was_not_taken_is_not_counted() -> None:
    taken = cm().assign(CMOCCUR=["N", "Y", *[None] * 10])
    rows = analyse(trial(four(), CM=taken)).set_index("key")
    assert "cm.prior/SAF/CMDECOD/-/A/Class|A/n" not in rows.index
    assert rows.loc["cm.concomitant/SAF/CMDECOD/-/A/Class|B/n", "value"] == 1
    assert rows.loc["cm.concomitant/SAF/CMDECOD/-/A/ANY/events", "value"] == 7


def test_the_filter_is_said_in_words() -> None:
    rows = analyse(trial(four(), CM=cm())).set_index("key")["filter"]
    words = [in_words(definition(), rows[f"cm.{one}/SAF/CMDECOD/-/A/ANY/n"]) for one in ("prior", "concomitant")]
    assert words[0].startswith("begun before the day of first dose; ")
    assert words[1].startswith("taken on or after the day of first dose; ")


def test_a_study_without_medication_has_rows_of_zero() -> None:
    both = analyse(trial(four()))
    assert printed(both, "cm.prior/SAF/CMTRT/-/B/-", "N") == "0"
    assert printed(both, "cm.concomitant/SAF/CMTRT/-/A/ANY", "n") == "0"


def test_of_many_records_the_filter_selects_each_that_is_meant() -> None:
    many = pd.concat([cm()] * 1500, ignore_index=True)
    one = trial(four(), CM=many)
    conditions = Conditions({"CM": many, "ADSL": one.adsl})
    for meant in (Begun.dose(one), NotBefore.dose(one)):
        assert (conditions.mask("CM", meant.sql) == meant.mask(many).to_numpy()).all()
