"""A duty is ordered by whoever governs the account and its unit, by a decision; suspending shuts an account at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import beginnings, duties, roles, suspensions, tokens
from dean06_auth.accounts import AccountState
from dean06_auth.duties import Duty
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from tests.auth import offices
from tests.auth.offices import Office, order
from tests.auth.province import HA_TINH, NOW, TODAY, VUNG_ANG, count, hire

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(session: AsyncSession, directory: Directory) -> Office:
    return await offices.settle(session, directory)


async def test_a_duty_is_what_was_ordered(office: Office) -> None:
    await office.assign("an", sector="health")
    [duty] = await office.duties_of("an")
    assert (duty.unit_key, duty.sector, duty.function, duty.decision, duty.assigned_by) == (
        VUNG_ANG,
        "health",
        "Nhập số liệu",
        "QĐ 01/QĐ-UBND",
        "quan-tri",
    )
    assert [duty.holds(day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2027, 1, 1))] == [False, True, False]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"login": "khong-co"}, "ACCOUNT_UNKNOWN", id="nobody's login"),
        pytest.param({"unit": "unit-99"}, "UNIT_UNKNOWN", id="no unit"),
        pytest.param({"sector": "sao-hoa"}, "SECTOR_UNKNOWN", id="no sector"),
        pytest.param({"function": " "}, "FUNCTION_MISSING", id="nothing to do"),
        pytest.param({"decision": " "}, "DECISION_MISSING", id="no decision"),
        pytest.param({"ends": date(2026, 1, 1)}, "DUTY_DAYS_EMPTY", id="no day"),
        pytest.param({"ends": TODAY}, "DUTY_ENDED", id="all over"),
    ],
)
async def test_a_duty_is_refused(office: Office, more: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        await duties.assign(office.session, await office.actor("quan-tri"), order(**{"login": "an", **more}))
    assert refused.value.code == code
    assert "Hãy" in refused.value.message
    assert await count(office.session, Duty) == 0


@pytest.mark.parametrize("by", ["phe-duyet", "an", "dung"])
async def test_nobody_else_orders(office: Office, by: str) -> None:
    with pytest.raises(BadInput) as refused:
        await office.assign("an", by=by)
    assert refused.value.code == "ACCOUNT_UNKNOWN"
    assert await office.assign("an", by="thu-truong")


async def test_an_account_elsewhere_is_as_unknown_as_none(office: Office) -> None:
    told = []
    for login in ("dung", "nobd"):
        with pytest.raises(BadInput) as refused:
            await duties.assign(office.session, await office.actor("thu-truong"), order(login))
        told.append(refused.value.message.replace(login, "..."))
    assert told[0] == told[1]


async def test_a_duty_ends_from_today_at_the_earliest_and_once(office: Office) -> None:
    duty = await office.assign("an")
    by, yesterday = await office.actor("quan-tri"), TODAY - timedelta(days=1)
    for on, code in ((yesterday, "DAY_PAST"), (date(2027, 1, 1), "DUTY_ENDED")):
        with pytest.raises(BadInput) as refused:
            await duties.end(office.session, by, duty, on=on, reason="Thôi việc")
        assert refused.value.code == code
    with pytest.raises(BadInput, match="Chưa ghi lý do"):
        await duties.end(office.session, by, duty, on=TODAY, reason=" ")
    await duties.end(office.session, by, duty, on=TODAY, reason="Thôi việc")
    [ended] = await office.duties_of("an")
    assert (ended.over, ended.end_reason, ended.holds(TODAY)) == (TODAY, "Thôi việc", False)


async def test_suspending_ends_every_token_in_the_same_act(office: Office) -> None:
    account = office.people["an"]
    issued = [
        await tokens.issue(office.session, account_id=account.id, now=NOW, lifetime=timedelta(hours=1)) for _ in "ab"
    ]
    await suspensions.suspend(office.session, await office.actor("thu-truong"), "an", reason="Nghi dùng chung")
    assert (account.state, account.suspended_by, account.suspended_reason) == (
        AccountState.SUSPENDED,
        "thu-truong",
        "Nghi dùng chung",
    )
    account.state = AccountState.ACTIVE
    await office.session.flush()
    for each in issued:
        assert await tokens.presented(office.session, token=each.token, now=NOW) is None


@pytest.mark.parametrize("by", ["phe-duyet", "binh", "dung"])
async def test_nobody_else_suspends(office: Office, by: str) -> None:
    with pytest.raises(BadInput) as refused:
        await suspensions.suspend(office.session, await office.actor(by), "an", reason="Thử")
    assert refused.value.code == "ACCOUNT_UNKNOWN"
    assert office.people["an"].state is AccountState.ACTIVE


async def test_an_installation_begins_with_one_of_each(session: AsyncSession) -> None:
    for login, role in (("mot", roles.ADMINISTRATOR), ("hai", roles.APPROVER)):
        account = await hire(session, login, unit_key=HA_TINH)
        row = await beginnings.begin(session, account=account, role=role, operator="root", reason="QĐ 1", on=TODAY)
        assert (row.given_by, row.ends - row.starts) == ("operator:root", beginnings.LASTS)
    late = await hire(session, "ba", unit_key=HA_TINH)
    with pytest.raises(BadInput, match="Tài khoản “mot” đang giữ vai trò “Quản trị hệ thống”"):
        await beginnings.begin(
            session, account=late, role=roles.ADMINISTRATOR, operator="root", reason="QĐ 2", on=TODAY
        )
    again = TODAY + beginnings.LASTS
    await beginnings.begin(session, account=late, role=roles.ADMINISTRATOR, operator="root", reason="QĐ 2", on=again)


async def test_it_does_not_begin_with_another_role(session: AsyncSession) -> None:
    account = await hire(session)
    with pytest.raises(BadInput) as refused:
        await beginnings.begin(session, account=account, role=roles.OFFICER, operator="root", reason="QĐ", on=TODAY)
    assert refused.value.code == "ROLE_NOT_FIRST"
