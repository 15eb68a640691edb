"""Analysis datasets (ADaM) from domains (SDTM)."""

from trial_report.analysis.derive.trial import derive

__all__ = ["derive"]
