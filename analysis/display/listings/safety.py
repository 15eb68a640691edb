"""Listings of safety: exposure, adverse events, serious events, laboratory values, vital signs.

Not here: medical history and who took part (`population`), and narratives (`display.narratives`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.adverse_events.events import EMERGENT, SERIOUS, TOXIC, fatal, severe
from trial_report.analysis.analyse.counting import any_of
from trial_report.analysis.analyse.exposure import DOSES, LARGE, fmt_power
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import all_screened, of_safety
from trial_report.analysis.display.exposed import compliance_reference, fmt_dose, single_dose
from trial_report.analysis.display.listings._common import (
    BASELINE_MARK,
    BASELINE_NOTE,
    PARTIAL_NOTE,
    collected_at,
    column,
    day,
    day_note,
    joined,
    listed,
    number,
    of_subjects,
    one,
    read,
    safety,
    units,
    whole,
    with_day,
    yes,
)
from trial_report.analysis.display.severity import computed_after, graded_with, scale, word
from trial_report.analysis.display.sides import side_notes
from trial_report.analysis.display.standing import SCREENED
from trial_report.analysis.display.table import Column, Table
from trial_report.analysis.results.formatting import MISSING, fmt_number, join_words
from trial_report.analysis.results.where import Where
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Parameter

NO_EXPOSURE = "What was given was not delivered: there is neither EX nor EC."
NO_EVENT = "No adverse event was reported."
NO_SIGNIFICANT = "No event that was not serious was severe or changed study treatment."
NO_SERIOUS = "No fatal or serious adverse event was reported."
NO_SERIOUS_NOR_DLT = "No fatal or serious adverse event and no dose-limiting toxicity was reported."

NEEDS = {"lst.sae": ("AE",), "lst.significant": ("AE",), "lst.ae": ("AE",), "lst.exposure": ("EX",)}
"""The domains that listings are of."""
MOST_UPRIGHT = 6
"""Visits for which an upright page is wide enough."""

Maker = Callable[[Book], Table]


def _wide(book: Book) -> bool:
    """Whether the visits need a turned page."""
    return len(book.definition.visits) > MOST_UPRIGHT


@declare.listing(
    "lst.lab",
    number="16.2.8",
    title="Laboratory values by visit",
    population=of_safety,
    landscape=_wide,
    stays=True,
    when=lambda book: bool(book.definition.laboratory),
)
def laboratory(book: Book) -> Table:
    """Laboratory values, a row a subject and parameter."""
    return by_visit(book, kind="LABORATORY")


@declare.listing(
    "lst.vs",
    after="lst.lab",
    number="16.2.8",
    title="Vital signs by visit",
    population=of_safety,
    landscape=_wide,
    stays=True,
    when=lambda book: bool(book.definition.vital_signs),
)
def vital_signs(book: Book) -> Table:
    """Vital signs, a row a subject and parameter."""
    return by_visit(book, kind="VITAL SIGNS")


def _turned(book: Book, name: str) -> bool:
    """Whether a listing needs a turned page: one of few visits does not, nor a sentence that there is none."""
    if name in ("lst.lab", "lst.vs"):
        return len(book.definition.visits) > MOST_UPRIGHT
    return name != "lst.sae" or not grave(book).of(book.datasets["ADAE"]).empty


@declare.listing(
    "lst.exposure",
    number="16.2.5",
    title="Administrations of study treatment and compliance",
    population=of_safety,
    landscape=True,
    needs=("EX",),
    stays=True,
)
def exposure(book: Book) -> Table:
    """A row an administration, or a course of them: EX, or EC where EX was not delivered."""
    definition = book.definition
    population = safety(definition)
    name = next((one for one in DOSES if one in book.domains), None)
    if name is None:
        nothing = pd.DataFrame({"USUBJID": pd.Series(dtype="str"), "HEAD": pd.Series(dtype="str")})
        return listed(nothing, [Column("USUBJID", one(definition))], "EX", notes=[], empty=NO_EXPOSURE)
    recorded = book.domains[name].rename(columns=lambda column: f"EX{column[2:]}" if column[:2] == name else column)
    frame = of_subjects(book, recorded, population, ["EXSTDTC", "EXSEQ"])
    adsl = book.datasets["ADSL"][["USUBJID", "DOSEP", "DOSECOMP"]]
    frame = frame.merge(adsl, on="USUBJID", how="left", validate="many_to_one")
    start, end, often = (column(frame, one) for one in ("EXSTDTC", "EXENDTC", "EXDOSFRQ"))
    shown = frame.assign(
        WHAT=column(frame, "EXTRT"),
        ON=with_day(start, column(frame, "EXSTDY")),
        UNTIL=with_day(end, column(frame, "EXENDY")),
        PLANNED=_dose(frame["DOSEP"]),
        GIVEN=joined([_given(frame), units(column(frame, "EXDOSU"))], " "),
        OFTEN=often.fillna(MISSING),
        SHARE=number(frame["DOSECOMP"], 1),
        HOW=joined([read(column(frame, where)).replace(MISSING, "") for where in ("EXROUTE", "EXLOC", "EXLAT")]),
        REGIMEN=read(column(frame, "EXDOSRGM")),
        WHY=read(column(frame, "EXADJ")),
    )
    courses = (end.notna() & (end != start)) | (often.notna() & (often != "ONCE"))
    columns = [
        Column("USUBJID", one(definition)),
        Column("GROUP", "Group"),
        Column("WHAT", "Treatment"),
        Column("ON", "Date (day)"),
        *([Column("UNTIL", "To (day)"), Column("OFTEN", "Frequency")] if courses.any() else []),
        *([Column("PLANNED", "Planned total dose", "right")] if definition.plans_doses else []),
        Column("GIVEN", "Dose given", "right"),
        *([Column("SHARE", "Total, % of planned", "center")] if definition.plans_doses else []),
        Column("HOW", "Route, site"),
        Column("REGIMEN", "Regimen"),
        Column("WHY", "Reason for change"),
    ]
    notes = [
        day_note(book),
        *(compliance_reference(definition, single=single_dose(book)) if definition.plans_doses else []),
    ]
    return listed(shown, columns, name, notes=notes, empty="No study treatment was given.")


def _given(frame: pd.DataFrame) -> pd.Series:
    """The dose of a record, or that nothing was given."""
    left_out = (column(frame, "EXOCCUR") == "N") | (column(frame, "EXSTAT") == "NOT DONE")
    return _dose(column(frame, "EXDOSE")).mask(left_out.fillna(False).astype(bool), "not given")


def _dose(values: pd.Series) -> pd.Series:
    """Doses as text, large ones as a power of ten."""
    numeric = pd.to_numeric(values).astype("float64")
    large = numeric.map(lambda v: fmt_power(v) if abs(v) >= LARGE else fmt_dose(v), na_action="ignore")
    return large.astype("str").fillna(MISSING)


@declare.listing(
    "lst.ae",
    number="16.2.7",
    title="Adverse events",
    population=all_screened,
    size=SCREENED,
    landscape=True,
    needs=("AE",),
    stays=True,
)
def events(book: Book) -> Table:
    """Every adverse event."""
    return _events(book, Where(), NO_EVENT)


@declare.listing(
    "lst.sae",
    after="ae.serious",
    number="14.3.2",
    title=lambda book: _serious_title(book.definition),
    population=all_screened,
    size=SCREENED,
    landscape=lambda book: not grave(book).of(book.datasets["ADAE"]).empty,
    needs=("AE",),
)
def serious(book: Book) -> Table:
    """Fatal events, serious events and, where a dose is escalated, dose-limiting toxicities."""
    return _events(book, grave(book), NO_SERIOUS_NOR_DLT if book.definition.escalation else NO_SERIOUS)


@declare.listing(
    "lst.significant",
    after="lst.sae",
    number="14.3.2",
    title="Severe adverse events, and those that changed study treatment, that were not serious",
    population=of_safety,
    landscape=lambda book: not by_record(book.definition).of(book.datasets["ADAE"]).empty,
    needs=("AE",),
)
def significant(book: Book) -> Table:
    """Events that were not serious and yet severe, or because of which study treatment was changed."""
    return _events(book, by_record(book.definition), NO_SIGNIFICANT)


CHANGES = ("DRUG WITHDRAWN", "DRUG INTERRUPTED", "DOSE REDUCED", "DOSE RATE REDUCED")
"""Actions with study treatment (CDISC codelist ACN) that make an event significant."""


def by_record(definition: StudyDefinition) -> Where:
    """Events that their own record shows to be significant though not serious: severe, or treatment was changed."""
    also = any_of(severe(definition), Where().eq(AEACN=CHANGES))
    return Where((*EMERGENT.terms, *Where().also("AESER", "<>", "Y").terms, *also.terms))


def _serious_title(definition: StudyDefinition) -> str:
    also = ["dose-limiting toxicities"] if definition.escalation else []
    also += ["events of special interest"] if definition.adverse_events.special_interest else []
    return "Fatal and serious adverse events" + (f", and {join_words(also)}" if also else "")


def grave(book: Book) -> Where:
    """Fatal, serious, of special interest or, where a dose is escalated, dose-limiting."""
    toxic = (TOXIC,) if book.definition.escalation else ()
    special = of_interest(book)
    named = (Where().eq(AEDECOD=special),) if special else ()
    return any_of(SERIOUS, *toxic, *named, fatal(book.datasets["ADAE"]))


def of_interest(book: Book) -> tuple[str, ...]:
    """The preferred terms, as the data write them, that the protocol names as of special interest."""
    return terms_there(book, book.definition.adverse_events.special_interest)


def terms_there(book: Book, terms: Collection[str]) -> tuple[str, ...]:
    """Those of the preferred terms that an event has, as the data write them, in capitals or not."""
    if not terms:
        return ()
    wanted = {term.casefold() for term in terms}
    there = book.datasets["ADAE"]["AEDECOD"].dropna().astype("str").unique()
    return tuple(sorted(one for one in there if one.casefold() in wanted))


def _events(book: Book, where: Where, empty: str) -> Table:
    definition = book.definition
    adae = where.of(book.datasets["ADAE"])
    # Events of those who were never treated are listed too: none may go unseen.
    frame = of_subjects(book, adae, None, ["ASTDT", "AESEQ"])
    ended = column(frame, "AEENDTC").fillna(column(frame, "AEENRTPT").str.lower())
    start, end = whole(frame["ASTDY"]).fillna(MISSING), whole(frame["AENDY"]).fillna(MISSING)
    from_day, to_day = (column(frame, name).notna().map({True: "*", False: ""}) for name in ("ASTDTF", "AENDTF"))
    shown = frame.assign(
        TERM=joined([frame["AETERM"], frame["AEDECOD"], frame["AEBODSYS"]], " / "),
        DATES=column(frame, "AESTDTC").fillna(MISSING) + " to " + ended.fillna(MISSING),
        DAYS=start + from_day + " to " + end + to_day,
        GRADE=_severity(definition, frame["ATOXGRN"]),
        SERIOUS=yes(frame["AESER"]),
        RELATION=read(column(frame, definition.adverse_events.relationship_variable)),
        ACTION=read(frame["AEACN"]),
        OUTCOME=read(frame["AEOUT"]),
        FLAGS=joined(
            [
                frame["TRTEMFL"].map({"Y": "TE"}),
                frame["DLTFL"].map({"Y": "DLT"}),
                column(frame, "AECONTRT").map({"Y": "T"}),
            ],
            " ",
        ),
    )
    columns = [
        Column("TERM", "Event as reported / preferred term / system organ class"),
        Column("DATES", "Start to end"),
        Column("DAYS", "Days"),
        Column("GRADE", word(definition).capitalize(), "center"),
        Column("SERIOUS", "Serious", "center"),
        Column("RELATION", "Relationship"),
        Column("ACTION", "Action taken"),
        Column("OUTCOME", "Outcome"),
        Column("FLAGS", "Flags"),
    ]
    toxic = " DLT: dose-limiting toxicity;" if definition.escalation else ""
    flags = f"TE: treatment-emergent;{toxic} T: treatment given; *: day imputed, as the date is partial."
    notes = [day_note(book), PARTIAL_NOTE, flags, graded_with(definition)]
    return listed(shown, columns, "ADAE", where, head=True, notes=notes, empty=empty)


def _severity(definition: StudyDefinition, grade: pd.Series) -> pd.Series:
    """The number of a grade, or the word of a scale in words."""
    words = scale(definition)
    number_text = whole(grade)
    return (
        grade.astype("Float64").map(words, na_action="ignore").astype("str").fillna(number_text)
        if words
        else (number_text)
    )


@declare.listing(
    "lst.lab.abnormal",
    after="lab.by_visit",
    number="14.3.4",
    title="Laboratory values out of range or clinically significant",
    population=of_safety,
    landscape=True,
    stays=True,
    when=lambda book: bool(book.definition.laboratory),
)
def abnormal(book: Book) -> Table:
    """Values outside the reference range, of grade 1 or more, or called clinically significant."""
    definition = book.definition
    population = safety(definition)
    values = book.datasets["ADBDS"]
    remarkable = any_of(Where().also("ANRIND", "<>", "NORMAL"), Where().eq(CLSIG="Y"))
    where = Where((*Where().eq(PARCAT1="LABORATORY").terms, *remarkable.terms))
    chosen = where.of(values)
    order = {p.paramcd: n for n, p in enumerate(definition.laboratory)}
    frame = of_subjects(book, chosen.assign(ORDER=chosen["PARAMCD"].map(order)), population, ["ORDER", "ADT"])
    low, high = frame["ANRLO"].map(_plain, na_action="ignore"), frame["ANRHI"].map(_plain, na_action="ignore")
    graded = whole(frame["ATOXGRN"]).where(frame["ATOXGRN"].fillna(0) > 0)
    shown = frame.assign(
        TEST=frame["PARAM"],
        DOSES=read(frame["VISIT"]),
        ON=with_day(day(frame["ADT"]), frame["ADY"]),
        VALUE=joined([frame["AVALC"], _baseline(frame)], " "),
        RANGE=low.astype("str").fillna(MISSING) + " to " + high.astype("str").fillna(MISSING),
        WHERE=read(frame["ANRIND"]),
        GRADE=graded,
        CHANGE=_by_parameter(frame, "CHG", definition.laboratory),
        MATTERS=yes(frame["CLSIG"]),
    )
    columns = [
        Column("TEST", "Measurement"),
        Column("DOSES", "Visit"),
        Column("ON", "Date (day)"),
        Column("VALUE", "Result", "center"),
        Column("CHANGE", "Change from baseline", "center"),
        Column("RANGE", "Reference range"),
        Column("WHERE", "Low or high"),
        Column("GRADE", "Grade", "center"),
        Column("MATTERS", "Clinically significant"),
    ]
    notes = [day_note(book), *side_notes(book, definition.laboratory)]
    notes.append(f"Grade: computed from the value, {computed_after(definition)}; – none.")
    notes.append(f"Visit: as it was recorded. {BASELINE_NOTE}.")
    empty = "No laboratory value was outside its reference range or called clinically significant."
    return listed(shown, columns, "ADBDS", where, head=True, notes=notes, empty=empty)


def _plain(value: float) -> str:
    return fmt_number(value, next((d for d in range(5) if round(value, d) == value), 5))


def _by_parameter(frame: pd.DataFrame, name: str, parameters: tuple[Parameter, ...]) -> pd.Series:
    """Numbers with the decimals of their parameter."""
    found = pd.Series(pd.NA, index=frame.index, dtype="str")
    for parameter in parameters:
        own = frame["PARAMCD"] == parameter.paramcd
        found = found.mask(own, number(frame[name].where(own), parameter.decimals))
    return found


def _baseline(frame: pd.DataFrame) -> pd.Series:
    """The mark of the values that are the baseline."""
    return (frame["ABLFL"] == "Y").map({True: BASELINE_MARK, False: ""})


def by_visit(book: Book, kind: str) -> Table:
    """A row a subject and measurement, a column a visit: the values analysed, with their position to the range."""
    definition = book.definition
    population = safety(definition)
    parameters: tuple[Parameter, ...] = definition.laboratory if kind == "LABORATORY" else definition.vital_signs
    values = book.datasets["ADBDS"]
    wanted = [
        "USUBJID",
        "PARAMCD",
        "AVISIT",
        "AVISITN",
        "AVALC",
        "ANRIND",
        "CLSIG",
        "ABLFL",
        "VISIT",
        "VISITNUM",
        "PARAM",
    ]
    where = Where().eq(PARCAT1=kind, ANL01FL="Y")
    chosen = where.of(values)[wanted]
    order = {p.paramcd: n for n, p in enumerate(parameters)}
    frame = of_subjects(book, chosen.assign(ORDER=chosen["PARAMCD"].map(order)), population, ["ORDER", "AVISITN"])
    mark = frame["ANRIND"].str[:1].where(frame["ANRIND"].notna() & (frame["ANRIND"] != "NORMAL"))
    significant = (frame["CLSIG"] == "Y").map({True: "CS", False: ""})
    baseline, (recorded, said) = _baseline(frame), collected_at(book, frame)
    text = joined([frame["AVALC"], mark, significant, baseline, recorded], " ")
    named = frame.assign(TEXT=text)
    # Two values for one cell must be an error, which pivot_table would hide.
    wide = named.pivot(index=["USUBJID", "HEAD", "ORDER"], columns="AVISIT", values="TEXT")  # noqa: PD010
    wide = wide.reset_index().sort_values(["USUBJID", "ORDER"])
    names = dict(enumerate(p.label_unit for p in parameters))
    visits = [v for v in definition.visits if v.id in wide.columns]
    shown = wide.assign(TEST=wide["ORDER"].map(names))
    columns = [Column("TEST", "Measurement"), *(Column(v.id, v.label, "right") for v in visits)]
    marks = ["H, L: above, below the reference range; CS: clinically significant"] if kind == "LABORATORY" else []
    marks += [BASELINE_NOTE] if baseline.any() else []
    notes = [f"{'; '.join(marks)}."] if marks else []
    notes += said
    notes += side_notes(book, parameters)
    notes.append("Values analysed at each visit; values not used are listed with their reason in section 16.2.2.")
    empty = "There are no values."
    return listed(shown, columns, "ADBDS", where, head=True, notes=notes, empty=empty)
