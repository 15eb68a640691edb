"""By which treatment a set is shown, where some were assigned to one treatment and received another.

Not here: how a subject comes to a treatment (`derive.adsl`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from trial_report.schemas.study import StudyDefinition

if TYPE_CHECKING:
    from trial_report.analysis.display.book import Book

NOT_TREATED = "not treated"


def differ(book: Book) -> bool:
    """Whether any subject received another treatment than was assigned, or one that nobody had assigned."""
    adsl = book.datasets["ADSL"]
    return bool((adsl["TRT01A"].notna() & (adsl["TRT01P"] != adsl["TRT01A"]).fillna(True)).any())


def never_treated(book: Book) -> bool:
    """Whether the study days of any subject count from randomisation, because it was never treated."""
    adsl = book.datasets["ADSL"]
    return bool((adsl["REFDT"].notna() & adsl["TRTSDT"].isna()).any())


def reference_words(book: Book) -> str:
    """The day that study days and baseline refer to, in this study."""
    return "first dose" + (", or randomisation of who was never treated" if never_treated(book) else "")


def by_words(book: Book, population: str) -> str:
    """ "by treatment assigned", or "by treatment received"; empty where the two are one in every subject."""
    return f"by {book.definition.treatment_words(population)}" if differ(book) else ""


def treatments(definition: StudyDefinition, subjects: pd.DataFrame) -> pd.Series:
    """What each subject was given and, where that is not what was assigned, what was assigned; in labels.

    "Product A 10 mg", "Product A 10 mg, assigned to Placebo", "assigned to Placebo, not treated", "not treated".
    """
    labels = {g.code: g.label for g in definition.groups}
    received = subjects["TRT01A"].map(labels).astype("str")
    assigned = "assigned to " + subjects["TRT01P"].map(labels).astype("str")
    other = received.notna() & assigned.notna() & (subjects["TRT01A"] != subjects["TRT01P"]).fillna(False)
    found = received.mask(other, received + ", " + assigned)
    return found.fillna(assigned + f", {NOT_TREATED}").fillna(NOT_TREATED)


def treatment_of(definition: StudyDefinition, subject: Mapping[Any, Any]) -> str:
    """The same of one subject, a row of ADSL."""
    return str(treatments(definition, pd.DataFrame([subject])[["TRT01P", "TRT01A"]].astype("str")).iloc[0])
