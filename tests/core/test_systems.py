"""Systems are known by code, and what became of their links is told as of a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dean06_core import systems
from dean06_core.outcomes import Refused, Tally
from dean06_core.systems import Link, LinkEntry, LinkState, SystemEntry
from tests.core.worlds import PROVINCE, World, province, world

pytestmark = pytest.mark.anyio

LAND, PEOPLE = "dat-dai", "dan-cu"
PLANNED = LinkEntry(to=PEOPLE, state=LinkState.PLANNED)
CONNECTED = LinkEntry(to=PEOPLE, state=LinkState.CONNECTED, on=date(2025, 7, 1), remark="Chưa khai thác được.")
PEOPLE_ENTRY = SystemEntry(code=PEOPLE, name="CSDL quốc gia về dân cư")


def land(*links: LinkEntry, name: str = "CSDL đất đai", owner: int | None = PROVINCE) -> SystemEntry:
    return SystemEntry(code=LAND, name=name, owner=owner, links=links)


async def register(here: World, *entries: SystemEntry) -> Tally:
    async with here.database.service() as session:
        return await systems.register(session, entries)


async def links_of_land(here: World, on: date) -> list[tuple[str, LinkState, date | None, str | None]]:
    async with here.seen_by() as session:
        [known] = [system for system in await systems.listed(session) if system.code == LAND]
        found: list[Link] = list((await systems.links(session, on=on)).get(known.id, ()))
    return [(link.to.code, link.state, link.on, link.remark) for link in found]


async def test_a_link_is_told_as_it_stood_on_a_day(tmp_path: Path) -> None:
    async with world(tmp_path, province()) as here:
        assert await register(here, land(PLANNED, CONNECTED), PEOPLE_ENTRY) == Tally(created=2)
        assert await links_of_land(here, date(2025, 6, 30)) == [(PEOPLE, LinkState.PLANNED, None, None)]
        assert await links_of_land(here, date(2025, 7, 1)) == [
            (PEOPLE, LinkState.CONNECTED, date(2025, 7, 1), "Chưa khai thác được.")
        ]


async def test_registered_again_nothing_changes_and_news_are_added(tmp_path: Path) -> None:
    async with world(tmp_path, province()) as here:
        await register(here, land(PLANNED), PEOPLE_ENTRY)
        assert await register(here, land(PLANNED), PEOPLE_ENTRY) == Tally(unchanged=2)
        assert await register(here, land(CONNECTED)) == Tally(updated=1)
        assert await register(here, land(name="Cơ sở dữ liệu đất đai")) == Tally(updated=1)
        assert len(await links_of_land(here, date(2025, 7, 1))) == 1


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        pytest.param(land(LinkEntry(to="nowhere", state=LinkState.IN_USE)), "SYSTEM_UNKNOWN", id="to nobody's system"),
        pytest.param(land(LinkEntry(to=LAND, state=LinkState.IN_USE)), "SYSTEM_UNKNOWN", id="to itself"),
        pytest.param(
            land(LinkEntry(to=PEOPLE, state=LinkState.IN_USE)), "LINK_CONFLICT", id="two states on the same day"
        ),
    ],
)
async def test_a_link_that_cannot_be_meant_is_refused_and_nothing_is_kept(
    tmp_path: Path, entry: SystemEntry, code: str
) -> None:
    async with world(tmp_path, province()) as here:
        await register(here, land(PLANNED), PEOPLE_ENTRY)
        with pytest.raises(Refused) as refused:
            await register(here, SystemEntry(code="vneid", name="VNeID"), entry)
        assert (refused.value.code, refused.value.refusals[0].field) == (code, ("1", "links"))
        async with here.seen_by() as session:
            assert [system.code for system in await systems.listed(session)] == [PEOPLE, LAND]
