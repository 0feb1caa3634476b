"""What it costs to show each caller a schema of his own, and whether time tells what the words do not.

A view is built beside the whole schema, of which it is a copy. A code outside
of the caller's scope is asked about beside one that there never was: the two
take turns, so that what disturbs the machine disturbs both.
"""

from __future__ import annotations

import gc
import itertools
import statistics
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Protocol

import strawberry

from bench.running import Bench
from bench.shape import TODAY
from dean06_core.access import Caller
from dean06_core.graphql import Context
from dean06_schema.engine import Answer, Operation
from dean06_schema.engine.views import MOST_VIEWS, Views
from dean06_schema.engine.visibility import SIGNED_IN
from dean06_schema.nodes import global_id

TYPES: Final = 250
SECTORS: Final = 10
_FIELDS: Final = 8
_BUILT: Final = 15
_ROUNDS: Final = 200
_SECONDS_A_CASE: Final = 4.0
FURTHEST: Final = 1.5
"""How many times as long the one may take as the other before time is said to tell them apart."""


@dataclass(frozen=True, slots=True)
class Built:
    """Milliseconds for the whole schema and for a view of it, and megabytes of as many views as are kept."""

    hidden: str
    types: int
    whole: float
    view: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Told:
    """Medians in milliseconds of asking about what is outside of the scope and what there never was."""

    asked: str
    rounds: int
    outside: float
    never: float

    @property
    def ratio(self) -> float:
        return max(self.outside, self.never) / min(self.outside, self.never)


def built() -> list[Built]:
    """Where a sector hides one field of Query, as plugins do, and at worst: a field of every type."""
    return [_built("a field of Query a sector", False), _built("a field of every type", True)]


def generated(types: int, *, hides_everywhere: bool) -> type:
    """A Query over so many object types of eight fields, each leading to two more; every tenth is of one sector."""
    made: dict[int, Any] = {}
    for number in reversed(range(types)):
        fields = {f"plain_{place}": strawberry.field(resolver=_nothing(int)) for place in range(_FIELDS - 3)}
        metadata = {"sector": _sector(number)} if hides_everywhere else {}
        fields["marked"] = strawberry.field(resolver=_nothing(str), metadata=metadata)
        for place, child in enumerate((2 * number + 1, 2 * number + 2)):
            fields[f"child_{place}"] = strawberry.field(resolver=_nothing(made.get(child, int)))
        made[number] = strawberry.type(type(f"Made{number}", (), fields))
    roots = {
        f"sector_{number}": strawberry.field(
            resolver=_nothing(made[number + SECTORS]), metadata={"sector": _sector(number)}
        )
        for number in range(SECTORS)
    }
    return strawberry.type(type("Query", (), {"core": strawberry.field(resolver=_nothing(made[0])), **roots}))


async def told(bench: Bench) -> list[Told]:
    """Every way in which a code or an id of something outside can be asked about."""
    caller = replace(bench.callers["province"], grants=(_of_one_sector(bench),))
    found = []
    async with _asking(bench, caller) as ask:
        for asked, document, outside, never in await _pairs(bench):
            found.append(await _told(asked, document, outside, never, ask))
    return found


class Ask(Protocol):
    async def __call__(self, document: str, variables: Mapping[str, Any], /) -> Answer: ...


async def _told(asked: str, document: str, outside: str, never: str, ask: Ask) -> Told:
    first, second = [await ask(document, {"code": code}) for code in (outside, never)]
    if str(first.body).replace(f"“{outside}”", "...") != str(second.body).replace(f"“{never}”", "..."):
        raise RuntimeError(f"{asked}: {first.body} is not what is said of what there never was: {second.body}")
    times: dict[str, list[float]] = {outside: [], never: []}
    started = time.perf_counter()
    while len(times[never]) < _ROUNDS and time.perf_counter() - started < _SECONDS_A_CASE:
        order = (outside, never) if len(times[never]) % 2 else (never, outside)
        for code in order:
            begun = time.perf_counter()
            await ask(document, {"code": code})
            times[code].append(time.perf_counter() - begun)
    medians = {code: statistics.median(taken) * 1000 for code, taken in times.items()}
    return Told(asked, len(times[never]), medians[outside], medians[never])


async def _pairs(bench: Bench) -> list[tuple[str, str, str, str]]:
    """What is asked, how, about what outside of the province's scope, and about what there never was."""
    on, seen = TODAY, bench.callers["province"].units(TODAY)
    unit = next(unit for unit in reversed(bench.directory.listed(on)) if unit.key not in seen)
    own = bench.catalogue.sectors()[0]
    indicator = next(each for each in bench.catalogue.listed() if each.sector != own)
    other = indicator.sector
    async with _asking(bench, bench.callers["national"]) as ask:
        answer = await ask("{ tasks(first: 200) { edges { node { id code lead { code } } } } }", {})
        tasks: Any = answer.data["tasks"] if answer.data else {}
    foreign = {one.code for one in bench.directory.listed(on) if one.key not in seen}
    task = next(each["node"] for each in tasks["edges"] if (each["node"]["lead"] or {}).get("code") in foreign)
    figures = '(units: {within: "%s"}, periods: ["2025-W20"], %s) { status } }'
    top = bench.directory.unit(bench.callers["province"].unit, on).code
    return [
        ("a unit", "query ($code: String!) { unit(code: $code) { name } }", unit.code, "x" * len(unit.code)),
        (
            "figures of a unit",
            'query ($code: String!) { observations(units: {codes: [$code]}, periods: ["2025-W20"]) { status } }',
            unit.code,
            "x" * len(unit.code),
        ),
        (
            "figures of an indicator",
            f"query ($code: String!) {{ observations{figures % (top, 'indicators: [$code]')}",
            indicator.code,
            "x" * len(indicator.code),
        ),
        (
            "figures of a sector",
            f"query ($code: String!) {{ observations{figures % (top, 'sectors: [$code]')}",
            other,
            "x" * len(other),
        ),
        ("a task", "query ($code: String!) { task(code: $code) { title } }", task["code"], "x" * len(task["code"])),
        ("a unit's id", _NODE, global_id("Unit", unit.id), global_id("Unit", _NOBODYS)),
        ("a task's id", _NODE, task["id"], global_id("Task", _NOBODYS)),
    ]


_NODE: Final = "query ($code: ID!) { node(id: $code) { __typename } }"
_NOBODYS: Final = "01900000-0000-7000-8000-000000000000"


@asynccontextmanager
async def _asking(bench: Bench, caller: Caller) -> AsyncIterator[Ask]:
    """As one caller, each time in a session of its own."""
    directory = bench.directory.limited_to(caller.units(TODAY))
    catalogue = bench.catalogue.limited_to(caller.sectors(TODAY))

    async def ask(document: str, variables: Mapping[str, Any]) -> Answer:
        async with bench.database.reading(caller.rights(TODAY)) as session:
            now = datetime(TODAY.year, TODAY.month, TODAY.day, 3, tzinfo=UTC)
            context = Context(caller, TODAY, now, directory, catalogue, session)
            return await bench.engine.execute(Operation(document, dict(variables)), context)

    yield ask


def _of_one_sector(bench: Bench) -> Any:
    [grant] = bench.callers["province"].grants
    return replace(grant, sectors=frozenset({bench.catalogue.sectors()[0]}))


def _built(hidden: str, hides_everywhere: bool) -> Built:
    query = generated(TYPES, hides_everywhere=hides_everywhere)
    schema = strawberry.Schema(query=query)
    whole = [_milliseconds(lambda: strawberry.Schema(query=query)) for _ in range(_BUILT)]
    views = Views(schema)
    view = [_milliseconds(partial(views.of, held)) for held in itertools.islice(_permissions(), _BUILT)]
    return Built(
        hidden,
        sum(name.startswith("Made") for name in schema._schema.type_map),
        statistics.median(whole),
        statistics.median(view),
        _megabytes(schema),
    )


def _megabytes(schema: strawberry.Schema) -> float:
    views = Views(schema)
    gc.collect()
    tracemalloc.start()
    for held in itertools.islice(_permissions(), MOST_VIEWS):
        views.of(held)
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept / 1e6


def _permissions() -> Iterator[frozenset[str]]:
    """Sets of sectors, all different, the large ones first."""
    for size in reversed(range(SECTORS)):
        for chosen in itertools.combinations(range(SECTORS), size):
            yield frozenset({SIGNED_IN, *(f"sector:{_sector(number)}" for number in chosen)})


def _milliseconds(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def _sector(number: int) -> str:
    return f"s{number % SECTORS}"


def _nothing(kind: Any) -> Callable[[], Any]:
    def resolve() -> Any:
        return None

    resolve.__annotations__ = {"return": kind | None}
    return resolve
