"""What a study's own code gives: results, computed twice or once, derived variables, findings of checks, displays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.studies._build import study
from trial_report.analysis.analyse.all import analyses
from trial_report.analysis.analyse.own import own_results
from trial_report.analysis.check import check_study
from trial_report.analysis.derive import derive
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.table import Table
from trial_report.analysis.pipeline import analyse_study
from trial_report.analysis.results.rows import combine
from trial_report.analysis.trial import Trial
from trial_report.analysis.verify.compare import DIFFERS, MATCHED, NOT_COMPUTED
from trial_report.analysis.verify.verification import Verification, compared, recompute
from trial_report.declare import HOUSE
from trial_report.declare.own import OwnCode, OwnCodeError, Sources, load
from trial_report.report.cells.displays import display
from trial_report.schemas.datasets import columns
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-315")

STUDY = study(
    groups={"A": 10, "B": 20},
    subjects="""
        id  arm
        1   A
        2   A
        3   B
    """,
    values={
        "SCORE": """
        id  BL  W4
        1   10  4
        2   20  30
        3   12  6
    """
    },
    endpoints=[{"paramcd": "SCORE"}],
)
HEAD = """from trial_report import declare
import pandas as pd
from trial_report.analysis.results.rows import Place, Rows
"""
FRAME = """
@declare.analysis("low", needs="QS")
def low(trial):
    values = trial.adbds.query("PARAMCD == 'SCORE' and ANL01FL == 'Y' and POSTFL == 'Y'")
    return pd.DataFrame([dict(dataset="ADBDS", population="SAF", filter="PARAMCD = 'SCORE'", variable="AVAL",
                              group="TOTAL", statistic="mean", value=values["AVAL"].mean(), decimals=1)])
"""
KEY = "low/SAF/AVAL/-/TOTAL/-/mean"
SECOND = """
@declare.second("low")
def again(road):
    qs = road.domain("QS")
    values = pd.to_numeric(qs["QSSTRESN"])[(qs["QSTESTCD"] == "SCORE") & (qs["VISITNUM"] == "2")]
    return {"low/SAF/AVAL/-/TOTAL/-/mean": values.mean() + EXTRA}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return STUDY.write(tmp_path_factory.mktemp("own") / "study")


def code(*texts: str) -> OwnCode:
    return load(Sources({"own.py": (HEAD + "".join(texts)).encode()}))


@pytest.fixture(scope="module")
def plain(folder: Path) -> tuple[Trial, pd.DataFrame]:
    """The study without its own code: what is of the house is computed once for all tests."""
    return analyse_study(folder)


def analysed(plain: tuple[Trial, pd.DataFrame], own: OwnCode) -> pd.DataFrame:
    """The results of the study's own code alone."""
    return combine(own_results(replace(plain[0], own=own), analyses()))


def verified(
    folder: Path, plain: tuple[Trial, pd.DataFrame], own: OwnCode, monkeypatch: pytest.MonkeyPatch
) -> Verification:
    """The study's own results compared, without those of the house."""
    monkeypatch.setattr("trial_report.analysis.verify.verification.seconds", lambda: [])
    return compared(plain[0].definition, recompute(folder, own=own), analysed(plain, own), own)


def book_of(plain: tuple[Trial, pd.DataFrame], own: OwnCode) -> Book:
    trial, results = plain
    results = combine([results, *own_results(replace(trial, own=own), analyses())])
    return Book(definition=trial.definition, datasets=trial.datasets, domains=trial.domains,
                results=results.set_index("key"), problems=trial.problems.to_frame(), folder=Path(), run={},
                own=own)  # fmt: skip


def test_a_plain_frame_becomes_results_with_key_and_print(plain: tuple[Trial, pd.DataFrame]) -> None:
    row = analysed(plain, code(FRAME)).set_index("key").loc[KEY]
    # Of 4, 30 and 6; a mean has one decimal more than the data.
    assert row["value"] == pytest.approx(40 / 3)
    assert row["formatted"] == "13.33"
    assert row["analysis"] == "low"


def test_without_a_second_computation_it_is_not_computed_twice_which_is_no_disagreement(
    folder: Path, plain: tuple[Trial, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = verified(folder, plain, code(FRAME), monkeypatch)
    assert found.details["state"].tolist() == [NOT_COMPUTED]
    assert found.details["reason"].tolist() == ["the analysis low: no second computation of it is declared"]
    assert not found.disagrees


@pytest.mark.parametrize(("extra", "state"), [("0", MATCHED), ("0.01", DIFFERS)])
def test_a_second_computation_from_the_raw_records_is_compared(
    folder: Path, plain: tuple[Trial, pd.DataFrame], extra: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = verified(folder, plain, code(FRAME, SECOND.replace("EXTRA", extra)), monkeypatch)
    assert found.details["state"].tolist() == [state]


def test_a_second_computation_that_stumbles_is_told_and_no_disagreement(
    folder: Path, plain: tuple[Trial, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = verified(folder, plain, code(FRAME, SECOND.replace("EXTRA", "1 / 0")), monkeypatch)
    assert not found.disagrees
    failed = found.details.loc[found.details["state"] == "failed"].iloc[0]
    assert failed["error"].startswith("analysis/own.py, line 15: ZeroDivisionError")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 1", "line 4: one gives int, and not Rows or a data frame"),
        ("return pd.DataFrame({'value': [1]})", "without dataset, population, filter, variable, group, statistic"),
        ("return rows('one', 'SAF', 'ADSL', twice=True)", "the key 'one/SAF/X/-/A/-/n' stands twice"),
        ("return rows('two', 'SAF', 'ADSL')", "rows of the analysis 'two'; it is declared as one"),
        ("return rows('one', 'WHO', 'ADSL')", "population is 'WHO', no analysis set of the study"),
        ("return rows('one', 'SAF', 'ADXX')", "dataset is 'ADXX', neither an analysis dataset nor a domain"),
        ("raise ValueError('x')", r"^analysis/own\.py, line 6: ValueError: x$"),
    ],
)
def test_what_is_no_results_is_told_with_file_and_function(
    plain: tuple[Trial, pd.DataFrame], body: str, said: str
) -> None:
    text = f"""@declare.analysis("one")
def one(trial):
    {body}
def rows(analysis, population, dataset, twice=False):
    made = Rows()
    for _ in range(1 + twice):
        made.add(Place(analysis, dataset, population, variable="X", group="A"), "n", 1)
    return made
"""
    with pytest.raises(OwnCodeError, match=said):
        analysed(plain, code(text))


@pytest.mark.parametrize("name", ["ae.overview", "ae", "claims", "eff.by_visit.mine"])
def test_the_name_of_an_analysis_of_the_generator_is_refused(plain: tuple[Trial, pd.DataFrame], name: str) -> None:
    with pytest.raises(OwnCodeError, match=f"is declared as '{name}', which analyses of the generator are called"):
        analysed(plain, code(f"@declare.analysis('{name}')\ndef one(trial): return Rows()\n"))


Checked = tuple[StudyDefinition, Domains, Problems]


@pytest.fixture(scope="module")
def checked(folder: Path) -> Checked:
    """The study read and checked; a derivation does not change its domains."""
    return check_study(folder)


def trial_with(checked: Checked, text: str) -> Trial:
    definition, domains, problems = checked
    return derive(definition, domains, Problems(problems), code(text))


def test_a_variable_and_a_parameter_are_derived(checked: Checked) -> None:
    made = trial_with(
        checked,
        """
@declare.derivation("ADSL", "GOODFL", label="Good")
def good(adsl, domains, definition):
    return pd.Series("Y", index=adsl["USUBJID"].iloc[:1])

@declare.derivation("ADBDS", "HALF", label="Half of the score", unit="points")
def half(adsl, domains, definition):
    qs = domains["QS"]
    return pd.DataFrame({"USUBJID": qs["USUBJID"], "AVAL": pd.to_numeric(qs["QSSTRESN"]) / 2, "ADT": qs["QSDTC"],
                         "SRCDOM": "QS", "SRCSEQ": qs["QSSEQ"]})
""",
    )
    assert made.adsl["GOODFL"].fillna("").tolist() == ["Y", "", ""]
    score, half = (made.adbds[made.adbds["PARAMCD"] == name].reset_index(drop=True) for name in ("SCORE", "HALF"))
    for name in ("AVAL", "BASE", "CHG"):
        pd.testing.assert_series_equal(half[name], score[name] / 2)
    for name in ("AVISIT", "ABLFL", "ANL01FL", "ADY", "SRCSEQ", "SRCLINE"):
        pd.testing.assert_series_equal(half[name], score[name])
    assert set(half["PARCAT1"]) == {"OWN"}
    assert not made.adbds.duplicated(["USUBJID", "ASEQ"]).any()


def test_a_variable_is_derived_after_those_that_it_uses(checked: Checked) -> None:
    made = trial_with(
        checked,
        """
@declare.derivation("ADSL", "TWICE", label="Twice", uses=("HALF", "TRTDURD"))
def twice(adsl, domains, definition):
    return 2 * adsl["HALF"]

@declare.derivation("ADSL", "HALF", label="Half", uses="AGE")
def half(adsl, domains, definition):
    found = adsl["AGE"] / 2
    adsl["AGE"] = 0.0
    return found
""",
    )
    pd.testing.assert_series_equal(made.adsl["TWICE"], made.adsl["AGE"], check_names=False)
    assert (made.adsl["AGE"] > 0).any()


def test_the_house_declares_its_variables_as_a_study_does() -> None:
    """Each says what it uses, is a column of the model, and none waits for one of a study."""
    known = columns("ADSL")
    house = [one for one in HOUSE.derivations if one.dataset == "ADSL"]
    assert {"RFICDT", "RANDDT", "REFDT", "TRTDURD", "FUPDUR", "DLTEVFL"} <= {one.name for one in house}
    for one in house:
        assert {one.name, *one.uses} <= set(known), one.name
        assert known[one.name].partition("; missing")[0].lower().startswith(one.label.partition(";")[0].lower()), (
            one.name
        )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("'ADSL', 'AGE', label='a'", "derives AGE, which ADSL has"),
        ("'ADSL', 'toolongname', label='a'", "at most eight capitals and digits"),
        ("'ADSL', 'FUPDUR', label='a'", "derives FUPDUR, which ADSL has"),
        ("'ADSL', 'NEW', label='a', uses='WEIGHT'", "uses WEIGHT, which ADSL does not have"),
        ("'ADSL', 'NEW', label='a', uses='NEW'", "uses NEW, for which NEW is needed itself"),
        ("'ADSL', 'NEW', label='a'", "neither over the rows of ADSL nor over USUBJID"),
        ("'ADBDS', 'SCORE', label='a'", "derives SCORE, which the study's definition has as a parameter"),
        ("'ADBDS', 'NEW', label='a'", "gives no frame with USUBJID, AVAL, ADT"),
    ],
)
def test_a_derivation_that_cannot_be_is_told(checked: Checked, text: str, said: str) -> None:
    with pytest.raises(OwnCodeError, match=said):
        trial_with(checked, f"@declare.derivation({text})\ndef one(a, b, c): return pd.Series([1])\n")


CHECKS = """
@declare.check("OWN-001", "warning", "The score is above 25.", "Look.", uses="QS.QSSTRESN")
def high(domains, definition):
    yield declare.Finding("QS", pd.to_numeric(domains["QS"]["QSSTRESN"]) > 25, "QSSTRESN", expected="25 or less")

import pandera.pandas as pa

@declare.check("OWN-002", "error", "The score is not among those foreseen.", "Correct it.", domain="QS")
class Foreseen(pa.DataFrameModel):
    QSSTRESN: str = pa.Field(isin=["10", "4", "20", "30", "12"])

@declare.check("OWN-003", "error", "Fails.", "Mend it.", uses="DM")
def fails(domains, definition):
    yield declare.Finding("DM", domains["DM"]["NOTHING"].isna())
"""


def test_checks_find_rows_a_model_holds_a_domain_and_one_that_fails_is_an_error(folder: Path) -> None:
    _, _, problems = check_study(folder, own=code(CHECKS))
    own = {one.check: one for one in problems if one.check.startswith(("OWN-", "CHECK-"))}
    assert (own["OWN-001"].subject[-1], own["OWN-001"].value, own["OWN-001"].severity) == ("2", "30", "warning")
    assert (own["OWN-002"].value, own["OWN-002"].severity) == ("6", "error")
    assert own["CHECK-001"].value.startswith("analysis/own.py, line 17: KeyError: 'NOTHING'")
    assert own["CHECK-001"].remedy.startswith("Mend the check at that line")
    # Without the code nothing of it is known, and nothing is run.
    assert not [one for one in check_study(folder)[2] if one.check.startswith(("OWN-", "CHECK-"))]


def test_the_id_of_a_check_begins_with_own(folder: Path) -> None:
    text = "@declare.check('QS-001', 'error', 'm', 'r')\ndef one(domains, definition): return []\n"
    with pytest.raises(OwnCodeError, match="begins with OWN-"):
        check_study(folder, own=code(text))


SHOWN = """
from great_tables import GT, loc, style
from matplotlib.figure import Figure

@declare.table("own.gt", number="14.2", title="As GT", population="SAF", after="own.frame")
def gt(book):
    frame = pd.DataFrame({"g": ["A", "A", "B"], "n": ["<b>x</b>", "y & z", "w"], "v": [1.25, None, 3.0]})
    made = GT(frame, rowname_col="n", groupname_col="g").fmt_number("v", decimals=1).cols_label(v="<i>Value</i>")
    made = made.tab_header("A <b>head</b>", "Below it").cols_align("center", "v")
    made = made.tab_footnote("Said.", loc.body("v", [0]))
    made = made.tab_style(style.text(weight="bold"), loc.body("v", [2]))
    return made.tab_spanner("Over", "v").sub_missing(missing_text="none").tab_source_note("A note.")

@declare.table("own.frame", number="14.2", title="As frame", population="SAF")
def frame(book):
    return pd.DataFrame({("Over", "a"): [book.cell("low/SAF/AVAL/-/TOTAL/-/mean"), None], ("Over", "b"): [-2, 3]},
                        index=pd.Index(["x", "<i>"], name="Row"))

@declare.figure("own.figure", number="14.2", title="As axes", population="SAF", after="own.gt", results="low",
                alt="A line.")
def figure(book):
    return Figure(figsize=(20, 3)).subplots()
"""


def test_frames_gts_and_axes_become_tables_and_figures_that_can_be_written(plain: tuple[Trial, pd.DataFrame]) -> None:
    book = book_of(plain, code(FRAME, SHOWN))
    assert [name for name in book.outputs if name.startswith("own.")] == ["own.frame", "own.gt", "own.figure"]
    frame, gt, figure = (book.made(f"own.{name}") for name in ("frame", "gt", "figure"))
    assert isinstance(frame, Table)
    assert isinstance(gt, Table)
    assert isinstance(figure, Figure)
    assert [[cell.text for cell in row.cells] for row in frame.rows] == [["x", "13.33", "−2"], ["<i>", "–", "3"]]
    assert frame.keys() == (KEY,)
    assert [(column.spanner, column.label) for column in frame.columns] == [(None, "Row"), ("Over", "a"), ("Over", "b")]
    assert [(row.group, *(cell.text for cell in row.cells)) for row in gt.rows] == [
        ("A", "<b>x</b>", "1.2"), ("A", "y & z", "none"), ("B", "w", "3.0"),
    ]  # fmt: skip
    assert [(column.spanner, column.label, column.align) for column in gt.columns] == [
        (None, "", "left"), ("Over", "<i>Value</i>", "center"),
    ]  # fmt: skip
    assert gt.notes == ("A note.",)
    assert [cell.marks for row in gt.rows for cell in row.cells if cell.marks] == [("1",)]
    assert [(note.mark, note.text) for note in gt.footnotes] == [("1", "Said.")]
    assert figure.drawing.get_size_inches()[0] == pytest.approx(6.69)
    assert figure.keys == (KEY,)


def test_a_gt_shows_its_header_and_looks_in_both_formats(plain: tuple[Trial, pd.DataFrame]) -> None:
    book = book_of(plain, code(FRAME, SHOWN))
    block = display(book.outputs["own.gt"], book.made("own.gt"))
    assert '<p class="above">A &lt;b&gt;head&lt;/b&gt;</p><p class="above">Below it</p>' in block.html
    assert "<strong>" in block.html
    assert "&lt;i&gt;Value&lt;/i&gt;" in block.html
    assert "no result of this report stands behind it" in block.html
    for words in ("A <b>head</b>", "Below it", "<i>Value</i>", "no result of this report stands behind it", "strong("):
        assert words in block.typst


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@declare.table('a', number='14.2', title='A')\ndef a(book): return 'text'", "a table is a Table, a pandas"),
        ("@declare.figure('a', number='14.2', title='A')\ndef a(book): return book", "a figure is a matplotlib figure"),
        ("from matplotlib.figure import Figure\n@declare.figure('a', number='14.2', title='A')\n"
         "def a(book): return Figure()", "without words: say what it shows with alt"),
        ("@declare.table('a', number='x', title='A')\ndef a(book): ...", "in the section 'x'"),
        ("@declare.table('ae.overview', number='14.2', title='A')\ndef a(book): ...", "which the generator has"),
        ("@declare.table('a', number='14.2', title='A', after='nothing')\ndef a(book): ...", "which nothing is called"),
        ("@declare.table('a', number='14.2', title=lambda book: book.none)\ndef a(book): ...",
         "line 4: AttributeError"),
    ],
)  # fmt: skip
def test_a_display_that_cannot_be_shown_is_told(plain: tuple[Trial, pd.DataFrame], text: str, said: str) -> None:
    book = book_of(plain, code(text))
    with pytest.raises(OwnCodeError, match=said):
        book.made("a")


CHANGING = """
@declare.check("OWN-001", "warning", "Nothing.", "Nothing.", uses="QS")
def check(domains, definition):
    domains["QS"]["QSSTRESN"] = 0.0
    return []

@declare.derivation("ADSL", "GOODFL", label="Good")
def good(adsl, domains, definition):
    adsl["AGE"] = 0
    domains["DM"]["ARMCD"] = ""
    return pd.Series("Y", index=adsl.index)

@declare.analysis("low")
def low(trial):
    trial.adsl.loc[trial.adsl.index[:2], "AGE"] = 0.0
    trial.adbds["AVAL"] = 0.0
    trial.domains["QS"]["QSSTRESN"] = 1.0
    return Rows()
"""


def test_what_own_code_changes_in_place_is_changed_for_itself_alone(
    folder: Path, plain: tuple[Trial, pd.DataFrame]
) -> None:
    changed, results = analyse_study(folder, own=code(CHANGING))
    trial = plain[0]
    pd.testing.assert_frame_equal(changed.adsl.drop(columns="GOODFL"), trial.adsl)
    for name in ("ADAE", "ADBDS", "ADTTE", "ADVISIT"):
        pd.testing.assert_frame_equal(changed.datasets[name], trial.datasets[name])
    for name, frame in trial.domains.items():
        pd.testing.assert_frame_equal(changed.domains[name], frame)
    pd.testing.assert_frame_equal(results, plain[1])
