"""Protocol deviations: subjects and deviations by category, class and term.

Not here: which subjects a deviation keeps out of a set (`derive.sets`, `exclusions`).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.counting import (
    Nesting,
    add_nested,
    enrolled_set,
    set_sizes,
    stacked,
    subjects_of,
    with_subjects,
)
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Term, Where
from trial_report.analysis.trial import Trial

EVERY = Where()
ID = "deviations"
NOT_SO = {"OCCUR": "N", "STAT": "NOT DONE"}
"""Variables of a domain, without its prefix, with what says that a record's event or medicine was not there."""


@dataclass(frozen=True)
class Unlike(Term):
    """The records whose variable does not have the value; those without any are meant too."""

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True where the value is another or missing."""
        return ~(frame[self.variable] == self.value).fillna(False).astype(bool)

    @property
    def sql(self) -> str:
        """The condition as one SQL term."""
        return f"{self.variable} IS DISTINCT FROM '{self.value}'"


@declare.analysis(ID, needs=("DV",))
def analyse(trial: Trial) -> pd.DataFrame:
    """Deviations (DV) of the enrolled: any, by category (DVCAT), by category and class (DVDECOD, else DVTERM).

    Keys: deviations/<ENR>/<DVDECOD|DVTERM>/-/<group>/<ANY|category|category|term>/<n|pct|events>.
    """
    rows = Rows()
    add_terms(rows, trial, (ID, "DV", "DVCAT", "DVDECOD", "DVTERM"), enrolled_set(trial.definition))
    return rows.frame()


def add_terms(
    rows: Rows, trial: Trial, what: tuple[str, str, str, str, str], population: str, among: Where = EVERY
) -> None:
    """Class and term of a domain without flags, by column; where no term is coded, the term as reported.

    `what`: the analysis, the domain, its variables of the class, the coded term and the term as reported; `among`:
    the records of the domain that are counted, if they do not say that nothing was there.
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
    so = tuple(Unlike(f"{domain}{n}", "<>", no) for n, no in NOT_SO.items() if f"{domain}{n}" in frame)
    counted = both(Where(so), among)
    chosen = with_subjects(trial, counted.of(frame), population)
    work = stacked(definition, population, chosen)
    add_nested(rows, place, work, Nesting(outer, named, counted, selected), sizes)
