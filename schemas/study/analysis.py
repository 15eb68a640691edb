"""How the study is analysed: sets, baseline, adverse events, multiplicity, missing data, claims.

Not here: what is measured, endpoints among it (`measures`), and how an analysis is done (`analysis.analyse`).
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, StrictBool, model_validator

from trial_report.schemas.study.base import Code, Part, Text, Variable
from trial_report.schemas.study.measures import Condition


class Criteria(Part):
    """What a subject must meet to belong to an analysis set; all that are given must hold."""

    enrolled: StrictBool | None = Field(default=None, description="assigned to a treatment group")
    treated: StrictBool | None = Field(default=None, description="has an administration in EX")
    phase: tuple[Code, ...] = Field(default=(), description="codes of the phases that belong")
    post_baseline: tuple[Variable, ...] = Field(
        default=(), description="parameters with a baseline and a later value, at least one of them"
    )
    flags: Condition = Field(default={}, description="variables of DM or SUPPDM and their values")
    without_deviation: tuple[Text, ...] = Field(default=(), description="values of DVCAT that exclude a subject")
    dlt_evaluable: StrictBool | None = Field(
        default=None, description="had a DLT or was observed to the end of the DLT window"
    )


class AnalysisSet(Part):
    """An analysis set and its flag in ADSL."""

    id: Code = Field(description="what results call the set")
    flag: Variable = Field(description="its variable in ADSL")
    label: Text = Field(description="as printed")
    definition: Text = Field(description="as the statistics section prints it")
    criteria: Criteria
    treatment: Literal["planned", "actual"] | None = Field(
        default=None,
        description="the treatment that every table, figure, listing, test and model of the set is by: planned, the "
        "group assigned, or actual, the group received; none: actual where the criteria ask for treatment and in the "
        "safety set, else planned",
    )
    test: StrictBool = Field(
        default=False,
        description="membership is compared between the groups of the enrolled by Fisher's exact test (descriptive "
        "p-value)",
    )


class Baseline(Part):
    """Which value is the baseline."""

    rule: Literal["last_before_first_dose"] = Field(
        default="last_before_first_dose",
        description="the last value that is not missing before the first dose; of who was assigned and never treated, "
        "before randomisation",
    )
    same_day: StrictBool = Field(
        default=True, description="a value on the day of first dose, at a baseline visit, precedes the dose"
    )
    tests: StrictBool = Field(
        default=False, description="baseline characteristics are compared between the groups (descriptive p-values)"
    )


class Milestone(Part):
    """A visit up to which it is counted who went on and who stopped, and why."""

    id: Code = Field(description="a name of the milestone")
    label: Text = Field(description="as printed, such as Month 6")
    visit: Code = Field(description="the visit: who had it completed the milestone")


class Disposition(Part):
    """How the ends of participation are told and compared."""

    reason: Variable = Field(
        default="DSDECOD", description="variable of DS or SUPPDS with the reason of discontinuation, such as DSTERM"
    )
    milestones: tuple[Milestone, ...] = Field(
        default=(), description="visits up to which completion, and the reasons of discontinuation, are counted"
    )

    tests: StrictBool = Field(
        default=False,
        description="completion, and each reason of discontinuation, are compared between the groups by Fisher's exact "
        "test (descriptive p-values)",
    )


class Exposure(Part):
    """How exposure is shown."""

    sets: tuple[Code, ...] = Field(default=(), description="sets that it is shown in beside the safety set")
    daily_dose: StrictBool = Field(
        default=False, description="the average dose a day is shown: the total dose by the days of treatment"
    )
    compliance: Literal["to_last_dose", "to_plan_end"] = Field(
        default="to_last_dose",
        description="how much of the plan of a group is compared with what was given: up to a subject's last day of "
        "treatment; or to_plan_end: all of it, of a subject still in treatment up to the cut-off",
    )


class Shifts(Part):
    """How shifts of laboratory values by reference range are compared."""

    tests: StrictBool = Field(
        default=False,
        description="the worst position after first dose is compared between the groups by the "
        "Cochran–Mantel–Haenszel test, stratified by that at baseline (descriptive p-values)",
    )


class AdverseEvents(Part):
    """How adverse events are classified."""

    dictionary: Text = Field(description="name and version of the dictionary")
    grading: Text = Field(description="name and version of the grading")
    assessed: Text | None = Field(
        default=None, description="a sentence or two for section 9.5: how events were elicited, and from when on"
    )
    grade_variable: Variable = Field(default="AETOXGR", description="variable of AE with the grade, or AESEV")
    grade_labels: dict[str, Text] = Field(default={}, description="value of the grade variable → as printed")
    severe_from: int = Field(default=3, description="grades from this one on are counted as severe")
    relationship_variable: Variable = Field(
        default="AEREL", description="variable of AE that says whether it is related"
    )
    related: tuple[Text, ...] = Field(min_length=1, description="values that count as related")
    unrelated: tuple[Text, ...] = Field(
        default=(),
        description="values that count as not related: any other that is neither missing nor related is an error; "
        "none: the usual words, such as N, NONE, NOT RELATED, UNLIKELY, REMOTE, DOUBTFUL",
    )
    missing_relationship_is_related: StrictBool = Field(
        default=True, description="how an event is counted whose relationship is missing"
    )
    emergent_days: int | None = Field(
        default=None, ge=0, description="days after the last dose in which an onset counts; null: to the end"
    )
    compare_with: Code | None = Field(
        default=None, description="the group that each other one's incidence is compared with, by Fisher's exact test"
    )
    disease_terms: tuple[Text, ...] = Field(
        default=(), description="preferred terms that are symptoms of the disease under study; sentences say so"
    )
    special_interest: tuple[Text, ...] = Field(
        default=(),
        description="preferred terms that the protocol calls of special interest; each event is listed and has a "
        "narrative",
    )
    frequent_percent: float = Field(default=5.0, ge=0, le=100, description="shown as frequent from this percentage on")


class Multiplicity(Part):
    """How the error over several tests is held."""

    procedure: Literal["none", "fixed_sequence", "holm", "hochberg", "bonferroni"] = Field(
        description="over the family; none: p-values are descriptive"
    )
    alpha: float = Field(default=0.05, gt=0, lt=1, description="two-sided error of the family")
    order: tuple[tuple[Variable, Code], ...] = Field(
        default=(), description="the family of (PARAMCD, visit), in the order of a fixed sequence"
    )
    prespecified: StrictBool = Field(
        default=True,
        description="whether protocol or analysis plan laid it down before the data were known; false: it is "
        "exploratory, hypotheses are said to be rejected or not, and nothing to be significant",
    )

    @property
    def name(self) -> str:
        """The procedure as a sentence names it: "fixed-sequence procedure", "exploratory Holm procedure"."""
        own = "fixed-sequence" if self.procedure == "fixed_sequence" else self.procedure.title()
        return f"{own} procedure" if self.prespecified else f"exploratory {own} procedure"

    @property
    def verdicts(self) -> tuple[str, str]:
        """What is said of a hypothesis that the procedure rejects, and of one that it does not."""
        return ("significant", "not significant") if self.prespecified else ("rejected", "not rejected")


class MissingData(Part):
    """The model for multiple imputation, and how far the tipping point is looked for."""

    imputations: int = Field(default=50, ge=2, le=1000, description="number of imputed data sets")
    seed: int = Field(default=1, description="of the random numbers, so that results can be repeated")
    tipping_steps: int = Field(default=20, ge=1, le=200, description="number of shifts that are tried")
    tipping_range_sd: float = Field(default=3.0, gt=0, description="in baseline standard deviations")
    within_groups: StrictBool = Field(
        default=False,
        description="values of compared endpoints are imputed in each treatment group by itself; otherwise the group "
        "is a term of the imputation model",
    )


class Subgroup(Part):
    """A characteristic by which the primary endpoints are also shown."""

    variable: Variable = Field(description="a characteristic with levels")
    label: Text = Field(description="as printed")


class Expectation(Part):
    """A condition on one row of the results."""

    key: Text = Field(description="key of a result")
    operator: Literal["<", "<=", "==", ">=", ">", "is"] = Field(
        description="how the result compares with the value; is: a text that is the same"
    )
    value: float | str = Field(description="what is expected")


class Claim(Part):
    """A published statement, how it is computed here, and what agreement would be."""

    id: Code = Field(description="a name of the claim")
    statement: Text = Field(description="what was published")
    computed: Text = Field(description="the finding as a sentence; [[key]] stands for a result")
    condition: Text | None = Field(
        default=None, description="`expect` in words, for the table; none: the conditions as they are written"
    )
    expect: tuple[Expectation, ...] = Field(
        default=(), description="all must hold; none: the statement is not one that data can bear out"
    )


class Publication(Part):
    """The publication that the report is set beside."""

    citation: Text = Field(description="key in the bibliography")
    claims: tuple[Claim, ...] = Field(min_length=1)


class Censoring(Part):
    """When a subject without the event is censored; never before the start, nor after death."""

    at: Literal["last_contact", "last_assessment", "end_of_treatment", "data_cutoff"] = Field(
        default="last_contact",
        description="the last contact; the last assessment of a domain from the start on, at the start where there is "
        "none; the end of treatment, at the start where there was none: later events then do not count; the data "
        "cut-off",
    )
    domain: Variable | None = Field(
        default=None, max_length=2, description="for last_assessment: the domain whose last whole --DTC it is"
    )
    days: int = Field(
        default=0, ge=0, description="for end_of_treatment: days after the last dose in which an event still counts"
    )

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if (self.at == "last_assessment") != (self.domain is not None):
            raise ValueError("'domain' goes with at: last_assessment, which needs it")
        if self.days and self.at != "end_of_treatment":
            raise ValueError("'days' goes with at: end_of_treatment")
        return self


Origin = Literal["randomisation", "first_dose", "enrolment"]
"""Where the time to an event starts."""


class Survival(Part):
    """A time-to-event endpoint: event, where time starts, and when a subject without the event is censored."""

    paramcd: Variable = Field(description="code of the endpoint")
    label: Text = Field(description="as printed")
    role: Literal["primary", "secondary", "exploratory"] | None = Field(
        default=None, description="of the endpoint; none: it is told without a role"
    )
    assessed: Text | None = Field(default=None, description="a sentence or two for section 9.5: how it is known")
    analysis_set: Code = Field(description="set that it is analysed in")
    # `from` is a word of Python's own, so the field has another name than the key.
    origin: Origin | None = Field(
        default=None,
        alias="from",
        description="where time starts; who has no such date has no time to the event; none: randomisation where the "
        "set is shown by the treatment planned, else first_dose",
    )
    censoring: Censoring = Censoring()
    event_records: dict[Variable, Condition] = Field(
        description="domain → condition of records whose first date is the event; any of them counts"
    )
    death_is_event: StrictBool = Field(default=True, description="whether death counts as the event")

    @property
    def reads(self) -> tuple[str, ...]:
        """The domains that tell of the event, and of the last assessment before it."""
        return (*self.event_records, *([self.censoring.domain] if self.censoring.domain else []))

    @model_validator(mode="after")
    def _has_an_event(self) -> Self:
        if not self.event_records and not self.death_is_event:
            raise ValueError("needs event_records, or death_is_event: true")
        return self


Strategy = Literal[
    "treatment policy", "composite", "hypothetical", "while on treatment", "while alive", "principal stratum"
]
"""The strategies of ICH E9(R1), A.3.2; of death the one while on treatment is called while alive."""


class IntercurrentEvent(Part):
    """An intercurrent event of the estimands: who had it after first dose is counted, and before which visit."""

    id: Variable = Field(description="PARAMCD of its time in ADTTE, from first dose")
    label: Text = Field(description="as printed")
    strategy: Strategy = Field(description="that of ICH E9(R1) which handles it")
    records: dict[Variable, Condition] = Field(
        default={},
        description="domain → condition of records whose first date after first dose is the event; any of them counts; "
        "none, without death: the data cannot tell, and the table says so",
    )
    death: StrictBool = Field(default=False, description="whether death is the event, or one of its forms")

    @property
    def is_known(self) -> bool:
        """Whether the data can tell who had it."""
        return bool(self.records) or self.death

    def as_time(self, analysis_set: str) -> Survival:
        """The time to its first occurrence."""
        rule: dict[str, Any] = {"from": "first_dose", "event_records": self.records, "death_is_event": self.death}
        return Survival(paramcd=self.id, label=self.label, analysis_set=analysis_set, **rule)

    def as_unknown(self) -> IntercurrentEvent:
        """As it is where a domain that tells of it was not delivered."""
        return self.model_copy(update={"records": {}, "death": False})
