"""Checks of coding: one term, one code, one class; what differs is counted in another row of a table.

Not here: slips in values that are no coded terms (`codelists`, `vocabulary`), and terms of one sex (`sexes`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.subjects import usual_value
from trial_report.schemas.codelists.alike import folded, slips
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import as_series, group_codes, of_each, recalled, spread, unique_texts
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition

#: Text and code of each level of MedDRA in an Events domain (SDTMIG 3.4, AE): one to one in a version of MedDRA.
_LEVELS = (("LLT", "LLTCD"), ("DECOD", "PTCD"), ("HLT", "HLTCD"), ("HLGT", "HLGTCD"))
_CLASSES = (("BODSYS", "BDSYCD"), ("SOC", "SOCCD"))
#: A share of records from which on the rest are taken for exceptions.
_MOST = 0.9


def _coded(domains: Domains, *names: str, classes: tuple[str, ...] = ("Events",)) -> Iterator[tuple[str, pd.DataFrame]]:
    """Domains of these classes that were delivered with variables, which are named without their prefix."""
    for domain, frame in domains.items():
        wanted = [domain + name for name in names]
        if observation_class(domain) not in classes or not domains.has(domain, *wanted):
            continue
        if all(frame[name].notna().any() for name in wanted):
            yield domain, frame


def _reported(domain: str) -> str:
    """The variable with the term as reported."""
    return f"{domain}TERM" if observation_class(domain) == "Events" else f"{domain}TRT"


def _texts(values: pd.Series) -> pd.Series:
    """A column as text; whole numbers, as codes are, without decimals."""
    if values.dtype == "str":
        return values
    return values.round().astype("Int64").astype("str")


def unusual(by: pd.Series, values: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Rows whose value is not the one that most rows with the same `by` have, and that value; missing is neither."""
    usual = usual_value(by, values).astype("str")
    return usual.notna() & values.notna() & (values != usual), usual


def misspelt(values: pd.Series, within: pd.Series | None = None) -> pd.Series:
    """For each text that is a slip of one at least as frequent, that one; missing for others.

    With `within`, a text a row, only of texts that have it in common, or where one of them has none.
    """
    codes, unique = unique_texts(values)
    texts = as_series(unique)
    count = dict(zip(texts, np.bincount(codes[codes >= 0], minlength=len(texts)).tolist(), strict=True))
    home: dict[str, str] = {}
    if within is not None:
        usual = pd.DataFrame({"text": values, "home": usual_value(values, within)}).dropna().drop_duplicates("text")
        home = dict(zip(usual["text"], usual["home"], strict=True))
    meant: dict[str, str] = {}
    for one, other in slips(texts):
        if home.get(one, "") in ("", home.get(other, "")) or home.get(other, "") == "":
            rare, often = sorted((one, other), key=lambda text: (count[text], text))
            if rare not in meant or count[often] > count[meant[rare]]:
                meant[rare] = often
    found = texts.map(meant).astype("str").to_numpy(dtype=object)
    return pd.Series(spread(found, codes, None), index=values.index).astype("str")


def _is_misspelt(frame: pd.DataFrame, domain: str) -> pd.Series:
    if f"{domain}DECOD" not in frame:
        return pd.Series(False, index=frame.index)
    return _spelling(frame, domain, "DECOD").notna()


def _spelling(frame: pd.DataFrame, domain: str, name: str) -> pd.Series:
    def work() -> pd.Series:
        classes = [f"{domain}{one}" for one in ("BODSYS", "CLAS") if f"{domain}{one}" in frame]
        within = frame[classes[0]] if name == "DECOD" and classes else None
        return misspelt(frame[f"{domain}{name}"], within)

    return recalled(f"spelling of {name}", frame, work)


def _alike(one: pd.Series, other: pd.Series) -> pd.Series:
    """Pairs of terms that differ by their writing only, which --048 says of them."""
    return of_each_folded(one) == of_each_folded(other)


@declare.check(
    "CO-001",
    "warning",
    "A lower-level term stands under two preferred terms; it is counted under each.",
    "Code the term to its one preferred term.",
)
def lower_term_has_one_preferred(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in _coded(domains, "LLT", "DECOD"):
        lower, preferred = of_each_folded(frame[f"{domain}LLT"]), frame[f"{domain}DECOD"]
        _, usual = unusual(lower, preferred)
        # Each preferred term is a lower-level term under itself (MedDRA, structure of the hierarchy).
        itself = pd.DataFrame({"lower": lower, "term": preferred})[lower == of_each_folded(preferred)]
        own = itself.drop_duplicates("lower").set_index("lower")["term"]
        usual = lower.map(own).astype("str").fillna(usual)
        wrong = usual.notna() & preferred.notna() & (preferred != usual)
        wrong &= ~_is_misspelt(frame, domain) & ~_alike(frame[f"{domain}DECOD"], usual)
        yield Finding(domain, wrong, f"{domain}DECOD", expected=usual, also=(f"{domain}LLT",))


def of_each_folded(values: pd.Series) -> pd.Series:
    """Texts without what makes no other term of them: case, blanks, look-alike signs."""
    return of_each(values, lambda found: found.map(folded).astype("str"), None).astype("str")


# AE-059 says it of adverse events.
@declare.check(
    "CO-002",
    "warning",
    "A preferred term stands under two system organ classes, in history or another domain of events.",
    "Code each preferred term to its one primary system organ class.",
)
def term_has_one_class(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for name in ("BODSYS", "SOC"):
        for domain, frame in _coded(domains, "DECOD", name):
            if domain != "AE":
                wrong, usual = unusual(frame[f"{domain}DECOD"], frame[f"{domain}{name}"])
                yield Finding(domain, wrong, f"{domain}{name}", expected=usual, also=(f"{domain}DECOD",))


@declare.check(
    "CO-003",
    "warning",
    "A term or class differs by one letter from another that is as frequent or more: they are counted as two.",
    "Write the term as the dictionary has it; nothing, where both are terms of it.",
)
def terms_have_one_spelling(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for name in ("DECOD", "BODSYS", "SOC", "CLAS"):
        for domain, frame in _coded(domains, name, classes=("Events", "Interventions")):
            if domain == "DS":
                continue
            meant = _spelling(frame, domain, name)
            wrong = meant.notna()
            if name in ("BODSYS", "SOC") and f"{domain}DECOD" in frame:
                # That a term stands under two classes is said of it already.
                wrong &= ~unusual(frame[f"{domain}DECOD"], frame[f"{domain}{name}"])[0]
            yield Finding(domain, wrong, f"{domain}{name}", expected=meant)


@declare.check(
    "CO-011",
    "error",
    "A term of an event or of history has no class, where others have one; tables by class count it under none.",
    "Fill the class from the dictionary, in which every term has one.",
)
def term_has_a_class(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in _coded(domains, "DECOD", "BODSYS", classes=("Events",)):
        missing = frame[f"{domain}BODSYS"].isna()
        # Where the primary class alone is there, tables take it.
        if domains.has(domain, f"{domain}SOC"):
            missing &= frame[f"{domain}SOC"].isna()
        yield from _classless(domain, frame, "BODSYS", missing)


@declare.check(
    "CO-004",
    "warning",
    "A coded term or medicine has no class, where others have one.",
    "Fill the class from the dictionary.",
)
def coding_is_whole(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for name, other in (("BODSYS", "SOC"), ("SOC", "BODSYS"), ("CLAS", "")):
        for domain, frame in _coded(domains, "DECOD", name, classes=("Events", "Interventions")):
            missing = frame[f"{domain}{name}"].isna()
            if other:
                missing &= (
                    frame[f"{domain}{other}"].notna() if domains.has(domain, f"{domain}{other}") else name == "SOC"
                )
            yield from _classless(domain, frame, name, missing)


def _classless(domain: str, frame: pd.DataFrame, name: str, missing: pd.Series) -> Iterator[Finding]:
    term, group = frame[f"{domain}DECOD"], frame[f"{domain}{name}"]
    lacking = term.notna() & missing
    if not lacking.any():
        return
    usual = usual_value(term, group).astype("str")
    # Not every medicine has a class; every term of MedDRA has.
    known = usual.notna()
    if name != "CLAS" and (term.notna() & group.notna()).sum() >= _MOST * term.notna().sum():
        known |= True
    expected = usual.fillna("a system organ class")
    yield Finding(domain, lacking & known, f"{domain}{name}", expected=expected, also=(f"{domain}DECOD",))


@declare.check(
    "CO-005",
    "warning",
    "The code of a term and its text do not agree with the other records.",
    "Correct the code or the text, which belong together one to one in a version of the dictionary.",
)
def code_agrees_with_text(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for text, code in (*_LEVELS, *_CLASSES):
        for domain, frame in _coded(domains, text, code):
            texts, codes = frame[f"{domain}{text}"], _texts(frame[f"{domain}{code}"])
            other_code, usual_code = unusual(texts, codes)
            other_text, usual_text = unusual(codes, texts)
            other_text &= ~other_code
            if text == "DECOD":
                other_text &= ~_is_misspelt(frame, domain)
            also = (f"{domain}{text}", f"{domain}{code}")
            yield Finding(domain, other_code, f"{domain}{code}", expected=usual_code, also=also)
            yield Finding(domain, other_text, f"{domain}{text}", expected=usual_text, also=also)
    # Several codes of the ATC have one name; a code has one.
    for domain, frame in _coded(domains, "CLAS", "CLASCD", classes=("Interventions",)):
        wrong, usual = unusual(_texts(frame[f"{domain}CLASCD"]), frame[f"{domain}CLAS"])
        yield Finding(domain, wrong, f"{domain}CLAS", expected=usual, also=(f"{domain}CLASCD",))


@declare.check(
    "CO-006",
    "warning",
    "The class that tables are made by (--BODSYS) is not the primary one (--SOC), as it is in nearly all records.",
    "Correct one of the two; nothing, where tables are made by a secondary path of the dictionary.",
)
def class_is_the_primary(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in _coded(domains, "DECOD", "BODSYS", "SOC"):
        used, primary = frame[f"{domain}BODSYS"], frame[f"{domain}SOC"]
        both = used.notna() & primary.notna()
        differs = both & (used != primary)
        if differs.sum() > (1 - _MOST) * both.sum():
            continue
        said = unusual(frame[f"{domain}DECOD"], used)[0] | unusual(frame[f"{domain}DECOD"], primary)[0]
        for name in ("BODSYS", "SOC"):
            said |= _spelling(frame, domain, name).notna()
        yield Finding(domain, differs & ~said, f"{domain}BODSYS", expected=primary, also=(f"{domain}SOC",))


@declare.check(
    "CO-007",
    "warning",
    "One reported term is coded in two ways.",
    "Code it in one way; nothing, where more is known of this record than its term says.",
)
def reported_term_has_one_code(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in _coded(domains, "DECOD", classes=("Events", "Interventions")):
        name = _reported(domain)
        # Of a disposition the reported words are not what is coded by a dictionary.
        if domain in ("DS", "DV") or name not in frame:
            continue
        term, code = of_each_folded(frame[name]), frame[f"{domain}DECOD"]
        wrong, usual = unusual(term, code)
        # What was reported in one, and split into records of their own, has several codes in a subject.
        held = pd.DataFrame({"term": term, "code": code, "subject": domains.subjects(domain)}).dropna()
        several = held.drop_duplicates().groupby(["term", "subject"]).size()
        split = several[several > 1].index.get_level_values("term")
        wrong &= ~term.isin(split) & ~_is_misspelt(frame, domain) & ~_alike(code, usual)
        # Of some terms there is one for each sex.
        wrong &= ~(_without_sex(code.where(wrong)) == _without_sex(usual.where(wrong))).fillna(False)
        if domains.has(domain, f"{domain}LLT"):
            wrong &= ~unusual(of_each_folded(frame[f"{domain}LLT"]), code)[0]
        yield Finding(domain, wrong, f"{domain}DECOD", expected=usual, also=(name,))


@declare.check(
    "CO-008",
    "warning",
    "A medicine stands under another class than it does in other records of its route and indication.",
    "Code it to the class of its use; nothing, where it has two.",
)
def medicine_has_one_class(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in _coded(domains, "DECOD", classes=("Interventions",)):
        term = frame[f"{domain}DECOD"]
        wrong_before = pd.Series(False, index=frame.index)
        for name in ("CLAS", "CLASCD"):
            if not domains.has(domain, f"{domain}{name}"):
                continue
            group = _texts(frame[f"{domain}{name}"])
            use = _combined(frame, [f"{domain}DECOD", f"{domain}ROUTE"]).where(term.notna())
            wrong, usual = unusual(use, group)
            wrong &= ~_by_indication(domains, domain, group) & ~wrong_before
            if name == "CLAS":
                wrong &= _spelling(frame, domain, "CLAS").isna()
                if domains.has(domain, f"{domain}CLASCD"):
                    wrong &= ~unusual(_texts(frame[f"{domain}CLASCD"]), group)[0]
            yield Finding(domain, wrong, f"{domain}{name}", expected=usual, also=(f"{domain}DECOD",))
            wrong_before |= wrong


def _without_sex(terms: pd.Series) -> pd.Series:
    """Terms without the sex that they name (breast cancer male)."""
    return of_each(terms, lambda found: found.str.replace(r"\s*\b(?:fe)?male\b", "", regex=True), None)


def _combined(frame: pd.DataFrame, names: list[str]) -> pd.Series:
    """A text for each combination of the variables that are there."""
    codes = group_codes(frame, [name for name in names if name in frame])
    return pd.Series(codes, index=frame.index).astype("str")


def _by_indication(domains: Domains, domain: str, group: pd.Series) -> pd.Series:
    """Records whose class goes with their indication: two subjects or more have the medicine for it, all in that class.

    A medicine has a class for each of its uses: acetylsalicylic acid is an antithrombotic agent and an analgesic.
    """
    frame, name = domains[domain], f"{domain}INDC"
    if not domains.has(domain, name):
        return pd.Series(False, index=frame.index)
    use = _combined(frame, [f"{domain}DECOD", name])
    of_use = pd.DataFrame({"use": use, "group": group, "subject": domains.subjects(domain)}).groupby("use")
    return (of_use["group"].transform("nunique") == 1) & (of_use["subject"].transform("nunique") > 1)


@declare.check(
    "CO-009",
    "warning",
    "A reported term is not coded, where its like are.",
    "Code it; tables count it under its reported words, or not at all.",
)
def reported_term_is_coded(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in _coded(domains, "DECOD", classes=("Events", "Interventions")):
        name = _reported(domain)
        if domain in ("AE", "DS", "DV", "EX", "EC") or name not in frame:
            continue
        lacking = frame[name].notna() & frame[f"{domain}DECOD"].isna()
        usual = usual_value(of_each_folded(frame[name]), frame[f"{domain}DECOD"]).astype("str")
        # A category may be one that nobody codes, as a primary diagnosis.
        part = _combined(frame, [f"{domain}CAT", f"{domain}SCAT"])
        mostly = frame[f"{domain}DECOD"].notna().groupby(part).transform("mean") >= _MOST
        expected = usual.fillna("a term of the dictionary")
        yield Finding(domain, lacking & (usual.notna() | mostly), f"{domain}DECOD", expected=expected, also=(name,))
