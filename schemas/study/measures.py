"""What was measured: endpoints, laboratory tests, vital signs, baseline characteristics.

Not here: sets, multiplicity and missing data (`analysis`), and the values themselves (`analysis.derive.adbds`).
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, StrictBool, model_validator

from trial_report.schemas.codelists.units import printed_unit
from trial_report.schemas.study.base import Code, Part, Text, Variable
from trial_report.schemas.study.design import Assign, Visit

Condition = dict[Variable, str | int | float | tuple[str, ...]]
"""Variables with the value, or one of the values, that each must have."""


class Parameter(Part):
    """A measurement: where it stands in SDTM and how it is printed. PARAMCD in ADBDS."""

    paramcd: Variable = Field(description="code in the analysis datasets and results")
    label: Text = Field(description="as printed")
    short: Text | None = Field(default=None, description="for narrow columns; else the label")
    domain: Variable = Field(max_length=2, description="of SDTM, two letters")
    testcd: Variable = Field(description="value of --TESTCD")
    where: Condition = Field(default={}, description="further conditions on the domain, such as --OBJ")
    unit: Text | None = Field(default=None, description="the standard unit, --STRESU; null for none")
    decimals: int = Field(default=1, ge=0, le=6, description="decimals that the values are collected with")
    plausible: tuple[float, float] | None = Field(default=None, description="a value outside is a warning")
    maximum_change: float | None = Field(
        default=None, gt=0, description="a larger change between consecutive visits is a warning"
    )
    windows: dict[Code, tuple[int, int]] = Field(
        default={},
        description="visit after first dose → first and last day that count for it here, in place of its analysis "
        "window; a visit that is not named then has no values, unless it has no window and `planned` names it; none: "
        "the visits' own windows",
    )
    planned: tuple[Code, ...] = Field(
        default=(),
        description="visits at which it is planned: a value in the window of another visit belongs to none, and "
        "another visit is no column; none: all visits",
    )
    assign: Assign | None = Field(default=None, description="in place of the study's `assign`; none: as the study")

    def is_planned(self, visit: Visit) -> bool:
        """Whether it is measured at a visit by plan."""
        return not self.planned or visit.id in self.planned

    def window_of(self, visit: Visit) -> tuple[int, int] | None:
        """First and last day that count for a visit; None: no value belongs to that visit by its day."""
        if not self.is_planned(visit):
            return None
        if self.windows and visit.role == "follow-up":
            return self.windows.get(visit.id)
        return visit.analysis_window

    def is_by_number(self, visit: Visit) -> bool:
        """Whether values belong to a visit by its number though others do by their day: it has no window.

        Windows of the parameter's own are the only ones: then `planned` has to name the visit.
        """
        wanted = visit.id in self.planned or not (self.planned or self.windows)
        return wanted and visit.analysis_window is None and visit.id not in self.windows

    @property
    def name(self) -> str:
        """The shorter name, for narrow places."""
        return self.short or self.label

    @property
    def label_unit(self) -> str:
        """Label with its unit, as an axis or a table heading has it."""
        return f"{self.label} ({self.unit_text})" if self.unit else self.label

    @property
    def unit_text(self) -> str:
        """The unit as printed; empty for none."""
        return printed_unit(self.unit)


class Responder(Part):
    """When a subject counts as a responder."""

    label: Text = Field(description="as printed")
    measure: Literal["value", "change", "percent_change"] = Field(description="what is compared with the threshold")
    operator: Literal["<=", "<", ">=", ">", "=="] = Field(description="how it is compared")
    threshold: float = Field(description="the limit of response")
    missing_is_non_responder: StrictBool = Field(
        default=False,
        description="beside those in whom it can be applied, all of the set are counted, who has no value (or no "
        "baseline, where the measure needs one) as not responding",
    )


YES_NO: dict[str, float] = {"Y": 1.0, "YES": 1.0, "1": 1.0, "1.0": 1.0, "N": 0.0, "NO": 0.0, "0": 0.0, "0.0": 0.0}
"""Results of a binary endpoint in capitals, without outer blanks, and their value."""

TestName = Literal["paired_t", "wilcoxon_signed_rank"]


PHASE = "PHASE"
"""The variable of ADSL that says which phase of the study a subject is in."""


class FurtherAnalysis(Part):
    """The same analysis in another analysis set or phase, or of other data; its p-values are descriptive."""

    id: Code = Field(description="what results call the analysis")
    label: Text = Field(description="as printed, such as Completers, observed cases")
    analysis_set: Code | None = Field(default=None, description="set that it is made in; none: the endpoint's")
    phases: tuple[Code, ...] = Field(default=(), description="phases whose subjects it is made in; none: all of them")
    promised: StrictBool = Field(
        default=False,
        description="what the protocol asked of the endpoint, such as its change in the phase at the maximum tolerated "
        "dose: it is told first, and the endpoint's own analysis is then called pooled",
    )
    data: Literal["observed", "locf"] | None = Field(
        default=None, description="observed cases, or the last observation carried forward; none: as the comparison"
    )
    visits: tuple[Code, ...] = Field(default=(), description="visits that it is made at; none: the endpoint's")


class Endpoint(Parameter):
    """A parameter of efficacy."""

    role: Literal["primary", "secondary", "exploratory"] = Field(description="of the endpoint")
    kind: Literal["numeric", "binary", "ordinal"] = Field(
        default="numeric",
        description="binary: results are Y, YES or 1, and N, NO or 0; AVAL is 1 or 0. ordinal: a category of `levels`, "
        "of which no mean is taken: shifts from baseline are counted at the visits, and how many improved, stayed the "
        "same or worsened; nothing is tested",
    )
    levels: dict[int, Text] = Field(
        default={},
        description="of an ordinal score, value → as printed, in order. Of a numeric endpoint each level is then "
        "counted by visit and group, and the groups are compared by Cochran–Mantel–Haenszel tests within the levels of "
        "the factors",
    )
    measure: Literal["change", "value"] = Field(
        default="change",
        description="what is analysed: the change from baseline, or the value at the visit, as of a score that is "
        "itself a change",
    )
    benefit: Literal["decrease", "increase", "none"] = Field(description="the direction that is good")
    analysis_set: Code = Field(description="set that it is analysed in")
    assessed: Text | None = Field(
        default=None, description="a sentence or two for section 9.5: how, by whom and of which side it is measured"
    )
    visits: tuple[Code, ...] = Field(min_length=1, description="visits at which it is tested")
    test: TestName = Field(default="paired_t", description="the test whose p-value decides")
    other_tests: tuple[TestName, ...] = Field(default=(), description="tests shown beside it")
    responder: Responder | None = Field(
        default=None, description="when a subject counts as a responder; none: no responders"
    )
    only_with_baseline: Condition = Field(
        default={}, description="analysed only in subjects whose ADSL variables have these values"
    )
    missing: tuple[Literal["locf", "mi", "tipping_point", "mmrm"], ...] = Field(
        default=(), description="analyses beside observed cases that examine missing data"
    )
    waterfall: Code | None = Field(default=None, description="visit whose change is drawn as a waterfall")
    comparison: Literal["none", "ancova", "proportions"] = Field(
        default="none",
        description="of the groups with control. ancova: of a numeric endpoint, by analysis of covariance with "
        "baseline, covariates and factors, and of its responders where it has a rule; proportions: of a binary "
        "endpoint, the difference in percentage points with its interval and a test, stratified by the factors",
    )
    within_groups: StrictBool = Field(
        default=False,
        description="the changes from baseline of a compared endpoint are tested within groups as well; they are "
        "descriptive",
    )
    dose_response: Literal["none", "kruskal_wallis"] = Field(
        default="none",
        description="kruskal_wallis: what is analysed is compared between all treatment groups at the last visit by "
        "the Kruskal–Wallis test; descriptive",
    )
    baseline_covariate: StrictBool | None = Field(
        default=None, description="whether the baseline value is in the models; none: where the change is analysed"
    )
    control: Code | None = Field(default=None, description="the group the others are compared with")
    pairs: Literal["control", "all"] = Field(
        default="control", description="all: beside each group with control also the other groups with each other"
    )
    covariates: tuple[Variable, ...] = Field(
        default=(), description="further numeric baseline characteristics in the model of the comparison"
    )
    factors: tuple[Variable, ...] = Field(
        default=(), description="categorical variables of ADSL in the model of the comparison, such as SITEID"
    )
    pool_below: int = Field(
        default=0, ge=0, description="a factor's levels with fewer subjects in any group are pooled into one"
    )
    pool_in: Code | None = Field(
        default=None, description="set whose subjects are counted for pool_below; none: the endpoint's own"
    )
    comparison_data: Literal["observed", "locf"] = Field(
        default="observed", description="observed cases, or the last observation carried forward"
    )
    further: tuple[FurtherAnalysis, ...] = ()
    dose_trend: Literal["contrast", "slope"] | StrictBool = Field(
        default=False,
        description="a trend in the groups' doses is tested: contrast (or true) is linear in the dose, of the "
        "least-squares means; slope is that of the dose as a number in place of the groups",
    )

    def as_in(self, further: FurtherAnalysis) -> Endpoint:
        """The endpoint as a further analysis takes it: with that analysis's set, phases, data and visits."""
        own: dict[str, Any] = {
            "analysis_set": further.analysis_set, "comparison_data": further.data, "visits": further.visits,
        }  # fmt: skip
        if further.phases:
            own["only_with_baseline"] = {**self.only_with_baseline, PHASE: further.phases}
        return self.model_copy(update={name: value for name, value in own.items() if value})

    @property
    def promised(self) -> FurtherAnalysis | None:
        """The further analysis that is what the protocol asked of the endpoint; None: its own analysis is."""
        return next((one for one in self.further if one.promised), None)

    @property
    def analysed(self) -> str:
        """The variable of ADBDS that is analysed: CHG or AVAL."""
        return "CHG" if self.measure == "change" else "AVAL"

    @property
    def base_in_model(self) -> bool:
        """Whether the baseline value is a covariate of the models."""
        return self.measure == "change" if self.baseline_covariate is None else self.baseline_covariate


class LabParameter(Parameter):
    """A laboratory test."""

    category: Text = Field(description="block of the tables, such as Chemistry")
    ctcae: Literal["low", "high", "both", "none"] = Field(
        default="none", description="the direction in which the CTCAE grade is computed"
    )
    ctcae_limits_low: tuple[float, ...] = Field(
        default=(), description="upper bounds of grades 2, 3, 4 for low values, in the standard unit"
    )
    ctcae_multiples_high: tuple[float, ...] = Field(
        default=(), description="multiples of the upper limit above which grades 1, 2, 3, 4 begin"
    )
    hy: Literal["alt", "ast", "bilirubin", "alp"] | None = Field(
        default=None, description="the test's part in Hy's law"
    )


NEEDS = {
    "record": ("domain",),
    "finding": ("domain", "testcd"),
    "sum": ("domain", "testcds"),
    "duration": ("domain", "unit"),
    "bmi": ("weight", "height"),
    "cut": ("of", "breaks", "levels"),
}
"""What a source of a characteristic cannot do without."""

DAYS_IN = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
"""Days in each unit that a duration can have."""


class Characteristic(Part):
    """A baseline characteristic: a variable of ADSL and a block of the demographics tables."""

    variable: Variable = Field(description="its name in ADSL")
    label: Text = Field(description="as printed")
    section: Literal["demographic", "disease"] = Field(default="demographic", description="the table that shows it")
    kind: Literal["continuous", "categorical"] = Field(description="numbers or categories")
    unit: Text | None = Field(default=None, description="as printed")
    decimals: int = Field(default=0, ge=0, le=6, description="that the values are collected with")
    levels: dict[str, Text] = Field(default={}, description="value in the data → as printed, in order")
    source: Literal["subject", "record", "finding", "sum", "duration", "bmi", "cut"] = Field(
        default="subject",
        description="subject: a variable of DM or SUPPDM; record: Y when a matching record exists; "
        "finding: the last value before first dose; sum: of such values of several tests, where there are all; "
        "duration: from the start of the earliest matching record, in the unit given, both days counted; "
        "bmi: weight (kg) by the square of height (cm); cut: another characteristic cut into classes",
    )
    domain: Variable | None = Field(default=None, description="for record, finding, sum and duration")
    testcd: Variable | None = Field(default=None, description="for finding")
    testcds: tuple[Variable, ...] = Field(default=(), description="for sum: the tests that are summed")
    where: Condition = Field(default={}, description="for record, finding, sum and duration")
    until: Code | None = Field(
        default=None, description="for duration: the visit at whose date it ends; none: the day of first dose"
    )
    weight: Variable | None = Field(default=None, description="for bmi: the characteristic with the weight, in kg")
    height: Variable | None = Field(default=None, description="for bmi: the characteristic with the height, in cm")
    of: Variable | None = Field(default=None, description="for cut: the variable that is cut")
    breaks: tuple[float, ...] = Field(default=(), description="for cut: lower bounds of the upper classes")

    @property
    def label_unit(self) -> str:
        """Label with its unit, as a table heading has it."""
        return f"{self.label} ({self.unit_text})" if self.unit else self.label

    @property
    def unit_text(self) -> str:
        """The unit as printed; empty for none."""
        return printed_unit(self.unit)

    @model_validator(mode="after")
    def _source_is_complete(self) -> Self:
        for name in NEEDS.get(self.source, ()):
            if not getattr(self, name):
                raise ValueError(f"source '{self.source}' needs '{name}'")
        if self.source in ("sum", "duration", "bmi") and self.kind != "continuous":
            raise ValueError(f"source '{self.source}' gives numbers: kind: continuous")
        if self.source == "duration" and self.unit not in DAYS_IN:
            raise ValueError(f"source 'duration' needs 'unit', one of {', '.join(DAYS_IN)}")
        if self.source == "cut" and len(self.levels) != len(self.breaks) + 1:
            raise ValueError("a cut needs one level more than it has breaks")
        return self
