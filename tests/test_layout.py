"""The house rules that a reader relies on: which folder may import which, and where one trial's names may stand."""

import ast
import re
from collections.abc import Container, Iterable, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from trial_report.schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-219")

ROOT = Path(__file__).parents[1]
ROOMS = ("runtime", "declare", "schemas", "analysis", "report", "evidence", "command")
"""In the order in which they rest on each other: a room imports itself and those before it."""
FOLDERS = {"runtime": "trial_report/runtime", "declare": "trial_report/declare", "command": "trial_report/command"}
GENERATOR = ("schemas", "analysis", "report", "evidence", "trial_report")
STEPS = ["read", "derive", "analyse", "display"]
SOURCES = [
    p
    for name in GENERATOR
    for p in sorted((ROOT / name).rglob("*"))
    if p.suffix in {".py", ".qmd", ".typ", ".css", ".js"}
]


@cache
def imported(file: Path) -> frozenset[str]:
    """What a file imports, read once for all tests."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def opening(file: Path) -> str:
    """The docstring of a module, read without what comes after it."""
    text = file.read_text(encoding="utf-8")
    end = text.find('"""', 3) + 3
    return (ast.get_docstring(ast.parse(text[:end])) or "") if text.startswith('"""') else ""


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_stands_before_it(room: str) -> None:
    before = {*ROOMS[: ROOMS.index(room) + 1]}
    for file in sorted((ROOT / FOLDERS.get(room, room)).rglob("*.py")):
        if "hooks" in file.parts:  # what Quarto runs is a command
            continue
        ours = {name.split(".")[1] for name in imported(file) if name.startswith("trial_report.")}
        assert not ours - before, f"{file.relative_to(ROOT)} imports {sorted(ours - before)}"


@pytest.mark.parametrize("step", STEPS)
def test_the_steps_of_the_analysis_point_one_way(step: str) -> None:
    later = {f"trial_report.analysis.{name}" for name in STEPS[STEPS.index(step) + 1 :]}
    for file in sorted((ROOT / "analysis" / step).rglob("*.py")):
        wrong = {name for name in imported(file) if any(name == one or name.startswith(one + ".") for one in later)}
        assert not wrong, f"{file.relative_to(ROOT)} imports {sorted(wrong)}"


def test_no_module_names_anything_of_one_trial() -> None:
    """No id, dose, visit, parameter code or title of the study in the repository stands in the generator."""
    study = load_study(ROOT / "data" / "admscc-cli")
    own = {study.study.id, study.study.protocol, *study.study.registries, study.study.sponsor}
    own |= {g.code for g in study.groups} | {g.label for g in study.groups}
    own |= {v.id for v in study.follow_up_visits} | {v.label for v in study.follow_up_visits}
    own |= {e.paramcd for e in study.endpoints if len(e.paramcd) > 3}
    own |= {e.label for e in study.endpoints}
    pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in sorted(own)))
    for file in SOURCES:
        found = pattern.search(file.read_text(encoding="utf-8"))
        assert not found, f"{file.relative_to(ROOT)} names {found[0]!r}, which belongs to one study"


def test_every_module_says_what_it_is_for() -> None:
    for name in GENERATOR:
        for file in sorted((ROOT / name).rglob("*.py")):
            text = opening(file)
            assert text, f"{file.relative_to(ROOT)} has no docstring"
            assert len(text.splitlines()[0]) > 20, f"{file.relative_to(ROOT)}: {text.splitlines()[0]}"


def elsewhere(text: str) -> list[str]:
    """What a docstring names after "Not here:": modules, rooms and files, in back-ticks."""
    found = re.search(r"^Not here: (.+?)(?:\n\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return re.findall(r"`([^`]+)`", found[1]) if found else []


def leads(name: str, module: str, known: Container[str]) -> bool:
    """Whether a name leads from a module to another: beside it, or from a room that holds it; or to a file."""
    above = module.split(".")[:-1]
    meant = (".".join((*above[:length], name)) for length in range(len(above), 0, -1))
    if first := next((one for one in meant if one in known), ""):
        return first != module
    return (name in known and name != module) or ("/" in name and (ROOT / name).exists())


def test_every_module_says_what_is_not_in_it_and_where_that_is() -> None:
    """Not of a room's own `__init__`, as its README says it, nor of what a study's project is given to begin with."""
    found = modules()
    wrong = []
    for name, file in found.items():
        if file.name == "__init__.py" or "template" in file.parts:
            continue
        named = elsewhere(opening(file))
        if not named:
            wrong.append(f"{file.relative_to(ROOT)}: say in its docstring 'Not here: … (`module`)'")
        wrong += [f"{file.relative_to(ROOT)} names {one}" for one in named if not leads(one, name, found)]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "there"),
    [("b", True), ("d.e", True), ("trial_report.c.a", False), ("a", False), ("x", False), ("docs/rules.md", True),
     ("docs/none.md", False)],
)  # fmt: skip
def test_a_name_leads_beside_a_module_or_down_from_a_room_above_it(name: str, there: bool) -> None:
    known = {"trial_report.c.a", "trial_report.c.b", "trial_report.d", "trial_report.d.e"}
    assert leads(name, "trial_report.c.a", known) is there
    assert elsewhere("What it is.\n\nNot here: more (`b`, `d.e`), and\nless (`x`).\n\nMore `y`.") == ["b", "d.e", "x"]


def modules() -> dict[str, Path]:
    """Every module of the package by its name."""
    found: dict[str, Path] = {}
    for name in GENERATOR:
        above = (ROOT / name).parent if name != "trial_report" else ROOT / name
        for file in sorted((ROOT / name).rglob("*.py")):
            parts = file.relative_to(above).with_suffix("").parts
            found[".".join(("trial_report", *(parts[:-1] if parts[-1] == "__init__" else parts)))] = file
    return found


def needed(source: str, name: str, known: Container[str]) -> set[str]:
    """The modules that a module imports when it runs, inside its functions too; not those for types alone."""
    tree = ast.parse(source)
    for_types = {
        id(inner)
        for node in tree.body
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {one if one in known else node.module for one in full}
    return {one for one in found if one in known and one not in (name, "trial_report")}


def circle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """The modules of a circle of imports, none where there is none."""
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle() -> None:
    found = modules()
    graph = {name: needed(file.read_text(encoding="utf-8"), name, found) for name, file in found.items()}
    assert sum(map(len, graph.values())) > len(graph), "imports are not read"
    assert circle(graph) == []


def test_a_circle_is_seen_inside_a_function_and_not_among_types() -> None:
    late = "def f():\n    from trial_report.b import thing\n"
    types = "if TYPE_CHECKING:\n    from trial_report import b\n"
    known = {"trial_report", "trial_report.a", "trial_report.b"}
    assert needed(late, "trial_report.a", known) == {"trial_report.b"}
    assert needed(types, "trial_report.a", known) == set()
    assert set(circle({"a": ["b"], "b": ["c"], "c": ["a"]})) == {"a", "b", "c"}


ASKING = ("analysis/analyse", "analysis/display", "analysis/lineage", "report/prose", "report/cells", "evidence")
"""Rooms that name results: by a question (`analysis/results/question.py`), which alone makes a key."""
READING = ("analysis/display", "report/prose")
"""Rooms that do not take a key apart either, but ask for the question that it answers."""
PATHS = {"analysis/display/tables/own_code.py"}
"""Modules of these rooms that put together the path of a file."""
APART = {"split", "rsplit", "partition", "rpartition", "removesuffix", "removeprefix"}


def by_hand(source: str, reading: bool = True) -> list[str]:
    """What makes a key by hand in a module: a "/" without a blank beside it that joins parts, or a whole key as text.

    Parts joined are those of an f-string, of a sum or of "/".join. Text with blanks is for a reader, what ends in a "/"
    or joins the names of files (`path.name`) is a path. With `reading`, also what takes a text apart at a "/".
    """
    tree, wrong = ast.parse(source), []
    inside = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr():
                text = "".join(str(p.value) if isinstance(p, ast.Constant) else "\0" for p in node.values)
                of_file = any(isinstance(p, ast.FormattedValue) and ast.unparse(p.value).endswith(".name")
                              for p in node.values)  # fmt: skip
                wrong += (
                    [node] if re.search(r"\0/[\0\w-]", text) and not re.search(r"\s|://", text) and not of_file else []
                )
            case ast.BinOp(op=ast.Add()):
                sides = [s.value for s in (node.left, node.right) if isinstance(s, ast.Constant)]
                wrong += (
                    [node] if any(isinstance(s, str) and re.fullmatch(r"/(\w+)?|[\w.]+/", s) for s in sides) else []
                )
            case ast.Call(func=ast.Attribute(value=ast.Constant(value="/"), attr="join")):
                wrong.append(node)
            case ast.Call(func=ast.Attribute(attr=verb), args=[ast.Constant(value=str(at)), *_]) if verb in APART:
                wrong += [node] if reading and at.startswith("/") else []
            case ast.Constant(value=str(text)) if id(node) not in inside:
                wrong += [node] if re.fullmatch(r"[a-z_.]+(/[^/\s]+){6}", text) else []
    return [f"line {node.lineno}: {ast.unparse(node)}" for node in wrong]


def test_keys_of_results_are_made_by_questions_alone() -> None:
    found = {
        name: by_hand(file.read_text(encoding="utf-8"), name.startswith(READING))
        for room in ASKING
        for file in sorted((ROOT / room).rglob("*.py"))
        if (name := file.relative_to(ROOT).as_posix()) not in PATHS
    }
    assert len(found) > 100
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "made",
    [
        'f"{stem}/n"', 'f"{at}/{name}"', 'f"sets/{population}/USUBJID/-/{group}/-/N"', 'stem + "/n"', '"/".join(parts)',
        '"disposition/ALL/USUBJID/-/TOTAL/SCREENED/n"', 'key.split("/")[4]', 'key.removesuffix("/order")',
    ],
)  # fmt: skip
def test_a_key_by_hand_is_seen(made: str) -> None:
    assert len(by_hand(made)) == 1


@pytest.mark.parametrize(
    "made", ['at.key("n")', 'f"DLT {dlts}/{evaluable}"', 'f"{path.parent.name}/{path.name}"', '"a/b: a of b"']
)
def test_what_is_no_key_is_let_be(made: str) -> None:
    assert by_hand(made) == []
