"""What a number is in another unit: units of one dimension, and mass and amount of what a laboratory test measures.

The numbers are data, in codelists/units.csv and codelists/molar_masses.csv, with their sources.

Not here: how a unit is printed (`units`), and the check of a conversion (`schemas.checks.units`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_MASS, _AMOUNT = "mass concentration", "amount concentration"

#: Units that people take for each other, beside all of a mass and an amount: what was meant, what was written.
_MISTAKEN = {
    "mass": ("kg", "g", "LB"),
    "length": ("m", "cm", "mm", "in", "ft"),
    "temperature": ("C", "F", "K"),
    "pressure": ("mmHg", "kPa", "cmH2O"),
    "catalytic activity": ("U/L", "ukat/L"),
    _MASS: ("mg/dL", "g/dL", "g/L"),
    _AMOUNT: ("mmol/L", "umol/L"),
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """From one unit to another: the value in the other is `factor` times the value, and `offset` more."""

    factor: float
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class _Unit:
    dimension: str
    factor: float
    offset: float


def _rows(file: str) -> Iterator[dict[str, str]]:
    text = (_FOLDER / file).read_text(encoding="utf-8")
    yield from csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))


@cache
def _units() -> dict[str, _Unit]:
    rows = _rows("units.csv")
    return {row["UNIT"]: _Unit(row["DIMENSION"], float(row["FACTOR"]), float(row["OFFSET"])) for row in rows}


@cache
def _masses() -> dict[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    for row in _rows("molar_masses.csv"):
        found[row["TESTCD"]] = (*found.get(row["TESTCD"], ()), float(row["MASS"]))
    return found


@cache
def conversions(unit: str, to: str, test: str = "") -> tuple[Conversion, ...]:
    """How a value of a test in one unit is given in another, in each way that is usual; empty where that is not known.

    `test` is a code of CDISC's, such as GLUC: what a mass is as an amount depends on what is measured.
    """
    one, other = _units().get(unit), _units().get(to)
    if one is None or other is None:
        return ()
    if one.dimension == other.dimension:
        return (Conversion(one.factor / other.factor, (one.offset - other.offset) / other.factor),)
    ratio = one.factor / other.factor
    if (one.dimension, other.dimension) == (_MASS, _AMOUNT):
        return tuple(Conversion(ratio / mass) for mass in _masses().get(test, ()))
    if (one.dimension, other.dimension) == (_AMOUNT, _MASS):
        return tuple(Conversion(ratio * mass) for mass in _masses().get(test, ()))
    return ()


@cache
def mistaken(unit: str, test: str = "") -> tuple[tuple[str, Conversion], ...]:
    """Units in which a value that should be in `unit` may have been written, and how it is brought back to that."""
    own = _units().get(unit)
    if own is None:
        return ()
    dimensions = (_MASS, _AMOUNT) if own.dimension in (_MASS, _AMOUNT) else (own.dimension,)
    others = (other for dimension in dimensions for other in _MISTAKEN.get(dimension, ()) if other != unit)
    return tuple((other, way) for other in others for way in conversions(other, unit, test))
