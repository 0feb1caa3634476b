"""Signing in: what is shown is checked, in the same way whoever is meant, and a session begins."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, attempts, callers, grants, lockouts, sessions, sign_in_events, standing
from dean06_auth.attempts import DOOR, OWED, Door, Recognised, Shown
from dean06_auth.sessions import CONSOLE, Origin, Step
from dean06_auth.sign_in_events import Way
from dean06_auth.tokens import IssuedToken
from dean06_core.database import Database
from dean06_core.errors import BadInput


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``steps`` are to be done in the session before anything else is shown in it."""

    issued: IssuedToken
    steps: frozenset[Step]


SIGN_IN: Final = "sign_ins.sign_in"
_OWED: Final = {
    Step.CHANGE_PASSWORD: "Mật khẩu của “{login}” do người khác đặt hoặc đã quá hạn. "
    "Hãy đổi trước: dean06 account password {login}",
    Step.ENROL_SECOND_FACTOR: "Vai trò của “{login}” cần mã xác thực thứ hai. "
    "Hãy đăng ký trước: dean06 account second-factor {login}",
}


async def sign_in(
    database: Database, shown: Shown, *, now: datetime, on: date, origin: Origin = CONSOLE, door: Door = DOOR
) -> SignedIn:
    """Begin a session for whoever shows the right things, and renew a password stored with old parameters.

    SIGN_IN_FAILED, SECOND_FACTOR_REQUIRED and ``standing.CODES`` where ``recognise`` does. Takes
    the database instead of a session because passwords wait their turn: no
    transaction may be open meanwhile, it would hold up every writer.
    """
    async with attempts.recognised(
        database, shown, now=now, origin=origin, door=door, asks_code=True, on=on, action=SIGN_IN
    ) as found:
        session, credential, has_second_factor = found.session, found.credential, found.factor is not None
        await _note_sign_in(found, on)
        untold = await lockouts.forget_old(session, profile=door.profile, now=now)
        await sign_in_events.keep_forgotten(session, untold, now)
        issued = await sessions.begin(
            session,
            account_id=credential.account_id,
            origin=origin,
            second_factor=has_second_factor,
            profile=door.profile,
            now=now,
        )
        roles = await _roles(session, credential.account_id, on)
        steps = _steps(found, roles, door, now)
        way = Way(SIGN_IN, origin, now)
        await sign_in_events.keep(
            session, way, credential.account_id, roles=roles, factor=found.factor, steps=sorted(steps)
        )
        return SignedIn(issued, steps)


async def recognise(
    database: Database,
    shown: Shown,
    *,
    now: datetime,
    on: date,
    to_do: Step | None = None,
    origin: Origin = CONSOLE,
    door: Door = DOOR,
) -> None:
    """Check what is shown and begin nothing, for a command that ends with what it does.

    One error, SIGN_IN_FAILED, after one and the same work, whether the login is
    unknown, the password or the code wrong, or that login locked at that
    source. SECOND_FACTOR_REQUIRED where the password is right and a code is
    missing. One of ``standing.CODES`` where everything is right and the account
    is not let in that day, one of ``OWED`` where something has to be done before;
    whoever came ``to_do`` it is let in for that. TOO_BUSY leaves everything as it was.
    """
    way = Way("sign_ins.recognise", origin, now)
    async with attempts.recognised(
        database, shown, now=now, origin=origin, door=door, asks_code=True, on=on, action=way.action
    ) as found:
        session, account_id = found.session, found.credential.account_id
        roles = await _roles(session, account_id, on)
        steps = _steps(found, roles, door, now)
        if to_do is None and steps:
            raise _owed(min(steps), shown.login)
        await _note_sign_in(found, on)
        await sign_in_events.keep(session, way, account_id, roles=roles, factor=found.factor, steps=sorted(steps))


async def _note_sign_in(found: Recognised, on: date) -> None:
    credential = found.credential
    await accounts.note_sign_in(
        found.session, account_id=credential.account_id, on=on, stored=credential.password_hash, renewed=found.renewed
    )


def _steps(found: Recognised, roles: Collection[str], door: Door, now: datetime) -> frozenset[Step]:
    return callers.steps(
        set_at=found.credential.password_set_at,
        change_required=found.credential.change_required,
        has_second_factor=found.factor is not None,
        roles=roles,
        profile=door.profile,
        now=now,
    )


def _owed(step: Step, login: str) -> BadInput:
    return BadInput(OWED[step], _OWED[step].format(login=login))


async def _roles(session: AsyncSession, account_id: UUID, on: date) -> Collection[str]:
    return {grant.role for grant in await grants.live(session, account_id=account_id, reach=standing.NOWHERE, on=on)}
