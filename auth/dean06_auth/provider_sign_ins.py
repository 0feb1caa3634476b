"""Signing in through an identity provider: the way there and back, and the code for which a session is handed over.

Nobody becomes known by it who was not: a provider's word opens the account that
a citizen has, and never makes one.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth import (
    accounts,
    attempts,
    callers,
    lockouts,
    provider_people,
    second_factors,
    sessions,
    sign_in_events,
    standing,
    tokens,
)
from dean06_auth.accounts import Account, AccountState
from dean06_auth.attempts import DOOR, Door
from dean06_auth.lockouts import Attempt
from dean06_auth.people import PersonKey
from dean06_auth.secret_boxes import SecretBox
from dean06_auth.sessions import CONSOLE, Origin
from dean06_auth.sign_in_events import Way
from dean06_auth.sign_ins import SignedIn
from dean06_core.access import INTERNAL
from dean06_core.audit import DONE, Event, record
from dean06_core.database import Database
from dean06_core.errors import BadInput
from dean06_core.records import Record, new_id

FLOW_LASTS: Final = timedelta(minutes=10)
HANDOVER_LASTS: Final = timedelta(seconds=60)
MOST_OPEN: Final = 1000
"""Flows from one source: a whole province may stand behind one address, and nobody fills the disk."""

_RECOGNISE: Final = "provider_sign_ins.recognise"
_COMPLETE: Final = "provider_sign_ins.complete"
_OWNER: Final = "provider_flow"
_log: Final = logging.getLogger(__name__)


class ProviderFlow(Record):
    """A browser that was sent to the provider and is not back yet.

    ``digest`` is of the id in its cookie, with which what is kept for its return
    was sealed: the table alone opens nothing.
    """

    __tablename__ = "provider_flow"
    __access__ = INTERNAL

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    source: Mapped[str] = mapped_column(index=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ProviderHandover(Record):
    """Somebody whom the provider vouched for; whoever brings the code of which ``digest`` is gets his session, once.

    ``second_factor``: the provider has seen two.
    """

    __tablename__ = "provider_handover"
    __access__ = INTERNAL

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id), index=True)
    second_factor: Mapped[bool]
    expires_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider said of whoever came back: his citizen number, and whether it has seen two factors."""

    number: str = field(repr=False)
    second_factor: bool = False


async def depart(session: AsyncSession, kept: Mapping[str, Any], *, source: str, now: datetime) -> str:
    """Keep what is needed when the browser comes back; the id for its cookie, 256 random bits.

    TOO_BUSY while as many of one source are under way as may be.
    """
    for table in (ProviderFlow, ProviderHandover):
        await session.execute(sa.delete(table).where(table.expires_at <= now))
    under_way = sa.select(sa.func.count()).select_from(ProviderFlow).where(ProviderFlow.source == source)
    if (await session.scalar(under_way) or 0) >= MOST_OPEN:
        raise BadInput("TOO_BUSY", "Đang có quá nhiều lượt đăng nhập cùng lúc. Hãy thử lại sau vài phút.")
    id_ = secrets.token_urlsafe(32)
    session.add(
        ProviderFlow(
            digest=_digest(id_),
            source=source,
            sealed=_box(id_).seal(json.dumps(kept).encode(), owner=_OWNER),
            expires_at=now + FLOW_LASTS,
        )
    )
    await session.flush()
    return id_


async def come_back(session: AsyncSession, id_: str, *, now: datetime) -> dict[str, Any] | None:
    """What was kept for that browser, to whoever asks first; None when it is over, was taken or never was."""
    found = await session.execute(
        sa.delete(ProviderFlow)
        .where(ProviderFlow.digest == _digest(id_), ProviderFlow.expires_at > now)
        .returning(ProviderFlow.sealed)
    )
    sealed = found.scalar()
    if sealed is None:
        return None
    kept: dict[str, Any] = json.loads(_box(id_).open(sealed, owner=_OWNER))
    return kept


async def recognise(session: AsyncSession, vouched: Vouched, *, key: PersonKey, now: datetime) -> str | None:
    """A code for which the active account of that citizen is handed over; None, one and the same, where he has none.

    Why there was none stands in the audit log, and not in any answer.
    """
    account = await provider_people.holder(session, number=vouched.number, key=key)
    if account is None or account.state is not AccountState.ACTIVE:
        reason = "UNKNOWN" if account is None else account.state.name
        _log.warning("Somebody came back from the identity provider and was let in nowhere: %s", reason)
        await record(session, _event(account, "SIGN_IN_FAILED", now, because=reason))
        return None
    code = secrets.token_urlsafe(32)
    session.add(
        ProviderHandover(
            digest=_digest(code),
            account_id=account.id,
            second_factor=vouched.second_factor,
            expires_at=now + HANDOVER_LASTS,
        )
    )
    await record(session, _event(account, DONE, now))
    return code


async def complete(
    database: Database,
    *,
    code: str,
    second_factor: str | None,
    now: datetime,
    on: date,
    origin: Origin = CONSOLE,
    door: Door = DOOR,
) -> SignedIn:
    """Begin a session for whoever brings the code of a handover, which is used up by it.

    SECOND_FACTOR_REQUIRED leaves the handover for as long as it lasts; a wrong
    second factor uses it up, and counts like a sign-in that failed.
    HANDOVER_UNKNOWN for a code that was used, is over or never was; one of
    ``standing.CODES`` where the account is not let in that day.
    """
    async with database.service_reading() as session:
        account = await session.scalar(
            sa.select(Account)
            .join(ProviderHandover, ProviderHandover.account_id == Account.id)
            .where(ProviderHandover.digest == _digest(code), ProviderHandover.expires_at > now)
        )
    if account is None:
        raise _unknown()
    if second_factor is None:
        async with _refusal_kept(database, account, now):
            return _let_in(await _begun(database, code, now=now, on=on, origin=origin, door=door))
    async with attempts.counted(
        database, account.login, now=now, origin=origin, door=door, action=_COMPLETE
    ) as attempt:
        begun = await _begun(
            database, code, now=now, on=on, origin=origin, door=door, attempt=attempt, shown=second_factor
        )
        return _let_in(begun)


async def _begun(
    database: Database,
    code: str,
    *,
    now: datetime,
    on: date,
    origin: Origin,
    door: Door,
    attempt: Attempt | None = None,
    shown: str | None = None,
) -> SignedIn | None:
    """None for a wrong second factor: then the handover is used up all the same."""
    async with database.service(in_turn=False) as session:
        taken = await session.execute(
            sa.delete(ProviderHandover)
            .where(ProviderHandover.digest == _digest(code), ProviderHandover.expires_at > now)
            .returning(ProviderHandover.account_id, ProviderHandover.second_factor)
        )
        row = taken.first()
        if row is None:
            raise _unknown()
        await session.execute(sa.select(Account.id).where(Account.id == row.account_id).with_for_update())
        account, held = await standing.refuse_unless_let_in(
            session, account_id=row.account_id, on=on, profile=door.profile
        )
        roles = {grant.role for grant in held.counting}
        has_second_factor = row.second_factor
        if not has_second_factor and await second_factors.is_confirmed(session, account_id=account.id):
            has_second_factor = await _is_right(session, account, attempt, shown, door, now)
            if not has_second_factor:
                return None
        if attempt is not None:
            await lockouts.take_back(session, attempt, forget=True)
        await accounts.note_sign_in(session, account_id=account.id, on=on, stored="", renewed="")
        issued = await sessions.begin(
            session,
            account_id=account.id,
            origin=origin,
            second_factor=has_second_factor,
            profile=door.profile,
            now=now,
            issued_by=tokens.BY_PROVIDER,
        )
        steps = callers.steps(
            set_at=now,
            change_required=False,
            has_second_factor=has_second_factor,
            roles=roles,
            profile=door.profile,
            now=now,
        )
        way = Way(_COMPLETE, origin, now)
        await sign_in_events.keep(session, way, account.id, roles=roles, second_factor=has_second_factor)
        return SignedIn(issued, steps)


@asynccontextmanager
async def _refusal_kept(database: Database, account: Account, now: datetime) -> AsyncIterator[None]:
    try:
        yield
    except BadInput as refused:
        async with database.service(in_turn=False) as session:
            await record(session, _event(account, refused.code, now, action=_COMPLETE))
        raise


def _let_in(begun: SignedIn | None) -> SignedIn:
    if begun is None:
        raise attempts.failed()
    return begun


async def _is_right(
    session: AsyncSession, account: Account, attempt: Attempt | None, shown: str | None, door: Door, now: datetime
) -> bool:
    if attempt is None or shown is None:
        raise BadInput(
            "SECOND_FACTOR_REQUIRED",
            "Tài khoản có mã xác thực thứ hai. Hãy nhập thêm mã trên thiết bị, hoặc một mã dự phòng.",
            field=("secondFactor",),
        )
    if await lockouts.is_locked(session, attempt, profile=door.profile):
        return False
    return bool(await second_factors.use(session, account_id=account.id, code=shown, box=door.box, now=now))


def _event(account: Account | None, outcome: str, now: datetime, *, action: str = _RECOGNISE, **details: Any) -> Event:
    if account is None:
        return Event(action=action, at=now, outcome=outcome, details=details)
    return Event(
        action=action,
        at=now,
        outcome=outcome,
        account=account.id,
        login=account.login,
        unit=account.unit_key,
        subject=str(account.id),
        details=details,
    )


def _unknown() -> BadInput:
    return BadInput(
        "HANDOVER_UNKNOWN",
        "Mã bàn giao phiên đăng nhập không đúng, đã dùng hoặc đã quá 60 giây. Hãy đăng nhập lại từ đầu.",
        field=("code",),
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _box(id_: str) -> SecretBox:
    return SecretBox((b"provider-flow:" + id_.encode(),))
