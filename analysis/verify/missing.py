"""Missing data a second time: LOCF, multiple imputation within Monte Carlo error, tipping point, mixed model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.verify.attempts import verifies
from analysis.verify.compare import OR
from analysis.verify.efficacy import SOLVED, decided, numeric, sized
from analysis.verify.exact import NAN, FloatArray
from analysis.verify.mixed import Model, fit_or_simpler
from analysis.verify.road import Road, quoted
from schemas.study import TOTAL
from schemas.study.measures import Endpoint

BATCHES = 20
SPREAD = 6.2
"""What multiple imputation gives differs from run to run. Ours is run `BATCHES` times with as many imputations as the
definition asks for; the other road must lie within `SPREAD` standard deviations of those runs of their mean."""
CYCLES = 10
FEWEST = 3
"""Values that a visit must have for the others to be imputed."""
ANOTHER_SEED = 7919
MIXED = 1e-5
"""Tolerance of the mixed model: two iterative fits of one likelihood."""


class Wide:
    """What is analysed of an endpoint in one column: a row a subject, a column a visit after baseline.

    `changes` has those that a model can use: with a baseline, where it is a covariate. `known` has all with a value.
    """

    def __init__(self, road: Road, e: Endpoint, grp: str) -> None:
        frame = road.frame(
            f"""SELECT USUBJID, visit, BASE, y, role FROM eff JOIN def_visit AS v ON v.id = visit
            WHERE paramcd = {quoted(e.paramcd)} AND grp = {quoted(grp)}
            ORDER BY USUBJID"""
        )
        cells = road.con.execute(
            "SELECT visit FROM eff_cell WHERE paramcd = ? AND role = 'follow-up' ORDER BY n", [e.paramcd]
        ).fetchall()
        base = frame.dropna(subset=["BASE"]).groupby("USUBJID")["BASE"].first()
        after = frame[frame["role"] == "follow-up"].dropna(subset=["y"])
        changes = after.pivot_table(index="USUBJID", columns="visit", values="y")
        people = base.index if e.base_in_model else changes.index
        measured = [str(v) for (v,) in cells]
        self.base: FloatArray = base.reindex(people).to_numpy(float)
        self.based: bool = e.base_in_model
        self.changes: FloatArray = changes.reindex(index=people, columns=measured).to_numpy(float)
        self.known: FloatArray = changes.reindex(columns=measured).to_numpy(float)
        self.visits = measured

    def carried(self) -> FloatArray:
        """Last observation carried forward; the baseline is never carried."""
        return pd.DataFrame(self.known).ffill(axis=1).to_numpy(float)


@verifies("the analyses of missing data", "eff.missing")
def missing_data(road: Road) -> None:
    """Observed cases, and what each endpoint asks for of LOCF, imputation, tipping point and mixed model."""
    asking = [e for e in numeric(road.study) if e.missing]
    if not asking:
        return
    sized(road, "eff.missing", asking)
    columns = [TOTAL] if road.study.treatment.total else [g.code for g in road.study.groups]
    for e in asking:
        named = {"analysis": "eff.missing", "population": e.analysis_set, "what": e.paramcd}
        wides = {grp: Wide(road, e, grp) for grp in columns}
        for grp, wide in wides.items():
            place = {**named, "grp": grp}
            _simple(road, e, place, wide)
            if {"mi", "tipping_point"} & set(e.missing):
                _imputed(road, e, place, wide)
        if "mmrm" in e.missing and e.comparison == "none":
            _mixed(road, e, named, wides)


def _simple(road: Road, e: Endpoint, place: Mapping[str, Any], wide: Wide) -> None:
    level = road.study.confidence_level
    kinds = {"observed": wide.known, **({"locf": wide.carried()} if "locf" in e.missing else {})}
    for kind, table in kinds.items():
        for visit in e.visits:
            at = wide.visits.index(visit)
            values = table[:, at][~np.isnan(table[:, at])]
            found = decided(e, values, level)
            imputed = int((~np.isnan(table[:, at]) & np.isnan(wide.known[:, at])).sum())
            rows = {
                "n": len(values),
                "imputed": imputed,
                **{s: found[s] for s in ("estimate", "ci_low", "ci_high", *tested(e))},
            }
            own = {**place, "avisit": visit, "level": kind}
            road.add(
                {**own, "statistic": s, "value": v, "tolerance": SOLVED, **_decimals(e, s)} for s, v in rows.items()
            )


def tested(e: Endpoint) -> tuple[str, ...]:
    """The p-value of a mean against 0: of a change, but not of a value."""
    return ("p",) if e.measure == "change" else ()


def _decimals(e: Endpoint, statistic: str) -> dict[str, int]:
    more = {"estimate": 1, "ci_low": 1, "ci_high": 1, "se": 2}
    if statistic in more:
        return {"decimals": e.decimals + more[statistic]}
    return {"decimals": 0} if statistic == "n" else {}


def impute(wide: Wide, imputations: int, seed: int) -> FloatArray:
    """imputations × subjects × visits: a visit is normal given baseline and other visits, the prior noninformative.

    Monotone: one pass, each visit given the earlier ones; else chained equations. All imputations at once. A visit
    with fewer than three values is not imputed; one with few values is given as many visits, the nearest first, as
    leave a degree of freedom.
    """
    rng = np.random.Generator(np.random.MT19937(seed))
    absent = np.isnan(wide.changes)
    rich = [int(j) for j in np.flatnonzero((~absent).sum(axis=0) >= FEWEST)]
    monotone = is_monotone(wide)
    filled = np.broadcast_to(wide.changes, (imputations, *wide.changes.shape)).copy()
    for j in rich:
        known = wide.changes[~absent[:, j], j]
        filled[:, absent[:, j], j] = rng.choice(known, (imputations, int(absent[:, j].sum())))
    ones = np.ones((imputations, len(wide.base), 1))
    before = [np.broadcast_to(wide.base[None, :, None], ones.shape)] if wide.based else []
    for _ in range(1 if monotone else CYCLES):
        for j in (one for one in rich if absent[:, one].any()):
            others = [i for i in rich if (i < j if monotone else i != j)]
            most = max(int((~absent[:, j]).sum()) - 3 - len(before), 0)
            others = sorted(others, key=lambda i: abs(i - j))[:most]
            x = np.concatenate([ones, *before, filled[:, :, others]], axis=2)
            filled[:, absent[:, j], j] = _draw(x, filled[:, :, j], ~absent[:, j], rng)
    return filled


def is_monotone(wide: Wide) -> bool:
    """Whether nobody has a value after a missing one, at the visits that have enough values to be imputed."""
    absent = np.isnan(wide.changes)
    absent = absent[:, (~absent).sum(axis=0) >= FEWEST]
    return not (absent[:, :-1] & ~absent[:, 1:]).any()


def _draw(x: FloatArray, y: FloatArray, seen: NDArray[np.bool_], rng: np.random.Generator) -> FloatArray:
    """Values from the posterior predictive distribution of a normal linear model with the prior 1/variance."""
    fitted, wanted, known = x[:, seen], x[:, ~seen], y[:, seen]
    # Columns that say the same (a baseline that all share) count once: the inverse is the generalized one.
    values, vectors = np.linalg.eigh(np.einsum("mni,mnj->mij", fitted, fitted))
    real = values > 1e-12 * values.max(axis=1, keepdims=True)
    inverse = np.where(real, 1 / np.where(real, values, 1.0), 0.0)
    beta = np.einsum("mik,mk,mjk,mnj,mn->mi", vectors, inverse, vectors, fitted, known, optimize=True)
    rest = ((known - np.einsum("mni,mi->mn", fitted, beta)) ** 2).sum(axis=1)
    sigma = np.sqrt(rest / rng.chisquare(np.maximum(fitted.shape[1] - real.sum(axis=1), 1)))
    noise = np.sqrt(inverse) * rng.standard_normal(beta.shape)
    beta = beta + sigma[:, None] * np.einsum("mik,mk->mi", vectors, noise)
    return np.einsum("mni,mi->mn", wanted, beta) + sigma[:, None] * rng.standard_normal(wanted.shape[:2])


def pool(values: FloatArray, level: float) -> dict[str, FloatArray]:
    """Rubin's rules for the mean of one sample: batches × imputations × n. Degrees of freedom: Barnard and Rubin."""
    m, n = values.shape[1:]
    if n < 2:
        names = ("estimate", "se", "ci_low", "ci_high", "df", "p")
        return dict.fromkeys(names, np.full(len(values), NAN))
    within = (values.var(axis=2, ddof=1) / n).mean(axis=1)
    means = values.mean(axis=2)
    between = means.var(axis=1, ddof=1)
    total = within + (1 + 1 / m) * between
    complete = n - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (1 + 1 / m) * between / total
        old = np.where(share > 0, (m - 1) / share**2, np.inf)
        observed = (complete + 1) / (complete + 3) * complete * (1 - share)
        df = np.where(np.isinf(old), observed, 1 / (1 / old + 1 / observed))
    estimate, se = means.mean(axis=1), np.sqrt(total)
    half = stats.t.isf((1 - level) / 2, df) * se
    p = 2 * stats.t.sf(np.abs(estimate / se), df)
    return {"estimate": estimate, "se": se, "ci_low": estimate - half, "ci_high": estimate + half, "df": df, "p": p}


def _centre(values: FloatArray) -> dict[str, float]:
    """The mean over the runs, and as tolerance what separate runs of the same size differ by."""
    middle = float(values.mean())
    spread = SPREAD * float(values.std(ddof=1)) * math.sqrt(1 + 1 / BATCHES)
    return {"value": middle, "tolerance": spread / max(1.0, abs(middle)) + SOLVED}


def _imputed(road: Road, e: Endpoint, place: Mapping[str, Any], wide: Wide) -> None:
    study, size = road.study, road.study.missing_data.imputations
    absent = np.isnan(wide.changes)
    monotone = is_monotone(wide)
    rows: list[dict[str, Any]] = []
    if "mi" in e.missing:
        given = "earlier visits" if monotone else f"all other visits (chained equations, {CYCLES} cycles)"
        text = f"Bayesian linear regression of each visit on {'BASE, ' if wide.based else ''}{given}"
        rows.append({**place, "level": "mi", "statistic": "model", "text": text})
    runs = impute(wide, BATCHES * size, ANOTHER_SEED).reshape(BATCHES, size, *wide.changes.shape)
    for visit in e.visits:
        at = wide.visits.index(visit)
        values, own = runs[..., at], {**place, "avisit": visit}
        found = pool(values, study.confidence_level)
        if "mi" in e.missing:
            possible = int((~absent[:, at]).sum()) >= FEWEST
            counts = {"n": len(wide.base), "imputed": int(absent[:, at].sum()) if possible else 0}
            rows += [{**own, "level": "mi", "statistic": s, "value": v} for s, v in counts.items()]
            shown = {s: v for s, v in found.items() if s != "p" or tested(e)}
            rows += [{**own, "level": "mi", "statistic": s, **_centre(v), **_decimals(e, s)} for s, v in shown.items()]
        if "tipping_point" in e.missing:
            last = visit == study.last_visit(e.visits)
            spread = float(wide.base.std(ddof=1)) if len(wide.base) > 1 else 0.0
            rows += _tipping(road, e, own, values, absent[:, at], spread, last)
    road.add(rows)


def _tipping(
    road: Road,
    e: Endpoint,
    place: Mapping[str, Any],
    values: FloatArray,
    absent: NDArray[np.bool_],
    spread: float,
    last: bool,
) -> list[dict[str, Any]]:
    """The shift of the imputed values at which p first crosses alpha, and at the last visit the whole curve."""
    rule, level, alpha = road.study.missing_data, road.study.confidence_level, road.study.multiplicity.alpha
    own = {**place, "level": "tipping"}
    plain = pool(values, level)
    texts: list[dict[str, Any]] = []
    hopeless = bool(np.isnan(plain["p"]).any())
    if hopeless or not absent.any():
        word = "cannot be estimated" if hopeless else "no value was imputed"
        texts = [{**own, "statistic": "delta", "value": NAN}, {**own, "statistic": "outcome", "text": word}]
    sign = -1.0 if float(plain["estimate"].mean()) > 0 else 1.0
    shifts = sign * spread * rule.tipping_range_sd * np.arange(rule.tipping_steps + 1) / rule.tipping_steps

    def at(shift: FloatArray | float) -> dict[str, FloatArray]:
        added = np.reshape(shift, (-1, 1, 1)) * absent[None, None, :]
        return pool(values + added, level)

    curve = [at(float(shift)) for shift in shifts]
    if not texts:
        same = np.array([np.sign(c["estimate"]) == np.sign(plain["estimate"]) for c in curve])
        texts = _found(e, own, at, shifts, np.array([c["p"] for c in curve]), same, alpha, sign)
    rows = texts
    if last:
        for number, (shift, found) in enumerate(zip(shifts, curve, strict=True), 1):
            step = {**place, "level": f"tipping|{number}"}
            rows.append({**step, "statistic": "delta", "value": abs(shift) if shift == 0 else float(shift)})
            names = ("estimate", "ci_low", "ci_high", "p")
            rows += [{**step, "statistic": s, **_centre(found[s]), **_decimals(e, s)} for s in names]
    return rows


NEVER = "not significant even without a shift"
LOST = "significance is lost when the imputed values are shifted by …"


def _found(
    e: Endpoint,
    own: Mapping[str, Any],
    at: Any,
    shifts: FloatArray,
    p: FloatArray,
    same: NDArray[np.bool_],
    alpha: float,
    sign: float,
) -> list[dict[str, Any]]:
    """The outcome and the shift; `p` and `same` (whether the estimate keeps its sign): shifts × runs.

    Where runs of the same size do not agree, or lie so near to alpha that others would not, several outcomes are
    right: a p-value whose normal score may be on either side of alpha's decides nothing.
    """
    said = f" {e.unit}" if e.unit else ""
    limit = f"{'−' if sign < 0 else ''}{abs(shifts[-1]) + 1e-12:.{e.decimals + 1}f}"
    always = f"significance holds over all shifts up to {limit}{said}"
    score = np.where(same, stats.norm.isf(p / 2), 0.0)
    spread = SPREAD * score.std(axis=1, ddof=1) * math.sqrt(1 + 1 / BATCHES)
    wanted = float(stats.norm.isf(alpha / 2))
    surely, never = score.mean(axis=1) - spread > wanted, score.mean(axis=1) + spread < wanted
    possible = {NEVER: not surely[0], always: not never.any(), LOST: not never[0] and not surely.all()}
    holds = (p <= alpha) & same
    lost = holds[0] & ~holds.all(axis=0)
    texts = [text for text, is_possible in possible.items() if is_possible]
    outcome = {**own, "statistic": "outcome", "text": OR.join(texts)}
    if not possible[LOST]:
        return [{**own, "statistic": "delta", "value": NAN}, outcome]
    if lost.all() and len(texts) == 1:
        first = np.argmin(holds, axis=0)
        low, high = shifts[np.maximum(first - 1, 0)], shifts[first]
        for _ in range(60):
            middle = (low + high) / 2
            kept = at(middle)["p"] <= alpha
            low, high = np.where(kept, middle, low), np.where(kept, high, middle)
        return [{**own, "statistic": "delta", **_centre(high)}, outcome]
    # From the last shift before it may be lost to the first at which it surely is.
    ends = shifts[max(int(np.argmin(surely)) - 1, 0)], shifts[int(np.argmax(never))] if never.any() else shifts[-1]
    middle, reach = float(sum(ends)) / 2, abs(float(ends[1] - ends[0])) / 2
    tolerance = reach / max(1.0, abs(middle)) + SOLVED
    return [{**own, "statistic": "delta", "value": middle, "tolerance": tolerance, "optional": 1}, outcome]


def _mixed(road: Road, e: Endpoint, place: Mapping[str, Any], wides: Mapping[str, Wide]) -> None:
    """The mixed model: a mean for each visit and column that has values, a slope of baseline at each visit.

    The means are at the mean baseline of all records used. Where values do not allow the model nothing exists.
    """
    columns, visits = list(wides), next(iter(wides.values())).visits
    parts = {grp: np.nonzero(~np.isnan(wide.changes)) for grp, wide in wides.items()}
    before = np.concatenate([[0], np.cumsum([len(wide.base) for wide in wides.values()])])
    subject = np.concatenate([parts[g][0] + before[i] for i, g in enumerate(columns)])
    column = np.concatenate([np.full(len(parts[g][0]), i) for i, g in enumerate(columns)])
    visit = np.concatenate([parts[g][1] for g in columns])
    y = np.concatenate([wide.changes[parts[g]] for g, wide in wides.items()])
    base = np.concatenate([wide.base[parts[g][0]] for g, wide in wides.items()])
    shown = np.unique(visit)
    when = np.searchsorted(shown, visit)
    cells = [(i, int(j)) for i in range(len(columns)) for j in shown if ((column == i) & (visit == j)).any()]
    means = np.array([(column == i) & (visit == j) for i, j in cells], float).reshape(len(cells), len(y)).T
    slopes = np.eye(len(shown))[when] * (base - (base.mean() if len(base) else 0.0))[:, None]
    # A baseline that is the same in all has no slope.
    sloped = e.base_in_model and len(base) and np.ptp(base) > 1e-12 * np.abs(base).max()
    x = np.hstack([means, slopes]) if sloped else means
    possible = can_be_fitted(x, y, visit)
    model, structure = fit_or_simpler(y, x, subject, when, len(shown)) if possible else (None, "unstructured")
    own, several = {**place, "level": "mmrm"}, columns != [TOTAL]
    total, variable = {**own, "grp": TOTAL}, road.study.treatment_variable(e.analysis_set)
    text = " + ".join(
        ["AVISIT", *([variable, f"{variable} × AVISIT"] if several else []),
         *(["BASE", "BASE × AVISIT"] if e.base_in_model else [])]
    )  # fmt: skip
    rows: list[dict[str, Any]] = [
        {**total, "statistic": "model", "text": text},
        {**total, "statistic": "structure", "text": structure},
        {**total, "statistic": "values", "value": len(y)},
    ]
    for name in e.visits:
        for i, grp in enumerate(columns):
            cell = (i, visits.index(name))
            here = {**own, "avisit": name, "grp": grp}
            n = int(((column == i) & (visit == cell[1])).sum())
            rows.append({**here, "statistic": "n", "value": n, "decimals": 0})
            c = np.eye(x.shape[1])[cells.index(cell)] if cell in cells else None
            found = tested_in(model, c, road.study.confidence_level)
            rows += [
                {**here, "statistic": s, "value": v, "tolerance": MIXED, **_decimals(e, s)}
                for s, v in found.items()
                if s != "p" or tested(e)
            ]
    road.add(rows)


def can_be_fitted(x: FloatArray, y: FloatArray, visit: NDArray[np.int64]) -> bool:
    """Whether all coefficients can be told apart, and each visit has more values than coefficients, and spread."""
    if len(y) == 0 or np.linalg.matrix_rank(x) < x.shape[1]:
        return False
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    for one in np.unique(visit):
        here = visit == one
        if here.sum() <= np.linalg.matrix_rank(x[here]) or np.abs(rest[here]).max() <= 1e-10 * np.abs(y).max():
            return False
    return True


def tested_in(model: Model | None, c: FloatArray | None, level: float) -> dict[str, float]:
    """Estimate, se, df, limits and p of a combination of the coefficients; NaN where model or combination is None."""
    names = ("estimate", "se", "df", "ci_low", "ci_high", "p")
    if model is None or c is None:
        return dict.fromkeys(names, NAN)
    estimate, se, df = model.contrast(c)
    half = float(stats.t.isf((1 - level) / 2, df)) * se
    p = 2 * float(stats.t.sf(abs(estimate / se), df))
    return dict(zip(names, (estimate, se, df, estimate - half, estimate + half, p), strict=True))


VERIFIERS = (missing_data,)
