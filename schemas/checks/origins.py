"""Finds the record that many problems of a subject come from, its row in DM or its visit in SV, and tells it there.

Not here: causes within one column or measurement (`causes`), which check follows from which (`follows`), and the checks
that found the problems (`run`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report.schemas.checks.causes import FEW, Result, Told, folded, of_columns, of_visits, split, under
from trial_report.schemas.checks.follows import with_what_follows
from trial_report.schemas.checks.spans import own_prefix
from trial_report.schemas.checks.visited import numbers
from trial_report.schemas.codelists.alike import most_like
from trial_report.schemas.domains.iso8601 import whole_days
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.problems import Problem, Problems, Severity

#: How alike two USUBJID must be: those of one study are alike anyway, so more than other texts.
_IDENTIFIERS = 0.85
#: The variable of DM that records are dated against, and what it may not be: later, or earlier, than they are.
_DATED_AGAINST = {
    "--022": ("BRTHDTC", "after", min),
    "--024": ("RFICDTC", "after", min),
    "--025": ("DTHDTC", "before", max),
}
_DATE_OF = {"DY": "DTC", "STDY": "STDTC", "ENDY": "ENDTC"}


def settled(domains: Domains, told: list[Told]) -> Iterator[Problem]:
    """Every problem that was told, many that have one cause being one."""
    left = []
    for one in _once(told):
        found, rest = of_columns(domains, one)
        yield from found
        left.append(rest)
    found, left = with_what_follows(*at_their_origin(domains, left))
    yield from found
    for one in left:
        yield from folded(one.problems, _of_value) if one.check.id in _REPEATED else of_visits(_of_course(one))


def _once(told: list[Told]) -> list[Told]:
    """What was told, a value that stands in two variables of a record and is wrong in both being one problem."""
    found: dict[Hashable, tuple[int, int]] = {}
    left = [list(one.problems) for one in told]
    kept = [[True] * len(one.problems) for one in told]
    for n, one in enumerate(told):
        for m, problem in enumerate(one.problems if one.check.id in _IN_SEVERAL else ()):
            place = found.setdefault((one.check.id, problem.file, problem.line, problem.value), (n, m))
            if place != (n, m):
                left[place[0]][place[1]] = under(left[place[0]][place[1]], [problem])
                kept[n][m] = False
    return [replace(one, problems=left[n]).chosen(kept[n]) for n, one in enumerate(told)]


def _of_course(told: Told) -> Told:
    """What is odd in the same way in many values of a subject is one: of a heavy person, of failing kidneys."""
    if told.check.id not in _OF_A_COURSE or len(told.problems) < FEW:
        return told

    def key(problem: Problem) -> Hashable:
        # What each value may be in another unit is said after what is expected.
        return problem.subject, problem.expected.partition(";")[0]

    often = Counter(map(key, told.problems))

    def course(problem: Problem) -> Hashable:
        return key(problem) if often[key(problem)] >= FEW else None

    return replace(told, problems=folded(told.problems, course))


def _of_value(problem: Problem) -> Hashable:
    return problem.subject, problem.value, problem.expected


#: What is recorded at every visit again, with the same mistake.
_REPEATED = frozenset({"PL-027"})
#: What is recorded in two variables of a record: a class, a result, a start and an end.
_IN_SEVERAL = frozenset({"AE-059", "CO-002", "CO-003", "X-014", "DT-004", "DT-006"})
#: What can be true of a subject in all its values.
_OF_A_COURSE = frozenset({"PL-001", "PL-002", "PL-020"})


def at_their_origin(domains: Domains, told: list[Told]) -> Result:
    """Problems whose cause is in DM or SV, told there with the records that fail by it; and what is left."""
    found: list[Problem] = []
    steps: tuple[Callable[[Domains, list[Told]], Result], ...] = (_unknown, _study_days, _dated, _visits)
    for step in steps:
        if "DM" in domains and told:
            made, told = step(domains, told)
            found += made
    return found, told


def _by(told: Iterable[Told], key: Callable[[Problem], str]) -> dict[str, list[Problem]]:
    groups: dict[str, list[Problem]] = {}
    for one in told:
        for problem in one.problems:
            groups.setdefault(key(problem), []).append(problem)
    return groups


def _at(domains: Domains, domain: str, row: int, like: list[Problem], variable: str, expected: str) -> Problem:
    """A problem at a record of DM or SV, in the place of others that follow from it."""
    first = like[0]
    check = f"{domain}-{first.check.rsplit('-', 1)[-1]}" if first.check.startswith(f"{first.domain}-") else first.check
    severity: Severity = "error" if any(problem.severity == "error" for problem in like) else "warning"
    (made,) = domains.problems(
        check, severity, domain, np.array([row]), first.message,
        variable=variable, expected=expected, remedy=first.remedy,
    )  # fmt: skip
    return under(made, like)


def _row_of(domains: Domains, subject: str) -> int:
    rows = np.flatnonzero((domains["DM"]["USUBJID"] == subject).to_numpy(dtype=bool))
    return int(rows[0]) if len(rows) else -1


def _unknown(domains: Domains, told: list[Told]) -> Result:
    """Subjects that do not stand in DM: at the row of DM that has no record elsewhere, if that is theirs."""
    mine, others = split(told, "X-001")
    if not mine:
        return [], others
    unused = np.ones(len(domains["DM"]), dtype=bool)
    for domain, frame in domains.items():
        if domain != "DM" and "USUBJID" in frame:
            unused &= ~domains.have("DM", domain)
    names = domains["DM"]["USUBJID"].where(unused).dropna()
    groups = _by(mine, lambda problem: problem.value)
    found = []
    for wrong, problems in groups.items():
        near = most_like(wrong, names.astype(str), _IDENTIFIERS)
        if near and len(problems) >= FEW:
            row = int(names.index[names == near][0])
            places = len({problem.domain for problem in problems})
            expected = f"{wrong}, as {len(problems):,} records of {places} domains have it, and none has {near}"
            found.append(_at(domains, "DM", row, problems, "USUBJID", expected))
        else:
            first, *further = Problems(problems)
            found.append(under(first, further))
    return found, others


def _study_days(domains: Domains, told: list[Told]) -> Result:
    """Study days that all are counted from another day than RFSTDTC: at the subject's row of DM."""
    mine, others = split(told, "--020")
    counted = _by(mine, lambda problem: problem.subject)
    many = {subject for subject, problems in counted.items() if subject and len(problems) >= FEW}
    if not many or not domains.has("DM", "RFSTDTC"):
        return [], told
    subjects = pd.Series(sorted(many), dtype="str")
    starts = pd.concat([part[part["subject"].isin(subjects)] for part in _starts(domains)])
    votes = starts.value_counts(["subject", "start"]).rename("n").reset_index()
    most = votes.sort_values(["n", "start"], ascending=[False, True], kind="stable").drop_duplicates("subject")
    reference = pd.Series(whole_days(domains.dates("DM", "RFSTDTC")).to_numpy(), index=domains["DM"]["USUBJID"])
    found, gone = [], {}
    for subject, start, number in zip(most["subject"], most["start"], most["n"], strict=True):
        row, agree = _row_of(domains, subject), votes[votes["subject"] == subject]
        if row < 0 or number < FEW or start == reference.get(subject):
            continue
        left = int(agree["n"][agree["start"] == reference[subject]].sum()) if subject in reference else 0
        if number > 2 * left:
            gone[subject] = start
    parts: dict[str, list[Problem]] = {}
    rest = []
    for one in mine:
        start = _implied(domains, one.domain, one.variable, one.rows)
        subject = domains[one.domain]["USUBJID"].iloc[one.rows]
        taken = (subject.map(gone).to_numpy() == start.to_numpy()) if gone else np.zeros(len(one.rows), dtype=bool)
        for problem in one.chosen(taken).problems:
            parts.setdefault(problem.subject, []).append(problem)
        rest.append(one.chosen(~taken))
    for subject, problems in parts.items():
        day = pd.Timestamp(gone[subject]).strftime("%Y-%m-%d")
        expected = f"{day}, with which the {len(problems):,} study days agree that do not agree with this day"
        found.append(_at(domains, "DM", _row_of(domains, subject), problems, "RFSTDTC", expected))
    return found, [*others, *rest]


def _starts(domains: Domains) -> Iterator[pd.DataFrame]:
    """Subject and day from which each study day of a domain is counted."""
    for domain, frame in domains.items():
        for day in (f"{own_prefix(domain)}{name}" for name in _DATE_OF):
            if domains.has(domain, day, _date_of(domain, day), "USUBJID"):
                rows = np.arange(len(frame))
                start = _implied(domains, domain, day, rows).to_numpy()
                yield pd.DataFrame({"subject": frame["USUBJID"].to_numpy(), "start": start}).dropna()


def _date_of(domain: str, day: str) -> str:
    own = own_prefix(domain)
    return f"{own}{_DATE_OF.get(day.removeprefix(own), 'DTC')}"


def _implied(domains: Domains, domain: str, day: str, rows: npt.NDArray[np.int64]) -> pd.Series:
    """The day 1 from which a record's study day would be right."""
    number = domains[domain][day].iloc[rows]
    date = whole_days(domains.dates(domain, _date_of(domain, day))).iloc[rows]
    # The day before day 1 is day -1.
    return date - pd.to_timedelta(number.where(number < 0, number - 1), unit="D")


def _dated(domains: Domains, told: list[Told]) -> Result:
    """Records before birth or consent, or after death: at the subject's row of DM where they are of several days."""
    found = []
    mine, others = split(told, *_DATED_AGAINST)
    odd_ages = {
        problem.subject: problem.expected for one in told if one.check.id == "DM-065" for problem in one.problems
    }
    for id, (variable, wrong, extreme) in _DATED_AGAINST.items():
        part, _ = split(mine, id)
        for subject, problems in _by(part, lambda problem: problem.subject).items():
            days = {problem.value[:10] for problem in problems}
            # An age that is none among the others' is what is wrong, however few records it contradicts.
            wrong_age = id == "--022" and subject in odd_ages
            row = _row_of(domains, subject) if wrong_age or (len(problems) >= FEW and len(days) > 1) else -1
            if row >= 0:
                at = variable if domains.has("DM", variable) else "AGE"
                having = "record has" if len(problems) == 1 else "records have"
                expected = f"not {wrong} {extreme(days)}, as {len(problems):,} {having} it"
                expected = f"{odd_ages[subject]}; born {expected}" if wrong_age else expected
                found.append(_at(domains, "DM", row, problems, at, expected))
                continue
            # A visit that lies there as a whole is told of at the visit.
            ordered = sorted(problems, key=lambda problem: problem.domain != "SV")
            found += folded(ordered, _day_of_visit)
    return found, others


def _day_of_visit(problem: Problem) -> str | None:
    measured = observation_class(problem.domain) == "Findings" or problem.domain == "SV"
    return problem.value[:10] if measured else None


def _visits(domains: Domains, told: list[Told]) -> Result:
    """Measurements outside their visit, or of a visit that SV does not have: a visit is one problem."""
    mine, others = split(told, "X-009")
    found = folded((p for one in mine for p in one.problems), lambda problem: (problem.subject, problem.visit))
    mine, others = split(others, "X-010")
    wrong = _by(mine, lambda problem: f"{problem.subject}\n{problem.visit}")
    totals = _totals(domains, mine) if any(len({p.domain for p in each}) > 1 for each in wrong.values()) else {}
    for each in wrong.values():
        first, days = each[0], {problem.value[:10] for problem in each}
        row, total = totals.get((first.subject, first.visit), (-1, 0))
        if row >= 0 and len(days) == 1 and total == len(each) and len({problem.domain for problem in each}) > 1:
            expected = f"{days.pop()}, as the {total:,} measurements of the visit have it"
            found.append(_at(domains, "SV", row, each, "SVSTDTC", expected))
        else:
            found += folded(each, lambda problem: (problem.domain, problem.value[:10]))
    return found, others


def _totals(domains: Domains, told: list[Told]) -> dict[tuple[str, str], tuple[int, int]]:
    """Of each visit with measurements outside it: its row in SV, and how many dated measurements it has."""
    wanted = pd.concat(
        _visit_keys(domains, one.domain).iloc[one.rows].assign(visit=[problem.visit for problem in one.problems])
        for one in told
    )
    wanted = wanted.drop_duplicates(["subject", "num"])
    every = [_visit_keys(domains, domain) for domain in domains if _is_dated(domains, domain)]
    both = pd.concat([part[part["subject"].isin(wanted["subject"])] for part in every])
    sizes = both.value_counts(["subject", "num"]).rename("n").reset_index()
    sv = _visit_keys(domains, "SV").assign(row=np.arange(len(domains["SV"]))).drop_duplicates(["subject", "num"])
    joined = wanted.merge(sizes, on=["subject", "num"]).merge(sv, on=["subject", "num"])
    names = zip(joined["subject"].astype(str), joined["visit"], strict=True)
    return dict(zip(names, zip(joined["row"].astype(int), joined["n"].astype(int), strict=True), strict=True))


def _visit_keys(domains: Domains, domain: str) -> pd.DataFrame:
    frame = domains[domain]
    dated = frame[f"{domain}DTC"].notna() if domain != "SV" else pd.Series(True, index=frame.index)
    return pd.DataFrame({"subject": frame["USUBJID"].where(dated), "num": numbers(frame["VISITNUM"])})


def _is_dated(domains: Domains, domain: str) -> bool:
    return observation_class(domain) == "Findings" and domains.has(domain, "USUBJID", "VISITNUM", f"{domain}DTC")
