"""Listings of who took part: discontinued, screen failures, deviations, excluded, characteristics, history.

Not here: what subjects were given and what happened to them (`safety`).
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.counting import any_of
from trial_report.analysis.analyse.exclusions import exclusion_reasons
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import all_screened, of_enrolled, of_safety
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.listings._common import (
    PARTIAL_NOTE,
    column,
    day,
    day_note,
    described,
    enrolled,
    in_population,
    joined,
    listed,
    number,
    of_subjects,
    one,
    read,
    safety,
    subjects,
    units,
    whole,
    with_day,
)
from trial_report.analysis.display.standing import SCREENED
from trial_report.analysis.display.table import Column, Table
from trial_report.analysis.results.formatting import MISSING, fmt_number
from trial_report.analysis.results.where import Where

Maker = Callable[[Book], Table]

NEEDS = {"lst.discontinued": ("DS",), "lst.deviations": ("DV",), "lst.mh": ("MH",), "lst.cm": ("CM",)}
"""The domains that listings are of."""
MOST_NAMED = 500
"""A listing of more values names measurements by their codes, which its notes explain."""
NO_BREAK = "\u00a0"


@declare.listing(
    "lst.demographics",
    number="16.2.4",
    title="Demographic characteristics",
    population=of_enrolled,
    landscape=True,
    stays=True,
)
def demographics(book: Book) -> Table:
    """Demographic characteristics of each of the enrolled."""
    return characteristics(book, section="demographic")


@declare.listing(
    "lst.disease",
    after="lst.demographics",
    number="16.2.4",
    title="Disease characteristics at baseline",
    population=of_enrolled,
    landscape=True,
    stays=True,
)
def disease(book: Book) -> Table:
    """Characteristics of the disease of each of the enrolled."""
    return characteristics(book, section="disease")


@declare.listing(
    "lst.discontinued",
    number="16.2.1",
    title=lambda book: f"{subjects(book.definition, capital=True)} who discontinued the study",
    population=of_enrolled,
    landscape=True,
    stays=True,
    needs=("DS",),
)
def discontinued(book: Book) -> Table:
    """Reason and time of discontinuation."""
    population = enrolled(book.definition)
    people = in_population(book, population)
    where = any_of(Where().eq(EOSSTT="DISCONTINUED"), Where().eq(TRTSDT=None))
    chosen = where.of(people)
    elapsed = (chosen["EOSDT"] - chosen["REFDT"]).dt.days
    # There is no day 0.
    shown = chosen.assign(
        START=day(chosen["TRTSDT"]),
        END=with_day(day(chosen["EOSDT"]), elapsed + (elapsed >= 0)),
        REASON=read(chosen["DCSREAS"]),
        RECORDED=read(chosen["DCSREASP"]),
        UP=whole(chosen["FUPDUR"]),
    )
    columns = [
        Column("USUBJID", one(book.definition)),
        Column("GROUP", "Group"),
        Column("START", "First dose"),
        Column("END", "End of participation (day)"),
        Column("UP", "Follow-up (days)", "center"),
        Column("REASON", "Reason"),
        Column("RECORDED", "Reason as recorded"),
    ]
    empty = f"None of the {subjects(book.definition)} discontinued."
    return listed(shown, columns, "ADSL", where, notes=[day_note(book)], empty=empty)


@declare.listing(
    "lst.screening",
    after="lst.discontinued",
    number="16.2.1",
    title="Screen failures",
    population=all_screened,
    landscape=True,
    stays=True,
    size=SCREENED,
)
def screening(book: Book) -> Table:
    """Everybody who was screened and failed."""
    where = Where().eq(SCRFFL="Y")
    failed = described(book, where.of(book.datasets["ADSL"]).sort_values("USUBJID"), None)
    shown = failed.assign(
        CONSENT=day(failed["RFICDT"]),
        END=day(failed["EOSDT"]),
        REASON=read(failed["SCRFREAS"]),
        YEARS=whole(failed["AGE"]),
        SEXES=failed["SEX"].map({"M": "Male", "F": "Female"}).fillna(failed["SEX"]),
    )
    columns = [
        Column("USUBJID", one(book.definition)),
        Column("SITEID", "Site"),
        Column("YEARS", "Age (years)", "center"),
        Column("SEXES", "Sex"),
        Column("CONSENT", "Informed consent"),
        Column("END", "End of screening"),
        Column("REASON", "Reason"),
    ]
    return listed(shown, columns, "ADSL", where, empty="There were no screen failures.")


@declare.listing(
    "lst.deviations",
    number="16.2.2",
    title="Protocol deviations",
    population=of_enrolled,
    landscape=True,
    stays=True,
    needs=("DV",),
)
def deviations(book: Book) -> Table:
    """Deviations as recorded."""
    population = enrolled(book.definition)
    source = book.domains.get("DV", pd.DataFrame({"USUBJID": pd.Series(dtype="str")}))
    frame = of_subjects(book, source, population, [c for c in ("DVSTDTC", "DVSEQ") if c in source.columns])
    shown = frame.assign(
        CATEGORY=read(column(frame, "DVCAT")),
        CLASS=read(column(frame, "DVDECOD")),
        WHAT=column(frame, "DVTERM"),
        START=with_day(column(frame, "DVSTDTC"), column(frame, "DVSTDY")),
        END=with_day(column(frame, "DVENDTC"), column(frame, "DVENDY")),
    )
    columns = [
        Column("USUBJID", one(book.definition)),
        Column("GROUP", "Group"),
        Column("CATEGORY", "Category"),
        Column("CLASS", "Class"),
        Column("WHAT", "Deviation"),
        Column("START", "Start (day)"),
        Column("END", "End (day)"),
    ]
    return listed(shown, columns, "DV", notes=[day_note(book)], empty="No protocol deviation was recorded.")


@declare.listing(
    "lst.visits",
    after="lst.deviations",
    number="16.2.2",
    title="Visits missed or outside their window",
    population=of_enrolled,
    landscape=True,
    stays=True,
)
def windows(book: Book) -> Table:
    """Planned visits that did not take place in their window."""
    definition = book.definition
    population = enrolled(definition)
    visits = book.datasets["ADVISIT"]
    where = Where().eq(STATUS=("early", "late", "missed"))
    frame = of_subjects(book, where.of(visits), population, ["AVISITN"])
    spans = {v.id: f"{fmt_number(v.window[0])} to {fmt_number(v.window[1])}" for v in definition.visits if v.window}
    shown = frame.assign(
        VISIT=frame["AVISIT"].map({v.id: v.label for v in definition.visits}),
        SPAN=frame["AVISIT"].map(spans),
        ON=with_day(day(frame["SVDT"]), frame["SVDY"]),
        HOW=read(frame["STATUS"]),
        OFF=whole(frame["DEVDAYS"]).where(frame["STATUS"] != "missed"),
        WHY=read(column(frame, "REASON")),
    )
    columns = [
        Column("USUBJID", one(definition)),
        Column("GROUP", "Group"),
        Column("VISIT", "Visit"),
        Column("SPAN", "Window (days)"),
        Column("ON", "Done on (day)"),
        Column("HOW", "Status"),
        Column("OFF", "Days outside", "center"),
        Column("WHY", "Reason recorded"),
    ]
    shown["HOW"] = shown["HOW"].str.capitalize()
    empty = "Every visit that was expected took place inside its window."
    if visits.empty:
        empty = "There are no visits." if "SV" in book.domains else not_delivered(["SV"])
    notes = [day_note(book), "Days outside: from the nearer end of the window, negative when early."]
    return listed(shown, columns, "ADVISIT", where, notes=notes, empty=empty)


@declare.listing(
    "lst.unused",
    after="lst.visits",
    number="16.2.2",
    title="Measurements not used in the analyses by visit",
    population=of_enrolled,
    landscape=True,
    stays=True,
)
def unused(book: Book) -> Table:
    """Values that are not the one analysed at their visit: a row a date, visit and reason, with all its values."""
    definition = book.definition
    population = enrolled(definition)
    measured = book.datasets["ADBDS"]
    where = Where().also("REASNOT", "is not null")
    order = {p.paramcd: n for n, p in enumerate(definition.parameters)}
    chosen = where.of(measured)
    frame = of_subjects(
        book, chosen.assign(ORDER=chosen["PARAMCD"].map(order)), population, ["ADT", "VISITNUM", "AVISITN", "ORDER"]
    )
    coded = len(frame) > MOST_NAMED
    named = frame["PARAMCD"] if coded else frame["PARAM"] + ":"
    shown = frame.assign(
        RECORDED=read(frame["VISIT"]),
        ON=with_day(day(frame["ADT"]), frame["ADY"]),
        VALUES=named + NO_BREAK + frame["AVALC"].fillna(MISSING),
        VISIT_=frame["AVISIT"].map({v.id: v.label for v in definition.visits}).fillna(MISSING),
        WHY=frame["REASNOT"].str.capitalize(),
    )
    same = ["HEAD", "ON", "RECORDED", "VISIT_", "WHY"]
    rows = shown.groupby(same, sort=False)["VALUES"].agg("; ".join).reset_index()
    columns = [
        Column("ON", "Date (day)"),
        Column("RECORDED", "Visit recorded"),
        Column("VISIT_", "Analysis visit"),
        Column("WHY", "Why it is not used"),
        Column("VALUES", "Measurements and results"),
    ]
    notes = [day_note(book), "Values after first dose still count for the worst value and for shifts."]
    if coded:
        names = frame.sort_values("ORDER").drop_duplicates("PARAMCD")
        notes.append("; ".join(names["PARAMCD"] + ": " + names["PARAM"]) + ".")
    empty = "Every value that was recorded is used."
    return listed(rows, columns, "ADBDS", where, head=True, notes=notes, empty=empty)


@declare.listing(
    "lst.excluded",
    number="16.2.3",
    title=lambda book: f"{subjects(book.definition, capital=True)} excluded from an analysis set",
    population=of_enrolled,
    landscape=True,
    stays=True,
)
def excluded(book: Book) -> Table:
    """The enrolled who are outside a set, with the first criterion they do not meet."""
    definition = book.definition
    population = enrolled(definition)
    people = in_population(book, population)
    parts = []
    for chosen in definition.analysis_sets:
        if chosen.id != population:
            reasons = exclusion_reasons(definition, people, book.domains, chosen.id).dropna()
            parts.append(people.loc[reasons.index].assign(SET=chosen.label, WHY=reasons))
    frame = pd.concat(parts) if parts else people.iloc[:0].assign(SET="", WHY="")
    columns = [
        Column("SET", "Analysis set"),
        Column("USUBJID", one(definition)),
        Column("GROUP", "Group"),
        Column("WHY", "Reason for exclusion"),
    ]
    empty = f"None of the enrolled {subjects(definition)} was excluded from an analysis set."
    others = [one.flag for one in definition.analysis_sets if one.id != population]
    where = any_of(*(Where().eq(**{flag: "N"}) for flag in others)) if others else Where()
    return listed(frame, columns, "ADSL", where, empty=empty, stub=2)


def characteristics(book: Book, section: str) -> Table:
    """A row a subject, a column a characteristic."""
    definition = book.definition
    population = enrolled(definition)
    frame = in_population(book, population)
    items = [c for c in definition.characteristics if c.section == section]
    shown = frame.assign(
        **{
            item.variable: number(frame[item.variable], item.decimals)
            if item.kind == "continuous"
            else frame[item.variable].map(item.levels).astype("str").fillna(read(frame[item.variable]))
            for item in items
        }
    )
    columns = [Column("USUBJID", one(definition)), Column("GROUP", "Group")]
    if definition.phases and section == "demographic":
        shown["PHASE"] = shown["PHASE"].map({p.code: p.label for p in definition.phases.levels})
        columns.append(Column("PHASE", "Phase"))
    if section == "demographic":
        shown["CONSENT"] = day(frame["RFICDT"])
        columns.append(Column("CONSENT", "Informed consent"))
    columns += [
        Column(
            item.variable,
            item.label_unit,
            "center" if item.kind == "continuous" else "left",
        )
        for item in items
    ]
    return listed(shown, columns, "ADSL", empty=f"No {subjects(definition)} were enrolled.")


@declare.listing(
    "lst.mh",
    after="lst.disease",
    number="16.2.4",
    title="Medical history",
    population=of_safety,
    landscape=True,
    stays=True,
    needs=("MH",),
)
def history(book: Book) -> Table:
    """Conditions by subject."""
    source = book.domains.get("MH", pd.DataFrame({"USUBJID": pd.Series(dtype="str")}))
    population = safety(book.definition)
    frame = of_subjects(book, source, population, [c for c in ("MHSTDTC", "MHSEQ") if c in source.columns])
    shown = frame.assign(
        TERM=joined([column(frame, "MHTERM"), column(frame, "MHDECOD")], " / "),
        CLASS=column(frame, "MHBODSYS"),
        KIND=read(column(frame, "MHCAT")),
        START=column(frame, "MHSTDTC"),
        END=_ended(frame, "MH"),
    )
    columns = [
        Column("TERM", "Condition as reported / preferred term"),
        Column("CLASS", "System organ class"),
        Column("KIND", "Category"),
        Column("START", "Start"),
        Column("END", "End"),
    ]
    empty = "No medical history was recorded."
    return _once(shown, columns, "MH", empty)


def _once(shown: pd.DataFrame, columns: list[Column], domain: str, empty: str) -> Table:
    """The listing by subject; records of a subject that say the same stand once, with their number."""
    same = ["USUBJID", "HEAD", *(c.id for c in columns)]
    counted = shown.groupby(same, sort=False, dropna=False).size().rename("RECORDS").reset_index()
    notes = [PARTIAL_NOTE]
    if (counted["RECORDS"] > 1).any():
        columns = [*columns, Column("RECORDS", "Records", "center", 0.8 if columns[0].width else None)]
        notes.append("Records: how many records of the patient say the same, as of several visits.")
    return listed(counted, columns, domain, head=True, notes=notes, empty=empty)


@declare.listing(
    "lst.cm",
    after="lst.mh",
    number="16.2.4",
    title="Prior and concomitant medication",
    population=of_safety,
    landscape=True,
    stays=True,
    needs=("CM",),
)
def medication(book: Book) -> Table:
    """Medicines by subject."""
    source = book.domains.get("CM", pd.DataFrame({"USUBJID": pd.Series(dtype="str")}))
    population = safety(book.definition)
    frame = of_subjects(book, source, population, [c for c in ("CMSTDTC", "CMSEQ") if c in source.columns])
    amount = column(frame, "CMDOSE")
    text = amount.map(lambda v: f"{v:g}", na_action="ignore") if amount.dtype.kind == "f" else amount
    shown = frame.assign(
        NAME=column(frame, "CMTRT"),
        CLASS=column(frame, "CMCLAS"),
        DOSE=joined([text, units(column(frame, "CMDOSU")), column(frame, "CMDOSFRQ")], " "),
        ROUTE=read(column(frame, "CMROUTE")),
        WHY=read(column(frame, "CMINDC")),
        START=column(frame, "CMSTDTC"),
        END=_ended(frame, "CM"),
    )
    columns = [
        Column("NAME", "Medicine"),
        Column("CLASS", "Class"),
        Column("DOSE", "Dose"),
        Column("ROUTE", "Route"),
        Column("WHY", "Indication"),
        Column("START", "Start"),
        Column("END", "End"),
    ]
    empty = "No medication was recorded."
    return _once(shown, columns, "CM", empty)


def _ended(frame: pd.DataFrame, domain: str) -> pd.Series:
    """The end as collected; "ongoing" where it is said to be, else a dash."""
    goes_on = read(column(frame, f"{domain}ENRTPT")).where(column(frame, f"{domain}ENRTPT") == "ONGOING")
    return column(frame, f"{domain}ENDTC").fillna(goes_on).fillna(MISSING)
