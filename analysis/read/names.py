"""Names of files: two that many systems take for one, and links among the author's texts, which nothing follows.

Not here: which files a study needs (`study`).
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from trial_report.schemas.checks.registry import CHECKS
from trial_report.schemas.problems import Problem

TEXTS, BIBLIOGRAPHY = "text", "references.bib"


def same_but_for_case(names: Iterable[str]) -> dict[str, str]:
    """Return the names of which another differs in case (or in how a letter is composed) only, each with that other."""
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        groups.setdefault(unicodedata.normalize("NFC", name).casefold(), []).append(name)
    return {name: next(other for other in group if other != name) for group in groups.values() if len(group) > 1
            for name in group}  # fmt: skip


def same_name(domain: str, name: str, other: str) -> Problem:
    """Return the problem of a file that has all but the name of another."""
    return CHECKS["FILE-020"].problem(domain, file=name, value=other, expected="one file of that name")


def check_texts(study: Path) -> list[Problem]:
    """What is wrong with the files of the author's texts themselves, if anything is."""
    folder = study / TEXTS
    if folder.is_symlink():
        return [CHECKS["FILE-012"].problem("STUDY", file=TEXTS, expected="a folder inside the study's folder")]
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".md") or name == BIBLIOGRAPHY)
    except (FileNotFoundError, NotADirectoryError):
        return []
    links = [name for name in names if (folder / name).is_symlink()]
    found = [CHECKS["FILE-012"].problem("STUDY", file=f"{TEXTS}/{name}", expected="a regular file") for name in links]
    twice = same_but_for_case(names)
    return found + [same_name("STUDY", f"{TEXTS}/{name}", f"{TEXTS}/{other}") for name, other in twice.items()
                    if name < other]  # fmt: skip
