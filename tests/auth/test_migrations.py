"""Migrating makes the tables that the code describes, and going back leaves nothing of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

import dean06_auth
from dean06_core.records import Record, records_of
from dean06_core.testing.places import place

MIGRATIONS = Path(dean06_auth.__file__).parent / "migrations"
OURS = [Record.metadata.tables[record.__tablename__] for record in records_of("dean06_auth")]
UNITS = [Record.metadata.tables[record.__tablename__] for record in records_of("dean06_core.units")]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    with place(tmp_path) as address:
        engine = sa.create_engine(address.owner or address.url)
        Record.metadata.create_all(engine, tables=UNITS)
        with engine.begin() as connection:
            yield connection
        engine.dispose()


def history() -> ScriptDirectory:
    return ScriptDirectory(MIGRATIONS, version_locations=[str(MIGRATIONS / "versions")])


def migrate(connection: sa.Connection, *, back: bool = False) -> None:
    revisions = list(history().walk_revisions())
    with Operations.context(MigrationContext.configure(connection)):
        for revision in revisions if back else reversed(revisions):
            (revision.module.downgrade if back else revision.module.upgrade)()


def constraints(connection: sa.Connection) -> set[tuple[str | None, str]]:
    """Every constraint with its name, which reflecting a table for comparison leaves out."""
    inspector = sa.inspect(connection)
    found: set[tuple[str | None, str]] = set()
    for name in (table.name for table in OURS):
        found |= {(check["name"], check["sqltext"]) for check in inspector.get_check_constraints(name)}
        found |= {(key["name"], str(key["constrained_columns"])) for key in inspector.get_foreign_keys(name)}
        primary = inspector.get_pk_constraint(name)
        found.add((primary["name"], str(primary["constrained_columns"])))
    return found


def test_revisions_follow_one_another_under_names_of_their_own() -> None:
    assert [revision.revision for revision in history().walk_revisions("base", "head")] == [
        "auth_0008",
        "auth_0007",
        "auth_0006",
        "auth_0005",
        "auth_0004",
        "auth_0003",
        "auth_0002",
        "auth_0001",
    ]


def test_migrating_makes_what_the_code_describes(connection: sa.Connection) -> None:
    migrate(connection)
    described = sa.MetaData()
    for table in [*UNITS, *OURS]:
        table.to_metadata(described)
    assert compare_metadata(MigrationContext.configure(connection), described) == []


def test_migrating_makes_the_constraints_that_the_code_describes(connection: sa.Connection) -> None:
    migrate(connection)
    migrated = constraints(connection)
    migrate(connection, back=True)
    Record.metadata.create_all(connection, tables=OURS)
    assert migrated == constraints(connection)


def test_going_back_leaves_nothing(connection: sa.Connection) -> None:
    migrate(connection)
    migrate(connection, back=True)
    assert {table.name for table in OURS}.isdisjoint(sa.inspect(connection).get_table_names())
