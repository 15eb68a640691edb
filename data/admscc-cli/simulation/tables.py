"""The SDTM tables: variables in the order of SDTMIG 3.4, sequence numbers, and the CSV files."""

from __future__ import annotations

import csv
from pathlib import Path

from .design import STUDYID

Row = dict[str, str]


def finding(prefix: str, before: str, place: str, after: str = "") -> list[str]:
    """Variables of a Findings domain: those before the result, after the reason, and after LOBXFL."""
    timing = ["VISITNUM", "VISIT", "VISITDY", "EPOCH", f"{prefix}DTC", f"{prefix}DY"]
    middle = [
        "ORRES",
        "ORRESU",
        *(["ORNRLO", "ORNRHI"] if prefix == "LB" else []),
        "STRESC",
        "STRESN",
        "STRESU",
        *(["STNRLO", "STNRHI", "NRIND"] if prefix == "LB" else []),
        "STAT",
        "REASND",
        *place.split(),
        "LOBXFL",
        *after.split(),
    ]
    named = [prefix + name for name in ["SEQ", "TESTCD", "TEST", *before.split(), *middle]]
    return ["STUDYID", "DOMAIN", "USUBJID", *named, *timing]


SUPPLEMENT = "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL QNAM QLABEL QVAL QORIG QEVAL"
TEXT = {
    "DM": """STUDYID DOMAIN USUBJID SUBJID RFSTDTC RFENDTC RFXSTDTC RFXENDTC RFICDTC RFPENDTC DTHDTC DTHFL SITEID
        AGE AGEU SEX RACE ETHNIC ARMCD ARM ACTARMCD ACTARM ARMNRS ACTARMUD COUNTRY DMDTC DMDY""",
    "DS": """STUDYID DOMAIN USUBJID DSSEQ DSTERM DSDECOD DSCAT DSSCAT EPOCH DSSTDTC DSSTDY""",
    "EX": """STUDYID DOMAIN USUBJID EXSEQ EXTRT EXDOSE EXDOSU EXDOSFRM EXDOSFRQ EXDOSRGM EXROUTE EXLOC EXLAT EXADJ
        EPOCH EXSTDTC EXENDTC EXSTDY EXENDY""",
    "AE": """STUDYID DOMAIN USUBJID AESEQ AETERM AELLT AELLTCD AEDECOD AEPTCD AEHLT AEHLTCD AEHLGT AEHLGTCD
        AEBODSYS AEBDSYCD AESOC AESOCCD AESEV AESER AEACN AEREL AEOUT AESCONG AESDISAB AESDTH AESHOSP AESLIFE
        AESMIE AECONTRT AETOXGR EPOCH AESTDTC AEENDTC AESTDY AEENDY AEENRTPT AEENTPT""",
    "MH": """STUDYID DOMAIN USUBJID MHSEQ MHTERM MHDECOD MHCAT MHBODSYS VISITNUM VISIT VISITDY EPOCH MHDTC MHSTDTC
        MHENDTC MHDY MHENRTPT MHENTPT""",
    "CM": """STUDYID DOMAIN USUBJID CMSEQ CMTRT CMDECOD CMINDC CMCLAS CMCLASCD CMDOSE CMDOSU CMDOSFRQ CMROUTE EPOCH
        CMSTDTC CMENDTC CMSTDY CMENDY CMENRTPT CMENTPT""",
    "DV": """STUDYID DOMAIN USUBJID DVSEQ DVTERM DVDECOD DVCAT EPOCH DVSTDTC DVENDTC DVSTDY DVENDY""",
    "SV": """STUDYID DOMAIN USUBJID VISITNUM VISIT SVPRESP SVOCCUR SVREASOC VISITDY SVSTDTC SVENDTC SVSTDY SVENDY
        SVUPDES""",
    "SUPPDM": SUPPLEMENT,
    "SUPPAE": SUPPLEMENT,
}
COLUMNS = {domain: text.split() for domain, text in TEXT.items()} | {
    "VS": finding("VS", "POS", ""),
    "LB": finding("LB", "CAT", "SPEC", "CLSIG"),
    "QS": finding("QS", "CAT", ""),
    "FT": finding("FT", "CAT", ""),
    "CV": finding("CV", "CAT POS", "LOC LAT"),
    "FA": finding("FA", "OBJ", "LOC LAT"),
}
# what the records of a subject are sorted by, before they are numbered
ORDER = {
    "DS": ("DSSTDTC", "DSCAT"),
    "AE": (),
    "MH": (),
    "CM": ("CMSTDTC", "CMTRT"),
    "DV": ("DVSTDTC", "DVTERM"),
    "FA": ("FAOBJ", "FATESTCD", "VISITNUM", "FADTC"),
    "SUPPAE": (),
    "SUPPDM": (),
    "SV": ("VISITNUM",),
}


def finished(domain: str, rows: list[Row]) -> list[Row]:
    """The rows sorted by subject and then in the domain's own order, identified and numbered."""
    order = ORDER.get(domain, (f"{domain}TESTCD", "VISITNUM", f"{domain}DTC"))
    ready: list[Row] = []
    counter: dict[str, int] = {}
    for row in sorted(rows, key=lambda r: (r["USUBJID"], *(r.get(name, "") for name in order))):
        counter[row["USUBJID"]] = counter.get(row["USUBJID"], 0) + 1
        own = {"STUDYID": STUDYID, "DOMAIN": domain, f"{domain}SEQ": str(counter[row["USUBJID"]])}
        whole = own | row
        unknown = {n for n, v in row.items() if v and n not in COLUMNS[domain] and not n.startswith("_")}
        assert not unknown, (domain, unknown)
        ready.append({name: whole.get(name, "") for name in COLUMNS[domain]})
    return ready


def write(folder: Path, tables: dict[str, list[Row]]) -> None:
    """One CSV a domain: UTF-8, line feed, empty for missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for domain, columns in COLUMNS.items():
        with (folder / f"{domain.lower()}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(finished(domain, tables[domain]))
