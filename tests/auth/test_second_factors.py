"""A code of a device is good for once, a recovery code too; what is stored of a device opens only for its account."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from passlib.totp import TOTP
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import second_factors
from dean06_auth.accounts import Account
from dean06_auth.second_factors import RecoveryCode, SecondFactor
from dean06_auth.secret_boxes import CannotOpen, SecretBox
from dean06_core.database import Database
from dean06_core.errors import BadInput, StartUpError
from dean06_core.testing.databases import everything_kept
from tests.auth.province import NOW, count, hire

BOX = SecretBox((b"k" * 32,))
HALF_MINUTE = timedelta(seconds=30)


async def confirmed(session: AsyncSession, account: Account) -> tuple[TOTP, list[str]]:
    """A device in use, whose code of this moment was used to confirm it."""
    device = TOTP.from_uri((await second_factors.enrol(session, account=account, box=BOX, now=NOW)).uri)
    code = device.generate(NOW).token
    return device, [*await second_factors.confirm(session, account_id=account.id, code=code, box=BOX, now=NOW)]


async def uses(session: AsyncSession, account: Account, code: str, *, later: timedelta = timedelta()) -> bool:
    used = await second_factors.use(session, account_id=account.id, code=code, box=BOX, now=NOW + later)
    return used is not None


@pytest.mark.anyio
async def test_a_code_is_good_for_once_and_never_after_a_later_one(session: AsyncSession) -> None:
    account = await hire(session)
    device, _ = await confirmed(session, account)
    assert not await uses(session, account, device.generate(NOW).token), "it confirmed the device"
    earlier, later = (device.generate(NOW + step * HALF_MINUTE).token for step in (2, 3))
    assert await uses(session, account, later, later=3 * HALF_MINUTE)
    assert not await uses(session, account, later, later=3 * HALF_MINUTE)
    assert not await uses(session, account, earlier, later=3 * HALF_MINUTE)


@pytest.mark.anyio
@pytest.mark.parametrize("code", ["", "12345", "mười hai", "٠١٢٣٤٥", "0" * 100_000, "\ud800"])
async def test_what_is_no_code_is_just_wrong(session: AsyncSession, code: str) -> None:
    account = await hire(session)
    await confirmed(session, account)
    assert not await uses(session, account, code)


@pytest.mark.anyio
async def test_a_recovery_code_is_good_for_once_and_for_its_account_alone(session: AsyncSession) -> None:
    an, binh = await hire(session, "an"), await hire(session, "binh")
    _, codes = await confirmed(session, an)
    await confirmed(session, binh)
    assert not await uses(session, binh, codes[0])
    assert await uses(session, an, codes[0])
    assert not await uses(session, an, codes[0])
    assert await uses(session, an, codes[1].replace("-", " "))


@pytest.mark.anyio
async def test_a_device_counts_once_it_is_confirmed_and_takes_the_place_of_the_other(session: AsyncSession) -> None:
    account = await hire(session)
    old, codes = await confirmed(session, account)
    new = TOTP.from_uri((await second_factors.enrol(session, account=account, box=BOX, now=NOW)).uri)
    at = NOW + 2 * HALF_MINUTE
    assert not await uses(session, account, new.generate(at).token, later=2 * HALF_MINUTE)
    await second_factors.confirm(session, account_id=account.id, code=new.generate(at).token, box=BOX, now=at)
    assert not await uses(session, account, old.generate(at).token, later=2 * HALF_MINUTE)
    assert not await uses(session, account, codes[0])
    assert (await count(session, SecondFactor), await count(session, RecoveryCode)) == (1, 10)


@pytest.mark.anyio
async def test_nobody_enrols_where_the_server_has_no_key(session: AsyncSession) -> None:
    account = await hire(session)
    with pytest.raises(BadInput, match="DEAN06_SECRETS_KEY"):
        await second_factors.enrol(session, account=account, box=None, now=NOW)


@pytest.mark.anyio
async def test_neither_key_nor_recovery_code_is_stored_or_shown(database: Database) -> None:
    async with database.service() as session:
        account = await hire(session)
        enrolment = await second_factors.enrol(session, account=account, box=BOX, now=NOW)
        device = TOTP.from_uri(enrolment.uri)
        codes = await second_factors.confirm(
            session, account_id=account.id, code=device.generate(NOW).token, box=BOX, now=NOW
        )
        sealed = await session.scalar(sa.select(SecondFactor.sealed))
    assert enrolment.key not in repr(enrolment)
    assert "kkkk" not in repr(BOX)
    assert sealed is not None
    assert device.key not in sealed
    kept = await everything_kept(database)
    assert not any(secret in kept for secret in (enrolment.key.replace("-", ""), *codes))


@given(st.binary(max_size=32), st.text(max_size=40))
def test_what_is_sealed_is_opened_for_its_owner_and_by_a_newer_box(secret: bytes, owner: str) -> None:
    sealed = BOX.seal(secret, owner=owner)
    assert SecretBox((b"n" * 32, *BOX.keys)).open(sealed, owner=owner) == secret
    for wrong, name in ((BOX, owner + "x"), (SecretBox((b"n" * 32,)), owner)):
        with pytest.raises(CannotOpen):
            wrong.open(sealed, owner=name)


@given(st.data())
def test_a_changed_byte_is_noticed_wherever_it_is(data: st.DataObject) -> None:
    sealed = BOX.seal(b"01234567890123456789", owner="an")
    place = data.draw(st.integers(0, len(sealed) - 1))
    changed = sealed[:place] + bytes([sealed[place] ^ data.draw(st.integers(1, 255))]) + sealed[place + 1 :]
    with pytest.raises(CannotOpen):
        BOX.open(changed, owner="an")


@pytest.mark.parametrize("written", ["", "\n", "ngắn", base64.b64encode(b"k" * 31).decode()])
def test_a_file_without_a_good_key_is_refused(written: str) -> None:
    with pytest.raises(StartUpError, match="Write 32 random bytes in base64"):
        SecretBox.read(written)
    assert SecretBox.read(base64.b64encode(b"k" * 32).decode() + "\n") == BOX
