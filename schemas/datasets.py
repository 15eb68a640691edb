"""The analysis datasets: a model each, which says what every column is and what must hold between columns.

Names follow ADaM (CDISC ADaMIG 1.3, its OCCDS and time-to-event structures); where ADaM has no name for something,
the description says what it is. Dates (--DT) are datetime64 without time of day, flags are the texts Y and N. Beside
the columns of its model every dataset carries the flag of each analysis set; ADSL also each characteristic of the
study definition, ADAE every variable of AE and SUPPAE.

Not here: how a column is made (`analysis.derive`), and the domains that it is made from (`schemas.domains`).
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from trial_report.schemas.checks.derivation import NOT_AS_MODELLED
from trial_report.schemas.problems import Problem, StudyProblems
from trial_report.schemas.study import StudyDefinition

if TYPE_CHECKING:
    Date = np.datetime64
else:  # a numpy dtype with its unit is what pandas 3 uses and pandera takes, but no type for a checker
    Date = np.dtype("datetime64[us]")
Int = pd.Int64Dtype
CATEGORIES = ("EFFICACY", "LABORATORY", "VITAL SIGNS", "OWN")
"""OWN: parameters that the study's own code derives."""
END_STATUS = ("COMPLETED", "DISCONTINUED", "ONGOING", "SCREEN FAILURE")
VISIT_STATUS = ("in window", "early", "late", "missed", "after discontinuation", "not yet due", "no planned day")
NOT_ANALYSED = (
    "outside all windows",
    "at no planned visit",
    "farther from target",
    "earlier of two equally near",
    "not the last of its visit",
    "repeat",
    "before treatment, not baseline",
    "no date",
    "not treated",
)
_EXAMPLES = 20


def _text(description: str, *, nullable: bool = True, **kw: Any) -> Any:
    return pa.Field(description=description, nullable=nullable, **kw)


def _flag(description: str, *, nullable: bool = False) -> Any:
    return pa.Field(description=description, nullable=nullable, isin=["Y", "N"])


class _Dataset(pa.DataFrameModel):
    """Columns that every analysis dataset has."""

    STUDYID: Series[str] = _text("study identifier", nullable=False)
    USUBJID: Series[str] = _text("unique subject identifier", nullable=False)


class _Subject(_Dataset):
    """Columns of ADSL that every other dataset repeats: an analysis set is shown by one of the two treatments."""

    TRT01P: Series[str] = _text("treatment group assigned: a code of the definition; missing when never assigned")
    TRT01PN: Series[Int] = _text("order of TRT01P in the definition, from 1")
    TRT01A: Series[str] = _text("treatment group received: a code of the definition; missing when never treated")
    TRT01AN: Series[Int] = _text("order of TRT01A in the definition, from 1")
    PHASE: Series[str] = _text("phase of the study the subject belongs to; missing where the study has none")


class ADSL(_Subject):
    """Subjects: a row each subject in DM, screen failures included, in order of USUBJID."""

    SUBJID: Series[str] = _text("subject identifier within the site")
    SITEID: Series[str] = _text("site")
    COUNTRY: Series[str] = _text("country")
    AGE: Series[float] = _text("age, in AGEU")
    AGEU: Series[str] = _text("unit of AGE")
    SEX: Series[str] = _text("sex")
    RACE: Series[str] = _text("race")
    ETHNIC: Series[str] = _text("ethnicity")
    COHORT: Series[Int] = _text("number of the escalation cohort")
    RFICDT: Series[Date] = _text("date of informed consent")
    RANDDT: Series[Date] = _text("date of randomisation; missing when never assigned")
    ENRLDT: Series[Date] = _text("date of enrolment, else of informed consent, else of randomisation")
    REFDT: Series[Date] = _text("study day 1: TRTSDT; of who was assigned and never treated RANDDT")
    TRTSDT: Series[Date] = _text("date of first administration")
    TRTSDTM: Series[Date] = _text("moment of first administration; missing where no time of day was recorded")
    TRTSDTU: Series[Date] = _text("TRTSDTM in UTC; missing where the clock's offset was not recorded")
    TRTEDT: Series[Date] = _text("date of last administration")
    EOSDT: Series[Date] = _text("date on which participation ended")
    EOSSTT: Series[str] = _text(
        "how participation stands; missing: neither started nor ended, or DS not delivered", isin=END_STATUS
    )
    DCSREAS: Series[str] = _text("reason of discontinuation: of the variable that the definition names, else DSDECOD")
    DCSREASP: Series[str] = _text("reason of discontinuation, as recorded")
    SCRFFL: Series[str] = _flag("screen failure")
    SCRFREAS: Series[str] = _text("reason of screen failure, as recorded")
    DTHFL: Series[str] = _flag("died")
    DTHDT: Series[Date] = _text("date of death")
    LSTCTDT: Series[Date] = _text("last contact: the last day, up to the cut-off, on which anything was recorded")
    CUTDT: Series[Date] = _text("data cut-off", nullable=False)
    DOSEP: Series[float] = _text("planned total dose, in the unit of the group: by its plan, else by administrations")
    NPLAN: Series[Int] = _text("planned number of administrations: by the group's plan, else those recorded", ge=0)
    DOSEA: Series[float] = _text("total dose given, in the unit recorded")
    DOSECOMP: Series[float] = _text("DOSEA in percent of DOSEP; where no doses are planned NADMIN in percent of NPLAN")
    NADMIN: Series[Int] = _text("number of administrations; missing where it is not known", ge=0)
    TRTDURD: Series[Int] = _text("days from first to last administration, both counted", ge=1)
    DOSEDAY: Series[float] = _text("average dose a day: DOSEA by TRTDURD")
    FUPDUR: Series[Int] = _text("days from first administration to last contact, both counted", ge=1)
    RISKDUR: Series[Int] = _text("days on which an adverse event could begin that counts: of FUPDUR the emergent", ge=1)
    DLTEVFL: Series[str] = _flag("evaluable for DLT; missing where the study has no escalation", nullable=True)
    NDLT: Series[Int] = _text("number of DLTs in the window; missing as DLTEVFL", ge=0)
    SRCLINE: Series[Int] = _text("physical line of the subject's record in DM")

    @pa.dataframe_check(error="two rows of one subject")
    @classmethod
    def _each_once(cls, df: pd.DataFrame) -> Any:
        return ~df.duplicated(["USUBJID"], keep=False)

    @pa.dataframe_check(error="the first administration comes after the last")
    @classmethod
    def _treated_in_order(cls, df: pd.DataFrame) -> Any:
        return ~(df["TRTEDT"] < df["TRTSDT"])

    @pa.dataframe_check(error="TRT01A is there exactly where TRTSDT is")
    @classmethod
    def _treatment_has_a_date(cls, df: pd.DataFrame) -> Any:
        return df["TRT01A"].notna() == df["TRTSDT"].notna()


class ADAE(_Subject):
    """Adverse events: a row an event in AE, with every variable of AE and SUPPAE."""

    AESEQ: Series[Int] = _text("sequence number of the event in AE", nullable=False)
    AETERM: Series[str] = _text("event as reported")
    AEDECOD: Series[str] = _text("preferred term")
    AEBODSYS: Series[str] = _text("system organ class used for analysis")
    AESER: Series[str] = _text("serious")
    AEACN: Series[str] = _text("action taken with the treatment")
    AEOUT: Series[str] = _text("outcome")
    TRTSDT: Series[Date] = _text("date of first administration")
    ASTDT: Series[Date] = _text("start, imputed where partial")
    ASTDTF: Series[str] = _text("highest part of ASTDT that was imputed", isin=["D", "M", "Y"])
    AENDT: Series[Date] = _text("end, imputed where partial; missing: ongoing or unknown")
    AENDTF: Series[str] = _text("highest part of AENDT that was imputed", isin=["D", "M", "Y"])
    ASTDY: Series[Int] = _text("study day of ASTDT; there is no day 0", ne=0)
    AENDY: Series[Int] = _text("study day of AENDT; there is no day 0", ne=0)
    ADURN: Series[Int] = _text("duration in days, first and last counted", ge=1)
    TRTEMFL: Series[str] = _flag("treatment-emergent")
    PREFL: Series[str] = _flag("started before treatment; missing when never treated", nullable=True)
    AREL: Series[str] = _flag("related to treatment, by the definition's list of values")
    ATOXGRN: Series[Int] = _text("grade as a number", ge=0, le=5)
    DLTFL: Series[str] = _flag("flagged as DLT, and begun in the DLT window")
    AOCCFL: Series[str] = _flag("first treatment-emergent event of the subject")
    SRCLINE: Series[Int] = _text("physical line in AE")

    @pa.dataframe_check(error="two rows of one subject and AESEQ")
    @classmethod
    def _each_once(cls, df: pd.DataFrame) -> Any:
        return ~df.duplicated(["USUBJID", "AESEQ"], keep=False)

    @pa.dataframe_check(error="an emergent event has a start that is not before first dose")
    @classmethod
    def _emergent_after_dose(cls, df: pd.DataFrame) -> Any:
        # On the calendar day before it may be, where clocks of different places say that it came after the dose.
        return (df["TRTEMFL"] == "N") | (df["ASTDT"] >= df["TRTSDT"] - pd.Timedelta(days=1))

    @pa.dataframe_check(error="the event ends before it starts")
    @classmethod
    def _in_order(cls, df: pd.DataFrame) -> Any:
        return ~(df["AENDT"] < df["ASTDT"])


class ADBDS(_Subject):
    """Measurements: a row a record of a parameter that the definition names, values missing included."""

    ASEQ: Series[Int] = _text("number of the record within the subject, by parameter and time", nullable=False, ge=1)
    PARAMCD: Series[str] = _text("parameter", nullable=False)
    PARAM: Series[str] = _text("parameter with its unit, as printed", nullable=False)
    PARCAT1: Series[str] = _text("kind of parameter", nullable=False, isin=CATEGORIES)
    AVISIT: Series[str] = _text("analysis visit: id of a visit of the definition; missing: in no window")
    AVISITN: Series[Int] = _text("order of AVISIT in the definition, from 1")
    ADT: Series[Date] = _text("date of the measurement; missing where it is not a whole date")
    ADTM: Series[Date] = _text("moment of the measurement; missing where no time of day was recorded")
    ADY: Series[Int] = _text("study day; there is no day 0", ne=0)
    AVAL: Series[float] = _text("value, in AVALU; of a binary parameter 1 for yes and 0 for no")
    AVALC: Series[str] = _text("result as text, in standard format")
    AVALU: Series[str] = _text("unit of AVAL")
    DTYPE: Series[str] = _text(
        "how AVAL was derived; missing: as observed. HALFLOQ: half the limit below which it was reported; "
        "ULOQ: the limit above which it was reported; AVERAGE: the mean of the sides measured at one moment, on the "
        "row of the last of them and missing on the others, and on all where a side is missing",
        isin=["HALFLOQ", "ULOQ", "AVERAGE"],
    )
    BASE: Series[float] = _text("baseline value of the subject and parameter")
    CHG: Series[float] = _text("AVAL - BASE, after the reference day")
    PCHG: Series[float] = _text("100 × CHG / |BASE|, after the reference day; missing where BASE is 0")
    ABLFL: Series[str] = _flag("the baseline record")
    POSTFL: Series[str] = _flag("measured after first dose; of who was assigned and never treated, after randomisation")
    EOTFL: Series[str] = _flag("last value on treatment; missing where the study does not ask for it", nullable=True)
    ANL01FL: Series[str] = _flag("the one record of subject, parameter and visit that is analysed")
    REASNOT: Series[str] = _text("why a value is not analysed", isin=NOT_ANALYSED)
    REASND: Series[str] = _text("why there is no analysed value at AVISIT, as collected: --REASND")
    AWTARGET: Series[Int] = _text("target day of AVISIT")
    AWTDIFF: Series[Int] = _text("days from AWTARGET to ADY, negative when earlier")
    INWINFL: Series[str] = _flag(
        "inside the protocol's window of AVISIT, where it has one; missing as AVISIT, and of what has no day",
        nullable=True,
    )
    ANRLO: Series[float] = _text("lower limit of the reference range")
    ANRHI: Series[float] = _text("upper limit of the reference range")
    ANRIND: Series[str] = _text("position to the reference range, as recorded, else computed: LOW, NORMAL, HIGH, …")
    BNRIND: Series[str] = _text("ANRIND of the baseline record")
    CLSIG: Series[str] = _text("clinically significant, as recorded")
    ATOXGRN: Series[Int] = _text("CTCAE grade computed from AVAL; 0: none; missing: cannot be computed", ge=0, le=4)
    ATOXDIR: Series[str] = _text("direction of ATOXGRN where it is 1 or more", isin=["LOW", "HIGH"])
    BTOXGRN: Series[Int] = _text("ATOXGRN of the baseline record", ge=0, le=4)
    CRIT1FL: Series[str] = _flag("responder, by the endpoint's rule; missing: no rule, or no value", nullable=True)
    VISIT: Series[str] = _text("visit under which it was recorded")
    VISITNUM: Series[float] = _text("number of VISIT")
    SRCDOM: Series[str] = _text(
        "domain of the source record; missing: a value of the study's own code, of no one record"
    )
    SRCSEQ: Series[Int] = _text("sequence number of the source record")
    SRCLINE: Series[Int] = _text("physical line of the source record")
    AVGSEQ: Series[Int] = _text("SRCSEQ of the row that has the mean of sides to which the record's value belongs")

    @pa.dataframe_check(error="two baselines of one subject and parameter")
    @classmethod
    def _one_baseline(cls, df: pd.DataFrame) -> Any:
        return ~((df["ABLFL"] == "Y") & df.duplicated(["USUBJID", "PARAMCD", "ABLFL"], keep=False))

    @pa.dataframe_check(error="two records of one subject, parameter and visit are analysed")
    @classmethod
    def _one_record_a_visit(cls, df: pd.DataFrame) -> Any:
        twice = df.duplicated(["USUBJID", "PARAMCD", "AVISIT", "ANL01FL"], keep=False)
        return ~((df["ANL01FL"] == "Y") & twice)

    @pa.dataframe_check(error="what is analysed has a value and a visit")
    @classmethod
    def _analysed_is_complete(cls, df: pd.DataFrame) -> Any:
        return (df["ANL01FL"] == "N") | (df["AVAL"].notna() & df["AVISIT"].notna())

    @pa.dataframe_check(error="a value is either analysed, or there is a reason why not")
    @classmethod
    def _reason_or_analysed(cls, df: pd.DataFrame) -> Any:
        return df["REASNOT"].notna() == (df["AVAL"].notna() & (df["ANL01FL"] == "N"))

    @pa.dataframe_check(error="CHG is not AVAL - BASE")
    @classmethod
    def _change(cls, df: pd.DataFrame) -> Any:
        return df["CHG"].isna() | np.isclose(df["CHG"], df["AVAL"] - df["BASE"])


class ADTTE(_Subject):
    """Times to event: a row a time-to-event parameter and subject with a date at which its time starts."""

    PARAMCD: Series[str] = _text("parameter", nullable=False)
    PARAM: Series[str] = _text("parameter, as printed", nullable=False)
    STARTDT: Series[Date] = _text("where time starts: RANDDT, ENRLDT or TRTSDT, as the definition says", nullable=False)
    ADT: Series[Date] = _text("date of the event, or of censoring", nullable=False)
    AVAL: Series[float] = _text("days from STARTDT to ADT, both counted", nullable=False, ge=1)
    CNSR: Series[Int] = _text("0: event, 1: censored", nullable=False, isin=[0, 1])
    EVNTDESC: Series[str] = _text("the event; missing when censored")
    CNSDTDSC: Series[str] = _text("why ADT is the date of censoring; missing when not censored")
    NEXTVIS: Series[str] = _text("first planned visit on a day after that of the event; missing when there was none")
    SRCDOM: Series[str] = _text("domain of the record that is the event")
    SRCSEQ: Series[Int] = _text("its sequence number")
    SRCLINE: Series[Int] = _text("its physical line")

    @pa.dataframe_check(error="two rows of one subject and parameter")
    @classmethod
    def _each_once(cls, df: pd.DataFrame) -> Any:
        return ~df.duplicated(["USUBJID", "PARAMCD"], keep=False)

    @pa.dataframe_check(error="either an event with what it was, or censored with the reason")
    @classmethod
    def _described(cls, df: pd.DataFrame) -> Any:
        event = df["CNSR"] == 0
        return (df["EVNTDESC"].notna() == event) & (df["CNSDTDSC"].notna() != event)


class ADVISIT(_Subject):
    """Visits: a row a subject treated or assigned and planned visit, done or not."""

    AVISIT: Series[str] = _text("planned visit: an id of the definition", nullable=False)
    AVISITN: Series[Int] = _text("order of AVISIT in the definition, from 1", nullable=False)
    DONE: Series[str] = _flag("the visit took place")
    SVDT: Series[Date] = _text("first day of the visit")
    SVDY: Series[Int] = _text("study day of SVDT; there is no day 0", ne=0)
    INWIN: Series[str] = _flag(
        "inside the protocol's window, where the visit has one; missing when not done", nullable=True
    )
    STATUS: Series[str] = _text(
        "how the visit stands; no planned day: not done, and has no window by which it would be due",
        nullable=False,
        isin=VISIT_STATUS,
    )
    DEVDAYS: Series[Int] = _text("days outside the window, negative when early; 0 inside")
    REASON: Series[str] = _text("reason recorded for a visit not done")

    @pa.dataframe_check(error="two rows of one subject and visit")
    @classmethod
    def _each_once(cls, df: pd.DataFrame) -> Any:
        return ~df.duplicated(["USUBJID", "AVISIT"], keep=False)


MODELS: dict[str, type[_Dataset]] = {"ADSL": ADSL, "ADAE": ADAE, "ADBDS": ADBDS, "ADTTE": ADTTE, "ADVISIT": ADVISIT}


def columns(name: str) -> dict[str, str]:
    """Each column of a dataset's model with its description, in order."""
    return {column: spec.description or "" for column, spec in MODELS[name].to_schema().columns.items()}


@lru_cache(64)
def _schema(name: str, flags: tuple[str, ...], texts: frozenset[Hashable]) -> pa.DataFrameSchema:
    """The model of a dataset with the flags of analysis sets, without the type of columns that are `texts` already.

    Pandera looks at every value of a column of texts, also where its type says that they are texts.
    """
    more = {flag: pa.Column(str, pa.Check.isin(["Y", "N"]), nullable=False) for flag in flags}
    schema = MODELS[name].to_schema().add_columns(more)
    text = pa.Column(str).dtype
    known = [column for column, spec in schema.columns.items() if column in texts and spec.dtype == text]
    return schema.update_columns({column: {"dtype": None} for column in known})


def check_dataset(name: str, frame: pd.DataFrame, definition: StudyDefinition) -> pd.DataFrame:
    """The frame as it came, found to agree with the model of that name and to carry the analysis sets' flags.

    Raises:
        StudyProblems: with the first failures of each check.
    """
    texts = frozenset(column for column, kind in frame.dtypes.items() if isinstance(kind, pd.StringDtype))
    try:
        _schema(name, tuple(s.flag for s in definition.analysis_sets), texts).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as failed:
        found = _problems(name, frame, failed.failure_cases)
        raise StudyProblems(found, what=f"The analysis dataset {name}") from None
    return frame


def _problems(name: str, frame: pd.DataFrame, cases: pd.DataFrame) -> list[Problem]:
    # A check between columns fails once for each column of the row; it is one problem of that row.
    cases = cases.assign(column=cases["column"].mask(cases["schema_context"] == "DataFrameSchema", ""))
    once = cases.drop_duplicates(["column", "check", "index"])
    first = once.groupby(["column", "check"], dropna=False).head(_EXAMPLES)
    found = []
    for case in first.to_dict("records"):
        row = frame.loc[case["index"]] if pd.notna(case["index"]) else pd.Series(dtype="object")
        line = row.get("SRCLINE")
        found.append(
            NOT_AS_MODELLED.problem(
                name,
                message=str(case["check"]),
                line=None if pd.isna(line) else int(line),
                subject=str(row.get("USUBJID", "")),
                variable=str(case["column"]),
                value="" if case["column"] == "" and len(row) else str(case["failure_case"]),
            )
        )
    return found
