"""The exemplar's simulated data: the same bytes every time, and true to the publication's statements.

Checked here straight on the CSV files, with scipy and none of the package's code: statements 2 and 4 to 7 of the
publication's abstract (README.md of the study), the untidiness the data are meant to have, and what a physician
who reads the listings expects of them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

pytestmark = pytest.mark.requirement("REQ-202")

STUDY = Path(__file__).parents[2] / "data" / "admscc-cli"
WEEKS = ["WEEK 4", "WEEK 12", "WEEK 24"]


def domain(name: str) -> pd.DataFrame:
    return pd.read_csv(STUDY / "sdtm" / f"{name}.csv", dtype=str, keep_default_na=False)


def changes(prefix: str, code: str, visit: str) -> pd.Series:
    """Observed changes from the last value before the injection, one a treated patient."""
    rows = domain(prefix.lower())
    rows = rows[(rows[f"{prefix}TESTCD"] == code) & rows[f"{prefix}STRESN"].ne("")]
    rows = rows[rows.USUBJID.isin(domain("ex").USUBJID)].sort_values(["USUBJID", f"{prefix}DTC"])
    value = rows.set_index("USUBJID")[f"{prefix}STRESN"].astype(float)
    baseline = value[rows[f"{prefix}LOBXFL"].eq("Y").to_numpy()]
    later = value[rows.VISIT.eq(visit).to_numpy()].groupby(level=0).last()
    return (later - baseline).dropna()


def p_values(change: pd.Series) -> tuple[float, float]:
    return stats.ttest_1samp(change, 0).pvalue, stats.wilcoxon(change).pvalue


def test_simulating_again_gives_the_committed_bytes(tmp_path: Path) -> None:
    script = [sys.executable, "-B", str(STUDY / "simulate.py"), "--out", str(tmp_path)]
    subprocess.run(script, check=True, timeout=60)
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert made == {file.name: file.read_bytes() for file in (STUDY / "sdtm").glob("*.csv")}


def test_statement_2_twenty_patients_were_injected_once_intramuscularly() -> None:
    exposure = domain("ex").merge(domain("dm"), on="USUBJID")
    cohorts = domain("suppdm").query("QNAM == 'COHORT'").QVAL.value_counts()
    assert len(exposure) == exposure.USUBJID.nunique() == 20
    assert set(exposure.EXROUTE) == {"INTRAMUSCULAR"}
    assert cohorts.to_dict() == {"1": 3, "2": 3, "3": 3, "4": 3, "5": 8}
    assert exposure.ARMCD.value_counts().to_dict() == {"DL1": 3, "DL2": 3, "DL3": 14}
    assert (exposure.EXSTDTC == exposure.RFSTDTC).all()


def test_statement_4_no_serious_event_and_no_dose_limiting_toxicity() -> None:
    events = domain("ae")
    criteria = ["AESER", "AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESMIE"]
    assert (events[criteria] == "N").all(axis=None)
    assert set(domain("suppae").query("QNAM == 'AEDLT'").QVAL) == {"N"}
    assert not (events.AETOXGR.ge("3") & events.AEREL.isin(["POSSIBLY RELATED", "RELATED"])).any()


@pytest.mark.parametrize("visit", WEEKS)
@pytest.mark.parametrize(("prefix", "code", "sign"), [("QS", "PAINVAS", -1), ("FT", "PFWD", 1)])
def test_statement_5_pain_falls_and_walking_distance_rises(prefix: str, code: str, sign: int, visit: str) -> None:
    change = changes(prefix, code, visit)
    assert sign * change.mean() > 0
    # nine tests at most (three primary endpoints, three visits), so this survives Holm and Bonferroni
    assert max(p_values(change)) < 0.01 / 9


@pytest.mark.parametrize("visit", WEEKS)
@pytest.mark.parametrize("code", ["ABI", "TBI"])
def test_statement_6_pressure_indices_do_not_change(code: str, visit: str) -> None:
    assert min(p_values(changes("CV", code, visit))) > 0.1


def test_statement_7_one_ulcer_healed() -> None:
    ulcer = domain("fa").query("FAOBJ == 'ULCER'")
    healed = ulcer[ulcer.FATESTCD.eq("HEALED") & ulcer.FASTRESC.eq("Y")]
    closed = ulcer[ulcer.FATESTCD.eq("AREA") & ulcer.FASTRESC.eq("0.0")]
    assert len(set(healed.USUBJID)) == 1
    assert healed[["USUBJID", "VISIT"]].to_numpy().tolist() == closed[["USUBJID", "VISIT"]].to_numpy().tolist()
    assert ulcer.query("VISIT == 'BASELINE'").USUBJID.nunique() == 9


def test_the_data_are_as_untidy_as_meant() -> None:
    events, visits, pressures = domain("ae"), domain("sv"), domain("cv")
    started = events.merge(domain("dm"), on="USUBJID")
    assert domain("dm").ARMNRS.eq("SCREEN FAILURE").sum() == 5
    assert visits.SVOCCUR.eq("N").sum() == 1
    assert visits.VISIT.str.startswith("UNSCHEDULED").sum() == 4
    assert sorted(events.AESTDTC.str.len().unique()) == [4, 7, 10]
    assert events.AEENRTPT.eq("ONGOING").any()
    assert (started.AESTDTC < started.RFSTDTC).loc[started.AESTDTC.str.len() == 10].sum() == 3
    assert domain("lb").LBORRES.eq("<0.5").any()
    assert pressures.groupby(["USUBJID", "CVTESTCD", "VISITNUM"]).size().eq(2).sum() == 2
    assert domain("ds").DSDECOD.eq("WITHDRAWAL BY SUBJECT").sum() == 1
    assert domain("dv").DVCAT.value_counts().to_dict() == {"MINOR": 8, "MAJOR": 1}


def of_the_treated(name: str) -> pd.DataFrame:
    return domain(name).pipe(lambda rows: rows[rows.USUBJID.isin(domain("ex").USUBJID)])


def certainly_before(earlier: str, later: str) -> bool:
    """As far as both dates are known."""
    known = min(len(earlier), len(later))
    return earlier[:known] < later[:known]


def test_nothing_is_treated_before_it_is_known() -> None:
    history = of_the_treated("mh")
    known = history.assign(INDC=history.MHDECOD.str.upper())[["USUBJID", "INDC", "MHSTDTC", "MHCAT"]]
    disease = known[known.MHCAT.eq("PRIMARY DIAGNOSIS")].set_index("USUBJID").MHSTDTC
    limb = history[history.MHCAT.eq("PRIOR REVASCULARIZATION") | history.MHDECOD.eq("Toe amputation")]
    assert not [u for u, start in zip(limb.USUBJID, limb.MHSTDTC, strict=True) if certainly_before(start, disease[u])]
    given = domain("cm").merge(known, left_on=["USUBJID", "CMINDC"], right_on=["USUBJID", "INDC"])
    assert set(given.INDC) >= {"HYPERTENSION", "TYPE 2 DIABETES MELLITUS", "PERIPHERAL ARTERIAL OCCLUSIVE DISEASE"}
    assert not [pair for pair in zip(given.CMSTDTC, given.MHSTDTC, strict=True) if certainly_before(*pair)]


@pytest.mark.parametrize(
    ("condition", "classes"),
    [
        ("Type 2 diabetes mellitus", "A10"),
        ("Hypertension", "C0[389]"),
        ("Hyperlipidaemia", "C10"),
        ("Coronary artery disease", "C10"),
        ("Cerebral infarction", "B01AC"),
        ("Peripheral arterial occlusive disease", "B01AC"),
        ("Thromboangiitis obliterans", "B01AC"),
    ],
)
def test_who_has_a_condition_takes_a_medicine_for_it_and_none_twice(condition: str, classes: str) -> None:
    history, usual = of_the_treated("mh"), domain("cm").query("EPOCH == 'SCREENING'")
    takes = set(usual[usual.CMCLASCD.str.match(classes)].USUBJID)
    has = set(history[history.MHDECOD.eq(condition)].USUBJID)
    assert has
    assert has <= takes
    assert not usual.duplicated(["USUBJID", "CMTRT"]).any()


def test_pressure_is_lower_at_the_toe_than_at_the_ankle_and_follows_it() -> None:
    rows = of_the_treated("cv").query("CVSTAT == ''")
    value = rows.set_index(["CVTESTCD", "USUBJID", "CVDTC"]).CVSTRESN.astype(float)
    ankle, toe = value["ABI"].align(value["TBI"], join="inner")
    assert len(ankle) > 80
    assert (toe < 0.75 * ankle).all()
    assert stats.spearmanr(ankle, toe).statistic > 0.5
    major = of_the_treated("fa").query("FATESTCD == 'RUTHCAT' and FASTRESC == '6'").USUBJID.iloc[0]
    means = ankle.groupby("USUBJID").mean()
    assert means.rank()[major] <= 2


def test_rutherford_category_goes_with_ulcer_and_pain() -> None:
    rows, pain = of_the_treated("fa"), domain("qs").set_index(["USUBJID", "VISIT"]).QSSTRESN
    category = rows[rows.FATESTCD.eq("RUTHCAT")].set_index(["USUBJID", "VISIT"]).FASTRESN.astype(int)
    area = rows[rows.FATESTCD.eq("AREA")].set_index(["USUBJID", "VISIT"]).FASTRESN.astype(float)
    assert (category >= 5).equals(category.index.to_series().map(area).fillna(0) > 0)
    assert (category == 3).any()
    assert pain[category.index[category == 3]].astype(float).max() <= 20
    place = rows[rows.FATESTCD.eq("AREA")].set_index(["USUBJID", "VISIT"]).FALOC
    assert not (place[area > 4.1].eq("TOE")).any()
    assert set(place[place.index.map(category) == 6]) == {"HEEL"}


def test_ulcers_grow_by_little_without_an_adverse_event() -> None:
    rows = domain("fa").query("FATESTCD == 'AREA'").assign(size=lambda rows: rows.FASTRESN.astype(float))
    before = rows[rows.FALOBXFL.eq("Y")].set_index("USUBJID")["size"]
    after = rows[rows.VISIT.eq("WEEK 24")].set_index("USUBJID")["size"]
    events = set(domain("ae").query("AEDECOD.isin(['Skin ulcer', 'Infected skin ulcer'])").USUBJID)
    grown = (after / before).drop(list(events))
    assert (after > before).sum() == 4
    assert grown.max() < 1.125
    assert (after / before).max() < 1.2


def test_worse_pain_is_an_event_and_an_event_of_pain_is_worse_pain() -> None:
    rows = domain("qs").query("QSSTRESN != ''").assign(mm=lambda rows: rows.QSSTRESN.astype(float))
    rows["before"] = rows.groupby("USUBJID").mm.shift()
    base = rows.USUBJID.map(rows.query("QSLOBXFL == 'Y'").set_index("USUBJID").mm)
    events = domain("ae").query("AEDECOD == 'Pain in extremity'")[["USUBJID", "AESTDTC", "AEENDTC"]]
    pairs = rows.reset_index().merge(events, on="USUBJID").query("AESTDTC <= QSDTC <= AEENDTC")
    treated = rows.USUBJID.map(domain("ex").set_index("USUBJID").EXSTDTC) < rows.QSDTC
    during = rows.index.isin(pairs["index"])
    assert during.sum() > 5
    assert (rows.mm > base)[during].all()
    assert (rows.mm > rows.before)[during].all()
    assert not (treated & ~during & (rows.mm >= base + 15)).any()


def test_a_prohibited_infusion_has_a_reason() -> None:
    given = domain("cm").query("CMTRT == 'ALPROSTADIL'").iloc[0]
    event = domain("ae").query("USUBJID == @given.USUBJID and AEDECOD == 'Pain in extremity'").iloc[0]
    assert given.CMINDC == "PAIN IN EXTREMITY"
    assert event.AESTDTC < given.CMSTDTC <= given.CMENDTC < event.AEENDTC
    assert event.AECONTRT == "Y"


def test_who_has_pain_at_rest_walks_few_meters_without_more() -> None:
    walked = of_the_treated("ft").query("FTLOBXFL == 'Y'").FTSTRESN.astype(float)
    assert walked.median() < 50
    assert walked.max() < 80


def test_a_medicine_for_the_arteries_is_begun_within_two_years_of_what_it_is_for() -> None:
    history = of_the_treated("mh").assign(INDC=lambda rows: rows.MHDECOD.str.upper())
    both = domain("cm").merge(history, left_on=["USUBJID", "CMINDC"], right_on=["USUBJID", "INDC"])
    arteries = both[both.CMCLASCD.isin(["B01AC", "C10AA"])]
    late = arteries.CMSTDTC.str[:4].astype(int) - arteries.MHSTDTC.str[:4].astype(int)
    assert {"CORONARY ARTERY DISEASE", "CEREBRAL INFARCTION"} <= set(arteries.CMINDC)
    assert late.between(0, 1).all()
    agents = arteries[arteries.CMCLASCD.eq("B01AC")].groupby("USUBJID").size()
    assert agents.max() <= 3


def test_grade_3_hyperglycemia_shows_in_hemoglobin_a1c() -> None:
    event = domain("ae").query("AEDECOD == 'Hyperglycaemia'").USUBJID.item()
    rows = domain("lb").set_index(["USUBJID", "LBTESTCD"]).loc[(event, "HBA1C")].set_index("VISIT")
    assert rows.LBSTRESN.astype(float).sort_values().index.tolist() == ["SCREENING", "WEEK 24", "WEEK 12"]
    insulin = domain("cm").query("USUBJID == @event and CMTRT == 'INSULIN GLARGINE'").iloc[0]
    outcome = domain("ae").query("AEDECOD == 'Hyperglycaemia'").AEOUT.item()
    assert (insulin.CMENRTPT, outcome) == ("ONGOING", "RECOVERING/RESOLVING")


def test_an_event_that_goes_on_has_no_unknown_outcome() -> None:
    events = domain("ae")
    assert not events[events.AEENRTPT.eq("ONGOING")].AEOUT.isin(["UNKNOWN", "RECOVERED/RESOLVED"]).any()


def test_an_event_of_a_laboratory_value_does_not_outlast_the_normal_value() -> None:
    event = domain("ae").query("AEDECOD == 'C-reactive protein increased'").iloc[0]
    rows = domain("lb").query("USUBJID == @event.USUBJID and LBTESTCD == 'CRP' and LBDTC > @event.AESTDTC")
    normal = rows[rows.LBNRIND.eq("NORMAL")].LBDTC.min()
    assert normal[: len(event.AEENDTC)] > event.AEENDTC


def test_nobody_is_seen_on_a_sunday_or_on_lunar_new_year() -> None:
    seen = pd.to_datetime(pd.concat([domain("sv").SVSTDTC, domain("dm").RFICDTC]).loc[lambda dates: dates.ne("")])
    assert seen.dt.day_of_week.max() < 5
    assert not set(seen.dt.strftime("%F")) & {"2021-09-20", "2021-09-21", "2022-02-01", "2022-10-03", "2023-01-23"}
