"""`nox -s qualify`: writes validation.html and validation.pdf, the evidence for validation.

``trial-report qualify [--study DIR] [--out DIR] [--tests PATH …] [--without CHECK …]``. The exit code is 0 when
every check was done and found what was wanted; the document is written in any case.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from trial_report.evidence.pages import html_page, typst_source
from trial_report.evidence.qualify.document import CONTENTS, TITLE, blocks
from trial_report.evidence.qualify.evidence import Evidence, gather
from trial_report.evidence.qualify.requirements import BadRequirements
from trial_report.report.assemble.steps import REPORTS
from trial_report.report.render import DocumentError
from trial_report.runtime.choose import ChoiceError, find_study, outside
from trial_report.schemas.problems import StudyProblems
from trial_report.schemas.study import load_study

CHECKS = ("installation", "tests", "performance", "verify", "reproduce")


def write(evidence: Evidence, study: Path, out: Path) -> list[Path]:
    """Write the document in both formats into ``out``; returns the files. Raises DocumentError, StudyProblems."""
    from trial_report.report.render.embedded import pdf

    out.mkdir(parents=True, exist_ok=True)
    held = blocks(evidence, load_study(study).study.data_cutoff)
    html, printed = out / "validation.html", out / "validation.pdf"
    html.write_text(html_page(TITLE, held, CONTENTS), encoding="utf-8", newline="\n")
    printed.write_bytes(pdf(typst_source(held), out))
    return [html, printed]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="qualify", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--study", metavar="DIR", help="the study's folder (default: the only one under data/)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to write (default: _report/validation)")
    parser.add_argument("--tests", nargs="*", default=[], metavar="PATH", help="only these tests (default: all)")
    parser.add_argument("--without", nargs="*", default=[], choices=CHECKS, help="checks to leave out, shown as such")
    options = parser.parse_args(arguments)
    try:
        study = find_study(options.study)
        out = outside(options.out or REPORTS / "validation", study)
        evidence = gather(study, tests=options.tests, without=set(options.without))
        written = write(evidence, study, out)
    except (ChoiceError, BadRequirements, DocumentError, StudyProblems) as error:
        print(error, file=sys.stderr)
        return 1
    for name, found, good in evidence.checks:
        print(f"{name}: {found}{'' if good else '   NOT AS WANTED'}")
    for fault in evidence.faults:
        print(f"fault: {fault}")
    for path in written:
        print(path)
    return 0 if evidence.complete else 1


if __name__ == "__main__":
    sys.exit(main())
