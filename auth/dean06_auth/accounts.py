"""An account is one person's way in, under one login, at one unit."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth import look_alikes, passwords, people, standing_days
from dean06_auth.people import Person
from dean06_auth.standing_days import DayKind
from dean06_core import spelling
from dean06_core.access import INTERNAL, Access, DataClass
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from dean06_core.records import Record, new_id
from dean06_core.units import UnitRow

LONGEST_LOGIN: Final = 64
SHORTEST_PASSWORD: Final = 8


class AccountState(StrEnum):
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"


class Account(Record):
    """``login`` is stored as ``login_of`` writes it, so that no two logins differ by case or by spelling alone.

    A person has one account at most that is not closed.
    """

    __tablename__ = "account"
    __access__ = Access(DataClass.GOVERNANCE, unit="unit_key")
    __table_args__ = (
        sa.UniqueConstraint("id", "person_id", name="uq_account_id_person_id"),
        sa.Index(
            "uq_account_person_id_open",
            "person_id",
            unique=True,
            sqlite_where=sa.text("state <> 'CLOSED'"),
            postgresql_where=sa.text("state <> 'CLOSED'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Person.id))
    name: Mapped[str]
    unit_key: Mapped[int] = mapped_column(sa.ForeignKey(UnitRow.key), index=True)
    state: Mapped[AccountState] = mapped_column(sa.Enum(AccountState, native_enum=False, length=16))
    created_at: Mapped[datetime]
    last_used_on: Mapped[date | None]
    suspended_at: Mapped[datetime | None]
    suspended_by: Mapped[str | None]
    suspended_reason: Mapped[str | None]
    woken_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    closed_by: Mapped[str | None]
    closed_reason: Mapped[str | None]


class AccountCredential(Record):
    """The stored form of an account's password, in a table of its own so that whoever reads accounts cannot read it.

    ``change_required``: somebody else chose it, and its holder changes it before he does anything else.
    """

    __tablename__ = "account_credential"
    __access__ = INTERNAL

    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id), primary_key=True)
    password_hash: Mapped[str]
    password_set_at: Mapped[datetime]
    change_required: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


def login_of(written: str) -> str:
    """The one form in which a login is stored and looked up: tidy, NFC, without case."""
    return unicodedata.normalize("NFC", spelling.tidy(written).casefold())


async def find(session: AsyncSession, *, login: str) -> Account | None:
    """The account with that login, however it is written, whatever its state."""
    stored = login_of(login)
    return await session.scalar(sa.select(Account).where(Account.login == stored)) if stored.isprintable() else None


async def credential(session: AsyncSession, *, login: str) -> AccountCredential | None:
    """The credential of an account, whatever its state; one statement, whether there is one or not."""
    stored = login_of(login)
    if not stored.isprintable():
        return None
    return await session.scalar(
        sa.select(AccountCredential)
        .join(Account, Account.id == AccountCredential.account_id)
        .where(Account.login == stored)
    )


async def open(  # noqa: A001  read as accounts.open
    session: AsyncSession,
    *,
    login: str,
    name: str,
    unit_key: int,
    password: str,
    now: datetime,
    person: Person | None = None,
    change_required: bool = True,
) -> Account:
    """Open an active account that has been granted nothing yet, for somebody of whom nothing is known unless given.

    The password is one to hand over, which the holder changes when he first
    signs in, unless ``change_required`` says otherwise.
    """
    _refuse_login(login)
    if not spelling.tidy(name):
        raise BadInput(
            "NAME_MISSING", f"Tài khoản “{login}” chưa có họ tên. Hãy ghi họ tên người sử dụng.", field=("name",)
        )
    _refuse_password(password)
    stored = await passwords.protect(password)
    if await find(session, login=login) is not None:
        raise BadInput(
            "LOGIN_TAKEN",
            f"Tên đăng nhập “{login}” đã có người dùng (không phân biệt chữ hoa, chữ thường). Hãy chọn tên khác.",
            field=("login",),
        )
    await look_alikes.refuse(session, login_of(login), among=sa.select(Account.login))
    if person is not None:
        await _refuse_second(session, person)
    account = Account(
        login=login_of(login),
        person_id=(person or await people.unknown(session)).id,
        name=spelling.tidy(name),
        unit_key=unit_key,
        state=AccountState.ACTIVE,
        created_at=now,
    )
    session.add(account)
    await session.flush()
    session.add(
        AccountCredential(
            account_id=account.id, password_hash=stored, password_set_at=now, change_required=change_required
        )
    )
    await session.flush()
    return account


async def at_ended_units(session: AsyncSession, *, directory: Directory, on: date) -> list[Account]:
    """Accounts that are not closed and whose unit is gone: they may only look until they are moved. By login."""
    open_ = await session.scalars(
        sa.select(Account).where(Account.state != AccountState.CLOSED).order_by(Account.login)
    )
    return [account for account in open_ if not directory.unit(account.unit_key, on).holds(on)]


async def note_use(session: AsyncSession, *, account_id: UUID, on: date) -> None:
    """Note the day; again, nothing is written."""
    is_new = sa.or_(Account.last_used_on.is_(None), Account.last_used_on < on)
    noted = await session.execute(
        sa.update(Account).where(Account.id == account_id, is_new).values(last_used_on=on).returning(Account.id)
    )
    if noted.first() is not None:
        await standing_days.note(session, account_id=account_id, on=on, kind=DayKind.USED)


async def note_sign_in(session: AsyncSession, *, account_id: UUID, on: date, stored: str, renewed: str) -> None:
    """Note the day, and put the renewed form of the same password in place of the one that was checked.

    A password that was changed since is left alone.
    """
    await note_use(session, account_id=account_id, on=on)
    if renewed != stored:
        await session.execute(
            sa.update(AccountCredential)
            .where(AccountCredential.account_id == account_id, AccountCredential.password_hash == stored)
            .values(password_hash=renewed)
        )


def _refuse_login(login: str) -> None:
    stored = login_of(login)
    if not 0 < len(stored) <= LONGEST_LOGIN or not look_alikes.is_of_one_script(stored):
        raise BadInput(
            "LOGIN_UNUSABLE",
            f"Tên đăng nhập “{login}” không dùng được: cần từ 1 đến {LONGEST_LOGIN} chữ cái Latinh, chữ số hoặc "
            "dấu . - _ @ +, không có khoảng trắng. Hãy chọn tên khác, ví dụ “can-bo.18823”.",
            field=("login",),
        )


async def _refuse_second(session: AsyncSession, person: Person) -> None:
    other = await session.scalar(
        sa.select(Account.login).where(Account.person_id == person.id, Account.state != AccountState.CLOSED)
    )
    if other is not None:
        raise BadInput(
            "PERSON_HAS_ACCOUNT",
            f"Người này đã có tài khoản “{other}”; mỗi người chỉ có một tài khoản. "
            "Hãy dùng tài khoản đó, hoặc đóng nó trước.",
            field=("number",),
        )


def _refuse_password(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(passwords.tidy(password)) <= passwords.LONGEST:
        raise BadInput(
            "PASSWORD_UNUSABLE",
            f"Mật khẩu cần từ {SHORTEST_PASSWORD} đến {passwords.LONGEST} ký tự. Hãy chọn mật khẩu khác.",
            field=("password",),
        )
