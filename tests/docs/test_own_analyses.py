"""The example of docs/own-analyses.md does what the page says, on a copy of the exemplar."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pandera.pandas
import pandera.typing
import pytest

from trial_report import declare
from trial_report.analysis.analyse.all import analyses
from trial_report.analysis.analyse.own import own_results
from trial_report.analysis.derive.declared import with_all_variables
from trial_report.analysis.derive.own import with_own_parameters
from trial_report.analysis.display.book import Book, open_book
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.table import Table
from trial_report.analysis.pipeline import analyse_study, write_build
from trial_report.analysis.results.rows import combine
from trial_report.analysis.trial import Trial
from trial_report.analysis.verify.compare import MATCHED
from trial_report.analysis.verify.verification import Recomputed, compared, recompute
from trial_report.declare.kinds import Declarations, into
from trial_report.declare.own import OwnCode, Sources, load, read
from trial_report.schemas.problems import Problems

pytestmark = pytest.mark.requirement("REQ-315")

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "own-analyses.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```\w+\n(?:# |<!-- )(?P<name>(?:analysis|report)/[^\s]+)(?: -->)?\n(?P<text>.*?)```", re.DOTALL)


def written(folder: Path) -> None:
    """The files of the page's example, in a study's folder, as only their owner can write them."""
    for found in BLOCK.finditer(PAGE):
        path = folder / found["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o755)
        path.write_text(found["text"], encoding="utf-8")
        path.chmod(0o644)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own") / "exemplar"
    shutil.copytree(ROOT / "data" / "admscc-cli", folder)
    written(folder)
    return folder


@pytest.fixture(scope="module")
def own(study: Path) -> OwnCode:
    return load(read(study))


@pytest.fixture(scope="module")
def analysed(own: OwnCode, exemplar: Trial, results: pd.DataFrame) -> tuple[Trial, pd.DataFrame]:
    """The exemplar with this code: what is of the house is computed once for all tests."""
    trial = replace(exemplar, own=own)
    return trial, combine([results, *own_results(trial, analyses())])


@pytest.fixture(scope="module")
def book(analysed: tuple[Trial, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Book:
    build = tmp_path_factory.mktemp("own") / "build"
    write_build(*analysed, build)
    return open_book(build)


def test_the_example_is_short() -> None:
    texts = [found["text"] for found in BLOCK.finditer(PAGE)]
    assert len(texts) == 2
    assert sum(1 for text in texts for line in text.splitlines() if line.strip()) < 60


def test_the_score_is_that_of_the_records(analysed: tuple[Trial, pd.DataFrame]) -> None:
    """Counted here by hand from ADBDS, a patient after the other."""
    trial, results = analysed
    rows = trial.adbds.query("PARAMCD == 'PAINVAS' and POSTFL == 'Y' and ANL01FL == 'Y' and FASFL == 'Y'")
    shares = [100 * (own["AVAL"] <= 30).sum() / len(own) for _, own in rows.groupby("USUBJID")]
    printed = results.set_index("key")
    assert printed.loc["score/FAS/RELIEF/-/TOTAL/-/n", "value"] == len(shares)
    assert printed.loc["score/FAS/RELIEF/-/TOTAL/-/mean", "value"] == pytest.approx(sum(shares) / len(shares))
    assert printed.loc["score/FAS/RELIEF/-/TOTAL/-/mean", "formatted"] == f"{sum(shares) / len(shares):.1f}"


def test_the_derivations_and_the_model_of_the_page_do_what_they_say(exemplar: Trial) -> None:
    (text,) = [one for one in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "HEAVYFL" in one]
    own = OwnCode(Sources(), Declarations())
    with into(own.declared):
        exec(compile(text, "page", "exec"), {"declare": declare, "pd": pd, "pandera": pandera})  # noqa: S102
    adsl = with_all_variables(exemplar.adsl, exemplar.definition, exemplar.domains, own)
    assert (adsl["HEAVYFL"] == "Y").sum() == (exemplar.adsl["WEIGHTBL"] >= 80).sum() > 0
    problems = Problems()
    adbds = with_own_parameters(exemplar.adbds, exemplar.definition, exemplar.domains, adsl, problems, own)
    means, pain = (adbds.loc[adbds["PARAMCD"] == name] for name in ("PAINMEAN", "PAINVAS"))
    assert len(means) == len(pain.drop_duplicates(["USUBJID", "ADT"]))
    assert means["BASE"].notna().any()
    assert set(own.declared.checks) == {"OWN-002"}
    assert not problems


@pytest.mark.heavy
def test_everything_else_is_as_it_was(study: Path, own: OwnCode, results: pd.DataFrame) -> None:
    """Of a small study `tests/analysis/test_own_code.py` shows it quickly."""
    _, every = analyse_study(study, own=own)
    assert (every["analysis"] == "score").any()
    ours = every.loc[every["analysis"] != "score"].reset_index(drop=True)
    pd.testing.assert_frame_equal(ours, results.reset_index(drop=True))


def test_the_second_computation_confirms_every_row_of_it(
    study: Path, own: OwnCode, analysed: tuple[Trial, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trial_report.analysis.verify.verification.seconds", lambda: [])
    second: Recomputed = recompute(study, own=own)
    assert second.failures == ()
    trial, results = analysed
    of_score = results.loc[results["analysis"] == "score"]
    plain = trial.definition.model_copy(update={"publication": None})
    assert set(compared(plain, second, of_score, own).details["state"]) == {MATCHED}


def test_table_and_figure_stand_after_the_values_by_visit_and_are_traced(book: Book) -> None:
    names = list(book.outputs)
    last = max(place for place, name in enumerate(names) if name.startswith("eff.by_visit"))
    assert names[last + 1 : last + 3] == ["score.table", "fig.score"]
    assert book.outputs["score.table"].number.startswith("14.2.")
    made, drawn = book.made("score.table"), book.made("fig.score")
    assert isinstance(made, Table)
    assert isinstance(drawn, Figure)
    assert made.rows[0].cells[0].text == "n"
    assert set(made.keys()) <= set(drawn.keys)
    assert made.basis.sizes[0].label == book.definition.analysis_set("FAS").label
    assert book.outputs["score.table"].program == "analysis/score.py"
    code = book.made("code.table")
    assert isinstance(code, Table)
    assert code.rows[0].cells[0].text == "analysis/score.py"
    assert "check OWN-001" in code.rows[0].cells[2].text


@pytest.mark.heavy
def test_the_whole_report_is_built_with_it(study: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "trial_report", "report", "--renderer", "embedded"]
    command += ["--study", str(study)]
    done = subprocess.run([*command, "--out", str(tmp_path / "with")], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "with" / "csr.html").read_text(encoding="utf-8")
    manifest = json.loads((tmp_path / "with" / "manifest.json").read_text(encoding="utf-8"))
    assert "11.4.8 Pain relief" in page
    assert manifest["inputs"]["analysis/score.py"] in page
    assert manifest["verified"]["results"] == manifest["verified"]["matched"]
    done = subprocess.run([*command, "--no-code", "--out", str(tmp_path / "without")], capture_output=True, text=True,
                          cwd=ROOT)  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "without" / "csr.html").read_text(encoding="utf-8")
    # Cells of the study's sections are code as well.
    assert "11.4.8 Pain relief" not in page
    assert "what it analyses and shows is left out" in page
