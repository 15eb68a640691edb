"""Everything that is checked of a study's data, and the one call that checks it."""

# Importing a module registers its checks; they run in this order, what others rest on first.
from trial_report.schemas.checks import shape, privacy, years, consent, spans, subjects, exposure, dates  # isort: skip
from trial_report.schemas.checks import records, visits, limb  # isort: skip
from trial_report.schemas.checks import findings, events, vocabulary, across, plausibility, derivation  # isort: skip
from trial_report.schemas.checks import (
    baseline,
    codelists,
    collected,
    graded,
    impossible,
    limits,
    magnitude,
    precision,
    units,
)  # isort: skip

from trial_report.schemas.checks import ages, copies, missing, panels, medicines  # isort: skip
from trial_report.schemas.checks import asked, assigned, given, ends, finished, flags, epochs, coding  # isort: skip
from trial_report.schemas.checks import sexes, sites  # isort: skip
from trial_report.schemas.checks.run import check_all

__all__ = (
    ["check_all"]
    + [
        "across",
        "ages",
        "baseline",
        "codelists",
        "collected",
        "consent",
        "copies",
        "dates",
        "derivation",
        "events",
        "exposure",
        "findings",
        "graded",
        "magnitude",
        "precision",
        "units",
        "impossible",
        "limb",
        "limits",
        "medicines",
        "missing",
        "panels",
        "plausibility",
        "privacy",
    ]
    + ["records", "shape", "sites", "spans", "subjects", "visits", "vocabulary"]
    + ["asked", "assigned", "coding", "ends", "epochs", "finished", "flags", "given", "sexes", "years"]
)
