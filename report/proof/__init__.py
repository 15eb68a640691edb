"""Before a report is published: what its page and its PDF say is what was computed, and both say the same.

Three things are asked of the two files, by every renderer: that cells which read this very build wrote them (a stamp),
that each traced number is the printed form of its result, and that page and PDF hold the same words in the same order,
so that a number of the PDF is that of the page. Otherwise nothing is published, and the last report stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trial_report.report.publish.occupied import pages
from trial_report.report.render import DocumentError

if TYPE_CHECKING:
    import pandas as pd

MOST = 5
"""Numbers that are told in words; how many more there are is told too."""


def prove(study: Path, build: Path, folder: Path, names: Sequence[str] = ("csr",)) -> None:
    """Compare page and PDF of a document in a folder with the build, those of each volume by its name.

    Raises DocumentError for what must not get out. The stamps are compared first: of another build nothing else needs
    to be told.
    """
    import pandas as pd

    from trial_report.report.cells.stamp import read_inputs
    from trial_report.report.proof.numbers import RESULTS
    from trial_report.report.publish.manifest import study_hashes

    for name in names:
        _prove_stamps(build, folder, name)
    changed = sorted(name for name, _ in dict(read_inputs(build)).items() ^ study_hashes(study).items())
    if changed:
        raise _refused(f"{changed[0]} of the study was changed while the report was built; build it again")
    results = pd.read_parquet(build / RESULTS, columns=["key", "formatted", "value"])
    for name in names:
        _prove_words(results, folder, name)
    if len(names) > 1:
        _prove_links(folder, names)


def _prove_stamps(build: Path, folder: Path, name: str) -> None:
    """Cells that read this very build wrote page and PDF."""
    from trial_report.report.cells.stamp import PREFIX, read_stamp
    from trial_report.report.proof.page import stamps
    from trial_report.report.proof.pdf import Unreadable, keywords

    stamp = read_stamp(build)
    named, paper = pages(name)
    try:
        printed = re.findall(rf"\b{PREFIX}([0-9a-f]{{64}})\b", keywords((folder / paper).read_bytes()))
    except Unreadable as error:
        raise _refused(f"{paper} cannot be compared: {error}") from error
    for file, found in ((named, stamps((folder / named).read_text(encoding="utf-8"))), (paper, printed)):
        if not stamp or found != [stamp]:
            raise _refused(_foreign(file, found))


def _prove_words(results: pd.DataFrame, folder: Path, name: str) -> None:
    """Traced numbers are the printed forms of their results, and page and PDF hold the same words."""
    from trial_report.analysis.display.packed import Unpacked
    from trial_report.report.proof.numbers import wrong
    from trial_report.report.proof.page import pieces
    from trial_report.report.proof.pdf import Unreadable, words
    from trial_report.report.proof.words import differs

    named, paper = pages(name)
    try:
        held = list(pieces((folder / named).read_text(encoding="utf-8")))
        numbers = list(wrong(held, results))
        if numbers:
            more = f"; and {len(numbers) - MOST} more" if len(numbers) > MOST else ""
            raise _refused(f"{named}: {'; '.join(numbers[:MOST])}{more}")
        place = differs(held, words((folder / paper).read_bytes()))
    except Unreadable as error:
        raise _refused(f"{paper} cannot be compared: {error}") from error
    except Unpacked as error:
        raise _refused(f"{named} cannot be compared: {error}") from error
    if place:
        number = f", which is the result '{place.keys[0]}'," if place.keys else ""
        raise _refused(f"the formats say different things: {named} '{place.page}'{number} and {paper} '{place.pdf}'")


def _prove_links(folder: Path, names: Sequence[str]) -> None:
    """Each link from one volume into another leads to a place that is there, in pages and PDFs."""
    from trial_report.report.render.beside import destinations, leads

    held = {pages(name)[1]: (folder / pages(name)[1]).read_bytes() for name in names}
    there: dict[str, Collection[str]] = {file: {"", *destinations(pdf)} for file, pdf in held.items()}
    found = {file: leads(pdf) for file, pdf in held.items()}
    for name in names:
        file = pages(name)[0]
        page = (folder / file).read_text(encoding="utf-8")
        there[file] = {"", *re.findall(r'\sid="([^"]*)"', page)}
        found[file] = set(re.findall(r'<a\b[^>]*\shref="([\w.-]+\.html)(?:#([^"]*))?"', page))
    for file, goals in found.items():
        for other, name in sorted(goals):
            if name not in there.get(other, ()):
                raise _refused(f"{file} leads to '{name}' of {other}, which is not there")


def _refused(what: str) -> DocumentError:
    return DocumentError(f"not published, and the last report stays as it was: {what}")


def _foreign(name: str, found: list[str]) -> str:
    if not found:
        why = "holds no stamp of a build: its cells have not been run"
    elif len(set(found)) > 1:
        why = "holds the stamps of several builds"
    else:
        why = "was made by cells that read another build"
    return f"{name} {why}; run all cells anew (without --no-execute, --use-freezer, freeze and cache)"
