"""Section 16.5: every item that ICH E3 and, of a dose-finding trial, CONSORT-DEFINE ask for, and where it stands.

Not here: the items (`report/checklists`), and what stands under a heading (all other modules of this room).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from trial_report.analysis.display.escape import html_attribute, html_text, typst_string, typst_text
from trial_report.report.cells import kit
from trial_report.report.cells.pieces import Block, array
from trial_report.report.cells.stamp import WORDS
from trial_report.report.prose.conduct import asks_for_case_reports
from trial_report.report.prose.words import own_words, paragraphs, say
from trial_report.runtime.places import CODE
from trial_report.schemas.study import StudyDefinition

FOLDER = CODE / "report" / "checklists"
TITLE_PAGE = "title-page"
NOTE = (
    "Where the authors of the study wrote a text, that it is there was checked, and not whether it says all that is "
    "asked. Section numbers are those of this report."
)
_HEADING = re.compile(r"^#{1,6}\s+(?:(\d+(?:\.\d+)*)\s+)?(.*?)\s*\{#(sec-[\w-]+)[^}]*\}\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Condition:
    """Whether an item applies to a study, and why not where it does not."""

    holds: Callable[[StudyDefinition], bool]
    otherwise: str


CONDITIONS: Mapping[str, Condition] = {
    "assigned": Condition(
        lambda study: study.escalation is None and len(study.groups) > 1, "nobody was randomized"
    ),
    "biomarkers": Condition(lambda study: False, "no biomarker substudy is defined"),
    "characteristics": Condition(
        lambda study: study.escalation is not None and bool(study.escalation.true_rates),
        "no true rates of toxicity are assumed in the definition of the study",
    ),
    "case_reports": Condition(
        lambda study: asks_for_case_reports(), "nobody died, had a serious adverse event or was withdrawn for one"
    ),
    "efficacy": Condition(lambda study: bool(study.endpoints), "this report analyses no endpoint of efficacy"),
    "laboratory": Condition(lambda study: bool(study.laboratory), "no laboratory test is defined for this study"),
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """What is asked for, and the headings and texts that give it."""

    item: str
    words: str
    sections: tuple[str, ...]
    texts: tuple[str, ...] = ()
    only: str = ""


@dataclass(frozen=True)
class Place:
    """Where an item stands: headings with their words, or none; and what is said of it besides."""

    headings: Mapping[str, str] = field(default_factory=dict)
    said: str = ""


@lru_cache(maxsize=8)
def items(name: str) -> tuple[Item, ...]:
    """Return the items of a checklist, by the name of its file without ending."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Item(row["item"], row["words"], tuple(row["sections"].split()), tuple(row["texts"].split()), row["only"])
            for row in csv.DictReader(file)
        )


def headings(words: str) -> dict[str, str]:
    """Return how each heading of a document is called, by its id: "Section 9.7.1", or its words without a number."""
    return {name: f"Section {number}" if number else title for number, title, name in _HEADING.findall(words)}


def place_of(item: Item, study: StudyDefinition, there: Mapping[str, str], given: Callable[[str], bool]) -> Place:
    """Return where an item stands in a report.

    ``there`` are the headings of the document, ``given`` says of an author's text, or of a key of the definition such
    as escalation.decided_by, whether it is there.
    """
    if item.only and not CONDITIONS[item.only].holds(study):
        return Place(said=f"Not applicable: {CONDITIONS[item.only].otherwise}")
    found = {name: there[name] for name in item.sections if name in there}
    if TITLE_PAGE in item.sections:
        found = {TITLE_PAGE: "Title page", **found}
    if not found or (item.texts and not any(map(given, item.texts))):
        return Place(found, "not provided" if found else "Not provided")
    return Place(found)


def checklist(name: str) -> Block:
    """Return a checklist as a table: item, what is asked, where it stands, and in print the page."""
    study, there = kit.book().definition, headings(_document())
    spelled = kit.book().spelling
    places = [(item, place_of(item, study, there, _given)) for item in items(name)]
    rows = [(item, replace(place, said=spelled(place.said))) for item, place in places]
    html = "".join(
        f'<tr><th scope="row">{html_text(item.item)}</th><td>{html_text(spelled(item.words))}</td>'
        f'<td>{_where_html(place)}</td><td class="page-of">{_page_html(place)}</td></tr>'
        for item, place in rows
    )
    head = ("Item", "What is asked for", "Where", "Page")
    columns = "".join(
        f'<th scope="col"{" class=page-of" if one == "Page" else ""}>{html_text(one)}</th>' for one in head
    )
    cells = [
        cell
        for item, place in rows
        for cell in (
            f"[#{typst_text(item.item)}]",
            f"[#{typst_text(spelled(item.words))}]",
            _where(place),
            _page(place),
        )
    ]
    notes = f"csr-notes((), ({typst_text(spelled(NOTE))},), none)"
    return Block(
        f'<div class="scroll"><table class="csr checklist"><thead><tr>{columns}</tr></thead><tbody>{html}</tbody>'
        f'</table></div><div class="notes"><p>{html_text(spelled(NOTE))}</p></div>',
        f"#csr-plain(csr-grid(columns: (1.5cm, 1fr, 4.6cm, 1.1cm), align: (left, left, left, right), "
        f"head: {array(f'csr-h({typst_text(one)})' for one in head)}, notes: {notes}, {array(cells)}))",
    )


def checklist_e3() -> Block:
    """The headings of ICH E3."""
    return _lead("The headings of ICH E3 and where this report has them:") + checklist("ich-e3")


def checklist_consort() -> Block:
    """The items of CONSORT-DEFINE; a sentence in a study that finds no dose."""
    if kit.book().definition.escalation is None:
        return paragraphs(say("Not applicable: the study was not made to find a dose."))
    lead = (
        "The items of CONSORT with its dose-finding extension (CONSORT-DEFINE, BMJ 2023;383:e076387), in other words "
        "than there, and where this report has them:"
    )
    return _lead(lead) + checklist("consort-define")


def _lead(words: str) -> Block:
    """A sentence that stands on the page of the table it leads to."""
    said = own_words(words)
    return Block(f"<p>{said.html}</p>", f"#block(sticky: true)[{said.typst}]")


def _document() -> str:
    """The document's text; before one stands in the build folder that of the report."""
    path = kit.build_folder() / WORDS
    if path.is_file():
        return path.read_text(encoding="utf-8")
    return "\n".join(one.read_text(encoding="utf-8") for one in sorted((CODE / "report" / "sections").glob("*.qmd")))


def _given(name: str) -> bool:
    if "." not in name:
        return kit.is_written(name)
    part: object = kit.book().definition
    for key in name.split("."):
        part = getattr(part, key, None)
    return part is not None


def _where_html(place: Place) -> str:
    links = [
        html_text(words) if name == TITLE_PAGE else f'<a href="#{html_attribute(name)}">{html_text(words)}</a>'
        for name, words in place.headings.items()
    ]
    return ", ".join(links) + html_text(_after(place))


def _where(place: Place) -> str:
    links = [
        f"#{typst_text(words)};" if name == TITLE_PAGE else f"#link(label({typst_string(name)}), {typst_text(words)});"
        for name, words in place.headings.items()
    ]
    return f"[{', '.join(links)}#{typst_text(_after(place))};]"


def _after(place: Place) -> str:
    return f": {place.said}" if place.headings and place.said else place.said


def _page_html(place: Place) -> str:
    return '<span class="csr-page"></span>' if place.headings else "–"


def _page(place: Place) -> str:
    name = next(iter(place.headings), None)
    return "[–]" if name is None else "[1]" if name == TITLE_PAGE else f"csr-page-of({typst_string(name)})"
