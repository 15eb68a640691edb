"""The variables of domains by version of the guide: their core, what the classes add, what nobody has."""

from __future__ import annotations

import pytest

from trial_report.schemas.domains.variables import FINDINGS, GUIDES, always_there, observation_class, variables

pytestmark = pytest.mark.requirement("REQ-403")


@pytest.mark.parametrize(
    ("domain", "name", "cores"),
    [
        ("AE", "AEDECOD", ("Req", "Req", "Req")),
        ("DM", "ARMCD", ("Req", "Exp", "Exp")),
        ("DM", "RFCSTDTC", ("Perm", "Perm", "Perm")),
        ("FA", "FAOBJ", ("Req", "Req", "Req")),
        ("FA", "FASTRESN", ("Perm", "Perm", "Perm")),
        ("FA", "FADTC", ("Perm", "Perm", "Exp")),
        ("IE", "IESTRESC", ("Req", "Req", "Req")),
        ("IE", "VISITNUM", ("Perm", "Perm", "Perm")),
        ("LB", "LBBLFL", ("Exp", "Perm", "Perm")),
        ("LB", "LBLOBXFL", ("Perm", "Exp", "Exp")),
        ("QS", "QSLOBXFL", ("Perm", "Perm", "Exp")),
        ("SUPPAE", "QORIG", ("Req", "Req", "Req")),
    ],
)
def test_core_follows_the_guide_of_the_study(domain: str, name: str, cores: tuple[str, ...]) -> None:
    assert tuple(variables(domain, guide)[name].core for guide in GUIDES) == cores


@pytest.mark.parametrize("name", ["AESINTV", "AEUNANT", "AERLPRT", "AERLPRC", "AERLDEV"])
def test_a_variable_of_a_later_guide_is_known_and_told(name: str) -> None:
    assert variables("AE", "3.4")[name].remark == ""
    assert variables("AE", "3.2")[name].remark == "SDTMIG 3.4 has it, 3.2 does not"


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("AE", "MIDS"),  # general, timing
        ("AE", "AELAT"),  # of events, not named in the section on AE
        ("AE", "AETOX"),
        ("LB", "NHOID"),  # general, identifier
        ("LB", "LBSTINT"),
        ("LB", "LBLNKID"),
        ("LB", "LBTMTHSN"),
        ("MH", "MHEVDTYP"),
        ("FA", "FAOBJ"),
    ],
)
def test_a_domain_may_hold_the_variables_of_its_class(domain: str, name: str) -> None:
    assert variables(domain, "3.4")[name].remark == ""


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("AE", "AETRTEM"),  # a qualifier for SUPPAE
        ("LB", "LBRSLSCL"),  # LBRESSCL has another name
        ("LB", "LBOBJ"),
        *(("DM", name) for name in ("DMXFN", "DTHCAUS", "RACEOTH", "ETHNICO")),
    ],
)
def test_names_that_nobody_has_are_not_known(domain: str, name: str) -> None:
    assert all(name not in variables(domain, guide) for guide in GUIDES)


def test_what_a_model_restricts_is_known_and_told() -> None:
    assert "nonclinical" in variables("LB")["FETUSID"].remark
    assert "only GF" in variables("LB")["LBGENREF"].remark
    assert variables("GF")["GFGENREF"].remark == ""
    assert "not Findings" in variables("LB")["LBSTDTC"].remark
    assert "not AE" in variables("AE")["AEOCCUR"].remark


def test_a_domain_that_a_guide_does_not_have_is_judged_by_one_that_does() -> None:
    assert variables("OE", "3.2")["OELAT"].core == "Exp"
    assert variables("MO", "3.4")["MOTESTCD"].remark == ""


def test_types_and_codelists() -> None:
    lab = variables("LB")
    assert [lab[name].type for name in ("LBSEQ", "LBDY", "LBSTRESN", "LBDTC", "LBORRES")] == [
        *("Int", "Int", "Num", "Date", "Char")
    ]
    assert [lab[name].codelist for name in ("LBBLFL", "LBSPCUFL", "LBSTAT", "LBLAT", "LBTOXGR")] == [
        *("Y", "NY", "ND", "LAT", "")
    ]
    assert variables("DM")["COUNTRY"].codelist == "COUNTRY"
    assert variables("AE")["AESEV"].codelist == "AESEV"


@pytest.mark.parametrize("domain", FINDINGS)
def test_results_and_dates_are_there_in_every_domain_of_findings(domain: str) -> None:
    assert {f"{domain}STRESN", f"{domain}STRESC", f"{domain}DTC", "VISITNUM"} <= always_there(domain)


def test_only_domains_that_hold_observations_have_variables() -> None:
    assert observation_class("SR") == "Findings"
    assert observation_class("TS") == "Other"
    assert variables("TS") == {}
    assert variables("ZZ") == {}
