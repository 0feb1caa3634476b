"""Which citizen an account is of, known by a keyed hash alone: said by an operator, asked by a provider's claim."""

from __future__ import annotations

import base64

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, people
from dean06_auth.accounts import Account, AccountState
from dean06_auth.grant_rows import GrantRow
from dean06_auth.people import Person, PersonKey
from dean06_core.errors import BadInput, StartUpError


def key_of(written: str) -> PersonKey:
    """The key of a file: at least 32 random bytes in base64 on one line; StartUpError for anything else."""
    try:
        secret = base64.b64decode(written.strip(), validate=True)
    except ValueError:
        secret = b""
    if len(secret) < people.SHORTEST_KEY:
        raise StartUpError(
            "The file of DEAN06_PEOPLE_KEY holds no key. Write 32 random bytes in base64 on one line, once: "
            "with another key nobody is recognised any more."
        )
    return PersonKey(secret)


async def identify(session: AsyncSession, *, login: str, number: str, key: PersonKey) -> Account:
    """Say of an account that is there whose it is; the same once more changes nothing.

    PERSON_HAS_ACCOUNT where he has another one: two accounts are never merged.
    PERSON_ALREADY_KNOWN where the account is another citizen's, PERSON_HAD_ACCOUNT
    where what was done under his closed account and what is granted under this
    one would count as two people's.
    """
    account = await accounts.find(session, login=login)
    if account is None or account.state is AccountState.CLOSED:
        raise BadInput(
            "ACCOUNT_UNKNOWN",
            f"Không có tài khoản “{login[: accounts.LONGEST_LOGIN]}” chưa đóng. Hãy kiểm tra tên đăng nhập.",
            field=("login",),
        )
    digest = key.digest(number)
    person = await session.get_one(Person, account.person_id)
    if person.digest == digest:
        return account
    if person.digest is not None:
        raise BadInput(
            "PERSON_ALREADY_KNOWN",
            f"Tài khoản “{account.login}” đã gắn với số định danh của một người khác. "
            "Hãy kiểm tra lại số; nếu đổi người dùng, hãy đóng tài khoản này và mở tài khoản mới.",
            field=("number",),
        )
    other = await session.scalar(sa.select(Person).where(Person.digest == digest))
    if other is None:
        person.digest = digest
    else:
        await _refuse_merging(session, account, other)
        account.person_id = other.id
    await session.flush()
    return account


async def holder(session: AsyncSession, *, number: str, key: PersonKey) -> Account | None:
    """The account, not closed, of the citizen with that number, whatever its state. None too for what is no number."""
    try:
        digest = key.digest(number)
    except BadInput:
        return None
    return await session.scalar(
        sa.select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(Person.digest == digest, Account.state != AccountState.CLOSED)
    )


async def _refuse_merging(session: AsyncSession, account: Account, other: Person) -> None:
    used = await session.scalar(
        sa.select(Account.login).where(Account.person_id == other.id, Account.state != AccountState.CLOSED)
    )
    if used is not None:
        raise BadInput(
            "PERSON_HAS_ACCOUNT",
            f"Người này đã có tài khoản “{used}”; không gộp hai tài khoản. "
            f"Hãy giữ một tài khoản, khóa và đóng “{used}” hoặc “{account.login}”.",
            field=("number",),
        )
    if await session.scalar(sa.select(GrantRow.id).where(GrantRow.account_id == account.id).limit(1)) is not None:
        raise BadInput(
            "PERSON_HAD_ACCOUNT",
            f"Người này từng có tài khoản đã đóng, còn “{account.login}” đã được đề nghị hoặc cấp quyền. "
            "Hãy mở tài khoản mới bằng dean06 account open --citizen-number, cấp quyền lại và đóng tài khoản này.",
            field=("number",),
        )
