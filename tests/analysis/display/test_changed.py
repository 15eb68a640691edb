"""`outputs` and `printed` of study.yml: what is left out, retitled, moved, and printed with other decimals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trial_report.analysis.check.outputs import unknown_outputs
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.changed import OutputsError, check_choices
from trial_report.analysis.display.table import Table
from trial_report.analysis.results.rows import reprinted
from trial_report.schemas.study import load_study
from trial_report.schemas.study.outputs import OutputChange

pytestmark = pytest.mark.requirement("REQ-315")

ROOT = Path(__file__).parents[3]


def changed(book: Book, **changes: dict[str, Any]) -> Book:
    """The exemplar's book with these changes; `__` in a name stands for a dot."""
    outputs = {key.replace("__", "."): OutputChange.model_validate(one) for key, one in changes.items()}
    return replace(book, definition=book.definition.model_copy(update={"outputs": outputs}))


def test_what_is_left_out_is_listed_as_left_out_and_the_others_are_numbered_without_a_gap(book: Book) -> None:
    # All figures are left out: the index draws the others to say what they were made from.
    figures = {
        "__".join(name.split(".")[:2]): {"leave_out": True} for name, o in book.outputs.items() if o.kind == "figure"
    }
    assert "fig__patient" in figures
    made = changed(book, ae__grade={"leave_out": True}, **figures)
    assert {"ae.grade"} <= set(book.outputs) - set(made.outputs)
    assert not [name for name in made.outputs if name.startswith("fig.patient")]
    tables = [o.number for o in made.outputs.values() if o.number.startswith("14.3.1.") and o.kind == "table"]
    assert tables == [f"14.3.1.{n + 1}" for n in range(len(tables))]
    index = made.made("index.outputs")
    assert isinstance(index, Table)
    rows = [[cell.text for cell in row.cells[:3]] for row in index.rows]
    assert ["left out", book.outputs["ae.grade"].title, "ae.grade"] in rows


def test_the_longest_name_counts(book: Book) -> None:
    lab = next(name for name in book.outputs if name.startswith("lab.by_visit."))
    made = changed(book, lab={"leave_out": True}, **{lab.replace(".", "__"): {"title": "Kept"}})
    assert [o.title for name, o in made.outputs.items() if name.startswith("lab.")] == ["Kept"]


def test_title_footnote_section_and_place_are_the_studys(book: Book) -> None:
    made = changed(
        book,
        ae__time={"after": "ae.overview", "title": "First events", "footnotes": ["By the sponsor."]},
        exposure={"section": "14.3.1"},
    )
    names = [name for name, o in made.outputs.items() if o.number.startswith("14.3.1.")]
    assert names[names.index("ae.overview") + 1] == "ae.time"
    assert made.outputs["ae.time"].title == "First events"
    assert made.outputs["ae.time"].notes[-1] == "By the sponsor."
    assert "exposure.table" in names
    # What stands for no change is as it was.
    assert made.outputs["ae.soc_pt"].make is book.outputs["ae.soc_pt"].make


def test_columns_and_statistics_are_chosen(book: Book) -> None:
    groups = [group.code for group in book.definition.groups]
    made = changed(book, ae__overview={"columns": [groups[1], groups[0]]}, exposure={"statistics": ["n", "mean"]})
    overview, exposure = made.made("ae.overview"), made.made("exposure.table")
    assert isinstance(overview, Table)
    assert isinstance(exposure, Table)
    assert [column.id for column in overview.columns][1:] == [groups[1], groups[0]]
    printed = exposure.keys()
    assert {key.rpartition("/")[2] for key in printed} <= {"n", "pct", "mean", "sd"}
    whole = book.made("exposure.table")
    assert isinstance(whole, Table)
    assert len(exposure.rows) < len(whole.rows)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ae__overveiw": {"leave_out": True}}, r"outputs.ae.overveiw.*near to it: ae.overview"),
        ({"ae__time": {"after": "ae.overveiw"}}, r"outputs.ae.time.after.*near to it: ae.overview"),
        ({"ae__time": {"after": "sets.table"}}, r"it stands in section 14.1, and ae.time in 14.3.1"),
        ({"ae__overview": {"columns": ["NOBODY"]}}, r"outputs.ae.overview.columns: 'NOBODY': its columns are"),
        ({"exposure": {"statistics": ["mode"]}}, r"outputs.exposure.statistics: 'mode': its statistics are .*mean"),
        ({"fig__flow": {"columns": ["A"]}}, "a figure has neither columns nor statistics"),
    ],
)
def test_a_change_of_what_there_is_not_is_told(book: Book, changes: dict[str, Any], said: str) -> None:
    made = changed(book, **changes)
    with pytest.raises(OutputsError, match=said):
        check_choices(made)


def test_an_unknown_id_is_an_error_at_its_line(tmp_path: Path) -> None:
    study = next(iter(sorted((ROOT / "data").glob("*/study.yml"))))
    text = study.read_text(encoding="utf-8")
    changes = "\noutputs:\n  ae.overveiw: {leave_out: true}\n  eff.by_visit.any: {title: Any}\n"
    (tmp_path / "study.yml").write_text(text + changes, encoding="utf-8")
    (problem,) = unknown_outputs(tmp_path, load_study(tmp_path))
    assert problem.line == len(text.splitlines()) + 3
    assert problem.value == "ae.overveiw"
    assert "ae.overview" in problem.expected


def test_decimals_are_chosen_by_parameter_and_rounded_once_from_the_raw_value() -> None:
    rows = pd.DataFrame(
        {
            "paramcd": ["SCORE", "SCORE", "SCORE", "OTHER", None],
            "variable": ["AVAL", "AVAL", "AVAL", "AVAL", "AGE"],
            "level": ["AVAL", "AVAL", "PCHG", "AVAL", None],
            "statistic": ["mean", "sd", "mean", "mean", "mean"],
            "value": [1.2345, 0.5, 1.2345, 1.2345, -0.05],
            "formatted": ["1.23", "0.50", "1.2", "1.23", "−0.05"],
        }
    )
    found = reprinted(rows, {"SCORE": {"mean": 3}, "AGE": {"mean": 1}})
    # 1.2345 has a neighbour in binary below it; a half goes away from zero.
    assert found["formatted"].tolist() == ["1.235", "0.50", "1.2", "1.23", "−0.1"]
