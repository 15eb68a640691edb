"""Every study of this folder gives what was worked out by hand, by both computations, in results and in words."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.studies._list import page
from tests.studies._run import FOLDER, FURTHER, differences, module, names, run, told_as

pytestmark = pytest.mark.requirement("REQ-1001")

NOT_YET: dict[str, str] = {}
"""Studies that the generator does not yet get right → why. One that is right must not stand here."""


@pytest.fixture(autouse=True)
def _one_collection_a_study() -> Iterator[None]:
    """A study makes many small objects, and no cycles that matter: looking for some all the time takes a tenth."""
    gc.disable()
    yield
    gc.enable()


def cases() -> list[object]:
    """The studies, those of NOT_YET as tests that must fail, and the further ones for the session that has the time."""
    return [pytest.param(name, marks=list(_marks(name))) for name in names()]


def _marks(name: str) -> Iterator[pytest.MarkDecorator]:
    if name in NOT_YET:
        yield pytest.mark.xfail(reason=NOT_YET[name], strict=True)
    if name in FURTHER:
        yield pytest.mark.heavy


@pytest.mark.parametrize("name", cases())
def test_a_study_gives_what_was_worked_out(name: str, tmp_path: Path) -> None:
    folder = module(name).STUDY.write(tmp_path / "study")
    wrong = differences(run(folder), module(name).EXPECTED)
    shutil.rmtree(folder)
    if wrong:
        pytest.fail(told_as(name, wrong), pytrace=False)


def test_the_page_lists_every_study() -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == page(), "python -m tests.studies._list writes it anew"


def test_every_study_says_what_it_is_about() -> None:
    silent = [name for name in names() if not (module(name).__doc__ or "").strip()]
    assert silent == []
    assert set(NOT_YET) | FURTHER <= set(names())
    assert len(set(names()) - FURTHER) >= 30
