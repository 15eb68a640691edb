"""Plants each fault into a copy of the first road, and prints what catches it.

``python -m trial_report.analysis.verify.mutate``

Not here: the faults (`faults`) and their planting (`planting`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from trial_report.analysis.verify.mutate.faults import faults
from trial_report.analysis.verify.mutate.planting import (
    FOUND,
    MISSED,
    REFUSED,
    TESTED,
    Judge,
    NotThere,
    checked,
    copy_tree,
    planted,
    run_first_road,
    tests_fail,
)
from trial_report.runtime.choose import find_study

GONE = "not there"


def main(arguments: list[str] | None = None) -> int:
    """0 when every fault could be planted and was caught, else 1."""
    parser = argparse.ArgumentParser(prog="python -m trial_report.analysis.verify.mutate", description=__doc__)
    parser.add_argument("--study", type=Path, help="the study's folder (default: the only one under data/)")
    parser.add_argument("--only", nargs="+", help="names of faults (default: all)")
    chosen = parser.parse_args(arguments)
    console = Console()
    folder = find_study(chosen.study)
    wanted = [f for f in faults() if not chosen.only or f.name in chosen.only]
    table = Table(title="Faults planted into the first road", title_justify="left")
    for name in ("fault", "what it means", "verdict", "by"):
        table.add_column(name, no_wrap=name in ("fault", "verdict"))
    counts = dict.fromkeys((FOUND, REFUSED, TESTED, MISSED, GONE), 0)
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place)
        copy_tree(tree)
        study = checked(tree, folder)
        sound = run_first_road(tree, study)
        if isinstance(sound, str):
            console.print(f"The first road does not run without a fault: {sound}", markup=False)
            return 1
        again = run_first_road(tree, study)
        if isinstance(again, str) or not again.equals(sound):
            console.print("The first road gives other results when it is run once more: nothing can be judged by it.")
            return 1
        judge = Judge(folder, sound)
        for fault in wanted:
            try:
                with planted(tree, fault):
                    verdict, by = judge.verdict(run_first_road(tree, study))
                    if verdict == MISSED and (test := tests_fail(tree, fault)):
                        verdict, by = TESTED, test
            except NotThere as error:
                verdict, by = GONE, str(error)
            counts[verdict] += 1
            style = "bold red" if verdict in (MISSED, GONE) else ""
            table.add_row(fault.name, fault.meaning, verdict, by, style=style)
            console.print(f"{fault.name}: {verdict} {by}", markup=False, highlight=False, soft_wrap=True)
    console.print(table)
    caught = counts[FOUND] + counts[REFUSED] + counts[TESTED]
    console.print(
        f"{caught} of {len(wanted)} faults caught: {counts[FOUND]} by the comparison, {counts[REFUSED]} refused by the "
        f"first road itself, {counts[TESTED]} by its tests only; {counts[MISSED]} missed, {counts[GONE]} not planted.",
        markup=False,
    )
    return 0 if caught == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
