"""The study definition: what `study.yml` may say."""

from trial_report.schemas.study.definition import TOTAL, StudyDefinition
from trial_report.schemas.study.load import FILE, line_of, load_study

__all__ = ["FILE", "TOTAL", "StudyDefinition", "line_of", "load_study"]
