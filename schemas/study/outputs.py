"""What a study changes of the displays that it has, and of how its results are printed.

Not here: how a changed display is made (`analysis.display`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from trial_report.schemas.study.base import Part, Text

Section = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}(\.[0-9]{1,2})*$")]
"""A section of ICH E3: numbers joined by dots."""
OutputName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)*$")]
"""The id of an output, or what the ids of several begin with, up to a dot."""
Statistic = Literal[
    "mean", "sd", "se", "median", "q1", "q3", "min", "max", "sum", "estimate", "ci_low", "ci_high",
]  # fmt: skip
"""A statistic that is printed with decimals of the data."""
Decimals = Annotated[int, Field(ge=0, le=8)]


class OutputChange(Part):
    """What is changed of an output, or of all whose ids begin so."""

    leave_out: bool = Field(default=False, description="not shown; the index of outputs (16.1.9) lists it as left out")
    title: Text | None = Field(default=None, description="in place of its own title")
    footnotes: tuple[Text, ...] = Field(default=(), description="added below its own")
    section: Section | None = Field(default=None, description="the section of ICH E3 in which it stands, such as 14.2")
    after: OutputName | None = Field(default=None, description="the output that it comes after, in the same section")
    columns: tuple[Text, ...] = Field(
        default=(),
        description="of a table, the columns that are shown, by their code (a treatment group's) or heading, in this "
        "order; those that name its rows always are; none: all",
    )
    statistics: tuple[Text, ...] = Field(
        default=(),
        description="of a table, the statistics that are shown (`n`, `mean`, … as in results.json): rows and columns "
        "of others are left out; none: all",
    )
