"""Listings of efficacy response: a row a subject, a column a visit, for every endpoint (16.2.6).

Not here: laboratory and vital signs (`safety`), and summaries (`tables.efficacy`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.counting import any_of
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.listings._common import (
    collected_at,
    in_population,
    joined,
    listed,
    number,
    of_subjects,
    one,
)
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.sides import side_notes
from trial_report.analysis.display.table import Column, Table
from trial_report.analysis.display.tables._efficacy import of_endpoint
from trial_report.analysis.display.tables._grid import inside
from trial_report.analysis.results.formatting import MISSING
from trial_report.analysis.results.where import Where
from trial_report.schemas.study.measures import Endpoint

OUTSIDE = "†"
COLUMNS = [
    "USUBJID", "PARAMCD", "PARAM", "AVISIT", "AVISITN", "AVAL", "CHG", "PCHG", "ABLFL", "POSTFL", "ANL01FL", "CRIT1FL",
    "INWINFL", "REASND", "VISIT", "VISITNUM",
]  # fmt: skip


@declare.outputs("lst.efficacy")
def outputs(book: Book) -> list[Output]:
    """One listing an endpoint."""
    definition = book.definition
    return [
        Output(
            id=f"lst.efficacy.{endpoint.paramcd.lower()}",
            kind="listing",
            number="16.2.6",
            title=f"Individual response: {endpoint.label_unit}",
            **of_endpoint(definition, endpoint),
            landscape=True,
            make=partial(responses, endpoint=endpoint),
        )
        for endpoint in definition.endpoints
    ]


def responses(book: Book, endpoint: Endpoint) -> Table:
    """Baseline, and at each visit value (change; percent change) with the mark of a responder."""
    definition = book.definition
    values = book.datasets["ADBDS"]
    used = any_of(Where().eq(ANL01FL="Y", POSTFL="Y"), Where().eq(ABLFL="Y"))
    where = Where((*Where().eq(PARAMCD=endpoint.paramcd).terms, *used.terms))
    own = of_subjects(book, where.of(values)[COLUMNS], endpoint.analysis_set, ["AVISITN"])
    recorded, said = collected_at(book, own)
    own = own.assign(TEXT=joined([_texts(own, endpoint), recorded], " "))
    after = own.loc[(own["ANL01FL"] == "Y") & (own["POSTFL"] == "Y")]
    baseline = own.loc[own["ABLFL"] == "Y"].set_index("USUBJID")["TEXT"]
    # Two values for one cell must be an error, which pivot_table would hide.
    wide = after.pivot(index="USUBJID", columns="AVISIT", values="TEXT")  # noqa: PD010
    people = in_population(book, endpoint.analysis_set)
    for variable, wanted in endpoint.only_with_baseline.items():
        codes = list(wanted) if isinstance(wanted, tuple) else [wanted]
        people = people.loc[people[variable].isin(codes)]
    shown = people[["USUBJID", "GROUP", "HEAD"]].join(wide, on="USUBJID")
    shown = shown.assign(BASELINE=shown["USUBJID"].map(baseline))
    visits = [v for v in definition.follow_up_visits if v.id in wide.columns]
    undone = _reasons(values.loc[(values["PARAMCD"] == endpoint.paramcd) & values["REASND"].notna()])
    for column, visit in [("BASELINE", definition.baseline_visit.id), *((v.id, v.id) for v in visits)]:
        if visit in undone:
            shown[column] = shown[column].fillna(shown["USUBJID"].map(undone[visit]))
    columns = [
        Column("USUBJID", one(definition)),
        Column("GROUP", "Group"),
        Column("BASELINE", "Baseline", "right"),
        *(Column(v.id, v.label, "right") for v in visits),
    ]
    return listed(
        shown,
        columns,
        "ADBDS",
        where,
        notes=[*side_notes(book, [endpoint]), *_notes(endpoint), *said],
        empty="There are no values of this endpoint.",
    )


def _reasons(undone: pd.DataFrame) -> pd.DataFrame:
    """A row a subject, a column a visit: a dash, and why there is no value."""
    each = undone[["USUBJID", "AVISIT", "REASND"]].dropna().drop_duplicates()
    each = each.assign(REASND=_each(each["REASND"], inside))
    said = each.groupby(["USUBJID", "AVISIT"])["REASND"].agg("; ".join).reset_index()
    said["REASND"] = MISSING + " (" + said["REASND"] + ")"
    return said.pivot(index="USUBJID", columns="AVISIT", values="REASND")  # noqa: PD010 - one text a cell


def _each(texts: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Each different text changed once."""
    return texts.map({text: change(text) for text in texts.unique()})


def _texts(frame: pd.DataFrame, endpoint: Endpoint) -> pd.Series:
    """ "50 (−4; −7.4%) R": value, change, percent change, responder, visit outside its window."""
    if endpoint.kind == "binary":
        value = frame["AVAL"].map({1.0: "Yes", 0.0: "No"}).astype("str")
        change = pd.Series("", index=frame.index, dtype="str")
    else:
        value = number(frame["AVAL"], endpoint.decimals)
        percent = number(frame["PCHG"], 1) + "%"
        if endpoint.kind == "ordinal":  # steps between categories have no ratio
            percent = percent.mask(percent.notna())
        both = joined([number(frame["CHG"], endpoint.decimals), percent], "; ")
        change = ("(" + both + ")").where(frame["CHG"].notna(), "")
    responder = ((frame["CRIT1FL"] == "Y") & (frame["ABLFL"] != "Y")).map({True: "R", False: ""})
    outside = (frame["INWINFL"] == "N") & (frame["ABLFL"] != "Y")
    return joined([value.fillna(MISSING), change, responder, outside.map({True: OUTSIDE, False: ""})], " ")


def _notes(endpoint: Endpoint) -> list[str]:
    notes = []
    if endpoint.kind == "numeric" and endpoint.measure == "change":
        notes.append(
            "Cells: value (change from baseline; percent change). Percent change needs a baseline other than 0."
        )
    if endpoint.kind == "ordinal":
        notes.append("Cells: category (steps from baseline).")
    if endpoint.responder:
        notes.append(f"R: responder ({endpoint.responder.label}).")
    notes.append(f"{OUTSIDE}: outside the window of the visit; {MISSING}: no value (reason as collected).")
    return notes
