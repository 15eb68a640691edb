"""The variables of SDTM domains: what the implementation guides 3.2, 3.3 and 3.4 and their models say, from data.

`sdtmig.csv` has the variables of each domain with their core in each guide, `sdtm.csv` those that a domain may hold
beside them because its general observation class has them; the head of each file names its source.

Not here: which of them a study needs (`needs`), and how their values are checked (`model`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

from trial_report.schemas.codelists.terms import CODELISTS, NEAR

Type = Literal["Char", "Num", "Int", "Date"]
Core = Literal["Req", "Exp", "Perm"]
Guide = Literal["3.2", "3.3", "3.4"]

GUIDES: tuple[str, ...] = get_args(Guide)
"""The versions of the guide that are known, the newest last."""
NEWEST = GUIDES[-1]
_MODEL = {"3.2": "1.4", "3.3": "1.7", "3.4": "2.0"}

# Flags that the guides allow "Y" or nothing: their codelist, C66742, has N as well.
_YES_ONLY = re.compile(r"^(?:DTHFL|[A-Z]{2}(?:BLFL|LOBXFL|DRVFL|PRESP|PTFL))$")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a domain in one guide: its type, how much it is required, its codelist.

    `near` are the NCI codes of long extensible codelists, of which only slips of terms are told. `remark` is empty
    where that guide or its model has the variable for this domain; else it says who has it.
    """

    name: str
    type: Type
    core: Core
    codelist: str = ""
    remark: str = ""
    near: tuple[str, ...] = ()


def _lines(file: str) -> list[dict[str, str]]:
    text = (Path(__file__).parent / file).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


_CLASSES = {"Special-Purpose": "Special", "Findings About": "Findings"}


@cache
def _guides() -> dict[str, list[dict[str, str]]]:
    """Lines of `sdtmig.csv` by domain."""
    found: dict[str, list[dict[str, str]]] = {}
    for line in _lines("sdtmig.csv"):
        found.setdefault(line["domain"], []).append(line)
    return found


@cache
def _models() -> dict[str, list[dict[str, str]]]:
    """Lines of `sdtm.csv` by class, or special-purpose domain."""
    found: dict[str, list[dict[str, str]]] = {}
    for line in _lines("sdtm.csv"):
        found.setdefault(line["class"], []).append(line)
    return found


def _domains(*classes: str) -> tuple[str, ...]:
    return tuple(name for name, lines in _guides().items() if lines[0]["class"] in classes)


EVENTS = _domains("Events")
INTERVENTIONS = _domains("Interventions")
FINDINGS = _domains("Findings", "Findings About")
QUALIFIERS = ("OBJ", "CAT", "SPEC", "METHOD", "POS", "LOC", "DIR", "PORTOT")
"""What, beside the side (--LAT), tells the findings of one test at one moment apart, and is no repetition of it."""
NO_SIDE = ("BILATERAL",)
"""Values of --LAT that are no side of several: a measurement of both together."""
_SPECIAL = ("DM", "SV", "SE")
#: Domains of other kinds that a study may hold and that are only read: trial design, relations, comments.
OTHER = tuple(name for name in _guides() if name not in {*EVENTS, *INTERVENTIONS, *FINDINGS, *_SPECIAL, "SUPPQUAL"})


def observation_class(domain: str) -> str:
    """Events, Interventions, Findings, Special, Supplemental, Other, or "" for a name SDTM does not have."""
    if (domain.startswith("SUPP") and len(domain) == 6) or domain == "SUPPQUAL":
        return "Supplemental"
    classes = {"Events": EVENTS, "Interventions": INTERVENTIONS, "Findings": FINDINGS, "Other": OTHER}
    for name, domains in (*classes.items(), ("Special", _SPECIAL)):
        if domain in domains:
            return name
    return ""


def prefix(domain: str) -> str:
    """The prefix of a domain's own variables; "" for domains without one."""
    return domain if observation_class(domain) in {"Events", "Interventions", "Findings"} else ""


@cache
def variables(domain: str, guide: str = NEWEST) -> Mapping[str, Variable]:
    """The variables that SDTM has for a domain, by name, as this guide takes them; empty for what is only read.

    First those that any of the guides names for the domain, then those of its class. What this guide and its model do
    not have for the domain is there with a `remark`.
    """
    kind = observation_class(domain)
    if kind in {"", "Other"}:
        return {}
    lines = _guides()["SUPPQUAL" if kind == "Supplemental" else domain]
    guide = _guide_with(lines, guide)
    found = {line["variable"]: _of_guide(line, guide) for line in lines}
    for line in _of_class(domain, kind, lines[0]["class"]):
        name = line["variable"].replace("--", domain)
        if name not in found:
            found[name] = _of_model(line, name, domain, guide)
        elif found[name].remark and _may_be(line, domain, guide):
            # Another guide names it for this domain; here its class allows it.
            found[name] = replace(found[name], core="Perm", remark="")
    return found


def _guide_with(lines: list[dict[str, str]], guide: str) -> str:
    """The guide itself where it has the domain, else the newest of those that do."""
    having = [version for version in GUIDES if any(line[version] for line in lines)]
    return guide if guide in having else having[-1]


def _of_class(domain: str, kind: str, own: str) -> Iterable[dict[str, str]]:
    if kind == "Supplemental":
        return []
    if kind == "Special":
        # A visit or an element may be given the timing that observations have; the model does not say so.
        timing = [{**line, "use": f"not {domain}"} for line in _models()["General"]] if domain != "DM" else []
        return [*_models().get(domain, []), *timing]
    about = _models()["Findings About"] if own == "Findings About" else []
    return [*_models()["General"], *_models()[kind], *about]


def _of_guide(line: dict[str, str], guide: str) -> Variable:
    name, core = line["variable"], line[guide]
    having = ", ".join(version for version in GUIDES if line[version])
    remark = "" if core else f"SDTMIG {having} has it, {guide} does not"
    codes = line["codelist"]
    return Variable(name, _type(line), cast(Core, core or "Perm"), _codelist(name, codes), remark, _near(codes))


def _of_model(line: dict[str, str], name: str, domain: str, guide: str) -> Variable:
    remark = ""
    if not _may_be(line, domain, guide):
        versions = [version for version in GUIDES if line[_MODEL[version]]]
        remark = f"the model of SDTMIG {', '.join(versions)} has it for the class"
        remark += f" ({line['use']})" if line["use"] else f", that of {guide} does not"
    codes = line["codelist"]
    return Variable(name, _type(line), "Perm", _codelist(name, codes), remark, _near(codes))


def _type(line: dict[str, str]) -> Type:
    return cast(Type, line["type"])


def _may_be(line: dict[str, str], domain: str, guide: str) -> bool:
    """Whether the guide's model allows a variable of a class in this domain of a trial in humans."""
    if not line[_MODEL[guide]]:
        return False
    for rule in filter(None, line["use"].split("; ")):
        how, *names = rule.split()
        if how == "nonclinical" or (how == "only" and domain not in names):
            return False
        if how == "not" and (domain in names or observation_class(domain) in names):
            return False
    return True


@cache
def _by_code() -> dict[str, str]:
    """NCI code → name of the codelist that is known here."""
    whole = (one for one in CODELISTS.values() if one.name != "Y")
    return {code: one.name for one in whole for code in re.findall(r"C\d+", one.code)}


def _codelist(name: str, codes: str) -> str:
    if _YES_ONLY.match(name):
        return "Y"
    if name == "COUNTRY":  # ISO 3166, which has no NCI code
        return name
    return next((found for code in codes.split() if (found := _by_code().get(code, ""))), "")


def _near(codes: str) -> tuple[str, ...]:
    """The codes, where all of a variable's codelists are such of which slips are told; a term may stand in any."""
    found = tuple(codes.split())
    return found if set(found) <= set(NEAR) else ()


_RESULT = ("ORRES", "ORRESU", "STRESC", "STRESN", "STRESU", "LOBXFL", "DTC")


@cache
def always_there(domain: str) -> frozenset[str]:
    """Variables that a frame of the domain has also where they were not delivered, all missing.

    They are those that any guide requires or expects, and of a Findings domain result, unit, date and visit, which
    some guides leave out for some domains: what reads measurements need not ask for each.
    """
    kind = observation_class(domain)
    if kind in {"", "Other"}:
        return frozenset()
    lines = _guides()["SUPPQUAL" if kind == "Supplemental" else domain]
    found = {line["variable"] for line in lines if {"Req", "Exp"} & {line[guide] for guide in GUIDES}}
    if kind == "Findings":
        found |= {domain + name for name in _RESULT} | {"VISITNUM"}
    return frozenset(found)
