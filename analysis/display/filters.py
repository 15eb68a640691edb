"""Says a filter of results or records in words: the condition that is run stands in the results row, in SQL.

Not here: how a filter is made (`results.where`), and the methods of a row in words (`lineage.words`).
"""

from __future__ import annotations

import re

from trial_report.analysis.lineage.conditions import terms
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.datasets import MODELS, columns
from trial_report.schemas.study import StudyDefinition

SAID: dict[str, str] = {
    "ABLFL = 'Y'": "baseline",
    "ANL01FL = 'Y'": "the analysed record of a visit",
    "ANL01FL = 'Y' AND POSTFL = 'Y' OR ABLFL = 'Y'": "baseline and the analysed record of a visit",
    "POSTFL = 'Y'": "after first dose",
    "EOTFL = 'Y'": "the last value on treatment",
    "CNSR = 0": "with the event",
    "NEXTVIS IS NULL": "without a planned visit after it",
    "CHG < 0": "lower than at baseline",
    "CHG = 0": "the same as at baseline",
    "CHG > 0": "higher than at baseline",
    "AVAL IS NOT NULL": "with a value",
    "BASE IS NOT NULL": "with a baseline value",
    "CHG IS NOT NULL": "with a change from baseline",
    "PCHG IS NOT NULL": "with a percent change from baseline",
    "CRIT1FL IS NOT NULL": "to which the responder's rule applies",
    "ANRIND IS NOT NULL": "with a reference range",
    "ANRIND SIMILAR TO '(LOW|NORMAL|HIGH).*'": "with a reference range",
    "ATOXGRN IS NOT NULL": "with a grade",
    "REASNOT IS NOT NULL": "not used, with the reason",
    "TRTEMFL = 'Y'": "treatment-emergent",
    "AESER = 'Y'": "serious",
    "DLTFL = 'Y'": "dose-limiting",
    "NDLT >= 1": "with a dose-limiting toxicity",
    "DLTEVFL = 'Y'": "evaluable for dose-limiting toxicity",
    "DTHFL = 'Y'": "who died",
    "SCRFFL = 'Y'": "screen failures",
    "TRTSDT IS NULL": "not treated",
    "EOSSTT = 'DISCONTINUED'": "discontinued the study",
    "CLSIG = 'Y'": "clinically significant",
    "AEOUT = 'FATAL'": "fatal",
    "AESDTH = 'Y'": "resulting in death",
    "ANRIND <> 'NORMAL'": "outside the reference range",
    "PARCAT1 = 'LABORATORY'": "laboratory",
    "PARCAT1 = 'VITAL SIGNS'": "vital signs",
}
"""Conditions on variables that mean the same in every study."""

OUTSIDE = "outside the "

_SUBJECTS = re.compile(r"USUBJID IN \(SELECT USUBJID FROM ADSL WHERE (.*)\)", re.DOTALL)
# The record that holds a subject's worst value: its fields are those of a group of records with their extreme.
_EXTREME = re.compile(r"\([^()]*\([^)]*\).* IN \(SELECT .*\b(max|min)\(", re.DOTALL | re.IGNORECASE)
# Whether a medicine began or ended before first dose is a comparison of two texts for each record.
_BEFORE = re.compile(r"(NOT )?coalesce\(.*\bFALSE\)", re.DOTALL)
_CARRIED = re.compile(r"\(ANL01FL = 'Y' AND AVISIT = '(\w+)' OR POSTFL = 'Y' AND .*\bmax\(", re.DOTALL)
_THERE = re.compile(r"\w\w(OCCUR|STAT) IS DISTINCT FROM '[^']*'")
_KNOWN = re.compile(r"(\w+) IS NOT NULL")
_EQUAL = re.compile(r"(\w+) = '((?:[^']|'')*)'")
_ONE_OF = re.compile(r"(\w+) IN \(((?:'(?:[^']|'')*'(?:, )?)+)\)")
_TEXT = re.compile(r"'((?:[^']|'')*)'")


def in_words(definition: StudyDefinition, condition: str, said: str = "") -> str:
    """A SQL condition in words, its parts joined by semicolons; a part that has no words stays SQL.

    What `said` says already, as a title or an analysis set with its restriction, is left out.
    """
    found = (_term(definition, term) for term in terms(condition) if term != "TRUE")
    known = said.lower()
    return "; ".join(dict.fromkeys(w for w in found if w and w.lower().removeprefix("with a ") not in known))


def plain_terms(condition: str) -> list[str]:
    """The parts of a condition, and of one on the subjects of ADSL its own parts."""
    found: list[str] = []
    for term in terms(condition):
        of_subjects = _SUBJECTS.fullmatch(term)
        found += terms(of_subjects[1]) if of_subjects else [term]
    return found


def flag_of(definition: StudyDefinition, term: str) -> str:
    """The analysis set that a part of a condition asks for, by its flag; empty for another part."""
    of_subjects = _SUBJECTS.fullmatch(term)
    equal = _EQUAL.fullmatch(of_subjects[1] if of_subjects else term)
    flags = {one.flag: one.id for one in definition.analysis_sets}
    return flags.get(equal[1], "") if equal and equal[2] == "Y" else ""


def _term(definition: StudyDefinition, term: str) -> str:
    if term in SAID:
        return SAID[term]
    of_subjects = _SUBJECTS.fullmatch(term)
    if of_subjects:
        return in_words(definition, of_subjects[1])
    if _THERE.fullmatch(term):
        return "not said to be absent"
    carried = _CARRIED.match(term)
    if carried:
        visit = _value(definition, "AVISIT", [carried[1]])
        return f"the analysed record of {visit}, else the last by then of each of the {definition.study.subjects}"
    before = _BEFORE.fullmatch(term)
    if before:
        return "taken on or after the day of first dose" if before[1] else "begun before the day of first dose"
    if term.startswith("(") and term.endswith(")") and len(inner := terms(term[1:-1])) == 1:
        return _either(definition, inner[0])
    extreme = _EXTREME.match(term)
    if extreme:
        return f"the {'highest' if extreme[1] == 'max' else 'lowest'} of each of the {definition.study.subjects}"
    if " OR " in term:
        return _either(definition, term)
    known = _KNOWN.fullmatch(term)
    if known:
        labels = {one.variable: one.label.lower() for one in definition.characteristics}
        return f"whose {labels.get(known[1]) or _name(known[1])} is known"
    equal, several = _EQUAL.fullmatch(term), _ONE_OF.fullmatch(term)
    if equal:
        return _value(definition, equal[1], [equal[2].replace("''", "'")])
    if several:
        return _value(definition, several[1], [text.replace("''", "'") for text in _TEXT.findall(several[2])])
    return term


def _either(definition: StudyDefinition, condition: str) -> str:
    """Alternatives in words, where each is one plain condition; else the condition as it is."""
    if condition in SAID:
        return SAID[condition]
    parts = re.sub(r"[()]", "", condition).split(" OR ")
    words = [_term(definition, part.strip()) for part in parts]
    if all(word.startswith(OUTSIDE) for word in words):
        return OUTSIDE + join_words([word.removeprefix(OUTSIDE) for word in words], "or")
    return condition if words == parts else join_words(words, "or")


def _value(definition: StudyDefinition, variable: str, values: list[str]) -> str:
    """ "Pain", "Month 3", "Sex: Female", "status: early or late": a variable that has one of these values."""
    if variable == "PARAMCD":
        names = {p.paramcd: p.name for p in definition.parameters} | {s.paramcd: s.label for s in definition.times}
        names["TTAE"] = "time to first event"
        return join_words([names.get(value, value) for value in values])
    if variable == "AVISIT":
        labels = {visit.id: visit.label for visit in definition.visits}
        return join_words([labels.get(value, value) for value in values], "or")
    if variable == "PHASE" and definition.phases:
        phases = {phase.code: phase.label for phase in definition.phases.levels}
        return join_words([phases.get(value, value) for value in values], "or")
    if variable in ("TRT01A", "TRT01P"):
        groups = {group.code: group.short for group in definition.groups}
        return join_words([groups.get(value, value) for value in values], "or")
    if variable == "USUBJID":
        return f"{definition.study.subjects.removesuffix('s')} {join_words(values, 'or')}"
    if variable == "STATUS":
        return join_words(values, "or")
    sets = {one.flag: one.label for one in definition.analysis_sets}
    if variable in sets and values == ["N"]:
        return f"{OUTSIDE}{sets[variable]}"
    for one in definition.characteristics:
        if one.variable == variable:
            return f"{one.label}: {join_words([one.levels.get(value, value) for value in values], 'or')}"
    name = _name(variable)
    return name if values == ["Y"] else f"{name}: {join_words(values, 'or')}"


def _name(variable: str) -> str:
    """What the datasets call a variable, without its further explanations."""
    found = (columns(model).get(variable) for model in MODELS)
    return next((text.partition(";")[0] for text in found if text), variable)
