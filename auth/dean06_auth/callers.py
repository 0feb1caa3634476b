"""A caller is an account that was recognised, by its password once and by its token from then on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, grants, passwords, tokens
from dean06_auth.accounts import Account, AccountCredential, AccountState
from dean06_auth.grants import Reach
from dean06_auth.tokens import IssuedToken
from dean06_core.access import Action, Caller, DataClass, Decision, Scope, decide
from dean06_core.database import Database
from dean06_core.errors import BadInput

SIGN_IN_LASTS: Final = timedelta(hours=8)


async def sign_in(database: Database, *, login: str, password: str, now: datetime, on: date) -> IssuedToken:
    """Exchange a password for a token of eight hours, and renew a password stored with old parameters.

    SIGN_IN_FAILED where ``recognise`` does. Takes the database instead of a
    session because passwords wait their turn: no transaction may be open
    meanwhile, it would hold up every writer.
    """
    credential = await recognise(database, login=login, password=password)
    stored = credential.password_hash
    renewed = await passwords.protect(password) if passwords.is_outdated(stored) else stored
    async with database.service(in_turn=False) as session:
        await accounts.note_sign_in(session, account_id=credential.account_id, on=on, stored=stored, renewed=renewed)
        return await tokens.issue(session, account_id=credential.account_id, now=now, lifetime=SIGN_IN_LASTS)


async def recognise(database: Database, *, login: str, password: str) -> AccountCredential:
    """The active account whose password this is.

    One error, SIGN_IN_FAILED, after one and the same work, whether the login is
    unknown, the account not active or the password wrong.
    """
    async with database.service_reading() as session:
        credential = await accounts.credential(session, login=login)
    is_right = await passwords.check(password, against=credential.password_hash if credential else None)
    if credential is None or not is_right:
        raise BadInput(
            "SIGN_IN_FAILED",
            "Không đăng nhập được: tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản không hoạt động. "
            "Hãy kiểm tra rồi nhập lại; nếu vẫn không được, hãy liên hệ người quản trị.",
        )
    return credential


async def as_caller(session: AsyncSession, *, login: str, reach: Reach, on: date) -> Caller | None:
    """An active account as if it were calling; None for one that is not there or not active. Two statements."""
    account = await accounts.find(session, login=login)
    if account is None or account.state is not AccountState.ACTIVE:
        return None
    held = await grants.live(session, account_id=account.id, reach=reach, on=on)
    return Caller(account.login, account.name, account.unit_key, held, account.id)


async def caller_of(session: AsyncSession, *, token: str, now: datetime, reach: Reach, on: date) -> Caller | None:
    """Who calls with a token, and what he holds on that day; None if the token speaks for nobody any more.

    Two statements, so that a suspension, a revocation or the end of a grant
    holds from the next request.
    """
    account = await tokens.holder(session, token=token, now=now)
    if account is None:
        return None
    held = await grants.live(session, account_id=account.id, reach=reach, on=on)
    return Caller(login=account.login, name=account.name, unit=account.unit_key, grants=held, account=account.id)


async def administered(session: AsyncSession, *, login: str, by: Caller, on: date) -> Account:
    """The account of that login, whatever its state, for whoever administers accounts of its unit on that day.

    One error, ACCOUNT_UNKNOWN, whether nobody has the login or ``by`` does not
    administer there. Ask in a session of ``by``: then one and the same
    statement finds nothing in both cases.
    """
    account = await accounts.find(session, login=login)
    if account is None or not decide(by, Action.ADMINISTER, Scope(DataClass.GOVERNANCE, account.unit_key), on):
        raise BadInput(
            "ACCOUNT_UNKNOWN",
            f"Không có tài khoản “{login[: accounts.LONGEST_LOGIN]}” trong phạm vi quản trị của bạn. "
            "Hãy kiểm tra tên đăng nhập.",
            field=("login",),
        )
    return account


async def decided(
    session: AsyncSession, *, account: Account, action: Action, scope: Scope, reach: Reach, on: date
) -> Decision:
    """What ``decide`` says of an account, knowing also what it once held and is still to hold; one statement.

    An account that is not active is never let in, whatever is decided here.
    """
    held = await grants.ever_given(session, account_id=account.id, reach=reach, on=on)
    caller = Caller(login=account.login, name=account.name, unit=account.unit_key, grants=held, account=account.id)
    return decide(caller, action, scope, on)
