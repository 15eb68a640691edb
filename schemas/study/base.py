"""What all parts of a study definition share: a strict model, and the few field types.

Not here: any key: these are in the modules of the sections (`design`, `measures`, `analysis`, `identity`).
"""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=20)]
"""A short identifier: a letter, then letters, digits and underscores."""

Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*$", max_length=8)]
"""A CDISC variable name: at most eight capitals and digits."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that says something."""


class Part(BaseModel):
    """A part of the study definition: immutable, and an unknown key in it is an error."""

    # By alias: what is written out can be read again.
    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)


def keys_of(part: type[Part]) -> dict[str, str]:
    """Each key of a part as `study.yml` has it, with the name of its field."""
    return {field.alias or name: name for name, field in part.model_fields.items()}


def part_in(annotation: Any) -> type[Part] | None:
    """The part inside an annotation such as `tuple[Visit, ...]` or `Escalation | None`; None for none."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next((found for one in get_args(annotation) if (found := part_in(one)) is not None), None)
