"""The written subset of the language: what is read, and what is refused by file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trial_report.report.render import DocumentError
from trial_report.report.render.document import CodeCell, Words, read
from trial_report.report.render.language import CELL_OPTIONS, DIVS, FRONT_MATTER

pytestmark = pytest.mark.requirement("REQ-214")

README = Path(__file__).parents[3] / "report" / "README.md"


def document(tmp_path, words, **others):
    for name, text in {"main.qmd": words, **{f"{k}.qmd": v for k, v in others.items()}}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return read(tmp_path / "main.qmd", tmp_path)


def test_front_matter_includes_cells_and_inline_expressions_are_read_with_their_places(tmp_path):
    found = document(
        tmp_path,
        "---\ntitle: T\n---\n\n# A {#a}\n\n{{< include part.qmd >}}\n",
        part='Before `{python} num("x")` and `{python} ref("y")`.\n\n'
        "```{python}\n#| label: one\n#| include: false\nx = 1\n```\n",
    )
    assert found.meta == {"title": "T"}
    words, cell = found.pieces[:2]
    assert isinstance(words, Words)
    assert [(line.file, line.number, text) for line, text in words.expressions] == [
        ("part.qmd", 1, 'num("x")'),
        ("part.qmd", 1, 'ref("y")'),
    ]
    assert "Before X and Y." in words.filled(["X", "Y"])
    assert cell == CodeCell("x = 1", "part.qmd", 6, shown=False, label="one")


def test_what_stands_in_code_is_left_alone(tmp_path):
    document(tmp_path, "A `$x$ <b> {{< x >}}` and\n\n```\n<b> $x$ :::  {.x}\n```\n")


def test_formulas_callouts_and_references_are_part_of_the_language(tmp_path):
    document(
        tmp_path,
        "# A {#sec-a}\n\nSee @sec-a and @tbl-b: $x^2$ costs \\$5.\n\n$$\n\\frac{a}{b}\n$$\n\n"
        '::: {.callout-tip title="So"}\nx\n:::\n\n```{python}\n#| label: tbl-b\n1\n```\n',
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("---\nformat: html\n---\n", "main.qmd:2: front matter key 'format'"),
        ("---\na: b: c\n---\n", "main.qmd:2: the front matter is not YAML"),
        ("---\ntitle: x\n", "main.qmd:1: the front matter has no closing line"),
        ("\n{{< include none.qmd >}}\n", "main.qmd:2: there is no file none.qmd"),
        ("{{< include ../x.qmd >}}\n", "main.qmd:1: the include ../x.qmd leaves"),
        ("{{< video x >}}\n", "main.qmd:1: a shortcode"),
        ("```{python}\n1\n", "main.qmd:1: this cell is never closed"),
        ("```{python}\n#| echo: true\n1\n```\n", "main.qmd:2: cell option 'echo: true'"),
        ("```{python}\n#| fig-width: 3\n1\n```\n", "main.qmd:2: cell option 'fig-width: 3'"),
        ("```{python}\n#| label: tbl-a b\n1\n```\n", "main.qmd:2: the label 'tbl-a b'"),
        ("```{python}\n#| label: a\n1\n```\n" * 2, "main.qmd:7: two cells have the label 'a'"),
        ("```{mermaid}\na --> b\n```\n", "main.qmd:1: a cell or raw block '{mermaid}' cannot be used here"),
        ("```{dot}\ndigraph {}\n```\n", "save the diagram as SVG"),
        ("```{python}\nx = 1\ny = = 2\n```\n", "main.qmd:3: this is not Python"),
        ("```{python}\n%matplotlib inline\n```\n", "main.qmd:2: this is not Python"),
        ("```{r}\n1\n```\n", "main.qmd:1: a cell or raw block '{r}'"),
        ("```{=html}\n<b>\n```\n", "main.qmd:1: a cell or raw block '{=html}'"),
        ("x `y`{=html}\n", "main.qmd:1: an inline expression or raw inline"),
        ("`{r} 1`\n", "main.qmd:1: an inline expression"),
        ("`{python} 1 +`\n", "main.qmd:1: inline expression `1 +`"),
        ("`{python} 'x'`\n", "main.qmd:1: inline expression `'x'` is a bare value"),
        ("`{python} f'{x}'`\n", "main.qmd:1: inline expression `f'{x}'` is a bare value"),
        ("<div>x</div>\n", "main.qmd:1: raw HTML"),
        ("See [x](javascript:alert%281%29).\n", "main.qmd:1: the link 'javascript:alert%281%29' leads elsewhere"),
        ("A\n[x](java&#115;cript:a)\n", "main.qmd:2: the link 'javascript:a' leads elsewhere"),
        ("A [x].\n\n[x]: data:text/html,a\n", "main.qmd:3: the link 'data:text/html,a' leads elsewhere"),
        ("[x](../other.html)\n", "main.qmd:1: the link '../other.html' leads elsewhere"),
        ("![a](b.png)\n", "main.qmd:1: an image"),
        ("\nSee @tbl-x.\n", "main.qmd:2: @tbl-x leads nowhere: there is no cell with that label"),
        ("# A {#sec-abc}\n\nSee @sec-abd.\n", "no heading {#…}; near to it: sec-abc"),
        ("See @eq-x.\n", "main.qmd:1: a cross-reference other than"),
        ("It costs 5$.\n", "main.qmd:1: a dollar sign"),
        ("A\n\n$\\nonsense{x}$\n", "main.qmd:3: the formula $\\nonsense{x}$ cannot be set"),
        ("$$\nx\n$$ {#eq-x}\n", "main.qmd:3: after a formula"),
        ("[a]{.red}\n", "main.qmd:1: a span"),
        ("::: {.column}\n:::\n", "main.qmd:1: the div '{.column}'"),
        ("::: {.callout-note collapse=true}\n:::\n", "main.qmd:1: the div '{.callout-note collapse=true}'"),
    ],
)
def test_the_rest_is_refused(tmp_path, words, said):
    with pytest.raises(DocumentError) as told:
        document(tmp_path, words)
    assert said in str(told.value)


def test_an_included_file_includes_nothing(tmp_path):
    with pytest.raises(DocumentError, match=r"part\.qmd:2: an included file cannot include another"):
        document(tmp_path, "{{< include part.qmd >}}\n", part="x\n{{< include part.qmd >}}\n")


def test_the_readme_lists_the_language():
    words = re.sub(r"^```.*?^```$", "", README.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    listed = set(re.findall(r"`([^`]+)`", words))
    for name in (*FRONT_MATTER, *CELL_OPTIONS, *DIVS):
        assert name in listed


def test_a_page_break_is_one_in_print_and_never_words(tmp_path):
    found = document(tmp_path, "A\n\n{{< pagebreak >}}\n\n```\n{{< pagebreak >}}\n```\n")
    shown = found.pieces[0].filled([])
    assert shown.count("#pagebreak(weak: true)") == 1
    assert shown.count("{{< pagebreak >}}") == 1
