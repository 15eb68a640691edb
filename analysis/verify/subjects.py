"""Subjects a second time: disposition, sets, characteristics, exposure, visits, deviations, history, medication.

Not here: tests of what is counted here (`incidence`), and the datasets (`datasets`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.verify.define import condition
from trial_report.analysis.verify.road import Road, level_of, quoted
from trial_report.analysis.verify.source import variables
from trial_report.schemas.study import TOTAL, StudyDefinition

STATES = {
    "TREATED": "TRTSDT IS NOT NULL",
    "NOT TREATED": "TRTSDT IS NULL",
    "COMPLETED": "EOSSTT = 'COMPLETED'",
    "DISCONTINUED": "EOSSTT = 'DISCONTINUED'",
    "ONGOING": "EOSSTT = 'ONGOING'",
    "NO STATUS": "EOSSTT IS NULL",
}
UNPLANNED = "no planned day"
VISIT_KINDS = {
    "expected": ("in window", "early", "late", "missed"),
    "done": ("in window", "early", "late"),
    **{s: (s,) for s in ("in window", "early", "late", "missed", "after discontinuation", "not yet due")},
}
DAYS_A_YEAR = 365.25
ONE_BY_ONE = 10
UNKNOWN = "Reason not recorded"


def enrolled(study: StudyDefinition) -> str:
    """The set of those assigned to a group, perhaps by a flag; the safety set where the study defines none."""
    possible: list[tuple[bool, int, str]] = []
    for one in study.analysis_sets:
        rule = one.criteria
        more = rule.treated is not None or rule.dlt_evaluable is not None
        more = more or bool(rule.phase or rule.post_baseline or rule.without_deviation)
        if rule.enrolled and not more:
            possible.append((bool(rule.flags), len(possible), one.id))
    return min(possible)[2] if possible else study.safety_set


def levels(*codes: str) -> str:
    """A query of these levels."""
    return f"SELECT unnest([{', '.join(quoted(c) for c in codes)}]) AS level"


@declare.second("disposition", "disposition.phase", "disposition.site", what="the disposition of subjects")
def disposition(road: Road) -> None:
    """Screened, failed and why; assigned, treated, completed, stopped and why; also by phase and site."""
    con, pop = road.con, enrolled(road.study)
    screened = road.value("SELECT count(*) FROM ADSL")
    failed = road.value("SELECT count(*) FROM ADSL WHERE SCRFFL = 'Y'")
    never = road.value("SELECT count(*) FROM ADSL WHERE SCRFFL = 'N' AND TRT01P IS NULL")
    every = [("USUBJID", "SCREENED", screened, screened), ("USUBJID", "SCREEN FAILURE", failed, screened)]
    every.append(("USUBJID", "NOT ASSIGNED", never, screened))
    ends_known = road.is_delivered("DS")
    why = f"SELECT {level_of('SCRFREAS', UNKNOWN)}, count(*) FROM ADSL WHERE SCRFFL = 'Y' GROUP BY ALL"
    every += [("SCRFREAS", str(reason), n, failed) for reason, n in con.execute(why).fetchall() if ends_known]
    common = {"analysis": "disposition", "population": "ALL", "grp": TOTAL}
    for what, level, n, of in every:
        place = {**common, "what": what, "level": level}
        road.add([{**place, "statistic": "n", "value": n, "decimals": 0}])
        road.add([{**place, "statistic": "pct", "value": 100 * n / of if of else None, "decimals": 1}])
    road.sizes("disposition", pop, "USUBJID")
    states = {s: w for s, w in STATES.items() if ends_known or "EOSSTT" not in w}
    cases = " UNION ALL ".join(
        f"SELECT USUBJID, {quoted(s)} AS level, PHASE FROM ADSL WHERE {w}" for s, w in states.items()
    )
    road.tally("disposition", pop, "USUBJID", cases, levels(*states))
    reasons = f"""SELECT USUBJID, {level_of("DCSREAS", UNKNOWN)} AS level, PHASE
        FROM ADSL WHERE EOSSTT = 'DISCONTINUED'"""
    road.tally("disposition", pop, "DCSREAS", reasons)
    road.tally("disposition.site", pop, "SITEID", "SELECT USUBJID, as_level(SITEID) AS level FROM ADSL")
    for phase in road.study.phases.levels if road.study.phases else ():
        name, prefix = quoted(phase.code), quoted(phase.code + "|")
        size = f"""SELECT c.grp, count(s.USUBJID) AS n FROM def_col AS c
            LEFT JOIN member AS m ON m.grp = c.grp AND m.pop = {quoted(pop)}
            LEFT JOIN ADSL AS s ON s.USUBJID = m.USUBJID AND s.PHASE = {name} GROUP BY ALL"""
        sized = f"SELECT 'USUBJID' AS what, {name} AS level, * FROM ({size})"
        road.emit(
            f"""SELECT 'disposition.phase' AS analysis, {quoted(pop)} AS population, what, grp, level,
                'N' AS statistic, n AS value, 0 AS decimals FROM ({sized})"""
        )
        for what, query, listed in (
            ("USUBJID", cases, [f"{phase.code}|{s}" for s in states]),
            ("DCSREAS", reasons, None),
        ):
            road.tally(
                "disposition.phase",
                pop,
                what,
                f"SELECT USUBJID, {prefix} || level AS level FROM ({query}) WHERE PHASE = {name}",
                levels(*listed) if listed else None,
                of=size,
            )


@declare.second(
    "disposition.milestone", "disposition.milestone.test", what="the milestones of participation", needs=("DS",)
)
def milestones(road: Road) -> None:
    """Who had a visit, who stopped before it and why, and the others; perhaps compared between the groups."""
    pop, analysis = enrolled(road.study), "disposition.milestone"
    if not road.value("SELECT told FROM visits_told"):
        return
    for one in road.study.disposition.milestones:
        size = f"SELECT grp, n FROM size SEMI JOIN def_col USING (grp) WHERE pop = {quoted(pop)}"
        road.emit(
            f"""SELECT {quoted(analysis)} AS analysis, {quoted(pop)} AS population, 'USUBJID' AS what,
                {quoted(one.visit)} AS avisit, grp, 'N' AS statistic, n AS value, 0 AS decimals FROM ({size})"""
        )
        stands = f"""SELECT s.USUBJID, DCSREAS, CASE WHEN v.DONE = 'Y' THEN 'COMPLETED'
                WHEN EOSSTT = 'DISCONTINUED' THEN 'DISCONTINUED' ELSE 'OTHER' END AS level
            FROM ADSL AS s LEFT JOIN ADVISIT AS v ON v.USUBJID = s.USUBJID AND v.AVISIT = {quoted(one.visit)}"""
        listed = levels("COMPLETED", "DISCONTINUED", "OTHER")
        road.tally(analysis, pop, "USUBJID", f"SELECT USUBJID, level FROM ({stands})", listed, avisit=one.visit)
        why = level_of("DCSREAS", UNKNOWN)
        stopped = f"SELECT USUBJID, {why} AS level FROM ({stands}) WHERE level = 'DISCONTINUED'"
        road.tally(analysis, pop, "DCSREAS", stopped, avisit=one.visit)


@declare.second("sets", "sets.excluded", what="the analysis sets")
def sets(road: Road) -> None:
    """Size of every set, in percent of the enrolled; why an enrolled subject is in none."""
    pop = enrolled(road.study)
    for one in road.study.analysis_sets:
        # N by the treatment variable of the set, as in every table of it; among the enrolled by that of the enrolled.
        road.emit(
            f"""SELECT 'sets' AS analysis, {quoted(one.id)} AS population, 'USUBJID' AS what, s.grp,
                unnest(['N', 'n', 'pct']) AS statistic, unnest([s.n, i.n, 100.0 * i.n / nullif(e.n, 0)]) AS value,
                unnest([0, 0, 1]) AS decimals
            FROM size AS s SEMI JOIN def_col USING (grp)
            JOIN size AS e ON e.grp = s.grp AND e.pop = {quoted(pop)}
            JOIN (SELECT c.grp, count(a.USUBJID) AS n FROM def_all AS c
                LEFT JOIN member AS m ON m.grp = c.grp AND m.pop = {quoted(pop)}
                LEFT JOIN ADSL AS a ON a.USUBJID = m.USUBJID AND a.{one.flag} = 'Y' GROUP BY c.grp
            ) AS i ON i.grp = s.grp
            WHERE s.pop = {quoted(one.id)}"""
        )
        if one.id != pop:
            _excluded(road, one.id, one.flag, pop)


def _excluded(road: Road, set_id: str, flag: str, pop: str) -> None:
    """Excluded: subjects of the enrolled set outside this one, by the first criterion they do not meet."""
    study = road.study
    rule = study.analysis_set(set_id).criteria
    labels = {p.code: p.label for p in road.study.phases.levels} if road.study.phases else {}
    tests: list[tuple[str, str]] = []
    if rule.enrolled:
        tests.append(("TRT01P IS NULL", "Not assigned to treatment"))
    if rule.treated:
        tests.append(("TRTSDT IS NULL", "Not treated"))
    if rule.phase:
        named = " or ".join(labels[p] for p in rule.phase)
        tests.append((f"coalesce(PHASE, '') NOT IN ({', '.join(quoted(p) for p in rule.phase)})", f"Not in {named}"))
    for variable, wanted in rule.flags.items():
        if variable in variables(road.con, "ADSL"):
            named = " or ".join(str(one) for one in (wanted if isinstance(wanted, tuple) else (wanted,)))
            tests.append((f"NOT coalesce({condition({variable: wanted})}, FALSE)", f"{variable} is not {named}"))
    if rule.dlt_evaluable:
        tests.append(("DLTEVFL = 'N'", "Not evaluable for dose-limiting toxicity"))
    if rule.post_baseline:
        named = ", ".join(quoted(p) for p in rule.post_baseline)
        inside = f"SELECT USUBJID FROM ADBDS WHERE POSTFL = 'Y' AND CHG IS NOT NULL AND PARAMCD IN ({named})"
        names = {p.paramcd: (p.short or p.label).lower() for p in study.parameters}
        # One that was not delivered has no name there.
        words = ", ".join(names.get(p, p) for p in rule.post_baseline)
        tests.append((f"USUBJID NOT IN ({inside})", f"No baseline or no later value ({words})"))
    for category in rule.without_deviation:
        named_ = f"SELECT USUBJID FROM DV WHERE DVCAT = {quoted(category)}"
        tests.append((f"USUBJID IN ({named_})", f"{category.capitalize()} protocol deviation"))
    case = " ".join(f"WHEN {test} THEN {quoted(words)}" for test, words in tests)
    why = f"CASE {case} ELSE 'Reason not determined' END" if case else "'Reason not determined'"
    records = f"SELECT USUBJID, unnest(['ANY', {why}]) AS level FROM ADSL WHERE {flag} = 'N'"
    # In percent of the enrolled, under the name of the set that they are not in.
    listed = "SELECT 'ANY' AS level UNION SELECT level FROM hit"
    road.tally("sets.excluded", pop, "USUBJID", records, listed, shown=set_id)


@declare.second("demographics", what="the baseline characteristics")
def demographics(road: Road) -> None:
    """Every characteristic in the safety set, and in the efficacy set where that is another."""
    study = road.study
    numeric = [item for item in study.characteristics if item.kind == "continuous"]
    classes = [item for item in study.characteristics if item.kind == "categorical"]
    listed = " UNION ALL ".join(
        f"SELECT {quoted(item.variable)} AS what, {level_of('known(level)', 'Missing')} AS level "
        f"FROM ({levels(*item.levels)})"
        for item in classes
        if item.levels
    )
    for pop in dict.fromkeys((study.safety_set, study.efficacy_set)):
        road.sizes("demographics", pop, "USUBJID")
        if numeric:
            values = " UNION ALL ".join(value_of(item.variable) for item in numeric)
            cells = " UNION ALL ".join(cell_of(item.variable, item.decimals) for item in numeric)
            road.describe("demographics", pop, values, cells, missing=True)
        if classes:
            records = " UNION ALL ".join(
                f"SELECT USUBJID, {quoted(i.variable)} AS what, {level_of(f'known({i.variable})', 'Missing')} AS level "
                "FROM ADSL"
                for i in classes
            )
            every = f"{listed} UNION SELECT what, level FROM hit" if listed else None
            road.tally("demographics", pop, None, records, every)


def value_of(variable: str) -> str:
    """A variable of ADSL as values to describe."""
    return f"SELECT USUBJID, {quoted(variable)} AS what, NULL AS avisit, NULL AS level, {variable} AS v FROM ADSL"


def cell_of(variable: str, decimals: int) -> str:
    """The one cell in which a variable of ADSL is described."""
    return f"SELECT {quoted(variable)} AS what, NULL AS avisit, NULL AS level, {decimals} AS decimals"


@declare.second("exposure", what="exposure")
def exposure(road: Road) -> None:
    """Dose, share of the planned dose, administrations, follow-up, patient-years, in each set that shows them."""
    study = road.study
    # Without records of exposure only DM is known; without a dose or plan there is nothing to hold a dose against.
    recorded = road.is_delivered("EX") or road.is_delivered("EC")
    related = recorded and any(g.plan or g.dose is not None for g in study.groups)
    described = [*(["DOSEA"] if recorded else []), *(["DOSECOMP"] if related else []), "TRTDURD", "FUPDUR"]
    described += ["DOSEDAY"] if recorded and study.exposure.daily_dose else []
    for pop in study.exposure_sets:
        road.sizes("exposure", pop, "USUBJID")
        for variable in described:
            # A dose may be printed as a power of ten, for which the standard has no decimals.
            fmt = variable not in ("DOSEA", "DOSEDAY")
            road.describe("exposure", pop, value_of(variable), cell_of(variable, 0), missing=True, fmt=fmt)
        given = """SELECT USUBJID, CAST(CAST(NADMIN AS INTEGER) AS VARCHAR) AS level FROM ADSL
            WHERE NADMIN IS NOT NULL"""
        inside = (
            f"SELECT count(DISTINCT NADMIN) FROM ADSL SEMI JOIN (FROM member WHERE pop = {quoted(pop)}) USING (USUBJID)"
        )
        if recorded and road.value(inside) > ONE_BY_ONE:
            road.describe("exposure", pop, value_of("NADMIN"), cell_of("NADMIN", 0), missing=True)
        elif recorded:
            road.tally("exposure", pop, "NADMIN", given)
        shares = """SELECT USUBJID, CASE WHEN DOSECOMP = 100 THEN 'FULL' WHEN DOSECOMP < 100 THEN 'LESS'
            WHEN DOSECOMP > 100 THEN 'MORE' ELSE 'UNKNOWN' END AS level FROM ADSL"""
        if related:
            road.tally("exposure", pop, "DOSECOMP", shares, levels("FULL", "LESS", "MORE", "UNKNOWN"))
        road.emit(
            f"""SELECT 'exposure' AS analysis, {quoted(pop)} AS population, 'FUPDUR' AS what, c.grp, 'YEARS' AS level,
                'sum' AS statistic, coalesce(sum(FUPDUR), 0) / {DAYS_A_YEAR} AS value, 2 AS decimals
            FROM def_col AS c LEFT JOIN member AS m ON m.grp = c.grp AND m.pop = {quoted(pop)}
            LEFT JOIN ADSL AS s USING (USUBJID) GROUP BY c.grp"""
        )


@declare.second("visits", what="the visits")
def visits(road: Road) -> None:
    """Visits of the safety set by status, each and all together, in percent of those expected."""
    pop = road.study.safety_set
    if not road.value("SELECT told FROM visits_told"):
        return
    road.sizes("visits", pop, "STATUS")
    cases = ", ".join(
        f"(SELECT count(*) FROM own AS o WHERE o.grp = c.grp AND (o.AVISIT = v.id OR v.id = 'ALL') "
        f"AND o.STATUS IN ({', '.join(quoted(s) for s in kinds)}))"
        for kinds in VISIT_KINDS.values()
    )
    names = ", ".join(quoted(k) for k in VISIT_KINDS)
    rows = f"""WITH own AS (SELECT m.grp, AVISIT, STATUS FROM ADVISIT JOIN member AS m USING (USUBJID)
            WHERE m.pop = {quoted(pop)}),
        v AS (SELECT id FROM def_visit UNION ALL SELECT 'ALL'),
        wide AS (SELECT c.grp, v.id AS avisit, [{cases}] AS ns FROM def_col AS c CROSS JOIN v),
        long AS (SELECT grp, avisit, ns[1] AS expected, unnest([{names}]) AS level, unnest(ns) AS n FROM wide)"""
    place = f"'visits' AS analysis, {quoted(pop)} AS population, 'STATUS' AS what, grp, avisit, level"
    of_expected = "level NOT IN ('expected', 'after discontinuation', 'not yet due')"
    road.emit(f"{rows} SELECT {place}, 'n' AS statistic, n AS value, 0 AS decimals FROM long")
    if unplanned := [v.id for v in road.study.visits if v.window is None]:
        at = ", ".join(quoted(v) for v in (*unplanned, "ALL"))
        road.emit(
            f"""WITH own AS (SELECT m.grp, unnest([AVISIT, 'ALL']) AS avisit
                FROM ADVISIT JOIN member AS m USING (USUBJID)
                WHERE m.pop = {quoted(pop)} AND STATUS = '{UNPLANNED}')
            SELECT 'visits' AS analysis, {quoted(pop)} AS population, 'STATUS' AS what, grp, avisit,
                '{UNPLANNED}' AS level, 'n' AS statistic, count(o.grp) AS value, 0 AS decimals
            FROM def_col CROSS JOIN (SELECT unnest([{at}]) AS avisit) LEFT JOIN own AS o USING (grp, avisit)
            GROUP BY ALL"""
        )
    road.emit(
        f"{rows} SELECT {place}, 'pct' AS statistic, 100.0 * n / nullif(expected, 0) AS value, 1 AS decimals "
        f"FROM long WHERE {of_expected}"
    )


@declare.second("deviations", what="the protocol deviations", needs=("DV",))
def deviations(road: Road) -> None:
    """Deviations of the enrolled by category, and by category and class."""
    _terms(road, "deviations", enrolled(road.study), "DV", "DVCAT", "DVDECOD", "DVTERM")


@declare.second("mh", what="medical history", needs=("MH",))
def history(road: Road) -> None:
    """Medical history by organ class and term."""
    _terms(road, "mh", road.study.safety_set, "MH", "MHBODSYS", "MHDECOD", "MHTERM")


@declare.second("cm.prior", "cm.concomitant", what="medication", needs=("CM",))
def medication(road: Road) -> None:
    """Prior and concomitant medication by class and substance."""
    pop = road.study.safety_set
    dose = "(SELECT TRTSDT FROM ADSL WHERE ADSL.USUBJID = CM.USUBJID)"
    # Gone: its last possible day is before first dose, or it has no end and is said to have ended before.
    gone = f"""CASE WHEN CMENDTC IS NOT NULL THEN last_day_of(CMENDTC) < {dose}
        ELSE 'BEFORE' IN (CMENRF, CMENRTPT) END"""
    # Prior: its first possible day is before first dose; no day at all is, unless its start is said to be later.
    later = "('DURING', 'AFTER', 'DURING/AFTER', 'COINCIDENT')"
    prior = f"""CASE WHEN ({gone}) IS TRUE THEN TRUE WHEN first_day(CMSTDTC) IS NOT NULL
        THEN first_day(CMSTDTC) < {dose}
        ELSE (CMSTRF IN {later}) IS NOT TRUE AND (CMSTRTPT IN {later}) IS NOT TRUE END"""
    _terms(road, "cm.prior", pop, "CM", "CMCLAS", "CMDECOD", "CMTRT", f"({prior}) IS TRUE")
    _terms(road, "cm.concomitant", pop, "CM", "CMCLAS", "CMDECOD", "CMTRT", f"({gone}) IS NOT TRUE")


def _terms(
    road: Road, analysis: str, pop: str, domain: str, outer: str, inner: str, verbatim: str, among: str = "TRUE"
) -> None:
    coded = road.value(f"SELECT count({inner}) > 0 FROM {domain}")
    term = inner if coded else verbatim
    road.sizes(analysis, pop, term)
    there = "TRUE"
    if domain != "DV":
        there = f"coalesce({domain}STAT, '') <> 'NOT DONE' AND coalesce({domain}OCCUR, 'Y') <> 'N'"
    records = f"SELECT * FROM {domain} WHERE {there} AND {among}"
    road.nested(
        analysis,
        pop,
        term,
        records,
        outer=outer,
        inner=term,
    )
