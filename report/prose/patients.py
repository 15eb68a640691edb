"""Sections 10 and 11.1 to 11.3: disposition, deviations, visits, analysis sets, demographics, compliance."""

from __future__ import annotations

from report import kit
from report.kit import num
from report.prose.words import Inline, join, key, lower_first, ref, say, sentences, share, stem_of, subjects
from schemas.study import TOTAL


def _disposition(level: str, population: str, group: str = TOTAL) -> str:
    return stem_of(key("disposition", population, "USUBJID", "n", level=level, group=group))


def enrolled() -> str:
    """The analysis set of everybody assigned to treatment, or the safety set where none is defined."""
    from analysis.analyse.counting import enrolled_set

    return enrolled_set(kit.book().definition)


def disposition() -> Inline:
    """Screened, failed, treated, completed, discontinued; by treatment group."""
    book = kit.book()
    who, population = book.definition.study.subjects, enrolled()
    screened = num(_disposition("SCREENED", "ALL") + "/n")
    failed = num(_disposition("SCREEN FAILURE", "ALL") + "/n")
    assigned = num(key("disposition", population, "USUBJID", "N"))
    treated = share(_disposition("TREATED", population))
    completed = share(_disposition("COMPLETED", population))
    stopped = share(_disposition("DISCONTINUED", population))
    groups = join(
        [
            say(
                "{} at {}",
                num(key("disposition", population, "USUBJID", "N", group=g.code)),
                g.label[:1].lower() + g.label[1:],
            )
            for g in book.definition.groups
        ]
    )
    return sentences(
        say(
            "Of {} {} screened, {} failed screening and {} were enrolled: {}.", screened, who, failed, assigned, groups
        ),
        say(
            "Of those enrolled, {} were treated, {} completed the study and {} discontinued.",
            treated,
            completed,
            stopped,
        ),
    )


def _deviated(population: str) -> str:
    names = (stem_of(key("deviations", population, one, "n", level="ANY")) for one in ("DVDECOD", "DVTERM"))
    return next((name for name in names if kit.book().has(f"{name}/n")), "")


def deviations() -> Inline:
    """Subjects with any deviation, and with a major one."""
    book = kit.book()
    population = enrolled()
    stem = _deviated(population)
    if not stem or book.value(f"{stem}/n") == 0:
        return say("No protocol deviation was recorded ({}).", ref("deviations.table"))
    return say("A protocol deviation was recorded for {} ({}).", subjects(stem), ref("deviations.table"))


def visits() -> Inline:
    """Visits expected, done, in window, over all visits."""
    population = kit.book().definition.safety_set

    def row(level: str, statistic: str = "n") -> Inline:
        return num(key("visits", population, "STATUS", statistic, visit="ALL", level=level))

    return say(
        "Of {} visits expected, {} were done and {} were missed; {} ({}%) were done within the window of the protocol "
        "({}).",
        row("expected"),
        row("done"),
        row("missed"),
        row("in window"),
        row("in window", "pct"),
        ref("visits.table"),
    )


def sets_in_numbers() -> Inline:
    """N of each analysis set."""
    sizes = [
        say("{}: {}", lower_first(one.label), num(key("sets", one.id, "USUBJID", "N")))
        for one in kit.book().definition.analysis_sets
    ]
    return say(
        "The analysis sets are defined in Section 9.7.1. Their sizes are {} ({}).", join(sizes), ref("sets.table")
    )


def demographics() -> Inline:
    """Means of the continuous characteristics; the most frequent level of the categorical ones."""
    book = kit.book()
    population = book.definition.safety_set
    said = []
    for item in book.definition.characteristics:
        if item.kind == "continuous":
            mean, sd = (key("demographics", population, item.variable, s) for s in ("mean", "sd"))
            unit = f" {item.unit}" if item.unit else ""
            said.append(say("{} {} (SD {})" + unit, f"mean {lower_first(item.label)}", num(mean), num(sd)))
        else:
            stems = {
                level: stem_of(key("demographics", population, item.variable, "n", level=level))
                for level in item.levels
            }
            known = [level for level in stems if book.has(stems[level] + "/n")]
            if known:
                most = max(known, key=lambda level: book.value(stems[level] + "/n") or 0)
                words = f"{item.label}: {item.levels[most]}"
                said.append(say("{} in {}", words, subjects(stems[most])))
    if not said:
        return say("No baseline characteristic is defined for this study.")
    return say(
        "Of the {} in the safety analysis: {}.", book.definition.study.subjects, join(said, last="; and ", between="; ")
    )


def compliance() -> Inline:
    """Dose given as a percentage of the dose planned."""
    book = kit.book()
    population = book.definition.safety_set

    def full(level: str) -> str:
        return stem_of(key("exposure", population, "DOSECOMP", "n", level=level))

    said = [say("{} received the full planned dose", subjects(full("FULL")))]
    if (book.value(full("LESS") + "/n") or 0) > 0:
        lowest = num(key("exposure", population, "DOSECOMP", "min"))
        said.append(
            say("{} received less; the smallest dose given was {}% of the dose planned", share(full("LESS")), lowest)
        )
    return say("{} ({}).", join(said, last="; ", between="; "), ref("exposure.table"))
