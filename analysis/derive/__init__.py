"""Analysis datasets (ADaM) from domains (SDTM)."""

from analysis.derive.trial import derive

__all__ = ["derive"]
