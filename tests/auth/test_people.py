"""A person has one account that is not closed, and is told by a keyed hash from which nobody reads the number."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, people
from dean06_auth.accounts import Account, AccountState
from dean06_auth.people import Person, PersonKey
from dean06_core.errors import BadInput
from tests.auth.province import NOW, VUNG_ANG, count

pytestmark = pytest.mark.anyio

KEY = PersonKey(b"k" * people.SHORTEST_KEY)
NUMBER = "042198001234"


async def open_for(session: AsyncSession, login: str, person: Person | None) -> Account:
    return await accounts.open(
        session, login=login, name="An", unit_key=VUNG_ANG, password="một mật khẩu dài", now=NOW, person=person
    )


async def test_a_number_is_always_the_same_person_and_another_is_not(session: AsyncSession) -> None:
    first = await people.known(session, number=NUMBER, key=KEY)
    again = await people.known(session, number=" 042 198 001 234 ", key=KEY)
    other = await people.known(session, number="042198001235", key=KEY)
    assert (first.id == again.id, first.id == other.id, await count(session, Person)) == (True, False, 2)


def test_without_the_key_the_number_is_not_found_again() -> None:
    assert KEY.digest(NUMBER) != PersonKey(b"x" * people.SHORTEST_KEY).digest(NUMBER)
    assert NUMBER.encode() not in KEY.digest(NUMBER)
    assert "kkk" not in repr(KEY)


@pytest.mark.parametrize("number", ["", "04219800123", "0421980012345", "04219800123x", "٠٤٢١٩٨٠٠١٢٣٤"])
def test_what_is_no_number_is_refused_without_repeating_it(number: str) -> None:
    with pytest.raises(BadInput) as refused:
        KEY.digest(number)
    assert refused.value.code == "CITIZEN_NUMBER_UNUSABLE"
    assert not number or number not in refused.value.message


async def test_a_person_has_one_account_until_it_is_closed(session: AsyncSession) -> None:
    person = await people.known(session, number=NUMBER, key=KEY)
    first = await open_for(session, "an", person)
    with pytest.raises(BadInput, match="Người này đã có tài khoản “an”"):
        await open_for(session, "an.2", person)
    first.state = AccountState.CLOSED
    await session.flush()
    assert (await open_for(session, "an.2", person)).person_id == person.id


@pytest.mark.parametrize("state", [AccountState.ACTIVE, AccountState.SUSPENDED])
async def test_the_database_keeps_a_second_account_out_too(session: AsyncSession, state: AccountState) -> None:
    first = await open_for(session, "an", None)
    first.state = state
    await session.flush()
    with pytest.raises(IntegrityError, match="person_id"):
        async with session.begin_nested():
            session.add(
                Account(
                    login="an.2",
                    person_id=first.person_id,
                    name="An",
                    unit_key=VUNG_ANG,
                    state=AccountState.ACTIVE,
                    created_at=NOW,
                )
            )


async def test_people_of_whom_nothing_is_known_are_different_people(session: AsyncSession) -> None:
    one, other = await open_for(session, "an", None), await open_for(session, "binh", None)
    assert one.person_id != other.person_id
