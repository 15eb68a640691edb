"""Dose escalation a second time: the 3+3 rule as a table of outcomes, replayed and enumerated path by path.

Not here: which events are dose-limiting (`datasets`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from trial_report import declare
from trial_report.analysis.verify.exact import clopper_pearson
from trial_report.analysis.verify.road import Road, quoted
from trial_report.schemas.study import TOTAL

SIXTH, SIXTH_OF_SIX, BELOW_TWO = "at_most_one_sixth", "at_most_one_of_six", "below_two_dlts"
NAMES = {
    SIXTH: "highest level with at most 1/6 DLT",
    SIXTH_OF_SIX: "highest level with at most 1/6 DLT and 6 patients",
    BELOW_TWO: "level below the first with 2 DLTs",
}
Counts = tuple[tuple[int, int], ...]
"""By level, lowest first: evaluable, with a DLT."""


@dataclass(frozen=True)
class Step:
    """What the rule asks for: decision, the level to treat next (None: nothing more), patients, and why."""

    decision: str
    level: int | None
    patients: int
    why: str


def said(dlts: int) -> str:
    """A number of DLTs in words."""
    return "no DLT" if dlts == 0 else f"{dlts} DLT{'s' if dlts > 1 else ''}"


def is_toxic(n: int, dlts: int) -> bool:
    """Two DLTs in up to six patients; beyond six, more than one in six."""
    return dlts >= 2 if n <= 6 else 6 * dlts > n


def is_tolerated(n: int, dlts: int) -> bool:
    """At least three patients, at most one in six with a DLT."""
    return n >= 3 and 6 * dlts <= n


def ask(counts: Counts, at: int, six: bool, labels: tuple[str, ...], before: int = 0) -> Step:
    """The 3+3 rule (Storer 1989, design A with de-escalation) after a cohort at level `at`.

    `six` says that a level needs six patients to be the MTD, also with no DLT in its first three; `before` is how many
    were evaluable at the level before the cohort: from three on, the cohort was to bring them to six.
    """
    n, dlts = counts[at]
    seen = f"{said(dlts)} in {n}"
    more = "expand" if n == 3 or before < 3 else "not enough data"
    if is_toxic(n, dlts):
        if at == 0:
            return Step("stop", None, 0, f"{seen}: the lowest level is too toxic")
        below, hit = counts[at - 1]
        if below < 6 and (six or 0 < hit < 2) and not is_toxic(below, hit):
            return Step("de-escalate", at - 1, 6 - below, f"{seen}…")
        return Step("stop", None, 0, f"{seen}: …")
    if n < 3:
        return Step("not enough data", at, 3 - n, f"{n} of 3 evaluable, {said(dlts)}")
    if dlts and n < 6:
        return Step(more, at, 6 - n, seen)
    if at + 1 < len(counts) and not is_toxic(*counts[at + 1]):
        return Step("escalate", at + 1, 3, seen)
    if six and n < 6:
        return Step(more, at, 6 - n, f"{seen}: 6 are needed to establish the MTD")
    top = at + 1 == len(counts)
    return Step("stop", None, 0, f"{seen}: the {'highest level is tolerated' if top else 'next level is too toxic'}")


def mtd(counts: Counts, definition: str) -> int | None:
    """The MTD by a definition, among the levels below the lowest that is too toxic; None where no level qualifies."""
    toxic = [i for i, (n, dlts) in enumerate(counts) if is_toxic(n, dlts)]
    safe = range(toxic[0] if toxic else len(counts))
    if definition == BELOW_TWO:
        # The level below the first one with two DLTs; without such a level the MTD was not reached.
        return toxic[0] - 1 if toxic and toxic[0] > 0 else None
    least = 6 if definition == SIXTH_OF_SIX else 3
    fit = [i for i in safe if counts[i][0] >= least and is_tolerated(*counts[i])]
    return fit[-1] if fit else None


def ends(counts: Counts, at: int, six: bool, labels: tuple[str, ...]) -> Iterator[tuple[Counts, tuple[int, ...]]]:
    """Every way in which the trial can go on from here: the final counts, with the number of ways to get there.

    A way is a sequence of cohorts; its weight is a product of binomial coefficients, kept as one whole number.
    """

    @cache
    def walk(now: Counts, level: int) -> dict[Counts, int]:
        step = ask(now, level, six, labels)
        if step.level is None:
            return {now: 1}
        found: dict[Counts, int] = {}
        n, dlts = now[step.level]
        for more in range(step.patients + 1):
            after = tuple((n + step.patients, dlts + more) if i == step.level else c for i, c in enumerate(now))
            for end, ways in walk(after, step.level).items():
                found[end] = found.get(end, 0) + math.comb(step.patients, more) * ways
        return found

    for more in range(4):
        first = tuple((3, more) if i == at else c for i, c in enumerate(counts))
        for end, ways in walk(first, at).items():
            yield end, (math.comb(3, more) * ways,)


def foreseen(counts: Counts, at: int, six: bool, labels: tuple[str, ...], before: int, waiting: int) -> list[Step]:
    """What is asked for once all who are still observed at a level have been: a step for each number of DLTs."""
    n, dlts = counts[at]
    whole = [tuple((n + waiting, dlts + k) if i == at else c for i, c in enumerate(counts)) for k in range(waiting + 1)]
    return [ask(one, at, six, labels, before) for one in whole] if waiting else []


def asked(
    counts: Counts, at: int, six: bool, labels: tuple[str, ...], before: int, waiting: int
) -> tuple[Step, list[Step]]:
    """The step now, and those foreseen: to wait, unless whatever becomes of those still observed asks for the same."""
    later = foreseen(counts, at, six, labels, before, waiting)
    if not later:
        return ask(counts, at, six, labels, before), later
    n, dlts = counts[at]
    why = f"{said(dlts)} in {n}, {waiting} in the DLT window"
    if all((s.decision, s.level, s.patients) == (later[0].decision, later[0].level, later[0].patients) for s in later):
        return Step(later[0].decision, later[0].level, later[0].patients, why), later
    return Step("pending", at, 0, why), later


@declare.second("esc.*", what="the dose escalation", needs=("AE",))
def escalation(road: Road) -> None:
    """The cohorts replayed, DLT rates by level, the MTD, and what the design would do under each scenario."""
    rule = road.study.escalation
    if rule is None:
        return
    six = rule.confirm_mtd or rule.mtd_definition == SIXTH_OF_SIX
    definition: str = rule.mtd_definition
    if definition == SIXTH and rule.confirm_mtd:
        definition = SIXTH_OF_SIX
    codes = [g.code for g in road.study.groups]
    labels = tuple(g.label for g in road.study.groups)
    counts, last = _replay(road, six, labels, codes)
    _levels(road, codes)
    # Where somebody of the last level is still observed, there is no maximum yet, whatever the rule asks for.
    done = last is not None and last.level is None and "in the DLT window" not in last.why
    found = mtd(counts, definition) if done else None
    place = {"analysis": "esc.mtd", "population": road.study.safety_set, "what": "NDLT", "grp": TOTAL}
    state = "complete" if done else "not complete"
    road.add(
        [
            {**place, "statistic": "definition", "text": NAMES[definition]},
            {**place, "statistic": "state", "text": state},
            {**place, "statistic": "mtd", "text": codes[found] if found is not None else None},
        ]
    )
    _operating(road, six, labels, codes, definition)


def _escalating(road: Road) -> str:
    rule = road.study.escalation
    flag = road.study.analysis_set(road.study.safety_set).flag
    return f"{flag} = 'Y' AND PHASE = {quoted(rule.phase if rule else '')}"


def _replay(road: Road, six: bool, labels: tuple[str, ...], codes: list[str]) -> tuple[Counts, Step | None]:
    where, group = _escalating(road), road.study.treatment_variable(road.study.safety_set)
    cohorts = road.con.execute(
        f"""SELECT COHORT, {group}, count(*), count(*) FILTER (DLTEVFL = 'Y'),
            count(*) FILTER (DLTEVFL = 'Y' AND NDLT >= 1), count(*) FILTER (DLTEVFL = 'N' AND EOSSTT = 'ONGOING'),
            min(TRTSDT)
        FROM ADSL WHERE {where} AND COHORT IS NOT NULL GROUP BY ALL ORDER BY min(TRTSDT), COHORT"""
    ).fetchall()
    pop = road.study.safety_set
    common = {"analysis": "esc.cohort", "population": pop, "what": "COHORT"}
    total = road.value(f"SELECT count(*) FROM ADSL WHERE {where}")
    road.add([{**common, "grp": TOTAL, "statistic": "N", "value": total, "decimals": 0}])
    road.add([{**common, "grp": TOTAL, "statistic": "cohorts", "value": len(cohorts)}])
    counts: Counts = tuple((0, 0) for _ in codes)
    waiting, later = [0] * len(codes), list[Step]()
    steps: list[tuple[dict[str, Any], int, Step]] = []
    for order, (cohort, code, treated, evaluable, dlts, still, first) in enumerate(cohorts, 1):
        at = codes.index(code)
        n, hit = counts[at]
        counts = tuple((n + evaluable, hit + dlts) if i == at else c for i, c in enumerate(counts))
        before, waiting[at] = n + waiting[at], waiting[at] + still
        step, later = asked(counts, at, six, labels, before, waiting[at])
        place = {**common, "grp": code, "level": str(cohort)}
        values = {"order": order, "treated": treated, "evaluable": evaluable, "dlts": dlts}
        values |= {"total_evaluable": counts[at][0], "total_dlts": counts[at][1], "more_needed": step.patients}
        road.add({**place, "statistic": s, "value": v} for s, v in values.items())
        road.add([{**place, "statistic": "first_dose", "text": str(first)}])
        steps.append((place, at, step))
    for number, (place, _, step) in enumerate(steps):
        follows = steps[number + 1][1] if number + 1 < len(steps) else None
        texts = {
            "decision": step.decision,
            "reason": step.why,
            "next_level": None if step.level is None else labels[step.level],
            "followed": None if follows is None else "yes" if follows == step.level else "no",
        }
        road.add({**place, "statistic": s, "text": v} for s, v in texts.items())
    for more, one in enumerate(later):
        place = {"analysis": "esc.outlook", "population": pop, "what": "NDLT", "level": str(more)}
        place["grp"] = codes[steps[-1][1]]
        level = None if one.level is None else labels[one.level]
        road.add({**place, "statistic": s, "text": v} for s, v in
                 {"decision": one.decision, "reason": one.why, "next_level": level}.items())  # fmt: skip
        road.add([{**place, "statistic": "more_needed", "value": one.patients}])
    return counts, steps[-1][2] if steps else None


def _levels(road: Road, codes: list[str]) -> None:
    group = road.study.treatment_variable(road.study.safety_set)
    rows = road.con.execute(
        f"""SELECT c.grp, count(s.USUBJID), count(*) FILTER (DLTEVFL = 'Y'),
            count(*) FILTER (DLTEVFL = 'Y' AND NDLT >= 1), count(*) FILTER (DLTEVFL = 'N' AND EOSSTT = 'ONGOING')
        FROM def_all AS c LEFT JOIN ADSL AS s ON (s.{group} = c.grp OR c.grp = 'TOTAL') AND {_escalating(road)}
        GROUP BY c.grp"""
    ).fetchall()
    observed = any(still for *_, still in rows)
    for grp, treated, evaluable, hit, still in rows:
        low, high = clopper_pearson(hit, evaluable, road.study.confidence_level)
        share = 100 * hit / evaluable if evaluable else None
        values = {"N": treated, "evaluable": evaluable, "n": hit, "with_value": evaluable}
        values |= {"pending": still} if observed else {}
        values |= {"pct": share, "pct_low": 100 * low, "pct_high": 100 * high}
        place = {"analysis": "esc.level", "population": road.study.safety_set, "what": "NDLT", "grp": grp}
        road.add({**place, "statistic": s, "value": v, "tolerance": 1e-7} for s, v in values.items())


def _operating(road: Road, six: bool, labels: tuple[str, ...], codes: list[str], definition: str) -> None:
    """Probabilities are sums over the ways the trial can end: ways × product over levels of p^DLT (1-p)^(no DLT)."""
    rule = road.study.escalation
    if rule is None or not rule.true_rates:
        return
    start: Counts = tuple((0, 0) for _ in codes)
    finals: dict[Counts, int] = {}
    for end, (ways,) in ends(start, 0, six, labels):
        finals[end] = finals.get(end, 0) + ways
    for scenario, rates in enumerate(rule.true_rates, 1):
        chance = {
            end: ways * math.prod(p**d * (1 - p) ** (n - d) for (n, d), p in zip(end, rates, strict=True))
            for end, ways in finals.items()
        }
        _scenario(road, scenario, rates, chance, codes, definition)


def _scenario(
    road: Road,
    scenario: int,
    rates: tuple[float, ...],
    chance: Mapping[Counts, float],
    codes: list[str],
    definition: str,
) -> None:
    common = {"analysis": "esc.oc", "population": None, "what": "true_rates", "level": str(scenario)}

    def share(which: Any) -> float:
        return 100 * math.fsum(p for end, p in chance.items() if which(end))

    rows: list[dict[str, Any]] = []
    patients, dlts = [0.0] * len(codes), [0.0] * len(codes)
    for i, end in product(range(len(codes)), chance):
        patients[i] += chance[end] * end[i][0]
        dlts[i] += chance[end] * end[i][1]
    for i, code in enumerate(codes):
        values = {
            "true_rate": 100 * rates[i],
            "p_mtd": share(lambda end, i=i: mtd(end, definition) == i),
            "p_treated": share(lambda end, i=i: end[i][0] > 0),
            "expected_patients": patients[i],
            "expected_dlts": dlts[i],
        }
        rows += [{**common, "grp": code, "statistic": s, "value": v, "tolerance": 1e-7} for s, v in values.items()]

    def reached(end: Counts) -> bool:
        return any(is_toxic(n, d) for n, d in end)

    none = {end: p for end, p in chance.items() if mtd(end, definition) is None}
    toxic = 100 * math.fsum(p for end, p in none.items() if is_toxic(*end[0]))
    beyond = 100 * math.fsum(p for end, p in none.items() if definition == BELOW_TWO and not reached(end))
    totals = {
        "p_too_toxic": toxic,
        "p_not_reached": beyond,
        "p_undetermined": max(0.0, 100 * math.fsum(none.values()) - toxic - beyond),
        "expected_patients": math.fsum(patients),
        "expected_dlts": math.fsum(dlts),
    }
    rows += [{**common, "grp": TOTAL, "statistic": s, "value": v, "tolerance": 1e-7} for s, v in totals.items()]
    road.add(rows)
