"""ADBDS: measurements with baseline, change, analysis visit, range, grade and response.

Baseline is the last record with a value that precedes the first dose. One on the day of first dose precedes it when
both times of day are known and say so; where they are not, when the definition allows it (`baseline.same_day`) and the
record belongs to a screening or baseline visit, or to none. Two clocks that say their offset from UTC are compared by
the instant, whatever the day. Percent change is of the absolute baseline, so that its sign is that of the change. Both
exist after first dose only.
Of a subject who was assigned to a group and never treated the day of randomisation stands for that of first dose.

Not here: which visit a record belongs to (`windows`), ranges and grades of a value (`grades`), mean of sides (`sides`).
"""

from __future__ import annotations

import operator

import numpy as np
import pandas as pd

from trial_report.analysis.derive.dates import precedes
from trial_report.analysis.derive.faults import TWO_BASELINES, fault
from trial_report.analysis.derive.findings import MOMENT_KEYS, RANK, measurements
from trial_report.analysis.derive.grades import grades, range_indicator
from trial_report.analysis.derive.records import Domains, by_subject, flag, matched
from trial_report.analysis.derive.sides import RIVAL, without_mean
from trial_report.analysis.derive.windows import assign_visits
from trial_report.schemas.domains.unique import group_codes
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Responder

_OPERATORS = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "==": operator.eq}
_KEY = ["USUBJID", "PARAMCD"]


def analysis_records(
    definition: StudyDefinition, domains: Domains, adsl: pd.DataFrame, problems: Problems
) -> pd.DataFrame:
    """ADBDS without what it repeats of ADSL, in order of subject, parameter and time.

    `adsl` needs REFDT, TRTSDTM, TRTEDT. Two different values that could both be the baseline become TWO_BASELINES in
    `problems`: the rule cannot choose between them. So do means of sides that are no value of their endpoint (NO_MEAN).
    """
    frame = measurements(definition, domains, adsl)
    problems.extend(without_mean(frame, definition))
    before = precedes_dose(frame, definition, adsl)
    started = by_subject(adsl.set_index("USUBJID")["REFDT"], frame).notna()
    frame["STARTED"] = started
    frame["POSTFL"] = flag(started & frame["ADT"].notna() & ~before)
    frame["ABLFL"] = _baseline(frame, before & frame["AVAL"].notna(), problems)
    frame["ANRIND"] = range_indicator(frame["AVAL"], frame["ANRLO"], frame["ANRHI"], frame["ANRIND"])
    frame[["ATOXGRN", "ATOXDIR"]] = grades(frame, definition.laboratory)
    frame = _from_baseline(frame)
    frame["EOTFL"] = _last_on_treatment(frame, definition, adsl)
    frame = assign_visits(frame, definition.visits, definition.parameters, definition.assign)
    frame["CRIT1FL"] = _responders(frame, definition)
    frame["ASEQ"] = (frame.groupby("USUBJID").cumcount() + 1).astype("Int64")
    used = {"STARTED", RANK, RIVAL, "_PLACE", "_UTC", "_CLOCK", "_TPTNUM", "_REPNUM"}
    return frame.drop(columns=[name for name in frame.columns if name in used])


def precedes_dose(frame: pd.DataFrame, definition: StudyDefinition, adsl: pd.DataFrame) -> pd.Series:
    """Which records precede the subject's reference day (REFDT). None of a subject or record without a date does.

    `frame` needs USUBJID, ADT, ADTM, _UTC, VISITNUM; `adsl` REFDT, TRTSDTM, TRTSDTU.
    """
    subject = adsl.set_index("USUBJID")
    of_dose = {"day": "REFDT", "clock": "TRTSDTM", "utc": "TRTSDTU"}
    dose = pd.DataFrame({name: by_subject(subject[one], frame) for name, one in of_dose.items()})
    record = frame[["ADT", "ADTM", "_UTC"]].set_axis(dose.columns, axis=1)
    planned = [round(v.num, 6) for v in definition.visits if v.role != "follow-up"]
    assumed = (frame["VISITNUM"].round(6).isin(planned) | frame["VISITNUM"].isna()) & definition.baseline.same_day
    return precedes(record, dose, assumed)


def _baseline(frame: pd.DataFrame, candidate: pd.Series, problems: Problems) -> pd.Series:
    # Rows stand in the order of time: the last candidate of subject and parameter is the baseline.
    keys = pd.Series(group_codes(frame, _KEY), index=frame.index)[candidate]
    last = np.zeros(len(frame), dtype=bool)
    last[keys.index[~keys.duplicated(keep="last")]] = True
    baseline = matched(frame, last, _KEY)
    # Of a mean of sides also what it would be with another value of one of them.
    rival = frame[RIVAL] if RIVAL in frame else frame["AVAL"].where(candidate)
    value = frame["AVAL"].fillna(rival)
    equal = (candidate | rival.notna()) & ~last & (baseline >= 0)
    for name in MOMENT_KEYS:
        own, of_last = frame[name], frame[name].take(baseline).set_axis(frame.index)
        equal &= (own == of_last).fillna(False).astype(bool) | (own.isna() & of_last.isna())
    also = frame.loc[equal].assign(AVAL=value[equal], AVAL_last=frame["AVAL"].take(baseline[equal]).to_numpy())
    also = also.loc[also["AVAL"] != also["AVAL_last"]]
    problems.extend(
        fault(
            TWO_BASELINES,
            row["SRCDOM"],
            row,
            visit="" if pd.isna(row["VISIT"]) else row["VISIT"],
            variable=f"{row['SRCDOM']}STRESN",
            value=f"{row['AVAL']:g} and {row['AVAL_last']:g}",
            expected="one value, or times, --TPTNUM or --REPNUM that order them",
            record=f"{row['SRCDOM']}SEQ={row['SRCSEQ']}",
        )
        for _, row in also.iterrows()
    )
    return flag(pd.Series(last, index=frame.index))


def _last_on_treatment(frame: pd.DataFrame, definition: StudyDefinition, adsl: pd.DataFrame) -> pd.Series:
    """Y for the last value after first dose and not later than the days allowed after the last; missing: not asked."""
    end = definition.end_of_treatment
    if end is None:
        return pd.Series(None, index=frame.index, dtype="str")
    until = by_subject(adsl.set_index("USUBJID")["TRTEDT"], frame) + pd.Timedelta(days=end.days)
    candidate = (frame["POSTFL"] == "Y") & frame["AVAL"].notna() & (frame["ADT"] <= until)
    # Rows stand in the order of time.
    keys = pd.Series(group_codes(frame, _KEY), index=frame.index)[candidate.fillna(False).astype(bool)]
    return flag(pd.Series(frame.index.isin(keys.index[~keys.duplicated(keep="last")]), index=frame.index))


def _from_baseline(frame: pd.DataFrame) -> pd.DataFrame:
    """BASE, BNRIND, BTOXGRN on every record; CHG, PCHG on those after first dose."""
    baseline = matched(frame, (frame["ABLFL"] == "Y").to_numpy(dtype=bool), _KEY)
    for name, of_base in {"AVAL": "BASE", "ANRIND": "BNRIND", "ATOXGRN": "BTOXGRN"}.items():
        frame[of_base] = frame[name].array.take(baseline, allow_fill=True)
    frame["CHG"] = (frame["AVAL"] - frame["BASE"]).where(frame["POSTFL"] == "Y")
    frame["PCHG"] = 100 * frame["CHG"] / frame["BASE"].abs().replace(0.0, np.nan)
    return frame


def _responders(frame: pd.DataFrame, definition: StudyDefinition) -> pd.Series:
    found = pd.Series(None, index=frame.index, dtype="str")
    for endpoint in definition.endpoints:
        if endpoint.responder is not None:
            rows = frame.loc[(frame["PARAMCD"] == endpoint.paramcd) & (frame["POSTFL"] == "Y")]
            found.loc[rows.index] = responds(rows, endpoint.responder)
    return found


def responds(rows: pd.DataFrame, rule: Responder) -> pd.Series:
    """Y or N by the rule; missing where the measure that it looks at does not exist."""
    # Rounded, because a fall from 0.7 to 0.49 is one of 30%, though in binary it falls short of it.
    measure = rows[{"value": "AVAL", "change": "CHG", "percent_change": "PCHG"}[rule.measure]].round(9)
    return flag(_OPERATORS[rule.operator](measure, rule.threshold), known=measure.notna())
