"""Writes the page of the documentation on the command: ``python -m trial_report.command.page > docs/command.md``.

Not here: what a verb's page says, which stands in the verb's own module, as in `export`.
"""

from __future__ import annotations

import sys

from typer.testing import CliRunner

from trial_report.command.main import CODES, VERBS, app, module

_HEAD = """\
# The command `trial-report`

It is there where the package is installed; in a clone `nox -s VERB -- …` runs the same verb in the environment of the
lock, and `python -m trial_report VERB …` in any other. This page is generated:
`python -m trial_report.command.page > docs/command.md`.

Progress is said on standard error, a line a step, and `-q` leaves it out; results are on standard output, so that a
program can read them. Ctrl-C tidies up and leaves the last report as it was.

| exit code | what it means |
|---|---|
"""


def page() -> str:
    """The page as Markdown: exit codes, then the help of each verb as a terminal shows it."""
    parts = [_HEAD + "".join(f"| {code} | {words} |\n" for code, words in CODES.items())]
    for verb in VERBS:
        said = CliRunner().invoke(app, [verb, "--help"], prog_name="trial-report", env={"COLUMNS": "100"}).output
        held = module(verb)
        usage = said.partition("\n  Example:")[0].rstrip()
        parts.append(f"## {verb}\n\n```text\n{usage}\n```\n\nFor example `{held.EXAMPLE}`. Writes: {held.WRITES}\n")
        parts.append("".join(f"- exit code {code}: {words}\n" for code, words in held.CODES.items()))
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
