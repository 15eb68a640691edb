"""What stands where a report is to go: nothing, a report of ours that may be replaced, or what is somebody's and stays.

A folder is a report only if its ``manifest.json`` is one that this program wrote and lists what is there, byte for
byte: a PDF with a reader's remarks in it, or a file of somebody's in ``datasets/``, is not thrown away. Files beside
the report's own are a person's, and move on with it.

Not here: the exchange itself (`place`).
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from trial_report.report.publish.manifest import code_folders, sha256
from trial_report.runtime.places import made_in
from trial_report.runtime.told import ToldError

MANIFEST = "manifest.json"
RESULTS = "results.json"
DOCUMENT = "csr"
"""The document of a report whose manifest does not name one, as the first ones did not."""
DATA_FOLDERS = ("datasets", "domains")

# What validation may have written there before the first report.
FINDINGS = {f"data-issues.{suffix}" for suffix in ("csv", "html", "json")}

# What file managers leave in the folders that they show.
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
# What every manifest of ours has had, and a file of the same name by another program has not.
_OURS: dict[str, type] = {
    "study": str, "inputs": dict, "code": dict, "outputs": dict, "python": str, "renderer": dict, "packages": dict,
}  # fmt: skip
_ELSEWHERE = "choose an empty or new folder with --out"


class PlaceError(ToldError):
    """The report cannot be published there; the message says why and what to do."""


def pages(document: str) -> tuple[str, str]:
    """Return the names of a document's page and of its PDF."""
    return f"{document}.html", f"{document}.pdf"


def own_names(document: str, volumes: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the names of the files of a report in its folder; beside them are the folders of data.

    ``volumes`` are the names of those beside the document itself.
    """
    files = (file for name in (document, *volumes) for file in pages(name))
    return (*files, RESULTS, MANIFEST)


def published(folder: Path) -> list[str]:
    """Return the names of the pages and PDFs of the report in a folder, a volume after the other."""
    return [name for name in own_names_in(folder) if name not in (RESULTS, MANIFEST)]


def volumes_of(names: Sequence[str]) -> dict[str, Any]:
    """Return what the manifest says of the volumes of a document, of which the first has its name; nothing of one."""
    return {"volumes": list(names[1:])} if len(names) > 1 else {}


def check_target(target: Path, study: Path | None = None, document: str | None = None) -> Path:
    """Return the target's whole path. Raises PlaceError where no report may be published there; nothing is touched.

    One document does not take another's place: that of a report which is there has to be the ``document`` (None: any).
    """
    # By its own name, before links are resolved: os.path.abspath leaves them as they are.
    named = Path(os.path.abspath(target))
    if named.is_symlink():
        raise PlaceError(f"{target} is a link, and links are not followed: name the folder itself with --out")
    whole = named.resolve()
    _check_path(target, whole)
    _check_study(target, whole, study)
    check_contents(whole, document)
    return whole


def _check_path(target: Path, whole: Path) -> None:
    there = next(place for place in (whole, *whole.parents) if os.path.lexists(place))
    if not there.is_dir():
        raise PlaceError(f"{there} is not a folder; choose another with --out")
    if there != whole:
        return
    for place, what in ((_home(), "your home folder"), (_here(), "the folder that you are in")):
        if place is not None and (whole == place or whole in place.parents):
            holds = "is" if whole == place else "holds"
            raise PlaceError(f"{target} {holds} {what}, and a report replaces its folder: choose one of its own")
    if os.path.ismount(whole):
        raise PlaceError(f"{target} is a disk of its own and cannot be replaced: choose a folder in it with --out")


def _check_study(target: Path, whole: Path, study: Path | None) -> None:
    own = study.resolve() if study is not None else None
    made = made_in(own) if own is not None else None
    if own is not None and (whole == own or own in whole.parents) and not (made and made in whole.parents):
        raise PlaceError(f"{target} is in the study's folder, where nothing is written: choose another with --out")
    if own is not None and whole in own.parents:
        raise PlaceError(f"{target} holds the study: choose a folder of its own with --out")
    if any(whole == folder or folder in whole.parents for folder in code_folders().values()):
        raise PlaceError(f"{target} is in the program's own folder: choose another with --out")


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except (RuntimeError, OSError):
        return None


def _here() -> Path | None:
    try:
        return Path.cwd().resolve()
    except OSError:  # it was removed
        return None


def check_contents(folder: Path, document: str | None = None) -> None:
    """Raise PlaceError where a folder holds files, but is no report of ours, whole or less, and nothing else.

    Where a ``document`` is named it has to be one of that document.
    """
    held = {entry.name for entry in os.scandir(folder)} if folder.is_dir() else set()
    if not held - FINDINGS - _LITTER:
        return
    if MANIFEST not in held:
        raise PlaceError(f"{folder} holds files but no report; {_ELSEWHERE}")
    outputs = listed(folder)
    if outputs is None:
        raise PlaceError(f"{folder} holds files, and a {MANIFEST} that is not of a report; {_ELSEWHERE}")
    there = document_of(folder)
    if document is not None and there != document:
        raise PlaceError(f"{folder} holds another document, {there}, which stays: {_ELSEWHERE}")
    for name in _own_files(folder, own_names_in(folder)):
        path = folder / name
        regular = stat.S_ISREG(os.lstat(path).st_mode)
        if name not in outputs or not regular:
            raise PlaceError(f"{path} is not of the report that {MANIFEST} lists: move it away, or {_ELSEWHERE}")
        if sha256(path) != outputs[name]:
            raise PlaceError(
                f"{path} was changed since the report was made: keep it elsewhere if you need it, "
                f"remove it here, or {_ELSEWHERE}"
            )


def check_unlisted(folder: Path, names: Sequence[str]) -> None:
    """Raise PlaceError where a file of a person's has one of the ``names`` of a new report, as of a volume."""
    own = (*own_names_in(folder), *DATA_FOLDERS)
    for name in names:
        if name not in own and os.path.lexists(folder / name):
            raise PlaceError(
                f"{folder / name} is not of the report there, and the new one has a file of that name: move it away"
            )


def listed(folder: Path) -> dict[str, str] | None:
    """Return the outputs that a folder's manifest lists with their SHA-256, or None where it is none of ours."""
    held = _held(folder)
    name = _document(held) if held is not None else None
    if held is None or name is None:
        return None
    outputs: dict[str, str] = held["outputs"]
    names = own_names(name, _volumes(held, name))
    ours = all(_of_a_report(*pair, names) for pair in outputs.items())
    return outputs if pages(name)[0] in outputs and ours else None


def document_of(folder: Path) -> str:
    """Return the name of the document that the report in a folder is, by its manifest."""
    return _document(_held(folder) or {}) or DOCUMENT


def own_names_in(folder: Path) -> tuple[str, ...]:
    """Return the names of the files of the report in a folder, by its manifest."""
    held, name = _held(folder) or {}, document_of(folder)
    return own_names(name, _volumes(held, name))


def _volumes(manifest: dict[str, Any], document: str) -> list[str]:
    """Return the names of the volumes beside the document itself; none that could not be one."""
    said = manifest.get("document", {})
    names = said.get("volumes", []) if isinstance(said, dict) else []
    ours = re.compile(rf"{re.escape(document)}-[a-z][a-z0-9]*")
    return [name for name in names if isinstance(name, str) and ours.fullmatch(name)] if isinstance(names, list) else []


def _document(manifest: dict[str, Any]) -> str | None:
    """Return the document's name; None where it is none that could be."""
    said = manifest.get("document", {"name": DOCUMENT})
    name = said.get("name") if isinstance(said, dict) else None
    return name if isinstance(name, str) and re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name) else None


def _held(folder: Path) -> dict[str, Any] | None:
    """Return a folder's manifest, or None where it is none of ours."""
    path = folder / MANIFEST
    if path.is_symlink() or not path.is_file():
        return None
    try:
        held: Any = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(held, dict) or any(not isinstance(held.get(name), kind) for name, kind in _OURS.items()):
        return None
    return held


def _of_a_report(name: str, digest: object, own: Sequence[str]) -> bool:
    parts = PurePosixPath(name).parts
    inside = name in own or (len(parts) > 1 and parts[0] in DATA_FOLDERS and ".." not in parts)
    return inside and isinstance(digest, str) and len(digest) == 64


def _own_files(folder: Path, own: Sequence[str]) -> list[str]:
    """Return the files that a new report would take the place of, by their paths in the folder, the manifest aside."""
    found = [name for name in own if name != MANIFEST and os.path.lexists(folder / name)]
    for name in DATA_FOLDERS:
        top = folder / name
        if top.is_symlink() or (os.path.lexists(top) and not top.is_dir()):
            found.append(name)
            continue
        for place, folders, files in os.walk(top):
            links = [one for one in folders if os.path.islink(os.path.join(place, one))]
            names = [one for one in (*links, *files) if one not in _LITTER]
            found += [(Path(place) / one).relative_to(folder).as_posix() for one in names]
    return sorted(found)
