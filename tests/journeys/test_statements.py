"""What a request costs the database does not grow with what it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from dean06_auth import callers
from dean06_core.database import Database
from dean06_schema.engine import Operation
from dean06_server import clock
from dean06_server.desk import Desk
from dean06_server.installation import Installation
from dean06_server.reference import Reference

pytestmark = pytest.mark.anyio

FIGURES = """query ($units: UnitSelector!) {
  observations(units: $units, periods: ["2025-07"], windows: [PERIOD]) {
    id value display target { value } targets { basis { label } } assessment
    indicator { code basis { label } } unit { code parent { name } }
    statements { printed reporter { name } document { label } }
  }
}"""
TASKS = """query ($first: Int!) {
  tasks(first: $first, on: "2025-07-28", orderBy: CODE) {
    totalCount
    edges {
      node {
        code cell lead { name } cooperating { name } basis { label } mentions { section document { label } }
        progress { totalCount edges { node { done unit { name } } } } children { totalCount }
      }
    }
  }
}"""


@pytest.fixture
async def database(installation: Installation, demonstration: tuple[Path, str]) -> AsyncIterator[Database]:
    opened = installation.database(f"sqlite:///{demonstration[0]}")
    yield opened
    await opened.close()


@pytest.fixture
def desk(installation: Installation, database: Database) -> Desk:
    return Desk(installation.engine, database, Reference(database, installation.sectors), clock.now)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement of a service or a caller inside the block."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("begin"):
            sent.append(statement)

    engines = (database.services.sync_engine, database.readers.sync_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("query", "small", "large", "size"),
    [
        pytest.param(
            FIGURES,
            {"units": {"codes": ["42"]}},
            {"units": {"levels": ["COMMUNE", "PROVINCE"]}},
            lambda data: len(data["observations"]),
            id="figures of the province and of every commune",
        ),
        pytest.param(
            TASKS, {"first": 1}, {"first": 52}, lambda data: len(data["tasks"]["edges"]), id="one task and all"
        ),
    ],
)
async def test_a_large_answer_takes_as_many_statements_as_a_small_one(
    desk: Desk, database: Database, demonstration: tuple[Path, str], query: str, small: Any, large: Any, size: Any
) -> None:
    token = await signed_in(database, demonstration[1])

    async def ask(variables: Any) -> tuple[int, int]:
        with statements(database) as sent:
            answered = await desk.answer(Operation(query, variables), token)
        assert answered.errors == ()
        return size(answered.data), len(sent)

    await ask(small)  # what is held in memory is read once
    (few, cost_of_few), (many, cost_of_many) = await ask(small), await ask(large)
    assert many > 10 * few
    assert cost_of_many == cost_of_few


async def test_who_asks_is_known_from_two_statements(
    desk: Desk, database: Database, demonstration: tuple[Path, str]
) -> None:
    token = await signed_in(database, demonstration[1])
    await desk.answer(Operation("{ signedIn }"), token)
    with statements(database) as sent:
        answered = await desk.answer(Operation("{ signedIn }"), token)
    assert answered.data == {"signedIn": True}
    assert len(sent) == 2


async def signed_in(database: Database, password: str) -> str:
    now = clock.now()
    issued = await callers.sign_in(
        database, login="secretariat", password=password, now=now, on=clock.business_day(now)
    )
    return issued.token
