"""A page says to the browser what it may do: run its own script, show what it holds, and fetch nothing."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from tests.browser import browser
from trial_report.evidence.pages import html_page
from trial_report.report.cells.pieces import paragraph
from trial_report.report.publish.traced import LOOK, script
from trial_report.report.render import DocumentError
from trial_report.report.render.finish import finish
from trial_report.report.render.policy import guarded

pytestmark = pytest.mark.requirement("REQ-405")

PAGE = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>x</title>\n<!--report:style-->\n</head>'
    '\n<body><p id="a" style="width: 10px">text</p><img alt="" src="data:image/png;base64,iVBORw0KGgo=">'
    '<script type="application/json" id="trace-data">{}</script><script>SCRIPT</script></body></html>'
)
OURS = "document.title = 'ran ' + document.fonts.size"


def policy(page: str) -> str:
    return html.unescape(re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)[0])


def test_the_policy_stands_before_all_that_it_is_about_and_names_our_script_only():
    page = guarded(PAGE.replace("SCRIPT", OURS), OURS)
    assert page.index("Content-Security-Policy") < page.index("<title>")
    rules = policy(page)
    assert rules.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in rules.partition("style-src")[0]
    assert "http:" not in rules


def test_a_page_without_a_script_may_run_none():
    assert "script-src 'none'" in policy(html_page("x", [paragraph("y")], []))


def test_the_script_of_a_traced_page_is_the_one_that_is_named():
    parts = [(LOOK / name).read_text(encoding="utf-8") for name in ("page.js", "tables.js", "trace.js")]
    assert all(part in script() for part in parts)
    assert "<" + "/script" not in script()


@pytest.mark.parametrize("target", ["javascript:alert(1)", "other.html", "ftp://a.org", "data:text/html,x"])
def test_a_link_to_anything_else_stops_the_page_by_every_renderer(target):
    with pytest.raises(DocumentError, match="has a link to"):
        finish(PAGE.replace("text", f'<a href="{target}">text</a>'))
    finish(PAGE.replace("text", '<a href="https://a.org/?a=1&amp;b=2">text</a> <a href="#a">above</a>'))


@pytest.mark.parametrize(("held", "title"), [(OURS, "ran "), ("document.title = 'theirs'", "x")])
def test_a_browser_runs_our_script_and_no_other(held: str, title: str, tmp_path: Path):
    page = finish(guarded(PAGE.replace("SCRIPT", held), OURS))
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    with browser(tmp_path) as opened:
        opened.open(path)
        assert opened.ask("await rest(); return document.title").startswith(title)
        assert any("Content Security Policy" in one for one in opened.errors) is (held != OURS)
