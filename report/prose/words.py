"""The few verbs that the report's sentences are made with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.escape import html_text, typst_text
from trial_report.analysis.results.formatting import in_words
from trial_report.analysis.results.question import SUBJECTS
from trial_report.report.cells import kit
from trial_report.report.cells.kit import join, lines, num, ref, show
from trial_report.report.cells.pieces import Block, Inline, Mixed, together
from trial_report.report.prose.columns import in_all, outcome_columns, told
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.analysis import Survival


def say(form: str, *parts: Inline | str) -> Inline:
    """A sentence with a part for each `{}`: a traced number stays traced, a string is shown as text.

    Raises ValueError when there are not as many parts as places.
    """
    pieces = form.split("{}")
    if len(pieces) != len(parts) + 1:
        raise ValueError(f"{form!r} has {len(pieces) - 1} places for {len(parts)} parts")
    whole = Inline("", "")
    for piece, part in zip(pieces, (*parts, ""), strict=True):
        whole = whole + piece + part if piece else whole + part
    return whole


def sentences(*said: Inline | None) -> Inline:
    """Sentences one after the other; None is left out."""
    return join([s for s in said if s is not None], last=" ", between=" ")


def paragraphs(*said: Inline) -> Block:
    """Each as a paragraph."""
    # The break keeps what the document writes next from running on in the same paragraph.
    return together(Block(f"<p>{one.html}</p>", f"{one.typst}#parbreak()") for one in said)


def cited(words: Inline, entry: str, end: str) -> Mixed:
    """A paragraph that ends with an entry of the bibliography, where that has it, and a sign."""
    entries = f" [@{entry}]" if entry in kit.references() else ""
    return Mixed((f"{words._repr_markdown_()}{entries}{say(end)._repr_markdown_()}",))


def lines_of(items: Sequence[Inline | str]) -> Block:
    """A bulleted list; nothing for none."""
    return lines(items) if items else Block("", "")


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
    """The words as they stand inside a sentence; an abbreviation stays as it is."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def share(asked: Answer, none: str = "none") -> Inline:
    """ "n (p%)" of a count, in each column that is told; a zero in words."""

    def one(code: str, _: bool) -> Inline:
        at = asked.at(group=code)
        if not at.value("n"):
            return worded(at, "n", none)
        return say("{} ({}%)", num(at, "n"), num(at, "pct"))

    return told(one)


def upper_first(words: str) -> str:
    """The words as they begin a sentence or a line."""
    return words[:1].upper() + words[1:]


def worded(asked: Answer, statistic: str, word: str) -> Inline:
    """A traced result that is printed as a word, such as "no" for 0."""
    traced, printed = num(asked, statistic), asked.text(statistic)
    return Inline(traced.html.replace(f">{html_text(printed)}<", f">{html_text(word)}<"), f"#{typst_text(word)};")


def subjects(asked: Answer, of_all: bool = True, columns: Sequence[str] | None = None) -> Inline:
    """How many subjects a count has: "no patient", "1 patient (5.0%)", "3 patients".

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
        said = num(at, "n") + (f" {noun}" if noun else "")
        return say("{} ({}%)", said, num(at, "pct")) if of_all else said

    return told(one, codes)


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
    one, other = kit.output(before), kit.output(name)
    (head, _, tail), (section, _, number) = one.number.rpartition("."), other.number.rpartition(".")
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


def shown_if(name: str) -> Block:
    """An output where the study has it; nothing where it does not."""
    return show(name) if name in kit.book().outputs else Block("", "")
