"""A report in British English says so of itself, and spells the headings of its documents so."""

import pytest

from trial_report.report.cells.kit import title_page
from trial_report.report.render.embedded import to_html, to_typst
from trial_report.report.render.finish import LOOK
from trial_report.schemas.study.identity import Language

pytestmark = pytest.mark.requirement("REQ-311")

OPTIONS = [f"--lua-filter={LOOK / 'cells.lua'}", "--metadata=pagetitle=T"]


@pytest.mark.parametrize(
    ("language", "heading"),
    [("en-US", "11.1 Data sets analyzed, Randomization"), ("en-GB", "11.1 Data sets analysed, Randomisation")],
)
def test_headings_and_page_have_the_language_of_the_study(language: Language, heading: str) -> None:
    title = title_page(title="T", language=language)
    words = f"""```{{=html}}
{title.html}
```

```{{=typst}}
{title.typst}
```

## 11.1 Data sets analyzed, Randomization

They were analyzed.
"""
    page, source = to_html(words, OPTIONS), to_typst(words, OPTIONS)
    assert f'<html lang="{language}">' in page
    assert f"{heading}</h2>" in page
    assert f"== {heading}" in source
    assert f'region: "{language[-2:]}"' in source
    # What a person wrote below stays as it is.
    assert "They were analyzed." in page
