"""Which document is asked for, of which data, and where its parts come from: the study's `report/`, then ours.

A study's `report/` may hold documents (`NAME.qmd`), sections that stand in the place of ours (`sections/x.qmd`) and
sections that are added after one (`sections/x+NAME.qmd`).

Not here: reading of a document (`report.render.document`), and the words of ours (`report.prose.documents`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from trial_report.report.render import DocumentError
from trial_report.report.render.document import includes, named, read, whole
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.near import near_to_it
from trial_report.runtime.places import CODE

CSR = "csr"
OURS = CODE / "report"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class Request:
    """One document of a study: its name, the day as of which the data are taken (None: the study's own cut-off),
    whether it is blinded, and whether the study's own code runs for it.
    """

    document: str = CSR
    as_of: date | None = None
    blinded: bool = False
    code: bool = True

    def folder(self, study: str) -> str:
        """The name of the folder where it is published: another for what must not take another's place."""
        parts = [study, *([] if self.document == CSR else [self.document])]
        parts += ["blinded"] * self.blinded + ([self.as_of.isoformat()] if self.as_of else [])
        return "-".join(parts)

    def facts(self) -> dict[str, Any]:
        """What the manifest says of it."""
        said: dict[str, Any] = {"name": self.document, "blinded": self.blinded}
        said |= {} if self.code else {"code": False}
        return said | {"as_of": self.as_of.isoformat() if self.as_of else None}


def day(words: str) -> date:
    """Return a day as ISO 8601 has it. Raises ChoiceError for what is no date."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
            return date.fromisoformat(words)
    except ValueError:
        pass
    raise ChoiceError(f"'{words}' is not a day as in 2024-03-31: give --as-of YYYY-MM-DD")


def requested(environment: Mapping[str, str]) -> Request:
    """Return what an environment asks for: CSR_DOCUMENT, CSR_AS_OF, CSR_BLINDED, CSR_NO_CODE.

    Raises ChoiceError for no date.
    """
    as_of = environment.get("CSR_AS_OF")
    blinded = environment.get("CSR_BLINDED", "") not in ("", "0")
    code = environment.get("CSR_NO_CODE", "") in ("", "0")
    return Request(environment.get("CSR_DOCUMENT") or CSR, day(as_of) if as_of else None, blinded, code)


def in_environment(request: Request) -> dict[str, str]:
    """Return a request as an environment says it, for Quarto's hooks."""
    as_of = request.as_of.isoformat() if request.as_of else ""
    return {
        "CSR_DOCUMENT": request.document,
        "CSR_AS_OF": as_of,
        "CSR_BLINDED": "1" if request.blinded else "",
        "CSR_NO_CODE": "" if request.code else "1",
    }


@dataclass(frozen=True)
class Source:
    """A document's file, and the folders where its sections are looked up, the first first."""

    path: Path
    folders: tuple[Path, ...]

    def check(self) -> Mapping[str, Any]:
        """Read it whole; returns its front matter. Raises DocumentError for what cannot be rendered."""
        return read(self.path, CODE, self.folders).meta

    def text(self) -> str:
        """Return its text with its sections."""
        return whole(self.path, CODE, self.folders)


def documents(study: Path, code: bool = True) -> dict[str, Source]:
    """Return the documents of a study by name: ours, and those of its `report/`, which come first.

    Cells of a study's documents and sections are code of the study: without ``code`` there are ours alone.

    Raises DocumentError for a file of the study's `report/` that is a link, has a name that no document can have, or
    is a section that no document holds: whoever wrote it would miss it.
    """
    own = study / "report"
    folders = (own, OURS) if code and own.is_dir() else (OURS,)
    found = {path.stem: path for folder in reversed(folders) for path in sorted(folder.glob("*.qmd"))}
    sources = {name: Source(path, folders) for name, path in sorted(found.items())}
    if len(folders) > 1:
        _check_own(study, own, sources)
    return sources


def find_document(study: Path, name: str, code: bool = True) -> Source:
    """Return a document of a study.

    Raises ChoiceError for an unknown name, listing those that there are, and for one of the study's own where its code
    is not to run.
    """
    known = documents(study, code)
    if name not in known and not code and name in documents(study):
        raise ChoiceError(f"{name} is a document of the study's own, whose cells are its code: leave out --no-code")
    if name not in known:
        near = near_to_it(name, known)
        raise ChoiceError(f"there is no document '{name}'{near}: --document takes {', '.join(known)}")
    return known[name]


def asked_for(study: Path, request: Request) -> Source:
    """Return the document that is asked for, read whole.

    Raises ChoiceError for an unknown one, or where it is to be blinded and cannot be; DocumentError as `Source.check`.
    """
    source = find_document(study, request.document, request.code)
    meta = source.check()
    if request.blinded and meta.get("can-be-blinded") is not True:
        able = [
            name for name, one in documents(study, request.code).items() if one.check().get("can-be-blinded") is True
        ]
        raise ChoiceError(f"the document {request.document} cannot be blinded; these can: {', '.join(able)}")
    return source


def _check_own(study: Path, own: Path, sources: Mapping[str, Source]) -> None:
    if own.is_symlink():
        raise DocumentError("is a link, and links are not followed", f"{study.name}/report")
    used = {name for source in sources.values() for name in includes(source.path, CODE)}
    for path in sorted(own.rglob("*.qmd")):
        place = path.relative_to(own)
        if path.is_symlink():
            raise DocumentError("this file is a link, and links are not followed", named(path, CODE))
        if len(place.parts) == 1:
            if not _NAME.fullmatch(path.stem):
                said = "a document is named by small letters, digits, - and _"
                raise DocumentError(said, named(path, CODE))
            continue
        base = place.with_name(f"{path.stem.split('+')[0]}{path.suffix}").as_posix()
        if base not in used:
            meant = near_to_it(base, sorted(used))
            raise DocumentError(f"no document includes {base}, so this section would stand nowhere{meant}",
                                named(path, CODE))  # fmt: skip
