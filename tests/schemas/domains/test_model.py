"""Domain models: what SDTM says of variables, and what Pandera refuses."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
import pytest

from trial_report.schemas.codelists.terms import CODELISTS
from trial_report.schemas.domains.model import model
from trial_report.schemas.domains.variables import FINDINGS, observation_class, variables

pytestmark = pytest.mark.requirement("REQ-403")


@pytest.mark.parametrize("domain", ["DM", "DS", "EX", "AE", "MH", "CM", "DV", "SV", "SUPPAE", *FINDINGS])
def test_every_domain_has_a_model_with_its_own_variables(domain: str) -> None:
    schema = model(domain)
    assert {"STUDYID", "USUBJID"} <= set(schema.columns)
    assert all(len(name) <= 8 for name in schema.columns)
    assert all(not variable.codelist or variable.codelist in CODELISTS for variable in variables(domain).values())


def test_classes_of_domains() -> None:
    assert observation_class("LB") == "Findings"
    assert observation_class("SUPPAE") == "Supplemental"
    assert observation_class("TS") == "Other"
    assert observation_class("ZZ") == ""


def test_a_model_names_each_failure_by_its_check() -> None:
    frame = pd.DataFrame(
        {
            "STUDYID": ["T", "T", "T"],
            "DOMAIN": ["DV", "DV", "AE"],
            "USUBJID": ["1", "1", None],
            "DVSEQ": pd.array([1, 1, -2], dtype="Int64"),
            "DVTERM": ["a", "b ", "x" * 300],
            "DVSTDTC": ["2024-02-30", "2024", None],
        }
    ).astype({"STUDYID": "str", "DOMAIN": "str", "USUBJID": "str", "DVTERM": "str", "DVSTDTC": "str"})
    with pytest.raises(pa.errors.SchemaErrors) as failed:
        model("DV").validate(frame, lazy=True)
    found = {str(check).partition("(")[0] for check in failed.value.failure_cases["check"]}
    assert {"--013", "--009", "--014", "--015", "--008", "not_nullable", "multiple_fields_uniqueness"} <= found
