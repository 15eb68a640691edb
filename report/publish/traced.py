"""Make the numbers of a finished HTML page traceable: their rows and source rows go in as JSON, beside a script.

The page is complete without the script. Only what is printed is embedded: the results rows that the page names,
each term of their filters once (as a bitmap over the dataset's rows), and the columns of the datasets that those
rows are about.

Not here: marks on the numbers (`analysis.display.table_html`), and the trace of the command (`evidence.trace`).
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trial_report.analysis.display.book import PLACES, Book, open_book
from trial_report.analysis.display.filters import flag_of, in_words, plain_terms
from trial_report.analysis.display.packed import gzipped
from trial_report.analysis.issues.page import EXPORTS
from trial_report.analysis.lineage.conditions import Conditions, terms
from trial_report.analysis.lineage.origins import baselines, origins, sides
from trial_report.analysis.lineage.words import Words, statistic
from trial_report.analysis.results.spreadsheet import PATTERN
from trial_report.runtime.places import CODE
from trial_report.schemas.study import StudyDefinition

LOOK = CODE / "report" / "look"
PACKED = 100_000
"""Characters of a trace from which it is compressed: to a sixth or less."""
LIMIT = 20_000_000
"""Characters of source rows that a page may hold. A larger study's page says how to see them instead."""

_DISPLAY = re.compile(r'<figure id="[^"]*" class="csr-')
# What may be a variable in a condition.
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*\b")
_TEXT = re.compile(r"'(?:[^']|'')*'")
_KEYS = re.compile(r'<span class="n" data-k="([^"]*)"')
_ALWAYS = {
    "ADSL": ("TRT01P", "TRT01A"),
    "ADAE": ("AETERM", "ASTDT"),
    "ADBDS": ("PARAMCD", "AVISIT", "ADT", "AVAL", "BASE"),
    "ADTTE": ("PARAMCD", "ADT", "AVAL", "CNSR"),
    "ADVISIT": ("AVISIT", "SVDT", "STATUS"),
}
"""Columns that are shown of a dataset beside the subject and what a result is about."""


def printed_keys(page: str) -> list[str]:
    """Return the results keys that the page's numbers name, each once, in order."""
    found = (html.unescape(keys).split("\n") for keys in _KEYS.findall(page))
    return list(dict.fromkeys(key for keys in found for key in keys))


def traced(page: str, build: Path) -> str:
    """Return the page with its trace and its tools: style, data and script stand at the end of its body.

    A page without displays and traced numbers comes back as it is. Raises MissingResult for a number without a row, and
    KeyError for a row whose dataset there is not.
    """
    keys = printed_keys(page)
    if not keys:
        return tooled(page)
    held = _json(data(open_book(build), pd.read_parquet(build / PLACES), keys))
    kind, written = ("json", as_script(held)) if len(held) < PACKED else ("gzip", gzipped(held))
    style = (LOOK / "trace.css").read_text(encoding="utf-8")
    more = f'<style>\n{style}</style>\n<script type="application/{kind}" id="trace-data">{written}</script>\n'
    return _ended(page, more)


def tooled(page: str) -> str:
    """Return the page with its tools alone, without a way from a number to its rows."""
    return _ended(page, "") if _DISPLAY.search(page) else page


def _ended(page: str, more: str) -> str:
    held = as_script(_json({"runs": PATTERN}))
    added = f'<script type="application/json" id="page-data">{held}</script>\n{more}<script>{script()}</script>\n'
    body, end, rest = page.rpartition("</body>")
    return f"{body}{added}{end}{rest}" if end else page + added


@lru_cache(maxsize=1)
def script() -> str:
    """Return what stands in the one script element of a page that runs: parts that share one scope."""
    parts = (EXPORTS, *(LOOK / name for name in ("page.js", "tables.js", "trace.js")))
    return '\n"use strict";\n{\n' + "\n".join(part.read_text(encoding="utf-8") for part in parts) + "}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def as_script(text: str) -> str:
    """Return JSON so that nothing in it can end a script element or begin a comment in it."""
    return (
        text.replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )


def data(book: Book, places: pd.DataFrame, keys: Iterable[str]) -> dict[str, Any]:
    """Return what the script reads: labels, results rows by stem (the key without its statistic), terms, rows."""
    rows = _rows(book, list(keys))
    words = Words(book.definition, book.results)
    frames = {**book.domains, **book.datasets}
    conditions = Conditions(frames)
    pairs = list(dict.fromkeys((r["dataset"], r["filter"]) for r in rows))
    with_rows = [pair for pair in pairs if pair[0] in frames]
    conditions.prepare(with_rows)
    numbers = {pair: n for n, pair in enumerate(pairs)}
    found: dict[str, Any] = {
        "study": book.definition.study.id,
        "sets": words.sets,
        "groups": words.groups,
        "visits": words.visits,
        "names": _used(words.names, rows),
        "derived": _used(words.derived, [row for row in rows if row["dataset"] == "ADSL"]),
        "methods": words.methods,
        "statistics": {name: statistic(name) for name in dict.fromkeys(r["statistic"] for r in rows)},
        "sizes": _sizes(book, words, rows),
        "used": (used := list(dict.fromkeys(r["method"] if _is(r["method"]) else "" for r in rows))),
        "said": [_said(book.definition, condition) for _, condition in pairs],
        "stems": _stems(rows, numbers, {name: n for n, name in enumerate(used)}),
    }
    source = _source(book, places, conditions, pairs, rows)
    if len(_json(source)) > LIMIT:
        source = {"filters": [[dataset, condition] for dataset, condition in pairs]}
    return found | source


def _said(definition: StudyDefinition, condition: str) -> str:
    """A filter in words: analysis sets by their name, the rest as the notes of displays say it."""
    labels = {one.id: one.label for one in definition.analysis_sets}
    found = (labels.get(flag_of(definition, term)) or in_words(definition, term) for term in plain_terms(condition))
    return "; ".join(dict.fromkeys(words for words in found if words))


def _rows(book: Book, keys: list[str]) -> list[dict[str, Any]]:
    """The rows of these keys. Raises MissingResult for a key that has none."""
    for key in set(keys) - set(book.results.index):
        book.row(key)
    frame = book.results.loc[keys].reset_index()
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*(frame[name].tolist() for name in names), strict=True)]


def _is(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _used(names: Mapping[str, str], rows: list[dict[str, Any]]) -> dict[str, str]:
    wanted = dict.fromkeys(name for row in rows for name in (row["paramcd"], row["variable"]) if _is(name))
    return {name: names[name] for name in wanted if name in names}


def _sizes(book: Book, words: Words, rows: list[dict[str, Any]]) -> dict[str, int]:
    pairs = dict.fromkeys((row["population"], row["group"]) for row in rows)
    keys = {words.size_key(population, group): f"{population}/{group}" for population, group in pairs}
    known = book.results["value"].reindex(list(keys)).dropna()
    return {keys[str(key)]: int(size) for key, size in known.items()}


def _stems(
    rows: list[dict[str, Any]], numbers: Mapping[tuple[str, str], int], methods: Mapping[str, int]
) -> dict[str, Any]:
    """Rows that share all but their statistic stand together: stem → [[filter, variable, unit, {statistic: …}]]."""
    stems: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    for row in rows:
        stem, _, name = row["key"].rpartition("/")
        shared = (numbers[row["dataset"], row["filter"]], row["variable"], row["unit"] if _is(row["unit"]) else "")
        stems.setdefault(stem, {}).setdefault(shared, {})[name] = _statistic(row, methods)
    return {stem: [[*shared, held] for shared, held in places.items()] for stem, places in stems.items()}


def _statistic(row: Mapping[str, Any], methods: Mapping[str, int]) -> list[Any]:
    """[raw value, number of the method, warning], without a warning where there is none."""
    value: Any = row["text"] if _is(row["text"]) else _plain(row["value"])
    found = [value, methods[row["method"] if _is(row["method"]) else ""]]
    return [*found, row["warning"]] if _is(row["warning"]) else found


def _plain(value: Any) -> float | int | None:
    if value is None or value is pd.NA or value != value:
        return None
    return int(value) if value == value // 1 and abs(value) < 2**53 else float(value)


# ---- source rows ----------------------------------------------------------------------------------------


def _source(
    book: Book, places: pd.DataFrame, conditions: Conditions, pairs: list[tuple[str, str]], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    known: dict[str, dict[str, int]] = {}
    filters: list[list[Any]] = []
    for dataset, condition in pairs:
        own = known.setdefault(dataset, {}) if dataset in conditions.frames else None
        if own is None:
            filters.append([dataset, condition])
        else:
            filters.append([dataset, *(own.setdefault(term, len(own)) for term in terms(condition))])
    about: dict[str, dict[str, None]] = {}
    for row in rows:
        about.setdefault(row["dataset"], {})[row["variable"]] = None
    chosen = {name: {term: _variables(term, conditions.frames[name]) for term in own} for name, own in known.items()}
    for name, variables in chosen.items():
        about.setdefault(name, {}).update(dict.fromkeys(one for found in variables.values() for one in found))
    return {
        "filters": filters,
        "terms": {
            name: [[term, _bits(conditions.mask_of_term(name, term)), chosen[name][term]] for term in own]
            for name, own in known.items()
        },
        "data": {name: _columns(book, places, name, conditions.frames[name], about[name]) for name in known},
    }


def _variables(term: str, frame: pd.DataFrame) -> list[str]:
    """The dataset's own variables that a part of a condition asks for."""
    outside = _TEXT.sub("", term)
    return [name for name in dict.fromkeys(_VARIABLE.findall(outside)) if name in frame]


def _bits(mask: np.ndarray) -> str:
    return base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode("ascii")


def _columns(book: Book, places: pd.DataFrame, name: str, frame: pd.DataFrame, about: Iterable[str]) -> dict[str, Any]:
    """Columns of a dataset: `always` names those shown of every row; texts are numbers into a list of levels."""
    always = ["USUBJID", *(column for column in _ALWAYS.get(name, _of_domain(name, frame)) if column in frame)]
    others = [column for column in about if column in frame and column not in always]
    source = origins(name, frame, places, book.definition)
    file = source["FILE"].where(source["FILE"].notna(), source["DOMAIN"])
    held = {column: _column(frame[column]) for column in (*always, *others)}
    held |= {"file": _column(file), "line": _column(source["LINE"]), "seq": _column(source["SEQ"])}
    also = sides(frame, source.assign(FILE=file))
    known = _file_line(also).dropna()
    further = ("; " + known).groupby(known.index).agg("".join)
    if len(further):
        held["sides"] = _column(further.reindex(frame.index))
    before = baselines(name, frame, source.assign(FILE=file, AT=frame.index))
    if before is not None:
        held["baseline"] = _column(_file_line(before) + before["AT"].map(further).astype("str").fillna(""))
    return {"always": always, "rows": len(frame), "columns": held}


def _file_line(record: pd.DataFrame) -> pd.Series:
    """File and line of a record, missing where there is none."""
    known = record["FILE"].notna() & record["LINE"].notna()
    return (record["FILE"] + ", line " + record["LINE"].astype("str")).where(known)


def _of_domain(name: str, frame: pd.DataFrame) -> tuple[str, ...]:
    return tuple(
        f"{name}{part}" for part in ("DECOD", "TERM", "TRT", "CAT", "STDTC", "DTC") if f"{name}{part}" in frame
    )


def _column(values: pd.Series) -> dict[str, Any] | list[Any]:
    if pd.api.types.is_numeric_dtype(values.dtype):
        return [_plain(value) for value in values.astype(object)]
    text = values.dt.strftime("%Y-%m-%d") if pd.api.types.is_datetime64_any_dtype(values.dtype) else values
    codes, levels = pd.factorize(text)
    return {"levels": [str(level) for level in levels], "codes": codes.tolist()}
