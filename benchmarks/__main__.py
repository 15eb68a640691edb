"""`nox -s bench`: the report's time beside what it cannot avoid, and validation's beside the same in plain pandas.

Then what the newer checks cost beside the earlier ones. Prints all; the exit code is 1 where one is over its bound.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.newer import NEWER_BOUND, newer
from benchmarks.validation import BOUND, DOMAIN, ROWS, compared, whole_path
from trial_report.report.assemble.steps import prepare_build
from trial_report.report.assemble.texts import BIBLIOGRAPHY
from trial_report.report.render.document import read
from trial_report.report.render.embedded import options_of, pdf, to_html, to_typst
from trial_report.report.render.kernel import Kernel
from trial_report.runtime.choose import find_study
from trial_report.runtime.step import silent
from trial_report.schemas.study import load_study

ROOT = Path(__file__).parents[1]
LIBRARIES = (
    "duckdb, great_tables, markdown_it, matplotlib.pyplot, nbclient, pandas, pandera.pandas, pyarrow, pydantic, "
    "pypandoc, pyreadstat, rich, scipy.optimize, scipy.stats, seaborn, statsmodels.duration.survfunc, "
    "statsmodels.regression.linear_model, statsmodels.stats.contingency_tables, statsmodels.stats.multitest, "
    "typst, yaml"
)
"""What the report and its kernel import of other people's, as they import it."""
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that the work took, and what it gave."""
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def run(*command: str) -> float:
    """Seconds of a command of this Python, from the repository; raises CalledProcessError when it fails."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = (sys.executable, *command)
    return timed(lambda: subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True))[0]


def unavoidable(study: Path, place: Path) -> dict[str, float]:
    """Seconds of each part that no renderer of this report can avoid."""
    build = place / "build"
    prepare_build(study, build, silent)
    document = read(ROOT / "report" / "csr.qmd", ROOT)
    with Kernel(ROOT, {"CSR_BUILD": str(build)}) as kernel:
        words = kernel.run(document)
    options = options_of(document, build / "text" / BIBLIOGRAPHY)
    html, _ = timed(lambda: to_html(words, options))
    typ, source = timed(lambda: to_typst(words, options))
    page, _ = timed(lambda: pdf(source, place))
    bare = run("-c", "pass")
    return {
        "start the kernel": kernel_start(),
        "import the libraries": run("-c", f"import {LIBRARIES}") - bare,
        "pandoc to HTML": html,
        "pandoc to Typst": typ,
        "Typst to PDF": page,
    }


def kernel_start() -> float:
    """Seconds from nothing to a kernel that has answered."""
    from jupyter_client.manager import start_new_kernel

    seconds, (manager, client) = timed(lambda: start_new_kernel(kernel_name="python3"))
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return seconds


def bench_report(study: Path, times: int) -> None:
    """Measure the report and print."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        parts = unavoidable(study, place)
        command = (
            "-m",
            "trial_report",
            "report",
            "--renderer",
            "embedded",
            "--study",
            str(study),
            "--out",
            str(place / "out"),
        )
        whole = min(run(*command) for _ in range(times))
    for name, seconds in parts.items():
        print(f"{name:48} {seconds:7.2f} s")
    floor = sum(parts.values())
    print(f"{'sum of what cannot be avoided':48} {floor:7.2f} s")
    print(f"{'the report, fastest of ' + str(times):48} {whole:7.2f} s")
    print(f"{'ratio (the aim is at most 2)':48} {whole / floor:7.2f}")


def bench_validation(study: Path, times: int, rows: int) -> bool:
    """Measure validation and print; whether it is within its bound."""
    definition = load_study(study)
    found = compared(study, definition, rows, times=times + 2)
    print(f"{f'{DOMAIN} with {rows:,} rows':48} {found.findings:7,} findings on both sides")
    print(f"{'models and checks, fastest of ' + str(times + 2):48} {found.ours:7.2f} s CPU")
    print(f"{'the same checks in plain pandas':48} {found.direct:7.2f} s CPU")
    print(f"{f'ratio (must be at most {BOUND})':48} {found.ratio:7.2f}")
    for name, seconds in whole_path(study, definition, rows).items():
        print(f"{'nox -s validate: ' + name:48} {seconds:7.2f} s CPU")
    return found.ratio <= BOUND


def bench_checks(study: Path, times: int, rows: int) -> bool:
    """Measure the newer checks beside the earlier ones and print; whether they are within their bound."""
    found = newer(study, load_study(study), rows, times=times)
    print(f"{f'{found.checks[0]} earlier checks of {rows:,} findings':48} {found.earlier:7.2f} s CPU")
    print(f"{f'all {found.checks[1]} checks':48} {found.whole:7.2f} s CPU")
    print(f"{f'newer over earlier (must be at most {NEWER_BOUND})':48} {found.ratio:7.2f}")
    return found.ratio <= NEWER_BOUND


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--study", metavar="DIR")
    parser.add_argument("--times", type=int, default=3, help="runs of each; the fastest counts")
    parser.add_argument("--rows", type=int, default=ROWS, help="records of the table that is validated")
    parser.add_argument("--only", choices=("report", "validation", "checks"), help="measure this alone")
    chosen = parser.parse_args()
    study = find_study(chosen.study)
    if chosen.only in (None, "report"):
        bench_report(study, chosen.times)
    over = []
    if chosen.only in (None, "validation") and not bench_validation(study, chosen.times, chosen.rows):
        over.append(f"Validation takes more than {BOUND} times the same checks in plain pandas.")
    if chosen.only in (None, "checks") and not bench_checks(study, chosen.times, chosen.rows):
        over.append(f"The newer checks take more than {NEWER_BOUND} times what the earlier ones take.")
    for line in over:
        print(line, file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
