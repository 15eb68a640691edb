"""Exposure and compliance: dose given, share of the planned dose, administrations, follow-up.

Not here: doses and days of a subject, which are derived (`derive.exposure`).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.counting import set_sizes
from trial_report.analysis.analyse.describing import add_continuous
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.results.formatting import MINUS, MISSING, exists, fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial

ID = "exposure"
DAYS_A_YEAR = 365.25
LARGE = 1e5
"""Doses from here on are printed as a power of ten."""

DOSES = ("EX", "EC")
"""The domains that tell of doses."""

MOST = 3
"""Decimals of doses that are printed at most."""

MANY = 10
"""Numbers of administrations from which on they are described, not counted one by one."""

COMPLIANCE = {
    "FULL": Where().also("DOSECOMP", "=", 100),
    "LESS": Where().also("DOSECOMP", "<", 100),
    "MORE": Where().also("DOSECOMP", ">", 100),
    "UNKNOWN": Where().also("DOSECOMP", "is null"),
}
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@declare.analysis(ID)
def analyse(trial: Trial) -> pd.DataFrame:
    """Exposure in the safety set, and in the sets that the definition adds.

    Where neither EX nor EC was delivered there are no rows of doses and administrations, and none of DOSECOMP where
    nothing is planned that they could be compared with.

    Keys: exposure/<SET>/<DOSEA|DOSEDAY|DOSECOMP|TRTDURD|FUPDUR>/-/<group>/-/<n|mean|…|missing> (DOSEDAY where asked
    for), exposure/<SET>/NADMIN/-/<group>/<number>/<n|pct>, or where there are many numbers of administrations
    exposure/<SET>/NADMIN/-/<group>/-/<n|mean|…|missing>, exposure/<SET>/DOSECOMP/-/<group>/<FULL|LESS|MORE|UNKNOWN>/
    <n|pct>, exposure/<SET>/FUPDUR/-/<group>/YEARS/sum (patient-years). Where neither EX nor EC was delivered nothing is
    known of doses: TRTDURD and FUPDUR remain.
    """
    rows = Rows()
    for population in trial.definition.exposure_sets:
        _in_set(rows, trial, population)
    return rows.frame()


def _in_set(rows: Rows, trial: Trial, population: str) -> None:
    definition = trial.definition
    place = Place(ID, "ADSL", population, in_set(trial, population), "USUBJID")
    subjects, sizes = place.where.of(trial.adsl), set_sizes(trial, population)
    unit = next((g.unit for g in definition.groups if g.unit), None)
    columns = columns_of(definition, population)
    for code, column in columns.items():
        rows.add(place.at(group=code, where=both(place.where, column)), "N", sizes[code], method="count")
    delivered = any(name in trial.domains for name in DOSES)
    compared = delivered and definition.plans_doses
    decimals = dose_decimals(trial.domains)
    if delivered:
        add_continuous(rows, trial, place.at(unit=unit), subjects, "DOSEA", decimals, _power_if_large)
    if delivered and definition.exposure.daily_dose:
        add_continuous(rows, trial, place.at(unit=unit), subjects, "DOSEDAY", decimals, _power_if_large)
    if compared:
        add_continuous(rows, trial, place.at(unit="%"), subjects, "DOSECOMP", 0)
    add_continuous(rows, trial, place.at(unit="days"), subjects, "TRTDURD", 0)
    add_continuous(rows, trial, place.at(unit="days"), subjects, "FUPDUR", 0)
    numbers = sorted(subjects["NADMIN"].dropna().unique()) if delivered else []
    if len(numbers) > MANY:
        add_continuous(rows, trial, place, subjects, "NADMIN", 0)
        numbers = []
    for code, column in columns.items():
        base = both(place.where, column)
        own = base.of(subjects)
        for number in numbers:
            at = place.at(group=code, variable="NADMIN", level=str(number), where=base.eq(NADMIN=int(number)))
            rows.count(at, int((own["NADMIN"] == number).sum()), sizes[code])
        for level, where in COMPLIANCE.items() if compared else ():
            at = place.at(group=code, variable="DOSECOMP", level=level, where=both(base, where))
            rows.count(at, int(where.mask(own).sum()), sizes[code])
        years = float(own["FUPDUR"].astype("float64").sum()) / DAYS_A_YEAR
        at = place.at(group=code, variable="FUPDUR", level="YEARS", where=base, unit="patient-years")
        rows.add(at, "sum", years, decimals=2, method="incidence-rate")


def dose_decimals(domains: Mapping[str, pd.DataFrame]) -> int:
    """Decimals, at most `MOST`, that the doses have as they were recorded."""
    name = next((one for one in DOSES if one in domains), "")
    doses = domains[name].get(f"{name}DOSE") if name else None
    if doses is None:
        return 0
    values = pd.to_numeric(doses, errors="coerce").dropna().drop_duplicates()
    return next((places for places in range(MOST) if (values.round(places) == values).all()), MOST)


def _power_if_large(value: float) -> str | None:
    return fmt_power(value) if abs(value) >= LARGE else None


def fmt_power(value: float | None, decimals: int = 2) -> str:
    """A large number as "1.25 × 10⁸"; "–" when it does not exist, and 0 as it is."""
    if value is None or not exists(value):
        return MISSING
    if value == 0:
        return "0"
    exponent = len(str(int(abs(value)))) - 1
    digits = fmt_number(abs(value) / 10**exponent, decimals)
    if digits.startswith("10."):
        exponent, digits = exponent + 1, fmt_number(abs(value) / 10 ** (exponent + 1), decimals)
    sign = MINUS if value < 0 else ""
    return f"{sign}{digits} × 10{str(exponent).translate(_RAISED)}"
