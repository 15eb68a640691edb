"""The few verbs that the report's sentences are made with.

Not here: words that tables use too (`analysis.display.event_words`, `analysis.display.severity`), and spelling
(`analysis.display.spelling`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.escape import html_text, typst_text
from trial_report.analysis.display.parameter_words import after_number, name_of
from trial_report.analysis.display.spelling import small_first, unbroken
from trial_report.analysis.results.formatting import DIGITS, in_words
from trial_report.analysis.results.question import SUBJECTS
from trial_report.report.cells import kit
from trial_report.report.cells.kit import join, lines, num, ref, show
from trial_report.report.cells.pieces import Block, Inline, Mixed, together
from trial_report.report.prose.columns import in_all, outcome_columns, told
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.analysis import Survival

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["after_number", "name_of"]

_NUMBER = re.compile(r"(.*?[.-])(\d+)$")


def say(form: str, *parts: Inline | str) -> Inline:
    """A sentence with a part for each `{}`: a traced number stays traced, a string is shown as text.

    The words between are spelled as the study's `language` has it, those of a string stay as they are; numbers are kept
    with their units, and "Week 30" on one line.

    Raises ValueError when there are not as many parts as places.
    """
    pieces = kit.book().spelling(form).split("{}")
    if len(pieces) != len(parts) + 1:
        raise ValueError(f"{form!r} has {len(pieces) - 1} places for {len(parts)} parts")
    whole, numbered = Inline("", ""), False
    for piece, part in zip(pieces, (*parts, ""), strict=True):
        if piece:
            whole = whole + unbroken(piece, after_number=numbered)
        whole = whole + (unbroken(part) if isinstance(part, str) else part)
        numbered = isinstance(part, Inline)
    return whole


def own_words(words: str) -> Inline:
    """A text of the generator, as this report spells it."""
    return Inline("", "") + unbroken(kit.book().spelling(words))


def sentences(*said: Inline | None) -> Inline:
    """Sentences one after the other; None is left out."""
    return join([s for s in said if s is not None], last=" ", between=" ")


def paragraphs(*said: Inline) -> Block:
    """Each as a paragraph."""
    # The break keeps what the document writes next from running on in the same paragraph.
    return together(Block(f"<p>{one.html}</p>", f"{one.typst}#parbreak()") for one in said)


def led_by(lead: Inline, items: Sequence[Inline | str]) -> Block:
    """A sentence and the bulleted list that it leads to, which begin on one page."""
    return Block(f"<p>{lead.html}</p>", f"#block(sticky: true)[{lead.typst}]") + lines_of(items)


def prose_date(day: date) -> str:
    """A day in a sentence, as the study's language writes it: "March 5, 2021", "5 March 2021"."""
    return kit.book().spelling.date(day.isoformat())


def cited(words: Inline, entry: str, end: str) -> Mixed:
    """A paragraph that ends with an entry of the bibliography, where that has it, and a sign."""
    entries = f" [@{entry}]" if entry in kit.references() else ""
    return Mixed((f"{words._repr_markdown_()}{entries}{say(end)._repr_markdown_()}",))


def lines_of(items: Sequence[Inline | str]) -> Block:
    """A bulleted list; nothing for none. A string is a text of the generator."""
    return lines([own_words(one) if isinstance(one, str) else one for one in items]) if items else Block("", "")


def definitions(pairs: Iterable[tuple[str, Inline]]) -> Block:
    """Terms in bold, each with what it means, a paragraph a term."""
    return paragraphs(
        *(Inline(f"<strong>{html_text(t)}.</strong> ", f"#strong[{'#'}{typst_text(t + '.')}] ") + s for t, s in pairs)
    )


def ask(analysis: str, population: str, parameter: str = SUBJECTS, *, visit: str | None = None,
        group: str = TOTAL, level: str | None = None) -> Answer:  # fmt: skip
    """What the results answer, over all subjects unless a group is named; sentences go on to others with `at`."""
    return kit.book().ask(analysis, population, parameter, visit, group, level)


def lower_first(words: str) -> str:
    """The words as they stand inside a sentence; a name or an abbreviation stays as it is."""
    return small_first(words)


def share(asked: Answer, none: str = "none") -> Inline:
    """ "n (p%)" of a count, in each column that is told; a zero in words, everybody as "all 20"."""

    def one(code: str, _: bool) -> Inline:
        at = asked.at(group=code)
        if not at.value("n"):
            return worded(at, "n", none)
        return _whole(at) or say("{} ({}%)", num(at, "n"), num(at, "pct"))

    return told(one)


def _whole(at: Answer) -> Inline | None:
    """ "all 20", or "both", where a count is everybody; else None. One alone is said as a number."""
    count = at.value("n")
    if not at.known("pct") or at.value("pct") != 100 or not count or count < 2:
        return None
    return worded(at, "n", "both") if count == 2 else say("all {}", num(at, "n"))


def upper_first(words: str) -> str:
    """The words as they begin a sentence or a line."""
    return words[:1].upper() + words[1:]


MOST_COMMON, MOST_TOLD = 3, 6
"""How many terms are called the most common, and how many at most where several are as common as the last."""


def most_common(counts: pd.Series) -> list[str]:
    """The names of the highest counts: the first three, and those as common as the third where they are not many."""
    ordered = counts.sort_index().sort_values(ascending=False, kind="stable")
    if ordered.empty:
        return []
    least = ordered.iloc[:MOST_COMMON].iloc[-1]
    tied = ordered[ordered >= least]
    kept = tied if len(tied) <= MOST_TOLD else ordered[ordered > least]
    return [str(name) for name in (kept.index if len(kept) else ordered.index[:MOST_COMMON])]


def worded(asked: Answer, statistic: str, word: str) -> Inline:
    """A traced result that is printed as a word, such as "no" for 0."""
    traced, printed = num(asked, statistic), asked.text(statistic)
    return Inline(traced.html.replace(f">{html_text(printed)}<", f">{html_text(word)}<"), f"#{typst_text(word)};")


def subjects(asked: Answer, of_all: bool = True, columns: Sequence[str] | None = None) -> Inline:
    """How many subjects a count has: "no patient", "1 patient (5.0%)", "3 patients (15.0%)", "all 20 patients".

    In a study that compares groups, in each: "1 patient (5.0%) with placebo and 3 (15.0%) with Arm A".
    """
    definition = kit.book().definition
    words = definition.study
    codes = tuple(columns) if columns is not None else outcome_columns(definition)
    if not in_all(asked, "n", codes):
        return worded(asked.at(group=codes[0]), "n", "no") + f" {words.subject}"

    def one(code: str, first: bool) -> Inline:
        at = asked.at(group=code)
        count = at.value("n")
        if not count:
            return worded(at, "n", "no") + f" {words.subject}" if first else worded(at, "n", "none")
        noun = (words.subject if count == 1 else words.subjects) if first else ""
        after = f" {noun}" if noun else ""
        everybody = _whole(at) if of_all else None
        if everybody is not None:
            return everybody + after
        said = num(at, "n") + after
        return say("{} ({}%)", said, num(at, "pct")) if of_all else said

    return told(one, codes)


def people_first(asked: Answer) -> Inline:
    """The same at the beginning of a sentence, where no numeral stands: "No patient", "Three patients (15.0%)".

    From ten on "In all, 16 patients (80.0%)"; where each group is told, "In all" too.
    """
    words, codes = kit.book().definition.study, outcome_columns(kit.book().definition)
    at = asked.at(group=codes[0])
    count = in_all(asked, "n", codes)
    if not count:
        return worded(at, "n", "No") + f" {words.subject}"
    if len(codes) > 1:
        return say("In all, {}", subjects(asked))
    if _whole(at) is not None:
        everybody = worded(at, "n", "Both") if count == 2 else say("All {}", num(at, "n"))
        return everybody + f" {words.subjects}"
    if count >= len(DIGITS):
        return say("In all, {}", subjects(asked))
    noun = words.subject if count == 1 else words.subjects
    return say("{} {} ({}%)", worded(at, "n", in_words(int(count)).capitalize()), noun, num(at, "pct"))


def reported(asked: Answer, one: str, several: str, of: str = "in") -> Inline:
    """A sentence without its full stop of whom something was reported for, right for none, one, some and all.

    Of "serious adverse event", "serious adverse events": "No serious adverse event was reported", "A serious adverse
    event was reported in 1 patient (5.0%)", "Serious adverse events were reported in 3 patients (15.0%)".
    """
    codes = outcome_columns(kit.book().definition)
    if not in_all(asked, "n", codes):
        return worded(asked.at(group=codes[0]), "n", "No") + own_words(f" {one} was reported")
    if "events" in asked_statistics(asked, codes) and in_all(asked, "events", codes) == 1:
        return say(f"{upper_first(article(one))} was reported {of} {{}}", subjects(asked))
    return say(f"{upper_first(several)} were reported {of} {{}}", subjects(asked))


def asked_statistics(asked: Answer, codes: Sequence[str]) -> tuple[str, ...]:
    """Which of the counts of an answer there are in every column that is told."""
    return tuple(name for name in ("n", "events") if all(asked.at(group=code).has(name) for code in codes))


def article(noun: str) -> str:
    """The noun with "a" or "an", by its first letter: "an adverse event"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def was_were(count: float | None) -> str:
    """The verb after a count: "1 was", "3 were", "none was"."""
    return "was" if count in (0, 1) else "were"


def refs(names: Sequence[str], last: str = " and ") -> Inline:
    """Links to several outputs: "Table 14.1.1 and Figure 14.2.1", "Table 14.2.1 to Table 14.2.6" for a run of three."""
    runs: list[list[str]] = []
    for name in names:
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    said = []
    for run in runs:
        said += [say("{} to {}", ref(run[0]), ref(run[-1]))] if len(run) > 2 else [ref(name) for name in run]
    return join(said, last=last)


def _follows(before: str, name: str) -> bool:
    """Whether an output has the next number of the same kind and section."""
    if kit.left_out(before) or kit.left_out(name):
        return False
    one, other = kit.as_called(before), kit.as_called(name)
    (head, tail), (section, number) = (_NUMBER.split(found.number)[1:3] for found in (one, other))
    return (one.kind, head) == (other.kind, section) and int(number) == int(tail) + 1


def made(*names: str) -> list[str]:
    """Those of the outputs that this study has; a name that ends in a dot stands for all that begin so."""
    there = kit.book().outputs
    return [
        found
        for name in names
        for found in ([o for o in there if o.startswith(name)] if name.endswith(".") else [name])
        if found in there
    ]


def level_text() -> str:
    """The level of confidence intervals: "95% CI", on one line."""
    return f"{round(100 * kit.book().definition.confidence_level, 6):g}%\u00a0CI"


def as_of() -> str | None:
    """The day, before the study's own data cut-off, as of which the data were taken; None where that was not asked."""
    found = kit.book().run.get("as_of")
    return str(found) if found else None


def absent(*names: str) -> Inline | None:
    """The sentence that these domains were not delivered, as far as they were not; None where all were."""
    lost = [name for name in names if name not in kit.book().domains]
    return say("{}", not_delivered(lost)) if lost else None


def left_out(*kinds: str) -> Inline | None:
    """What the study plans of these parts of its definition and is not reported, as it was not delivered; else None."""
    book = kit.book()
    planned = book.planned or book.definition
    lost = [one for kind in kinds for one in getattr(planned, kind) if one not in getattr(book.definition, kind)]
    read = {name for one in lost for name in (one.reads if isinstance(one, Survival) else [one.domain])}
    return say("{}", not_delivered(sorted(read - {*book.domains}), [one.label for one in lost])) if lost else None


def counted(count: int, one: str, several: str) -> str:
    """A count with its noun in a sentence: "no warning", "one warning", "12 warnings"."""
    return f"no {one}" if count == 0 else f"{in_words(count)} {one if count == 1 else several}"


def no_efficacy() -> Inline:
    """That the definition has no endpoint, and where the table of what was collected and not analysed stands."""
    listed = made("quality.collected")
    if not listed:
        return say("This report analyzes no endpoint of efficacy.")
    form = "This report analyzes no endpoint of efficacy; {} lists what was collected and not analyzed."
    return say(form, refs(listed))


def shown_if(name: str) -> Block:
    """An output where the study has it; nothing where it does not."""
    return show(name) if name in kit.book().outputs else Block("", "")
