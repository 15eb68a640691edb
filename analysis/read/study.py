"""Reads all domains of a study folder: finds the files, joins split domains, types the columns, merges SUPP--.

Not here: the reading of one file (`delimited`, `transport`), and checks of what was read (`schemas.checks`).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import trial_report.schemas.checks.shape  # noqa: F401  (registers the checks that reading carries out)
from trial_report.analysis.read.delimited import RawTable, no_table, read_delimited
from trial_report.analysis.read.names import same_but_for_case, same_name
from trial_report.analysis.read.padding import Padded, without_padding
from trial_report.analysis.read.structure import Flaw
from trial_report.analysis.read.supplemental import merge_supplemental
from trial_report.analysis.read.transport import read_transport
from trial_report.analysis.read.typed import typed
from trial_report.schemas.checks.causes import Told, of_columns
from trial_report.schemas.checks.registry import CHECKS, at_its_place
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.domains.variables import observation_class, variables
from trial_report.schemas.problems import Problem, Problems, shown
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.identity import Data

#: Domains from which every report reads.
ALWAYS = ("DS", "EX", "AE")
# Documents that may lie beside the data and need no comment, unless those that can hold data have a domain's name.
_DOCUMENTS = {".md", ".pdf", ".html", ".htm", ".xsl", ".yml", ".yaml", ".log"}
_PERHAPS_DATA = {".txt", ".json", ".xml"}


@dataclass(frozen=True)
class RawFile:
    """A file of the data folder, read but not yet typed."""

    name: str
    domain: str
    table: RawTable


def read_study(study_dir: Path, definition: StudyDefinition) -> tuple[Domains, Problems]:
    """All domains of a study, and everything that is wrong with its files.

    Nothing is raised for what files contain: an unreadable file is a problem, and its domain is in `Domains.unread`.
    """
    problems = Problems()
    folder = study_dir / definition.data.folder
    refused = refused_folder(study_dir, folder)
    if refused is not None:
        problems.add(refused)
        # One mistake is one problem: the files of a folder that is not read are not missing as well.
        known = [*required_domains(definition), *expected_domains(definition)]
        return Domains({}, {}, known, definition.data.sdtmig), problems
    # An iterator, so that nothing here holds the raw tables while they are given their types.
    domains = assemble(iter(read_files(folder, definition.data.format, problems)), definition, problems)
    return domains, problems


def required_domains(definition: StudyDefinition) -> tuple[str, ...]:
    """The domains without which there is no report: subjects, and what says who is in a set or how doses escalate."""
    found = ["DM"]
    found += ["AE"] if definition.escalation else []
    found += ["DV"] if any(one.criteria.without_deviation for one in definition.analysis_sets) else []
    return tuple(found)


def expected_domains(definition: StudyDefinition) -> tuple[str, ...]:
    """The further domains that every report reads, and those that the definition reads from."""
    named = [parameter.domain for parameter in definition.parameters]
    named += [item.domain for item in definition.characteristics if item.domain]
    named += [domain for event in definition.times for domain in event.reads]
    return tuple(name for name in dict.fromkeys([*ALWAYS, *named]) if name not in required_domains(definition))


def refused_folder(study_dir: Path, folder: Path) -> Problem | None:
    """What is wrong with the folder of the data itself, if anything is."""
    try:
        if _leads_outside(study_dir, folder):
            expected = "a folder inside the study's folder"
            return CHECKS["FILE-012"].problem("STUDY", file=folder.name, expected=expected)
        readable = os.access(folder, os.R_OK | os.X_OK)
    # A name that no file system takes: too long, or with a NUL.
    except (OSError, ValueError):
        readable = False
    return None if readable and folder.is_dir() else CHECKS["FILE-016"].problem("STUDY", file=shown(folder.name))


def read_files(folder: Path, format: str, problems: Problems) -> list[RawFile]:
    """Every data file of the folder, in the order of names; links and other files are problems."""
    found: list[RawFile | None] = []
    names = sorted(os.listdir(folder))
    twice = same_but_for_case(name for name in names if name.lower().endswith(f".{format}") and _domain(Path(name)))
    for name in names:
        path = folder / name
        kind = os.lstat(path).st_mode
        if name.startswith((".", "~")):
            continue
        if stat.S_ISDIR(kind):
            problems.extend(_inside(path))
            continue
        if stat.S_ISLNK(kind) or not stat.S_ISREG(kind):
            problems.add(CHECKS["FILE-012"].problem(_name_of(path), file=name, expected="a regular file"))
            # It was delivered, though it is not read.
            found.append(RawFile(name, _domain(path), no_table([])) if _domain(path) else None)
            continue
        if path.suffix.lower() != f".{format}":
            if _may_hold_data(path):
                problems.add(_not_read(path, name, f"files ending in .{format}, as data.format says"))
            continue
        if name in twice:
            if name < twice[name]:  # one problem for the two
                problems.add(same_name(_domain(path), name, twice[name]))
            found.append(RawFile(name, _domain(path), no_table([])))
            continue
        found.append(read_file(path, problems))
    return [file for file in found if file is not None]


def _not_read(path: Path, name: str, expected: str) -> Problem:
    domain = _domain(path)
    value = f"perhaps data of {domain}" if domain else ""
    return CHECKS["FILE-013"].problem("STUDY", file=name, value=value, expected=expected)


def _may_hold_data(path: Path) -> bool:
    """Whether a file of another format is one to speak of: any but a document."""
    kind = path.suffix.lower()
    if kind not in _PERHAPS_DATA:
        return kind not in _DOCUMENTS
    stem = path.stem.upper()
    # A document's name may begin like a domain's: only a whole name, or that of a part of a domain, is one.
    return bool(observation_class(stem)) or (bool(_domain(path)) and (len(stem) == 4 or stem.startswith("SUPP")))


def _inside(folder: Path) -> list[Problem]:
    """The files of a folder in the data folder that may hold data: folders are not looked into."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        names = []
    inside = [folder / name for name in names if not name.startswith((".", "~"))]
    inside = [path for path in inside if path.is_file() and _domain(path) and _may_hold_data(path)]
    return [_not_read(path, f"{folder.name}/{path.name}", "files in the data folder itself") for path in inside]


def _leads_outside(study_dir: Path, folder: Path) -> bool:
    inside = folder.resolve().is_relative_to(study_dir.resolve())
    below = [part for part in [folder, *folder.parents] if study_dir in part.parents]
    return not inside or any(part.is_symlink() for part in below)


def _name_of(path: Path) -> str:
    return path.stem.upper()[:8]


def read_file(path: Path, problems: Problems) -> RawFile | None:
    """One data file; None for a file that is not a domain, which is a warning."""
    domain = _domain(path)
    if not domain:
        problems.add(_not_read(path, path.name, "a name that begins with a domain"))
        return None
    try:
        table = read_transport(path) if path.suffix.lower() == ".xpt" else read_delimited(path.read_bytes())
    except OSError as error:
        table = no_table([Flaw("011", None, error.strerror or "", "a file that may be read")])
    if table.frame is not None:
        table.frame, table.padded = without_padding(table.frame)
    problems.extend(_flaw(flaw, domain, path.name) for flaw in table.flaws)
    return RawFile(path.name, domain, table)


def _domain(path: Path) -> str:
    """The domain of a file: by its whole name, else (a part of a split domain) by the name's first letters."""
    stem = path.stem.upper()
    if not re.fullmatch(r"[A-Z0-9]{2,8}", stem):
        return ""
    for name in (stem, stem[:6] if stem.startswith("SUPP") else stem[:2]):
        if observation_class(name):
            return name
    return ""


def _flaw(flaw: Flaw, domain: str, file: str) -> Problem:
    check = CHECKS[f"FILE-{flaw.check}"]
    variable = flaw.value if flaw.check == "008" else ""
    return check.problem(domain, file=file, line=flaw.line, value=flaw.value, expected=flaw.expected, variable=variable)


def _padded(domains: Domains, domain: str, raw: list[tuple[str, int, dict[str, Padded]]]) -> Iterator[Problem]:
    """Blanks at the ends of values, which were left away: one problem a file and variable."""
    check, start = CHECKS["--014"], 0
    expected = "no blanks at the end: they were left away"
    for name, rows, columns in raw:
        for variable, found in columns.items():
            if found.count > 1:
                more = found.count
                yield check.problem(domain, file=name, line=1, variable=variable, expected=expected, more=more)
                continue
            yield from domains.problems(
                check.id_for(domain),
                check.severity,
                domain,
                np.array([start + found.row]),
                check.meaning,
                variable=variable,
                values=[found.text],
                expected=expected,
                remedy=check.remedy,
            )
        start += rows


def assemble(files: Iterable[RawFile], definition: StudyDefinition, problems: Problems) -> Domains:
    """Typed domains from raw files: split domains joined, misfits reported, missing files named, SUPP-- merged."""
    found = Problems()
    needed = required_domains(definition), expected_domains(definition)
    domains = _assembled(files, definition.data, *needed, found)
    problems.extend(at_its_place(problem, definition) for problem in found)
    return domains


def assemble_undefined(files: Iterable[RawFile], data: Data, problems: Problems) -> Domains:
    """As `assemble`, for a study that has no definition yet: no domain is missed."""
    return _assembled(files, data, (), (), problems)


def _assembled(
    files: Iterable[RawFile], data: Data, required: Iterable[str], expected: Iterable[str], problems: Problems
) -> Domains:
    parts: dict[str, list[RawFile]] = {}
    for file in files:
        parts.setdefault(file.domain, []).append(file)
    frames, sources, unread = {}, {}, set()
    padded: dict[str, list[tuple[str, int, dict[str, Padded]]]] = {}
    for domain in list(parts):
        raw = parts[domain]
        if any(file.table.frame is None for file in raw):
            unread.add(domain)
            continue
        padded[domain] = [(file.name, len(file.table.lines), file.table.padded) for file in raw]
        frames[domain], sources[domain] = _join(domain, raw, problems)
        if not sources[domain].refused:
            parts[domain] = []
    for domain in required:
        if domain not in parts:
            unread.add(domain)
            name = f"{domain.lower()}.{data.format}"
            problems.add(CHECKS["FILE-001"].problem(domain, file=name, expected=f"the {domain} domain"))
        elif domain == "DM" and domain in frames and frames[domain].empty:
            # Without subjects there is no study; of anything else there may be none yet, or none at all.
            problems.add(CHECKS["FILE-014"].problem(domain, file=sources[domain].files[0], line=1))
            unread.add(domain)
            del frames[domain], sources[domain]
    for domain in expected:
        if domain not in parts:
            name = f"{domain.lower()}.{data.format}"
            problems.add(CHECKS["FILE-018"].problem(domain, file=name, expected=f"the {domain} domain"))
        elif domain in frames and frames[domain].empty and domain not in ALWAYS:
            problems.add(CHECKS["FILE-017"].problem(domain, file=sources[domain].files[0], line=1))
    domains = Domains(frames, sources, unread, data.sdtmig)
    for domain in frames:
        _report_misfits(domains, domain, parts[domain], problems)
        problems.extend(_padded(domains, domain, padded[domain]))
    domains, found = merge_supplemental(domains)
    problems.extend(found)
    return domains


def _join(domain: str, raw: list[RawFile], problems: Problems) -> tuple[pd.DataFrame, Source]:
    tables = [file.table for file in raw]
    whole = _joined(tables)
    frame, misfits = typed(whole, domain)
    source = Source(
        files=tuple(file.name for file in raw),
        file_of=np.repeat(np.arange(len(raw), dtype=np.int32), [len(table.lines) for table in tables]),
        lines=np.concatenate([table.lines for table in tables]),
        columns=tuple(whole.columns),
        broken=np.concatenate([table.broken for table in tables]),
        refused={name: refused for name, (_, refused) in misfits.items()},
    )
    return frame, source


def _joined(tables: list[RawTable]) -> pd.DataFrame:
    frames = [table.frame for table in tables if table.frame is not None]
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _report_misfits(domains: Domains, domain: str, raw: list[RawFile], problems: Problems) -> None:
    source = domains.sources[domain]
    for name, refused in source.refused.items():
        rows = np.flatnonzero(refused & ~source.broken)
        values = _joined([file.table for file in raw])[name]
        is_number = variables(domain)[name].type in {"Num", "Int"}
        check = CHECKS["--004" if is_number else "--017"]
        expected = "a number" if is_number else "text"
        found = domains.problems(
            check.id_for(domain),
            check.severity,
            domain,
            rows,
            check.meaning,
            variable=name,
            values=values.iloc[rows],
            expected=expected,
            remedy=check.remedy,
        )
        whole, left = of_columns(domains, Told(check, domain, name, rows, found))
        problems.extend([*whole, *left.problems])
