"""Behind the wall a caller writes the rows for which he holds a right to write, and changes no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import recording
from dean06_core.access import ALL, Action, All, DataClass, Right
from dean06_core.errors import WriteRefused
from dean06_core.observations import Observation, ObservationPart
from dean06_core.recording import Recorded
from dean06_core.statements import Statement
from dean06_core.units import UnitVersion
from dean06_core.walls.postgresql import EXPIRED
from tests.core.worlds import JULY, NOW, PROVINCE, Place, World, province, stated, world
from tests.core.writers import EVERYTHING, OTHER, OWN, assigned, reader

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, province(Place(OWN), Place(OTHER))) as opened:
        await opened.add(stated(OWN, 1, 10), stated(OTHER, 2, 10))
        yield opened


def officer(units: frozenset[int] | All = frozenset({OWN}), sectors: frozenset[str] | All = ALL) -> tuple[Right, ...]:
    """Who reads and records figures of some units."""
    return EVERYTHING, *(Right(DataClass.AGGREGATE, sectors, units, action) for action in (Action.READ, Action.RECORD))


async def numerators(here: World) -> dict[int, int | None]:
    async with here.database.service_reading() as session:
        found = await session.execute(sa.select(Observation.unit_key, Observation.numerator))
        return {row.unit_key: row.numerator for row in found}


async def record(here: World, session: AsyncSession, unit: int, numerator: int) -> list[Recorded]:
    said = Statement(
        indicator="roads.paved_rate", unit=unit, period=JULY, reporter=unit, numerator=numerator, denominator=10
    )
    return await recording.record_all(session, [said], catalogue=here.catalogue, directory=here.directory, now=NOW)


async def test_an_officer_records_figures_of_his_own_unit(here: World) -> None:
    async with here.database.writing(officer()) as session:
        await record(here, session, OWN, 7)
    async with here.database.service_reading() as session:
        found = await session.scalars(sa.select(Observation.numerator).where(Observation.official))
        assert {*found} == {2, 7}


async def test_a_figure_of_another_unit_is_refused_and_nothing_is_kept(here: World) -> None:
    async def record_both() -> None:
        async with here.database.writing(officer()) as session:
            await record(here, session, OWN, 7)
            await record(here, session, OTHER, 7)

    with pytest.raises(WriteRefused):
        await record_both()
    assert await numerators(here) == {OWN: 1, OTHER: 2}


@pytest.mark.parametrize("rights", [reader(), officer(sectors=frozenset({"health"})), officer(frozenset()), ()])
async def test_who_holds_no_right_to_write_there_records_nothing(here: World, rights: tuple[Right, ...]) -> None:
    with pytest.raises(WriteRefused):
        async with here.database.writing(rights) as session:
            session.add(stated(OWN, 5, 10))


@pytest.mark.parametrize("rights", [officer(), officer(sectors=frozenset({"roads"})), officer(ALL)])
async def test_who_holds_one_records(here: World, rights: tuple[Right, ...]) -> None:
    async with here.database.writing(rights) as session:
        session.add(stated(OWN, 5, 10, official=False))
    async with here.database.service_reading() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Observation)) == 3


async def test_units_of_one_right_and_sectors_of_another_do_not_add_up(here: World) -> None:
    health_here = Right(DataClass.AGGREGATE, frozenset({"health"}), frozenset({OWN}), Action.RECORD)
    roads_elsewhere = Right(DataClass.AGGREGATE, frozenset({"roads"}), frozenset({OTHER}), Action.RECORD)
    with pytest.raises(WriteRefused):
        async with here.database.writing((*reader(), health_here, roads_elsewhere)) as session:
            session.add(stated(OWN, 5, 10, official=False))
    async with here.database.writing((*reader(), health_here, roads_elsewhere)) as session:
        session.add(stated(OTHER, 5, 10, official=False))


async def test_a_change_of_all_rows_changes_those_inside_alone(here: World) -> None:
    async with here.database.writing(officer()) as session:
        await session.execute(sa.update(Observation).values(numerator=9))
    assert await numerators(here) == {OWN: 9, OTHER: 2}


async def test_a_row_cannot_be_handed_to_another_unit(here: World) -> None:
    with pytest.raises(WriteRefused):
        async with here.database.writing(officer()) as session:
            await session.execute(sa.update(Observation).values(unit_key=OTHER))
    assert await numerators(here) == {OWN: 1, OTHER: 2}


async def test_parts_belong_to_figures_that_the_officer_may_write(here: World) -> None:
    async with here.database.service_reading() as session:
        ids = {row.unit_key: row.id for row in await session.execute(sa.select(Observation.unit_key, Observation.id))}

    async def add_to(unit: int) -> None:
        async with here.database.writing(officer()) as session:
            session.add(ObservationPart(observation_id=ids[unit], part="cash", value_scaled=1))

    await add_to(OWN)
    with pytest.raises(WriteRefused):
        await add_to(OTHER)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(sa.delete(Observation), id="figures are never deleted"),
        pytest.param(sa.update(UnitVersion).values(name="Xã Khác"), id="units are written by services alone"),
        pytest.param(sa.text("create table mine (id int)"), id="tables are the owner's"),
        pytest.param(sa.text("drop table observation_part"), id="and stay"),
    ],
)
async def test_what_no_action_writes_is_written_by_nobody(here: World, statement: Any) -> None:
    with pytest.raises(WriteRefused):
        async with here.database.writing(officer(ALL)) as session:
            await session.execute(statement)
    assert await numerators(here) == {OWN: 1, OTHER: 2}


@pytest.mark.sqlite
@pytest.mark.parametrize("word", ["or replace", "or ignore", "or abort", "or fail", "or rollback"])
async def test_no_conflict_clause_takes_away_a_row_outside(here: World, word: str) -> None:
    async with here.database.service_reading() as session:
        foreign = (await session.execute(sa.text("select * from observation where unit_key = 3"))).mappings().one()
    columns = ", ".join(f'"{name}"' for name in foreign)
    values = ", ".join("2" if name == "unit_key" else f":{name}" for name in foreign)
    taking = sa.text(f"insert {word} into observation ({columns}) values ({values})")
    with suppress(WriteRefused):
        async with here.database.writing(officer()) as session:
            await session.execute(taking, dict(foreign))
    assert await numerators(here) == {OWN: 1, OTHER: 2}


async def test_a_pass_to_write_is_gone_when_the_next_one_comes(here: World) -> None:
    async with here.database.writing(officer(ALL)) as session:
        session.add(stated(OTHER, 5, 10, official=False))
    with pytest.raises(WriteRefused):
        async with here.database.writing(officer()) as session:
            session.add(stated(OTHER, 6, 10, official=False))


async def test_two_officers_who_write_one_cell_at_once_leave_both_statements(here: World) -> None:
    async def say(reporter: int, numerator: int) -> None:
        said = Statement(
            indicator="roads.paved_rate",
            unit=OWN,
            period=JULY,
            reporter=reporter,
            numerator=numerator,
            denominator=10,
        )
        async with here.database.writing(officer()) as session:
            await recording.record_all(session, [said], catalogue=here.catalogue, directory=here.directory, now=NOW)

    await asyncio.gather(say(OWN, 3), say(PROVINCE, 4))
    async with here.database.service_reading() as session:
        live = sa.select(Observation.numerator).where(Observation.unit_key == OWN, Observation.superseded_at.is_(None))
        official = live.where(Observation.official)
        assert {3, 4} <= {*await session.scalars(live)}
        assert len([*await session.scalars(official)]) == 1


async def test_a_target_of_all_units_is_assigned_by_whoever_assigns_in_the_unit_around_them(here: World) -> None:
    def assigner(units: frozenset[int] | All) -> tuple[Right, ...]:
        return *reader(), Right(DataClass.AGGREGATE, ALL, units, Action.ASSIGN)

    async with here.database.writing(assigner(frozenset({OWN}))) as session:
        session.add(assigned(OWN))
    with pytest.raises(WriteRefused):
        async with here.database.writing(assigner(frozenset({OWN}))) as session:
            session.add(assigned(None))
    async with here.database.writing(assigner(frozenset({PROVINCE}))) as session:
        session.add(assigned(None))


@pytest.mark.postgresql
async def test_a_pass_that_is_over_stops_the_statement_with_a_state_of_its_own(here: World) -> None:
    async with here.database.reading(reader()) as session:
        await session.scalar(sa.select(sa.func.count()).select_from(Observation))
    async with here.database.owner.begin() as owner:
        await owner.execute(sa.text("update wall.pass set expires_at = now() - interval '1 second'"))
    with pytest.raises(DBAPIError) as stopped:
        async with here.database.reading(reader()) as session:
            await session.scalar(sa.select(sa.func.count()).select_from(Observation))
    assert getattr(stopped.value.orig, "sqlstate", None) == EXPIRED
