"""Writes the page of the documentation that says which data a study needs.

``python -m trial_report.schemas.domains > docs/data.md``

Not here: the pages that list the checks (`schemas.checks`) and the keys of a definition (`schemas.study`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from trial_report.schemas.domains.needs import Use, always, is_identifier, measured
from trial_report.schemas.domains.variables import EVENTS, FINDINGS, GUIDES, INTERVENTIONS, variables

_INTRODUCTION = """\
# Data

Which domains and variables a study needs, which are read, and by what. This page is generated:
`python -m trial_report.schemas.domains > docs/data.md`.

**At least**: DM with a record a subject. Every other domain may be missing; what would rest on it is then left out, and
the report says that it was not delivered (`FILE-018`). A domain that was delivered without records (a header line
alone) says that there was nothing. Without AE there is no dose escalation, and without DV no set that leaves out
subjects with deviations: then the file is needed (`FILE-001`).

**A variable that is missing** stops a report (`--001`) only where

- it identifies records: STUDYID, DOMAIN, USUBJID, the sequence number; QNAM and QVAL of SUPP--;
- an analysis of the study definition cannot do without it: **needed** in the tables below, and every variable that a
  condition of `study.yml` names (`where`, `event_records`, `flags`);
- the guide requires it (Req) and something reads it.

Every other variable that the guide requires or expects (Req, Exp) and that is missing is told as a warning (`--002`).
Which that are follows the version of the SDTM Implementation Guide (SDTMIG) that `data.sdtmig` names, 3.2, 3.3 or 3.4.
A domain may hold, beside its own variables, those of its general observation class (SDTM 1.4, 1.7, 2.0); one of another
version is told (`--018`), and one that no version has is an error (`--003`): it belongs in SUPP--. The variables stand
in `schemas/domains/sdtmig.csv` and `schemas/domains/sdtm.csv`, with their source.

**What no analysis reads cannot stop a report**: in a domain that neither stands below nor is named in `study.yml`,
errors are warnings, but for those of identifiers, and for the date of a measurement, which is a day on which the
subject was seen.
"""

_HEADER = "| Variable | Needed | " + " | ".join(GUIDES) + " |\n|---|---|" + "---|" * len(GUIDES)
_READ = {
    "subjects": "who the subjects are",
    "treatment": "first and last dose, beside EX",
    "disposition": "disposition and deaths",
    "exposure": "exposure",
    "events": "adverse events",
    "visits": "visits",
    "history": "medical history",
    "medication": "medication",
    "deviations": "protocol deviations",
}
_NAMED = {
    "DM": ("ARMCD", "ACTARMCD"),
    "AE": ("AEREL", "AETOXGR"),
}
"""Variables that keys of the definition name, by their defaults."""
_KEYS = {
    "ARMCD": "`treatment.planned`",
    "ACTARMCD": "`treatment.actual`",
    "AEREL": "`adverse_events.relationship_variable`",
    "AETOXGR": "`adverse_events.grade_variable`, where severity is recorded",
}
_NOTES = {
    "EC": "Read in the place of EX where that was not delivered.",
    "SV": "Without SV a visit is where a measurement or dose of its number is.",
    "MH": "Where no term is coded, terms are those reported.",
    "CM": "Where no term is coded, names are those reported.",
}


def page() -> str:
    """The page: what is needed at least, a table for each domain that is always read, measurements, and the guides."""
    parts = [_INTRODUCTION, "## Domains that every report reads\n"]
    read = always()
    for domain in dict.fromkeys(use.domain for use in read):
        parts.append(_domain(domain, [use for use in read if use.domain == domain]))
    parts.append(_measurements())
    parts.append(_guides())
    return "\n".join(parts)


def _domain(domain: str, uses: list[Use]) -> str:
    readers = ", ".join(dict.fromkeys(_READ[use.reader] for use in uses))
    rows = [_row(domain, use.variable, "needed" if use.needed else "") for use in uses]
    rows += [_row(domain, name, f"needed: {_KEYS[name]}") for name in _NAMED.get(domain, ())]
    note = f" {_NOTES[domain]}" if domain in _NOTES else ""
    return f"### {domain}\n\nFor {readers}.{note}\n\n{_HEADER}\n" + "\n".join(rows) + "\n"


def _row(domain: str, name: str, needed: str) -> str:
    identifies = is_identifier(domain, name)
    cells = [f"`{name}`", "identifies" if identifies else needed, *(_core(domain, name, guide) for guide in GUIDES)]
    return "| " + " | ".join(cells) + " |"


def _core(domain: str, name: str, guide: str) -> str:
    """The core of a variable in a guide; of the class where only that allows it; nothing where the guide has none."""
    known = variables(domain, guide).get(name)
    return "" if known is None or known.remark else known.core


def _measurements() -> str:
    rows = []
    for use in measured():
        needed = f"needed, or `{use.instead}`" if use.instead else "needed" if use.needed else ""
        needed = "identifies" if use.variable == "--SEQ" else needed
        rows.append(f"| `{use.variable}` | {needed} |")
    return (
        "## Measurements\n\n"
        "For each domain that `endpoints`, `laboratory`, `vital_signs` or a characteristic of `study.yml` names; the "
        "hyphens stand for it. The variables of a `where` are needed as well. Of every other Findings domain only "
        "`--DTC` is read, and `VISITNUM` where SV was not delivered.\n\n"
        "| Variable | Needed |\n|---|---|\n" + "\n".join(rows) + "\n\n"
        "A time to an event needs the start (`--STDTC`, of Findings `--DTC`) and what its `event_records` name.\n"
    )


def _guides() -> str:
    rows = []
    for domain in ("DM", "SV", "SE", *sorted({*EVENTS, *INTERVENTIONS, *FINDINGS}), "SUPPQUAL"):
        rows.append(f"| {domain} | {_listed(domain, 'Req')} | {_listed(domain, 'Exp')} |")
    return (
        "## Required and expected variables\n\n"
        "By domain, from SDTMIG 3.2, 3.3 and 3.4; in brackets the versions in which that holds, where it is not so in "
        "all that have the domain.\n\n| Domain | Required (Req) | Expected (Exp) |\n|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def _listed(domain: str, core: str) -> str:
    having = [guide for guide in GUIDES if not all(one.remark for one in variables(domain, guide).values())]
    found: dict[str, list[str]] = {}
    for guide in having:
        for name, variable in variables(domain, guide).items():
            if variable.core == core:
                found.setdefault(name, []).append(guide)
    return ", ".join(_with_versions(name, versions, having) for name, versions in found.items())


def _with_versions(name: str, versions: list[str], having: Iterable[str]) -> str:
    return name if versions == list(having) else f"{name} ({', '.join(versions)})"


if __name__ == "__main__":
    sys.stdout.write(page())
