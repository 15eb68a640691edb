"""A check of EPOCH against the dates of the subject's elements, doses, and the visit.

Not here: the period that an event is counted in, which is derived from doses (`analysis.derive`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.course import days, dose, in_words
from trial_report.schemas.checks.dated import own_prefix
from trial_report.schemas.domains.iso8601 import whole_days
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, matches
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition

#: What differs in more than this share of records is how the study names its periods.
_FEW = 0.05


# The names of epochs are the study's own (codelist EPOCH, C99079, is extensible): only what its words say is judged.
@declare.check(
    "DT-003",
    "warning",
    "EPOCH is not the period of the study that the record's date lies in.",
    "Correct EPOCH, or the date.",
    uses=("DM.USUBJID",),
)
def epoch_agrees_with_date(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    first, last = dose(domains, "min"), dose(domains, "max")
    usual = _usual_of_days(domains)
    for domain, frame in domains.items():
        kind, own = observation_class(domain), own_prefix(domain)
        # Of a disposition EPOCH is what ended, and not when.
        if domain == "DS" or kind not in ("Findings", "Events", "Interventions"):
            continue
        name = f"{own}DTC" if kind == "Findings" else f"{own}STDTC"
        if not domains.has(domain, "EPOCH", name, "USUBJID"):
            continue
        day = whole_days(domains.dates(domain, name))
        wrong, expected, judged = _by_elements(domains, domain, day)
        said = _by_dose(frame["EPOCH"], day, domains.of_subject(domain, first), domains.of_subject(domain, last))
        said &= ~wrong & ~judged
        if said.sum() <= max(1, _FEW * len(said)):
            dosed = "first dose on " + in_words(domains.of_subject(domain, first))
            expected = expected.mask(said, "the period of " + in_words(day) + ", with " + dosed)
            wrong |= said
        if kind == "Findings" and len(usual):
            other, others = _by_day(domains, domain, day, usual)
            # On the day of first dose there is what came before it and what came after.
            other &= ~wrong & ~judged & (day != domains.of_subject(domain, first))
            expected = expected.mask(other, others + ", as other records of the day")
            wrong |= other
        yield Finding(domain, wrong, "EPOCH", expected=expected, also=(name, "USUBJID", "VISITNUM"))


def _by_elements(domains: Domains, domain: str, day: pd.Series) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Records outside the elements (SE) of their epoch, what was expected, and records that could be judged by SE."""
    no = pd.Series(False, index=day.index)
    nothing = no, pd.Series("", index=day.index, dtype="str"), no
    if not domains.has("SE", "EPOCH", "SESTDTC", "SEENDTC", "USUBJID"):
        return nothing
    se = domains["SE"]
    spans = pd.DataFrame({"subject": domains.subjects("SE"), "epoch": se["EPOCH"],
                          "start": days(domains, "SE", "SESTDTC"),
                          "end": days(domains, "SE", "SEENDTC", "upper")}).dropna()  # fmt: skip
    spans = spans.groupby(["subject", "epoch"], as_index=False).agg({"start": "min", "end": "max"})
    # What was before the first element is of it, and what comes after the last of that.
    of_subject = spans.groupby("subject")
    spans["start"] = spans["start"].mask(spans["start"] == of_subject["start"].transform("min"))
    spans["end"] = spans["end"].mask(spans["end"] == of_subject["end"].transform("max"))
    rows = pd.DataFrame({"subject": domains.subjects(domain), "epoch": domains[domain]["EPOCH"]})
    found = rows.merge(spans, on=["subject", "epoch"], how="left", indicator="known").set_axis(day.index)
    wrong = (day < found["start"]) | (day > found["end"])
    if wrong.sum() > max(1, _FEW * len(found)):
        return nothing[0], nothing[1], found["known"] == "both"
    lasts = ("from " + in_words(found["start"])).fillna("") + (" to " + in_words(found["end"])).fillna("")
    words = ("the epoch of " + in_words(day) + ": this one lasts " + lasts.str.strip()).where(wrong, "")
    return wrong, words, found["known"] == "both"


def _by_dose(epoch: pd.Series, day: pd.Series, first: pd.Series, last: pd.Series) -> pd.Series:
    """Screening after first dose, treatment or follow-up before it, follow-up before the last dose."""
    screening, follow = among(epoch, ["SCREENING"]), matches(epoch, "FOLLOW-?UP")
    treatment = matches(epoch, "TREATMENT") & ~matches(epoch, "RUN|LEAD|PRE|POST")
    return (screening & (day > first)) | ((treatment | follow) & (day < first)) | (follow & (day < last))


def _usual_of_days(domains: Domains) -> pd.DataFrame:
    """The epoch of nearly all measurements of a subject's day, where there are enough: subject, day, usual."""
    parts = []
    for domain in domains:
        if observation_class(domain) == "Findings" and domains.has(domain, "EPOCH", f"{domain}DTC", "USUBJID"):
            key = {"subject": domains.subjects(domain), "day": whole_days(domains.dates(domain, f"{domain}DTC"))}
            part = pd.DataFrame({**key, "epoch": domains[domain]["EPOCH"]}).dropna()
            parts.append(part.groupby(["subject", "day", "epoch"], as_index=False).size())
    if not parts:
        return pd.DataFrame({"subject": [], "day": [], "usual": []})
    counts = pd.concat(parts).groupby(["subject", "day", "epoch"], as_index=False)["size"].sum()
    counts["all"] = counts.groupby(["subject", "day"])["size"].transform("sum")
    usual = counts[(counts["size"] >= 2) & (counts["size"] >= 0.75 * counts["all"])]
    # A day on which all agree says nothing of any record.
    usual = usual[usual["size"] < usual["all"]]
    return usual[["subject", "day", "epoch"]].rename(columns={"epoch": "usual"})


def _by_day(domains: Domains, domain: str, day: pd.Series, usual: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Measurements whose epoch differs from that of nearly all others of the subject's day."""
    rows = pd.DataFrame({"subject": domains.subjects(domain), "day": day})
    found = rows.merge(usual, on=["subject", "day"], how="left")["usual"].set_axis(day.index).astype("str")
    epoch = domains[domain]["EPOCH"]
    return epoch.notna() & found.notna() & (epoch != found), found
