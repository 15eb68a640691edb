"""Verification: every row of the results recomputed by an independent road, from the SDTM files alone (PLAN.md)."""

from __future__ import annotations

from trial_report.analysis.verify.verification import Verification, verify, verify_in_detail

__all__ = ["Verification", "verify", "verify_in_detail"]
