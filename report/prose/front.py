"""Title page, synopsis and abbreviations.

Not here: the whole of what the synopsis cuts short (`efficacy`, `safety`, `plan`).
"""

from __future__ import annotations

import re

import pandas as pd

from trial_report.analysis.analyse.efficacy_proportions import method_of, question_of
from trial_report.analysis.analyse.efficacy_tests import tested_within
from trial_report.analysis.display.table import Table
from trial_report.analysis.display.tables.verification import draft_mark
from trial_report.analysis.results.formatting import fmt_number, join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num, text, title_page
from trial_report.report.cells.stamp import WORDS
from trial_report.report.prose.abbreviations import COMMON
from trial_report.report.prose.columns import numbers, size_columns
from trial_report.report.prose.decisions import METHOD_NAMES, TESTS_OF_PROPORTIONS
from trial_report.report.prose.efficacy import endpoint_line, without_baseline
from trial_report.report.prose.words import (
    Block,
    Inline,
    as_of,
    ask,
    definitions,
    join,
    left_out,
    lines_of,
    lower_first,
    paragraphs,
    say,
    sentences,
    upper_first,
)
from trial_report.runtime.places import CODE

SYNTHETIC = (
    "Synthetic data: the patient data in this report are simulated. "
    "The report shows how results are computed and presented; it is not evidence about any treatment."
)


_UNNAMED = "Not provided"
_AT_THE_HEAD = ("Protocol", "Phase", "Product", "Sponsor", "Data cut-off", "Data as of")


def title(kind: str = "Clinical Study Report", *, cover: bool = True) -> Block:
    """The title page with its header and footer (ICH E3, section 1); the kind of document stands above the title.

    A document of few pages has no ``cover``: title and facts stand at the head of its first page.
    """
    book = kit.book()
    definition = book.definition
    s = definition.study
    first, last = _period()
    when = "Data as of" if as_of() else "Data cut-off"
    facts = [
        ("Protocol", f"{s.protocol}, version {s.protocol_version}"),
        ("Registry", ", ".join(s.registries)),
        ("Phase", s.phase),
        ("Product", "" if book.run.get("blinded") else s.product),
        ("Indication", s.indication),
        ("Sponsor", s.sponsor),
        ("Principal investigator", s.principal_investigator or _UNNAMED),
        ("Medical officer", s.medical_officer or _UNNAMED),
        ("Contact", s.contact or ""),
        ("Design", s.design),
        ("First enrolled", first),
        ("Last completed", last),
        (when, s.data_cutoff.isoformat()),
        ("Report version", s.report_version),
        ("Report date", s.report_date.isoformat() if s.report_date else ""),
    ]
    cutoff = f"{when} {s.data_cutoff.isoformat()}"
    facts = facts if cover else [fact for fact in facts if fact[0] in _AT_THE_HEAD]
    return title_page(
        title=s.title,
        subtitle=f"{kind}, as of {as_of()}" if as_of() else kind,
        cover=cover,
        header=(f"{s.protocol} · {s.short_title}", f"Version {s.report_version}"),
        footer=f"{cutoff} · Synthetic data" if s.synthetic else cutoff,
        facts=[(label, fact) for label, fact in facts if fact],
        statements=[s.gcp_statement] if cover else [],
        notice=SYNTHETIC if s.synthetic else None,
        mark=draft_mark(book),
        keywords=s.keywords,
        author=s.sponsor,
        cutoff=s.data_cutoff,
        language=s.language,
    )


def _period() -> tuple[str, str]:
    """The dates of the first consent and the last completion; empty where there is none."""
    adsl = kit.book().datasets["ADSL"]
    ends = adsl["RFICDT"].min(), adsl["EOSDT"].where(adsl["EOSSTT"] == "COMPLETED").max()
    first, last = ("" if pd.isna(day) else f"{day:%Y-%m-%d}" for day in ends)
    return first, last


def synopsis_facts() -> Block:
    """What the head of a synopsis holds (ICH E3, annex I), a line each."""
    definition = kit.book().definition
    s = definition.study
    first, last = _period()
    routes = dict.fromkeys(g.route.lower() for g in definition.groups if g.route)
    groups = "; ".join(g.label for g in definition.groups) + (f" ({join_words(routes)})" if routes else "")
    lines = [
        ("Title", s.title),
        ("Sponsor", s.sponsor),
        ("Product", s.product),
        ("Phase", s.phase),
        ("Study period", f"{first} (first enrolled) to {last} (last completed)" if first and last else ""),
        ("Population", s.population),
        ("Treatment", groups),
    ]
    return definitions([(label, text(upper_first(words))) for label, words in lines if words])


def planned_and_analysed() -> Inline:
    """Planned, screened, treated, and the size of each analysis set."""
    definition = kit.book().definition
    columns = size_columns(definition)
    form, last = ("{} ({})", " and ") if len(columns) == 1 else ("{} in the {}", "; ")
    sets = join(
        [
            say(form, numbers(ask("sets", one.id), "N", columns), lower_first(one.label))
            for one in definition.analysis_sets
        ],
        last=last,
        between=", " if len(columns) == 1 else "; ",
    )
    screened = num(ask("disposition", "ALL", level="SCREENED"), "n")
    planned = fmt_number(definition.study.planned_subjects)
    return say("Planned: {}. Screened: {}. Analysed: {}.", planned, screened, sets)


def criteria() -> Inline:
    """The criteria for evaluation: endpoints by role, and what safety was judged by, as planned."""
    definition = kit.book().planned or kit.book().definition
    said = []
    for role in ("primary", "secondary"):
        names = [e.label for e in definition.endpoints if e.role == role]
        if names:
            said.append(say("{} efficacy: {}.", role.capitalize(), "; ".join(names)))
    safety = [
        "adverse events",
        *(["dose-limiting toxicities"] if definition.escalation else []),
        *(["laboratory values"] if definition.laboratory else []),
        *(["vital signs"] if definition.vital_signs else []),
    ]
    return sentences(*said, say("Safety: {}.", join_words(safety)))


def methods_in_short() -> Inline:
    """The tests that decide, and how the error over several is held."""
    definition = kit.book().definition
    compared = [e for e in definition.endpoints if e.comparison == "ancova"]
    tested = [e for e in definition.endpoints if tested_within(e)]
    names = [METHOD_NAMES[e.test] for e in tested if not without_baseline(e)]
    tests = [f"the {name}" for name in dict.fromkeys(names)]
    said = [say("Changes from baseline were tested by {}.", join_words(tests))] if tests else []
    if compared:
        carried = any(e.comparison_data == "locf" for e in compared)
        how = ", missing values being replaced by the last observation" if carried else ""
        what = join_words(
            dict.fromkeys("changes from baseline" if e.measure == "change" else "values" for e in compared)
        )
        form = "{} were compared between treatment groups by analysis of covariance{}."
        said.append(say(form, upper_first(what), how))
    rated = [e for e in definition.endpoints if e.comparison != "none" and question_of(e) is not None]
    if rated:
        tests = [f"the {TESTS_OF_PROPORTIONS[name]}".replace("the Fisher", "Fisher") for name in
                 dict.fromkeys(method_of(e)[1] for e in rated)]  # fmt: skip
        said.append(say("Proportions were compared between treatment groups by {}.", join_words(tests)))
    plan = definition.multiplicity
    if said and plan.procedure != "none":
        said.append(say("The {} held the two-sided family-wise error at {}.", plan.name, f"{plan.alpha:g}"))
    return sentences(*said, say("Safety was described by counts, percentages and summary statistics."))


def efficacy_in_short() -> Block:
    """A line a primary or secondary endpoint."""
    definition = kit.book().definition
    said = [endpoint_line(e) for e in definition.endpoints if e.role in ("primary", "secondary")]
    lost = left_out("endpoints", "survival")
    if lost is not None:
        said.append(lost)
    if not said:
        return paragraphs(say("No endpoint of efficacy is defined for this study."))
    return lines_of(said)


def abbreviations() -> Block:
    """Those of the definition's abbreviations that the report's words use."""
    return lines_of([say("{}: {}", short, long) for short, long in used_abbreviations()])


def used_abbreviations() -> list[tuple[str, str]]:
    """Abbreviation and meaning, by alphabet: those that stand in a label, title, note, sentence or author's text."""
    book = kit.book()
    words = _words()
    known = {**COMMON, **book.definition.abbreviations}
    found = [a for a in known if re.search(rf"(?<![\w-]){re.escape(a)}s?(?![\w-])", words)]
    return sorted(((a, known[a]) for a in found), key=lambda pair: pair[0].lower())


def _shown(name: str) -> str:
    """All words of an output but those drawn in a figure."""
    output, made = kit.book().outputs[name], kit.book().made(name)
    words = [output.title, output.population, *output.notes, *made.notes, made.basis.method]
    if isinstance(made, Table):
        words += [column.label for column in made.columns]
        words += [cell.text for row in made.rows for cell in row.cells[: made.stub]]
        words += [row.group for row in made.rows]
        words += [note.text for note in made.footnotes]
    return " ".join(words)


def _words() -> str:
    book = kit.book()
    folder = CODE / "report"
    documents = [f.read_text(encoding="utf-8") for f in sorted(folder.glob("sections/*.qmd"))]
    if (own := book.folder / WORDS).is_file():
        documents.append(own.read_text(encoding="utf-8"))
    prose = "\n".join(
        f.read_text(encoding="utf-8") for f in sorted(folder.glob("prose/*.py")) if f.stem != "abbreviations"
    )
    # The sentences about an escalation are not said where there is none.
    documents.append(prose if book.definition.escalation else re.sub(r"\b(?:DLTs?|MTD)\b", "", prose))
    authors = [f.read_text(encoding="utf-8") for f in sorted((book.folder / "text").glob("*.md"))]
    titles = [_shown(name) for name in book.outputs]
    return "\n".join([*documents, *authors, *titles, book.definition.model_dump_json(exclude={"abbreviations"})])
