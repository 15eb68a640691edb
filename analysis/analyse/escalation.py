"""Dose escalation: the cohorts replayed by the rule, DLT rates by level, the MTD, operating characteristics.

Not here: the rule (`methods.escalation`) and its operating characteristics (`methods.operating`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy import add_proportion
from trial_report.analysis.methods.escalation import Cohort, Definition, Design, Replay, Ruling, Step, replay
from trial_report.analysis.methods.operating import operating_characteristics
from trial_report.analysis.methods.proportions import clopper_pearson
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.design import Escalation

COHORTS, LEVELS, MTD, OPERATING = "esc.cohort", "esc.level", "esc.mtd", "esc.oc"
OUTLOOK = "esc.outlook"
RULE = "three-plus-three"
NONE = "-"
"""Population of what is computed from the design alone."""

DEFINITIONS: dict[str, Definition] = {
    "at_most_one_sixth": "highest level with at most 1/6 DLT",
    "at_most_one_of_six": "highest level with at most 1/6 DLT and 6 patients",
    "below_two_dlts": "level below the first with 2 DLTs",
}
"""What the definition's `mtd_definition` may say, and what `analysis.methods.escalation` calls it."""

MTD_METHOD: dict[Definition, str] = {
    "highest level with at most 1/6 DLT": "mtd-one-sixth",
    "highest level with at most 1/6 DLT and 6 patients": "mtd-one-sixth-of-six",
    "level below the first with 2 DLTs": "mtd-below-two",
}


@declare.analysis("esc.cohort", "esc.level", "esc.mtd", "esc.oc", OUTLOOK)
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "esc.cohort", "esc.level", "esc.mtd", "esc.outlook" and "esc.oc"; none without an escalation.

    esc.cohort (group: dose level, level: cohort): treated, evaluable, dlts, total_evaluable, total_dlts, order,
    and the texts first_dose, decision, reason, next_level, followed. esc.level (group: dose level): treated,
    evaluable, n (subjects with a DLT), pct, pct_low, pct_high, and pending where somebody is still being observed.
    esc.mtd: texts mtd, definition, state. esc.outlook (group: dose level of the latest cohort, level: how many of those
    still being observed there will have a DLT): texts decision, reason, next_level, and more_needed. esc.oc (group:
    dose level, level: number of the scenario): true_rate, p_mtd, p_treated, expected_patients, expected_dlts; group
    TOTAL: p_too_toxic, p_not_reached, p_undetermined and the expected numbers.
    """
    rows = Rows()
    escalation = trial.definition.escalation
    if escalation is not None:
        design = design_of(trial.definition, escalation)
        subjects = cohort_where(trial.definition, escalation).of(trial.adsl)
        treatment = trial.definition.treatment_variable(trial.definition.safety_set)
        cohorts = cohort_table(subjects, treatment)
        found = replay(to_cohorts(cohorts), design)
        _add_cohorts(rows, trial.definition, escalation, cohorts, found.steps, len(subjects))
        _add_levels(rows, trial.definition, escalation, subjects)
        _add_mtd(rows, trial.definition, escalation, design, found)
        if found.outlook:
            _add_outlook(rows, trial.definition, escalation, found.steps[-1].cohort.level, found.outlook)
        _add_operating(rows, trial.definition, escalation, design)
    return rows.frame()


def design_of(definition: StudyDefinition, escalation: Escalation) -> Design:
    """The design as the definition has it; `confirm_mtd` asks for six subjects before a level is the MTD."""
    named = DEFINITIONS[escalation.mtd_definition]
    if escalation.confirm_mtd and named == get_args(Definition)[0]:
        named = DEFINITIONS["at_most_one_of_six"]
    return Design(tuple(g.code for g in definition.groups), named, confirm=escalation.confirm_mtd)


def cohort_where(definition: StudyDefinition, escalation: Escalation) -> Where:
    """The treated subjects of the escalation phase."""
    flag = definition.analysis_set(definition.safety_set).flag
    return Where().eq(**{flag: "Y", "PHASE": escalation.phase})


def pending(where: Where) -> Where:
    """Of the subjects of a condition those who are in the study, without a DLT, and not yet observed to the end of the
    window.
    """
    return where.eq(DLTEVFL="N", EOSSTT="ONGOING")


def cohort_table(subjects: pd.DataFrame, treatment: str) -> pd.DataFrame:
    """One row a cohort and dose level in the order of first dose: COHORT, LEVEL, treated, evaluable, dlts,
    pending, start.

    `treatment` is the variable with the dose level. A subject without a cohort number is in no cohort. DLTs are counted
    once a subject, and only in evaluable ones (a subject with a DLT is evaluable by definition).
    """
    marked = mark(subjects.loc[subjects["COHORT"].notna() & subjects[treatment].notna()])
    found = (
        marked.rename(columns={treatment: "LEVEL"})
        .groupby(["COHORT", "LEVEL"], as_index=False)
        .agg(
            treated=("treated", "sum"),
            evaluable=("evaluable", "sum"),
            dlts=("dlts", "sum"),
            pending=("pending", "sum"),
            start=("TRTSDT", "min"),
        )
    )
    return found.sort_values(["start", "COHORT"], kind="stable", ignore_index=True)


def mark(subjects: pd.DataFrame) -> pd.DataFrame:
    """The subjects with 0/1 columns treated, evaluable, dlts (a DLT in an evaluable subject) and pending."""
    evaluable = subjects["DLTEVFL"] == "Y"
    had = subjects["NDLT"].fillna(0) > 0
    waiting = pending(Where()).of(subjects).index
    return subjects.assign(
        treated=1,
        evaluable=evaluable.astype("int64"),
        dlts=(had & evaluable).fillna(False).astype("int64"),
        pending=subjects.index.isin(waiting).astype("int64"),
    )


def to_cohorts(cohorts: pd.DataFrame) -> list[Cohort]:
    """The rows of `cohort_table` as the rule takes them."""
    counts = cohorts[["LEVEL", "treated", "evaluable", "dlts", "pending"]].itertuples(index=False)
    return [Cohort(str(level), *map(int, numbers)) for level, *numbers in counts]


def _add_cohorts(
    rows: Rows,
    definition: StudyDefinition,
    escalation: Escalation,
    cohorts: pd.DataFrame,
    steps: Sequence[Step],
    treated: int,
) -> None:
    labels = {g.code: g.label for g in definition.groups}
    where, treatment = cohort_where(definition, escalation), definition.treatment_variable(definition.safety_set)
    place = Place(COHORTS, "ADSL", definition.safety_set, variable="COHORT", where=where)
    rows.add(place, "N", treated, method="count")
    rows.add(place, "cohorts", len(cohorts), formatted=fmt_number(len(cohorts)), method="count")
    for step, number, start in zip(steps, cohorts["COHORT"], cohorts["start"], strict=True):
        level = step.cohort.level
        at = place.at(group=level, level=str(int(number)), where=where.eq(COHORT=int(number), **{treatment: level}))
        counts = {
            "order": step.number,
            "treated": step.cohort.treated,
            "evaluable": step.cohort.evaluable,
            "dlts": step.cohort.dlts,
            "total_evaluable": step.total_evaluable,
            "total_dlts": step.total_dlts,
            "more_needed": step.patients,
        }
        for name, value in counts.items():
            rows.add(at, name, value, formatted=fmt_number(value), method=RULE)
        followed = {True: "yes", False: "no", None: None}[step.followed]
        texts = {
            "first_dose": start.strftime("%Y-%m-%d"),
            "decision": step.decision,
            "reason": step.reason,
            "next_level": None if step.next_level is None else labels[step.next_level],
            "followed": followed,
        }
        whys = {"next_level": "the rule asks for no further cohort", "followed": "no cohort came after"}
        for name, text in texts.items():
            rows.add(at, name, text=text, method=RULE, warning=None if text else whys.get(name))


def _add_levels(rows: Rows, definition: StudyDefinition, escalation: Escalation, subjects: pd.DataFrame) -> None:
    """Every treated subject of the phase, also one without a cohort, whom the replay cannot place."""
    where, treatment = cohort_where(definition, escalation), definition.treatment_variable(definition.safety_set)
    place = Place(LEVELS, "ADSL", definition.safety_set, variable="NDLT", where=where)
    order = [g.code for g in definition.groups]
    marked = (
        mark(subjects)
        .groupby(treatment)[["treated", "evaluable", "dlts", "pending"]]
        .sum()
        .reindex(order, fill_value=0)
    )
    marked.loc[TOTAL] = marked.sum()
    low, high = clopper_pearson(marked["dlts"], marked["evaluable"], definition.confidence_level)
    for at_row, (group, counts) in enumerate(marked.to_dict("index").items()):
        restricted = where.eq(**{treatment: str(group)}) if group != TOTAL else where
        at = place.at(group=str(group), where=restricted)
        rows.add(at, "N", counts["treated"], method="count")
        if marked.loc[TOTAL, "pending"]:
            waiting = int(counts["pending"])
            rows.add(
                at.at(where=pending(restricted)), "pending", waiting, formatted=fmt_number(waiting), method="count"
            )
        evaluable = int(counts["evaluable"])
        at = at.at(where=restricted.eq(DLTEVFL="Y"))
        rows.add(at, "evaluable", evaluable, formatted=fmt_number(evaluable), method="count")
        limits = 100 * float(low[at_row]), 100 * float(high[at_row])
        add_proportion(rows, at, Where().also("NDLT", ">", 0), int(counts["dlts"]), evaluable, *limits)


def _add_mtd(rows: Rows, definition: StudyDefinition, escalation: Escalation, design: Design, found: Replay) -> None:
    labels = {g.code: g.label for g in definition.groups}
    place = Place(MTD, "ADSL", definition.safety_set, variable="NDLT", where=cohort_where(definition, escalation))
    method = MTD_METHOD[design.definition]
    rows.add(place, "definition", text=design.definition, method=method)
    rows.add(place, "state", text="complete" if found.complete else "not complete", method=RULE)
    _add_level(rows, place, found.mtd, labels, method, found.warning or "no level qualifies")


def _add_outlook(
    rows: Rows, definition: StudyDefinition, escalation: Escalation, level: str, later: Sequence[Ruling]
) -> None:
    labels = {g.code: g.label for g in definition.groups}
    treatment = definition.treatment_variable(definition.safety_set)
    where = pending(cohort_where(definition, escalation).eq(**{treatment: level}))
    place = Place(OUTLOOK, "ADSL", definition.safety_set, variable="NDLT", where=where, group=level)
    for more, ruling in enumerate(later):
        at = place.at(level=str(more))
        rows.add(at, "more_needed", ruling.patients, formatted=fmt_number(ruling.patients), method=RULE)
        rows.add(at, "decision", text=ruling.decision, method=RULE)
        rows.add(at, "reason", text=ruling.reason, method=RULE)
        following = None if ruling.next_level is None else labels[ruling.next_level]
        why = None if following else "the rule asks for no further cohort"
        rows.add(at, "next_level", text=following, method=RULE, warning=why)


def _add_level(rows: Rows, place: Place, level: str | None, labels: dict[str, str], method: str, why: str) -> None:
    """A dose level as a result: the text is its code, its label is what is printed."""
    if level is None:
        rows.add(place, "mtd", method=method, warning=why)
    else:
        rows.add(place, "mtd", text=level, formatted=labels[level], method=method)


def _add_operating(rows: Rows, definition: StudyDefinition, escalation: Escalation, design: Design) -> None:
    """The operating characteristics do not look at data: their dataset is the study's definition."""
    if not escalation.true_rates:
        return
    found = operating_characteristics(escalation.true_rates, design)
    place = Place(OPERATING, "DEFINITION", NONE, variable="true_rates")
    probabilities = ("p_mtd", "p_treated", "p_too_toxic", "p_not_reached", "p_undetermined")
    for row in found.by_level.to_dict("records"):
        at = place.at(group=row["level"], level=str(row["scenario"] + 1))
        rows.add(at.at(unit="%"), "true_rate", 100 * row["true_rate"], formatted=fmt_number(100 * row["true_rate"]))
        for name in probabilities[:2]:
            _add_operating_value(rows, at, name, 100 * row[name])
        for name in ("expected_patients", "expected_dlts"):
            _add_operating_value(rows, at, name, row[name])
    for row in found.totals.to_dict("records"):
        at = place.at(level=str(row["scenario"] + 1))
        for name in probabilities[2:]:
            _add_operating_value(rows, at, name, 100 * row[name])
        for name in ("expected_patients", "expected_dlts"):
            _add_operating_value(rows, at, name, row[name])


def _add_operating_value(rows: Rows, place: Place, name: str, value: float) -> None:
    percent = name.startswith("p_")
    rows.add(
        place.at(unit="%" if percent else None),
        name,
        value,
        formatted=fmt_number(value, 1),
        method="operating-characteristics",
    )
