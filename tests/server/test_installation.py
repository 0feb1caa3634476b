"""What is installed is composed once; what does not fit stops start-up with both names and what to do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from dean06_core.database import Address, Database
from dean06_core.errors import StartUpError
from dean06_server.installation import AUTH, Installation
from tests.server.test_probes import migrate_as_a_newer_release

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(installation: Installation, nowhere: Address) -> AsyncIterator[Database]:
    opened = installation.database(nowhere)
    yield opened
    await opened.close()


async def test_every_table_that_the_migrations_make_is_declared(installation: Installation, database: Database) -> None:
    """A table that is made and not declared could be read by nobody, or, worse, was forgotten."""
    await installation.bring_up(database)
    async with database.services.connect() as connection:
        made = await connection.run_sync(lambda opened: set(sa.inspect(opened).get_table_names()))
    versions = {history.version_table.name for history in installation.histories}
    assert made - versions == set(installation.tables)


def test_the_same_tables_are_declared_whatever_of_ours_was_used_before(installation: Installation) -> None:
    asked = "from dean06_server.installation import Installation; print(*sorted(Installation.found().tables))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603  ours
    assert told.stdout.split() == sorted(installation.tables)


async def test_bringing_up_twice_changes_nothing(installation: Installation, database: Database) -> None:
    assert {step.history for step in await installation.bring_up(database)} >= {"core", "auth", "health"}
    assert await installation.bring_up(database) == []
    await installation.refuse_unless_current(database)


async def test_a_database_that_is_behind_is_not_served(installation: Installation, database: Database) -> None:
    with pytest.raises(StartUpError, match=r"'core' is at nothing, here is core_\d+;.* run: dean06 migrate\."):
        await installation.refuse_unless_current(database)


async def test_a_database_that_is_newer_is_neither_served_nor_migrated(
    installation: Installation, database: Database, nowhere: Address
) -> None:
    await installation.bring_up(database)
    await migrate_as_a_newer_release(installation, nowhere)
    with pytest.raises(StartUpError, match=r"'auth' is at auth_9999.*install the newer release again"):
        await installation.refuse_unless_current(database)
    with pytest.raises(StartUpError, match="a newer release migrated it"):
        await installation.bring_up(database)


def test_the_histories_are_cores_then_accounts_then_each_sectors(installation: Installation) -> None:
    assert [history.name for history in installation.histories][:2] == ["core", AUTH.name]
    assert {sector.code for sector in installation.sectors} <= {history.name for history in installation.histories}
