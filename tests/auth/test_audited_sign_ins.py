"""Whoever signs in, tries to, or changes his own way in is in the log; trying passwords does not fill the disk."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from passlib.hash import argon2
from passlib.totp import TOTP

from dean06_auth import lockouts, own_ways_in, passwords, sign_ins, sign_outs, standing_days
from dean06_auth.accounts import Account, AccountCredential
from dean06_auth.attempts import Door, Shown
from dean06_auth.profile import VN_L3_2026, DeviceKind
from dean06_auth.secret_boxes import SecretBox
from dean06_auth.sessions import CONSOLE, Origin
from dean06_auth.sign_in_events import LOCKED_OUT, Way
from dean06_auth.sign_ins import SignedIn
from dean06_auth.tokens import AccessToken
from dean06_core import audit
from dean06_core.access import Caller
from dean06_core.audit import AuditEvent, AuditPersonal
from dean06_core.database import Database
from dean06_core.errors import BadInput
from tests.auth.province import NOW, TODAY, VUNG_ANG, count, give, hire

pytestmark = pytest.mark.anyio

PASSWORD = "một mật khẩu dài"
STORED = argon2.using(type="ID", memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD)
OFFICE = Origin("10.1.2.3", "Máy bàn phòng một cửa", DeviceKind.DESKTOP)
DOOR = Door(box=SecretBox((b"k" * 32,)))
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
async def an(database: Database, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """An officer whose password is quick to check; nobody is made to wait."""

    async def wait(_seconds: float) -> None:
        pass

    monkeypatch.setattr(passwords, "is_outdated", lambda _stored: False)
    monkeypatch.setattr(lockouts, "_wait", wait)
    async with database.service() as session:
        account = await hire(session, "an")
        await give(session, account)
        session.add(AccountCredential(account_id=account.id, password_hash=STORED, password_set_at=NOW))
    return account.id


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No password is hashed."""

    async def check(password: str, *, against: str | None) -> bool:
        return against is not None and password == PASSWORD

    monkeypatch.setattr(passwords, "check", check)


async def enter(database: Database, password: str = PASSWORD, **more: Any) -> SignedIn:
    shown = Shown(more.pop("login", "an"), password, more.pop("code", None))
    given: dict[str, Any] = {"now": NOW, "on": TODAY, "origin": OFFICE, "door": DOOR, **more}
    return await sign_ins.sign_in(database, shown, **given)


async def fail(database: Database, **more: Any) -> str:
    with pytest.raises(BadInput) as refused:
        await enter(database, "sai", **more)
    return refused.value.code


async def logged(database: Database) -> list[tuple[AuditEvent, dict[str, Any]]]:
    """The events with what they say of persons."""
    async with database.service_reading() as session:
        found = await session.execute(
            sa.select(AuditEvent, AuditPersonal.told)
            .outerjoin(AuditPersonal, AuditPersonal.event_id == AuditEvent.id)
            .order_by(AuditEvent.id)
        )
        return [(event, {} if told is None else json.loads(told)) for event, told in found]


async def last(database: Database) -> tuple[AuditEvent, dict[str, Any]]:
    return (await logged(database))[-1]


def caller(account: UUID) -> Caller:
    return Caller("an", "Nguyễn Văn An", VUNG_ANG, (), account)


async def test_a_command_is_told_and_counts_as_use_of_the_account(database: Database, an: UUID) -> None:
    await sign_ins.recognise(database, Shown("an", PASSWORD), now=NOW, on=TODAY)
    event, personal = await last(database)
    assert (event.action, event.outcome, event.account_id) == ("sign_ins.recognise", "DONE", an)
    assert personal["source"] == CONSOLE.source
    async with database.service_reading() as session:
        assert (await session.get_one(Account, an)).last_used_on == TODAY
        assert await standing_days.days_used(session, [an], since=TODAY, before=TODAY + timedelta(days=1)) == {an: 1}


async def test_a_sign_in_is_told_with_role_unit_device_and_source(database: Database, an: UUID) -> None:
    await enter(database)
    event, personal = await last(database)
    assert (event.action, event.outcome, event.recorded_at) == ("sign_ins.sign_in", "DONE", NOW)
    assert (event.account_id, event.login, event.role, event.unit_key) == (an, "an", "officer", VUNG_ANG)
    assert json.loads(event.body) == {"factor": None, "steps": []}
    assert personal == {"device": "Máy bàn phòng một cửa", "kind": "DESKTOP", "source": "10.1.2.3"}
    assert "10.1.2.3" not in str(vars(event)), "it can be erased"


async def test_a_refusal_is_told_of_the_account_or_of_what_nobody_has(database: Database, an: UUID) -> None:
    assert await fail(database) == "SIGN_IN_FAILED"
    event, personal = await last(database)
    assert (event.outcome, event.account_id, event.login, event.role) == ("SIGN_IN_FAILED", an, "an", "")
    assert "login" not in personal
    assert await fail(database, login="Ông Nguyễn Văn Ẩn") == "SIGN_IN_FAILED"
    event, personal = await last(database)
    assert (event.outcome, event.account_id, event.login, event.subject) == ("SIGN_IN_FAILED", None, "", "")
    assert personal["login"] == "Ông Nguyễn Văn Ẩn"


async def test_what_was_shown_is_in_no_event(database: Database) -> None:
    issued = await enter(database)
    with pytest.raises(BadInput):
        await enter(database, "mat-khau-khac", code="123456")
    everything = str([(vars(event), personal) for event, personal in await logged(database)])
    for secret in (PASSWORD, "mat-khau-khac", "123456", issued.issued.token):
        assert secret not in everything


@pytest.mark.usefixtures("quick")
async def test_each_failure_is_told_until_the_lock_and_the_lock_and_then_only_how_many(database: Database) -> None:
    for _ in range(20):
        await fail(database)
    events = [event for event, _ in await logged(database)]
    limit = VN_L3_2026.failures_before_lock
    assert [event.outcome for event in events] == ["SIGN_IN_FAILED"] * limit + [LOCKED_OUT]
    assert [json.loads(event.body)["number"] for event in events] == list(range(1, limit + 2))
    await fail(database, login="binh", now=NOW + MINUTE)
    event, _ = await last(database)
    assert json.loads(event.body) == {"number": 1, "not_told_before": 20 - limit - 1}


@pytest.mark.usefixtures("quick", "however_many")
async def test_of_one_source_ten_a_minute_are_told(database: Database) -> None:
    for number in range(25):
        await fail(database, login=f"nguoi-{number}")
    assert len(await logged(database)) == lockouts.TOLD_OF_SOURCE_A_MINUTE
    await fail(database, login="nguoi-25", now=NOW + MINUTE)
    event, _ = await last(database)
    assert json.loads(event.body)["not_told_before"] == 15
    assert len(await logged(database)) == lockouts.TOLD_OF_SOURCE_A_MINUTE + 1


@pytest.mark.usefixtures("quick")
async def test_of_all_sources_sixty_a_minute_are_told_and_a_success_always_is(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockouts, "TOLD_A_MINUTE", 6)
    for number in range(9):
        await fail(database, login=f"nguoi-{number}", origin=Origin(f"192.0.2.{number}"))
    assert len(await logged(database)) == 6
    await enter(database)
    assert (await last(database))[0].outcome == "DONE"


@pytest.mark.usefixtures("quick")
async def test_what_was_never_told_is_told_when_it_is_forgotten(database: Database) -> None:
    for _ in range(9):
        await fail(database)
    await enter(database, now=NOW + timedelta(hours=13), origin=Origin("192.0.2.1"))
    *_, (forgotten, personal), (done, _) = await logged(database)
    assert json.loads(forgotten.body) == {"not_told_before": 9 - VN_L3_2026.failures_before_lock - 1}
    assert personal == {"sources": ["10.1.2.3"]}
    assert done.outcome == "DONE"


async def test_what_a_busy_server_did_not_look_at_is_not_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(_password: str, *, against: str | None) -> bool:
        raise BadInput("TOO_BUSY", "Hãy thử lại.")

    monkeypatch.setattr(passwords, "check", busy)
    assert await fail(database) == "TOO_BUSY"
    assert await logged(database) == []


async def test_a_device_and_a_recovery_code_are_told_apart(database: Database, an: UUID) -> None:
    who = caller(an)
    enrolment = await own_ways_in.enrol_second_factor(
        database, caller=who, password=PASSWORD, now=NOW, origin=OFFICE, door=DOOR
    )
    device, token_id = TOTP.from_uri(enrolment.uri), await session_of(database)
    codes = await own_ways_in.confirm_second_factor(
        database, caller=who, token_id=token_id, code=device.generate(NOW).token, now=NOW, origin=OFFICE, door=DOOR
    )
    with pytest.raises(BadInput, match="mã xác thực thứ hai"):
        await enter(database)
    later = NOW + 2 * MINUTE
    await enter(database, code=device.generate(later).token, now=later)
    await enter(database, code=codes[0], now=later)
    told = [(event.action.partition(".")[2], event.outcome, event.body) for event, _ in await logged(database)]
    assert [action for action, *_ in told] == ["enrol_second_factor", "confirm_second_factor", *["sign_in"] * 3]
    assert told[2][1] == "SECOND_FACTOR_REQUIRED"
    assert [json.loads(body)["factor"] for *_, body in told[3:]] == ["DEVICE", "RECOVERY_CODE"]
    assert codes[0] not in str(told)


async def session_of(database: Database) -> UUID:
    """A session's id; there need not be one."""
    async with database.service_reading() as session:
        return await session.scalar(sa.select(AccessToken.id)) or UUID(int=0)


async def test_a_changed_password_is_told_and_why_another_was_not_taken(database: Database, an: UUID) -> None:
    async def change(current: str, new: str, at: datetime = NOW) -> str:
        try:
            await own_ways_in.change_password(
                database, caller=caller(an), token_id=UUID(int=0), current=current, new=new, now=at, on=TODAY
            )
        except BadInput as refused:
            return refused.code
        return "DONE"

    new = "Trời hôm nay xanh hơn hôm qua 7!"
    codes = [await change(PASSWORD, "ngan"), await change("sai", new), await change(PASSWORD, new)]
    events = [event for event, _ in await logged(database)]
    assert [event.outcome for event in events] == codes
    assert codes[1:] == ["PASSWORD_WRONG", "DONE"]
    assert {event.action for event in events} == {"own_ways_in.change_password"}
    assert {event.account_id for event in events} == {an}


async def test_signing_out_and_ending_a_session_are_told(database: Database, an: UUID) -> None:
    issued = (await enter(database)).issued
    ended = await session_of(database)
    await sign_outs.end(database, Way("sign_outs.end", OFFICE, NOW), caller(an), id_=ended)
    assert (await last(database))[0].body == json.dumps({"ended": str(ended)}, separators=(",", ":"))
    with pytest.raises(BadInput):
        await sign_outs.end(database, Way("sign_outs.end", OFFICE, NOW), caller(an), id_=ended)
    assert (await last(database))[0].outcome == "SESSION_UNKNOWN"
    await sign_outs.leave(database, Way("sign_outs.leave", OFFICE, NOW), caller(an), token=issued.token)
    event, personal = await last(database)
    assert (event.action, event.login, personal["source"]) == ("sign_outs.leave", "an", "10.1.2.3")


async def test_nobody_comes_in_whose_coming_cannot_be_logged(
    database: Database, an: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", full)
        for password in (PASSWORD, "sai"):
            with pytest.raises(OSError, match="no room"):
                await enter(database, password)
    async with database.service_reading() as session:
        assert await count(session, AccessToken) == 0
    await enter(database)
    async with database.service_reading() as session:
        assert await count(session, AccessToken) == 1


@pytest.mark.usefixtures("quick", "however_many")
async def test_a_flood_from_one_source_leaves_few_events_and_the_true_number(database: Database) -> None:
    async def guess(number: int) -> None:
        with pytest.raises(BadInput):
            await enter(database, "sai", login=f"nguoi-{number}", origin=replace(OFFICE, source="203.0.113.9"))

    for first in range(0, 30, 6):
        await asyncio.gather(*(guess(first + at) for at in range(6)))
    await guess(30)
    events = [event for event, _ in await logged(database)]
    assert len(events) == lockouts.TOLD_OF_SOURCE_A_MINUTE
    with pytest.raises(BadInput):
        await enter(database, "sai", origin=replace(OFFICE, source="203.0.113.9"), now=NOW + MINUTE)
    event, _ = await last(database)
    assert json.loads(event.body)["not_told_before"] + lockouts.TOLD_OF_SOURCE_A_MINUTE == 31
