"""Section 16.1.9: how the results were computed, checked and can be reproduced.

Not here: the tables of the section (`analysis.display.tables.index`, `analysis.display.tables.methods`).
"""

from __future__ import annotations

from trial_report.analysis.display.tables.verification import BY_OUTPUT
from trial_report.analysis.results.formatting import fmt_number
from trial_report.report.cells import kit
from trial_report.report.prose.words import Block, paragraphs, ref, say


def environment() -> Block:
    """Counts of this run, and where inputs, outputs and versions are recorded."""
    book = kit.book()
    return paragraphs(
        say(
            "The {} results behind this report are in results.json, each with its analysis set, filter, method and raw "
            "value. The versions of all software, and a hash (SHA-256) of every input and output, are in "
            "manifest.json. {} lists the methods with their software and sources.",
            fmt_number(len(book.results), thousands=True),
            ref("methods.table"),
        ),
        say(
            "{} shows, by output, how many results a second computation confirms: it begins with the SDTM files and "
            "the study's definition, and shares no code with the first.",
            ref(BY_OUTPUT),
        ),
    )
