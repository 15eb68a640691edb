"""How units are printed: the ASCII units of CDISC's codelist UNIT as people write them.

Not here: what a number is in another unit (`conversion`).
"""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_POWER = re.compile(r"(?<![\w.])(?:[xX]\s?)?10\^(-?\d+)")
_AREA = re.compile(r"(?<![A-Za-z])([kcdmnuµ]?m)([23])(?![A-Za-z0-9])")
_MICRO = re.compile(r"(?<![A-Za-z])u(?=(?:mol|kat|g|L|m|IU|U|Eq|V|s)(?![A-Za-z]))")
_WHOLE = {"C": "°C", "F": "°F", "Ohm": "Ω"}


def printed_unit(unit: str | None) -> str:
    """The unit as it stands in a table, an axis or a sentence: "umol/L" as "µmol/L", "10^9/L" as "10⁹/L",
    "cm2" as "cm²", "C" as "°C". Empty for none.
    """
    if not unit:
        return ""
    if unit in _WHOLE:
        return _WHOLE[unit]
    text = _POWER.sub(lambda found: f"10{found.group(1).translate(_RAISED)}", unit)
    text = _AREA.sub(lambda found: found.group(1) + found.group(2).translate(_RAISED), text)
    return _MICRO.sub("µ", text)
