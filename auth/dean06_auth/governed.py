"""What somebody governs of accounts, and who stands behind what he does: himself, and whoever he stands in for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts
from dean06_auth.accounts import Account, AccountState
from dean06_core import spelling
from dean06_core.access import Action, Allowed, DataClass, Grant, Scope
from dean06_core.acting import Actor
from dean06_core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Hands:
    """Who did something: a login as it was then, his person, and the person in whose place he did it."""

    login: str
    person: UUID
    in_place_of: UUID | None = None

    @property
    def people(self) -> frozenset[UUID]:
        return frozenset({self.person, *(() if self.in_place_of is None else (self.in_place_of,))})


def allowing(actor: Actor, action: Action, unit_key: int) -> Grant | None:
    """The grant by which the actor may do it with accounts of a unit today."""
    decision = actor.may(action, Scope(DataClass.GOVERNANCE, unit_key))
    return decision.by if isinstance(decision, Allowed) else None


async def account(session: AsyncSession, actor: Actor, login: str, *, field: str = "login") -> Account:
    """The account that is not closed, for whoever proposes grants at its unit.

    One error, ACCOUNT_UNKNOWN, whether nobody has the login or the actor has
    nothing to say there.
    """
    found = await accounts.find(session, login=login)
    if found is None or allowing(actor, Action.PROPOSE, found.unit_key) is None:
        raise BadInput(
            "ACCOUNT_UNKNOWN",
            f"Không có tài khoản “{login[: accounts.LONGEST_LOGIN]}” trong phạm vi quản trị của bạn. "
            "Hãy kiểm tra tên đăng nhập.",
            field=(field,),
        )
    if found.state is AccountState.CLOSED:
        raise BadInput(
            "ACCOUNT_CLOSED", f"Tài khoản “{found.login}” đã đóng. Hãy chọn tài khoản đang dùng.", field=(field,)
        )
    return found


async def person_of(session: AsyncSession, actor: Actor) -> UUID:
    person = await session.scalar(sa.select(Account.person_id).where(Account.id == actor.caller.account))
    if person is None:
        raise PermissionError("Accounts are governed by people who have one.")
    return person


async def hands(session: AsyncSession, actor: Actor, by: Grant) -> Hands:
    """Who acts with that grant."""
    person, other = await person_of(session, actor), None
    if by.in_place_of is not None:
        other = await session.scalar(sa.select(Account.person_id).where(Account.id == by.in_place_of))
    return Hands(actor.caller.login, person, other)


def reason_of(written: str) -> str:
    """REASON_MISSING where nothing is said."""
    tidy = spelling.tidy(written)
    if not tidy:
        raise BadInput("REASON_MISSING", "Chưa ghi lý do. Hãy ghi vì sao, kèm số văn bản nếu có.", field=("reason",))
    return tidy


def decision_of(written: str) -> str:
    """DECISION_MISSING where nothing is said."""
    tidy = spelling.tidy(written)
    if not tidy:
        raise BadInput(
            "DECISION_MISSING", "Chưa có số quyết định. Hãy ghi số, ngày của quyết định.", field=("decision",)
        )
    return tidy
