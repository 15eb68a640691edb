"""Checks of privacy: what identifies a person is refused unless the study definition allows it.

Not here: what a published folder may hold of subjects (`report.publish`), and blinding (`schemas.study.pooled`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, matches
from trial_report.schemas.domains.variables import variables
from trial_report.schemas.study import StudyDefinition

_PARTS = (
    ("FIRSTNAME", "LASTNAME", "MIDNAME", "FULLNAME", "FAMILYNAME", "GIVENNAME", "TELEPHONE", "MAILADDRESS")
    + ("DOB", "BIRTHDATE", "BIRTHDT", "BIRTHDAY", "DATEOFBIRTH", "BRTHDAT", "BRTHDATE")
    + ("NAME", "FNAME", "LNAME", "SURNAME", "FORENAME", "FIRSTNM", "LASTNM", "PATNAM", "SUBJNAM", "INITIALS", "INITS")
    + ("SUBJINIT", "PATINIT", "ADDRESS", "ADDR", "STREET", "CITY", "ZIP", "ZIPCODE", "POSTCODE", "PHONE", "TEL")
    + ("TELNO", "MOBILE", "EMAIL", "SSN", "NATID", "RRN", "PASSPORT", "NHSNO", "INSURNO", "MRN", "HOSPNO", "IPADDR")
)
_NAME = re.compile(rf"^(?:[A-Z]{{2}})?(?:PATIENT|PAT|SUBJECT|SUBJ|PT|HOME|WORK)?(?:{'|'.join(_PARTS)})\d?$")
_LABEL = (
    r"(?i)\b(?:patient|subject|participant)'?s?\s+(?:name|initials)\b|\b(?:tele)?phone\b|e-?mail"
    r"|\baddress\b|passport|social security|national id"
)
# Codes of the sponsor's own, whatever they look like.
_CODES = ("STUDYID", "DOMAIN", "RDOMAIN", "USUBJID", "SUBJID", "SITEID", "INVID", "IDVAR", "IDVARVAL", "QNAM", "ARMCD")
_VALUE = (
    r"[\w.+-]+@[\w-]+\.[a-zA-Z]{2,}"  # an e-mail address
    r"|\b\d{6}-[1-8]\d{6}\b"  # a Korean resident registration number
    r"|\b\d{3}-\d{2}-\d{4}\b"  # a US social security number
    r"|\+\d{1,3}[ -]\d[\d -]{6,}\d|\b0\d{1,2}-\d{3,4}-\d{4}\b"  # a telephone number
)


def is_identifying(name: str) -> bool:
    """Whether a column's name says that it identifies a person. SDTM's own variables do not."""
    return bool(_NAME.match(re.sub(r"[^A-Z0-9]", "", name.upper())))


@declare.check(
    "PR-001",
    "error",
    "A variable identifies a person.",
    "Take it out of the data, or allow it in data.allow_identifying of study.yml.",
)
def no_identifying_variable(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    allowed = definition.data.allow_identifying
    for domain, frame in domains.items():
        for name in domains.sources[domain].columns:
            if name not in variables(domain) and is_identifying(name) and name not in allowed:
                yield Finding(domain, None, name, value=name, expected="no variable that identifies a person")
        if domains.has(domain, "QNAM", "QLABEL"):
            names = [name for name in frame["QNAM"].dropna().unique() if is_identifying(name)]
            wrong = (among(frame["QNAM"], names) | matches(frame["QLABEL"], _LABEL)) & ~among(frame["QNAM"], allowed)
            yield Finding(domain, wrong, "QNAM", expected="no qualifier that identifies a person")


@declare.check(
    "PR-002",
    "error",
    "A date of birth is given in full.",
    "Leave the year alone, or the age; or allow BRTHDTC in data.allow_identifying of study.yml.",
    uses=("DM.BRTHDTC",),
)
def no_full_birth_date(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    if "BRTHDTC" not in definition.data.allow_identifying:
        born = domains["DM"]["BRTHDTC"]
        yield Finding("DM", (born.str.len() > 4).fillna(False), "BRTHDTC", expected="the year")


@declare.check(
    "PR-003",
    "warning",
    "A text looks like an e-mail address, a telephone number or a national id.",
    "Look at the text, and take out what identifies a person.",
)
def no_identifying_value(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        for name, variable in variables(domain).items():
            is_text = variable.type == "Char" and not variable.codelist and name not in _CODES
            if is_text and domains.has(domain, name):
                yield Finding(domain, matches(frame[name], _VALUE), name, expected="nothing that identifies a person")
