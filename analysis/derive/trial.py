"""Derives the analysis datasets of a study from its domains.

Not here: how a dataset is derived, which stands in the module of its name, as `adsl`.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from trial_report.analysis.derive.adae import events
from trial_report.analysis.derive.adbds import analysis_records
from trial_report.analysis.derive.adsl import subjects
from trial_report.analysis.derive.adtte import times, with_next_visit
from trial_report.analysis.derive.advisit import visits
from trial_report.analysis.derive.characteristics import with_characteristics
from trial_report.analysis.derive.cutoff import at_cutoff
from trial_report.analysis.derive.declared import with_all_variables, with_variables
from trial_report.analysis.derive.escalation import with_dlt
from trial_report.analysis.derive.own import with_own_parameters
from trial_report.analysis.derive.records import in_order, onto
from trial_report.analysis.derive.sets import report_unplaced, with_sets
from trial_report.analysis.trial import Trial
from trial_report.declare.own import NOTHING, OwnCode
from trial_report.schemas.datasets import MODELS, check_dataset, columns
from trial_report.schemas.problems import Problems, StudyProblems
from trial_report.schemas.study import StudyDefinition


def derive(
    definition: StudyDefinition, domains: Mapping[str, pd.DataFrame], problems: Problems, own: OwnCode = NOTHING
) -> Trial:
    """The trial with its five analysis datasets, each found to agree with its model in `schemas.datasets`.

    `domains` are checked SDTM domains by name, SUPP-- merged in, with the physical line of each row in `_LINE`; they
    are not changed, and the trial holds them as they stood at the cut-off. What is found wrong on the way is added to
    `problems`, which the trial then holds. What the study's `own` code derives is derived last. The trial's definition
    is that of what was delivered; `planned` is as given.

    Raises:
        StudyProblems: when a derivation found an error, with everything in `problems`; or when a dataset does not
            agree with its model.
    """
    found, measured = Problems(), definition.of_delivered(domains)
    domains, cut = at_cutoff(definition, domains)
    adsl = subjects(definition, domains, found)
    adae = events(definition, domains, adsl, found)
    adsl = with_variables(with_dlt(adsl, adae, definition), definition, domains)
    adbds = analysis_records(definition, domains, adsl, found)
    adsl = with_characteristics(adsl, definition, domains, found)
    problems.extend(found)
    if found.errors:
        raise StudyProblems(problems)
    adsl = with_sets(adsl, adbds, definition, domains)
    adsl = with_all_variables(adsl, definition, domains, own)
    own_found = Problems()
    adbds = with_own_parameters(adbds, definition, domains, adsl, own_found, own)
    problems.extend(own_found)
    if own_found.errors:
        raise StudyProblems(problems)
    report_unplaced(adsl, definition, problems)
    repeated = ["TRT01P", "TRT01PN", "TRT01A", "TRT01AN", "PHASE", *(s.flag for s in definition.analysis_sets)]
    made = visits(definition, domains, adsl)
    frames = {
        "ADSL": adsl,
        "ADAE": onto(adae, adsl, repeated),
        "ADBDS": onto(adbds, adsl, repeated),
        "ADTTE": onto(with_next_visit(times(measured, domains, adsl, adae), made), adsl, repeated),
        "ADVISIT": onto(made, adsl, repeated),
    }
    checked = {
        name: check_dataset(name, in_order(frames[name], columns(name)), definition).reset_index(drop=True)
        for name in MODELS
    }
    return Trial(
        definition=measured,
        planned=definition,
        domains=domains,
        adsl=checked["ADSL"],
        adae=checked["ADAE"],
        adbds=checked["ADBDS"],
        adtte=checked["ADTTE"],
        advisit=checked["ADVISIT"],
        problems=problems,
        cutoff=cut,
        own=own,
    )
