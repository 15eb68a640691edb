"""Domains that no analysis reads, written as the SDTMIG allows: no VISITNUM, no --STRESN, no --DTC where it is
permissible.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
    """,
    other={
        "DD": """
        id  DDTESTCD  DDTEST                  DDORRES  DDSTRESC  DDDTC
        1   PRCDTH    Primary Cause of Death  UNKNOWN  UNKNOWN   29
    """,
        "EG": """
        id  EGTESTCD  EGTEST          EGORRES  EGSTRESC  EGLOBXFL  VISITNUM  VISIT  EGDTC
        1   INTP      Interpretation  NORMAL   NORMAL    Y         1         BL     1
    """,
        "FA": """
        id  FATESTCD  FATEST      FAOBJ  FAORRES  FASTRESC  VISITNUM  VISIT  FADTC
        1   OCCUR     Occurrence  Rash   Y        Y         1         BL     1
    """,
        "IE": """
        id  IETESTCD  IETEST       IECAT      IEORRES  IESTRESC
        1   IN01      Age over 18  INCLUSION  N        N
    """,
        "MH": """
        id  MHTERM  MHDECOD  MHBODSYS               MHEVDTYP   MHSTDTC
        1   asthma  Asthma   Respiratory disorders  DIAGNOSIS  2010
    """,
        "PE": """
        id  PETESTCD  PETEST  PEORRES  PESTRESC  VISITNUM  VISIT  PEDTC
        1   HEAD      Head    NORMAL   NORMAL    1         BL     1
    """,
        "RS": """
        id  RSTESTCD  RSTEST            RSCAT       RSORRES  RSSTRESC  RSEVAL        VISITNUM  VISIT  RSDTC
        1   OVRLRESP  Overall Response  RECIST 1.1  PR       PR        INVESTIGATOR  2         W4     29
    """,
        "SS": """
        id  SSTESTCD  SSTEST           SSORRES  SSSTRESC  VISITNUM  VISIT  SSDTC
        1   SURVSTAT  Survival Status  ALIVE    ALIVE     2         W4     29
    """,
        "TU": """
        id  TULNKID  TUTESTCD  TUTEST                TUORRES  TUSTRESC  TULOC  TUMETHOD  TUEVAL  TULOBXFL  VISITNUM  VISIT  TUDTC
        1   T01      TUMIDENT  Tumor Identification  TARGET   TARGET    LIVER  CT SCAN   .       Y         1         BL     1
    """,  # noqa: E501
    },
)  # fmt: skip

EXPECTED = Expected(results={"sets/SAF/USUBJID/-/A/-/N": 2, "mh/SAF/MHDECOD/-/A/ANY/n": 1})
