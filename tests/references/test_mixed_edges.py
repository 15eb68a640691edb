"""Both roads against a third where a mixed model is hard to fit: nearly singular, and singular."""

from __future__ import annotations

import numpy as np
import pytest

from tests.references.fixtures import agree, read
from trial_report.analysis.methods import mmrm
from trial_report.analysis.verify import missing, mixed

pytestmark = pytest.mark.requirement("REQ-307", "REQ-505")

FITTED = 1e-4  # iterative fits of one likelihood; numerical derivatives for R's degrees of freedom


@pytest.mark.parametrize(
    ("case", "structure"), [("nearly singular", "unstructured"), ("singular", "compound symmetry")]
)
def test_a_fit_stands_where_its_maximum_is_no_singular_matrix(case: str, structure: str) -> None:
    """nlme's gls ends at a correlation of one in the second case: its maximum lies on the edge, so it is none."""
    own = read("mixed-edges").query("case == @case")
    expected = read("mixed-edges-results").query("case == @case and quantity == 'lsmean'")
    visits, groups = sorted(own["visit"].unique()), sorted(own["group"].unique())
    found = mmrm.fit_mmrm(own, "value", "id", "visit", visits, "group", groups, ["base"])
    assert (found.structure, found.converged) == (structure, True)
    means = found.means.set_index(["visit", "group"])
    cells = [(v, g) for v in visits for g in groups]
    when = (own["visit"] - 1).to_numpy(np.int64)
    columns = [((own["group"] == g) & (own["visit"] == v)).to_numpy(float) for v, g in cells]
    columns += [(own["base"] - own["base"].mean()).to_numpy() * (own["visit"] == v).to_numpy() for v in visits]
    x, subject = np.column_stack(columns), own["id"].factorize()[0].astype(np.int64)
    again, other = mixed.fit_or_simpler(own["value"].to_numpy(), x, subject, when, len(visits))
    assert other == structure
    for _, row in expected.iterrows():
        cell = (int(row["visit"]), row["group"])
        theirs = row[["estimate", "se", "df"]]
        agree(means.loc[cell, ["estimate", "se", "df"]], theirs, FITTED)
        values = missing.tested_in(again, np.eye(x.shape[1])[cells.index(cell)], 0.95)
        agree([values[n] for n in ("estimate", "se", "df")], theirs, FITTED)
