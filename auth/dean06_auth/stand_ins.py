"""The head of a unit names somebody of it to do a duty in its holder's place, for fifteen days at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import duties, governed, roles, separation
from dean06_auth.accounts import Account, AccountState
from dean06_auth.duties import LONGEST_STAND_IN, Duty, StandIn
from dean06_core.access import Action, DataClass, Scope, decide
from dean06_core.acting import Actor
from dean06_core.errors import BadInput
from dean06_core.outcomes import refused_at


async def name(session: AsyncSession, actor: Actor, duty_id: UUID, *, stand_in: str, until: date) -> UUID:
    """From today to the day before ``until`` the stand-in has the duty's grants as well; answers with its holder's id.

    The namer heads the unit at which both work, by a grant of his own, and
    names neither himself nor somebody who has a role that excludes one of the
    duty's.
    """
    duty, holder = (await duties.found(session, [duty_id])).get(duty_id, (None, None))
    if duty is None or holder is None or governed.allowing(actor, Action.PROPOSE, holder.unit_key) is None:
        raise duties.unknown()
    if not _heads(actor, holder.unit_key):
        raise BadInput(
            "NOT_UNIT_HEAD",
            "Chỉ thủ trưởng đơn vị của người đang giữ nhiệm vụ được cử người làm thay. Hãy đề nghị thủ trưởng đơn vị.",
            field=("duty",),
        )
    other = await governed.account(session, actor, stand_in, field="standIn")
    await _refuse_person(session, actor, duty, holder, other)
    _refuse_days(duty, actor.on, until)
    await _refuse_again(session, duty, other, actor.on, until)
    await _refuse_apart(session, other, duty, actor.on, until)
    session.add(
        StandIn(
            duty_id=duty.id,
            account_id=other.id,
            starts=actor.on,
            ends=until,
            named_by=actor.caller.login,
            named_at=actor.now,
        )
    )
    await session.flush()
    return holder.id


def _heads(actor: Actor, unit_key: int) -> bool:
    own = tuple(
        grant for grant in actor.caller.grants if grant.role == roles.UNIT_HEAD.name and grant.in_place_of is None
    )
    scope = Scope(DataClass.GOVERNANCE, unit_key)
    head = replace(actor.caller, grants=own)
    return actor.caller.unit == unit_key and bool(decide(head, Action.PROPOSE, scope, actor.on))


async def _refuse_person(session: AsyncSession, actor: Actor, duty: Duty, holder: Account, other: Account) -> None:
    if other.unit_key != holder.unit_key:
        raise BadInput(
            "STAND_IN_ELSEWHERE",
            f"Tài khoản “{other.login}” không cùng đơn vị với “{holder.login}”. Hãy cử người cùng đơn vị.",
            field=("standIn",),
        )
    if other.person_id in (holder.person_id, await governed.person_of(session, actor)):
        raise BadInput(
            "STAND_IN_ONESELF",
            "Không ai làm thay chính mình, và thủ trưởng không tự cử mình làm thay. Hãy cử người khác cùng đơn vị.",
            field=("standIn",),
        )
    if other.state is not AccountState.ACTIVE:
        raise BadInput(
            "ACCOUNT_NOT_ACTIVE",
            f"Tài khoản “{other.login}” đang bị khóa. Hãy cử người có tài khoản đang hoạt động.",
            field=("standIn",),
        )


def _refuse_days(duty: Duty, on: date, until: date) -> None:
    if not duty.holds(on):
        raise BadInput(
            "DUTY_NOT_IN_FORCE",
            f"Nhiệm vụ “{duty.function}” không có hiệu lực ngày {on:%d/%m/%Y}. Hãy chọn nhiệm vụ đang có hiệu lực.",
            field=("duty",),
        )
    latest = min(duty.over, on + timedelta(days=LONGEST_STAND_IN))
    if not on < until <= latest:
        raise BadInput(
            "STAND_IN_DAYS",
            f"Làm thay từ {on:%d/%m/%Y} đến trước {until:%d/%m/%Y} không được: cần ít nhất một ngày, tối đa "
            f"{LONGEST_STAND_IN} ngày và trong nhiệm vụ. Hãy chọn ngày không sau {latest:%d/%m/%Y}.",
            field=("until",),
        )


async def _refuse_again(session: AsyncSession, duty: Duty, other: Account, on: date, until: date) -> None:
    """One at a time; and who stood in does not go on after fifteen days by being named again the next day."""
    before = await separation.standing_in(session, [duty.id])
    if any(on < each.ends for each in before):
        raise BadInput(
            "STAND_IN_NAMED",
            f"Nhiệm vụ “{duty.function}” đang có người làm thay. Hãy chờ hết thời gian đã cử.",
            field=("duty",),
        )
    first = on
    for each in sorted(before, key=lambda each: each.ends, reverse=True):
        if each.account_id == other.id and first - each.ends < timedelta(days=1):
            first = each.starts
    if until - first > timedelta(days=LONGEST_STAND_IN):
        raise BadInput(
            "STAND_IN_DAYS",
            f"“{other.login}” đã làm thay liền từ {first:%d/%m/%Y}; tối đa {LONGEST_STAND_IN} ngày liền. "
            "Hãy cử người khác, hoặc phân công chính thức.",
            field=("until",),
        )


async def _refuse_apart(session: AsyncSession, other: Account, duty: Duty, on: date, until: date) -> None:
    taken = await separation.of_duty(session, duty, starts=on, ends=until)
    held = await separation.held(session, [other.id], starts=on, ends=until, proposed=True)
    for each in taken:
        with refused_at("standIn"):
            separation.refuse_apart(other, roles.ROLES[each.role], each.starts, each.ends, held)
