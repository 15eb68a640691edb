"""One way to install: container, continuous integration and the README's commands take the same steps, pinned."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker

pytestmark = pytest.mark.requirement("REQ-220")

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SCRIPT = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
INSTALLS = re.compile(r"pip install(?P<options>(?: --\w[\w-]*)*) (?P<what>[^&\n]+)")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)[ \t]*(?:;[ \t]*([^\\\n]+))?", re.MULTILINE)
SESSIONS = re.compile(r"nox(?: --[\w-]+)* -s (?P<names>[a-z][a-z -]*?)(?= --|$|\n| &&|;)")


def steps(text: str) -> str:
    """The commands of a script or container definition, without comments, one a line."""
    lines = (line for line in text.replace("\\\n", " ").splitlines() if not line.lstrip().startswith("#"))
    return "\n".join(" ".join(line.split()) for line in lines)


def workflow() -> str:
    held = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in WORKFLOWS]
    return "\n".join(s["run"] for one in held for job in one["jobs"].values() for s in job["steps"] if "run" in s)


def installed(text: str) -> set[str]:
    return {found["what"].strip() for found in INSTALLS.finditer(steps(text))}


def sessions(text: str) -> set[str]:
    return {name for found in SESSIONS.finditer(steps(text)) for name in found["names"].split()}


@pytest.mark.parametrize("text", [DOCKERFILE, SCRIPT, workflow()], ids=["Dockerfile", ".ci/run", "workflow"])
def test_pip_installs_nox_alone_and_nox_the_rest(text: str) -> None:
    assert installed(text) == {"nox"}


def test_the_container_installs_what_continuous_integration_runs() -> None:
    inside = sessions(DOCKERFILE)
    assert inside == {"report", "tests"}
    assert inside <= sessions(SCRIPT)
    assert inside <= sessions(workflow())
    assert "COPY --chown=report:report locks locks" in steps(DOCKERFILE)


def test_the_container_is_slim_pinned_and_not_root() -> None:
    lines = steps(DOCKERFILE).splitlines()
    bases = [line for line in lines if line.startswith("FROM ")]
    assert len(bases) == 1
    assert re.fullmatch(r"FROM python:\d+\.\d+\.\d+-slim-\w+(@sha256:[0-9a-f]{64})?", bases[0])
    users = [n for n, line in enumerate(lines) if line.startswith("USER ")]
    assert len(users) == 1
    assert lines[users[0]] == "USER report"
    assert users[0] < min(n for n, line in enumerate(lines) if "nox" in line and line.startswith(("RUN", "ENTRYPOINT")))


def test_every_session_installs_from_a_lock_with_hashes() -> None:
    for path in sorted((ROOT / "locks").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        pinned = re.findall(r"^[A-Za-z0-9._-]+==[^\s;\\]+", text, re.MULTILINE)
        named = re.findall(r"^[A-Za-z0-9._-]+[^\n]*", text, re.MULTILINE)
        assert pinned, path.name
        assert len(pinned) == len(named), path.name
        assert text.count("--hash=sha256:") >= len(pinned), path.name
        assert not re.search(r"https?://|--index-url|--find-links", text), path.name


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_all_locks_hold_one_version_of_a_package_for_each_python(python: str) -> None:
    machine = {"python_version": python, "python_full_version": f"{python}.1"}
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "locks").glob("*.txt")):
        for name, version, marker in PINNED.findall(path.read_text(encoding="utf-8")):
            if not marker or Marker(marker.strip()).evaluate(machine):
                found.setdefault(name, set()).add(version)
    assert len(found) > 50
    assert {name: versions for name, versions in found.items() if len(versions) > 1} == {}


def test_the_oldest_python_is_the_one_that_is_declared_and_tested() -> None:
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert oldest == ">=3.11"
    assert '"3.11"' in (ROOT / "noxfile.py").read_text(encoding="utf-8")
