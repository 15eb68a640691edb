"""Writes the page that lists the studies: `python -m tests.studies._list > tests/studies/README.md`."""

from __future__ import annotations

from tests.studies._run import FURTHER, module, names

HEAD = """# Studies

Tiny studies, each built around one design or oddity, told in a few lines and read in a minute. Each has a `STUDY`, made
by `_build.study` of short tables, and an `EXPECTED`: what it must give, worked out by hand or computed once by R, as a
comment there shows; never what the generator happened to print. `test_studies.py` runs each through check, derivation,
analysis, the second computation (every row must match) and display (tables, listings, sentences; no figures), and tells
everything that is not as expected. `test_invariants.py` changes what must not matter, and nothing may change.

```sh
nox -s tests -- tests/studies -n 2
nox -s tests -- tests/studies/test_studies.py -n 2 -m "heavy or not heavy"
```

The first line runs those that stand for a kind each, as the tests at every change do; the second also the further ones
(FURTHER in `_run.py`, marked + below), as continuous integration does.

To add one: write `tests/studies/<name>.py` with a docstring of one sentence, and
`python -m tests.studies._list > tests/studies/README.md`.

| study | what it is about |
|---|---|
"""


def page() -> str:
    """The page: how the studies work, and a line for each."""
    lines = [
        f"| [`{name}`]({name}.py){' +' if name in FURTHER else ''} | {' '.join((module(name).__doc__ or '').split())} |"
        for name in names()
    ]
    return HEAD + "\n".join(line.replace(" | \\", " \\| \\") for line in lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
