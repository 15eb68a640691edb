"""How colours look to readers who are colour-blind, and how far apart two colours are.

Source of the matrices: Machado GM, Oliveira MM, Fernandes LAF. A physiologically-based model for simulation of color
vision deficiency. IEEE Trans Vis Comput Graph 2009;15:1291-1298, table of severity 1.0; they take linear RGB.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

VISION = {
    "full colour vision": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}

_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _XYZ.sum(axis=1)


def seen(colour: object, vision: str) -> np.ndarray:
    """CIELAB (D65) of a matplotlib colour on white paper, as someone with that vision sees it."""
    *rgb, alpha = to_rgba(colour)  # type: ignore[arg-type]
    on_white = np.array(rgb) * alpha + 1 - alpha
    linear = np.where(on_white <= 0.04045, on_white / 12.92, ((on_white + 0.055) / 1.055) ** 2.4)
    ratio = _XYZ @ np.clip(VISION[vision] @ linear, 0, 1) / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: object, two: object) -> float:
    """The least distance of two colours in CIELAB (CIE 1976) over all kinds of vision; about 2.3 is just noticed."""
    return min(float(np.linalg.norm(seen(one, v) - seen(two, v))) for v in VISION)


APART = 12.0
"""Distance from which colours alone tell things apart: five times what is just noticed."""


def told_apart_by_nothing(figure: Figure) -> list[tuple[str, str]]:
    """Entries of a figure's legend that differ in colour alone, and there by less than `APART` for some reader."""
    entries = [(str(handle.get_label()), handle) for one in figure.legends for handle in one.legend_handles if handle]
    return [
        (one, two)
        for (one, a), (two, b) in combinations(entries, 2)
        if _cues(a) == _cues(b)
        and max(difference(*pair) for pair in zip(_colours(a), _colours(b), strict=True)) < APART
    ]


def _cues(handle: Artist) -> tuple[object, ...]:
    """All but colour: a patch's hatch, a line's marker, dash, width, and whether the marker is filled."""
    if isinstance(handle, Patch):
        return "patch", handle.get_hatch()
    assert isinstance(handle, Line2D)
    marked = handle.get_marker() not in (None, "None", "")
    filled = marked and to_rgba(handle.get_markerfacecolor()) != to_rgba("white")  # type: ignore[arg-type]
    dash = repr(handle._unscaled_dash_pattern) if handle.get_linestyle() != "None" else "None"  # type: ignore[attr-defined]
    return "line", handle.get_marker() if marked else None, filled, dash


def _colours(handle: Artist) -> tuple[object, ...]:
    alpha = handle.get_alpha()
    if isinstance(handle, Patch):
        found = (handle.get_facecolor(),)
    else:
        assert isinstance(handle, Line2D)
        found = (handle.get_color(), handle.get_markerfacecolor())
    return tuple((c, alpha) if alpha is not None else c for c in found)
