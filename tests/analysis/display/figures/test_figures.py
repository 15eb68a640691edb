"""Every figure of the exemplar: its registry entry, what it says of itself, and that its texts stay apart."""

import io
import re
from dataclasses import replace

import pytest

from tests.analysis.display.figures.colours import told_apart_by_nothing
from tests.analysis.display.figures.conftest import CheckTexts
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Figure, Output

pytestmark = pytest.mark.requirement("REQ-213")


PROFILE = "fig.patient."


def of(book: Book, names: list[str]) -> dict[str, tuple[Output, Figure]]:
    made = {name: (book.outputs[name], book.made(name)) for name in names}
    return {name: (output, figure) for name, (output, figure) in made.items() if isinstance(figure, Figure)}


@pytest.fixture(scope="module")
def figures(book: Book) -> dict[str, tuple[Output, Figure]]:
    """Every figure; of the profiles, a page a patient, every seventh: a test that is heavy draws them all."""
    names = [one.id for one in book.outputs.values() if one.kind == "figure"]
    profiles = [name for name in names if name.startswith(PROFILE)]
    return of(book, [name for name in names if name not in profiles] + profiles[::7])


@pytest.mark.heavy
def test_texts_of_every_profile_stay_apart(book: Book, check_texts: CheckTexts) -> None:
    profiles = of(book, [name for name in book.outputs if name.startswith(PROFILE)])
    assert profiles
    test_texts_of_every_figure_stay_apart(profiles, check_texts)
    test_every_figure_fits_a_page_and_says_what_it_shows(profiles)
    test_every_key_of_a_figure_is_a_result(profiles, book)


def test_the_report_has_its_figures(figures: dict[str, tuple[Output, Figure]], book: Book) -> None:
    expected = {"fig.flow", "fig.escalation", "fig.swimmer", "fig.lab", "fig.vs", "fig.oc", "fig.ae", "fig.edish",
                "fig.dataflow", "fig.design"}  # fmt: skip
    numeric = [e for e in book.definition.endpoints if e.kind == "numeric"]
    primary = [e.paramcd.lower() for e in numeric if e.role == "primary"]
    expected |= {f"fig.profile.{e.paramcd.lower()}" for e in numeric}
    expected |= {f"fig.waterfall.{e.paramcd.lower()}" for e in numeric if e.waterfall}
    expected |= {f"fig.{kind}.{paramcd}" for kind in ("forest", "dose", "phases") for paramcd in primary}
    # Nobody had the event: there is no curve.
    assert not [name for name in figures if name.startswith("fig.km.")]
    treated = book.datasets["ADSL"]["TRTSDT"].notna().sum()
    assert {name for name in figures if not name.startswith(PROFILE)} == expected
    assert sum(name.startswith(PROFILE) for name in book.outputs) == treated


def test_texts_of_every_figure_stay_apart(figures: dict[str, tuple[Output, Figure]], check_texts: CheckTexts) -> None:
    for name, (_, made) in figures.items():
        try:
            check_texts(made.drawing)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from None


def test_what_a_legend_tells_apart_is_told_apart_by_every_reader(figures: dict[str, tuple[Output, Figure]]) -> None:
    for name, (_, made) in figures.items():
        wrong = told_apart_by_nothing(made.drawing)
        assert not wrong, f"{name}: {wrong}"


def test_every_figure_fits_a_page_and_says_what_it_shows(figures: dict[str, tuple[Output, Figure]]) -> None:
    for name, (output, made) in figures.items():
        width, height = made.drawing.get_size_inches()
        assert width == pytest.approx(6.69), name
        assert height <= 8.9, name
        assert len(made.alt) > 60, name
        assert "nan" not in re.findall(r"\w+", made.alt.lower()), name
        assert output.program.startswith("analysis.display.figures."), name


def test_every_key_of_a_figure_is_a_result(figures: dict[str, tuple[Output, Figure]], book: Book) -> None:
    for name, (_, made) in figures.items():
        missing = [key for key in made.keys if not book.has(key)]
        assert not missing, f"{name}: {missing[:3]}"


def test_the_same_figure_gives_the_same_bytes(book: Book) -> None:
    output = book.outputs["fig.flow"]

    def drawn() -> bytes:
        held = io.BytesIO()
        output.make(book).drawing.savefig(held, format="svg", metadata={"Date": None})
        return held.getvalue()

    assert drawn() == drawn()


def test_a_figure_of_nothing_is_not_drawn(book: Book) -> None:
    nobody = book.results.loc[~book.results["analysis"].isin(["ae.frequent", "lab.hy"])]
    datasets = {**book.datasets, "ADSL": book.datasets["ADSL"].assign(SAFFL=None)}
    empty = replace(book, results=nobody, datasets=datasets)
    assert not {"fig.ae", "fig.edish", "fig.swimmer"} & set(empty.outputs)
    assert {"fig.ae", "fig.edish", "fig.swimmer"} <= set(book.outputs)
