"""Controlled terms: the CDISC codelists that the domains in use refer to, and ISO 3166 countries.

A codelist that CDISC calls extensible may hold sponsor terms, so that a value outside it is a warning and not an error.
Of long lists that a sponsor adds to as a matter of course (`NEAR`: units, sites, methods, forms) a value is told only
where it is a slip of one of their terms.

Not here: the terms themselves and their synonyms (`terminology`).
"""

from __future__ import annotations

from trial_report.schemas.codelists.frequency import synonyms_listed, terms_listed
from trial_report.schemas.codelists.terminology import Codelist, published, written


def _terms(text: str) -> tuple[str, ...]:
    return tuple(term.strip() for term in text.split(";"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COUNTRIES = _words(
    "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS "
    "BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV "
    "CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM "
    "GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN "
    "IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE "
    "LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS "
    "MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK "
    "PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR "
    "SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY "
    "USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE"
)

_LISTS = (
    # UNDIFFERENTIATED was the term before INTERSEX.
    published("SEX", earlier=("UNDIFFERENTIATED",)),
    # Extensible in earlier packages. MULTIPLE where several values stand in SUPPDM (SDTMIG 3.4, section 4.2.8.3).
    published("RACE", extensible=True, earlier=("MULTIPLE",)),
    published("ETHNIC"),
    published("AGEU"),
    published("NY"),
    Codelist("Y", "C66742 (Y only)", ("Y",)),
    published("ND"),
    published("ARMNULRS", extensible=True),
    published("AESEV"),
    # MULTIPLE where several values stand in SUPPAE, as of several study drugs (SDTMIG 3.4, section 4.2.8.3).
    published("ACN", earlier=("MULTIPLE",)),
    published("OUT"),
    published("IECAT"),
    published("TSTOPOBJ"),
    published("DSCAT"),
    published(
        "NCOMPLT",
        "PROTMLST",
        "OTHEVENT",
        extensible=True,
        earlier=_terms(
            "ENROLLED; FINAL LAB VISIT; FINAL RETRIEVAL VISIT; OTHER; PRODUCTION ERROR; STUDY TERMINATED BY IRB/IEC; "
            "SYMPTOMATIC DETERIORATION; TREATED; UNBLINDED"
        ),
    ),
    published("ROUTE", extensible=True, earlier=("OPTHALMIC",)),
    Codelist("FREQ", "C71113", terms_listed(), extensible=True, synonyms=(*synonyms_listed(), *written("FREQ"))),
    published("LAT", extensible=True, earlier=("MIDLINE",)),
    published("NRIND", extensible=True, earlier=("HIGH HIGH", "LOW LOW")),
    published("STENRF", earlier=("U",)),
    published("EPOCH", extensible=True, earlier=("INTERIM TREATMENT", "MAINTENANCE")),
    published("POSITION", extensible=True),
    Codelist("COUNTRY", "ISO 3166-1 alpha-3", _COUNTRIES),
)

_NEAR = (
    "UNIT VSRESU FRM SPECTYPE GENSMP SPECCOND LOC METHOD EGMETHOD QRSMTHOD DIR PORTOT EVAL MEDEVAL DSSCAT CNTMODE "
    "TESTCOND DEACNDEV MHEDTTYP"
)

#: Every codelist by its name.
CODELISTS: dict[str, Codelist] = {codelist.name: codelist for codelist in _LISTS}

#: Extensible codelists of which only slips of their terms are told, by NCI code.
NEAR: dict[str, Codelist] = {one.code: one for one in (published(name, extensible=True) for name in _NEAR.split())}

GRADES = ("1", "2", "3", "4", "5")
"""Grades of an adverse event (CTCAE 5.0; there is no grade 0 of an event that happened)."""

SEVERITIES = ("MILD", "MODERATE", "SEVERE", "LIFE THREATENING", "LIFE-THREATENING", "FATAL")
"""Words of severity that have a number, in this order; the two writings of the fourth have one."""

UNRELATED = ("N", "NO", "NONE", "NOT RELATED", "UNRELATED", "DEFINITELY NOT RELATED", "NOT SUSPECTED") + (
    "UNLIKELY",
    "UNLIKELY RELATED",
    "NOT LIKELY",
    "PROBABLY NOT RELATED",
    "REMOTE",
    "DOUBTFUL",
)
"""Words that say that an event is not, or not likely, related to treatment, in capitals.

CDISC has no codelist for AEREL: its values are the sponsor's (SDTMIG 3.4, AE, "causality"). These are the words of the
scales in use: yes or no and its long form (CDASH), the WHO-UMC system (unlikely), Naranjo's (doubtful), and the older
remote, none. WHO-UMC's conditional and unassessable say neither, and are not among them.
"""

SCREEN_FAILED, UNPLANNED = "SCRNFAIL", "UNPLAN"
NOT_ARMS = (SCREEN_FAILED, "NOTASSGN", "NOTTRT", UNPLANNED)
"""Codes that ARMCD and ACTARMCD had for subjects without an arm before SDTMIG 3.4, in capitals."""
