"""A small folder that is a report of ours: files with any content, and the manifest that lists them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path


def write_report(folder: Path, files: Mapping[str, str], volumes: Sequence[str] = ()) -> Path:
    """Write the files, `csr.html` among them, and their manifest, into a folder that may not exist yet.

    ``volumes`` are the names of those beside the report itself.
    """
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    hashes = {name: hashlib.sha256(content.encode()).hexdigest() for name, content in files.items()}
    made = {"study": "x", "inputs": {}, "code": {}, "outputs": hashes, "python": "3", "renderer": {}, "packages": {}}
    if volumes:
        made["document"] = {"name": "csr", "volumes": list(volumes)}
    (folder / "manifest.json").write_text(json.dumps(made), encoding="utf-8")
    return folder


def held(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too, with its content."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
