"""The cost of the newer checks is measured over the earlier ones, which are named and are checks still."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import newer
from benchmarks.newer import Newer, earlier
from trial_report.schemas.checks.registry import CHECKS
from trial_report.schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-403")

STUDY = Path(__file__).parents[2] / "data" / "admscc-cli"


def test_earlier_checks_are_checks_and_some_are_newer() -> None:
    assert earlier() < CHECKS.keys()


def test_an_earlier_check_that_is_gone_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newer, "CHECKS", {name: one for name, one in CHECKS.items() if name != "--001"})
    with pytest.raises(ValueError, match="names checks that are none: --001"):
        earlier()


def test_ratio_is_of_what_was_added() -> None:
    assert Newer(earlier=2.0, whole=5.0, checks=(1, 2)).ratio == pytest.approx(1.5)


def test_both_runs_are_measured() -> None:
    found = newer.newer(STUDY, load_study(STUDY), rows=2_000, each=1, times=1)
    assert found.earlier > 0
    assert found.whole > 0
    assert found.checks == (len(earlier()), len(CHECKS))
