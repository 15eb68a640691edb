"""Section 16.1.9: how the results were computed, checked and can be reproduced."""

from __future__ import annotations

from analysis.formatting import fmt_number
from report import kit
from report.prose.words import Block, paragraphs, say


def environment() -> Block:
    """Counts of this run, and where inputs, outputs and versions are recorded."""
    book = kit.book()
    return paragraphs(
        say(
            "This report is a reading of {} results, which are in results.json with analysis set, filter, method and "
            "raw value. Hashes of every input and output, and the versions of all software, are in manifest.json.",
            fmt_number(len(book.results), thousands=True),
        )
    )
