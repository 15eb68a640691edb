"""The check of the side treated. It runs before those of measurements: a wrong side looks like a missing baseline.

Not here: sides measured together (`plausibility`), and records of one moment by side (`schemas.domains.sides`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.subjects import usual_value
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition


@declare.check(
    "X-011",
    "error",
    "The side that is treated is not the same in all records of a subject.",
    "Correct --LAT; or take out treatment.one_side, where more than one side may be treated or measured.",
    uses=("DM.USUBJID",),
)
def side_is_one(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    if not definition.treatment.one_side:
        return
    parts = []
    measured = {parameter.domain for parameter in definition.endpoints}
    for domain, frame in domains.items():
        name = f"{domain}LAT"
        judged = domain in {"EX", "EC"} or (observation_class(domain) == "Findings" and domain in measured)
        if judged and domains.has(domain, name):
            side = frame[name].where(among(frame[name], ["LEFT", "RIGHT"]))
            part = pd.DataFrame({"subject": frame["USUBJID"], "side": side, "domain": domain, "row": frame.index})
            parts.append(part.dropna())
    if not parts:
        return
    sides = pd.concat(parts, ignore_index=True)
    usual = usual_value(sides["subject"], sides["side"])
    sides = sides.assign(usual=usual)[sides["side"] != usual]
    for domain in sides["domain"].unique().tolist():
        part = sides[sides["domain"] == domain]
        wanted = part.set_index("row")["usual"].reindex(domains[domain].index)
        yield Finding(domain, wanted.notna(), f"{domain}LAT", expected=wanted.astype("str"), also=("USUBJID",))
