"""Checks of vocabulary: values that the study definition does not place, and what differs from its words by a slip.

A value that a definition does not name would fall somewhere without a word: to the unrelated, to no row, out of a set.

Not here: CDISC's codelists (`conform`, `codelists`), and words by which analyses ask (`asked`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import parameter_rows
from trial_report.schemas.checks.subjects import is_screen_failure
from trial_report.schemas.codelists.alike import folded, is_near, is_slip, loosened, nearest
from trial_report.schemas.codelists.terms import GRADES, NEAR, SEVERITIES, UNRELATED
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, as_series, group_codes, of_each, spread, unique_texts
from trial_report.schemas.domains.variables import observation_class, variables
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import YES_NO, Characteristic, Condition


def listed(words: Iterable[str], most: int = 12) -> str:
    """Words as a message prints them."""
    some = list(words)
    more = f", … ({len(some)})" if len(some) > most else ""
    return ", ".join(some[:most]) + more


def one_of(known: Collection[str], values: pd.Series) -> pd.Series:
    """What was expected in the place of each value: the words known, and the one that is nearest to it."""
    words = "one of " + listed(known)

    def said(text: str) -> str:
        near = nearest(text, known)
        return f"{words}; near {near}" if near else words

    return of_each(values, lambda found: found.map(said).astype("str"), words).astype("str")


@declare.check(
    "AE-064",
    "error",
    "A relationship is neither among the related nor among the unrelated of the study definition.",
    "Correct the value, or name it in adverse_events.related or adverse_events.unrelated.",
    uses=("AE",),
)
def relationship_is_placed(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule = definition.adverse_events
    name = rule.relationship_variable
    if not domains.has("AE", name):
        return
    value = domains["AE"][name]
    unrelated = among(value, rule.unrelated)
    if not rule.unrelated:
        unrelated = of_each(value, lambda found: found.str.strip().str.upper().isin(UNRELATED), False)
    wrong = value.notna() & ~among(value, rule.related) & ~unrelated
    words = (*rule.related, *(rule.unrelated or ("NOT RELATED", "NONE", "UNLIKELY", "N")))
    yield Finding("AE", wrong, name, expected=one_of(words, value[wrong]))


@declare.check(
    "AE-063",
    "error",
    "A grade or severity is not one that the study definition, or the scale, has.",
    "Correct the grade, or adverse_events.grade_labels in study.yml.",
    uses=("AE",),
)
def grade_is_placed(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule = definition.adverse_events
    if domains.has("AE", rule.grade_variable):
        grade = domains["AE"][rule.grade_variable]
        known = tuple(rule.grade_labels) or (*GRADES, *SEVERITIES)
        wrong = grade.notna() & ~among(grade, known)
        yield Finding("AE", wrong, rule.grade_variable, expected=one_of(known, grade[wrong]))


@declare.check(
    "X-014",
    "error",
    "A value is not among the levels that the study definition gives its variable.",
    "Correct the value, or name it under levels; what is not known is left missing.",
    uses=("DM.USUBJID",),
)
def value_has_a_level(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for one in definition.characteristics:
        if one.levels and one.source == "subject":
            yield from _of_subject(domains, one)
        elif one.levels and one.source == "finding":
            yield from _before_dose(domains, one)
    for endpoint in definition.endpoints:
        number, text = f"{endpoint.domain}STRESN", f"{endpoint.domain}STRESC"
        if endpoint.levels and domains.has(endpoint.domain, f"{endpoint.domain}TESTCD", number):
            frame = domains[endpoint.domain]
            wrong = parameter_rows(frame, endpoint) & frame[number].notna() & ~frame[number].isin(list(endpoint.levels))
            yield Finding(endpoint.domain, wrong, number, expected=f"one of {listed(map(str, endpoint.levels))}")
        elif endpoint.kind == "binary" and domains.has(endpoint.domain, f"{endpoint.domain}TESTCD", text):
            frame = domains[endpoint.domain]
            known = of_each(frame[text], lambda found: found.str.strip().str.upper().isin(YES_NO), True)
            yield Finding(endpoint.domain, parameter_rows(frame, endpoint) & ~known, text, expected="Y or N, or 1 or 0")


def _unplaced(values: pd.Series, levels: Collection[str]) -> pd.Series:
    """Values that are no level. What says that it is missing counts as missing."""
    return values.notna() & ~among(values, levels) & ~of_each(values, lambda v: v.str.lower() == "missing", False)


def _of_subject(domains: Domains, one: Characteristic) -> Iterator[Finding]:
    failed = is_screen_failure(domains)
    if one.variable in domains.sources["DM"].merged and domains.has("SUPPDM", "QNAM", "QVAL"):
        supp = domains["SUPPDM"]
        wrong = (supp["QNAM"] == one.variable) & _unplaced(supp["QVAL"], one.levels)
        wrong &= ~domains.have("SUPPDM", "DM", failed)
        yield Finding(
            "SUPPDM", wrong, "QVAL", expected=one_of(one.levels, supp["QVAL"][wrong]), also=("QNAM", "USUBJID")
        )
    elif domains.has("DM", one.variable) and domains["DM"][one.variable].dtype == "str":
        values = domains["DM"][one.variable]
        wrong = _unplaced(values, one.levels) & ~failed
        yield Finding("DM", wrong, one.variable, expected=one_of(one.levels, values[wrong]))


def _before_dose(domains: Domains, one: Characteristic) -> Iterator[Finding]:
    """Results up to the day of first dose: of the later ones none is a characteristic."""
    domain = str(one.domain)
    result = f"{domain}STRESC"
    if not domains.has(domain, f"{domain}TESTCD", result, f"{domain}DTC"):
        return
    frame = domains[domain]
    wrong = parameter_rows(frame, one) & _unplaced(frame[result], one.levels)
    wrong &= ~domains.have(domain, "DM", is_screen_failure(domains))
    if domains.has("DM", "RFXSTDTC"):
        dosed = domains.of_subject(domain, domains.dates("DM", "RFXSTDTC")["upper"].dt.floor("D"))
        wrong &= ~(domains.dates(domain, f"{domain}DTC")["lower"].dt.floor("D") > dosed)
    yield Finding(
        domain, wrong, result, expected=one_of(one.levels, frame[result][wrong]), also=("USUBJID", "DM.ARMNRS")
    )


@dataclass(frozen=True)
class Wanted:
    """Values that a key of the study definition asks for in a variable of a domain."""

    key: str
    domain: str
    variable: str
    values: tuple[str, ...]


def wanted(definition: StudyDefinition) -> Iterator[Wanted]:
    """Every text that a condition of the definition compares with data."""
    for parameter in definition.parameters:
        yield from _condition(f"{parameter.paramcd}: where", parameter.domain, parameter.where)
    for one in definition.characteristics:
        if one.domain:
            yield from _condition(f"{one.variable}: where", one.domain, one.where)
    for event in definition.survival:
        for domain, condition in event.event_records.items():
            yield from _condition(f"{event.paramcd}: event_records", domain, condition)
    for happening in definition.intercurrent_events:
        for domain, condition in happening.records.items():
            yield from _condition(f"{happening.id}: records", domain, condition)
    for group in definition.analysis_sets:
        yield from _condition(f"{group.id}: flags", "DM", group.criteria.flags)
        yield Wanted(f"{group.id}: without_deviation", "DV", "DVCAT", group.criteria.without_deviation)
    for endpoint in definition.endpoints:
        yield from _condition(f"{endpoint.paramcd}: only_with_baseline", "DM", endpoint.only_with_baseline)


def _condition(key: str, domain: str, condition: Condition) -> Iterator[Wanted]:
    for variable, value in condition.items():
        values = value if isinstance(value, tuple) else (value,)
        yield Wanted(key, domain, variable, tuple(one for one in values if isinstance(one, str)))


@declare.check(
    "X-015",
    "error",
    "A value is almost one that the study definition asks for: its record is not found by that.",
    "Correct the value, or the condition in study.yml.",
)
def value_is_as_asked(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield from nearly_asked(domains, definition, _almost)


def nearly_asked(
    domains: Domains, definition: StudyDefinition, near: Callable[[pd.Series, tuple[str, ...]], dict[str, str]]
) -> Iterator[Finding]:
    """A finding at each value that is near one that the definition asks for of its variable, as `near` has it.

    `near` gives of a column and the texts asked for each text that is near one → that one.
    """
    found: dict[tuple[str, str], dict[str, str]] = {}
    for one in wanted(definition):
        if one.domain in domains and one.variable in domains[one.domain]:
            values = domains[one.domain][one.variable]
            asked: tuple[str, ...] = one.values  # noqa: PD011 (of a condition, not of a frame)
            if values.dtype != "str" or not asked:
                continue
            meant = found.setdefault((one.domain, one.variable), {})
            for text, word in near(values, asked).items():
                meant.setdefault(text, f"{word}, as {one.key} has it")
    for (domain, variable), meant in found.items():
        if meant:
            yield from where_it_stands(domains, domain, variable, meant)


def _almost(values: pd.Series, asked: tuple[str, ...]) -> dict[str, str]:
    """Texts of a column that are near one of those asked for → that one.

    Another writing of it always is; another letter where nothing has the text that is asked for, or in a rare text.
    """
    texts = [str(text) for text in as_series(unique_texts(values)[1])]
    plain = {text: loosened(text) for text in texts if text not in asked}
    near: dict[str, str] = {}
    for one in asked:
        bare, there = loosened(one), one in texts
        for text, loose in plain.items():
            if (bare and loose == bare) or (not there and is_near(text, one)):
                near.setdefault(text, one)
    return {**slips_of(values, asked, rare=True), **near}


#: What a dictionary gives differs by a letter also where it is another term; its spelling is looked at by itself.
_DICTIONARY = ("DECOD", "LLT", "HLT", "HLGT", "BODSYS", "SOC", "TERM", "TRT")
#: A slip is made once; what is there more often, and more often than this share of the word, may be another word.
_ONCE, _SELDOM = 1, 0.1
_OF_FEW_WORDS = frozenset({"DVCAT"})
"""Variables of classes that are few: of two words that are there once each, the one that is asked for is right."""


def slips_of(values: pd.Series, asked: tuple[str, ...], *, rare: bool) -> dict[str, str]:
    """Texts that are a slip of one of those asked for, which others have → that one: the rare texts, or the others.

    What is there more often than the word asked for, or is a term of CDISC's, is a word of its own.
    """
    name = str(values.name)
    if name[2:] in _DICTIONARY:
        return {}
    codes, unique = unique_texts(values)
    number = np.bincount(codes[codes >= 0], minlength=len(unique)).tolist()
    counts = dict(zip(map(str, as_series(unique)), number, strict=True))
    near: dict[str, str] = {}
    for word in (word for word in asked if word in counts):
        often = max(_ONCE, _SELDOM * counts[word])
        for text, count in counts.items():
            seldom = count <= often and (count < counts[word] or name in _OF_FEW_WORDS)
            other = text not in asked and count <= counts[word] and seldom == rare
            if other and _is_slip(text, word) and not _is_term(name, text):
                near.setdefault(text, word)
    return near


def _is_slip(text: str, word: str) -> bool:
    """Whether a text is near a word by its letters, and not only another writing of it."""
    return is_slip(text, word) or (is_near(text, word) and loosened(text) != loosened(word))


def _is_term(name: str, text: str) -> bool:
    """Whether a text is a term of a CDISC codelist that its variable may be of: ileum and ilium are two places."""
    variable = variables(name[:2]).get(name)
    return variable is not None and any(text in NEAR[code].terms for code in variable.near)


def where_it_stands(domains: Domains, domain: str, variable: str, near: dict[str, str]) -> Iterator[Finding]:
    """A finding at the cells of a variable, or of the qualifier of SUPP-- that it was put there from."""
    supp = f"SUPP{domain}"
    merged = domain in domains.sources and variable in domains.sources[domain].merged and supp in domains
    values = domains[supp]["QVAL"].where(domains[supp]["QNAM"] == variable) if merged else domains[domain][variable]
    expected = of_each(values, lambda found: found.map(near).astype("str"), None).astype("str")
    at, also = ((supp, "QVAL"), ("QNAM",)) if merged else ((domain, variable), ())
    yield Finding(at[0], expected.notna(), at[1], expected=expected, also=also)


_TERMS = ("DECOD", "BODSYS", "SOC", "CLAS", "CAT", "SCAT")
_REPORTED = ("TERM", "TRT")


@declare.check(
    "--048",
    "warning",
    "A term differs from another only by case, blanks or signs that look alike: they are counted as two.",
    "Write the term in one way.",
)
def terms_have_one_writing(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        if observation_class(domain) not in {"Events", "Interventions"}:
            continue
        names = [f"{domain}{name}" for name in _TERMS if domains.has(domain, f"{domain}{name}")]
        # Terms as reported are counted where none is coded.
        if f"{domain}DECOD" not in names or frame[f"{domain}DECOD"].isna().all():
            names += [f"{domain}{name}" for name in _REPORTED if domains.has(domain, f"{domain}{name}")]
        for name in names:
            usual = _usual_writing(frame[name])
            yield Finding(domain, usual.notna(), name, expected=usual)


def _usual_writing(values: pd.Series) -> pd.Series:
    """For texts that others are like, the most frequent writing (the first among equals); missing for that itself."""
    codes, unique = unique_texts(values)
    if len(unique) < 2:
        return pd.Series(None, index=values.index, dtype="str")
    texts = as_series(unique)
    table = pd.DataFrame({"text": texts, "n": np.bincount(codes[codes >= 0], minlength=len(unique))})
    table["like"] = [folded(text) for text in texts]
    first = table.sort_values(["n", "text"], ascending=[False, True]).drop_duplicates("like").set_index("like")["text"]
    usual = table["like"].map(first)
    other = usual.where(usual != table["text"]).to_numpy(dtype=object)
    return pd.Series(spread(other, codes, None), index=values.index).astype("str")


#: What makes records of a test ones of the same kind, beside its code.
_OF_A_TEST = ("TESTCD", "OBJ", "SPEC", "METHOD", "EVAL")
#: Of so many records one in another category is an exception.
_RECORDS = 20


@declare.check(
    "--069",
    "warning",
    "A result stands in the category of other tests, and all others of its test do not.",
    "Correct --CAT; what a condition of study.yml asks for by category does not find the record.",
)
def has_its_category(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        code, name = f"{domain}TESTCD", f"{domain}CAT"
        if observation_class(domain) != "Findings" or not domains.has(domain, code, name):
            continue
        kind = [f"{domain}{part}" for part in _OF_A_TEST if domains.has(domain, f"{domain}{part}")]
        of_test, here = _sizes(frame, kind), _sizes(frame, [*kind, name])
        alone = (here == 1) & (of_test >= _RECORDS) & frame[name].notna().to_numpy()
        if not alone.any():
            continue
        # Two records that are alone, each in another category, are no exceptions to one rule.
        usual = frame.loc[here == of_test - 1, [code, name]].drop_duplicates(code).set_index(code)[name]
        # A category of its own may be a rare disease's, or another instrument's; not another writing of one.
        codes, texts = unique_texts(frame[name])
        common = np.isin(np.arange(len(texts)), codes[~alone])
        names = [folded(str(text)) for text in as_series(texts)]
        written = np.isin(names, [one for one, often in zip(names, common, strict=True) if often])
        wrong = pd.Series(alone & spread(common | written, codes, False), index=frame.index)
        wrong &= among(frame[code], usual.index)
        yield Finding(domain, wrong, name, expected=frame[code][wrong].map(usual), also=(code,))


def _sizes(frame: pd.DataFrame, names: list[str]) -> npt.NDArray[np.int64]:
    """For each record how many have its values of some variables."""
    codes = group_codes(frame, names)
    return np.bincount(codes)[codes]
