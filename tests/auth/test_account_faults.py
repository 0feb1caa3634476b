"""Accounts that are surplus, shared, idle or without function are told, each with what shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06_auth.account_faults import AccountFault, Limits, ListedAccount, findings

TODAY = date(2025, 7, 28)
ONE, OTHER = 1, 2
SOUND = ListedAccount(
    login="an.42",
    holders=("Nguyễn Văn An",),
    unit=ONE,
    function="Một cửa",
    last_used_on=TODAY,
    password_set_on=TODAY,
)


def faults(*accounts: ListedAccount, headcounts: dict[int, int] | None = None) -> dict[str, list[AccountFault]]:
    found = findings(accounts, headcounts or {}, on=TODAY, limits=Limits())
    return {login: [finding.fault for finding in own] for login, own in found.items()}


def numbered(count: int, **more: Any) -> list[ListedAccount]:
    return [replace(SOUND, login=f"a{number}", holders=(f"Người {number}",), **more) for number in range(count)]


def test_an_account_in_use_by_one_person_with_the_function_is_sound() -> None:
    assert faults(SOUND) == {"an.42": []}


@pytest.mark.parametrize(
    ("change", "fault", "evidence"),
    [
        ({"function": None}, AccountFault.WITHOUT_FUNCTION, "Không ghi chức năng"),
        ({"holders": ("Nguyễn Văn An", "Trần Thị Bình")}, AccountFault.SHARED, "Nguyễn Văn An, Trần Thị Bình"),
        ({"devices_at_once": 2}, AccountFault.SHARED, "2 thiết bị"),
        ({"last_used_on": None}, AccountFault.DORMANT, "Chưa dùng"),
        ({"last_used_on": TODAY - timedelta(days=46)}, AccountFault.DORMANT, "12/06/2025, 46 ngày"),
        ({"password_set_on": None}, AccountFault.PASSWORD_OVERDUE, "Chưa đổi"),
        ({"password_set_on": TODAY - timedelta(days=91)}, AccountFault.PASSWORD_OVERDUE, "28/04/2025"),
    ],
)
def test_a_fault_is_told_with_what_shows_it(change: dict[str, Any], fault: AccountFault, evidence: str) -> None:
    changed = replace(SOUND, **change)
    [finding] = findings([changed], {}, on=TODAY, limits=Limits())["an.42"]
    assert finding.fault is fault
    assert evidence in finding.evidence


@pytest.mark.parametrize(
    "change",
    [
        {"last_used_on": TODAY - timedelta(days=45)},
        {"password_set_on": TODAY - timedelta(days=90)},
        {"devices_at_once": 1},
    ],
)
def test_the_last_day_that_is_allowed_is_sound(change: dict[str, Any]) -> None:
    assert faults(replace(SOUND, **change)) == {"an.42": []}


def test_the_second_account_of_a_person_is_surplus_however_his_name_is_written() -> None:
    second = replace(SOUND, login="an.43", holders=("NGUYEN VAN AN",), last_used_on=TODAY - timedelta(days=1))
    assert faults(second, SOUND) == {"an.42": [], "an.43": [AccountFault.SURPLUS]}


def test_a_namesake_at_another_unit_is_another_person() -> None:
    assert faults(SOUND, replace(SOUND, login="an.99", unit=OTHER)) == {"an.42": [], "an.99": []}


def test_of_more_accounts_than_people_those_used_least_are_surplus() -> None:
    three = numbered(3)
    three[1] = replace(three[1], last_used_on=TODAY - timedelta(days=9))
    assert faults(*three, headcounts={ONE: 2}) == {"a0": [], "a1": [AccountFault.SURPLUS], "a2": []}
    assert faults(*three, headcounts={ONE: 3}) == {"a0": [], "a1": [], "a2": []}
    assert faults(*three, headcounts={OTHER: 0}) == {"a0": [], "a1": [], "a2": []}


@given(count=st.integers(0, 8), people=st.integers(0, 8))
def test_as_many_are_surplus_as_there_are_more_accounts_than_people(count: int, people: int) -> None:
    found = faults(*numbered(count), headcounts={ONE: people})
    assert sum(own == [AccountFault.SURPLUS] for own in found.values()) == max(0, count - people)


accounts = st.builds(
    ListedAccount,
    login=st.text("abc", min_size=1, max_size=3),
    holders=st.lists(st.sampled_from(["An", "Bình", "Chi"]), min_size=1, max_size=2, unique=True).map(tuple),
    unit=st.sampled_from([ONE, OTHER]),
    function=st.none() | st.just("Một cửa"),
    last_used_on=st.none() | st.dates(TODAY - timedelta(days=100), TODAY),
    password_set_on=st.none() | st.dates(TODAY - timedelta(days=200), TODAY),
    devices_at_once=st.none() | st.integers(1, 3),
)
registers = st.lists(accounts, max_size=8, unique_by=lambda account: account.login)


@given(held=registers, headcounts=st.dictionaries(st.sampled_from([ONE, OTHER]), st.integers(0, 5)), data=st.data())
def test_in_whatever_order_a_register_lists_them_the_same_is_told(
    held: list[ListedAccount], headcounts: dict[int, int], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(held))
    told = [findings(each, headcounts, on=TODAY, limits=Limits()) for each in (held, mixed)]
    assert told[0] == told[1]
    assert told[0].keys() == {account.login for account in held}
    assert all(len({finding.fault for finding in own}) == len(own) for own in told[0].values())


@given(held=registers, days=st.integers(0, 300))
def test_an_account_that_nobody_touches_never_becomes_sounder(held: list[ListedAccount], days: int) -> None:
    now, later = (findings(held, {}, on=TODAY + timedelta(days=more), limits=Limits()) for more in (0, days))
    for login, own in now.items():
        assert {finding.fault for finding in own} <= {finding.fault for finding in later[login]}
