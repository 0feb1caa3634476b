"""What a request costs the database does not grow with what it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from dean06_auth import sign_ins
from dean06_auth.attempts import Shown
from dean06_core.database import Address, Database
from dean06_core.testing import statements
from dean06_schema.engine import Operation
from dean06_server import clock
from dean06_server.desk import Desk
from dean06_server.installation import Installation
from dean06_server.reference import Reference, Snapshot

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


class Held(Reference):
    """One snapshot for ever."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    async def current(self) -> Snapshot:
        return self._snapshot


@pytest.fixture
async def database(installation: Installation, demonstration: tuple[Address, str]) -> AsyncIterator[Database]:
    opened = installation.database(demonstration[0])
    yield opened
    await opened.close()


@pytest.fixture
async def desk(installation: Installation, database: Database) -> Desk:
    """Units and indicators are held in memory; what it costs to know that nobody changed them is not counted here."""
    held = Held(await Reference(database, installation.sectors).current())
    return Desk(installation.engine, database, held, clock.now)


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
    desk: Desk, database: Database, demonstration: tuple[Address, str], query: str, small: Any, large: Any, size: Any
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
    desk: Desk, database: Database, demonstration: tuple[Address, str]
) -> None:
    token = await signed_in(database, demonstration[1])
    await desk.answer(Operation("{ signedIn }"), token)
    with statements(database) as sent:
        answered = await desk.answer(Operation("{ signedIn }"), token)
    assert answered.data == {"signedIn": True}
    assert len(sent) == 2


async def signed_in(database: Database, password: str) -> str:
    now = clock.now()
    done = await sign_ins.sign_in(database, Shown("secretariat.2", password), now=now, on=clock.business_day(now))
    return done.issued.token
