"""Checks of decimals: a result as collected that is finer, or coarser, than the test's other results.

A thermometer that shows tenths shows no hundredths: more decimals than a test has elsewhere are computed, or typed
twice. Fewer decimals are judged only where final zeros are written: an export that drops them makes 37.0 into 37.

Not here: how numbers of the report are rounded (`analysis.results.formatting`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.collected import TEST
from trial_report.schemas.checks.findings import by_group, decimals, findings_with, is_yes
from trial_report.schemas.checks.magnitude import is_implausible, is_of_wrong_magnitude
from trial_report.schemas.domains.numbers import to_number
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import matches
from trial_report.schemas.study import StudyDefinition

_ENOUGH, _MOST = 30, 16
#: So many results, or this share of a test's, may have other decimals and still be the odd ones.
_ODD, _SHARE = 1, 0.005
#: The usual number of decimals is borne by this share at least: where 1 in 10 ends in a zero that was dropped, by most.
_USUAL = 0.4


@declare.check(
    "PL-021",
    "warning",
    "A result has more decimals than the test's other results, or fewer although these write their zeros.",
    "Look at the source: the value may be computed, averaged or mistyped; nothing, where another device was used.",
)
def result_has_the_usual_decimals(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "ORRES"):
        text = frame[f"{domain}ORRES"]
        judged = to_number(text)[0].notna() & ~matches(text, "[eE]") & ~is_yes(frame, f"{domain}DRVFL")
        # A value in another unit has the decimals of that, and is told for its magnitude.
        if f"{domain}STRESN" in frame:
            judged &= ~is_of_wrong_magnitude(domains, domain) & ~is_implausible(domain, frame, definition)
        rows = np.flatnonzero(judged)
        if len(rows) < _ENOUGH:
            continue
        group = by_group(frame, [domain + name for name in (*TEST, "ORRESU")]).to_numpy()[rows]
        places = np.minimum(decimals(text).to_numpy(dtype=np.int64)[rows], _MOST - 1)
        counts = np.bincount(group * _MOST + places, minlength=(group.max() + 1) * _MOST).reshape(-1, _MOST)
        zeros = np.bincount(group[matches(text, r"\.\d*0$").to_numpy()[rows]], minlength=len(counts))
        n = counts.sum(axis=1)
        few = np.maximum(_ODD, _SHARE * n)
        at_least = counts[:, ::-1].cumsum(axis=1)[:, ::-1]
        # The first number of decimals that only the odd results reach; the usual is one below.
        usual = (at_least <= few[:, None]).argmax(axis=1) - 1
        borne = np.take_along_axis(counts, np.maximum(usual, 0)[:, None], axis=1)[:, 0]
        known = (n >= _ENOUGH) & (usual >= 0) & (borne >= _USUAL * n)
        fewer = n - np.take_along_axis(at_least, np.maximum(usual, 0)[:, None], axis=1)[:, 0]
        written = known & (usual >= 1) & (fewer <= few) & (zeros >= np.maximum(3, 0.04 * n))
        wrong = (known[group] & (places > usual[group])) | (written[group] & (places < usual[group]))
        odd = rows[wrong]
        expected = pd.Series(usual[group[wrong]], index=odd).astype("str") + " decimals, as the others"
        found = np.zeros(len(frame), dtype=bool)
        found[odd] = True
        also = (f"{domain}STRESC", f"{domain}STRESN")
        yield Finding(domain, found, f"{domain}ORRES", expected=expected, also=also)
