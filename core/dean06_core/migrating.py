"""A database is brought forward along one history a distribution: core's, then accounts', then each sector's.

A history knows its own revisions and no other, and keeps where it stands in a
version table of its own. So a sector that is uninstalled leaves its tables and
its place behind, and stops nobody else.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy.schema import CreateTable

from dean06_core.database import Database
from dean06_core.errors import StartUpError
from dean06_core.sectors import Sector

_VERSION_TABLE: Final = "alembic_version_"
_FIRST: Final = ("core", "auth")
_ONE_AT_A_TIME: Final = asyncio.Lock()
"""``alembic.op``, through which revisions speak, is one for the whole process."""


@dataclass(frozen=True, slots=True)
class History:
    """The revisions of one distribution: the files in the ``versions`` folder of ``package``, in one line."""

    name: str
    package: str

    @property
    def version_table(self) -> sa.Table:
        """Where the database keeps at which revision it is; one row, or no table before the first."""
        return _version_table(self.name)


@dataclass(frozen=True, slots=True)
class Step:
    """One revision that was applied, or taken back."""

    history: str
    revision: str
    title: str


@dataclass(frozen=True, slots=True)
class HistoryState:
    """At which revision of a history a database is, and which one is the newest here.

    ``is_newer``: a newer release migrated it, to a revision that is not known here.
    """

    history: History
    current: str | None
    head: str | None
    is_newer: bool = False

    @property
    def is_current(self) -> bool:
        return self.current == self.head


@dataclass(frozen=True, slots=True)
class Orphan:
    """A history whose distribution is not installed; its tables are kept and nothing uses them."""

    name: str
    revision: str


CORE: Final = History("core", "dean06_core.migrations")


def histories_of(sectors: Iterable[Sector]) -> list[History]:
    """The histories of those sectors that have tables."""
    return [History(sector.code, sector.migrations) for sector in sectors if sector.migrations is not None]


async def state(database: Database, histories: Iterable[History]) -> list[HistoryState]:
    """Where the database stands in each history, in the order in which they are applied. Writes nothing."""
    async with database.services.connect() as connection:
        return [await connection.run_sync(_state, history, _revisions(history)) for history in _in_order(histories)]


async def orphans(database: Database, histories: Iterable[History]) -> list[Orphan]:
    """What the database holds of distributions that are not installed, by name."""
    installed = {history.name for history in histories}

    def find(connection: sa.Connection) -> list[Orphan]:
        tables = sorted(name for name in sa.inspect(connection).get_table_names() if name.startswith(_VERSION_TABLE))
        names = [table.removeprefix(_VERSION_TABLE) for table in tables]
        foreign = {name: _current(connection, name) for name in names if name not in installed}
        return [Orphan(name, revision) for name, revision in foreign.items() if revision is not None]

    async with database.services.connect() as connection:
        return await connection.run_sync(find)


async def upgrade(database: Database, histories: Iterable[History]) -> list[Step]:
    """Apply every revision that is missing and say which; again, and there is nothing to do.

    Each history is one transaction: it reaches its newest revision or stays
    where it was. A database that is newer than any of them is not touched.
    """
    ordered = _in_order(histories)
    for found in await state(database, ordered):
        _refuse_newer(found)
    steps: list[Step] = []
    async with _ONE_AT_A_TIME:
        for history in ordered:
            async with database.owner.begin() as connection:
                steps += await connection.run_sync(_upgrade, history)
    await database.backend.raise_walls()
    return steps


async def downgrade(database: Database, history: History, to: str = "base") -> list[Step]:
    """Take back every revision after ``to``; ``base`` takes back all. The data of dropped tables is gone."""
    async with _ONE_AT_A_TIME, database.owner.begin() as connection:
        steps = await connection.run_sync(_downgrade, history, to)
    await database.backend.raise_walls()
    return steps


def _in_order(histories: Iterable[History]) -> list[History]:
    ordered = sorted(
        histories,
        key=lambda history: (_FIRST.index(history.name) if history.name in _FIRST else len(_FIRST), history.name),
    )
    for one, other in itertools.pairwise(ordered):
        if one.name == other.name:
            raise StartUpError(
                f"Two migration histories are named '{one.name}': {one.package} and {other.package}. "
                "Rename one of the two, or uninstall one of the two plugins."
            )
    return ordered


def _upgrade(connection: sa.Connection, history: History) -> list[Step]:
    scripts = _revisions(history)
    _hold(connection, history.version_table)
    found = _state(connection, history, scripts)
    _refuse_newer(found)
    missing = list(scripts.iterate_revisions("head", found.current, implicit_base=True))
    return _run(
        connection,
        history,
        [RevisionStep.upgrade_from_script(scripts.revision_map, script) for script in reversed(missing)],
    )


def _downgrade(connection: sa.Connection, history: History, to: str) -> list[Step]:
    scripts = _revisions(history)
    surplus = scripts.iterate_revisions(_current(connection, history.name), to, select_for_downgrade=True)
    steps = _run(
        connection, history, [RevisionStep.downgrade_from_script(scripts.revision_map, script) for script in surplus]
    )
    if to == "base":
        history.version_table.drop(connection, checkfirst=True)
    return steps


def _run(connection: sa.Connection, history: History, plan: Sequence[RevisionStep]) -> list[Step]:
    """Run revisions inside the transaction that the connection is in."""
    started: list[Step] = []

    def follow(*_: object) -> Iterator[RevisionStep]:
        for step in plan:
            started.append(Step(history.name, step.revision.revision, step.doc or ""))
            yield step

    context = MigrationContext.configure(connection, opts={"version_table": history.version_table.name, "fn": follow})
    try:
        with Operations.context(context):
            context.run_migrations()
    except Exception as error:
        revision = started[-1].revision if started else "?"
        raise StartUpError(
            f"Revision '{revision}' of history '{history.name}' failed and nothing of that history was changed: "
            f"{type(error).__name__}: {error}"
        ) from error
    return started


def _hold(connection: sa.Connection, table: sa.Table) -> None:
    """Keep every other process out until the transaction ends; a transaction that began by reading could not wait."""
    connection.execute(CreateTable(table, if_not_exists=True))
    connection.execute(table.update().values(version_num=table.c.version_num))


def _state(connection: sa.Connection, history: History, scripts: ScriptDirectory) -> HistoryState:
    current = _current(connection, history.name)
    known = {script.revision for script in scripts.walk_revisions()}
    return HistoryState(
        history, current, scripts.get_current_head(), is_newer=current is not None and current not in known
    )


def _current(connection: sa.Connection, name: str) -> str | None:
    table = _version_table(name)
    if not sa.inspect(connection).has_table(table.name):
        return None
    return connection.execute(sa.select(table.c.version_num)).scalar_one_or_none()


def _refuse_newer(found: HistoryState) -> None:
    if found.is_newer:
        raise StartUpError(
            f"The database is at revision '{found.current}' of history '{found.history.name}', which this "
            f"installation does not know (its newest is '{found.head}'): a newer release migrated it. "
            "Install that release again, or restore a backup from before. Nothing was changed."
        )


def _revisions(history: History) -> ScriptDirectory:
    try:
        folder = importlib.import_module(history.package).__path__[0]
        scripts = ScriptDirectory(folder)
        scripts.get_current_head()
    except Exception as error:
        raise StartUpError(
            f"The revisions of history '{history.name}' cannot be read from '{history.package}': "
            f"{type(error).__name__}: {error}"
        ) from error
    return scripts


def _version_table(name: str) -> sa.Table:
    return sa.Table(_VERSION_TABLE + name, sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))
