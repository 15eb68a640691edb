"""Laboratory: values over time, shifts by reference range and by grade, worst values, Hy's law.

Not here: grades and ranges of a value (`derive.grades`), and tests of shifts between groups (`shift_tests`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.counting import COLUMN, any_of, set_sizes, stacked
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.analyse.over_time import AFTER, add_extremes, add_visits, measured
from trial_report.analysis.analyse.worst import ever, highest, like, ratio
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Term, Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study.measures import LabParameter

ID, SHIFT, GRADE, HY = "lab", "lab.shift", "lab.grade", "lab.hy"
LOW, NORMAL, HIGH, BOTH, MISSING = "LOW", "NORMAL", "HIGH", "LOW AND HIGH", "MISSING"
RANGES = (LOW, NORMAL, HIGH)
WORST = (LOW, NORMAL, HIGH, BOTH)
GRADES = ("0", "1", "2", "3", "4")
TRANSAMINASE = {"3": 3.0, "5": 5.0, "10": 10.0}
"""Multiples of the upper limit of normal that are counted, after FDA guidance on drug-induced liver injury (2009)."""
HY_ENZYME, HY_BILIRUBIN = 3.0, 2.0
DATASET, WITHIN = "ADBDS", ("PARAMCD", "USUBJID")


@declare.analysis("lab.value", "lab.change", "lab.worst", SHIFT, GRADE, HY)
def analyse(trial: Trial) -> pd.DataFrame:
    """Laboratory in the safety set.

    Keys: lab.value, lab.change and lab.worst as in `over_time`; lab.shift/<SET>/<PARAMCD>/-/<group>/<baseline>|<worst>/
    <n|pct> (LOW, NORMAL, HIGH, MISSING | LOW, NORMAL, HIGH, LOW AND HIGH), and …/NORMAL/N: subjects normal at baseline;
    lab.grade/… with "<grade>|<grade>";
    N there: subjects with a value after first dose. lab.hy/<SET>/<PARAMCD of the test>/-/<group>/<multiple>/<n|pct> and
    lab.hy/<SET>/HY/-/<group>/<TRANSAMINASE|BILIRUBIN|BOTH>/<N|n|pct>.
    """
    rows = Rows()
    parameters = trial.definition.laboratory
    if not parameters:
        return rows.frame()
    add_visits(rows, trial, ID, parameters)
    add_extremes(rows, trial, ID, parameters)
    records = AFTER.of(measured(trial, parameters))
    add_shifts(rows, trial, SHIFT, parameters, records)
    graded = tuple(p for p in parameters if p.ctcae != "none")
    _grades(rows, trial, graded, records)
    _hy(rows, trial, records)
    return rows.frame()


def position(indicator: pd.Series) -> pd.Series:
    """The reference-range indicator as LOW, NORMAL, HIGH: LOW LOW is LOW, HIGH HIGH is HIGH; others missing."""
    text = indicator.astype("str")
    low, high, normal = text.str.startswith(LOW), text.str.startswith(HIGH), text == NORMAL
    found = pd.Series(pd.NA, index=indicator.index, dtype="str")
    return found.mask(low.fillna(False), LOW).mask(high.fillna(False), HIGH).mask(normal.fillna(False), NORMAL)


def add_shifts(
    rows: Rows, trial: Trial, analysis: str, parameters: tuple[LabParameter, ...], records: pd.DataFrame
) -> None:
    """Baseline position against the worst afterwards; who was both below and above counts in a class of its own."""
    levels = _shift_conditions()
    known = ("ANRIND", like("ANRIND", *RANGES))
    treatment = trial.definition.treatment_variable(trial.definition.safety_set)
    _cross(rows, trial, analysis, parameters, worst_positions(records, treatment), known, levels, sized=NORMAL)


def worst_positions(records: pd.DataFrame, treatment: str) -> pd.DataFrame:
    """A row a parameter and subject with a position after first dose: BASEPOS, WORST, and the variable `treatment`."""
    work = records.assign(BASEPOS=position(records["BNRIND"]).fillna(MISSING), POS=position(records["ANRIND"]))
    work = work.dropna(subset=["POS"])
    work = work.assign(IS_LOW=work["POS"] == LOW, IS_HIGH=work["POS"] == HIGH)
    one = work.groupby(["PARAMCD", "USUBJID"]).agg(
        **{"BASEPOS": ("BASEPOS", "first"), "IS_LOW": ("IS_LOW", "any"), "IS_HIGH": ("IS_HIGH", "any")},
        **{treatment: (treatment, "first")},
    )
    one = one.reset_index()
    worst = pd.Series(NORMAL, index=one.index, dtype="str").mask(one["IS_LOW"], LOW).mask(one["IS_HIGH"], HIGH)
    return one.assign(WORST=worst.mask(one["IS_LOW"] & one["IS_HIGH"], BOTH))


def _shift_conditions() -> tuple[dict[str, Where], dict[str, Where]]:
    """Each class of the baseline and of the worst position with the records that mean it."""
    low, high, normal = like("ANRIND", LOW), like("ANRIND", HIGH), Where().eq(ANRIND=NORMAL)
    was = {name: ever(DATASET, WITHIN, both(AFTER, one)) for name, one in ((LOW, low), (HIGH, high))}
    not_ = {name: ever(DATASET, WITHIN, both(AFTER, one), never=True) for name, one in ((LOW, low), (HIGH, high))}
    worst = {
        LOW: both(low, not_[HIGH]),
        NORMAL: both(normal, both(not_[LOW], not_[HIGH])),
        HIGH: both(high, not_[LOW]),
        BOTH: both(like("ANRIND", LOW, HIGH), both(was[LOW], was[HIGH])),
    }
    base = {LOW: like("BNRIND", LOW), NORMAL: Where().eq(BNRIND=NORMAL), HIGH: like("BNRIND", HIGH)}
    unknown = Where((Unpositioned("BNRIND", "is null"),))
    return base | {MISSING: unknown}, worst


@dataclass(frozen=True)
class Unpositioned(Term):
    """A reference-range indicator that is missing or says neither low, normal nor high."""

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True where the position is not known."""
        return position(frame[self.variable]).isna()

    @property
    def sql(self) -> str:
        """The condition as SQL."""
        return f"({self.variable} IS NULL OR {self.variable} NOT SIMILAR TO '(LOW|HIGH).*|NORMAL')"


def _grades(rows: Rows, trial: Trial, parameters: tuple[LabParameter, ...], records: pd.DataFrame) -> None:
    """Baseline grade against the highest afterwards."""
    known = records.dropna(subset=["ATOXGRN"])
    treatment = trial.definition.treatment_variable(trial.definition.safety_set)
    one = known.groupby(["PARAMCD", "USUBJID"]).agg(
        **{"BASEPOS": ("BTOXGRN", "first"), "WORST": ("ATOXGRN", "max"), treatment: (treatment, "first")}
    )
    one = one.reset_index()
    one["BASEPOS"] = one["BASEPOS"].astype("Int64").astype("str").fillna(MISSING)
    one["WORST"] = one["WORST"].astype("Int64").astype("str")
    known_grade = Where().also("ATOXGRN", "is not null")
    worst = highest("ATOXGRN", DATASET, WITHIN, AFTER)
    conditions = {grade: both(worst, Where().eq(ATOXGRN=int(grade))) for grade in GRADES}
    base = {grade: Where().eq(BTOXGRN=int(grade)) for grade in GRADES} | {MISSING: Where().eq(BTOXGRN=None)}
    _cross(rows, trial, GRADE, parameters, one, ("ATOXGRN", known_grade), (base, conditions))


def _cross(
    rows: Rows,
    trial: Trial,
    analysis: str,
    parameters: tuple[LabParameter, ...],
    one: pd.DataFrame,
    known: tuple[str, Where],
    levels: tuple[Mapping[str, Where], Mapping[str, Where]],
    *,
    sized: str | None = None,
) -> None:
    """Counts of a frame with a row a parameter and subject, by its BASEPOS and WORST.

    `known` is the variable with the records that have it; `levels` are the classes at baseline and of the worst with
    the records, among those, that mean them; of the class `sized` at baseline the number of subjects is a row too, as
    those who can leave it are counted of them.
    """
    variable, has = known
    population = trial.definition.safety_set
    work = stacked(trial.definition, population, one)
    sizes = work.groupby(["PARAMCD", COLUMN])["USUBJID"].size().to_dict()
    before = work.groupby(["PARAMCD", COLUMN, "BASEPOS"])["USUBJID"].size().to_dict()
    counts = work.groupby(["PARAMCD", COLUMN, "BASEPOS", "WORST"])["USUBJID"].size().to_dict()
    for parameter in parameters:
        code = parameter.paramcd
        for group, column in columns_of(trial.definition, population).items():
            # N: the records from which a subject's worst is taken; a count: those of the subjects counted.
            where = both(both(both(in_set(trial, population), column).eq(PARAMCD=code), AFTER), has)
            place = Place(analysis, "ADBDS", population, where, variable, code, None, group)
            size = int(sizes.get((code, group), 0))
            rows.add(place, "N", size, method="count")
            for base, was in levels[0].items():
                if base == sized:
                    at = place.at(level=base, where=both(where, was))
                    rows.add(at, "N", int(before.get((code, group, base), 0)), method="count")
                for worst, means in levels[1].items():
                    n = int(counts.get((code, group, base, worst), 0))
                    at = place.at(level=f"{base}|{worst}", where=both(both(where, was), means))
                    rows.count(at, n, size)


def _hy(rows: Rows, trial: Trial, records: pd.DataFrame) -> None:
    """Subjects above multiples of the upper limit at any time after first dose (potential Hy's law: both)."""
    # Alkaline phosphatase has no multiple of its own here, and whoever has it alone was not examined for the law.
    parts = {p.paramcd: p.hy for p in trial.definition.laboratory if p.hy not in (None, "alp")}
    if not parts:
        return
    population = trial.definition.safety_set
    inside, n_all = in_set(trial, population), set_sizes(trial, population)
    treatment = trial.definition.treatment_variable(population)
    work = records.loc[records["PARAMCD"].isin(list(parts))]
    work = work.assign(TIMES=(work["AVAL"] / work["ANRHI"].where(work["ANRHI"] > 0)).round(9))
    peaks = work.pivot_table("TIMES", "USUBJID", "PARAMCD", "max", dropna=False).reindex(columns=list(parts))
    peaks = peaks.reset_index().merge(trial.adsl[["USUBJID", treatment]], on="USUBJID", how="left")
    enzymes = [code for code, part in parts.items() if part in ("alt", "ast")]
    bilirubin = [code for code, part in parts.items() if part == "bilirubin"]
    high_enzyme = (peaks[enzymes] > HY_ENZYME).any(axis=1)
    high_bilirubin = (peaks[bilirubin] > HY_BILIRUBIN).any(axis=1)
    flags = {("HY", "TRANSAMINASE"): high_enzyme, ("HY", "BILIRUBIN"): high_bilirubin}
    flags["HY", "BOTH"] = high_enzyme & high_bilirubin
    flags |= {(code, name): peaks[code] > times for code in enzymes for name, times in TRANSAMINASE.items()}
    flags |= {(code, "2"): peaks[code] > 2 for code in bilirubin}
    conditions = _hy_conditions(enzymes, bilirubin)
    for group, column in columns_of(trial.definition, population).items():
        own = column.mask(peaks)
        size = int(own.sum())
        for code in ("HY", *parts):
            base = both(both(inside, column), AFTER)
            tests = base.eq(PARAMCD=tuple(parts)) if code == "HY" else base.eq(PARAMCD=code).also("ANRHI", ">", 0)
            place = Place(HY, "ADBDS", population, tests, "AVAL", code, None, group)
            number = size if code == "HY" else int((own & peaks[code].notna()).sum())
            rows.add(place, "N", min(number, n_all[group]), method="count")
            for (name, level), flag in flags.items():
                if name == code:
                    at = place.at(level=level, where=both(base, conditions[name, level]))
                    rows.count(at, int((flag & own).sum()), number)


def _hy_conditions(enzymes: list[str], bilirubin: list[str]) -> dict[tuple[str, str], Where]:
    """The records above each multiple; under both, those of the subjects that have the one and the other."""

    def above(codes: list[str], times: float) -> Where:
        return both(Where().eq(PARAMCD=tuple(codes)), ratio("AVAL", "ANRHI", ">", times))

    enzyme, bili = above(enzymes, HY_ENZYME), above(bilirubin, HY_BILIRUBIN)
    has = both(ever(DATASET, WITHIN[1:], both(AFTER, enzyme)), ever(DATASET, WITHIN[1:], both(AFTER, bili)))
    found = {("HY", "TRANSAMINASE"): enzyme, ("HY", "BILIRUBIN"): bili, ("HY", "BOTH"): both(any_of(enzyme, bili), has)}
    found |= {(code, name): above([code], times) for code in enzymes for name, times in TRANSAMINASE.items()}
    return found | {(code, "2"): above([code], 2.0) for code in bilirubin}
