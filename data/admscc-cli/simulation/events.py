"""Adverse events, and the flags of dose-limiting toxicity: drawn from a catalogue, plus a few set by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from . import design
from .draw import Draw
from .patients import Patient

Row = dict[str, str]

GENERAL = "General disorders and administration site conditions"
MUSCLE = "Musculoskeletal and connective tissue disorders"
GUT = "Gastrointestinal disorders"
NERVES = "Nervous system disorders"
INFECTION = "Infections and infestations"
LABS = "Investigations"
NUTRITION = "Metabolism and nutrition disorders"
SITE = ("Injection site reactions", "Administration site reactions")
LUNG = "Respiratory, thoracic and mediastinal disorders"


@dataclass(frozen=True)
class Term:
    """A kind of event: its coding, and how often, when, how long, how severe and how it was treated."""

    verbatim: tuple[str, ...]
    decoded: str
    high_level: str
    group: str
    organ: str
    weight: float
    onset: tuple[int, int]
    days: tuple[int, int]
    second_grade: float
    cause: str
    medicine: str = ""


# assumption: which events occur, how often and when; dictionary-style terms, no codes (MedDRA is licensed)
CATALOGUE = [
    Term(
        ("Pain at injection sites", "Injection site pain"),
        "Injection site pain",
        *SITE,
        GENERAL,
        9,
        (1, 2),
        (1, 6),
        0.3,
        "RELATED",
        "PARACETAMOL",
    ),
    Term(
        ("Swelling at injection site",), "Injection site swelling", *SITE, GENERAL, 3.5, (1, 4), (2, 9), 0.1, "RELATED"
    ),
    Term(("Bruise at injection site",), "Injection site bruising", *SITE, GENERAL, 3, (1, 3), (4, 12), 0.0, "RELATED"),
    Term(
        ("Fever", "Fever 38.2 C"),
        "Pyrexia",
        "Febrile disorders",
        "Body temperature conditions",
        GENERAL,
        4,
        (1, 3),
        (1, 3),
        0.2,
        "POSSIBLY RELATED",
        "PARACETAMOL",
    ),
    Term(
        ("Tiredness",),
        "Fatigue",
        "Asthenic conditions",
        "General system disorders NEC",
        GENERAL,
        2,
        (2, 30),
        (3, 14),
        0.0,
        "POSSIBLY RELATED",
    ),
    Term(
        ("Leg swelling", "Pitting edema of lower leg"),
        "Oedema peripheral",
        "Oedema NEC",
        "General system disorders NEC",
        GENERAL,
        2.5,
        (3, 60),
        (5, 30),
        0.3,
        "POSSIBLY RELATED",
    ),
    Term(
        ("Pain in index leg", "Foot pain"),
        "Pain in extremity",
        "Musculoskeletal and connective tissue pain and discomfort",
        "Musculoskeletal and connective tissue disorders NEC",
        MUSCLE,
        3,
        (6, 120),
        (4, 25),
        0.5,
        "UNLIKELY RELATED",
        "TRAMADOL",
    ),
    Term(
        ("Muscle ache",),
        "Myalgia",
        "Muscle pains",
        "Muscle disorders",
        MUSCLE,
        2,
        (2, 14),
        (2, 7),
        0.1,
        "POSSIBLY RELATED",
        "PARACETAMOL",
    ),
    Term(
        ("Low back pain",),
        "Back pain",
        "Musculoskeletal and connective tissue pain and discomfort",
        "Musculoskeletal and connective tissue disorders NEC",
        MUSCLE,
        1.5,
        (20, 160),
        (5, 25),
        0.3,
        "NOT RELATED",
    ),
    Term(
        ("Headache",),
        "Headache",
        "Headaches NEC",
        "Headaches",
        NERVES,
        2,
        (1, 60),
        (1, 4),
        0.1,
        "UNLIKELY RELATED",
        "PARACETAMOL",
    ),
    Term(
        ("Dizziness",),
        "Dizziness",
        "Neurological signs and symptoms NEC",
        "Neurological disorders NEC",
        NERVES,
        1.5,
        (3, 140),
        (1, 10),
        0.1,
        "NOT RELATED",
    ),
    Term(
        ("Common cold",),
        "Nasopharyngitis",
        "Upper respiratory tract infections",
        "Infections - pathogen unspecified",
        INFECTION,
        2,
        (10, 165),
        (4, 12),
        0.2,
        "NOT RELATED",
    ),
    Term(
        ("COVID-19 infection",),
        "COVID-19",
        "Coronavirus infections",
        "Viral infectious disorders",
        INFECTION,
        1.5,
        (40, 165),
        (6, 12),
        0.4,
        "NOT RELATED",
    ),
    Term(
        ("Urinary tract infection",),
        "Urinary tract infection",
        "Urinary tract infections",
        "Infections - pathogen unspecified",
        INFECTION,
        1,
        (15, 160),
        (5, 10),
        1.0,
        "NOT RELATED",
        "CEFPODOXIME",
    ),
    Term(
        ("Constipation",),
        "Constipation",
        "Gastrointestinal atonic and hypomotility disorders NEC",
        "Gastrointestinal motility and defaecation conditions",
        GUT,
        2,
        (5, 120),
        (5, 40),
        0.2,
        "NOT RELATED",
        "LACTULOSE",
    ),
    Term(
        ("Indigestion",),
        "Dyspepsia",
        "Dyspeptic signs and symptoms",
        "Gastrointestinal signs and symptoms",
        GUT,
        1.5,
        (5, 120),
        (3, 20),
        0.0,
        "NOT RELATED",
    ),
    Term(
        ("Loose stools",),
        "Diarrhoea",
        "Diarrhoea (excl infective)",
        "Gastrointestinal motility and defaecation conditions",
        GUT,
        1,
        (4, 150),
        (1, 4),
        0.1,
        "UNLIKELY RELATED",
    ),
    Term(
        ("Itching",),
        "Pruritus",
        "Pruritus NEC",
        "Epidermal and dermal conditions",
        "Skin and subcutaneous tissue disorders",
        1.5,
        (2, 60),
        (3, 20),
        0.0,
        "UNLIKELY RELATED",
    ),
    Term(
        ("Sleeplessness",),
        "Insomnia",
        "Disturbances in initiating and maintaining sleep",
        "Sleep disorders and disturbances",
        "Psychiatric disorders",
        1,
        (5, 130),
        (8, 40),
        0.2,
        "NOT RELATED",
    ),
    Term(
        ("Cough",),
        "Cough",
        "Coughing and associated symptoms",
        "Respiratory disorders NEC",
        LUNG,
        1,
        (8, 150),
        (4, 18),
        0.0,
        "NOT RELATED",
    ),
]
BY_TERM = {term.decoded: term for term in CATALOGUE}


def special(
    verbatim: str, decoded: str, high_level: str, group: str, organ: str, cause: str, medicine: str = ""
) -> Term:
    """A kind of event that is only set by hand."""
    return Term((verbatim,), decoded, high_level, group, organ, 0, (1, 1), (1, 1), 0, cause, medicine)


# assumption: events set by hand, since they go with values or visits of the patient, or are untidy:
# patient, term, grade, start and end as study days (None: goes on), start and end texts where incomplete
BY_HAND: list[tuple[int, Term, int, int, int | None, str, str]] = [
    (
        11,
        special(
            "ALT elevation",
            "Alanine aminotransferase increased",
            "Liver function analyses",
            "Hepatobiliary investigations",
            LABS,
            "POSSIBLY RELATED",
        ),
        1,
        29,
        87,
        "",
        "",
    ),
    (
        7,
        special(
            "CRP elevated",
            "C-reactive protein increased",
            "Protein analyses NEC",
            "Protein and chemistry analyses NEC",
            LABS,
            "POSSIBLY RELATED",
        ),
        1,
        9,
        26,
        "",
        "month",
    ),
    (
        4,
        special(
            "Anemia",
            "Anaemia",
            "Anaemias NEC",
            "Anaemias nonhaemolytic and marrow depression",
            "Blood and lymphatic system disorders",
            "NOT RELATED",
            "FERROUS SULFATE",
        ),
        2,
        87,
        None,
        "",
        "",
    ),
    (
        20,
        special(
            "Aggravated hypertension",
            "Hypertension",
            "Vascular hypertensive disorders NEC",
            "Vascular hypertensive disorders",
            "Vascular disorders",
            "NOT RELATED",
            "AMLODIPINE",
        ),
        3,
        57,
        92,
        "",
        "",
    ),
    (
        13,
        special(
            "Hyperglycemia, fasting glucose 16.1 mmol/L, insulin started as an outpatient",
            "Hyperglycaemia",
            "Hyperglycaemic conditions NEC",
            "Glucose metabolism disorders (incl diabetes mellitus)",
            NUTRITION,
            "NOT RELATED",
            "INSULIN GLARGINE",
        ),
        3,
        66,
        None,
        "",
        "",
    ),
    (
        14,
        special(
            "Worsening of pain in index foot",
            "Pain in extremity",
            "Musculoskeletal and connective tissue pain and discomfort",
            "Musculoskeletal and connective tissue disorders NEC",
            MUSCLE,
            "UNLIKELY RELATED",
            "TRAMADOL",
        ),
        2,
        109,
        131,
        "",
        "",
    ),
    (5, BY_TERM["Injection site swelling"], 2, 9, 20, "", ""),
    (12, BY_TERM["Oedema peripheral"], 1, 4, 25, "month", ""),  # the month of injection: emergent or not?
    (17, BY_TERM["Constipation"], 1, 47, None, "year", ""),  # the year of injection only
    (3, BY_TERM["Insomnia"], 1, -5, 33, "", ""),  # began between consent and injection
    (18, BY_TERM["Nasopharyngitis"], 1, -4, 6, "", ""),  # began before, ended after injection
    (8, BY_TERM["Dyspepsia"], 1, -7, -3, "", ""),  # over before injection
]
SKIN = "Skin and subcutaneous tissue disorders"
ULCERS = ("Skin and subcutaneous tissue ulcerations", "Skin and subcutaneous tissue disorders NEC", SKIN)
LIMB_PAIN = special(
    "Worse pain at rest of index foot",
    "Pain in extremity",
    "Musculoskeletal and connective tissue pain and discomfort",
    "Musculoskeletal and connective tissue disorders NEC",
    MUSCLE,
    "UNLIKELY RELATED",
    "TRAMADOL",
)
# assumption: where pain or the ulcer of the index limb becomes worse, it is an event: patient, kind, grade, days
WORSE: list[tuple[int, Term, int, int, int | None]] = [
    (15, LIMB_PAIN, 2, 6, 44),
    (17, replace(LIMB_PAIN, medicine="ALPROSTADIL"), 2, 36, 50),
    (18, LIMB_PAIN, 2, 24, 47),
    (
        10,
        special(
            "Infected ulcer of index foot",
            "Infected skin ulcer",
            "Skin and subcutaneous tissue infections and infestations",
            "Infections - pathogen unspecified",
            INFECTION,
            "UNLIKELY RELATED",
            "AMOXICILLIN AND CLAVULANIC ACID",
        ),
        2,
        97,
        110,
    ),
    (18, special("Ulcer of index foot larger", "Skin ulcer", *ULCERS, "NOT RELATED"), 2, 102, None),
]
# assumption: how many events of the catalogue a patient has; 0 for four, so about 16 of 20 have one
COUNTS = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3]
QUIET = {2, 6, 15, 19}  # the four with none


def partial(when: date, kind: str) -> str:
    """A date as far as it is known."""
    return when.isoformat()[: {"": 10, "month": 7, "year": 4}[kind]]


def event(
    patient: Patient,
    term: Term,
    verbatim: str,
    grade: int,
    start: date,
    end: date | None,
    start_known: str = "",
    end_known: str = "",
) -> Row:
    """One record of AE; an event that outlasts the last contact goes on, for all that is known."""
    if end is not None and end > patient.last_contact:
        end = None
    assert start <= patient.last_contact
    whole = not start_known
    outcome = "RECOVERED/RESOLVED" if end else "NOT RECOVERED/NOT RESOLVED"
    if end is None and term.decoded in {"Anaemia", "Hyperglycaemia"}:  # under the medicine begun for it
        outcome = "RECOVERING/RESOLVING"
    no = dict.fromkeys(("AESER", "AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESMIE"), "N")
    return no | {
        "USUBJID": patient.usubjid,
        "AETERM": verbatim,
        "AELLT": term.decoded,
        "AEDECOD": term.decoded,
        "AEHLT": term.high_level,
        "AEHLGT": term.group,
        "AEBODSYS": term.organ,
        "AESOC": term.organ,
        "AESEV": {1: "MILD", 2: "MODERATE", 3: "SEVERE"}[grade],
        "AETOXGR": str(grade),
        "AEACN": "NOT APPLICABLE",
        "AEREL": term.cause,
        "AEOUT": outcome,
        "AECONTRT": "Y" if term.medicine and (grade > 1 or term.medicine == "PARACETAMOL") else "N",
        "EPOCH": patient.epoch(start) if whole else "",
        "AESTDTC": partial(start, start_known),
        "AEENDTC": partial(end, end_known) if end else "",
        "AESTDY": patient.day(start) if whole else "",
        "AEENDY": patient.day(end) if end and not end_known else "",
        "AEENRTPT": "" if end else "ONGOING",
        "AEENTPT": "" if end else patient.last_contact.isoformat(),
        "_medicine": term.medicine,
        "_start": start.isoformat(),
    }


def drawn(patient: Patient, count: int) -> Iterator[tuple[Term, str, int, date, date]]:
    """So many events of the catalogue: kind, verbatim, grade, start and end."""
    draw = Draw("AE", patient.usubjid)
    used = {item[1].decoded for item in BY_HAND if item[0] == patient.order}
    for _ in range(count):
        pool = [t for t in CATALOGUE if t.decoded not in used]
        term = draw.weighted(pool, [t.weight for t in pool])
        used.add(term.decoded)
        last_day = (patient.last_contact - patient.on_day(1)).days + 1
        onset = min(draw.integer(*term.onset), last_day - 1)
        start = patient.on_day(onset)
        end = start + timedelta(days=draw.integer(*term.days))
        grade = 2 if draw.chance(term.second_grade) else 1
        yield term, draw.choose(term.verbatim), grade, start, end


def counts() -> dict[int, int]:
    """How many events of the catalogue each patient has, by the order of injection."""
    loud = [order for order in range(1, 21) if order not in QUIET]
    return dict.fromkeys(QUIET, 0) | dict(zip(loud, Draw("AE counts").shuffled([c for c in COUNTS if c]), strict=True))


def pain_at(patient: Patient, when: date) -> int:
    """The grade of an event of pain of the index limb on a day, 0 without one."""
    if patient.injection is None:
        return 0
    known = [
        (item[1], item[2], patient.on_day(item[3]), item[4]) for item in (*BY_HAND, *WORSE) if item[0] == patient.order
    ]
    spans = [(t, grade, start, None if last is None else patient.on_day(last)) for t, grade, start, last in known]
    spans += [(t, grade, start, end) for t, _, grade, start, end in drawn(patient, counts()[patient.order])]
    pains = [g for t, g, start, end in spans if t.decoded == "Pain in extremity" and start <= when <= (end or when)]
    return max(pains, default=0)


def adverse_events(people: list[Patient]) -> tuple[list[Row], list[Row]]:
    """AE, and SUPPAE with AEDLT: N for what began in phase 1 within the DLT window, else not assessed."""
    # statement 4 of the publication: no serious event and no dose-limiting toxicity
    rows: list[Row] = []
    for patient in sorted((p for p in people if p.injection), key=lambda p: p.order):
        own = [event(patient, *item) for item in drawn(patient, counts()[patient.order])]
        by_hand = [item for item in BY_HAND if item[0] == patient.order]
        by_hand += [(*item, "", "") for item in WORSE if item[0] == patient.order]
        for _, term, grade, first, last, start_known, end_known in by_hand:
            end = None if last is None else patient.on_day(last)
            start = patient.on_day(first)
            own.append(event(patient, term, term.verbatim[0], grade, start, end, start_known, end_known))
        assert len({row["AEDECOD"] for row in own}) == len(own), patient.order
        rows += own
    rows.sort(key=lambda r: (r["USUBJID"], r["_start"], r["AEDECOD"]))
    seen: dict[str, int] = {}
    flags: list[Row] = []
    by_id = {p.usubjid: p for p in people}
    for row in rows:
        seen[row["USUBJID"]] = seen.get(row["USUBJID"], 0) + 1
        row["AESEQ"] = str(seen[row["USUBJID"]])
        patient, start = by_id[row["USUBJID"]], date.fromisoformat(row["_start"])
        day = (start - patient.on_day(1)).days + 1
        if patient.phase == "P1" and 1 <= day <= design.DLT_DAYS:
            flags.append(
                {
                    "USUBJID": row["USUBJID"],
                    "RDOMAIN": "AE",
                    "IDVAR": "AESEQ",
                    "IDVARVAL": row["AESEQ"],
                    "QNAM": "AEDLT",
                    "QLABEL": "Dose-Limiting Toxicity",
                    "QVAL": "N",
                    "QORIG": "CRF",
                    "QEVAL": "INVESTIGATOR",
                }
            )
    return rows, flags
