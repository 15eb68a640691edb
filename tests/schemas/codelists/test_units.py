"""Units as they are printed."""

from __future__ import annotations

import pytest

from trial_report.schemas.codelists.units import printed_unit

pytestmark = pytest.mark.requirement("REQ-403")


@pytest.mark.parametrize(
    ("unit", "printed"),
    [
        ("umol/L", "µmol/L"),
        ("ug", "µg"),
        ("ukat/L", "µkat/L"),
        ("mg/uL", "mg/µL"),
        ("10^9/L", "10⁹/L"),
        ("10^12/L", "10¹²/L"),
        ("cm2", "cm²"),
        ("kg/m2", "kg/m²"),
        ("mL/min/1.73m2", "mL/min/1.73m²"),
        ("mm3", "mm³"),
        ("C", "°C"),
        ("unit", "unit"),
        ("um", "µm"),
        ("U/L", "U/L"),
        ("beats/min", "beats/min"),
        ("%", "%"),
        (None, ""),
    ],
)
def test_a_unit_is_printed_as_people_write_it(unit: str | None, printed: str) -> None:
    assert printed_unit(unit) == printed
