"""What changed between two reports, as a page: results, conclusions, patients and records.

Which patients and records made the difference is said from the data that a report leaves beside its results
(``datasets/``, ``domains/``); where they are not there, from the study folders named, or from the one under ``data/``
with the hashes of the manifest.

Not here: the comparing (`results`, `conclusions`, `subjects`), and comparison byte by byte (`evidence.difference`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from trial_report.analysis.issues.compare import compare_records
from trial_report.analysis.lineage.words import Words
from trial_report.analysis.pipeline import analyse_study
from trial_report.analysis.results.formatting import fmt_number
from trial_report.evidence.compare.conclusions import alpha_of, changed_conclusions
from trial_report.evidence.compare.results import ADDED, CHANGED, KINDS, REMOVED, UNPRINTED, compare_results
from trial_report.evidence.compare.subjects import Side, responsible
from trial_report.evidence.pages import html_page, table
from trial_report.evidence.reproduce import changed
from trial_report.report.cells.pieces import Block, heading, paragraph
from trial_report.report.publish.exports import exported
from trial_report.report.publish.manifest import study_hashes
from trial_report.report.publish.place import MANIFEST
from trial_report.runtime.choose import ChoiceError, named_study, outside
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import StudyProblems
from trial_report.schemas.results import NotResults, read_results

_NOTHING = "–"


@dataclass(frozen=True)
class Cut:
    """One of the two reports: its results, its manifest ({} without one), its data where they are at hand."""

    path: Path
    results: pd.DataFrame
    manifest: Mapping[str, Any]
    frames: Mapping[str, pd.DataFrame]
    domains: Domains | None
    words: Words | None
    where: str


def open_cut(path: Path, study: Path | None) -> Cut:
    """Open one side. Raises NotResults; a study that cannot be read is said in `where`, and the rest is compared."""
    results = read_results(path)
    manifest = _manifest(path.parent / MANIFEST)
    try:
        datasets, records, definition = exported(path.parent)
    except (OSError, ValueError) as error:
        raise NotResults(
            f"{path.parent}: the data beside the results cannot be read ({type(error).__name__})"
        ) from error
    if datasets and study is None:
        domains = Domains(records, {}) if records else None
        words = Words(definition, results) if definition else None
        return Cut(path, results, manifest, {**records, **datasets}, domains, words, "beside the results")
    folder = study or _same_inputs(manifest)
    if folder is not None:
        try:
            trial, _ = analyse_study(folder)
        except (StudyProblems, ChoiceError, OSError) as problems:
            said = f"not available: the study folder {folder.name} cannot be analysed ({str(problems).splitlines()[0]})"
            return Cut(path, results, manifest, {}, None, None, said)
        domains = trial.domains if isinstance(trial.domains, Domains) else None
        frames = {**trial.domains, **trial.datasets}
        return Cut(path, results, manifest, frames, domains, Words(trial.definition, results), folder.name)
    return Cut(path, results, manifest, {}, None, None, "not available: name the study's folder with --before-study "
               "and --after-study")  # fmt: skip


def _manifest(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NotResults(f"{path}: {error}") from error
    if not isinstance(held, dict):
        raise NotResults(f"{path} is no manifest")
    return held


def _same_inputs(manifest: Mapping[str, Any]) -> Path | None:
    """The study that the manifest names, if its files are those that the report was made from."""
    folder = named_study(str(manifest.get("study", "")))
    made_of = manifest.get("inputs")
    return folder if made_of and folder.is_dir() and study_hashes(folder) == made_of else None


TITLE = "Two reports compared"
_MARK, _HEAD = f"<title>{TITLE}</title>".encode(), 4096
"""By what a page of ours is known, and how much of it is looked at."""


def page(before: Cut, after: Cut, changes: pd.DataFrame, decided: pd.DataFrame) -> str:
    """Return the page that compares two reports: the results that changed, and the conclusions that did."""
    made = responsible(changes, Side(before.frames, before.results), Side(after.frames, after.results))
    words = after.words or before.words
    blocks = [
        heading(1, TITLE, "top"),
        *_what(before, after),
        heading(2, "Summary", "summary"),
        _summary(changes, after.results),
        heading(2, "Conclusions that changed", "conclusions"),
        _conclusions(decided, after.results, made, words),
        heading(2, "Results that changed", "results"),
        *_results(changes, made),
        heading(2, "Records that changed", "records"),
        _records(before, after),
        heading(2, "Code and versions that changed", "code"),
        _code(before.manifest, after.manifest),
    ]
    contents = [("summary", "Summary"), ("conclusions", "Conclusions"), ("results", "Results"),
                ("records", "Records"), ("code", "Code and versions")]  # fmt: skip
    return html_page(TITLE, blocks, contents)


def _ours(out: Path) -> None:
    """Raises ChoiceError where something stands in the place of the page that is not such a page."""
    if out.is_symlink() or (out.exists() and not out.is_file()):
        raise ChoiceError(f"{out} is no plain file, and stays as it is: choose another with --out")
    if out.exists() and _MARK not in out.read_bytes()[:_HEAD]:
        raise ChoiceError(f"{out} is no page that compares two reports, and stays as it is: choose another with --out")


def _what(before: Cut, after: Cut) -> list[Block]:
    rows = [
        [name, *(_said(cut, name) for cut in (before, after))]
        for name in ("Results", "Study", "Code", "Python", "Data")
    ]
    return [table("compared", "1", "What is compared", [("", 1), ("Before", 3), ("After", 3)], rows)]


def _said(cut: Cut, name: str) -> str:
    unknown = "not known (no manifest beside the results)"
    match name:
        case "Results":
            return f"{fmt_number(len(cut.results), thousands=True)} results in {cut.path.parent.name}/{cut.path.name}"
        case "Study":
            return str(cut.manifest.get("study", unknown))
        case "Code":
            return str(cut.manifest.get("code", {}).get("revision", unknown))
        case "Python":
            return str(cut.manifest.get("python", unknown))
        case _:
            return cut.where


def _summary(changes: pd.DataFrame, after: pd.DataFrame) -> Block:
    analysis = changes["analysis_after"].fillna(changes["analysis_before"])
    if changes.empty:
        return paragraph("Every result is the same.")
    counts = pd.crosstab(analysis, changes["kind"]).reindex(columns=list(KINDS), fill_value=0)
    total = after["analysis"].value_counts()
    rows = [
        [str(name), *(fmt_number(int(n)) for n in line), fmt_number(int(total.get(str(name), 0)))]
        for name, *line in counts.itertuples()
    ]
    columns = [("Analysis", 2.0), ("Changed", 1.0), ("Changed below print", 1.2), ("Only after", 1.0),
               ("Only before", 1.0), ("Results after", 1.0)]  # fmt: skip
    return table("summary-table", "2", f"{len(changes)} results that differ, by analysis", columns, rows,
                 empty="Every result is the same.")  # fmt: skip


def _conclusions(decided: pd.DataFrame, results: pd.DataFrame, made: pd.DataFrame, words: Words | None) -> Block:
    alpha = alpha_of(results)
    who = dict(zip(made["key"], made["subjects"], strict=True))
    what = _named(results.loc[results["key"].isin(decided["key"])], words) if words else {}
    rows = [
        [
            str(r.conclusion),
            what.get(str(r.key), str(r.key)),
            _shown(r.before),
            _shown(r.after),
            who.get(str(r.key), ""),
        ]
        for r in decided.itertuples(index=False)
    ]
    notes = [f"Significance is judged at {alpha:g}, direction and interval of changes from baseline against 0. "
             "A conclusion of one side only has “–” on the other."]  # fmt: skip
    columns = [("Conclusion", 1.0), ("Result", 3.0), ("Before", 1.5), ("After", 1.5), ("Patients", 2.0)]
    return table("conclusions-table", "3", f"{len(decided)} conclusions that differ", columns, rows, notes=notes,
                 empty="No conclusion changed.")  # fmt: skip


def _named(results: pd.DataFrame, words: Words) -> dict[str, str]:
    """What each result is, by key; an interval goes by the key of its lower limit."""
    found: dict[str, str] = {}
    rows: list[Any] = results.to_dict("records")
    for row in rows:
        found[row["key"]] = f"{words.say(row)} ({row['key']})"
        if row["statistic"] == "ci_low":
            both = words.say({**row, "statistic": "interval"})
            found[f"{row['key']} interval"] = f"{both} ({row['key'].rpartition('/')[0]})"
    return found


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value else _NOTHING


def _results(changes: pd.DataFrame, made: pd.DataFrame) -> list[Block]:
    merged = changes.merge(made, on="key", how="left", validate="1:1")
    if merged.empty:
        return [paragraph("Every result is the same.")]
    blocks = []
    analysis = merged["analysis_after"].fillna(merged["analysis_before"])
    columns = [("Result", 3.2), ("Before", 1.0), ("After", 1.0), ("Difference (raw)", 1.1), ("%", 0.7), ("Rows", 0.6),
               ("Patients", 2.2)]  # fmt: skip
    for place, (name, rows) in enumerate(merged.groupby(analysis, sort=True), 1):
        listed: list[Any] = rows.to_dict("records")
        lines = [_line(row) for row in listed]
        title = f"{name}: {len(rows)} results"
        blocks.append(table(f"results-{place}", f"4.{place}", title, columns, lines, landscape=True))
    notes = "Rows and patients: those whose rows of the dataset came, went, or hold another value of the variable."
    return [paragraph(notes if len(made) else "Which rows made the difference is not known: the data are not at hand.")
            , *blocks]  # fmt: skip


def _line(row: Mapping[str, Any]) -> list[str]:
    difference = "" if pd.isna(row["difference"]) else f"{row['difference']:+.6g}".replace("-", "−")
    relative = "" if pd.isna(row["relative"]) else fmt_number(row["relative"], 1)
    count = "" if pd.isna(row["rows"]) else str(int(row["rows"]))
    return [row["key"], _shown(row["formatted_before"]), _shown(row["formatted_after"]), difference, relative, count,
            row["subjects"] if isinstance(row["subjects"], str) else ""]  # fmt: skip


def _records(before: Cut, after: Cut) -> Block:
    if before.domains is None or after.domains is None:
        sides = ", ".join(f"{name}: {cut.where}" for name, cut in (("before", before), ("after", after)))
        return paragraph(f"The records of both sides are not at hand ({sides}).")
    found = compare_records(before.domains, after.domains)
    rows = [[str(cell) for cell in line] for line in found.itertuples(index=False)]
    columns = [("Domain", 0.7), ("Change", 0.8), ("Patient", 1.5), ("Record", 2.0), ("Variable", 1.0), ("Before", 1.2),
               ("After", 1.2)]  # fmt: skip
    return table("records-table", "5", f"{len(found)} records or values that differ", columns, rows,
                 empty="The records are the same.")  # fmt: skip


def _code(before: Mapping[str, Any], after: Mapping[str, Any]) -> Block:
    if not before or not after:
        return paragraph("Code and versions are not known: there is no manifest.json beside one of the results.")
    told = [*changed(before["code"]["files"], after["code"]["files"]),
            *changed(before.get("packages", {}), after.get("packages", {}), "package "),
            *changed(before.get("inputs", {}), after.get("inputs", {}), "input ")]  # fmt: skip
    return table("code-table", "6", f"{len(told)} files or packages that differ", [("What", 1.0)], [[t] for t in told],
                 empty="Code, packages and inputs are the same.")  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """What changed between two reports: results by kind of change, conclusions, and the page that shows them."""

    changes: Mapping[str, int]
    conclusions: int
    page: Path


def compare(before: Path, after: Path, out: Path, studies: tuple[Path | None, Path | None] = (None, None)) -> Compared:
    """Compare two results.json, with the study folders that they are of where those are named, and write the page.

    Raises NotResults for what are no results, ChoiceError where the page would take the place of something else.
    """
    outside(out, *studies)
    if out.resolve() in {before.resolve(), after.resolve()}:
        raise ChoiceError(f"{out} is one of the two that are compared: choose another with --out")
    _ours(out)
    cuts = open_cut(before, studies[0]), open_cut(after, studies[1])
    changes = compare_results(cuts[0].results, cuts[1].results)
    decided = changed_conclusions(cuts[0].results, cuts[1].results)
    made = page(*cuts, changes, decided)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(made, encoding="utf-8", newline="\n")
    counts = {kind: int((changes["kind"] == kind).sum()) for kind in (CHANGED, UNPRINTED, ADDED, REMOVED)}
    return Compared(counts, len(decided), out)
