"""Incidence of adverse events in each group against control, by Fisher's exact test, where the definition asks."""

from __future__ import annotations

import pandas as pd

from analysis.analyse.adverse_events.events import CLASS, TERM, Events
from analysis.analyse.counting import ANY, NOT_CODED, by_frequency, tally
from analysis.analyse.groups import both
from analysis.analyse.rows import Rows
from analysis.methods.tables import fisher_exact
from analysis.trial import Trial
from analysis.where import Where

ID, METHOD = "ae.compare", "fisher"


def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "ae.compare": subjects with a treatment-emergent event in each group and in control, two-sided.

    Keys: ae.compare/<SET>/AEDECOD/-/<group>/<ANY|class|class|term>/p for every group but control. P-values are
    descriptive: they are not adjusted.
    """
    rows = Rows()
    control = trial.definition.adverse_events.compare_with
    if control is None:
        return rows.frame()
    events = Events.emergent(trial)
    work = events.frame.assign(**{name: events.frame[name].astype("str").fillna(NOT_CODED) for name in (CLASS, TERM)})
    paths: list[tuple[str, ...]] = [()]
    if len(work):
        paths += [*by_frequency(work, [CLASS]), *by_frequency(work, [CLASS, TERM])]
    counts = tally(work) | tally(work, [CLASS]) | tally(work, [CLASS, TERM])
    place, sizes = events.place(ID), events.sizes
    pair = {g.code: Where().eq(TRT01A=(g.code, control)) for g in trial.definition.groups if g.code != control}
    for code, both_groups in pair.items():
        for path in paths:
            with_event = [counts.get((one, *path), (0, 0))[0] for one in (code, control)]
            table = [[n, sizes[one] - n] for n, one in zip(with_event, (code, control), strict=True)]
            found = fisher_exact(table)
            where = both(events.where, both_groups).all_of(
                {name: None if v == NOT_CODED else v for name, v in zip((CLASS, TERM), path, strict=False)}
            )
            at = place.at(group=code, level="|".join(path) or ANY, where=where)
            rows.add(at, "p", found.p, method=METHOD, warning=found.warning)
    return rows.frame()
