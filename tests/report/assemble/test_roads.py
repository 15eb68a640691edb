"""Which renderer is taken: the one that is named, else the one that gives the better report; it is said which."""

from __future__ import annotations

import pytest

from trial_report.report.assemble import quarto, roads
from trial_report.runtime.choose import ChoiceError

pytestmark = pytest.mark.requirement("REQ-215")

OLD, NEW = ("/bin/quarto", "1.9.38"), ("/bin/quarto", "1.10.18")


@pytest.mark.parametrize(
    ("renderer", "found", "missing", "program", "said"),
    [
        ("auto", None, "", None, "Rendering by the embedded renderer, whose pandoc and Typst are installed with it"),
        ("auto", OLD, "", None, "Rendering by the embedded renderer, whose pandoc and Typst are installed with it"),
        ("auto", NEW, "", None, "installed with it; Quarto 1.10.18 is there too: --renderer quarto"),
        (
            "auto",
            NEW,
            "typst",
            "/bin/quarto",
            "Quarto 1.10.18 (of the embedded renderer there is no typst)",
        ),
        ("quarto", NEW, "", "/bin/quarto", "Rendering by Quarto 1.10.18"),
        ("embedded", NEW, "", None, ""),
    ],
)
def test_it_is_said_which_renderer_is_taken(
    monkeypatch: pytest.MonkeyPatch,
    renderer: roads.Renderer,
    found: tuple[str, str] | None,
    missing: str,
    program: str | None,
    said: str,
) -> None:
    monkeypatch.setattr(quarto, "find", lambda: found)
    monkeypatch.setattr(roads, "find_spec", lambda name: None if name == missing else name)
    road = roads.choose(renderer)
    assert road.quarto == program
    assert road.said.endswith(said)


@pytest.mark.parametrize(
    ("renderer", "found", "said"),
    [
        ("quarto", None, "there is no Quarto on the PATH: install Quarto 1.10.18 or newer"),
        ("quarto", OLD, "Quarto 1.9.38 is older than 1.10.18: install"),
        ("auto", OLD, "typst is not installed, and Quarto 1.9.38 is older than 1.10.18"),
    ],
)
def test_where_there_is_none_that_is_said(
    monkeypatch: pytest.MonkeyPatch, renderer: roads.Renderer, found: tuple[str, str] | None, said: str
) -> None:
    monkeypatch.setattr(quarto, "find", lambda: found)
    monkeypatch.setattr(roads, "find_spec", lambda name: None if name == "typst" else name)
    with pytest.raises(ChoiceError, match=said):
        roads.choose(renderer)
