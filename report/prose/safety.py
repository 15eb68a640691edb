"""Section 12: exposure, adverse events, serious events, dose finding.

Not here: laboratory and vital signs (`measured`), events and values one by one (`one_by_one`), the update for a
monitoring board (`documents.safety`).
"""

from __future__ import annotations

from trial_report.analysis.analyse.adverse_events.overview import not_called_serious
from trial_report.analysis.analyse.counting import NOT_CODED
from trial_report.analysis.analyse.exposure import DOSES
from trial_report.analysis.display import severity
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.event_words import term_inside
from trial_report.analysis.display.exposed import single_dose
from trial_report.analysis.display.figures._read import short_ids
from trial_report.analysis.display.listings.safety import terms_there
from trial_report.analysis.display.narratives import narratives as cases
from trial_report.analysis.display.narratives import nothing
from trial_report.analysis.display.spelling import unbroken
from trial_report.analysis.display.tables._grid import sentence
from trial_report.analysis.results.formatting import in_words, join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num, show, text
from trial_report.report.prose.columns import in_all, outcome_columns, size_columns, told
from trial_report.report.prose.patients import enrolled, left_for
from trial_report.report.prose.words import (
    MOST_TOLD,
    Block,
    Inline,
    absent,
    ask,
    counted,
    definitions,
    join,
    level_text,
    lower_first,
    made,
    most_common,
    own_words,
    paragraphs,
    people_first,
    ref,
    refs,
    reported,
    say,
    sentences,
    shown_if,
    subjects,
    upper_first,
    was_were,
    worded,
)
from trial_report.schemas.results import join_level, split_level


def _population() -> str:
    return kit.book().definition.safety_set


def _who() -> str:
    return kit.book().definition.study.subjects


def _overview(kind: str) -> Answer:
    return ask("ae.overview", _population(), level=kind)


def overview_count(kind: str) -> float:
    """How many subjects a row of the overview counts, in all columns that are told."""
    return in_all(_overview(kind), "n") if _is_known(kind) else 0


def _by_group() -> bool:
    return len(outcome_columns(kit.book().definition)) > 1


def adverse_events_in_short() -> Inline:
    """The overview in a few sentences, for the synopsis."""
    lost = absent("AE")
    if lost is not None:
        return sentences(lost, say("Whether there were adverse events is not known."))
    emergent = _overview("EMERGENT")
    said = reported(emergent, "treatment-emergent adverse event", "Treatment-emergent adverse events")
    if overview_count("EMERGENT"):

        def events(code: str, first: bool) -> Inline:
            at = emergent.at(group=code)
            noun = "event" if at.value("events") == 1 else "events"
            return num(at, "events") + (f" {noun}" if first else "")

        said = said + say("; there were {}" if _by_group() else ", with {} in all", told(events))
    kinds = {
        "RELATED": ("event related to study treatment", "events related to study treatment"),
        "SEVERE": severe_nouns(),
    }
    further = [reported(_overview(kind), *nouns) + "." for kind, nouns in kinds.items() if _is_known(kind)]
    if not _is_known("SEVERE"):
        further.append(say("The severity of events was not recorded."))
    return sentences(_died(), said + ".", serious_in_short(), *(further if overview_count("EMERGENT") else ()), _left())


def _died() -> Inline | None:
    """How many died, where anybody did: the first that is told of safety."""
    died = ask("ae.deaths", _population(), "DTHFL", level="ANY")
    return say("{} died.", people_first(died)) if in_all(died, "n") else None


def serious_in_short() -> Inline:
    """Serious events in a sentence, right for none, one, some and all; and what was not called so though it was."""
    if not _is_known("SERIOUS"):
        return say("Whether an event was serious was not recorded.")
    told_of = reported(_overview("SERIOUS"), "serious adverse event", "serious adverse events") + "."
    return sentences(told_of, _not_called_serious())


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
                        subjects(_overview("BEFORE"))))  # fmt: skip
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
    asked = _overview("WITHDRAWN")
    if _is_known("WITHDRAWN"):
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


def _is_known(kind: str) -> bool:
    """Whether the events of a kind of the overview could be told from others."""
    return _overview(kind).at(group=outcome_columns(kit.book().definition)[0]).has("n")


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
        none = say("No single event was reported in {} of {} or more.", least, _who())
        return sentences(none, disease_terms(), shown)
    classes: dict[str, str] = _classes()
    named: set[str] = set()
    told_terms = []
    for level in top:
        term, own = split_level(level)[0], ask("ae.frequent", _population(), "AEDECOD", level=level)
        of = classes.get(term, "")
        # A class is named once.
        called = f" ({lower_first(sentence(of))})" if of and of not in named else ""
        told_terms.append(say("{} in {}", f"{term_inside(term)}{called}", subjects(own)))
        named.add(of)
    several = len(told_terms) > 1
    form = "The most common events were {} ({})." if several else "The most common event was {} ({})."
    last_of, between = ("; and ", "; ") if _by_group() else (" and ", ", ")
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
        asked = ask("ae.soc_pt", _population(), "AEDECOD", level=join_level(classes.get(term, ""), term))
        if term in classes and in_all(asked, "n"):
            found.append((term, asked))
    if not found:
        return None
    if len(found) == 1:
        return say("{}, reported in {}, is also a symptom of the disease under study.",
                   upper_first(term_inside(found[0][0])), subjects(found[0][1]))  # fmt: skip
    terms = [say("{} (in {})", term_inside(term), subjects(asked)) for term, asked in found]
    return say("These events are also symptoms of the disease under study: {}.", join(terms, last="; ", between="; "))


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
            subjects(ask("ae.relationship", _population(), "AEDECOD", level=level)))
        for level in top
    ]  # fmt: skip
    form = "Of the events related to study treatment, the most common {} {}."
    last, between = ("; and ", "; ") if _by_group() else (" and ", ", ")
    return say(form, "was" if len(top) == 1 else "were", join(told_of, last=last, between=between))


def serious_events() -> Inline:
    """Deaths and serious events; with the tables and the listing that show them, right also when empty."""
    deaths = ask("ae.deaths", _population(), "DTHFL", level="ANY")
    if not in_all(deaths, "n"):
        died = people_first(deaths) + say(" died.")
    elif _by_group():
        died = say("Deaths were recorded for {}.", subjects(deaths))
    else:
        died = people_first(deaths) + say(" died.")
    lost = absent("AE")
    if lost is not None:
        return sentences(died, lost, say("Deaths are in {}.", ref("ae.deaths")))
    shown = say(
        "{} summarize deaths and serious adverse events; {} lists them.",
        refs(["ae.deaths", "ae.serious"]),
        ref("lst.sae"),
    )
    if not in_all(deaths, "n") and not overview_count("SERIOUS"):
        shown = say("See {}.", refs(["ae.deaths", "ae.serious"]))
    return sentences(died, serious_in_short(), shown)


def dose_finding_in_short() -> Inline:
    """DLTs and MTD in a sentence; empty in a study without escalation."""
    book = kit.book()
    rule = book.definition.escalation
    if rule is None:
        return text("")
    evaluable = next((one.id for one in book.definition.analysis_sets if one.criteria.dlt_evaluable), None)
    # Without a set of those evaluable, the rates of the escalation's own levels say the same.
    asked = ask("ae.dlt", evaluable, "DLTEVFL", level="ANY") if evaluable else ask("esc.level", _population(), "NDLT")
    size = "N" if evaluable else "evaluable"

    def one(code: str, first: bool) -> Inline:
        at = asked.at(group=code)
        counted = say("{} of {}" + (f" evaluable {_who()}" if first else ""), num(at, "n"), num(at, size))
        if not at.known("pct_low"):
            return counted
        return say("{} ({} {}% to {}%)", counted, level_text(), num(at, "pct_low"), num(at, "pct_high"))

    named = next((g.label for g in book.definition.groups if g.code == rule.recommended), None)
    return sentences(
        say("Dose-limiting toxicities: {}.", told(one)),
        _mtd(),
        say("The recommended dose is {}.", named) if named else None,
    )


def _mtd() -> Inline:
    """The maximum tolerated dose by the rule; where no dose was too toxic it was not reached."""
    book = kit.book()
    results = book.results
    found = results.loc[(results["analysis"] == "esc.mtd") & (results["statistic"] == "mtd") & results["level"].isna()]
    name, code = num(str(found.index[0])), found["text"].iloc[0]
    if not isinstance(code, str):
        return say("A maximum tolerated dose was not determined.")
    asked = ask("esc.level", _population(), "NDLT")
    tested = [g for g in book.definition.groups if asked.at(group=g.code).value("evaluable")]
    at = next((asked.at(group=g.code) for g in tested if g.code == code), None)
    if at is None:
        return say("The maximum tolerated dose by the rule was {}.", name)
    seen = say("{} of {} evaluable {}; {} {}% to {}%", num(at, "n"), num(at, "evaluable"), _who(), level_text(),
               num(at, "pct_low"), num(at, "pct_high"))  # fmt: skip
    if tested[-1].code == code:
        form = "No dose was too toxic: the maximum tolerated dose was not reached; the highest dose tested is {} ({})."
        return say(form, name, seen)
    return say("The maximum tolerated dose by the rule was {} ({}).", name, seen)


def _escalated() -> Inline:
    """What was planned, and what came of it: levels, cohorts, who was in them."""
    definition = kit.book().definition
    levels = ask("esc.level", _population(), "NDLT")
    opened = [g for g in definition.groups if levels.at(group=g.code).has("N") and levels.at(group=g.code).value("N")]
    cohorts = ask("esc.cohort", _population(), "COHORT")
    planned = counted(len(definition.groups), "dose level was planned", "dose levels were planned")
    if not cohorts.has("cohorts"):
        return say("{}.", upper_first(planned))
    return say("{}, and {} {} opened: {} {} were treated in {} cohorts.", upper_first(planned), in_words(len(opened)),
               was_were(len(opened)), num(cohorts, "N"), _who(), num(cohorts, "cohorts"))  # fmt: skip


def dose_finding() -> Block:
    """The escalation cohort by cohort, DLT rates, the MTD and the rule's operating characteristics."""
    book = kit.book()
    if book.definition.escalation is None:
        return paragraphs(say("Not applicable: no doses were escalated in this study."))
    drawn = made("esc.oc", "fig.oc")
    words = sentences(
        _escalated(),
        dose_finding_in_short(),
        say(
            "{} shows the decision after each cohort, {} the rate of dose-limiting toxicities by dose level.",
            ref("esc.cohorts"),
            refs([*made("ae.dlt"), "esc.levels"]),
        ),
        say("The operating characteristics of the design, by exact enumeration, are in {}.", refs(drawn))
        if drawn
        else None,
    )
    return paragraphs(words) + shown_if("fig.escalation") + show("esc.cohorts")


def narratives() -> Block:
    """A case a death, serious event, dose-limiting toxicity or event of special interest; one sentence for none."""
    book = kit.book()
    found, lost = cases(book), absent("AE")
    if not found:
        return paragraphs(own_words(nothing(book)))
    whole = paragraphs(lost) if lost is not None else Block("", "")
    for case in found:
        first, *rest = case.paragraphs
        whole = whole + definitions([(case.title, text(unbroken(first)))])
        whole = whole + paragraphs(*(text(unbroken(one)) for one in rest))
    return whole


def exposure() -> Inline:
    """Dose given and follow-up."""
    book = kit.book()
    definition, population = book.definition, _population()
    followed = ask("exposure", population, "FUPDUR")
    years = followed.at(level="YEARS")
    treated, who, shown = ask("sets", population), definition.study.subjects, ref("exposure.table")

    def each(code: str, first: bool) -> Inline:
        at = followed.at(group=code)
        form = "{} days (range {} to {})" if first else "{} ({} to {})"
        return say(form, num(at, "median"), num(at, "min"), num(at, "max"))

    def each_years(code: str, first: bool) -> Inline:
        return num(years.at(group=code), "sum") + (" patient-years" if first else "")

    def each_treated(code: str, first: bool) -> Inline:
        return num(treated.at(group=code), "N") + (f" {who}" if first else "")

    dosed = _treated_for(population)
    if _by_group():
        columns = size_columns(definition)
        said = sentences(
            say("In all, {} {} were treated.", num(treated.at(group=columns[0]), "N"), who)
            if len(columns) == 1
            else say("Treated were {}.", told(each_treated)),
            dosed,
            say("The median follow-up from first dose was {}, in total {} ({}).", told(each), told(each_years), shown),
        )  # fmt: skip
    else:
        code = outcome_columns(definition)[0]
        at = followed.at(group=code)
        begun = say("In all, {} {} were treated.", num(treated.at(group=code), "N"), who)
        lasted = say(
            "The median follow-up from first dose was {} days (range {} to {}), in total {} patient-years ({}).",
            num(at, "median"), num(at, "min"), num(at, "max"),
            num(years.at(group=code), "sum"), shown,
        )  # fmt: skip
        said = sentences(begun, dosed, lasted)
    drawn = made("fig.swimmer", "fig.swimmer.")
    seen = say("{} {} treatment, visits and adverse events of each {}.", refs(drawn),
               "shows" if len(drawn) == 1 else "show", definition.study.subject) if drawn else None  # fmt: skip
    return sentences(said, seen)


def _treated_for(population: str) -> Inline | None:
    """That everybody was given one dose, or how long treatment lasted; None where neither is known."""
    book = kit.book()
    if not any(name in book.domains for name in DOSES):
        return say("The domain {} was not delivered, so that doses and duration of treatment are not known.", "EX")
    if single_dose(book):
        return say("Each {} was given a single dose.", book.definition.study.subject)
    lasted = ask("exposure", population, "TRTDURD")
    columns = outcome_columns(book.definition)
    if not all(lasted.at(group=code).known("median") for code in columns):
        return None

    def each(code: str, first: bool) -> Inline:
        at = lasted.at(group=code)
        form = "{} days (range {} to {})" if first else "{} ({} to {})"
        return say(form, num(at, "median"), num(at, "min"), num(at, "max"))

    return say("The median duration of treatment, from first to last dose, was {}.", told(each))
