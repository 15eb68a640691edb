"""An earlier look: a study's definition and domains as they stood on a day before its own data cut-off.

What lay after that day is taken out before anything is counted, so that not even its number is known. The data are
those of the delivery: what was entered or corrected later of what had begun by then is as it was delivered.
"""

from __future__ import annotations

from datetime import date

from trial_report.analysis.derive.cutoff import at_cutoff
from trial_report.runtime.choose import ChoiceError
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.study import StudyDefinition


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
    """The domains as they stood at the definition's cut-off, with nothing said of what was taken out."""
    known = at_cutoff(definition, domains)[0]
    return known if isinstance(known, Domains) else Domains(known, domains.sources)
