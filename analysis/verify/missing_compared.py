"""Missing data of compared endpoints a second time: the comparison's model of observed, carried and imputed data.

Of imputed data the model is linear in the values: with X its matrix, a combination of its coefficients is a'y, and the
squares of the residuals are y'My. So one a and one M do for all imputations and all shifts.

Not here: endpoints that no groups are compared in (`missing`), and the imputing (`impute`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trial_report.analysis.verify.comparison import (
    Design,
    covariates,
    design_of,
    estimated,
    fit_of,
    pooled_factor,
    values_of,
)
from trial_report.analysis.verify.exact import NAN, FloatArray
from trial_report.analysis.verify.family import SOLVED
from trial_report.analysis.verify.impute import ANOTHER_SEED, BATCHES, CYCLES, Incomplete, centre, impute, rubin
from trial_report.analysis.verify.road import Road, quoted
from trial_report.analysis.verify.tipping import decimals, tipping
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.measures import Endpoint

MEAN = ("estimate", "se", "ci_low", "ci_high")
DIFFERENCE = (*MEAN, "df", "p")


def compared_endpoint(road: Road, e: Endpoint, visits: list[str]) -> None:
    """All that the endpoint asks for but the mixed model; `visits` are those after baseline that have values."""
    place = {"analysis": "eff.missing", "population": e.analysis_set, "what": e.paramcd}
    for kind in ("observed", *(["locf"] if "locf" in e.missing else [])):
        as_kind = e.model_copy(update={"comparison_data": kind})
        values = values_of(road, as_kind, e.paramcd).dropna(subset=["y", *covariates(e), *e.factors])
        for visit in e.visits:
            _completed(road, e, {**place, "avisit": visit}, values[values["visit"] == visit], kind)
    if {"mi", "tipping_point"} & set(e.missing):
        _imputed(road, e, place, visits)


def _completed(road: Road, e: Endpoint, place: Mapping[str, Any], own: pd.DataFrame, kind: str) -> None:
    """The model of the values as they are, or as they were carried."""
    codes, level = [g.code for g in road.study.groups], road.study.confidence_level
    design = design_of(own, codes, e)
    fit = fit_of(design)
    sizes = {g: int((own["grp"] == g).sum()) for g in codes}
    enough = [g for g in codes if sizes[g] >= road.study.inference_from]
    for g in codes:
        imputed = int(own.loc[own["grp"] == g, "is_carried"].sum()) if "is_carried" in own else 0
        mean = estimated(fit, design.mean_of(g) if g in enough else None, level)
        numbers = {"n": sizes[g], "imputed": imputed, **{s: mean[s] for s in MEAN}}
        road.add(rows({**place, "grp": g, "level": kind}, e, numbers))
    for g, control in _pairs(road, e):
        c = design.mean_of(g) - design.mean_of(control) if {g, control} <= set(enough) else None
        difference = estimated(fit, c, level)
        road.add(rows({**place, "grp": g, "level": f"{kind}|DIFFERENCE"}, e, {s: difference[s] for s in DIFFERENCE}))


def _pairs(road: Road, e: Endpoint) -> list[tuple[str, str]]:
    codes = [g.code for g in road.study.groups]
    control = e.control or codes[0]
    return [(g, control) for g in codes if g != control]


def rows(place: Mapping[str, Any], e: Endpoint, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of statistics that are numbers."""
    return [{**place, "statistic": s, "value": v, "tolerance": SOLVED, **decimals(e, s)} for s, v in values.items()]


@dataclass(frozen=True)
class Linear:
    """The comparison's model of any values: `design`, the inverse of its cross-products, and what leaves residuals."""

    design: Design
    inverse: FloatArray
    residual: FloatArray
    df: int

    @classmethod
    def of(cls, design: Design) -> Linear | None:
        """None where the coefficients cannot be told apart, or no degree of freedom is left."""
        x, (n, k) = design.x, design.x.shape
        if n <= k or not (scale := np.sqrt((x**2).sum(axis=0))).all():
            return None
        cross = (x / scale).T @ (x / scale)
        if np.linalg.eigvalsh(cross).min() < 1e-12:
            return None
        inverse = np.linalg.inv(cross) / np.outer(scale, scale)
        return cls(design, inverse, np.eye(n) - x @ inverse @ x.T, n - k)

    def pooled(self, values: FloatArray, c: FloatArray, level: float) -> dict[str, FloatArray]:
        """Rubin's rules of a combination of the coefficients: `values` are runs × imputations × subjects.

        NaN in a run that has an imputation whose residuals are nothing.
        """
        weights = self.design.x @ self.inverse @ c
        rest = values @ self.residual
        none = np.abs(rest).max(axis=2) <= 1e-9 * np.maximum(np.abs(values).max(axis=2), 1e-300)
        variance = (rest**2).sum(axis=2) / self.df * float(c @ self.inverse @ c)
        return rubin(np.where(none, NAN, values @ weights), np.where(none, NAN, variance), self.df, level)


def _people(road: Road, e: Endpoint, visits: list[str]) -> pd.DataFrame:
    """Who is imputed: a row a subject with group, predictors, factors, and a column a visit (missing where not seen).

    Subjects of the set with all covariates and a baseline; where the baseline is not in the model, with any value.
    """
    groups = ", ".join(quoted(g.code) for g in road.study.groups)
    numbers = [f"TRY_CAST(s.{name} AS DOUBLE) AS {name}" for name in e.covariates]
    factors = [f"{pooled_factor(e, name)} AS {name}" for name in e.factors]
    people = road.frame(
        f"""SELECT {", ".join(["m.USUBJID", "m.grp", "b.BASE", *numbers, *factors])}
        FROM eff_member AS m JOIN ADSL AS s USING (USUBJID)
        LEFT JOIN baseline AS b ON b.USUBJID = m.USUBJID AND b.PARAMCD = {quoted(e.paramcd)}
        WHERE m.paramcd = {quoted(e.paramcd)} AND m.grp IN ({groups}) ORDER BY m.USUBJID"""
    )
    seen = road.frame(
        f"SELECT USUBJID, visit, y FROM eff WHERE paramcd = {quoted(e.paramcd)} AND grp IN ({groups}) AND y IS NOT NULL"
    )
    wide = seen.pivot_table(index="USUBJID", columns="visit", values="y").reindex(columns=visits)
    people = people.join(wide, on="USUBJID").dropna(subset=covariates(e))
    return people if e.base_in_model else people.dropna(subset=visits, how="all")


def _incomplete(road: Road, e: Endpoint, people: pd.DataFrame, visits: list[str], *, groups: bool) -> Incomplete:
    """The subjects' predictors and values; `groups`: an indicator for each group that is there but the first."""
    present = [g.code for g in road.study.groups if (people["grp"] == g.code).any()]
    x = [(people["grp"] == g).to_numpy(float) for g in present[1:]] if groups else []
    x += [people[name].to_numpy(float) for name in covariates(e)]
    return Incomplete(np.column_stack(x) if x else np.empty((len(people), 0)), people[visits].to_numpy(float))


def _filled(road: Road, e: Endpoint, people: pd.DataFrame, visits: list[str]) -> tuple[FloatArray, str]:
    """runs × imputations × subjects × visits; and in words on which visits each was regressed."""
    size, rule = road.study.missing_data.imputations, road.study.missing_data
    whole = _incomplete(road, e, people, visits, groups=True)
    if not rule.within_groups:
        return impute(whole, BATCHES * size, ANOTHER_SEED).reshape(BATCHES, size, *whole.y.shape), _given(whole)
    made, given = np.empty((BATCHES * size, *whole.y.shape)), []
    for i, g in enumerate(road.study.groups):
        mine = (people["grp"] == g.code).to_numpy()
        if mine.any():
            part = _incomplete(road, e, people[mine], visits, groups=False)
            made[:, mine] = impute(part, BATCHES * size, ANOTHER_SEED + i)
            given.append(_given(part))
    words = f"{' or '.join(dict.fromkeys(given))}, in each group by itself"
    return made.reshape(BATCHES, size, *whole.y.shape), words


def _given(data: Incomplete) -> str:
    """On which other visits a visit is regressed, in words."""
    return "earlier visits" if data.is_monotone else f"all other visits (chained equations, {CYCLES} cycles)"


def _imputed(road: Road, e: Endpoint, place: Mapping[str, Any], visits: list[str]) -> None:
    study = road.study
    people = _people(road, e, visits)
    runs, given = _filled(road, e, people, visits)
    if "mi" in e.missing:
        group = [] if study.missing_data.within_groups else [study.treatment_variable(e.analysis_set)]
        text = f"Bayesian linear regression of each visit on {', '.join([*group, *covariates(e), given])}"
        road.add([{**place, "grp": TOTAL, "level": "mi", "statistic": "model", "text": text}])
    used = people[list(e.factors)].notna().all(axis=1).to_numpy() if e.factors else np.full(len(people), True)
    own = people[used]
    spread = float(people["BASE"].std(ddof=1)) if people["BASE"].count() > 1 else 0.0
    for visit in e.visits:
        at = visits.index(visit)
        absent = own[visit].isna().to_numpy()
        here = Visit(road, e, {**place, "avisit": visit}, own, runs[:, :, used, at], absent)
        if "mi" in e.missing:
            road.add(here.pooled_rows())
        if "tipping_point" in e.missing:
            road.add(here.tipping_rows(spread))


@dataclass(frozen=True)
class Visit:
    """The imputed data of one visit: `values` are runs × imputations × subjects of `own`, those of `absent` imputed."""

    road: Road
    e: Endpoint
    place: Mapping[str, Any]
    own: pd.DataFrame
    values: FloatArray
    absent: NDArray[np.bool_]

    @property
    def codes(self) -> list[str]:
        return [g.code for g in self.road.study.groups]

    def of(self, group: str) -> NDArray[np.bool_]:
        return np.asarray(self.own["grp"] == group)

    @property
    def enough(self) -> set[str]:
        """The groups with enough observed values."""
        least = self.road.study.inference_from
        return {g for g in self.codes if (self.of(g) & ~self.absent).sum() >= least}

    @property
    def model(self) -> Linear | None:
        """None also where a value could not be imputed."""
        if np.isnan(self.values).any() or not len(self.own):
            return None
        return Linear.of(design_of(self.own.assign(y=0.0), self.codes, self.e))

    def pool(self, c: FloatArray | None, values: FloatArray | None = None) -> dict[str, FloatArray]:
        """The pooled combination of every run; NaN where there is no model or no combination."""
        model = self.model
        if model is None or c is None:
            return dict.fromkeys(DIFFERENCE, np.full(BATCHES, NAN))
        level = self.road.study.confidence_level
        return model.pooled(self.values if values is None else values, c, level)

    def combination(self, group: str, other: str | None = None) -> FloatArray | None:
        """The coefficients of a group's mean, or of its difference from another's; None without enough values."""
        model = self.model
        if model is None or not {group, other or group} <= self.enough:
            return None
        mean = model.design.mean_of(group)
        return mean - model.design.mean_of(other) if other else mean

    def pooled_rows(self) -> list[dict[str, Any]]:
        """Level mi: of every group its mean, of every other than control the difference."""
        found: list[dict[str, Any]] = []
        filled = self.absent & ~np.isnan(self.values).any(axis=(0, 1))
        for g in self.codes:
            here, mine = {**self.place, "grp": g, "level": "mi"}, self.of(g)
            found += rows(here, self.e, {"n": int(mine.sum()), "imputed": int((mine & filled).sum())})
            pooled = self.pool(self.combination(g))
            found += [{**here, "statistic": s, **centre(pooled[s]), **decimals(self.e, s)} for s in MEAN]
        for g, control in _pairs(self.road, self.e):
            here, pooled = {**self.place, "grp": g, "level": "mi|DIFFERENCE"}, self.pool(self.combination(g, control))
            found += [{**here, "statistic": s, **centre(pooled[s]), **decimals(self.e, s)} for s in DIFFERENCE]
        return found

    def tipping_rows(self, spread: float) -> list[dict[str, Any]]:
        """Each group's imputed values shifted against its advantage; at the last visit also the curve."""
        found: list[dict[str, Any]] = []
        for g, control in _pairs(self.road, self.e):
            place, c = {**self.place, "grp": g}, self.combination(g, control)
            moved = self.of(g) & self.absent

            def at(shift: FloatArray | float, c: Any = c, moved: Any = moved) -> dict[str, FloatArray]:
                return self.pool(c, self.values + np.reshape(shift, (-1, 1, 1)) * moved[None, None, :])

            found += tipping(self.road.study, self.e, place, at, spread, any_imputed=bool(moved.any()))
        return found
