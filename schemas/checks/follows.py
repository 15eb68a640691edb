"""Which problems follow from those of another check, by rules: what a wrong value makes odd is counted under it.

A rule names the checks whose problems follow, the check that is their cause, and what the two have in common: the
subject, its visit, the record, or the record beside which the cause is wrong. What is graver than its cause stays a
problem of its own.

Not here: causes in DM and SV that the failing records have to be searched for (`origins`), and one mistake in a whole
column or visit (`causes`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace

from trial_report.schemas.checks.causes import Result, Told, split, under
from trial_report.schemas.checks.registry import generic_id
from trial_report.schemas.problems import Problem


def _of_subject(problem: Problem) -> Hashable:
    return problem.subject


def _of_domain(problem: Problem) -> Hashable:
    return problem.subject, problem.domain


def _of_series(problem: Problem) -> Hashable:
    """The subject and domain, of problems of a baseline and of what tells one series of measurements from another."""
    names = ("LOBXFL", "LOC", "LAT", "SPEC", "METHOD", "POS", "OBJ", "CAT", "SCAT")
    return _of_domain(problem) if problem.variable.removeprefix(problem.domain) in names else _of_record(problem)


def _of_visit(problem: Problem) -> Hashable:
    return problem.subject, problem.visit


def _of_record(problem: Problem) -> Hashable:
    return problem.file, problem.line


@dataclass(frozen=True)
class _Follows:
    """Problems of a check that follow from one of another check, told at a record of `domain` (of any, where empty).

    With `beside` they are told at the record beside which the cause is wrong, and not at that of the cause.
    """

    checks: tuple[str, ...]
    cause: str
    same: Callable[[Problem], Hashable]
    domain: str = ""
    beside: bool = False


#: What is told of a value that is odd beside others of its test.
_ODD = ("PL-001", "PL-002", "PL-004", "PL-020")

_FOLLOW = (
    # A result that belongs to no visit any more is missing at the one that it was of.
    _Follows(("X-045",), "X-020", _of_record),
    *(_Follows(("MI-001",), cause, _of_subject) for cause in ("X-020", "X-049", "X-050")),
    # A dose that is told in another unit, or under another arm, is none of its group's.
    _Follows(("EX-050",), "EX-051", _of_record),
    _Follows(("EX-050",), "X-008", _of_subject),
    # A subject's cohort that its first dose contradicts has the dose level of the others of its true cohort.
    _Follows(("X-008",), "X-037", _of_subject),
    # What a date of death that many records contradict has been taken for.
    _Follows(("X-031", "--070", "X-012", "X-013"), "--025", _of_subject, "DM"),
    # A dose that EX does not have at all.
    _Follows(("DM-057", "X-025"), "DM-056", _of_subject, "DM"),
    # A subject that DM has under another name lacks there, and under that name, what the records have.
    _Follows(("DM-064", "MI-002", "MI-004", "MI-006", "X-006"), "X-001", _of_subject, "DM"),
    # A measurement on another day than its visit was before consent, in another period, or no baseline.
    _Follows(("DT-003", "--024", "--043", "--067"), "X-010", _of_record),
    # What is held against the day of first dose, where DM and EX do not agree on it.
    _Follows(
        ("DT-003", "DT-004", "DT-006", "X-027", "X-028", "X-030", "X-037", "X-038", "X-040", "AE-054", "DM-058")
        + ("--043", "--044", "--067"),
        "DM-056",
        _of_subject,
        "DM",
    ),
    # What a visit that none of its measurements agree with is out of.
    _Follows(("DT-004", "X-030"), "X-010", _of_record, "SV"),
    _Follows(("SV-050",), "X-010", _of_subject, "SV"),
    # A screen failure in DM whom EX and DS know as treated.
    _Follows(("X-005", "X-024"), "X-025", _of_subject, "DM"),
    # An age that is not among the others', and that records contradict by their dates.
    _Follows(("DM-065",), "--022", _of_subject, "DM"),
    # A phase that others of the cohort do not have asks for other flags of events.
    _Follows(("X-033", "X-034", "X-035"), "X-036", _of_subject),
    # A toxicity outside the window counts for no decision, whatever it was; its flag may be that of another event.
    _Follows(("X-033", "X-034", "X-035"), "AE-054", _of_subject),
    # A measurement whose test cannot be told is missing at its visit.
    _Follows(("MI-001", "MI-005"), "--030", _of_visit),
    _Follows(("MI-001", "MI-005"), "--031", _of_visit),
    # A visit of which much is missing, or that lies where nobody should have had one.
    _Follows(("MI-005",), "MI-001", _of_record),
    _Follows(("MI-001", "MI-005"), "X-030", _of_record, "SV"),
    # The end of a subject's participation that is not found by its words, or that lies too early.
    _Follows(("MI-006",), "X-022", _of_subject),
    _Follows(("MI-006", "X-006"), "--005", _of_subject, "DS"),
    _Follows(("X-029",), "X-027", _of_record),
    # One value of a record that several rules contradict.
    *(_Follows(("DT-004",), cause, _of_record) for cause in ("--023", "--022")),
    _Follows(("--021",), "DT-004", _of_record),
    _Follows(("AE-058",), "AE-053", _of_record),
    _Follows(("DT-003",), "--007", _of_record),
    *(_Follows(_ODD, "--066", _of_record, beside=beside) for beside in (False, True)),
    # A unit that is not its test's, or not its result's, makes the value and the limits odd.
    _Follows(_ODD, "--036", _of_record),
    _Follows(("--068",), "--033", _of_record),
    # A date that the study day does not agree with, or that lies in the future, is odd by other rules as well.
    _Follows(("DT-003", "DT-004", "--024", "--043", "--067"), "--020", _of_record),
    _Follows(("X-010",), "--021", _of_record),
    _Follows(("--072",), "--021", _of_record),
    # A flag on a record too early or too late is one flag too many.
    *(_Follows(("--042",), cause, _of_domain) for cause in ("--067", "--043")),
    # A record of another subject has its days, its side and its number.
    _Follows(("X-010", "X-011"), "--020", _of_record),
    _Follows(("X-010",), "X-011", _of_record),
    *(_Follows(("--010",), cause, _of_domain) for cause in ("--020", "X-011")),
    _Follows(("X-010",), "DT-004", _of_record),
    # What is held against a date that is mistyped: its epoch, and the end of participation.
    _Follows(("DT-003", "X-030"), "DT-006", _of_record),
    # A medicine whose class, name or code is not its own stands under what its other records have not.
    _Follows(("CO-008", "CO-007"), "CO-005", _of_record),
    _Follows(("CO-008",), "CO-007", _of_record),
    # A site, position or method in another writing is taken for another series, which then has no baseline.
    *(_Follows(("--044",), cause, _of_series) for cause in ("CT-001", "--007", "--006", "X-044", "X-015")),
)


def with_what_follows(found: list[Problem], told: list[Told]) -> Result:
    """The problems, those that follow from one of another check being its consequences."""
    for rule in _FOLLOW:
        found, told = _by_rule(rule, found, told)
    return found, told


def _by_rule(rule: _Follows, found: list[Problem], told: list[Told]) -> Result:
    causes = [one for one in told if one.check.id == rule.cause and rule.domain in ("", one.domain)]
    at = [n for n, problem in enumerate(found) if _is_cause(problem, rule)]
    effects, others = split(told, *rule.checks)
    loose = [n for n, problem in enumerate(found) if generic_id(problem.check) in rule.checks and n not in at]
    if not (effects or loose) or not (causes or at):
        return found, told
    heads = [*(found[n] for n in at), *(problem for one in causes for problem in one.problems)]
    first: dict[Hashable, int] = {}
    for key, place in _beside(len(at), causes) if rule.beside else _keys(rule, heads):
        first.setdefault(key, place)
    below: dict[int, list[Problem]] = {}

    def follows(problem: Problem) -> bool:
        place = first.get(rule.same(problem), -1)
        # What is graver than its cause is told by itself.
        if place < 0 or heads[place].severity not in ("error", problem.severity):
            return False
        below.setdefault(place, []).append(problem)
        return True

    effects = [one.chosen([not follows(problem) for problem in one.problems]) for one in effects]
    gone = {n for n in loose if follows(found[n])}
    heads = [under(head, below.get(n, ())) for n, head in enumerate(heads)]
    settled = dict(zip(at, heads, strict=False))
    rest = iter(heads[len(at) :])
    changed = {id(one): replace(one, problems=[next(rest) for _ in one.problems]) for one in causes}
    found = [settled.get(n, problem) for n, problem in enumerate(found) if n not in gone]
    return found, [changed.get(id(one), one) for one in others] + effects


def _keys(rule: _Follows, heads: list[Problem]) -> Iterator[tuple[Hashable, int]]:
    """What the causes, and the problems that are counted under them already, have in common with what follows."""
    for place, head in enumerate(heads):
        yield rule.same(head), place
        yield from ((rule.same(one), place) for one in head.consequences)


def _beside(settled: int, causes: list[Told]) -> Iterator[tuple[Hashable, int]]:
    """The records beside which the causes are wrong, with their places; of those that are settled none is known."""
    places = [place for one in causes for place in one.beside or (None,) * len(one.problems)]
    return ((place, settled + n) for n, place in enumerate(places) if place is not None)


def _is_cause(problem: Problem, rule: _Follows) -> bool:
    return generic_id(problem.check) == rule.cause and rule.domain in ("", problem.domain)
