"""A database arrives at the newest revision of every installed history or stays where it was, and keeps what it has."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path

import pytest
import sqlalchemy as sa

import dean06_core
from dean06_core import migrating
from dean06_core.backends.sqlite import sqlite_of
from dean06_core.database import Database
from dean06_core.errors import StartUpError
from dean06_core.migrating import CORE, History, HistoryState, Orphan, Step
from dean06_core.records import records_of
from dean06_core.sectors import Sector
from dean06_core.testing import differences

pytestmark = pytest.mark.anyio

FIRST = "op.create_table('land_plot', sa.Column('id', sa.Uuid(), nullable=False))"
SECOND = "op.add_column('land_plot', sa.Column('area', sa.BigInteger()))"
FAILING = "op.create_table('land_deed', sa.Column('id', sa.Uuid())); op.execute('insert into nowhere values (1)')"

Written = Callable[..., History]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'dean06.db'}", {})
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


def schema(database: Database) -> list[str]:
    """Everything that stands in the file, as it was written."""
    with sqlite3.connect(sqlite_of(database).path) as connection:
        dump = list(connection.iterdump())
    connection.close()
    return dump


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
    before = schema(database)
    with pytest.raises(
        StartUpError,
        match=r"Revision 'land_0003' of history 'land' failed and nothing of that history was changed: .*nowhere",
    ):
        await migrating.upgrade(database, [written("land", FIRST, SECOND, FAILING)])
    assert schema(database) == before


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
    before = schema(database)
    old = written("land", FIRST)
    assert [found.is_newer for found in await migrating.state(database, [old])] == [True]
    with pytest.raises(StartUpError) as refused:
        await migrating.upgrade(database, [CORE, old])
    assert str(refused.value) == (
        "The database is at revision 'land_0002' of history 'land', which this installation does not know "
        "(its newest is 'land_0001'): a newer release migrated it. Install that release again, or restore a backup "
        "from before. Nothing was changed."
    )
    assert schema(database) == before


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


async def meanwhile(database: Database, upgrading: Coroutine[None, None, list[Step]], revision: str) -> list[Step]:
    """Upgrade while another process holds the database and moves it to a revision."""
    other = sqlite3.connect(sqlite_of(database).path, isolation_level=None)
    other.execute("begin immediate")
    waiting = asyncio.create_task(upgrading)
    await asyncio.sleep(0.2)
    other.execute("alter table land_plot add column area bigint")
    other.execute("update alembic_version_land set version_num = ?", [revision])
    other.execute("commit")
    other.close()
    return await waiting


async def test_another_process_that_migrates_at_the_same_time_is_waited_for(
    database: Database, written: Written
) -> None:
    await migrating.upgrade(database, [written("land", FIRST)])
    upgrading = migrating.upgrade(database, [written("land", FIRST, SECOND)])
    assert await meanwhile(database, upgrading, "land_0002") == []


async def test_another_process_that_migrates_further_meanwhile_is_noticed(database: Database, written: Written) -> None:
    await migrating.upgrade(database, [written("land", FIRST)])
    upgrading = migrating.upgrade(database, [written("land", FIRST, SECOND)])
    with pytest.raises(StartUpError, match="at revision 'land_0003' of history 'land'"):
        await meanwhile(database, upgrading, "land_0003")


async def test_two_databases_of_one_process_are_migrated_one_after_the_other(tmp_path: Path, written: Written) -> None:
    land = written("land", FIRST, SECOND)
    databases = [Database(f"sqlite:///{tmp_path / name}.db", {}) for name in ("one", "other")]
    done = await asyncio.gather(*(migrating.upgrade(database, [land]) for database in databases))
    assert [len(steps) for steps in done] == [2, 2]
    assert schema(databases[0]) == schema(databases[1])
    for database in databases:
        await database.close()


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
