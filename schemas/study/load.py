"""Reads `study.yml`: safely, and with the line of whatever is wrong in it.

Not here: what must hold between keys (`agree`), and reading of the data (`analysis.read`).
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from trial_report.runtime.near import near
from trial_report.schemas.problems import Problem, Severity, StudyProblems
from trial_report.schemas.study.base import Part, keys_of, part_in
from trial_report.schemas.study.definition import StudyDefinition
from trial_report.schemas.study.effect import idle_settings
from trial_report.schemas.study.unwritten import is_unwritten

FILE = "study.yml"

Path_ = tuple[str | int, ...]

_MOST_KEYS = 10_000
_BOOL, _INT, _FLOAT, _TIMESTAMP = (f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "timestamp"))


class _Refused(StudyProblems):
    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems, what="The study definition")


class _Loader(yaml.SafeLoader):
    """SafeLoader in which no key stands twice and little is guessed.

    Only `true` and `false` are booleans, dates stay text, and a number is decimal: YAML 1.1 would read ``010`` as 8
    and ``20:30`` as 1230.

    Whatever it cannot make a value of is a ConstructorError with its place.
    """

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        # SafeLoader's own conversions of numbers and of tags such as `!!bool` raise what Python raises.
        except (ValueError, KeyError, AttributeError) as error:
            kind = node.tag.rsplit(":", 1)[-1]
            said = f"'{str(node.value)[:60]}' cannot be read as {kind}"
            raise yaml.constructor.ConstructorError(None, None, said, node.start_mark) from error

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        super().flatten_mapping(node)
        # Merges (`<<`) of merges of merges grow without end.
        if len(node.value) > _MOST_KEYS:
            raise yaml.constructor.ConstructorError(None, None, "it merges too many keys", node.start_mark)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is not one word", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key.value}' stands there twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0] not in (_BOOL, _INT, _FLOAT, _TIMESTAMP)]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(_INT, re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    _FLOAT,
    re.compile(
        r"^(?:[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+|[-+]?\.inf|\.nan)$"
    ),
    list("-+.0123456789"),
)


def load_study(folder: Path) -> StudyDefinition:
    """Reads and checks `folder/study.yml`.

    Raises:
        StudyProblems: with every fault found, each with the field's path and the line in the file.
    """
    file = folder / FILE
    if not folder.is_dir():
        raise _Refused([_problem("STUDY-001", None, "", str(folder), "a folder that holds one study")])
    if file.is_symlink():
        raise _Refused([_problem("STUDY-001", None, "", FILE, "the file itself: links are not followed")])
    if not file.is_file():
        raise _Refused([_problem("STUDY-001", None, "", FILE, f"a file {FILE} in {folder.name}/")])
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise _Refused([_problem("STUDY-002", line, "", f"byte {error.start}", "UTF-8 text")]) from error
    try:
        tree, raw = _tree_and_values(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = " ".join(filter(None, (error.context, error.problem)))
        where = mark.line + 1 if mark else None
        raise _Refused([_problem("STUDY-003", where, "", found, "YAML that can be read")]) from error
    except yaml.reader.ReaderError as error:
        where = text[: error.position].count("\n") + 1
        found = f"the character U+{int(error.character):04X}"
        raise _Refused([_problem("STUDY-003", where, "", found, "text without control characters")]) from error
    except yaml.YAMLError as error:
        raise _Refused([_problem("STUDY-003", None, "", str(error), "YAML that can be read")]) from error
    except RecursionError as error:
        raise _Refused([_problem("STUDY-003", None, "", "nested too deeply", "YAML that can be read")]) from error
    if tree is None:
        told = "keys such as 'study:', which trial-report begin proposes from the data"
        raise _Refused([_problem("STUDY-003", 1, "", "nothing yet", told)])
    if not isinstance(raw, dict):
        raise _Refused([_problem("STUDY-003", 1, "", "no mapping at the top", "keys such as 'study:'")])
    try:
        return StudyDefinition.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise _Refused([problem for one in details for problem in _from_pydantic(one, tree)]) from error


def unwritten_texts(folder: Path) -> list[Problem]:
    """A warning for each text of `folder/study.yml`, a definition that loads, which has still to be written."""
    tree, _ = _tree_and_values((folder / FILE).read_text(encoding="utf-8"))
    found = _scalars((), tree) if tree is not None else []
    return [
        _problem(
            "STUDY-007", node.start_mark.line + 1, ".".join(map(str, path)), node.value, "the text", severity="warning"
        )
        for path, node in found
        if is_unwritten(node.value)
    ]


def settings_without_effect(folder: Path, definition: StudyDefinition) -> list[Problem]:
    """A warning for each setting in `folder/study.yml`, which is this definition, of something that is not done."""
    tree, _ = _tree_and_values((folder / FILE).read_text(encoding="utf-8"))
    if tree is None:
        return []
    told = [fault.partition(": ")[::2] for fault in idle_settings(definition)]
    return [
        _problem("STUDY-008", line_of(tree, _path_of(place, tree)), place, "", words, severity="warning")
        for place, words in told
    ]


def misplaced(folder: Path, path: Path_, value: str, expected: str) -> Problem:
    """An error of `folder/study.yml`, a definition that loads, at the line of that path."""
    tree, _ = _tree_and_values((folder / FILE).read_text(encoding="utf-8"))
    line = line_of(tree, path) if tree is not None else None
    return _problem("STUDY-006", line, ".".join(map(str, path)), value, expected)


def _scalars(path: Path_, node: yaml.Node) -> list[tuple[Path_, yaml.ScalarNode]]:
    if isinstance(node, yaml.MappingNode):
        return [leaf for key, value in node.value for leaf in _scalars((*path, key.value), value)]
    if isinstance(node, yaml.SequenceNode):
        return [leaf for place, value in enumerate(node.value) for leaf in _scalars((*path, place), value)]
    return [(path, node)] if isinstance(node, yaml.ScalarNode) else []


@lru_cache(maxsize=4)
def _tree_and_values(text: str) -> tuple[yaml.Node | None, Any]:
    """The one document of a text as nodes, which know their lines, and as values; nobody may change either.

    A command asks several times for the same file, and a long definition takes a tenth of a second.
    """
    loader = _Loader(text)
    try:
        tree = loader.get_single_node()
        return tree, None if tree is None else loader.construct_document(tree)
    finally:
        loader.dispose()


def line_of(tree: yaml.Node, path: Path_) -> int:
    """The 1-based line of the node at that path, or of the deepest parent that exists."""
    node, line = tree, tree.start_mark.line + 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def _from_pydantic(details: ErrorDetails, tree: yaml.Node) -> list[Problem]:
    path = tuple(step for step in details["loc"] if step != "[key]")
    line = line_of(tree, path)
    value = details.get("input")
    shown = "" if isinstance(value, dict | list | tuple | Part) else str(value)
    name = ".".join(str(step) for step in path) or FILE
    if details["type"] == "extra_forbidden":
        return [_problem("STUDY-004", line, name, str(path[-1]), _known_keys(path))]
    if details["type"] == "missing":
        return [_problem("STUDY-005", line, name, "missing", "a value: this field is required")]
    message = details["msg"].removeprefix("Value error, ")
    if not path:
        return [_between_parts(fault, tree) for fault in message.split("\n")]
    return [_problem("STUDY-006", line, name, shown, _expected(details, message))]


def _between_parts(fault: str, tree: yaml.Node) -> Problem:
    """A fault of `schemas.study.agree`, at the line of its place."""
    place, _, words = fault.partition(": ")
    path = _path_of(place, tree)
    return _problem("STUDY-006", line_of(tree, path), place, "", words)


def _path_of(place: str, tree: yaml.Node) -> Path_:
    """The path of a place such as `endpoints.SCORE.visits`: an item of a list is named by its first value."""
    path: list[str | int] = []
    node, rest = tree, place
    while rest:
        if isinstance(node, yaml.SequenceNode):
            names = [str(item.value[0][1].value) if isinstance(item, yaml.MappingNode) else "" for item in node.value]
            at = next((n for n, name in enumerate(names) if rest == name or rest.startswith(f"{name}.")), None)
            if at is None:
                break
            step, node, path = names[at], node.value[at], [*path, at]
        else:
            step = rest.split(".")[0]
            path.append(step)
            pairs = node.value if isinstance(node, yaml.MappingNode) else []
            node = next((value for key, value in pairs if key.value == step), yaml.ScalarNode("", ""))
        rest = rest[len(step) + 1 :]
    return tuple(path)


def _expected(details: ErrorDetails, message: str) -> str:
    """What a value should have been, in the words of a person who writes YAML."""
    kind = details["type"]
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(details.get("ctx", {}).get("pattern")), message)
    return next((words for start, words in _EXPECTED.items() if kind.startswith(start)), message)


_PATTERNS = {
    r"^[A-Za-z][A-Za-z0-9_]*$": "a code: a letter, then letters, digits and underscores",
    r"^[A-Z][A-Z0-9]*$": "the name of a variable: capitals and digits, at most eight",
}
_EXPECTED = {
    "string_type": "text; in quotes where it looks like a number",
    "bool_": "true or false, without quotes",
    "int_type": "a whole number, without quotes",
    "int_parsing": "a whole number, without quotes",
    "int_from_float": "a whole number, without quotes",
    "float_": "a number, without quotes",
    "date_": "a date such as 2024-06-30",
    "tuple_type": "a list, such as [a, b]",
    "model_type": "keys with their values, indented below this key",
    "dict_type": "keys with their values, indented below this key",
}


def _known_keys(path: Path_) -> str:
    """What the mapping at the end of the path may hold, the nearest spelling first."""
    part: type[Part] | None = StudyDefinition
    for step in path[:-1]:
        if isinstance(step, str) and part is not None:
            field = keys_of(part).get(step)
            part = part_in(part.model_fields[field].annotation) if field else None
    if part is None:
        return "a known key"
    meant = near(path[-1], keys_of(part), most=1)
    hint = f"did you mean '{meant[0]}'? " if meant else ""
    return f"{hint}known keys: {', '.join(keys_of(part))}"


_MEANING = {
    "STUDY-001": "The study has no definition",
    "STUDY-002": "The study definition is not UTF-8",
    "STUDY-003": "The study definition is not YAML",
    "STUDY-004": "The study definition has an unknown key",
    "STUDY-005": "The study definition lacks a required field",
    "STUDY-006": "The study definition has a value that does not fit",
    "STUDY-007": "A text of the study definition has still to be written; until then the report is a draft",
    "STUDY-008": "A key of the study definition has no effect",
}
_REMEDY = {
    "STUDY-001": "name the folder that holds study.yml (--study DIR)",
    "STUDY-002": "save the file as UTF-8",
    "STUDY-003": "mend the YAML at that line",
    "STUDY-004": "correct or remove the key",
    "STUDY-005": "add the field",
    "STUDY-006": "correct the value",
    "STUDY-007": "write it, or leave out what it belongs to",
    "STUDY-008": "ask for what it is a setting of, or remove the key",
}


def _problem(
    check: str, line: int | None, field: str, value: str, expected: str, severity: Severity = "error"
) -> Problem:
    return Problem(
        check=check,
        severity=severity,
        domain="STUDY",
        message=_MEANING[check],
        file=FILE,
        line=line,
        variable=field,
        value=value,
        expected=expected,
        remedy=_REMEDY[check],
    )
