"""Proposes the parts of a definition, each as the mapping that `study.yml` would hold."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pandas as pd

from analysis.begin.look import (
    Frames,
    attended,
    code,
    commonest,
    first_dose,
    last_day,
    measured,
    repeated,
    summary,
)
from analysis.derive.records import text
from schemas.terms import NOT_ARMS

Part = dict[str, Any]

TO_WRITE = "To be written"
"""How a text begins that the data do not hold."""

_UNRELATED = re.compile(r"\bNOT?\b|\bNONE\b|UNLIKELY|UNRELATED|REMOTE", re.IGNORECASE)
_HY = {"ALT": "alt", "AST": "ast", "BILI": "bilirubin", "ALP": "alp"}
_LABELS = {"AGE": "Age", "SEX": "Sex", "RACE": "Race", "ETHNIC": "Ethnicity"}
_SEX = {"M": "Male", "F": "Female", "U": "Unknown"}
_EFFICACY = ("QS", "FT", "RS", "TR", "FA", "CV", "MK", "OE", "RE", "NV")
"""Domains of findings in which endpoints usually stand."""


def study(frames: Frames) -> Part:
    """Who the study is, from TS and DM."""
    ts, dm = summary(frames), frames["DM"]
    name = commonest(text(dm, "STUDYID")) or f"{TO_WRITE}: id"
    phase = re.sub(r"^PHASE\s+|\s+TRIAL$", "", ts.get("TPHASE", "").upper())
    cutoff = pd.to_datetime(ts.get("DCUTDTC", ""), errors="coerce")
    day = last_day(frames) if pd.isna(cutoff) else cutoff
    planned = ts.get("PLANSUB", "")
    design = ", ".join(ts[one].capitalize() for one in ("TBLIND", "TCNTRL", "INTMODEL") if one in ts)
    return {
        "id": name,
        "title": ts.get("TITLE", f"{TO_WRITE}: full title"),
        "short_title": _shortened(ts.get("TITLE", f"{TO_WRITE}: short title")),
        "protocol": name,
        "protocol_version": f"{TO_WRITE}: version",
        "phase": phase.capitalize() if phase.isalpha() and not re.fullmatch("[IV]+", phase) else phase or "unknown",
        "product": ts.get("TRT", f"{TO_WRITE}: product"),
        "indication": ts.get("INDIC", f"{TO_WRITE}: indication"),
        "population": f"{TO_WRITE}: who was studied",
        "sponsor": ts.get("SPONSOR", f"{TO_WRITE}: sponsor"),
        "design": design or f"{TO_WRITE}: design",
        "planned_subjects": int(planned) if planned.isdigit() and int(planned) else len(dm),
        "gcp_statement": f"{TO_WRITE}: that the study was done by ICH E6 Good Clinical Practice.",
        "report_version": "0.1",
        "data_cutoff": None if day is None else day.date(),
        "synthetic": False,
    }


def treatment(frames: Frames) -> Part:
    """The groups: arms of DM, by their dose in EX where it has one, else by code."""
    dm = frames["DM"]
    actual = "ACTARMCD" if text(dm, "ACTARMCD").notna().any() else "ARMCD"
    arms = dm.assign(arm=text(dm, "ARMCD"), name=text(dm, "ARM")).dropna(subset=["arm"])
    arms = arms[~arms["arm"].str.upper().isin(NOT_ARMS)]
    groups: list[Part] = []
    for arm, of in arms.groupby("arm"):
        label = commonest(of["name"]) or str(arm)
        own = code(str(arm), tuple(group["code"] for group in groups)) if not _is_code(str(arm)) else str(arm)
        groups.append({"code": own} | ({} if own == arm else {"value": str(arm)}) | {"label": label, "short": label})
        groups[-1] |= _dose(frames, of["USUBJID"])
    groups.sort(key=lambda group: (group.get("dose", float("inf")), group["code"]))
    return {"planned": "ARMCD", "actual": actual, "groups": groups, "total": "Total"}


def visits(frames: Frames) -> list[Part]:
    """Planned visits with the days that count for them: up to half way to the visits before and after."""
    seen = attended(frames)
    if seen.empty:
        return [_visit("BL", 1.0, "BASELINE", 1, (1, 1), "baseline")]
    days = [int(day) for day in seen["day"]]
    # The baseline is the last visit that is usually not after the day of first dose.
    baseline = max((place for place, day in enumerate(days) if day <= 1), default=0)
    ends = [(day + after) // 2 or -1 for day, after in itertools.pairwise(days)]
    ends.append(max(days[-1], int(seen["last"].iloc[-1])))
    ends[baseline] = max(1, days[baseline])
    begins = [min(days[0], int(seen["first"].iloc[0])), *(end + 1 or 1 for end in ends[:-1])]
    made: list[Part] = []
    for place, (number, name) in enumerate(zip(seen["VISITNUM"], seen["VISIT"].astype("str"), strict=True)):
        role = "baseline" if place == baseline else "screening" if place < baseline else "follow-up"
        own = _visit_code(name, role, tuple(visit["id"] for visit in made))
        made.append(_visit(own, number, name, days[place], (begins[place], ends[place]), role))
    return made


def analysis_sets() -> list[Part]:
    """All who were assigned to an arm, and all who were treated."""
    return [
        {"id": "ITT", "flag": "ITTFL", "label": "Intention-to-treat set", "criteria": {"enrolled": True},
         "definition": "All patients assigned to a treatment group."},
        {"id": "SAF", "flag": "SAFFL", "label": "Safety set", "criteria": {"treated": True},
         "definition": "All patients who received study treatment."},
    ]  # fmt: skip


def flagged_sets(frames: Frames) -> list[Part]:
    """Sets that flags of DM or SUPPDM (Y, and N or nothing) would make."""
    dm = frames["DM"]
    names = [name for name in dm.columns if re.fullmatch("[A-Z][A-Z0-9]*", name) and name != "DTHFL"]
    flags = [name for name in names if set(text(dm, name).dropna()) in ({"Y"}, {"Y", "N"})]
    taken = tuple(one["id"] for one in analysis_sets())
    return [
        {"id": code(name, taken), "flag": _flag(name), "label": f"{TO_WRITE}: {name}", "definition": f"{TO_WRITE}.",
         "criteria": {"flags": {name: "Y"}}}
        for name in flags
    ]  # fmt: skip


def characteristics(frames: Frames) -> list[Part]:
    """Age, sex, race and ethnicity of DM, height and weight of VS, as far as there are values."""
    dm = frames["DM"]
    made: list[Part] = []
    for name, label in _LABELS.items():
        if name not in dm or dm[name].notna().sum() == 0:
            continue
        if name == "AGE":
            made.append({"variable": name, "label": label, "kind": "continuous", "unit": "years"})
            continue
        counted = text(dm, name).value_counts().sort_index().sort_values(ascending=False, kind="stable")
        levels = {str(level): _SEX.get(str(level), _as_name(str(level))) for level in counted.index}
        made.append({"variable": name, "label": label, "kind": "categorical", "levels": levels})
    vs = measured(frames["VS"], "VS", first_dose(frames)) if "VS" in frames else pd.DataFrame({"testcd": []})
    for row in _rows(vs[vs["testcd"].isin(["HEIGHT", "WEIGHT"])]):
        made.append({"variable": f"{row['testcd']}BL", "label": str(row["test"]).capitalize(), "kind": "continuous"}
                    | _unit(row) | {"source": "finding", "domain": "VS", "testcd": row["testcd"]})  # fmt: skip
    return made


def endpoints(frames: Frames, planned: list[Part]) -> list[Part]:
    """Every test of the domains of efficacy with numbers after first dose, as an endpoint could be written."""
    start, last = first_dose(frames), planned[-1]["id"]
    made: list[Part] = []
    for domain in (name for name in _EFFICACY if name in frames):
        found = measured(frames[domain], domain, start)
        for row in _rows(found[found["later"] > 0]):
            made.append(
                _parameter(frames, domain, row)
                | {"role": "secondary", "benefit": "none", "analysis_set": "ITT", "visits": [last]}
            )
    return made


def laboratory(frames: Frames) -> list[Part]:
    """Every laboratory test with numbers after first dose."""
    rows = _later(frames, "LB")
    return [
        _parameter(frames, "LB", row)
        | {"category": _category(row["category"])}
        | ({"hy": _HY[row["testcd"]]} if row["testcd"] in _HY else {})
        for row in rows
    ]


def vital_signs(frames: Frames) -> list[Part]:
    """Every vital sign with numbers after first dose."""
    return [_parameter(frames, "VS", row) for row in _later(frames, "VS")]


def adverse_events(frames: Frames) -> Part:
    """How events are graded and related, from the values in AE."""
    ae = frames.get("AE", pd.DataFrame(columns=["USUBJID"]))
    graded = text(ae, "AETOXGR").notna().any()
    made: Part = {"dictionary": f"{TO_WRITE}: name and version", "grading": "CTCAE" if graded else "mild to severe"}
    if not graded:
        known = [level for level in ("MILD", "MODERATE", "SEVERE") if level in set(text(ae, "AESEV"))]
        made |= {"grade_variable": "AESEV", "grade_labels": {level: level.capitalize() for level in known or ["MILD"]}}
    return made | {"related": related(ae)}


def relationships(frames: Frames) -> list[str]:
    """The values of AEREL that the data have."""
    return sorted(set(text(frames["AE"], "AEREL").dropna())) if "AE" in frames else []


def related(ae: pd.DataFrame) -> list[str]:
    """The values of AEREL that say related: all that do not say no, none, not or unlikely; Y where there is none."""
    return [value for value in sorted(set(text(ae, "AEREL").dropna())) if not _UNRELATED.search(value)] or ["Y"]


def _later(frames: Frames, domain: str) -> list[Part]:
    if domain not in frames:
        return []
    found = measured(frames[domain], domain, first_dose(frames))
    return _rows(found[found["later"] > 0])


def _rows(frame: pd.DataFrame) -> list[Part]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _parameter(frames: Frames, domain: str, row: Part) -> Part:
    own = {"paramcd": row["testcd"], "label": str(row["test"]), "domain": domain, "testcd": row["testcd"]}
    apart = repeated(frames[domain], domain, row["testcd"])
    return own | ({"where": apart} if apart else {}) | _unit(row)


def _unit(row: Part) -> Part:
    named = {"unit": row["unit"]} if isinstance(row["unit"], str) else {}
    return named | {"decimals": int(row["decimals"])}


def _category(value: object) -> str:
    return value.capitalize() if isinstance(value, str) else "Laboratory"


def _dose(frames: Frames, subjects: pd.Series) -> Part:
    """The highest dose of one administration, unit and route of an arm, where EX has them."""
    if "EX" not in frames:
        return {}
    ex = frames["EX"][frames["EX"]["USUBJID"].isin(subjects)]
    found: Part = {}
    if "EXDOSE" in ex and ex["EXDOSE"].notna().any():
        dose = float(ex["EXDOSE"].astype("float64").max())
        found["dose"] = int(dose) if dose.is_integer() else dose
    for key, name in (("unit", "EXDOSU"), ("route", "EXROUTE")):
        said = commonest(text(ex, name))
        found |= {} if said is None else {key: said}
    return found


def _visit(own: str, number: float, name: str, day: int, days: tuple[int, int], role: str) -> Part:
    made: Part = {"id": own, "num": int(number), "name": name, "label": name.capitalize(), "day": int(day)}
    made |= {"window": [int(days[0]), int(days[1])], "analysis_window": [int(days[0]), int(days[1])]}
    return made | ({} if role == "follow-up" else {"role": role})


def _visit_code(name: str, role: str, taken: tuple[str, ...]) -> str:
    timed = re.search(r"\b(WEEK|DAY|MONTH|CYCLE|VISIT)\s*(\d+)\b", name.upper())
    if role == "baseline":
        return "BL"
    if role == "screening":
        return code("SCR", taken)
    return code(f"{timed.group(1)[0]}{timed.group(2)}" if timed else name, taken, most=8)


def _flag(name: str) -> str:
    """A variable of ADSL for a flag: at most eight letters with FL, a number at the end being kept."""
    number = re.sub(r"^.*?(\d*)$", r"\1", name)
    return f"{name[: 6 - len(number)]}{number}FL" if len(name) > 6 else f"{name}FL"


def _as_name(words: str) -> str:
    """Words in capitals as a name is written: Black or African American."""
    made = " ".join(word if word in ("or", "and", "of") else word.capitalize() for word in words.lower().split())
    return made if words.isupper() else words


def _shortened(words: str, most: int = 60) -> str:
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + " …"


def _is_code(words: str) -> bool:
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,19}", words) is not None and words != "TOTAL"
