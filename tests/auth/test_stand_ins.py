"""Whoever stands in has the duty's grants for fifteen days at most, and is no way around any rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import duties
from dean06_auth.accounts import AccountState
from dean06_auth.duties import StandIn
from dean06_core.access import ALL
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from tests.auth import offices
from tests.auth.offices import Office, entry
from tests.auth.province import ACCOUNTS, DONG_LOC, FIGURES, HA_TINH, NOW, TODAY, give, hire

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(session: AsyncSession, directory: Directory) -> Office:
    """The officer an may record figures; a head of the province heads those who govern."""
    office = await offices.settle(session, directory)
    office.people["chu-tich"] = await hire(session, "chu-tich", unit_key=HA_TINH)
    classes = (*FIGURES, *ACCOUNTS)
    await give(session, office.people["chu-tich"], "unit_head", sectors=ALL, units=ALL, data_classes=classes)
    office.people["van-thu"] = await hire(session, "van-thu", unit_key=HA_TINH)
    return office


async def test_he_has_the_grants_of_the_duty_for_his_days_in_the_holders_place(office: Office) -> None:
    duty = await office.assign("an")
    (id_,) = await office.approve(*await office.propose(entry(duty)))
    await office.stand_in(duty, "binh", days=15)
    [held] = (await office.actor("binh")).caller.grants
    assert (held.role, held.id, held.in_place_of) == ("officer", id_, office.people["an"].id)
    assert (held.starts, held.ends) == (TODAY, TODAY + timedelta(days=15))
    assert await office.roles("an") == ["officer"]
    office.on = TODAY + timedelta(days=15)
    assert await office.roles("binh") == []


@pytest.mark.parametrize(
    ("by", "code"),
    [
        pytest.param("quan-tri", "NOT_UNIT_HEAD", id="an administrator"),
        pytest.param("chu-tich", "NOT_UNIT_HEAD", id="the head of the unit above"),
        pytest.param("an", "DUTY_UNKNOWN", id="the holder"),
        pytest.param("phe-duyet", "DUTY_UNKNOWN", id="an approver"),
    ],
)
async def test_only_the_head_of_the_unit_names_him(office: Office, by: str, code: str) -> None:
    duty = await office.assign("an")
    with pytest.raises(BadInput) as refused:
        await office.stand_in(duty, "binh", by=by)
    assert refused.value.code == code
    assert await office.stand_in(duty, "binh") == office.people["an"].id


@pytest.mark.parametrize(
    ("login", "days", "code"),
    [
        pytest.param("dung", 5, "ACCOUNT_UNKNOWN", id="of a unit that the head has nothing to say in"),
        pytest.param("an", 5, "STAND_IN_ONESELF", id="the holder himself"),
        pytest.param("thu-truong", 5, "STAND_IN_ONESELF", id="the head himself"),
        pytest.param("binh", 16, "STAND_IN_DAYS", id="sixteen days"),
        pytest.param("binh", 0, "STAND_IN_DAYS", id="no day"),
    ],
)
async def test_he_is_refused(office: Office, login: str, days: int, code: str) -> None:
    duty = await office.assign("an")
    with pytest.raises(BadInput) as refused:
        await office.stand_in(duty, login, days=days)
    assert refused.value.code == code


async def test_he_is_of_the_same_unit(office: Office) -> None:
    duty = await office.assign("van-thu", unit=f"unit-{HA_TINH}")
    with pytest.raises(BadInput) as refused:
        await office.stand_in(duty, "dung", by="chu-tich")
    assert refused.value.code == "STAND_IN_ELSEWHERE"
    assert office.people["dung"].unit_key == DONG_LOC


async def test_fifteen_days_are_not_made_longer_by_naming_him_again(office: Office) -> None:
    duty = await office.assign("an")
    await office.stand_in(duty, "binh", days=10)
    with pytest.raises(BadInput) as twice:
        await office.stand_in(duty, "chi")
    assert twice.value.code == "STAND_IN_NAMED"
    office.on = TODAY + timedelta(days=10)
    with pytest.raises(BadInput, match="đã làm thay liền từ 15/06/2026"):
        await office.stand_in(duty, "binh", days=6)
    await office.stand_in(duty, "binh", days=5)


async def test_a_suspended_holder_has_nobody_to_stand_in(office: Office) -> None:
    duty = await office.assign("an")
    await office.approve(*await office.propose(entry(duty)))
    await office.stand_in(duty, "binh")
    assert await office.roles("binh") == ["officer"]
    office.people["an"].state = AccountState.SUSPENDED
    await office.session.flush()
    office.known.clear()
    assert await office.roles("binh") == []


async def test_a_duty_that_ended_has_nobody_to_stand_in(office: Office) -> None:
    duty = await office.assign("an")
    await office.approve(*await office.propose(entry(duty)))
    await office.stand_in(duty, "binh")
    await duties.end(office.session, await office.actor("quan-tri"), duty, on=TODAY, reason="Thôi việc")
    office.known.clear()
    assert await office.roles("binh") == []


async def test_an_approver_does_not_approve_his_own_through_him(office: Office) -> None:
    """The approver's duty is done by the secretary, and what he would approve is the approver's own grant."""
    province = f"unit-{HA_TINH}"
    duty = await office.assign("phe-duyet", unit=province)
    await office.approve(*await office.propose(entry(duty, "approver")), by="phe-duyet-2")
    await office.stand_in(duty, "van-thu", by="chu-tich")
    (own,) = await office.propose(entry(duty, "approver", starts=TODAY + timedelta(days=1)))
    with pytest.raises(BadInput) as refused:
        await office.approve(own, by="van-thu")
    assert refused.value.code == "SAME_PERSON"
    other = await office.propose(entry(await office.assign("an")))
    assert await office.approve(*other, by="van-thu") == other


async def test_he_has_no_role_that_excludes_one_of_his_own(office: Office) -> None:
    province = f"unit-{HA_TINH}"
    figures = await office.assign("van-thu", unit=province)
    await office.approve(*await office.propose(entry(figures)))
    duty = await office.assign("quan-tri", by="quan-tri-2", unit=province)
    await office.approve(*await office.propose(entry(duty, "administrator"), by="quan-tri-2"))
    with pytest.raises(BadInput) as refused:
        await office.stand_in(duty, "van-thu", by="chu-tich")
    assert (refused.value.code, refused.value.field) == ("ROLES_APART", ("standIn",))


async def test_nor_is_one_granted_to_the_holder_while_he_stands_in(office: Office) -> None:
    province = f"unit-{HA_TINH}"
    figures = await office.assign("van-thu", unit=province)
    await office.approve(*await office.propose(entry(figures)))
    duty = await office.assign("quan-tri", by="quan-tri-2", unit=province)
    await office.stand_in(duty, "van-thu", by="chu-tich")
    with pytest.raises(BadInput, match="Tài khoản “van-thu” đang giữ vai trò"):
        await office.propose(entry(duty, "administrator"), by="quan-tri-2")


async def test_the_database_keeps_the_fifteen_days_too(office: Office) -> None:
    duty = await office.assign("an")
    wrong = StandIn(
        duty_id=duty,
        account_id=office.people["binh"].id,
        starts=TODAY,
        ends=TODAY + timedelta(days=16),
        named_by="thu-truong",
        named_at=NOW,
    )
    with pytest.raises(IntegrityError, match="ck_stand_in_at_most_fifteen_days"):
        async with office.session.begin_nested():
            office.session.add(wrong)
