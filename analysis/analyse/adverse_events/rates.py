"""Exposure-adjusted incidence rates, and the time to the first adverse event.

Not here: how a rate and its interval are computed (`methods.rates`), and other times to event (`analyse.survival`).
"""

from __future__ import annotations

import math

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.adverse_events.events import TERM, Events
from trial_report.analysis.analyse.counting import ANY, COLUMN, as_levels, by_frequency, meant_by, stacked, tally
from trial_report.analysis.analyse.describing import add_summary
from trial_report.analysis.analyse.exposure import DAYS_A_YEAR
from trial_report.analysis.analyse.groups import both, in_set
from trial_report.analysis.methods.location import describe
from trial_report.analysis.methods.rates import incidence_rate
from trial_report.analysis.methods.survival import kaplan_meier
from trial_report.analysis.results.formatting import fmt_days, fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial

RATE, TIME = "ae.rate", "ae.time"
PER = 100.0
"""Patient-years that a rate is given for."""

PARAMCD = "TTAE"
FIRST, EVENTS = "FIRST", "EVENTS"


@declare.analysis("ae.rate", "ae.time", needs=("AE",))
def analyse(trial: Trial) -> pd.DataFrame:
    """Rates a 100 patient-years with exact Poisson intervals, and the time to the first emergent event.

    At risk is a subject on the days on which an event could begin that counts (ADSL.RISKDUR).
    Keys: ae.rate/<SET>/AEDECOD/-/<group>/<ANY|term>/<events|years|rate|ci_low|ci_high> for first events of a subject
    (time at risk ends with the event), ae.rate/<SET>/AEDECOD/-/<group>/EVENTS/… for all events over all time at risk,
    ae.time/<SET>/TTAE/-/<group>/-/<n|censored|median|ci_low|ci_high> (Kaplan–Meier, days) and
    ae.time/<SET>/TTAE/-/<group>/EVENT/<n|mean|…> for subjects with an event.
    """
    rows = Rows()
    events = Events.emergent(trial)
    place = events.place(RATE)
    events.add_sizes(rows, place)
    inside = in_set(trial, events.population)
    subjects = stacked(trial.definition, events.population, inside.of(trial.adsl))
    subjects = subjects[[COLUMN, "USUBJID", "RISKDUR"]].assign(RISKDUR=subjects["RISKDUR"].astype("float64"))
    at_risk = subjects.groupby(COLUMN)["RISKDUR"].sum()
    work = events.frame.assign(**{TERM: as_levels(events.frame[TERM])})
    first = _first(work.assign(**{TERM: ANY}), subjects)
    terms = [one for (one,) in by_frequency(work, [TERM])] if len(work) else []
    if len(work):
        first |= _first(work, subjects)
    counted = tally(work)
    for code, column in events.columns.items():
        base = both(events.where, column)
        days = float(at_risk.get(code, 0.0))
        for level in [ANY, *terms]:
            cases, lost = first.get((code, level), (0, 0.0))
            where = base if level == ANY else base.eq(**{TERM: meant_by(level)})
            _rate(rows, trial, place.at(group=code, level=level, where=where), cases, days - lost)
        records = counted.get((code,), (0, 0))[1]
        _rate(rows, trial, place.at(group=code, level=EVENTS, where=base), records, days)
    _times(rows, trial, events)
    return rows.frame()


def _first(work: pd.DataFrame, subjects: pd.DataFrame) -> dict[tuple[str, str], tuple[int, float]]:
    """By column and term: subjects with the event, and the days at risk that come after their first one."""
    if work.empty:
        return {}
    onset = work.groupby([COLUMN, TERM, "USUBJID"])["ASTDY"].min().astype("float64").rename("ONSET").reset_index()
    onset = onset.merge(subjects, on=[COLUMN, "USUBJID"], how="left", validate="many_to_one")
    # The day of onset is the last at risk; an event without a study day leaves all of the time at risk.
    onset["LOST"] = (onset["RISKDUR"] - onset["ONSET"].fillna(onset["RISKDUR"]).clip(lower=1)).clip(lower=0)
    found = onset.groupby([COLUMN, TERM])["LOST"].agg(["size", "sum"])
    return {(str(c), str(t)): (int(n), float(s)) for (c, t), n, s in found.itertuples(name=None)}


def _rate(rows: Rows, trial: Trial, place: Place, cases: int, days: float) -> None:
    years = days / DAYS_A_YEAR
    found = incidence_rate(cases, years, PER, trial.definition.confidence_level)
    rows.add(place, "events", cases, method="count")
    rows.add(place.at(unit="patient-years"), "years", years, decimals=0, method="incidence-rate")
    values = {"rate": found.rate, "ci_low": found.ci_low, "ci_high": found.ci_high}
    unit = f"per {PER:.0f} patient-years"
    rows.add_all(place.at(unit=unit), values, decimals=0, method="incidence-rate", warning=found.warning)


def _times(rows: Rows, trial: Trial, events: Events) -> None:
    place = Place(TIME, "ADTTE", events.population, variable="AVAL", paramcd=PARAMCD, unit="days")
    where = both(in_set(trial, events.population), Where().eq(PARAMCD=PARAMCD))
    work = stacked(trial.definition, events.population, where.of(trial.adtte))
    happened = work.loc[work["CNSR"] == 0]
    summaries = {str(row[COLUMN]): row for row in describe(happened, [COLUMN], "AVAL").to_dict("records")}
    events.add_sizes(rows, place)
    for code, column in events.columns.items():
        at = place.at(group=code, where=both(where, column))
        own = work.loc[work[COLUMN] == code]
        cases = int((own["CNSR"] == 0).sum())
        rows.count(at.at(where=at.where.eq(CNSR=0)), cases, events.sizes[code])
        censored = len(own) - cases
        rows.add(at.at(where=at.where.eq(CNSR=1)), "censored", censored, formatted=fmt_number(censored), method="count")
        curve = kaplan_meier(own["AVAL"], own["CNSR"] == 0, trial.definition.confidence_level)
        median = curve.median
        warning = median.warning or curve.warning or "the limit is not reached"
        values = {"median": median.estimate, "ci_low": median.ci_low, "ci_high": median.ci_high}
        for statistic, value in values.items():
            why = warning if math.isnan(value) else None
            rows.add(at, statistic, value, formatted=fmt_days(value), method="kaplan-meier", warning=why)
        add_summary(rows, at.at(level="EVENT", where=at.where.eq(CNSR=0)), summaries.get(code), 0)
