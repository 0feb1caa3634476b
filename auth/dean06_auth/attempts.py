"""One try of what somebody shows: counted before anything is looked at, and then in the same way whoever is meant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, lockouts, passwords, second_factors, sign_in_events, standing
from dean06_auth.accounts import Account, AccountCredential
from dean06_auth.floods import FLOOD
from dean06_auth.lockouts import Attempt
from dean06_auth.making_way import QUESTIONS
from dean06_auth.profile import VN_L3_2026, Profile
from dean06_auth.second_factors import Factor
from dean06_auth.secret_boxes import SecretBox
from dean06_auth.sessions import Origin, Step
from dean06_auth.sign_in_events import Way
from dean06_core.database import Database
from dean06_core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Door:
    """What a server goes by: its profile, and the keys for secrets if it has any."""

    profile: Profile = VN_L3_2026
    box: SecretBox | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows to be let in; ``code`` is of his second factor, or a recovery code."""

    login: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Recognised:
    """Somebody who was recognised, in the transaction in which he goes on; his account's row is locked in it."""

    session: AsyncSession
    credential: AccountCredential
    renewed: str = field(repr=False)
    factor: Factor | None


DOOR: Final = Door()
OWED: Final = {
    Step.CHANGE_PASSWORD: "PASSWORD_CHANGE_REQUIRED",
    Step.ENROL_SECOND_FACTOR: "SECOND_FACTOR_ENROLMENT_REQUIRED",
}
"""What a command is refused with that comes before what is owed."""
_TOO_BUSY: Final = "TOO_BUSY"
_NOT_TRIED: Final = standing.CODES | {
    _TOO_BUSY,
    "SECOND_FACTOR_REQUIRED",
    "SECOND_FACTOR_NOT_CONFIGURED",
    *OWED.values(),
}


def refuse_flooding(origin: Origin, now: datetime) -> None:
    """TOO_BUSY for whoever shows no token, while too many guess passwords and some of them where he comes from."""
    FLOOD.refuse(origin.source, now)


@asynccontextmanager
async def recognised(
    database: Database,
    shown: Shown,
    *,
    now: datetime,
    origin: Origin,
    door: Door,
    asks_code: bool,
    on: date | None = None,
    action: str,
    wrong: Callable[[], BadInput] | None = None,
) -> AsyncIterator[Recognised]:
    """``on``: the day for which the account's standing is judged; None inside a session, where it was."""
    refusal = wrong or failed
    async with counted(database, shown.login, now=now, origin=origin, door=door, action=action) as attempt:
        async with database.service_reading() as session:
            is_locked = await lockouts.is_locked(session, attempt, profile=door.profile)
            credential = await accounts.credential(session, login=shown.login)
        is_right = await passwords.check(shown.password, against=credential.password_hash if credential else None)
        if credential is None or not is_right or is_locked:
            raise refusal()
        renewed = await _renewed(shown.password, credential)
        async with database.service(in_turn=False) as session:
            if not await _is_still(session, credential):
                raise refusal()
            factor = await _factor_shown(session, credential, shown, door, now) if asks_code else None
            if on is not None:
                await standing.refuse_unless_let_in(
                    session, account_id=credential.account_id, on=on, profile=door.profile
                )
            await lockouts.take_back(session, attempt, forget=True)
            yield Recognised(session, credential, renewed, factor)


@asynccontextmanager
async def counted(
    database: Database, login: str, *, now: datetime, origin: Origin, door: Door, action: str
) -> AsyncIterator[Attempt]:
    """An attempt, counted before anything is looked at; taken back where nothing was, or only a code is missing.

    The audit log is told that it was refused, as ``lockouts.told`` says, but not of one that was not even begun.
    """
    lockouts.refuse_if_crowded(origin.source)
    passwords.refuse_if_busy()
    with QUESTIONS.put_back(), FLOOD.attempt(origin.source, now):
        async with FLOOD.turn(), database.service(in_turn=False) as session:
            attempt = await lockouts.begin(
                session, login=accounts.login_of(login), source=origin.source, profile=door.profile, now=now
            )
        try:
            await lockouts.pause(attempt)
            async with FLOOD.turn():
                yield attempt
        except BadInput as refused:
            if refused.code in _NOT_TRIED:
                async with database.service(in_turn=False) as session:
                    await lockouts.take_back(session, attempt, forget=False)
            if refused.code != _TOO_BUSY:
                await QUESTIONS.go_first()
                way = Way(action, origin, now)
                await sign_in_events.keep_refused(
                    database, way, attempt, login=login, code=refused.code, profile=door.profile
                )
            raise


async def _is_still(session: AsyncSession, credential: AccountCredential) -> bool:
    """Whether the account's password is the same; its row stays locked until the transaction ends.

    The same password may have been stored anew meanwhile, by another sign-in.
    """
    found = await session.execute(
        sa.select(AccountCredential.password_set_at)
        .join(Account, AccountCredential.account_id == Account.id)
        .where(Account.id == credential.account_id)
        .with_for_update(of=Account)
    )
    return bool(found.scalar_one() == credential.password_set_at)


async def _factor_shown(
    session: AsyncSession, credential: AccountCredential, shown: Shown, door: Door, now: datetime
) -> Factor | None:
    """The second factor that was asked for and shown; refused where it was not, or was not right."""
    account_id = credential.account_id
    if not await second_factors.is_confirmed(session, account_id=account_id):
        return None
    if shown.code is None:
        raise BadInput(
            "SECOND_FACTOR_REQUIRED",
            "Tài khoản có mã xác thực thứ hai. Hãy nhập thêm mã trên thiết bị, hoặc một mã dự phòng.",
            field=("secondFactor",),
        )
    factor = await second_factors.use(session, account_id=account_id, code=shown.code, box=door.box, now=now)
    if factor is None:
        raise failed()
    return factor


async def _renewed(password: str, credential: AccountCredential) -> str:
    stored = credential.password_hash
    return await passwords.protect(password) if passwords.is_outdated(stored) else stored


def failed() -> BadInput:
    return BadInput(
        "SIGN_IN_FAILED",
        "Không đăng nhập được: tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản không hoạt động. "
        "Hãy kiểm tra rồi nhập lại; nếu vẫn không được, hãy liên hệ người quản trị.",
    )
