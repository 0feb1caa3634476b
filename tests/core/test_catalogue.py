"""The catalogue keeps every indicator that was ever declared or entered, under a key that never changes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import catalogue
from dean06_core.catalogue import Catalogue
from dean06_core.errors import BadInput
from dean06_core.indicators import Indicator
from dean06_core.outcomes import Refused, Tally
from dean06_core.sectors import Sector
from dean06_core.testing import statements
from tests.core.ha_tinh import HEALTH, HEALTH_BOOKS, JUSTICE, KIOSKS, RECORDS_ONLINE, empty_office

pytestmark = pytest.mark.anyio

STATIONS = replace(HEALTH_BOOKS, code="local.stations", name="Tỷ lệ trạm 5G so với trạm 4G")


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[AsyncSession]:
    async with empty_office(tmp_path) as opened, opened.database.service() as session:
        yield session


async def codes(session: AsyncSession, sectors: Sequence[Sector]) -> dict[str, int]:
    known = await Catalogue.load(session, sectors)
    return {code: known.key(code) for code in known.by_code}


async def test_declared_indicators_are_kept_and_read_back_as_declared(session: AsyncSession) -> None:
    assert await catalogue.register(session, (HEALTH, JUSTICE)) == 3
    known = await Catalogue.load(session, (HEALTH, JUSTICE))
    assert [known.by_key[known.key(declared.code)] for declared in (HEALTH_BOOKS, KIOSKS, RECORDS_ONLINE)] == [
        HEALTH_BOOKS,
        KIOSKS,
        RECORDS_ONLINE,
    ]


async def test_registering_again_changes_nothing(session: AsyncSession) -> None:
    await catalogue.register(session, (HEALTH, JUSTICE))
    before = await codes(session, (HEALTH, JUSTICE))
    assert await catalogue.register(session, (HEALTH, JUSTICE)) == 0
    assert await codes(session, (HEALTH, JUSTICE)) == before


async def test_a_changed_definition_keeps_its_key(session: AsyncSession) -> None:
    await catalogue.register(session, (HEALTH,))
    before = await codes(session, (HEALTH,))
    revised = replace(HEALTH, indicators=(replace(HEALTH_BOOKS, decimals=1), KIOSKS))
    assert await catalogue.register(session, (revised,)) == 1
    assert await codes(session, (HEALTH,)) == before
    assert (await Catalogue.load(session, (HEALTH,))).named(HEALTH_BOOKS.code).decimals == 1


async def test_indicators_of_a_sector_that_is_no_longer_installed_keep_answering(session: AsyncSession) -> None:
    await catalogue.register(session, (HEALTH, JUSTICE))
    assert await catalogue.register(session, (HEALTH,)) == 0
    known = await Catalogue.load(session, (HEALTH,))
    assert known.named(RECORDS_ONLINE.code) == RECORDS_ONLINE
    assert known.sectors() == ("health", "local")


async def test_the_secretariat_enters_its_own_indicators(session: AsyncSession) -> None:
    await catalogue.register(session, (HEALTH,))
    assert await catalogue.enter(session, [STATIONS]) == Tally(created=1)
    assert await catalogue.enter(session, [STATIONS]) == Tally(unchanged=1)
    assert await catalogue.enter(session, [replace(STATIONS, decimals=0)]) == Tally(updated=1)
    assert (await Catalogue.load(session, (HEALTH,))).key(STATIONS.code) == 3


async def test_the_secretariat_enters_no_indicator_of_a_plugin(session: AsyncSession) -> None:
    with pytest.raises(Refused) as refused:
        await catalogue.enter(session, [STATIONS, HEALTH_BOOKS])
    [refusal] = refused.value.refusals
    assert (refusal.field, refusal.code, refusal.message) == (
        ("1", "code"),
        "INDICATOR_NOT_LOCAL",
        "Chỉ tiêu “health.health_book_vneid_rate” không phải do cơ quan thường trực nhập. "
        "Hãy đặt mã bắt đầu bằng “local.”, ví dụ “local.health_book_vneid_rate”.",
    )
    assert await codes(session, ()) == {}


async def test_it_costs_one_statement_to_read_and_three_at_most_to_keep(tmp_path: Path) -> None:
    many = tuple(replace(KIOSKS, code=f"health.count_{number}") for number in range(200))
    async with empty_office(tmp_path) as opened:
        for declared, most in ((many[:100], 2), (_reworded(many), 3)):
            async with opened.database.service() as session:
                with statements(opened.database) as sent:
                    await catalogue.register(session, [replace(HEALTH, indicators=declared)])
                assert len(sent) <= most
        with statements(opened.database) as sent:
            await opened.catalogue()
        assert len(sent) == 1


@pytest.mark.parametrize("name", ["named", "sector"])
async def test_what_is_hidden_and_what_does_not_exist_sound_alike(session: AsyncSession, name: str) -> None:
    await catalogue.register(session, (HEALTH, JUSTICE))
    limited = (await Catalogue.load(session, (HEALTH, JUSTICE))).limited_to(frozenset({"health"}))
    hidden, missing, seen = {
        "named": (RECORDS_ONLINE.code, "tax.anything", HEALTH_BOOKS.code),
        "sector": ("justice", "tax", "health"),
    }[name]
    told = []
    for code in (hidden, missing):
        with pytest.raises(BadInput) as refused:
            getattr(limited, name)(code)
        told.append((refused.value.code, refused.value.message.replace(code, "...")))
    assert told[0] == told[1]
    getattr(limited, name)(seen)


def _reworded(indicators: Sequence[Indicator]) -> tuple[Indicator, ...]:
    return tuple(replace(indicator, definition="Định nghĩa khác.") for indicator in indicators)
