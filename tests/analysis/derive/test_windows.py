from collections.abc import Callable, Sequence
from random import Random

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trial_report.analysis.derive.windows import assign_visits, days_between
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Visit

pytestmark = pytest.mark.requirement("REQ-207")

Table = Callable[[str], pd.DataFrame]
FOUND = ["AVISIT", "AVISITN", "AWTARGET", "AWTDIFF", "INWINFL", "ANL01FL", "REASNOT"]
START = pd.Timestamp("2020-03-01")


def records(days: Sequence[int | None], values: Sequence[float | None], baseline: int | None = None) -> pd.DataFrame:
    """Records of one subject and parameter, in order of time; `baseline` is the place of the baseline record."""
    day = pd.Series(days, dtype="Int64")
    since = (day - (day > 0).astype("Int64")).astype("float64")
    place = pd.Series(range(len(day)))
    return pd.DataFrame(
        {
            "USUBJID": "1",
            "PARAMCD": "P",
            "ADT": (START + pd.to_timedelta(since, unit="D")).astype("datetime64[us]"),
            "ADY": day,
            "AVAL": pd.Series(values, dtype="float64"),
            "ABLFL": (place == baseline).map({True: "Y", False: "N"}),
            "POSTFL": (day > 1).fillna(False).map({True: "Y", False: "N"}),
            "STARTED": True,
            "_RANK": place,
            "VISITNUM": float("nan"),
            "REASND": pd.Series(None, index=place, dtype="str"),
        }
    )


def test_days_between_have_no_day_0() -> None:
    days, target = pd.Series([-1, 1, 2, -1], dtype="Int64"), pd.Series([1, -1, 1, -7], dtype="Int64")
    assert days_between(days, target).tolist() == [-1, 1, 1, 6]


def test_each_record_of_a_visit_is_analysed_or_has_its_reason(definition: StudyDefinition, table: Table) -> None:
    days = [-30, -9, -5, -1, 1, 20, 28, 28, 32, 40, 50, 60, 90]
    values = [1.0] * 11 + [None, 1.0]
    found = assign_visits(records(days, values, baseline=4), definition.visits)
    expected = table("""
        AVISIT  AVISITN:i  AWTARGET:i  AWTDIFF:i  INWINFL  ANL01FL  REASNOT
        .       .          .           .          .        N        before treatment, not baseline
        PRE     1          -7          -2         Y        N        earlier of two equally near
        PRE     1          -7          2          Y        Y        .
        PRE     1          -7          6          Y        N        farther from target
        DAY1    2          1           0          Y        Y        .
        M1      3          30          -10        N        N        farther from target
        M1      3          30          -2         Y        N        earlier of two equally near
        M1      3          30          -2         Y        N        earlier of two equally near
        M1      3          30          2          Y        Y        .
        M1      3          30          10         N        N        farther from target
        M2      4          60          -10        N        Y        .
        M2      4          60          0          Y        N        .
        .       .          .           .          .        N        outside all windows
    """)
    pd.testing.assert_frame_equal(found[FOUND], expected)


def test_a_parameter_with_windows_of_its_own_has_no_other_visits_after_first_dose(definition: StudyDefinition) -> None:
    changed = definition.parameters[0].model_copy(update={"paramcd": "OWN", "windows": {"M2": (2, 95)}})
    two = [records([-9, -1, 28, 55, 96], [1.0] * 5, baseline=1).assign(PARAMCD=name) for name in ("OWN", "P")]
    found = assign_visits(pd.concat(two, ignore_index=True), definition.visits, [changed])
    own, other = found.loc[found["PARAMCD"] == "OWN"], found.loc[found["PARAMCD"] == "P"]
    assert own["AVISIT"].fillna("-").tolist() == ["PRE", "DAY1", "M2", "M2", "-"]
    assert own["ANL01FL"].tolist() == ["Y", "Y", "N", "Y", "N"]
    assert other["AVISIT"].fillna("-").tolist() == ["PRE", "DAY1", "M1", "M2", "-"]


def test_of_several_on_the_nearest_day_the_last_is_analysed(definition: StudyDefinition) -> None:
    found = assign_visits(records([30, 30, 30], [1.0, 2.0, None]), definition.visits)
    assert found["ANL01FL"].tolist() == ["N", "Y", "N"]
    assert found["REASNOT"].fillna("-").tolist() == ["repeat", "-", "-"]


def test_the_baseline_belongs_to_the_baseline_visit_wherever_it_was_recorded(definition: StudyDefinition) -> None:
    found = assign_visits(records([-9, -5], [1.0, 2.0], baseline=1), definition.visits)
    assert found["AVISIT"].tolist() == ["PRE", "DAY1"]
    assert found["ANL01FL"].tolist() == ["Y", "Y"]
    assert found["AWTDIFF"].tolist() == [-2, -5]


def test_other_records_of_the_baseline_day_are_repeats_of_it(definition: StudyDefinition) -> None:
    found = assign_visits(records([1, 1], [1.0, 2.0], baseline=1), definition.visits)
    assert found["AVISIT"].tolist() == ["DAY1", "DAY1"]
    assert found["REASNOT"].fillna("-").tolist() == ["repeat", "-"]


def test_a_record_after_first_dose_is_in_no_window_before_it(definition: StudyDefinition) -> None:
    after = records([1], [1.0]).assign(POSTFL="Y")
    found = assign_visits(after, definition.visits)
    assert found["AVISIT"].isna().all()
    assert found["REASNOT"].tolist() == ["outside all windows"]


def test_without_a_date_or_a_treatment_there_is_no_visit(definition: StudyDefinition) -> None:
    undated = assign_visits(records([None], [1.0]), definition.visits)
    untreated = assign_visits(records([None], [1.0]).assign(STARTED=False), definition.visits)
    assert undated["REASNOT"].tolist() == ["no date"]
    assert untreated["REASNOT"].tolist() == ["not treated"]


def test_where_windows_overlap_the_nearest_target_has_it_then_the_later_visit(definition: StudyDefinition) -> None:
    base = next(v for v in definition.visits if v.role == "baseline")
    early = Visit(id="S1", num=1, name="S1", label="S1", day=-20, window=(-30, -1), analysis_window=(-30, -1),
                  role="screening")  # fmt: skip
    late = early.model_copy(update={"id": "S2", "num": 2.0, "day": -10})
    found = assign_visits(records([-16, -15, -14], [1.0] * 3), (early, late, base))
    assert found["AVISIT"].tolist() == ["S1", "S2", "S2"]


def test_nothing_is_assigned_of_nothing(definition: StudyDefinition) -> None:
    found = assign_visits(records([], []), definition.visits)
    assert len(found) == 0
    assert set(FOUND) <= set(found)


def test_all_values_missing_leaves_nothing_to_analyse(definition: StudyDefinition) -> None:
    found = assign_visits(records([30, 60], [None, None]), definition.visits)
    assert found["ANL01FL"].tolist() == ["N", "N"]
    assert found["REASNOT"].isna().all()


some_days = st.lists(
    st.tuples(st.integers(-40, 120).filter(bool), st.one_of(st.none(), st.floats(0, 9))), min_size=1, max_size=12
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=some_days, order=st.randoms(use_true_random=False))
def test_windows_hold_whatever_the_days_and_their_order(
    definition: StudyDefinition, rows: list[tuple[int, float | None]], order: Random
) -> None:
    rows = sorted(rows, key=lambda row: row[0])
    before = [place for place, (day, value) in enumerate(rows) if day <= 1 and value is not None]
    frame = records([day for day, _ in rows], [value for _, value in rows], baseline=before[-1] if before else None)
    found = assign_visits(frame, definition.visits)

    assert len(found) == len(frame)  # each record has one visit at most, as it has one row
    analysed = found.loc[found["ANL01FL"] == "Y"]
    assert not analysed.duplicated(["USUBJID", "PARAMCD", "AVISIT"]).any()
    assert analysed["AVAL"].notna().all()
    valued = found["AVAL"].notna()
    assert (found["REASNOT"].notna() == (valued & (found["ANL01FL"] == "N"))).all()
    at_follow_up = found.loc[valued & (found["POSTFL"] == "Y") & found["AVISIT"].notna()]
    assert set(at_follow_up["AVISIT"]) <= set(analysed["AVISIT"])  # a visit with values has one that is analysed
    nearest = at_follow_up.groupby("AVISIT")["AWTDIFF"].apply(lambda d: d.abs().min())
    assert (analysed.set_index("AVISIT")["AWTDIFF"].abs().reindex(nearest.index) == nearest).all()

    shuffled = list(range(len(rows)))
    order.shuffle(shuffled)
    again = assign_visits(frame.iloc[shuffled].reset_index(drop=True), definition.visits)
    again = again.sort_values("_RANK", ignore_index=True)
    pd.testing.assert_frame_equal(again, found)


RETRIEVAL = Visit(id="RT", num=201, name="RETRIEVAL", label="Retrieval")
UNSCHEDULED = Visit(id="U", num=2.1, name="UNSCHEDULED 2.1", label="Unscheduled")


def recorded(days: Sequence[int | None], numbers: Sequence[float | None], **how: object) -> pd.DataFrame:
    return records(days, [1.0] * len(days), **how).assign(VISITNUM=pd.Series(numbers, dtype="float64"))  # type: ignore[arg-type]


def test_by_the_visit_recorded_the_day_does_not_matter(definition: StudyDefinition) -> None:
    base, m1, m2 = (next(v for v in definition.visits if v.id == name).num for name in ("DAY1", "M1", "M2"))
    visits = [*definition.visits, RETRIEVAL, UNSCHEDULED]
    frame = recorded(
        [-3, 5, 29, 31, 60, 90, 95, 40, 50], [base, m1, m1, m1, m2, 201, 201, 2.1000000001, 2.2], baseline=0
    )
    found = assign_visits(frame, visits, assign="recorded")
    assert found["AVISIT"].fillna("-").tolist() == ["DAY1", "M1", "M1", "M1", "M2", "RT", "RT", "U", "-"]
    # Month 1 has its target on day 30: of days 29 and 31, equally near, the later is analysed.
    assert found["ANL01FL"].tolist() == ["Y", "N", "N", "Y", "Y", "N", "Y", "Y", "N"]
    assert found["REASNOT"].fillna("").tolist() == [
        "", "farther from target", "earlier of two equally near", "", "", "not the last of its visit", "", "",
        "at no planned visit",
    ]  # fmt: skip
    assert found["AWTARGET"].fillna(0).tolist() == [1, 30, 30, 30, 60, 0, 0, 0, 0]
    assert found["INWINFL"].fillna("-").tolist()[5:] == ["Y", "Y", "Y", "-"]  # no window: any day


def test_a_recorded_visit_on_the_other_side_of_first_dose_is_none(definition: StudyDefinition) -> None:
    base, m1 = (next(v for v in definition.visits if v.id == name).num for name in ("DAY1", "M1"))
    found = assign_visits(recorded([-2, 40, None], [m1, base, m1]), definition.visits, assign="recorded")
    assert found["AVISIT"].isna().all()


def test_a_visit_without_a_window_has_the_records_of_its_number(definition: StudyDefinition) -> None:
    m2 = next(v for v in definition.visits if v.id == "M2").num
    frame = recorded([60, 61, 300], [201, m2, 201])
    found = assign_visits(frame, [*definition.visits, RETRIEVAL])
    assert found["AVISIT"].fillna("-").tolist() == ["RT", "M2", "RT"]  # of another visit's window, and of none
    assert found["REASNOT"].fillna("").tolist() == ["not the last of its visit", "", ""]
    unplanned = definition.parameters[0].model_copy(update={"paramcd": "P", "planned": ("M2",)})
    found = assign_visits(frame, [*definition.visits, RETRIEVAL], [unplanned])
    assert found["AVISIT"].fillna("-").tolist() == ["M2", "M2", "-"]
    own = definition.parameters[0].model_copy(update={"paramcd": "P", "windows": {"M2": (2, 95)}})
    found = assign_visits(frame, [*definition.visits, RETRIEVAL], [own])
    assert found["AVISIT"].fillna("-").tolist() == ["M2", "M2", "-"]
    named = own.model_copy(update={"planned": ("M2", "RT")})
    found = assign_visits(frame, [*definition.visits, RETRIEVAL], [named])
    assert found["AVISIT"].fillna("-").tolist() == ["RT", "M2", "RT"]


def test_a_value_in_the_window_of_a_visit_at_which_it_is_not_planned_belongs_to_none(
    definition: StudyDefinition,
) -> None:
    rare = definition.parameters[0].model_copy(update={"paramcd": "RARE", "planned": ("PRE", "M2")})
    days = [-9, -1, 30, 60]
    frame = pd.concat([records(days, [1.0] * 4, baseline=1).assign(PARAMCD=name) for name in ("RARE", "P")],
                      ignore_index=True)  # fmt: skip
    found = assign_visits(frame, definition.visits, [rare])
    assert found["AVISIT"].fillna("-").tolist() == ["PRE", "DAY1", "-", "M2", "PRE", "DAY1", "M1", "M2"]


def test_a_parameter_overrides_how_values_are_assigned(definition: StudyDefinition) -> None:
    m2 = next(v for v in definition.visits if v.id == "M2").num
    own = definition.parameters[0].model_copy(update={"paramcd": "OWN", "assign": "recorded"})
    frame = pd.concat([recorded([30], [m2]).assign(PARAMCD=name) for name in ("OWN", "P")], ignore_index=True)
    assert assign_visits(frame, definition.visits, [own])["AVISIT"].tolist() == ["M2", "M1"]
    back = own.model_copy(update={"assign": "window"})
    assert assign_visits(frame, definition.visits, [back], "recorded")["AVISIT"].tolist() == ["M1", "M2"]


def test_what_was_not_done_is_at_the_visit_under_which_it_stands_and_tells_where_there_is_no_value(
    definition: StudyDefinition,
) -> None:
    frame = records([None, None, 30], [None, None, 7.0]).assign(
        VISITNUM=[40.0, 30.0, 30.0], REASND=pd.Series(["REFUSED", "DEVICE BROKEN", None], dtype="str")
    )
    found = assign_visits(frame, definition.visits)
    # At month 1 it was done after all, so nothing is missing there.
    assert found["AVISIT"].tolist() == ["M2", "M1", "M1"]
    assert found["REASND"].fillna("").tolist() == ["REFUSED", "", ""]
    assert found["INWINFL"].fillna("").tolist() == ["", "", "Y"]
    assert found["ANL01FL"].tolist() == ["N", "N", "Y"]
