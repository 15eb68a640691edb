"""Reading of a study's data: files to typed domains, with every row's place, and every flaw as a problem."""

from trial_report.analysis.read.study import read_study

__all__ = ["read_study"]
