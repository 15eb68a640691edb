"""Which domains and variables the analyses of a study definition read, and which of them they cannot do without.

A variable that is needed and was not delivered stops a report, whatever its core: what rests on it would be empty, or
wrong without a word. A variable that the guide requires stops one only where something reads it, or where it
identifies records. Everything else that is missing is told as a warning.

Not here: what there is in a domain (`variables`), and what is told of something missing (`schemas.checks.conform`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trial_report.schemas.domains.variables import observation_class, prefix

if TYPE_CHECKING:
    from trial_report.schemas.study import StudyDefinition


@dataclass(frozen=True, slots=True)
class Use:
    """A variable, what reads it, and whether that cannot do without.

    `instead` is a variable that does as well; with `beside` it is needed only where that other one was delivered.
    """

    domain: str
    variable: str
    reader: str
    needed: bool = False
    instead: str = ""
    beside: str = ""


#: Reader, domain, variables; those with ``!`` are needed. Read by the report of any study that has the domain.
_ALWAYS = """
subjects     DM STUDYID USUBJID! SUBJID SITEID COUNTRY AGE AGEU SEX RACE ETHNIC RFICDTC DMDTC
treatment    DM RFSTDTC RFXSTDTC RFXENDTC
disposition  DM ARMNRS DTHFL DTHDTC
disposition  DS DSSEQ DSTERM! DSDECOD! DSCAT! DSSCAT DSSTDTC
exposure     EX EXSEQ EXTRT! EXDOSE EXDOSU EXDOSFRQ EXROUTE EXSTDTC! EXENDTC EXADJ EXDOSRGM EXLOC EXLAT EXOCCUR EXSTAT
exposure     EC ECSEQ ECTRT ECMOOD ECOCCUR ECSTAT ECDOSE ECDOSU ECDOSFRQ ECSTDTC ECENDTC
events       AE AESEQ AETERM! AEDECOD! AEBODSYS AESOC AESER! AEACN AEOUT AECONTRT AESTDTC! AEENDTC AEENRTPT
events       AE AESCAN AESCONG AESDISAB AESDTH AESHOSP AESLIFE AESOD AESMIE AESINTV
visits       SV VISITNUM! VISIT SVSTDTC! SVENDTC SVOCCUR SVREASOC
history      MH MHSEQ MHTERM! MHDECOD MHBODSYS MHCAT MHOCCUR MHSTAT MHSTDTC MHDTC
medication   CM CMSEQ CMTRT! CMDECOD CMCLAS CMOCCUR CMSTAT CMDOSE CMDOSU CMDOSFRQ CMROUTE CMINDC
medication   CM CMSTDTC CMENDTC CMSTRF CMSTRTPT CMENRF CMENRTPT
deviations   DV DVSEQ DVTERM! DVDECOD DVCAT DVSTDTC DVENDTC
"""

#: What a measurement is read from, without the prefix of its domain.
_MEASURED = "SEQ TESTCD! TEST ORRES ORRESU STRESU STNRLO STNRHI NRIND CLSIG STAT DTC! TPTNUM REPNUM LOBXFL"

_IDENTIFIERS = ("STUDYID", "DOMAIN", "USUBJID", "RDOMAIN", "QNAM", "QVAL")


def is_identifier(domain: str, variable: str) -> bool:
    """Whether the variable says which record of which subject of which study a record is."""
    return variable in _IDENTIFIERS or (bool(prefix(domain)) and variable == f"{prefix(domain)}SEQ")


def _words(reader: str, domain: str, words: Iterable[str], start: str = "") -> Iterator[Use]:
    for word in words:
        yield Use(domain, start + word.rstrip("!"), reader, word.endswith("!"))


def always() -> list[Use]:
    """What the report of any study reads of the domains that it has."""
    return [use for line in _ALWAYS.strip().splitlines() for use in _line(line)]


def measured() -> list[Use]:
    """What a measurement, as the study definition names it, is read from; its domain is written as ``--``."""
    return list(_measurement("endpoints, laboratory, vital_signs, characteristics", "--", ()))


#: The last definitions, and what they use: it is asked for at every problem, and a definition does not change.
_KNOWN: list[tuple[StudyDefinition, tuple[Use, ...], frozenset[str]]] = []
_KEPT = 4


def uses(definition: StudyDefinition) -> tuple[Use, ...]:
    """Every variable that the definition's analyses read, in the order of domains, with who reads it."""
    return _known(definition)[1]


def _known(definition: StudyDefinition) -> tuple[StudyDefinition, tuple[Use, ...], frozenset[str]]:
    for known in _KNOWN:
        if known[0] is definition:
            return known
    found = tuple(_uses(definition))
    read = {use.domain for use in found}
    new = (definition, found, frozenset(read | {f"SUPP{domain}" for domain in read}))
    _KNOWN.insert(0, new)
    del _KNOWN[_KEPT:]
    return new


def _uses(definition: StudyDefinition) -> list[Use]:
    found = always()
    found += _named(definition)
    for parameter in definition.parameters:
        found += _measurement(f"{parameter.paramcd}", parameter.domain, parameter.where)
    for one in definition.characteristics:
        reader = f"characteristic {one.variable}"
        if one.source in ("finding", "sum") and one.domain:
            found += _measurement(reader, one.domain, one.where)
        elif one.domain:
            found += _records(reader, one.domain, one.where)
        if one.until:
            found += _words(reader, "SV", ("VISITNUM!", "SVSTDTC!"))
    for event in definition.times:
        for domain, condition in event.event_records.items():
            found += _records(f"survival {event.paramcd}", domain, condition)
        if seen := event.censoring.domain:
            found += _words(f"survival {event.paramcd}", seen, ("DTC!", "STAT", "OCCUR"), seen)
    return list(dict.fromkeys(found))


def _line(line: str) -> Iterator[Use]:
    reader, domain, *words = line.split()
    return _words(reader, domain, words)


def _named(definition: StudyDefinition) -> Iterator[Use]:
    """Variables that the definition names itself."""
    treatment, events = definition.treatment, definition.adverse_events
    yield Use("DM", treatment.planned, "treatment.planned", True)
    yield Use("DM", treatment.actual, "treatment.actual", True)
    yield Use("AE", events.relationship_variable, "adverse_events.relationship_variable", True)
    # A study need not grade its events; one that does has to say by which variable.
    asked = "grade_variable" in events.model_fields_set
    yield Use("AE", events.grade_variable, "adverse_events.grade_variable", True, beside="" if asked else "AESEV")
    yield Use("DS", definition.disposition.reason, "disposition.reason", True)
    yield Use("DS", definition.disposition.reason, "disposition.reason")
    for one in definition.analysis_sets:
        if one.criteria.without_deviation:
            yield Use("DV", "DVCAT", f"set {one.id}", True)


def _measurement(reader: str, domain: str, where: Collection[str]) -> Iterator[Use]:
    yield from _words(reader, domain, _MEASURED.split(), domain)
    yield Use(domain, f"{domain}STRESN", reader, True, f"{domain}STRESC")
    yield Use(domain, f"{domain}STRESC", reader, True, f"{domain}STRESN")
    yield from _words(reader, domain, ("VISITNUM", "VISIT"))
    yield from _words(reader, domain, (f"{name}!" for name in where))


def _records(reader: str, domain: str, where: Collection[str]) -> Iterator[Use]:
    begins = f"{domain}DTC" if observation_class(domain) == "Findings" else f"{domain}STDTC"
    yield Use(domain, begins, reader, True)
    yield from _words(reader, domain, (f"{domain}STAT", f"{domain}OCCUR"))
    yield from _words(reader, domain, (f"{name}!" for name in where))


def read_domains(definition: StudyDefinition) -> frozenset[str]:
    """The domains that some analysis reads, and their SUPP--."""
    return _known(definition)[2]


def is_read(definition: StudyDefinition, domain: str, variable: str) -> bool:
    """Whether what stands in a variable can reach a report: all of a domain that some analysis reads.

    Of other domains only what says which record it is, and of measurements the date, which is a day of contact.
    """
    if domain in read_domains(definition):
        return True
    if observation_class(domain) == "Supplemental":
        return variable in ("STUDYID", "USUBJID")
    if is_identifier(domain, variable):
        return True
    return observation_class(domain) == "Findings" and variable == f"{domain}DTC"


def needed(definition: StudyDefinition, domain: str, delivered: Collection[str]) -> dict[str, str]:
    """Variables of the domain that were not delivered and that an analysis cannot do without → who needs them."""
    missing: dict[str, list[str]] = {}
    for use in uses(definition):
        there = use.variable in delivered or use.instead in delivered
        if use.domain == domain and use.needed and not there and (not use.beside or use.beside in delivered):
            readers = missing.setdefault(use.variable, [])
            if use.reader not in readers:
                readers.append(use.reader)
    return {name: ", ".join(readers) for name, readers in missing.items()}
