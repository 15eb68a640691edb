"""Read a great_tables object, or a frame, as a table that both formats can show: what cannot be shown is named.

great_tables writes HTML; that is read here once into words and looks, so that all it does to words (``fmt_*``,
``sub_*``, ``cols_*``, ``tab_*``, ``md``) reaches HTML and PDF alike. Its style sheet is not taken over: the report has
a look of its own, and an option that would only change that sheet is refused, as is any element, property or
class that has no counterpart in the PDF. Nothing is left away in silence.

Not here: how what was read is written (`laid`), and the report's own tables made by great_tables (`table_gt`).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from trial_report.analysis.display.laid import Laid, Line, Run, Runs, Spot
from trial_report.analysis.display.table import Align
from trial_report.analysis.results.formatting import MISSING

if TYPE_CHECKING:
    import pandas as pd
    from great_tables import GT


class LayoutError(ValueError):
    """A table has what the formats cannot both show; the message names it and says what to do."""


_KEPT_OPTIONS = frozenset({
    "table_id", "quarto_disable_processing", "quarto_use_bootstrap", "footnotes_marks", "container_width",
    "container_height", "container_overflow_x", "container_overflow_y", "container_padding_x", "container_padding_y",
})  # fmt: skip
_TABLE = re.compile(r"<table\b.*</table>", re.DOTALL)
_PASSED = frozenset({"table", "colgroup", "thead", "tbody", "tfoot", "div", "p"})
_LOOKS = {"strong": "bold", "b": "bold", "em": "italic", "i": "italic", "code": "code", "u": "under", "ins": "under",
          "s": "struck", "del": "struck"}  # fmt: skip
_PLACES = frozenset({"sup", "sub"})
_LINK = re.compile(r"(?:https?://|mailto:|doi:)\S+", re.IGNORECASE)
_INDENT = re.compile(r"gt_indent_(\d)")
_WIDTH = re.compile(r"\d+(?:\.\d+)?(?:px|%)")
# Of no consequence for what is read.
_IGNORED = frozenset({"white-space", "line-height", "font-variant-numeric", "display"})


def gt_laid(made: GT, finished: Mapping[str, Run] | None = None) -> Laid:
    """Return what a GT shows. ``finished`` are words that stand for pieces that are finished, as traced numbers.

    Raises LayoutError for what cannot be shown in both formats: an option of its style sheet, a drawing in a cell, raw
    HTML that is no emphasis or link, a border or a size of letters.
    """
    _check_options(made)
    whole = made.as_raw_html()
    found = _TABLE.search(whole)
    if found is None:
        raise LayoutError("great_tables made no table of this GT")
    reader = _Reader(finished or {})
    reader.feed(found.group())
    reader.close()
    return reader.table()


def frame_laid(frame: pd.DataFrame | pd.Series, pieces: type | None = None) -> Laid:
    """Return what a frame shows: great_tables lays it out, numbers to the right, its index as the names of rows.

    Numbers are printed as pandas prints them by themselves, with six digits at most; for others, format them
    (great_tables' ``fmt_number``). A cell may hold a piece of a report, as ``num`` returns it (``pieces``), which keeps
    its trace. Raises LayoutError for columns that cannot be told apart.
    """
    import pandas as pd
    from great_tables import GT

    held = frame.to_frame() if isinstance(frame, pd.Series) else frame
    index = [] if isinstance(held.index, pd.RangeIndex) and held.index.name is None else list(held.index.names)
    names = [f"i{place}" for place in range(len(index))]
    columns = [f"c{place}" for place in range(held.shape[1])]
    labels = [label if isinstance(label, tuple) else (label,) for label in held.columns]
    finished: dict[str, Run] = {}
    mark = _mark(held)

    def shown(value: Any) -> str:
        if pieces is not None and isinstance(value, pieces):
            name = f"{mark}{len(finished)}{mark}"
            finished[name] = Run("", html=value.html, typst=value.typst)  # type: ignore[attr-defined]
            return name
        return _text(value)

    values = {name: list(held.index.get_level_values(place).map(_text)) for place, name in enumerate(names)}
    values |= {name: list(held.iloc[:, place].map(shown, na_action=None)) for place, name in enumerate(columns)}
    texts = pd.DataFrame(values, dtype=object)
    made = GT(texts, rowname_col=names or None, auto_align=False)
    if names:
        made = made.tab_stubhead(["" if name is None else str(name) for name in index])
    made = made.cols_label(dict(zip(columns, [str(label[-1]) for label in labels], strict=True)))
    made = made.cols_align("left", columns=columns) if columns else made
    numbers = [pd.api.types.is_numeric_dtype(kind) for kind in held.dtypes]
    traced = [
        pieces is not None and all(isinstance(one, pieces) for one in held.iloc[:, n]) for n in range(len(columns))
    ]
    right = [name for name, *either in zip(columns, numbers, traced, strict=True) if any(either)]
    made = made.cols_align("right", columns=right) if right else made
    for level in range(held.columns.nlevels - 2, -1, -1):
        made = _spanned(made, columns, [str(label[level]) for label in labels], level)
    return gt_laid(made, finished)


def _spanned(made: GT, columns: list[str], labels: list[str], level: int) -> GT:
    start = 0
    for place in range(1, len(columns) + 1):
        if place == len(columns) or labels[place] != labels[start]:
            if labels[start]:
                name = f"s{level}-{start}"
                made = made.tab_spanner(labels[start], columns=columns[start:place], id=name, gather=False)
            start = place
    return made


def _mark(frame: pd.DataFrame) -> str:
    """A character of private use, as often as no text of the frame has it."""
    texts = [str(value) for column in frame for value in frame[column] if isinstance(value, str)]
    mark = "\ue100"
    while any(mark in text for text in texts):
        mark += "\ue100"
    return mark


def _text(value: Any) -> str:
    """A value of a frame as pandas prints it by itself; what is missing as a dash."""
    import pandas as pd

    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return MISSING
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d") if value == value.normalize() else value.strftime("%Y-%m-%d %H:%M")
    return str(value)


def _check_options(made: GT) -> None:
    from great_tables._gt_data import Options

    usual = Options()
    for one in dataclasses.fields(Options):
        given = getattr(made._options, one.name)
        if one.name not in _KEPT_OPTIONS and given.value != getattr(usual, one.name).value:
            raise LayoutError(
                f"the option '{one.name}' of this GT (tab_options, opt_…) changes great_tables' own style sheet, which "
                "a report has not: leave it out; words and cells can be styled by tab_style"
            )


class _Reader(HTMLParser):
    """Reads the one table element that great_tables writes."""

    def __init__(self, finished: Mapping[str, Run]) -> None:
        super().__init__(convert_charrefs=True)
        self.finished = finished
        self.pattern = re.compile("|".join(map(re.escape, finished))) if finished else None
        self.part = ""
        self.looks: list[dict[str, Any]] = []
        self.tags: list[str] = []
        self.runs: list[Run] = []
        self.spot: dict[str, Any] | None = None
        self.row: list[Spot] = []
        self.kind = ""
        self.head: list[tuple[Spot, ...]] = []
        self.body: list[Line] = []
        self.widths: list[str] = []
        self.title: Runs = ()
        self.subtitle: Runs = ()
        self.below: list[Runs] = []
        self.footnotes: list[tuple[str, Runs]] = []
        self.mark = False

    # -- what is met ------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        names = given.get("class", "").split()
        if tag == "br":
            self._add("\n")
            return
        if tag == "col":
            self.widths.append(self._width(given.get("style", "")))
            return
        if tag in ("thead", "tbody", "tfoot"):
            self.part = tag
        elif tag == "tr":
            self.row, self.kind = [], " ".join(names)
        elif tag in ("td", "th"):
            self._begin(tag, given, names)
        elif self.spot is not None:
            self._look(tag, given, names)
        elif tag not in _PASSED:
            raise LayoutError(f"this GT holds <{tag}>, which cannot be shown in the PDF: leave it out")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end()
        elif tag == "tr":
            self._row()
        elif self.tags and self.spot is not None and tag == self.tags[-1]:
            self.tags.pop()
            self.looks.pop()

    def handle_data(self, data: str) -> None:
        if self.spot is not None:
            self._add(data)

    def handle_comment(self, data: str) -> None:
        raise LayoutError("a cell of this GT holds a comment of HTML: leave it out")

    # -- cells ------------------------------------------------------------------------------------------

    def _begin(self, tag: str, given: dict[str, str], names: list[str]) -> None:
        indents = [int(found[1]) for name in names if (found := _INDENT.fullmatch(name))]
        align: Align = "right" if "gt_right" in names else "center" if "gt_center" in names else "left"
        look, spot = self._style(given.get("style", ""), whole=True)
        self.spot = {
            "wide": int(given.get("colspan", 1)), "high": int(given.get("rowspan", 1)), "align": align,
            "indent": max(indents, default=0), "names": tag == "th", **spot,
        }  # fmt: skip
        self.spot["over"] = given.get("scope") == "colgroup" and self.part == "thead"
        self.names = names
        self.runs, self.looks, self.tags, self.mark = [], [look], [tag], False

    def _end(self) -> None:
        if self.spot is None:
            return
        runs = _joined(self.runs)
        if "gt_title" in self.names:
            self.title = runs
        elif "gt_subtitle" in self.names:
            self.subtitle = runs
        elif self.part == "tfoot":
            if runs and runs[0].place == "sup" and "gt_footnote" in self.names:
                self.footnotes.append((runs[0].text, _joined(list(runs[1:]))))
            else:
                self.below.append(runs)
        else:
            # great_tables puts the mark before a number: "2 6" would be read as one.
            if len(runs) > 1 and runs[0].place == "sup" and self.mark:
                runs = _joined([*runs[1:], runs[0]])
            self.row.append(Spot(runs=runs, **self.spot))
        self.spot = None

    def _row(self) -> None:
        if not self.row:
            return
        if self.part == "thead":
            self.head.append(tuple(self.row))
        elif "gt_group_heading_row" in self.kind or "gt_empty_group_heading" in self.kind:
            if self.row[0].text.strip():
                self.body.append(Line(tuple(self.row), group=True))
        else:
            self.body.append(Line(tuple(self.row)))
        self.row = []

    def _add(self, text: str) -> None:
        look: dict[str, Any] = {}
        for one in self.looks:
            look |= one
        case = look.pop("case", None)
        text = case(text) if case else text
        if self.pattern is None:
            self.runs.append(Run(text, **look))
            return
        at = 0
        for found in self.pattern.finditer(text):
            self.runs += [Run(text[at : found.start()], **look)] if found.start() > at else []
            self.runs.append(self.finished[found.group()])
            at = found.end()
        self.runs += [Run(text[at:], **look)] if at < len(text) else []

    # -- looks ------------------------------------------------------------------------------------------

    def _look(self, tag: str, given: dict[str, str], names: list[str]) -> None:
        look: dict[str, Any] = {}
        if "gt_footnote_marks" in names:
            look, self.mark = {"place": "sup"}, True
        elif tag in _LOOKS:
            look = {_LOOKS[tag]: True}
        elif tag in _PLACES:
            look = {"place": tag}
        elif tag == "a":
            if not _LINK.fullmatch(given.get("href", "")):
                raise LayoutError(f"a link of this GT leads to '{given.get('href', '')[:60]}', not to http or mailto")
            look = {"href": given["href"]}
        elif tag in ("span", "div", "p"):
            look, _ = self._style(given.get("style", ""), whole=False)
        else:
            raise LayoutError(
                f"a cell of this GT holds <{tag}>, which cannot be shown in both formats: use md() with **bold**, "
                "*italic*, `code` or a link"
            )
        self.looks.append(look)
        self.tags.append(tag)

    def _style(self, style: str, whole: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        """What a style says of words, and of the cell. Raises LayoutError for anything else."""
        look: dict[str, Any] = {}
        spot: dict[str, Any] = {}
        for one in filter(None, (part.strip() for part in style.split(";"))):
            name, _, value = (part.strip() for part in one.partition(":"))
            if name in _IGNORED:
                continue
            if name == "font-weight" and value in ("bold", "bolder", "600", "700", "800", "900"):
                look["bold"] = True
            elif name in ("font-weight", "font-style") and value == "normal":
                continue
            elif name == "font-style" and value in ("italic", "oblique"):
                look["italic"] = True
            elif name == "text-decoration" and value in ("underline", "line-through"):
                look["under" if value == "underline" else "struck"] = True
            elif name == "text-transform" and value in ("uppercase", "lowercase", "capitalize"):
                look["case"] = {"uppercase": str.upper, "lowercase": str.lower, "capitalize": str.title}[value]
            elif name == "color":
                look["colour"] = _colour(value)
            elif name == "background-color" and whole:
                spot["fill"] = _colour(value)
            elif name == "text-align" and whole and value in ("left", "center", "right"):
                spot["align"] = value
            else:
                raise LayoutError(
                    f"a style of this GT, '{one[:60]}', cannot be shown in both formats: tab_style may set weight, "
                    "style, decorate, transform, colour and align of a text, and the colour of a fill"
                )
        return look, spot

    @staticmethod
    def _width(style: str) -> str:
        found = style.removeprefix("width:").strip().rstrip(";").strip()
        if found and not _WIDTH.fullmatch(found):
            raise LayoutError(f"the width '{found}' of a column (cols_width) is not in px or %")
        return found

    def table(self) -> Laid:
        """What was read."""
        heights = [row for row in self.head if not all(spot.wide > 1 for spot in row)]
        columns = max((sum(spot.wide for spot in row) for row in [*heights, *self.head]), default=0)
        columns = max([columns, *(sum(spot.wide for spot in line.spots) for line in self.body)])
        head = tuple(row for row in self.head if any(spot.text.strip() for spot in row))
        if any(spot.high > 1 for line in self.body for spot in line.spots):
            raise LayoutError("a cell of this GT goes over several rows (row_group_as_column): leave that out")
        return Laid(columns=columns, head=head, body=tuple(self.body), widths=tuple(self.widths), title=self.title,
                    subtitle=self.subtitle, footnotes=tuple(self.footnotes), below=tuple(self.below))  # fmt: skip


def _joined(runs: list[Run]) -> Runs:
    """Neighbours that look alike as one, without the blanks around the whole."""
    found: list[Run] = []
    for run in runs:
        if found and not run.html and not found[-1].html and dataclasses.replace(found[-1], text=run.text) == run:
            found[-1] = dataclasses.replace(run, text=found[-1].text + run.text)
        else:
            found.append(run)
    if found and not found[0].html:
        found[0] = dataclasses.replace(found[0], text=found[0].text.lstrip())
    if found and not found[-1].html:
        found[-1] = dataclasses.replace(found[-1], text=found[-1].text.rstrip())
    return tuple(run for run in found if run.text or run.html)


def _colour(value: str) -> str:
    from matplotlib.colors import to_hex

    try:
        return to_hex(value)
    except ValueError:
        raise LayoutError(f"'{value[:40]}' is no colour that both formats know: give it as #RRGGBB") from None
