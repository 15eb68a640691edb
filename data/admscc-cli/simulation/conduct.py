"""How the trial went: DM and SUPPDM, DS, EX, DV and SV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from . import design
from .patients import Patient, Visit

Row = dict[str, str]


def iso(when: date | None) -> str:
    """ISO 8601, or nothing."""
    return when.isoformat() if when else ""


def demographics(patient: Patient) -> Row:
    """DM: arms are empty for a screen failure, and ARMNRS says why."""
    injected = iso(patient.injection)
    name = design.ARMS.get(patient.arm, "")
    return {
        "USUBJID": patient.usubjid,
        "SUBJID": patient.subjid,
        "RFSTDTC": injected,
        "RFENDTC": iso(patient.last_contact) if injected else "",
        "RFXSTDTC": injected,
        "RFXENDTC": injected,
        "RFICDTC": iso(patient.consent),
        "RFPENDTC": iso(patient.last_contact),
        "SITEID": patient.site,
        "AGE": str(patient.age),
        "AGEU": "YEARS",
        "SEX": patient.sex,
        "RACE": "ASIAN",
        "ETHNIC": "NOT HISPANIC OR LATINO",
        "ARMCD": patient.arm,
        "ARM": name,
        "ACTARMCD": patient.arm,
        "ACTARM": name,
        "ARMNRS": "" if injected else "SCREEN FAILURE",
        "COUNTRY": "KOR",
        "DMDTC": iso(patient.consent),
        "DMDY": patient.day(patient.consent),
    }


def supplement(patient: Patient) -> Iterator[Row]:
    """SUPPDM: phase and cohort of who was treated, and smoking."""
    values = [("SMOKSTAT", "Smoking Status", patient.smoking, "CRF")]
    if patient.injection:
        values += [
            ("COHORT", "Dose Escalation Cohort", str(patient.cohort), "ASSIGNED"),
            ("PHASE", "Phase of the Study", patient.phase, "ASSIGNED"),
        ]
    for qnam, label, value, origin in sorted(values):
        yield {
            "USUBJID": patient.usubjid,
            "RDOMAIN": "DM",
            "IDVAR": "",
            "IDVARVAL": "",
            "QNAM": qnam,
            "QLABEL": label,
            "QVAL": value,
            "QORIG": origin,
            "QEVAL": "",
        }


def disposition(patient: Patient) -> Iterator[Row]:
    """DS: consent, entry, end of treatment (the day of injection) and end of participation."""

    def row(term: str, decoded: str, category: str, part: str, when: date) -> Row:
        return {
            "USUBJID": patient.usubjid,
            "DSTERM": term,
            "DSDECOD": decoded,
            "DSCAT": category,
            "DSSCAT": part,
            "EPOCH": patient.epoch(when),
            "DSSTDTC": iso(when),
            "DSSTDY": patient.day(when),
        }

    milestone, event = "PROTOCOL MILESTONE", "DISPOSITION EVENT"
    last = patient.last_contact
    yield row("INFORMED CONSENT OBTAINED", "INFORMED CONSENT OBTAINED", milestone, "", patient.consent)
    if patient.injection is None:
        yield row(patient.failure, "SCREEN FAILURE", event, "STUDY PARTICIPATION", last)
        return
    yield row("ENTERED INTO TRIAL", "ENTERED INTO TRIAL", milestone, "", patient.injection)
    yield row("INJECTION COMPLETED", "COMPLETED", event, "STUDY TREATMENT", patient.injection)
    if patient.order in design.WITHDRAWN:
        yield row(
            "PATIENT MOVED AWAY AND WITHDREW CONSENT", "WITHDRAWAL BY SUBJECT", event, "STUDY PARTICIPATION", last
        )
    else:
        yield row("COMPLETED", "COMPLETED", event, "STUDY PARTICIPATION", last)


def exposure(patient: Patient) -> Row:
    """EX: one session of intramuscular injections into the index limb, on day 1."""
    cells, why = design.REDUCED_DOSE.get(patient.order, (design.CELLS[patient.arm], ""))
    injected = iso(patient.injection)
    return {
        "USUBJID": patient.usubjid,
        "EXTRT": design.TREATMENT,
        "EXDOSE": str(cells),
        "EXDOSU": "cells",
        "EXDOSFRM": "INJECTION, SUSPENSION",
        "EXDOSFRQ": "ONCE",
        "EXDOSRGM": f"{design.INJECTIONS[patient.arm]} INJECTIONS IN ONE SESSION",
        "EXROUTE": "INTRAMUSCULAR",
        "EXLOC": "LEG",
        "EXLAT": patient.side,
        "EXADJ": why,
        "EPOCH": "TREATMENT",
        "EXSTDTC": injected,
        "EXENDTC": injected,
        "EXSTDY": "1",
        "EXENDY": "1",
    }


def deviations(patient: Patient) -> Iterator[Row]:
    """DV: what the untidy visits, doses and medicines of this patient amount to."""

    def row(text: str, decoded: str, major: bool, start: date, end: date | None = None) -> Row:
        return {
            "USUBJID": patient.usubjid,
            "DVTERM": text,
            "DVDECOD": decoded,
            "DVCAT": "MAJOR" if major else "MINOR",
            "EPOCH": patient.epoch(start),
            "DVSTDTC": iso(start),
            "DVENDTC": iso(end or start),
            "DVSTDY": patient.day(start),
            "DVENDY": patient.day(end or start),
        }

    order = patient.order
    if order in design.EARLY_SCREENING:
        start = patient.visits[0].start
        assert start is not None
        assert patient.injection is not None
        days = (patient.injection - start).days
        yield row(
            f"Screening {days} days before injection (28 are allowed); of the laboratory tests only hemoglobin A1c not "
            "repeated before injection",
            "ELIGIBILITY CRITERIA",
            False,
            start,
        )
    for number in design.OUT_OF_WINDOW.get(order, {}):
        visit = patient.visit(number)
        assert visit is not None
        assert visit.start is not None
        yield row(f"{visit.name} visit outside its window", "VISIT OUT OF WINDOW", False, visit.start)
    if order in design.MISSED:
        number, reason = design.MISSED[order]
        name, target = design.VISITS[int(number)]
        yield row(
            f"{name} visit missed: {reason.capitalize().replace('Covid', 'COVID')}",
            "VISIT MISSED",
            False,
            patient.on_day(target),
        )
    if order in design.REDUCED_DOSE:
        assert patient.injection is not None
        yield row(
            "Part of the suspension lost, dose lower than planned", "DOSE LOWER THAN PLANNED", False, patient.injection
        )
    if order in design.PROHIBITED_MEDICATION:
        first, last = map(patient.on_day, design.PROHIBITED_MEDICATION[order])
        yield row(
            "Intravenous alprostadil given for worse pain at rest, as an outpatient",
            "PROHIBITED CONCOMITANT MEDICATION",
            True,
            first,
            last,
        )
    if order == design.NO_BASELINE_WALK:
        assert patient.injection is not None
        yield row("Walking test not done at baseline", "ASSESSMENT NOT DONE", False, patient.injection)


def subject_visits(patient: Patient) -> Iterator[Row]:
    """SV: visits that took place, planned or not, and the planned one that did not."""
    for visit in patient.visits:
        yield _visit(patient, visit)


def _visit(patient: Patient, visit: Visit) -> Row:
    planned = visit.planned_day is not None
    return {
        "USUBJID": patient.usubjid,
        "VISITNUM": f"{visit.number:g}",
        "VISIT": visit.name,
        "SVPRESP": "Y" if planned else "",
        "SVOCCUR": ("Y" if visit.start else "N") if planned else "",
        "SVREASOC": visit.reason if planned else "",
        "VISITDY": str(visit.planned_day) if planned else "",
        "SVSTDTC": iso(visit.start),
        "SVENDTC": iso(visit.end),
        "SVSTDY": patient.day(visit.start),
        "SVENDY": patient.day(visit.end),
        "SVUPDES": "" if planned else visit.reason,
    }


def check_staggering(people: list[Patient]) -> None:
    """Stop if a cohort opens before the DLT window of the one before has passed."""
    treated = sorted((p for p in people if p.injection), key=lambda p: p.order)
    for earlier, later in pairwise(treated):
        assert earlier.injection is not None
        assert later.injection is not None
        gap = design.DLT_DAYS if later.cohort != earlier.cohort else 0
        assert later.injection > earlier.injection + timedelta(days=gap), (earlier.order, later.order)


def check_place(people: list[Patient]) -> None:
    """Stop if the untidiness of the design meets a patient whom it does not suit."""
    by_order = {p.order: p for p in people if p.injection}
    assert by_order[design.NEVER_WALKED_BEFORE].rutherford == 6, "unable to walk needs major tissue loss"
