"""The registry: every method has a printable sentence, software that exists, and a source."""

from __future__ import annotations

from importlib import metadata

import pytest

from trial_report.analysis.methods import methods

pytestmark = pytest.mark.requirement("REQ-307")


@pytest.mark.parametrize("method", methods.METHODS.values(), ids=lambda m: m.id)
def test_every_method_can_be_printed_and_run(method: methods.Method) -> None:
    sentence = method.sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "{" not in sentence
    assert "  " not in sentence
    assert method.source
    assert methods.resolve(method.software) is not None
    assert methods.version_of(method.software)


def test_fields_change_the_sentence() -> None:
    assert "two-sided 97.5% Clopper" in methods.get("clopper-pearson").text(level=0.975)
    with pytest.raises(ValueError, match="no field alpha"):
        methods.get("clopper-pearson").text(alpha=0.1)


def test_versions_are_those_installed() -> None:
    assert methods.version_of("scipy.stats.ttest_rel") == f"SciPy {metadata.version('scipy')}"
    assert methods.version_of("trial_report.analysis.methods.ranks.signed_rank") == "own implementation"
    with pytest.raises(ValueError, match="no installed library"):
        methods.version_of("nosuchlibrary.f")


def test_what_is_unknown_is_named() -> None:
    with pytest.raises(KeyError, match="unknown method"):
        methods.get("nosuch")
    with pytest.raises(ImportError, match="no module"):
        methods.resolve("nosuchlibrary.f")
