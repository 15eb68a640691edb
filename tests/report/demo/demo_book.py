"""A made-up book: outputs of every kind, results, and text that would do harm where it were run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from trial_report.analysis.display.figures._sheet import sheet
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.style import PORTRAIT_WIDTH, colours
from trial_report.analysis.display.table import Basis, Cell, Column, Footnote, Row, Size, Table
from trial_report.declare.own import NOTHING, OwnCode

HOSTILE = (
    "<script>alert(1)</script>",
    '#read("/etc/passwd") #eval("1") $x$ @tbl-x [link](x) *b* _i_',
    "{{< include /etc/passwd >}} {{ 7*7 }} {% raw %}",
    "\\input{/etc/passwd} {\\rtf1\\par}",
    "= heading",
    "- item",
    "+ plus",
    "1. one",
    "@cite -- ~ ` `` ``` ```{=typst}",
    "\u202eright to left\u202c zero\u200bwidth\u00adsoft\ufeff",
    "emoji 😀 中文 한국어 עברית العربية",
    "NUL\x00bell\x07 tab\tline\nfeed",
    ']] } ) " \' \\" \\',
    "&lt; &amp; &#60;",
    ":::  {.x}",
)


@dataclass
class DemoBook:
    """Enough of a book for the kit."""

    outputs: dict[str, Output]
    results: pd.DataFrame
    study: Any
    own: OwnCode = NOTHING
    left_out: tuple[Output, ...] = ()

    def made(self, name: str) -> Table | Figure:
        return self.outputs[name].make(self)


def results() -> pd.DataFrame:
    rows = [
        ("demo/SAF/-/-/TOTAL/-/N", 20.0, None, "20"),
        ("demo/SAF/AGE/-/TOTAL/-/mean", 64.25, None, "64.3"),
        ("demo/SAF/AGE/-/TOTAL/-/sd", None, None, "–"),
        ("demo/SAF/-/-/TOTAL/-/decision", None, "escalate", "escalate"),
    ]
    return pd.DataFrame(rows, columns=["key", "value", "text", "formatted"]).set_index("key")


def small(book: DemoBook) -> Table:
    n, mean, sd = list(book.results.index)[:3]
    return Table.build(
        [
            Column("label", "Characteristic"),
            Column("a", "Dose 1\n(N = 3)", "center", spanner="Dose level"),
            Column("b", "Dose 2\n(N = 3)", "center", spanner="Dose level"),
            Column("t", "Total\n(N = 20)", "center"),
        ],
        [
            Row((Cell("n"), Cell("3"), Cell("3"), Cell("20", (n,))), "Age (years)"),
            Row((Cell("Mean (SD)", indent=1), Cell("60.1 (2.0)"), Cell("61.0 (–)", marks=("a",)),
                 Cell("64.3 (–)", (mean, sd))), "Age (years)"),
            Row((Cell("Female", indent=1, bold=True), Cell("1 (33.3%)"), Cell("0"), Cell("≥ 5 × 10⁷ µg/m² ±"),), "Sex"),
        ],
        footnotes=[Footnote("a", "One subject only.")],
        basis=Basis(
            (Size("Safety set", "20", (n,)),), "mean and standard deviation", "SAFFL = 'Y'", "demo/SAF", ("ADSL",)
        ),
        notes=["Percentages are of the column's N."],
    )  # fmt: skip


def hostile(book: DemoBook) -> Table:
    rows = [[Cell(str(n)), Cell(text), Cell(text, bold=True)] for n, text in enumerate(HOSTILE)]
    return Table.build([Column("n", "No"), Column("a", HOSTILE[0]), Column("b", HOSTILE[1])], rows,
                       notes=[HOSTILE[1], HOSTILE[9]], footnotes=[Footnote("<a>", HOSTILE[2])])  # fmt: skip


def listing(book: DemoBook, rows: int = 120) -> Table:
    frame = pd.DataFrame(
        {
            "subject": [f"Subject {1 + n // 6:03d}" for n in range(rows)],
            "visit": [f"Visit {n % 6}" for n in range(rows)],
            **{f"c{c}": [f"value {c} of row {n}" for n in range(rows)] for c in range(6)},
        }
    )
    columns = [Column("visit", "Visit"), *(Column(f"c{c}", f"Measurement {c}") for c in range(6))]
    return Table.from_frame(
        frame, columns, group="subject", basis=Basis((Size("Safety set", "20", ()),), prefix="demo")
    )


def long_word(book: DemoBook) -> Table:
    return Table.build([Column("a", "Subject"), Column("b", "Verbatim term"), Column("c", "Grade")],
                       [["001", "x" * 5000, "1"], ["002", "short", "2"]])  # fmt: skip


def empty(book: DemoBook) -> Table:
    return Table.build([Column("a", "Subject"), Column("b", "Term")], [])


def figure(book: DemoBook) -> Figure:
    drawing = sheet(PORTRAIT_WIDTH, 3.0)
    axes = drawing.subplots()
    names = ["Dose 1", "Dose 2"]
    for shift, (name, colour) in enumerate(colours(names).items()):
        axes.plot([0, 4, 12, 24], [5 + shift, 4, 3, 2 + shift], marker="o", color=colour, label=name)
    axes.set_xlabel("Week")
    axes.set_ylabel("Pain ≤ (mm)")
    axes.legend()
    return Figure(
        drawing,
        "Two falling lines.",
        basis=Basis((Size("Safety set", "20", ()),), prefix="demo"),
        notes=("Mean by visit.",),
    )


def wide_figure(book: DemoBook) -> Figure:
    drawing = sheet(10.0, 4.8)
    axes = drawing.subplots()
    axes.bar([1, 2, 3], [3, 2, -1])
    axes.set_xlabel("Subject")
    return Figure(drawing, "Three bars.")


def demo_book() -> DemoBook:
    def one(id: str, kind: Any, number: str, make: Any, landscape: bool = False, title: str = "") -> Output:
        return Output(id=id, kind=kind, number=number, title=title or f"The display {id}", landscape=landscape,
                      population="Safety analysis set", notes=(), program="tests.demo", make=make)  # fmt: skip

    outputs = [
        one("demo.small", "table", "14.1.1", small, title="Demographic characteristics"),
        one("demo.hostile", "table", "14.1.2", hostile, title=HOSTILE[2] + HOSTILE[0]),
        one("demo.empty", "table", "14.1.10", empty),
        one("demo.figure", "figure", "14.2.1", figure),
        one("wide.figure", "figure", "14.2.2", wide_figure, True),
        one("wide.table", "table", "14.3.1", small, True),
        one("wide.listing", "listing", "16.2.1", listing, True),
        one("list.long", "listing", "16.2.2", listing),
        one("list.word", "listing", "16.2.3", long_word),
    ]
    return DemoBook({o.id: o for o in outputs}, results(), {"title": "Demo"})


def install() -> None:
    """Let the kit open this book."""
    from trial_report.analysis.display import book

    book.open_book = lambda folder: demo_book()  # type: ignore[assignment,return-value]
