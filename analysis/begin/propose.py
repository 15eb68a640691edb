"""Proposes the parts of a definition, each as the mapping that `study.yml` would hold.

Not here: what the data hold (`look`, `tests`), and the writing (`write`).
"""

from __future__ import annotations

import itertools
import re
from typing import Any

import pandas as pd

from trial_report.analysis.begin.look import Frames, attended, code, commonest, first_dose, last_day, summary, undated
from trial_report.analysis.begin.tests import Measured, measured
from trial_report.analysis.derive.records import number, text
from trial_report.schemas.codelists.terms import NOT_ARMS
from trial_report.schemas.study.unwritten import TO_WRITE

Part = dict[str, Any]

DOSES = "# doses"
"""Key of what is no part of a definition: the doses that an arm's records have, for the comment beside it."""

_UNRELATED = re.compile(r"\bNOT?\b|\bNONE\b|UNLIKELY|UNRELATED|REMOTE", re.IGNORECASE)
_HY = {"ALT": "alt", "AST": "ast", "BILI": "bilirubin", "ALP": "alp"}
_LABELS = {"AGE": "Age", "SEX": "Sex", "RACE": "Race", "ETHNIC": "Ethnicity"}
_SEX = {"M": "Male", "F": "Female", "U": "Unknown"}
_ABBREVIATIONS = frozenset(
    [
        "AE",
        "BMI",
        "BP",
        "CT",
        "DNA",
        "ECG",
        "EEG",
        "EOS",
        "EOT",
        "ET",
        "IV",
        "MRI",
        "PET",
        "PK",
        "PD",
        "QTC",
        "SAE",
        "SC",
    ]
)
"""Words of visits and tests that stay in capitals where the rest of a name is lowered."""
EFFICACY = ("QS", "FT", "RS", "TR", "FA", "CV", "MK", "OE", "RE", "NV")
"""Domains of findings in which endpoints usually stand."""


_USUAL = 0.8
"""The dose of an arm is that which this share of its subjects had throughout; the others are for the checks to tell."""


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
        "short_title": _short_title(ts),
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
    """The groups: arms of DM in which anybody was planned or treated, by their dose in EX where it has one, else by
    code. A dose is that of the subjects who were treated in the arm; one of several doses is not proposed. Where nobody
    has an arm, one group that is to be written.
    """
    dm = frames["DM"]
    actual = "ACTARMCD" if text(dm, "ACTARMCD").notna().any() else "ARMCD"
    planned, received = text(dm, "ARMCD"), text(dm, actual).fillna(text(dm, "ARMCD"))
    names = pd.concat([text(dm, "ARM"), text(dm, "ACTARM" if actual == "ACTARMCD" else "ARM")], ignore_index=True)
    arms = pd.DataFrame({"arm": pd.concat([planned, received], ignore_index=True), "name": names}).dropna(subset="arm")
    arms = arms[~arms["arm"].str.upper().isin(NOT_ARMS)]
    groups: list[Part] = []
    most: dict[str, float] = {}
    for arm, of in arms.groupby("arm"):
        label = commonest(of["name"]) or str(arm)
        own = code(str(arm), tuple(group["code"] for group in groups)) if not _is_code(str(arm)) else str(arm)
        groups.append({"code": own} | ({} if own == arm else {"value": str(arm)}) | {"label": label, "short": label})
        dose, most[own] = _dose(frames, dm.loc[received == arm, "USUBJID"])
        groups[-1] |= dose
    if not groups:
        # Nobody has an arm yet: the definition is whole, and says what is missing.
        name = f"{TO_WRITE}: group"
        groups.append({"code": "A", "value": f"{TO_WRITE}: its value of {actual}", "label": name, "short": name})
        most["A"] = 0.0
    groups.sort(key=lambda group: (most[group["code"]], group["code"]))
    return {"planned": "ARMCD", "actual": actual, "groups": groups, "total": "Total"}


def visits(frames: Frames) -> list[Part]:
    """Planned visits with the days that count for them, up to half way to the visits before and after; then those
    visits that have no planned or usual day.
    """
    seen = attended(frames)
    others = undated(frames, seen)
    made: list[Part] = []
    if seen.empty:
        first = others.iloc[0] if len(others) else pd.Series({"VISITNUM": 1.0, "VISIT": "BASELINE"})
        others = others.iloc[1:]
        made.append(_visit("BL", float(first["VISITNUM"]), _name(first), 1, (1, 1), "baseline"))
    else:
        days = [int(day) for day in seen["day"]]
        # The baseline is the last visit that is usually not after the day of first dose.
        baseline = max((place for place, day in enumerate(days) if day <= 1), default=0)
        earliest, latest = min(days[0], int(seen["first"].iloc[0])), max(days[-1], int(seen["last"].iloc[-1]))
        windows = between(days, earliest, latest, max(1, days[baseline]), baseline)
        for place, row in enumerate(_rows(seen)):
            role = "baseline" if place == baseline else "screening" if place < baseline else "follow-up"
            own = _visit_code(str(row["VISIT"]), role, tuple(visit["id"] for visit in made))
            made.append(_visit(own, row["VISITNUM"], str(row["VISIT"]), days[place], windows[place], role))
    for row in _rows(others):
        name = _name(row)
        own = _visit_code(name, "follow-up", tuple(visit["id"] for visit in made))
        made.append({"id": own, "num": int(row["VISITNUM"]), "name": name, "label": as_label(name)})
    return made


def between(
    days: list[int], first: int, last: int, baseline_ends: int | None = None, baseline: int = -1
) -> list[tuple[int, int]]:
    """The days that count for each of the target days: up to half way to its neighbours, from `first` to `last`.

    The window of the visit in place `baseline` ends on `baseline_ends`: what comes later was made under treatment.
    """
    ends = [(day + after) // 2 or -1 for day, after in itertools.pairwise(days)] + [last]
    if baseline_ends is not None:
        ends[baseline] = baseline_ends
    begins = [first, *(end + 1 or 1 for end in ends[:-1])]
    return list(zip(begins, ends, strict=True))


def _name(row: Any) -> str:
    return str(row["VISIT"]) if isinstance(row["VISIT"], str) else f"VISIT {int(row['VISITNUM'])}"


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
    for one in measured(frames, "VS", first_dose(frames)):
        if one.testcd in ("HEIGHT", "WEIGHT") and not one.where:
            made.append({"variable": f"{one.testcd}BL", "label": as_label(one.test), "kind": "continuous"}
                        | _unit(one) | {"source": "finding", "domain": "VS", "testcd": one.testcd})  # fmt: skip
    return made


def endpoints(frames: Frames, planned: list[Part]) -> list[Part]:
    """Every test of the domains of efficacy with numbers after first dose, as an endpoint could be written."""
    made: list[Part] = []
    for domain in (name for name in EFFICACY if name in frames):
        for own, one in _parameters(frames, domain, planned):
            dated = [v["id"] for v in planned if "role" not in v and "day" in v]
            at = [name for name in own.get("windows", dated) if name in dated] or dated
            asked = {"role": "secondary", "benefit": "none", "analysis_set": "ITT", "visits": at[-1:]}
            made += [own | asked] if at and one.later else []
    return made


def laboratory(frames: Frames, planned: list[Part]) -> list[Part]:
    """Every laboratory test with numbers after first dose."""
    return [
        own
        | {"category": one.category.capitalize() if one.category else "Laboratory"}
        | ({"hy": _HY[one.testcd]} if one.testcd in _HY and not one.where else {})
        for own, one in _parameters(frames, "LB", planned)
    ]


def vital_signs(frames: Frames, planned: list[Part]) -> list[Part]:
    """Every vital sign with numbers after first dose, one for each time point or position."""
    return [own for own, _ in _parameters(frames, "VS", planned)]


def adverse_events(frames: Frames) -> Part:
    """How events are graded and related, from the values in AE."""
    ae = frames.get("AE", pd.DataFrame(columns=["USUBJID"]))
    # Without a value of either, by the variable that was delivered.
    graded = text(ae, "AETOXGR").notna().any() or ("AETOXGR" in ae and "AESEV" not in ae)
    made: Part = {"dictionary": f"{TO_WRITE}: name and version", "grading": "CTCAE" if graded else "mild to severe"}
    if not graded:
        known = [level for level in ("MILD", "MODERATE", "SEVERE") if level in set(text(ae, "AESEV"))]
        made |= {"grade_variable": "AESEV", "grade_labels": {level: level.capitalize() for level in known or ["MILD"]}}
    chosen = related(ae)
    others = [value for value in relationships(frames) if value not in chosen]
    return made | {"related": chosen} | ({"unrelated": others} if others else {})


def relationships(frames: Frames) -> list[str]:
    """The values of AEREL that the data have."""
    return sorted(set(text(frames["AE"], "AEREL").dropna())) if "AE" in frames else []


def related(ae: pd.DataFrame) -> list[str]:
    """The values of AEREL that say related: all that do not say no, none, not or unlikely; Y where there is none."""
    return [value for value in sorted(set(text(ae, "AEREL").dropna())) if not _UNRELATED.search(value)] or ["Y"]


def _parameters(frames: Frames, domain: str, planned: list[Part]) -> list[tuple[Part, Measured]]:
    """The tests of a domain with numbers after first dose, each as a parameter."""
    found = [one for one in measured(frames, domain, first_dose(frames)) if one.later]
    made: list[tuple[Part, Measured]] = []
    for one in found:
        taken = tuple(own["paramcd"] for own, _ in made)
        alike = [other for other in found if other.testcd == one.testcd]
        own = one.testcd if len(alike) == 1 else code(f"{one.testcd[:7]}{alike.index(one) + 1}", taken, most=8)
        said = ", ".join(level.lower() for _, level in one.where)
        part: Part = {"paramcd": own, "label": f"{one.test}, {said}" if said else one.test}
        part |= {"domain": domain, "testcd": one.testcd} | ({"where": dict(one.where)} if one.where else {})
        made.append((part | _unit(one) | windows(one, planned), one))
    return made


def windows(one: Measured, planned: list[Part]) -> Part:
    """The visits at which a test is done, and the days that count for each of them after first dose, up to half way to
    the next at which it is done; nothing for a test that is done at all visits with a day.
    """
    dated = [visit for visit in planned if "day" in visit]
    done = [visit for visit in planned if float(visit["num"]) in one.visits]
    if len([visit for visit in done if "day" in visit]) == len(dated) or not done:
        return {}
    after = [visit for visit in dated if "role" not in visit]
    own = [visit for visit in done if visit in after]
    part: Part = {"planned": [visit["id"] for visit in done]}
    if not own or own == after:
        return part
    first, last = after[0]["analysis_window"][0], after[-1]["analysis_window"][1]
    # After the last visit at which it is done no more is waited for than at any other.
    last = min(last, own[-1]["analysis_window"][1]) if own[-1] != after[-1] else last
    days = between([visit["day"] for visit in own], first, last)
    return part | {"windows": {visit["id"]: list(found) for visit, found in zip(own, days, strict=True)}}


def _rows(frame: pd.DataFrame) -> list[Part]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _unit(one: Measured) -> Part:
    return ({"unit": one.unit} if one.unit else {}) | {"decimals": one.decimals}


def _dose(frames: Frames, subjects: pd.Series) -> tuple[Part, float]:
    """Dose of one administration, unit and route of those treated in an arm, and their highest dose (none: infinite).

    The dose is the one that most subjects had at all their records. Where there is none, as where it is raised by a
    plan or goes by weight, there is no dose to propose: DOSES says those that there are.
    """
    if "EX" not in frames:
        return {}, float("inf")
    ex = frames["EX"][frames["EX"]["USUBJID"].isin(subjects)]
    found: Part = {}
    dose = number(ex, "EXDOSE").dropna()
    # Of an arm that gets drug and placebo, as with dummies, the drug's.
    given = dose[dose > 0] if (dose > 0).any() else dose
    # A dose that was adjusted has its reason in EXADJ.
    planned = given[text(ex, "EXADJ").loc[given.index].isna()]
    own = planned.groupby(ex["USUBJID"]).agg(["min", "max"])
    usual = own.loc[own["min"] == own["max"], "max"].mode()
    if len(usual) == 1 and ((own["min"] == usual[0]) & (own["max"] == usual[0])).mean() >= _USUAL:
        found["dose"] = int(usual[0]) if float(usual[0]).is_integer() else float(usual[0])
    for key, name in (("unit", "EXDOSU"), ("route", "EXROUTE")):
        said = commonest(text(ex, name))
        found |= {} if said is None else {key: said}
    if "dose" not in found and len(given):
        found[DOSES] = ", ".join(f"{one:g}" for one in sorted(given.unique()))
    return found, float(given.max()) if len(given) else float("inf")


def _visit(own: str, number: float, name: str, day: int, days: tuple[int, int], role: str) -> Part:
    made: Part = {"id": own, "num": int(number), "name": name, "label": as_label(name), "day": int(day)}
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


def as_label(words: str) -> str:
    """Words in capitals as a label is written, abbreviations kept: AE follow-up, ECG removal; others as they stand."""
    if not words.isupper():
        return words[:1].upper() + words[1:]
    made = re.sub(r"[A-Z]+", lambda one: one[0] if one[0] in _ABBREVIATIONS else one[0].lower(), words)
    return made[:1].upper() + made[1:]


def _as_name(words: str) -> str:
    """Words in capitals as a name is written: Black or African American."""
    made = " ".join(word if word in ("or", "and", "of") else word.capitalize() for word in words.lower().split())
    return made if words.isupper() else words


def _short_title(ts: dict[str, str], most: int = 60) -> str:
    """The title where it is short enough for a running head, else what was studied in what, else its first words."""
    title = ts.get("TITLE", f"{TO_WRITE}: short title")
    if len(title) <= most:
        return title
    named = f"{ts['TRT']} in {ts['INDIC']}" if "TRT" in ts and "INDIC" in ts else ""
    return named if 0 < len(named) <= most else title[:most].rsplit(" ", 1)[0] + " …"


def _is_code(words: str) -> bool:
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,19}", words) is not None and words != "TOTAL"
