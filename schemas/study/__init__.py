"""The study definition: what `study.yml` may say."""

from schemas.study.definition import TOTAL, StudyDefinition
from schemas.study.load import FILE, line_of, load_study

__all__ = ["FILE", "TOTAL", "StudyDefinition", "line_of", "load_study"]
