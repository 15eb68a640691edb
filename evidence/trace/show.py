"""Shows a result with what it rests on: its row, the rows of its dataset, the lines of the files.

Not here: the finding of a result (`search`), and the same way inside the page (`report.publish.traced`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.escape import printable
from trial_report.analysis.lineage.conditions import Conditions
from trial_report.analysis.lineage.origins import baselines, origins, places, sides
from trial_report.analysis.lineage.words import Words
from trial_report.analysis.pipeline import analyse_study
from trial_report.analysis.trial import Trial
from trial_report.declare.own import load, read
from trial_report.evidence.trace.search import Found, search
from trial_report.runtime.told import ToldError

CANDIDATES = 60
SHOWN = {
    "ADBDS": ("PARAMCD", "AVISIT", "ADT", "AVAL", "BASE"),
    "ADAE": ("AETERM", "ASTDT", "ATOXGRN"),
    "ADTTE": ("PARAMCD", "ADT", "AVAL", "CNSR"),
    "ADVISIT": ("AVISIT", "SVDT", "STATUS"),
    "ADSL": ("TRT01P", "TRT01A"),
}


ELSEWHERE = {
    "DEFINITION": "It follows from the study's definition (study.yml), not from rows of data.",
    "RESULTS": "It is put together from other results, not from rows of data: each of them can be traced.",
}


def book_of(study: Path, trial: Trial, results: pd.DataFrame) -> Book:
    """The book of a trial that was just analysed, without a build folder."""
    return Book(
        definition=trial.definition,
        datasets=trial.datasets,
        domains=trial.domains,
        results=results.set_index("key"),
        problems=trial.problems.to_frame(),
        folder=study,
        run={},
        own=trial.own,
    )


def show_candidates(console: Console, book: Book, found: Sequence[Found], asked: str) -> None:
    """The rows that may be meant, a line each."""
    words = Words(book.definition, book.results)
    table = Table(title=f"{len(found)} results are printed as {asked}" if "/" not in asked else f"{len(found)} keys")
    for heading in ("Printed", "What it is", "Printed in", "Key"):
        table.add_column(heading, overflow="fold")
    for one in found[:CANDIDATES]:
        row = {"key": one.key, **book.row(one.key)}
        table.add_row(*map(_text, (row["formatted"], words.say(row), ", ".join(one.outputs), one.key)))
    console.print(table)
    if len(found) > CANDIDATES:
        console.print(f"… and {len(found) - CANDIDATES} more.")
    console.print("Give one of the keys to see its source rows.")


def show_row(console: Console, book: Book, one: Found, study: Path, where: pd.DataFrame, rows: int) -> None:
    """One results row with its facts, the rows of its dataset, and the lines of the files behind them."""
    words = Words(book.definition, book.results)
    row = {"key": one.key, **book.row(one.key)}
    facts = Table.grid(padding=(0, 2))
    size = words.size_key(row["population"], row["group"])
    raw = row["text"] if isinstance(row["text"], str) else row["value"]
    said = {
        "Printed": row["formatted"],
        "What it is": words.say(row),
        "Printed in": ", ".join(one.outputs) or "no table (a sentence, a figure, or only results.json)",
        "Raw value": "does not exist" if raw is None or pd.isna(raw) else f"{raw!r}",
        "Unit": row["unit"],
        "Note": row["warning"],
        "Method": words.methods[row["method"]][0] if isinstance(row["method"], str) else None,
        "Analysis set": words.sets.get(row["population"], row["population"])
        + (f", N = {book.text(size)}" if book.has(size) else ""),
        "Dataset": row["dataset"],
        "Filter": row["filter"],
        "Variable": row["variable"],
        "Derived": words.derived.get(row["variable"]) if row["dataset"] == "ADSL" else None,
        "Key": one.key,
    }
    for name, text in said.items():
        if isinstance(text, str) and text:
            facts.add_row(Text(name, style="dim"), _text(text))
    console.print(facts)
    frames = {**book.domains, **book.datasets}
    if row["dataset"] not in frames:
        console.print(ELSEWHERE.get(row["dataset"], ELSEWHERE["DEFINITION"]))
        return
    whole = frames[row["dataset"]]
    chosen = Conditions(frames).rows(row["dataset"], row["filter"])
    source = origins(row["dataset"], whole, where, book.definition).assign(AT=whole.index)
    also = sides(whole, source)
    # A value as it was measured stands on its own; a change from baseline, a shift or a response stands on two records.
    before = baselines(row["dataset"], whole, source) if row["variable"] not in ("AVAL", "AVALC") else None
    records = {"Source": source.loc[chosen.index]}
    if before is not None and before.loc[chosen.index, "LINE"].notna().any():
        records["Baseline"] = before.loc[chosen.index]
    _show_rows(console, row, chosen, {name: _place(record, also) for name, record in records.items()}, rows)
    lines = pd.concat([record.head(rows) for record in records.values()])
    lines = pd.concat([lines, also.loc[also.index.isin(lines["AT"])]])
    _show_lines(console, study / book.definition.data.folder, lines)


def _show_rows(
    console: Console, row: dict[str, object], chosen: pd.DataFrame, records: dict[str, pd.Series], rows: int
) -> None:
    names = ["USUBJID", *SHOWN.get(str(row["dataset"]), ())]
    names = [name for name in dict.fromkeys([*names, str(row["variable"])]) if name in chosen]
    subjects = chosen["USUBJID"].nunique()
    table = Table(title=f"{len(chosen)} rows of {row['dataset']}, {subjects} patients")
    for name in (*names, *records):
        table.add_column(name, overflow="fold")
    shown = chosen[names].assign(**records).head(rows)
    for values in shown.itertuples(index=False):
        table.add_row(*(_text(_plain(value)) for value in values))
    console.print(table)
    if len(chosen) > rows:
        console.print(f"… and {len(chosen) - rows} more rows (--rows {len(chosen)} shows them).")


def _place(record: pd.DataFrame, also: pd.DataFrame) -> pd.Series:
    """File and line in one text, empty where there is no record; of a mean of sides those of each."""
    further = (", " + _file_line(also)).groupby(also.index).agg("".join)
    return _file_line(record) + record["AT"].map(further).astype("str").fillna("")


def _file_line(record: pd.DataFrame) -> pd.Series:
    known = record["FILE"].notna() & record["LINE"].notna()
    return (record["FILE"] + ":" + record["LINE"].astype("str")).where(known, "")


def _show_lines(console: Console, folder: Path, source: pd.DataFrame) -> None:
    """The lines themselves, file by file, under the file's heading line."""
    known = source.loc[source["FILE"].notna() & source["LINE"].notna()]
    for file, of_file in known.groupby("FILE", sort=True):
        path = folder / str(file)
        if path.suffix.lower() != ".csv":
            continue
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        console.print(Text(f"{folder.name}/{file}", style="bold"))
        for number in (1, *sorted({int(line) for line in of_file["LINE"]})):
            if number <= len(lines):
                console.print(Text(f"{number:>7}: {printable(lines[number - 1])}"), soft_wrap=True)


def _plain(value: object) -> str:
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _text(value: object) -> Text:
    return Text(printable(str(value)))


def opened(study: Path, *, code: bool = True) -> tuple[Book, pd.DataFrame]:
    """The book of a study as it is now, and where each record stands; `code` says whether its own code is run.

    Raises StudyProblems, OwnCodeError.
    """
    trial, results = analyse_study(study, own=load(read(study, run=code)))
    return book_of(study, trial, results), places(trial.domains)


def trace(console: Console, study: Path, book: Book, where: pd.DataFrame, asked: str, rows: int) -> None:
    """Print what a key, a part of one, or a number as printed stands for: its candidates, or the one with its lines.

    Raises ToldError where nothing is printed so.
    """
    found = search(book, asked)
    if not found:
        raise ToldError(f"no result is printed as {asked}, and no key holds it")
    if len(found) > 1:
        show_candidates(console, book, found, asked)
    else:
        show_row(console, book, found[0], study, where, rows)
