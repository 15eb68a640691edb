"""Sections 5, 9.3 to 9.5 and 16: what stands under a heading of ICH E3 where the study's authors wrote nothing.

Not here: what was planned and computed, which is always generated (`plan`).
"""

from __future__ import annotations

from trial_report.analysis.display.exposed import compliance_reference, single_dose
from trial_report.analysis.display.narratives import narratives
from trial_report.analysis.display.significant import significant
from trial_report.analysis.results.formatting import join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import NOT_PROVIDED
from trial_report.report.prose.words import Block, Inline, lines_of, made, own_words, paragraphs, refs, say, sentences
from trial_report.schemas.study import StudyDefinition


def not_provided() -> Inline:
    """That the authors gave nothing under a heading."""
    return say(NOT_PROVIDED)


def ethics() -> Inline:
    """What the section holds."""
    return say("The sections below hold the review of the study, its conduct and the consent of those who took part.")


def consent() -> Inline:
    """Where the dates of consent are."""
    listed = made("lst.demographics")
    if not listed:
        return say(NOT_PROVIDED)
    if kit.book().datasets["ADSL"]["RFICDT"].isna().all():
        return say("Dates of informed consent were not delivered.")
    return say("The date of each {}’s informed consent is in {}.", kit.book().definition.study.subject, refs(listed))


def assignment() -> Inline:
    """How somebody came to a treatment, as far as the design says it."""
    definition = kit.book().definition
    people = definition.study.subjects
    if definition.escalation:
        form = "{} were assigned to the dose level that was open when they entered, by the rule of the dose escalation."
        return say(form, people.capitalize())
    if len(definition.groups) == 1:
        return say("All {} were assigned to the one treatment of the study.", people)
    return say(NOT_PROVIDED)


def therapy() -> Inline:
    """Where medication before and during the study is."""
    tables, listing = made("cm.prior.table", "cm.concomitant.table"), made("lst.cm")
    if not tables and not listing:
        return say("No medication was delivered.")
    return sentences(
        say("Prior and concomitant medication is summarized in {}.", refs(tables)) if tables else None,
        say("Every medicine is in {}.", refs(listing)) if listing else None,
    )


def compliance_measured() -> Inline:
    """What compliance compares."""
    definition = kit.book().definition
    if not definition.plans_doses:
        return say("Compliance was not calculated: no planned dose is defined.")
    return sentences(*map(own_words, compliance_reference(definition, single=single_dose(kit.book()))))


def primary_variables() -> Block:
    """A line a primary endpoint: what is analysed of it, and when."""
    definition = kit.book().definition
    primary = [e for e in definition.endpoints if e.role == "primary"]
    if not primary:
        return paragraphs(say("No primary variable of efficacy is defined."))
    return lines_of([say("{}: " + _analysed(e.kind, e.measure) + " at {}", e.label_unit, _at(definition, e.visits))
                     for e in primary])  # fmt: skip


def _analysed(kind: str, measure: str) -> str:
    if kind == "binary":
        return "whether it was so"
    if kind == "ordinal":
        return "shift from baseline"
    return "change from baseline" if measure == "change" else "value"


def _at(definition: StudyDefinition, visits: tuple[str, ...]) -> str:
    return join_words(definition.visit(visit).label for visit in definition.in_order(visits))


def concentrations() -> Block:
    """Whether concentrations were measured, by what was delivered."""
    there = any(name in kit.book().domains for name in ("PC", "PP"))
    said = "Drug concentrations were delivered; they are not analysed in this report."
    return paragraphs(own_words(said if there else "No drug concentrations were measured, or none were delivered."))


def randomization() -> Inline:
    """Whether there is a scheme to enclose."""
    definition = kit.book().definition
    none = definition.escalation is not None or len(definition.groups) == 1
    return say(f"Not applicable: {definition.study.subjects} were not randomized." if none else NOT_PROVIDED)


def published() -> Inline:
    """The publication that the definition names."""
    publication = kit.book().definition.publication
    return say("The publication is named in section 13, and not enclosed." if publication else NOT_PROVIDED)


def asks_for_case_reports() -> bool:
    """Whether anybody died, had a serious adverse event or was withdrawn for one, or nobody can know (ICH E3, 16.3.1).

    Events of which nobody recorded whether they were serious may have been.
    """
    book = kit.book()
    if "AE" not in book.domains:
        return True
    events, people = book.datasets["ADAE"], book.datasets["ADSL"]
    unknown = len(events) > 0 and events["AESER"].isna().all()
    serious = (events["AESER"] == "Y") | (events["AEOUT"] == "FATAL") | (events["AEACN"] == "DRUG WITHDRAWN")
    reasons = people["DCSREAS"].astype("str").str.upper() if "DCSREAS" in people else events["AEOUT"].iloc[:0]
    left = (reasons == "ADVERSE EVENT").fillna(False).any()
    died = (people["DTHFL"] == "Y").fillna(False).any()
    return bool(unknown or died or left or serious.fillna(False).any())


def case_reports() -> Inline:
    """Whether there are case report forms to enclose."""
    if asks_for_case_reports():
        return say(NOT_PROVIDED)
    form = "Not applicable: no {} died, had a serious adverse event or was withdrawn because of an adverse event."
    return say(form, kit.book().definition.study.subject)


def narratives_elsewhere() -> Inline:
    """Where the narratives stand; or that none had to be written."""
    if not narratives(kit.book()) and ("AE" not in kit.book().domains or significant(kit.book()).empty):
        return say("No narratives were required (Section 12.3.2).")
    return say("The narratives are in Section 12.3.2.")


def individual_data() -> Block:
    """Where the records of everybody are."""
    said = (
        "The records of each {} lie beside this report as files: domains/ holds what was delivered, and datasets/ what "
    )
    return paragraphs(say(said + "was derived from it.", kit.book().definition.study.subject))
