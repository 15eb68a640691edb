"""What the report knows of one statistical method: its sentence, the software that computes it, its source.

Not here: the methods that there are (`methods`).
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import Any

from trial_report.analysis.methods.result import percent

OWN = "trial_report.analysis.methods."

_NAMES = {"scipy": "SciPy", "statsmodels": "statsmodels", "numpy": "NumPy", "pandas": "pandas"}


@dataclass(frozen=True)
class Method:
    """One statistical method.

    `template` is a sentence with fields in braces (`{level}`, `{alpha}`, …) whose values are `defaults` unless
    `text` is given others. `software` is the dotted name of the function that computes; `source` a citation.
    """

    id: str
    name: str
    template: str
    software: str
    source: str
    defaults: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence with every field at its default."""
        return self.text()

    def text(self, **values: Any) -> str:
        """The sentence with these field values; `level` is a proportion (0.95) and is printed as a percentage.

        Raises ValueError for a field that the sentence does not have.
        """
        unknown = sorted(set(values) - set(self.defaults))
        if unknown:
            raise ValueError(f"method {self.id!r} has no field {', '.join(unknown)}")
        fields = {**self.defaults, **values}
        if "level" in fields:
            fields["level"] = percent(fields["level"])
        return self.template.format(**fields)


@cache
def version_of(software: str) -> str:
    """The library behind a dotted name with its version ('SciPy 1.17.1'); 'own implementation' for ours.

    Raises ValueError where no installed distribution has the name.
    """
    top = software.split(".")[0]
    if top == OWN.split(".")[0]:
        return "own implementation"
    try:
        return f"{_NAMES.get(top, top)} {metadata.version(top)}"
    except metadata.PackageNotFoundError:
        raise ValueError(f"no installed library {top!r} for {software!r}") from None


def resolve(software: str) -> Any:
    """The object that a dotted name stands for. Raises ImportError or AttributeError where there is none."""
    parts = software.split(".")
    for cut in range(len(parts), 0, -1):
        name = ".".join(parts[:cut])
        if importlib.util.find_spec(name) if cut == 1 else _is_module(name):
            found: Any = importlib.import_module(name)
            for part in parts[cut:]:
                found = getattr(found, part)
            return found
    raise ImportError(f"no module for {software!r}")


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
