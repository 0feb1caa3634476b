"""One grant must cover the action, the unit, the sector and the data class together, on its own days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dean06_core.access import (
    ALL,
    DIRECTORY,
    INTERNAL,
    Access,
    Action,
    All,
    Allowed,
    Caller,
    DataClass,
    Denied,
    Grant,
    Reason,
    Right,
    Scope,
    Via,
    decide,
    within,
)

VUNG_ANG, THACH_HA, CAM_BINH = 11, 12, 13
TODAY = date(2026, 6, 1)
A, R, G = DataClass.AGGREGATE, DataClass.RECORD, DataClass.GOVERNANCE
READ, RECORD, ASSIGN = Action.READ, Action.RECORD, Action.ASSIGN


def grant(
    sectors: Collection[str] | All = ("health",),
    units: Collection[int] | All = (VUNG_ANG, THACH_HA),
    data_classes: Collection[DataClass] = (A,),
    actions: Collection[Action] = (READ, RECORD),
    starts: date = date(2026, 1, 1),
    ends: date = date(2027, 1, 1),
    role: str = "officer",
) -> Grant:
    return Grant(
        role=role,
        actions=frozenset(actions),
        sectors=sectors if isinstance(sectors, All) else frozenset(sectors),
        units=units if isinstance(units, All) else frozenset(units),
        data_classes=frozenset(data_classes),
        starts=starts,
        ends=ends,
    )


def caller(*grants: Grant) -> Caller:
    return Caller(login="officer.18823", name="Nguyễn Thị Hoa", unit=VUNG_ANG, grants=grants)


@pytest.mark.parametrize(
    ("action", "scope", "on", "covered"),
    [
        pytest.param(RECORD, Scope(A, VUNG_ANG, "health"), TODAY, True, id="figures of its sector in one of its units"),
        pytest.param(READ, Scope(A, THACH_HA, "health"), TODAY, True, id="the other unit"),
        pytest.param(ASSIGN, Scope(A, VUNG_ANG, "health"), TODAY, False, id="an action it does not give"),
        pytest.param(READ, Scope(R, VUNG_ANG, "health"), TODAY, False, id="another data class"),
        pytest.param(READ, Scope(A, CAM_BINH, "health"), TODAY, False, id="another unit"),
        pytest.param(READ, Scope(A, VUNG_ANG, "tax"), TODAY, False, id="another sector"),
        pytest.param(READ, Scope(A, VUNG_ANG, "Health"), TODAY, False, id="a sector written otherwise"),
        pytest.param(READ, Scope(A, VUNG_ANG), TODAY, True, id="rows bound to no sector"),
        pytest.param(READ, Scope(A, None, "health"), TODAY, True, id="rows bound to no unit"),
        pytest.param(READ, Scope(A), TODAY, True, id="rows bound to neither"),
        pytest.param(READ, Scope(G), TODAY, False, id="rows bound to neither, of another class"),
        pytest.param(READ, Scope(A, VUNG_ANG, "health"), date(2026, 1, 1), True, id="the day it starts"),
        pytest.param(READ, Scope(A, VUNG_ANG, "health"), date(2025, 12, 31), False, id="the day before"),
        pytest.param(READ, Scope(A, VUNG_ANG, "health"), date(2026, 12, 31), True, id="its last day"),
        pytest.param(READ, Scope(A, VUNG_ANG, "health"), date(2027, 1, 1), False, id="the day it ends"),
    ],
)
def test_a_grant_covers(action: Action, scope: Scope, on: date, covered: bool) -> None:
    assert grant().covers(action, scope, on) is covered


@pytest.mark.parametrize(
    ("held", "covered"),
    [
        pytest.param(grant(sectors=ALL, units=ALL), True, id="every sector, every unit"),
        pytest.param(grant(sectors=ALL), False, id="every sector of other units"),
        pytest.param(grant(units=ALL), False, id="every unit in another sector"),
    ],
)
def test_all_contains_whatever_is_asked(held: Grant, covered: bool) -> None:
    assert held.covers(READ, Scope(A, CAM_BINH, "tax"), TODAY) is covered


@pytest.mark.parametrize(
    "empty",
    [
        pytest.param(grant(units=()), id="no unit"),
        pytest.param(grant(sectors=()), id="no sector"),
        pytest.param(grant(units=(), sectors=ALL), id="no unit in every sector"),
        pytest.param(grant(units=ALL, sectors=()), id="no sector in every unit"),
        pytest.param(grant(data_classes=()), id="no data class"),
        pytest.param(grant(actions=()), id="no action"),
        pytest.param(grant(ends=date(2026, 1, 1)), id="no day"),
    ],
)
def test_an_empty_scope_is_nothing(empty: Grant) -> None:
    everything = [Scope(A, VUNG_ANG, "health"), Scope(A, VUNG_ANG), Scope(A, None, "health"), Scope(A)]

    assert [scope for scope in everything if empty.covers(READ, scope, TODAY)] == []
    assert caller(empty).rights(TODAY) == (Right(DataClass.DIRECTORY, ALL, ALL),)


@pytest.mark.parametrize(
    ("unit", "sector", "allowed"),
    [
        pytest.param(VUNG_ANG, "health", True, id="health in A"),
        pytest.param(CAM_BINH, "tax", True, id="tax in B"),
        pytest.param(CAM_BINH, "health", False, id="health in B"),
        pytest.param(VUNG_ANG, "tax", False, id="tax in A"),
    ],
)
def test_health_in_one_unit_and_tax_in_another_never_cross(unit: int, sector: str, allowed: bool) -> None:
    officer = caller(grant(("health",), (VUNG_ANG,)), grant(("tax",), (CAM_BINH,)))

    assert bool(decide(officer, READ, Scope(A, unit, sector), TODAY)) is allowed


def test_a_class_of_one_grant_does_not_reach_the_units_of_another() -> None:
    officer = caller(grant(units=(VUNG_ANG,), data_classes=(R,)), grant(units=(CAM_BINH,), data_classes=(A,)))

    assert not decide(officer, READ, Scope(R, CAM_BINH, "health"), TODAY)
    assert decide(officer, READ, Scope(R, VUNG_ANG, "health"), TODAY)


def test_an_action_of_one_grant_is_not_done_in_the_units_of_another() -> None:
    officer = caller(grant(units=(VUNG_ANG,), actions=(RECORD,)), grant(units=(CAM_BINH,), actions=(READ,)))

    assert not decide(officer, RECORD, Scope(A, CAM_BINH, "health"), TODAY)
    assert decide(officer, RECORD, Scope(A, VUNG_ANG, "health"), TODAY)


def test_the_answer_names_the_grant_that_allows() -> None:
    tax, health = grant(("tax",)), grant(("health",))

    assert decide(caller(tax, health), READ, Scope(A, VUNG_ANG, "health"), TODAY) == Allowed(by=health)


def test_the_answer_says_what_was_denied() -> None:
    scope = Scope(A, VUNG_ANG, "health")

    assert decide(caller(), READ, scope, TODAY) == Denied(Reason.NO_GRANT, action=READ, scope=scope, on=TODAY)


TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
OVER = grant(ends=YESTERDAY)
TO_COME = grant(starts=TOMORROW)


@pytest.mark.parametrize(
    ("held", "reason", "day"),
    [
        pytest.param([], Reason.NO_GRANT, None, id="nothing was ever granted"),
        pytest.param([OVER], Reason.ENDED, YESTERDAY, id="it has ended"),
        pytest.param([grant(ends=TODAY)], Reason.ENDED, TODAY, id="it ends this day"),
        pytest.param([TO_COME], Reason.NOT_BEGUN, TOMORROW, id="it begins later"),
        pytest.param([grant(ends=date(2026, 3, 1)), TO_COME], Reason.NOT_BEGUN, TOMORROW, id="the nearer of two"),
        pytest.param([grant(("tax",)), OVER], Reason.ENDED, YESTERDAY, id="it has ended, and others go on"),
        pytest.param([grant(("tax",), ends=TODAY)], Reason.ENDED, TODAY, id="it would not do, and has ended"),
        pytest.param(
            [grant(("tax",), ends=TODAY), OVER], Reason.ENDED, YESTERDAY, id="of two ended the one that would"
        ),
        pytest.param([grant(actions=(ASSIGN,))], Reason.ACTION_NOT_IN_ROLE, None, id="the role only assigns"),
        pytest.param([grant(units=(CAM_BINH,))], Reason.UNIT_OUTSIDE, None, id="another unit"),
        pytest.param([grant(units=())], Reason.UNIT_OUTSIDE, None, id="no unit"),
        pytest.param([grant(("tax",)), grant(("land",))], Reason.SECTOR_OUTSIDE, None, id="two other sectors"),
        pytest.param([grant(data_classes=(R, G))], Reason.DATA_CLASS_OUTSIDE, None, id="other data classes"),
        pytest.param(
            [grant(units=(CAM_BINH,)), grant(("tax",))], Reason.NOT_TOGETHER, None, id="health there and tax here"
        ),
    ],
)
def test_the_answer_says_what_is_missing(held: list[Grant], reason: Reason, day: date | None) -> None:
    scope = Scope(A, VUNG_ANG, "health")

    assert decide(caller(*held), READ, scope, TODAY) == Denied(reason, READ, scope, TODAY, day)


def test_rows_bound_to_no_unit_are_not_outside_of_one() -> None:
    assert decide(caller(grant(units=(CAM_BINH,))), READ, Scope(A, None, "health"), TODAY)
    denied = decide(caller(grant(units=())), READ, Scope(A, None, "health"), TODAY)
    assert denied == Denied(Reason.UNIT_OUTSIDE, READ, Scope(A, None, "health"), TODAY)


def test_rights_are_the_classes_of_live_reading_grants_and_the_directory() -> None:
    health = grant(("health",), (VUNG_ANG,), data_classes=(R, A))
    tax = grant(("tax",), ALL)
    over = grant(("justice",), ends=TODAY)
    to_come = grant(("justice",), starts=TODAY + timedelta(days=1))
    writing_only = grant(("justice",), actions=(RECORD,))

    assert caller(health, tax, over, to_come, writing_only).rights(TODAY) == (
        Right(DataClass.DIRECTORY, ALL, ALL),
        Right(A, frozenset({"health"}), frozenset({VUNG_ANG})),
        Right(R, frozenset({"health"}), frozenset({VUNG_ANG})),
        Right(A, frozenset({"tax"}), ALL),
    )


def test_sectors_and_units_are_those_in_which_something_is_read() -> None:
    officer = caller(
        grant(("health",), (VUNG_ANG,)),
        grant(("tax",), (CAM_BINH,)),
        grant(("justice",), (THACH_HA,), actions=(RECORD,)),
        grant(("land",), (THACH_HA,), ends=TODAY),
    )

    assert officer.sectors(TODAY) == frozenset({"health", "tax"})
    assert officer.units(TODAY) == frozenset({VUNG_ANG, CAM_BINH})


def test_one_grant_on_all_is_all() -> None:
    officer = caller(grant(ALL, (VUNG_ANG,)), grant(("tax",), ALL))

    assert officer.sectors(TODAY) is ALL
    assert officer.units(TODAY) is ALL


def test_without_grants_a_caller_reads_the_directory_and_nothing_else() -> None:
    assert caller().rights(TODAY) == (Right(DataClass.DIRECTORY, ALL, ALL),)
    assert caller().sectors(TODAY) == frozenset()
    assert caller().units(TODAY) == frozenset()


sectors = st.frozensets(st.sampled_from(["health", "tax", "justice"])) | st.just(ALL)
units = st.frozensets(st.sampled_from([VUNG_ANG, THACH_HA, CAM_BINH])) | st.just(ALL)
grants = st.builds(
    grant,
    sectors=sectors,
    units=units,
    data_classes=st.frozensets(st.sampled_from([A, R])),
    actions=st.frozensets(st.sampled_from([READ, RECORD])),
    starts=st.dates(TODAY - timedelta(days=2), TODAY + timedelta(days=2)),
    ends=st.dates(TODAY - timedelta(days=2), TODAY + timedelta(days=2)),
)


@given(
    st.lists(grants, max_size=4),
    st.sampled_from([A, R]),
    st.sampled_from([VUNG_ANG, THACH_HA, CAM_BINH]),
    st.sampled_from(["health", "tax", "justice"]),
)
def test_what_rights_let_through_is_what_decide_lets_be_read(
    held: list[Grant], data_class: DataClass, unit: int, sector: str
) -> None:
    reads = any(
        right.data_class is data_class and unit in right.units and sector in right.sectors
        for right in caller(*held).rights(TODAY)
    )

    assert reads is bool(decide(caller(*held), READ, Scope(data_class, unit, sector), TODAY))


actions = st.sampled_from([READ, RECORD, ASSIGN])
scopes = st.builds(
    Scope,
    st.sampled_from([A, R, G]),
    st.sampled_from([None, VUNG_ANG, THACH_HA, CAM_BINH]),
    st.sampled_from([None, "health", "tax", "land"]),
)


def includes_unit(held: Grant, scope: Scope) -> bool:
    return held.units is ALL or (held.units != frozenset() if scope.unit is None else scope.unit in held.units)


def includes_sector(held: Grant, scope: Scope) -> bool:
    return held.sectors is ALL or (
        held.sectors != frozenset() if scope.sector is None else scope.sector in held.sectors
    )


def would_allow(held: Grant, action: Action, scope: Scope) -> bool:
    """By hand: whether it allows that on its days."""
    named = action in held.actions and scope.data_class in held.data_classes
    return named and includes_unit(held, scope) and includes_sector(held, scope)


@given(st.lists(grants, max_size=4), actions, scopes)
def test_allowed_is_what_one_grant_allows_on_its_days(held: list[Grant], action: Action, scope: Scope) -> None:
    allowing = [each for each in held if each.starts <= TODAY < each.ends and would_allow(each, action, scope)]

    decision = decide(caller(*held), action, scope, TODAY)

    assert bool(decision) is bool(allowing)
    assert not isinstance(decision, Allowed) or decision.by == allowing[0]


@given(st.lists(grants, max_size=4), actions, scopes)
def test_a_refusal_says_what_is_true_of_every_grant(held: list[Grant], action: Action, scope: Scope) -> None:
    denied = decide(caller(*held), action, scope, TODAY)
    assume(isinstance(denied, Denied))
    assert isinstance(denied, Denied)
    in_force = [each for each in held if each.starts <= TODAY < each.ends]
    on_other_days = [each for each in held if each.starts < each.ends and would_allow(each, action, scope)]
    all_on_other_days = bool(on_other_days) or (bool(held) and not in_force)
    each_by_some = (
        any(action in each.actions for each in in_force)
        and any(includes_unit(each, scope) for each in in_force)
        and any(includes_sector(each, scope) for each in in_force)
        and any(scope.data_class in each.data_classes for each in in_force)
    )

    assert {
        Reason.NO_GRANT: not held,
        Reason.ENDED: all_on_other_days,
        Reason.NOT_BEGUN: all_on_other_days,
        Reason.ACTION_NOT_IN_ROLE: not any(action in each.actions for each in in_force),
        Reason.UNIT_OUTSIDE: not any(includes_unit(each, scope) for each in in_force),
        Reason.SECTOR_OUTSIDE: not any(includes_sector(each, scope) for each in in_force),
        Reason.DATA_CLASS_OUTSIDE: not any(scope.data_class in each.data_classes for each in in_force),
        Reason.NOT_TOGETHER: each_by_some,
    }[denied.reason]
    days = sorted(
        (each.ends, Reason.ENDED) if each.ends <= TODAY else (each.starts, Reason.NOT_BEGUN)
        for each in on_other_days or held
    )
    if denied.reason in (Reason.ENDED, Reason.NOT_BEGUN):
        assert (denied.day, denied.reason) in days
        assert denied.day is not None
        assert all(abs(denied.day - TODAY) <= abs(day - TODAY) for day, _ in days)
    else:
        assert denied.day is None


@given(st.lists(grants, max_size=4), st.lists(grants, max_size=2))
def test_a_further_grant_takes_nothing_away(held: list[Grant], more: list[Grant]) -> None:
    for unit in (VUNG_ANG, THACH_HA, CAM_BINH):
        scope = Scope(A, unit, "health")
        if decide(caller(*held), READ, scope, TODAY):
            assert decide(caller(*held, *more), READ, scope, TODAY)


@pytest.mark.parametrize(
    ("access", "columns"),
    [
        pytest.param(DIRECTORY, [], id="the directory"),
        pytest.param(INTERNAL, [], id="an internal table"),
        pytest.param(Access(A, unit="unit_key", sector="sector"), ["unit_key", "sector"], id="its own columns"),
        pytest.param(
            Access(A, unit=Via("party", "task_id", "unit_key"), sector="sector"), ["id", "sector"], id="units apart"
        ),
        pytest.param(
            Access(A, unit="unit_key", written_where=Access(A, unit=Via("task", "id", "unit_key", of="task_id"))),
            ["unit_key", "task_id"],
            id="written where others count",
        ),
        pytest.param(Access(A, unit="unit_key", sector_is="health"), ["unit_key"], id="one sector for all rows"),
        pytest.param(within("task_id", "task"), ["task_id"], id="within another table"),
    ],
)
def test_a_declaration_names_the_columns_it_needs(access: Access, columns: list[str]) -> None:
    assert list(access.columns()) == columns
