"""Variables of ADSL that are declared, by the house and by a study alike: each is derived after those that it uses.

A declared variable is a function of ADSL, the domains and the definition; the house's stand in `HOUSE_MODULES`. Those
of the house are derived as soon as what they use is there, because exposure, events and measurements read some of
them; those of a study when all of the house is there.

Not here: variables that come several at a time or tell faults of the data (`adsl`, `exposure`), those that the
definition asks for (`characteristics`, `sets`), and parameters (`own`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from trial_report.analysis.derive import durations, escalation, groups, origins
from trial_report.declare import HOUSE, Derivation
from trial_report.declare.own import OwnCode, OwnCodeError, refuse, run
from trial_report.schemas.domains.tables import lent
from trial_report.schemas.study import StudyDefinition

HOUSE_MODULES = (groups, origins, durations, escalation)
_NAME = re.compile(r"[A-Z][A-Z0-9]{0,7}")


def with_variables(
    adsl: pd.DataFrame, definition: StudyDefinition, domains: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """ADSL with each variable of the house that it has not yet, and whose `uses` are all there by now."""
    return _in_turn(adsl, _of(HOUSE.derivations, "ADSL", domains), definition, domains)[0]


def with_all_variables(
    adsl: pd.DataFrame, definition: StudyDefinition, domains: Mapping[str, pd.DataFrame], own: OwnCode
) -> pd.DataFrame:
    """ADSL with every declared variable: texts, numbers or dates, those of the house first, else as declared.

    Raises OwnCodeError for one that ADSL has already, that fails, that is no value a subject, or that uses what there
    is not.
    """
    adsl, left = _in_turn(adsl, _of(HOUSE.derivations, "ADSL", domains), definition, domains)
    mine = _of(own.declared.derivations, "ADSL", domains)
    for one in mine:
        if one.name in adsl:
            raise refuse(one, f"derives {one.name}, which ADSL has")
    adsl, more = _in_turn(adsl, mine, definition, domains)
    if waiting := [*left, *more]:
        raise _waits_in_vain(waiting, adsl)
    return adsl


def of_dataset(own: OwnCode, dataset: str, domains: Mapping[str, pd.DataFrame]) -> list[Derivation]:
    """What is declared for that dataset, by the house and by the study, whose domains were delivered."""
    return _of((*HOUSE.derivations, *own.declared.derivations), dataset, domains)


def _of(declared: Iterable[Derivation], dataset: str, domains: Mapping[str, pd.DataFrame]) -> list[Derivation]:
    found = [one for one in declared if one.dataset == dataset]
    for one in found:
        if not _NAME.fullmatch(one.name):
            raise refuse(one, f"derives '{one.name}': a name in {dataset} is at most eight capitals and digits")
    return [one for one in found if set(one.needs) <= set(domains)]


def _in_turn(
    adsl: pd.DataFrame, declared: list[Derivation], definition: StudyDefinition, domains: Mapping[str, pd.DataFrame]
) -> tuple[pd.DataFrame, list[Derivation]]:
    """ADSL with those that can be derived, the first declared first; and those that wait for what is not there."""
    waiting = [one for one in declared if one.name not in adsl]
    while (one := next((one for one in waiting if set(one.uses) <= set(adsl)), None)) is not None:
        given = run(one, adsl.copy(deep=False), lent(domains), definition)
        adsl = adsl.assign(**{one.name: _a_subject(one, given, adsl)})
        waiting.remove(one)
    return adsl, waiting


def _waits_in_vain(waiting: list[Derivation], adsl: pd.DataFrame) -> OwnCodeError:
    """The error of those that cannot be derived: of one whose need nobody meets, else of the first of a circle."""
    derived = {one.name for one in waiting}
    for one in waiting:
        if absent := [name for name in one.uses if name not in adsl and name not in derived]:
            return refuse(one, f"uses {', '.join(absent)}, which ADSL does not have")
    absent = [name for name in waiting[0].uses if name not in adsl]
    return refuse(waiting[0], f"uses {', '.join(absent)}, for which {waiting[0].name} is needed itself")


def _a_subject(one: Derivation, given: Any, adsl: pd.DataFrame) -> pd.Series:
    if not isinstance(given, pd.Series):
        raise refuse(one, f"gives {type(given).__name__}, and not a Series")
    if given.index.equals(adsl.index):
        values = given
    elif given.index.is_unique and set(given.index) <= set(adsl["USUBJID"]):
        values = adsl["USUBJID"].map(given)
    else:
        raise refuse(one, "gives values that are neither over the rows of ADSL nor over USUBJID, one each")
    if pd.api.types.is_bool_dtype(values.dtype):
        raise refuse(one, "gives true and false: flags in ADaM are Y and N")
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values.astype("datetime64[us]")
    if pd.api.types.is_integer_dtype(values.dtype):
        return values.astype("Int64")
    return values.astype("float64" if pd.api.types.is_numeric_dtype(values.dtype) else "str")
