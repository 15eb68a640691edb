"""A preview is rendered again where a section or a file of the study was changed, and only then."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from trial_report.report.assemble.watching import follow, watched

pytestmark = pytest.mark.requirement("REQ-215")

LONG_AGO = 1_000_000_000


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A document of a project of one study, with a section and a text."""
    for name, words in {
        "study.yml": "", "_quarto.yml": "", "text/ethics.md": "A", "sdtm/dm.csv": "x",
        "report/sections/one.qmd": "# One\n",
        "report/csr.qmd": "---\nlang: en\n---\n\n{{< include sections/one.qmd >}}\n",
    }.items():  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words, encoding="utf-8")
        os.utime(path, (LONG_AGO, LONG_AGO))
    return tmp_path / "report" / "csr.qmd"


def again(document: Path, change: Callable[[Path], object]) -> bool:
    """Whether the document got a new time after a change of its project."""
    study = document.parents[1]
    looks = iter([True, True, False])
    left = [change]

    def wait() -> bool:
        if left:
            left.pop()(study)
        return next(looks)

    follow(document, lambda: watched(document, study), wait)
    return document.stat().st_mtime > LONG_AGO


@pytest.mark.parametrize(
    "change",
    [
        lambda study: (study / "report" / "sections" / "one.qmd").write_text("# Other\n"),
        lambda study: (study / "text" / "ethics.md").write_text("B"),
        lambda study: (study / "text" / "new.md").write_text("B"),
        lambda study: (study / "text" / "ethics.md").unlink(),
        lambda study: (study / "study.yml").write_text("study: {}"),
    ],
)
def test_a_section_or_a_text_that_was_changed_has_it_rendered_again(
    document: Path, change: Callable[[Path], object]
) -> None:
    assert again(document, change)


@pytest.mark.parametrize(
    "change",
    [
        lambda study: None,
        lambda study: (study / "_report").mkdir() or (study / "_report" / "x").touch(),
        lambda study: (study / "report" / "csr.quarto_ipynb").touch(),
    ],
)
def test_what_is_made_of_it_does_not(document: Path, change: Callable[[Path], object]) -> None:
    assert not again(document, change)


def test_a_section_that_is_not_there_is_no_end(document: Path) -> None:
    assert again(document, lambda study: (study / "report" / "sections" / "one.qmd").unlink())
