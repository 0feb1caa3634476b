"""One login is one account, however it is written, and no caller can read its password."""

from __future__ import annotations

import unicodedata

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, passwords
from dean06_auth.accounts import Account, AccountCredential, AccountState
from dean06_core.access import ALL, DataClass, Right
from dean06_core.database import Database
from dean06_core.errors import BadInput
from tests.auth.province import DONG_LOC, NOW, VUNG_ANG, count, hire, stored_password

pytestmark = pytest.mark.anyio

PASSWORD = "một mật khẩu dài"


async def open_account(
    session: AsyncSession, login: str, *, name: str = "Trần Thị Bình", password: str = PASSWORD
) -> Account:
    return await accounts.open(session, login=login, name=name, unit_key=VUNG_ANG, password=password, now=NOW)


async def test_an_opened_account_is_active_and_has_a_password(session: AsyncSession) -> None:
    account = await open_account(session, " Bình.18823 ", name="Trần  Thị Bình ")
    assert (account.login, account.name, account.unit_key) == ("bình.18823", "Trần Thị Bình", VUNG_ANG)
    assert (account.state, account.created_at, account.last_used_on) == (AccountState.ACTIVE, NOW, None)
    assert await passwords.check(PASSWORD, against=await stored_password(session, account))


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("bình.18823", id="as stored"),
        pytest.param("BÌNH.18823", id="in capitals"),
        pytest.param(" Bình.18823\u00a0", id="pasted with blanks around it"),
        pytest.param(unicodedata.normalize("NFD", "bình.18823"), id="with separate marks"),
    ],
)
async def test_an_account_is_found_however_its_login_is_written(session: AsyncSession, written: str) -> None:
    account = await hire(session, "bình.18823")
    assert await accounts.find(session, login=written) is account


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("binh.18823", id="without its marks"),
        pytest.param("", id="nothing"),
        pytest.param("bình.18823\ud800", id="with half a letter"),
    ],
)
async def test_another_login_finds_nobody(session: AsyncSession, written: str) -> None:
    await hire(session, "bình.18823")
    assert await accounts.find(session, login=written) is None


async def test_a_login_is_given_once_whatever_its_case(session: AsyncSession) -> None:
    await hire(session, "binh")
    with pytest.raises(BadInput) as refused:
        await open_account(session, "BINH")
    assert refused.value.code == "LOGIN_TAKEN"
    assert refused.value.message == (
        "Tên đăng nhập “BINH” đã có người dùng (không phân biệt chữ hoa, chữ thường). Hãy chọn tên khác."
    )
    assert await count(session, Account) == 1


@pytest.mark.parametrize("written", ["bình.o1", "binh.01", "BINH.Ol", "bỉnh.OL"])
async def test_a_login_that_looks_like_another_is_refused(session: AsyncSession, written: str) -> None:
    await hire(session, "binh.ol" if written != "BINH.Ol" else "binh.0l")
    if written == "bỉnh.OL":
        await session.execute(sa.update(Account).values(state=AccountState.CLOSED))
    with pytest.raises(BadInput) as refused:
        await open_account(session, written)
    assert (refused.value.code, refused.value.field) == ("LOGIN_LIKE_ANOTHER", ("login",))
    assert await count(session, Account) == 1
    await open_account(session, f"{written}.so-y-te")


async def test_the_database_keeps_logins_apart_too(session: AsyncSession) -> None:
    await hire(session, "binh")
    with pytest.raises(IntegrityError, match=r"account[._]login"):
        async with session.begin_nested():
            await hire(session, "binh")


@pytest.mark.parametrize(
    ("login", "name", "password", "code"),
    [
        pytest.param("", "Bình", PASSWORD, "LOGIN_UNUSABLE", id="no login"),
        pytest.param("hai từ", "Bình", PASSWORD, "LOGIN_UNUSABLE", id="a login of two words"),
        pytest.param("ad\u200bmin", "Bình", PASSWORD, "LOGIN_UNUSABLE", id="a login with a letter that is not seen"),
        pytest.param("b" * 65, "Bình", PASSWORD, "LOGIN_UNUSABLE", id="a login of 65 letters"),
        pytest.param("b\u0456nh", "Bình", PASSWORD, "LOGIN_UNUSABLE", id="a login with a Cyrillic letter"),
        pytest.param("binh.\uff11", "Bình", PASSWORD, "LOGIN_UNUSABLE", id="a login with a wide figure"),
        pytest.param("binh", "  ", PASSWORD, "NAME_MISSING", id="no name"),
        pytest.param("binh", "Bình", "1234567", "PASSWORD_UNUSABLE", id="a password of seven letters"),
        pytest.param("binh", "Bình", "a" * 1025, "PASSWORD_UNUSABLE", id="a password of 1,025 letters"),
    ],
)
async def test_an_account_needs_a_login_a_name_and_a_password(
    session: AsyncSession, login: str, name: str, password: str, code: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await open_account(session, login, name=name, password=password)
    assert refused.value.code == code
    assert await count(session, Account) == 0


async def test_the_longest_login_and_password_are_taken(session: AsyncSession) -> None:
    account = await open_account(session, "b" * 64, password="ậ" * 1024)
    assert await passwords.check("ậ" * 1024, against=await stored_password(session, account))


async def test_whoever_governs_a_commune_reads_its_accounts_and_no_others(database: Database) -> None:
    async with database.service() as session:
        await hire(session, "an", unit_key=VUNG_ANG)
        await hire(session, "binh", unit_key=DONG_LOC)
    rights = (Right(DataClass.GOVERNANCE, ALL, frozenset({VUNG_ANG})),)
    async with database.reading(rights) as session:
        assert list(await session.scalars(sa.select(Account.login))) == ["an"]


async def test_no_right_at_all_reads_a_password(database: Database) -> None:
    async with database.service() as session:
        account = await hire(session)
        session.add(AccountCredential(account_id=account.id, password_hash="$argon2id$", password_set_at=NOW))
    async with database.reading(tuple(Right(data_class, ALL, ALL) for data_class in DataClass)) as session:
        with pytest.raises(DatabaseError, match=r"prohibited|not authorized|permission denied"):
            await session.execute(sa.select(AccountCredential.password_hash))
