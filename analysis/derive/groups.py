"""The order of treatment groups, as variables of ADSL: declared as a study declares its own.

Not here: which group a subject was assigned to and which it received (`adsl`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.derive.records import Domains
from trial_report.schemas.study import StudyDefinition


@declare.derivation("ADSL", "TRT01PN", label="Order of TRT01P in the definition, from 1", uses="TRT01P")
def planned_order(adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    return _order(adsl["TRT01P"], definition)


@declare.derivation("ADSL", "TRT01AN", label="Order of TRT01A in the definition, from 1", uses="TRT01A")
def actual_order(adsl: pd.DataFrame, domains: Domains, definition: StudyDefinition) -> pd.Series:
    return _order(adsl["TRT01A"], definition)


def _order(group: pd.Series, definition: StudyDefinition) -> pd.Series:
    codes = [one.code for one in definition.groups]
    return group.map(pd.Series(range(1, len(codes) + 1), index=codes, dtype="Int64")).astype("Int64")
