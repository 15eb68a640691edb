"""What drawings read of a book: results in wide form, and the analysed records of a parameter.

Not here: results one by one, which the book gives (`display.book`), and the drawing (`_series`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.style import label
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import fmt_interval, fmt_number
from trial_report.schemas.study.measures import Endpoint, Parameter

DRAWN = (
    "USUBJID", "PARAMCD", "AVISIT", "ADY", "AVAL", "CHG", "PCHG", "ANRLO", "ANRHI", "ABLFL", "ANL01FL",
    "CLSIG",
)  # fmt: skip
"""Columns of ADBDS that drawings use, beside the treatment of the set."""

NAMED = 6
"""Up to so many who are not drawn are named in the note."""

PLACE = ("paramcd", "avisit", "group", "level")


def with_group(book: Book, frame: pd.DataFrame, population: str) -> pd.DataFrame:
    """Rows of an analysis dataset with GROUP, the code of the treatment that the set is shown by."""
    return frame.assign(GROUP=frame[book.definition.treatment_variable(population)])


def rows_of(book: Book, analysis: str, **equal: str | None) -> pd.DataFrame:
    """The results rows of an analysis whose columns equal these values (None: missing), in their order."""
    found = book.results
    mask = found["analysis"] == analysis
    for column, value in equal.items():
        mask &= found[column].isna() if value is None else found[column] == value
    return found.loc[mask]


def wide(rows: pd.DataFrame, statistics: Sequence[str], by: Sequence[str] = PLACE) -> pd.DataFrame:
    """Results rows with a column a statistic (raw values) and one for its printed form (`<statistic>_text`).

    A row each combination of `by`, in order of arrival; a statistic that was not computed is missing.
    """
    shown = rows.loc[rows["statistic"].isin(list(statistics))]
    keys = [shown[c].astype(object).where(shown[c].notna(), "-") for c in by]
    arrived = pd.MultiIndex.from_frame(pd.concat(keys, axis=1)) if len(shown) else None
    columns = [*statistics, *(f"{s}_text" for s in statistics)]
    if arrived is None:
        return pd.DataFrame(columns=[*by, *columns])
    found = shown.assign(**dict(zip(by, keys, strict=True)))
    values = found.set_index([*by, "statistic"])[["value", "formatted"]].unstack("statistic")  # noqa: PD010
    texts = values["formatted"].add_suffix("_text")
    values = values["value"]
    return values.join(texts).reindex(arrived.unique()).reindex(columns=columns).reset_index()


def series(book: Book, analysis: str, population: str, paramcd: str, level: str | None) -> pd.DataFrame:
    """Means with intervals over visits: group, avisit, mean, ci_low, ci_high, n and `text`, the printed n.

    Of a study with few patients the groups' own means have rows as well; a drawing chooses what it shows.
    """
    rows = rows_of(book, analysis, population=population, paramcd=paramcd, level=level)
    found = wide(rows.loc[rows["avisit"].notna()], ("n", "mean", "ci_low", "ci_high"))
    return found.rename(columns={"n_text": "text"})


def analysed(book: Book, endpoint: Endpoint) -> pd.DataFrame:
    """The records of ADBDS that the analysis of an endpoint uses, the baseline under the baseline visit."""
    frame = parameter_records(book, endpoint, endpoint.analysis_set)
    return frame.loc[frame["USUBJID"].isin(members(book, endpoint))] if endpoint.only_with_baseline else frame


def members(book: Book, endpoint: Endpoint) -> pd.Series:
    """USUBJID of everybody in the analysis set of an endpoint, with what the endpoint is restricted to."""
    subjects = book.datasets["ADSL"]
    subjects = subjects.loc[subjects[book.definition.analysis_set(endpoint.analysis_set).flag] == "Y"]
    for name, value in endpoint.only_with_baseline.items():
        wanted = list(value) if isinstance(value, tuple) else [value]
        subjects = subjects.loc[subjects[name].isin(wanted)]
    return subjects["USUBJID"].astype(str)


def not_drawn(book: Book, everybody: pd.Series, drawn: pd.Series, what: str) -> list[str]:
    """The note on who of everybody (USUBJID) is not drawn for want of `what` ("a change at a visit"); none: no note."""
    absent = everybody[~everybody.isin(drawn.astype(str))]
    if absent.empty:
        return []
    named = short_ids(book)
    few = f" ({', '.join(sorted(named[i] for i in absent))})" if len(absent) <= NAMED else ""
    return [f"Without {what} and not drawn: {fmt_number(len(absent))} of {fmt_number(len(everybody))}{few}."]


def parameter_records(book: Book, parameter: Parameter, population: str) -> pd.DataFrame:
    """The baseline record (under the baseline visit) and the analysed later records of a parameter in a set.

    Columns: `DRAWN`, and GROUP.
    """
    frame = book.datasets["ADBDS"]
    treatment = book.definition.treatment_variable(population)
    flag = book.definition.analysis_set(population).flag
    # a row is costly to take in a wide frame: only what is drawn
    frame = frame.loc[(frame["PARAMCD"] == parameter.paramcd) & (frame[flag] == "Y"), [*DRAWN, treatment]]
    frame = with_group(book, frame, population)
    later = {v.id for v in book.definition.follow_up_visits}
    baseline = frame["ABLFL"] == "Y"
    after = (frame["ANL01FL"] == "Y") & frame["AVISIT"].isin(later) & ~baseline
    kept = frame.loc[baseline | after]
    return kept.assign(AVISIT=kept["AVISIT"].mask(baseline.loc[kept.index], book.definition.baseline_visit.id))


def short_ids(book: Book) -> dict[str, str]:
    """USUBJID → its part that differs between subjects, to the last hyphen of what is common to all."""
    ids = [str(i) for i in book.datasets["ADSL"]["USUBJID"]]
    least, most = (min(ids), max(ids)) if ids else ("", "")
    differ = next((n for n, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), 0)
    common = least[:differ]
    return {i: i[common.rfind("-") + 1 :] for i in ids}


def treated(book: Book) -> pd.DataFrame:
    """The subjects of the safety set in ADSL with GROUP, in the order of dose level and then first dose."""
    adsl, population = book.datasets["ADSL"], book.definition.safety_set
    found = with_group(book, adsl.loc[adsl[book.definition.analysis_set(population).flag] == "Y"], population)
    order = f"{book.definition.treatment_variable(population)}N"
    return found.sort_values([order, "TRTSDT", "USUBJID"], kind="stable")


def percent_level(book: Book) -> str:
    """The confidence level as printed: "95%"."""
    return percent(book.definition.confidence_level)


def axis_of(parameter: Parameter, longest: int = 34) -> str:
    """The parameter with its unit as an axis has it: the short name where the label is too long."""
    full = parameter.label_unit
    if len(full) > longest:
        full = f"{parameter.name} ({parameter.unit_text})" if parameter.unit else parameter.name
    return label(full, longest + 6)


def interval_text(row: Mapping[Any, Any]) -> str:
    """The printed limits of a row of `wide` as "1.2 to 3.4"."""
    return fmt_interval(str(row["ci_low_text"]), str(row["ci_high_text"]))


def keys_of(*frames: pd.DataFrame) -> tuple[str, ...]:
    """The keys of results rows (frames indexed by key), each once."""
    return tuple(dict.fromkeys(str(key) for frame in frames for key in frame.index))


def someone(book: Book, count: float | None) -> str:
    """ "20 patients", in the study's own word for them."""
    return f"{fmt_number(count)} {label(book.definition.study.subjects, 40)}"


def listed(items: Iterable[str], most: int = 6) -> list[str]:
    """The first items, and how many were left out."""
    found = list(items)
    return found if len(found) <= most else [*found[:most], f"{fmt_number(len(found) - most)} more"]


def described(book: Book, endpoint: Endpoint, visit: str, measure: str) -> Answer | None:
    """The statistics of an endpoint over all subjects at a visit; None where there are none."""
    found = book.ask("eff.by_visit", endpoint.analysis_set, endpoint.paramcd, visit, level=measure)
    return found if found.has("mean") else None
