"""What a proposed definition leaves out of what the data hold: visits, tests, domains, each in a sentence.

Not here: what a report leaves out of collected data (`analyse.collected`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trial_report.analysis.begin.look import Frames, first_dose, unscheduled
from trial_report.analysis.begin.propose import EFFICACY
from trial_report.analysis.begin.tests import categorical, measured
from trial_report.schemas.domains.variables import observation_class

_READ = {"DM", "EX", "AE", "DS", "SV", "CM", "MH", "DV"}
"""Domains that a report reads whatever the definition says."""

_PROPOSED = {"LB", "VS", *EFFICACY}
_MOST = 12


def left_out(frames: Frames, visits: list[dict[str, Any]]) -> list[str]:
    """Sentences on what is not in the proposal though the data have it; none where everything is."""
    return [*_visits(frames, visits), *_tests(frames), *_domains(frames)]


def _visits(frames: Frames, visits: list[dict[str, Any]]) -> Iterable[str]:
    extra = unscheduled(frames)
    if extra:
        yield f"visits: {extra} unscheduled visit number{'s' * (extra > 1)} with decimals, which need no definition"
    bare = [visit["name"] for visit in visits if "day" not in visit]
    if bare:
        yield (
            f"windows: {_named(bare)} {'has' if len(bare) == 1 else 'have'} no planned or usual day; records belong to "
            "such a visit by its number alone"
        )


def _tests(frames: Frames) -> Iterable[str]:
    start = first_dose(frames)
    for domain in sorted(_PROPOSED & set(frames)):
        words = categorical(frames, domain)
        if words:
            yield f"tests: results of {domain} that are words, or codes of words: {_named(words)}"
        early = sorted({one.testcd for one in measured(frames, domain, start) if not one.later})
        if early:
            yield f"tests: no number after first dose in {domain}: {_named(early)}"


def _domains(frames: Frames) -> Iterable[str]:
    for domain in sorted(set(frames) - _READ - _PROPOSED):
        kind = observation_class(domain)
        if kind == "Findings":
            tests = sorted({one.testcd for one in measured(frames, domain, first_dose(frames))})
            said = f"; 'endpoints' and 'vital_signs' can name its tests with numbers: {_named(tests)}" if tests else ""
            yield f"domains: {domain} is checked, and no analysis is proposed of it{said}"
        elif kind in ("Events", "Interventions"):
            yield f"domains: {domain} is checked, and no analysis reads it unless the definition names it"


def _named(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST])
    return shown if len(names) <= _MOST else f"{shown} and {len(names) - _MOST} more"
