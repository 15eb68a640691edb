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


def conditions(patient: Patient) -> dict[str, tuple[str, str, str, str, tuple[int, int]]]:
    """The disease under study and what the patient has besides, as in `CONDITIONS`."""
    young = "buerger" in patient.conditions
    disease = (
        "PRIMARY DIAGNOSIS",
        "Buerger's disease" if young else "Arteriosclerosis obliterans",
        "Thromboangiitis obliterans" if young else "Peripheral arterial occlusive disease",
        "Vascular disorders",
        (1, 7),
    )
    return {"disease": disease} | {n: c for n, c in CONDITIONS.items() if n in patient.conditions}


def condition_starts(patient: Patient) -> dict[str, str]:
    """Since when the patient has each condition; old ones are dated to the year or month only."""
    draw = Draw("MH", patient.usubjid)
    recent = (patient.consent - timedelta(days=180)).isoformat()
    starts: dict[str, str] = {}
    for name, (*_, years) in conditions(patient).items():
        year = patient.consent.year - draw.integer(*years)
        month = draw.integer(1, 12)
        start = f"{year}-{month:02d}" if draw.chance(0.6) else str(year)
        if f"{year}-{month:02d}" >= patient.consent.isoformat()[:7]:
            start = str(year - 1)
        if (
            name in {*ON_THE_LIMB, "disease"} and start >= recent[: len(start)]
        ):  # not shortly before screening (registry)
            start = years_earlier(start, 1)
        starts[name] = start
    starts["disease"] = no_later(starts["disease"], [start for name, start in starts.items() if name in ON_THE_LIMB])
    return starts


def history(patient: Patient) -> Iterator[Row]:
    """MH: the disease under study, then the conditions."""
    starts = condition_starts(patient)
    named = conditions(patient).items()
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
        "40",
        "ug",
        "BID",
        "PERIPHERAL ARTERIAL OCCLUSIVE DISEASE",
    ),
    "AMOXICILLIN AND CLAVULANIC ACID": (
        "AMOXICILLIN;CLAVULANIC ACID",
        "COMBINATIONS OF PENICILLINS, INCL. BETA-LACTAMASE INHIBITORS",
        "J01CR",
        "625",
        "mg",
        "TID",
        "",
    ),
}
ANALGESICS = {"PREGABALIN": 0.4, "TRAMADOL": 0.45}  # and how many take them
STARTS_INSULIN, STARTS_AMLODIPINE = 13, 20  # for an adverse event, so not taken before it
TO_CONTINUE = {"AMLODIPINE", "INSULIN GLARGINE"}  # not stopped when the event that they were begun for has resolved
INSTEAD = {"TRAMADOL": "OXYCODONE"}  # given for an event where the first is taken already
ROUTES = {"INSULIN GLARGINE": "SUBCUTANEOUS", "ALPROSTADIL": "INTRAVENOUS"}


def medicine(patient: Patient, name: str, start: str, end: str, indication: str = "") -> Row:
    """One record of CM; without an end it goes on at the last contact."""
    decoded, group, code, dose, unit, often, usual = MEDICINES[name]
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


def chosen(patient: Patient, draw: Draw) -> dict[str, str]:
    """Which medicines the patient takes at consent, and for which condition each."""
    # assumption: everybody takes aspirin or clopidogrel; whoever has diabetes, high lipids or disease of the arteries
    # of heart or brain a statin; shares of the others as below
    has = patient.conditions
    taken = {"ASPIRIN": "coronary"} if "coronary" in has else {}
    taken |= {"CLOPIDOGREL": "stroke"} if "stroke" in has else {}
    taken = taken or {draw.choose(["ASPIRIN", "CLOPIDOGREL"]): "disease"}
    if len(taken) == 1 and draw.chance(0.55):
        taken["CILOSTAZOL"] = "disease"
    elif draw.chance(0.15):
        taken["BERAPROST"] = "disease"
    reasons = [name for name in ("dyslipidaemia", "coronary", "stroke") if name in has]
    statin = draw.choose(["ATORVASTATIN", "ATORVASTATIN", "ROSUVASTATIN"])
    if reasons or "diabetes" in has or ("buerger" not in has and draw.chance(0.8)):
        taken[statin] = reasons[0] if reasons else "disease"
    if "diabetes" in has:
        insulin = draw.chance(0.35) and patient.order != STARTS_INSULIN
        taken |= {"METFORMIN": "diabetes"} if "kidney" not in has or not insulin else {}
        taken |= {"INSULIN GLARGINE": "diabetes"} if insulin else {}
    if "hypertension" in has:
        both = draw.chance(0.3) and patient.order != STARTS_AMLODIPINE
        first = "LOSARTAN" if patient.order == STARTS_AMLODIPINE else draw.choose(["AMLODIPINE", "LOSARTAN"])
        taken |= dict.fromkeys(["AMLODIPINE", "LOSARTAN"] if both else [first], "hypertension")
    return taken | {name: "disease" for name, share in ANALGESICS.items() if draw.chance(share)}


def usual_medicines(patient: Patient) -> Iterator[Row]:
    """What the patient takes at consent and goes on taking."""
    draw = Draw("CM", patient.usubjid)
    since, named = condition_starts(patient), conditions(patient)
    for name, why in sorted(chosen(patient, draw).items()):
        indication = "ISCHEMIC PAIN" if name in ANALGESICS else named[why][2].upper()
        yield medicine(patient, name, _begun(patient, since[why], draw), "", indication)


def _begun(patient: Patient, since: str, draw: Draw) -> str:
    """When a medicine was begun: soon after what it is for was known, and three months or more before consent."""
    known = date.fromisoformat(since + {4: "-07-01", 7: "-15"}[len(since)])
    begun = known + timedelta(days=draw.integer(0, 150))
    text = begun.isoformat()[: draw.choose([7, 7, 7, 4, 10])]
    # more than three months of medication without improvement before consent (registry)
    return text if begun <= patient.consent - timedelta(days=120) else since


def medication(patient: Patient, events: list[Row]) -> Iterator[Row]:
    """CM: usual medicines, and those that treated an adverse event, a prohibited infusion among them."""
    usual = list(usual_medicines(patient))
    yield from usual
    taken = {row["CMTRT"] for row in usual}
    for row in events:
        if row["AECONTRT"] == "Y":
            name = row["_medicine"]
            name = INSTEAD[name] if name in taken else name
            if name == "ALPROSTADIL":
                first, last = (patient.on_day(day).isoformat() for day in design.PROHIBITED_MEDICATION[patient.order])
                yield medicine(patient, name, first, last, row["AEDECOD"].upper())
                continue
            end = "" if name in TO_CONTINUE else row["AEENDTC"]
            yield medicine(patient, name, row["AESTDTC"], end, row["AEDECOD"].upper())
