"""Sections 12.4 and 12.5 in sentences: mean changes, shifts out of the reference range and to high grades, extremes.

What is told of many measurements is what changed most; the tables have the rest.

Not here: each value that was called clinically significant (`one_by_one`), and adverse events (`safety`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trial_report.analysis.analyse.laboratory import GRADES
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.domains import NAMES
from trial_report.analysis.display.figures.edish import BILIRUBIN_LIMIT, ENZYME_LIMIT
from trial_report.analysis.results.formatting import in_words, join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.prose.columns import in_all, outcome_columns, told
from trial_report.report.prose.extremes import between_visits, extremes
from trial_report.report.prose.words import (
    Inline,
    after_number,
    ask,
    join,
    left_out,
    made,
    name_of,
    ref,
    refs,
    say,
    sentences,
    subjects,
    worded,
)
from trial_report.schemas.study.measures import Parameter

ALL_TOLD = 10
"""How many measurements are each told, where one column is."""
MOST_TOLD = 3
"""How many are told where there are more, or several groups: those that changed most."""
MANY_HAVE = 0.5
"""The share of a group that has a value at a visit of which a mean is told: extra visits of few have none."""
HIGH_GRADE = 3
"""The grade of a laboratory value, by CTCAE's scale, from which on who came to it is told."""
OTHERS = {"EG": "electrocardiograms", "PE": "findings of physical examination"}
"""Domains of other observations related to safety that a reader looks for here."""


_NOT_RECORDED = {
    (True, True): "Of vital signs, neither limits of normal nor clinical significance were recorded.",
    (True, False): "Of vital signs, no limits of normal were recorded.",
    (False, True): "Of vital signs, it was not recorded whether a value was clinically significant.",
}
"""By whether limits are missing, and whether the judgement is."""


@dataclass(frozen=True)
class Change:
    """A median change at a visit, in SDs of the baseline: the largest of the columns that are told."""

    parameter: Parameter
    visit: str
    size: float


def _population() -> str:
    return kit.book().definition.safety_set


def _changes(analysis: str, parameter: Parameter) -> list[Change]:
    """The changes of a measurement, visit by visit; none of a visit that less than half of a group had."""
    definition = kit.book().definition
    codes = outcome_columns(definition)
    found = []
    for visit in definition.follow_up_visits:
        changed = ask(f"{analysis}.change", _population(), parameter.paramcd, visit=visit.id)
        sizes = []
        for code in codes:
            at = changed.at(group=code)
            whole = ask(f"{analysis}.value", _population(), parameter.paramcd, group=code).value("N")
            before = ask(f"{analysis}.value", _population(), parameter.paramcd, visit=definition.baseline_visit.id,
                         group=code)  # fmt: skip
            if not at.known("median") or (at.value("n") or 0) < MANY_HAVE * (whole or 0):
                break
            spread = before.value("sd") if before.has("sd") else None
            sizes.append(abs(at.value("median") or 0) / spread if spread else 0.0)
        else:
            found.append(Change(parameter, visit.id, max(sizes)))
    return found


def _unit(parameter: Parameter, *, difference: bool = False) -> str:
    """The unit behind a number: " mmHg", " × 10⁹/L", "%"; of a difference of percentages " percentage points"."""
    if parameter.unit == "%":
        return " percentage points" if difference else "%"
    return after_number(parameter)


def _label(visit: str) -> str:
    return next(one.label for one in kit.book().definition.visits if one.id == visit)


def _mean_change(analysis: str, change: Change) -> Inline:
    """ "1.5 mg/L (SD 4.58)", in each column that is told."""
    asked = ask(f"{analysis}.change", _population(), change.parameter.paramcd, visit=change.visit)

    def one(code: str, first: bool) -> Inline:
        at = asked.at(group=code)
        unit = _unit(change.parameter, difference=True) if first else ""
        if not at.known("sd"):
            return num(at, "mean") + unit
        return say("{}" + unit + (" (SD {})" if first else " ({})"), num(at, "mean"), num(at, "sd"))

    return told(one)


def _median_change(analysis: str, change: Change) -> Inline:
    """ "-2.5 U/L (Q1 to Q3 -4.0 to 3.0)", in each column that is told."""
    asked = ask(f"{analysis}.change", _population(), change.parameter.paramcd, visit=change.visit)

    def one(code: str, first: bool) -> Inline:
        at = asked.at(group=code)
        unit = _unit(change.parameter, difference=True) if first else ""
        if not at.known("q1"):
            return num(at, "median") + unit
        form = "{}" + unit + (" (Q1 to Q3 {} to {})" if first else " ({} to {})")
        return say(form, num(at, "median"), num(at, "q1"), num(at, "q3"))

    return told(one)


def mean_changes(analysis: str, parameters: Sequence[Parameter], what: str) -> Inline | None:
    """By how much each measurement changed in the mean up to its last visit; of many, which changed most at any visit.

    What changed most is by the median, which the value of one subject does not make. `what` names all of them in the
    plural. None where no visit has a change.
    """
    by_visit: dict[str, list[Change]] = {}
    every: list[Change] = []
    for parameter in parameters:
        if found := _changes(analysis, parameter):
            by_visit.setdefault(found[-1].visit, []).append(found[-1])
            every += found
    if not every:
        return None
    several = len(outcome_columns(kit.book().definition)) > 1
    if len(parameters) <= ALL_TOLD and not several:
        return sentences(
            *(
                say("At {}, the mean change from baseline was {}.", _label(visit),
                    _listed([(one.parameter, _mean_change(analysis, one)) for one in own]))
                for visit, own in by_visit.items()
            )
        )  # fmt: skip
    top: list[Change] = []
    for one in sorted(every, key=lambda change: -change.size):
        if one.size and one.parameter not in [other.parameter for other in top]:
            top.append(one)
    if not top:
        return None
    top = top[:MOST_TOLD]
    told_of = [
        say(
            "{} at {}" + (", {}" if len(top) == 1 else ": {}"),
            name_of(one.parameter),
            _label(one.visit),
            _median_change(analysis, one),
        )
        for one in top
    ]
    form = "In relation to the standard deviation at baseline, the largest median change at any visit was that of {}."
    if len(top) > 1:
        form = f"Of {in_words(len(parameters)) if len(parameters) < 10 else len(parameters)} {what}, those with the "
        form += "largest median change at a visit, in relation to the standard deviation at baseline, were {}."
    return say(form, join(told_of, last="; and ", between="; "))


def _listed(items: Sequence[tuple[Parameter, Inline]]) -> Inline:
    return join([say("{} for {}", said, name_of(one)) for one, said in items], last=" and ")


def _shifted(parameters: Sequence[Parameter], worst: str) -> list[tuple[Parameter, Answer]]:
    """The measurements with subjects who were normal at baseline and had this as worst value, most frequent first."""
    asked = [(one, ask("lab.shift", _population(), one.paramcd, level=f"NORMAL|{worst}")) for one in parameters]
    first = outcome_columns(kit.book().definition)[0]
    there = [(one, at) for one, at in asked if at.at(group=first).has("n") and in_all(at, "n")]
    return sorted(there, key=lambda pair: -in_all(pair[1], "n"))


def shifts(parameters: Sequence[Parameter]) -> Inline:
    """How many of those normal at baseline had a value outside of the reference range, by measurement and side.

    A side that a grading scale does not know, as a low creatinine, is left to the tables.
    """
    columns = outcome_columns(kit.book().definition)
    sizes = [ask("lab.shift", _population(), one.paramcd).at(group=columns[0]) for one in parameters]
    if not any(at.has("N") for at in sizes) or not any(
        in_all(ask("lab.shift", _population(), one.paramcd), "N") for one in parameters
    ):
        return say("No reference range was delivered, so that no shift can be told.")
    few = len(parameters) <= ALL_TOLD and len(columns) == 1
    said: list[Inline | None] = []
    for worst, words in (("HIGH", "above"), ("LOW", "below"), ("LOW AND HIGH", "both above and below")):
        found = _shifted(parameters, worst)
        unknown: list[Parameter] = []
        if worst == "LOW":
            unknown = [one for one, _ in found if getattr(one, "ctcae", "none") == "high"]
            found = [(one, at) for one, at in found if one not in unknown]
        if worst == "LOW AND HIGH" and not found:
            continue
        if not found:
            form = f"Of the {kit.book().definition.study.subjects} with a normal value at baseline, none had one "
            said.append(say(f"{form}{words} the reference range" + (" that is graded." if unknown else ".")))
            said.append(_ungraded(unknown))
            continue
        shown = found if few else found[:MOST_TOLD]
        each = [say("{} in {}", name_of(one), _of_the_normal(one, at)) for one, at in shown]
        often = "" if len(shown) == len(found) else " most often"
        form = f"Of the {kit.book().definition.study.subjects} with a normal value at baseline, values {words} the "
        said.append(say(f"{form}reference range occurred{often} for {{}}.", join(each, last="; and ", between="; ")))
        said.append(_ungraded(unknown))
    return sentences(*said)


def _ungraded(parameters: Sequence[Parameter]) -> Inline | None:
    """Where low values are that no grade knows."""
    if not parameters:
        return None
    form = "Low values of {}, which are not graded, are in the table of shifts."
    return say(form, join_words([name_of(one) for one in parameters]))


def _of_the_normal(parameter: Parameter, asked: Answer) -> Inline:
    """ "6 of 13 patients", in each column that is told: who had the shift, of those normal at baseline."""
    before = ask("lab.shift", _population(), parameter.paramcd, level="NORMAL")

    def one(code: str, first: bool) -> Inline:
        form = f"{{}} of {{}} {kit.book().definition.study.subjects}" if first else "{} of {}"
        return say(form, num(asked.at(group=code), "n"), num(before.at(group=code), "N"))

    return told(one)


def to_high_grades(parameters: Sequence[Parameter]) -> Inline | None:
    """Who came to a grade that counts as severe from a lower one; None where no measurement is graded."""
    definition = kit.book().definition
    graded = [one for one in parameters if getattr(one, "ctcae", "none") != "none"]
    columns = outcome_columns(definition)
    if not graded or not any(
        ask("lab.grade", _population(), one.paramcd).at(group=columns[0]).value("N") for one in graded
    ):
        return None
    found = []
    for parameter in graded:
        for worst in (grade for grade in GRADES if int(grade) >= HIGH_GRADE):
            for base in (grade for grade in GRADES if grade < worst):
                at = ask("lab.grade", _population(), parameter.paramcd, level=f"{base}|{worst}")
                if in_all(at, "n"):
                    found.append(say("{} (grade {} to grade {}) in {}", name_of(parameter), base, worst,
                                     subjects(at)))  # fmt: skip
    if not found:
        at = ask("lab.grade", _population(), graded[0].paramcd, level=f"0|{HIGH_GRADE}", group=columns[0])
        form = f"{{}} {definition.study.subject} with a lower grade at baseline had a laboratory value of grade "
        return say(form + f"{HIGH_GRADE} or higher after the first dose.", worded(at, "n", "No"))
    form = f"Of grade {HIGH_GRADE} or higher after the first dose, and of a lower one at baseline, {{}} {{}}."
    return say(form, "was" if len(found) == 1 else "were", join(found, last="; and ", between="; "))


def _unmeasured(kind: str, words: str) -> Inline:
    """Says that nothing was measured; or that what was planned was not delivered, which is not the same."""
    return left_out(kind) or say(words)


def abnormal_values() -> Inline:
    """Where individual laboratory values are listed."""
    if not kit.book().definition.laboratory:
        return _unmeasured("laboratory", "The study had no laboratory evaluation.")
    return say("Values outside the reference range, or judged clinically significant, are in {}; all values are in {}.",
               ref("lst.lab.abnormal"), ref("lst.lab"))  # fmt: skip


def laboratory_over_time() -> Inline:
    """Mean changes of laboratory values, and where all stand (ICH E3, 12.4.2.1)."""
    parameters = kit.book().definition.laboratory
    if not parameters:
        return _unmeasured("laboratory", "The study had no laboratory evaluation.")
    shown = say("Values and changes over time are in {}.", refs(made("fig.lab", "lab.by_visit.")))
    return sentences(mean_changes("lab", parameters, "laboratory tests"), shown)


def laboratory_changes() -> Inline:
    """Shifts out of the range and to high grades, and how many met the criteria of Hy's law (ICH E3, 12.4.2.2)."""
    parameters = kit.book().definition.laboratory
    if not parameters:
        return _unmeasured("laboratory", "The study had no laboratory evaluation.")
    shown = say("Shifts from baseline are in {}, the extremes after the first dose in {}.",
                refs(made("lab.shift", "lab.grade")), refs(made("lab.worst")))  # fmt: skip
    return sentences(shifts(parameters), to_high_grades(parameters), shown, _hy_law())


def _hy_law() -> Inline | None:
    """How many met the criteria of Hy's law; None where their tests were not done."""
    both = ask("lab.hy", _population(), "HY", level="BOTH")
    columns = outcome_columns(kit.book().definition)
    if not both.at(group=columns[0]).has("n"):
        return None
    # The N that a count is part of: its own level's, or that of the group.
    of = both if both.at(group=columns[0]).has("N") else both.at(level=None)

    def one(code: str, first: bool) -> Inline:
        at = both.at(group=code)
        said = num(at, "n") if at.value("n") else worded(at, "n", "none")
        return say(
            "{} of {}" + (f" {kit.book().definition.study.subjects}" if first else ""),
            said,
            num(of.at(group=code), "N"),
        )

    shown, limits = refs(made("lab.hy", "fig.edish")), (f"{ENZYME_LIMIT:g}", f"{BILIRUBIN_LIMIT:g}")
    if not in_all(both, "n"):
        form = "After the first dose, {} {} met the biochemical criteria of Hy's law, a transaminase above {} times "
        form += "and a bilirubin above {} times the upper limit of normal ({})."
        subject = kit.book().definition.study.subject
        return say(form, worded(both.at(group=columns[0]), "n", "no"), subject, *limits, shown)
    return say(
        "After the first dose, the biochemical criteria of Hy's law, a transaminase above {} times and a bilirubin "
        "above {} times the upper limit of normal, were met by {} ({}). They do not look at alkaline phosphatase or at "
        "the values before treatment: whether cholestasis or another disease explains the values has to be judged for "
        "each {}.",
        *limits,
        told(one),
        shown,
        kit.book().definition.study.subject,
    )


def vital_signs() -> Inline:
    """Mean changes and extremes of vital signs, what was not recorded of them, and of ECG and physical findings."""
    parameters = kit.book().definition.vital_signs
    if not parameters:
        return sentences(_unmeasured("vital_signs", "The study had no evaluation of vital signs."), _others())
    shown = say("Values and changes over time are in {}, the extremes after the first dose in {}; {} lists all values.",
                refs(made("fig.vs", "vs.by_visit.")), ref("vs.worst"), ref("lst.vs"))  # fmt: skip
    told_of = mean_changes("vs", parameters, "vital signs"), extremes("vs", parameters), between_visits(parameters)
    return sentences(*told_of, _not_recorded(), shown, _others())


def _not_recorded() -> Inline | None:
    """That nobody recorded limits, or what was significant, of vital signs: no such value is not none."""
    values = kit.book().datasets["ADBDS"]
    own = values.loc[values["PARCAT1"] == "VITAL SIGNS"]
    unlimited, unjudged = bool(own["ANRIND"].isna().all()), bool(own["CLSIG"].isna().all())
    return say(_NOT_RECORDED[unlimited, unjudged]) if unlimited or unjudged else None


def _others() -> Inline:
    """Whether electrocardiograms and physical findings were collected, by what was delivered."""
    there = [f"{NAMES[one]} ({one})" for one in OTHERS if one in kit.book().domains]
    lost = [words for one, words in OTHERS.items() if one not in kit.book().domains]
    said = []
    if there:
        form = f"Delivered, and not analysed in this report, {'was' if len(there) == 1 else 'were'}: {{}}."
        said.append(say(form, join_words(there)))
    if lost:
        said.append(say("No {} were available for this report.", join_words(lost, "or")))
    return sentences(*said)
