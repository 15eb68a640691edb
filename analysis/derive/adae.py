"""ADAE: when adverse events happened, which are treatment-emergent, related, severe, dose-limiting.

The rules:

- An event is treatment-emergent when it starts on or after first dose and, where the definition gives a number of days,
  no later than that many days after the last dose. Of events on the day of first dose, those with a recorded time
  before the dose are not; two clocks that say their offset from UTC are compared by the instant, so that an event of
  the calendar day before may come after the dose. A condition present before first dose that worsens counts when the
  worsening is recorded as an event of its own: its start is then what counts.
- Dates that are not whole are imputed as `analysis.derive.dates` says, in favour of emergence.
- A relationship that was not recorded counts as related if the definition says so.
- A DLT is an event with the definition's DLT variable Y that starts in the DLT window (day 1 to its last day).

Not here: counts of events (`analyse.adverse_events`), and whether a date can be true (`schemas.checks.dates`).
"""

from __future__ import annotations

import pandas as pd

from trial_report.analysis.derive.dates import duration, impute_end, impute_start, instant, moment, precedes, study_day
from trial_report.analysis.derive.faults import DLT_OUTSIDE, fault
from trial_report.analysis.derive.records import Domains, by_subject, domain, flag, number, text, whole
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

_SEVERITY = {"MILD": 1, "MODERATE": 2, "SEVERE": 3, "LIFE THREATENING": 4, "LIFE-THREATENING": 4, "FATAL": 5}
_EXPECTED = ("AETERM", "AEDECOD", "AEBODSYS", "AESER", "AEACN", "AEOUT")


def events(definition: StudyDefinition, domains: Domains, adsl: pd.DataFrame, problems: Problems) -> pd.DataFrame:
    """ADAE without what it repeats of ADSL, in order of subject, start and AESEQ.

    `adsl` needs TRTSDT, TRTSDTM, TRTSDTU, TRTEDT, EOSDT, DTHDT, CUTDT. An event flagged as DLT that starts outside the
    window becomes DLT_OUTSIDE in `problems`.
    """
    ae = domain(domains, "AE")
    adae = ae.drop(columns="_LINE", errors="ignore")
    for name in ("STUDYID", *_EXPECTED):
        adae[name] = text(ae, name)
    adae["AEBODSYS"] = adae["AEBODSYS"].fillna(text(ae, "AESOC"))
    adae["AESEQ"], adae["SRCLINE"] = whole(ae, "AESEQ"), whole(ae, "_LINE")
    adae = _dated(adae, adsl.set_index("USUBJID"))
    adae = _emergence(adae, ae, definition, adsl.set_index("USUBJID"))
    adae = _dose_limiting(adae, ae, definition, problems)
    adae["AREL"] = related(ae, definition)
    adae["ATOXGRN"] = grade(ae, definition)
    adae = adae.sort_values(["USUBJID", "ASTDT", "AESEQ"], ignore_index=True)
    first = (adae["TRTEMFL"] == "Y") & ~adae.duplicated(["USUBJID", "TRTEMFL"])
    adae["AOCCFL"] = flag(first)
    return adae


def _dated(adae: pd.DataFrame, subject: pd.DataFrame) -> pd.DataFrame:
    adae["TRTSDT"] = by_subject(subject["TRTSDT"], adae)
    known_until = by_subject(subject[["EOSDT", "DTHDT", "CUTDT"]].min(axis=1), adae)
    ends = text(adae, "AEENDTC")
    start = impute_start(text(adae, "AESTDTC"), adae["TRTSDT"], ends)
    end = impute_end(ends, known_until)
    adae["ASTDT"], adae["ASTDTF"] = start["date"], start["flag"]
    # A partial end cut at the end of participation can fall before a whole start in the same month.
    late_start = (end["date"] < start["date"]) & end["flag"].notna()
    adae["AENDT"], adae["AENDTF"] = end["date"].mask(late_start, start["date"]), end["flag"]
    adae["ASTDY"] = study_day(adae["ASTDT"], adae["TRTSDT"])
    adae["AENDY"] = study_day(adae["AENDT"], adae["TRTSDT"])
    adae["ADURN"] = duration(adae["ASTDT"], adae["AENDT"])
    return adae


def _emergence(
    adae: pd.DataFrame, ae: pd.DataFrame, definition: StudyDefinition, subject: pd.DataFrame
) -> pd.DataFrame:
    treated = adae["TRTSDT"].notna()
    began = text(ae, "AESTDTC")
    start = pd.DataFrame({"day": adae["ASTDT"], "clock": moment(began), "utc": instant(began)})
    of_dose = {"day": "TRTSDT", "clock": "TRTSDTM", "utc": "TRTSDTU"}
    dose = pd.DataFrame({name: by_subject(subject[one], adae) for name, one in of_dose.items()})
    # A start that stays missing though the subject was treated belongs to an event that ended before first dose.
    before = precedes(start, dose, pd.Series(False, index=adae.index)) | (treated & adae["ASTDT"].isna())
    emergent = treated & ~before
    if definition.adverse_events.emergent_days is not None:
        last_dose = by_subject(subject["TRTEDT"], adae)
        emergent &= (adae["ASTDT"] - last_dose).dt.days <= definition.adverse_events.emergent_days
    adae["TRTEMFL"], adae["PREFL"] = flag(emergent), flag(before, known=treated)
    return adae


def _dose_limiting(
    adae: pd.DataFrame, ae: pd.DataFrame, definition: StudyDefinition, problems: Problems
) -> pd.DataFrame:
    if definition.escalation is None:
        adae["DLTFL"] = flag(pd.Series(False, index=adae.index))
        return adae
    window = definition.escalation.dlt_window_days
    flagged = (text(ae, definition.escalation.dlt_variable) == "Y").fillna(False).astype(bool)
    inside = (adae["TRTEMFL"] == "Y") & (adae["ASTDY"] <= window).fillna(False).astype(bool)
    adae["DLTFL"] = flag(flagged & inside)
    expected = f"a start from day 1 to day {window}"
    variable = definition.escalation.dlt_variable
    problems.extend(
        fault(DLT_OUTSIDE, "AE", row, variable=variable, value="Y", expected=expected, record=f"AESEQ={row['AESEQ']}")
        for _, row in adae.loc[flagged & ~inside].iterrows()
    )
    return adae


def related(ae: pd.DataFrame, definition: StudyDefinition) -> pd.Series:
    """Y where the relationship is one of the definition's values, or is missing and that counts as related."""
    rules = definition.adverse_events
    recorded = text(ae, rules.relationship_variable)
    return flag(recorded.isin(rules.related) | (recorded.isna() & rules.missing_relationship_is_related))


def grade(ae: pd.DataFrame, definition: StudyDefinition) -> pd.Series:
    """The grade as a number (Int64): as recorded; else of a word the number of CDISC's severity scale, else its place
    among the definition's labels.
    """
    rules = definition.adverse_events
    recorded = text(ae, rules.grade_variable)
    places = {label: place for place, label in enumerate(rules.grade_labels, start=1)}
    as_word = recorded.map(places | _SEVERITY).astype("float64")
    return number(ae, rules.grade_variable).fillna(as_word).astype("Int64")
