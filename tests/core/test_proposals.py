"""An indicator that no sector owns is proposed by one person and stands when a second one has confirmed it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import catalogue, proposals
from dean06_core.catalogue import Catalogue
from dean06_core.errors import StartUpError
from dean06_core.indicators import Indicator
from dean06_core.outcomes import Refused, Tally
from dean06_core.sectors import Sector
from dean06_core.targets import Target
from tests.core.ha_tinh import CONFIRMER, HEALTH_BOOKS, LATER, NOW, PROPOSER, empty_office
from tests.core.worlds import PROVINCE, ROADS, province, stated, world

pytestmark = pytest.mark.anyio

STATIONS = replace(HEALTH_BOOKS, code="local.stations", name="Tỷ lệ trạm 5G so với trạm 4G")
TAKEN_OVER = replace(STATIONS, code="telecom.stations", takes_over="local.stations")
TELECOM = Sector(code="telecom", title="Viễn thông", indicators=(TAKEN_OVER,))


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[AsyncSession]:
    async with empty_office(tmp_path) as opened, opened.database.service() as session:
        yield session


async def propose(session: AsyncSession, *indicators: Indicator) -> Tally:
    return await proposals.propose(session, indicators, by=PROPOSER, now=NOW)


async def confirm(session: AsyncSession, *codes: str, by: str = CONFIRMER) -> Tally:
    return await proposals.confirm(session, codes, by=by, now=LATER)


async def known(session: AsyncSession) -> list[str]:
    return sorted((await Catalogue.load(session, ())).by_code)


async def test_what_is_proposed_stands_once_another_has_confirmed_it(session: AsyncSession) -> None:
    assert await propose(session, STATIONS) == Tally(created=1)
    assert await known(session) == []
    assert await confirm(session, STATIONS.code) == Tally(created=1)
    assert await known(session) == [STATIONS.code]
    assert await proposals.pending(session) == ()


async def test_nobody_confirms_what_he_proposed(session: AsyncSession) -> None:
    await propose(session, STATIONS)
    with pytest.raises(Refused, match="Hãy để người thứ hai xác nhận") as refused:
        await confirm(session, STATIONS.code, by=PROPOSER)
    assert (refused.value.code, await known(session)) == ("PROPOSAL_OWN", [])


async def test_the_database_itself_keeps_the_two_apart(session: AsyncSession) -> None:
    await propose(session, STATIONS)
    [waiting] = await proposals.pending(session)
    waiting.confirmed_by, waiting.confirmed_at = PROPOSER, NOW
    with pytest.raises(sa.exc.IntegrityError, match="confirmed_by_another"):
        await session.flush()
    await session.rollback()


async def test_nothing_is_confirmed_that_does_not_wait(session: AsyncSession) -> None:
    await propose(session, STATIONS)
    with pytest.raises(Refused) as refused:
        await confirm(session, STATIONS.code, "local.courses")
    assert [(each.field, each.code) for each in refused.value.refusals] == [(("1", "code"), "PROPOSAL_UNKNOWN")]
    assert await known(session) == []


async def test_what_waits_or_stands_already_is_unchanged(session: AsyncSession) -> None:
    await propose(session, STATIONS)
    assert await propose(session, STATIONS) == Tally(unchanged=1)
    await confirm(session, STATIONS.code)
    assert await propose(session, STATIONS) == Tally(unchanged=1)


async def test_other_words_for_a_standing_indicator_wait_as_well(session: AsyncSession) -> None:
    await propose(session, STATIONS)
    await confirm(session, STATIONS.code)
    assert await propose(session, replace(STATIONS, decimals=0)) == Tally(updated=1)
    assert (await Catalogue.load(session, ())).named(STATIONS.code).decimals == STATIONS.decimals
    await confirm(session, STATIONS.code)
    assert (await Catalogue.load(session, ())).named(STATIONS.code).decimals == 0


async def test_a_proposal_that_is_changed_becomes_that_of_whoever_changed_it(session: AsyncSession) -> None:
    await propose(session, STATIONS)
    await proposals.propose(session, [replace(STATIONS, decimals=0)], by=CONFIRMER, now=NOW)
    with pytest.raises(Refused):
        await confirm(session, STATIONS.code)
    assert await confirm(session, STATIONS.code, by=PROPOSER) == Tally(created=1)


async def test_no_indicator_of_a_plugin_is_proposed(session: AsyncSession) -> None:
    with pytest.raises(Refused) as refused:
        await propose(session, STATIONS, HEALTH_BOOKS)
    assert [(each.field, each.code) for each in refused.value.refusals] == [(("1", "code"), "INDICATOR_NOT_LOCAL")]


# a plugin takes one over


async def test_a_sector_takes_over_an_indicator_with_its_history(tmp_path: Path) -> None:
    async with world(tmp_path, province()) as here:
        async with here.database.service() as session:
            await catalogue.enter(session, [STATIONS])
        await here.add(stated(PROVINCE, 1, 4, indicator=2, sector="local"))
        async with here.database.service() as session:
            assert await catalogue.register(session, [ROADS, TELECOM]) == 1
            assert await catalogue.register(session, [ROADS, TELECOM]) == 0
        await here.reload()
        assert here.catalogue.key("telecom.stations") == 2
        assert here.catalogue.named("local.stations") == TAKEN_OVER
        async with here.seen_by(sectors=frozenset({"telecom"})) as session:
            assert await session.scalar(sa.text("select count(*) from observation")) == 1
        async with here.seen_by(sectors=frozenset({"local"})) as session:
            assert await session.scalar(sa.text("select count(*) from observation")) == 0


async def test_two_indicators_with_figures_of_their_own_are_not_thrown_together(session: AsyncSession) -> None:
    await catalogue.register(session, [replace(TELECOM, indicators=(replace(TAKEN_OVER, takes_over=None),))])
    await catalogue.enter(session, [STATIONS])
    with pytest.raises(StartUpError, match="both have figures already"):
        await catalogue.register(session, [TELECOM])
    assert await known(session) == ["local.stations", "telecom.stations"]


async def test_a_sector_takes_over_nothing_where_nothing_was_entered(session: AsyncSession) -> None:
    assert await catalogue.register(session, [TELECOM]) == 1
    assert (await Catalogue.load(session, [TELECOM])).named("telecom.stations") == TAKEN_OVER


def test_only_what_the_secretariat_entered_can_be_taken_over() -> None:
    with pytest.raises(ValueError, match=r"can take over 'local\.name' only"):
        replace(STATIONS, code="telecom.stations", takes_over="health.stations")


def test_targets_move_with_the_sector_of_their_indicator() -> None:
    assert {"indicator_key", "sector"} <= set(Target.__table__.columns.keys())
