"""A measurement in a sentence: its name, and its unit behind a number.

Not here: sentences about measurements (`report.prose.measured`), and values around an event (`course`).
"""

from __future__ import annotations

from trial_report.analysis.display.spelling import small_first
from trial_report.schemas.study.measures import Parameter


def name_of(parameter: Parameter) -> str:
    """A measurement inside a sentence: "creatine kinase" of the label Creatine Kinase, "hemoglobin A1C"; "ALT" stays.

    Only a label of which every word before a comma begins with a capital is taken for one that is written so.
    """
    head, *rest = parameter.label.split(",", 1)
    words = head.split(" ")
    if len(words) > 1 and all(not one[:1].islower() for one in words):
        words = [one.lower() if one.isalpha() and one[1:].islower() else one for one in words]
    return small_first(",".join([" ".join(words), *rest]))


def after_number(parameter: Parameter) -> str:
    """The unit of a measurement behind a number: " mmHg", " × 10⁹/L", "%"; empty for none."""
    unit = parameter.unit_text
    if not unit or unit == "%":
        return unit
    return f" × {unit}" if unit.startswith("10") else f" {unit}"
