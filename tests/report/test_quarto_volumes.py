"""By the real Quarto a report in volumes is the one of the embedded renderer. Skipped where there is no Quarto."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.report.assemble.test_quarto import words_of_page
from tests.report.real_quarto import ONE, SECTION, SKIPPED, Project

pytestmark = [pytest.mark.requirement("REQ-215", "REQ-1301"), pytest.mark.heavy, SKIPPED]

LISTED = """
See `{python} ref('lst.demographics')` and @sec-listings.

# 16 Appendices

## 16.2 Listings {#sec-listings}

```{python}
show_all('16.2')
```

### 16.2.9 Last

A note[^1], and @sec-one.

[^1]: Of the listings.
"""


def test_volumes_are_those_of_the_embedded_renderer(tmp_path: Path) -> None:
    """In a project of one study: what Quarto writes beside a document lies in the study's folder."""
    made = Project(tmp_path)
    shutil.copytree(made.studies[ONE], made.root, dirs_exist_ok=True)
    made.studies[ONE] = made.root
    document = made.root / "report" / "csr.qmd"
    document.write_text(document.read_text(encoding="utf-8").replace("show, ", "ref, show, show_all, "), "utf-8")
    made.section.write_text(SECTION + LISTED, encoding="utf-8")
    report = made.root / "report"  # which is the study's own: what no document includes would be refused
    for path in [*report.glob("*.qmd"), *(report / "sections").glob("*.qmd")]:
        if path not in (document, made.section):
            path.unlink()
    with (made.studies[ONE] / "study.yml").open("a", encoding="utf-8") as definition:
        definition.write("\nvolumes: [{id: listings}]\n")
    code, said = made.render(ONE)
    assert code == 0, said
    assert said.strip().split("\n")[-1].endswith(f"{made.out / 'csr-listings.html'}, {made.out / 'csr-listings.pdf'}")
    assert not (made.root / "report" / "csr.typ").exists()
    other = tmp_path / "embedded"
    command = ["report", "-q", "--renderer", "embedded", "--study", str(made.studies[ONE]), "--out", str(other)]
    subprocess.run(
        [sys.executable, "-m", "trial_report", *command], cwd=made.root, check=True,
        env={**os.environ, "PYTHONPATH": str(made.root)},
    )  # fmt: skip
    for name in ("csr", "csr-listings"):
        assert words_of_page(made.out / f"{name}.html") == words_of_page(other / f"{name}.html")
        assert (made.out / f"{name}.pdf").read_bytes() == (other / f"{name}.pdf").read_bytes()
    assert (made.out / "results.json").read_bytes() == (other / "results.json").read_bytes()
