"""Other studies than the exemplar, made of its files: what a definition may leave out, a report must do without."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
Definition = dict[str, Any]
Assign = Callable[[int], str]


def exemplar_folder() -> Path:
    """The folder of the exemplar study."""
    return ROOT / "data" / "admscc-cli"


def _plain() -> Definition:
    """The exemplar's definition without phases, escalation, laboratory, survival, subgroups, and a publication."""
    made: Definition = yaml.safe_load((exemplar_folder() / "study.yml").read_text(encoding="utf-8"))
    left_out = ("phases", "escalation", "publication", "laboratory", "survival", "subgroups", "objectives", "schedule",
                "intercurrent_events")  # fmt: skip
    for name in (*left_out, "abbreviations"):
        del made[name]
    made["study"] |= {"design": "Randomised, double-blind, placebo-controlled", "phase": "2"}
    made["analysis_sets"] = [s for s in made["analysis_sets"] if s["id"] in ("ENR", "SAF", "FAS")]
    made["multiplicity"] = {"procedure": "none"}
    for endpoint in made["endpoints"]:
        endpoint.pop("further", None)  # by phase, and in a set that is left out
    return made


def controlled(total: str | None) -> Definition:
    """Two arms, one of them placebo; one endpoint, compared; without a total column unless it has a label."""
    made = _plain()
    made["treatment"] = {
        "total": total,
        "groups": [
            {"code": "PBO", "label": "Placebo", "short": "Placebo"},
            {"code": "ACT", "label": "Arm B", "short": "B"},
        ],
    }
    made["endpoints"] = [made["endpoints"][0] | {"comparison": "ancova", "control": "PBO"}]
    for one in made["analysis_sets"]:
        if "post_baseline" in one["criteria"]:
            one["criteria"]["post_baseline"] = [made["endpoints"][0]["paramcd"]]
    return made


def one_arm() -> Definition:
    """One arm, no total column, and nothing measured but adverse events."""
    made = _plain()
    made["treatment"] = {"total": None, "groups": [{"code": "ONE", "label": "Product", "short": "Product"}]}
    for name in ("endpoints", "vital_signs", "characteristics"):
        del made[name]
    made["analysis_sets"] = [s for s in made["analysis_sets"] if s["id"] == "SAF"]
    return made | {"efficacy_set": "SAF"}


def write(folder: Path, definition: Definition, assign: Assign, domains: tuple[str, ...] = ()) -> Path:
    """Writes a study: the definition, and the exemplar's domains with other arms; of `domains` only, where given."""
    sdtm = folder / "sdtm"
    sdtm.mkdir(parents=True)
    (folder / "study.yml").write_text(yaml.safe_dump(definition, allow_unicode=True), encoding="utf-8")
    for file in sorted((exemplar_folder() / "sdtm").glob("*.csv")):
        if file.stem in ("lb", "dv", "suppdm", "suppae") or (domains and file.stem not in domains):
            continue
        words = file.read_text(encoding="utf-8")
        (sdtm / file.name).write_text(_armed(words, assign) if file.stem == "dm" else words, encoding="utf-8")
    return folder


def _armed(words: str, assign: Assign) -> str:
    rows = list(csv.DictReader(io.StringIO(words)))
    for place, row in enumerate(rows):
        for code in ("ARMCD", "ACTARMCD"):
            # The name of an arm is its code here.
            row[code] = row[code.removesuffix("CD")] = assign(place) if row[code] else ""
    held = io.StringIO()
    writer = csv.DictWriter(held, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return held.getvalue()


def two_arms(place: int) -> str:
    """Placebo and Arm B in turn."""
    return ("PBO", "ACT")[place % 2]
