"""Controlled terms: the CDISC codelists that the domains in use refer to, and ISO 3166 countries.

Values are CDISC submission values of SDTM Controlled Terminology (package of 2023-12). A codelist that CDISC calls
extensible may hold sponsor terms, so that a value outside it is a warning and not an error; long extensible lists
(units, anatomical sites, test codes) are left out, because a part of them would only give false alarms.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.frequency import terms_listed


@dataclass(frozen=True, slots=True)
class Codelist:
    """A codelist: its CDISC name and NCI code, its terms, and whether a sponsor may add terms."""

    name: str
    code: str
    terms: tuple[str, ...]
    extensible: bool = False

    @property
    def expected(self) -> str:
        """The terms as a message prints them."""
        some = ", ".join(self.terms[:12])
        more = f", … ({len(self.terms)} terms)" if len(self.terms) > 12 else ""
        return f"a term of codelist {self.name}: {some}{more}"


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
    Codelist("SEX", "C66731", _terms("F; M; U; UNDIFFERENTIATED; INTERSEX")),
    Codelist(
        "RACE",
        "C74457",
        _terms(
            "AMERICAN INDIAN OR ALASKA NATIVE; ASIAN; BLACK OR AFRICAN AMERICAN; MULTIPLE; NATIVE HAWAIIAN OR OTHER "
            "PACIFIC ISLANDER; NOT REPORTED; OTHER; UNKNOWN; WHITE"
        ),
        extensible=True,
    ),
    Codelist("ETHNIC", "C66790", _terms("HISPANIC OR LATINO; NOT HISPANIC OR LATINO; NOT REPORTED; UNKNOWN")),
    Codelist("AGEU", "C66781", _terms("DAYS; HOURS; MONTHS; WEEKS; YEARS")),
    Codelist("NY", "C66742", _terms("N; NA; U; Y")),
    Codelist("Y", "C66742 (Y only)", ("Y",)),
    Codelist("ND", "C66789", ("NOT DONE",)),
    Codelist(
        "ARMNULRS",
        "C142179",
        _terms("ASSIGNED, NOT TREATED; NOT ASSIGNED; SCREEN FAILURE; UNPLANNED TREATMENT"),
        extensible=True,
    ),
    Codelist("AESEV", "C66769", _terms("MILD; MODERATE; SEVERE")),
    Codelist(
        "ACN",
        # MULTIPLE where several values stand in SUPPAE, as of several study drugs (SDTMIG 3.4, section 4.2.8.3).
        "C66767",
        _terms(
            "DOSE INCREASED; DOSE NOT CHANGED; DOSE RATE REDUCED; DOSE REDUCED; DRUG INTERRUPTED; DRUG WITHDRAWN; NOT "
            "APPLICABLE; UNKNOWN; MULTIPLE"
        ),
    ),
    Codelist(
        "OUT",
        "C66768",
        _terms(
            "FATAL; NOT RECOVERED/NOT RESOLVED; RECOVERED/RESOLVED; RECOVERED/RESOLVED WITH SEQUELAE; "
            "RECOVERING/RESOLVING; UNKNOWN"
        ),
    ),
    Codelist("DSCAT", "C74558", _terms("DISPOSITION EVENT; OTHER EVENT; PROTOCOL MILESTONE")),
    Codelist(
        "NCOMPLT",
        "C66727 and C114118",
        _terms(
            "ADVERSE EVENT; COMPLETED; DEATH; DISEASE RELAPSE; ENTERED INTO TRIAL; FAILURE TO MEET CONTINUATION "
            "CRITERIA; INFORMED CONSENT OBTAINED; ELIGIBILITY CRITERIA MET; LACK OF EFFICACY; LOST TO FOLLOW-UP; "
            "NON-COMPLIANCE WITH STUDY DRUG; OTHER; PHYSICIAN DECISION; PREGNANCY; PRODUCTION ERROR; PROGRESSIVE "
            "DISEASE; PROTOCOL DEVIATION; PROTOCOL VIOLATION; RANDOMIZED; RECOVERY; SCREEN FAILURE; SCREENING NOT "
            "COMPLETED; SITE TERMINATED BY SPONSOR; STUDY TERMINATED BY SPONSOR; SYMPTOMATIC DETERIORATION; "
            "TECHNICAL PROBLEMS; TREATED; UNBLINDED; WITHDRAWAL BY PARENT/GUARDIAN; WITHDRAWAL BY SUBJECT; "
            "WITHDRAWAL OF CONSENT; STUDY TERMINATED BY IRB/IEC; INFORMED ASSENT OBTAINED; RE-RANDOMIZED; ENROLLED; "
            "FINAL LAB VISIT; FINAL RETRIEVAL VISIT; SPONSOR REQUEST; RANDOMIZED BY MISTAKE; RANDOMIZED BY MISTAKE "
            "WITH STUDY TREATMENT; RANDOMIZED BY MISTAKE WITHOUT STUDY TREATMENT; PROTOCOL-SPECIFIED WITHDRAWAL "
            "CRITERION MET; NON-COMPLIANCE WITH STUDY SCHEDULE; NON-COMPLIANCE WITH STUDY DEVICE; NON-COMPLIANCE "
            "WITH NON-STUDY DEVICE; NO LONGER CLINICALLY BENEFITING; NEVER DOSED; MET ELIGIBILITY CRITERIA BUT NOT "
            "NEEDED; LOGISTICAL PROBLEM; FAILURE TO MEET RANDOMIZATION CRITERIA; APPROVED DRUG AVAILABLE FOR "
            "INDICATION; DECLINED TO CONTINUE INTO SURVIVAL FOLLOW-UP; DECLINED TO CONTINUE INTO NEXT TRIAL ELEMENT"
        ),
        extensible=True,
    ),
    Codelist(
        "ROUTE",
        "C66729",
        _terms(
            "INTRAMUSCULAR; INTRAVENOUS; INTRAVENOUS BOLUS; INTRAVENOUS DRIP; INTRA-ARTERIAL; INTRALESIONAL; "
            "INTRADERMAL; INTRATHECAL; INTRAVITREAL; INTRAPERITONEAL; INTRA-ARTICULAR; INTRACAVITARY; SUBCUTANEOUS; "
            "SUBLINGUAL; BUCCAL; ORAL; ORAL GAVAGE; TOPICAL; TRANSDERMAL; NASAL; OPHTHALMIC; OPTHALMIC; AURICULAR "
            "(OTIC); RECTAL; VAGINAL; RESPIRATORY (INHALATION); PERCUTANEOUS; EPIDURAL; PERINEURAL; ENTERAL; "
            "NASOGASTRIC; OROPHARYNGEAL; PARENTERAL; UNKNOWN; NOT APPLICABLE"
        ),
        extensible=True,
    ),
    Codelist("FREQ", "C71113", terms_listed(), extensible=True),
    Codelist(
        "LAT",
        "C99073",
        _terms("BILATERAL; CONTRALATERAL; IPSILATERAL; LATERAL; LEFT; MIDLINE; RIGHT; UNILATERAL"),
        extensible=True,
    ),
    Codelist("NRIND", "C78736", _terms("ABNORMAL; HIGH; HIGH HIGH; LOW; LOW LOW; NORMAL"), extensible=True),
    Codelist(
        "STENRF",
        "C66728",
        _terms("AFTER; BEFORE; BEFORE/DURING; COINCIDENT; DURING; DURING/AFTER; ONGOING; U; UNKNOWN"),
    ),
    Codelist(
        "EPOCH",
        "C99079",
        _terms(
            "BASELINE; BLINDED TREATMENT; CONTINUATION TREATMENT; FOLLOW-UP; INDUCTION TREATMENT; INTERIM TREATMENT; "
            "LONG-TERM FOLLOW-UP; MAINTENANCE; OBSERVATION; OPEN LABEL TREATMENT; RUN-IN; SCREENING; TREATMENT; "
            "WASHOUT"
        ),
        extensible=True,
    ),
    Codelist(
        "POSITION",
        "C71148",
        _terms(
            "DECUBITUS; FOWLERS; LATERAL DECUBITUS; LEFT LATERAL DECUBITUS; PRONE; REVERSE TRENDELENBURG; RIGHT "
            "LATERAL DECUBITUS; SEMI-FOWLERS; SEMI-RECUMBENT; SITTING; SITTING, LEGS DEPENDENT; SLING; STANDING; "
            "STANDING, BENT FORWARD; SUPINE; TRENDELENBURG; UNCONSTRAINED"
        ),
        extensible=True,
    ),
    Codelist("COUNTRY", "ISO 3166-1 alpha-3", _COUNTRIES),
)

#: Every codelist by its name.
CODELISTS: dict[str, Codelist] = {codelist.name: codelist for codelist in _LISTS}

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
