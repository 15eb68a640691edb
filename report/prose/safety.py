"""Section 12: exposure, adverse events, serious events, dose finding.

Not here: laboratory and vital signs (`measured`), events and values one by one (`one_by_one`), the update for a
monitoring board (`documents.safety`).
"""

from __future__ import annotations

from trial_report.analysis.analyse.adverse_events.overview import not_called_serious
from trial_report.analysis.analyse.counting import NOT_CODED
from trial_report.analysis.display import severity
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.event_words import term_inside
from trial_report.analysis.display.figures._read import short_ids
from trial_report.analysis.display.listings.safety import terms_there
from trial_report.analysis.display.tables._grid import sentence
from trial_report.analysis.results.formatting import in_words, join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.prose.columns import in_all, outcome_columns, told
from trial_report.report.prose.patients import enrolled, left_for
from trial_report.report.prose.words import (
    MOST_TOLD,
    Block,
    Inline,
    absent,
    ask,
    counted,
    join,
    level_text,
    lower_first,
    most_common,
    people_first,
    ref,
    refs,
    reported,
    say,
    sentences,
    shown_if,
    subjects,
    upper_first,
    worded,
)
from trial_report.schemas.results import join_level, split_level


def population() -> str:
    """The safety set of the study."""
    return kit.book().definition.safety_set


def who() -> str:
    """What the study calls its subjects."""
    return kit.book().definition.study.subjects


def overview(kind: str) -> Answer:
    """A row of the overview of events."""
    return ask("ae.overview", population(), level=kind)


def overview_count(kind: str) -> float:
    """How many subjects a row of the overview counts, in all columns that are told."""
    return in_all(overview(kind), "n") if is_known(kind) else 0


def by_group() -> bool:
    """Whether more than one group is told."""
    return len(outcome_columns(kit.book().definition)) > 1


def adverse_events_in_short() -> Inline:
    """The overview in a few sentences, for the synopsis."""
    lost = absent("AE")
    if lost is not None:
        return sentences(lost, say("Whether there were adverse events is not known."))
    emergent = overview("EMERGENT")
    said = reported(emergent, "treatment-emergent adverse event", "Treatment-emergent adverse events")
    if overview_count("EMERGENT"):

        def events(code: str, first: bool) -> Inline:
            at = emergent.at(group=code)
            noun = "event" if at.value("events") == 1 else "events"
            return num(at, "events") + (f" {noun}" if first else "")

        said = said + say("; there were {}" if by_group() else ", with {} in all", told(events))
    kinds = {
        "RELATED": (f"event {related_words()} to study treatment", f"events {related_words()} to study treatment"),
        "SEVERE": severe_nouns(),
    }
    further = [reported(overview(kind), *nouns) + "." for kind, nouns in kinds.items() if is_known(kind)]
    if not is_known("SEVERE"):
        further.append(say("The severity of events was not recorded."))
    return sentences(_died(), said + ".", serious_in_short(), *(further if overview_count("EMERGENT") else ()), _left())


def related_words() -> str:
    """ "at least possibly related" where the study counts what was called possible as related; else "related"."""
    counted_as = [one.casefold() for one in kit.book().definition.adverse_events.related]
    return "at least possibly related" if any(one.startswith("possib") for one in counted_as) else "related"


def _died() -> Inline | None:
    """How many died, where anybody did: the first that is told of safety."""
    died = ask("ae.deaths", population(), "DTHFL", level="ANY")
    return say("{} died.", people_first(died)) if in_all(died, "n") else None


def serious_in_short() -> Inline:
    """Serious events in a sentence, right for none, one, some and all; and what was not called so though it was."""
    if not is_known("SERIOUS"):
        return say("Whether an event was serious was not recorded.")
    told_of = reported(overview("SERIOUS"), "serious adverse event", "serious adverse events")
    return sentences(told_of + _not_excluded() + ".", _not_called_serious())


def _not_excluded() -> Inline | str:
    """ " (0 of 20 patients; 95% CI 0.0% to 16.8%)" where nobody had one: what so few subjects do not exclude."""
    columns = outcome_columns(kit.book().definition)
    if overview_count("SERIOUS") or overview_count("UNMARKED") or len(columns) > 1:
        return ""
    at, of = overview("SERIOUS").at(group=columns[0]), ask("ae.overview", population(), group=columns[0])
    if not at.known("pct_high") or not of.known("N"):
        return ""
    return say(" (0 of {} {}; {} {}% to {}%)", num(of, "N"), who(), level_text(), num(at, "pct_low"),
               num(at, "pct_high"))  # fmt: skip


def _not_called_serious() -> Inline | None:
    """Events that meet a criterion of seriousness and were recorded as not serious, which counts leave out."""
    book = kit.book()
    events = book.datasets["ADAE"]
    found = not_called_serious(events).of(events.loc[events["TRTEMFL"] == "Y"])
    if found.empty:
        return None
    one, study = len(found) == 1, book.definition.study
    deaths = int((found["AEOUT"] == "FATAL").fillna(False).sum())
    deadly = "" if not deaths else ", fatal," if one else f", {in_words(deaths)} of them fatal,"
    form = "{} in {}{} {} a criterion of seriousness and {} recorded as not serious; {} not counted here (Section 9.6)."
    begun = counted(len(found), "event", "events")
    return say(form, f"In all, {begun}" if begun[:1].isdigit() else upper_first(begun),
               counted(found["USUBJID"].nunique(), study.subject, study.subjects), deadly,
               *(("meets", "was", "it is") if one else ("meet", "were", "they are")))  # fmt: skip


def adverse_events() -> Inline:
    """Treatment-emergent, serious, related, severe, leading to withdrawal; events before treatment."""
    lost = absent("AE")
    if lost is not None:
        return sentences(lost, say("Whether there were adverse events is not known ({}).", ref("ae.overview")))
    said: list[Inline | None] = [adverse_events_in_short(), _by_assignment()]
    if overview_count("EMERGENT"):
        said.append(_withdrawn())
    if overview_count("BEFORE"):
        said.append(say("Events that began before treatment were recorded in {}; they are not counted here.",
                        subjects(overview("BEFORE"))))  # fmt: skip
    return sentences(*said)


def _by_assignment() -> Inline | None:
    """The events of who received another treatment than was assigned, which count with the one received; else None.

    So a reader can tell what would be different by the treatment assigned (ICH E9, 5.2.3).
    """
    book = kit.book()
    definition, adsl = book.definition, book.datasets["ADSL"]
    one = definition.analysis_set(definition.safety_set)
    if definition.treatment_variable(one.id) != "TRT01A":
        return None
    own = adsl.loc[(adsl[one.flag] == "Y") & (adsl["TRT01P"] != adsl["TRT01A"]).fillna(False)]
    own = own.loc[own["TRT01P"].notna() & own["TRT01A"].notna()].sort_values("USUBJID")
    if own.empty:
        return None
    events = book.datasets["ADAE"]
    emergent = events.loc[(events["TRTEMFL"] == "Y") & events["USUBJID"].isin(own["USUBJID"])]
    with_any, serious = emergent["USUBJID"].nunique(), (emergent["AESER"] == "Y").fillna(False)
    who = counted(len(own), definition.study.subject, definition.study.subjects)
    names = short_ids(book)
    named = f" ({join_words(names.get(one, one) for one in own['USUBJID'])})" if len(own) <= MOST_TOLD else ""
    had = "a treatment-emergent event" if with_any == 1 else "treatment-emergent events"
    grave = serious_of(int(emergent.loc[serious, "USUBJID"].nunique()))
    form = (
        "Safety is shown by the treatment received; {}{} received another than was assigned, and of these {} had {}{}."
    )
    return say(form, who, named, in_words(with_any) if with_any else "none", had, grave)


def serious_of(count: int) -> str:
    """What follows a count of those with events: how many had serious ones."""
    return "" if not count else f", {in_words(count)} of them a serious one"


def _withdrawn() -> Inline | None:
    """How many events led to discontinuation of treatment, as far as the action that was taken is known."""
    asked = overview("WITHDRAWN")
    if is_known("WITHDRAWN"):
        if overview_count("WITHDRAWN"):
            return say("An event led to discontinuation of study treatment in {}.", subjects(asked))
        at = asked.at(group=outcome_columns(kit.book().definition)[0])
        return worded(at, "n", "No") + say(" event led to discontinuation of study treatment.")
    events = kit.book().datasets["ADAE"]
    if "AEACN" in events and events["AEACN"].notna().any():
        return None
    return say("What was done with study treatment because of an event was not recorded.")


def _left() -> Inline | None:
    """How many discontinued the study because of an adverse event, by disposition; None where that is not known."""
    book = kit.book()
    if absent("DS") is not None or not (book.results["analysis"] == "disposition").any():
        return None
    definition, asked = book.definition, left_for("ADVERSE EVENT")
    if asked is None:
        return say("No {} discontinued the study because of an adverse event.", definition.study.subject)
    # Disposition and events may stand by two treatments: the one assigned, and the one received.
    by = definition.treatment_variable(enrolled()) != definition.treatment_variable(definition.safety_set)
    form = "Because of an adverse event, the study was discontinued by {}" + (", by treatment assigned." if by else ".")
    return say(form, subjects(asked))


def is_known(kind: str) -> bool:
    """Whether the events of a kind of the overview could be told from others."""
    return overview(kind).at(group=outcome_columns(kit.book().definition)[0]).has("n")


def severe_nouns() -> tuple[str, str]:
    """What counts as severe, as one event and as several: the words of a scale of words, else a grade and higher."""
    definition = kit.book().definition
    words = severity.severe(definition)
    if words:
        return f"{words} event", f"{words} events"
    least = f"of grade {definition.adverse_events.severe_from} or higher"
    return f"event {least}", f"events {least}"


def frequent_events() -> Inline:
    """The most common preferred terms with their classes, and which of them are symptoms of the disease."""
    lost = absent("AE")
    if lost is not None:
        return sentences(lost, say("No adverse event can be shown."))
    if not overview_count("EMERGENT"):
        return say("There was no treatment-emergent adverse event to be shown ({}).", ref("ae.soc_pt"))
    shown = say("All events by system organ class and preferred term are in {}.", ref("ae.soc_pt"))
    top, least = _most_common(), f"{kit.book().definition.adverse_events.frequent_percent:g}%"
    if not top:
        none = say("No single event was reported in {} of {} or more.", least, who())
        return sentences(none, disease_terms(), shown)
    classes: dict[str, str] = _classes()
    named: set[str] = set()
    told_terms = []
    for level in top:
        term, own = split_level(level)[0], ask("ae.frequent", population(), "AEDECOD", level=level)
        of = classes.get(term, "")
        # A class is named once.
        called = f" ({lower_first(sentence(of))})" if of and of not in named else ""
        told_terms.append(say("{} in {}", f"{term_inside(term)}{called}", subjects(own)))
        named.add(of)
    several = len(told_terms) > 1
    form = "The most common events were {} ({})." if several else "The most common event was {} ({})."
    last_of, between = ("; and ", "; ") if by_group() else (" and ", ", ")
    return sentences(
        say(form, join(told_terms, last=last_of, between=between), ref("fig.ae")), disease_terms(), shown
    )  # fmt: skip


def _most_common() -> list[str]:
    """Levels of the most common terms: the first three, and those as common as the third where they are not many."""
    results, columns = kit.book().results, outcome_columns(kit.book().definition)
    frequent = results.loc[
        (results["analysis"] == "ae.frequent") & results["group"].isin(columns) & (results["statistic"] == "n")
    ]
    if frequent.empty:
        return []
    return most_common(frequent.groupby("level")["value"].sum())


def _classes() -> dict[str, str]:
    """Preferred term → system organ class, of the treatment-emergent events."""
    events = kit.book().datasets["ADAE"]
    own = events.loc[events["TRTEMFL"] == "Y", ["AEDECOD", "AEBODSYS"]].dropna().drop_duplicates("AEDECOD")
    return dict(zip(own["AEDECOD"].astype("str"), own["AEBODSYS"].astype("str"), strict=True))


def disease_terms() -> Inline | None:
    """Which events are symptoms of the disease under study, where the definition names them; None without any."""
    book = kit.book()
    classes = _classes()
    found = []
    for term in terms_there(book, book.definition.adverse_events.disease_terms):
        asked = ask("ae.soc_pt", population(), "AEDECOD", level=join_level(classes.get(term, ""), term))
        if term in classes and in_all(asked, "n"):
            found.append((term, asked))
    if not found:
        return None
    if len(found) == 1:
        return say("{}, reported in {}, is also a symptom of the disease under study.",
                   upper_first(term_inside(found[0][0])), subjects(found[0][1]))  # fmt: skip
    terms = [say("{} in {}", term_inside(term), subjects(asked)) for term, asked in found]
    last, between = ("; and ", "; ") if by_group() else (" and ", ", ")
    form = "Events that may also be the disease under study were {}."
    return say(form, join(terms, last=last, between=between))


def frequent_events_drawn() -> Block:
    """The figure of frequent events; nothing where events were not delivered."""
    return shown_if("fig.ae")


def event_analysis() -> Inline:
    """The most common related events; where severity, relationship, rates and time are shown."""
    lost = absent("AE")
    if lost is not None:
        return lost
    shown = say(
        f"Events by worst {severity.word(kit.book().definition)} are in {{}}, "
        "by relationship to treatment in {}, by action taken and outcome in {}, "
        "the time to the first event in {}, and incidence rates by time at risk in {}.",
        refs(["ae.worst", "ae.grade"]),
        ref("ae.relationship"),
        ref("ae.action"),
        ref("ae.time"),
        ref("ae.rate"),
    )
    return sentences(_related(), shown)


def _related() -> Inline | None:
    """The most common of the events that count as related; None where no term was seen in two of a group."""
    results, columns = kit.book().results, outcome_columns(kit.book().definition)
    own = results.loc[
        (results["analysis"] == "ae.relationship") & (results["variable"] == "AEDECOD") & (results["statistic"] == "n")
    ]
    own = own.loc[own["group"].isin(columns) & own["level"].notna()]
    terms = own["level"].map(lambda level: split_level(str(level)))
    own = own.loc[(terms.map(len) == 2) & (terms.map(lambda one: one[-1]) != NOT_CODED)]
    counts = own.groupby("level")["value"].sum()
    top = most_common(counts[counts > 1])
    if not top:
        return None
    told_of = [
        say("{} in {}", term_inside(split_level(level)[1]),
            subjects(ask("ae.relationship", population(), "AEDECOD", level=level)))
        for level in top
    ]  # fmt: skip
    form = f"Of the events {related_words()} to study treatment, the most common {{}} {{}}."
    last, between = ("; and ", "; ") if by_group() else (" and ", ", ")
    return say(form, "was" if len(top) == 1 else "were", join(told_of, last=last, between=between))
