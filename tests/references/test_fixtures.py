"""Every fixture says where it comes from, is told in the README, and is held against something."""

from __future__ import annotations

import pytest

from tests.references.fixtures import FOLDER, read

pytestmark = pytest.mark.requirement("REQ-307")

NAMES = sorted(path.stem for path in FOLDER.glob("*.csv"))


@pytest.mark.parametrize("name", NAMES)
def test_a_fixture_has_its_source_in_its_head_and_a_place_in_the_readme(name: str) -> None:
    text = (FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    head = [line for line in text if line.startswith("#")]
    assert text[: len(head)] == head
    assert len(head) >= 2
    source = " ".join(head)
    assert "made by: R " in source or "by hand" in source or "data" in source
    assert len(read(name)) >= 3
    assert f"`{name}`" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_fixture_is_used() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("test_*.py"))
    assert [name for name in NAMES if f'"{name}"' not in tests] == []


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 25
