"""The variables of SDTM domains: what the implementation guide 3.4 says of each, as data.

A table line is: name, type (Char, Num, Int, Date), core (Req, Exp, Perm), codelist or ``-``, since which guide, or
``-``. A leading ``--`` stands for the domain's prefix. Source: SDTMIG 3.4, sections 5 to 6.4, 8.4, and SDTM 2.0 for
the variables that a general observation class allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

Type = Literal["Char", "Num", "Int", "Date"]
Core = Literal["Req", "Exp", "Perm"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a domain: its type, how much it is required, its codelist, the first guide that has it."""

    name: str
    type: Type
    core: Core
    codelist: str = ""
    since: str = "3.2"


_TIMING = """
VISITNUM Num  Perm -
VISIT    Char Perm -
VISITDY  Int  Perm -
TAETORD  Int  Perm -
EPOCH    Char Perm EPOCH
--DTC    Date Perm -
--STDTC  Date Perm -
--ENDTC  Date Perm -
--DY     Int  Perm -
--STDY   Int  Perm -
--ENDY   Int  Perm -
--DUR    Char Perm -
--TPT    Char Perm -
--TPTNUM Num  Perm -
--ELTM   Char Perm -
--TPTREF Char Perm -
--RFTDTC Date Perm -
--STRF   Char Perm STENRF
--ENRF   Char Perm STENRF
--STRTPT Char Perm STENRF
--STTPT  Char Perm -
--ENRTPT Char Perm STENRF
--ENTPT  Char Perm -
--EVLINT Char Perm -
--EVINTX Char Perm -
--STINT  Char Perm -
--ENINT  Char Perm -
--DETECT Char Perm -
"""

_IDENTIFIERS = """
STUDYID Char Req -
DOMAIN  Char Req -
USUBJID Char Req -
--SEQ   Int  Req -
SPDEVID Char Perm -
FOCID   Char Perm -
POOLID  Char Perm -
--GRPID Char Perm -
--REFID Char Perm -
--RECID Char Perm -
--SPID  Char Perm -
--LNKID Char Perm -
--LNKGRP Char Perm -
"""

_EVENTS = """
--TERM   Char Req -
--MODIFY Char Perm -
--LLT    Char Perm -
--LLTCD  Num  Perm -
--DECOD  Char Perm -
--PTCD   Num  Perm -
--HLT    Char Perm -
--HLTCD  Num  Perm -
--HLGT   Char Perm -
--HLGTCD Num  Perm -
--CAT    Char Perm -
--SCAT   Char Perm -
--PRESP  Char Perm Y
--OCCUR  Char Perm NY
--STAT   Char Perm ND
--REASND Char Perm -
--BODSYS Char Perm -
--BDSYCD Num  Perm -
--SOC    Char Perm -
--SOCCD  Num  Perm -
--LOC    Char Perm -
--LAT    Char Perm LAT
--DIR    Char Perm -
--PORTOT Char Perm -
--SEV    Char Perm AESEV
--SER    Char Perm NY
--ACN    Char Perm ACN
--ACNOTH Char Perm -
--ACNDEV Char Perm -
--REL    Char Perm AEREL
--RELNST Char Perm -
--PATT   Char Perm -
--OUT    Char Perm OUT
--SCAN   Char Perm NY
--SCONG  Char Perm NY
--SDISAB Char Perm NY
--SDTH   Char Perm NY
--SHOSP  Char Perm NY
--SLIFE  Char Perm NY
--SOD    Char Perm NY
--SMIE   Char Perm NY
--SINTV  Char Perm NY
--CONTRT Char Perm NY
--TOX    Char Perm -
--TOXGR  Char Perm TOXGR
--USCHFL Char Perm -
"""

_INTERVENTIONS = """
--TRT    Char Req -
--MODIFY Char Perm -
--DECOD  Char Perm -
--MOOD   Char Perm -
--CAT    Char Perm -
--SCAT   Char Perm -
--PRESP  Char Perm Y
--OCCUR  Char Perm NY
--STAT   Char Perm ND
--REASND Char Perm -
--INDC   Char Perm -
--CLAS   Char Perm -
--CLASCD Char Perm -
--DOSE   Num  Perm -
--DOSTXT Char Perm -
--DOSU   Char Perm -
--DOSFRM Char Perm -
--DOSFRQ Char Perm FREQ
--DOSTOT Num  Perm -
--DOSRGM Char Perm -
--ROUTE  Char Perm ROUTE
--LOT    Char Perm -
--LOC    Char Perm -
--LAT    Char Perm LAT
--DIR    Char Perm -
--PORTOT Char Perm -
--FAST   Char Perm NY
--PSTRG  Num  Perm -
--PSTRGU Char Perm -
--TRTV   Char Perm -
--VAMT   Num  Perm -
--VAMTU  Char Perm -
--ADJ    Char Perm -
--RSDISC Char Perm -
--USCHFL Char Perm -
"""

_FINDINGS = """
--TESTCD Char Req -
--TEST   Char Req -
--OBJ    Char Perm -
--MODIFY Char Perm -
--TSTDTL Char Perm -
--CAT    Char Perm -
--SCAT   Char Perm -
--POS    Char Perm POSITION
--BODSYS Char Perm -
--ORRES  Char Exp -
--ORRESU Char Exp -
--ORNRLO Char Perm -
--ORNRHI Char Perm -
--ORREF  Char Perm -
--STRESC Char Exp -
--STRESN Num  Exp -
--STRESU Char Exp -
--STNRLO Num  Perm -
--STNRHI Num  Perm -
--STNRC  Char Perm -
--STREFC Char Perm -
--STREFN Num  Perm -
--NRIND  Char Perm NRIND
--RESCAT Char Perm -
--INHERT Char Perm -
--STAT   Char Perm ND
--REASND Char Perm -
--XFN    Char Perm -
--NAM    Char Perm -
--LOINC  Char Perm -
--SPEC   Char Perm -
--ANTREG Char Perm -
--SPCCND Char Perm -
--SPCUFL Char Perm Y
--LOC    Char Perm -
--LAT    Char Perm LAT
--DIR    Char Perm -
--PORTOT Char Perm -
--METHOD Char Perm -
--RUNID  Char Perm -
--ANMETH Char Perm -
--TMTHSN Char Perm -
--LEAD   Char Perm -
--CSTATE Char Perm -
--LOBXFL Char Exp  Y 3.3
--BLFL   Char Perm Y
--FAST   Char Perm NY
--DRVFL  Char Perm Y
--EVAL   Char Perm -
--EVALID Char Perm -
--ACPTFL Char Perm -
--TOX    Char Perm -
--TOXGR  Char Perm TOXGR
--CLSIG  Char Perm NY
--SEV    Char Perm -
--DTHREL Char Perm -
--LLOQ   Num  Perm -
--ULOQ   Num  Perm -
--REPNUM Num  Perm -
--USCHFL Char Perm -
VISITNUM Num  Exp  -
--DTC    Date Exp  -
"""

_DM = """
STUDYID  Char Req -
DOMAIN   Char Req -
USUBJID  Char Req -
SUBJID   Char Req -
RFSTDTC  Date Exp -
RFENDTC  Date Exp -
RFXSTDTC Date Exp -
RFXENDTC Date Exp -
RFCSTDTC Date Perm - 3.4
RFCENDTC Date Perm - 3.4
RFICDTC  Date Exp -
RFPENDTC Date Exp -
DTHDTC   Date Exp -
DTHFL    Char Exp Y
SITEID   Char Req -
INVID    Char Perm -
INVNAM   Char Perm -
BRTHDTC  Date Perm -
AGE      Num  Exp -
AGEU     Char Exp AGEU
SEX      Char Req SEX
RACE     Char Exp RACE
ETHNIC   Char Perm ETHNIC
SPECIES  Char Perm -
ARMCD    Char Exp -
ARM      Char Exp -
ACTARMCD Char Exp -
ACTARM   Char Exp -
ARMNRS   Char Exp ARMNULRS 3.3
ACTARMUD Char Exp - 3.3
COUNTRY  Char Req COUNTRY
DMDTC    Date Perm -
DMDY     Int  Perm -
"""

_SV = """
STUDYID  Char Req -
DOMAIN   Char Req -
USUBJID  Char Req -
VISITNUM Num  Req -
VISIT    Char Perm -
SVPRESP  Char Exp Y 3.4
SVOCCUR  Char Exp NY 3.4
SVREASOC Char Perm - 3.4
SVCNTMOD Char Perm - 3.4
SVEPCHGI Char Perm NY 3.4
VISITDY  Int  Perm -
TAETORD  Int  Perm -
EPOCH    Char Perm EPOCH
SVSTDTC  Date Exp -
SVENDTC  Date Exp -
SVSTDY   Int  Perm -
SVENDY   Int  Perm -
SVUPDES  Char Perm -
"""

_SUPP = """
STUDYID  Char Req -
RDOMAIN  Char Req -
USUBJID  Char Req -
IDVAR    Char Exp -
IDVARVAL Char Exp -
QNAM     Char Req -
QLABEL   Char Req -
QVAL     Char Req -
QORIG    Char Exp -
QEVAL    Char Exp -
"""

_SE = """
STUDYID  Char Req -
DOMAIN   Char Req -
USUBJID  Char Req -
SESEQ    Int  Req -
ETCD     Char Req -
ELEMENT  Char Perm -
TAETORD  Int  Perm -
EPOCH    Char Perm EPOCH
SESTDTC  Date Exp -
SEENDTC  Date Exp -
SESTDY   Int  Perm -
SEENDY   Int  Perm -
SEUPDES  Char Perm -
"""

#: Where a domain's own section says more than its class does: variable → core.
_CORE: dict[str, dict[Core, str]] = {
    "AE": {
        "Req": "AEDECOD",
        "Exp": "AELLT AELLTCD AEPTCD AEHLT AEHLTCD AEHLGT AEHLGTCD AEBODSYS AEBDSYCD AESOC AESOCCD AESER AEACN "
        "AEREL AESTDTC AEENDTC",
    },
    "DS": {"Req": "DSDECOD", "Exp": "DSCAT DSSTDTC"},
    "EX": {"Exp": "EXDOSE EXDOSU EXDOSFRM EXSTDTC EXENDTC"},
    "LB": {"Exp": "LBCAT LBORNRLO LBORNRHI LBSTNRLO LBSTNRHI LBNRIND"},
    "QS": {"Req": "QSCAT", "Perm": "QSORRESU QSSTRESU"},
    "FT": {"Req": "FTCAT", "Perm": "FTORRESU FTSTRESU"},
    "FA": {"Req": "FAOBJ", "Perm": "FASTRESN"},
    "SC": {"Perm": "VISITNUM SCSTRESN"},
}
_CODELIST = {"DSDECOD": "NCOMPLT", "DSCAT": "DSCAT"}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


EVENTS = ("AE", "CE", "DS", "DV", "HO", "MH", "BE")
INTERVENTIONS = ("AG", "CM", "EC", "EX", "ML", "PR", "SU")
FINDINGS = ("BS", "CP", "CV", "DA", "DD", "EG", "FA", "FT", "GF", "IE", "IS", "LB", "MB", "MI", "MK", "MS", "NV") + (
    "OE",
    "PC",
    "PE",
    "PP",
    "QS",
    "RE",
    "RP",
    "RS",
    "SC",
    "SS",
    "TR",
    "TU",
    "UR",
    "VS",
)
#: Domains of other kinds that a study may hold and that are only read: trial design, relations, comments.
OTHER = ("CO", "OI", "RELREC", "RELSPEC", "RELSUB", "SM", "TA", "TD", "TE", "TI", "TM", "TS", "TV")

#: Expected variables that analyses read: a table without one of them cannot be used.
NEEDED = _names(
    "RFSTDTC RFXSTDTC RFICDTC DTHFL AGE RACE ARMCD ARM ACTARMCD ACTARM AEBODSYS AESER AEREL AESTDTC AEENDTC "
    "DSCAT DSSTDTC EXDOSE EXDOSU EXSTDTC EXENDTC SVSTDTC --ORRES --STRESC --STRESN VISITNUM --DTC IDVAR IDVARVAL"
)


def observation_class(domain: str) -> str:
    """Events, Interventions, Findings, Special, Supplemental, Other, or "" for a name SDTM does not have."""
    if (domain.startswith("SUPP") and len(domain) == 6) or domain == "SUPPQUAL":
        return "Supplemental"
    classes = {"Events": EVENTS, "Interventions": INTERVENTIONS, "Findings": FINDINGS, "Other": OTHER}
    for name, domains in (*classes.items(), ("Special", ("DM", "SV", "SE"))):
        if domain in domains:
            return name
    return ""


def _parse(table: str, domain: str) -> dict[str, Variable]:
    variables: dict[str, Variable] = {}
    for line in table.strip().splitlines():
        name, type_, core, codelist, *since = line.split()
        name = name.replace("--", domain) if name.startswith("--") else name
        variables[name] = Variable(
            name,
            type_,  # type: ignore[arg-type]
            core,  # type: ignore[arg-type]
            "" if codelist == "-" else codelist,
            since[0] if since else "3.2",
        )
    return variables


@cache
def variables(domain: str) -> dict[str, Variable]:
    """The variables that a domain may hold, by name; empty for a domain that is only read."""
    kind = observation_class(domain)
    special = {"DM": _DM, "SV": _SV, "SE": _SE}
    if kind == "Special":
        return _parse(special[domain], domain)
    if kind == "Supplemental":
        return _parse(_SUPP, domain)
    tables = {"Events": _EVENTS, "Interventions": _INTERVENTIONS, "Findings": _FINDINGS}
    if kind not in tables:
        return {}
    found = _parse(_IDENTIFIERS, domain) | _parse(_TIMING, domain) | _parse(tables[kind], domain)
    for core, names in _CORE.get(domain, {}).items():
        for name in names.split():
            old = found[name]
            found[name] = Variable(name, old.type, core, old.codelist, old.since)
    for name, codelist in _CODELIST.items():
        if name in found:
            old = found[name]
            found[name] = Variable(name, old.type, old.core, codelist, old.since)
    if domain == "MH":  # history is not graded by the adverse-event list alone
        found["MHSEV"] = Variable("MHSEV", "Char", "Perm")
    return found


def is_needed(domain: str, variable: str) -> bool:
    """Whether analyses read this variable, so that it must be there as a column."""
    return variable in NEEDED or (variable.startswith(domain) and f"--{variable[len(domain) :]}" in NEEDED)


def prefix(domain: str) -> str:
    """The prefix of a domain's own variables; "" for domains without one."""
    return domain if observation_class(domain) in {"Events", "Interventions", "Findings"} else ""
