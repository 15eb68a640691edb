"""Incidence of adverse events in each group against control, by Fisher's exact test, where the definition asks.

Not here: incidences themselves (`terms`), and comparisons of efficacy (`analyse.efficacy_proportions`).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.adverse_events.events import CLASS, SERIOUS, TERM, Events
from trial_report.analysis.analyse.adverse_events.overview import both_kinds
from trial_report.analysis.analyse.counting import ANY, as_levels, by_frequency, meant_by, tally
from trial_report.analysis.analyse.groups import both, in_set
from trial_report.analysis.methods.tables import fisher_exact
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial

ID, OF_SERIOUS, METHOD = "ae.compare", "ae.compare.serious", "fisher"


@declare.analysis(ID, OF_SERIOUS, needs=("AE",))
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "ae.compare": subjects with an event in each group and in control, two-sided.

    Keys, for every group but control: ae.compare|ae.compare.serious/<SET>/AEDECOD/-/<group>/<ANY|class|class|term>/p of
    emergent (and serious) events, ae.compare/<SET>/USUBJID/-/<group>/<kind>/p of the kinds of the overview,
    ae.compare/<SET>/DTHFL/-/<group>/ANY/p of deaths. P-values are descriptive: they are not adjusted.
    """
    rows = Rows()
    if trial.definition.adverse_events.compare_with is None:
        return rows.frame()
    _terms(rows, ID, Events.emergent(trial))
    _terms(rows, OF_SERIOUS, Events.emergent(trial, SERIOUS))
    for kind, events in both_kinds(trial).items():
        place = events.place(ID, "USUBJID").at(level=kind)
        _compare(rows, trial, place, {str(key[0]): n for key, (n, _) in tally(events.frame).items()}, events.sizes)
    events = Events.emergent(trial)
    died = both(in_set(trial, events.population), Where().eq(DTHFL="Y"))
    place = Place(ID, "ADSL", events.population, died, "DTHFL", level=ANY)
    found = died.of(trial.adsl).groupby(trial.definition.treatment_variable(events.population)).size()
    _compare(rows, trial, place, {str(code): int(n) for code, n in found.items()}, events.sizes)
    return rows.frame()


def _terms(rows: Rows, analysis: str, events: Events) -> None:
    work = events.frame.assign(**{name: as_levels(events.frame[name]) for name in (CLASS, TERM)})
    paths: list[tuple[str, ...]] = [()]
    if len(work):
        paths += [*by_frequency(work, [CLASS]), *by_frequency(work, [CLASS, TERM])]
    counts = tally(work) | tally(work, [CLASS]) | tally(work, [CLASS, TERM])
    for path in paths:
        where = events.where.all_of({name: meant_by(v) for name, v in zip((CLASS, TERM), path, strict=False)})
        place = events.place(analysis).at(level="|".join(path) or ANY, where=where)
        with_event = {str(code): counts.get((code, *path), (0, 0))[0] for code in events.sizes}
        _compare(rows, events.trial, place, with_event, events.sizes)


def _compare(rows: Rows, trial: Trial, place: Place, with_event: Mapping[str, int], sizes: Mapping[str, int]) -> None:
    """A p-value for every group but control, from the subjects with an event and the N of each group."""
    control = str(trial.definition.adverse_events.compare_with)
    treatment = trial.definition.treatment_variable(place.population)
    for group in trial.definition.groups:
        if group.code == control:
            continue
        pair = (group.code, control)
        found = fisher_exact([[with_event.get(one, 0), sizes[one] - with_event.get(one, 0)] for one in pair])
        at = place.at(group=group.code, where=both(place.where, Where().eq(**{treatment: pair})))
        rows.add(at, "p", found.p, method=METHOD, warning=found.warning)
