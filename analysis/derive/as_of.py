"""An earlier look: a study's definition and domains as they stood on a day before its own data cut-off.

What lay after that day is taken out before anything is counted, so that not even its number is known. The data are
those of the delivery: what was entered or corrected later of what had begun by then is as it was delivered.

Not here: the study's own cut-off (`cutoff`).
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from trial_report.analysis.derive.cutoff import at_cutoff
from trial_report.runtime.choose import ChoiceError
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.study import StudyDefinition

_DATE = r"\d{4}-\d{2}(?:-\d{2}(?:[T ].*)?)?"
"""A date of SDTM with its month at least: a year alone may be a number."""


def defined_as_of(definition: StudyDefinition, day: date) -> StudyDefinition:
    """The definition with that day as its data cut-off, and without what was published of the whole study.

    Raises ChoiceError for a day after the study's own cut-off: of that nothing was delivered.
    """
    last = definition.study.data_cutoff
    if day > last:
        raise ChoiceError(f"{day} is after the study's data cut-off, {last}: give --as-of a day up to that one")
    study = definition.study.model_copy(update={"data_cutoff": day})
    return definition.model_copy(update={"study": study, "publication": None})


def known_as_of(definition: StudyDefinition, domains: Domains) -> Domains:
    """The domains as they stood at the definition's cut-off, with nothing said of what was taken out.

    A date after it that the cut leaves where it is (of a reference time point such as AEENTPT, of a qualifier) is
    missing: it was not known.
    """
    known = at_cutoff(definition, domains)[0]
    held = known if isinstance(known, Domains) else Domains(known, domains.sources)
    last = definition.study.data_cutoff.isoformat()
    frames = {name: _without_later(frame, last) for name, frame in held.items()}
    return Domains(frames, held.sources, held.unread, held.sdtmig)


def _without_later(frame: pd.DataFrame, last: str) -> pd.DataFrame:
    """The frame without dates that lie wholly after a day; the frame itself where there are none."""
    later = {}
    for name in frame.select_dtypes(["string", "object"]).columns:
        texts = pd.Series(frame[name].dropna().unique(), dtype="str")
        gone = texts[texts.str.fullmatch(_DATE) & (texts > f"{last}T99")]
        if len(gone):
            later[name] = frame[name].mask(frame[name].isin(gone))
    return frame.assign(**later) if later else frame
