"""A definition may accept all findings of a check, with a reason; not of one that makes a report impossible."""

import pytest

from trial_report.analysis.check.accepted import accept_checks
from trial_report.schemas.checks.registry import CHECKS
from trial_report.schemas.problems import Problems

pytestmark = pytest.mark.requirement("REQ-404")

NEVER = next(check for check in CHECKS.values() if not check.acceptable)
ACCEPTABLE, OTHER, *_ = (check for check in CHECKS.values() if check.acceptable and "--" not in check.id)


def found() -> Problems:
    return Problems([ACCEPTABLE.problem("AE", line=n, subject=str(n)) for n in (2, 3)] + [OTHER.problem("AE", line=2)])


def test_all_findings_of_the_check_are_accepted_and_no_others() -> None:
    result = accept_checks(found(), {ACCEPTABLE.id: "known at the database lock"})
    assert [p.accepted for p in result if p.check == ACCEPTABLE.id] == ["known at the database lock"] * 2
    assert [p.accepted for p in result if p.check == OTHER.id] == [""]


def test_nothing_is_accepted_by_default() -> None:
    assert list(accept_checks(found(), {})) == list(found())


def test_a_check_that_cannot_be_accepted_or_is_unknown_is_an_error() -> None:
    for name in (NEVER.id, "XX-999"):
        result = accept_checks(found(), {name: "because"})
        assert [(p.check, p.value) for p in result if p.variable == "data.accepted_checks"] == [("ACC-003", name)]
        assert not result.accepted
