"""The same study gives the same bytes, in another place and under other conditions; and a report of somebody else's.

`twice` builds the report twice (by the embedded renderer, the second time from a copy of code and study elsewhere) and
compares every byte; `against` checks a report that somebody else made by its manifest.

Not here: where two reports differ (`evidence.difference`), and reports of different data (`evidence.compare`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.markers import Marker

from trial_report.evidence.difference import Difference, differences
from trial_report.report.publish.manifest import (
    code_folders,
    code_hashes,
    files_under,
    hashes,
    packages,
    python_version,
    revision,
    sha256,
    study_hashes,
)
from trial_report.report.publish.place import MANIFEST
from trial_report.runtime.choose import ChoiceError, find_study, named_study
from trial_report.runtime.follow import following
from trial_report.runtime.places import CODE
from trial_report.runtime.private import private
from trial_report.runtime.step import Step
from trial_report.runtime.told import ToldError
from trial_report.schemas.study import load_study

LOCK = CODE / "locks" / "report.txt"

# Sets umask and processors, then becomes the program: the thread-safe way to do what preexec_fn would.
_UNDER = (
    "import os, sys; umask, processors = map(int, sys.argv[1:3]); os.umask(umask); "
    "bind = getattr(os, 'sched_setaffinity', None); "
    "bind and processors and bind(0, sorted(os.sched_getaffinity(0))[:processors]); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[3:]])"
)


@dataclass(frozen=True)
class Conditions:
    """Under what a report is built: environment variables (None: taken away), processors, mask of new files."""

    environment: Mapping[str, str | None]
    processors: int | None
    umask: int
    elsewhere: bool = False


FIRST = Conditions(
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": None}, None, 0o022
)
SECOND = Conditions(
    # A zone in which it is another day for most of the day, a locale without UTF-8, another order of sets.
    {
        "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "4242",
        "SOURCE_DATE_EPOCH": "1", "USER": "another", "LOGNAME": "another", "COLUMNS": "40",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    },
    1, 0o077, elsewhere=True,
)  # fmt: skip


# What a machine may have to run a program as somebody else, or at another time; the second is Debian's faketime.
_WRAPPERS = {
    "as another user": ("unshare", "--user", "--map-user=4242", "--map-group=4242"),
    "a day later": ("faketime", "-f", "+1d"),
}


class NotBuilt(ToldError):
    """A report could not be built; the message is what the build said."""


def copied(study: Path, code: Path, root: Path | None = None) -> Path:
    """Copy the code (that of ``root``, a copy of it) and the study to a new folder; returns the study there."""
    without = shutil.ignore_patterns("__pycache__", ".*")
    for name, folder in code_folders().items():
        shutil.copytree(root / name if root else folder, code / name, ignore=without)
    return Path(shutil.copytree(study, code / "data" / study.name, ignore=without))


def wrappers() -> dict[str, tuple[str, ...]]:
    """Return what this machine can run a program under: each of the wrappers in words, and its command if it works."""
    found = {}
    for words, command in _WRAPPERS.items():
        works = shutil.which(command[0]) is not None
        if works:
            tried = subprocess.run([*command, sys.executable, "-c", "pass"], capture_output=True, check=False)
            works = tried.returncode == 0
        found[words] = command if works else ()
    return found


def build(
    study: Path, out: Path, conditions: Conditions, work: Path, renderer: str = "embedded", root: Path | None = None,
    more: Sequence[str] = (),
) -> None:  # fmt: skip
    """Build a study's report into ``out`` under these conditions, in a process of its own; ``more`` are its options.

    ``work`` is an empty folder for a home and a copy of code and study: what changes in the repository meanwhile
    changes nothing. Raises NotBuilt.
    """
    home = work / "home"
    home.mkdir(parents=True)
    code = work / ("a longer way/to the code" if conditions.elsewhere else "code")
    source = copied(study, code, root)
    place = work if conditions.elsewhere else code
    own = {"HOME": str(home), "PYTHONPATH": str(code), "XDG_CACHE_HOME": str(home)}
    # The clock that timeouts read stays as it is.
    own["DONT_FAKE_MONOTONIC"] = "1"
    given = {**os.environ, **conditions.environment, **own, **following()}
    environment = {name: value for name, value in given.items() if value is not None}
    wrapped = [part for command in wrappers().values() for part in command] if conditions.elsewhere else []
    under = (*wrapped, sys.executable, "-c", _UNDER, str(conditions.umask), str(conditions.processors or 0))
    command = (
        "-m",
        "trial_report",
        "report",
        "--quiet",
        "--renderer",
        renderer,
        "--study",
        str(source),
        "--out",
        str(out / "report"),
        *more,
    )
    done = subprocess.run(
        [*under, *command], cwd=place, env=environment, check=False, text=True, encoding="utf-8",
        errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        raise NotBuilt(done.stdout.strip())


def comparable(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest without the revision: a copy of the code has no history to name."""
    return {**manifest, "code": {k: v for k, v in manifest["code"].items() if k != "revision"}}


def compare_builds(one: Path, other: Path) -> list[Difference]:
    """Return every difference between two built reports, the revision of a copy aside."""
    for folder in (one, other):
        path = folder / "report" / MANIFEST
        if path.is_file():
            held = json.loads(path.read_text(encoding="utf-8"))
            path.write_text(json.dumps(comparable(held), ensure_ascii=False, indent=1), encoding="utf-8")
    return differences(one, other)


@dataclass(frozen=True)
class Twice:
    """Two builds of a report: where they differ, the hash of each file of the first, and in which of the ways of
    ``wrappers`` this machine could run the second.
    """

    differences: list[Difference]
    files: Mapping[str, str]
    ways: Mapping[str, bool]


def twice(study: Path, keep: Path | None, step: Step) -> Twice:
    """Build a report twice and compare. ``keep`` is a new folder that holds both afterwards.

    Raises NotBuilt; StudyProblems for a definition that cannot be read, before anything is built.
    """
    load_study(study)
    with private("reproduce") as work:
        made = (work / "one", work / "other")
        source = copied(study, work / "source")
        for place, conditions, name in zip(made, (FIRST, SECOND), ("", " again, elsewhere"), strict=True):
            with step(f"Build the report{name}"):
                build(source, place, conditions, work / f"work-{place.name}", root=work / "source")
        with step("Compare"):
            found = compare_builds(*made)
        if keep is not None:
            for place in made:
                shutil.copytree(place, keep / place.name)
        made_of = {path.relative_to(made[0]).as_posix(): sha256(path) for path in files_under(made[0] / "report")}
    return Twice(found, made_of, {words: bool(command) for words, command in wrappers().items()})


# ---- a report that somebody else made -------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """A question to a manifest, whether it is so, and what is not."""

    question: str
    yes: bool
    reasons: tuple[str, ...] = ()


def changed(expected: Mapping[str, str], found: Mapping[str, str], what: str = "") -> tuple[str, ...]:
    """Return in words what two mappings of names do not share: what changed, is missing, or came in addition."""
    told = [
        f"{what}{name} differs" if name in found else f"{what}{name} is not here"
        for name, value in expected.items()
        if found.get(name) != value
    ]
    return (*told, *(f"{what}{name} was not there" for name in found if name not in expected))


def locked() -> dict[str, str]:
    """Return the version of each package that the lock names for this Python and system, by canonical name."""
    found = {}
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        match = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;\s*([^\\]+))?", line)
        if match and (match[3] is None or Marker(match[3].strip()).evaluate()):
            found[canonical(match[1])] = match[2]
    return found


def canonical(name: str) -> str:
    """Return a package's name in the one form that all its spellings share (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def answers(manifest: Mapping[str, Any], study: Path) -> list[Answer]:
    """Return whether inputs, code and versions are those of a manifest. Raises KeyError for one that is none."""
    theirs = changed(manifest["code"]["files"], code_hashes())
    used = {canonical(name): version for name, version in manifest["packages"].items()}
    own = {canonical(name): version for name, version in packages().items()}
    relevant = [name for name in locked() if name in used or name in own]
    versions = [
        f"{name} {used.get(name, 'not installed')}, here {own.get(name, 'not installed')}"
        for name in relevant
        if used.get(name) != own.get(name)
    ]
    if manifest["python"] != python_version():
        versions.insert(0, f"Python {manifest['python']}, here {python_version()}")
    revisions = (manifest["code"]["revision"], revision())
    told = f"revision {revisions[0]}, here {revisions[1]}"
    inputs = changed(manifest["inputs"], study_hashes(study))
    return [
        Answer("Same inputs", not inputs, inputs),
        Answer("Same code", not theirs, (told, *theirs) if theirs else ()),
        Answer("Same versions", not versions, tuple(versions)),
    ]


def asked(manifest: Mapping[str, Any]) -> list[str]:
    """Return the options by which the document of a manifest was asked for; none for a report without any."""
    held: Mapping[str, Any] = manifest.get("document") or {}
    options = ["--document", str(held["name"])] if held.get("name") else []
    options += ["--as-of", str(held["as_of"])] if held.get("as_of") else []
    return options + (["--blinded"] if held.get("blinded") else [])


def against(path: Path, study: Path | None, step: Step) -> list[Answer]:
    """Return the answers for a report that somebody else made, after building it here under its own renderer.

    Raises ChoiceError where the manifest is none, or its study is not here; NotBuilt.
    """
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        folder = find_study(study or named_study(manifest["study"]))
        found = answers(manifest, folder)
        expected: dict[str, str] = manifest["outputs"]
        renderer: str = manifest["renderer"]["name"]
    except FileNotFoundError as error:
        raise ChoiceError(f"there is no file {path}: name the manifest.json of a report") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ChoiceError(f"{path} is no manifest of a report: {type(error).__name__} {error}") from error
    with private("reproduce") as place:
        made = place / "made"
        with step("Build the report here"):
            build(folder, made, FIRST, place / "work", renderer, more=asked(manifest))
        own = hashes(made / "report")
        own.pop(MANIFEST, None)
        told = list(changed(expected, {name: own[name] for name in own if name in expected}))
        beside = {name for name in expected if (path.parent / name).is_file()}
        altered = [name for name in sorted(beside) if sha256(path.parent / name) != expected[name]]
        told += [f"{name} beside the manifest is not the one that it names" for name in altered]
        if told:
            shared = [name for name in sorted(beside) if (made / "report" / name).is_file()]
            theirs = _picked(path.parent, shared, place / "theirs")
            mine = _picked(made / "report", shared, place / "mine")
            told += [str(difference) for difference in differences(mine, theirs)]
    return [*found, Answer("Same outputs", not told, tuple(told))]


def _picked(folder: Path, names: Sequence[str], to: Path) -> Path:
    """Copy these files of a folder into a new one; returns it."""
    to.mkdir()
    for name in names:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, to / name)
    return to
