"""What somebody who is in changes of his own ways in: his password and his second factor, each shown once more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import (
    attempts,
    lockouts,
    own_passwords,
    password_rules,
    passwords,
    second_factors,
    sessions,
    sign_in_events,
)
from dean06_auth.accounts import Account, AccountCredential
from dean06_auth.attempts import DOOR, Door, Shown
from dean06_auth.second_factors import Enrolment
from dean06_auth.sessions import CONSOLE, Origin
from dean06_auth.sign_in_events import Way
from dean06_auth.tokens import AccessToken, TokenEnd
from dean06_core.access import Caller
from dean06_core.database import Database
from dean06_core.errors import BadInput


async def change_password(
    database: Database,
    *,
    caller: Caller,
    token_id: UUID | None,
    current: str,
    new: str,
    now: datetime,
    on: date,
    origin: Origin = CONSOLE,
    door: Door = DOOR,
) -> None:
    """Put another password in place of one's own, by the rules of ``password_rules`` and ``own_passwords``.

    PASSWORD_WRONG for another current one, counted like a sign-in that failed.
    Every other session of the account ends than ``token_id``, that in which it is done.
    """
    account_id, shown = _account(caller), Shown(caller.login, current)
    way = Way("own_ways_in.change_password", origin, now)
    async with database.service_reading() as session:
        has_second_factor = await second_factors.is_confirmed(session, account_id=account_id)
        remembered = door.profile.passwords_remembered({grant.role for grant in caller.grants if grant.is_live(on)})
        stored = await own_passwords.earlier(session, account_id=account_id, remembered=remembered)
    async with sign_in_events.refusals_kept(database, way, caller):
        password_rules.refuse(
            new, profile=door.profile, has_second_factor=has_second_factor, own=(caller.login, caller.name), field="new"
        )
    async with _own_password(database, shown, now=now, origin=origin, door=door, action=way.action) as credential:
        pass
    async with sign_in_events.refusals_kept(database, way, caller):
        await own_passwords.refuse_earlier(new, stored=stored, field="new")
        renewed = await passwords.protect(new)
        async with database.service() as session:
            await own_passwords.put(
                session,
                account_id=account_id,
                stored=credential.password_hash,
                renewed=renewed,
                remembered=remembered,
                now=now,
            )
            await sessions.end_all(session, account_id=account_id, now=now, but=token_id, why=TokenEnd.PASSWORD_CHANGED)
            await sign_in_events.keep_own(session, way, caller)


async def enrol_second_factor(
    database: Database, *, caller: Caller, password: str, now: datetime, origin: Origin = CONSOLE, door: Door = DOOR
) -> Enrolment:
    """A new device for whoever shows his password again; PASSWORD_WRONG, SECOND_FACTOR_NOT_CONFIGURED."""
    way, shown = Way("own_ways_in.enrol_second_factor", origin, now), Shown(caller.login, password)
    async with _own_password(database, shown, now=now, origin=origin, door=door, action=way.action):
        pass
    async with sign_in_events.refusals_kept(database, way, caller), database.service() as session:
        account = await session.get_one(Account, _account(caller))
        enrolment = await second_factors.enrol(session, account=account, box=door.box, now=now)
        await sign_in_events.keep_own(session, way, caller)
    return enrolment


async def confirm_second_factor(
    database: Database,
    *,
    caller: Caller,
    token_id: UUID | None,
    code: str,
    now: datetime,
    origin: Origin = CONSOLE,
    door: Door = DOOR,
) -> Sequence[str]:
    """Take the new device into use: this session has a second factor from now on, every other one ends.

    Returns the recovery codes. A wrong code counts like a sign-in that failed.
    """
    account_id, way = _account(caller), Way("own_ways_in.confirm_second_factor", origin, now)
    async with (
        attempts.counted(database, caller.login, now=now, origin=origin, door=door, action=way.action) as attempt,
        database.service() as session,
    ):
        if await lockouts.is_locked(session, attempt, profile=door.profile):
            raise _wrong_password("code")
        codes = await second_factors.confirm(session, account_id=account_id, code=code, box=door.box, now=now)
        await lockouts.take_back(session, attempt, forget=True)
        if token_id is not None:
            await session.execute(sa.update(AccessToken).where(AccessToken.id == token_id).values(second_factor=True))
        await sessions.end_all(
            session, account_id=account_id, now=now, but=token_id, why=TokenEnd.SECOND_FACTOR_CHANGED
        )
        await sign_in_events.keep_own(session, way, caller)
    return codes


async def confirm_again(
    database: Database,
    *,
    caller: Caller,
    token_id: UUID,
    password: str | None,
    code: str | None,
    now: datetime,
    origin: Origin = CONSOLE,
    door: Door = DOOR,
) -> None:
    """Whoever works in a session shows once more that it is he: with his second factor where he has one.

    Else with his password. PROOF_MISSING where the one that is needed is not
    given; what is wrong counts like a sign-in that failed. Of his other sessions
    each has to be confirmed by itself.
    """
    account_id, way = _account(caller), Way("own_ways_in.confirm_again", origin, now)
    async with database.service_reading() as session:
        has_second_factor = await second_factors.is_confirmed(session, account_id=account_id)
    needed = code if has_second_factor else password
    if needed is None:
        raise BadInput(
            "PROOF_MISSING",
            "Hãy nhập mã trên thiết bị tạo mã, hoặc một mã dự phòng."
            if has_second_factor
            else "Hãy nhập mật khẩu đang dùng.",
            field=("second_factor" if has_second_factor else "current",),
        )
    if has_second_factor:
        async with (
            attempts.counted(database, caller.login, now=now, origin=origin, door=door, action=way.action) as attempt,
            database.service() as session,
        ):
            is_locked = await lockouts.is_locked(session, attempt, profile=door.profile)
            if is_locked or not await second_factors.use(
                session, account_id=account_id, code=needed, box=door.box, now=now
            ):
                raise _wrong_password("second_factor")
            await lockouts.take_back(session, attempt, forget=True)
            await _confirmed(session, token_id)
            await sign_in_events.keep_own(session, way, caller)
        return
    shown = Shown(caller.login, needed)
    async with _own_password(database, shown, now=now, origin=origin, door=door, action=way.action):
        pass
    async with database.service(in_turn=False) as session:
        await _confirmed(session, token_id)
        await sign_in_events.keep_own(session, way, caller)


async def _confirmed(session: AsyncSession, token_id: UUID) -> None:
    await session.execute(sa.update(AccessToken).where(AccessToken.id == token_id).values(confirm_again=False))


@asynccontextmanager
async def _own_password(
    database: Database, shown: Shown, *, now: datetime, origin: Origin, door: Door, action: str
) -> AsyncIterator[AccountCredential]:
    """One's own password once more, inside a session; PASSWORD_WRONG instead of SIGN_IN_FAILED."""
    wrong = partial(_wrong_password, "current")
    async with attempts.recognised(
        database, shown, now=now, origin=origin, door=door, asks_code=False, action=action, wrong=wrong
    ) as found:
        yield found.credential


def _wrong_password(field: str) -> BadInput:
    return BadInput(
        "PASSWORD_WRONG",
        "Mật khẩu hoặc mã không đúng, hoặc đã sai quá nhiều lần. Hãy kiểm tra rồi nhập lại.",
        field=(field,),
    )


def _account(caller: Caller) -> UUID:
    assert caller.account is not None  # noqa: S101  whoever came with a token has an account
    return caller.account
