"""Asking the whole contract over a small province, as a caller behind the wall, and counting what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import event

from dean06_auth import governing
from dean06_core.access import ALL, Action, All, Caller, DataClass, Grant
from dean06_core.acting import Actor
from dean06_core.database import Database
from dean06_core.graphql import Context
from dean06_core.verbs import acting
from dean06_schema.engine import Engine, Operation, assemble
from dean06_schema.own_ways_in import Gate
from tests.core.worlds import PROVINCE, ROADS, World

TODAY: Final = date(2025, 7, 28)
NOW: Final = datetime(2025, 7, 28, 2, tzinfo=UTC)
ENGINE: Final = assemble([ROADS])


def official(
    *also: Action, unit: int = PROVINCE, units: frozenset[int] | All = ALL, sectors: frozenset[str] | All = ALL
) -> Caller:
    """Someone, of the province's office unless a unit is given, who reads aggregates and does what is named."""
    grant = Grant(
        role="secretariat",
        actions=frozenset({Action.READ, *also}),
        sectors=sectors,
        units=units,
        data_classes=frozenset({DataClass.AGGREGATE}),
        starts=date(2025, 1, 1),
        ends=date(2026, 1, 1),
        id=UUID(int=5),
    )
    return Caller("lan", "Nguyễn Thị Lan", unit, (grant,), UUID(int=7))


EVERYWHERE: Final = official()


@dataclass(frozen=True)
class Told:
    """What was answered, and the statements that it took."""

    data: Any
    errors: list[dict[str, Any]]
    statements: list[str] = field(repr=False)

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.errors]


async def ask(
    here: World,
    query: str,
    variables: Mapping[str, Any] | None = None,
    *,
    by: Caller = EVERYWHERE,
    on: date = TODAY,
    gate: Gate | None = None,
    engine: Engine = ENGINE,
) -> Told:
    """Ask as a caller on a day."""
    now = NOW + (on - TODAY)
    actor = Actor.of(by, here.directory, here.catalogue, now, on)
    async with here.database.reading(by.rights(on)) as session:
        context = Context(
            by,
            on,
            now,
            directory=actor.directory,
            catalogue=actor.catalogue,
            session=session,
            gate=gate,
            asking=governing.asking(here.database, actor),
            doing=governing.governing(here.database, actor, acting(here.database, actor)),
        )
        with statements_read(here.database) as sent:
            answer = await engine.execute(Operation(query, variables), context)
    return Told(answer.data, list(answer.errors), sent)


async def told(
    here: World, query: str, variables: Mapping[str, Any] | None = None, *, by: Caller = EVERYWHERE, on: date = TODAY
) -> Any:
    """The data of an answer without errors."""
    answer = await ask(here, query, variables, by=by, on=on)
    assert answer.errors == []
    return answer.data


@contextmanager
def statements_read(database: Database) -> Iterator[list[str]]:
    """Every SELECT that callers send to the database inside the block."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().lower().startswith(("select", "with")):
            sent.append(statement)

    engine = database.readers.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
