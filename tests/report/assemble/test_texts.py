"""An author's text is checked before anything is rendered: which texts a document shows, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from trial_report.report.assemble.texts import check_texts, shown
from trial_report.report.render import DocumentError

pytestmark = pytest.mark.requirement("REQ-215")

WORDS = """
```{python}
author("one")
```
```{python}
author( 'two-three' , judges = True)
```
`{python} author("one")` and co_author("four")
"""


def test_the_texts_are_those_that_the_document_calls() -> None:
    assert shown(WORDS) == ["one", "two-three"]
    assert shown(WORDS, earlier=True) == ["one"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("fine\n\n<script>1</script>", "text/one.md:3: raw HTML cannot be used"),
        ("[a](ftp://x.org)", "text/one.md:1: the link 'ftp://x.org'"),
        ("{{< include /etc/hosts >}}", "text/one.md:1: a shortcode"),
        ("as [@nobody] says", "text/one.md:1: the bibliography has no entry 'nobody'"),
        ("of [[sets/SAF/n]]", "text/one.md:1: no result has the key 'sets/SAF/n'; near to it: sets/SAF/N"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, words: str, said: str) -> None:
    folder = tmp_path / "text"
    folder.mkdir()
    (folder / "one.md").write_text(words, encoding="utf-8")
    with pytest.raises(DocumentError) as refused:
        check_texts(folder, ["one"], ["sets/SAF/N"])
    assert said in str(refused.value)
    check_texts(folder, ["two"], [])  # of a text that the document does not show, or that is to be written, nothing


def test_a_good_text_is_read_before_the_results_are_there(tmp_path: Path) -> None:
    folder = tmp_path / "text"
    folder.mkdir()
    (folder / "references.bib").write_text("@article{roe2001,\n title = {T}\n}\n", encoding="utf-8")
    (folder / "one.md").write_text("N is [[sets/SAF/N]] [@roe2001].\n", encoding="utf-8")
    check_texts(folder, ["one"])
    check_texts(folder, ["one"], ["sets/SAF/N"])
