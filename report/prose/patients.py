"""Sections 10 and 11.1 to 11.3: disposition, deviations, visits, analysis sets, demographics, compliance."""

from __future__ import annotations

from report import kit
from report.kit import num
from report.prose.words import Inline, join, key, lower_first, ref, say, sentences, share, stem_of, subjects, worded
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
    name = _disposition("SCREEN FAILURE", "ALL") + "/n"
    failed = worded(name, "none") if not book.value(name) else num(name)
    assigned = num(key("disposition", population, "USUBJID", "N"))
    treated = share(_disposition("TREATED", population))
    completed = share(_disposition("COMPLETED", population))
    stopped = share(_disposition("DISCONTINUED", population))
    groups = join(
        [
            say("{}, n\u00a0=\u00a0{}", g.label, num(key("disposition", population, "USUBJID", "N", group=g.code)))
            for g in book.definition.groups
        ],
        last="; ",
        between="; ",
    )
    return sentences(
        say(
            "Of {} {} screened, {} failed screening and {} were enrolled ({}).",
            screened,
            who,
            failed,
            assigned,
            groups,
        ),
        say(
            "Of those enrolled, {} were treated, {} completed the study and {} discontinued.",
            treated,
            completed,
            stopped,
        ),
        say("{} lists those who discontinued, and {} the screen failures.", ref("lst.discontinued"),
            ref("lst.screening")),
    )  # fmt: skip


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
    major = f"{stem_of(stem)}/MAJOR"
    severe = say(", a major one for {}", subjects(major)) if book.has(f"{major}/n") else ""
    return sentences(
        say("A protocol deviation was recorded for {}{} ({}).", subjects(stem), severe, ref("deviations.table")),
        say("{} lists the deviations.", ref("lst.deviations")),
    )


def visits() -> Inline:
    """Visits expected, done, in window, over all visits."""
    population = kit.book().definition.safety_set

    def row(level: str, statistic: str = "n") -> Inline:
        return num(key("visits", population, "STATUS", statistic, visit="ALL", level=level))

    missed = key("visits", population, "STATUS", "n", visit="ALL", level="missed")
    count = kit.book().value(missed)
    left_out = say(
        "{} {} missed", num(missed) if count else worded(missed, "none"), "was" if count in (0, 1) else "were"
    )
    return sentences(
        say("Of {} visits expected, {} were performed and {}; {} ({}%) took place within the protocol window ({}).",
            row("expected"), row("done"), left_out, row("in window"), row("in window", "pct"), ref("visits.table")),
        say("{} lists the visits that were missed or outside their window.", ref("lst.visits")),
    )  # fmt: skip


def sets_in_numbers() -> Inline:
    """N of each analysis set."""
    who = kit.book().definition.study.subjects
    sizes = [
        say(
            "{}{} in the {}",
            num(key("sets", one.id, "USUBJID", "N")),
            "" if place else f" {who}",
            lower_first(one.label),
        )
        for place, one in enumerate(kit.book().definition.analysis_sets)
    ]
    return say("There were {} ({}). {} lists who was excluded and why.", join(sizes), ref("sets.table"),
               ref("lst.excluded"))  # fmt: skip


def demographics() -> Inline:
    """Means of the continuous characteristics; the most frequent level of the categorical ones."""
    book = kit.book()
    population = book.definition.safety_set
    means, most = [], []
    for item in book.definition.characteristics:
        if item.kind == "continuous":
            mean, sd = (key("demographics", population, item.variable, s) for s in ("mean", "sd"))
            unit = f" {item.unit_text}" if item.unit else ""
            means.append(say("{} {}" + unit + " ({})", item.label, num(mean), num(sd)))
        else:
            stems = {
                level: stem_of(key("demographics", population, item.variable, "n", level=level))
                for level in item.levels
            }
            known = [level for level in stems if book.has(stems[level] + "/n")]
            if known:
                largest = max(known, key=lambda level: book.value(stems[level] + "/n") or 0)
                words = f"{item.label} “{item.levels[largest]}”"
                most.append(say("{} in {}", words, subjects(stems[largest])))
    if not means and not most:
        return say("No baseline characteristic is defined for this study.")
    return sentences(
        say(
            "Means (SD) in the {}: {}.",
            lower_first(book.definition.analysis_set(population).label),
            join(means, last="; ", between="; "),
        )
        if means
        else None,
        say("The most frequent categories were: {}.", join(most, last="; ", between="; ")) if most else None,
    )


def compliance() -> Inline:
    """Dose given as a percentage of the dose planned."""
    book = kit.book()
    population = book.definition.safety_set

    def full(level: str) -> str:
        return stem_of(key("exposure", population, "DOSECOMP", "n", level=level))

    said = [say("The full planned dose was given to {}", subjects(full("FULL")))]
    if (book.value(full("LESS") + "/n") or 0) > 0:
        lowest = num(key("exposure", population, "DOSECOMP", "min"))
        said.append(
            say("{} received less; the smallest dose given was {}% of the dose planned", share(full("LESS")), lowest)
        )
    return say("{} ({}).", join(said, last="; ", between="; "), ref("exposure.table"))
