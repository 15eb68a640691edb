"""Everything that is checked of a study's data, and the one call that checks it."""

# Importing a module registers its checks; they run in this order, what others rest on first.
from schemas.checks import shape, subjects, dates, records, visits, findings, events, across  # isort: skip
from schemas.checks.run import check_all

__all__ = ["across", "check_all", "dates", "events", "findings", "records", "shape", "subjects", "visits"]
