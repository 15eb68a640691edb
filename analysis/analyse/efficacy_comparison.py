"""Comparison of treatment groups with control: analysis of covariance of the change, baseline as covariate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.analyse.efficacy_data import CHANGE, GROUP, EndpointData
from analysis.analyse.multiplicity import Hypothesis
from analysis.analyse.rows import Place, Rows
from analysis.formatting import fmt_number
from analysis.methods.lsmeans import ancova
from analysis.trial import Trial
from schemas.study import TOTAL

COMPARISON, DIFFERENCE = "eff.comparison", "DIFFERENCE"
METHOD = "ancova"


def compare(rows: Rows, trial: Trial, data: EndpointData) -> Iterator[tuple[Hypothesis, Place, float]]:
    """Adds the rows of "eff.comparison" and gives each hypothesis with its place and p-value (NaN: none).

    Group without a level: n, estimate (least-squares mean of the change), se, ci_low, ci_high. Level DIFFERENCE
    (group minus control): estimate, se, df, statistic, ci_low, ci_high, p. The F test of any difference stands in
    the total: statistic, p.
    """
    endpoint, order = data.endpoint, [g.code for g in trial.definition.groups]
    control = endpoint.control or order[0]
    for group, total in data.totals.items():
        rows.add(data.subject_place(COMPARISON, group), "N", total, method="count")
    for visit in (v for v in data.visits if v in endpoint.visits):
        frame = data.records.loc[data.records["AVISIT"] == visit]
        found = ancova(frame, CHANGE, GROUP, order, ["BASE"], reference=control,
                       level=trial.definition.confidence_level)  # fmt: skip
        where = data.record_where(visit).also(CHANGE, "is not null").eq(**{GROUP: tuple(order)})
        place = data.place(COMPARISON).at(avisit=visit, where=where)
        for mean in found.means.to_dict("records"):
            at = place.at(group=mean[GROUP])
            rows.add(at, "n", mean["n"], method=METHOD)
            _add(rows, at, mean, endpoint.decimals, ("estimate", "se", "ci_low", "ci_high"))
        for difference in found.differences.to_dict("records"):
            at = place.at(group=difference[GROUP], level=DIFFERENCE)
            _add(rows, at, difference, endpoint.decimals, ("estimate", "se", "ci_low", "ci_high"))
            for name in ("df", "statistic"):
                rows.add(at.at(unit=None), name, difference[name], method=METHOD, warning=_text(difference["warning"]),
                         formatted=fmt_number(difference[name], 0 if name == "df" else 2))  # fmt: skip
            rows.add(at.at(unit=None), "p", difference["p"], method=METHOD, warning=_text(difference["warning"]))
            yield Hypothesis(endpoint.paramcd, visit, difference[GROUP]), at, float(difference["p"])
        at = place.at(group=TOTAL, unit=None)
        rows.add(at, "statistic", found.test.statistic, formatted=fmt_number(found.test.statistic, 2), method=METHOD,
                 warning=found.test.warning)  # fmt: skip
        rows.add(at, "p", found.test.p, method=METHOD, warning=found.test.warning)


def _add(rows: Rows, place: Place, found: Mapping[Any, Any], decimals: int, names: tuple[str, ...]) -> None:
    values = {name: float(found[name]) for name in names}
    rows.add_all(place, values, decimals=decimals, method=METHOD, warning=_text(found["warning"]))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
