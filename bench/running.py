"""Putting the questions to the real engine behind the wall, and the same rows to plain SQL beside it.

A question is timed as the server answers it: a reading session with the
caller's pass, the engine, the answer as JSON. The floor is what its statements
cost on the driver alone, without the wall and without GraphQL; in between
stands what they cost behind the wall. All three take turns in each round.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from bench import questions
from bench.questions import Question, Size
from bench.shape import TODAY, Scale, places, sectors
from dean06_core.access import ALL, Access, Action, Caller, DataClass, Grant
from dean06_core.backends.sqlite import sqlite_of
from dean06_core.catalogue import Catalogue
from dean06_core.database import Address, Database
from dean06_core.directory import Directory
from dean06_core.graphql import Context
from dean06_core.records import declared_access, records_of
from dean06_core.units import UnitLevel
from dean06_core.walls.sqlite import Wall
from dean06_schema.engine import Engine, Operation, assemble

ROUNDS: Final = 9
_SECONDS_A_CASE: Final = 6.0
"""After so long no further round of a case is begun."""

_ASKED_BY: Final = {
    "Q1": ("national", "province", "commune"),
    "Q2": ("national", "province", "commune"),
    "Q3": ("national", "province", "commune"),
    "Q4": ("national", "province", "commune"),
    "Q5": ("national", "province", "commune"),
    "Q6": ("national", "province"),
}
"""Each about what is its own; a commune has no quarter of its neighbours to ask for."""

Sent = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A question of one size, asked by one caller. ``leaves`` is None where it is for the data to say."""

    question: Question
    caller: Caller
    size: Size
    leaves: int | None

    def __str__(self) -> str:
        return f"{self.question.name} as {self.caller.login}"


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one go: on the clock, and of the processor, which other people's work on the machine disturbs less."""

    clock: float
    processor: float


@dataclass(frozen=True, slots=True)
class Run:
    """What a case took: medians of the rounds. ``rows`` came through the wall."""

    case: Case
    leaves: int
    statements: int
    rows: int
    answered: Took
    walled: Took
    plain: Took


@dataclass(frozen=True)
class Bench:
    """An open database with everything that an operation needs."""

    scale: Scale
    database: Database
    tables: Mapping[str, Access]
    engine: Engine
    directory: Directory
    catalogue: Catalogue
    callers: Mapping[str, Caller]

    def cases(self) -> list[Case]:
        """Every question, whole, by every caller for whom it makes sense."""
        return [
            Case(
                question,
                self.callers[login],
                size,
                None if (question.name, login) == ("Q4", "commune") else size.leaves,
            )
            for question in questions.load()
            for login in _ASKED_BY[question.name]
            for size in [questions.own(question, self.scale, login)]
        ]

    def growing(self) -> list[list[Case]]:
        """Each question that can be asked about less, at a quarter, a half and the whole of it."""
        found = [(question, questions.growing(question, self.scale)) for question in questions.load()]
        return [
            [Case(question, self.callers["national"], size, size.leaves) for size in sizes]
            for question, sizes in found
            if sizes
        ]

    async def answer(self, case: Case, *, walled: bool = True) -> Any:
        """What the engine answers; an error in it ends the run. Without wall the caller's limits in memory hold."""
        caller = case.caller
        async with self.session(case, walled=walled) as session:
            context = Context(
                caller=caller,
                on=TODAY,
                now=datetime(TODAY.year, TODAY.month, TODAY.day, 3, tzinfo=UTC),
                directory=self.directory.limited_to(caller.units(TODAY)),
                catalogue=self.catalogue.limited_to(caller.sectors(TODAY)),
                session=session,
            )
            answer = await self.engine.execute(Operation(case.question.document, dict(case.size.variables)), context)
        if answer.errors:
            raise RuntimeError(f"{case} was answered with errors: {answer.errors}")
        orjson.dumps(answer.body)
        return answer.data

    def session(self, case: Case, *, walled: bool) -> AbstractAsyncContextManager[AsyncSession]:
        """With the caller's pass, or as a service, which sees everything."""
        return self.database.reading(case.caller.rights(TODAY)) if walled else self.database.service_reading()


@asynccontextmanager
async def opened(place: Path | Address, scale: Scale) -> AsyncIterator[Bench]:
    """A file that was generated, or a server that was filled from one."""
    tables = declared_access(records_of("dean06_core"))
    address = place if isinstance(place, Address) else Address(f"sqlite:///{place}")
    database = Database(address, tables, readers=1)
    try:
        async with database.service_reading() as session:
            directory = await Directory.load(session)
            catalogue = await Catalogue.load(session, sectors())
        yield Bench(scale, database, tables, assemble(sectors()), directory, catalogue, _callers(scale, directory))
    finally:
        await database.close()


async def run(bench: Bench, case: Case, *, rounds: int = ROUNDS) -> Run:
    """Ask once to see what happens, then in rounds to see how long it takes."""
    with listening(bench.database) as sent:
        leaves = count_leaves(await bench.answer(case))
    if case.leaves not in (None, leaves):
        raise RuntimeError(f"{case} was answered with {leaves} leaf fields instead of {case.leaves}.")
    answered, walled, plain = list[Took](), list[Took](), list[Took]()
    started = time.perf_counter()
    with driver(bench) as unwalled, driver(bench) as connection:
        wall = Wall(bench.tables)
        wall.raise_on(connection)
        rights = case.caller.rights(TODAY)
        wall.admit(connection, rights)
        rows = _fetch(connection, sent)
        _fetch(unwalled, sent)
        while not answered or (len(answered) < rounds and time.perf_counter() - started < _SECONDS_A_CASE):
            with timing(answered):
                await bench.answer(case)
            with timing(walled):
                wall.admit(connection, rights)
                _fetch(connection, sent)
            with timing(plain):
                _fetch(unwalled, sent)
    return Run(case, leaves, len(sent), rows, median(answered), median(walled), median(plain))


def count_leaves(answer: Any) -> int:
    """The values of an answer that are not objects or lists; a null in the place of an object is one."""
    if isinstance(answer, dict):
        return sum(count_leaves(value) for value in answer.values())
    if isinstance(answer, list):
        return sum(count_leaves(value) for value in answer)
    return 1


def _callers(scale: Scale, directory: Directory) -> dict[str, Caller]:
    """Who asks: over the whole country, over province 1, and over its first commune; each in every sector."""
    every = places(scale)
    tops = {
        "national": every[0],
        "province": every[1],
        "commune": next(place for place in every if place.level is UnitLevel.COMMUNE),
    }
    return {
        login: Caller(
            login=login,
            name=top.name,
            unit=top.key,
            grants=(
                Grant(
                    role="secretariat",
                    actions=frozenset({Action.READ}),
                    sectors=ALL,
                    units=directory.subtree(top.key),
                    data_classes=frozenset({DataClass.AGGREGATE}),
                    starts=TODAY,
                    ends=TODAY + timedelta(days=1),
                ),
            ),
        )
        for login, top in tops.items()
    }


@contextmanager
def listening(database: Database) -> Iterator[list[Sent]]:
    """Every statement that readers send inside the block, with its parameters; BEGIN does not count."""
    sent: list[Sent] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if not statement.startswith("begin"):
            sent.append((statement, parameters))

    engine = database.readers.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def driver(bench: Bench) -> Iterator[sqlite3.Connection]:
    """The file on the driver alone, without wall."""
    with closing(sqlite3.connect(f"{sqlite_of(bench.database).path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.isolation_level = None
        yield connection


@contextmanager
def walled_driver(bench: Bench, case: Case) -> Iterator[sqlite3.Connection]:
    with driver(bench) as connection:
        wall = Wall(bench.tables)
        wall.raise_on(connection)
        wall.admit(connection, case.caller.rights(TODAY))
        yield connection


@contextmanager
def timing(rounds: list[Took], processor: Callable[[], float] = time.process_time) -> Iterator[None]:
    clock, used = time.perf_counter(), processor()
    yield
    rounds.append(Took(time.perf_counter() - clock, processor() - used))


def median(rounds: Sequence[Took]) -> Took:
    return Took(statistics.median(took.clock for took in rounds), statistics.median(took.processor for took in rounds))


def _fetch(connection: sqlite3.Connection, sent: Sequence[Sent]) -> int:
    return sum(len(connection.execute(statement, parameters).fetchall()) for statement, parameters in sent)
