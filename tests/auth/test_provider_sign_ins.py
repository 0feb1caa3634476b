"""A way to the provider and back is taken once, lasts ten minutes, and one source has only so many."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import people, provider_people, provider_sign_ins
from dean06_auth.people import PersonKey
from dean06_auth.provider_sign_ins import FLOW_LASTS, HANDOVER_LASTS, ProviderFlow, ProviderHandover, Vouched
from dean06_core.database import Database
from dean06_core.errors import BadInput
from tests.auth.province import NOW, count, hire

pytestmark = pytest.mark.anyio

KEPT = {"flow": {"nonce": "n"}, "frontend": "https://so-lieu.test/vao"}
HERE, THERE = "192.0.2.1", "192.0.2.2"


async def test_what_was_kept_is_there_for_whoever_asks_first(session: AsyncSession) -> None:
    id_ = await provider_sign_ins.depart(session, KEPT, source=HERE, now=NOW)
    other = await provider_sign_ins.depart(session, {}, source=HERE, now=NOW)
    assert id_ != other
    almost = ("y" if id_[0] == "x" else "x") + id_[1:]
    assert await provider_sign_ins.come_back(session, almost, now=NOW) is None
    assert await provider_sign_ins.come_back(session, id_, now=NOW) == KEPT
    assert await provider_sign_ins.come_back(session, id_, now=NOW) is None


async def test_of_many_at_once_one_takes_the_way_back(database: Database) -> None:
    async with database.service() as session:
        id_ = await provider_sign_ins.depart(session, KEPT, source=HERE, now=NOW)

    async def back() -> object:
        async with database.service(in_turn=False) as session:
            return await provider_sign_ins.come_back(session, id_, now=NOW)

    taken = await asyncio.gather(*(back() for _ in range(8)))
    assert (taken.count(KEPT), taken.count(None)) == (1, 7)


async def test_what_is_over_is_gone_with_the_next_departure(session: AsyncSession) -> None:
    await hire(session)
    key = PersonKey(b"k" * people.SHORTEST_KEY)
    await provider_people.identify(session, login="an", number="042198001234", key=key)
    old = await provider_sign_ins.depart(session, KEPT, source=HERE, now=NOW)
    assert await provider_sign_ins.recognise(session, Vouched("042198001234"), key=key, now=NOW)
    assert await provider_sign_ins.come_back(session, old, now=NOW + FLOW_LASTS) is None
    await provider_sign_ins.depart(session, KEPT, source=HERE, now=NOW + HANDOVER_LASTS - timedelta(seconds=1))
    assert [await count(session, table) for table in (ProviderFlow, ProviderHandover)] == [2, 1]
    await provider_sign_ins.depart(session, KEPT, source=HERE, now=NOW + FLOW_LASTS)
    assert [await count(session, table) for table in (ProviderFlow, ProviderHandover)] == [2, 0]


async def test_one_source_fills_no_disk_and_keeps_nobody_else_out(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_sign_ins, "MOST_OPEN", 3)
    ids = [await provider_sign_ins.depart(session, KEPT, source=HERE, now=NOW) for _ in range(3)]
    with pytest.raises(BadInput, match="quá nhiều lượt"):
        await provider_sign_ins.depart(session, KEPT, source=HERE, now=NOW)
    assert await provider_sign_ins.depart(session, KEPT, source=THERE, now=NOW)
    await provider_sign_ins.come_back(session, ids[0], now=NOW)
    assert await provider_sign_ins.depart(session, KEPT, source=HERE, now=NOW)


def test_what_a_provider_vouches_for_is_not_printed() -> None:
    assert "042198001234" not in repr(Vouched("042198001234"))
