"""A check of terms that fit one sex only against the sex of the subject; the words are data.

Not here: terms with two codes or classes (`coding`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import of_each
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition

SOURCE = Path(__file__).parents[1] / "codelists" / "one_sex.csv"
#: What is told of somebody else than the subject.
_OTHERS = re.compile(r"\b(FAMILY|FAMILIAL|PARTNER|WIFE|HUSBAND|SPOUSE|MOTHER|FATHER|SISTER|BROTHER)", re.IGNORECASE)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...]:
    words = pd.read_csv(SOURCE, comment="#", dtype="str", keep_default_na=False)
    return tuple(
        (sex, re.compile(rf"\b{word}", re.IGNORECASE), _but(but))
        for sex, word, but in words[["SEX", "WORD", "BUT"]].itertuples(index=False, name=None)
    )


def _but(words: str) -> re.Pattern[str] | None:
    return re.compile(rf"\b({'|'.join(words.split())})", re.IGNORECASE) if words else None


def sex_of(term: str) -> str:
    """The sex, M or F, that a term is of; empty where it may be of either, or is told of somebody else."""
    if _OTHERS.search(term):
        return ""
    found = {sex for sex, word, but in _patterns() if word.search(term) and not (but and but.search(term))}
    return found.pop() if len(found) == 1 else ""


# Sex is that of codelist SEX; of somebody with M or F it may be the sex that was registered, so that it is a warning.
@declare.check(
    "CO-010",
    "warning",
    "A term is of the other sex.",
    "Correct SEX in DM, USUBJID or the term.",
    uses=("DM.SEX",),
)
def term_fits_the_sex(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain in domains:
        kind = observation_class(domain)
        if domain in ("DS", "DV", "CM", "EX", "EC") or kind not in ("Events", "Interventions"):
            continue
        reported = f"{domain}{'TERM' if kind == 'Events' else 'TRT'}"
        for name in (f"{domain}DECOD", reported):
            if not domains.has(domain, name) or domains[domain][name].isna().all():
                continue
            wanted = of_each(domains[domain][name], lambda terms: terms.map(sex_of).astype("str"), "").astype("str")
            sex = domains.of_subject(domain, domains["DM"]["SEX"])
            wrong = wanted.isin(["M", "F"]) & sex.isin(["M", "F"]) & (sex != wanted)
            expected = "a term for sex " + sex.fillna("").astype("str") + ", as DM has it"
            yield Finding(domain, wrong, name, expected=expected, also=("DM.SEX", "USUBJID"))
            break
