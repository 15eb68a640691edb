"""Before a report is published: what its page and its PDF say is what was computed, and both say the same.

Three things are asked of the two files, by every renderer: that cells which read this very build wrote them (a stamp),
that each traced number is the printed form of its result, and that page and PDF hold the same words in the same order,
so that a number of the PDF is that of the page. Otherwise nothing is published, and the last report stays.
"""

from __future__ import annotations

import re
from pathlib import Path

from trial_report.report.publish.occupied import pages
from trial_report.report.render import DocumentError

MOST = 5
"""Numbers that are told in words; how many more there are is told too."""


def prove(study: Path, build: Path, folder: Path, document: str = "csr") -> None:
    """Compare page and PDF of a document in a folder with the build. Raises DocumentError for what must not get out.

    The stamp is compared first: of another build nothing else needs to be told.
    """
    import pandas as pd

    from trial_report.analysis.display.packed import Unpacked
    from trial_report.report.cells.stamp import PREFIX, read_inputs, read_stamp
    from trial_report.report.proof.numbers import RESULTS, wrong
    from trial_report.report.proof.page import pieces, stamps
    from trial_report.report.proof.pdf import Unreadable, keywords, words
    from trial_report.report.proof.words import differs
    from trial_report.report.publish.manifest import study_hashes

    named, paper = pages(document)
    page, pdf = (folder / named).read_text(encoding="utf-8"), (folder / paper).read_bytes()
    stamp = read_stamp(build)
    try:
        printed = re.findall(rf"\b{PREFIX}([0-9a-f]{{64}})\b", keywords(pdf))
        for name, found in ((named, stamps(page)), (paper, printed)):
            if not stamp or found != [stamp]:
                raise _refused(_foreign(name, found))
        changed = sorted(name for name, _ in dict(read_inputs(build)).items() ^ study_hashes(study).items())
        if changed:
            raise _refused(f"{changed[0]} of the study was changed while the report was built; build it again")
        held = list(pieces(page))
        numbers = list(wrong(held, pd.read_parquet(build / RESULTS, columns=["key", "formatted", "value"])))
        if numbers:
            more = f"; and {len(numbers) - MOST} more" if len(numbers) > MOST else ""
            raise _refused(f"{named}: {'; '.join(numbers[:MOST])}{more}")
        place = differs(held, words(pdf))
    except Unreadable as error:
        raise _refused(f"{paper} cannot be compared: {error}") from error
    except Unpacked as error:
        raise _refused(f"{named} cannot be compared: {error}") from error
    if place:
        number = f", which is the result '{place.keys[0]}'," if place.keys else ""
        raise _refused(f"the formats say different things: {named} '{place.page}'{number} and {paper} '{place.pdf}'")


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
