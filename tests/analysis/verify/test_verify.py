"""The second road is independent, agrees on sound results, and says so when it does not."""

import ast
import shutil
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.verify import datasets
from trial_report.analysis.verify.attempts import Failure, as_frame, from_frame
from trial_report.analysis.verify.claims import claims
from trial_report.analysis.verify.compare import (
    DIFFERS,
    FAILED,
    MATCHED,
    NOT_COMPUTED,
    ONLY_HERE,
    ONLY_THERE,
    OR,
    P_VALUES,
    compare,
    summary,
)
from trial_report.analysis.verify.mutate.faults import Fault, faults
from trial_report.analysis.verify.mutate.planting import NotThere, planted
from trial_report.analysis.verify.road import Road, keyed
from trial_report.analysis.verify.verification import recompute, seconds, verify_in_detail
from trial_report.declare import Second
from trial_report.schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-505", "REQ-506")

ROOT = Path(__file__).parents[3]
HOME = ROOT / "analysis" / "verify"
ALLOWED = {
    "duckdb",
    "numpy",
    "scipy",
    "statsmodels",
    "pandas",
    "pandera",
    "rich",
    "yaml",
    "trial_report.schemas",
    "trial_report.analysis.verify",
}
# How commands end (no room, no memory) is of no road.
ALLOWED |= {"trial_report.runtime"}
# How anything is declared holds no rule of the field.
ALLOWED |= {"trial_report.declare"}
STANDARD = {"__future__", "argparse", "collections", "contextlib", "dataclasses", "functools", "importlib", "itertools"}
STANDARD |= {
    "atexit",
    "calendar",
    "datetime",
    "copy",
    "fnmatch",
    "math",
    "pathlib",
    "pkgutil",
    "re",
    "shutil",
    "subprocess",
    "sys",
    "tempfile",
    "traceback",
    "typing",
}


def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"trial_report.{a.name}" for a in node.names} if node.module == "trial_report" else {node.module}
    return found


def belongs(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(one + ".") for one in allowed)


def test_the_second_road_imports_nothing_of_the_first() -> None:
    for file in sorted(HOME.rglob("*.py")):
        foreign = {name for name in imported(file) if not belongs(name, ALLOWED | STANDARD)}
        assert not foreign, f"{file.relative_to(ROOT)} imports {sorted(foreign)}"


def results(*rows: tuple[str, float | None, str | None, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["key", "value", "text", "formatted"])
    parts = frame["key"].str.split("/", expand=True)
    frame["analysis"], frame["statistic"] = parts[0], parts[6]
    return frame.astype({"value": "float64", "text": "str"})


def found(*rows: tuple[str, float | None, str | None, int | None, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["key", "value", "text", "decimals", "tolerance"])
    frame["analysis"] = frame["key"].str.split("/").str[0]
    return frame.astype({"value": "float64", "text": "str", "decimals": "float64", "tolerance": "float64"})


def state(
    value: float | None, text: str | None, printed: str, there: tuple, statistic: str = "mean"
) -> tuple[str, str]:
    key = f"a/S/X/-/G/-/{statistic}"
    row = compare(results((key, value, text, printed)), found((key, *there))).iloc[0]
    return row["state"], row["reason"]


@pytest.mark.parametrize(
    ("value", "text", "printed", "there", "statistic", "expected"),
    [
        (1.25, None, "1.3", (1.25, None, 1, None), "mean", (MATCHED, "")),
        (1.25, None, "1.2", (1.25, None, 1, None), "mean", (DIFFERS, "printed")),
        (-1.25, None, "−1.3", (-1.25, None, 1, None), "mean", (MATCHED, "")),
        (1.25, None, "1.25", (1.25, None, 1, None), "mean", (DIFFERS, "printed")),
        (1.25, None, "1.25", (1.25, None, None, None), "mean", (MATCHED, "")),
        (0.449, None, "0.5", (0.449, None, 1, None), "mean", (DIFFERS, "printed")),
        (1.0, None, "1.0", (1.0 + 1e-6, None, 1, None), "mean", (DIFFERS, "value")),
        (1.0, None, "1.0", (1.0 + 1e-6, None, 1, 1e-5), "mean", (MATCHED, "")),
        (None, None, "–", (None, None, 1, None), "mean", (MATCHED, "")),
        (None, None, "0.0", (None, None, 1, None), "mean", (DIFFERS, "printed")),
        (None, None, "–", (1.0, None, 1, None), "mean", (DIFFERS, "value")),
        (1.0, None, "1.0", (None, None, 1, None), "mean", (DIFFERS, "value")),
        (0.00001, None, "<0.0001", (0.00001, None, None, None), "p", (MATCHED, "")),
        (0.00001, None, "0.0000", (0.00001, None, None, None), "p", (DIFFERS, "printed")),
        (0.01, None, "<0.0001", (0.01, None, None, None), "p", (DIFFERS, "printed")),
        (None, "yes", "yes", (None, "yes", None, None), "decision", (MATCHED, "")),
        (None, "yes", "yes", (None, "no", None, None), "decision", (DIFFERS, "text")),
        (None, None, "–", (None, "no", None, None), "decision", (DIFFERS, "text")),
        (None, "2 DLTs in 6: stop", "2 DLTs in 6: stop", (None, "2 DLTs in 6: …", None, None), "reason", (MATCHED, "")),
        (
            None,
            "1 DLT in 6: stop",
            "1 DLT in 6: stop",
            (None, "2 DLTs in 6: …", None, None),
            "reason",
            (DIFFERS, "text"),
        ),
    ],
)
def test_a_row_agrees_in_value_text_and_print(
    value: float | None, text: str | None, printed: str, there: tuple, statistic: str, expected: tuple[str, str]
) -> None:
    assert state(value, text, printed, there, statistic) == expected


def test_where_random_numbers_decide_several_outcomes_agree() -> None:
    """A tipping point that some imputations reach and others do not."""
    key = "a/S/X/-/G/-"
    there = found((f"{key}/outcome", None, f"holds{OR}lost at …", None, None), (f"{key}/delta", 2.0, None, None, 0.5))
    there["optional"] = [None, 1.0]
    for text, delta, agrees in (("holds", None, True), ("lost at 2.5", 2.5, True), ("never", 3.5, False)):
        here = results((f"{key}/outcome", None, text, text), (f"{key}/delta", delta, None, "–" if delta is None else
                       str(delta)))  # fmt: skip
        assert (compare(here, there)["state"] == MATCHED).eq(agrees).all()


def test_rows_of_one_side_only_and_keys_that_stand_twice() -> None:
    here = results(("a/S/X/-/G/-/n", 1, None, "1"), ("b/S/X/-/G/-/n", 1, None, "1"), ("b/S/X/-/G/-/n", 1, None, "1"))
    there = found(("b/S/X/-/G/-/n", 1, None, 0, None), ("c/S/X/-/G/-/n", 1, None, 0, None))
    details = compare(here, there)
    assert details.groupby("analysis")["state"].unique().map(list).to_dict() == {
        "a": [ONLY_HERE],
        "b": [DIFFERS],
        "c": [ONLY_THERE],
    }
    assert summary(details).set_index("analysis")["rows"].to_dict() == {"a": 1, "b": 2, "c": 1}


@pytest.fixture(scope="module")
def exemplar() -> Path:
    return ROOT / "data" / "admscc-cli"


@pytest.fixture(scope="module")
def sound(exemplar: Path) -> pd.DataFrame:
    """The second road's own rows as if they were the results."""
    second = recompute(exemplar)
    own = _as_results(second.found)
    told = [keyed(claims(claim, second, own)) for claim in load_study(exemplar).publication.claims]
    return pd.concat([own, *(_as_results(rows) for rows in told)], ignore_index=True)


def _as_results(own: pd.DataFrame) -> pd.DataFrame:
    statistic = own["key"].str.split("/").str[6]
    parts = zip(own["value"], own["text"], own["decimals"], statistic.isin(P_VALUES), strict=True)
    return own.assign(statistic=statistic, formatted=[_printed(*row) for row in parts])


def _printed(value: float, text: str | None, decimals: float, is_p: bool) -> str:
    """A value as the standard asks for it: rounded half away from zero; – where there is none."""
    if pd.isna(value):
        return "–" if pd.isna(text) else str(text)
    if is_p and not 0.0001 <= value <= 0.9999:
        return "<0.0001" if value < 0.5 else ">0.9999"
    places = Decimal(1).scaleb(-int(4 if pd.isna(decimals) else decimals))
    # Fifteen digits are what a number means; the rest is how it is kept.
    return str(Decimal(f"{value:.12f}").quantize(places, ROUND_HALF_UP)).replace("-", "−")


def test_an_empty_results_frame_is_no_match(exemplar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = seconds()[:1]
    monkeypatch.setattr("trial_report.analysis.verify.verification.seconds", lambda: first)
    none = results(("a/S/X/-/G/-/n", 1, None, "1")).iloc[:0]
    done = verify_in_detail(exemplar, none)
    assert not done.complete
    assert set(done.details["state"]) == {ONLY_THERE}


def test_no_key_stands_twice_and_every_cell_is_named(sound: pd.DataFrame) -> None:
    assert not sound["key"].duplicated().any()
    assert (sound["key"].str.count("/") == 6).all()


@pytest.mark.heavy
def test_an_error_in_a_computation_leaves_the_others_verified(
    exemplar: Path, sound: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not computed is said in words; nothing disagrees because of it."""

    def broken(road: Road) -> None:
        raise ZeroDivisionError("nobody there")

    others = [one for one in seconds() if one.ids != ("visits",)]
    lost_one = Second(function=broken, ids=("visits",), what="the visits")
    monkeypatch.setattr("trial_report.analysis.verify.verification.seconds", lambda: [*others, lost_one])
    done = verify_in_detail(exemplar, sound)
    row = done.details.loc[done.details["state"] == FAILED].iloc[0]
    assert (row["key"], row["reason"]) == ("the visits", "a number could not be computed")
    assert row["error"].startswith("ZeroDivisionError: nobody there")
    assert not done.complete
    assert not done.disagrees, done.details[~done.details["state"].isin([MATCHED, NOT_COMPUTED, FAILED])].to_string()
    lost = done.details.loc[done.details["state"] == NOT_COMPUTED]
    assert set(lost["analysis"]) == {"visits"}
    assert set(lost["reason"]) == {"the visits: a number could not be computed"}
    assert set(done.details.loc[done.details["analysis"] != "visits", "state"]) == {MATCHED, FAILED}


@pytest.mark.heavy
def test_a_stage_that_fails_leaves_what_does_not_need_it(
    exemplar: Path, sound: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(con: object, study: object) -> None:
        raise ValueError("no times")

    stages = tuple((what, broken if what == "the times to event" else stage) for what, stage in datasets.STAGES)
    monkeypatch.setattr("trial_report.analysis.verify.datasets.STAGES", stages)
    done = verify_in_detail(exemplar, sound)
    assert not done.disagrees, done.details[~done.details["state"].isin([MATCHED, NOT_COMPUTED, FAILED])].to_string()
    lost = done.details.loc[done.details["state"] == NOT_COMPUTED]
    assert set(lost["analysis"]) <= {"tte", "ae.time", "claims"}
    assert "ae.time" in set(lost["analysis"])
    put = "the times to event could not be put together: its program ended with an error"
    assert lost.loc[lost["analysis"] == "ae.time", "reason"].unique().tolist() == [
        f"the time to the first adverse event: {put}"
    ]


def test_failures_survive_a_file() -> None:
    failures = (Failure("rates", "it failed", "Error: x", ("ae.rate/*", "a/*")), Failure("b", "c"))
    assert from_frame(as_frame(failures)) == failures


def test_domains_may_be_given_as_frames(exemplar: Path, sound: pd.DataFrame) -> None:
    """The same rows come from frames as from files, SUPP-- still beside its parent."""
    folder = exemplar / "sdtm"
    domains = {path.stem.upper(): pd.read_csv(path, dtype="str") for path in sorted(folder.glob("*.csv"))}
    road = Road(exemplar, domains)
    ours = road.frame("SELECT * FROM ADSL ORDER BY USUBJID")
    files = Road(exemplar).frame("SELECT * FROM ADSL ORDER BY USUBJID")
    assert set(ours.columns) == set(files.columns)
    pd.testing.assert_frame_equal(ours[sorted(ours)], files[sorted(files)], check_dtype=False)


def test_every_fault_can_still_be_planted(tmp_path: Path) -> None:
    every = faults()
    assert len(every) >= 40
    assert len({one.name for one in every}) == len(every)
    shutil.copytree(ROOT / "analysis", tmp_path / "analysis", ignore=shutil.ignore_patterns("__pycache__"))
    for one in every:
        with planted(tmp_path, one):
            text = (tmp_path / "analysis" / one.file).read_text(encoding="utf-8")
            assert one.new in text
            ast.parse(text)


def test_a_fault_whose_text_is_gone_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "x.py").write_text("a = 1\n", encoding="utf-8")
    with pytest.raises(NotThere, match="stands 0 times"), planted(tmp_path, Fault("f", "m", "x.py", "b = 1", "b = 2")):
        pass
