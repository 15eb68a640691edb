"""Checks of long codelists to which a sponsor may add: what is a slip of one of their terms, or CDISC's synonym of it.

Units, sites of the body, methods, specimens and forms of dosing are not all in CDISC's lists, and need not be: a value
is told only where the list has a term that it is another writing of, and where the study writes it otherwise in most
records of the same test. A term that a study keeps to is its own; the rule CT2002 of Pinnacle 21 asks for each.

Not here: terms that must be of their list, which the domain's model holds (`conform`), and the definition's words
(`vocabulary`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.codelists.terminology import Codelist
from trial_report.schemas.codelists.terms import NEAR
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import as_series, group_codes, of_each, unique_texts
from trial_report.schemas.domains.variables import variables
from trial_report.schemas.study import StudyDefinition

#: A column with more different texts than this that are no terms is free text.
_MOST = 500
#: A value that makes up a larger share of its test's records is how the study writes it, and told by nobody here.
_RARE = 0.05


@declare.check(
    "CT-001",
    "warning",
    "A value is a slip or a synonym of a term of its CDISC codelist, and is not what the study writes elsewhere.",
    "Write the CDISC term; a sponsor term of another meaning can be accepted.",
)
def value_is_no_slip_of_a_term(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        for name, variable in variables(domain, domains.sdtmig).items():
            if variable.near and domains.has(domain, name) and frame[name].dtype == "str":
                yield from _slips(frame, domain, name, [NEAR[code] for code in variable.near])


def _slips(frame: pd.DataFrame, domain: str, name: str, lists: list[Codelist]) -> Iterator[Finding]:
    codes, unique = unique_texts(frame[name])
    texts = as_series(unique)
    other = texts[~texts.isin([term for one in lists for term in one.terms])]
    if not 0 < len(other) <= _MOST:
        return
    meant = {text: found for text in other if (found := _meant(str(text), lists))}
    if not meant:
        return
    tests = [f"{domain}TESTCD"] if f"{domain}TESTCD" in frame else []
    group = group_codes(frame, tests)
    size = len(texts) + 1
    counts = pd.Series(group * size + codes)[codes >= 0].value_counts()
    total = np.bincount(group[codes >= 0], minlength=int(group.max(initial=0)) + 1)
    place = {text: number for number, text in enumerate(texts)}
    wrong = np.zeros(len(frame), dtype=bool)
    for text, (term, _) in meant.items():
        rows = np.flatnonzero(codes == place[text])
        here = counts.reindex(group[rows] * size + place[text]).to_numpy()
        there = counts.reindex(group[rows] * size + place.get(term, -1)).fillna(0).to_numpy()
        wrong[rows] = (here < there) | (here <= _RARE * total[group[rows]])
    expected = of_each(frame[name][wrong], lambda found: found.map(lambda text: _said(*meant[text])).astype("str"), "")
    yield Finding(domain, wrong, name, expected=expected.astype("str"))


def _meant(text: str, lists: list[Codelist]) -> tuple[str, str] | None:
    """The term that a text is a slip of, and its codelist."""
    return next(((term, one.name) for one in lists if (term := one.almost(text))), None)


def _said(term: str, name: str) -> str:
    return f"{term}, a term of codelist {name}"
