"""What listings share: subjects with their group, dates with study days, numbers and codes as they are read.

Not here: columns of one listing, which stand in its module, as in `safety`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Column, Reads, Table
from trial_report.analysis.display.tables._grid import enrolled, safety, sentence, set_label, subjects
from trial_report.analysis.display.treatment import never_treated, treatments
from trial_report.analysis.results.formatting import MISSING, fmt_number, join_words
from trial_report.analysis.results.where import Where
from trial_report.schemas.codelists.units import printed_unit
from trial_report.schemas.study import StudyDefinition

__all__ = ["enrolled", "safety", "sentence", "set_label", "subjects"]

PARTIAL_NOTE = "Dates are printed as they were collected; what is missing of a date was not known."

EVERYTHING = Where()


def day_note(book: Book) -> str:
    """What a study day is, in the datasets of this study."""
    first = "the day of first dose"
    if never_treated(book):
        first += " (of who was assigned and never treated, that of randomisation)"
    return f"Day: study day; {first} is day 1, the day before it day −1."


def one(definition: StudyDefinition) -> str:
    """The heading of the column that identifies a subject."""
    word = subjects(definition, capital=True)
    return word.removesuffix("s")


def groups(definition: StudyDefinition) -> dict[str, str]:
    """Code → short label of the treatment groups."""
    return {g.code: g.short for g in definition.groups}


def in_population(book: Book, population: str) -> pd.DataFrame:
    """ADSL of an analysis set, in order of USUBJID, with GROUP and HEAD (see `described`)."""

    def made() -> pd.DataFrame:
        adsl = book.datasets["ADSL"]
        member = adsl[book.definition.analysis_set(population).flag] == "Y"
        return described(book, adsl.loc[member].sort_values("USUBJID"), population)

    return book.once(("in_population", population), made).copy(deep=False)


def described(book: Book, adsl: pd.DataFrame, population: str | None) -> pd.DataFrame:
    """ADSL with GROUP, the short label of the treatment that the set is shown by, and HEAD.

    HEAD is the line above the rows of one subject: identifier, treatment, age, sex. Outside a set (None) the group is
    the one received, or else assigned.
    """
    definition = book.definition
    received = adsl["TRT01A"].fillna(adsl["TRT01P"])
    code = received if population is None else adsl[definition.treatment_variable(population)]
    sexes = {"M": "male", "F": "female"}
    parts = [
        adsl["USUBJID"].astype("str"),
        treatments(definition, adsl).where(received.notna(), ""),
        (whole(adsl["AGE"]) + " " + adsl["AGEU"].str.lower()).fillna(""),
        adsl["SEX"].map(sexes).fillna(adsl["SEX"]).fillna(""),
    ]
    return adsl.assign(GROUP=code.map(groups(definition)).fillna(MISSING), HEAD=joined(parts))


def joined(parts: Sequence[pd.Series], separator: str = ", ") -> pd.Series:
    """Texts side by side, empty ones left out."""
    found = parts[0].fillna("").astype("str")
    for part in parts[1:]:
        text = part.fillna("").astype("str")
        both = (found != "") & (text != "")
        found = found + both.map({True: separator, False: ""}) + text
    return found


def of_subjects(book: Book, frame: pd.DataFrame, population: str | None, by: Sequence[str] = ()) -> pd.DataFrame:
    """The records of a set's subjects (None: of everybody) with GROUP and HEAD, sorted by subject and `by`."""

    def made() -> pd.DataFrame:
        adsl = book.datasets["ADSL"]
        if population is not None:
            adsl = adsl.loc[adsl[book.definition.analysis_set(population).flag] == "Y"]
        people = described(book, adsl[["USUBJID", "TRT01A", "TRT01P", "AGE", "AGEU", "SEX"]], population)
        return people[["USUBJID", "GROUP", "HEAD"]]

    people = book.once(("people", population), made)
    own = frame.drop(columns=["GROUP", "HEAD"], errors="ignore")
    return own.merge(people, on="USUBJID", how="inner").sort_values(["USUBJID", *by], kind="stable")


def whole(values: pd.Series) -> pd.Series:
    """Whole numbers as text, with a proper minus; missing stays missing."""
    return number(values, 0)


def number(values: pd.Series, decimals: int) -> pd.Series:
    """Numbers as text with that many decimals; missing stays missing."""
    numeric = pd.to_numeric(values).astype("float64")
    return numeric.map(lambda value: fmt_number(value, decimals), na_action="ignore").astype("str")


def day(values: pd.Series) -> pd.Series:
    """A date without time as ISO 8601 text; missing stays missing."""
    return values.dt.strftime("%Y-%m-%d").astype("str")


def with_day(dates: pd.Series, days: pd.Series) -> pd.Series:
    """ "2021-07-29 (9)": a date (text) and its study day; a date that is missing gives a dash."""
    shown = (" (" + whole(days) + ")").fillna("")
    return (dates.astype("str") + shown).fillna(MISSING)


def read(values: pd.Series) -> pd.Series:
    """Terms in capitals in sentence case; missing gives a dash."""
    known = {value: sentence(str(value)) for value in values.dropna().unique()}
    return values.map(known).astype("str").fillna(MISSING)


def collected_at(book: Book, frame: pd.DataFrame) -> tuple[pd.Series, list[str]]:
    """ "[Unscheduled 6.1]" of a value recorded under another visit than its analysis visit, and the notes on it.

    Where most baselines of a measurement were recorded at one other visit, a note says so in place of the cells. A
    value whose visit was not recorded has none to show. `frame` has PARAMCD, PARAM, AVISIT, VISIT, VISITNUM and ABLFL.
    """
    planned = frame["AVISIT"].map({visit.id: visit.num for visit in book.definition.visits}).astype("float64")
    recorded = frame["VISITNUM"].astype("float64")
    baseline = frame["ABLFL"] == "Y"
    usual = recorded.where(baseline).groupby(frame["PARAMCD"]).transform(_most_common)
    elsewhere = recorded.notna() & (recorded != usual.fillna(planned).where(baseline, planned))
    labels = recorded.map({float(visit.num): visit.label for visit in book.definition.visits}).astype("str")
    name = labels.fillna(read(frame["VISIT"].fillna(whole(frame["VISITNUM"]))))
    notes = ["[ ]: the visit under which a value was recorded, where that is another."] if elsewhere.any() else []
    other = frame.assign(AT=name).loc[baseline & (usual != planned) & (recorded == usual)]
    for visit, own in other.drop_duplicates("PARAMCD").groupby("AT", sort=False):
        every = frame.loc[baseline, "PARAMCD"].nunique() == own["PARAMCD"].nunique()
        of = "" if every else f" of {join_words(own['PARAM'])}"
        notes.append(f"Baseline values{of} were recorded at {visit}, unless another visit is named.")
    return ("[" + name.str.replace(" ", "\u00a0") + "]").where(elsewhere, ""), notes


def _most_common(visits: pd.Series) -> float:
    """The visit at which more than half of the values were recorded; missing where there is none."""
    counts = visits.value_counts()
    return float(counts.index[0]) if len(counts) and 2 * counts.iloc[0] > counts.sum() else float("nan")


BASELINE_MARK, BASELINE_NOTE = "b", "b: used as baseline"


def yes(values: pd.Series) -> pd.Series:
    """Y and N as Yes and No; other values as they are, missing a dash."""
    return values.map({"Y": "Yes", "N": "No"}).fillna(values).astype("str").fillna(MISSING)


def units(values: pd.Series) -> pd.Series:
    """Units as they are printed; missing stays missing."""
    return values.map(printed_unit, na_action="ignore").astype("str")


def column(frame: pd.DataFrame, name: str) -> pd.Series:
    """A variable that may not have been collected: all missing then."""
    return frame[name] if name in frame.columns else pd.Series(pd.NA, index=frame.index, dtype="str")


def listed(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    dataset: str,
    where: Where = EVERYTHING,
    *,
    head: bool = False,
    notes: Sequence[str] = (),
    empty: str,
    stub: int = 1,
) -> Table:
    """The listing: rows under a line for each subject (`head`), missing values a dash.

    `dataset` and `where`: the records that were chosen, which the note names.
    """
    names = [c.id for c in columns]
    texts = frame.assign(**{name: frame[name].astype("str").fillna(MISSING) for name in names})
    return Table.from_frame(
        texts,
        columns,
        group="HEAD" if head else None,
        reads=Reads((dataset,), where.sql),
        notes=notes,
        empty=empty,
        stub=stub,
    )
