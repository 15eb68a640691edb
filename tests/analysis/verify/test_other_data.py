"""Both roads agree on data that the exemplar does not have: deaths, serious events, DLTs, limits, missing grades."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.pipeline import analyse_study
from trial_report.analysis.verify import verify_in_detail
from trial_report.analysis.verify.compare import MATCHED

pytestmark = [pytest.mark.requirement("REQ-505"), pytest.mark.heavy]

ROOT = Path(__file__).parents[3]
EXEMPLAR = ROOT / "data" / "admscc-cli"
Frames = dict[str, pd.DataFrame]


def altered(folder: Path, change: Callable[[Frames], None], **texts: str) -> Path:
    """A copy of the exemplar whose domains `change` has altered, and whose definition has other texts."""
    shutil.copytree(EXEMPLAR, folder, ignore=shutil.ignore_patterns("simulation", "simulate.py", "__pycache__"))
    files = sorted((folder / "sdtm").glob("*.csv"))
    frames = {file.stem: pd.read_csv(file, dtype="str", keep_default_na=False) for file in files}
    change(frames)
    for file in files:
        if file.stem not in frames:
            (folder / "sdtm" / file.name).unlink()
    for name, frame in frames.items():
        frame.to_csv(folder / "sdtm" / f"{name}.csv", index=False)
    definition = (folder / "study.yml").read_text(encoding="utf-8")
    # The publication's claims name results of the exemplar.
    definition = definition[: definition.index("\npublication:")] + "\n"
    for old, new in texts.items():
        assert old in definition
        definition = definition.replace(old, new)
    (folder / "study.yml").write_text(definition, encoding="utf-8")
    return folder


def row(frame: pd.DataFrame, subject: str, **where: str) -> pd.Series:
    found = frame["USUBJID"].str.endswith(subject)
    for name, value in where.items():
        found &= frame[name] == value
    assert found.any(), (subject, where)
    return found


def worse(d: Frames) -> None:
    """A serious event, two DLTs in the first dose level, a death, an amputation, a withdrawal of treatment."""
    ae, supp = d["ae"], d["suppae"]
    ae.loc[row(ae, "01-005", AESEQ="1"), ["AESER", "AESHOSP", "AETOXGR", "AESEV"]] = ["Y", "Y", "3", "SEVERE"]
    for subject, seq in (("03-001", "1"), ("02-002", "2")):
        ae.loc[row(ae, subject, AESEQ=seq), ["AETOXGR", "AESEV"]] = ["3", "SEVERE"]
        supp.loc[row(supp, subject, IDVARVAL=seq), "QVAL"] = "Y"
    ae.loc[row(ae, "02-006", AESEQ="4"), ["AETERM", "AEDECOD"]] = ["Amputation of leg", "Leg amputation"]
    ae.loc[row(ae, "02-005", AESEQ="1"), "AEACN"] = "DRUG WITHDRAWN"
    ae.loc[row(ae, "01-012", AESEQ="1"), "AEREL"] = ""
    ae.loc[row(ae, "01-012", AESEQ="3"), "AETOXGR"] = ""
    ae.loc[row(ae, "02-004", AESEQ="1"), ["AESTDTC", "AESTDY", "EPOCH"]] = ["2021", "", ""]
    last = ae.loc[row(ae, "01-012", AESEQ="1")].assign(
        **{"USUBJID": ae["USUBJID"].iloc[0][:-6] + "01-011", "AESEQ": "1", "AETERM": "Sudden death"},
        **{"AEDECOD": "Sudden death", "AESER": "Y", "AESDTH": "Y", "AEOUT": "FATAL", "AETOXGR": "5", "AESEV": "SEVERE"},
        **{"AESTDTC": "2023-07-01", "AEENDTC": "2023-07-04", "AESTDY": "145", "AEENDY": "148"},
    )
    d["ae"] = pd.concat([ae, last], ignore_index=True)
    dm, ds = d["dm"], d["ds"]
    dead = row(dm, "01-011")
    dm.loc[dead, ["DTHDTC", "DTHFL", "RFENDTC", "RFPENDTC"]] = ["2023-07-04", "Y", "2023-07-04", "2023-07-04"]
    end = row(ds, "01-011", DSSCAT="STUDY PARTICIPATION")
    ds.loc[end, ["DSTERM", "DSDECOD", "DSSTDTC", "DSSTDY"]] = ["DEATH", "DEATH", "2023-07-04", "148"]
    for name in ("sv", "qs", "lb", "cv", "fa", "ft", "vs"):
        when = d[name]["SVSTDTC" if name == "sv" else f"{name.upper()}DTC"]
        d[name] = d[name].loc[~(d[name]["USUBJID"].str.endswith("01-011") & (when > "2023-07-04"))]


def values(d: Frames) -> None:
    """A baseline of zero, a change on the responder's threshold, results beyond limits, ranges that are missing."""
    qs, lb = d["qs"], d["lb"]
    result = ["QSORRES", "QSSTRESC", "QSSTRESN"]
    qs.loc[row(qs, "01-001", VISIT="BASELINE"), result] = "0"
    qs.loc[row(qs, "01-004", VISIT="BASELINE"), result] = "60"
    qs.loc[row(qs, "01-004", VISIT="WEEK 12"), result] = "42"
    result = ["LBORRES", "LBSTRESC", "LBSTRESN", "LBNRIND"]
    for subject, test, visit, to in (
        ("01-003", "CRP", "WEEK 4", [">400", ">400", "", ""]),
        ("01-003", "ALT", "WEEK 4", ["260", "260", "260", "HIGH"]),
        ("01-003", "BILI", "WEEK 12", ["70", "70", "70", "HIGH HIGH"]),
        ("02-001", "WBC", "WEEK 4", ["1.9", "1.9", "1.9", ""]),
        ("02-001", "WBC", "WEEK 12", ["15", "15", "15", "HIGH"]),
    ):
        lb.loc[row(lb, subject, LBTESTCD=test, VISIT=visit), result] = to
    ranges = ["LBSTNRLO", "LBSTNRHI", "LBORNRLO", "LBORNRHI", "LBNRIND"]
    lb.loc[row(lb, "02-001", LBTESTCD="AST", VISIT="WEEK 4"), ranges] = ""
    d["lb"] = lb.loc[~(row(lb, "02-004", LBTESTCD="PLAT") & lb["VISITNUM"].isin(["1", "2"]))]


def both(d: Frames) -> None:
    worse(d)
    values(d)


def scored(d: Frames) -> None:
    """As `both`, with pain and walking distance as scores of four levels: a value that is no level is refused."""
    both(d)
    for name in ("qs", "ft"):
        result = [f"{name.upper()}{part}" for part in ("ORRES", "STRESC", "STRESN")]
        number = pd.to_numeric(d[name][result[2]], errors="coerce")
        level = (number / 10).round().clip(1, 4) * 10
        measured = number.notna()
        for one in result:
            d[name].loc[measured, one] = level[measured].astype("int64").astype("str")


OTHERWISE = {
    "procedure: fixed_sequence": "procedure: holm",
    "emergent_days: null": "emergent_days: 60",
    "same_day: true": "same_day: false",
    "mtd_definition: at_most_one_of_six": "mtd_definition: below_two_dlts",
    "confirm_mtd: true": "confirm_mtd: false",
    "test: paired_t": "test: wilcoxon_signed_rank",
    "other_tests: [wilcoxon_signed_rank]": "other_tests: [paired_t]",
    "  - {variable: RUTHBL, label: Rutherford category, section": """\
  - {variable: SUMBL, label: Sum, kind: continuous, source: sum, domain: VS, testcds: [SYSBP, PULSE]}
  - {variable: BMIBL, label: BMI, kind: continuous, source: bmi, weight: WEIGHTBL, height: HEIGHTBL}
  - {variable: BMICL, label: BMI, kind: categorical, source: cut, of: BMIBL, breaks: [25], levels: {A: Low, B: High}}
  - {variable: ILLBL, label: Duration, kind: continuous, unit: years, source: duration, domain: MH}
  - {variable: ILLSCR, label: Duration, kind: continuous, unit: days, source: duration, domain: MH,
     where: {MHCAT: DIABETES}, until: SCR}
  - {variable: RUTHBL, label: Rutherford category, section""",
}


MODEL = ("comparison: ancova", "control: DL1", "factors: [SITEID]", "covariates: [AGE]", "pool_below: 1",
         "comparison_data: locf", "dose_trend: true")  # fmt: skip
ASKED = "missing: [locf, mi, tipping_point, mmrm]"
COMPARED = {
    "total: Total": "total: null",
    "procedure: fixed_sequence": "procedure: holm",
    "same_day: true": "same_day: true, tests: true",
    "\ncharacteristics:": "\ndisposition: {tests: true}\nexposure: {sets: [FAS], daily_dose: true}\n"
    "end_of_treatment: {days: 40}\nshifts: {tests: true}\ncharacteristics:",
    "frequent_percent: 10": "frequent_percent: 10\n  compare_with: DL1",
    ASKED: "\n    ".join((ASKED, *MODEL)),
}
"""Groups compared, no total column: imputation by group, a mixed model with groups, analysis of covariance."""


BY_PHASE = """
      - {id: P1, label: Phase 1, phases: [P1]}
      - {id: P2A, label: Phase 2a, phases: [P2A], promised: true}
      - {id: PP, label: Per-protocol set, analysis_set: PPS}
"""
"""The further analyses of the exemplar, in whose place others stand here."""
WHY = "   # efficacy at the maximum tolerated dose in Phase 2a is what the publication's design promises"
BOTH = '      - {id: P2APP, label: "Phase 2a, per-protocol set", phases: [P2A], analysis_set: PPS}\n'
SCORED = {
    f"    further:{WHY}{BY_PHASE}{BOTH}": "",
    f"    further:{BY_PHASE}{BOTH}": "",
    "waterfall: W24": "measure: value\n    baseline_covariate: true",
    ASKED: "\n    ".join(
        ("missing: [locf, mi, mmrm]", *MODEL[:-1], "dose_trend: slope", "pairs: all", "pool_in: SAF",
         "levels: {10: Ten, 20: Twenty, 30: Thirty, 40: Forty}",
         "windows: {W4: [2, 42], W12: [43, 126], W24: [127, 210]}",
         "further: [{id: OC, label: Observed, data: observed}, {id: SAF, label: Safety, analysis_set: SAF}]")
    ),
}  # fmt: skip
"""Values compared in all pairs, in further sets and data, by levels, in visits of their own, in subgroups."""


def test_both_roads_agree_on_arms_whose_values_are_no_codes(tmp_path: Path) -> None:
    def change(d: Frames) -> None:
        names = ["ARMCD", "ACTARMCD"]
        d["dm"][names] = d["dm"][names].replace({"DL1": "1", "DL2": "10^8 cells"})

    named = {"{code: DL1,": '{code: DL1, value: "1",', "{code: DL2,": "{code: DL2, value: 10^8 cells,"}
    folder = altered(tmp_path / "study", change, **named)
    done = verify_in_detail(folder, analyse_study(folder)[1])
    assert done.complete, done.details.loc[done.details["state"] != MATCHED].head(20).to_string()


def without_pain(d: Frames) -> None:
    """A domain that a primary endpoint and a set ask for was not delivered."""
    del d["qs"]


def beyond(d: Frames) -> None:
    """As `both`, with a death of which only the year is known, and no outcome of its event but the criterion."""
    both(d)
    d["dm"].loc[row(d["dm"], "01-011"), "DTHDTC"] = "2023"
    d["ae"].loc[row(d["ae"], "01-011", AEDECOD="Sudden death"), "AEOUT"] = "NOT RECOVERED/NOT RESOLVED"


LATER = (*(f"{domain}-021" for domain in ("DM", "DS", "SV", "VS", "LB", "QS", "FT", "CV", "FA")), "X-002", "AE-053")
CUT_EARLIER = {
    "data_cutoff: 2023-12-31": "data_cutoff: 2023-07-20",
    "format: csv": f"format: csv\n  accepted_checks: {{{', '.join(f'{name}: later' for name in LATER)}}}",
}
"""Records that lie after the cut-off, which do not count; accepted, as they are errors."""


@pytest.mark.parametrize(
    ("change", "texts"),
    [(both, {}), (both, OTHERWISE), (both, COMPARED), (scored, SCORED), (beyond, CUT_EARLIER), (without_pain, {})],
    ids=["as-defined", "defined-otherwise", "groups-compared", "values-compared", "cut-earlier", "not-delivered"],
)
def test_both_roads_agree_on_other_data(
    tmp_path: Path, change: Callable[[Frames], None], texts: dict[str, str]
) -> None:
    folder = altered(tmp_path / "study", change, **texts)
    done = verify_in_detail(folder, analyse_study(folder)[1])
    wrong = done.details.loc[done.details["state"] != MATCHED]
    assert done.complete, wrong.head(20).to_string()
