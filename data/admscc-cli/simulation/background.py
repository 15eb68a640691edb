"""Medical history and concomitant medication, drawn from what the patient has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from . import design
from .draw import Draw
from .patients import Patient

Row = dict[str, str]

# condition: category, verbatim, preferred term, system organ class, years before consent
CONDITIONS = {
    "diabetes": (
        "DIABETES",
        "Diabetes mellitus type 2",
        "Type 2 diabetes mellitus",
        "Metabolism and nutrition disorders",
        (5, 24),
    ),
    "hypertension": ("CARDIOVASCULAR", "Hypertension", "Hypertension", "Vascular disorders", (3, 22)),
    "dyslipidaemia": (
        "CARDIOVASCULAR",
        "Hyperlipidemia",
        "Hyperlipidaemia",
        "Metabolism and nutrition disorders",
        (2, 15),
    ),
    "coronary": ("CARDIOVASCULAR", "Coronary artery disease", "Coronary artery disease", "Cardiac disorders", (2, 12)),
    "stroke": ("CARDIOVASCULAR", "Old cerebral infarction", "Cerebral infarction", "Nervous system disorders", (2, 11)),
    "kidney": ("OTHER", "Chronic kidney disease", "Chronic kidney disease", "Renal and urinary disorders", (1, 9)),
    "angioplasty": (
        "PRIOR REVASCULARIZATION",
        "PTA of index limb",
        "Peripheral artery angioplasty",
        "Surgical and medical procedures",
        (0, 5),
    ),
    "bypass": (
        "PRIOR REVASCULARIZATION",
        "Femoropopliteal bypass",
        "Peripheral artery bypass",
        "Surgical and medical procedures",
        (1, 8),
    ),
    "toe amputation": ("OTHER", "Toe amputation", "Toe amputation", "Surgical and medical procedures", (0, 3)),
}
FINISHED = {"angioplasty", "bypass", "toe amputation", "stroke"}
ON_THE_LIMB = {"angioplasty", "bypass", "toe amputation"}
# why a patient was not treated, where the history shows it: verbatim, preferred term, system organ class, start
FOUND_AT_SCREENING = {
    "MALIGNANCY WITHIN FIVE YEARS": (
        "Breast cancer",
        "Breast cancer",
        "Neoplasms benign, malignant and unspecified (incl cysts and polyps)",
        "2019-05",
    ),
    "OSTEOMYELITIS OF INDEX FOOT": (
        "Osteomyelitis of index foot",
        "Osteomyelitis",
        "Infections and infestations",
        "2022-02",
    ),
}


def years_earlier(start: str, years: int) -> str:
    """The date so many years earlier, as far as it is known."""
    return f"{int(start[:4]) - years}{start[4:]}"


def no_later(start: str, others: list[str]) -> str:
    """The date, or the earliest of the others where one is certainly earlier, told no more precisely than the date."""
    earliest = min(others, default=start)
    known = min(len(start), len(earliest))
    return earliest[: len(start)] if earliest[:known] < start[:known] else start


def history(patient: Patient) -> Iterator[Row]:
    """MH: the disease under study, then the conditions; old ones are dated to the year or month only."""
    draw = Draw("MH", patient.usubjid)
    treated: dict[str, list[str]] = {}
    for row in usual_medicines(patient) if patient.injection else ():  # CM is of the treated
        treated.setdefault(row["CMINDC"], []).append(row["CMSTDTC"])
    recent = (patient.consent - timedelta(days=180)).isoformat()
    young = "buerger" in patient.conditions
    disease = (
        "PRIMARY DIAGNOSIS",
        "Buerger's disease" if young else "Arteriosclerosis obliterans",
        "Thromboangiitis obliterans" if young else "Peripheral arterial occlusive disease",
        "Vascular disorders",
        (1, 7),
    )
    named = [("disease", disease)] + [(n, c) for n, c in CONDITIONS.items() if n in patient.conditions]
    starts: dict[str, str] = {}
    for name, (_, _, decoded, _, years) in named:
        year = patient.consent.year - draw.integer(*years)
        month = draw.integer(1, 12)
        start = f"{year}-{month:02d}" if draw.chance(0.6) else str(year)
        if f"{year}-{month:02d}" >= patient.consent.isoformat()[:7]:
            start = str(year - 1)
        if name in ON_THE_LIMB and start >= recent[: len(start)]:  # not shortly before screening (registry)
            start = years_earlier(start, 1)
        # nothing is treated before it is known
        starts[name] = no_later(start, treated.get(decoded.upper(), []))
    limb = [start for name, start in starts.items() if name in ON_THE_LIMB]
    starts["disease"] = no_later(starts["disease"], [*limb, *treated.get("ISCHEMIC PAIN", [])])
    told = [(name in FINISHED, starts[name], texts[:4]) for name, texts in named]
    if patient.failure in FOUND_AT_SCREENING:
        *texts, start = FOUND_AT_SCREENING[patient.failure]
        told.append((False, start, ("OTHER", *texts)))
    for done, start, (category, verbatim, decoded, organ) in told:
        yield {
            "USUBJID": patient.usubjid,
            "MHTERM": verbatim,
            "MHDECOD": decoded,
            "MHCAT": category,
            "MHBODSYS": organ,
            "VISITNUM": "1",
            "VISIT": "SCREENING",
            "VISITDY": "-14",
            "EPOCH": "SCREENING",
            "MHDTC": _screening(patient).isoformat(),
            "MHSTDTC": start,
            "MHENDTC": start if done else "",
            "MHDY": patient.day(_screening(patient)),
            "MHENRTPT": "" if done else "ONGOING",
            "MHENTPT": "" if done else _screening(patient).isoformat(),
        }


def _screening(patient: Patient) -> date:
    visit = patient.visit(design.SCREENING)
    assert visit is not None
    assert visit.start is not None
    return visit.start


# medicine: preferred name, ATC class and code (level 4 text), dose, unit, frequency, indication
MEDICINES = {
    "ASPIRIN": (
        "ACETYLSALICYLIC ACID",
        "PLATELET AGGREGATION INHIBITORS EXCL. HEPARIN",
        "B01AC",
        "100",
        "mg",
        "QD",
        "PERIPHERAL ARTERIAL OCCLUSIVE DISEASE",
    ),
    "CLOPIDOGREL": (
        "CLOPIDOGREL",
        "PLATELET AGGREGATION INHIBITORS EXCL. HEPARIN",
        "B01AC",
        "75",
        "mg",
        "QD",
        "PERIPHERAL ARTERIAL OCCLUSIVE DISEASE",
    ),
    "CILOSTAZOL": (
        "CILOSTAZOL",
        "PLATELET AGGREGATION INHIBITORS EXCL. HEPARIN",
        "B01AC",
        "100",
        "mg",
        "BID",
        "PERIPHERAL ARTERIAL OCCLUSIVE DISEASE",
    ),
    "BERAPROST": (
        "BERAPROST",
        "PLATELET AGGREGATION INHIBITORS EXCL. HEPARIN",
        "B01AC",
        "40",
        "ug",
        "TID",
        "PERIPHERAL ARTERIAL OCCLUSIVE DISEASE",
    ),
    "ATORVASTATIN": ("ATORVASTATIN", "HMG COA REDUCTASE INHIBITORS", "C10AA", "20", "mg", "QD", "HYPERLIPIDAEMIA"),
    "ROSUVASTATIN": ("ROSUVASTATIN", "HMG COA REDUCTASE INHIBITORS", "C10AA", "10", "mg", "QD", "HYPERLIPIDAEMIA"),
    "METFORMIN": ("METFORMIN", "BIGUANIDES", "A10BA", "500", "mg", "BID", "TYPE 2 DIABETES MELLITUS"),
    "INSULIN GLARGINE": (
        "INSULIN GLARGINE",
        "INSULINS AND ANALOGUES FOR INJECTION, LONG-ACTING",
        "A10AE",
        "16",
        "IU",
        "QD",
        "TYPE 2 DIABETES MELLITUS",
    ),
    "AMLODIPINE": ("AMLODIPINE", "DIHYDROPYRIDINE DERIVATIVES", "C08CA", "5", "mg", "QD", "HYPERTENSION"),
    "LOSARTAN": (
        "LOSARTAN",
        "ANGIOTENSIN II RECEPTOR BLOCKERS (ARBS), PLAIN",
        "C09CA",
        "50",
        "mg",
        "QD",
        "HYPERTENSION",
    ),
    "PREGABALIN": ("PREGABALIN", "GABAPENTINOIDS", "N02BF", "75", "mg", "BID", "ISCHEMIC PAIN"),
    "TRAMADOL": ("TRAMADOL", "OTHER OPIOIDS", "N02AX", "50", "mg", "BID", "ISCHEMIC PAIN"),
    "OXYCODONE": ("OXYCODONE", "NATURAL OPIUM ALKALOIDS", "N02AA", "5", "mg", "BID", "ISCHEMIC PAIN"),
    "CEFPODOXIME": ("CEFPODOXIME", "THIRD-GENERATION CEPHALOSPORINS", "J01DD", "100", "mg", "BID", ""),
    "LACTULOSE": ("LACTULOSE", "OSMOTICALLY ACTING LAXATIVES", "A06AD", "15", "mL", "QD", ""),
    "PARACETAMOL": ("PARACETAMOL", "ANILIDES", "N02BE", "650", "mg", "TID", ""),
    "FERROUS SULFATE": ("FERROUS SULFATE", "IRON BIVALENT, ORAL PREPARATIONS", "B03AA", "256", "mg", "QD", ""),
    "ALPROSTADIL": (
        "ALPROSTADIL",
        "PROSTAGLANDINS",
        "C01EA",
        "10",
        "ug",
        "QD",
        "PERIPHERAL ARTERIAL OCCLUSIVE DISEASE",
    ),
}
STATINS = {"ATORVASTATIN", "ROSUVASTATIN"}
TO_CONTINUE = {"AMLODIPINE", "INSULIN GLARGINE"}  # not stopped when the event that they were begun for has resolved
INSTEAD = {"TRAMADOL": "OXYCODONE"}  # given for an event where the first is taken already
ROUTES = {"INSULIN GLARGINE": "SUBCUTANEOUS", "ALPROSTADIL": "INTRAVENOUS"}


def medicine(patient: Patient, name: str, start: str, end: str, indication: str = "") -> Row:
    """One record of CM; without an end it goes on at the last contact."""
    decoded, group, code, dose, unit, often, usual = MEDICINES[name]
    limb = "PERIPHERAL ARTERIAL OCCLUSIVE DISEASE"
    if name in STATINS and "dyslipidaemia" not in patient.conditions:
        usual = limb  # for the arteries, whatever the lipids
    if usual == limb and "buerger" in patient.conditions:
        usual = "THROMBOANGIITIS OBLITERANS"
    before = patient.injection is None or start < patient.injection.isoformat()[: len(start)]
    whole = len(start) == 10
    when = date.fromisoformat(start) if whole else None
    return {
        "USUBJID": patient.usubjid,
        "CMTRT": name,
        "CMDECOD": decoded,
        "CMINDC": indication or usual,
        "CMCLAS": group,
        "CMCLASCD": code,
        "CMDOSE": dose,
        "CMDOSU": unit,
        "CMDOSFRQ": often,
        "CMROUTE": ROUTES.get(name, "ORAL"),
        "CMSTDTC": start,
        "CMENDTC": end,
        "CMSTDY": patient.day(when),
        "CMENDY": patient.day(date.fromisoformat(end)) if end else "",
        "EPOCH": "SCREENING" if before and not whole else patient.epoch(when),
        "CMENRTPT": "" if end else "ONGOING",
        "CMENTPT": "" if end else patient.last_contact.isoformat(),
    }


def usual_medicines(patient: Patient) -> Iterator[Row]:
    """What the patient takes at consent and goes on taking."""
    # assumption: shares of antiplatelets, statins, antidiabetics, antihypertensives and analgesics
    draw = Draw("CM", patient.usubjid)
    has = patient.conditions
    shares = {
        "ASPIRIN": 0.65,
        "CLOPIDOGREL": 0.5,
        "CILOSTAZOL": 0.7,
        "BERAPROST": 0.25,
        "ATORVASTATIN": 0.8 if "dyslipidaemia" in has else 0.3,
        "ROSUVASTATIN": 0.0,
        "METFORMIN": 0.85 if "diabetes" in has else 0.0,
        "INSULIN GLARGINE": 0.35 if "diabetes" in has else 0.0,
        "AMLODIPINE": 0.6 if "hypertension" in has else 0.0,
        "LOSARTAN": 0.6 if "hypertension" in has else 0.0,
        "PREGABALIN": 0.4,
        "TRAMADOL": 0.45,
    }
    taken = {name for name, share in shares.items() if draw.chance(share)}
    if "ATORVASTATIN" in taken and draw.chance(0.4):
        taken = (taken - {"ATORVASTATIN"}) | {"ROSUVASTATIN"}
    if patient.order == 13:  # insulin is started for the event of this patient
        taken -= {"INSULIN GLARGINE"}
    taken |= set() if taken & {"ASPIRIN", "CLOPIDOGREL", "CILOSTAZOL"} else {"CILOSTAZOL"}
    for name in sorted(taken):
        # more than three months of medication without improvement before consent (registry)
        start = patient.consent - timedelta(days=draw.integer(120, 1500))
        yield medicine(patient, name, start.isoformat()[: draw.choose([7, 7, 7, 4, 10])], "")
    # assumption: nobody is left without the medicine that everybody with the condition is given
    more = Draw("CM more", patient.usubjid)
    if "hypertension" in has and not taken & {"AMLODIPINE", "LOSARTAN"}:
        yield medicine(patient, "LOSARTAN", _begun(patient, more), "")
    if has & {"dyslipidaemia", "coronary", "stroke"} and not taken & STATINS:
        yield medicine(patient, "ATORVASTATIN", _begun(patient, more), "")


def _begun(patient: Patient, draw: Draw) -> str:
    """The month in which a medicine was begun, more than three months before consent."""
    return (patient.consent - timedelta(days=draw.integer(120, 1500))).isoformat()[:7]


def medication(patient: Patient, events: list[Row]) -> Iterator[Row]:
    """CM: usual medicines, those that treated an adverse event, and the one prohibited infusion."""
    usual = list(usual_medicines(patient))
    yield from usual
    taken = {row["CMTRT"] for row in usual}
    for row in events:
        if row["AECONTRT"] == "Y":
            name = row["_medicine"]
            name = INSTEAD[name] if name in taken else name
            end = "" if name in TO_CONTINUE else row["AEENDTC"]
            yield medicine(patient, name, row["AESTDTC"], end, row["AEDECOD"].upper())
    if patient.order in design.PROHIBITED_MEDICATION:
        first, last = design.PROHIBITED_MEDICATION[patient.order]
        yield medicine(patient, "ALPROSTADIL", patient.on_day(first).isoformat(), patient.on_day(last).isoformat())
