"""Writes the page of the documentation that lists every key of `study.yml`.

``python -m trial_report.schemas.study > docs/study.md``

Not here: the keys, which are described at their fields in the modules of the sections (`design`, `measures`,
`analysis`).
"""

from __future__ import annotations

import sys
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from trial_report.schemas.study.base import Code, Part, Text, Variable, keys_of, part_in
from trial_report.schemas.study.definition import StudyDefinition
from trial_report.schemas.study.example import SMALLEST

_INTRODUCTION = f"""\
# study.yml

Everything that the generator knows of a study beside its data and its authors' texts stands in one file, `study.yml`,
in the study's folder. It is YAML: `key: value`, lists as `- item` or `[a, b]`, indented by spaces. Only `true` and
`false` are yes and no; dates are written `2024-06-30`; a text with a colon or that could be a number is put in
quotes (`"1.0"`). A mistake is answered with the line, the key, what was found, and what was expected:

```sh
trial-report validate --study data/mystudy
```

`trial-report begin --study data/mystudy` proposes a first one from the data.

This page is generated: `python -m trial_report.schemas.study > docs/study.md`.

## The smallest study

Two arms, one endpoint. Everything that is not in it is optional:

```yaml
{SMALLEST.strip()}
```

Results of the study can be cited in the authors' texts and in `publication` by their keys; all keys of a study are in
its `results.json`.

## All keys

A key without a default has to be there. *Code*: a short name of your own (letters, digits, `_`; it begins with a
letter). *Variable*: the name of a variable in the data, in capitals. *Condition*: variables with the value, or the list
of values, that each must have, such as `{{VSTPT: AFTER STANDING FOR 3 MINUTES}}`.
"""

_HEADER = "| Key | What it takes | Default | Meaning |\n|---|---|---|---|"
_NAMES: tuple[tuple[Any, str], ...] = ((Code, "code"), (Variable, "variable"), (Text, "text"))
_PLAIN = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}
_CONDITION = "condition"


def page() -> str:
    """The page: an introduction with an example, then a table of keys for each part of the definition."""
    parts = [_INTRODUCTION]
    for name, part, several in _parts(StudyDefinition, ""):
        title = "Top level" if not name else f"`{name}`"
        text = (part.__doc__ or "").strip().split("\n")[0]
        if several:
            text = f"A list; each item has these keys. {text}"
        parts.append(f"### {title}\n\n{text}\n\n{_HEADER}\n" + "\n".join(_rows(part, name)) + "\n")
    return "\n".join(parts)


def _parts(part: type[Part], name: str, several: bool = False) -> list[tuple[str, type[Part], bool]]:
    """The part and those inside it, in their order, each with its path and whether there may be several."""
    found = [(name, part, several)]
    hints = get_type_hints(part, include_extras=True)
    for key, field in keys_of(part).items():
        inner = part_in(hints[field])
        if inner is not None:
            found += _parts(inner, f"{name}.{key}".lstrip("."), _is_list(hints[field]))
    return found


def _is_list(hint: Any) -> bool:
    return get_origin(hint) is tuple


def _rows(part: type[Part], name: str) -> list[str]:
    hints = get_type_hints(part, include_extras=True)
    return [
        _row(key, part.model_fields[field], hints[field], f"{name}.{key}".lstrip("."))
        for key, field in keys_of(part).items()
    ]


def _row(key: str, field: FieldInfo, hint: Any, path: str) -> str:
    inner = part_in(hint)
    meaning = field.description or ((inner.__doc__ or "").strip().split("\n")[0] if inner else "")
    cells = (f"`{key}`", takes(hint, path), _default(field), meaning[:1].upper() + meaning[1:])
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def takes(hint: Any, path: str = "") -> str:
    """What a value of that type is, in words; a part of the definition is a link to its own table."""
    for known, word in _NAMES:
        if hint == known:
            return word
    inner = part_in(hint)
    if inner is not None:
        link = f"[`{path}`](#{path.replace('.', '')})"
        return f"list of {link}" if _is_list(hint) else link
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return takes(inside[0], path)
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in inside)
    if origin is tuple:
        if len(inside) == 2 and inside[1] is Ellipsis:
            return f"list of {_plural(takes(inside[0], path))}"
        return f"`[{', '.join(takes(one, path) for one in inside)}]`"
    if origin is dict:
        if inside[0] == Variable and get_origin(inside[1]) is not None and str in get_args(inside[1]):
            return _CONDITION
        return f"mapping: {takes(inside[0], path)} → {takes(inside[1], path)}"
    if inside:
        return " or ".join(takes(one, path) for one in inside if one is not NoneType)
    return _PLAIN.get(hint, getattr(hint, "__name__", "").replace("date", "a date"))


def _plural(word: str) -> str:
    return f"{word}s" if word.replace(" ", "").isalpha() else word


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or isinstance(value, Part):
        return "as its keys have it"
    if value is None or value in ((), {}):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    sys.stdout.write(page())
