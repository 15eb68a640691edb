"""Sentences of ordinal endpoints: who improved, stayed the same or worsened, and from where to where.

Not here: endpoints that are analysed as numbers or as yes and no (`efficacy`).
"""

from __future__ import annotations

from functools import partial

from trial_report.analysis.analyse.shifts import SHIFT
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.tables.efficacy_shifts import WORDS
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.prose.columns import in_all, told
from trial_report.report.prose.estimates import at_visit, found_of, visits_told
from trial_report.report.prose.words import Inline, join, level_text, say, sentences, worded
from trial_report.schemas.study.measures import Endpoint


def shifted(endpoint: Endpoint, inside: bool = False) -> Inline:
    """A sentence a tested visit: of whom both values are known, how many improved, stayed the same and worsened."""
    said = []
    for visit in visits_told(endpoint, inside):
        asked = found_of(endpoint, visit, SHIFT)
        if not in_all(asked, "n"):
            begun = at_visit(visit, inside)
            said.append(say("{} nobody had a value beside that of baseline.", begun))
            continue
        said.append(say("{} {}.", at_visit(visit, inside), told(partial(_ways, endpoint, asked))))
    return sentences(*said)


def _ways(endpoint: Endpoint, asked: Answer, code: str, first: bool) -> Inline:
    """ "of 19 patients with values at both baseline and this visit, 1 (5.3%; 95% CI 0.1% to 26.0%) improved, …"."""
    at = asked.at(group=code)
    noun = f" {kit.book().definition.study.subjects} with values at both baseline and this visit," if first else ","
    verbs = {"Improved": "improved", "Same": "stayed the same", "Worse": "worsened",
             "Lower": "were lower", "Higher": "were higher"}  # fmt: skip
    parts = []
    for way, word in WORDS[endpoint.benefit].items():
        one = at.at(level=way)
        low, high = num(one, "pct_low"), num(one, "pct_high")
        if one.value("n"):
            share = num(one, "n"), num(one, "pct")
            parts.append(say("{} ({}%; {} {}% to {}%) " + verbs[word], *share, level_text(), low, high))
        else:
            # No table prints a percentage beside a zero.
            parts.append(say("{} ({} {}% to {}%) " + verbs[word], worded(one, "n", "none"), level_text(), low, high))
    return say("of {}" + noun + " {}", num(at, "n"), join(parts))
