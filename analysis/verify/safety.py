"""Adverse events, laboratory and vital signs a second time.

Not here: tests against control (`incidence`) and of shifts (`shifts`), and doses (`exposure`).
"""

from __future__ import annotations

from collections.abc import Sequence

from trial_report import declare
from trial_report.analysis.verify.exact import clopper_pearson, kaplan_meier, median_time, poisson_limits
from trial_report.analysis.verify.road import Road, level_of, quoted
from trial_report.analysis.verify.subjects import DAYS_A_YEAR, levels
from trial_report.schemas.study.measures import Parameter

EMERGENT = "TRTEMFL = 'Y'"
FATAL = "(AEOUT = 'FATAL' OR AESDTH = 'Y')"
CRITERIA = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")
ALWAYS = {"AEACN": ("DRUG WITHDRAWN",), "AECONTRT": ("Y",), "AEOUT": ("FATAL",)}
PER = 100
RANGES = ("LOW", "NORMAL", "HIGH", "MISSING")
WORST = ("LOW", "NORMAL", "HIGH", "LOW AND HIGH")
GRADES = ("0", "1", "2", "3", "4")
MULTIPLES = {"alt": (3, 5, 10), "ast": (3, 5, 10), "bilirubin": (2,)}


@declare.second("ae.overview", "ae.action", what="the overview of adverse events", needs=("AE",))
def overview(road: Road) -> None:
    """Subjects with events of each kind; actions, outcomes."""
    pop, severe = road.study.safety_set, f"ATOXGRN >= {road.study.adverse_events.severe_from}"
    kinds = {
        "ALL": "TRUE",
        "BEFORE": "PREFL = 'Y'",
        "EMERGENT": EMERGENT,
        "RELATED": f"{EMERGENT} AND AREL = 'Y'",
        "SEVERE": f"{EMERGENT} AND {severe}",
        "RELATED SEVERE": f"{EMERGENT} AND AREL = 'Y' AND {severe}",
        "SERIOUS": f"{EMERGENT} AND AESER = 'Y'",
        "RELATED SERIOUS": f"{EMERGENT} AND AREL = 'Y' AND AESER = 'Y'",
        "WITHDRAWN": f"{EMERGENT} AND AEACN = 'DRUG WITHDRAWN'",
        **({"DLT": f"{EMERGENT} AND DLTFL = 'Y'"} if road.study.escalation else {}),
        "FATAL": f"{EMERGENT} AND {FATAL}",
    }
    named = variables_of_events(road)
    criteria = " OR ".join(["AEOUT = 'FATAL'", *(f"{c} = 'Y'" for c in CRITERIA if c in named)])
    unmarked = f"AESER IS DISTINCT FROM 'Y' AND ({criteria})"
    # What was never recorded of an event is not known of any.
    for variable in ("AESER", "ATOXGRN", "AEACN"):
        if _says_nothing(road, variable):
            kinds = {
                k: w for k, w in kinds.items() if variable not in w and not (variable == "ATOXGRN" and severe in w)
            }
    if road.value(f"SELECT count(*) FROM ADAE WHERE {unmarked}"):
        kinds["UNMARKED"] = f"{EMERGENT} AND {unmarked}"
    records = " UNION ALL ".join(f"SELECT USUBJID, {quoted(k)} AS level FROM ADAE WHERE {w}" for k, w in kinds.items())
    road.sizes("ae.overview", pop, "USUBJID")
    road.tally("ae.overview", pop, "USUBJID", records, levels(*kinds), events=True)
    if "SERIOUS" in kinds:
        _serious_limits(road, pop, kinds["SERIOUS"])
    collected = variables_of_events(road)
    for variable, expected in ALWAYS.items():
        if variable in collected and not _says_nothing(road, variable, blank_alone=True):
            always = () if _says_nothing(road, variable) else expected
            road.sizes("ae.action", pop, variable)
            records = f"SELECT USUBJID, {level_of(variable)} AS level FROM ADAE WHERE {EMERGENT}"
            listed = f"{levels(*always)} UNION SELECT level FROM hit" if always else "SELECT level FROM hit"
            road.tally("ae.action", pop, variable, records, listed, events=True)


def _serious_limits(road: Road, pop: str, serious: str) -> None:
    """The exact interval of the percentage with a serious event."""
    counted = road.con.execute(
        f"""SELECT c.grp, count(DISTINCT m.USUBJID), count(DISTINCT e.USUBJID) FROM def_col AS c
        LEFT JOIN member AS m ON m.grp = c.grp AND m.pop = ?
        LEFT JOIN (SELECT USUBJID FROM ADAE WHERE {serious}) AS e ON e.USUBJID = m.USUBJID GROUP BY c.grp""",
        [pop],
    ).fetchall()
    for grp, n, hit in counted:
        place = {"analysis": "ae.overview", "population": pop, "what": "USUBJID", "grp": grp, "level": "SERIOUS"}
        limits = clopper_pearson(hit, n, road.study.confidence_level)
        road.add(
            {**place, "statistic": name, "value": 100 * limit, "decimals": 1}
            for name, limit in zip(("pct_low", "pct_high"), limits, strict=True)
        )


def _says_nothing(road: Road, variable: str, *, blank_alone: bool = False) -> bool:
    """Whether there are events, and the variable is blank (or says NOT APPLICABLE) of each."""
    but = "" if blank_alone else f" AND {variable}::VARCHAR <> 'NOT APPLICABLE'"
    return bool(road.value(f"SELECT count(*) > 0 AND count(*) FILTER ({variable} IS NOT NULL{but}) = 0 FROM ADAE"))


@declare.second("ae.deaths", what="deaths")
def deaths(road: Road) -> None:
    """Subjects who died, as DM, DS and AE say."""
    pop = road.study.safety_set
    road.sizes("ae.deaths", pop, "DTHFL")
    died = "SELECT USUBJID, 'ANY' AS level FROM ADSL WHERE DTHFL = 'Y'"
    road.tally("ae.deaths", pop, "DTHFL", died, levels("ANY"))


def variables_of_events(road: Road) -> set[str]:
    """The variables of AE that were delivered: what was not collected is not counted."""
    return set(road.frame("SELECT variable FROM delivered WHERE domain = 'AE'")["variable"])


@declare.second(
    "ae.soc_pt",
    "ae.relationship",
    "ae.serious",
    "ae.dlt",
    "ae.frequent",
    what="adverse events by class and term",
    needs=("AE",),
)
def terms(road: Road) -> None:
    """By class and term: all, related, serious, dose-limiting, frequent; relationships; criteria; DLTs by subject."""
    study, pop = road.study, road.study.safety_set
    kinds = {"ae.soc_pt": "TRUE", "ae.relationship": "AREL = 'Y'", "ae.serious": "AESER = 'Y'"}
    # Dose-limiting toxicities stand on those evaluable for them, where the study has such a set.
    evaluable = next((s.id for s in study.analysis_sets if s.criteria.dlt_evaluable), pop)
    if study.escalation:
        kinds["ae.dlt"] = "DLTFL = 'Y'"
    for analysis, where in kinds.items():
        own = evaluable if analysis == "ae.dlt" else pop
        road.sizes(analysis, own, "AEDECOD")
        records = f"SELECT * FROM ADAE WHERE {EMERGENT} AND {where}"
        road.nested(analysis, own, "AEDECOD", records, outer="AEBODSYS", inner="AEDECOD")
    variable = study.adverse_events.relationship_variable
    records = f"SELECT USUBJID, {level_of(variable)} AS level FROM ADAE WHERE {EMERGENT}"
    related = f"SELECT as_level(level) AS level FROM ({levels(*study.adverse_events.related)})"
    listed = f"{related} UNION SELECT level FROM hit"
    road.tally("ae.relationship", pop, variable, records, listed, events=True)
    collected = variables_of_events(road)
    for criterion in (c for c in CRITERIA if c in collected):
        records = f"SELECT USUBJID, 'Y' AS level FROM ADAE WHERE {EMERGENT} AND AESER = 'Y' AND {criterion} = 'Y'"
        road.tally("ae.serious", pop, criterion, records, levels("Y"), events=True)
    road.sizes("ae.frequent", pop, "AEDECOD")
    records = f"SELECT USUBJID, as_level(AEDECOD) AS level FROM ADAE WHERE {EMERGENT} AND AEDECOD IS NOT NULL"
    frequent = f"""SELECT level FROM hit WHERE grp = 'TOTAL' GROUP BY level
        HAVING 100.0 * count(DISTINCT USUBJID) / (SELECT n FROM size WHERE pop = {quoted(pop)} AND grp = 'TOTAL')
            >= {study.adverse_events.frequent_percent}"""
    road.tally("ae.frequent", pop, "AEDECOD", records, frequent, events=True)
    _toxicity(road)


def _toxicity(road: Road) -> None:
    evaluable = next((s for s in road.study.analysis_sets if s.criteria.dlt_evaluable), None)
    if not road.study.escalation or not evaluable:
        return
    rows = road.con.execute(
        """SELECT c.grp, count(m.USUBJID), count(*) FILTER (s.NDLT >= 1) FROM def_col AS c
        LEFT JOIN member AS m ON m.grp = c.grp AND m.pop = ? LEFT JOIN ADSL AS s USING (USUBJID) GROUP BY c.grp""",
        [evaluable.id],
    ).fetchall()
    for grp, n, hit in rows:
        place = {"analysis": "ae.dlt", "population": evaluable.id, "what": "DLTEVFL", "grp": grp, "level": "ANY"}
        low, high = clopper_pearson(hit, n, road.study.confidence_level)
        values = {"N": n, "n": hit, "pct": 100 * hit / n if n else None, "pct_low": 100 * low, "pct_high": 100 * high}
        road.add({**place, "statistic": s, "value": v, "decimals": int(s not in "Nn")} for s, v in values.items())


@declare.second("ae.grade", what="adverse events by grade", needs=("AE",))
def grades(road: Road) -> None:
    """Each subject once with the worst grade of its events: over all, by class, by term."""
    pop, severe = road.study.safety_set, road.study.adverse_events.severe_from
    road.sizes("ae.grade", pop, "ATOXGRN")
    labels = list(road.study.adverse_events.grade_labels)
    numbers = sorted(int(g) for g in labels) if all(g.isdigit() for g in labels) else range(1, len(labels) + 1)
    if not labels:
        numbers = range(1, 6)
    outer, inner = level_of("AEBODSYS"), level_of("AEDECOD")
    with_term = f"""SELECT USUBJID, ATOXGRN, unnest(['ANY|', {outer} || '|', {outer} || '|' || {inner}]) AS term
        FROM ADAE WHERE {EMERGENT}"""
    worst = f"SELECT USUBJID, term, max(ATOXGRN) AS g FROM ({with_term}) GROUP BY ALL"
    records = f"""SELECT USUBJID, term || '|' || unnest([coalesce(CAST(g AS VARCHAR), 'MISSING'),
        CASE WHEN g >= {severe} THEN 'SEVERE' WHEN g < {severe} THEN 'BELOW' END]) AS level FROM ({worst})"""
    ungraded = road.value(
        f"SELECT count(*) FROM ({worst}) JOIN member USING (USUBJID) WHERE pop = {quoted(pop)} AND g IS NULL"
    )
    unknown = ["MISSING"] if ungraded else []
    codes = ", ".join(quoted(g) for g in (*map(str, numbers), *unknown, "BELOW", "SEVERE"))
    listed = f"""SELECT DISTINCT term || '|' || unnest([{codes}]) AS level FROM (SELECT 'ANY|' AS term
            UNION SELECT term FROM ({with_term}) AS t JOIN member AS m USING (USUBJID) WHERE m.pop = {quoted(pop)})
        UNION SELECT level FROM hit"""
    road.tally("ae.grade", pop, "ATOXGRN", f"SELECT * FROM ({records}) WHERE level IS NOT NULL", listed)


@declare.second("ae.rate", what="the rates of adverse events", needs=("AE",))
def rates(road: Road) -> None:
    """First events a subject by 100 patient-years at risk, all events by 100 patient-years, with Poisson limits."""
    pop = road.study.safety_set
    road.sizes("ae.rate", pop, "AEDECOD")
    rows = road.con.execute(
        f"""WITH happened AS (
            SELECT m.grp, e.USUBJID, unnest(['ANY', {level_of("AEDECOD")}]) AS term, ONSETDT
            FROM ADAE AS e JOIN member AS m ON m.USUBJID = e.USUBJID AND m.pop = {quoted(pop)} WHERE {EMERGENT}
        ), term AS (SELECT DISTINCT term FROM happened UNION SELECT 'ANY'),
        first AS (SELECT grp, USUBJID, term, min(ONSETDT) AS d, count(*) AS n FROM happened GROUP BY ALL),
        at_risk AS (
            SELECT m.grp, t.term, s.RISKDUR, f.d - s.TRTSDT + 1 AS until, coalesce(f.n, 0) AS n
            FROM ADSL AS s JOIN member AS m ON m.USUBJID = s.USUBJID AND m.pop = {quoted(pop)} CROSS JOIN term AS t
            LEFT JOIN first AS f ON f.grp = m.grp AND f.USUBJID = s.USUBJID AND f.term = t.term
        ), counted AS (
            SELECT grp, term, count(until) AS events, sum(coalesce(until, RISKDUR)) AS days FROM at_risk GROUP BY ALL
            UNION ALL SELECT grp, 'EVENTS', sum(n), sum(RISKDUR) FROM at_risk WHERE term = 'ANY' GROUP BY ALL
        )
        SELECT c.grp, t.term, coalesce(n.events, 0), coalesce(n.days, 0)
        FROM def_col AS c CROSS JOIN (FROM term UNION SELECT 'EVENTS') AS t
        LEFT JOIN counted AS n ON n.grp = c.grp AND n.term = t.term"""
    ).fetchall()
    for grp, term, events, days in rows:
        years = float(days) / DAYS_A_YEAR
        low, high = poisson_limits(int(events), road.study.confidence_level)
        scale = PER / years if years else float("nan")
        values = {
            "events": events,
            "years": years,
            "rate": events * scale,
            "ci_low": low * scale,
            "ci_high": high * scale,
        }
        place = {"analysis": "ae.rate", "population": pop, "what": "AEDECOD", "grp": grp, "level": term}
        road.add({**place, "statistic": s, "value": v} for s, v in values.items())


@declare.second("ae.time", what="the time to the first adverse event", needs=("AE",))
def first_event(road: Road) -> None:
    """Time to the first emergent event: Kaplan–Meier median, and the days of those who had one."""
    pop = road.study.safety_set
    what = "TTAE"
    road.sizes("ae.time", pop, what)
    for grp in road.frame("SELECT grp FROM def_col")["grp"]:
        data = road.frame(
            f"""SELECT AVAL, CNSR FROM ADTTE JOIN member AS m USING (USUBJID)
            WHERE PARAMCD = {quoted(what)} AND m.pop = {quoted(pop)} AND m.grp = {quoted(grp)}"""
        )
        event = (data["CNSR"] == 0).to_numpy()
        n, hit = len(data), int(event.sum())
        median = low = high = float("nan")
        if n and hit:
            median, low, high = median_time(
                kaplan_meier(data["AVAL"].to_numpy(float), event, road.study.confidence_level)
            )
        values = {"n": hit, "pct": 100 * hit / n if n else None, "censored": n - hit}
        place = {"analysis": "ae.time", "population": pop, "what": what, "grp": grp}
        values |= {"median": median, "ci_low": low, "ci_high": high}
        road.add({**place, "statistic": s, "value": v} for s, v in values.items())
    days = f"""SELECT USUBJID, PARAMCD AS what, NULL AS avisit, 'EVENT' AS level, AVAL AS v FROM ADTTE
        WHERE CNSR = 0 AND PARAMCD = '{what}'"""
    road.describe("ae.time", pop, days, f"SELECT '{what}' AS what, NULL AS avisit, 'EVENT' AS level, 0 AS decimals")


@declare.second("lab.value", "lab.change", "lab.worst", "lab.shift", "lab.grade", "lab.hy", what="the laboratory")
def laboratory(road: Road) -> None:
    """Laboratory over time, shifts by range and by grade, Hy's law."""
    parameters = road.study.laboratory
    if not parameters:
        return
    _over_time(road, "lab", parameters)
    _shift(road, "lab.shift", [p.paramcd for p in parameters], "ANRIND", RANGES, WORST)
    graded = [p.paramcd for p in parameters if p.ctcae != "none"]
    if graded:
        _shift(road, "lab.grade", graded, "ATOXGRN", (*GRADES, "MISSING"), GRADES)
    _hy(road, road.study.safety_set)


@declare.second("vs.*", what="vital signs")
def vital_signs(road: Road) -> None:
    """Vital signs over time."""
    _over_time(road, "vs", road.study.vital_signs)


def _over_time(road: Road, name: str, parameters: Sequence[Parameter]) -> None:
    """Value and change at baseline and every later visit with values; lowest and highest value after first dose."""
    pop = road.study.safety_set
    if not parameters:
        return
    road.sizes(f"{name}.value", pop, *(p.paramcd for p in parameters))
    named = ", ".join(quoted(p.paramcd) for p in parameters)
    own = f"""FROM ADBDS AS a JOIN def_param AS d ON d.paramcd = a.PARAMCD
        WHERE a.PARAMCD IN ({named}) AND USUBJID IN (SELECT USUBJID FROM member WHERE pop = {quoted(pop)})"""
    later = f"{own} AND ANL01FL = 'Y' AND POSTFL = 'Y'"
    baseline = quoted(road.study.baseline_visit.id)
    at_visits = f"SELECT DISTINCT a.PARAMCD AS what, AVISIT AS avisit, NULL AS level, d.decimals {later}"
    at_baseline = f"SELECT paramcd, {baseline}, NULL, decimals FROM def_param WHERE paramcd IN ({named})"
    value = f"""SELECT USUBJID, a.PARAMCD AS what, {baseline} AS avisit, NULL AS level, AVAL AS v {own} AND ABLFL = 'Y'
        UNION ALL SELECT USUBJID, a.PARAMCD, AVISIT, NULL, AVAL {later}"""
    change = f"SELECT USUBJID, a.PARAMCD AS what, AVISIT AS avisit, NULL AS level, CHG AS v {later} AND CHG IS NOT NULL"
    if end := road.study.end_of_treatment:
        name_ = quoted(end.id)
        last = f"""(SELECT a.* FROM ADBDS AS a JOIN ADSL AS s ON s.USUBJID = a.USUBJID
            WHERE a.POSTFL = 'Y' AND a.AVAL IS NOT NULL AND a.ADT <= s.TRTEDT + {end.days} AND a.PARAMCD IN ({named})
                AND a.USUBJID IN (SELECT USUBJID FROM member WHERE pop = {quoted(pop)})
            QUALIFY row_number() OVER (PARTITION BY a.USUBJID, a.PARAMCD ORDER BY a.place DESC) = 1)"""
        value += f" UNION ALL SELECT USUBJID, PARAMCD, {name_}, NULL, AVAL FROM {last}"
        change += f" UNION ALL SELECT USUBJID, PARAMCD, {name_}, NULL, CHG FROM {last} WHERE CHG IS NOT NULL"
        at_visits += (
            f" UNION SELECT DISTINCT PARAMCD, {name_}, NULL, d.decimals FROM {last} JOIN def_param d USING (PARAMCD)"
        )
    road.describe(f"{name}.value", pop, value, f"{at_visits} UNION {at_baseline}")
    road.describe(f"{name}.change", pop, change, at_visits)
    extreme = f"""SELECT USUBJID, a.PARAMCD AS what, NULL AS avisit, unnest(['MIN', 'MAX']) AS level,
        unnest([min(AVAL), max(AVAL)]) AS v {own} AND POSTFL = 'Y' AND AVAL IS NOT NULL GROUP BY USUBJID, a.PARAMCD"""
    cells = f"""SELECT paramcd AS what, NULL AS avisit, unnest(['MIN', 'MAX']) AS level, decimals
        FROM def_param WHERE paramcd IN ({named})"""
    road.describe(f"{name}.worst", pop, extreme, cells)


def _shift(
    road: Road, analysis: str, paramcds: list[str], variable: str, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    """Baseline position against the worst afterwards, in percent of the subjects with a value afterwards."""
    pop = road.study.safety_set
    of_base = {"ANRIND": "BNRIND", "ATOXGRN": "BTOXGRN"}[variable]

    def position(name: str) -> str:
        if variable == "ATOXGRN":
            return f"CAST({name} AS VARCHAR)"
        return f"""CASE WHEN {name} IN ('LOW', 'LOW LOW') THEN 'LOW' WHEN {name} = 'NORMAL' THEN 'NORMAL'
            WHEN {name} IN ('HIGH', 'HIGH HIGH') THEN 'HIGH' END"""

    worst = (
        "max(now)"
        if variable == "ATOXGRN"
        else """CASE
        WHEN bool_or(now = 'LOW') AND bool_or(now = 'HIGH') THEN 'LOW AND HIGH' WHEN bool_or(now = 'LOW') THEN 'LOW'
        WHEN bool_or(now = 'HIGH') THEN 'HIGH' ELSE 'NORMAL' END"""
    )
    named = ", ".join(quoted(p) for p in paramcds)
    one = f"""SELECT USUBJID, PARAMCD AS what, coalesce(any_value(was), 'MISSING') || '|' || {worst} AS level
        FROM (SELECT USUBJID, PARAMCD, {position(variable)} AS now, {position(of_base)} AS was FROM ADBDS
            WHERE PARAMCD IN ({named}) AND POSTFL = 'Y' AND AVAL IS NOT NULL)
        WHERE now IS NOT NULL GROUP BY USUBJID, PARAMCD"""
    size = f"""SELECT p.what, c.grp, count(o.USUBJID) AS n
        FROM def_col AS c CROSS JOIN (SELECT unnest([{named}]) AS what) AS p
        LEFT JOIN member AS m ON m.grp = c.grp AND m.pop = {quoted(pop)}
        LEFT JOIN ({one}) AS o ON o.USUBJID = m.USUBJID AND o.what = p.what GROUP BY ALL"""
    road.numbers(analysis, pop, size)
    if variable == "ANRIND":
        normal = size.replace(f"({one})", f"(SELECT * FROM ({one}) WHERE level LIKE 'NORMAL|%')")
        road.numbers(analysis, pop, normal, "NORMAL")
    crossed = levels(*(f"{b}|{a}" for b in before for a in after))
    listed = f"SELECT * FROM (SELECT unnest([{named}]) AS what) CROSS JOIN ({crossed})"
    road.tally(analysis, pop, None, one, listed, of=size)


def _hy(road: Road, pop: str) -> None:
    """Subjects above multiples of the upper limit at any time after first dose; both is potential Hy's law."""
    role = {p.paramcd: p.hy for p in road.study.laboratory if p.hy in MULTIPLES}
    times = "round(AVAL / ANRHI, 9) AS times"
    after = f"SELECT USUBJID, PARAMCD, {times} FROM ADBDS WHERE POSTFL = 'Y' AND AVAL IS NOT NULL"

    def block(what: str, measured: str, records: str, codes: tuple[str, ...]) -> None:
        size = f"""SELECT c.grp, count(DISTINCT o.USUBJID) AS n FROM def_col AS c
            LEFT JOIN member AS m ON m.grp = c.grp AND m.pop = {quoted(pop)}
            LEFT JOIN ({measured}) AS o ON o.USUBJID = m.USUBJID GROUP BY c.grp"""
        road.numbers("lab.hy", pop, f"SELECT {quoted(what)} AS what, * FROM ({size})")
        road.tally("lab.hy", pop, what, records, levels(*codes), of=size)

    for paramcd, hy in role.items():
        own = f"SELECT * FROM ({after}) WHERE PARAMCD = {quoted(paramcd)} AND times IS NOT NULL"
        cases = " UNION ALL ".join(
            f"SELECT USUBJID, '{m}' AS level FROM ({own}) WHERE times > {m}" for m in MULTIPLES[hy]
        )
        block(paramcd, own, cases, tuple(str(m) for m in MULTIPLES[hy]))
    kinds = {"TRANSAMINASE": (("alt", "ast"), 3), "BILIRUBIN": (("bilirubin",), 2)}
    named = {kind: [p for p, hy in role.items() if hy in roles] for kind, (roles, _) in kinds.items()}
    if not role:
        return
    above = {
        kind: f"SELECT DISTINCT USUBJID FROM ({after}) WHERE times > {kinds[kind][1]} AND PARAMCD IN "
        f"({', '.join(['NULL', *(quoted(p) for p in named[kind])])})"
        for kind in kinds
    }
    cases = " UNION ALL ".join(f"SELECT USUBJID, '{kind}' AS level FROM ({query})" for kind, query in above.items())
    cases += f" UNION ALL SELECT USUBJID, 'BOTH' FROM ({' INTERSECT '.join(above.values())})"
    either = ", ".join(quoted(p) for p in role)
    block("HY", f"SELECT * FROM ({after}) WHERE PARAMCD IN ({either})", cases, (*kinds, "BOTH"))
