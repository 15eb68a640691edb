"""Other significant adverse events (ICH E3, 12.3.1.3): neither fatal nor serious, and yet to be told each.

Treatment-emergent events that are severe, that changed study treatment, or that go with a value which was judged
clinically significant. Dose-limiting toxicities and events of special interest have narratives of their own.

Not here: fatal and serious events (`listings.safety`), and the narratives of both (`narratives`).
"""

from __future__ import annotations

import pandas as pd

from trial_report.analysis.analyse.adverse_events.events import EMERGENT
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.course import in_event, parameters_of
from trial_report.analysis.display.listings.safety import by_record, grave


def significant(book: Book) -> pd.DataFrame:
    """The events, in order of subject and start."""
    adae = book.datasets["ADAE"]
    emergent = EMERGENT.of(adae)
    told = grave(book).of(adae).index
    others = emergent.loc[~emergent.index.isin(told)]
    chosen = by_record(book.definition).of(others).index
    own = others.loc[others.index.isin([*chosen, *_marked(book, others)])]
    return own.sort_values(["USUBJID", "ASTDT", "AESEQ"])


def _marked(book: Book, events: pd.DataFrame) -> pd.Index:
    """The events of which a value was judged clinically significant in their time, or in the week before it."""
    values = book.datasets.get("ADBDS")
    if values is None or events.empty:
        return events.index[:0]
    judged = values.loc[(values["CLSIG"] == "Y") & (values["POSTFL"] == "Y"), ["USUBJID", "PARAMCD", "ADT"]]
    named = events["AEDECOD"].fillna(events["AETERM"])
    codes = {term: [one.paramcd for one in parameters_of(book, str(term))] for term in named.dropna().unique()}
    times = events[["USUBJID", "ASTDT", "AENDT"]].assign(PARAMCD=named.map(codes), EVENT=events.index)
    pairs = times.explode("PARAMCD").dropna(subset=["PARAMCD"]).merge(judged, on=["USUBJID", "PARAMCD"])
    return pd.Index(pairs.loc[in_event(pairs["ADT"], pairs["ASTDT"], pairs["AENDT"]), "EVENT"].unique())
