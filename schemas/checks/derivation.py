"""Faults that only a derivation can find, when the data are read together; `analysis.derive` looks for them.

Not here: the looking, which is done where the datasets are derived (`analysis.derive`).
"""

from __future__ import annotations

from trial_report.schemas.checks.registry import carried_out

NOT_AS_MODELLED = carried_out(
    "DERIVE-001",
    "error",
    "An analysis dataset does not agree with its model.",
    "The dataset is derived: look at the subject's source records, then at analysis/derive.",
    acceptable=False,
)
UNKNOWN_GROUP = carried_out(
    "DERIVE-002",
    "error",
    "A treatment code is not one that the study definition has.",
    "Correct the code, or name the group under treatment.groups.",
    acceptable=False,
)
NO_GROUP = carried_out(
    "DERIVE-003",
    "error",
    "A subject was treated and is in no treatment group.",
    "Give the subject the code of the group received.",
    acceptable=False,
)
DLT_OUTSIDE = carried_out(
    "DERIVE-004",
    "warning",
    "An event flagged as dose-limiting does not start in the DLT window, and is not counted as one.",
    "Look at its start, its flag and the length of the window.",
)
TWO_BASELINES = carried_out(
    "DERIVE-005",
    "error",
    "Two different values are both the last before first dose, so that the baseline is not defined.",
    "Give the time of each, or choose one by `where` in the parameter's definition.",
    acceptable=False,
)
NO_CHARACTERISTIC = carried_out(
    "DERIVE-006",
    "warning",
    "A baseline characteristic is neither in DM nor in SUPPDM; it is missing for every subject.",
    "Correct the variable under characteristics, or deliver it.",
)
NO_START = carried_out(
    "DERIVE-007",
    "warning",
    "A subject was assigned to a group, and neither the day of randomisation nor that of a treatment is known; it has "
    "no study days, no baseline and no time to an event.",
    "Record the protocol milestone RANDOMIZED in DS, or RFSTDTC.",
)
NO_COLUMN = carried_out(
    "DERIVE-008",
    "warning",
    "A member of an analysis set has no group of the treatment that the set is analysed by; "
    "it counts in the total only.",
    "Correct the group, the criteria of the set, or its treatment (planned or actual).",
)
NO_REASON = carried_out(
    "DERIVE-009",
    "error",
    "The variable that holds the reason of discontinuation is neither in DS nor in SUPPDS.",
    "Correct disposition.reason, or deliver the variable.",
    acceptable=False,
)
NO_MEAN = carried_out(
    "DERIVE-010",
    "error",
    "The sides of a subject (--LAT) have different values at one moment, and the endpoint is one whose values have no "
    "mean: yes and no, or levels.",
    "Choose a side by `where` in the endpoint's definition, or define an endpoint for each side.",
    acceptable=False,
)
