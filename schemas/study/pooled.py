"""A study's definition for a blinded look: its treatment groups as one, and without what tells them apart.

What is left is what a monitoring board sees before it is unblinded: who was treated, for how long, adverse events and
laboratory over everybody.

Not here: what a blinded document says and leaves out (`report.prose`), and identifying data (`schemas.checks.privacy`).
"""

from __future__ import annotations

import re

from trial_report.runtime.choose import ChoiceError
from trial_report.schemas.study.analysis import AnalysisSet
from trial_report.schemas.study.definition import StudyDefinition
from trial_report.schemas.study.design import Group

CODE = "POOLED"
"""What results call the one group."""

TOLD = ("sets/", "disposition/", "ae.", "lab.", "exposure/", "cutoff/")
"""How the keys of results begin that are told in a blinded look, and no others: a result added later is not."""
OF_EXPOSURE = ("USUBJID", "FUPDUR", "TRTDURD")
"""What is told of exposure: for how long, and never how much."""

_AS_DEFAULT = ("exposure", "shifts", "missing_data", "outputs", "abbreviations")
"""Settings of doses, comparisons and words of displays, which are as if nothing had been said of them."""
_NONE = ("endpoints", "survival", "intercurrent_events", "subgroups", "objectives", "characteristics")
"""Lists of what is not told."""
_LONG = 5
"""Letters of a word of a treatment's name that is looked for in the title."""
_COMMON = frozenset(("group", "level", "treatment", "therapy", "cells", "total", "every", "weeks", "daily", "phase"))
UNTOLD = "not told"


def pooled(definition: StudyDefinition) -> StudyDefinition:
    """The definition with one treatment group, without endpoints, escalation, phases, subgroups and publication.

    The title stays where it names no treatment. Raises ChoiceError for a study of one group, where there is nothing to
    blind, and for one that escalates doses, where a day tells the dose.
    """
    groups = definition.groups
    if len(groups) == 1:
        raise ChoiceError("the study has one treatment group: there is nothing to blind, leave out --blinded")
    if definition.escalation is not None:
        raise ChoiceError("the study escalates doses by cohort, so that a day tells the dose: it cannot be blinded")
    people = definition.study.subjects
    one = Group(code=CODE, label=f"All {people}", short="All")
    treatment = definition.treatment.model_copy(update={"groups": (one,), "total": None})
    own = definition.study
    words = _words(" ".join([own.product, *(f"{g.label} {g.short}" for g in groups)]))
    title, short = (
        said if not words & _words(said) else f"Protocol {own.protocol}" for said in (own.title, own.short_title)
    )
    told = {"title": title, "short_title": short, "product": UNTOLD, "keywords": ()}
    study = own.model_copy(update=told)
    sets = tuple(
        s.model_copy(update={"test": False})
        for s in definition.analysis_sets
        if s.id == definition.safety_set or _plain(s)
    )
    made = definition.model_copy(
        update={
            "study": study,
            "treatment": treatment,
            "analysis_sets": sets,
            "efficacy_set": definition.safety_set,
            "multiplicity": definition.multiplicity.model_copy(update={"procedure": "none", "order": ()}),
            # Comparisons of groups, where they may be asked for.
            "baseline": definition.baseline.model_copy(update={"tests": False}),
            "disposition": definition.disposition.model_copy(update={"tests": False}),
            "adverse_events": definition.adverse_events.model_copy(update={"compare_with": None}),
            **{name: StudyDefinition.model_fields[name].get_default() for name in _AS_DEFAULT},
            **dict.fromkeys(_NONE, ()),
            **dict.fromkeys(("escalation", "phases", "publication"), None),
        }
    )
    # As it is read again from the build folder: what does not hold together is said here.
    return StudyDefinition.model_validate_json(made.model_dump_json())


def with_coded_reason(definition: StudyDefinition) -> StudyDefinition:
    """The definition with the coded reason of discontinuation: words that somebody wrote may name a treatment."""
    coded = definition.disposition.model_copy(update={"reason": "DSDECOD"})
    return definition.model_copy(update={"disposition": coded})


def _plain(one: AnalysisSet) -> bool:
    """Whether a set is of who was assigned or treated, and of nothing else."""
    criteria = one.criteria
    return not (
        criteria.phase
        or criteria.post_baseline
        or criteria.flags
        or criteria.without_deviation
        or criteria.dlt_evaluable is not None
    )


def _words(text: str) -> set[str]:
    """The words of a text that may be of a treatment's name."""
    return {word for word in re.findall(r"[^\W\d_]+", text.casefold()) if len(word) >= _LONG} - _COMMON


def is_told(key: str) -> bool:
    """Whether a blinded look tells the result of that key."""
    analysis, _, *rest = key.split("/")
    if analysis == "exposure":
        return bool(rest) and rest[0] in OF_EXPOSURE
    return key.startswith(TOLD)
