"""What a newcomer relies on: every room says what it is for, its examples run, and the picture of the house is true."""

from __future__ import annotations

import doctest
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.requirement("REQ-219")

ROOT = Path(__file__).parents[1]
FLOORS = ("trial_report", "schemas", "analysis", "report", "evidence")
ROOMS = sorted(file.parent for floor in FLOORS for file in (ROOT / floor).rglob("__init__.py"))
LONGEST = 25
"""Lines of a room's README: it is read on the way, not studied. That of `report` is the documentation of documents."""


@pytest.fixture(scope="module")
def architecture() -> ModuleType:
    spec = importlib.util.spec_from_file_location("architecture", ROOT / "docs" / "architecture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["architecture"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("room", ROOMS, ids=[room.relative_to(ROOT).as_posix() for room in ROOMS])
def test_a_room_has_a_short_readme_with_an_example_that_runs(room: Path) -> None:
    text = (room / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    if room.name == "report":
        return
    assert len(text.splitlines()) <= LONGEST
    assert "```" in text or "![" in text
    for example in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        test = doctest.DocTestParser().get_doctest(example, {}, room.name, str(room / "README.md"), 0)
        assert not doctest.DocTestRunner().run(test).failed


@pytest.mark.parametrize("room", ROOMS, ids=[room.relative_to(ROOT).as_posix() for room in ROOMS])
def test_what_a_readme_names_is_there(room: Path) -> None:
    text = (room / "README.md").read_text(encoding="utf-8")
    if room.name == "report":
        return
    for name in re.findall(r"`([\w./-]+\.(?:py|md|csv|yml)|[\w-]+/(?:[\w-]+/?)*)`", text):
        assert any(
            (base / name).exists() for base in (room, ROOT, *ROOT.glob("data/admscc-cli"), ROOT / "evidence")
        ) or name.startswith(("data-issues", "accepted-issues")), f"{room.name}/README.md names {name}"


def test_no_room_rests_on_itself_by_way_of_others(architecture: ModuleType) -> None:
    assert architecture.depth(architecture.uses())["command"] > 5


def test_the_picture_and_the_table_are_those_of_the_code(architecture: ModuleType) -> None:
    said = "python docs/architecture.py"
    assert architecture.PICTURE.read_text(encoding="utf-8") == architecture.drawn(), said
    page = architecture.PAGE.read_text(encoding="utf-8")
    assert page == architecture.page(page), said


def test_a_circle_is_named(architecture: ModuleType) -> None:
    with pytest.raises(ValueError, match="a circle of rooms: a → b → a"):
        architecture.depth({"a": {"b"}, "b": {"a"}})
    assert architecture.reduced({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == {"a": {"b"}, "b": {"c"}, "c": set()}


def kept() -> list[Path]:
    """Every folder of the repository below its top, not a study of somebody's own, nor the template's."""
    tops = (*FLOORS, "benchmarks", "data", "docs", "locks", "tests")
    found = [folder for top in tops for folder in [ROOT / top, *(p for p in (ROOT / top).rglob("*") if p.is_dir())]]
    names = {folder: folder.relative_to(ROOT).parts for folder in found if folder.name != "__pycache__"}
    theirs = {
        folder for folder, parts in names.items() if parts[0] == "data" and parts[1:2] not in ((), ("admscc-cli",))
    }
    return sorted(folder for folder in names if folder not in theirs and "template" not in names[folder][:-1])


def is_mirrored(folder: Path) -> bool:
    """Whether tests stand in the folder of the room that they are about, which has a README."""
    if not folder.is_relative_to(ROOT / "tests"):
        return False
    rest = folder.relative_to(ROOT / "tests")
    return any((ROOT / floor / rest / "README.md").exists() for floor in ("", "trial_report"))


def is_named(folder: Path) -> bool:
    """Whether the nearest README above names the folder, or one between them."""
    above = next(one for one in folder.parents if (one / "README.md").exists())
    words = (above / "README.md").read_text(encoding="utf-8")
    between = [folder, *(one for one in folder.parents if one != above and one.is_relative_to(above))]
    return any(f"`{name}/" in words for one in between for name in (one.name, one.relative_to(above).as_posix()))


def test_every_folder_says_what_it_is_or_is_named_by_the_one_above() -> None:
    """Tests of a room need no README beside the room's own."""
    silent = [f for f in kept() if not (f / "README.md").exists() and not is_mirrored(f) and not is_named(f)]
    assert [folder.relative_to(ROOT).as_posix() for folder in silent] == []


def test_the_pages_that_the_documentation_lists_are_those_that_there_are() -> None:
    listed = set(re.findall(r"`([\w-]+\.\w+)`", (ROOT / "docs" / "README.md").read_text(encoding="utf-8")))
    assert {file.name for file in (ROOT / "docs").iterdir() if file.suffix in {".md", ".yml"}} - {"README.md"} <= listed
    assert {name for name in listed - {"study.yml", "CONTRIBUTING.md"} if not (ROOT / "docs" / name).exists()} == set()


def test_the_readme_of_the_report_names_every_folder_of_it() -> None:
    named = (ROOT / "report" / "README.md").read_text(encoding="utf-8").split("\n## ")[0]
    folders = {f.name for f in (ROOT / "report").iterdir() if f.is_dir() and f.name != "__pycache__"}
    assert {name for name in folders if f"`{name}/" not in named} == set()
    assert {
        one for one in re.findall(r"`([\w/-]+\.py|[\w-]+/)", named) if not (ROOT / "report" / one).exists()
    } == set()
