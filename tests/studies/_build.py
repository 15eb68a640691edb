"""Makes a whole study, a definition and SDTM domains, of the few lines in which a study of this folder is told.

Tables are text: a line of names, then a line a row, cells parted by two blanks or more; a dot is missing. A whole
number where a date belongs is a study day of that subject: 1 is the day of first dose (the column `day1`, else
2024-01-01), and there is no day 0. A time may follow it (`5T10:30`); other texts (`2024-01`) are taken as they are.
A column in capitals is the SDTM variable of that name, and overrules what would be made. What a table does not say
is what nobody would look at: male, 50 years, consent a week before, last dose on the day of the last visit, completed.
"""

from __future__ import annotations

import copy
import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from trial_report.schemas.domains.variables import variables

Record = dict[str, str]
Domains = dict[str, list[Record]]

ID = "ZOO"
DAY1 = "2024-01-01"
_DAY = re.compile(r"(-?\d{1,3})(T.*)?")

HEADERS = {
    "DM": "STUDYID DOMAIN USUBJID SUBJID RFSTDTC RFENDTC RFXSTDTC RFXENDTC RFICDTC RFPENDTC DTHDTC DTHFL SITEID AGE "
    "AGEU SEX RACE ETHNIC ARMCD ARM ACTARMCD ACTARM ARMNRS ACTARMUD COUNTRY",
    "EX": "STUDYID DOMAIN USUBJID EXSEQ EXTRT EXDOSE EXDOSU EXDOSFRM EXDOSFRQ EXROUTE EXSTDTC EXENDTC",
    "DS": "STUDYID DOMAIN USUBJID DSSEQ DSTERM DSDECOD DSCAT DSSTDTC DSSTDY",
    "AE": "STUDYID DOMAIN USUBJID AESEQ AETERM AELLT AELLTCD AEDECOD AEPTCD AEHLT AEHLTCD AEHLGT AEHLGTCD AEBODSYS "
    "AEBDSYCD AESOC AESOCCD AESER AEACN AEREL AEOUT AESCONG AESDISAB AESDTH AESHOSP AESLIFE AESMIE AETOXGR AESTDTC "
    "AEENDTC",
    "MH": "STUDYID DOMAIN USUBJID MHSEQ MHTERM MHDECOD MHBODSYS MHSTDTC MHENDTC",
    "CM": "STUDYID DOMAIN USUBJID CMSEQ CMTRT CMDECOD CMCLAS CMSTDTC CMENDTC",
    "DV": "STUDYID DOMAIN USUBJID DVSEQ DVTERM DVDECOD DVCAT DVSTDTC",
    "SV": "STUDYID DOMAIN USUBJID VISITNUM VISIT SVPRESP SVOCCUR SVSTDTC SVENDTC",
}
"""The required and expected variables of each domain (SDTMIG 3.4), and what else every study delivers."""

FINDINGS = (
    "STUDYID DOMAIN USUBJID --SEQ --TESTCD --TEST --CAT --ORRES --ORRESU --STRESC --STRESN --STRESU --LOBXFL "
    "VISITNUM VISIT --DTC"
)
RANGES = "--ORNRLO --ORNRHI --STNRLO --STNRHI --NRIND"

DEFINITION: dict[str, Any] = {
    "study": {
        "id": ID, "title": "A made-up trial", "short_title": "Made-up", "protocol": "ZOO-1", "protocol_version": "1",
        "phase": "2", "product": "Product A", "indication": "a condition", "population": "adults", "sponsor": "Nobody",
        "design": "Made-up", "planned_subjects": 10, "gcp_statement": "Good clinical practice.",
        "report_version": "1", "data_cutoff": "2024-12-31", "synthetic": True,
    },
    "data": {"folder": "sdtm", "format": "csv", "sdtmig": "3.4"},
    "analysis_sets": [
        {"id": "ITT", "flag": "ITTFL", "label": "Intention-to-treat set", "definition": "All randomised.",
         "criteria": {"enrolled": True}},
        {"id": "SAF", "flag": "SAFFL", "label": "Safety set", "definition": "All treated.",
         "criteria": {"treated": True}},
    ],
    "safety_set": "SAF",
    "efficacy_set": "ITT",
    "adverse_events": {
        "dictionary": "MedDRA 27.0", "grading": "CTCAE version 5.0", "related": ["RELATED"],
        "grade_labels": {str(grade): f"Grade {grade}" for grade in range(1, 6)},
    },
    "multiplicity": {"procedure": "none"},
}  # fmt: skip


ESCALATION: dict[str, Any] = {
    "phases": {"variable": "PHASE", "levels": [{"code": "P1", "label": "Phase 1", "role": "escalation"}]},
    "escalation": {
        "phase": "P1", "cohort_variable": "COHORT", "dlt_variable": "AEDLT", "dlt_window_days": 21,
        "dlt_definition": "A severe event.", "mtd_definition": "at_most_one_of_six",
    },
}  # fmt: skip
"""A 3+3 escalation: PHASE and COHORT in SUPPDM, AEDLT in SUPPAE."""


@dataclass(frozen=True)
class Study:
    """A study in memory: its definition, as `study.yml` holds it, its domains, and files to lay beside them.

    `headers` are the columns of domains that have no records.
    """

    definition: dict[str, Any]
    domains: Domains
    files: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"a study of {', '.join(f'{len(rows)} {name}' for name, rows in self.domains.items())}"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))  # as hypothesis tells it

    def write(self, folder: Path) -> Path:
        """Writes the study's folder; a domain's columns are those of its records, in the order in which they come."""
        (folder / "sdtm").mkdir(parents=True)
        text = yaml.safe_dump(self.definition, allow_unicode=True, sort_keys=False, width=120)
        (folder / "study.yml").write_text(text, encoding="utf-8")
        for name, records in self.domains.items():
            columns = dict.fromkeys(key for one in records for key in one) or self.headers[name].split()
            held = io.StringIO()
            writer = csv.DictWriter(held, list(columns), restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(records)
            (folder / "sdtm" / f"{name.lower()}.csv").write_text(held.getvalue(), encoding="utf-8")
        for name, words in self.files.items():
            (folder / "sdtm" / name).write_text(words, encoding="utf-8")
        return folder


def rows(text: str | None) -> list[Record]:
    """The rows of a table written as text; a missing cell is an empty text. ValueError for a row of another length."""
    lines = [line.strip() for line in (text or "").strip().splitlines() if line.strip()]
    names, *cells = [re.split(r"\s{2,}", line) for line in lines] or [[]]
    wrong = [row for row in cells if len(row) != len(names)]
    if wrong:
        raise ValueError(f"{len(wrong[0])} cells under {len(names)} names {names}: {wrong[0]}")
    return [{name: "" if cell == "." else cell for name, cell in zip(names, row, strict=True)} for row in cells]


def days(first: str, number: int) -> str:
    """The date of a study day, `first` being day 1. ValueError for day 0."""
    if number == 0:
        raise ValueError("there is no day 0")
    return (date.fromisoformat(first) + timedelta(days=number - (number > 0))).isoformat()


def study(
    groups: Mapping[str, Mapping[str, Any] | float | None],
    subjects: str,
    *,
    visits: Mapping[str, int | Mapping[str, Any]] | None = None,
    doses: str | None = None,
    events: str | None = None,
    ends: str | None = None,
    values: Mapping[str, str] | None = None,
    endpoints: list[dict[str, Any]] | None = None,
    laboratory: list[dict[str, Any]] | None = None,
    vital_signs: list[dict[str, Any]] | None = None,
    other: Mapping[str, str] | None = None,
    supp: Mapping[str, str] | None = None,
    without: tuple[str, ...] = (),
    change: Callable[[Domains], None] | None = None,
    files: Mapping[str, str] | None = None,
    **definition: Any,
) -> Study:
    """A study; further keywords are keys of study.yml, laid over those that every study here has.

    Args:
        groups: code of each treatment group → its planned dose in mg, or its keys in study.yml.
        subjects: `id`, and where it matters `arm` (none: screen failure), `actual`, `day1` (a date), `last` (day of
            last dose; none: never treated), `end` (of participation), `reason` (DSDECOD of the end; ONGOING: no
            record), `death`, `rand` (day of the record RANDOMIZED in DS), `consent`, `sex`, `age`, `site`.
        visits: id → target day, or the visit's keys in study.yml. Windows are three days to either side, analysis
            windows meet halfway; days up to 1 count for the last visit that is not after day 1, the baseline.
        doses: EX: `id`, `start`, `end`, and where it matters `dose`, `freq`; else a record QD from day 1 to `last`.
        events: AE: `id`, `term`, `start`, and where it matters `end`, `grade`, `related`, `serious`, `soc`, `out`.
        ends: further records of DS: `id`, `day`, `what`.
        values: test → `id`, and a column a visit (on its day), or `id`, `visit`, `day`, `value` (a row a record).
        endpoints, laboratory, vital_signs: parameters; what is not said of one is as `_parameter` has it.
        other: domain → its records in full, with `id` in place of STUDYID, DOMAIN, USUBJID and the sequence number.
        supp: domain → `id`, `seq` (of the record; not for DM), and a column a supplemental qualifier.
        without: domains that are not delivered, of those that would be: DM, DS, EX, AE, SV.
        change: changes the domains, the last thing that is done.
        files: further files in the folder of the data, name → text.
    """
    planned = _visits(visits or {"BL": 1, "W4": 29})
    made = copy.deepcopy(DEFINITION) | {"visits": planned, "treatment": {"groups": _groups(groups)}}
    for key, kind, domain in (("endpoints", endpoints, "QS"), ("laboratory", laboratory, "LB"),
                              ("vital_signs", vital_signs, "VS")):  # fmt: skip
        if kind:
            made[key] = [_parameter(key, domain, planned, one) for one in kind]
    made = _laid_over(made, definition)
    only = next(iter(groups)) if len(groups) == 1 else ""
    people = {one["id"]: _person({"arm": only} | one, planned) for one in rows(subjects)}
    parameters = [one for key in ("endpoints", "laboratory", "vital_signs") for one in made.get(key, [])]
    domains: Domains = {"DM": [], "DS": _ends(people, rows(ends)), "EX": _doses(people, made, rows(doses))}
    domains["DM"] = [_dm(one, made, domains["EX"]) for one in people.values()]
    domains["AE"] = _events(people, rows(events))
    found = _findings(people, planned, parameters, values or {})
    domains |= {"SV": _visited(people, planned, found)} | found
    for name, text in (other or {}).items():
        domains[name] = domains.get(name, []) + [_dated(people, name, row) for row in rows(text)]
    for name, text in (supp or {}).items():
        domains[f"SUPP{name}"] = [one for row in rows(text) for one in _qualifiers(people[row["id"]], name, row)]
    headers = HEADERS | {
        name: (FINDINGS + " " + RANGES if name == "LB" else FINDINGS).replace("--", name) for name in found
    }
    guide = made["data"]["sdtmig"]
    headers = {name: _of_guide(text, name, guide) for name, text in headers.items()}
    for name, records in domains.items():
        domains[name] = [dict.fromkeys(headers.get(name, "").split(), "") | record for record in records]
        _number(name, domains[name])
    if change is not None:
        change(domains)
    kept = {name: records for name, records in domains.items() if name not in without}
    return Study(made, kept, files or {}, headers)


def _of_guide(header: str, domain: str, guide: str) -> str:
    """The variables of a header that this version of the guide has."""
    known = variables(domain, guide)
    return " ".join(name for name in header.split() if name not in known or not known[name].remark)


def _groups(groups: Mapping[str, Mapping[str, Any] | float | None]) -> list[dict[str, Any]]:
    made = []
    for code, keys in groups.items():
        own = keys if isinstance(keys, Mapping) else {} if keys is None else {"dose": keys, "unit": "mg"}
        made.append({"code": code, "label": f"Group {code}", "short": code} | dict(own))
    return made


def _visits(visits: Mapping[str, int | Mapping[str, Any]]) -> list[dict[str, Any]]:
    targets = [one if isinstance(one, int) else one.get("day") for one in visits.values()]
    known = [day for day in targets if day is not None]
    baseline = max(day for day in known if day <= 1)
    made: list[dict[str, Any]] = []
    for number, (name, keys) in enumerate(visits.items(), 1):
        own = {"day": keys} if isinstance(keys, int) else dict(keys)
        one: dict[str, Any] = {"id": name, "num": number, "name": name, "label": name}
        day = own.get("day")
        if day is not None:
            role = "baseline" if day == baseline else "screening" if day < 1 else "follow-up"
            window = [1, 1] if day == 1 else [day - 3, min(day + 3, -1) if day < 0 else day + 3]
            later, before = [d for d in known if d > day], [d for d in known if d < day]
            low = (2 if day > 1 else -90) if not before or max(before) <= 1 < day else (max(before) + day) // 2 + 1
            high = day + 60 if not later else (day + min(later)) // 2 if day > 1 else max(day, -1)
            one |= {"role": role, "window": window, "analysis_window": [low, 1 if day == 1 else high]}
        made.append(one | own)
    return made


def _parameter(key: str, domain: str, planned: list[dict[str, Any]], keys: dict[str, Any]) -> dict[str, Any]:
    after = [one["id"] for one in planned if one.get("role", "follow-up") == "follow-up"]
    own = {
        "endpoints": {"role": "primary", "benefit": "decrease", "analysis_set": "ITT", "visits": after[-1:]},
        "laboratory": {"unit": "U/L", "category": "Chemistry"},
        "vital_signs": {"unit": "mmHg"},
    }[key]
    name = keys["paramcd"]
    return {"paramcd": name, "label": name, "domain": domain, "testcd": name, "decimals": 0} | own | keys


def _laid_over(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(made.get(key), Mapping)
        made[key] = _laid_over(made[key], value) if both else value
    return made


def _person(row: Record, planned: list[dict[str, Any]]) -> Record:
    last_visit = max(one["day"] for one in planned if one.get("day") is not None)
    one = {"day1": DAY1, "consent": "-7", "sex": "M", "age": "50", "site": "01", "rand": "", "death": "", "arm": ""}
    one |= {key: value for key, value in row.items() if value or key in ("arm", "last", "consent")}
    one.setdefault("last", str(max(last_visit, 1)) if one["arm"] else "")
    one.setdefault("actual", one["arm"] if one["last"] else "")
    whole = [int(day) for day in (one["last"], one["death"]) if re.fullmatch(r"-?\d+", day)]
    one.setdefault("end", one["death"] or str(max([last_visit, *whole] if one["arm"] else [-1])))
    one.setdefault("reason", "DEATH" if one["death"] else "COMPLETED" if one["arm"] else "SCREEN FAILURE")
    return one


def _date(person: Record, text: str) -> str:
    found = _DAY.fullmatch(text)
    return days(person["day1"], int(found[1])) + (found[2] or "") if found else text


def _own(row: Record) -> Record:
    return {key: value for key, value in row.items() if key.isupper()}


def _named(person: Record, domain: str) -> Record:
    return {"STUDYID": ID, "DOMAIN": domain, "USUBJID": f"{ID}-{person['id']}"}


def _dm(one: Record, definition: dict[str, Any], doses: list[Record]) -> Record:
    labels = {str(g.get("value", g["code"])): g["label"] for g in definition["treatment"]["groups"]}
    person = _named(one, "DM")
    given = [dose for dose in doses if dose["USUBJID"] == person["USUBJID"]]
    first = min((dose["EXSTDTC"] for dose in given), default="")
    last = max((dose["EXENDTC"] for dose in given), default="")
    end = _date(one, one["end"]) if one["reason"] != "ONGOING" else ""
    reason = "" if one["arm"] and one["actual"] else "SCREEN FAILURE" if not one["arm"] else "ASSIGNED, NOT TREATED"
    person |= {
        "SUBJID": one["id"], "RFSTDTC": first or (one["day1"] if one["arm"] else ""), "RFENDTC": end,
        "RFXSTDTC": first, "RFXENDTC": last, "RFICDTC": _date(one, one["consent"]), "RFPENDTC": end,
        "DTHDTC": _date(one, one["death"]), "DTHFL": "Y" if one["death"] else "", "SITEID": one["site"],
        "AGE": one["age"], "AGEU": "YEARS", "SEX": one["sex"], "RACE": "WHITE", "ETHNIC": "NOT HISPANIC OR LATINO",
        "ARMCD": one["arm"], "ARM": labels.get(one["arm"], one["arm"]), "ACTARMCD": one["actual"],
        "ACTARM": labels.get(one["actual"], one["actual"]), "ARMNRS": reason, "COUNTRY": "DEU",
    }  # fmt: skip
    return person | {key: _date(one, value) for key, value in _own(one).items()}


def _ends(people: Mapping[str, Record], further: list[Record]) -> list[Record]:
    made = []
    for one in people.values():
        if one["rand"]:
            made.append(_end(one, "RANDOMIZED", one["rand"], "PROTOCOL MILESTONE"))
        if one["reason"] != "ONGOING":
            made.append(_end(one, one["reason"], one["end"], "DISPOSITION EVENT"))
    for row in further:
        milestone = "PROTOCOL MILESTONE" if row["what"] in ("RANDOMIZED", "ENROLLED") else "DISPOSITION EVENT"
        made.append(_end(people[row["id"]], row["what"], row["day"], milestone) | _own(row))
    return made


def _end(one: Record, what: str, day: str, category: str) -> Record:
    return _named(one, "DS") | {"DSTERM": what, "DSDECOD": what, "DSCAT": category, "DSSTDTC": _date(one, day)}


def _doses(people: Mapping[str, Record], definition: dict[str, Any], given: list[Record]) -> list[Record]:
    groups = {str(g.get("value", g["code"])): g for g in definition["treatment"]["groups"]}
    said = {row["id"] for row in given}
    for one in people.values():
        if one["last"] and one["id"] not in said:
            given = [*given, {"id": one["id"], "start": "1", "end": one["last"]}]
    made = []
    for row in given:
        one = people[row["id"]]
        group = groups.get(one["actual"] or one["arm"], {})
        dose = row.get("dose", str(group.get("dose", 1)))
        record = _named(one, "EX") | {
            # A dose of 0 that has its reason is one of the product that was left out.
            "EXTRT": "PLACEBO" if dose == "0" and not row.get("EXADJ") else "PRODUCT A", "EXDOSE": dose,
            "EXDOSU": str(group.get("unit", "mg")), "EXDOSFRM": "TABLET", "EXDOSFRQ": row.get("freq", "QD"),
            "EXROUTE": str(group.get("route", "ORAL")), "EXSTDTC": _date(one, row["start"]),
            "EXENDTC": _date(one, row["end"]),
        }  # fmt: skip
        made.append(record | _own(row))
    return made


def _events(people: Mapping[str, Record], events: list[Record]) -> list[Record]:
    made = []
    for row in events:
        one, end = people[row["id"]], row.get("end", "")
        grade, serious = row.get("grade", "1"), row.get("serious", "") == "Y"
        out = row.get("out") or ("FATAL" if grade == "5" else "RECOVERED/RESOLVED" if end else "")
        soc = row.get("soc", "General disorders")
        record = _named(one, "AE") | {
            "AETERM": row["term"], "AEDECOD": row["term"], "AEBODSYS": soc, "AESOC": soc,
            "AESER": "Y" if serious or grade == "5" else "N", "AEACN": "DOSE NOT CHANGED",
            "AEREL": "NOT RELATED" if row.get("related", "") != "Y" else "RELATED",
            "AEOUT": out or "NOT RECOVERED/NOT RESOLVED", "AESDTH": "Y" if grade == "5" else "N",
            "AESHOSP": "Y" if serious and grade != "5" else "N", "AETOXGR": grade,
            "AESTDTC": _date(one, row["start"]), "AEENDTC": _date(one, end),
        }  # fmt: skip
        made.append(record | _own(row))
    return made


def _findings(
    people: Mapping[str, Record], planned: list[dict[str, Any]], parameters: list[dict[str, Any]],
    values: Mapping[str, str],
) -> Domains:  # fmt: skip
    at = {one["id"]: one for one in planned}
    known = {one["testcd"]: one for one in parameters}
    made: Domains = {}
    for test, text in values.items():
        keys = known.get(test, {"domain": "QS", "label": test})
        domain = keys["domain"]
        for row in rows(text):
            one = people[row["id"]]
            if "visit" in row:
                records = [(row["visit"], row.get("day", ""), row["value"])]
            else:
                records = [(name, "", value) for name, value in row.items() if name in at and value]
            for name, day, value in records:
                visit = at.get(name, {"num": name, "name": f"UNSCHEDULED {name}", "day": None})
                record = _named(one, domain) | {
                    f"{domain}TESTCD": test, f"{domain}TEST": keys["label"],
                    f"{domain}CAT": keys.get("category", keys["label"]).upper(),
                } | _result(domain, keys, value)  # fmt: skip
                record |= {f"{domain}LOBXFL": "", "VISITNUM": str(visit["num"]), "VISIT": visit["name"]}
                record[f"{domain}DTC"] = _date(one, day or str(visit["day"]))
                own = {key: text for key, text in _own(row).items() if key not in at}
                made.setdefault(domain, []).append(record | own)
    for domain, records in made.items():
        _flag_baselines(domain, records, people)
    return made


def _result(domain: str, keys: Mapping[str, Any], value: str) -> Record:
    unit = keys.get("unit") or ""
    number = value if re.fullmatch(r"-?\d+(\.\d+)?", value) else ""
    made = {"ORRES": value, "ORRESU": unit, "STRESC": value, "STRESN": number, "STRESU": unit}
    if domain == "LB" and number:
        place = "LOW" if float(number) < 10 else "HIGH" if float(number) > 40 else "NORMAL"
        made |= {"ORNRLO": "10", "ORNRHI": "40", "STNRLO": "10", "STNRHI": "40", "NRIND": place}
    return {f"{domain}{name}": text for name, text in made.items()}


def _flag_baselines(domain: str, records: list[Record], people: Mapping[str, Record]) -> None:
    """--LOBXFL on the last result of a test that is not after day 1, of those who were treated."""
    starts = {f"{ID}-{one['id']}": one["day1"] for one in people.values() if one["last"]}
    last: dict[tuple[str, ...], Record] = {}
    for record in records:
        same = ("USUBJID", f"{domain}TESTCD", f"{domain}LOC", f"{domain}LAT", f"{domain}POS", f"{domain}TPT")
        key, when = tuple(record.get(name, "") for name in same), record[f"{domain}DTC"]
        before = when[:10] <= starts.get(record["USUBJID"], "") and record[f"{domain}STRESC"]
        if before and (key not in last or last[key][f"{domain}DTC"] <= when):
            last[key] = record
    for record in last.values():
        record[f"{domain}LOBXFL"] = "Y"


def _visited(people: Mapping[str, Record], planned: list[dict[str, Any]], found: Domains) -> list[Record]:
    """SV: the visits at which something was measured, and those planned up to the end of participation."""
    made = []
    everything = [(name, record) for name, records in found.items() for record in records]
    for one in people.values():
        subject, seen = f"{ID}-{one['id']}", {}
        for domain, record in everything:
            if record["USUBJID"] == subject:
                when = seen.setdefault((float(record["VISITNUM"]), record["VISIT"]), [])
                when.append(record[f"{domain}DTC"])
        end = int(one["end"]) if re.fullmatch(r"-?\d+", one["end"]) else 0
        for visit in planned:
            day = visit.get("day")
            if one["arm"] and day is not None and day <= end:
                seen.setdefault((float(visit["num"]), visit["name"]), [_date(one, str(day))])
        for (number, name), dates in sorted(seen.items()):
            text = str(int(number)) if number == int(number) else str(number)
            made.append(_named(one, "SV") | {"VISITNUM": text, "VISIT": name, "SVSTDTC": min(dates),
                                             "SVENDTC": max(dates)})  # fmt: skip
    return made


def _dated(people: Mapping[str, Record], domain: str, row: Record) -> Record:
    one = people[row["id"]]
    return _named(one, domain) | {
        key: _date(one, value) if key.endswith("DTC") else value for key, value in _own(row).items()
    }


def _qualifiers(person: Record, domain: str, row: Record) -> list[Record]:
    place = {"IDVAR": f"{domain}SEQ", "IDVARVAL": row["seq"]} if "seq" in row else {"IDVAR": "", "IDVARVAL": ""}
    record = {"STUDYID": ID, "RDOMAIN": domain, "USUBJID": f"{ID}-{person['id']}"} | place
    return [
        record | {"QNAM": name, "QLABEL": name, "QVAL": value, "QORIG": "CRF", "QEVAL": ""}
        for name, value in _own(row).items()
        if value
    ]


def _number(domain: str, records: list[Record]) -> None:
    """--SEQ by subject, in the order of the records."""
    if domain in ("DM", "SV") or domain.startswith("SUPP"):
        return
    seen: dict[str, int] = {}
    for record in records:
        seen[record["USUBJID"]] = seen.get(record["USUBJID"], 0) + 1
        record[f"{domain}SEQ"] = str(seen[record["USUBJID"]])
