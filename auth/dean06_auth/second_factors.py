"""A second factor is a code of six digits from the holder's own device (RFC 6238), each good for once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from passlib.exc import InvalidTokenError, MalformedTokenError, UsedTokenError
from passlib.totp import TOTP
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth.accounts import Account
from dean06_auth.secret_boxes import CannotOpen, SecretBox
from dean06_core.access import INTERNAL
from dean06_core.errors import BadInput
from dean06_core.records import Record, new_id

RECOVERY_CODES: Final = 10

_ISSUER: Final = "dean06"
_WINDOW: Final = 30
"""How many seconds a device's clock may be off."""
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_GROUPS: Final = 4
_CODE_GROUP: Final = 4
_LONGEST_CODE: Final = 64
_TOTP: Final = TOTP.using(issuer=_ISSUER)


class Factor(StrEnum):
    """What a code is of: the device, or the list of recovery codes."""

    DEVICE = "DEVICE"
    RECOVERY_CODE = "RECOVERY_CODE"


class SecondFactor(Record):
    """A device that was shown to its holder; from ``confirmed_at`` on it is asked for.

    An account has one confirmed device at most, and beside it one that waits to
    take its place. ``last_counter`` is the newest half minute whose code was
    used; nothing up to it counts again.
    """

    __tablename__ = "second_factor"
    __access__ = INTERNAL
    __table_args__ = (
        sa.Index(
            "uq_second_factor_one_confirmed",
            "account_id",
            unique=True,
            sqlite_where=sa.text("confirmed_at is not null"),
            postgresql_where=sa.text("confirmed_at is not null"),
        ),
        sa.Index(
            "uq_second_factor_one_waiting",
            "account_id",
            unique=True,
            sqlite_where=sa.text("confirmed_at is null"),
            postgresql_where=sa.text("confirmed_at is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id))
    sealed: Mapped[bytes]
    enrolled_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_counter: Mapped[int | None]


class RecoveryCode(Record):
    """Takes the place of a code once, when the device is lost; only its SHA-256 is kept."""

    __tablename__ = "recovery_code"
    __access__ = INTERNAL

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id), index=True)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The only time that a device's secret is seen: ``uri`` is drawn as a QR code, ``key`` typed by hand."""

    uri: str = field(repr=False)
    key: str = field(repr=False)


async def is_confirmed(session: AsyncSession, *, account_id: UUID) -> bool:
    found = await session.scalar(
        sa.select(SecondFactor.id).where(SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None))
    )
    return found is not None


async def enrol(session: AsyncSession, *, account: Account, box: SecretBox | None, now: datetime) -> Enrolment:
    """Make a secret for a device; it counts once ``confirm`` was given a code of it. One that waited is dropped.

    SECOND_FACTOR_NOT_CONFIGURED on a server without keys for secrets.
    """
    if box is None:
        raise _not_configured()
    made = _TOTP.new()
    await _drop_waiting(session, account.id)
    session.add(SecondFactor(account_id=account.id, sealed=box.seal(made.key, owner=str(account.id)), enrolled_at=now))
    await session.flush()
    return Enrolment(made.to_uri(label=account.login), made.pretty_key())


async def confirm(
    session: AsyncSession, *, account_id: UUID, code: str, box: SecretBox | None, now: datetime
) -> Sequence[str]:
    """Put the waiting device into use, in place of another, and return new recovery codes, shown this once.

    SECOND_FACTOR_NOT_ENROLLED where none waits, SECOND_FACTOR_WRONG for another code.
    """
    waiting = await session.scalar(
        sa.select(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_(None))
    )
    if waiting is None:
        raise BadInput(
            "SECOND_FACTOR_NOT_ENROLLED",
            "Chưa có thiết bị nào chờ xác nhận. Hãy gọi enrolSecondFactor trước.",
            field=("code",),
        )
    counter = _counter(waiting, code, box, now)
    if counter is None:
        raise BadInput(
            "SECOND_FACTOR_WRONG",
            "Mã xác thực không đúng hoặc đã quá hạn. Hãy kiểm tra giờ của thiết bị rồi nhập mã mới.",
            field=("code",),
        )
    await session.execute(
        sa.delete(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.id != waiting.id)
    )
    waiting.confirmed_at, waiting.last_counter = now, counter
    await session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account_id, digest=_digest(each), made_at=now) for each in codes)
    await session.flush()
    return codes


async def use(
    session: AsyncSession, *, account_id: UUID, code: str, box: SecretBox | None, now: datetime
) -> Factor | None:
    """What the code is of, if it is right and was not used before; from then on it is used.

    Of many at one moment with one code exactly one is told so: the database
    moves the counter, or marks the recovery code, for one of them.
    """
    if len(code) > _LONGEST_CODE:
        return None
    factor = await session.scalar(
        sa.select(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None))
    )
    if factor is None:
        return None
    counter = _counter(factor, code, box, now)
    if counter is None:
        return Factor.RECOVERY_CODE if await _use_recovery_code(session, account_id, code, now) else None
    moved = await session.execute(
        sa.update(SecondFactor)
        .where(
            SecondFactor.id == factor.id,
            sa.or_(SecondFactor.last_counter.is_(None), SecondFactor.last_counter < counter),
        )
        .values(last_counter=counter)
        .returning(SecondFactor.id)
        .execution_options(synchronize_session=False)
    )
    return None if moved.first() is None else Factor.DEVICE


def _counter(factor: SecondFactor, code: str, box: SecretBox | None, now: datetime) -> int | None:
    """The half minute of which this is the code; None for a wrong one and for one that was used."""
    if box is None:
        raise _not_configured()
    try:
        secret = box.open(factor.sealed, owner=str(factor.account_id))
        match = _TOTP(secret, format="raw").match(code, time=now, window=_WINDOW, last_counter=factor.last_counter)
    except (MalformedTokenError, InvalidTokenError, UsedTokenError):
        return None
    except CannotOpen:
        raise _not_configured() from None
    return int(match.counter)


async def _use_recovery_code(session: AsyncSession, account_id: UUID, code: str, now: datetime) -> bool:
    used = await session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.digest == _digest(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    return used.first() is not None


async def _drop_waiting(session: AsyncSession, account_id: UUID) -> None:
    await session.execute(
        sa.delete(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_(None))
    )


def _new_code() -> str:
    """Some 79 random bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_CODE_GROUP)) for _ in range(_CODE_GROUPS))


def _digest(code: str) -> bytes:
    plain = "".join(each for each in code.casefold() if each.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()


def _not_configured() -> BadInput:
    return BadInput(
        "SECOND_FACTOR_NOT_CONFIGURED",
        "Máy chủ chưa có khóa để giữ mã xác thực thứ hai. Hãy báo người vận hành đặt DEAN06_SECRETS_KEY.",
    )
