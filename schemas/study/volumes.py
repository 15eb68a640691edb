"""The volumes that a report comes in: which sections stand in a file of their own, beside the report itself.

Not here: how a volume becomes a file (`report.render`).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from trial_report.schemas.study.base import Part, Text
from trial_report.schemas.study.outputs import Section

VolumeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*$", max_length=20)]
"""What the file of a volume is called, after the document's name."""

KNOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "tables": ("Tables and figures", ("14",)),
    "statistics": ("Documentation of statistical methods", ("16.1.9",)),
    "listings": ("Patient data listings", ("16.2",)),
    "profiles": ("Patient profiles", ("16.2.9",)),
}
"""Volumes that a report may have by their name alone: title and sections (ICH E3)."""


class Volume(Part):
    """Sections that are files of their own, `csr-ID.pdf` and `csr-ID.html`; all others are the report itself."""

    id: VolumeName = Field(
        description="what the files are called: `tables`, `statistics`, `listings`, `profiles`, or a name of your own"
    )
    title: Text | None = Field(default=None, description="on its title page; none: that of the four by their name")
    sections: tuple[Section, ...] = Field(
        default=(),
        description="the sections in it, such as 16.2, with what is below them unless another volume names it; none: "
        "14, 16.1.9, 16.2 and 16.2.9 of the four by their name",
    )

    @model_validator(mode="after")
    def _whole(self) -> Volume:
        if self.id not in KNOWN and (self.title is None or not self.sections):
            raise ValueError(f"a volume other than {', '.join(KNOWN)} needs title and sections")
        return self

    @property
    def called(self) -> str:
        """Its title."""
        return self.title or KNOWN[self.id][0]

    @property
    def holds(self) -> tuple[str, ...]:
        """Its sections."""
        return self.sections or KNOWN[self.id][1]
