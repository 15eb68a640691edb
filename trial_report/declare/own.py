"""The code that a study brings in its folder `analysis/`: whether it may run, what it is, what it declares.

It runs in the same Python as the report, with all that its reader may do. So it runs only for somebody who could have
written it: of a folder that the user cannot write to, or that others can, nothing is run. `read` looks at that and
reads the files once; every process of a report loads what was read then, so that the hashes in the appendix are of what
ran.

Not here: what may be declared (`decorators`), and sections of a study's own (`report.assemble.documents`).
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import itertools
import os
import re
import stat
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

from trial_report.declare.kinds import HOUSE_NAME, DeclarationError, Declarations, Declared, into
from trial_report.runtime.choose import ChoiceError

FOLDER = "analysis"
"""The folder of a study that holds its code; those of its files that begin with _ are helpers of the others."""
HELPER = "_"
LEFT_OUT = "--no-code builds the report without it"


class OwnCodeError(ChoiceError):
    """A study's own code may not run, or failed: the message says where, and what to do."""


@dataclass(frozen=True)
class Sources:
    """The files of a study's code by name, as they were read; `left_out` where they are not to run."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    left_out: bool = False

    def __bool__(self) -> bool:
        return bool(self.files)

    @property
    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each file by its path in the study's folder."""
        return {f"{FOLDER}/{name}": hashlib.sha256(held).hexdigest() for name, held in sorted(self.files.items())}

    def write(self, folder: Path) -> None:
        """Leave the files in a folder of a build, for its other processes."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, held in self.files.items():
            (folder / name).write_bytes(held)


@dataclass(frozen=True)
class OwnCode:
    """A study's code as it was loaded: its sources, and what they declare. Without any both are empty."""

    sources: Sources = field(default_factory=Sources)
    declared: Declarations = field(default_factory=Declarations)


NOTHING = OwnCode()
"""The code of a study that has none."""


def files_in(folder: Path) -> list[Path]:
    """The files of code in a folder, sorted; where there is no such folder none."""
    return sorted(folder.glob("*.py")) if folder.is_dir() else []


def read(study: Path, *, run: bool = True) -> Sources:
    """The code of a study; without `run` only so that it can be said that it was left out.

    Raises OwnCodeError where it may not run, naming every file with what is wrong and what to do.
    """
    folder = study / FOLDER
    paths = files_in(folder)
    if not paths:
        return Sources()
    if run:
        _trusted(folder, paths)
    return Sources({path.name: path.read_bytes() for path in paths}, left_out=not run)


def checks_in(study: Path) -> int:
    """How many checks a study's code declares, as far as that can be read without running it: calls of `check`."""
    found = 0
    for path in files_in(study / FOLDER):
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue  # it is told where the code runs
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            found += (isinstance(called, ast.Attribute) and called.attr == "check" and _is_ours(called.value)) or (
                isinstance(called, ast.Name) and called.id == "check"
            )
    return found


def _is_ours(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "declare") or (
        isinstance(node, ast.Attribute) and node.attr == "declare"
    )


def kept(folder: Path, *, left_out: bool = False) -> Sources:
    """The code that `Sources.write` left in a folder."""
    return Sources({path.name: path.read_bytes() for path in files_in(folder)}, left_out)


def _trusted(folder: Path, paths: Iterable[Path]) -> None:
    if os.name != "posix":
        if not os.access(folder, os.W_OK):
            raise OwnCodeError(f"the code in {folder} does not run: you cannot write there; {LEFT_OUT}")
        return
    wrong, open_to = [], []
    for path in (folder, *paths):
        name = f"{FOLDER}/" if path == folder else f"{FOLDER}/{path.name}"
        if path.is_symlink():
            wrong.append(f"{name} is a link: put the file itself there")
            continue
        if not os.access(path, os.W_OK):
            wrong.append(f"{name} is not yours to write: copy the study to a folder of your own")
        elif _others_write(path.stat()):
            open_to.append(name)
    if open_to:
        named = " ".join(open_to)
        wrong.append(f"others can write {', '.join(open_to)}: read what is there, then chmod go-w {named}")
    if wrong:
        said = "; ".join(wrong)
        raise OwnCodeError(f"the study's own code does not run, as who wrote it is not known: {said} ({LEFT_OUT})")


def _others_write(held: os.stat_result) -> bool:
    """Whether somebody else may write it. A group that is the user's alone, as many systems make, is nobody else."""
    return bool(held.st_mode & stat.S_IWOTH) or bool(held.st_mode & stat.S_IWGRP and not _alone(held.st_gid))


def _alone(group: int) -> bool:
    """Whether a group is the user's private one: of the user's name, and without other members."""
    grp, pwd = importlib.import_module("grp"), importlib.import_module("pwd")  # not there on Windows
    try:
        user, held = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(group)
    except KeyError:
        return False
    return bool(held.gr_name == user and set(held.gr_mem) <= {user})


# ---- loading --------------------------------------------------------------------------------------------

_count = itertools.count(1)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds the modules of one study in what was read of it; nothing is looked for on the disk, nothing left there."""

    def __init__(self, package: str, sources: Sources) -> None:
        self.package = package
        self.modules = {f"{package}.{name.removesuffix('.py')}": name for name in sources.files}
        self.files = sources.files

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == self.package:
            return importlib.machinery.ModuleSpec(fullname, self, origin=FOLDER, is_package=True)
        if fullname not in self.modules:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=f"{FOLDER}/{self.modules[fullname]}")

    def is_package(self, fullname: str) -> bool:
        return fullname == self.package

    def get_source(self, fullname: str) -> str:
        name = self.modules.get(fullname)
        return "" if name is None else importlib.util.decode_source(self.files[name])

    def get_code(self, fullname: str) -> Any:
        name = self.modules.get(fullname)
        if name is None:
            return compile("", FOLDER, "exec")
        return compile(self.files[name], f"{FOLDER}/{name}", "exec", dont_inherit=True)


def load(sources: Sources) -> OwnCode:
    """Run the files of a study's code, in the order of their names, and keep what they declare.

    Each load has modules of its own. Raises OwnCodeError, naming file and line, for what fails in it.
    """
    if not sources or sources.left_out:
        return OwnCode(sources)
    package = f"study_code_{next(_count)}"
    finder = _Finder(package, sources)
    sys.meta_path.insert(0, finder)
    with into(Declarations()) as declared:
        for module, name in sorted(finder.modules.items()):
            if not name.startswith(HELPER):
                try:
                    with redirect_stdout(_aside()):
                        importlib.import_module(module)
                except (Exception, SystemExit) as error:
                    raise _failed(error, f"{FOLDER}/{name}") from error
    return OwnCode(sources, declared)


def run(declared: Declared, *given: Any, then: Callable[[Any], Any] = lambda made: made) -> Any:
    """What a declared function returns, made into what is needed by `then`, as a generator is read.

    Raises OwnCodeError, with file and line, for what fails in a study's own.
    """
    return call(declared, declared.function, *given, then=then)


def call(
    declared: Declared, function: Callable[..., Any], *given: Any, then: Callable[[Any], Any] = lambda made: made
) -> Any:
    """As `run`, of another function that belongs to a declaration, as one that says its title."""
    if declared.module.startswith(HOUSE_NAME):
        return then(function(*given))
    try:
        with redirect_stdout(_aside()):
            return then(function(*given))
    except (Exception, SystemExit) as error:
        raise _failed(error, declared.at) from error


def _aside() -> TextIO:
    """Where a study's code prints to: beside results, which a program may read from standard output."""
    return sys.__stderr__ or sys.stderr


def _failed(error: BaseException, place: str) -> BaseException:
    """The error as a person is told it; those of the machine, and those that are told already, as they are."""
    if isinstance(error, MemoryError | OwnCodeError):
        return error
    if isinstance(error, DeclarationError) and str(error).startswith(f"{FOLDER}/"):
        return OwnCodeError(str(error))
    if isinstance(error, SyntaxError) and str(error.filename).startswith(f"{FOLDER}/"):
        return OwnCodeError(f"{error.filename}, line {error.lineno}: {error.msg}")
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith(f"{FOLDER}/"):
            place = f"{frame.filename}, line {frame.lineno}"
            break
    said = next(iter(str(error).splitlines()), "")
    if isinstance(error, DeclarationError):
        return OwnCodeError(f"{place}: {said}")
    if isinstance(error, ModuleNotFoundError) and error.name:
        said = _not_found(error.name)
    return OwnCodeError(f"{place}: {type(error).__name__}{': ' if said else ''}{said}")


def _not_found(name: str) -> str:
    # A helper is looked for under a name that a load of the code has, which nobody wrote.
    written = re.sub(r"^study_code_\d+\.", ".", name)
    if written.startswith("."):
        return f"there is no {FOLDER}/{written[1:].replace('.', '/')}.py"
    hint = f"; a helper beside it is imported as from .{written} import …" if written.startswith(HELPER) else ""
    return f"No module named '{written}'{hint}"


def refuse(declared: Declared, why: str) -> OwnCodeError:
    """The error of a declaration whose function ran, and gave what cannot be used."""
    name = getattr(declared.function, "__name__", "")
    return OwnCodeError(f"{declared.at}: {name} {why}")
