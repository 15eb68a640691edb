"""Shows what the second computation found: a row an analysis, then the rows that disagree, then the sum.

Not here: the files that a report publishes of it (`report.publish`), and the comparing (`compare`).
"""

from __future__ import annotations

import pandas as pd
from rich.console import Console
from rich.table import Table

from trial_report.analysis.verify.compare import MATCHED, STATES
from trial_report.analysis.verify.verification import Verification


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
