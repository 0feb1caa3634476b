"""Signing in: what is shown is checked, in the same way whoever is meant, and a session begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import (
    accounts,
    callers,
    grants,
    lockouts,
    own_passwords,
    password_rules,
    passwords,
    second_factors,
    sessions,
    sign_in_events,
    standing,
)
from dean06_auth.accounts import Account, AccountCredential
from dean06_auth.floods import FLOOD
from dean06_auth.lockouts import Attempt
from dean06_auth.making_way import QUESTIONS
from dean06_auth.profile import VN_L3_2026, Profile
from dean06_auth.second_factors import Enrolment, Factor
from dean06_auth.secret_boxes import SecretBox
from dean06_auth.sessions import CONSOLE, Origin, Step
from dean06_auth.sign_in_events import Way
from dean06_auth.tokens import AccessToken, IssuedToken, TokenEnd
from dean06_core.access import Caller
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
class SignedIn:
    """``steps`` are to be done in the session before anything else is shown in it."""

    issued: IssuedToken
    steps: frozenset[Step]


@dataclass(frozen=True, slots=True)
class _Recognised:
    """Somebody who was recognised, in the transaction in which he goes on; his account's row is locked in it."""

    session: AsyncSession
    credential: AccountCredential
    renewed: str = field(repr=False)
    factor: Factor | None


DOOR: Final = Door()
SIGN_IN: Final = "sign_ins.sign_in"
OWED: Final = {
    Step.CHANGE_PASSWORD: "PASSWORD_CHANGE_REQUIRED",
    Step.ENROL_SECOND_FACTOR: "SECOND_FACTOR_ENROLMENT_REQUIRED",
}
"""What a command is refused with that comes before what is owed."""
_OWED: Final = {
    Step.CHANGE_PASSWORD: "Mật khẩu của “{login}” do người khác đặt hoặc đã quá hạn. "
    "Hãy đổi trước: dean06 account password {login}",
    Step.ENROL_SECOND_FACTOR: "Vai trò của “{login}” cần mã xác thực thứ hai. "
    "Hãy đăng ký trước: dean06 account second-factor {login}",
}
_TOO_BUSY: Final = "TOO_BUSY"
_NOT_TRIED: Final = standing.CODES | {
    _TOO_BUSY,
    "SECOND_FACTOR_REQUIRED",
    "SECOND_FACTOR_NOT_CONFIGURED",
    *OWED.values(),
}


async def sign_in(
    database: Database, shown: Shown, *, now: datetime, on: date, origin: Origin = CONSOLE, door: Door = DOOR
) -> SignedIn:
    """Begin a session for whoever shows the right things, and renew a password stored with old parameters.

    SIGN_IN_FAILED, SECOND_FACTOR_REQUIRED and ``standing.CODES`` where ``recognise`` does. Takes
    the database instead of a session because passwords wait their turn: no
    transaction may be open meanwhile, it would hold up every writer.
    """
    async with _recognised(database, shown, now=now, origin=origin, door=door, asks_code=True, on=on) as found:
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


def refuse_flooding(origin: Origin, now: datetime) -> None:
    """TOO_BUSY for whoever shows no token, while too many guess passwords and some of them where he comes from."""
    FLOOD.refuse(origin.source, now)


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
    async with _recognised(
        database, shown, now=now, origin=origin, door=door, asks_code=True, on=on, action=way.action
    ) as found:
        session, account_id = found.session, found.credential.account_id
        roles = await _roles(session, account_id, on)
        steps = _steps(found, roles, door, now)
        if to_do is None and steps:
            raise _owed(min(steps), shown.login)
        await _note_sign_in(found, on)
        await sign_in_events.keep(session, way, account_id, roles=roles, factor=found.factor, steps=sorted(steps))


async def _note_sign_in(found: _Recognised, on: date) -> None:
    credential = found.credential
    await accounts.note_sign_in(
        found.session, account_id=credential.account_id, on=on, stored=credential.password_hash, renewed=found.renewed
    )


def _steps(found: _Recognised, roles: Collection[str], door: Door, now: datetime) -> frozenset[Step]:
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
    way = Way("sign_ins.change_password", origin, now)
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
    way, shown = Way("sign_ins.enrol_second_factor", origin, now), Shown(caller.login, password)
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
    account_id, way = _account(caller), Way("sign_ins.confirm_second_factor", origin, now)
    async with (
        counted(database, caller.login, now=now, origin=origin, door=door, action=way.action) as attempt,
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
    account_id, way = _account(caller), Way("sign_ins.confirm_again", origin, now)
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
            counted(database, caller.login, now=now, origin=origin, door=door, action=way.action) as attempt,
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
async def _recognised(
    database: Database,
    shown: Shown,
    *,
    now: datetime,
    origin: Origin,
    door: Door,
    asks_code: bool,
    on: date | None = None,
    action: str = SIGN_IN,
    wrong: Callable[[], BadInput] | None = None,
) -> AsyncIterator[_Recognised]:
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
            yield _Recognised(session, credential, renewed, factor)


@asynccontextmanager
async def _own_password(
    database: Database, shown: Shown, *, now: datetime, origin: Origin, door: Door, action: str
) -> AsyncIterator[AccountCredential]:
    """One's own password once more, inside a session; PASSWORD_WRONG instead of SIGN_IN_FAILED."""
    wrong = partial(_wrong_password, "current")
    async with _recognised(
        database, shown, now=now, origin=origin, door=door, asks_code=False, action=action, wrong=wrong
    ) as found:
        yield found.credential


@asynccontextmanager
async def counted(
    database: Database, login: str, *, now: datetime, origin: Origin, door: Door, action: str = SIGN_IN
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


async def _roles(session: AsyncSession, account_id: UUID, on: date) -> Collection[str]:
    return {grant.role for grant in await grants.live(session, account_id=account_id, reach=standing.NOWHERE, on=on)}


def failed() -> BadInput:
    return BadInput(
        "SIGN_IN_FAILED",
        "Không đăng nhập được: tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản không hoạt động. "
        "Hãy kiểm tra rồi nhập lại; nếu vẫn không được, hãy liên hệ người quản trị.",
    )


def _wrong_password(field: str) -> BadInput:
    return BadInput(
        "PASSWORD_WRONG",
        "Mật khẩu hoặc mã không đúng, hoặc đã sai quá nhiều lần. Hãy kiểm tra rồi nhập lại.",
        field=(field,),
    )


def _account(caller: Caller) -> UUID:
    assert caller.account is not None  # noqa: S101  whoever came with a token has an account
    return caller.account
