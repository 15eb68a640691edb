"""Section 16.1.9: how the results were computed, checked and can be reproduced.

Not here: the tables of the section (`analysis.display.tables.index`, `analysis.display.tables.methods`).
"""

from __future__ import annotations

import math

from trial_report.analysis.display.tables.verification import BY_OUTPUT
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.verify.efficacy import SOLVED
from trial_report.analysis.verify.missing import MIXED
from trial_report.analysis.verify.road import EXACT
from trial_report.report.cells import kit
from trial_report.report.prose.words import Block, Inline, paragraphs, ref, say


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
        say(
            "Two values agree where they differ by no more than {} of their size, if both are finite arithmetic; {}, "
            "if one is found as a root; {}, if both are iterative estimates of one likelihood; and, if random numbers "
            "decide, where they differ by no more than independent repetitions of the second computation do. The "
            "second computation has the definitions of the first: it finds errors of computing, not of method.",
            _power(EXACT),
            _power(SOLVED),
            _power(MIXED),
        ),
    )


def references() -> Block:
    """That nothing is cited, where the study has no bibliography; else nothing: the entries stand below."""
    return Block("", "") if kit.references() else paragraphs(say("No reference is cited."))


def referenced() -> Inline:
    """Where the publications that are cited stand."""
    return say("They are listed in section 15, and not enclosed." if kit.references() else "No publication is cited.")


def _power(tolerance: float) -> str:
    """A power of ten in signs: "10⁻⁹"."""
    exponent = f"{round(math.log10(tolerance))}"
    return "10" + exponent.translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
