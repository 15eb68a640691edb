"""The 20 treated patients and 5 screen failures: who they are, and when they came."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from . import design
from .draw import Draw, clamp


@dataclass
class Visit:
    """A visit that took place, or a planned one that did not (then `reason` says why, and no dates)."""

    number: float
    name: str
    planned_day: int | None
    start: date | None
    end: date | None
    reason: str = ""


@dataclass
class Patient:
    """A patient; `order` counts injections 1 to 20 and is 0 for a screen failure."""

    order: int
    site: str
    consent: date
    injection: date | None
    cohort: int | None
    phase: str
    arm: str
    sex: str
    age: int
    height: float
    weight: float
    rutherford: int
    side: str
    smoking: str
    failure: str = ""
    usubjid: str = ""
    visits: list[Visit] = field(default_factory=list)
    conditions: set[str] = field(default_factory=set)
    ulcer: float | None = None
    ulcer_place: str = ""
    response: float = 1.0
    last_contact: date = date.min

    @property
    def subjid(self) -> str:
        """The number within the site."""
        return self.usubjid[-3:]

    def day(self, when: date | None) -> str:
        """Study day as SDTM has it: no day 0; empty without a date or an injection."""
        if when is None or self.injection is None:
            return ""
        days = (when - self.injection).days
        return str(days + 1 if days >= 0 else days)

    def on_day(self, day: int) -> date:
        """The date of a study day."""
        assert self.injection is not None
        assert day != 0, "there is no study day 0"
        return self.injection + timedelta(days=day - 1 if day > 0 else day)

    def epoch(self, when: date | None) -> str:
        """SCREENING before the injection, TREATMENT to the end of the DLT window, then FOLLOW-UP."""
        # assumption: the treatment epoch of a single administration ends with the DLT window
        if when is None:
            return ""
        if self.injection is None or when < self.injection:
            return "SCREENING"
        return "TREATMENT" if when < self.injection + timedelta(days=design.DLT_DAYS) else "FOLLOW-UP"

    def visit(self, number: float) -> Visit | None:
        """The visit of this number if it took place."""
        return next((v for v in self.visits if v.number == number and v.start), None)


def day_off(when: date) -> bool:
    """Whether the date is a Saturday, a Sunday or a public holiday."""
    return when.weekday() > 4 or when in design.HOLIDAYS


def working(when: date, step: int = 1) -> date:
    """The date, or the next working day after it (before it with a step of -1) when it is a day off."""
    while day_off(when):
        when += timedelta(days=step)
    return when


def name_of(number: float) -> str:
    """The name of a visit; unscheduled ones carry their number."""
    return design.VISITS[int(number)][0] if number == int(number) else f"UNSCHEDULED {number:.1f}"


def make_visits(patient: Patient, draw: Draw, screening: date) -> list[Visit]:
    """All visits of a treated patient, in order: in window but for those named in the design."""
    visits = [Visit(1.0, "SCREENING", -14, screening, screening)]
    for number, (name, target) in design.VISITS.items():
        if number == 1:
            continue
        odd = design.OUT_OF_WINDOW.get(patient.order, {}).get(number)
        shift = 0 if number == 2 else draw.choose([-1, 0, 0, 0, 1, 2])
        start = patient.on_day(odd) if odd else working(patient.on_day(target + shift))
        if design.MISSED.get(patient.order, (0, ""))[0] == number:
            visits.append(Visit(number, name, target, None, None, design.MISSED[patient.order][1]))
        elif number == 7 and patient.order in design.WITHDRAWN:
            continue
        else:
            visits.append(Visit(number, name, target, start, start))
    if patient.order in design.UNSCHEDULED:
        number_, day, reason = design.UNSCHEDULED[patient.order]
        start = working(patient.on_day(day))
        visits.append(Visit(number_, name_of(number_), None, start, start, reason))
    if patient.order == design.REPEATED_PRESSURES:
        week_12 = next(v for v in visits if v.number == design.WEEK_12)
        assert week_12.start is not None
        days = timedelta(days=3)
        while day_off(week_12.start) or day_off(week_12.start + days):
            week_12.start -= timedelta(days=1)
        week_12.end = week_12.start + days
    return sorted(visits, key=lambda v: v.number)


def person(draw: Draw, sex: str) -> tuple[int, float, float]:
    """Age in years, height in cm, weight in kg."""
    # assumption: age about 68 (SD 8) years, 48 to 84; body size of older Korean adults
    age = round(clamp(draw.normal(70, 8), 48, 84))
    height = round(draw.normal(167, 5.5) if sex == "M" else draw.normal(154, 5), 1)
    bmi = clamp(draw.normal(23.2, 2.6), 17.5, 30)
    return age, height, round(bmi * height * height / 10_000, 1)


def draw_conditions(patient: Patient, draw: Draw) -> set[str]:
    """What the patient has besides; shares as in published cohorts of critical limb ischemia."""
    # assumption: diabetes 60 %, hypertension 70 %, prior revascularization 75 %, and the others below
    shares = {
        "diabetes": 0.6,
        "hypertension": 0.7,
        "dyslipidaemia": 0.55,
        "coronary": 0.35,
        "stroke": 0.15,
        "kidney": 0.2,
        "angioplasty": 0.6,
        "bypass": 0.3,
        "toe amputation": 0.1,
    }
    found = {name for name, share in shares.items() if draw.chance(share)}
    found |= {design.HAS_CONDITION[patient.order]} if patient.order in design.HAS_CONDITION else set()
    if patient.age < 56 and patient.smoking != "NEVER":
        found = (found - {"diabetes", "coronary"}) | {"buerger"}  # assumption: Buerger's disease when young
    if patient.rutherford < 5:
        found -= {"toe amputation"}
    return found


def treated() -> list[Patient]:
    """The 20 treated patients in order of injection."""
    draw = Draw("patients")
    # assumption: 16 men of 20; Rutherford 4 in 11, 5 in 8, 6 in 1; sides, smoking and sites as below
    sexes = draw.shuffled(["M"] * 16 + ["F"] * 4)
    rutherford = draw.shuffled([4] * 11 + [5] * 9)
    rutherford[design.NEVER_WALKED_BEFORE - 1] = 6
    sides = draw.shuffled(["LEFT"] * 9 + ["RIGHT"] * 11)
    sites = draw.shuffled(["01"] * 10 + ["02"] * 6 + ["03"] * 4)
    patients: list[Patient] = []
    for cohort, phase, arm, days in design.COHORTS:
        for text in days:
            index = len(patients)
            own = Draw("patient", index + 1)
            injection = date.fromisoformat(text)
            before = design.EARLY_SCREENING.get(index + 1, own.choose([8, 11, 12, 13, 14, 15, 18, 19]))
            screening = working(injection - timedelta(days=before), -1)
            sex = sexes[index]
            age, height, weight = person(own, sex)
            smoking = own.weighted(["NEVER", "FORMER", "CURRENT"], [0.1, 0.5, 0.4] if sex == "M" else [0.8, 0.15, 0.05])
            patient = Patient(
                index + 1,
                sites[index],
                working(screening - timedelta(days=own.choose([0, 0, 0, 1])), -1),
                injection,
                cohort,
                phase,
                arm,
                sex,
                age,
                height,
                weight,
                rutherford[index],
                sides[index],
                smoking,
            )
            patient.visits = make_visits(patient, Draw("visits", index + 1), screening)
            patient.last_contact = max(v.end for v in patient.visits if v.end)
            if patient.order in design.WITHDRAWN:
                patient.last_contact = working(patient.on_day(design.WITHDRAWN[patient.order]))
            patient.conditions = draw_conditions(patient, own)
            patient.response = clamp(own.normal(1.0, 0.45), -0.1, 1.9)  # assumption: patients respond unlike
            if patient.rutherford >= 5:
                part = own.uniform(0, 1)
                patient.ulcer = round((1.5 if patient.rutherford == 5 else 4.0) + 9 * part * part, 1)
                patient.ulcer_place = own.choose(["TOE", "TOE", "FOOT", "HEEL"])
                if patient.ulcer_place == "TOE" and patient.ulcer > 4:
                    patient.ulcer_place = "FOOT"  # a toe is small
                if patient.rutherford == 6:
                    patient.ulcer_place = "HEEL"  # major tissue loss lies above the metatarsal bones
            patients.append(patient)
    return patients


def screen_failures() -> list[Patient]:
    """The five who gave consent and were not treated."""
    patients = []
    for index, (text, site, reason, rutherford) in enumerate(design.SCREEN_FAILURES):
        own = Draw("screen failure", index + 1)
        consent = date.fromisoformat(text)
        sex = "F" if index == 3 else "M"
        age, height, weight = person(own, sex)
        patient = Patient(
            0,
            site,
            consent,
            None,
            None,
            "P1" if consent < date(2022, 4, 1) else "P2A",
            "",
            sex,
            age,
            height,
            weight,
            rutherford,
            own.choose(["LEFT", "RIGHT"]),
            own.weighted(["NEVER", "FORMER", "CURRENT"], [0.2, 0.5, 0.3]),
            reason,
        )
        patient.visits = [Visit(1.0, "SCREENING", -14, consent, consent)]
        patient.conditions = draw_conditions(patient, own)
        if rutherford >= 5:
            patient.ulcer, patient.ulcer_place = round(own.uniform(1.5, 8), 1), "TOE"
        # assumption: a screen failure is recorded within two weeks of consent
        patient.last_contact = working(consent + timedelta(days=own.integer(3, 12)))
        patients.append(patient)
    return patients


def everybody() -> list[Patient]:
    """All patients, numbered within the site by date of consent, in order of USUBJID."""
    people = treated() + screen_failures()
    for site in sorted({p.site for p in people}):
        at_site = sorted((p for p in people if p.site == site), key=lambda p: (p.consent, p.order))
        for number, patient in enumerate(at_site, start=1):
            patient.usubjid = f"{design.STUDYID}-{site}-{number:03d}"
    return sorted(people, key=lambda p: p.usubjid)


def healed_patient(people: list[Patient]) -> Patient:
    """The one whose ulcer heals: small, and seen at every visit."""
    patient = next(p for p in people if p.order == design.HEALS)
    assert patient.ulcer
    assert patient.response > 0.6
    assert patient.order not in {*design.MISSED, *design.WITHDRAWN}
    return patient
