"""The real Quarto publishes what was computed and nothing else: the roads by which it could publish something else.

A project of its own is made for it, so that nothing of this one is touched. Skipped where there is no Quarto.
"""

from __future__ import annotations

import time

import pytest

from tests.report.real_quarto import COMPUTED, KEPT, ONE, OTHER, SECTION, SKIPPED, Project

pytestmark = [pytest.mark.requirement("REQ-215", "REQ-216"), pytest.mark.heavy, SKIPPED]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that has published a report of one study, with its cells' results frozen."""
    made = Project(tmp_path_factory.mktemp("roads"))
    made.set("  cache: false\n", "  cache: false\n  freeze: auto\n")
    process = made.start(ONE)
    while process.poll() is None and not (made.root / "_report" / ".build.owner").exists():
        time.sleep(0.05)
    second, told = made.render(OTHER)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    assert second != 0
    assert "another quarto render (process" in told
    return made


def test_results_of_another_build_are_not_published(project: Project) -> None:
    before = project.hashes()
    code, said = project.render(OTHER)
    assert code != 0
    assert KEPT in said
    assert project.hashes() == before


def test_results_of_the_same_build_that_quarto_froze_are_published_again(project: Project) -> None:
    before = project.hashes()
    code, said = project.render(ONE)
    assert code == 0, said
    assert "Executing" not in said
    assert project.hashes() == before


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of which nothing is published."""
    return Project(tmp_path_factory.mktemp("refusing"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("```{python}\n'**bold** {{< include /etc/hosts >}}'\n```", "a str): end it with a frame"),
        ("The title is `{python} str(study.study.id)`.", "gives a bare str"),
    ],
)
def test_a_bare_string_is_refused(refusing: Project, text: str, told: str) -> None:
    refusing.section.write_text(f"{SECTION}\n{text}\n", encoding="utf-8")
    code, said = refusing.render(ONE, "--to", "html")
    assert code != 0
    assert told in said
    assert not refusing.out.exists()


@pytest.mark.parametrize(
    "text",
    [
        "{{< env HOME >}}",
        "{{< video https://example.org/x.mp4 >}}",
        "```{=html}\n<b>one</b>\n```",
        '```{=typst}\n#read("/etc/hosts")\n```',
        '`#read("/etc/hosts")`{=typst}',
        "```{mermaid}\nflowchart LR\n```",
        "```{dot}\ngraph G { a }\n```",
        "See @tbl-x.",
        "![](/etc/hosts)",
        "<script>1</script>",
        "\\input{/etc/hosts}",
        "[words]{.x onclick=alert()}",
        '::: {.content-visible when-format="html"}\nwords\n:::',
        "[words](javascript:alert%281%29)",
        "$\\href{javascript:alert(1)}{x}$",
    ],
)
def test_what_is_not_the_language_is_refused_before_anything_is_computed(refusing: Project, text: str) -> None:
    refusing.section.write_text(f"{text}\n", encoding="utf-8")
    code, said = refusing.render(ONE)
    assert code != 0
    assert "report/sections/one.qmd:1: " in said
    assert COMPUTED not in said
    assert not refusing.out.exists()


@pytest.mark.parametrize("goal", ["../pyproject.toml", "../../pyproject.toml", "/etc/hosts"])
def test_an_include_in_a_section_is_refused_by_quarto_or_by_us(refusing: Project, goal: str) -> None:
    refusing.section.write_text(f"{{{{< include {goal} >}}}}\n", encoding="utf-8")
    code, said = refusing.render(ONE)
    assert code != 0
    assert COMPUTED not in said
    assert not refusing.out.exists()


@pytest.mark.parametrize(
    "text",
    ["<script>1</script>", "{{< include /etc/hosts >}}", "[a](ftp://x.org)", "`x`{=html}", "![](x.png)", "| a |"],
)
def test_so_is_a_text_of_an_author(refusing: Project, text: str) -> None:
    refusing.section.write_text(SECTION, encoding="utf-8")
    folder = refusing.studies[ONE] / "text"
    folder.mkdir(exist_ok=True)
    (folder / "ethics.md").write_text(f"Fine.\n\n{text}\n", encoding="utf-8")
    code, said = refusing.render(ONE)
    (folder / "ethics.md").unlink()
    assert code != 0
    assert "text/ethics.md:3: " in said
    assert COMPUTED not in said
