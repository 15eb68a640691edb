"""Protocol deviations: subjects and deviations by category, class and term."""

from __future__ import annotations

import pandas as pd

from analysis.analyse.counting import (
    Nesting,
    add_nested,
    columns_of,
    enrolled_set,
    set_sizes,
    stacked,
    subjects_of,
    with_subjects,
)
from analysis.analyse.groups import both, in_set
from analysis.analyse.rows import Place, Rows
from analysis.trial import Trial

ID = "deviations"


def analyse(trial: Trial) -> pd.DataFrame:
    """Deviations (DV) of the enrolled: any, by category (DVCAT), by category and class (DVDECOD, else DVTERM).

    Keys: deviations/<ENR>/<DVDECOD|DVTERM>/-/<group>/<ANY|category|category|term>/<n|pct|events>.
    """
    rows = Rows()
    add_terms(rows, trial, (ID, "DV", "DVCAT", "DVDECOD", "DVTERM"), enrolled_set(trial.definition))
    return rows.frame()


def add_terms(rows: Rows, trial: Trial, what: tuple[str, str, str, str, str], population: str) -> None:
    """Class and term of a domain without flags, by column; where no term is coded, the term as reported.

    `what`: the analysis, the domain, its variables of the class, the coded term and the term as reported.
    """
    analysis, domain, outer, inner, verbatim = what
    frame = trial.domains.get(domain, pd.DataFrame({name: pd.Series(dtype="str") for name in ("USUBJID",)}))
    frame = frame.reindex(columns=[*frame.columns, *({outer, inner, verbatim} - set(frame.columns))])
    named = inner if frame[inner].notna().any() else verbatim
    definition = trial.definition
    columns = columns_of(definition, population)
    selected = {code: subjects_of(trial, population, column) for code, column in columns.items()}
    sizes = set_sizes(trial, population)
    place = Place(analysis, domain, population, variable=named)
    for code, column in columns.items():
        where = both(in_set(trial, population), column)
        rows.add(place.at(dataset="ADSL", group=code, where=where), "N", sizes[code], method="count")
    chosen = with_subjects(trial, frame, population)
    work = stacked(definition, population, chosen)
    add_nested(rows, place, work, Nesting(outer, named, place.where, selected), sizes)
