"""Pictures of a study: PNG, JPEG and SVG of its folder, which go into page and PDF themselves, never by their path.

Not here: figures that are drawn (`drawings`).
"""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from pathlib import Path

from trial_report.report.cells.pieces import KitError

PICTURES = "pictures"
"""The folder of a build in which the pictures of the study stand."""
ENDINGS = (".png", ".jpg", ".jpeg", ".svg")
LARGEST = 20_000_000
"""Bytes of a picture."""
_DANGEROUS = re.compile(
    r"<!DOCTYPE|<!ENTITY|<\s*(?:\w+:)?(?:script|foreignObject|style[^>]*>[^<]*@import)", re.IGNORECASE
)
_OUTSIDE = re.compile(r"""(?:href|src)\s*=\s*["'](?!#|data:image/)|url\(\s*["']?(?!#)|\son\w+\s*=""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the study as SVG, in which a PNG or JPEG is embedded, with the text that says what it shows."""

    svg: str
    alt: str
    width: int = 100
    """Percentage of the page's width."""


def pictures_of(study: Path) -> list[Path]:
    """Return the pictures of a study, in its ``text/`` and ``report/``, without links."""
    folders = [study / "text", study / "report"]
    found = [path for folder in folders if not folder.is_symlink() for path in sorted(folder.rglob("*"))]
    return [p for p in found if p.is_file() and not p.is_symlink() and p.suffix.lower() in ENDINGS]


def read_picture(build: Path, name: str, alt: str, width: int) -> Picture:
    """Return a picture of the study by its name in the study's folder, as ``text/scheme.png``.

    Raises KitError for a name that leaves the study, a file that there is not, that is no picture, that is too large or
    that would fetch or run something, and for a picture without a text for those who cannot see it.
    """
    root = build / PICTURES
    path = root / name
    if Path(name).is_absolute() or ".." in Path(name).parts or not path.is_file():
        known = [one.relative_to(root).as_posix() for one in sorted(root.rglob("*")) if one.is_file()]
        there = f"there are: {', '.join(known)}" if known else "the study has none in text/ or report/"
        raise KitError(f"the study has no picture '{name}' (PNG, JPEG or SVG in its text/ or report/); {there}")
    if not alt:
        raise KitError(f"the picture '{name}' needs a text for those who cannot see it: picture('{name}', alt='…')")
    if not 5 <= width <= 100:
        raise KitError(f"the width of a picture is a percentage of the page's, from 5 to 100, not {width}")
    data = path.read_bytes()
    if len(data) > LARGEST:
        raise KitError(f"the picture '{name}' is larger than {LARGEST // 1_000_000} MB")
    if path.suffix.lower() == ".svg":
        return Picture(_checked_svg(name, data), alt, width)
    return Picture(_in_svg(name, data), alt, width)


def _checked_svg(name: str, data: bytes) -> str:
    from xml.etree import ElementTree

    text = data.decode("utf-8", "replace").lstrip("\ufeff")
    if _DANGEROUS.search(text) or _OUTSIDE.search(text):
        raise KitError(f"the picture '{name}' holds a script, a document type or what it would fetch: save it plainly")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise KitError(f"the picture '{name}' is not SVG: {error}") from error
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        raise KitError(f"the picture '{name}' is not SVG: its root is not svg")
    return text[text.index("<svg") :] if "<svg" in text else text


def _in_svg(name: str, data: bytes) -> str:
    """A picture of points as SVG, in which it is embedded: so both formats take the same text."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as opened:
            kind, (wide, high) = opened.format, opened.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise KitError(f"the picture '{name}' cannot be read: {error}") from error
    if kind not in ("PNG", "JPEG"):
        raise KitError(f"the picture '{name}' is {kind}, not PNG or JPEG")
    held = base64.b64encode(data).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{wide}" '
        f'height="{high}" viewBox="0 0 {wide} {high}"><image width="{wide}" height="{high}" '
        f'xlink:href="data:image/{kind.lower()};base64,{held}"/></svg>'
    )
