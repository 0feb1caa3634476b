"""Whatever is done about an account, or refused, is in the log with who, by which role, for whom, before and after."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from dean06_auth import duties, governing, holdings, proposals, stand_ins, suspensions
from dean06_auth.accounts import Account
from dean06_auth.duties import Duty
from dean06_auth.grants import GrantRow
from dean06_core import audit
from dean06_core.acting import Act
from dean06_core.audit import AuditEvent, AuditPersonal
from dean06_core.audit.reads import Reads
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from dean06_core.verbs import acting
from tests.auth import offices
from tests.auth.offices import DECISION, Office, entry, order
from tests.auth.province import HA_TINH, NOW, TODAY, VUNG_ANG, count

pytestmark = pytest.mark.anyio


@dataclass
class Here:
    """The office, whose people act one after the other, each in a transaction of his own."""

    database: Database
    office: Office

    async def by(self, login: str) -> Act:
        async with self.database.service_reading() as session:
            self.office.known.clear()
            actor = await replace(self.office, session=session).actor(login)

        return governing.governing(self.database, actor, acting(self.database, actor))

    async def logged(self) -> list[AuditEvent]:
        async with self.database.service_reading() as session:
            return [*await session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id))]

    async def last(self) -> AuditEvent:
        return (await self.logged())[-1]

    async def refused(self, doing: Awaitable[object]) -> str:
        with pytest.raises(BadInput) as refusal:
            await doing
        return refusal.value.code

    async def duty_of(self, login: str) -> UUID:
        async with self.database.service_reading() as session:
            of_account = sa.select(Duty.id).where(Duty.account_id == self.id_of(login)).order_by(Duty.id.desc())
            return (await session.scalars(of_account)).first() or UUID(int=0)

    def id_of(self, login: str) -> UUID:
        return self.office.people[login].id


@pytest.fixture
async def here(database: Database) -> Here:
    async with database.service() as session:
        office = await offices.settle(session, await Directory.load(session))
    return Here(database, office)


def told(event: AuditEvent) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(event.body)
    return body


async def test_of_a_duty_it_is_told_who_gave_it_to_whom_and_until_when(here: Here) -> None:
    await (await here.by("quan-tri"))(duties.assign, order("an"))
    event = await here.last()
    assert (event.action, event.outcome, event.recorded_at) == ("duties.assign", "DONE", NOW)
    assert (event.login, event.account_id, event.role) == ("quan-tri", here.id_of("quan-tri"), "administrator")
    assert (event.unit_key, event.unit, event.subject) == (HA_TINH, "Tỉnh Hà Tĩnh", str(here.id_of("an")))
    body = told(event)
    assert body["entry"] == {"starts": "2026-01-01", "ends": "2027-01-01"}
    [made] = body["changes"]["duty"]
    assert made == {
        "id": str(await here.duty_of("an")),
        "after": {
            "id": str(await here.duty_of("an")),
            "account_id": str(here.id_of("an")),
            "unit_key": VUNG_ANG,
            "starts": "2026-01-01",
            "ends": "2027-01-01",
        },
    }


async def test_a_grant_is_told_from_proposal_to_revocation(here: Here) -> None:
    administrator, approver = await here.by("quan-tri"), await here.by("phe-duyet")
    await administrator(duties.assign, order("an"))
    (grant,) = await administrator(proposals.propose, [entry(await here.duty_of("an"))])
    [made] = told(await here.last())["changes"]["account_grant"]
    assert (made["after"]["role"], made["after"]["data_classes"], made["after"]["ends"]) == (
        "officer",
        "AR",
        "2027-01-01",
    )
    assert "approver_id" not in made["after"]

    await approver(proposals.approve, [grant], decision=DECISION)
    event = await here.last()
    assert (event.login, event.role, event.subject) == ("phe-duyet", "approver", str(here.id_of("an")))
    [changed] = told(event)["changes"]["account_grant"]
    person = here.office.people["phe-duyet"].person_id
    assert (changed["before"]["approver_id"], changed["after"]["approver_id"]) == (None, str(person))

    await administrator(proposals.revoke, [grant], reason="Chuyển công tác")
    [changed] = told(await here.last())["changes"]["account_grant"]
    assert (changed["before"]["revoked_on"], changed["after"]["revoked_on"]) == (None, str(TODAY))
    assert told(await here.last())["ids"] == [str(grant)]


async def test_a_suspension_tells_the_state_before_and_after(here: Here) -> None:
    await (await here.by("thu-truong"))(suspensions.suspend, "an", reason="Nghỉ phép dài")
    event = await here.last()
    assert (event.action, event.role, event.subject) == ("suspensions.suspend", "unit_head", str(here.id_of("an")))
    [changed] = told(event)["changes"]["account"]
    assert (changed["before"], changed["after"]) == ({"state": "ACTIVE"}, {"state": "SUSPENDED"})


Doing = Callable[[Act, Here], Awaitable[object]]


async def _assign(act: Act, _: Here) -> object:
    return await act(duties.assign, order("khong-co-ai"))


async def _end(act: Act, here: Here) -> object:
    return await act(duties.end, await here.duty_of("an"), on=TODAY, reason="")


async def _propose(act: Act, here: Here) -> object:
    return await act(proposals.propose, [entry(await here.duty_of("an"), ends=TODAY)])


async def _approve(act: Act, _: Here) -> object:
    return await act(proposals.approve, [UUID(int=9)], decision=DECISION)


async def _revoke(act: Act, _: Here) -> object:
    return await act(proposals.revoke, [UUID(int=9)], reason="Sai")


async def _suspend(act: Act, _: Here) -> object:
    return await act(suspensions.suspend, "khong-co-ai", reason="Sai")


async def _stand_in(act: Act, here: Here) -> object:
    return await act(stand_ins.name, await here.duty_of("an"), stand_in="binh", until=TODAY + timedelta(days=5))


@pytest.mark.parametrize("doing", [_assign, _end, _propose, _approve, _revoke, _suspend, _stand_in])
async def test_a_refusal_is_told_and_nothing_else_is_kept(here: Here, doing: Doing) -> None:
    act = await here.by("quan-tri")
    await act(duties.assign, order("an"))
    before = len(await here.logged())
    code = await here.refused(doing(act, here))
    events = await here.logged()
    assert len(events) == before + 1
    event = events[-1]
    assert (event.outcome, event.login, event.role, event.unit_key) == (code, "quan-tri", "administrator", HA_TINH)
    assert "changes" not in told(event)
    assert told(event)["refused"][0]["code"] == code


async def test_whom_a_refused_act_was_about_is_told_as_personal_data(here: Here) -> None:
    await here.refused(_suspend(await here.by("quan-tri"), here))
    event = await here.last()
    async with here.database.service_reading() as session:
        personal = await session.get_one(AuditPersonal, event.id)
    assert json.loads(personal.told) == {"login": "khong-co-ai"}
    assert "khong-co-ai" not in event.body


async def test_what_somebody_wrote_is_not_in_the_log(here: Here) -> None:
    act = await here.by("quan-tri")
    await act(duties.assign, replace(order("an"), function="Bà Xuân Quỳnh nhập", decision="Bà Xuân Quỳnh ký"))
    duty = await here.duty_of("an")
    (grant,) = await act(proposals.propose, [entry(duty)])
    await act(proposals.revoke, [grant], reason="Bà Xuân Quỳnh báo")
    await act(duties.end, duty, on=TODAY, reason="Bà Xuân Quỳnh nghỉ")
    await act(suspensions.suspend, "an", reason="Bà Xuân Quỳnh nghỉ")
    await here.refused(act(suspensions.suspend, "an", reason="Bà Xuân Quỳnh nghỉ"))
    assert len(await here.logged()) == 6
    for event in await here.logged():
        assert "Quỳnh" not in str(vars(event))
        assert "Qu\\u1ef3nh" not in event.body


async def test_what_cannot_be_logged_is_not_done(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    act = await here.by("quan-tri")

    async def fail(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", fail)
        with pytest.raises(OSError, match="no room"):
            await act(duties.assign, order("an"))
        with pytest.raises(OSError, match="no room"):
            await act(suspensions.suspend, "an", reason="Nghỉ")
    async with here.database.service_reading() as session:
        assert await count(session, Duty) == 0
        assert (await session.get_one(Account, here.id_of("an"))).state == "ACTIVE"
    assert await here.logged() == []
    await act(duties.assign, order("an"))
    assert len(await here.logged()) == 1


async def test_two_hundred_grants_are_one_event(here: Here) -> None:
    act = await here.by("quan-tri")
    await act(duties.assign, order("an"))
    duty = await here.duty_of("an")
    await act(proposals.propose, [entry(duty)] * 200)
    event = await here.last()
    assert (len(await here.logged()), len(told(event)["changes"]["account_grant"])) == (2, 200)
    assert told(event)["entries"] == 200
    async with here.database.service_reading() as session:
        assert len(told(event)["changes"]["account_grant"]) + 5 == await count(session, GrantRow)


async def test_to_look_at_oneself_is_not_noted_and_at_others_is(here: Here) -> None:
    async with here.database.service_reading() as session:
        actor = await replace(here.office, session=session).actor("quan-tri")
    reads = Reads()
    ask = governing.asking(here.database, actor, reads)
    await ask(holdings.of_accounts, [here.id_of("quan-tri")])
    await ask(holdings.of_login, "quan-tri")
    await ask(holdings.of_grants, [grant.id for grant in actor.caller.grants if grant.id is not None])
    assert reads.rows == {}
    await ask(holdings.of_accounts, [here.id_of("an")])
    assert (reads.rows["account"], {*reads.classes.values()}) == (1, {"G"})
