"""One person proposes grants on duties, a second approves them, a third holds them: all of a list, or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import duties, governed, grant_rules, grants, roles, separation
from dean06_auth.accounts import Account, AccountState
from dean06_auth.duties import Duty, StandIn
from dean06_auth.governed import Hands
from dean06_auth.grant_rows import GrantRow, GrantState, ReachKind, UnitsOf
from dean06_auth.roles import Role
from dean06_auth.separation import HeldRole
from dean06_core.access import ALL, Action, All, DataClass, Grant
from dean06_core.acting import Actor
from dean06_core.errors import BadInput
from dean06_core.outcomes import Refusals, refused_at

MOST: Final = 500
"""Entries of one act."""

_OF_ADMINISTRATORS: Final = frozenset({Action.ADMINISTER, Action.APPROVE})


@dataclass(frozen=True, slots=True)
class GrantEntry:
    """No sectors means those of the duty, no units its unit; each code of a unit stands for all below it too."""

    duty: UUID
    role: str
    data_classes: frozenset[DataClass]
    starts: date
    ends: date
    sectors: tuple[str, ...] | None = None
    units: tuple[str, ...] | None = None


@dataclass(slots=True)
class _Desk:
    """What one act knows: the duties with their holders, who stands in, and which roles everybody has by now."""

    actor: Actor
    found: Mapping[UUID, tuple[Duty, Account]]
    stand_ins: Sequence[StandIn]
    others: Mapping[UUID, Account]
    roles: list[HeldRole]
    hands: dict[Grant, Hands]

    def take(self, duty: Duty, holder: Account, role: Role, starts: date, ends: date) -> None:
        """Note a role for the holder and whoever stands in for him; ROLES_APART where one of them may not have it."""
        days = [(holder, starts, ends)]
        for each in self.stand_ins:
            first, over = max(starts, each.starts), min(ends, each.ends)
            if each.duty_id == duty.id and first < over:
                days.append((self.others[each.account_id], first, over))
        for account, first, over in days:
            separation.refuse_apart(account, role, first, over, self.roles)
        self.roles += [HeldRole(account.id, role.name, first, over) for account, first, over in days]


async def propose(session: AsyncSession, actor: Actor, entries: Sequence[GrantEntry]) -> tuple[UUID, ...]:
    """Propose grants, each within its duty; nothing counts before somebody else has approved it."""
    _refuse_number(len(entries))
    desk = await _desk(session, actor, [entry.duty for entry in entries], proposed=True)
    refusals, rows = Refusals(), []
    for place, entry in enumerate(entries):
        with refusals.of_entry(place):
            rows.append(await _proposed(session, desk, entry))
    refusals.stop_if_any()
    await grants.keep(session, rows)
    return tuple(row.id for row, _, _ in rows)


async def approve(session: AsyncSession, actor: Actor, ids: Sequence[UUID], *, decision: str) -> tuple[UUID, ...]:
    """Approve what others proposed for others, by one decision; it counts from now on, on its days."""
    written = governed.decision_of(decision)
    _refuse_number(len(ids))
    rows = await _rows(session, ids)
    desk = await _desk(session, actor, [row.duty_id for row in rows.values() if row.duty_id is not None])
    refusals = Refusals()
    for place, id_ in enumerate(ids):
        with refusals.of_entry(place):
            await _approve(session, desk, rows.get(id_), written)
    refusals.stop_if_any()
    await session.flush()
    return tuple(ids)


async def revoke(session: AsyncSession, actor: Actor, ids: Sequence[UUID], *, reason: str) -> tuple[UUID, ...]:
    """Take grants back from today on, or proposals that nobody has approved."""
    why = governed.reason_of(reason)
    _refuse_number(len(ids))
    rows = await _rows(session, ids)
    found = await duties.found(session, [row.duty_id for row in rows.values() if row.duty_id is not None])
    holders = {
        account.id: account
        for account in await session.scalars(
            sa.select(Account).where(Account.id.in_({row.account_id for row in rows.values()}))
        )
    }
    refusals = Refusals()
    for place, id_ in enumerate(ids):
        with refusals.of_entry(place):
            row = rows.get(id_)
            if row is None:
                raise _unknown()
            duty = None if row.duty_id is None else found[row.duty_id][0]
            unit = holders[row.account_id].unit_key if duty is None else duty.unit_key
            if governed.allowing(actor, Action.PROPOSE, unit) is None:
                raise _unknown()
            state = row.state(duty, actor.on)
            if state not in (GrantState.PROPOSED, GrantState.ACTIVE):
                raise BadInput(
                    "GRANT_OVER",
                    f"Quyền “{_title(row.role)}” đã hết hoặc đã thu hồi. Hãy bỏ khỏi danh sách.",
                )
            row.revoked_on, row.revoke_reason, row.revoked_by = actor.on, why, actor.caller.login
    refusals.stop_if_any()
    await session.flush()
    return tuple(ids)


async def _desk(session: AsyncSession, actor: Actor, of: Iterable[UUID], *, proposed: bool = False) -> _Desk:
    """Six statements, however long the list is."""
    found = await duties.found(session, set(of))
    stand_ins = await separation.standing_in(session, found.keys())
    others = await session.scalars(sa.select(Account).where(Account.id.in_({each.account_id for each in stand_ins})))
    people = {account.id: account for account in others}
    concerned = {*people, *(holder.id for _, holder in found.values())}
    held = await separation.held(session, concerned, starts=date.min, ends=date.max, proposed=proposed)
    return _Desk(actor, found, stand_ins, people, held, {})


async def _rows(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, GrantRow]:
    return {row.id: row for row in await session.scalars(sa.select(GrantRow).where(GrantRow.id.in_(set(ids))))}


async def _hands(session: AsyncSession, desk: _Desk, by: Grant) -> Hands:
    if by not in desk.hands:
        desk.hands[by] = await governed.hands(session, desk.actor, by)
    return desk.hands[by]


async def _proposed(
    session: AsyncSession, desk: _Desk, entry: GrantEntry
) -> tuple[GrantRow, frozenset[str] | All, frozenset[UnitsOf]]:
    actor = desk.actor
    duty, holder = desk.found.get(entry.duty, (None, None))
    by = None if duty is None else governed.allowing(actor, Action.PROPOSE, duty.unit_key)
    if duty is None or holder is None or by is None:
        raise duties.unknown()
    hands = await _hands(session, desk, by)
    if holder.person_id in hands.people:
        raise BadInput(
            "GRANT_FOR_ONESELF",
            "Không ai tự đề nghị quyền cho chính mình, cũng không qua người làm thay. "
            "Hãy nhờ người quản trị khác đề nghị.",
            field=("duty",),
        )
    _refuse_closed(holder)
    role = roles.named(entry.role)
    if role.actions & _OF_ADMINISTRATORS or DataClass.AUDIT in role.data_classes:
        _refuse_beyond(actor, duty, role)
    sectors, units = _sectors(actor, duty, entry), _units(actor, duty, entry)
    grant_rules.refuse_nothing(sectors, units, entry.data_classes)
    grant_rules.refuse_classes(role, entry.data_classes)
    grant_rules.refuse_days(entry.starts, entry.ends)
    _refuse_outside(duty, entry.starts, entry.ends, actor.on)
    desk.take(duty, holder, role, entry.starts, entry.ends)
    row = GrantRow(
        account_id=holder.id,
        subject_id=holder.person_id,
        duty_id=duty.id,
        role=role.name,
        every_sector=isinstance(sectors, All),
        every_unit=False,
        data_classes="".join(sorted(entry.data_classes)),
        starts=entry.starts,
        ends=entry.ends,
        proposed_by=hands.login,
        proposer_id=hands.person,
        proposer_for_id=hands.in_place_of,
        proposed_at=actor.now,
    )
    return row, sectors, units


async def _approve(session: AsyncSession, desk: _Desk, row: GrantRow | None, decision: str) -> None:
    actor = desk.actor
    duty, holder = (None, None) if row is None or row.duty_id is None else desk.found[row.duty_id]
    by = None if duty is None else governed.allowing(actor, Action.APPROVE, duty.unit_key)
    if row is None or duty is None or holder is None or by is None:
        raise _unknown()
    if row.state(duty, actor.on) is not GrantState.PROPOSED:
        raise BadInput(
            "GRANT_NOT_PROPOSED",
            f"Quyền “{_title(row.role)}” của “{holder.login}” không còn chờ phê duyệt. Hãy bỏ khỏi danh sách.",
        )
    hands = await _hands(session, desk, by)
    if hands.people & {row.subject_id, row.proposer_id, row.proposer_for_id}:
        raise BadInput(
            "SAME_PERSON",
            f"Người đề nghị, người phê duyệt và người được cấp quyền “{_title(row.role)}” phải là ba người khác nhau, "
            "kể cả qua người làm thay. Hãy nhờ người phê duyệt khác.",
        )
    with refused_at():
        _refuse_closed(holder)
        role = roles.named(row.role)
        grant_rules.refuse_classes(role, {DataClass(letter) for letter in row.data_classes})
        _refuse_outside(duty, row.starts, row.ends, actor.on)
        desk.take(duty, holder, role, row.starts, row.ends)
    row.basis, row.approved_at = decision, actor.now
    row.approved_by, row.approver_id, row.approver_for_id = hands.login, hands.person, hands.in_place_of


def _sectors(actor: Actor, duty: Duty, entry: GrantEntry) -> frozenset[str] | All:
    if entry.sectors is None:
        return ALL if duty.sector is None else frozenset({duty.sector})
    with refused_at("sectors"):
        named = frozenset(actor.catalogue.sector(code) for code in entry.sectors)
    if duty.sector is not None and named - {duty.sector}:
        raise BadInput(
            "OUTSIDE_DUTY",
            f"Nhiệm vụ “{duty.function}” chỉ thuộc lĩnh vực “{duty.sector}”, không gồm {', '.join(sorted(named))}. "
            "Hãy chỉ chọn lĩnh vực của nhiệm vụ.",
            field=("sectors",),
        )
    return named


def _units(actor: Actor, duty: Duty, entry: GrantEntry) -> frozenset[UnitsOf]:
    if entry.units is None:
        return frozenset({UnitsOf(ReachKind.SUBTREE, duty.unit_key)})
    whole = duties.reach(duty.unit_key, actor.directory, actor.on)
    with refused_at("units"):
        named = [actor.directory.named(code, actor.on) for code in entry.units]
        for unit in named:
            if unit.key not in whole:
                raise BadInput(
                    "OUTSIDE_DUTY",
                    f"{unit.name} ({unit.code}) nằm ngoài nhiệm vụ “{duty.function}”. "
                    "Hãy chỉ chọn đơn vị của nhiệm vụ hoặc bên trong.",
                )
    return frozenset(UnitsOf(ReachKind.SUBTREE, unit.key) for unit in named)


def _refuse_number(count: int) -> None:
    if not 0 < count <= MOST:
        raise BadInput(
            "LIST_LENGTH", f"Danh sách có {count} quyền. Hãy gửi từ 1 đến {MOST} quyền mỗi lần.", field=("grants",)
        )


def _refuse_closed(holder: Account) -> None:
    if holder.state is AccountState.CLOSED:
        raise BadInput(
            "ACCOUNT_CLOSED", f"Tài khoản “{holder.login}” đã đóng. Hãy chọn tài khoản đang dùng.", field=("duty",)
        )


def _refuse_beyond(actor: Actor, duty: Duty, role: Role) -> None:
    if governed.allowing(actor, Action.ADMINISTER, duty.unit_key) is None:
        raise BadInput(
            "ROLE_BEYOND_PROPOSER",
            f"Vai trò “{role.title}” chỉ do người quản trị hệ thống đề nghị. Hãy nhờ người quản trị.",
            field=("role",),
        )


def _refuse_outside(duty: Duty, starts: date, ends: date, on: date) -> None:
    if starts < duty.starts or duty.over < ends:
        raise BadInput(
            "OUTSIDE_DUTY",
            f"Nhiệm vụ “{duty.function}” có từ {duty.starts:%d/%m/%Y} đến trước {duty.over:%d/%m/%Y}, không gồm hết "
            f"{starts:%d/%m/%Y} đến trước {ends:%d/%m/%Y}. Hãy chọn ngày trong nhiệm vụ.",
            field=("ends",),
        )
    if ends <= on:
        raise BadInput(
            "GRANT_OVER",
            f"Quyền hết từ ngày {ends:%d/%m/%Y}, đã qua. Hãy chọn ngày kết thúc sau {on:%d/%m/%Y}.",
            field=("ends",),
        )


def _unknown() -> BadInput:
    return BadInput(
        "GRANT_UNKNOWN",
        "Không có quyền với định danh này trong phạm vi của bạn. Hãy lấy trường id của grants.",
    )


def _title(role: str) -> str:
    return roles.ROLES[role].title if role in roles.ROLES else role
