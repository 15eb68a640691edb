"""Title page, synopsis and abbreviations.

Not here: the whole of what the synopsis cuts short (`efficacy`, `safety`, `plan`).
"""

from __future__ import annotations

import re

import pandas as pd

from trial_report.analysis.analyse.efficacy_proportions import method_of, question_of
from trial_report.analysis.analyse.efficacy_tests import tested_within
from trial_report.analysis.display.table import Table
from trial_report.analysis.display.tables._grid import enrolled
from trial_report.analysis.display.tables.verification import draft_mark
from trial_report.analysis.results.formatting import fmt_number, in_words, join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num, text, title_page
from trial_report.report.cells.stamp import WORDS
from trial_report.report.prose.abbreviations import COMMON
from trial_report.report.prose.columns import numbers, size_columns
from trial_report.report.prose.decisions import METHOD_NAMES, TESTS_OF_PROPORTIONS, error_held
from trial_report.report.prose.efficacy import endpoint_line, time_to_event, without_baseline
from trial_report.report.prose.words import (
    Block,
    Inline,
    as_of,
    ask,
    definitions,
    join,
    led_by,
    left_out,
    lines_of,
    lower_first,
    no_efficacy,
    paragraphs,
    say,
    sentences,
    upper_first,
)
from trial_report.runtime.places import CODE
from trial_report.schemas.study.analysis import Survival
from trial_report.schemas.study.measures import Endpoint

SYNTHETIC = (
    "Synthetic data: the patient data in this report are simulated. "
    "The report shows how results are computed and presented; it is not evidence about any treatment."
)


_UNNAMED = "Not provided"
ROLES = ("primary", "secondary", "exploratory")

_AT_THE_HEAD = ("Protocol", "Phase", "Product", "Sponsor", "Data cut-off", "Data as of")


def title(kind: str = "Clinical Study Report", *, cover: bool = True) -> Block:
    """The title page with its header and footer (ICH E3, section 1); the kind of document stands above the title.

    A document of few pages has no ``cover``: title and facts stand at the head of its first page.
    """
    book = kit.book()
    definition = book.definition
    s = definition.study
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
        *_period(),
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


def _period() -> list[tuple[str, str]]:
    """When the study began, by consent or else by treatment, and its last completion; what is not known is left out."""
    adsl = kit.book().datasets["ADSL"]
    consented = adsl["RFICDT"].min()
    days = [
        ("First treated", adsl["TRTSDT"].min()) if pd.isna(consented) else ("First informed consent", consented),
        ("Last patient completed", adsl["EOSDT"].where(adsl["EOSSTT"] == "COMPLETED").max()),
    ]
    return [(label, f"{day:%Y-%m-%d}") for label, day in days if not pd.isna(day)]


def synopsis_facts() -> Block:
    """What the head of a synopsis holds (ICH E3, annex I), a line each."""
    book = kit.book()
    definition = book.definition
    s = definition.study
    routes = dict.fromkeys(g.route.lower() for g in definition.groups if g.route)
    # A placebo is what the product is compared with.
    tested = [g.label for g in definition.groups if g.dose != 0 or len(definition.groups) == 1]
    groups = "; ".join(tested) + (f" ({join_words(routes)})" if routes else "")
    published = "see Section 15" if definition.publication else _UNNAMED
    lines = [
        ("Sponsor", s.sponsor),
        ("Product", s.product),
        ("Active ingredient", s.active_ingredient or _UNNAMED),
        ("Title", s.title),
        ("Investigators", s.principal_investigator or _UNNAMED),
        ("Study centers", _centers()),
        ("Publication", published),
        ("Studied period", "; ".join(f"{label.lower()} {day}" for label, day in _period()) or _UNNAMED),
        ("Phase", s.phase),
        ("Diagnosis and main criteria for inclusion", f"{s.population} (criteria: Section 9.3.1)"),
        ("Test product, dose and mode of administration", groups),
        ("Batch numbers", s.batches or _UNNAMED),
        ("Duration of treatment", s.treatment_duration or _UNNAMED),
        ("Reference therapy", _reference()),
        ("Date of the report", s.report_date.isoformat() if s.report_date else _UNNAMED),
    ]
    return definitions([(book.spelling(label), text(upper_first(words))) for label, words in lines])


def _centers() -> str:
    """How many sites enrolled, by the data."""
    adsl = kit.book().datasets["ADSL"]
    count = int(adsl.loc[adsl["TRT01P"].notna(), "SITEID"].nunique()) if "SITEID" in adsl else 0
    return f"{in_words(count)} {'site' if count == 1 else 'sites'}" if count else _UNNAMED


def _reference() -> str:
    """The comparator, as the definition names it; none where there is nothing to compare with."""
    definition = kit.book().definition
    if definition.study.reference_therapy:
        return definition.study.reference_therapy
    if definition.escalation or len(definition.groups) == 1:
        return "no comparator"
    controls = dict.fromkeys(e.control for e in definition.endpoints if e.control)
    named = [g.label for g in definition.groups if g.code in controls or g.dose == 0]
    return "; ".join(named) or _UNNAMED


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
    ended = [
        say("{}: {}.", word, numbers(asked, "n", columns))
        for level, word in (("COMPLETED", "Completed"), ("DISCONTINUED", "Discontinued"))
        if (asked := ask("disposition", enrolled(definition), level=level)).at(group=columns[0]).has("n")
    ]
    before = say("Planned: {}. Screened: {}.", planned, screened)
    return sentences(before, *ended, say("Analysed: {}.", sets))


def criteria() -> Inline:
    """The criteria for evaluation: endpoints by role, and what safety was judged by, as planned."""
    definition = kit.book().planned or kit.book().definition
    said = []
    every: tuple[Endpoint | Survival, ...] = (*definition.endpoints, *definition.survival)
    for role in ROLES:
        names = [e.label for e in every if e.role == role]
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
        said.append(error_held(plan))
    return sentences(*said, say("Safety was described by counts, percentages and summary statistics."))


def efficacy_in_short() -> Block:
    """A line an endpoint; of an exploratory one the last visit."""
    definition = kit.book().definition
    said = [endpoint_line(e) for e in sorted(definition.endpoints, key=lambda one: ROLES.index(one.role))]
    said += [say("{}: {}", one.label, time_to_event(one, inside=True)) for one in definition.survival if one.role]
    lost = left_out("endpoints", "survival")
    if lost is not None:
        said.append(lost)
    if not said:
        return paragraphs(no_efficacy())
    return lines_of(said)


def abbreviations() -> Block:
    """Those of the definition's abbreviations that the report's words use."""
    lines = [say("{}: {}", short, long) for short, long in used_abbreviations()]
    return led_by(say("Abbreviations that this report uses:"), lines) if lines else lines_of(lines)


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
