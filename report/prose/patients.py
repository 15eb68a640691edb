"""Sections 10 and 11.1 to 11.3: disposition, deviations, visits, analysis sets, demographics, compliance.

Not here: exposure and what happened to patients (`safety`), and the plan (`plan`).
"""

from __future__ import annotations

from trial_report.analysis.analyse.counting import NOT_CODED
from trial_report.analysis.analyse.describing import MISSING
from trial_report.analysis.analyse.exclusions import exclusion_reasons
from trial_report.analysis.analyse.exposure import DOSES
from trial_report.analysis.derive.dates import whole_date
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.at_time import UNCODED, named_inside
from trial_report.analysis.display.exposed import single_dose
from trial_report.analysis.display.figures._read import short_ids
from trial_report.analysis.display.tables._grid import inside, sentence
from trial_report.analysis.results.formatting import in_words, join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.prose.columns import group_name, in_all, numbers, outcome_columns, size_columns, told
from trial_report.report.prose.words import (
    Block,
    Inline,
    absent,
    ask,
    join,
    lower_first,
    made,
    most_common,
    ref,
    refs,
    say,
    sentences,
    share,
    shown_if,
    subjects,
    upper_first,
    was_were,
    worded,
)
from trial_report.schemas.results import join_level, split_level
from trial_report.schemas.study import TOTAL

DEVIATED = ("PROTOCOL DEVIATION", "PROTOCOL VIOLATION")
"""How a code list of reasons calls a deviation (NCOMPLT; the second in its older versions)."""
MOST_NAMED = 5
"""Of how many subjects outside an analysis set each is named."""


def _disposition(level: str, population: str, group: str = TOTAL) -> Answer:
    return ask("disposition", population, level=level, group=group)


def enrolled() -> str:
    """The analysis set of everybody assigned to treatment, or the safety set where none is defined."""
    from trial_report.analysis.analyse.counting import enrolled_set

    return enrolled_set(kit.book().definition)


def disposition() -> Inline:
    """Screened, failed, treated, completed, discontinued with the main reason; by treatment group."""
    listed = say("{} lists those who discontinued, and {} the screen failures.", ref("lst.discontinued"),
                 ref("lst.screening"))  # fmt: skip
    if absent("DS") is not None:
        return disposition_in_short()
    return sentences(disposition_in_short(), _milestones(enrolled()), listed)


def disposition_in_short() -> Inline:
    """The same without what points to other places: milestones and listings."""
    book = kit.book()
    who, population = book.definition.study.subjects, enrolled()
    screened = num(_disposition("SCREENED", "ALL"), "n")
    failures = _disposition("SCREEN FAILURE", "ALL")
    failed = num(failures, "n") if failures.value("n") else worded(failures, "n", "none")
    columns, groups = size_columns(book.definition), book.definition.groups
    assigned = ask("disposition", population)
    by_group = join(
        [say("{}, n\u00a0=\u00a0{}", g.label, num(assigned.at(group=g.code), "N")) for g in groups],
        last="; ",
        between="; ",
    )
    if len(columns) > 1:
        begun = say("Of {} {} screened, {} failed screening. Enrolled were: {}.", screened, who, failed, by_group)
    elif len(groups) > 1:
        begun = say("Of {} {} screened, {} failed screening and {} were enrolled ({}).", screened, who, failed,
                    num(assigned.at(group=columns[0]), "N"), by_group)  # fmt: skip
    else:
        begun = say("Of {} {} screened, {} failed screening and {} were enrolled.", screened, who, failed,
                    num(assigned.at(group=columns[0]), "N"))  # fmt: skip
    lost = absent("DS")
    treated = _disposition("TREATED", population)
    if lost is not None:
        return sentences(begun, say("Of those enrolled, {} {} treated.", subjects(treated), _were(treated)), lost,
                         say("How participation ended is not known."))  # fmt: skip
    states = [_disposition(state, population) for state in ("COMPLETED", "DISCONTINUED")]
    if len(outcome_columns(book.definition)) > 1:
        form = "Of those enrolled, {} {} treated; {} completed the study; {} discontinued."
        ended = say(form, subjects(treated), _were(treated), *map(subjects, states))
    else:
        form = "Of those enrolled, {} {} treated, {} completed the study and {} discontinued."
        ended = say(form, share(treated), _were(treated), *map(share, states))
    return sentences(begun, ended, _main_reason(population))


def _were(asked: Answer) -> str:
    """The verb of a count in all columns that are told."""
    return was_were(in_all(asked, "n"))


def _milestones(population: str) -> Inline | None:
    """How many had the visit of each milestone, and how many discontinued before; None without milestones."""
    said = []
    for one in kit.book().definition.disposition.milestones:
        counts = [
            ask("disposition.milestone", population, visit=one.visit, level=level)
            for level in ("COMPLETED", "DISCONTINUED")
        ]
        if not counts[0].at(group=outcome_columns(kit.book().definition)[0]).has("n"):
            return None
        said.append(say("{}: completed by {}, discontinued before by {}", one.label, *map(subjects, counts)))
    if not said:
        return None
    return say("By milestone ({}): {}.", ref("disposition.milestones"), join(said, last="; ", between="; "))


def _main_reason(population: str) -> Inline | None:
    """The most frequent reason of discontinuation, where one is more frequent than all others."""
    results = kit.book().results
    here = (results["analysis"] == "disposition") & (results["population"] == population)
    levels = dict.fromkeys(results.loc[here & (results["variable"] == "DCSREAS"), "level"].dropna())
    reasons = {one: ask("disposition", population, "DCSREAS", level=one) for one in levels}
    counts = sorted(((in_all(asked, "n"), one) for one, asked in reasons.items()), reverse=True)
    if len(counts) == 1 and counts[0][0]:
        only = lower_first(sentence(split_level(counts[0][1])[0]))
        return say("The reason for discontinuation was {}.", only)
    if len(counts) < 2 or counts[0][0] == counts[1][0]:
        return None
    reason = counts[0][1]
    said = sentence(split_level(reason)[0])
    return say(
        "The most frequent reason for discontinuation was {}, in {}.", lower_first(said), subjects(reasons[reason])
    )


def _deviated(population: str) -> Answer | None:
    found = (ask("deviations", population, one, level="ANY") for one in ("DVDECOD", "DVTERM"))
    columns = outcome_columns(kit.book().definition)
    return next((one for one in found if one.at(group=columns[0]).has("n")), None)


def deviations() -> Inline:
    """Subjects with any deviation, and with a major one."""
    population = enrolled()
    deviated = _deviated(population)
    lost = absent("DV")
    if lost is not None:
        other = _left_for_deviation()
        form = "Whether there were {}protocol deviations is not known ({})."
        return sentences(lost, other, say(form, "other " if other else "", ref("deviations.table")))
    if deviated is None or in_all(deviated, "n") == 0:
        return say("No protocol deviation was recorded ({}).", ref("deviations.table"))
    major = deviated.at(level="MAJOR")
    known = major.at(group=outcome_columns(kit.book().definition)[0]).has("n")
    severe = say(", a major one for {}", subjects(major)) if known else ""
    return sentences(
        say("A protocol deviation was recorded for {}{} ({}).", subjects(deviated), severe, ref("deviations.table")),
        _visits_among_deviations(),
        say("{} lists the deviations.", ref("lst.deviations")),
    )


def _visits_among_deviations() -> Inline | None:
    """How the visits outside their window stand among the deviations: by category, as recorded on the day of the visit.

    Else a reader counts both and finds another number.
    """
    book = kit.book()
    visits, deviations = book.datasets["ADVISIT"], book.domains["DV"]
    flag = book.definition.analysis_set(book.definition.safety_set).flag
    treated = book.datasets["ADSL"].loc[book.datasets["ADSL"][flag] == "Y", "USUBJID"]
    outside = visits.loc[visits["STATUS"].isin(("early", "late")) & visits["USUBJID"].isin(treated)]
    if outside.empty or "DVSTDTC" not in deviations or len(size_columns(book.definition)) > 1:
        return None
    days = deviations.assign(SVDT=whole_date(deviations["DVSTDTC"]))[["USUBJID", "SVDT", "DVDECOD"]]
    both = outside[["USUBJID", "AVISIT", "SVDT"]].merge(days, on=["USUBJID", "SVDT"])
    both = both.drop_duplicates(["USUBJID", "AVISIT", "DVDECOD"])
    many, found = len(outside), both[["USUBJID", "AVISIT"]].drop_duplicates().shape[0]
    visit = "visit" if many == 1 else "visits"
    if not found:
        return say("No deviation is recorded on the day of the {} {} outside the window.", in_words(many), visit)
    counts = both["DVDECOD"].fillna("not coded").value_counts()
    each = join_words([f"{inside(str(name))} ({in_words(int(n))})" for name, n in counts.items()])
    if found == many:
        begun = "The visit" if many == 1 else f"Each of the {in_words(many)} visits"
        return say("{} outside the window is among the deviations, as {}.", begun, each)
    return say("Of the {} {} outside the window, {} {} among the deviations, as {}.", in_words(many), visit,
               in_words(found), "is" if found == 1 else "are", each)  # fmt: skip


def left_for(*reasons: str) -> Answer | None:
    """What the results say of who discontinued for the first of these reasons, in capitals; None where nobody did."""
    results = kit.book().results
    own = (results["analysis"] == "disposition") & (results["variable"] == "DCSREAS")
    levels = results.loc[own & (results["population"] == enrolled()), "level"].dropna().unique()
    level = next((str(one) for one in levels if split_level(str(one))[0].upper() in reasons), None)
    return None if level is None else ask("disposition", enrolled(), "DCSREAS", level=level)


def _left_for_deviation() -> Inline | None:
    """How many discontinued because of a protocol deviation, by disposition; None where nobody did."""
    asked = left_for(*DEVIATED)
    if asked is None:
        return None
    return say("Because of a protocol deviation, the study was discontinued by {}.", subjects(asked))


def visits() -> Inline:
    """Visits expected, done, in window, over all visits."""
    columns = size_columns(kit.book().definition)
    population = kit.book().definition.safety_set
    if not ask("visits", population, "STATUS", visit="ALL", level="expected", group=columns[0]).has("n"):
        return sentences(absent("SV"), say("Visits cannot be counted ({}).", ref("visits.table")))
    named = len(columns) > 1
    said = [_visits_of(code, f"With {group_name(code)}, of" if named else "Of") for code in columns]
    shown = say("All visits are in {}.", ref("visits.table")) if named else None
    return sentences(*said, shown, say("{} lists the visits that were missed or outside their window.",
                                       ref("lst.visits")))  # fmt: skip


def _visits_of(code: str, begun: str) -> Inline:
    population = kit.book().definition.safety_set

    def of(status: str) -> Answer:
        return ask("visits", population, "STATUS", visit="ALL", level=status, group=code)

    expected, missed, in_window = of("expected"), of("missed"), of("in window")
    if not expected.value("n"):
        return say(begun + " {} visits expected, none could be missed.", num(expected, "n"))
    count = missed.value("n")
    said = num(missed, "n") if count else worded(missed, "n", "none")
    left_out = say("{} {} missed", said, was_were(count))
    parts = num(expected, "n"), num(of("done"), "n"), left_out, num(in_window, "n"), num(in_window, "pct")
    form = begun + " {} visits expected, {} were performed and {}; {} ({}%) took place within their window"
    if len(size_columns(kit.book().definition)) > 1:
        return say(form + ".", *parts)
    return say(form + " ({}).", *parts, ref("visits.table"))


def sets_in_numbers() -> Inline:
    """N of each analysis set."""
    definition = kit.book().definition
    who, columns = definition.study.subjects, size_columns(definition)
    sizes = []
    for place, one in enumerate(definition.analysis_sets):
        size = numbers(ask("sets", one.id), "N", columns)
        noun = "" if place else f" {who}"
        if len(columns) == 1:
            sizes.append(say("{}{} in the {}", size, noun, lower_first(one.label)))
        else:
            sizes.append(say("in the {}, {}", lower_first(one.label), size))
    if len(columns) == 1:
        said = say("There were {} ({}).", join(sizes), ref("sets.table"))
    else:
        said = say("The numbers of {} were: {} ({}).", who, join(sizes, "; ", "; "), ref("sets.table"))
    flags = [one.flag for one in definition.analysis_sets]
    adsl = kit.book().datasets["ADSL"]
    people = adsl.loc[adsl[definition.analysis_set(enrolled()).flag] == "Y", flags]
    if not (people != "Y").any(axis=None):
        return sentences(said, _other_treatment(), say("Nobody enrolled was excluded from a set."))
    listed = say("{} lists who was excluded and why.", ref("lst.excluded"))
    return sentences(said, _other_treatment(), _named_exclusions(), listed)


def _other_treatment() -> Inline | None:
    """How many of a set analysed by the treatment received stand in another group than that of their assignment."""
    book = kit.book()
    definition, adsl = book.definition, book.datasets["ADSL"]
    name = {group.code: group_name(group.code) for group in definition.groups}
    for one in definition.analysis_sets:
        if definition.treatment_variable(one.id) != "TRT01A":
            continue
        own = adsl.loc[(adsl[one.flag] == "Y") & adsl["TRT01P"].notna() & adsl["TRT01A"].notna()]
        moved = own.loc[own["TRT01P"] != own["TRT01A"]].groupby(["TRT01P", "TRT01A"]).size()
        if moved.empty:
            continue
        counts = moved.reset_index(name="n").astype({"TRT01P": "str", "TRT01A": "str", "n": "int64"})
        words = [
            f"{in_words(n)} assigned to {name.get(planned, planned)} with {name.get(actual, actual)}"
            for planned, actual, n in zip(counts["TRT01P"], counts["TRT01A"], counts["n"], strict=True)
        ]
        form = "In the {}, analysed by the treatment received, {} counted with another group than assigned: {}."
        whole = int(moved.sum())
        who = f"{in_words(whole)} {definition.study.subject if whole == 1 else definition.study.subjects} "
        return say(form, lower_first(one.label), who + was_were(whole), join_words(words))
    return None


def _named_exclusions() -> Inline | None:
    """Who is not in a set that only few of the enrolled are not in, each by name with the reason."""
    book = kit.book()
    adsl = book.datasets["ADSL"]
    names, whole = short_ids(book), book.definition.analysis_set(enrolled())
    people = adsl.loc[adsl[whole.flag] == "Y"]
    said = []
    for one in book.definition.analysis_sets:
        outside = people[one.flag] != "Y"
        # Who belongs to another phase is not left out of a set, and of a set of few many are.
        if one.criteria.phase or not 0 < outside.sum() <= MOST_NAMED:
            continue
        reasons = exclusion_reasons(book.definition, people, book.domains, one.id)
        each = [
            f"{names.get(subject, subject)} ({lower_first(reason)})"
            for subject, reason in zip(people.loc[outside, "USUBJID"], reasons[outside], strict=True)
        ]
        verb = "is" if len(each) == 1 else "are"
        words = book.definition.study.subject if len(each) == 1 else book.definition.study.subjects
        form = "{} {} {} not in the {}."
        said.append(say(form, upper_first(words), join_words(each), verb, lower_first(one.label)))
    return sentences(*said) if said else None


def demographics() -> Inline:
    """Means of the continuous characteristics; the most frequent level of the categorical ones."""
    book = kit.book()
    population = book.definition.safety_set
    means, most = [], []
    for item in book.definition.characteristics:
        if item.kind == "continuous":
            asked = ask("demographics", population, item.variable)
            unit = f" {item.unit_text}" if item.unit else ""

            def one(code: str, first: bool, asked: Answer = asked, unit: str = unit) -> Inline:
                at = asked.at(group=code)
                return say("{}" + (unit if first else "") + (" (SD {})" if first else " ({})"), num(at, "mean"),
                           num(at, "sd"))  # fmt: skip

            means.append(say("{} was {}", f"the mean {lower_first(item.label)}", told(one)))
        else:
            counts = {
                level: ask("demographics", population, item.variable, level=join_level(level))
                for level in item.levels
                if level.casefold() != MISSING.casefold()
            }
            if counts:
                largest = max(counts, key=lambda level: in_all(counts[level], "n"))
                level = item.levels[largest]
                # Levels may be names of peoples and places; those of sex are not.
                words = f"{lower_first(item.label)} {lower_first(level) if item.variable == 'SEX' else level}"
                most.append(say("{} in {}", words, subjects(counts[largest])))
    if not means and not most:
        return say("No baseline characteristic is defined for this study.")
    shown = refs(made("demographics.", "disease."))
    between = "; " if len(outcome_columns(book.definition)) > 1 else ", "
    return sentences(
        say(
            "In the {}, {}.",
            lower_first(book.definition.analysis_set(population).label),
            join(means, last=f"{between.strip() if between == '; ' else ''} and ", between=between),
        )
        if means
        else None,
        say("By category: {}.", join(most, last="; ", between="; ")) if most and not made("baseline.short") else None,
        say("{} gives the main characteristics.", ref("baseline.short")) if made("baseline.short") else None,
        say("All characteristics are in {}.", shown),
    )


def history_and_medication() -> Inline:
    """Who had a history and took medicines, and the most common of them; what was not delivered is said."""
    return sentences(
        _taken_or_had("mh", "MH", "Medical history was recorded for {} ({}).", "The most common terms were {}.",
                      "The most common term was {}."),
        _taken_or_had("cm.prior", "CM", "Medication that began before the first dose was recorded for {} ({}).",
                      "The most common classes were {}.", "The most common class was {}."),
        _taken_or_had("cm.concomitant", "CM", "Concomitant medication was recorded for {} ({}).",
                      "The most common classes were {}.", "The most common class was {}."),
    )  # fmt: skip


def _taken_or_had(analysis: str, domain: str, lead: str, several: str, single: str) -> Inline | None:
    """A sentence of how many, and one of the most common: terms of the history, classes of medication if coded."""
    book = kit.book()
    lost = absent(domain)
    if lost is not None:
        return lost if analysis != "cm.prior" else None
    results, population = book.results, book.definition.safety_set
    own = results.loc[(results["analysis"] == analysis) & (results["population"] == population)]
    own = own.loc[own["group"].isin(outcome_columns(book.definition)) & (own["statistic"] == "n")]
    variable = str(own["variable"].iloc[0]) if len(own) else ""
    anybody = ask(analysis, population, variable, level="ANY")
    if not len(own) or not in_all(anybody, "n"):
        return say("No medical history was recorded.") if analysis == "mh" else None
    parts = own["level"].map(lambda level: split_level(str(level)))
    depth, last_part = parts.map(len), parts.map(lambda names: str(names[-1]).upper())
    named = ~last_part.isin(["ANY", NOT_CODED.upper(), *UNCODED])
    of_class = (depth == 1) & named
    coded = analysis != "mh" and bool(of_class.any())
    chosen = own.loc[of_class if coded else (depth == 2) & named]
    if analysis != "mh" and not coded:
        several, single = several.replace("classes", "medicines"), single.replace("class", "medicine")
    top = most_common(chosen.groupby("level")["value"].sum())
    names = [split_level(level)[-1] for level in top]
    apart = len(outcome_columns(book.definition)) > 1 or any("," in name for name in names)
    told_of = [say("{} in {}", named_inside(split_level(level)[-1]), subjects(ask(analysis, population, variable,
               level=level))) for level in top]  # fmt: skip
    last, between = ("; and ", "; ") if apart else (" and ", ", ")
    listed = say(several if len(top) > 1 else single, join(told_of, last=last, between=between)) if top else None
    return sentences(say(lead, subjects(anybody), ref(f"{analysis}.table")), listed)


def baseline_in_short() -> Block:
    """The characteristics in few rows; nothing in a study that defines none."""
    return shown_if("baseline.short")


def compliance() -> Inline:
    """Dose given as a percentage of the dose planned; said only of groups for which that exists."""
    book = kit.book()
    population, shown = book.definition.safety_set, ref("exposure.table")
    lost = absent("EX")
    if lost is not None and not any(name in book.domains for name in DOSES):
        return sentences(lost, say("Compliance was not calculated ({}).", shown))

    def given(level: str) -> Answer:
        return ask("exposure", population, "DOSECOMP", level=level)

    columns = outcome_columns(book.definition)
    there = given("UNKNOWN").at(group=columns[0]).has("n")
    unknown_of = {c: given("UNKNOWN").at(group=c) for c in columns}
    known = [c for c in columns if there and unknown_of[c].value("n") != _size(population, c)]
    if not known:
        return say(
            "Compliance was not calculated: there is no planned dose to compare the dose given with ({}).", shown
        )
    full = subjects(given("FULL"), columns=known)
    # Compared with what was recorded, everybody who took anything is near to the plan.
    recorded_alone = not any(group.plan for group in book.definition.groups) and not single_dose(book)
    form = "Of the administrations recorded, the full planned dose was given to {}"
    said = [say(form if recorded_alone else "The full planned dose was given to {}", full)]
    less = in_all(given("LESS"), "n", known)
    if less:
        lowest = ask("exposure", population, "DOSECOMP")
        if len(known) == 1:
            smallest = num(lowest.at(group=known[0]), "min")
            form = "; {} received less, {}% of it" if less == 1 else "; {} received less, the least {}% of it"
            said.append(say(form, subjects(given("LESS"), columns=known), smallest))
        else:
            said.append(say("; less was given to {}", subjects(given("LESS"), columns=known)))
    if in_all(given("MORE"), "n", known) > 0:
        said.append(say("; more was given to {}", subjects(given("MORE"), columns=known)))
    unknown = [group_name(c) for c in columns if c not in known]
    without = say("For {} it cannot be calculated.", join(unknown)) if unknown else None
    reference = say("Compliance is defined in Section 9.7.1.2.")
    return sentences(join(said, last="", between="") + say(" ({}).", shown), without, reference)


def _size(population: str, code: str) -> float | None:
    return ask("exposure", population, group=code).value("N")
