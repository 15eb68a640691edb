"""The Findings domains: VS, LB, QS (pain), FT (walking), CV (pressure indices), FA (ulcer, Rutherford)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from . import design
from .design import BASELINE, SCREENING, WEEK_1, WEEK_4, WEEK_8, WEEK_12, WEEK_24
from .draw import Draw, clamp, fold
from .events import pain_at
from .patients import Patient, Visit

Row = dict[str, str]
WEEKS = (WEEK_1, WEEK_4, WEEK_8, WEEK_12, WEEK_24)

# assumption: mean change of pain (mm of 100) and of pain-free walking distance (m) of a patient who responds
# as the average does; the abstract says only that both change significantly at weeks 4, 12 and 24
PAIN_CHANGE = dict(zip(WEEKS, (-6, -17, -21, -24, -26), strict=True))
WALK_GAIN = dict(zip(WEEKS, (2, 14, 20, 24, 28), strict=True))


def result(
    prefix: str,
    patient: Patient,
    visit: Visit,
    code: str,
    test: str,
    value: str,
    unit: str,
    more: Row | None = None,
    when: date | None = None,
) -> Row:
    """One record: `value` is the original and the standard result, `more` has qualifiers without prefix."""
    start = when or visit.start
    assert start is not None
    number = value.replace(".", "", 1).isdigit()
    row = {
        "USUBJID": patient.usubjid,
        f"{prefix}TESTCD": code,
        f"{prefix}TEST": test,
        f"{prefix}ORRES": value,
        f"{prefix}ORRESU": unit,
        f"{prefix}STRESC": value,
        f"{prefix}STRESN": value if number else "",
        f"{prefix}STRESU": unit,
        "VISITNUM": f"{visit.number:g}",
        "VISIT": visit.name,
        "VISITDY": "" if visit.planned_day is None else str(visit.planned_day),
        "EPOCH": patient.epoch(start),
        f"{prefix}DTC": start.isoformat(),
        f"{prefix}DY": patient.day(start),
    }
    return row | {f"{prefix}{name}": text for name, text in (more or {}).items()}


def not_done(row: Row, prefix: str, reason: str) -> Row:
    """The record of a measurement that was planned and not made."""
    empty = ("ORRES", "ORRESU", "STRESC", "STRESN", "STRESU", "ORNRLO", "ORNRHI", "STNRLO", "STNRHI", "NRIND", "CLSIG")
    blank = {prefix + name: "" for name in empty if prefix + name in row}
    return row | blank | {f"{prefix}STAT": "NOT DONE", f"{prefix}REASND": reason}


def visits(patient: Patient, planned: Iterable[int], *more: float) -> Iterator[Visit]:
    """The visits that took place among those planned, and the unscheduled ones named."""
    return (v for v in patient.visits if v.start and v.number in {*map(float, planned), *more})


def vital_signs(patient: Patient) -> Iterator[Row]:
    """VS: blood pressure, pulse, temperature and weight at every visit, height at screening."""
    draw = Draw("VS", patient.usubjid)
    systolic = draw.normal(136 if "hypertension" in patient.conditions else 124, 8)
    pulse = draw.normal(74, 6)
    for visit in visits(patient, design.SCHEDULE["VS"], 3.1, 4.2, 6.1):
        pressure = draw.normal(systolic, 7)
        values = [
            ("SYSBP", "Systolic Blood Pressure", f"{fold(pressure, 96, 158):.0f}", "mmHg"),
            ("DIABP", "Diastolic Blood Pressure", f"{clamp(pressure * 0.45 + draw.normal(17, 5), 50, 98):.0f}", "mmHg"),
            ("PULSE", "Pulse Rate", f"{clamp(draw.normal(pulse, 5), 52, 104):.0f}", "beats/min"),
            ("TEMP", "Temperature", f"{clamp(draw.normal(36.5, 0.22), 35.8, 37.3):.1f}", "C"),
            ("WEIGHT", "Weight", f"{patient.weight + draw.normal(0, 0.7):.1f}", "kg"),
        ]
        if visit.number == SCREENING:
            values.append(("HEIGHT", "Height", f"{patient.height:.1f}", "cm"))
        if patient.order == 20 and visit.number == WEEK_8:  # goes with the grade 3 hypertension of this patient
            values[0], values[1] = (*values[0][:2], "174", "mmHg"), (*values[1][:2], "102", "mmHg")
        for code, test, value, unit in values:
            posture = {"POS": "SITTING"} if code in {"SYSBP", "DIABP", "PULSE"} else {}
            row = result("VS", patient, visit, code, test, value, unit, posture)
            if patient.order == 13 and visit.number == WEEK_12 and code == "WEIGHT":
                row = not_done(row, "VS", "SCALE OUT OF ORDER")
            yield row


# test: name, category, specimen, unit, limits, decimals, mean and SD between and SD within patients
# assumption: reference ranges and levels usual in Korean hospital laboratories
LABORATORY = {
    "ALT": ("Alanine Aminotransferase", "CHEMISTRY", "SERUM", "U/L", (5, 40), 0, (22, 7, 4)),
    "AST": ("Aspartate Aminotransferase", "CHEMISTRY", "SERUM", "U/L", (5, 40), 0, (23, 5, 3.5)),
    "BILI": ("Bilirubin", "CHEMISTRY", "SERUM", "umol/L", (3.4, 20.5), 1, (10.5, 3, 1.8)),
    "CREAT": ("Creatinine", "CHEMISTRY", "SERUM", "umol/L", (59, 104), 0, (82, 11, 5)),
    "CRP": ("C Reactive Protein", "CHEMISTRY", "SERUM", "mg/L", (0, 5), 1, (3.2, 2.2, 1.5)),
    "HBA1C": ("Hemoglobin A1C", "CHEMISTRY", "BLOOD", "%", (4.0, 6.0), 1, (5.5, 0.25, 0.12)),
    "HGB": ("Hemoglobin", "HEMATOLOGY", "BLOOD", "g/dL", (13.0, 17.0), 1, (13.6, 1.0, 0.4)),
    "PLAT": ("Platelets", "HEMATOLOGY", "BLOOD", "10^9/L", (150, 400), 0, (244, 48, 20)),
    "WBC": ("Leukocytes", "HEMATOLOGY", "BLOOD", "10^9/L", (4.0, 10.0), 1, (7.1, 1.3, 0.8)),
}
FEMALE_LIMITS = {"CREAT": (45, 84), "HGB": (12.0, 16.0)}
LEAST = {"ALT": 6.0, "BILI": 3.6}  # a lower value would be an error of measurement
HEALTHY_KIDNEY = {"M": 96.0, "F": 78.0}  # the highest level of creatinine without kidney disease
LAB_SET = {  # values that go with an adverse event, by patient, test and visit
    (11, "ALT", WEEK_4): "112",
    (11, "AST", WEEK_4): "71",
    (11, "ALT", 4.1): "58",
    (11, "AST", 4.1): "39",
    (4, "HGB", WEEK_12): "9.6",
    (4, "HGB", WEEK_24): "10.8",
    (7, "CRP", WEEK_1): "21.4",
    (13, "HBA1C", WEEK_12): "8.4",
    (13, "HBA1C", WEEK_24): "7.5",
    (12, "WBC", WEEK_4): "3.4",
    (9, "PLAT", WEEK_4): "138",
    (1, "CRP", WEEK_12): "<0.5",
    (10, "CRP", BASELINE): "<0.5",
    (10, "CRP", WEEK_24): "<0.5",
    (17, "CRP", WEEK_4): "<0.5",
}
SIGNIFICANT = {
    (11, "ALT", WEEK_4),
    (4, "HGB", WEEK_12),
    (7, "CRP", WEEK_1),
    (13, "HBA1C", WEEK_12),
}
LAB_MISSING = {
    (3, "AST", WEEK_4): "HEMOLYZED SPECIMEN",
    (20, "HBA1C", WEEK_12): "SPECIMEN NOT RECEIVED",
    (13, "PLAT", WEEK_1): "CLOTTED SPECIMEN",
}


def lab_level(patient: Patient, code: str, mean: float, between: float, draw: Draw) -> float:
    """The patient's own level of a test."""
    if code == "HBA1C" and "diabetes" in patient.conditions:
        too_high = "A1C" in patient.failure
        return draw.normal(design.HBA1C_LIMIT + 0.6, 0.1) if too_high else clamp(draw.normal(7.2, 0.6), 6.2, 8.0)
    if code == "CREAT" and "kidney" in patient.conditions:
        mean, between = 142, 16
    if code == "CRP" and patient.ulcer:
        mean, between = 7.5, 3
    if code == "CRP" and "OSTEOMYELITIS" in patient.failure:
        mean, between = 48, 6
    if patient.sex == "F" and code in FEMALE_LIMITS:
        mean -= 14 if code == "CREAT" else 1.0
    level = draw.normal(mean, between)
    return min(level, HEALTHY_KIDNEY[patient.sex]) if code == "CREAT" and "kidney" not in patient.conditions else level


def shown(value: float, decimals: int) -> str:
    """A value with its decimals."""
    return f"{value:.{decimals}f}"


def laboratory(patient: Patient) -> Iterator[Row]:
    """LB: hemoglobin is reported in g/dL and standardized to g/L; CRP below 0.5 mg/L is not quantified."""
    for code, (test, category, specimen, unit, usual, decimals, (mean, between, within)) in LABORATORY.items():
        draw = Draw("LB", code, patient.usubjid)
        level = lab_level(patient, code, mean, between, draw)
        low, high = FEMALE_LIMITS.get(code, usual) if patient.sex == "F" else usual
        planned = design.SCHEDULE["HBA1C" if code == "HBA1C" else "LB"]
        for visit in visits(patient, planned, *([] if code == "HBA1C" else [4.1])):
            drawn = fold(clamp(draw.normal(level, within), mean * 0.12, 1e6), LEAST.get(code, 0), 1e6)
            clock = Draw("LB time", patient.usubjid, visit.number)  # one time for all samples of a visit
            if visit.number == 4.1 and code not in {"ALT", "AST", "BILI"}:
                continue
            key = (patient.order, code, visit.number)
            value = LAB_SET.get(key, "<0.5" if code == "CRP" and drawn < 0.5 else shown(drawn, decimals))
            row = result("LB", patient, visit, code, test, value, unit, {"CAT": category, "SPEC": specimen})
            row["LBDTC"] += f"T{clock.integer(7, 9):02d}:{5 * clock.integer(0, 11):02d}"
            row |= {"LBORNRLO": shown(low, decimals), "LBORNRHI": shown(high, decimals)}
            if code == "HGB":  # a shift of the decimal point, exact
                row["LBSTRESC"] = row["LBSTRESN"] = value.replace(".", "")
                row["LBSTRESU"] = "g/L"
                low_text, high_text = shown(low * 10, 0), shown(high * 10, 0)
            else:
                low_text, high_text = row["LBORNRLO"], row["LBORNRHI"]
            row |= {"LBSTNRLO": low_text, "LBSTNRHI": high_text}
            number = float(row["LBORRES"].lstrip("<"))
            indicator = "LOW" if number < low else "HIGH" if number > high else "NORMAL"
            row["LBNRIND"] = indicator
            if indicator != "NORMAL":
                row["LBCLSIG"] = "Y" if key in SIGNIFICANT else "N"
            yield not_done(row, "LB", LAB_MISSING[key]) if key in LAB_MISSING else row


def pain_before(patient: Patient) -> float:
    """The patient's own level of pain before treatment."""
    return clamp(Draw("QS", patient.usubjid).normal(63, 12), 38, 90)  # assumption: mean 63 mm at baseline


def pain(patient: Patient) -> Iterator[Row]:
    """QS: pain of the index limb on a visual analogue scale of 100 mm; above baseline in an event of pain."""
    draw = Draw("QS", patient.usubjid)
    base = clamp(draw.normal(63, 12), 38, 90)
    for visit in visits(patient, design.SCHEDULE["QS"], 4.2, 6.1):
        assert visit.start is not None
        grade = pain_at(patient, visit.start)
        change = 1.5 * grade if grade else PAIN_CHANGE.get(visit.number, 0) * patient.response
        change += 0 if visit.planned_day else 8  # an unscheduled visit was made for increased pain
        value = clamp(base + change + draw.normal(0, 1.5 if grade else 6), 3, 98)
        row = result("QS", patient, visit, "PAINVAS", "Pain Intensity", f"{value:.0f}", "mm", {"CAT": "PAIN VAS"})
        if patient.order == design.NO_VAS_WEEK_8 and visit.number == WEEK_8:
            row = not_done(row, "QS", "QUESTIONNAIRE NOT COMPLETED")
        yield row


def walking(patient: Patient) -> Iterator[Row]:
    """FT: distance walked on a treadmill until pain of the index limb begins, or exceeds that at rest."""
    draw = Draw("FT", patient.usubjid)
    # assumption: about 35 m at baseline, the less the more it hurts at rest; most of the gain goes with the pain's
    base = clamp(70 - 0.55 * pain_before(patient) + draw.normal(0, 13), 14, 75)
    if patient.order == design.NEVER_WALKED_BEFORE:
        base = 4.0
    gain = clamp(0.75 * patient.response + 0.25 * draw.normal(1, 0.6), -0.3, 2.0) * (0.5 + base / 70)
    for visit in visits(patient, design.SCHEDULE["FT"]):
        assert visit.start is not None
        part = 0.2 if pain_at(patient, visit.start) else 1.0
        value = clamp(base + WALK_GAIN.get(visit.number, 0) * gain * part + draw.normal(0, 4.5), 4, 400)
        row = result(
            "FT",
            patient,
            visit,
            "PFWD",
            "Pain-Free Walking Distance",
            f"{value:.0f}",
            "m",
            {"CAT": "TREADMILL WALKING TEST"},
        )
        if patient.order == design.NO_BASELINE_WALK and visit.number == BASELINE:
            row = not_done(row, "FT", "TREADMILL NOT AVAILABLE")
        if patient.order == design.NEVER_WALKED_BEFORE and visit.number <= BASELINE:
            row = not_done(row, "FT", "UNABLE TO WALK")
        yield row


# code, test, place of the two indices
INDICES = [("ABI", "Ankle-Brachial Index", "ANKLE"), ("TBI", "Toe-Brachial Index", "TOE")]


def measured(patient: Patient) -> Iterator[tuple[Visit, date, float, float]]:
    """The indices at ankle and toe of each measurement: one course, as the toe is fed by what passes the ankle."""
    # assumption: about 0.42 at the ankle (0.26 with major tissue loss), and of that about half at the toe, less where
    # the disease is one of small arteries; differences between visits are measurement error, shared in part
    draw = Draw("CV pressure", patient.usubjid)
    ankle = clamp(draw.normal(0.42, 0.08), 0.27, 0.56)
    ankle = 0.26 if patient.rutherford == 6 else ankle
    small = {"buerger", "diabetes"} & patient.conditions
    ratio = clamp(draw.normal(0.46 if small else 0.54, 0.06), 0.36, 0.66)
    for visit in visits(patient, design.SCHEDULE["CV"]):
        again = patient.order == design.REPEATED_PRESSURES and visit.number == WEEK_12
        for when in (visit.start, visit.end) if again else (visit.start,):
            assert when is not None
            error = clamp(draw.normal(0, 0.03), -0.06, 0.06)
            toe = ratio * (ankle + 0.7 * error) + draw.normal(0, 0.012)
            yield visit, when, ankle + error, clamp(toe, 0.05, ankle + error - 0.03)


def pressures(patient: Patient) -> Iterator[Row]:
    """CV: ankle-brachial and toe-brachial index of the index limb, without any trend."""
    taken = list(measured(patient))
    for index, (code, test, place) in enumerate(INDICES):
        for visit, when, *values in taken:
            more = {"CAT": "PERIPHERAL PERFUSION", "POS": "SUPINE", "LOC": place, "LAT": patient.side}
            row = result("CV", patient, visit, code, test, f"{values[index]:.2f}", "ratio", more, when)
            if patient.order == design.NOT_COMPRESSIBLE and code == "ABI":
                row = not_done(row, "CV", "ARTERIES NOT COMPRESSIBLE")
            yield row


def ulcer(patient: Patient, heals: bool) -> Iterator[Row]:
    """FA: area of the ulcer and whether it has healed, for who has one; exactly one patient's heals."""
    draw = Draw("FA", patient.usubjid)
    assert patient.ulcer is not None
    part = {BASELINE: 1.0, WEEK_4: 0.7, WEEK_8: 0.3, WEEK_12: 0.0, WEEK_24: 0.0}
    drift = draw.normal(0.96, 0.1)  # assumption: other ulcers drift from visit to visit, some up (by little), some down
    size = 0.0
    for visit in visits(patient, design.SCHEDULE["ULCER"]):
        if visit.number == SCREENING:
            size = patient.ulcer * clamp(draw.normal(1, 0.06), 0.85, 1.15)
        elif visit.number == BASELINE or heals:
            size = patient.ulcer * part[visit.number]
        else:
            size = max(0.3, size * drift * clamp(draw.normal(1, 0.09), 0.7, 1.4))
        healed = "Y" if heals and size == 0 else "N"
        grown = max(0.0, size - patient.ulcer) if visit.number > BASELINE else 0.0
        place = {"OBJ": "ULCER", "LOC": patient.ulcer_place, "LAT": patient.side}
        yield result("FA", patient, visit, "AREA", "Area", f"{size - 0.75 * grown:.1f}", "cm2", place)
        yield result("FA", patient, visit, "HEALED", "Healed", healed, "", place)


def rests_in_pain(patient: Patient) -> bool:
    """Whether pain at rest is left at week 24, so that the category cannot be 3."""
    # assumption: 20 mm or less of 100 is no longer called rest pain
    return any(row["VISITNUM"] == f"{WEEK_24:g}" and float(row["QSSTRESN"]) > 20 for row in pain(patient))


def rutherford(patient: Patient, heals: bool) -> Iterator[Row]:
    """FA: Rutherford category of the index limb."""
    draw = Draw("RUTHERFORD", patient.usubjid)
    for visit in visits(patient, design.SCHEDULE["RUTHERFORD"]):
        category = patient.rutherford
        if visit.number == WEEK_24:
            better = category == 4 and patient.response > 0.6 and draw.chance(0.6)
            category = 4 if heals else 3 if better and not rests_in_pain(patient) else category
        yield result(
            "FA",
            patient,
            visit,
            "RUTHCAT",
            "Rutherford Category",
            str(category),
            "",
            {"OBJ": "CRITICAL LIMB ISCHEMIA", "LOC": "LEG", "LAT": patient.side},
        )


def flag_baseline(rows: list[Row], prefix: str, patients: dict[str, Patient]) -> None:
    """--LOBXFL: the last result before the injection, which follows all assessments of its day."""
    last: dict[tuple[str, ...], Row] = {}
    for row in sorted(rows, key=lambda r: r[f"{prefix}DTC"]):
        injection = patients[row["USUBJID"]].injection
        if injection is None or not row[f"{prefix}ORRES"]:
            continue
        if row[f"{prefix}DTC"][:10] <= injection.isoformat():
            last[(row["USUBJID"], row[f"{prefix}TESTCD"], row.get("FAOBJ", ""))] = row
    for row in last.values():
        row[f"{prefix}LOBXFL"] = "Y"


def findings(people: list[Patient], healed: Patient) -> dict[str, list[Row]]:
    """All Findings domains; screen failures have vital signs, laboratory, pressures and Rutherford only."""
    tables: dict[str, list[Row]] = {name: [] for name in ("VS", "LB", "QS", "FT", "CV", "FA")}
    for patient in people:
        tables["VS"] += vital_signs(patient)
        tables["LB"] += laboratory(patient)
        tables["CV"] += pressures(patient)
        tables["FA"] += rutherford(patient, patient is healed)
        if patient.injection:
            tables["QS"] += pain(patient)
            tables["FT"] += walking(patient)
            tables["FA"] += ulcer(patient, patient is healed) if patient.ulcer else []
    by_id = {p.usubjid: p for p in people}
    for prefix, rows in tables.items():
        flag_baseline(rows, prefix, by_id)
    return tables
