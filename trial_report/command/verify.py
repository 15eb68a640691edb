"""`trial-report verify`: recompute every result by the second road, and say what agrees and what does not."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from trial_report.analysis.verify.compare import MATCHED, STATES
from trial_report.analysis.verify.verification import Verification, verify_in_detail
from trial_report.runtime.choose import ChoiceError, find_study
from trial_report.schemas.problems import StudyProblems
from trial_report.schemas.results import NotResults, read_results

SHOWN = 20
"""How many disagreeing rows of an analysis are printed."""


def main(arguments: list[str] | None = None) -> int:
    """0 when every row of the results was recomputed and agrees, else 1."""
    parser = argparse.ArgumentParser(prog="trial-report verify", description=__doc__)
    parser.add_argument("--study", type=Path, help="the study's folder (default: the only one under data/)")
    parser.add_argument("--results", type=Path, help="a report's results.json (default: computed anew)")
    parser.add_argument("--all", action="store_true", help="print every row that disagrees")
    chosen = parser.parse_args(arguments)
    console = Console()
    try:
        folder = find_study(chosen.study)
        results = read_results(chosen.results) if chosen.results else compute_results(folder)
        found = verify_in_detail(folder, results)
    except (ChoiceError, StudyProblems, NotResults) as error:
        console.print(str(error), markup=False)
        return 1
    show(console, found, None if chosen.all else SHOWN)
    return 0 if found.complete else 1


def compute_results(folder: Path) -> pd.DataFrame:
    """The results as the report's own pipeline computes them now: what is verified is its output, not its code."""
    from trial_report.analysis.pipeline import (
        analyse_study,  # only this command runs the first road; the second never does
    )

    return analyse_study(folder)[1]


def show(console: Console, found: Verification, most: int | None) -> None:
    """Prints a row an analysis, then the rows that disagree, then the sum."""
    table = Table(title="Results computed twice", title_justify="left")
    table.add_column("analysis", no_wrap=True)
    for name in (*STATES, "rows"):
        table.add_column(name, justify="right")
    for row in found.analyses.to_dict("records"):
        style = "" if row[MATCHED] == row["rows"] else "bold red"
        table.add_row(str(row["analysis"]), *(str(row[name]) for name in (*STATES, "rows")), style=style)
    sums = found.analyses[[*STATES, "rows"]].sum()
    table.add_section()
    table.add_row("all", *(str(sums[name]) for name in (*STATES, "rows")), style="bold")
    console.print(table)
    wrong = found.details[found.details["state"] != MATCHED]
    for analysis, rows in wrong.groupby("analysis", sort=False):
        console.print(f"{analysis}:", style="bold", markup=False)
        for row in rows.head(most or len(rows)).to_dict("records"):
            line = f"  {row['key']}: {row['state']} ({row['reason']})"
            if pd.notna(row.get("error")):
                line += f" {row['error']}"
            if pd.notna(row.get("here")) or pd.notna(row.get("there")):
                line += f" results {row['here']}, recomputed {row['there']}, printed {row['printed']}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        if most and len(rows) > most:
            console.print(f"  and {len(rows) - most} more (--all prints them)", markup=False)
    word = "Every row agrees." if found.complete else f"{len(wrong)} of {len(found.details)} rows do not agree."
    console.print(word, markup=False)


if __name__ == "__main__":
    sys.exit(main())
