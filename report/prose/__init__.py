"""Sentences of the report: written from results and definition, each number traced, none typed.

The sections under `report/sections/` call these by name, as `prose.disposition()`.
"""

from trial_report.report.prose.appendix import environment
from trial_report.report.prose.efficacy import efficacy_by_endpoint
from trial_report.report.prose.front import (
    abbreviations,
    criteria,
    efficacy_in_short,
    methods_in_short,
    planned_and_analysed,
    synopsis_facts,
    title,
)
from trial_report.report.prose.issues import statistical_issues
from trial_report.report.prose.patients import (
    compliance,
    demographics,
    deviations,
    disposition,
    sets_in_numbers,
    visits,
)
from trial_report.report.prose.plan import (
    analysis_sets,
    collected,
    cut_off,
    data_quality,
    derivations,
    design,
    endpoint_models,
    escalation_rule,
    methods,
    objectives,
    presentation,
    variables,
)
from trial_report.report.prose.response import by_patient, dose_response, publication, responders
from trial_report.report.prose.safety import (
    abnormal_values,
    adverse_events,
    adverse_events_in_short,
    dose_finding,
    dose_finding_in_short,
    event_analysis,
    exposure,
    frequent_events,
    frequent_events_drawn,
    laboratory,
    narratives,
    serious_events,
    vital_signs,
)

__all__ = [
    "abbreviations",
    "abnormal_values",
    "adverse_events",
    "adverse_events_in_short",
    "analysis_sets",
    "by_patient",
    "collected",
    "compliance",
    "criteria",
    "cut_off",
    "data_quality",
    "demographics",
    "derivations",
    "design",
    "deviations",
    "disposition",
    "dose_finding",
    "dose_finding_in_short",
    "dose_response",
    "efficacy_by_endpoint",
    "efficacy_in_short",
    "endpoint_models",
    "environment",
    "escalation_rule",
    "event_analysis",
    "exposure",
    "frequent_events",
    "frequent_events_drawn",
    "laboratory",
    "methods",
    "methods_in_short",
    "narratives",
    "objectives",
    "planned_and_analysed",
    "presentation",
    "publication",
    "responders",
    "serious_events",
    "sets_in_numbers",
    "statistical_issues",
    "synopsis_facts",
    "title",
    "variables",
    "visits",
    "vital_signs",
]  # fmt: skip
