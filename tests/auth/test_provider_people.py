"""Whose an account is may be said later, of one account a person; who it is stands nowhere."""

from __future__ import annotations

import base64

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import people, provider_people
from dean06_auth.accounts import Account, AccountState
from dean06_auth.people import Person, PersonKey
from dean06_core.errors import BadInput, StartUpError
from tests.auth.province import count, give, hire

pytestmark = pytest.mark.anyio

KEY = PersonKey(b"k" * people.SHORTEST_KEY)
NUMBER, OTHER = "042198001234", "042198005678"


async def identified(session: AsyncSession, login: str, number: str = NUMBER) -> Account:
    return await provider_people.identify(session, login=login, number=number, key=KEY)


async def code(session: AsyncSession, login: str, number: str = NUMBER) -> str:
    with pytest.raises(BadInput) as refused:
        await identified(session, login, number)
    assert number not in refused.value.message
    assert "Hãy" in refused.value.message
    return refused.value.code


async def test_an_account_is_found_by_the_number_once_it_was_said(session: AsyncSession) -> None:
    an, binh = await hire(session), await hire(session, "binh")
    assert await provider_people.holder(session, number=NUMBER, key=KEY) is None
    await identified(session, "AN ")
    await identified(session, "an")
    await identified(session, "binh", OTHER)
    found = [await provider_people.holder(session, number=number, key=KEY) for number in (NUMBER, OTHER, "0")]
    assert found == [an, binh, None]
    assert await provider_people.holder(session, number=NUMBER, key=PersonKey(b"x" * 32)) is None
    digests = (await session.scalars(sa.select(Person.digest))).all()
    assert not any(digest is None or NUMBER.encode() in digest for digest in digests)


async def test_two_accounts_of_one_person_are_not_merged(session: AsyncSession) -> None:
    an, binh = await hire(session), await hire(session, "binh")
    await identified(session, "an")
    assert await code(session, "binh") == "PERSON_HAS_ACCOUNT"
    an.state = AccountState.SUSPENDED
    await session.flush()
    assert await code(session, "binh") == "PERSON_HAS_ACCOUNT"
    an.state = AccountState.CLOSED
    await session.flush()
    await identified(session, "binh")
    assert binh.person_id == an.person_id
    assert await provider_people.holder(session, number=NUMBER, key=KEY) == binh


async def test_what_was_done_under_a_closed_account_stays_the_same_persons(session: AsyncSession) -> None:
    an, binh = await hire(session), await hire(session, "binh")
    await give(session, binh)
    await identified(session, "an")
    an.state = AccountState.CLOSED
    await session.flush()
    assert await code(session, "binh") == "PERSON_HAD_ACCOUNT"
    await hire(session, "chi")
    await identified(session, "chi")


async def test_an_account_never_becomes_another_persons(session: AsyncSession) -> None:
    await hire(session)
    await identified(session, "an")
    before = await count(session, Person)
    assert await code(session, "an", OTHER) == "PERSON_ALREADY_KNOWN"
    assert await count(session, Person) == before


@pytest.mark.parametrize(
    ("login", "number", "because"),
    [
        pytest.param("khong-co", NUMBER, "ACCOUNT_UNKNOWN", id="nobody's login"),
        pytest.param("dong", NUMBER, "ACCOUNT_UNKNOWN", id="a closed account"),
        pytest.param("an", "04219800123", "CITIZEN_NUMBER_UNUSABLE", id="eleven digits"),
    ],
)
async def test_what_cannot_be_meant_is_refused(session: AsyncSession, login: str, number: str, because: str) -> None:
    await hire(session)
    await hire(session, "dong", state=AccountState.CLOSED)
    assert await code(session, login, number) == because


@pytest.mark.parametrize("written", ["", "ngắn", base64.b64encode(b"k" * 31).decode(), "không phải base64!"])
def test_a_file_without_a_key_is_told(written: str) -> None:
    with pytest.raises(StartUpError, match="DEAN06_PEOPLE_KEY"):
        provider_people.key_of(written)


def test_a_file_with_a_key_is_read() -> None:
    assert provider_people.key_of(base64.b64encode(b"k" * 32).decode() + "\n") == KEY
