"""A database arrives at the newest revision of every installed history or stays where it was, and keeps what it has."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

import dean06_core
from dean06_core import migrating
from dean06_core.database import Address, Database
from dean06_core.errors import StartUpError
from dean06_core.migrating import CORE, History, HistoryState, Orphan, Step
from dean06_core.records import records_of
from dean06_core.sectors import Sector
from dean06_core.tasks import PartyRole, Task, TaskConfirmation, TaskParty, TaskSector
from dean06_core.testing import differences
from dean06_core.testing.databases import as_sentences
from dean06_core.testing.leaks.core_rows import add_core_rows
from dean06_core.testing.places import place
from dean06_core.units import UnitGroupRow

pytestmark = pytest.mark.anyio

FIRST = "op.create_table('land_plot', sa.Column('id', sa.Uuid(), nullable=False))"
SECOND = "op.add_column('land_plot', sa.Column('area', sa.BigInteger()))"
FAILING = "op.create_table('land_deed', sa.Column('id', sa.Uuid())); op.execute('insert into nowhere values (1)')"

Written = Callable[..., History]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Address]:
    with place(tmp_path) as empty:
        yield empty


@pytest.fixture
async def database(address: Address) -> AsyncIterator[Database]:
    database = Database(address, {})
    yield database
    await database.close()


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    """Writes a package with one revision for each given statement, one release of a history."""
    monkeypatch.syspath_prepend(tmp_path)
    releases = iter(range(100))

    def write(name: str, *upgrades: str, after: str | None = None) -> History:
        package = f"{tmp_path.name}_{name}_{next(releases)}"
        versions = tmp_path / package / "versions"
        versions.mkdir(parents=True)
        (versions.parent / "__init__.py").touch()
        for number, statement in enumerate(upgrades, start=1):
            revision = f"{name}_{number:04d}"
            (versions / f"{revision}.py").write_text(
                f'"""Step {number}"""\nimport sqlalchemy as sa\nfrom alembic import op\n'
                f"revision, down_revision = {revision!r}, {after!r}\n"
                f"def upgrade():\n    {statement}\n"
                f"def downgrade():\n    op.drop_table('{name}_plot')\n"
            )
            after = revision
        return History(name, package)

    return write


async def kept(database: Database) -> dict[str, tuple[list[str], list[sa.Row[Any]]]]:
    """Every table with its columns and rows."""

    def look(connection: sa.Connection) -> dict[str, tuple[list[str], list[sa.Row[Any]]]]:
        found = sa.MetaData()
        found.reflect(connection)
        return {
            name: ([repr(column) for column in table.c], list(connection.execute(sa.select(table))))
            for name, table in found.tables.items()
        }

    async with database.owner.connect() as connection:
        return await connection.run_sync(look)


async def tables(database: Database) -> set[str]:
    async with database.services.connect() as connection:
        return set(await connection.run_sync(lambda opened: sa.inspect(opened).get_table_names()))


def core_tables() -> set[str]:
    """Of every module of core, the ones not yet imported too."""
    for module in pkgutil.walk_packages(dean06_core.__path__, "dean06_core."):
        if ".versions." not in module.name:
            importlib.import_module(module.name)
    return {record.__tablename__ for record in records_of("dean06_core")}


async def test_core_makes_its_tables_exactly_as_the_classes_say(database: Database) -> None:
    await migrating.upgrade(database, [CORE])
    assert await tables(database) == core_tables() | {"alembic_version_core"}
    assert await differences(database, core_tables()) == []


async def test_core_goes_back_to_nothing(database: Database) -> None:
    done = await migrating.upgrade(database, [CORE])
    assert await migrating.downgrade(database, CORE) == done[::-1]
    assert await tables(database) == set()


async def test_tasks_keep_to_whom_they_are_addressed_on_the_way_back_and_forth(database: Database) -> None:
    await migrating.upgrade(database, [CORE])
    async with database.service() as session:
        await add_core_rows(session)
        group = await session.get_one(UnitGroupRow, 1)
        [of_group] = await session.scalars(sa.select(Task).where(Task.code == "NV-7"))
        of_group.lead_key, of_group.lead_group_key, of_group.addressee_key = None, group.key, group.within_key
        session.add(TaskParty(task_id=of_group.id, unit_key=group.within_key, role=PartyRole.OWNER))
        bare = sa.not_(sa.exists().where(TaskSector.task_id == Task.id))
        await session.execute(sa.update(Task).where(bare).values(sector=None))
        [accepted, *_] = await session.scalars(sa.select(TaskConfirmation).order_by(TaskConfirmation.progress_id))
        accepted.accepted = True
    before = await kept(database)

    await migrating.downgrade(database, CORE, to="core_0004")
    async with database.services.connect() as connection:
        confirmed = (await connection.execute(sa.text("select id from task_progress where confirmed"))).all()
    assert [UUID(str(id_)) for (id_,) in confirmed] == [accepted.progress_id]

    await migrating.upgrade(database, [CORE])
    after = await kept(database)
    assert after["task_confirmation"][1] == []
    same = {name for name in before if not name.startswith("audit_")} - {"task_confirmation", "alembic_version_core"}
    assert {name: by_key(after, name) for name in same} == {name: by_key(before, name) for name in same}
    assert await differences(database, core_tables()) == []


def by_key(found: dict[str, tuple[list[str], list[sa.Row[Any]]]], table: str) -> list[dict[str, Any]]:
    return sorted((dict(row._mapping) for row in found[table][1]), key=str)


async def test_what_was_applied_is_told_and_not_applied_again(database: Database, written: Written) -> None:
    land = written("land", FIRST, SECOND)
    assert await migrating.upgrade(database, [land]) == [
        Step("land", "land_0001", "Step 1"),
        Step("land", "land_0002", "Step 2"),
    ]
    assert await migrating.upgrade(database, [land]) == []


async def test_the_next_release_applies_what_it_adds(database: Database, written: Written) -> None:
    await migrating.upgrade(database, [written("land", FIRST)])
    assert await migrating.upgrade(database, [written("land", FIRST, SECOND)]) == [Step("land", "land_0002", "Step 2")]


async def test_core_goes_first_then_accounts_then_the_sectors_by_name(database: Database, written: Written) -> None:
    names = ["tax", "auth", "health", "core"]
    given = [written(name, f"op.create_table('{name}_plot', sa.Column('id', sa.Uuid()))") for name in names]
    assert [step.history for step in await migrating.upgrade(database, given)] == ["core", "auth", "health", "tax"]


async def test_the_state_is_told_without_writing(database: Database, written: Written) -> None:
    old, new = written("land", FIRST), written("land", FIRST, SECOND)
    assert await migrating.state(database, [new]) == [HistoryState(new, None, "land_0002")]
    assert await tables(database) == set()
    await migrating.upgrade(database, [old])
    assert await migrating.state(database, [new]) == [HistoryState(new, "land_0001", "land_0002")]
    assert [found.is_current for found in await migrating.state(database, [old])] == [True]


async def test_a_failing_revision_leaves_nothing_half_written(database: Database, written: Written) -> None:
    await migrating.upgrade(database, [written("land", FIRST)])
    before = await kept(database)
    with pytest.raises(
        StartUpError,
        match=r"Revision 'land_0003' of history 'land' failed and nothing of that history was changed: .*nowhere",
    ):
        await migrating.upgrade(database, [written("land", FIRST, SECOND, FAILING)])
    assert await kept(database) == before


async def test_a_repaired_revision_goes_through(database: Database, written: Written) -> None:
    with pytest.raises(StartUpError):
        await migrating.upgrade(database, [written("land", FIRST, FAILING)])
    assert len(await migrating.upgrade(database, [written("land", FIRST, SECOND)])) == 2


async def test_histories_before_a_failing_one_have_arrived(database: Database, written: Written) -> None:
    core = written("core", "op.create_table('core_plot', sa.Column('id', sa.Uuid()))")
    with pytest.raises(StartUpError):
        await migrating.upgrade(database, [core, written("land", FAILING)])
    assert await tables(database) == {"core_plot", "alembic_version_core"}


async def test_a_database_of_a_newer_release_is_refused_before_anything_is_written(
    database: Database, written: Written
) -> None:
    await migrating.upgrade(database, [written("land", FIRST, SECOND)])
    before = await kept(database)
    old = written("land", FIRST)
    assert [found.is_newer for found in await migrating.state(database, [old])] == [True]
    with pytest.raises(StartUpError) as refused:
        await migrating.upgrade(database, [CORE, old])
    assert str(refused.value) == (
        "The database is at revision 'land_0002' of history 'land', which this installation does not know "
        "(its newest is 'land_0001'): a newer release migrated it. Install that release again, or restore a backup "
        "from before. Nothing was changed."
    )
    assert await kept(database) == before


async def test_an_uninstalled_sector_keeps_its_tables_and_stops_nobody(database: Database, written: Written) -> None:
    land = written("land", FIRST)
    await migrating.upgrade(database, [land])
    assert await migrating.orphans(database, [land]) == []
    await migrating.upgrade(database, [CORE])
    assert {"land_plot", "unit"} <= await tables(database)
    assert await migrating.orphans(database, [CORE]) == [Orphan("land", "land_0001")]


async def test_a_sector_that_comes_back_goes_on_where_it_was(database: Database, written: Written) -> None:
    await migrating.upgrade(database, [written("land", FIRST)])
    await migrating.upgrade(database, [CORE])
    assert await migrating.upgrade(database, [CORE, written("land", FIRST, SECOND)]) == [
        Step("land", "land_0002", "Step 2")
    ]


async def meanwhile(address: Address, upgrading: Coroutine[None, None, list[Step]], revision: str) -> list[Step]:
    """Upgrade while another process holds the database and moves it to a revision."""
    other = sa.create_engine(address.owner or address.url)
    with other.begin() as connection:
        connection.execute(sa.text("update alembic_version_land set version_num = :revision"), {"revision": revision})
        waiting = asyncio.create_task(upgrading)
        await asyncio.sleep(0.2)
        connection.execute(sa.text("alter table land_plot add column area bigint"))
    other.dispose()
    return await waiting


async def test_another_process_that_migrates_at_the_same_time_is_waited_for(
    database: Database, address: Address, written: Written
) -> None:
    await migrating.upgrade(database, [written("land", FIRST)])
    upgrading = migrating.upgrade(database, [written("land", FIRST, SECOND)])
    assert await meanwhile(address, upgrading, "land_0002") == []


async def test_another_process_that_migrates_further_meanwhile_is_noticed(
    database: Database, address: Address, written: Written
) -> None:
    await migrating.upgrade(database, [written("land", FIRST)])
    upgrading = migrating.upgrade(database, [written("land", FIRST, SECOND)])
    with pytest.raises(StartUpError, match="at revision 'land_0003' of history 'land'"):
        await meanwhile(address, upgrading, "land_0003")


async def test_two_databases_of_one_process_are_migrated_one_after_the_other(
    database: Database, written: Written, tmp_path_factory: pytest.TempPathFactory
) -> None:
    land = written("land", FIRST, SECOND)
    with place(tmp_path_factory.mktemp("other")) as address:
        other = Database(address, {})
        done = await asyncio.gather(*(migrating.upgrade(each, [land]) for each in (database, other)))
        assert [len(steps) for steps in done] == [2, 2]
        assert await kept(database) == await kept(other)
        await other.close()


async def test_going_back_stops_at_the_named_revision(database: Database, written: Written) -> None:
    land = written("land", FIRST, "op.create_table('land_deed', sa.Column('id', sa.Uuid()))")
    await migrating.upgrade(database, [land])
    assert await migrating.downgrade(database, land, to="land_0001") == [Step("land", "land_0002", "Step 2")]
    assert [found.current for found in await migrating.state(database, [land])] == ["land_0001"]


async def test_two_histories_of_one_name_are_refused(database: Database, written: Written) -> None:
    one, other = written("land", FIRST), written("land", FIRST)
    with pytest.raises(
        StartUpError, match=rf"Two migration histories are named 'land': {one.package} and {other.package}\."
    ):
        await migrating.upgrade(database, [one, other])


async def test_a_history_that_forks_is_refused(database: Database, written: Written) -> None:
    land = written("land", FIRST)
    versions = Path(importlib.import_module(land.package).__path__[0]) / "versions"
    (versions / "fork.py").write_text("revision, down_revision = 'land_0009', None\n")
    with pytest.raises(StartUpError, match=r"The revisions of history 'land' cannot be read from .*multiple heads"):
        await migrating.upgrade(database, [land])


async def test_a_history_that_cannot_be_imported_is_refused(database: Database) -> None:
    with pytest.raises(StartUpError, match=r"'land' cannot be read from 'nowhere\.migrations': ModuleNotFoundError"):
        await migrating.upgrade(database, [History("land", "nowhere.migrations")])


async def test_a_sector_without_tables_has_no_history() -> None:
    bare = Sector(code="land", title="Đất đai")
    full = Sector(code="tax", title="Thuế", migrations="dean06_tax.migrations")
    assert migrating.histories_of([bare, full]) == [History("tax", "dean06_tax.migrations")]


async def test_an_index_that_is_not_made_is_a_difference(database: Database) -> None:
    await migrating.upgrade(database, [CORE])
    async with database.owner.begin() as connection:
        await connection.execute(sa.text("drop index uq_observation_official"))
    [told] = as_sentences(await differences(database, core_tables()))
    assert told.startswith("'uq_observation_official' is made by the migrations with nothing more and declared by")


@pytest.mark.postgresql
async def test_a_check_that_is_not_made_is_a_difference(database: Database) -> None:
    check = "ck_unit_version_validity_is_not_empty"
    await migrating.upgrade(database, [CORE])
    async with database.owner.begin() as connection:
        await connection.execute(sa.text(f"alter table unit_version drop constraint {check}"))
    [told] = as_sentences(await differences(database, core_tables()))
    assert f"declared by its class with ['{check} CHECK" in told
