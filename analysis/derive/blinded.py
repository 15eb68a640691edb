"""A blinded look: nobody's treatment is in the trial any more, nor what tells it, before anything is analysed.

Treatment and days are derived first, as they are for everybody else; then the groups are pooled.

Not here: the definition with its groups pooled (`schemas.study.pooled`).
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from trial_report.analysis.trial import Trial
from trial_report.declare.own import NOTHING
from trial_report.schemas.datasets import columns
from trial_report.schemas.study.pooled import CODE, pooled

DOSES = ("DOSEP", "DOSEA", "DOSECOMP", "DOSEDAY", "NPLAN", "NADMIN")
GROUPED = ("PHASE", "COHORT", "NDLT", "DLTEVFL")
VERBATIM = ("DCSREASP",)
"""Words that somebody wrote after treatment was assigned."""
KEPT = ("DM", "DS", "AE", "LB", "VS", "SV")
"""Domains that a blinded look knows to be delivered, by whose records they are; no other is in it."""
OF_RECORDS = ("STUDYID", "DOMAIN", "USUBJID", "_LINE")
OF_EVENTS = (
    *("AESOC", "AEREL", "AESEV", "AETOXGR", "AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE"),
    *("AECONTRT", "AESTDTC", "AEENDTC", "AESTDY", "AEENDY", "AELAT"),
)
"""Coded variables of AE beside those of the model of ADAE; whatever else was delivered with events is left out."""


def blind(trial: Trial) -> Trial:
    """The trial with its groups pooled: one treatment, no doses, no verbatim terms, no efficacy, no own code.

    Raises ChoiceError for a study of one group.
    """
    whole = trial.planned or trial.definition
    planned = pooled(whole)
    adae = _one_group(trial.adae)
    # A verbatim term may name a treatment; the coded term cannot. Nor may what else stands beside an event.
    known = {*columns("ADAE"), *OF_EVENTS, *(one.flag for one in whole.analysis_sets)}
    adae = adae[[name for name in adae if name in known]].assign(AETERM=adae["AEDECOD"])
    efficacy = trial.adtte["PARAMCD"].isin([one.paramcd for one in whole.times])
    measured = trial.adbds.loc[trial.adbds["PARAMCD"].isin([p.paramcd for p in planned.parameters])]
    domains = {
        name: frame[[column for column in OF_RECORDS if column in frame]]
        for name, frame in trial.domains.items()
        if name in KEPT
    }
    return replace(
        trial,
        definition=planned.of_delivered(trial.domains),
        planned=planned,
        domains=domains,
        adsl=_one_group(trial.adsl),
        adae=adae,
        adbds=_one_group(measured).reset_index(drop=True),
        adtte=_one_group(trial.adtte.loc[~efficacy]).reset_index(drop=True),
        advisit=_one_group(trial.advisit),
        own=NOTHING,
    )


def _one_group(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with one treatment, its codes and orders, and without what differs between groups."""
    changes = {}
    for name in ("TRT01P", "TRT01A"):
        if name in frame:
            changes[name] = frame[name].mask(frame[name].notna(), CODE)
            changes[f"{name}N"] = frame[f"{name}N"].mask(frame[f"{name}N"].notna(), 1)
    for name in (*DOSES, *GROUPED, *VERBATIM):
        if name in frame:
            changes[name] = frame[name].where(pd.Series(False, index=frame.index))
    return frame.assign(**changes)
