"""What a report was made from and what it is: ``manifest.json`` and ``results.json``.

Not here: checking a report by its manifest (`evidence.reproduce`), and the stamp (`stamped`).
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trial_report.runtime.places import CLONE, CODE, PACKAGE

if TYPE_CHECKING:  # slow to import, and a target is checked before anything slow begins
    import pandas as pd

_ROOMS = ("schemas", "analysis", "report", "evidence")
_OF_STUDY = ("study.yml", "accepted-issues.csv")
_FOLDERS_OF_STUDY = ("text", "analysis", "report")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_under(folder: Path) -> list[Path]:
    """Return the regular files under a folder, sorted; links, hidden files and caches are left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts)
    )


def hashes(folder: Path, prefix: str = "") -> dict[str, str]:
    """Return the SHA-256 of every file under a folder by its path relative to it."""
    return {prefix + path.relative_to(folder).as_posix(): sha256(path) for path in files_under(folder)}


def study_files(study: Path) -> list[Path]:
    """Return the files of a study's folder that a report is made from, sorted.

    They are its definition, its accepted issues, its data, its texts, its code and its documents. What else lies there
    is about the study (a README), or about the project that it may be (tasks, environments, what was made of it).
    """
    from trial_report.schemas.problems import StudyProblems
    from trial_report.schemas.study import load_study

    found = {path for path in (study / name for name in _OF_STUDY) if path.is_file() and not path.is_symlink()}
    folders = {study / name for name in _FOLDERS_OF_STUDY}
    try:
        data = study / load_study(study).data.folder
    except StudyProblems:
        pass  # nothing is made from it: whoever reads the study tells what is wrong with its definition
    else:
        if data.resolve() == study.resolve():
            found |= {path for path in files_under(study) if path.parent == study}
        else:
            folders.add(data)
    return sorted(found.union(*(files_under(folder) for folder in folders)))


def study_hashes(study: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that a report of a study is made from, by its path in the study's folder."""
    return {path.relative_to(study).as_posix(): sha256(path) for path in study_files(study)}


def code_folders() -> dict[str, Path]:
    """Return the folders of the code by their names in a clone; an installed package is one folder."""
    beside = {name: CODE / name for name in _ROOMS} if CLONE else {}
    return {"trial_report": PACKAGE} | beside


def code_hashes() -> dict[str, str]:
    """Return the SHA-256 of every file of the code by its path in a clone, the same where it is installed."""
    found = {name: held for name, at in code_folders().items() for name, held in hashes(at, f"{name}/").items()}
    inside = tuple(f"trial_report/{name}/" for name in _ROOMS)
    return {
        name.removeprefix("trial_report/") if name.startswith(inside) else name: held for name, held in found.items()
    }


def revision() -> str:
    """Return the code's git revision, with "+changes" where tracked files differ from it, or "unknown"."""
    git = shutil.which("git")
    if git is None or CLONE is None or not (CLONE / ".git").exists():
        return "unknown"

    def said(*arguments: str) -> str | None:
        done = subprocess.run([git, "-C", str(CLONE), *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    head = said("rev-parse", "HEAD")
    if not head:
        return "unknown"
    return head + ("+changes" if said("status", "--porcelain", "--untracked-files=no") else "")


def packages() -> dict[str, str]:
    """Return the versions of all installed packages by name."""
    found = {str(d.metadata["Name"]): d.version for d in metadata.distributions() if d.metadata["Name"]}
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def python_version() -> str:
    """Return the version of this Python."""
    return platform.python_version()


def manifest(
    study: Path,
    folder: Path,
    outputs: Iterable[str],
    renderer: Mapping[str, str],
    verified: Mapping[str, int] | None = None,
    document: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what the report in ``folder`` was made from: hashes of all inputs, code and outputs, and versions.

    ``verified`` says how many results were computed twice, and how many of them matched; ``document`` which document
    it is (default: the report, ``csr``). Holds no date and no path of
    the machine, so that the same inputs give the same manifest.
    """
    return {
        "study": study.name,
        "document": dict(document or {"name": "csr", "blinded": False, "as_of": None}),
        "inputs": study_hashes(study),
        "code": {"revision": revision(), "files": code_hashes()},
        "verified": dict(verified or {}),
        "outputs": {name: sha256(folder / name) for name in outputs},
        "python": python_version(),
        "renderer": dict(renderer),
        "packages": packages(),
    }


def results_json(results: pd.DataFrame) -> str:
    """Return the results frame as JSON: a list of objects, one a line, missing values null."""
    frame = results.reset_index() if results.index.name == "key" else results
    plain = frame.astype(object).where(frame.notna(), None)
    rows = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in plain.to_dict("records"))
    return "[\n" + ",\n".join(rows) + "\n]\n"


def written(value: Any) -> str:
    """Return a value as indented JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
